"""Saving and handing in through plain forms, for phones without JavaScript. The fast path is `contests.intake`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from contests.actions.late import differs, keep_late
from contests.errors import ContestError
from contests.intake_batch import new_receipt
from contests.models import Answer, Attempt, LateAnswer
from contests.queries.answers import received_count
from contests.rules.kinds import Value
from contests.rules.kinds.shapes import GUESS, Plain, Shape, ShapeRefused, decode_shape

CLOSED = "Đã hết giờ làm bài. Các câu gửi đúng giờ đều đã được ghi nhận."
ELSEWHERE = "Bài thi đang làm trên máy khác. Muốn làm tiếp trên máy này, hãy bấm “Làm tiếp trên máy này”."
NOT_ON_THE_PAPER = "Có câu trả lời không thuộc đề thi này. Chưa lưu gì cả; hãy tải lại trang."


def save_form(
    *,
    attempt: Attempt,
    choices: Mapping[int, Value],
    now: datetime,
    submit: bool,
    device: uuid.UUID | None = None,
) -> Attempt:
    """Save a whole page of answers (question from 1 → shown positions, or a text) and hand in if asked.

    A form has no sequence numbers: it is what the member saw and sent now, so each changed answer goes one above what is
    stored. Raises ContestError for an answer that is not on the paper (nothing is stored), and when the time is over or
    another device holds the sitting: then the answers are kept apart and do not count.
    """
    answers = _read(choices, attempt)
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
        refusal = _refusal(attempt, device, now)
        if refusal is None:
            _store(attempt, answers, now)
            if submit:
                _hand_in(attempt, now)
            return attempt
        keep_late(attempt, answers, now=now, cause=refusal)
    if refusal == LateAnswer.Cause.ELSEWHERE:
        raise ContestError(ELSEWHERE, "elsewhere")
    if attempt.state == Attempt.State.STARTED:
        raise ContestError(CLOSED, "closed")
    return attempt


REFUSALS = {
    "one_option_only": "chỉ chọn được một đáp án.",
    "too_long": "dài quá mức cho phép. Hãy rút ngắn rồi lưu lại.",
    "bad_text": "có ký tự lạ không lưu được. Hãy gõ lại câu này.",
    "bad_number": "chỉ nhận một số, ví dụ 1234 hoặc 1.234.",
}


def _read(choices: Mapping[int, Value], attempt: Attempt) -> dict[int, Plain]:
    """The answers as they are stored, each checked against its place on the paper."""
    shape, answers = decode_shape(attempt.shape), {}
    for question, value in choices.items():
        if not 1 <= question <= len(shape) or (shape[question - 1].takes == "text") is not isinstance(value, str):
            raise ContestError(NOT_ON_THE_PAPER, "bad_choice")
        try:
            answers[question] = shape[question - 1].read(value)
        except ShapeRefused as refused:
            said = REFUSALS.get(refused.code)
            raise ContestError(
                f"{place_name(question, shape)} {said}" if said else NOT_ON_THE_PAPER, "bad_choice"
            ) from None
    return answers


def place_name(question: int, shape: Sequence[Shape]) -> str:
    """What people call a place of the paper."""
    return "Câu hỏi phụ" if shape[question - 1] == GUESS else f"Câu {question}"


def _refusal(attempt: Attempt, device: uuid.UUID | None, now: datetime) -> LateAnswer.Cause | None:
    """Why nothing of a form may count; None while the sitting runs in the hands of this device."""
    if attempt.state != Attempt.State.STARTED or now > attempt.accepts_until:
        return LateAnswer.Cause.CLOSED
    # A browser without the cookie is another one too: else an old page could write by throwing its cookie away.
    return LateAnswer.Cause.ELSEWHERE if attempt.device not in (None, device) else None


def _store(attempt: Attempt, answers: Mapping[int, Plain], now: datetime) -> None:
    stored = {answer.question: answer for answer in Answer.objects.filter(attempt=attempt)}
    changed = [
        Answer(
            attempt=attempt, question=question, choice=list(choice), text=text, arrived_at=now,
            seq=(stored[question].seq if question in stored else 0) + 1,
        )
        for question, (choice, text) in answers.items()
        if differs(choice, text, stored.get(question))
    ]  # fmt: skip
    Answer.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["attempt", "question"],
        update_fields=["choice", "text", "seq", "arrived_at"],
    )  # fmt: skip


def _hand_in(attempt: Attempt, now: datetime) -> None:
    attempt.state, attempt.submitted_at, attempt.closed_by = Attempt.State.SUBMITTED, now, "member"
    attempt.receipt = new_receipt()
    attempt.received = received_count(attempt)
    attempt.save(update_fields=["state", "submitted_at", "closed_by", "receipt", "received"])


def database_now() -> datetime:
    """This instant by the database's clock, the only one that decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
