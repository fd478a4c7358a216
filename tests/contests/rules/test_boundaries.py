"""The boundary matrix: time limit, close of the round, extra time, later close, grace and zone, to the millisecond.

What is expected is counted here in whole milliseconds since the opening of the round, on a clock of its own without
time zones; the rules work with datetimes. Both are asked for every case, and so is the real answer path with a real table
(tests/contests/intake/test_boundaries.py) for the same cases.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from contests.rules.timing import Extra, Verdict, deadline, last_arrival, review_opens, terms, verdict

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000  # milliseconds
OPENS = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
CLOSE = 2 * HOUR
ZONES = [UTC, ZoneInfo("Asia/Ho_Chi_Minh"), timezone(timedelta(hours=-5)), ZoneInfo("Europe/Paris")]


class Case(NamedTuple):
    """One attempt and one arrival; milliseconds, the instants since the opening of the round."""

    started: int
    minutes: int
    extra_minutes: int
    later_close: int | None
    grace: int  # seconds
    off: int  # of the arrival, after the end of the attempt
    zone: int

    @property
    def end(self) -> int:
        """When the attempt ends: its time, or the latest close, whichever comes first."""
        return min(self.started + (self.minutes + self.extra_minutes) * MINUTE, max(CLOSE, self.later_close or 0))

    @property
    def arrived(self) -> int:
        return self.end + self.off

    @property
    def counts(self) -> bool:
        return self.arrived <= self.end + self.grace * SECOND


# Starts: early, so that the limit ends it; so that limit and close fall together; one tick later; in the last second.
STARTS = [0, CLOSE - 20 * MINUTE, CLOSE - 20 * MINUTE + 1, CLOSE - 1]
CASES = [
    Case(started, minutes, extra, later, grace, off, index % len(ZONES))
    for index, (started, minutes, extra, later, grace, off) in enumerate(
        (*case, off)
        for case in product(STARTS, (1, 20), (0, 10), (None, CLOSE + 5 * MINUTE), (0, 5, 60))
        for off in sorted(
            {-1, 0, 1, case[-1] * SECOND - 1, case[-1] * SECOND, case[-1] * SECOND + 1, HOUR, -30 * SECOND}
        )
    )
]


def at(milliseconds: int, zone: int = 0) -> datetime:
    return (OPENS + timedelta(milliseconds=milliseconds)).astimezone(ZONES[zone])


def terms_of(case: Case):
    later = None if case.later_close is None else at(case.later_close, case.zone)
    extras = [Extra(minutes=case.extra_minutes, closes_at=later)] if case.extra_minutes or later else []
    return terms(minutes=case.minutes, closes_at=at(CLOSE, case.zone), attempts=1, extras=extras)


def test_there_are_enough_cases_and_both_verdicts():
    assert len(CASES) >= 500
    assert 0.2 < sum(case.counts for case in CASES) / len(CASES) < 0.8


@pytest.mark.parametrize("case", CASES)
def test_the_rules_count_as_the_clock_does(case):
    given = terms_of(case)
    ends = deadline(at(case.started, case.zone), given.minutes, given.closes_at)

    assert ends == at(case.end)
    assert last_arrival(ends, case.grace) == at(case.end + case.grace * SECOND)
    assert verdict(at(case.arrived, (case.zone + 1) % 4), ends, case.grace) is (
        Verdict.ON_TIME if case.counts else Verdict.LATE
    )


# --- several extensions at once -----------------------------------------------------------------------------------
EXTRAS = [
    ((), (20, CLOSE, 2)),
    ((Extra(minutes=10),), (30, CLOSE, 2)),
    ((Extra(minutes=10), Extra(minutes=5)), (30, CLOSE, 2)),  # the most minutes, not their sum
    ((Extra(attempts=1), Extra(attempts=2)), (20, CLOSE, 5)),  # attempts make good for spoilt ones: they add up
    ((Extra(closes_at=at(CLOSE + HOUR)), Extra(closes_at=at(CLOSE + MINUTE))), (20, CLOSE + HOUR, 2)),
    ((Extra(closes_at=at(CLOSE - HOUR)),), (20, CLOSE, 2)),  # never takes away
    ((Extra(minutes=3, closes_at=at(CLOSE + HOUR, 3), attempts=1), Extra(minutes=8)), (28, CLOSE + HOUR, 3)),
]


@pytest.mark.parametrize(("extras", "wanted"), EXTRAS)
@pytest.mark.parametrize("turned", [False, True])
def test_what_several_extensions_come_to(extras, wanted, turned):
    given = terms(minutes=20, closes_at=at(CLOSE, 1), attempts=2, extras=reversed(extras) if turned else extras)

    assert (given.minutes, given.closes_at, given.attempts) == (wanted[0], at(wanted[1]), wanted[2])


def test_unlimited_attempts_stay_unlimited():
    assert terms(minutes=1, closes_at=at(1), attempts=None, extras=[Extra(attempts=3)]).attempts is None


@pytest.mark.parametrize("extra", [Extra(minutes=-1), Extra(attempts=-1)])
def test_an_extension_never_takes_away(extra):
    with pytest.raises(ValueError, match="takes away"):
        terms(minutes=20, closes_at=at(CLOSE), attempts=1, extras=[extra])


def test_keys_wait_until_nobody_can_answer_any_more():
    assert review_opens(at(CLOSE, 2), 5) == at(CLOSE + 5 * SECOND + MINUTE)
