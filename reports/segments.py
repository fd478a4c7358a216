"""Participation by what members declared of themselves: rows counted by the database in, tables out. PURE.

A segment is one way to divide people (`SEGMENTS`); in each everybody is in exactly one group, who said nothing in UNSAID. Tables
of one segment and of two are sums of the same rows, and all of them leave through `reports.suppression`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple, TypeVar

from reports import suppression
from reports.suppression import Cell, Shown

SEGMENTS = ("age", "gender", "education", "sector", "shift", "region")
TABLES = (*((segment,) for segment in SEGMENTS), *combinations(SEGMENTS, 2))  # all that is ever published
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


class Published(ABC):
    """The tables of one unit as far as they may be said, however they came about: counted now, or kept from a count."""

    people: int
    attempts: int

    @property
    def too_small(self) -> bool:
        """Whether the unit has too few people for any table."""
        return self.people < suppression.LEAST_UNIT

    def one(self, segment: str, groups: Sequence[str]) -> list[Line]:
        """A line for each of the groups and for who did not say, in this order."""
        shown = self._published((segment,))
        return [Line(group, shown.get((group,), suppression.HIDDEN)) for group in (*groups, UNSAID)]

    def crossed(self, down: str, across: str) -> dict[tuple[str, str], Shown]:
        """What may be said of each pair of groups of two segments; a pair that is not there is hidden like a small one."""
        if SEGMENTS.index(down) > SEGMENTS.index(across):  # one label a cell: the same figures either way round
            return {(second, first): shown for (first, second), shown in self._published((across, down)).items()}
        return {(first, second): shown for (first, second), shown in self._published((down, across)).items()}

    @abstractmethod
    def _published(self, segments: tuple[str, ...]) -> Mapping[tuple[str, ...], Shown]:
        """By groups, for one segment or for two in the order of SEGMENTS. What is not there is hidden."""


class Tables(Published):
    """Made of the rows of one unit. `key` is the site's secret, `context` sets one contest apart from another."""

    def __init__(self, rows: Sequence[Row], *, most_points: int, key: bytes, context: str) -> None:
        self._rows = rows
        self.people = sum(row.cell.people for row in rows)
        self.attempts = sum(row.cell.attempts for row in rows)
        secret = suppression.unit_secret(key, [context, *rows])
        self._unit = suppression.Unit(self.people, self.attempts, most_points, secret)

    def as_json(self) -> dict[str, list[list[Any]]]:
        """All that is published of the unit and nothing else, for `KeptTables`: a true figure or a hidden cell is not in it."""
        if self.too_small:
            return {}
        return {
            " ".join(segments): [
                [*groups, *shown] for groups, shown in self._published(segments).items() if shown != suppression.HIDDEN
            ]
            for segments in TABLES
        }

    def _published(self, segments: tuple[str, ...]) -> Mapping[tuple[str, ...], Shown]:
        at = [SEGMENTS.index(segment) for segment in segments]
        cells = counted(self._rows, lambda row: (segments, tuple(row.groups[place] for place in at)))
        return {groups: shown for (_segments, groups), shown in suppression.published(cells, self._unit).items()}


class KeptTables(Published):
    """Read back from `Tables.as_json` and the exact totals, which stand on every other page anyway."""

    def __init__(self, people: int, attempts: int, kept: Mapping[str, Sequence[Sequence[Any]]]) -> None:
        self.people, self.attempts, self._kept = people, attempts, kept

    def _published(self, segments: tuple[str, ...]) -> Mapping[tuple[str, ...], Shown]:
        cells = self._kept.get(" ".join(segments), ())
        return {tuple(cell[: len(segments)]): Shown(*cell[len(segments) :]) for cell in cells}


class Place(NamedTuple):
    """The rows of those who stand at one path and below no deeper one, and the most points that any of them has."""

    path: str
    rows: list[Row]
    most_points: int


def rolled_up(places: Iterable[Place], wanted: Iterable[str]) -> Iterator[Place]:
    """Each wanted path with all that lies below it, the deeper ones first.

    `places` come in the order of their paths, each of them is wanted, and so is one path that is above all others. What is held
    at any time are the paths from the top down to one: the rows of a nation need not fit into memory.
    """
    coming = iter(places)
    ahead = next(coming, None)
    open_: list[tuple[str, dict[tuple[str, ...], Cell], int]] = []
    for path in sorted(wanted):
        while open_ and not path.startswith(open_[-1][0]):
            yield _closed(open_)
        cells, most = {}, 0
        if ahead is not None and ahead.path == path:
            cells, most = dict(ahead.rows), ahead.most_points
            ahead = next(coming, None)
        open_.append((path, cells, most))
    while open_:
        yield _closed(open_)
    if ahead is not None:
        raise ValueError(f"{ahead.path} is not wanted, or out of order")


def _closed(open_: list[tuple[str, dict[tuple[str, ...], Cell], int]]) -> Place:
    """The deepest open path, finished and added to the one above it."""
    path, cells, most = open_.pop()
    if open_:
        above, into, most_above = open_[-1]
        for groups, cell in cells.items():
            held = into.get(groups)
            into[groups] = cell if held is None else held + cell
        open_[-1] = (above, into, max(most, most_above))
    return Place(path, [Row(groups, cell) for groups, cell in cells.items()], most)


def counted(rows: Sequence[Row], label: Callable[[Row], K]) -> dict[K, Cell]:
    """The true cells by label. For `suppression` and for tests: what leaves here unsuppressed tells of single people."""
    sums: dict[K, list[int]] = {}
    for row in rows:  # not Cell + Cell, which takes four times as long: a worker does this a million times
        key, one = label(row), row.cell
        held = sums.get(key)
        if held is None:
            sums[key] = [one.people, one.attempts, one.scored, one.points, one.passed, one.who]
        else:
            held[0] += one.people
            held[1] += one.attempts
            held[2] += one.scored
            held[3] += one.points
            held[4] += one.passed
            held[5] ^= one.who
    return {key: Cell(*held) for key, held in sums.items()}
