"""Reads of figures that were counted ahead (`reports.counting`), and which contests need that.

A page reads rows by path: its own, its children, a page of those where nobody took part. Nothing here grows with the attempts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet

from accounts.models import Unit
from accounts.scope import Scope, in_scope
from contests.models import Attempt, Contest
from reports import marks
from reports.models import Counting, KeptFigures
from reports.participation import Absent, Figures, with_ratios
from reports.parts import LevelPart, Parts, from_json

if TYPE_CHECKING:
    import pandas as pd

SMALL_ENTRIES, SMALL_UNITS = 2_000, 2_000  # more than either is not counted while a page waits
READY_AT = (
    2  # rows are begun at one half of these, so that no reader ever waits for the first count of a growing contest
)
LATELY = timedelta(days=2)

_SIZES = """
    SELECT c.id,
           (SELECT count(*) FROM (SELECT FROM contests_entry AS e WHERE e.contest_id = c.id LIMIT %s) AS few),
           (SELECT count(*) FROM (SELECT FROM accounts_unit AS u WHERE u.path ~>=~ a.path AND u.path ~<~ (a.path || '~') LIMIT %s) AS few)
    FROM contests_contest AS c JOIN accounts_unit AS a ON a.id = c.audience_id WHERE c.id = ANY(%s)
"""


# --- Which contests are counted ahead ----------------------------------------------------------------------------------


def large_among(contest_ids: Iterable[int], share: int = 1) -> set[int]:
    """Those of the contests with more people or more units than one part in `share` of what is small."""
    entries, units = SMALL_ENTRIES // share, SMALL_UNITS // share
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [entries + 1, units + 1, list(contest_ids)])
        return {pk for pk, people, places in cursor.fetchall() if people > entries or places > units}


def is_small(contest: Contest) -> bool:
    """Whether its figures are read while the page waits."""
    return not Counting.objects.filter(contest=contest).exists() and not large_among([contest.pk])


def grown_large(now: datetime, *, ever: bool = False) -> QuerySet[Contest]:
    """Announced contests of some size that are not counted ahead yet: of those that run or ended lately, or `ever`."""
    found = Contest.objects.exclude(state=Contest.State.DRAFT).exclude(pk__in=Counting.objects.values("contest"))
    if not ever:
        found = found.filter(Q(rounds__closes_at__gte=now - LATELY) | Q(rounds__extended_until__gte=now - LATELY))
    return Contest.objects.filter(pk__in=large_among(found.values_list("pk", flat=True), READY_AT))


# --- What a page reads -------------------------------------------------------------------------------------------------


def rows_at(contest: Contest, path: str) -> tuple[KeptFigures | None, list[KeptFigures]]:
    """The unit at the path and its children, in one statement, so that they are of one count."""
    rows = KeptFigures.objects.filter(Q(path=path) | Q(parent=path), contest=contest).defer("parts")
    whole = next((row for row in rows if row.path == path), None)
    return whole, [row for row in rows if row.path != path]


def figures(row: KeptFigures) -> Figures:
    """A row as the reports know it."""
    return Figures(
        path=row.path, code=row.code, name=row.unit, kind=row.kind, depth=row.depth, grassroots=row.grassroots,
        members=row.members, first_day=row.first_day, last_day=row.last_day, participants=row.participants,
        rate=row.participants / row.members if row.members else None, attempts=row.attempts, handed_in=row.handed_in,
        scored=row.scored, points=row.points, passed=row.passed,
        mean_score=row.points / (row.scored * 100) if row.scored else None, units_taking_part=row.units_taking_part,
        units_all=row.units_all, units_uncounted=row.units_uncounted,
    )  # fmt: skip


def direct(row: KeptFigures) -> Figures | None:
    """Those who belong to the unit itself and to none of its children, as `participation.direct_of` says them."""
    if not (row.own_members or row.own_participants):
        return None
    return Figures(
        path=row.path, code="", name=row.unit, kind=row.kind, depth=row.depth + 1, grassroots=False, members=row.own_members,
        first_day=row.first_day, last_day=row.last_day, participants=row.own_participants,
        rate=row.own_participants / row.own_members if row.own_members else None, attempts=row.own_attempts,
        handed_in=row.own_handed_in, scored=row.own_scored, points=row.own_points, passed=row.own_passed,
        mean_score=row.own_points / (row.own_scored * 100) if row.own_scored else None, units_taking_part=0, units_all=0, units_uncounted=0,
    )  # fmt: skip


def parts_at(contest: Contest, path: str) -> Parts | None:
    """What was kept of a large unit; None of one whose parts are read when asked for."""
    found = KeptFigures.objects.filter(contest=contest, path=path).values_list("parts", flat=True).first()
    return None if found is None else from_json(found)


def below(contest: Contest, path: str) -> QuerySet[KeptFigures]:
    """The unit at the path and everything below it."""
    return in_scope(KeptFigures.objects.filter(contest=contest), Scope((path,)))


def absent(contest: Contest, path: str) -> QuerySet[KeptFigures]:
    """The grassroots units without anybody, the largest first."""
    rows = (
        below(contest, path).filter(grassroots=True, participants=0).only("path", "parent", "unit", "code", "members")
    )
    return rows.order_by(F("members").desc(nulls_last=True), "path")


def absent_lines(rows: Iterable[KeptFigures], contest: Contest) -> list[Absent]:
    """These rows with the names of the units above them."""
    rows = list(rows)
    above = KeptFigures.objects.filter(contest=contest, path__in={row.parent for row in rows})
    names = dict(above.values_list("path", "unit"))
    return [Absent(row.unit, row.code, names.get(row.parent, ""), row.members) for row in rows]


def levels(contest: Contest, path: str) -> tuple[LevelPart, ...]:
    """The units below a path by kind, higher ones first."""
    rows = below(contest, path).exclude(path=path).exclude(kind="").order_by().values("kind")
    found = rows.annotate(units=Count("pk"), taking=Count("pk", filter=Q(participants__gt=0)), first=Min("depth"))
    found = found.order_by("first", "kind")
    return tuple(LevelPart(row["kind"], row["units"], row["taking"]) for row in found)


def open_codes(rows: Iterable[Figures], tops: list[Unit]) -> set[str]:
    """The codes of those of the units that stand today where the reader may look."""
    reach = in_scope(Unit.objects.all(), Scope(tuple(unit.path for unit in tops)))
    return set(reach.filter(code__in=[row.code for row in rows if row.code]).values_list("code", flat=True))


# --- The first page ----------------------------------------------------------------------------------------------------


def totals(contests: list[Contest], scope: Scope) -> dict[int, tuple[int | None, int | None]]:
    """By contest, people and attempts inside the scope: of the last count, or counted now; None where never counted yet."""
    countings = {one.contest_id: one for one in Counting.objects.filter(contest__in=contests)}
    large = large_among([one.pk for one in contests if one.pk not in countings])
    found: dict[int, tuple[int | None, int | None]] = {}
    live: list[Contest] = []
    paths: dict[int, set[str]] = {}
    for contest in contests:
        counting = countings.get(contest.pk)
        if contest.pk in large or (counting is not None and counting.as_of is None):
            found[contest.pk] = (None, None)
        elif counting is None or (
            counting.moved and not all(_along(prefix, counting.root) for prefix in scope.prefixes)
        ):
            live.append(contest)
        else:
            paths[contest.pk] = {
                counting.root if counting.root.startswith(prefix) else prefix for prefix in scope.prefixes
            }
    rows = KeptFigures.objects.filter(contest__in=list(paths), path__in=set().union(*paths.values()))
    for pk, path, people, sittings in rows.values_list("contest", "path", "participants", "attempts"):
        if path in paths[pk]:
            before = found.get(pk) or (0, 0)
            found[pk] = ((before[0] or 0) + people, (before[1] or 0) + sittings)
    attempts = in_scope(Attempt.objects.filter(entry__contest__in=live), scope, "entry__unit_path")
    for pk, people, sittings in attempts.values_list("entry__contest").annotate(
        Count("entry", distinct=True), Count("pk")
    ):
        found[pk] = (people, sittings)
    return {contest.pk: found.get(contest.pk, (0, 0)) for contest in contests}


def _along(prefix: str, root: str) -> bool:
    """Whether one of the two stands above the other."""
    return prefix.startswith(root) or root.startswith(prefix)


# --- A table for files -------------------------------------------------------------------------------------------------

_TABLE = [
    "path", "code", "unit", "kind", "grassroots", "depth", "first_day", "last_day", "participants", "attempts", "handed_in", "scored",
    "points", "passed", "units_taking_part", "units_all", "units_uncounted", "members", "own_members", "own_participants", "own_attempts",
    "own_handed_in", "own_scored", "own_points", "own_passed",
]  # fmt: skip
_TYPES = {
    **dict.fromkeys(("path", "code", "unit", "kind", "first_day", "last_day"), object), "grassroots": "bool", "members": "float64",
    "own_members": "float64",
}  # fmt: skip


def unchanged_table(contest: Contest, unit: Unit) -> pd.DataFrame | None:
    """What `participation` would make now, `passed` too, read from the last count; None where that cannot be said for certain.

    Call within the snapshot of the file. It is certain where the mark is the same, and where no unit has moved under its people:
    then a part of the tree has the same figures by itself as inside the whole.
    """
    import pandas as pd  # here and not above: see participation

    counting = Counting.objects.filter(contest=contest, as_of__isnull=False).first()
    if counting is None or not unit.path.startswith(counting.root) or (counting.moved and unit.path != counting.root):
        return None
    if counting.mark != marks.mark_of(contest, marks.tree_mark()):
        return None
    rows = list(below(contest, unit.path).order_by("path").values_list(*_TABLE))
    if not rows or rows[0][0] != unit.path:
        return None
    columns = dict(zip(_TABLE, zip(*rows, strict=True), strict=True))
    # Left to itself, pandas looks at every value to find out what a column holds: half a second for a nation.
    return with_ratios(
        pd.DataFrame({name: pd.Series(column, dtype=_TYPES.get(name, "int64")) for name, column in columns.items()})
    )
