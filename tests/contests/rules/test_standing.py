from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.standing import AttemptResult, Total, counted, total

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


def result(points: int, seconds: int, minute: int = 0, number: int = 1) -> AttemptResult:
    return AttemptResult(points, seconds * 1000, NOON + timedelta(minutes=minute), number)


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (result(1900, 600), result(1800, 60), "more points, however long it took"),
        (result(1900, 599), result(1900, 600), "the same points in less time"),
        (result(1900, 600, 1, 2), result(1900, 600, 2, 1), "the same in the same time, handed in earlier"),
        (result(1900, 600, 1, 1), result(1900, 600, 1, 2), "nothing else differs: the lower number"),
        (result(1, 600), result(0, 0), "one hundredth of a point is more than none"),
    ],
)
def test_the_better_attempt_counts(better, worse, why):
    assert counted([better, worse]) == counted([worse, better]) == better, why


def test_without_attempts_nothing_counts():
    assert counted([]) is None


results = st.builds(result, st.integers(0, 300), st.integers(0, 3), st.integers(0, 3), st.integers(1, 5))


@given(st.lists(results, min_size=1), st.randoms())
def test_the_counted_attempt_is_one_of_them_whatever_their_order(attempts, chance):
    shuffled = attempts[:]
    chance.shuffle(shuffled)

    best = counted(attempts)

    assert best == counted(shuffled)
    assert best in attempts
    assert best.points == max(attempt.points for attempt in attempts)


@given(st.lists(results, min_size=1), results)
def test_one_more_attempt_never_makes_a_round_worse(attempts, another):
    before, after = counted(attempts), counted([*attempts, another])

    assert (after.points, -after.elapsed_ms) >= (before.points, -before.elapsed_ms)


@pytest.mark.parametrize(
    ("rounds", "wanted"),
    [
        ([result(1900, 600)], Total(1900, 600_000)),
        ([result(1900, 600), result(1500, 300)], Total(3400, 900_000)),
        ([result(1900, 600), None, result(1500, 300)], Total(3400, 900_000)),
        ([result(0, 10)], Total(0, 10_000)),
        ([None, None], None),
        ([], None),
    ],
)
def test_a_contest_adds_up_the_rounds_that_were_sat(rounds, wanted):
    assert total(rounds) == wanted
