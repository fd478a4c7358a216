"""Handing in what ran out. One condition for the sweep and for everybody else."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from contests.models import Answer, Attempt

# An answer may wait for its batch; the end comes well after the longest reply, so that waiting makes nobody late.
SWEEP_AFTER = timedelta(seconds=10)

_answers = Answer.objects.filter(attempt=OuterRef("pk")).exclude(choice=[]).order_by().values("attempt")
_RECEIVED = Coalesce(Subquery(_answers.annotate(n=Count("question")).values("n")), 0)


def expire(attempts: QuerySet[Attempt], *, now: datetime) -> int:
    """Hand in those of the attempts whose last accepted instant is long enough past, as of their deadline; how many.

    Decided in the UPDATE itself, so a hand-in that commits in between stays a hand-in.
    """
    return attempts.filter(state=Attempt.State.STARTED, accepts_until__lt=now - SWEEP_AFTER).update(
        state=Attempt.State.EXPIRED, submitted_at=F("deadline"), closed_by="deadline", received=_RECEIVED
    )
