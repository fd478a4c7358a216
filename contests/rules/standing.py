"""Which attempt counts in a round, and what a member has over all rounds.

Formula (the one that `thele` prints): within a round the attempt with more points counts, then the shorter one, then the
one handed in earlier, then the lower number. Over a contest the points and the times of the counted attempts are added up.
Ranking members against each other is the business of `leaderboard.ranking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contests.rules.settings import Counting


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """A graded attempt: points in hundredths, time from start to hand-in, and its number (1, 2, …) in the round."""

    points: int
    elapsed_ms: int
    submitted_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Total:
    """A member's result over the contest: sums over the rounds that were sat."""

    points: int
    elapsed_ms: int


def _best_first(result: AttemptResult) -> tuple[int, int, datetime, int]:
    return (-result.points, result.elapsed_ms, result.submitted_at, result.number)


ORDERS: dict[Counting, Callable[[AttemptResult], Any]] = {Counting.BEST: _best_first}


def counted(results: Iterable[AttemptResult], counting: Counting = Counting.BEST) -> AttemptResult | None:
    """The one attempt of a round that counts, in whatever order they come; None when there is none."""
    return min(results, key=ORDERS[counting], default=None)


def total(best_per_round: Iterable[AttemptResult | None]) -> Total | None:
    """The sum over the rounds' counted attempts; rounds not sat (None) add nothing.

    None when no round was sat: zero points in zero time would stand above a member who tried and got nothing right.
    """
    sat = [result for result in best_per_round if result is not None]
    if not sat:
        return None
    return Total(sum(result.points for result in sat), sum(result.elapsed_ms for result in sat))
