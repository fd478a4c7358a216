"""What organizers tell members while a contest runs, corrected by a new word and taken back; what members ask, and the answer.

Nothing is changed or deleted: a correction ends the row before it. Each act leaves an event, which reaches the audit log.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Member
from contests.errors import ContestError
from contests.models import (
    Announcement,
    Attempt,
    AttemptEvent,
    Contest,
    ContestEvent,
    MemberQuestion,
    QuestionVersion,
    Round,
)
from contests.models.live import ANNOUNCED, ASKED

SHORTEST = 5  # characters
MOST_ASKED = 3  # by attempt
PAUSE = timedelta(seconds=30)  # between two questions of an attempt
MOST_SHOWN = 20  # announcements of a contest at a time: phones read them all


@transaction.atomic
def announce(
    *, contest: Contest, text: str, by: Member, now: datetime, round_: Round | None = None,
    version: QuestionVersion | None = None, replaces: Announcement | None = None,
) -> Announcement:  # fmt: skip
    """Say it to everybody, to a round or to those whose paper holds the question; one that it replaces is shown no longer.

    A replacement goes to those who read what it replaces. Raises ContestError with what to mend.
    """
    said = checked_words(text, ANNOUNCED)
    contest = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)  # one at a time a contest
    if contest.state == Contest.State.DRAFT:
        raise ContestError("Cuộc thi chưa công bố nên chưa có ai đọc. Hãy mở cuộc thi trước.", "draft")
    shown = Announcement.objects.filter(contest=contest, ended_at__isnull=True)
    if replaces is not None:
        replaces = _ended(replaces, by, now)
        round_, version = replaces.round, replaces.version
    elif shown.count() >= MOST_SHOWN:
        raise ContestError(f"Đang có {MOST_SHOWN} thông báo. Hãy rút thông báo đã cũ rồi gửi lại.", "too_many")
    if round_ is not None and round_.contest_id != contest.pk:
        raise ContestError("Cuộc thi không có đợt này.", "round")
    if version is not None and version.question.bank_id != contest.bank_id:
        raise ContestError("Cuộc thi không có câu này.", "version")
    made = Announcement.objects.create(
        contest=contest, round=round_, version=version, text=said, replaces=replaces, by=by, at=now
    )
    _note(made, "announcement_corrected" if replaces else "announced", by)
    return made


@transaction.atomic
def withdraw(*, announcement: Announcement, by: Member, now: datetime) -> Announcement:
    """Show it to nobody any more. Raises ContestError where it has ended already."""
    ended = _ended(announcement, by, now)
    _note(ended, "announcement_withdrawn", by)
    return ended


@transaction.atomic
def ask_organizers(*, attempt: Attempt, question: int | None, text: str, now: datetime) -> MemberQuestion:
    """A question of who sits, about one of theirs (its place from 1) or none. Raises ContestError with what to mend."""
    said = checked_words(text, ASKED)
    attempt = (
        Attempt.objects.select_for_update(no_key=True, of=("self",))
        .select_related("round", "entry__member")
        .get(pk=attempt.pk)
    )
    if attempt.state != Attempt.State.STARTED or now > attempt.accepts_until:
        raise ContestError(
            "Bài này đã đóng nên không gửi câu hỏi được nữa. Sau khi thi, hãy dùng mục khiếu nại.", "closed"
        )
    if question is not None and not 1 <= question <= len(attempt.paper):
        raise ContestError("Đề này không có câu ấy. Hãy chọn câu trong danh sách.", "question")
    asked = list(MemberQuestion.objects.filter(attempt=attempt))
    if len(asked) >= MOST_ASKED:
        raise ContestError(
            f"Mỗi lượt thi gửi được nhiều nhất {MOST_ASKED} câu hỏi. Ban tổ chức đang đọc các câu bạn đã gửi.",
            "too_many",
        )
    if asked and now - asked[-1].asked_at < PAUSE:
        raise ContestError("Bạn vừa gửi một câu hỏi. Hãy chờ nửa phút rồi gửi tiếp.", "too_fast")
    made = MemberQuestion.objects.create(
        contest_id=attempt.round.contest_id, attempt=attempt, question=question, text=said, asked_at=now
    )
    detail = {"question": str(made.public_id), "place": question}
    AttemptEvent.objects.create(
        attempt=attempt, what="organizers_asked", actor=attempt.entry.member, detail=detail, at=now
    )
    return made


@transaction.atomic
def answer_member(
    *, question: MemberQuestion, text: str, by: Member, now: datetime, to_all: bool = False
) -> MemberQuestion:
    """Answer it to the one who asked; `to_all` also says the same to everybody, or to whose paper holds the question it is about.

    Raises ContestError where it is answered already.
    """
    said = checked_words(text, ANNOUNCED)
    contest = Contest.objects.select_for_update(no_key=True).get(pk=question.contest_id)
    question = (
        MemberQuestion.objects.select_for_update(of=("self",)).select_related("attempt__round").get(pk=question.pk)
    )
    if question.answered_at is not None:
        raise ContestError("Câu hỏi này đã được trả lời.", "answered")
    if to_all:
        version = None
        if question.question is not None:
            pk = question.attempt.paper[question.question - 1][0]
            version = QuestionVersion.objects.select_related("question").get(pk=pk)
        announce(
            contest=contest, text=said, by=by, now=now, version=version, round_=None if version else question.attempt.round
        )  # fmt: skip
    question.answer, question.answered_by, question.answered_at = said, by, now
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    detail = {"question": str(question.public_id), "to_all": to_all}
    AttemptEvent.objects.create(attempt=question.attempt, what="organizers_answered", actor=by, detail=detail, at=now)
    return question


def checked_words(text: str, longest: int) -> str:
    """Plain text, one space between words and at most two line ends together. Raises ContestError when too short or long."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    tidy = "\n".join(" ".join("".join(char for char in line if _visible(char)).split()) for line in lines).strip()
    while "\n\n\n" in tidy:
        tidy = tidy.replace("\n\n\n", "\n\n")
    if len(tidy) < SHORTEST or not any(char.isalpha() for char in tidy):
        raise ContestError(f"Hãy viết rõ nội dung, ít nhất {SHORTEST} ký tự.", "text")
    if len(tidy) > longest:
        raise ContestError(f"Nội dung dài {len(tidy)} ký tự; nhiều nhất là {longest}. Hãy viết ngắn lại.", "text")
    return tidy


def _visible(char: str) -> bool:
    return char == "\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def _ended(announcement: Announcement, by: Member, now: datetime) -> Announcement:
    row = (
        Announcement.objects.select_for_update(of=("self",))
        .select_related("round", "version__question")
        .get(pk=announcement.pk)
    )
    if row.ended_at is not None:
        raise ContestError("Thông báo này đã được sửa hoặc rút trước đó. Hãy xem bản mới nhất.", "ended")
    row.ended_at, row.ended_by = now, by
    row.save(update_fields=["ended_at", "ended_by"])
    return row


def _note(row: Announcement, what: str, by: Member) -> None:
    detail: dict[str, Any] = {
        "announcement": str(row.public_id), "text": row.text, "round": row.round.number if row.round else None,
        "question": row.version.question.code if row.version else None,
    }  # fmt: skip
    ContestEvent.objects.create(contest=row.contest, what=what, actor=by, detail=detail)
