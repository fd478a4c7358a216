"""Attempts as the console finds them: sat, graded, with answers that came late."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Member
from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, Contest, LateAnswer, QuestionVersion, Round


def round_of(contest: Contest) -> Round:
    return Round.objects.select_related("contest__audience", "contest__bank").get(contest=contest, number=1)


def choices(attempt: Attempt, right: list[int], wrong: list[int] = ()) -> dict[int, list[int]]:
    """Shown positions for these questions: right ones as the key says, wrong ones anything else."""
    found = {}
    for number in [*right, *wrong]:
        version, order = attempt.paper[number - 1]
        key = {order.index(option) for option in QuestionVersion.objects.get(pk=version).key}
        found[number] = sorted(key) if number in right else [min(set(range(len(order))) - key)]
    return found


def running(member: Member, contest: Contest, now: datetime | None = None) -> Attempt:
    return start_attempt(member=member, round_=round_of(contest), now=now or timezone.now())


def graded(member: Member, contest: Contest, right: list[int] = (1, 2), wrong: list[int] = ()) -> Attempt:
    """Handed in 90 seconds after the start."""
    now = timezone.now() - timedelta(minutes=5)
    attempt = running(member, contest, now)
    answers = choices(attempt, list(right), list(wrong))
    save_form(attempt=attempt, choices=answers, now=now + timedelta(seconds=90), submit=True)
    grade_pending(now=now + timedelta(seconds=91))
    attempt.refresh_from_db()
    assert attempt.state == "graded"
    return attempt


def came_late(attempt: Attempt, answers: dict[int, list[int]], seconds: int = 12, cause: str = "closed") -> None:
    end = attempt.submitted_at or attempt.deadline
    LateAnswer.objects.bulk_create(
        LateAnswer(
            attempt=attempt, question=question, choice=choice, seq=9, arrived_at=end + timedelta(seconds=seconds), cause=cause
        )
        for question, choice in answers.items()
    )  # fmt: skip
