"""What a page of statistics shows, from wherever it is quickest: counted now for a small contest, read for a large one.

Either way it is the same page, of one instant, in a time that does not grow with the contest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from accounts.models import Unit
from contests.models import Contest
from contests.rules.contest_settings import parse_contest_rules
from reports import kept, part_queries, queries
from reports.models import Counting, KeptFigures
from reports.participation import Absent, Figures, by_rate, levels_below, participation, report_of
from reports.parts import DivisionPart, Parts, Sittings

CHILDREN_A_PAGE = 100
ABSENT_A_PAGE = 100


class RoundLine(NamedTuple):
    """A round by its title."""

    title: str
    sittings: Sittings


class DivisionLine(NamedTuple):
    """A division by its name."""

    name: str
    part: DivisionPart


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures of one contest for one unit. `counting` is None where they were counted just now."""

    as_of: datetime
    counting: Counting | None
    whole: Figures
    children: Sequence[Figures]  # by falling rate
    direct: Figures | None
    absent: Page[Absent]
    absent_in_all: int
    parts: Parts


def dashboard(contest: Contest, unit: Unit, tops: list[Unit], *, page: str, now: datetime) -> Dashboard | None:
    """The figures of a unit; None where the contest is large and was never counted yet. A constant number of queries."""
    counting = Counting.objects.filter(contest=contest).first()
    if counting is None:
        return _counted_now(contest, unit, page, now) if kept.is_small(contest) else None
    if counting.as_of is None:
        return None
    if not unit.path.startswith(counting.root):  # people who sat outside of the audience of today: few
        return _counted_now(contest, unit, page, now)
    return _read(contest, unit, tops, counting, counting.as_of, page)


def round_lines(contest: Contest, parts: Parts) -> list[RoundLine]:
    """Every round of the contest in its order, those without anybody too."""
    return [RoundLine(one.title, parts.rounds.get(one.number, Sittings())) for one in contest.rounds.order_by("number")]


def division_lines(contest: Contest, parts: Parts) -> list[DivisionLine]:
    """Every division of the contest in its order; those who are in none come last. Nothing for a contest without any."""
    divisions = parse_contest_rules(contest.rules).divisions
    lines = [DivisionLine(one.name, parts.divisions.get(one.key, DivisionPart())) for one in divisions]
    known = {one.key for one in divisions}
    others = [part for key, part in parts.divisions.items() if key not in known]
    if lines and others:
        lines.append(DivisionLine("", DivisionPart(*(sum(column) for column in zip(*others, strict=True)))))
    return lines


def _counted_now(contest: Contest, unit: Unit, page: str, now: datetime) -> Dashboard:
    rows = queries.material(contest, unit)
    table = participation(unit.path, rows.units, rows.headcounts, rows.counts)
    report, levels = report_of(table), levels_below(table, 1)
    parts = part_queries.parts_of(contest, unit.path, {unit.path}, levels, now)[unit.path]
    absent = Paginator(report.nobody, ABSENT_A_PAGE).get_page(page)
    return Dashboard(now, None, report.whole, report.children, report.direct, absent, len(report.nobody), parts)


def _read(contest: Contest, unit: Unit, tops: list[Unit], counting: Counting, as_of: datetime, page: str) -> Dashboard:
    row, below = kept.rows_at(contest, unit.path)
    row = row or _nobody(contest, unit)
    children = sorted(map(kept.figures, below), key=by_rate)
    if counting.moved:  # a unit that stands elsewhere today may be another's now
        known = kept.open_codes(children, tops)
        children = [each if each.code in known else each._replace(code="") for each in children]
    pages = _AbsentPages(contest, unit.path, row.units_all - row.units_taking_part)
    whole = kept.figures(row)
    return Dashboard(
        as_of, counting, whole, children, kept.direct(row) if children else None, pages.get_page(page), pages.count,
        _parts(contest, unit, row, as_of),
    )  # fmt: skip


def _parts(contest: Contest, unit: Unit, row: KeptFigures, as_of: datetime) -> Parts:
    found = kept.parts_at(contest, unit.path)
    if found is None:
        levels = {unit.path: kept.levels(contest, unit.path)}
        found = part_queries.parts_of(contest, unit.path, {unit.path}, levels, as_of)[unit.path]
    return found


def _nobody(contest: Contest, unit: Unit) -> KeptFigures:
    """A unit that was founded since the count: it counts from the next one on."""
    numbers = {
        field.name: 0
        for field in KeptFigures._meta.concrete_fields
        if field.get_internal_type() in ("IntegerField", "BigIntegerField") and not field.null
    }
    return KeptFigures(
        **numbers, contest=contest, path=unit.path, code=unit.code, unit=unit.name, kind=unit.kind.name,
        grassroots=unit.kind.is_grassroots, depth=unit.depth,
    )  # fmt: skip


class _AbsentPages(Paginator):
    """Pages of the units without anybody. Their number is known from the unit's own figures, so nothing is counted."""

    def __init__(self, contest: Contest, path: str, known: int) -> None:
        super().__init__([], ABSENT_A_PAGE)
        self.contest, self.path, self.known = contest, path, known

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return self.known

    def page(self, number: int | str) -> Page[Absent]:
        """One page, read alone."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows: QuerySet[KeptFigures] = kept.absent(self.contest, self.path)
        return self._get_page(kept.absent_lines(rows[start : start + self.per_page], self.contest), number, self)
