"""The graded papers of a round as `reports.items` takes them. For rounds that are over for everybody: this names keys."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import numpy as np

from accounts.models import Unit
from accounts.scope import Scope, in_scope
from contests.models import Answer, Attempt, QuestionVersion, Round
from contests.queries.answers import marks_of
from contests.queries.judging import ruled_keys
from contests.queries.question_use import GRADED
from contests.rules.grading import grade_answer
from contests.rules.kinds import AnswerKey
from contests.rules.kinds.choice import canonical_choice
from contests.rules.regrade import Overlay
from contests.rules.settings import parse_round_rules
from reports.items import Item, Papers, Reliability, item_analysis, reliability

MOST = 100_000  # papers of a round that are looked at; of more, those with the smallest random ids
CHUNK = 2000
LEAST_SECONDS = 1.0  # answers that came closer together were sent together, and tell nothing about time


@dataclass(frozen=True, slots=True)
class RoundItems:
    """The analysis of a round: of `sat` people, each with their first graded paper, `taken` were looked at.

    `items` are in the order of the questions' codes; `void` were taken out of the count by the organizers.
    """

    round: Round
    sat: int
    taken: int
    items: list[tuple[QuestionVersion, Item]]
    void: list[QuestionVersion]
    reliability: Reliability


def round_items(round_: Round, unit: Unit) -> RoundItems:
    """The analysis over the people below a unit. First papers only: who sits again has seen questions before."""
    rows = in_scope(Attempt.objects.filter(round=round_, state__in=GRADED), Scope((unit.path,)), "entry__unit_path")
    first = rows.order_by("entry", "number").distinct("entry").values("pk")
    chosen = list(
        Attempt.objects.filter(pk__in=first).order_by("public_id").only("paper", "shape", "started_at")[: MOST + 1]
    )
    sat = len(chosen) if len(chosen) <= MOST else first.count()
    chosen = chosen[:MOST]
    versions = (
        QuestionVersion.objects.filter(pk__in={version for attempt in chosen for version, _ in attempt.paper})
        .select_related("question", "topic")
        .order_by("question__code", "number")
    )
    by_id = {version.pk: version for version in versions}
    keys = ruled_keys(round_.contest_id, by_id)
    asked = [version for version in by_id.values() if version.pk not in keys.void]
    papers = _papers(round_, chosen, keys, {version.pk: at for at, version in enumerate(asked)})
    items = item_analysis(
        papers,
        tuple(keys.keys[version.pk].right for version in asked),
        tuple(len(version.options) if _ticked(keys.keys[version.pk]) else 0 for version in asked),
    )
    return RoundItems(
        round=round_, sat=sat, taken=len(chosen),
        items=[pair for pair in zip(asked, items, strict=True) if pair[1].papers],
        void=[version for version in by_id.values() if version.pk in keys.void],
        reliability=reliability(papers),
    )  # fmt: skip


def _ticked(key: AnswerKey) -> bool:
    return bool(key.right)


def _papers(round_: Round, attempts: list[Attempt], keys: Overlay, places: dict[int, int]) -> Papers:
    """A row for each question that counts; an essay that nobody has marked yet is on no paper."""
    who, what, picked_row, picked = array("q"), array("q"), array("q"), array("q")
    credits, seconds, empty = array("d"), array("d"), array("b")
    partial = parse_round_rules(round_.rules).partial
    known: dict[object, tuple[Fraction | None, frozenset[int]]] = {}
    people = 0
    for attempt, given, marks in _with_answers(attempts):
        counted = False
        times = _times(attempt.started_at, given)
        for place, (version, order) in enumerate(attempt.paper):
            if (question := places.get(version)) is None:
                continue
            value = given[place][0] if place in given else None
            seen = (version, tuple(order), tuple(value) if isinstance(value, list) else value)
            if (found := known.get(seen)) is None:
                key = keys.keys[version]
                chosen = canonical_choice(value, order) if value and _ticked(key) else None
                found = known[seen] = grade_answer(key, value, order, partial), chosen or frozenset()
            credit, chosen = found
            if value and credit is None and (credit := marks.get(place)) is None:
                continue
            for option in chosen:
                picked_row.append(len(who))
                picked.append(option)
            who.append(people)
            what.append(question)
            credits.append(float(credit or 0))
            empty.append(not value)
            seconds.append(times.get(place, float("nan")))
            counted = True
        people += counted
    return Papers(
        attempt=np.array(who, dtype=np.int64), question=np.array(what, dtype=np.int64), credit=np.array(credits, dtype=np.float64),
        empty=np.array(empty, dtype=bool), seconds=np.array(seconds, dtype=np.float64),
        pick_row=np.array(picked_row, dtype=np.int64), pick_option=np.array(picked, dtype=np.int64),
    )  # fmt: skip


Given = dict[int, tuple[list[int] | str, datetime]]


def _with_answers(attempts: list[Attempt]) -> Iterator[tuple[Attempt, Given, dict[int, Fraction]]]:
    for start in range(0, len(attempts), CHUNK):
        chunk = attempts[start : start + CHUNK]
        marks = marks_of(chunk)
        found: dict[int, Given] = {attempt.pk: {} for attempt in chunk}
        rows = Answer.objects.filter(attempt__in=chunk)
        for attempt_id, question, choice, text, at in rows.values_list(
            "attempt_id", "question", "choice", "text", "arrived_at"
        ):
            found[attempt_id][question - 1] = text or choice, at
        for attempt in chunk:
            yield attempt, found[attempt.pk], marks[attempt.pk]


def _times(started_at: datetime, given: Given) -> dict[int, float]:
    """Seconds between an answer's arrival and the one before it, by place: an estimate of the time spent on the question."""
    found, before = {}, started_at
    for place, at in sorted(((place, at) for place, (_, at) in given.items()), key=lambda one: one[1]):
        if (took := (at - before).total_seconds()) >= LEAST_SECONDS:
            found[place] = took
        before = at
    return found
