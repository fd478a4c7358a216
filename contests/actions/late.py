"""Keeping apart what came when it could not count: for the plain forms. `contests.intake_batch` does the same for phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from contests.models import Answer, Attempt, LateAnswer


def keep_late(attempt: Attempt, choices: Mapping[int, Sequence[int]], *, now: datetime, cause: LateAnswer.Cause) -> int:
    """Store the choices that differ from what counts, apart from it; returns how many. The newest of a question stays."""
    stored = {answer.question: answer for answer in Answer.objects.filter(attempt=attempt)}
    rows = [
        LateAnswer(
            attempt=attempt, question=question, choice=sorted(choice), arrived_at=now, cause=cause,
            seq=(stored[question].seq if question in stored else 0) + 1,
        )
        for question, choice in choices.items()
        if sorted(choice) != (list(stored[question].choice) if question in stored else [])
    ]  # fmt: skip
    LateAnswer.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["attempt", "question"],
        update_fields=["choice", "arrived_at", "cause", "seq"],
    )  # fmt: skip
    return len(rows)
