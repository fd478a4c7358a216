"""What the organizers said and to whom: for a contest's pages, for a sitting, for the console; what members asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from contests.models import Announcement, Attempt, Contest, MemberQuestion, QuestionVersion


def said_in(contest: Contest) -> QuerySet[Announcement]:
    """Everything that was ever said, the newest first: the console's history."""
    rows = Announcement.objects.filter(contest=contest)
    return rows.select_related("round", "version__question", "by", "ended_by", "replaced_by", "replaces")


def version_by_code(contest: Contest, code: str) -> QuestionVersion | None:
    """The newest version of a question of the contest's bank."""
    if not code or "\0" in code:
        return None
    found = QuestionVersion.objects.filter(question__bank=contest.bank_id, question__code__iexact=code.strip())
    return found.select_related("question").order_by("-number").first()


def public_news(contest: Contest) -> list[Announcement]:
    """What everybody may read now. Words about a question are for those whose paper holds it, and not here."""
    rows = Announcement.objects.filter(contest=contest, ended_at__isnull=True, version__isnull=True)
    return list(rows.select_related("round"))


@dataclass(frozen=True, slots=True)
class News:
    """One thing to read in a sitting. `place` is the question of this paper that it is about, 0 for none."""

    id: str
    kind: str  # contest, round, question, answer
    at: datetime
    text: str
    asked: str = ""  # what the member had asked
    place: int = 0
    number: int = 0  # of the round

    @property
    def wire(self) -> dict[str, Any]:
        """As phones read it; empty parts are left out."""
        found = {"id": self.id, "kind": self.kind, "at": int(self.at.timestamp() * 1000), "text": self.text}
        return found | {
            name: value
            for name, value in (("asked", self.asked), ("place", self.place), ("round", self.number))
            if value
        }


def as_news(row: Announcement) -> News:
    """An announcement for everybody, as phones read it."""
    return News(
        row.public_id.hex,
        "round" if row.round else "contest",
        row.at,
        row.text,
        number=row.round.number if row.round else 0,
    )


SITTING = """
SELECT public_id, false, ARRAY(
    SELECT other.id FROM contests_questionversion said JOIN contests_questionversion other USING (question_id) WHERE said.id = version_id
), round_id, text, at, '', NULL FROM contests_announcement WHERE contest_id = %(contest)s AND ended_at IS NULL
UNION ALL
SELECT public_id, true, '{}', NULL, answer, answered_at, text, question FROM contests_memberquestion WHERE attempt_id = %(attempt)s
"""


@dataclass(frozen=True, slots=True)
class SittingNews:
    """What a sitting shows, the newest first. `own` are the parts that not everybody may read."""

    items: list[News]
    own: list[News]
    stamp: str  # of words about questions, see `questions_stamp`
    asking: bool  # the member waits for an answer: then the phone asks for what is its own, too


def sitting_news(attempt: Attempt) -> SittingNews:
    """All that is said to who sits: of the contest, of its round, of its paper, and answers. One query: a paper has few to spare.

    Words about a question reach every paper that holds it, in whichever version it was drawn.
    """
    with connection.cursor() as cursor:
        cursor.execute(SITTING, {"contest": attempt.round.contest_id, "attempt": attempt.pk})
        rows = cursor.fetchall()
    places = {version: number for number, (version, _) in enumerate(attempt.paper, 1)}
    told, own, about = [], [], []
    for public_id, is_asked, versions, round_, text, at, asked, place in rows:
        if is_asked:
            own += [News(public_id.hex, "answer", at, text, asked=asked, place=place or 0)] if at else []
        elif versions:
            about.append(public_id)
            own += [News(public_id.hex, "question", at, text, place=places[one]) for one in versions if one in places]
        elif round_ in (None, attempt.round_id):
            told.append(
                News(
                    public_id.hex,
                    "round" if round_ else "contest",
                    at,
                    text,
                    number=attempt.round.number if round_ else 0,
                )
            )
    return SittingNews(
        items=sorted(told + own, key=lambda one: one.at, reverse=True), own=own, stamp=questions_stamp(about),
        asking=any(is_asked and at is None for _, is_asked, _, _, _, at, _, _ in rows),
    )  # fmt: skip


def shown_now(contest: Contest) -> list[Announcement]:
    """All that is shown to somebody now."""
    return list(Announcement.objects.filter(contest=contest, ended_at__isnull=True).select_related("round"))


def questions_stamp(about: Iterable[UUID]) -> str:
    """Of the announcements about questions: changes whenever one appears or goes; says nothing about which question."""
    return sha256("".join(sorted(one.hex for one in about)).encode()).hexdigest()[:8]


# --- Questions of members ------------------------------------------------------------------------------------------
def asked_by(attempt: Attempt) -> list[MemberQuestion]:
    """What was asked in this sitting, the oldest first."""
    return list(MemberQuestion.objects.filter(attempt=attempt))


def asked_in(contest: Contest) -> QuerySet[MemberQuestion]:
    """What members of a contest asked: those waiting first, the oldest at the top; then the answered, the newest first."""
    rows = MemberQuestion.objects.filter(contest=contest)
    rows = rows.select_related("attempt__round", "attempt__entry__member", "answered_by").defer("attempt__shape")
    return rows.order_by(F("answered_at").desc(nulls_first=True), "asked_at")


def stem_of(question: MemberQuestion) -> str:
    """The question of the paper that it is about; empty for none."""
    if question.question is None:
        return ""
    return QuestionVersion.objects.values_list("stem", flat=True).get(
        pk=question.attempt.paper[question.question - 1][0]
    )
