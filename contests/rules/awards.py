"""Who gets which prize, from rankings that are final.

Prizes are given from the highest down, each from the ranking of its own round and division. Who may not hold another one, and
who may not hold any, is passed over with the reason, and the next in line moves up. Where the last prizes of a kind fall on a
shared place with more people than prizes, nobody is chosen: the organizer decides, and until then the group is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from contests.rules.ties import Placed


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
    """So many equal prizes for the first of one ranking. `round` None: overall; `division` empty: everybody."""

    name: str
    count: int
    ranking: str
    amount: int = 0  # đồng; decides which of two prizes is the higher
    tier: int = 1  # 1 nhất, 2 nhì …: decides where the amounts are equal
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """A prize that somebody gets, with the place that earned it."""

    prize: Prize
    entry: str
    place: int


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Somebody who stood in line for a prize and did not get it."""

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


@dataclass(slots=True)
class Awards:
    """What came of it."""

    given: list[Award] = field(default_factory=list)
    passed: list[PassedOver] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)


def give_awards(
    prizes: Iterable[Prize],
    rankings: Mapping[str, Sequence[Placed]],
    *,
    one_prize: OnePrize = OnePrize.CONTEST,
    not_eligible: Mapping[str, str] | None = None,
) -> Awards:
    """Give the prizes. `rankings` by name, best first; `not_eligible` gives entry → reason.

    The result does not depend on the order in which prizes of different worth are listed.
    """
    barred = not_eligible or {}
    held: defaultdict[str, list[Prize]] = defaultdict(list)
    awards = Awards()
    for prize in sorted(prizes, key=_worth):
        line = iter(_groups(rankings.get(prize.ranking, ())))
        left = prize.count
        while left and (group := next(line, None)):
            place, entries = group
            free = []
            for entry in entries:
                if entry in barred:
                    awards.passed.append(PassedOver(prize, entry, place, Passed.NOT_ELIGIBLE, barred[entry]))
                elif other := _in_the_way(held[entry], prize, one_prize):
                    awards.passed.append(PassedOver(prize, entry, place, Passed.HOLDS_ANOTHER, other.name))
                else:
                    free.append(entry)
            if len(free) > left:
                awards.undecided.append(Undecided(prize, tuple(free), place, left))
                break
            for entry in free:
                awards.given.append(Award(prize, entry, place))
                held[entry].append(prize)
            left -= len(free)
    return awards


def _worth(prize: Prize) -> tuple[int, int, bool, int, str, str]:
    """Highest first: by money, then by tier, then overall before a round's, then by round and name."""
    return (-prize.amount, prize.tier, prize.round is not None, prize.round or 0, prize.ranking, prize.name)


def _in_the_way(held: Sequence[Prize], prize: Prize, one_prize: OnePrize) -> Prize | None:
    """The prize that keeps somebody from this one. Never twice from one ranking, whatever the rule."""
    for other in held:
        same_ranking = other.ranking == prize.ranking
        same_round = one_prize is OnePrize.ROUND and other.round == prize.round
        if same_ranking or same_round or one_prize is OnePrize.CONTEST:
            return other
    return None


def _groups(ranking: Sequence[Placed]) -> list[tuple[int, list[str]]]:
    """The entries of each place, best place first."""
    groups: dict[int, list[str]] = {}
    for placed in ranking:
        groups.setdefault(placed.place, []).append(placed.result.entry)
    return sorted(groups.items())
