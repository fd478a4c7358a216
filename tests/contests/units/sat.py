"""Results straight into the tables: boards of units do not care how they came about."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Member, Unit
from contests.models import Attempt, Contest, Entry, Standing


def sat(contest: Contest, member: Member, unit: Unit, *points: int, round_number: int = 1, state: str = "graded", **standing: object) -> Entry:  # fmt: skip
    """`member` sat in a round from `unit`: an attempt a number of `points` (hundredths); the best counts, rounds are added."""
    now = timezone.now().replace(microsecond=0)
    round_ = contest.rounds.get(number=round_number)
    entry, _ = Entry.objects.get_or_create(
        contest=contest,
        member=member,
        defaults={"unit": unit, "unit_path": unit.path, "unit_name": unit.name, "entered_at": now},
    )
    first = entry.attempts.filter(round=round_).count() + 1
    ended = {"submitted_at": now, "graded_at": now} if state != "started" else {}
    for number, value in enumerate(points, first):
        Attempt.objects.create(
            entry=entry, round=round_, number=number, state=state, seed=1, paper=[], shape="", points=value, right=value // 100,
            answered=4, elapsed_ms=60_000, started_at=now - timedelta(minutes=9), deadline=now, accepts_until=now, **ended,
        )  # fmt: skip
    if state in ("graded", "regraded"):
        for of_round in (round_, None):
            row, made = Standing.objects.get_or_create(
                entry=entry, contest=contest, round=of_round,
                defaults={"points": max(points), "elapsed_ms": 60_000, "order": 0, "version": 1, **standing},
            )  # fmt: skip
            if not made:
                row.points += max(points)
                row.save(update_fields=["points"])
    return entry
