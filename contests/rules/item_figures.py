"""How a question did where it was asked: how many were right, whether those who know more were right more often, what was chosen.

Facility is the share of those who had it on their paper and were wholly right. Discrimination is the index D of the upper and
lower 27 %: the share of right among the best less that among the weakest (T. L. Kelley, The selection of upper and lower groups
for the validation of test items, Journal of Educational Psychology 30, 1939; A. P. Johnson, 1951, for D itself). Best and weakest
are by right answers on the rest of the paper, so that the question does not prove itself, and within one round, for papers of two
rounds are not equally hard.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

GROUP = Fraction(27, 100)
LEAST = 30  # papers; below this the figures say little
LEAST_OF_A_ROUND = 4  # papers of a round that make two groups


@dataclass(frozen=True, slots=True)
class Sat:
    """One paper with the question on it. `rest`: right answers on the other questions. `right` None: left empty or not marked yet."""

    group: int
    rest: int
    right: bool | None
    chosen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """The figures of one version. `chosen` counts the author's options; `empty` those who left the question empty."""

    papers: int
    right: int
    empty: int
    chosen: tuple[int, ...]
    discrimination: Fraction | None

    @property
    def facility(self) -> Fraction | None:
        """The share right; None where nobody had the question."""
        return Fraction(self.right, self.papers) if self.papers else None

    @property
    def few(self) -> bool:
        """Whether these are too few to say much."""
        return self.papers < LEAST


def item_figures(sat: Iterable[Sat], options: int) -> ItemFigures:
    """The figures of a question with so many options (0 for a kind without)."""
    rows = list(sat)
    chosen = Counter(option for row in rows for option in row.chosen)
    return ItemFigures(
        papers=len(rows),
        right=sum(row.right is True for row in rows),
        empty=sum(row.right is None for row in rows),
        chosen=tuple(chosen[option] for option in range(options)),
        discrimination=_discrimination(rows),
    )


def _discrimination(rows: Iterable[Sat]) -> Fraction | None:
    by_group: defaultdict[int, list[Sat]] = defaultdict(list)
    for row in rows:
        by_group[row.group].append(row)
    best = weakest = size = Fraction(0)
    for group in by_group.values():
        if len(group) < LEAST_OF_A_ROUND:
            continue
        take = ceil(len(group) * GROUP)
        size += take
        best += _right_among(group, take, best=True)
        weakest += _right_among(group, take, best=False)
    return (best - weakest) / size if size else None


def _right_among(group: list[Sat], take: int, *, best: bool) -> Fraction:
    """How many of so many were right. Those equal to the last of them share the places that are left, so that no order among
    equals decides anything.
    """
    ranked = sorted(group, key=lambda row: row.rest, reverse=best)
    border = ranked[take - 1].rest
    sure = [row for row in ranked[:take] if row.rest != border]
    equal = [row for row in group if row.rest == border]
    share = Fraction(take - len(sure), len(equal))
    return sum(row.right is True for row in sure) + share * sum(row.right is True for row in equal)
