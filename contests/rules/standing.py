"""Which attempts count in a round, and what a member has over all rounds.

Formula (the one that `thele` prints). Within a round the best, the first or the last attempt counts, or all are added up. The
best is the one that the contest's own chain puts first; what the chain leaves equal goes by points, then the shorter, then the
earlier handed in, then the lower number. Over a contest the same four ways hold between the rounds that were sat.
Attempts without a mistake are counted over all of them, whichever counts. Ranking members is the business of `ties`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from contests.rules.settings import Counting
from contests.rules.ties import DEFAULT_CHAIN, Criterion


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """A graded attempt: points in hundredths, time from start to hand-in, and its number (1, 2, …) in the round."""

    points: int
    elapsed_ms: int
    submitted_at: datetime
    number: int
    right: int = 0
    perfect: bool = False  # without a mistake
    guess: int | None = None  # at the side question, in units of `prediction`


@dataclass(frozen=True, slots=True)
class Total:
    """What counts of a round, or over the contest. `submitted_at` is the last hand-in of what counts.

    `off` is the distance of the guess from the true number, None as long as that is not known and for who did not guess.
    """

    points: int
    elapsed_ms: int
    submitted_at: datetime
    right: int = 0
    perfect: int = 0
    guess: int | None = None
    off: int | None = None
    asked: bool = False  # whether the round has a side question


_One = TypeVar("_One", AttemptResult, Total)

# what one attempt has of its own to be compared by; the smaller is the better
_OWN: dict[Criterion, Callable[[Any], Any]] = {
    Criterion.POINTS: lambda one: -one.points,
    Criterion.RIGHT: lambda one: -one.right,
    Criterion.TIME: lambda one: one.elapsed_ms,
    Criterion.SUBMITTED: lambda one: one.submitted_at,
}
_LAST_RESORT = (Criterion.POINTS, Criterion.TIME, Criterion.SUBMITTED)


def counted(
    results: Iterable[AttemptResult],
    counting: Counting = Counting.BEST,
    chain: Sequence[Criterion] = DEFAULT_CHAIN,
    *,
    asked: bool = False,
    truth: int | None = None,
) -> Total | None:
    """What counts of a round's attempts, in whatever order they come; None when there are none.

    `asked`: the round has a side question; `truth` is its true number, None before it is known.
    """
    sat = sorted(results, key=lambda one: one.number)
    if not sat:
        return None
    counts = sat if counting is Counting.SUM else [_chosen(sat, counting, chain)]
    guess = counts[-1].guess if asked else None
    return Total(
        points=sum(one.points for one in counts),
        elapsed_ms=sum(one.elapsed_ms for one in counts),
        submitted_at=max(one.submitted_at for one in counts),
        right=sum(one.right for one in counts),
        perfect=sum(one.perfect for one in sat),
        guess=guess,
        off=None if guess is None or truth is None else abs(guess - truth),
        asked=asked,
    )


def total(
    rounds: Iterable[Total | None],
    over: Counting = Counting.SUM,
    chain: Sequence[Criterion] = DEFAULT_CHAIN,
    *,
    all_known: bool = True,
) -> Total | None:
    """The result over the rounds, given in their order; rounds not sat (None) add nothing. None when no round was sat.

    Zero points in zero time would stand above a member who tried and got nothing right. Distances are added up; whoever left
    out a guess in a round that counts has none. `all_known`: the true number of every round that asks is known; before that
    nobody is near or far.
    """
    sat = [one for one in rounds if one is not None]
    if not sat:
        return None
    counts = sat if over is Counting.SUM else [_chosen(sat, over, chain)]
    offs = [one.off for one in counts if one.asked]
    guessed = [off for off in offs if off is not None]
    return Total(
        points=sum(one.points for one in counts),
        elapsed_ms=sum(one.elapsed_ms for one in counts),
        submitted_at=max(one.submitted_at for one in counts),
        right=sum(one.right for one in counts),
        perfect=sum(one.perfect for one in sat),
        off=sum(guessed) if offs and len(guessed) == len(offs) and all_known else None,
        asked=bool(offs),
    )


def _chosen(sat: Sequence[_One], counting: Counting, chain: Sequence[Criterion]) -> _One:
    """The first, the last or the best of what stands in its order."""
    if counting is Counting.FIRST:
        return sat[0]
    if counting is Counting.LAST:
        return sat[-1]
    keys = [_OWN[criterion] for criterion in (*chain, *_LAST_RESORT) if criterion in _OWN]
    return min(sat, key=lambda one: tuple(key(one) for key in keys))
