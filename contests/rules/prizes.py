"""From the prize rules of a contest to prizes that each name their ranking.

A ranking's name says where it comes from: `all` over the contest, `3` of round 3, `all/bang-a` and `3/bang-a` in a division,
`units/don-vi` and `units/don-vi/3` of the units' board of that key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contests.rules.awards import OnePrize, Prize
from contests.rules.contest_settings import EACH, ContestRules, PrizeFor, PrizeRule

OVERALL = "all"
UNITS = "units"


@dataclass(frozen=True, slots=True)
class RankingOf:
    """What a ranking's name stands for. `round` None: over the contest."""

    round: int | None = None
    division: str = ""
    board: str = ""

    @property
    def name(self) -> str:
        """How prizes name it; `ranking_of` reads it back."""
        head = OVERALL if self.round is None else str(self.round)
        if self.board:
            return f"{UNITS}/{self.board}" if self.round is None else f"{UNITS}/{self.board}/{self.round}"
        return f"{head}/{self.division}" if self.division else head


def ranking_of(name: str) -> RankingOf:
    """What the name stands for. ValueError for one that `RankingOf.name` never gives."""
    head, *rest = name.split("/")
    if head == UNITS and 1 <= len(rest) <= 2:
        return RankingOf(int(rest[1]) if len(rest) == 2 else None, board=rest[0])
    if len(rest) > 1:
        raise ValueError(name)
    return RankingOf(None if head == OVERALL else int(head), division=rest[0] if rest else "")


def prizes_of(contest: ContestRules, rounds: Iterable[int]) -> list[Prize]:
    """Every prize of the contest: those for each round and each division written out. Rounds that are not there give none."""
    numbers = sorted(set(rounds))
    keys = [division.key for division in contest.divisions]
    return [prize for rule in contest.prizes for prize in _written_out(rule, numbers, keys)]


def prizes_of_round(contest: ContestRules, number: int) -> list[Prize]:
    """The prizes of one round alone."""
    return [prize for prize in prizes_of(contest, [number]) if prize.round == number]


def may_stand_alone(contest: ContestRules, number: int, rounds: Sequence[int]) -> bool:
    """Whether a round's winners can be told before the others: not where a prize elsewhere could take theirs away."""
    if contest.one_prize is not OnePrize.CONTEST:
        return True
    return all(prize.round == number for prize in prizes_of(contest, rounds))


def _written_out(rule: PrizeRule, numbers: Sequence[int], keys: Sequence[str]) -> list[Prize]:
    rounds: Sequence[int | None] = [None]
    if rule.round == EACH:
        rounds = numbers
    elif rule.round:
        rounds = [number for number in numbers if number == rule.round]
    divisions = keys if rule.division == EACH else [rule.division]
    return [
        Prize(
            rule.name, rule.count, RankingOf(number, division, rule.board).name, rule.amount, rule.tier, number, division,
            units=rule.to is PrizeFor.UNIT,
        )
        for number in rounds
        for division in divisions
    ]  # fmt: skip
