"""A unit's figures taken apart: by hour, round, division and level. PURE, standard library; no database, no request.

`Parts` is small whatever the contest's size, and is kept as JSON beside the figures of large units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

LABEL = 5  # characters of a path a level, as in `participation`
MOST_DAYS = 45  # more columns than these cannot be told apart on a phone: then a column is a week
WEEK = 7
MARKS, PACES = 11, 10
T = TypeVar("T", bound=tuple[int, ...])


class Cell(NamedTuple):
    """Attempts that began within one hour (local time, as "2026-11-02T08") of one round, by people of one division below `path`.

    `firsts` of them were their people's first of the round, `running` aren't handed in yet.
    """

    path: str
    division: str
    round: int
    hour: str
    attempts: int
    firsts: int
    running: int


class DivisionPeople(NamedTuple):
    """People of one division below `path` who sat at all; `scored` have a counted result, `points` (hundredths) together."""

    path: str
    division: str
    participants: int
    scored: int
    points: int


class ResultCell(NamedTuple):
    """Judged attempts of people below `path`: `mark` tenths of their questions right (10: all of them), `pace` tenths of the time
    allowed used up (9: the last tenth, or more)."""

    path: str
    mark: int
    pace: int
    attempts: int


class Sittings(NamedTuple):
    """How often people sat. `firsts`: first attempts of a round, so in one round the number of people."""

    firsts: int = 0
    attempts: int = 0
    handed_in: int = 0


class DivisionPart(NamedTuple):
    """One division."""

    participants: int = 0
    attempts: int = 0
    handed_in: int = 0
    scored: int = 0
    points: int = 0

    @property
    def mean_score(self) -> float | None:
        """In points, over people with a counted result."""
        return self.points / (self.scored * 100) if self.scored else None


class LevelPart(NamedTuple):
    """The units of one kind below a unit, and in how many of them anybody took part."""

    kind: str
    units: int
    taking_part: int

    @property
    def share(self) -> float:
        """Of the units, those where anybody took part."""
        return self.taking_part / self.units


class Span(NamedTuple):
    """What began from `first` to `last`, both included: a day, or a week of a long contest."""

    first: date
    last: date
    attempts: int
    firsts: int


@dataclass(frozen=True, slots=True)
class Parts:
    """One unit with everything below it. Sums over hours, over rounds and over divisions are all the unit's attempts."""

    hours: dict[str, Sittings] = field(default_factory=dict)
    rounds: dict[int, Sittings] = field(default_factory=dict)
    divisions: dict[str, DivisionPart] = field(default_factory=dict)
    levels: tuple[LevelPart, ...] = ()
    registered: int = 0  # people with an entry, whether or not they ever began
    marks: tuple[int, ...] = (0,) * MARKS  # judged attempts by `ResultCell.mark`
    paces: tuple[int, ...] = (0,) * PACES  # and by `ResultCell.pace`

    def as_json(self) -> dict[str, Any]:
        """For a column of the database; `from_json` gives the same back."""
        return {
            "hours": self.hours, "rounds": {str(number): part for number, part in self.rounds.items()},
            "divisions": self.divisions, "levels": self.levels, "registered": self.registered, "marks": self.marks, "paces": self.paces,
        }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Parts:
    """What `as_json` wrote."""
    return Parts(
        hours={hour: Sittings(*part) for hour, part in kept["hours"].items()},
        rounds={int(number): Sittings(*part) for number, part in kept["rounds"].items()},
        divisions={key: DivisionPart(*part) for key, part in kept["divisions"].items()},
        levels=tuple(LevelPart(*part) for part in kept["levels"]),
        registered=kept.get("registered", 0),  # counted before these were
        marks=tuple(kept.get("marks", (0,) * MARKS)),
        paces=tuple(kept.get("paces", (0,) * PACES)),
    )


def rolled_up(
    cells: Iterable[Cell],
    people: Iterable[DivisionPeople],
    levels: Mapping[str, Collection[LevelPart]],
    wanted: Collection[str],
    results: Iterable[ResultCell] = (),
    registered: Iterable[tuple[str, int]] = (),
) -> dict[str, Parts]:
    """For each wanted path its parts, with everything below it. Cells of paths that are not wanted count for those above them."""
    reach = _Reach(wanted)
    hours: defaultdict[str, defaultdict[str, Sittings]] = defaultdict(lambda: defaultdict(Sittings))
    rounds: defaultdict[str, defaultdict[int, Sittings]] = defaultdict(lambda: defaultdict(Sittings))
    divisions: defaultdict[str, defaultdict[str, DivisionPart]] = defaultdict(lambda: defaultdict(DivisionPart))
    for cell in cells:
        more = Sittings(cell.firsts, cell.attempts, cell.attempts - cell.running)
        for path in reach.over(cell.path):
            hours[path][cell.hour] = _sum(hours[path][cell.hour], more)
            rounds[path][cell.round] = _sum(rounds[path][cell.round], more)
            part = divisions[path][cell.division]
            divisions[path][cell.division] = _sum(part, DivisionPart(0, more.attempts, more.handed_in))
    for row in people:
        for path in reach.over(row.path):
            part = divisions[path][row.division]
            divisions[path][row.division] = _sum(part, DivisionPart(row.participants, 0, 0, row.scored, row.points))
    marks: defaultdict[str, list[int]] = defaultdict(lambda: [0] * MARKS)
    paces: defaultdict[str, list[int]] = defaultdict(lambda: [0] * PACES)
    for result in results:
        for path in reach.over(result.path):
            marks[path][result.mark] += result.attempts
            paces[path][result.pace] += result.attempts
    entries: defaultdict[str, int] = defaultdict(int)
    for below, count in registered:
        for path in reach.over(below):
            entries[path] += count
    return {
        path: Parts(
            dict(sorted(hours[path].items())), dict(sorted(rounds[path].items())), dict(sorted(divisions[path].items())),
            tuple(levels.get(path, ())), entries[path], tuple(marks[path]), tuple(paces[path]),
        )
        for path in wanted
    }  # fmt: skip


class _Reach:
    """Which of the wanted paths stand above a path, itself among them."""

    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted, self.known = frozenset(wanted), dict[str, list[str]]()

    def over(self, path: str) -> list[str]:
        if path not in self.known:
            above = (path[:end] for end in range(LABEL, len(path) + 1, LABEL))
            self.known[path] = [one for one in above if one in self.wanted]
        return self.known[path]


def _sum(one: T, other: T) -> T:
    return type(one)(*(a + b for a, b in zip(one, other, strict=True)))


def spans_of(hours: Mapping[str, Sittings]) -> list[Span]:
    """The days from the first attempt to the last, quiet ones too; weeks from the first day on where there are too many."""
    if not hours:
        return []
    days: defaultdict[date, Sittings] = defaultdict(Sittings)
    for hour, part in hours.items():
        day = datetime.fromisoformat(f"{hour}:00").date()
        days[day] = _sum(days[day], part)
    first, last = min(days), max(days)
    step = 1 if (last - first).days < MOST_DAYS else WEEK
    spans = []
    for start in range(0, (last - first).days + 1, step):
        within = [first + timedelta(start + n) for n in range(step) if first + timedelta(start + n) <= last]
        attempts, firsts = sum(days[d].attempts for d in within), sum(days[d].firsts for d in within)
        spans.append(Span(within[0], within[-1], attempts, firsts))
    return spans


def clock_of(hours: Mapping[str, Sittings]) -> list[int]:
    """Attempts by the hour of the day at which they began, 0 to 23, all days together."""
    clock = [0] * 24
    for hour, part in hours.items():
        clock[int(hour[-2:])] += part.attempts
    return clock
