"""From a contest's prize rules to the prizes that `awards` gives, each with the name of the ranking that it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from contests.rules.awards import Prize
from contests.rules.contest_settings import EACH, ContestRules, PrizeFor


def ranking_name(round_number: int = 0, division: str = "") -> str:
    """The name of a ranking of people: over the contest (0) or of a round, of everybody ("") or of a division."""
    return f"{round_number}/{division}"


def read_ranking(name: str) -> tuple[int, str]:
    """The round's number and the division of a ranking; `read_ranking(ranking_name(r, d)) == (r, d)`."""
    number, _, division = name.partition("/")
    return int(number), division


def prizes_of(rules: ContestRules, rounds: Iterable[int]) -> list[Prize]:
    """The prizes for people: `each` means one set of prizes for each round, for each division, or for both."""
    numbers, prizes = list(rounds), []
    for rule in rules.prizes:
        if rule.to is not PrizeFor.PERSON:
            continue
        for number in numbers if rule.round == EACH else [int(rule.round)]:
            for division in [one.key for one in rules.divisions] if rule.division == EACH else [rule.division]:
                name = ranking_name(number, division)
                prizes.append(Prize(rule.name, rule.count, name, rule.amount, rule.tier, number or None))
    return prizes
