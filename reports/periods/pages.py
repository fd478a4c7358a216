"""What the page of a period shows, from wherever it is quickest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from accounts.models import Unit
from contests.models import Contest
from reports.models import KeptPeriod, OfflineFigure, Target
from reports.periods import period as periods
from reports.periods import queries
from reports.periods.period import Change, Counted, Line, Period, held_against

GIVEN_UP = timedelta(minutes=10)


class Seen(NamedTuple):
    """The totals of a unit in a period. `counted` None: a large unit that was never counted; `kept` None: counted just now."""

    counted: Counted | None
    as_of: datetime | None
    kept: KeptPeriod | None


def seen(unit: Unit, period: Period, now: datetime) -> Seen:
    """The totals of a small unit as of now, of a large one as of its last count."""
    if queries.is_small(unit, period):
        return Seen(queries.count(unit, period, few=True), now, None)
    kept = queries.kept(unit, period)
    if kept is None or kept.figures is None:
        return Seen(None, None, kept)
    return Seen(periods.from_json(kept.figures), kept.as_of, kept)


def waits(one: Seen, now: datetime) -> bool:
    """Whether a count was asked for and may still come: after GIVEN_UP people may ask again, whatever became of the worker."""
    return one.kept is not None and one.kept.asked_at is not None and now - one.kept.asked_at < GIVEN_UP


class ContestLine(NamedTuple):
    """A contest with its part of the totals."""

    contest: Contest
    line: Line


class UnitLine(NamedTuple):
    """A unit directly below with its part; `unit` None where none stands there today."""

    unit: Unit | None
    line: Line


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target and what came of it so far. `share` None: what it is a share of is not known."""

    target: Target
    share: Fraction | None
    own: bool  # of the unit on the page, which may withdraw it

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.share is not None and self.share * 1000 >= self.target.tenths


def contest_lines(counted: Counted) -> list[ContestLine]:
    """The contests of the period, in the order they opened."""
    known = queries.titles(counted.contests)
    return [ContestLine(known[line.key], line) for line in counted.contests if line.key in known]


def unit_lines(counted: Counted) -> list[UnitLine]:
    """The units directly below: by falling rate, those without a headcount last."""
    known = queries.units_at(counted.below)
    lines = [UnitLine(known.get(line.key), line) for line in counted.below]
    return sorted(lines, key=lambda one: (one.line.rate is None, -(one.line.rate or 0), -one.line.people, one.line.key))


def target_lines(unit: Unit, period: Period, counted: Counted | None) -> list[TargetLine]:
    """The targets that bind the unit in the period's year, each against the figures so far."""
    lines = []
    for one in queries.targets_for(unit, period.year):
        share = held_against(one.measure, one.of, counted.totals) if counted else None
        lines.append(TargetLine(one, share, one.unit_id == unit.pk))
    return lines


class Compared(NamedTuple):
    """A figure of this period and of the one before, under its name."""

    name: str
    change: Change


def offline_rows(unit: Unit, period: Period) -> tuple[Sequence[OfflineFigure], dict[str, int]]:
    """What was told of the period, and how much that is in all."""
    told = queries.offline(unit, period)
    return told[: queries.OFFLINE_SHOWN], queries.offline_totals(told)
