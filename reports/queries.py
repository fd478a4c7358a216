"""Reads of reports. Everything narrows through `accounts.scope.in_scope`, and each function runs a constant number of
queries, however large the tree.

People count by the path that their entry kept on the day they entered: a unit that moved since stays where it sat.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Collate, Greatest

from accounts.models import Member, Unit
from accounts.scope import Scope, in_scope
from contests.models import Attempt, Contest, Entry, Standing, WinnersList
from contests.queries.places import places
from contests.queries.winners import lists_of, ranking_title, with_names
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.settings import parse_round_rules
from reports import kept
from reports.models import Counting, Export
from reports.official import Course, Issuer
from reports.participation import LABEL, CountRow, HeadcountRow, UnitRow

RECENT_EXPORTS = 10
EARLIER = 5
CHUNK = 250  # rows fetched at once: a burst of a millisecond or two for the database, which others ask meanwhile
PASS_SHARE = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Material:
    """The rows that `participation` takes."""

    units: list[UnitRow]
    headcounts: list[HeadcountRow]
    counts: list[CountRow]
    moved: bool = False  # people sat in some unit when it stood elsewhere


@dataclass(frozen=True, slots=True)
class ListedContest:
    """A contest on the reports' first page, with the reader's part of it."""

    contest: Contest
    opens_at: datetime | None
    closes_at: datetime | None
    participants: int | None  # None: never counted yet
    attempts: int | None


# --- What the reader may open ------------------------------------------------------------------------------------------


def contests_touching(scope: Scope) -> QuerySet[Contest]:
    """Announced contests that are for people of the scope, or that people of the scope took part in. At most two queries.

    Contests are few and entries are many: those that are decided by their audience are decided first, and entries are looked at
    only where a unit moved so that somebody of the scope may have sat in a contest that is another's today.
    """
    announced = Contest.objects.exclude(state=Contest.State.DRAFT)
    touching, others = [], []
    for pk, path in announced.order_by().values_list("pk", "audience__path"):
        near = scope.reaches(path) or any(prefix.startswith(path) for prefix in scope.prefixes)
        (touching if near else others).append(pk)
    if others and scope:
        settled = Counting.objects.filter(as_of__isnull=False, moved=False, root=F("contest__audience__path"))
        unsure = Contest.objects.filter(pk__in=others).exclude(pk__in=settled.values("contest"))
        entered = in_scope(Entry.objects.filter(contest=OuterRef("pk")), scope, "unit_path")
        touching += unsure.filter(Exists(entered)).values_list("pk", flat=True)
    return Contest.objects.filter(pk__in=touching).select_related("audience", "organizer")


def listed(contests: list[Contest], scope: Scope) -> list[ListedContest]:
    """The contests with their dates and, inside the scope, people and attempts. A constant number of queries."""
    dates = {
        pk: (first, last)
        for pk, first, last in Contest.objects.filter(pk__in=[contest.pk for contest in contests])
        .values_list("pk")
        .annotate(Min("rounds__opens_at"), Max("rounds__closes_at"))
    }
    counts = kept.totals(contests, scope)
    return [ListedContest(contest, *dates.get(contest.pk, (None, None)), *counts[contest.pk]) for contest in contests]


def earlier(contest: Contest, unit: Unit, scope: Scope) -> list[ListedContest]:
    """The last contests of the same organizers that opened before this one, the newest first, each with the unit's part of it.

    Only what the reader may open. A constant number of queries; none is counted here that is too large to be.
    """
    first = contest.rounds.aggregate(first=Min("opens_at"))["first"]
    if first is None:
        return []
    before = contests_touching(scope).filter(organizer=contest.organizer).exclude(pk=contest.pk)
    before = before.annotate(first=Min("rounds__opens_at")).filter(first__lt=first).order_by("-first", "-pk")
    return listed(list(before[:EARLIER]), Scope((unit.path,)))


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


def children_of(unit: Unit, tops: list[Unit]) -> QuerySet[Unit]:
    """The units directly below one that the reader may choose."""
    return units_below(tops).filter(parent=unit).order_by("name")


def trail(unit: Unit, tops: list[Unit]) -> list[Unit]:
    """From the highest unit that the reader may open down to `unit`, which is last."""
    top = next(each for each in tops if unit.path.startswith(each.path))
    return list(
        Unit.objects.filter(
            path__in=[path for path in ancestor_paths(unit.path) if path.startswith(top.path)]
        ).order_by("depth")
    )


def exports_of(member: Member, scope: Scope) -> QuerySet[Export]:
    """The member's own files whose unit the member still reaches, newest first."""
    return in_scope(Export.objects.filter(requested_by=member).select_related("contest", "unit"), scope, "unit__path")


def recent_exports(member: Member, scope: Scope) -> QuerySet[Export]:
    """The newest of the member's files that are made or still there."""
    return exports_of(member, scope).exclude(state=Export.State.GONE)[:RECENT_EXPORTS]


def export_with_code(code: str, scope: Scope) -> Export | None:
    """The file that carries this code, whoever asked for it, if the reader reaches its unit; with its file gone too."""
    if not code:
        return None
    found = Export.objects.filter(code=code, totals__isnull=False).select_related("contest", "unit")
    return in_scope(found, scope, "unit__path").first()


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
    return Material(units, headcounts, counts, any(row.moved for row in counted))


class _Counted(NamedTuple):
    unit: int
    path: str
    participants: int
    attempts: int
    handed_in: int
    scored: int
    points: int
    moved: bool


# Attempts are counted off their unique index, for a row of theirs is wide with its paper: 2,000,000 rows are 4 GB.
_COUNTS = """
    SELECT here.*, u.path <> here.unit_path FROM (
    SELECT e.unit_id, e.unit_path, count(*), sum(a.attempts)::bigint, (sum(a.attempts) - coalesce(sum(r.running), 0))::bigint,
           count(s.points), coalesce(sum(s.points), 0)::bigint
    FROM ({entries}) AS e
    JOIN (SELECT entry_id, count(*) AS attempts FROM contests_attempt WHERE round_id = ANY(%s) GROUP BY 1) AS a ON a.entry_id = e.id
    LEFT JOIN (SELECT entry_id, count(*) AS running FROM contests_attempt WHERE state = 'started' AND round_id = ANY(%s) GROUP BY 1) AS r
           ON r.entry_id = e.id
    LEFT JOIN contests_standing AS s ON s.entry_id = e.id AND s.round_id IS NULL
    GROUP BY 1, 2) AS here JOIN accounts_unit AS u ON u.id = here.unit_id
"""


def _counts(contest: Contest, inside: Scope) -> list[_Counted]:
    """People, attempts and counted results by unit and path of the day. Two queries."""
    rounds = list(contest.rounds.values_list("pk", flat=True))
    entries = in_scope(Entry.objects.filter(contest=contest), inside, "unit_path").values("id", "unit_id", "unit_path")
    narrowed, params = entries.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(entries=narrowed), [*params, rounds, rounds])
        return [_Counted(*row) for row in cursor.fetchall()]


def passes(contest: Contest, unit: Unit) -> list[CountRow]:
    """By path of the day, how many of those with a result have a counted attempt with at least PASS_SHARE of its questions right.

    Rows to be added to those of `material`; nothing but `passed` is counted in them. Two queries. No contest sets a pass
    mark of its own, and points mean something else in each way of scoring: questions answered right mean the same in all.
    """
    enough = Q()
    for round_ in contest.rounds.all():
        questions = parse_round_rules(round_.rules).questions
        enough |= Q(round=round_, right__gte=max(1, -(-questions * PASS_SHARE.numerator // PASS_SHARE.denominator)))
    if not enough:
        return []
    passed = Attempt.objects.filter(
        enough, entry=OuterRef("entry"), state__in=[Attempt.State.GRADED, Attempt.State.REGRADED]
    )
    scored = in_scope(Standing.objects.filter(contest=contest, round=None), Scope((unit.path,)), "entry__unit_path")
    counted = scored.filter(Exists(passed)).values_list("entry__unit_path").annotate(Count("pk"))
    return [CountRow(path, 0, 0, 0, 0, 0, people) for path, people in counted]


def ancestor_paths(path: str) -> list[str]:
    """The paths from the highest unit down to this one, which is last."""
    return [path[:end] for end in range(LABEL, len(path) + 1, LABEL)]


# --- What the official report says beside its figures ------------------------------------------------------------------


def issuer_of(unit: Unit) -> Issuer:
    """The unit as a paper's head names it, with the units above it."""
    above = Unit.objects.filter(path__in=ancestor_paths(unit.path)[:-1]).order_by("-depth")
    return Issuer(unit.name, unit.kind.slug, tuple(above.values_list("name", flat=True)))


def course_of(contest: Contest) -> Course:
    """When a contest ran, by whom and for whom."""
    last_close = Greatest("closes_at", Coalesce("extended_until", "closes_at"))
    dates = contest.rounds.aggregate(rounds=Count("pk"), opens_at=Min("opens_at"), closes_at=Max(last_close))
    return Course(contest.title, contest.organizer.name, contest.audience.name, **dates)


# --- Who won -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WonRow:
    """A published prize: of a person, or of a unit (then `name` is the unit's)."""

    prize: str
    of: str
    name: str
    phone: str
    unit: str
    path: str
    place: int
    why: str
    amount: int


def won(contest: Contest, unit: Unit) -> list[WonRow]:
    """The published prizes of people and units below a unit, in the order of the lists; a person by the unit of the day."""
    inside, rounds = Scope((unit.path,)), {one.number: one.title for one in contest.rounds.all()}
    rows: list[WonRow] = []
    for published in lists_of(contest).filter(state=WinnersList.State.PUBLISHED).order_by("round__number"):
        rules = parse_contest_rules(published.snapshot["contest_rules"])
        awards = with_names(published.awards.filter(given=True)).order_by("position")
        for award in in_scope(awards, inside, "entry__unit_path") | in_scope(awards, inside, "unit__path"):
            who, of = award.entry, ranking_title(award.ranking, rounds, rules)
            if who is None:
                rows.append(WonRow(award.prize, of, award.unit.name, "", "", award.unit.path, award.place, award.why, award.amount))  # fmt: skip
            else:
                phone = who.member.phone or who.member.email or ""
                rows.append(WonRow(award.prize, of, who.member.full_name, phone, who.unit_name, who.unit_path, award.place, award.why, award.amount))  # fmt: skip
    return rows


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
    """One read-only view of the database for everything inside; gives the instant it was taken at.

    A statement of it keeps to one processor: answers are saved on the others meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(
            "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off; SET LOCAL work_mem = '128MB'"
        )
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
    for name, phone, email, *rest in rows.iterator(chunk_size=CHUNK):
        yield SittingRow(name, phone or "", email or "", *rest)


def unit_names(unit: Unit) -> dict[str, str]:
    """Names by path of a unit, of everything below it and of its ancestors."""
    inside = in_scope(Unit.objects.all(), Scope((unit.path,))) | Unit.objects.filter(path__in=ancestor_paths(unit.path))
    return dict(inside.values_list("path", "name"))
