"""Hold a running contest and let it go on: nobody new begins, those who sit go on, everybody reads why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Member
from accounts.names import normalise_name
from contests.actions.contest import SHORTEST_REASON, PlanRefused, extend_round
from contests.actions.contest_rows import locked, note
from contests.errors import ContestError
from contests.models import Contest
from contests.queries.pauses import lost_to_pause
from contests.rules.settings import RuleProblem

LONGEST_REASON = 300


@transaction.atomic
def pause_contest(*, contest: Contest, reason: str, by: Member, now: datetime) -> Contest:
    """From now on nobody begins an attempt; running ones are not touched. Raises PlanRefused without a reason."""
    contest = locked(contest)
    if contest.state != Contest.State.OPEN:
        raise ContestError("Chỉ tạm dừng được cuộc thi đang mở.", "not_open")
    if contest.paused_at is not None:
        raise ContestError("Cuộc thi này đang tạm dừng rồi.", "already_paused")
    why = normalise_name(reason)
    if len(why) < SHORTEST_REASON:
        raise PlanRefused(
            [RuleProblem("reason", "missing", "Hãy ghi lý do; mọi người đang chờ vào thi sẽ đọc câu này.")]
        )
    if len(why) > LONGEST_REASON:
        raise PlanRefused(
            [RuleProblem("reason", "too_long", f"Lý do dài {len(why)} ký tự; nhiều nhất là {LONGEST_REASON}.")]
        )
    contest.paused_at, contest.pause_reason = now, why
    contest.save(update_fields=["paused_at", "pause_reason"])
    note(contest, "paused", by, reason=why)
    return contest


@transaction.atomic
def resume_contest(*, contest: Contest, give_back: bool, by: Member, now: datetime) -> Contest:
    """Members may begin again. With `give_back` every round that lost time closes later by what it lost.

    All of it or nothing: where one closing cannot be moved (the bank runs short by then), PlanRefused says why and the
    contest stays paused. A round that closed meanwhile stays closed; what it has shown can't be unseen.
    """
    contest = locked(contest)
    if contest.paused_at is None:
        raise ContestError("Cuộc thi này không tạm dừng.", "not_paused")
    since, why = contest.paused_at, contest.pause_reason
    if give_back:
        for round_, lost in lost_to_pause(contest, now):
            reason = f"Bù thời gian tạm dừng: {why}"
            extend_round(round_=round_, closes_at=round_.closes_at + lost, reason=reason, by=by, now=now)
    contest.paused_at, contest.pause_reason = None, ""
    contest.save(update_fields=["paused_at", "pause_reason"])
    note(contest, "resumed", by, since=since.isoformat(), given_back=give_back)
    return contest
