"""Appeals step by step: filed by the member, taken up and decided by an organizer with a reason, or taken back by the member.

Each act locks the attempt's entry (filing) or the appeal (the rest) and leaves an event of the attempt, which reaches its record.
An appeal changes no result by itself: whoever upholds it corrects the key or decides about the attempt in the acts for that.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Member
from contests.actions.extend import checked_reason
from contests.errors import ContestError
from contests.models import Appeal, Attempt, AttemptEvent, Entry
from contests.queries.appeals import window_of
from contests.rules.appeals import MOST_PER_ATTEMPT, OPEN, STEPS, TEXT, MayAppeal, State

NEWLINES = {"\n", "\t"}


@transaction.atomic
def file_appeal(*, attempt: Attempt, question: int | None, text: str, now: datetime) -> Appeal:
    """The member's own. `question` is a place on the paper from 1, None for the whole. Raises ContestError with what to mend."""
    Entry.objects.select_for_update(no_key=True).get(pk=attempt.entry_id)  # one at a time a member
    attempt = Attempt.objects.select_related("entry", "round__contest").get(pk=attempt.pk)
    said = checked_text(text)
    verdict = window_of(attempt, now).verdict
    if verdict is not MayAppeal.OK:
        raise ContestError(verdict.text, verdict.value)
    if question is not None and not 1 <= question <= len(attempt.paper):
        raise ContestError("Đề này không có câu ấy. Hãy chọn câu trong danh sách.", "question")
    filed = Appeal.objects.filter(attempt=attempt)
    if filed.filter(question=question, state__in=[*OPEN]).exists():
        raise ContestError(
            "Bạn đã gửi một khiếu nại về mục này và ban tổ chức chưa trả lời. Hãy chờ trả lời, hoặc rút lại để gửi nội dung khác.",
            "already",
        )
    if filed.count() >= MOST_PER_ATTEMPT:
        raise ContestError(f"Mỗi lượt thi gửi được nhiều nhất {MOST_PER_ATTEMPT} khiếu nại.", "too_many")
    appeal = Appeal.objects.create(entry=attempt.entry, attempt=attempt, question=question, text=said, filed_at=now)
    _note(appeal, "appeal_filed", attempt.entry.member, "", now)
    return appeal


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, by: Member, now: datetime) -> Appeal:
    """The member takes it back while nothing is decided."""
    appeal = _stepped(appeal, State.WITHDRAWN)
    appeal.save(update_fields=["state"])
    _note(appeal, "appeal_withdrawn", by, "", now)
    return appeal


@transaction.atomic
def take_up_appeal(*, appeal: Appeal, by: Member, now: datetime) -> Appeal:
    """An organizer looks into it; the member sees that."""
    appeal = _stepped(appeal, State.IN_REVIEW)
    appeal.reviewed_by, appeal.reviewed_at = by, now
    appeal.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    _note(appeal, "appeal_in_review", by, "", now)
    return appeal


@transaction.atomic
def decide_appeal(
    *, appeal: Appeal, upheld: bool, reason: str, by: Member, now: datetime, ruling: UUID | None = None
) -> Appeal:
    """The answer, with the reason that the member reads; `ruling` names the correction of a key that came of it."""
    why = checked_reason(reason)
    appeal = _stepped(appeal, State.UPHELD if upheld else State.REJECTED)
    appeal.decided_by, appeal.decided_at, appeal.decision, appeal.ruling = by, now, why, ruling
    appeal.save(update_fields=["state", "decided_by", "decided_at", "decision", "ruling"])
    _note(appeal, "appeal_upheld" if upheld else "appeal_rejected", by, why, now)
    return appeal


def checked_text(text: str) -> str:
    """What the member wrote, line ends made one and invisible characters left out. Raises ContestError."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    visible = "".join(
        char for char in lines if char in NEWLINES or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    said = visible.strip()
    if len(said) < TEXT[0] or not any(char.isalpha() for char in said):
        raise ContestError(f"Hãy nói rõ vì sao bạn khiếu nại, ít nhất {TEXT[0]} ký tự.", "text")
    if len(said) > TEXT[-1]:
        raise ContestError(f"Nội dung dài {len(said)} ký tự; nhiều nhất là {TEXT[-1]}. Hãy viết ngắn lại.", "text")
    return said


def _stepped(appeal: Appeal, after: State) -> Appeal:
    """The appeal, locked and moved on, unsaved."""
    appeal = Appeal.objects.select_for_update(of=("self",)).select_related("attempt", "entry").get(pk=appeal.pk)
    now = State(appeal.state)
    if (now, after) not in STEPS:
        raise ContestError(_refusal(now), "step")
    appeal.state = after.value
    return appeal


def _refusal(now: State) -> str:
    if now is State.RECEIVED:
        return "Hãy nhận xem xét khiếu nại này trước khi trả lời."
    if now is State.IN_REVIEW:
        return "Khiếu nại này đang được xem xét."
    if now is State.WITHDRAWN:
        return "Khiếu nại này đã được thí sinh rút lại."
    return "Khiếu nại này đã được trả lời."


def _note(appeal: Appeal, what: str, by: Member, reason: str, now: datetime) -> None:
    detail: dict[str, Any] = {"appeal": str(appeal.public_id), "question": appeal.question}
    AttemptEvent.objects.create(attempt=appeal.attempt, what=what, actor=by, reason=reason, detail=detail, at=now)
