"""The rehearsals of a contest, newest first."""

from __future__ import annotations

from contests.models import Contest, Rehearsal

SHOWN = 5


def rehearsals_of(contest: Contest) -> list[Rehearsal]:
    """The latest few, each with its report."""
    return list(contest.rehearsals.select_related("asked_by").order_by("-asked_at")[:SHOWN])
