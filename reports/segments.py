"""Participation by what members declared of themselves: rows counted by the database in, tables out. PURE.

A segment is one way to divide people (`SEGMENTS`); in each everybody is in exactly one group, who said nothing in UNSAID. Tables
of one segment and of two are sums of the same rows, and all of them leave through `reports.suppression`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from reports import suppression
from reports.suppression import Cell, Shown

SEGMENTS = ("age", "gender", "education", "sector", "shift", "region")
K = TypeVar("K")
UNSAID = ""  # the group of those who did not say
AGES_FROM = (25, 35, 45, 55)  # each begins a group of ages; the first group has no lower end, the last no upper
AGES = ("u25", "25", "35", "45", "55")


class Row(NamedTuple):
    """The people who declared the same in everything: `groups` in the order of SEGMENTS, UNSAID where nothing was said."""

    groups: tuple[str, ...]
    cell: Cell


class Line(NamedTuple):
    """A group and what may be said of it."""

    group: str
    shown: Shown


class Tables:
    """The rows of one unit, ready to be asked. `key` is the site's secret, `context` sets one contest apart from another."""

    def __init__(self, rows: Sequence[Row], *, most_points: int, key: bytes, context: str) -> None:
        self._rows = rows
        self.people = sum(row.cell.people for row in rows)
        self.attempts = sum(row.cell.attempts for row in rows)
        secret = suppression.unit_secret(key, [context, *rows])
        self._unit = suppression.Unit(self.people, self.attempts, most_points, secret)

    @property
    def too_small(self) -> bool:
        """Whether the unit has too few people for any table."""
        return self._unit.too_small

    def one(self, segment: str, groups: Sequence[str]) -> list[Line]:
        """A line for each of the groups and for who did not say, in this order."""
        shown = self._published((segment,))
        return [Line(group, shown.get((group,), suppression.HIDDEN)) for group in (*groups, UNSAID)]

    def crossed(self, down: str, across: str) -> dict[tuple[str, str], Shown]:
        """What may be said of each pair of groups of two segments; a pair that is not there is hidden like a small one."""
        if SEGMENTS.index(down) > SEGMENTS.index(across):  # one label a cell: the same figures either way round
            return {(second, first): shown for (first, second), shown in self._published((across, down)).items()}
        return {(first, second): shown for (first, second), shown in self._published((down, across)).items()}

    def _published(self, segments: tuple[str, ...]) -> dict[tuple[str, ...], Shown]:
        at = [SEGMENTS.index(segment) for segment in segments]
        cells = counted(self._rows, lambda row: (segments, tuple(row.groups[place] for place in at)))
        return {groups: shown for (_segments, groups), shown in suppression.published(cells, self._unit).items()}


def counted(rows: Sequence[Row], label: Callable[[Row], K]) -> dict[K, Cell]:
    """The true cells by label. For `suppression` and for tests: what leaves here unsuppressed tells of single people."""
    cells: defaultdict[K, Cell] = defaultdict(Cell)
    for row in rows:
        cells[label(row)] += row.cell
    return dict(cells)
