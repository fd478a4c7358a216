"""Keeping apart what came when it could not count: for the plain forms. `contests.intake_batch` does the same for phones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from contests.models import Answer, Attempt, LateAnswer
from contests.rules.kinds.shapes import Plain


def differs(choice: tuple[int, ...], text: str, stored: Answer | None) -> bool:
    """Whether an answer is another one than what is stored; nothing stored is an empty answer."""
    return (choice, text) != ((tuple(stored.choice), stored.text) if stored else ((), ""))


def keep_late(attempt: Attempt, answers: Mapping[int, Plain], *, now: datetime, cause: LateAnswer.Cause) -> int:
    """Store the answers that differ from what counts, apart from it; returns how many. The newest of a question stays,
    and one that an organizer has accepted stays as it was accepted. The caller holds the attempt's row.
    """
    stored = {answer.question: answer for answer in Answer.objects.filter(attempt=attempt)}
    kept = {late.question: late for late in LateAnswer.objects.filter(attempt=attempt)}
    rows = []
    for question, (choice, text) in answers.items():
        answer, late = stored.get(question), kept.get(question)
        if differs(choice, text, answer) and (late is None or late.accepted_at is None):
            # A form has no numbers of its own: it is newer than all that came before it, also by a phone's count.
            seq = max(answer.seq if answer else 0, late.seq if late else 0) + 1
            rows.append(
                LateAnswer(
                    attempt=attempt,
                    question=question,
                    choice=list(choice),
                    text=text,
                    arrived_at=now,
                    cause=cause,
                    seq=seq,
                )
            )
    LateAnswer.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["attempt", "question"],
        update_fields=["choice", "text", "arrived_at", "cause", "seq"],
    )  # fmt: skip
    return len(rows)
