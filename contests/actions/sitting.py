"""Saving and handing in through plain forms, for phones without JavaScript. The fast path is `contests.intake`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from contests.errors import ContestError
from contests.intake_batch import new_receipt
from contests.models import Answer, Attempt
from contests.tokens import decode_shape


@transaction.atomic
def save_form(*, attempt: Attempt, choices: Mapping[int, Sequence[int]], now: datetime, submit: bool) -> Attempt:
    """Save a whole page of choices (question from 1 → shown positions) and hand in if asked.

    A form has no sequence numbers: it is what the member saw and sent now, so each changed answer goes one above what is
    stored. Raises ContestError when the time is over or a choice is not on the paper; then nothing of it is stored.
    """
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if attempt.state != Attempt.State.STARTED:
        return attempt
    if now > attempt.accepts_until:
        raise ContestError("Đã hết giờ làm bài. Các câu gửi đúng giờ đều đã được ghi nhận.", "closed")
    shape = decode_shape(attempt.shape)
    stored = {answer.question: answer for answer in Answer.objects.filter(attempt=attempt)}
    for question, choice in choices.items():
        if not 1 <= question <= len(shape) or not all(0 <= place < shape[question - 1].options for place in choice):
            raise ContestError(
                "Có câu trả lời không thuộc đề thi này. Chưa lưu gì cả; hãy tải lại trang.", "bad_choice"
            )
        if len(choice) > 1 and not shape[question - 1].several:
            raise ContestError(f"Câu {question} chỉ chọn được một đáp án.", "bad_choice")
        kept = stored.get(question)
        if (kept is not None and list(kept.choice) == sorted(choice)) or (kept is None and not choice):
            continue
        Answer.objects.update_or_create(
            attempt_id=attempt.pk, question=question,
            defaults={"choice": sorted(choice), "seq": kept.seq + 1 if kept else 1, "arrived_at": now},
        )  # fmt: skip
    if submit:
        attempt.state, attempt.submitted_at, attempt.closed_by = Attempt.State.SUBMITTED, now, "member"
        attempt.receipt = new_receipt()
        attempt.save(update_fields=["state", "submitted_at", "closed_by", "receipt"])
    return attempt


def database_now() -> datetime:
    """This instant by the database's clock, the only one that decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
