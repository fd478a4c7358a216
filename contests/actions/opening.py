"""A draft that opens by itself at a moment, and an opening or extension taken back while nobody has leaned on it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Member
from contests.actions.announce import withdraw
from contests.actions.contest import PlanRefused, open_contest
from contests.actions.contest_rows import locked, note
from contests.actions.extend import revoke_extension
from contests.actions.rules_versions import keep_rules
from contests.errors import ContestError
from contests.models import Announcement, Attempt, Contest, Entry, Extension, Round
from contests.queries.openings import UNDO_WITHIN, last_extension, opened_at
from contests.rules.settings import RuleProblem

log = logging.getLogger(__name__)

SOONEST = timedelta(minutes=2)  # the worker looks once a minute


@transaction.atomic
def schedule_opening(*, contest: Contest, at: datetime, by: Member, now: datetime) -> Contest:
    """The worker opens the draft at that moment, if everything that must be true is true then. A later call moves it."""
    contest = locked(contest)
    if contest.state != Contest.State.DRAFT:
        raise ContestError("Cuộc thi này đã được mở nên không hẹn giờ mở nữa.", "not_draft")
    if at < now + SOONEST:
        raise PlanRefused(
            [RuleProblem("at", "too_soon", "Hãy chọn một thời điểm sau bây giờ ít nhất 2 phút, hoặc mở ngay.")]
        )
    last = max((one.closes_at for one in contest.rounds.all()), default=None)
    if last is None or at >= last:
        raise PlanRefused([RuleProblem("at", "too_late", "Lúc đó mọi đợt thi đã đóng. Hãy hẹn giờ sớm hơn.")])
    contest.opens_itself_at, contest.opens_itself_by = at, by
    contest.save(update_fields=["opens_itself_at", "opens_itself_by"])
    note(contest, "opening_set", by, at=at.isoformat())
    return contest


@transaction.atomic
def cancel_opening(*, contest: Contest, by: Member) -> Contest:
    """The draft does not open by itself any more."""
    contest = locked(contest)
    if contest.opens_itself_at is None:
        raise ContestError("Cuộc thi này không hẹn giờ mở.", "not_set")
    contest.opens_itself_at = contest.opens_itself_by = None
    contest.save(update_fields=["opens_itself_at", "opens_itself_by"])
    note(contest, "opening_cancelled", by)
    return contest


def open_due(*, now: datetime) -> int:
    """Open every draft whose moment has come; how many opened. What does not pass stays a draft and says why.

    Each in a transaction of its own: one that fails does not hold up the next. Two workers never open one twice.
    """
    due = Contest.objects.filter(opens_itself_at__lte=now, state=Contest.State.DRAFT).order_by("opens_itself_at")
    return sum(_open_one(pk, now) for pk in due.values_list("pk", flat=True))


def _open_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        contest = (
            Contest.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("opens_itself_by")
            .filter(pk=pk, opens_itself_at__lte=now, state=Contest.State.DRAFT)
            .first()
        )
        if contest is None:  # another worker has it, or somebody has just cancelled
            return False
        by, set_for = contest.opens_itself_by, contest.opens_itself_at
        why = "Người hẹn giờ không còn tài khoản." if by is None else ""
        if by is not None:
            try:
                with transaction.atomic():
                    open_contest(contest=contest, by=by, now=now)
                return True
            except ContestError as refused:
                why = refused.text
        contest.opens_itself_at = contest.opens_itself_by = None
        contest.save(update_fields=["opens_itself_at", "opens_itself_by"])
        note(contest, "opening_failed", None, at=set_for.isoformat() if set_for else "", reason=why)
        log.warning("contest %s did not open by itself: %s", contest.slug, why)
        return False


@transaction.atomic
def undo_opening(*, contest: Contest, by: Member, now: datetime) -> Contest:
    """Back to a draft, within minutes of the opening and only while nobody has entered.

    What was announced and which extensions were given ends with it, each with its event: a later opening begins afresh.
    """
    contest = locked(contest)
    opened = opened_at(contest)
    if contest.state != Contest.State.OPEN or opened is None:
        raise ContestError("Cuộc thi này không đang mở.", "not_open")
    if now > opened + UNDO_WITHIN:
        raise ContestError(
            "Đã quá 10 phút từ khi mở nên không rút lại được nữa. Bạn vẫn tạm dừng hoặc kết thúc được.", "too_late"
        )
    if Entry.objects.filter(contest=contest).exists():
        raise ContestError("Đã có người vào thi nên không rút về bản nháp được nữa. Bạn vẫn tạm dừng được.", "entered")
    for said in Announcement.objects.filter(contest=contest, ended_at__isnull=True):
        withdraw(announcement=said, by=by, now=now)
    for extension in Extension.objects.filter(round__contest=contest, revoked_at__isnull=True):
        revoke_extension(extension=extension, by=by, now=now)
    contest.state, contest.paused_at, contest.pause_reason = Contest.State.DRAFT, None, ""
    contest.save(update_fields=["state", "paused_at", "pause_reason"])
    note(contest, "opening_undone", by)
    return contest


@transaction.atomic
def undo_extension(*, round_: Round, by: Member, now: datetime) -> Round:
    """The closing goes back to what it was, within minutes and only while no attempt has been given the added time."""
    contest = locked(round_.contest)
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    extension = last_extension(contest, round_)
    if extension is None or now > extension.at + UNDO_WITHIN or contest.state != Contest.State.OPEN:
        raise ContestError("Không còn rút lại được lần kéo dài này; chỉ được trong 10 phút.", "too_late")
    if now >= extension.before:
        raise ContestError("Giờ đóng cũ đã qua, nên không rút lại được nữa.", "over")
    if Attempt.objects.filter(round=round_, deadline__gt=extension.before).exists():
        raise ContestError("Đã có người vào thi với giờ đóng mới, nên không rút lại được nữa.", "in_use")
    after, round_.closes_at = round_.closes_at, extension.before
    round_.save(update_fields=["closes_at"])
    note(
        contest, "extend_undone", by, round=round_.number, before=after.isoformat(), after=extension.before.isoformat()
    )
    keep_rules(contest, by=by, now=now, reason="Rút lại việc kéo dài vừa ghi nhầm")
    return round_
