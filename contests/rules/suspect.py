"""Is the key of a question wrong? An alarm for organizers, from what those answered who did best on all other questions.

Strong are the best 27 % by right answers on the other questions of their paper (those equal to the last of them are strong
too). Among them an alarm sounds where another answer was given so much more often than the right one that chance, twice over,
does not explain it: other − key ≥ 2 · √(other + key). It says "look at this question", never "the key is wrong".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

LEAST_ANSWERS = 30  # fewer say nothing
STRONG = 27  # percent, as item analysis has it since Kelley (1939)
SURE = 2  # standard errors of a difference of two counts

Chosen = frozenset[int]  # positions in the author's order


@dataclass(frozen=True, slots=True)
class Given:
    """So many people chose this, with so many right answers on their whole paper."""

    chosen: Chosen
    right: int
    people: int


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Of `strong` people, `for_key` gave the answer of the key and `for_other` that other one."""

    other: Chosen
    answers: int
    strong: int
    for_key: int
    for_other: int


def suspicion(accepted: Iterable[Chosen], given: Iterable[Given]) -> Suspicion | None:
    """The alarm about one question, or None. `accepted` are the answers that earn its points."""
    right = frozenset(accepted)
    # What stands on the rest of the paper: one who was right here has this one taken off.
    rows = [(one.right - (one.chosen in right), one) for one in given if one.chosen and one.people > 0]
    answers = sum(one.people for _, one in rows)
    if answers < LEAST_ANSWERS:
        return None
    border = _border(rows, ceil(answers * STRONG / 100))
    strong: Counter[Chosen] = Counter()
    for rest, one in rows:
        if rest >= border:
            strong[one.chosen] += one.people
    for_key = sum(count for chosen, count in strong.items() if chosen in right)
    others = [(count, sorted(chosen), chosen) for chosen, count in strong.items() if chosen not in right]
    if not others:
        return None
    for_other, _, other = min(others, key=lambda one: (-one[0], one[1]))
    lead = for_other - for_key
    if lead <= 0 or lead * lead < SURE * SURE * (for_other + for_key):
        return None
    return Suspicion(other, answers, sum(strong.values()), for_key, for_other)


def _border(rows: list[tuple[int, Given]], wanted: int) -> int:
    """The weakest result that still belongs to the strong."""
    seen = 0
    for rest, one in sorted(rows, key=lambda row: -row[0]):
        seen += one.people
        if seen >= wanted:
            return rest
    return rows[0][0]
