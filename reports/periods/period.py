"""Years and half-years, and one beside another. PURE."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any, NamedTuple

VIETNAM = timezone(timedelta(hours=7))  # without summer time since 1975
FIRST_YEAR, LAST_YEAR = 2000, 2100
_CODE = re.compile(r"(?P<year>[0-9]{4})(-(?P<half>[12]))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year, or its first or second half, by the calendar of Vietnam."""

    year: int
    half: int = 0  # 0: the whole year

    @property
    def code(self) -> str:
        """`2026`, `2026-1`, `2026-2`: what an address says."""
        return f"{self.year}-{self.half}" if self.half else str(self.year)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 7 if self.half == 2 else 1, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return _midnight(self.first_day)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return _midnight(self.last_day + timedelta(days=1))

    @property
    def before(self) -> Period:
        """The same part of the year before: what reports compare with ("cùng kỳ")."""
        return Period(self.year - 1, self.half)


def read(code: str) -> Period | None:
    """The period that an address says; None for anything else."""
    found = _CODE.fullmatch(code)
    if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return None
    return Period(int(found["year"]), int(found["half"] or 0))


def year_of(now: datetime) -> Period:
    """The year that runs."""
    return Period(now.astimezone(VIETNAM).year)


def offered(now: datetime, oldest: int) -> list[Period]:
    """What may be chosen, the newest first: years from `oldest` on with their halves, none that has not begun."""
    years = range(now.astimezone(VIETNAM).year, min(oldest, now.astimezone(VIETNAM).year) - 1, -1)
    return [each for year in years for each in (Period(year), Period(year, 2), Period(year, 1)) if each.begins <= now]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Totals:
    """A unit with everything below it in one period, as this system saw it.

    `people` sat at least one contest, each counted once however many contests; `reached` sat one or worked through a set of
    practice questions, again each once, so it is never below `people`. `units` are grassroots units of today.
    """

    people: int = 0
    attempts: int = 0
    reached: int = 0
    contests: int = 0
    units: int = 0
    units_all: int = 0
    members: int | None = None
    workers: int | None = None
    members_day: str = ""  # ISO; the newest day of the headcounts that were added up

    @property
    def rate(self) -> float | None:
        """People who sat, of all members."""
        return self.people / self.members if self.members else None


class Line(NamedTuple):
    """One contest, or one unit directly below, in a period: the part of the totals that belongs to it."""

    key: str  # the contest's number, or the unit's path
    people: int
    attempts: int
    units: int
    units_all: int = 0
    members: int | None = None

    @property
    def rate(self) -> float | None:
        """People who sat, of all members."""
        return self.people / self.members if self.members else None


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that is counted of a unit in a period. Contests in the order they opened, units by path."""

    totals: Totals
    contests: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in two periods. `share` is by how much of the earlier it grew; None where that was nothing."""

    now: int
    before: int

    @property
    def more(self) -> int:
        """How many more; below zero, fewer."""
        return self.now - self.before

    @property
    def share(self) -> float | None:
        """0.25: a quarter more than before."""
        return self.more / self.before if self.before else None


COMPARED = ("contests", "people", "attempts", "reached", "units")


def compared(now: Totals, before: Totals) -> dict[str, Change]:
    """The figures that may stand beside each other, by name."""
    return {name: Change(getattr(now, name), getattr(before, name)) for name in COMPARED}


# What a target can be held against: a figure of `Totals` over another one.
MEASURES = {
    ("reach", "members"): ("reached", "members"),
    ("reach", "workers"): ("reached", "workers"),
    ("people", "members"): ("people", "members"),
    ("people", "workers"): ("people", "workers"),
    ("units", "units"): ("units", "units_all"),
}


def held_against(measure: str, of: str, totals: Totals) -> Fraction | None:
    """What came of a target so far, a share of 1; None where what it is a share of is not known."""
    over, under = MEASURES[measure, of]
    whole = getattr(totals, under)
    return Fraction(getattr(totals, over), whole) if whole else None


def as_json(counted: Counted) -> dict[str, Any]:
    """For a row that keeps it."""
    return {"totals": asdict(counted.totals), "contests": list(counted.contests), "below": list(counted.below)}


def from_json(kept: dict[str, Any]) -> Counted:
    """What `as_json` made."""
    lines = (tuple(Line(*row) for row in kept[name]) for name in ("contests", "below"))
    return Counted(Totals(**kept["totals"]), *lines)
