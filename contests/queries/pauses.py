"""What a pause takes from the rounds, and what members read of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from contests.models import Contest, Round


def lost_to_pause(contest: Contest, now: datetime) -> list[tuple[Round, timedelta]]:
    """The rounds that are open now and how long each of them stood still, in whole minutes, rounded up."""
    if contest.paused_at is None:
        return []
    found = []
    for round_ in contest.rounds.select_related("contest"):
        stood = now - max(contest.paused_at, round_.opens_at)
        if round_.closes_at > now and stood > timedelta(0):
            found.append((round_, timedelta(minutes=-(-stood // timedelta(minutes=1)))))
    return found


def pause_words(contest: Contest) -> str:
    """The sentence for everybody who wishes to begin; empty while nothing stands still."""
    return f"Tạm dừng: {contest.pause_reason}" if contest.paused_at is not None else ""
