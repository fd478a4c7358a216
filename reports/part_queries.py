"""What `reports.parts` is made of: attempts by hour, round and division, in a few statements whatever the size.

One walk over the attempts gives them all; people are grouped by the deepest of the wanted paths above them in the database, so that
what comes here is as short as what is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.utils import timezone

from accounts.scope import Scope, in_scope
from contests.models import Contest, Entry
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.settings import parse_round_rules
from reports.parts import Cell, DivisionPeople, LevelPart, Parts, ResultCell, rolled_up

_CELLS = """
    SELECT e.place, e.division, a.round_id, date_trunc('hour', a.started_at), count(*), count(*) FILTER (WHERE a.number = 1),
           count(*) FILTER (WHERE a.state = 'started')
    FROM contests_attempt AS a JOIN ({entries}) AS e ON e.id = a.entry_id
    WHERE a.round_id = ANY(%s) AND a.started_at <= %s
    GROUP BY 1, 2, 3, 4
"""
_PEOPLE = """
    SELECT e.place, e.division, count(*), count(s.points), coalesce(sum(s.points), 0)::bigint
    FROM ({entries}) AS e LEFT JOIN contests_standing AS s ON s.entry_id = e.id AND s.round_id IS NULL
    WHERE EXISTS (SELECT FROM contests_attempt AS a WHERE a.entry_id = e.id AND a.round_id = ANY(%s))
    GROUP BY 1, 2
"""
_RESULTS = """
    SELECT e.place, least(10, a."right" * 10 / rules.questions), least(9, a.elapsed_ms * 10 / rules.allowed), count(*)
    FROM contests_attempt AS a JOIN ({entries}) AS e ON e.id = a.entry_id
    JOIN unnest(%s::bigint[], %s::int[], %s::bigint[]) AS rules (round, questions, allowed) ON rules.round = a.round_id
    WHERE a.state IN ('graded', 'regraded')
    GROUP BY 1, 2, 3
"""
_REGISTERED = "SELECT e.place, count(*) FROM ({entries}) AS e GROUP BY 1"


def parts_of(
    contest: Contest, root: str, wanted: Collection[str], levels: dict[str, tuple[LevelPart, ...]], until: datetime
) -> dict[str, Parts]:
    """The parts of the wanted paths, all of them at `root` or below it, of what began up to an instant. At most six queries."""
    held = {one.pk: (one.number, parse_round_rules(one.rules)) for one in contest.rounds.all()}
    rounds = {pk: number for pk, (number, _) in held.items()}
    divided = bool(parse_contest_rules(contest.rules).divisions)
    narrowed = in_scope(Entry.objects.filter(contest=contest), Scope((root,)), "unit_path").order_by()
    inner, params = narrowed.values("id", "division", "unit_path").query.sql_with_params()
    place, paths = deepest(root, wanted)
    entries = f"SELECT id, division, {place} AS place FROM ({inner}) AS inside"  # noqa: S608  made of the constants here
    given = [*paths, *params, list(rounds)]
    with connection.cursor() as cursor:
        cursor.execute(_CELLS.format(entries=entries), [*given, until])
        cells = [
            Cell(path, division, rounds[pk], f"{timezone.localtime(hour):%Y-%m-%dT%H}", *numbers)
            for path, division, pk, hour, *numbers in cursor.fetchall()
        ]
        people = []
        if divided:
            cursor.execute(_PEOPLE.format(entries=entries), given)
            people = [DivisionPeople(*row) for row in cursor.fetchall()]
        questions = [max(1, rules.questions) for _, rules in held.values()]
        allowed = [rules.minutes * 60_000 for _, rules in held.values()]
        cursor.execute(_RESULTS.format(entries=entries), [*given[:-1], list(held), questions, allowed])
        results = [ResultCell(*row) for row in cursor.fetchall()]
        cursor.execute(_REGISTERED.format(entries=entries), given[:-1])
        registered = cursor.fetchall()
    return rolled_up(cells, people, levels, wanted, results, registered)


def deepest(root: str, wanted: Collection[str]) -> tuple[str, list[list[str] | str]]:
    """An SQL expression for the deepest wanted path above `unit_path`, which is the root where there is no other; its parameters."""
    whens, params = [], []
    for length in sorted({len(path) for path in wanted if len(path) > len(root)}, reverse=True):
        whens.append(f"WHEN left(unit_path, {length}) = ANY(%s) THEN left(unit_path, {length})")
        params.append([path for path in wanted if len(path) == length])
    case = f"CASE {' '.join(whens)} ELSE %s END" if whens else "%s"
    return case, [*params, root]
