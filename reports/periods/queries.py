"""Reads of periods. Everything narrows through `accounts.scope.in_scope`.

People count by the path that their entry, or their day of practice, kept: a unit that moved since stays where it was.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import Headcount, Unit
from accounts.scope import Scope, in_scope
from contests.models import Contest, Entry, PracticeDone, Round
from contests.queries.places import LABEL, newest
from reports.models import KeptPeriod, OfflineFigure, Target
from reports.periods.period import Counted, Line, Period, Totals
from reports.queries import ancestor_paths

NOBODY = -1  # a contest that there is not: a statement must stay a statement where a period has no contest
OFFLINE_SHOWN = 200  # reports of a period that a page lists; totals are of all of them
SMALL_ENTRIES, SMALL_UNITS = 2_000, 2_000  # more than either is not counted while a page waits

# Attempts of rounds that lie wholly inside the period are counted off their unique index, for a row of theirs is wide with its
# paper; only of a round that crosses the edge is the start looked at. Of few people each entry is looked up.
_SAT = """
    entered AS ({entries}),
    sat AS (
        SELECT e.contest_id, e.member_id, e.unit_id, e.unit_path, sum(a.attempts)::bigint AS attempts
        FROM entered AS e JOIN {attempts} ON a.entry_id = e.id GROUP BY 1, 2, 3, 4
    )
"""
_OF_ALL = """(
    SELECT entry_id, count(*) AS attempts FROM contests_attempt WHERE round_id = ANY(%(inside)s) GROUP BY 1
    UNION ALL
    SELECT entry_id, count(*) FROM contests_attempt
    WHERE round_id = ANY(%(across)s) AND started_at >= %(begins)s AND started_at < %(ends)s GROUP BY 1
) AS a"""
_OF_FEW = """(
    SELECT a.entry_id, 1 AS attempts FROM contests_attempt AS a JOIN entered ON entered.id = a.entry_id
    WHERE a.round_id = ANY(%(inside)s)
       OR (a.round_id = ANY(%(across)s) AND a.started_at >= %(begins)s AND a.started_at < %(ends)s)
) AS a"""
_COUNTS = """
    WITH {sat}
    SELECT s.contest_id, CASE WHEN grouping(child) = 0 THEN child END, count(DISTINCT s.member_id), sum(s.attempts)::bigint,
           count(DISTINCT u.id)
    FROM (SELECT *, left(unit_path, %(child)s) AS child FROM sat) AS s
    LEFT JOIN ({grassroots}) AS u ON u.id = s.unit_id
    GROUP BY GROUPING SETS ((s.contest_id), (child), ())
"""
_REACHED = """
    WITH {sat}
    SELECT count(DISTINCT member_id) FROM (SELECT member_id FROM sat UNION ALL ({practised})) AS everybody
"""


def count(unit: Unit, period: Period, *, few: bool = False) -> Counted:
    """Everything of a unit in a period. `few`: quicker for few people, with the same result. At most eight queries.

    Call within `reports.queries.snapshot` where figures must be of one instant.
    """
    inside, crossing, _contests = _rounds(period)
    entries = _entries(unit, period)
    narrowed, params = _inlined(entries.values("id", "contest_id", "member_id", "unit_id", "unit_path"))
    standing = _open_grassroots(unit, period)
    grassroots, of_grassroots = _inlined(standing.values("id"))
    practised, of_practice = _inlined(_practised(unit, period).values("member_id"))
    given = {
        "inside": inside,
        "across": crossing,
        "begins": period.begins,
        "ends": period.ends,
        "child": len(unit.path) + LABEL,
    }
    given |= {f"entries{place}": value for place, value in enumerate(params)}
    given |= {f"grassroots{place}": value for place, value in enumerate(of_grassroots)}
    given |= {f"practised{place}": value for place, value in enumerate(of_practice)}
    sat = _SAT.format(entries=_named(narrowed, "entries"), attempts=_OF_FEW if few else _OF_ALL)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(sat=sat, grassroots=_named(grassroots, "grassroots")), given)
        rows = cursor.fetchall()
        cursor.execute(_REACHED.format(sat=sat, practised=_named(practised, "practised")), given)
        (reached,) = cursor.fetchone()
    return _counted(unit, period, rows, reached, standing)


def _counted(
    unit: Unit, period: Period, rows: list[tuple[Any, ...]], reached: int, standing: QuerySet[Unit]
) -> Counted:
    """The lines that the database counted, with the headcounts and units they are held against."""
    heads, units = _heads(unit, period), _units_by_child(unit, standing)
    own = next(row for row in rows if row[0] is None and row[1] is None)
    by_contest = {row[0]: row[2:] for row in rows if row[0] is not None}
    by_child = {row[1]: row[2:] for row in rows if row[1] is not None}
    known = [head for head in heads.values() if head.days]
    totals = Totals(
        own[2], own[3] or 0, reached, len(by_contest), own[4], sum(units.values()),
        sum(head.members for head in known) if known else None, sum(head.workers for head in known) if known else None,
        max((day for head in known for day in head.days), default=""),
    )  # fmt: skip
    opened = Contest.objects.filter(pk__in=by_contest).annotate(first=Min("rounds__opens_at")).order_by("first", "pk")
    contests = tuple(Line(str(pk), *by_contest[pk]) for pk in opened.values_list("pk", flat=True))
    below = tuple(
        Line(
            path, *by_child.get(path, (0, 0, 0)), units.get(path, 0), heads[path].members if heads[path].days else None
        )
        for path in sorted({*by_child, *units, *(path for path, head in heads.items() if head.days)} - {unit.path})
    )
    return Counted(totals, contests, below)


class _Head:
    """Headcounts below one child, added up."""

    def __init__(self) -> None:
        self.members = self.workers = 0
        self.days: set[str] = set()


def _heads(unit: Unit, period: Period) -> defaultdict[str, _Head]:
    """By path of the children, and of the unit itself: the newest headcounts up to the end of the period, else the newest."""
    day = min(period.last_day, timezone.localdate())
    open_ones = _still_open(in_scope(Unit.objects.all(), Scope((unit.path,))), day)
    paths = dict(open_ones.values_list("pk", "path"))
    found: defaultdict[str, _Head] = defaultdict(_Head)
    for pk, members, workers, on_day in newest(
        in_scope(Headcount.objects.all(), Scope((unit.path,)), "unit__path"), day
    ):
        if pk in paths:
            head = found[paths[pk][: len(unit.path) + LABEL]]
            head.members += members
            head.workers += workers
            head.days.add(on_day.isoformat())
    return found


def _units_by_child(unit: Unit, standing: QuerySet[Unit]) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for path in standing.values_list("path", flat=True):
        found[path[: len(unit.path) + LABEL]] += 1
    return dict(found)


def _open_grassroots(unit: Unit, period: Period) -> QuerySet[Unit]:
    """The grassroots units that stand below the unit today and were open at the end of the period, or still are."""
    day = min(period.last_day, timezone.localdate())
    below = in_scope(Unit.objects.filter(kind__is_grassroots=True), Scope((unit.path,)))
    return _still_open(below, day).order_by()


def _still_open(units: QuerySet[Unit], day: date) -> QuerySet[Unit]:
    return units.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day)).order_by()


def _practised(unit: Unit, period: Period) -> QuerySet[PracticeDone]:
    days = PracticeDone.objects.filter(on_day__gte=period.first_day, on_day__lte=period.last_day)
    return in_scope(days, Scope((unit.path,)), "unit_path")


def _entries(unit: Unit, period: Period) -> QuerySet[Entry]:
    """Of people below the unit, in the contests of the period."""
    *_rounds_of, contests = _rounds(period)
    return in_scope(Entry.objects.filter(contest__in=contests or [NOBODY]), Scope((unit.path,)), "unit_path")


def _rounds(period: Period) -> tuple[list[int], list[int], list[int]]:
    """The rounds of announced contests that touch the period: those wholly inside it, those that cross its edge; their contests."""
    ends = Greatest("closes_at", Coalesce("extended_until", "closes_at"))
    touching = Round.objects.exclude(contest__state=Contest.State.DRAFT).annotate(ends=ends)
    rows = list(
        touching.filter(opens_at__lt=period.ends, ends__gte=period.begins).values_list(
            "pk", "contest", "opens_at", "ends"
        )
    )
    inside = [pk for pk, _contest, opens_at, over in rows if opens_at >= period.begins and over <= period.ends]
    return inside, [pk for pk, *_ in rows if pk not in set(inside)], sorted({contest for _pk, contest, *_ in rows})


def _inlined(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    return rows.order_by().query.sql_with_params()


def _named(sql: str, name: str) -> str:
    """The placeholders of a statement that Django made, as named ones."""
    pieces = sql.split("%s")
    return pieces[0] + "".join(f"%({name}{place})s{piece}" for place, piece in enumerate(pieces[1:]))


# --- What a page reads -------------------------------------------------------------------------------------------------


def is_small(unit: Unit, period: Period) -> bool:
    """Whether it is counted while the page waits."""
    here = Scope((unit.path,))
    if _entries(unit, period).order_by()[SMALL_ENTRIES : SMALL_ENTRIES + 1].exists():
        return False
    return not in_scope(Unit.objects.all(), here).order_by()[SMALL_UNITS : SMALL_UNITS + 1].exists()


def kept(unit: Unit, period: Period) -> KeptPeriod | None:
    """What the worker counted of it, or is about to."""
    return KeptPeriod.objects.filter(unit=unit, period=period.code).first()


def first_year() -> int | None:
    """The year in which the first contest opened; None before any."""
    first = Round.objects.exclude(contest__state=Contest.State.DRAFT).aggregate(first=Min("opens_at"))["first"]
    return timezone.localtime(first).year if first else None


def highest(scope: Scope) -> QuerySet[Unit]:
    """The units where the reader's roles stand, closed ones too."""
    return units_in(scope).filter(path__in=scope.prefixes).order_by("path")


def units_in(scope: Scope) -> QuerySet[Unit]:
    """Every unit of the scope, closed ones too: their figures stay."""
    return in_scope(Unit.objects.select_related("kind"), scope)


def ever_set(scope: Scope) -> QuerySet[Target]:
    """The targets of the scope's units, withdrawn ones too."""
    return in_scope(Target.objects.select_related("unit"), scope, "unit__path")


def ever_told(scope: Scope) -> QuerySet[OfflineFigure]:
    """What the scope's units told, withdrawn figures too."""
    return in_scope(OfflineFigure.objects.select_related("unit"), scope, "unit__path")


def titles(lines: tuple[Line, ...]) -> dict[str, Contest]:
    """The contests that lines speak of, by their key."""
    return {str(one.pk): one for one in Contest.objects.filter(pk__in=[int(line.key) for line in lines])}


def units_at(lines: tuple[Line, ...]) -> dict[str, Unit]:
    """The units that stand today where lines say, by path."""
    return {one.path: one for one in Unit.objects.filter(path__in=[line.key for line in lines])}


def targets_for(unit: Unit, year: int) -> QuerySet[Target]:
    """The targets of a year that bind a unit: its own, and those of the units above it; the highest first."""
    found = Target.objects.filter(unit__path__in=ancestor_paths(unit.path), year=year, withdrawn_at__isnull=True)
    return found.select_related("unit").order_by("unit__depth", "measure", "of")


def offline(unit: Unit, period: Period) -> QuerySet[OfflineFigure]:
    """What the unit and those below it told of a period, the newest first."""
    told = OfflineFigure.objects.filter(
        on_day__gte=period.first_day, on_day__lte=period.last_day, withdrawn_at__isnull=True
    )
    return in_scope(told, Scope((unit.path,)), "unit__path").select_related("unit").order_by("-on_day", "-pk")


def offline_totals(told: QuerySet[OfflineFigure]) -> dict[str, Any]:
    """How many reports, and the people they speak of, some perhaps more than once."""
    return told.order_by().aggregate(
        reports=Count("pk"), people=Coalesce(Sum("people"), 0), units=Count("unit", distinct=True)
    )
