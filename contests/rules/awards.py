"""Who gets which prize, from rankings that are final.

Prizes are given from the highest down, each from the ranking of its own round and division. Who may not hold another one, and
who may not hold any, is passed over with the reason, and the next in line moves up. Where the last prizes of a kind fall on a
shared place with more people than prizes, the organizer's decision on record says who; without one nobody is chosen, the group
is named, and every lower prize that the same people could win waits, because what they get there depends on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from contests.rules.ties import Placed, Result, orders_all


class OnePrize(StrEnum):
    """How many prizes one winner may hold."""

    FREE = "free"  # as many as they win
    ROUND = "round"  # the highest of each round, and the overall ones
    CONTEST = "contest"  # the highest of all


class Passed(StrEnum):
    """Why somebody in line did not get a prize."""

    HOLDS_ANOTHER = "holds_another"
    NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True, slots=True)
class Prize:
    """So many equal prizes for the first of one ranking. `round` None: overall; `division` empty: everybody.

    Units and people never compete: a prize for units comes from a ranking of units, and one-prize rules hold in each pool.
    """

    name: str
    count: int
    ranking: str
    amount: int = 0  # đồng; decides which of two prizes is the higher
    tier: int = 1  # 1 nhất, 2 nhì …: decides where the amounts are equal
    round: int | None = None
    division: str = ""
    units: bool = False


@dataclass(frozen=True, slots=True)
class Award:
    """A prize that somebody gets, with the place that earned it."""

    prize: Prize
    entry: str
    place: int


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Somebody who stood in line for a prize and did not get it. Who took a higher prize from the very same line is not named."""

    prize: Prize
    entry: str
    place: int
    why: Passed
    note: str = ""  # for NOT_ELIGIBLE the reason on record, for HOLDS_ANOTHER the name of the other prize


@dataclass(frozen=True, slots=True)
class Undecided:
    """More people on a shared place than prizes left: an organizer chooses `left` of them."""

    prize: Prize
    entries: tuple[str, ...]
    place: int
    left: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A prize that nobody gets before a higher one is decided."""

    prize: Prize
    decision: Prize


@dataclass(slots=True)
class Awards:
    """What came of it."""

    given: list[Award] = field(default_factory=list)
    passed: list[PassedOver] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)


def give_awards(
    prizes: Iterable[Prize],
    rankings: Mapping[str, Sequence[Placed]],
    *,
    one_prize: OnePrize = OnePrize.CONTEST,
    not_eligible: Mapping[str, str] | None = None,
) -> Awards:
    """Give the prizes. `rankings` by name, best first; `not_eligible` gives entry → reason.

    The result does not depend on the order in which the prizes are listed.
    """
    barred = not_eligible or {}
    held: defaultdict[tuple[bool, str], list[Prize]] = defaultdict(list)
    awards = Awards()
    for prize in sorted(prizes, key=_worth):
        here = {placed.result.entry for placed in rankings.get(prize.ranking, ())}
        before = (one for one in awards.undecided if not here.isdisjoint(one.entries))
        if open_ := next((one.prize for one in before if _excludes(one.prize, prize, one_prize)), None):
            awards.waiting.append(Waiting(prize, open_))
            continue
        line = iter(_groups(rankings.get(prize.ranking, ())))
        left = prize.count
        while left and (group := next(line, None)):
            place, results = group
            free = []
            for result in results:
                entry = result.entry
                other = next((one for one in held[prize.units, entry] if _excludes(one, prize, one_prize)), None)
                if entry in barred:
                    awards.passed.append(PassedOver(prize, entry, place, Passed.NOT_ELIGIBLE, barred[entry]))
                elif other is None:
                    free.append(result)
                elif other.ranking != prize.ranking:
                    awards.passed.append(PassedOver(prize, entry, place, Passed.HOLDS_ANOTHER, other.name))
            if len(free) > left and not orders_all(free):
                awards.undecided.append(Undecided(prize, tuple(result.entry for result in free), place, left))
                break
            if len(free) > left:
                free = sorted(free, key=lambda result: result.decided or 0)[:left]
            for result in free:
                awards.given.append(Award(prize, result.entry, place))
                held[prize.units, result.entry].append(prize)
            left -= len(free)
    return awards


def _worth(prize: Prize) -> tuple[int, int, bool, int, str, str, int]:
    """Highest first: by money, then by tier, then overall before a round's, then by round and name."""
    return (
        -prize.amount,
        prize.tier,
        prize.round is not None,
        prize.round or 0,
        prize.ranking,
        prize.name,
        prize.count,
    )


def _excludes(held: Prize, prize: Prize, one_prize: OnePrize) -> bool:
    """Whether who holds the one may not get the other. Never twice from one ranking, whatever the rule."""
    if held.units != prize.units:
        return False
    same_round = one_prize is OnePrize.ROUND and held.round == prize.round
    return held.ranking == prize.ranking or same_round or one_prize is OnePrize.CONTEST


def _groups(ranking: Sequence[Placed]) -> list[tuple[int, list[Result]]]:
    """The results of each place, best place first."""
    groups: dict[int, list[Result]] = {}
    for placed in ranking:
        groups.setdefault(placed.place, []).append(placed.result)
    return sorted(groups.items())
