"""The one read of what members declared of themselves: it counts, and gives `segments.Tables`, which publish with care.

Counted is what was so at the last midnight, for otherwise somebody who asks before and after one person sat would see which
group grew; results are those of rounds that had closed by then. Nothing here leaves unsuppressed.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Unit
from accounts.scope import Scope, in_scope
from contests.models import Contest, Entry
from contests.rules.settings import Counting, RoundRules, parse_round_rules
from reports.queries import PASS_SHARE
from reports.segments import AGES, AGES_FROM, UNSAID, Row, Tables
from reports.suppression import Cell


def midnight(now: datetime) -> datetime:
    """The last one, by the clock of Vietnam: what happened since is counted tomorrow."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


# Attempts are counted off their unique index and those since midnight off the index of starts: no wide row is read. A
# standing of a round tells a person's counted result in it; of several rounds a person has the mean.
_COUNTS = """
    WITH entered AS ({entries}),
    sat AS (
        SELECT a.entry_id, count(*) AS attempts FROM contests_attempt AS a {of_entered}
        WHERE a.round_id = ANY(%s) GROUP BY 1
    ),
    since AS (SELECT entry_id, count(*) AS attempts FROM contests_attempt WHERE round_id = ANY(%s) AND started_at >= %s GROUP BY 1),
    scored AS (
        SELECT a.entry_id, round(avg(a.points))::bigint AS points, bool_or(a."right" >= n.needed) AS passed
        FROM contests_standing AS a {of_entered}
        JOIN unnest(%s::bigint[], %s::int[]) AS n (round_id, needed) USING (round_id)
        WHERE a.round_id = ANY(%s) GROUP BY 1
    ),
    passed AS (
        SELECT DISTINCT a.entry_id FROM contests_attempt AS a JOIN unnest(%s::bigint[], %s::int[]) AS n (round_id, needed) USING (round_id)
        WHERE a.state IN ('graded', 'regraded') AND a."right" >= n.needed
    ),
    each AS (
        SELECT e.id, e.member_id, sat.attempts - coalesce(since.attempts, 0) AS attempts, scored.points,
               (scored.points IS NOT NULL AND (coalesce(scored.passed, false) OR passed.entry_id IS NOT NULL))::int AS passed
        FROM entered AS e JOIN sat ON sat.entry_id = e.id
        LEFT JOIN since ON since.entry_id = e.id LEFT JOIN scored ON scored.entry_id = e.id LEFT JOIN passed ON passed.entry_id = e.id
    )
    SELECT width_bucket(%s - d.birth_year, %s::int[]), d.gender, d.education, d.sector, d.shift, d.region,
           count(*), sum(e.attempts)::bigint, count(e.points), coalesce(sum(e.points), 0)::bigint, sum(e.passed)::bigint,
           bit_xor(hashint8extended(e.id, hashint8extended(e.attempts, hashint8extended(coalesce(e.points, -1), e.passed)))),
           coalesce(max(e.points), 0)
    FROM each AS e
    LEFT JOIN accounts_selfdeclared AS d ON d.member_id = e.member_id AND d.changed_at < %s
    WHERE e.attempts > 0
    GROUP BY 1, 2, 3, 4, 5, 6
"""


# Of a part of a contest each entry is looked up, 0.02 seconds for a small unit beside 2,000,000 attempts; of the whole of it
# that would take half as long again as reading the index through.
_OF_ENTERED = "JOIN entered ON entered.id = a.entry_id"


def segment_tables(contest: Contest, unit: Unit, until: datetime) -> Tables:
    """The tables of the people below a unit who had sat before `until`, a midnight. Two queries.

    Ages are those of the year in which the contest began.
    """
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
    entries = in_scope(Entry.objects.filter(contest=contest), Scope((unit.path,)), "unit_path")
    narrowed, params = entries.filter(entered_at__lt=until).values("id", "member_id").order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS.format(entries=narrowed, of_entered="" if unit.path == contest.audience.path else _OF_ENTERED),
            [
                *params, everything, everything, until, over, needed, over,
                [pk for pk, _ in added], [least for _, least in added], year, list(AGES_FROM), until,
            ],
        )  # fmt: skip
        found = cursor.fetchall()
    rows = [
        Row((UNSAID if age is None else AGES[age], *(said or UNSAID for said in facts)), Cell(*figures))
        for age, *facts, figures in ((*row[:6], row[6:12]) for row in found)
    ]
    key = salted_hmac("reports.segments", "", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    most = max((row[-1] for row in found), default=0)
    return Tables(rows, most_points=most, key=key, context=str(contest.pk))


def _needed(rules: RoundRules) -> int:
    """How many right answers pass, as in `queries.passes`."""
    return max(1, -(-rules.questions * PASS_SHARE.numerator // PASS_SHARE.denominator))
