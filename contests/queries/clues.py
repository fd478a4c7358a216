"""Clues of a contest: looked for in what was graded, and the queue that people work on. Organizers only; never in an export."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from contests.models import Attempt, Clue, ClueMark, Contest, Exclusion, QuestionVersion
from contests.queries.judging import ruled_keys
from contests.queries.shown import LETTERS, OF_OPTIONS
from contests.rules import clues as rules
from contests.rules.clues import Chosen, Popular, Sat
from contests.rules.lifecycle import COUNTED

STATES = ("open", ClueMark.Verdict.LOOK, ClueMark.Verdict.ACTED, ClueMark.Verdict.NORMAL)
AT_ONCE = 500  # attempts read together
SAMPLE = 20_000  # attempts that say how popular a wrong answer is, the newest
COUNTED_STATES = [str(state) for state in COUNTED]


@dataclass(frozen=True, slots=True)
class Found:
    """A clue as it was found, before it is a row."""

    kind: str
    key: str
    strength: int
    attempts: list[int]
    facts: dict[str, Any]


def look_for_clues(contest: Contest) -> Iterator[Found]:
    """All clues in what is graded now. For the worker: reads every answer of the contest once."""
    yield from _devices(contest)
    yield from _jumps(contest)
    yield from _fast(contest)
    yield from _alike(contest)


DEVICES = """
SELECT a.device, array_agg(a.id ORDER BY a.id), count(DISTINCT e.member_id) FROM contests_attempt a JOIN contests_entry e ON e.id = a.entry_id
WHERE a.round_id IN (SELECT id FROM contests_round WHERE contest_id = %s) AND a.device IS NOT NULL AND a.state <> 'started'
GROUP BY a.device HAVING count(DISTINCT e.member_id) > 1
"""


def _devices(contest: Contest) -> Iterator[Found]:
    with connection.cursor() as cursor:
        cursor.execute(DEVICES, [contest.pk])
        for device, attempts, people in cursor.fetchall():
            if (strength := rules.of_device(people)) is not None:
                yield Found(Clue.Kind.DEVICE, device.hex, strength, attempts, {"people": people})


def _counted(contest: Contest) -> QuerySet[Attempt]:
    return Attempt.objects.filter(round__contest=contest, state__in=COUNTED_STATES)


def _jumps(contest: Contest) -> Iterator[Found]:
    """Of members with several attempts of one round."""
    rows = _counted(contest).order_by("entry", "round", "number")
    fields = rows.values_list("pk", "entry", "round", "right", "elapsed_ms", "paper")
    for before, after in pairwise(fields.iterator(chunk_size=AT_ONCE)):
        if before[1:3] != after[1:3] or not before[5] or not after[5]:
            continue
        share = [(one[3] or 0) / len(one[5]) for one in (before, after)]
        strength = rules.of_jump(*share, before[4] or 0, after[4] or 0)
        if strength is not None:
            facts = {
                "before": before[3], "after": after[3], "of": len(after[5]), "seconds_before": (before[4] or 0) // 1000,
                "seconds_after": (after[4] or 0) // 1000,
            }  # fmt: skip
            yield Found(Clue.Kind.JUMP, str(after[0]), strength, [before[0], after[0]], facts)


ARRIVALS = """
SELECT a.id, a."right", jsonb_array_length(a.paper), extract(epoch FROM a.started_at)::float8,
       (SELECT array_agg(extract(epoch FROM n.arrived_at)::float8) FROM contests_answer n WHERE n.attempt_id = a.id)
FROM contests_attempt a
WHERE a.round_id IN (SELECT id FROM contests_round WHERE contest_id = %s) AND a.state = ANY(%s)
AND a."right" >= %s * jsonb_array_length(a.paper) AND a.elapsed_ms < 4 * %s * 1000 * jsonb_array_length(a.paper)
"""


def _fast(contest: Contest) -> Iterator[Found]:
    """Whole papers that took several times the pace are not looked at: half of their questions would be faster than reading."""
    with connection.cursor() as cursor:
        cursor.execute(ARRIVALS, [contest.pk, COUNTED_STATES, rules.LEAST_RIGHT, rules.READ_SECONDS])
        for attempt, right, questions, started, arrivals in cursor.fetchall():
            seconds = rules.pace(arrivals or [], started)
            if (
                arrivals
                and len(set(arrivals)) > 1
                and (strength := rules.of_pace(seconds, right, questions)) is not None
            ):
                facts = {"seconds": round(seconds, 1), "right": right, "of": questions}
                yield Found(Clue.Kind.SPEED, str(attempt), strength, [attempt], facts)


TIMES = """
SELECT e.unit_id, a.id, e.member_id, extract(epoch FROM a.started_at)::float8, extract(epoch FROM a.submitted_at)::float8
FROM contests_attempt a JOIN contests_entry e ON e.id = a.entry_id
WHERE a.round_id IN (SELECT id FROM contests_round WHERE contest_id = %s) AND a.state = ANY(%s)
ORDER BY e.unit_id
"""
CHOSEN = """
CROSS JOIN LATERAL jsonb_array_elements(a.paper) WITH ORDINALITY AS q (item, place)
JOIN contests_answer n ON n.attempt_id = a.id AND n.question = q.place
CROSS JOIN LATERAL (SELECT array_agg(DISTINCT (q.item->1->>p.place::int)::int) AS chosen FROM unnest(n.choice) AS p (place)) AS c
WHERE cardinality(n.choice) > 0
"""
GIVEN = f"""
SELECT e.unit_id, a.id, (q.item->>0)::bigint, c.chosen
FROM contests_attempt a JOIN contests_entry e ON e.id = a.entry_id {CHOSEN}
AND a.round_id IN (SELECT id FROM contests_round WHERE contest_id = %s) AND a.state = ANY(%s) ORDER BY e.unit_id, a.id
"""  # noqa: S608 – a part of ours
POPULAR = f"""
SELECT (q.item->>0)::bigint, c.chosen, least(9, 10 * a."right" / a.answered), count(*) FROM (
    SELECT id, paper, "right", answered FROM contests_attempt WHERE round_id IN (SELECT id FROM contests_round WHERE contest_id = %s) AND state = ANY(%s)
    ORDER BY id DESC LIMIT %s
) AS a {CHOSEN} AND a.answered > 0 GROUP BY 1, 2, 3
"""  # noqa: S608 – a part of ours


def _alike(contest: Contest) -> Iterator[Found]:
    """Error similarity in each unit, unit by unit: however many people sit, only one unit is held in memory."""
    units: defaultdict[int, dict[int, Sat]] = defaultdict(dict)
    with connection.chunked_cursor() as cursor:
        cursor.execute(TIMES, [contest.pk, COUNTED_STATES])
        while rows := cursor.fetchmany(AT_ONCE):
            for unit, attempt, member, start, end in rows:
                units[unit][attempt] = Sat(attempt, member, start, end, {}, set())
    pairs = sum(rules.overlapping_pairs(list(unit.values())) for unit in units.values())
    right, popular = _popular(contest)

    def filled() -> Iterator[list[Sat]]:
        held: dict[int, Sat] = {}
        with connection.chunked_cursor() as cursor:
            cursor.execute(GIVEN, [contest.pk, COUNTED_STATES])
            here = None
            while rows := cursor.fetchmany(20 * AT_ONCE):
                for unit, attempt, version, chosen in rows:
                    if unit != here:
                        yield list(held.values())
                        here, held = unit, units.pop(unit, {})
                    accepted, given = right.get(version), frozenset(chosen)
                    if attempt not in held or accepted is None:
                        continue
                    if given in accepted:
                        held[attempt].right.add(version)
                    else:
                        held[attempt].wrong[version] = given
        yield list(held.values())

    for one in rules.alike(filled(), popular, pairs):
        facts = {
            "both": one.both, "alike": one.alike, "by_chance": one.by_chance, "expected": float(f"{one.expected:.1e}"), "pairs": pairs,
        }  # fmt: skip
        yield Found(Clue.Kind.ALIKE, f"{one.first}-{one.second}", one.strength, [one.first, one.second], facts)


def _popular(contest: Contest) -> tuple[dict[int, frozenset[Chosen] | None], Popular]:
    """The right answers of each question, and how popular each wrong one is among the newest attempts."""
    with connection.cursor() as cursor:
        cursor.execute(POPULAR, [contest.pk, COUNTED_STATES, SAMPLE])
        rows = cursor.fetchall()
    right = _accepted(contest, {row[0] for row in rows})
    counts: defaultdict[int, Counter[Chosen]] = defaultdict(Counter)
    failed, people = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for version, chosen, tenth, count in rows:
        accepted, given = right[version], frozenset(chosen)
        if accepted is None:
            continue
        people[version, tenth] += count
        if given not in accepted:
            counts[version][given] += count
            failed[version, tenth] += count
    sizes = QuestionVersion.objects.filter(pk__in=counts).values_list("pk", "options")
    by_tenth = {place: (failed[place], count) for place, count in people.items()}
    return right, Popular(counts, {pk: len(options) - 1 for pk, options in sizes}, by_tenth)


def _accepted(contest: Contest, versions: set[int]) -> dict[int, frozenset[Chosen] | None]:
    """The answers that are right; None where a question says nothing about honesty: void, or not of options."""
    over = ruled_keys(contest.pk, versions)
    found: dict[int, frozenset[Chosen] | None] = {}
    for version, key in over.keys.items():
        if version in over.void or key.kind not in OF_OPTIONS:
            found[version] = None
        elif key.kind == "multiple":
            found[version] = frozenset({frozenset(key.right)})
        else:
            found[version] = frozenset(frozenset({place}) for place in key.right)
    return found


# --- The queue -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """An attempt of a clue, as people know it."""

    attempt: Attempt
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class ClueView:
    """A clue with its people, the strongest first."""

    clue: Clue
    lines: list[Line]


def clues_in(contest: Contest) -> QuerySet[Clue]:
    """All clues of a contest."""
    return Clue.objects.filter(contest=contest)


def queue(contest: Contest, state: str) -> QuerySet[Clue]:
    """Those nobody has looked at ("open"), or of a verdict; the strongest first."""
    return clues_in(contest).filter(verdict="" if state == "open" else state)


def views(clues: list[Clue]) -> list[ClueView]:
    """With their people, in one query however many."""
    rows = Attempt.objects.filter(pk__in={pk for clue in clues for pk in clue.attempts})
    found = rows.select_related("entry__member", "round").defer("paper", "shape").in_bulk()
    return [ClueView(clue, [_line(found[pk]) for pk in clue.attempts if pk in found]) for clue in clues]


def _line(attempt: Attempt) -> Line:
    return Line(attempt, attempt.entry.member.full_name, attempt.entry.unit_name)


def acts_of(clue: Clue) -> tuple[list[Exclusion], list[Attempt]]:
    """What was decided about its people: exclusions that stand, and its attempts that are void."""
    attempts = (
        Attempt.objects.filter(pk__in=clue.attempts).select_related("entry__member", "round").defer("paper", "shape")
    )
    members = [attempt.entry.member_id for attempt in attempts]
    exclusions = Exclusion.objects.in_force().filter(contest=clue.contest_id, member__in=members)
    return list(exclusions.select_related("member")), [one for one in attempts if one.state == Attempt.State.VOIDED]


@dataclass(frozen=True, slots=True)
class SameWrong:
    """A question that both got wrong in the same way."""

    stem: str
    answer: str
    at: tuple[datetime, datetime]


def same_wrong(clue: Clue) -> list[SameWrong]:
    """Of two attempts that are alike: which questions, what both chose, and when each answer came. The rarer the better hidden."""
    if clue.kind != Clue.Kind.ALIKE:
        return []
    given = [
        _given(attempt)
        for attempt in Attempt.objects.filter(pk__in=clue.attempts).prefetch_related("answers").order_by("pk")
    ]
    if len(given) != 2:
        return []
    keys = _accepted(clue.contest, given[0].keys() & given[1].keys())
    same = [
        version
        for version, accepted in keys.items()
        if accepted is not None
        and given[0][version][0] == given[1][version][0]
        and given[0][version][0] not in accepted
    ]
    versions = QuestionVersion.objects.in_bulk(same)
    return [
        SameWrong(
            versions[pk].stem,
            "; ".join(f"{LETTERS[place]}. {versions[pk].options[place]}" for place in sorted(given[0][pk][0])),
            (given[0][pk][1], given[1][pk][1]),
        )
        for pk in same
    ]


def _given(attempt: Attempt) -> Mapping[int, tuple[Chosen, datetime]]:
    found = {}
    for answer in attempt.answers.all():
        if answer.choice and answer.question <= len(attempt.paper):
            version, order = attempt.paper[answer.question - 1]
            found[version] = (frozenset(order[place] for place in answer.choice), answer.arrived_at)
    return found
