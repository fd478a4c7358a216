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
from contests.models import Answer, Attempt, Contest, QuestionVersion, Round
from contests.queries.answers import marks_of
from contests.queries.judging import ruled_keys
from contests.queries.question_use import GRADED
from contests.queries.review import bank_rests_from
from contests.rules.grading import grade_answer
from contests.rules.kinds import AnswerKey
from contests.rules.kinds.choice import canonical_choice
from contests.rules.regrade import Overlay
from contests.rules.settings import parse_round_rules
from reports.items import Item, Papers, Reliability, item_analysis, reliability
from reports.mastery import Answers

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


@dataclass(frozen=True, slots=True)
class RoundPapers:
    """What was read of a round: `asked` are the questions that count, in the order of their codes; `paths` say of each paper where
    its person's unit stood on the day."""

    round: Round
    sat: int
    taken: int
    asked: list[QuestionVersion]
    void: list[QuestionVersion]
    keys: Overlay
    papers: Papers
    paths: list[str]


def keys_rest(contest: Contest, now: datetime) -> bool:
    """Whether no round may draw the contest's questions any more: before that, nothing here may be told."""
    last = contest.rounds.select_related("contest").last()
    return last is not None and bank_rests_from(last) <= now


def together(read: list[RoundPapers]) -> tuple[Answers, list[str]]:
    """The papers of several rounds one after another, and their paths; questions are numbered through all their `asked`."""
    papers, questions = 0, 0
    paper, question, credit, paths = [], [], [], list[str]()
    for one in read:
        paper.append(one.papers.attempt + papers)
        question.append(one.papers.question + questions)
        credit.append(one.papers.credit)
        paths += one.paths
        papers += len(one.paths)
        questions += len(one.asked)
    empty = np.array([], dtype=np.int64)
    return Answers(
        np.concatenate([empty, *paper]), np.concatenate([empty, *question]), np.concatenate([empty.astype(float), *credit])
    ), paths  # fmt: skip


def round_items(round_: Round, unit: Unit) -> RoundItems:
    """The analysis over the people below a unit. First papers only: who sits again has seen questions before."""
    read = round_papers(round_, unit)
    rights = [read.keys.keys[version.pk].right for version in read.asked]
    options = [len(version.options) if right else 0 for version, right in zip(read.asked, rights, strict=True)]
    items = item_analysis(read.papers, tuple(rights), tuple(options))
    return RoundItems(
        round=round_, sat=read.sat, taken=read.taken,
        items=[pair for pair in zip(read.asked, items, strict=True) if pair[1].papers],
        void=read.void, reliability=reliability(read.papers),
    )  # fmt: skip


def round_papers(round_: Round, unit: Unit) -> RoundPapers:
    """The first graded papers of the people below a unit, at most MOST of them."""
    rows = in_scope(Attempt.objects.filter(round=round_, state__in=GRADED), Scope((unit.path,)), "entry__unit_path")
    first = rows.order_by("entry", "number").distinct("entry").values("pk")
    chosen = list(
        Attempt.objects.filter(pk__in=first)
        .order_by("public_id")
        .select_related("entry")
        .only("paper", "shape", "started_at", "entry__unit_path")[: MOST + 1]
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
    papers, paths = _papers(round_, chosen, keys, {version.pk: at for at, version in enumerate(asked)})
    void = [version for version in by_id.values() if version.pk in keys.void]
    return RoundPapers(round_, sat, len(chosen), asked, void, keys, papers, paths)


def _ticked(key: AnswerKey) -> bool:
    return bool(key.right)


def _papers(round_: Round, attempts: list[Attempt], keys: Overlay, places: dict[int, int]) -> tuple[Papers, list[str]]:
    """A row for each question that counts, and the path of each paper; an essay that nobody has marked yet is on no paper."""
    who, what, picked_row, picked = array("q"), array("q"), array("q"), array("q")
    credits, seconds, empty = array("d"), array("d"), array("b")
    partial = parse_round_rules(round_.rules).partial
    known: dict[object, tuple[Fraction | None, frozenset[int]]] = {}
    paths: list[str] = []
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
            who.append(len(paths))
            what.append(question)
            credits.append(float(credit or 0))
            empty.append(not value)
            seconds.append(times.get(place, float("nan")))
            counted = True
        if counted:
            paths.append(attempt.entry.unit_path)
    return Papers(
        attempt=np.array(who, dtype=np.int64), question=np.array(what, dtype=np.int64), credit=np.array(credits, dtype=np.float64),
        empty=np.array(empty, dtype=bool), seconds=np.array(seconds, dtype=np.float64),
        pick_row=np.array(picked_row, dtype=np.int64), pick_option=np.array(picked, dtype=np.int64),
    ), paths  # fmt: skip


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
