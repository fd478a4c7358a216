from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.grading import Grade, grade_answer, grade_paper
from contests.rules.kinds import AnswerKey, Kind, Partial
from contests.rules.kinds.choice import canonical_choice, shown_positions
from contests.rules.paper import PaperItem
from contests.rules.scoring import Negative, Speed
from contests.rules.settings import DrawPart, RoundRules

ABCD = (0, 1, 2, 3)
MIXED = (2, 0, 3, 1)  # the first shown option is canonical C, the second A, …


@pytest.mark.parametrize(
    ("kind", "key", "choice", "order", "right"),
    [
        (Kind.SINGLE, {1}, [1], ABCD, True),
        (Kind.SINGLE, {1}, [0], ABCD, False),
        (Kind.SINGLE, {1}, [3], MIXED, True),
        (Kind.SINGLE, {1}, [1], MIXED, False),
        (Kind.SINGLE, {1}, [1, 1], ABCD, True),
        (Kind.SINGLE, {1}, [0, 1], ABCD, False),
        (Kind.SINGLE, {1, 2}, [1], ABCD, True),
        (Kind.SINGLE, {1, 2}, [2], ABCD, True),
        (Kind.SINGLE, {1, 2}, [1, 2], ABCD, False),
        (Kind.SINGLE, {1}, [], ABCD, None),
        (Kind.SINGLE, {1}, "1", ABCD, False),
        (Kind.SINGLE, {3}, [-1], ABCD, False),
        (Kind.SINGLE, {3}, [4], ABCD, False),
        (Kind.MULTIPLE, {0, 2}, [0, 2], ABCD, True),
        (Kind.MULTIPLE, {0, 2}, [2, 0], ABCD, True),
        (Kind.MULTIPLE, {0, 2}, [2, 0, 2], ABCD, True),
        (Kind.MULTIPLE, {0, 2}, [0], ABCD, False),
        (Kind.MULTIPLE, {0, 2}, [0, 1, 2], ABCD, False),
        (Kind.MULTIPLE, {0, 2}, [0, 1], MIXED, True),
        (Kind.MULTIPLE, {0, 2}, [0, 2, 9], ABCD, False),
        (Kind.MULTIPLE, {0, 1, 2, 3}, [0, 1, 2, 3], MIXED, True),
        (Kind.TRUE_FALSE, {0}, [0], (0, 1), True),
        (Kind.TRUE_FALSE, {0}, [1], (0, 1), False),
        (Kind.TRUE_FALSE, {0}, [0, 1], (0, 1), False),
        (Kind.TRUE_FALSE, {0}, [2], (0, 1), False),
    ],
)
def test_an_answer_is_right_or_wrong(kind, key, choice, order, right):
    assert grade_answer(AnswerKey(kind, frozenset(key)), choice, order) == right


def test_a_question_without_a_key_is_a_bug():
    with pytest.raises(ValueError, match="key"):
        grade_answer(AnswerKey(Kind.SINGLE), [0], ABCD)


RULES = RoundRules(minutes=20, attempts=1, draw=(DrawPart("a", 4),), points_per_question=250)
ITEMS = (PaperItem(11, MIXED), PaperItem(12, ABCD), PaperItem(13, (0, 1)), PaperItem(14, ABCD))
KEYS = {
    11: AnswerKey(Kind.SINGLE, frozenset({1})),
    12: AnswerKey(Kind.MULTIPLE, frozenset({0, 3})),
    13: AnswerKey(Kind.TRUE_FALSE, frozenset({1})),
    14: AnswerKey(Kind.SINGLE, frozenset({0})),
}


@pytest.mark.parametrize(
    ("answers", "points", "per_item"),
    [
        ({0: [3], 1: [0, 3], 2: [1], 3: [0]}, 1000, (True, True, True, True)),
        ({0: [0], 1: [0], 2: [0], 3: [1]}, 0, (False, False, False, False)),
        ({}, 0, (None, None, None, None)),
        ({0: [], 1: None, 3: [0]}, 250, (None, None, None, True)),
        ({0: [3], 1: [0, 1]}, 250, (True, False, None, None)),
        ({0: [3], 9: [0], -1: [0]}, 250, (True, None, None, None)),
    ],
)
def test_a_paper_is_graded_question_by_question(answers, points, per_item):
    assert grade_paper(ITEMS, KEYS, answers, RULES) == Grade(
        points=points,
        right=sum(item is True for item in per_item),
        answered=sum(item is not None for item in per_item),
        total=4,
        per_item=per_item,
    )


@pytest.mark.parametrize("answers", [{}, {0: [0]}])
def test_a_version_without_a_key_stops_the_grading(answers):
    with pytest.raises(KeyError):
        grade_paper((PaperItem(99, ABCD),), KEYS, answers, RULES)


orders = st.integers(2, 6).flatmap(lambda n: st.permutations(range(n))).map(tuple)


@given(orders, st.data())
def test_shown_and_canonical_are_two_ways_of_one_road(order, data):
    canonical = data.draw(st.frozensets(st.sampled_from(order)))

    assert canonical_choice(shown_positions(canonical, order), order) == canonical


@given(orders, st.data())
def test_ticking_exactly_the_key_is_right_in_any_order_and_nothing_else_is(order, data):
    key = data.draw(st.frozensets(st.sampled_from(order), min_size=1))
    choice = data.draw(st.lists(st.integers(-1, 6), max_size=6))

    graded = grade_answer(AnswerKey(Kind.MULTIPLE, key), choice, order)

    assert grade_answer(AnswerKey(Kind.MULTIPLE, key), shown_positions(key, order), order) == 1
    assert (graded == 1) == (set(choice) == set(shown_positions(key, order)))


# --- what the round's rules make of it ----------------------------------------------------------------------------------
def test_partly_right_counts_where_the_rules_say_so():
    answers = {0: [0], 1: [0], 2: [1]}  # wrong; one of two; right

    exact = grade_paper(ITEMS, KEYS, answers, RULES)
    partly = grade_paper(ITEMS, KEYS, answers, replace(RULES, partial=Partial.PARTIAL))

    assert (exact.points, exact.right, exact.answered) == (250, 1, 3)
    assert (partly.points, partly.right, partly.per_item) == (375, 1, (0, Fraction(1, 2), 1, None))


def test_the_format_of_the_round_makes_the_points():
    answers = {0: [0], 2: [1]}

    assert grade_paper(ITEMS, KEYS, answers, replace(RULES, scoring=Negative(50))).points == 250 - 125
    speedy = Speed(per_minute=100, most=500, least_right=1)
    assert grade_paper(ITEMS, KEYS, answers, replace(RULES, scoring=speedy), left_ms=3 * 60_000).points == 250 + 300


def test_a_question_may_have_a_weight_of_its_own():
    keys = KEYS | {13: AnswerKey(Kind.TRUE_FALSE, frozenset({1}), spec={"weight": 40})}

    assert grade_paper(ITEMS, keys, {2: [1], 3: [0]}, RULES).points == 40 + 250


def test_a_void_question_is_worth_all_to_everybody_on_whose_paper_it_is():
    void = frozenset({11, 99})

    for answers, points in (({}, 250), ({0: [0]}, 250), ({0: [3]}, 250), ({3: [0]}, 500)):
        grade = grade_paper(ITEMS, KEYS, answers, RULES, void=void)
        assert (grade.points, grade.right, grade.answered) == (points, points // 250, len(answers))


def test_an_essay_is_worth_what_its_markers_settled_on_and_nothing_before():
    items, keys = (PaperItem(1, ()), PaperItem(2, ())), {n: AnswerKey(Kind.ESSAY) for n in (1, 2)}
    answers = {0: "Công đoàn là tổ chức…"}

    waiting = grade_paper(items, keys, answers, RULES)
    marked = grade_paper(items, keys, answers, RULES, marks={0: Fraction(3, 4), 1: Fraction(1)})

    assert (waiting.points, waiting.answered, waiting.per_item) == (0, 1, (None, None))
    assert (marked.points, marked.answered, marked.per_item) == (188, 1, (Fraction(3, 4), None))
