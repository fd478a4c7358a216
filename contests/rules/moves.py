"""What a decision does to a ranking and to its prizes: the same two pictures, before and after, and who stands elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contests.rules.awards import Awards, Prize
from contests.rules.ties import Placed


@dataclass(frozen=True, slots=True)
class Move:
    """One entry with its points and place before and after; None: not in that ranking."""

    entry: str
    points_before: int | None
    points_after: int | None
    place_before: int | None
    place_after: int | None

    @property
    def by(self) -> int:
        """How many places, whichever way. Leaving or entering the ranking counts from its very end, so as the whole place."""
        if self.place_before is None or self.place_after is None:
            return self.place_before or self.place_after or 0
        return abs(self.place_before - self.place_after)

    @property
    def within(self) -> bool:
        """Whether it was in the ranking before and is after."""
        return self.place_before is not None and self.place_after is not None

    @property
    def best(self) -> int:
        """The better of the two places."""
        return min(place for place in (self.place_before, self.place_after) if place is not None)


def moves(before: Iterable[Placed], after: Iterable[Placed]) -> list[Move]:
    """Everybody whose place is another, the highest place concerned first; at one place, who leaves or comes before the others."""
    old = {placed.result.entry: placed for placed in before}
    found = []
    for placed in after:
        was = old.pop(placed.result.entry, None)
        if was is None or was.place != placed.place:
            found.append(_move(was, placed))
    found += [_move(was, None) for was in old.values()]
    return sorted(found, key=lambda move: (move.best, move.within, -move.by, move.entry))


def _move(before: Placed | None, after: Placed | None) -> Move:
    either = after or before
    assert either is not None
    return Move(
        either.result.entry, before.result.points if before else None, after.result.points if after else None,
        before.place if before else None, after.place if after else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrizeMove:
    """A prize that changes hands: who loses it, who gets it. `open_after`: it waits for the organizer's choice among equals."""

    name: str
    ranking: str
    lose: tuple[str, ...]
    get: tuple[str, ...]
    open_before: tuple[str, ...]
    open_after: tuple[str, ...]


def prize_moves(before: Awards, after: Awards) -> list[PrizeMove]:
    """The prizes whose winners are others, the higher first."""
    old, new = _winners(before), _winners(after)
    waiting, waits = _waiting(before), _waiting(after)
    prizes = dict.fromkeys((*old, *new, *waiting, *waits))
    found = []
    for prize in sorted(prizes, key=lambda one: (-one.amount, one.tier, one.ranking, one.name)):
        move = PrizeMove(
            prize.name, prize.ranking, _without(old[prize], new[prize]), _without(new[prize], old[prize]),
            waiting.get(prize, ()), waits.get(prize, ()),
        )  # fmt: skip
        if move.lose or move.get or set(move.open_before) != set(move.open_after):
            found.append(move)
    return found


def _winners(awards: Awards) -> defaultdict[Prize, list[str]]:
    winners: defaultdict[Prize, list[str]] = defaultdict(list)
    for award in awards.given:
        winners[award.prize].append(award.entry)
    return winners


def _waiting(awards: Awards) -> dict[Prize, tuple[str, ...]]:
    return {one.prize: one.entries for one in awards.undecided}


def _without(those: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    gone = set(others)
    return tuple(entry for entry in those if entry not in gone)
