"""The one read of what members declared of themselves: it counts, and gives `segments.Tables`, which publish with care.

Counted is what was so at the last midnight, for otherwise somebody who asks before and after one person sat would see which
group grew; results are those of rounds that had closed by then. Nothing here leaves unsuppressed. Of a large unit the worker counts
once a day (`segment_counting`) and keeps what is published; pages and files read that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Unit
from accounts.scope import Scope, in_scope
from contests.models import Contest, Entry
from contests.rules.settings import Counting, RoundRules, parse_round_rules
from reports import kept
from reports.models import Counting as CountedAhead
from reports.models import KeptFigures, KeptSegments, SegmentCount
from reports.part_queries import deepest
from reports.queries import PASS_SHARE
from reports.segments import AGES, AGES_FROM, UNSAID, KeptTables, Place, Published, Row, Tables, rolled_up
from reports.suppression import Cell

# Attempts of a unit from which on its tables are kept. Below it they are counted while a page waits, in about a tenth of a second.
LARGE = 2_000


class Seen(NamedTuple):
    """The tables of a unit and the midnight up to which they count."""

    tables: Published
    until: datetime


def midnight(now: datetime) -> datetime:
    """The last one, by the clock of Vietnam: what happened since is counted tomorrow."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def seen(contest: Contest, unit: Unit, now: datetime) -> Seen | None:
    """What a page and a file say of a unit; None where it is large and was never counted. At most five queries.

    What was kept may be of an earlier midnight, for as long as the worker needs: `until` tells. A unit that has only grown large
    since the last count had few people at midnight, and is counted now.
    """
    row = KeptSegments.objects.filter(contest=contest, path=unit.path).first()
    if row is not None:
        return Seen(KeptTables(row.people, row.attempts, row.tables), row.until)
    until = midnight(now)
    if _too_large(contest, unit, until):
        return None
    return Seen(segment_tables(contest, unit, until), until)


def _too_large(contest: Contest, unit: Unit, until: datetime) -> bool:
    """Whether a unit without kept tables must not be counted while a page waits, up to the midnight `until`."""
    counting = CountedAhead.objects.filter(contest=contest).first()
    if counting is None or counting.as_of is None:
        return not kept.is_small(contest)
    if SegmentCount.objects.filter(contest=contest, until=until).exists():
        return False
    return KeptFigures.objects.filter(contest=contest, path=unit.path, attempts__gte=LARGE).exists()


# Attempts are counted off their unique index and those since midnight off the index of starts: no wide row is read. A
# standing of a round tells a person's counted result in it; of several rounds a person has the mean.
_COUNTS = """
    WITH entered AS ({entries}),
    sat AS (
        SELECT a.entry_id, count(*) AS attempts FROM contests_attempt AS a {of_entered}
        WHERE a.round_id = ANY(%s) GROUP BY 1
    ),
    since AS (
        SELECT a.entry_id, count(*) AS attempts FROM contests_attempt AS a {of_entered}
        WHERE a.round_id = ANY(%s) AND a.started_at >= %s GROUP BY 1
    ),
    scored AS (
        SELECT a.entry_id, round(avg(a.points))::bigint AS points, bool_or(a."right" >= n.needed) AS passed
        FROM contests_standing AS a {of_entered}
        JOIN unnest(%s::bigint[], %s::int[]) AS n (round_id, needed) USING (round_id)
        WHERE a.round_id = ANY(%s) GROUP BY 1
    ),
    passed AS (
        SELECT DISTINCT a.entry_id FROM contests_attempt AS a {of_entered}
        JOIN unnest(%s::bigint[], %s::int[]) AS n (round_id, needed) USING (round_id)
        WHERE a.state IN ('graded', 'regraded') AND a."right" >= n.needed
    ),
    each AS (
        SELECT e.id, e.member_id, e.place, sat.attempts - coalesce(since.attempts, 0) AS attempts, scored.points,
               (scored.points IS NOT NULL AND (coalesce(scored.passed, false) OR passed.entry_id IS NOT NULL))::int AS passed
        FROM entered AS e JOIN sat ON sat.entry_id = e.id
        LEFT JOIN since ON since.entry_id = e.id LEFT JOIN scored ON scored.entry_id = e.id LEFT JOIN passed ON passed.entry_id = e.id
    )
    SELECT e.place COLLATE "C", width_bucket(%s - d.birth_year, %s::int[]),
           coalesce(d.gender, ''), coalesce(d.education, ''), coalesce(d.sector, ''), coalesce(d.shift, ''), coalesce(d.region, ''),
           count(*), sum(e.attempts)::bigint, count(e.points), coalesce(sum(e.points), 0)::bigint, sum(e.passed)::bigint,
           bit_xor(hashint8extended(e.id, hashint8extended(e.attempts, hashint8extended(coalesce(e.points, -1), e.passed)))),
           coalesce(max(e.points), 0)
    FROM each AS e
    LEFT JOIN accounts_selfdeclared AS d ON d.member_id = e.member_id AND d.changed_at < %s
    WHERE e.attempts > 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    ORDER BY 1
"""


# Of a part of a contest each entry is looked up, which is quick for a small unit beside 2,000,000 attempts; of the whole of it
# that would take half as long again as reading the index through.
_OF_ENTERED = "JOIN entered ON entered.id = a.entry_id"
_AT_ONCE = 5_000  # rows of a large contest that are fetched at once


def segment_tables(contest: Contest, unit: Unit, until: datetime) -> Tables:
    """The tables of the people below a unit who had sat before `until`, a midnight, counted now. Two queries.

    Ages are those of the year in which the contest began.
    """
    statement, params = _counts(contest, unit.path, (), until, whole=unit.path == contest.audience.path)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        [place] = rolled_up(_places(iter(cursor.fetchall())), (unit.path,))
    return _tables(contest, place)


def all_tables(contest: Contest, wanted: Collection[str], until: datetime) -> Iterator[tuple[str, Tables]]:
    """The same of many units of a contest at once, its audience among them: each by its path. Two queries.

    Call within a transaction: rows are fetched a few at a time, for there may be one for each person.
    """
    root = contest.audience.path
    statement, params = _counts(contest, root, wanted, until, whole=True)
    with connection.cursor() as settings_of:  # the whole of it is wanted, not its first rows soon
        settings_of.execute("SET LOCAL cursor_tuple_fraction = 1")
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, params)
        found = chain.from_iterable(iter(lambda: cursor.fetchmany(_AT_ONCE), []))
        for place in rolled_up(_places(found), {root, *wanted}):
            yield place.path, _tables(contest, place)


def _counts(
    contest: Contest, root: str, wanted: Collection[str], until: datetime, *, whole: bool
) -> tuple[str, list[Any]]:
    """The statement that counts those below `root` by the deepest of the wanted paths above them, in the order of paths."""
    closes = Greatest("closes_at", Coalesce("extended_until", "closes_at"))
    rounds = [(one, parse_round_rules(one.rules)) for one in contest.rounds.annotate(ends=closes)]
    everything = [one.pk for one, _ in rounds]
    closed = [(one.pk, rules) for one, rules in rounds if one.ends < until]
    over = [pk for pk, _ in closed]
    # Where attempts are added up, a standing does not tell whether one of them alone was good enough.
    added = [(pk, _needed(rules)) for pk, rules in closed if rules.counting is Counting.SUM]
    never = 2**31 - 1
    needed = [never if rules.counting is Counting.SUM else _needed(rules) for _, rules in closed]
    year = timezone.localtime(min((one.opens_at for one, _ in rounds), default=until)).year
    inside = in_scope(Entry.objects.filter(contest=contest), Scope((root,)), "unit_path").filter(entered_at__lt=until)
    narrowed, of_inside = inside.values("id", "member_id", "unit_path").order_by().query.sql_with_params()
    place, of_place = deepest(root, wanted)
    entries = f"SELECT id, member_id, {place} AS place FROM ({narrowed}) AS inside"  # noqa: S608  made of the constants here
    statement = _COUNTS.format(entries=entries, of_entered="" if whole else _OF_ENTERED)
    return statement, [
        *of_place, *of_inside, everything, everything, until, over, needed, over,
        [pk for pk, _ in added], [least for _, least in added], year, list(AGES_FROM), until,
    ]  # fmt: skip


def _places(found: Iterator[Sequence[Any]]) -> Iterator[Place]:
    """The rows of the statement by place; each group of people stands once in a place."""
    for path, some in groupby(found, itemgetter(0)):
        rows, most = [], 0
        for _path, age, *facts_and_figures in some:
            facts, figures = facts_and_figures[:5], facts_and_figures[5:11]
            rows.append(Row((UNSAID if age is None else AGES[age], *facts), Cell(*figures)))
            most = max(most, facts_and_figures[11])
        yield Place(path, rows, most)


def _tables(contest: Contest, place: Place) -> Tables:
    key = salted_hmac("reports.segments", "", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return Tables(place.rows, most_points=place.most_points, key=key, context=str(contest.pk))


def _needed(rules: RoundRules) -> int:
    """How many right answers pass, as in `queries.passes`."""
    return max(1, -(-rules.questions * PASS_SHARE.numerator // PASS_SHARE.denominator))
