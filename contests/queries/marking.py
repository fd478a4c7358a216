"""Essays as their markers see them: how many wait, which comes next, one with its text. No name, unit or points is read here.

An essay bears a public number that is made from its attempt with the site's key: nobody finds the attempt by it, and it stays the
same for all markers, so that two of them can speak of one essay.
"""

from __future__ import annotations

import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Value
from django.db.models.functions import Abs, Length

from contests.models import Answer, Attempt, Contest, EssayMark, QuestionVersion, Round
from contests.queries.shown import ShownImage, image_of
from contests.rules.kinds import Kind
from contests.rules.kinds.essay import settled, twins
from contests.rules.kinds.shapes import ESSAY, decode_shape
from contests.rules.lifecycle import COUNTED

COMPARED = 2000  # texts of a round, the nearest in length, that one text is compared with: 0.6 s, then kept
TWINS_SHOWN = 3
TWINS_KEPT_FOR = 1800  # seconds; a new essay of the round is compared at once


class Step(StrEnum):
    """How far the marking of an essay is."""

    NEW = "new"
    ONE = "one"  # one marker was there
    APART = "apart"  # two are far apart: a third decides
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Essay:
    """An essay that was handed in and counts, without its text. `marks`: marker and hundredths, in the order of marking."""

    attempt: int
    round: int
    question: int
    author: int
    number: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def spaced(self) -> str:
        """The number as people read it out: 4821 0093 2217."""
        return spaced(self.number)

    @property
    def credit(self) -> Fraction | None:
        """What the markers settled on."""
        return settled([Fraction(credit, 100) for _, credit in self.marks])

    @property
    def step(self) -> Step:
        """How far its marking is."""
        if self.credit is not None:
            return Step.DONE
        return (Step.NEW, Step.ONE, Step.APART)[min(len(self.marks), 2)]

    def mark_by(self, marker: int) -> int | None:
        """What this marker gave; None: nothing yet."""
        return next((credit for who, credit in self.marks if who == marker), None)

    def waits_for(self, marker: int) -> bool:
        """Whether this marker may mark it and has not."""
        return self.author != marker and self.mark_by(marker) is None and self.step is not Step.DONE

    def is_open_to_change(self, marker: int) -> bool:
        """Whether this marker may still change what they gave: nobody else has marked it."""
        return [who for who, _ in self.marks] == [marker]


def spaced(number: str) -> str:
    """A public number in groups."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


@lru_cache(maxsize=4096)
def essay_places(shape: str) -> tuple[int, ...]:
    """Where a paper of this shape has essays, from 1."""
    return tuple(number for number, place in enumerate(decode_shape(shape), start=1) if place == ESSAY)


def may_hold_essays(contest: Contest) -> bool:
    """Whether the contest's bank has, or ever had, essays."""
    return QuestionVersion.objects.filter(question__bank=contest.bank_id, kind=Kind.ESSAY).exists()


def essays_of(rounds: Iterable[Round]) -> list[Essay]:
    """Every essay of these rounds that was handed in with a text and counts, in three queries; none where no bank has any."""
    rounds = list(rounds)
    banks = {round_.contest.bank_id for round_ in rounds}
    if not QuestionVersion.objects.filter(question__bank__in=banks, kind=Kind.ESSAY).exists():
        return []
    attempts = Attempt.objects.filter(round__in=rounds, state__in=COUNTED, shape__contains=ESSAY.sign)
    return _essays(attempts.values_list("pk", "public_id", "round_id", "shape", "entry__member_id"))


def essays_on(attempt: Attempt) -> list[Essay]:
    """Those of one paper."""
    if ESSAY.sign not in attempt.shape:
        return []
    return _essays([(attempt.pk, attempt.public_id, attempt.round_id, attempt.shape, attempt.entry.member_id)])


def _essays(papers: Iterable[tuple[int, UUID, int, str, int]]) -> list[Essay]:
    by_attempt = {paper[0]: paper for paper in papers}
    if not by_attempt:
        return []
    places = {place for paper in by_attempt.values() for place in essay_places(paper[3])}
    marks: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    rows = EssayMark.objects.filter(attempt__in=by_attempt).order_by("pk")
    for attempt, question, marker, credit in rows.values_list("attempt_id", "question", "marker_id", "credit"):
        marks[attempt, question].append((marker, credit))
    written = Answer.objects.filter(attempt__in=by_attempt, question__in=places).exclude(text="")
    return [
        Essay(attempt, by_attempt[attempt][2], question, by_attempt[attempt][4],
              _number(by_attempt[attempt][1], question), tuple(marks[attempt, question]))
        for attempt, question in written.order_by("attempt_id", "question").values_list("attempt_id", "question")
        if question in essay_places(by_attempt[attempt][3])
    ]  # fmt: skip


def _number(attempt: UUID, question: int) -> str:
    """Twelve digits: of 20,000 essays two bear the same once in five thousand contests."""
    return f"{int.from_bytes(_keyed('essay', attempt.hex, question)[:8]) % 10**12:012d}"


def _keyed(*parts: object) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), ":".join(map(str, parts)).encode(), sha256)


# --- The queue -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Queue:
    """All essays of some rounds, as one marker stands to them."""

    essays: Sequence[Essay]
    marker: int

    @property
    def steps(self) -> Counter[Step]:
        """How many are how far."""
        return Counter(essay.step for essay in self.essays)

    @property
    def for_me(self) -> list[Essay]:
        """Those that this marker may mark, in an order of their own that stays and tells nothing of who wrote them or when."""
        waiting = [essay for essay in self.essays if essay.waits_for(self.marker)]
        return sorted(waiting, key=lambda essay: _keyed("order", self.marker, essay.number))

    @property
    def changeable(self) -> list[Essay]:
        """Those that only this marker has marked."""
        return [essay for essay in self.essays if essay.is_open_to_change(self.marker)]

    @property
    def marked(self) -> int:
        """How many this marker has marked."""
        return sum(essay.mark_by(self.marker) is not None for essay in self.essays)

    def find(self, number: str) -> Essay | None:
        """The essay that bears this number."""
        return next((essay for essay in self.essays if essay.number == number), None)


def queue_of(contest: Contest, marker: int) -> Queue:
    """The essays of a contest for one marker."""
    return Queue(essays_of(contest.rounds.select_related("contest")), marker)


def waiting_essays(rounds: Iterable[Round]) -> int:
    """How many essays of these rounds have no settled credit yet."""
    return sum(essay.step is not Step.DONE for essay in essays_of(rounds))


# --- One essay -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Twin:
    """A text that is nearly the same, without its author."""

    number: str
    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class EssayPage:
    """One essay to read."""

    essay: Essay
    stem: str
    image: ShownImage | None
    text: str
    note: str  # the marker's own
    given: list[tuple[int, str]]  # everybody's hundredths and notes, in the order of marking
    twins: list[Twin]

    @property
    def words(self) -> int:
        """How long it is."""
        return len(self.text.split())


def essay_page(queue: Queue, essay: Essay) -> EssayPage:
    """An essay of the queue with its question, its text, and what is nearly the same in its round."""
    paper = Attempt.objects.values_list("paper", flat=True).get(pk=essay.attempt)
    version = QuestionVersion.objects.select_related("image").get(pk=paper[essay.question - 1][0])
    answer = Answer.objects.get(attempt=essay.attempt, question=essay.question)
    marks = list(EssayMark.objects.filter(attempt=essay.attempt, question=essay.question).order_by("pk"))
    return EssayPage(
        essay=essay, stem=version.stem, image=image_of(version), text=answer.text,
        note=next((mark.note for mark in marks if mark.marker_id == queue.marker), ""),
        given=[(mark.credit, mark.note) for mark in marks], twins=_twins(queue, essay, answer.text),
    )  # fmt: skip


def _twins(queue: Queue, essay: Essay, text: str) -> list[Twin]:
    others = {(one.attempt, one.question): one for one in queue.essays if one.round == essay.round}
    key = f"twins:{essay.attempt}:{essay.question}:{len(others)}:{sha256(text.encode()).hexdigest()[:16]}"
    alike = cache.get_or_set(key, lambda: _alike(essay, text, list(others.values())), TWINS_KEPT_FOR)
    texts = {
        (attempt, question): found
        for attempt, question, found in Answer.objects.filter(
            attempt__in=[attempt for attempt, _, _ in alike]
        ).values_list("attempt_id", "question", "text")
    }
    return [
        Twin(others[attempt, question].number, texts[attempt, question], percent)
        for attempt, question, percent in alike
        if (attempt, question) in others and (attempt, question) in texts
    ]


def _alike(essay: Essay, text: str, others: Sequence[Essay]) -> list[tuple[int, int, int]]:
    """Attempt, question and likeness of the texts that are nearly the same. A copy is about as long as what it was copied from."""
    wanted = {(one.attempt, one.question) for one in others} - {(essay.attempt, essay.question)}
    rows = (
        Answer.objects.filter(attempt__in={attempt for attempt, _ in wanted}, question__in={place for _, place in wanted})
        .exclude(text="").order_by(Abs(Length("text") - Value(len(text))), F("attempt_id"), F("question"))
    )  # fmt: skip
    texts: list[tuple[int, int, str]] = [
        row for row in rows.values_list("attempt_id", "question", "text")[: 2 * COMPARED] if (row[0], row[1]) in wanted
    ]
    found = twins(text, {at: row[2] for at, row in enumerate(texts[:COMPARED])})
    return [(texts[at][0], texts[at][1], int(100 * share)) for at, share in found[:TWINS_SHOWN]]
