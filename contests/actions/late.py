"""Keeping apart what came when it could not count: for the plain forms. `contests.intake_batch` does the same for phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from contests.models import Answer, Attempt, LateAnswer


def keep_late(attempt: Attempt, choices: Mapping[int, Sequence[int]], *, now: datetime, cause: LateAnswer.Cause) -> int:
    """Store the choices that differ from what counts, apart from it; returns how many. The newest of a question stays,
    and one that an organizer has accepted stays as it was accepted. The caller holds the attempt's row.
    """
    stored = {answer.question: answer for answer in Answer.objects.filter(attempt=attempt)}
    kept = {late.question: late for late in LateAnswer.objects.filter(attempt=attempt)}
    rows = []
    for question, choice in choices.items():
        answer, late = stored.get(question), kept.get(question)
        differs = sorted(choice) != (list(answer.choice) if answer else [])
        if differs and (late is None or late.accepted_at is None):
            # A form has no numbers of its own: it is newer than all that came before it, also by a phone's count.
            seq = max(answer.seq if answer else 0, late.seq if late else 0) + 1
            rows.append(
                LateAnswer(
                    attempt=attempt, question=question, choice=sorted(choice), arrived_at=now, cause=cause, seq=seq
                )
            )
    LateAnswer.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["attempt", "question"],
        update_fields=["choice", "arrived_at", "cause", "seq"],
    )  # fmt: skip
    return len(rows)
