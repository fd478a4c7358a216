"""Item analysis against published data, against plain Python on random papers, and where nothing is defined."""

from __future__ import annotations

import random
import statistics
from itertools import permutations
from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.rules.item_figures import Sat, item_figures
from reports.items import FLAGS, Papers, item_analysis, reliability

# Ten students, ten questions: K. L. Wuensch, East Carolina University, "The Kuder-Richardson 20" (StatHelp/KR20.txt), which prints
# p of each question and the variance of the totals, 5.84.
WUENSCH = (
    """1111110110 1011011101 1111011001 0010001000 0000010010 1110111111 1101110111 1111111101 0101111101 1101101110"""
)
WUENSCH_P = (0.7, 0.7, 0.6, 0.7, 0.6, 0.8, 0.7, 0.7, 0.5, 0.6)

# Ten people, five items: D. J. Denis, Applied Univariate, Bivariate, and Multivariate Statistics, on Cronbach's alpha; SPSS prints
# alpha 0.633 and a corrected item-total correlation of 0.712 for the first.
DENIS = [
    (10, 12, 15, 11, 12), (12, 18, 12, 12, 1), (8, 16, 14, 14, 4), (6, 8, 16, 8, 6), (4, 7, 8, 7, 5),
    (6, 6, 3, 7, 3), (3, 4, 6, 5, 8), (7, 3, 7, 9, 9), (8, 9, 4, 10, 10), (9, 5, 6, 11, 12),
]  # fmt: skip


def papers_of(rows, *, picks=(), seconds=None, empty=()) -> Papers:
    """From {question: credit} a paper; `picks` are (paper, question, option)."""
    flat = [(at, question, credit) for at, row in enumerate(rows) for question, credit in row.items()]
    places = {(at, question): place for place, (at, question, _) in enumerate(flat)}
    return Papers(
        attempt=np.array([one[0] for one in flat], dtype=np.int64),
        question=np.array([one[1] for one in flat], dtype=np.int64),
        credit=np.array([one[2] for one in flat], dtype=np.float64),
        empty=np.array([one[:2] in empty for one in flat], dtype=bool),
        seconds=np.array([(seconds or {}).get(one[:2], np.nan) for one in flat], dtype=np.float64),
        pick_row=np.array([places[at, question] for at, question, _ in picks], dtype=np.int64),
        pick_option=np.array([option for _, _, option in picks], dtype=np.int64),
    )


def whole(table) -> list[dict[int, float]]:
    return [dict(enumerate(row)) for row in table]


def analysed(papers: Papers, count: int, options: int = 0):
    return item_analysis(papers, (frozenset({0}),) * count, (options,) * count)


# --- Published examples ------------------------------------------------------------------------------------------------


def test_kr_20_of_ten_students_on_ten_questions():
    papers = papers_of(whole([int(sign) for sign in row] for row in WUENSCH.split()))
    found = reliability(papers)

    assert [item.facility for item in analysed(papers, 10)] == pytest.approx(WUENSCH_P, abs=1e-12)
    assert found.sd**2 == pytest.approx(5.84, abs=1e-9)
    assert found.alpha == pytest.approx(10 / 9 * (1 - 2.18 / 5.84), abs=1e-9)
    assert found.measurement_error == pytest.approx(sqrt(5.84 * (1 - found.alpha)), abs=1e-9)
    assert found.alpha_error == pytest.approx((1 - found.alpha) * sqrt(2 * 10 / (9 * 8)), abs=1e-9)
    assert found.two_valued


def test_alpha_and_the_corrected_correlation_of_ten_people_on_five_items():
    papers = papers_of(whole(DENIS))
    found, first = reliability(papers), analysed(papers, 5)[0]

    assert round(found.alpha, 3) == 0.633
    assert round(first.item_rest, 3) == 0.712
    assert not found.two_valued


def test_the_distractor_table_of_thirty_people_worked_by_hand():
    """Question 0 beside four others; of 12 papers, 27 % are 4. The best have 4, 4, 4, 3 on the rest, the weakest 0, 0, 1, 1."""
    rest = [4, 4, 4, 3, 3, 2, 2, 2, 1, 1, 0, 0]
    chosen = [0, 0, 1, 0, 2, 0, 1, 1, 2, 1, 1, None]
    rows = [{0: float(option == 0), **{at + 1: float(at < right) for at in range(4)}} for option, right in zip(chosen, rest, strict=True)]  # fmt: skip
    picks = [(paper, 0, option) for paper, option in enumerate(chosen) if option is not None]
    papers = papers_of(rows, picks=picks, empty={(11, 0)}, seconds={(0, 0): 10.0, (1, 0): 30.0, (2, 0): 14.0})

    first = analysed(papers, 5, options=3)[0]

    # The fourth place of the best is shared by two with 3 (one right); the weakest four are two with 1 and two with 0.
    assert first.discrimination == pytest.approx((1 + 1 + 0 + 0.5) / 4 - 0, abs=1e-12)
    assert [(option.chosen, option.right) for option in first.options] == [(4, True), (5, False), (2, False)]
    assert [option.best for option in first.options] == pytest.approx([2.5 / 4, 1 / 4, 0.5 / 4], abs=1e-12)
    assert [option.weakest for option in first.options] == pytest.approx([0, 2 / 4, 1 / 4], abs=1e-12)
    assert (first.papers, first.empty, first.seconds) == (12, 1, 14.0)
    assert first.facility == pytest.approx(4 / 12, abs=1e-12)


# --- Plain Python says the same ----------------------------------------------------------------------------------------


def drawn(seed: int, people: int, bank: int, length: int, credits: tuple[float, ...]) -> list[dict[int, float]]:
    luck = random.Random(seed)
    skills = [luck.gauss(0, 1) for _ in range(people)]
    hard = [luck.gauss(0, 1) for _ in range(bank)]
    return [
        {at: credits[-1] if luck.gauss(skill, 1) > hard[at] else luck.choice(credits[:-1]) for at in luck.sample(range(bank), length)}
        for skill in skills
    ]  # fmt: skip


def plain_alpha(rows: list[dict[int, float]]) -> float:
    """Mean covariance against mean variance, pair by pair: no matrix, no totals."""
    mean = {
        at: statistics.fmean(row[at] for row in rows if at in row)
        for at in {question for row in rows for question in row}
    }
    own = [(row[at] - mean[at]) ** 2 for row in rows for at in row]
    both = [(row[one] - mean[one]) * (row[two] - mean[two]) for row in rows for one, two in permutations(row, 2)]
    k = statistics.fmean(len(row) for row in rows)
    c, v = statistics.fmean(both), statistics.fmean(own)
    return k * c / (v + (k - 1) * c)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("bank", "length"), [(12, 12), (40, 12)], ids=["one paper", "drawn papers"])
@pytest.mark.parametrize("credits", [(0.0, 1.0), (0.0, 0.5, 1.0), (-0.25, 0.0, 1 / 3, 1.0)], ids=["right", "partly", "penalty"])  # fmt: skip
def test_random_papers_agree_with_plain_python(seed, bank, length, credits):
    rows = drawn(seed, 150, bank, length, credits)
    papers = papers_of(rows)
    found, items = reliability(papers), analysed(papers, bank)

    assert found.alpha == pytest.approx(plain_alpha(rows), abs=1e-9)
    if bank == length:
        totals = [sum(row.values()) for row in rows]
        variances = sum(statistics.pvariance([row[at] for row in rows]) for at in range(bank))
        assert found.alpha == pytest.approx(length / (length - 1) * (1 - variances / statistics.pvariance(totals)), abs=1e-9)  # fmt: skip
        assert (found.mean, found.sd) == pytest.approx((statistics.fmean(totals), statistics.pstdev(totals)), abs=1e-9)
    for at, item in enumerate(items):
        asked = [row for row in rows if at in row]
        credit, rest = [row[at] for row in asked], [sum(row.values()) - row[at] for row in asked]
        assert item.papers == len(asked)
        assert item.facility == pytest.approx(statistics.fmean(credit), abs=1e-9)
        alike = len({*credit}) == 1 or len({*rest}) == 1
        assert item.item_rest == (None if alike else pytest.approx(statistics.correlation(credit, rest), abs=1e-9))
        if credits == (0.0, 1.0):
            sat = [
                Sat(1, round(others), one == 1, frozenset({int(one == 0)}))
                for one, others in zip(credit, rest, strict=True)
            ]
            assert item.discrimination == pytest.approx(float(item_figures(sat, 2).discrimination), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from((0.0, 0.5, 1.0)), min_size=3, max_size=3), min_size=1, max_size=12), st.randoms()
)
def test_the_order_of_papers_decides_nothing(table, luck):
    shuffled = list(table)
    luck.shuffle(shuffled)

    one, other = (papers_of(whole(rows)) for rows in (table, shuffled))

    assert close(reliability(one).alpha, reliability(other).alpha)
    for left, right in zip(analysed(one, 3), analysed(other, 3), strict=True):
        assert close(left.discrimination, right.discrimination)
        assert close(left.item_rest, right.item_rest)
        assert left.item_rest is None or -1 - 1e-9 <= left.item_rest <= 1 + 1e-9
        assert left.discrimination is None or -1 - 1e-9 <= left.discrimination <= 1 + 1e-9


def close(one: float | None, other: float | None) -> bool:
    return one is other if None in (one, other) else isclose(one, other, abs_tol=1e-9)


# --- Where nothing is defined ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "what"),
    [([[1, 1, 1]] * 9, "all right"), ([[0, 0, 0]] * 9, "all wrong"), ([[1, 0, 1]] * 9, "constant"), ([[1, 0, 1]], "one person")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_without_differences_nothing_is_said(table, what):
    papers = papers_of(whole(table))
    found = reliability(papers)

    assert (found.alpha, found.alpha_error, found.measurement_error) == (None, None, None)
    assert found.mean == sum(table[0])
    assert all(item.item_rest is None for item in analysed(papers, 3))
    assert all(item.discrimination in (None, 0.0) for item in analysed(papers, 3))


def test_nobody_and_a_question_that_nobody_had():
    nobody = papers_of([])
    assert reliability(nobody).mean is None
    assert [item.papers for item in analysed(nobody, 2, options=4)] == [0, 0]

    one = analysed(papers_of([{0: 1.0}, {0: 0.0}]), 2)
    assert [item.papers for item in one] == [2, 0]
    assert reliability(papers_of([{0: 1.0}, {0: 0.0}])).alpha is None  # a paper of one question has no inside


# --- What to do --------------------------------------------------------------------------------------------------------


def flags_of(rights: str, rests: str, *, options=(), many: int = 3) -> tuple[str, ...]:
    """Flags of question 0; each sign is a paper: right or not, and right answers of three others. Repeated `many` times."""
    rows = [
        {0: float(right == "1"), **{at + 1: float(at < int(rest)) for at in range(3)}}
        for right, rest in zip(rights * many, rests * many, strict=True)
    ]
    picks = [(paper, 0, int(option)) for paper, option in enumerate("".join(options) * many)]
    return analysed(papers_of(rows, picks=picks), 4, options=3 if options else 0)[0].flags


def test_each_flag_has_a_case_and_words():
    strong_first = "333322221100"
    found = {
        flags_of("000000111111", strong_first)[0],
        flags_of("000000000010", strong_first)[-1],
        flags_of("111111111111", strong_first)[0],
        flags_of("101010101010", strong_first)[0],
        flags_of("101010101010", strong_first, many=1)[0],
        *flags_of("011111110000", strong_first, options=("1", "0000000", "1111")),
        *flags_of("111111000000", strong_first, options=("000000", "111111")),
        *flags_of("001111110000", strong_first, options=("11", "000000", "2222")),
    }

    assert found == set(FLAGS)


def test_a_good_question_has_no_flag():
    assert flags_of("111111000000", "333322221100", options=("000000", "112212")) == ()
