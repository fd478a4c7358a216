"""Reads of reports. Everything narrows through `accounts.scope.in_scope`, and each function runs a constant number of
queries, however large the tree.

People count by the path that their entry kept on the day they entered: a unit that moved since stays where it sat.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Collate

from accounts.models import Member, Unit
from accounts.scope import Scope, in_scope
from contests.models import Attempt, Contest, Entry
from contests.queries.places import places
from reports.models import Export
from reports.participation import LABEL, CountRow, HeadcountRow, UnitRow

RECENT_EXPORTS = 10


@dataclass(frozen=True, slots=True)
class Material:
    """The rows that `participation` takes."""

    units: list[UnitRow]
    headcounts: list[HeadcountRow]
    counts: list[CountRow]


@dataclass(frozen=True, slots=True)
class ListedContest:
    """A contest on the reports' first page, with the reader's part of it."""

    contest: Contest
    opens_at: datetime | None
    closes_at: datetime | None
    participants: int
    attempts: int


# --- What the reader may open ------------------------------------------------------------------------------------------


def contests_touching(scope: Scope) -> QuerySet[Contest]:
    """Announced contests that are for people of the scope, or that people of the scope took part in."""
    above = {path for prefix in scope.prefixes for path in _ancestor_paths(prefix)}
    entered = in_scope(Entry.objects.all(), scope, "unit_path").values("contest")
    return (
        (
            in_scope(Contest.objects.all(), scope, "audience__path")
            | Contest.objects.filter(audience__path__in=above)
            | Contest.objects.filter(pk__in=entered)
        )
        .exclude(state=Contest.State.DRAFT)
        .select_related("audience", "organizer")
        .distinct()
    )


def listed(contests: list[Contest], scope: Scope) -> list[ListedContest]:
    """The contests with their dates and, inside the scope, people and attempts. Two queries."""
    dates = {
        pk: (first, last)
        for pk, first, last in Contest.objects.filter(pk__in=[contest.pk for contest in contests])
        .values_list("pk")
        .annotate(Min("rounds__opens_at"), Max("rounds__closes_at"))
    }
    attempts = in_scope(Attempt.objects.filter(entry__contest__in=contests), scope, "entry__unit_path")
    counts = {
        pk: (people, sittings)
        for pk, people, sittings in attempts.values_list("entry__contest").annotate(
            Count("entry", distinct=True), Count("pk")
        )
    }
    return [
        ListedContest(contest, *dates.get(contest.pk, (None, None)), *counts.get(contest.pk, (0, 0)))
        for contest in contests
    ]


def roots(contest: Contest, scope: Scope) -> list[Unit]:
    """The highest units that the reader may look at in this contest: where the scope and its audience meet."""
    paths = set()
    for prefix in scope.prefixes:
        if contest.audience.path.startswith(prefix):
            paths.add(contest.audience.path)
        elif (
            prefix.startswith(contest.audience.path)
            or in_scope(contest.entries.all(), Scope((prefix,)), "unit_path").exists()
        ):
            paths.add(prefix)
    return list(in_scope(Unit.objects.filter(path__in=paths), scope).select_related("kind"))


def units_below(tops: list[Unit]) -> QuerySet[Unit]:
    """The units that the reader may choose in a contest: `roots` and everything below them."""
    return in_scope(Unit.objects.select_related("kind"), Scope(tuple(unit.path for unit in tops)))


def trail(unit: Unit, tops: list[Unit]) -> list[Unit]:
    """From the highest unit that the reader may open down to `unit`, which is last."""
    top = next(each for each in tops if unit.path.startswith(each.path))
    return list(
        Unit.objects.filter(
            path__in=[path for path in _ancestor_paths(unit.path) if path.startswith(top.path)]
        ).order_by("depth")
    )


def exports_of(member: Member, scope: Scope) -> QuerySet[Export]:
    """The member's own files whose unit the member still reaches, newest first."""
    return in_scope(Export.objects.filter(requested_by=member).select_related("contest", "unit"), scope, "unit__path")


# --- The figures -------------------------------------------------------------------------------------------------------


def material(contest: Contest, unit: Unit) -> Material:
    """Everything `participation` needs of one contest below one unit. At most seven queries for any tree."""
    counted = _counts(contest, Scope((unit.path,)))
    found = places(contest, unit, [(row.unit, row.path, row.participants) for row in counted])
    units = [
        UnitRow(one.path, one.code if one.known else "", one.name, one.kind, one.grassroots) for one in found.units
    ]
    headcounts = [HeadcountRow(one.path, one.members, one.on_day) for one in found.heads]
    counts = [
        CountRow(row.path, row.participants, row.attempts, row.handed_in, row.scored, row.points) for row in counted
    ]
    return Material(units, headcounts, counts)


class _Counted(NamedTuple):
    unit: int
    path: str
    participants: int
    attempts: int
    handed_in: int
    scored: int
    points: int


# Attempts are counted off their unique index, for a row of theirs is wide with its paper: 2,000,000 rows are 4 GB.
_COUNTS = """
    SELECT e.unit_id, e.unit_path, count(*), sum(a.attempts)::bigint, (sum(a.attempts) - coalesce(sum(r.running), 0))::bigint,
           count(s.points), coalesce(sum(s.points), 0)::bigint
    FROM ({entries}) AS e
    JOIN (SELECT entry_id, count(*) AS attempts FROM contests_attempt WHERE round_id = ANY(%s) GROUP BY 1) AS a ON a.entry_id = e.id
    LEFT JOIN (SELECT entry_id, count(*) AS running FROM contests_attempt WHERE state = 'started' AND round_id = ANY(%s) GROUP BY 1) AS r
           ON r.entry_id = e.id
    LEFT JOIN contests_standing AS s ON s.entry_id = e.id AND s.round_id IS NULL
    GROUP BY 1, 2
"""


def _counts(contest: Contest, inside: Scope) -> list[_Counted]:
    """People, attempts and counted results by unit and path of the day. Two queries."""
    rounds = list(contest.rounds.values_list("pk", flat=True))
    entries = in_scope(Entry.objects.filter(contest=contest), inside, "unit_path").values("id", "unit_id", "unit_path")
    narrowed, params = entries.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(entries=narrowed), [*params, rounds, rounds])
        return [_Counted(*row) for row in cursor.fetchall()]


def _ancestor_paths(path: str) -> list[str]:
    return [path[:end] for end in range(LABEL, len(path) + 1, LABEL)]


# --- The rows of an export ---------------------------------------------------------------------------------------------


class SittingRow(NamedTuple):
    """One attempt on the list of participants."""

    full_name: str
    phone: str
    email: str
    unit_name: str
    unit_path: str
    round_title: str
    number: int
    points: int | None
    right: int | None
    elapsed_ms: int | None
    submitted_at: datetime | None
    state: str


@contextmanager
def snapshot() -> Iterator[datetime]:
    """One read-only view of the database for everything inside; gives the instant it was taken at."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT statement_timestamp()")
        yield cursor.fetchone()[0]


def sittings(contest: Contest, unit: Unit) -> QuerySet[Attempt]:
    """The attempts of the people below a unit."""
    return in_scope(Attempt.objects.filter(entry__contest=contest), Scope((unit.path,)), "entry__unit_path")


def sitting_rows(contest: Contest, unit: Unit) -> Iterator[SittingRow]:
    """The attempts in the order of people's given names, read in chunks."""
    rows = sittings(contest, unit).order_by(
        Collate("entry__member__sort_key", "C"), "entry", "round__number", "number"  # the key is made for byte order
    ).values_list(
        "entry__member__full_name", "entry__member__phone", "entry__member__email", "entry__unit_name", "entry__unit_path",
        "round__title", "number", "points", "right", "elapsed_ms", "submitted_at", "state",
    )  # fmt: skip
    for name, phone, email, *rest in rows.iterator(chunk_size=2000):
        yield SittingRow(name, phone or "", email or "", *rest)


def unit_names(unit: Unit) -> dict[str, str]:
    """Names by path of a unit, of everything below it and of its ancestors."""
    inside = in_scope(Unit.objects.all(), Scope((unit.path,))) | Unit.objects.filter(
        path__in=_ancestor_paths(unit.path)
    )
    return dict(inside.values_list("path", "name"))
