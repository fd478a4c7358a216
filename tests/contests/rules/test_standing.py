"""What counts of several attempts and rounds: tables for each way, and what always holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.settings import Counting
from contests.rules.standing import AttemptResult, Total, counted, total
from contests.rules.ties import Criterion

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
C = Criterion


def result(points: int, seconds: int, minute: int = 0, number: int = 1, **more) -> AttemptResult:
    return AttemptResult(points, seconds * 1000, NOON + timedelta(minutes=minute), number, **more)


def whole(points: int, seconds: int, minute: int = 0, **more) -> Total:
    return Total(points, seconds * 1000, NOON + timedelta(minutes=minute), **more)


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (result(1900, 600), result(1800, 60), "more points, however long it took"),
        (result(1900, 599), result(1900, 600), "the same points in less time"),
        (result(1900, 600, 1, 2), result(1900, 600, 2, 1), "the same in the same time, handed in earlier"),
        (result(1, 600), result(0, 0), "one hundredth of a point is more than none"),
    ],
)
def test_the_better_attempt_counts(better, worse, why):
    for pair in ([better, worse], [worse, better]):
        found = counted(pair)
        assert (found.points, found.elapsed_ms, found.submitted_at) == (
            better.points, better.elapsed_ms, better.submitted_at
        ), why  # fmt: skip


FIVE = [
    result(1500, 300, 10, 1, right=15, guess=40),
    result(1900, 900, 40, 2, right=19, guess=50),
    result(2000, 700, 60, 3, right=18, perfect=True, guess=60),
    result(2000, 800, 50, 4, right=20, perfect=True, guess=None),
    result(1200, 200, 90, 5, right=12, guess=80),
]


@pytest.mark.parametrize(
    ("counting", "chain", "wanted"),
    [
        (Counting.BEST, (C.POINTS, C.TIME), whole(2000, 700, 60, right=18, perfect=2, guess=60, off=5, asked=True)),
        (Counting.BEST, (C.POINTS, C.SUBMITTED), whole(2000, 800, 50, right=20, perfect=2, asked=True)),
        (Counting.BEST, (C.RIGHT, C.TIME), whole(2000, 800, 50, right=20, perfect=2, asked=True)),
        (Counting.BEST, (C.POINTS, C.PREDICTION), whole(2000, 700, 60, right=18, perfect=2, guess=60, off=5, asked=True)),
        (Counting.FIRST, (C.POINTS,), whole(1500, 300, 10, right=15, perfect=2, guess=40, off=25, asked=True)),
        (Counting.LAST, (C.POINTS,), whole(1200, 200, 90, right=12, perfect=2, guess=80, off=15, asked=True)),
        (Counting.SUM, (C.POINTS,), whole(8600, 2900, 90, right=84, perfect=2, guess=80, off=15, asked=True)),
    ],
)  # fmt: skip
def test_the_four_ways_of_counting(counting, chain, wanted):
    assert counted(FIVE, counting, chain, asked=True, truth=65) == wanted
    assert counted(FIVE[::-1], counting, chain, asked=True, truth=65) == wanted


def test_a_guess_counts_only_where_a_question_was_asked_and_is_near_only_when_the_truth_is_known():
    assert counted(FIVE[:1], asked=False, truth=65).guess is None
    assert counted(FIVE[:1], asked=True).off is None


def test_without_attempts_nothing_counts():
    assert counted([]) is None
    assert total([]) is None
    assert total([None, None]) is None


results = st.builds(
    result, st.integers(0, 300), st.integers(0, 3), st.integers(0, 3), st.integers(1, 5),
    right=st.integers(0, 3), perfect=st.booleans(), guess=st.none() | st.integers(0, 9),
)  # fmt: skip
many = st.lists(results, min_size=1, max_size=6, unique_by=lambda one: one.number)
chains = st.permutations([C.POINTS, C.RIGHT, C.TIME, C.SUBMITTED, C.PREDICTION]).map(tuple)


@given(many, st.sampled_from(Counting), chains, st.randoms())
def test_what_counts_does_not_depend_on_the_order(attempts, counting, chain, chance):
    shuffled = attempts[:]
    chance.shuffle(shuffled)

    assert counted(shuffled, counting, chain, asked=True, truth=4) == counted(
        attempts, counting, chain, asked=True, truth=4
    )


@given(many, results)
def test_one_more_attempt_never_makes_the_best_of_a_round_worse(attempts, another):
    before, after = counted(attempts), counted([*attempts, another])

    assert (after.points, -after.elapsed_ms) >= (before.points, -before.elapsed_ms)


ONE, TWO = whole(1900, 600, 5, right=19, perfect=1, off=3, asked=True), whole(1500, 300, 9, right=15, off=4, asked=True)
UNASKED, NO_GUESS = whole(1000, 100, 1, right=10), whole(1000, 100, 1, right=10, asked=True)


@pytest.mark.parametrize(
    ("rounds", "over", "wanted"),
    [
        ([ONE], Counting.SUM, whole(1900, 600, 5, right=19, perfect=1, off=3, asked=True)),
        ([ONE, None, TWO], Counting.SUM, whole(3400, 900, 9, right=34, perfect=1, off=7, asked=True)),
        ([ONE, UNASKED], Counting.SUM, whole(2900, 700, 5, right=29, perfect=1, off=3, asked=True)),
        ([ONE, NO_GUESS], Counting.SUM, whole(2900, 700, 5, right=29, perfect=1, asked=True)),
        ([TWO, ONE], Counting.BEST, whole(1900, 600, 5, right=19, perfect=1, off=3, asked=True)),
        ([TWO, ONE], Counting.FIRST, whole(1500, 300, 9, right=15, perfect=1, off=4, asked=True)),
        ([ONE, TWO], Counting.LAST, whole(1500, 300, 9, right=15, perfect=1, off=4, asked=True)),
        ([whole(0, 10)], Counting.SUM, whole(0, 10)),
    ],
)  # fmt: skip
def test_over_the_rounds_that_were_sat(rounds, over, wanted):
    assert total(rounds, over) == wanted


def test_nobody_is_near_or_far_before_every_true_number_is_known():
    assert total([ONE, TWO], all_known=False).off is None


rounds_sat = st.lists(many | st.none(), min_size=1, max_size=4)


def sat(each, counting, chain):
    return [counted(one, counting, chain, asked=True, truth=4) if one else None for one in each]


@given(rounds_sat, st.sampled_from(Counting), st.sampled_from(Counting), chains, st.randoms())
def test_over_the_rounds_the_order_of_attempts_and_rounds_that_were_not_sat_change_nothing(
    each, counting, over, chain, chance
):
    shuffled = [chance.sample(one, len(one)) if one else None for one in each]
    padded = [item for one in sat(shuffled, counting, chain) for item in (None, one)]

    assert total(padded, over, chain) == total(sat(each, counting, chain), over, chain)


@given(rounds_sat, st.sampled_from(Counting), chains, st.randoms())
def test_sums_and_the_best_do_not_depend_on_the_order_of_the_rounds(each, counting, chain, chance):
    of_rounds = [one for one in sat(each, counting, chain) if one]
    shuffled = chance.sample(of_rounds, len(of_rounds))

    assert total(shuffled, Counting.SUM, chain) == total(of_rounds, Counting.SUM, chain)
    best, again = total(of_rounds, Counting.BEST, chain), total(shuffled, Counting.BEST, chain)
    if best is not None:
        assert (best.points, best.elapsed_ms, best.right) == (again.points, again.elapsed_ms, again.right)


@given(rounds_sat, st.sampled_from([Counting.BEST, Counting.FIRST, Counting.LAST]), chains)
def test_what_is_chosen_is_one_of_the_rounds_and_a_sum_is_no_less_than_it(each, over, chain):
    of_rounds = [one for one in sat(each, Counting.BEST, chain) if one]
    chosen, added = total(of_rounds, over, chain), total(of_rounds, Counting.SUM, chain)

    if chosen is None:
        assert not of_rounds
        return
    assert (chosen.points, chosen.elapsed_ms) in {(one.points, one.elapsed_ms) for one in of_rounds}
    assert chosen.points <= added.points
    assert chosen.perfect == added.perfect == sum(one.perfect for one in of_rounds)
