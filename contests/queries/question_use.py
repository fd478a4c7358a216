"""Where a question was asked and how it did: from the papers, and from graded attempts of closed rounds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.scope import Scope
from contests.models import Attempt, Question, QuestionVersion, Round
from contests.queries.judging import ruled_keys
from contests.rules.grading import grade_answer
from contests.rules.item_figures import ItemFigures, Sat, item_figures
from contests.rules.kinds import Kind
from contests.rules.kinds.choice import canonical_choice
from contests.rules.regrade import Overlay

# Every paper of the contests that draw from the question's bank; the paper holds [version, order] pairs. Only one that holds a
# version is taken apart.
_PAPERS = """
    FROM contests_attempt a
    JOIN contests_round r ON r.id = a.round_id
    JOIN contests_contest c ON c.id = r.contest_id AND c.bank_id = %(bank)s
        AND a.paper @> ANY (SELECT jsonb_build_array(jsonb_build_array(v)) FROM unnest(%(versions)s::bigint[]) AS v)
    CROSS JOIN LATERAL jsonb_array_elements(a.paper) WITH ORDINALITY AS item(held, place)
    WHERE (item.held->>0)::bigint = ANY(%(versions)s)
"""
_USED = f"""
    SELECT r.id, (item.held->>0)::bigint, count(*), count(DISTINCT a.entry_id) {_PAPERS} GROUP BY 1, 2
"""
# A round that closed is over for everybody only after its extensions.
_SAT = f"""
    SELECT r.id, c.id, (item.held->>0)::bigint, a."right", (item.held->1)::text, w.choice, w.text
    {_PAPERS.replace("WHERE", "LEFT JOIN contests_answer w ON w.attempt_id = a.id AND w.question = item.place WHERE")}
      AND a.state = ANY(%(graded)s) AND (c.state = 'closed' OR greatest(r.closes_at, r.extended_until) <= %(now)s)
"""
GRADED = [Attempt.State.GRADED.value, Attempt.State.REGRADED.value]


@dataclass(frozen=True, slots=True)
class Use:
    """A round on whose papers a version stood: attempts, and people."""

    round: Round
    number: int
    attempts: int
    people: int


@dataclass(frozen=True, slots=True)
class Uses:
    """Where a question was asked, the latest round first; `elsewhere` counts attempts of contests outside the scope."""

    lines: list[Use]
    elsewhere: int


def uses_of(question: Question, scope: Scope) -> Uses:
    """The rounds whose papers hold any version of the question."""
    numbers = dict(question.versions.values_list("pk", "number"))
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"bank": question.bank_id, "versions": list(numbers)})
        rows = cursor.fetchall()
    rounds = Round.objects.select_related("contest__organizer").in_bulk({row[0] for row in rows})
    lines, elsewhere = [], 0
    for round_id, version, attempts, people in rows:
        if scope.reaches(rounds[round_id].contest.organizer.path):
            lines.append(Use(rounds[round_id], numbers[version], attempts, people))
        else:
            elsewhere += attempts
    return Uses(sorted(lines, key=lambda use: (use.round.opens_at, use.number), reverse=True), elsewhere)


@dataclass(frozen=True, slots=True)
class VersionFigures:
    """How one version did; `voided` counts the contests that had to void it and are left out."""

    version: QuestionVersion
    figures: ItemFigures
    voided: int


def figures_of(question: Question, now: datetime) -> list[VersionFigures]:
    """The figures of every version that was asked in a round that is closed, the newest first.

    Right is what the contest holds to be right today, rulings on its keys counted.
    """
    versions = {version.pk: version for version in question.versions.order_by("-number")}
    with connection.cursor() as cursor:
        cursor.execute(
            _SAT, {"bank": question.bank_id, "versions": list(versions), "graded": GRADED, "now": now}
        )  # fmt: skip
        rows = cursor.fetchall()
    keys = {contest: ruled_keys(contest, versions) for contest in {row[1] for row in rows}}
    sat: defaultdict[int, list[Sat]] = defaultdict(list)
    voided: defaultdict[int, set[int]] = defaultdict(set)
    for round_id, contest, version, right, order, choice, text in rows:
        if version in keys[contest].void:
            voided[version].add(contest)
        else:
            value = text or choice or []
            sat[version].append(_sat(round_id, version, right or 0, json.loads(order), value, keys[contest]))
    return [
        VersionFigures(version, item_figures(sat[pk], len(version.options) if _ticked(version) else 0), len(voided[pk]))
        for pk, version in versions.items()
        if sat[pk] or voided[pk]
    ]


def _sat(round_id: int, version: int, right: int, order: Sequence[int], value: list[int] | str, keys: Overlay) -> Sat:
    key = keys.keys[version]
    credit = grade_answer(key, value, order)
    is_right = None if credit is None else credit == 1
    chosen = frozenset[int]()
    if key.kind in (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE) and value and not isinstance(value, str):
        chosen = canonical_choice(value, order) or frozenset()
    return Sat(round_id, right - (is_right is True), is_right, chosen)


def _ticked(version: QuestionVersion) -> bool:
    return version.kind in (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE)
