"""More time, a later close, one more attempt: for one member, a unit's subtree or everybody, always with a reason.

An extension only ever gives. Who sits already has the new deadline from this commit on; their phone hears of it with its
next reply. Taking one back keeps what was given to whoever sits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Member, Unit
from accounts.names import normalise_name
from contests.errors import ContestError
from contests.models import Attempt, Contest, ContestEvent, Extension, Round
from contests.queries.extensions import extensions_of, later_ends, sitting_under
from contests.queries.review import keys_open_from
from contests.rules.settings import MINUTES, RoundRules, parse_round_rules
from contests.rules.timing import last_arrival

EXTRA_MINUTES = range(0, MINUTES[-1] + 1)
EXTRA_ATTEMPTS = range(0, 11)
SHORTEST_REASON = 5  # characters
LONGEST_REASON = 500


@transaction.atomic
def give_extension(
    *,
    round_: Round,
    by: Member,
    reason: str,
    now: datetime,
    member: Member | None = None,
    unit: Unit | None = None,
    extra_minutes: int = 0,
    closes_at: datetime | None = None,
    extra_attempts: int = 0,
) -> Extension:
    """Give it and move the deadlines of those who sit now. Raises ContestError with what to mend."""
    contest = Contest.objects.select_for_update(of=("self",)).select_related("audience").get(pk=round_.contest_id)
    round_ = Round.objects.get(pk=round_.pk)
    round_.contest = contest
    extension = Extension(
        round=round_, member=member, unit=unit, extra_minutes=extra_minutes, closes_at=closes_at, extra_attempts=extra_attempts,
        reason=reason, created_by=by, created_at=now,
    )  # fmt: skip
    check_extension(extension, now=now)
    extension.reason = checked_reason(reason)
    extension.save(force_insert=True)
    if closes_at is not None:
        round_.extended_until = max(closes_at, round_.last_close)
        round_.save(update_fields=["extended_until"])
    moved = _move_deadlines(extension, now)
    ContestEvent.objects.create(contest=contest, what="extension_given", actor=by, detail=_told(extension, moved))
    return extension


@transaction.atomic
def revoke_extension(*, extension: Extension, by: Member, now: datetime) -> Extension:
    """Take it back for whoever has not begun. Raises ContestError when it was taken back before."""
    contest = Contest.objects.select_for_update(of=("self",)).get(pk=extension.round.contest_id)
    extension = Extension.objects.select_related("round", "member", "unit").get(pk=extension.pk)
    if extension.revoked_at is not None:
        raise ContestError("Gia hạn này đã được thu hồi.", "revoked")
    extension.revoked_at, extension.revoked_by = now, by
    extension.save(update_fields=["revoked_at", "revoked_by"])
    round_ = extension.round
    # Who sits keeps their deadline, so what must stay hidden waits for them too.
    held = Extension.objects.filter(round=round_, revoked_at__isnull=True).aggregate(at=Max("closes_at"))["at"]
    sits = Attempt.objects.filter(round=round_, state=Attempt.State.STARTED).aggregate(at=Max("deadline"))["at"]
    latest = max((at for at in (held, sits) if at is not None), default=round_.closes_at)
    round_.extended_until = latest if latest > round_.closes_at else None
    round_.save(update_fields=["extended_until"])
    ContestEvent.objects.create(contest=contest, what="extension_revoked", actor=by, detail=_told(extension, 0))
    return extension


def check_extension(extension: Extension, *, now: datetime) -> None:
    """Whether this unsaved extension may be given at this instant. Raises ContestError with what to mend."""
    round_, contest = extension.round, extension.round.contest
    checked_reason(extension.reason)
    if contest.state != Contest.State.OPEN:
        raise ContestError("Chỉ gia hạn được khi cuộc thi đang mở.", "not_open")
    if extension.member is not None and extension.unit is not None:
        raise ContestError("Hãy chọn một người hoặc một đơn vị, không chọn cả hai.", "two_scopes")
    if extension.unit is not None and not extension.unit.path.startswith(contest.audience.path):
        raise ContestError("Đơn vị này không thuộc diện dự thi.", "not_in_audience")
    if extension.extra_minutes not in EXTRA_MINUTES or extension.extra_attempts not in EXTRA_ATTEMPTS:
        raise ContestError(
            f"Thêm nhiều nhất {EXTRA_MINUTES[-1]} phút và {EXTRA_ATTEMPTS[-1]} lượt trong một lần gia hạn.", "too_much"
        )
    closes_at = extension.closes_at
    if not extension.extra_minutes and not extension.extra_attempts and closes_at is None:
        raise ContestError("Hãy cho thêm phút, thêm lượt hoặc một giờ đóng muộn hơn.", "nothing")
    if closes_at is not None and (closes_at <= round_.closes_at or closes_at <= now):
        raise ContestError("Giờ đóng mới phải sau giờ đóng của đợt và sau lúc này.", "not_later")
    if closes_at is None and now >= round_.last_close:
        raise ContestError("Đợt thi đã đóng. Muốn cho thi tiếp, hãy chọn thêm giờ đóng mới.", "over")
    opened = keys_open_from(round_)
    if opened is not None and now >= opened:  # what was seen can't be unseen
        raise ContestError("Đáp án của đợt này đã hiện cho thí sinh nên không mở lại được nữa.", "keys_shown")


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Raises ContestError when there is none worth the name."""
    why = normalise_name(reason)
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON:
        raise ContestError(
            f"Hãy ghi lý do, từ {SHORTEST_REASON} đến {LONGEST_REASON} ký tự; thí sinh và cấp trên có thể hỏi.",
            "reason",
        )
    return why


def _move_deadlines(extension: Extension, now: datetime) -> int:
    """Give those whom it reaches and who sit now the end that their terms come to; how many moved."""
    running = sitting_under(extension, now).select_for_update(no_key=True, of=("self",)).order_by("pk")
    moved = later_ends(extension.round, running, extensions_of(extension.round))
    _write_deadlines(moved, parse_round_rules(extension.round.rules))
    return len(moved)


def _write_deadlines(rows: Sequence[tuple[int, datetime]], rules: RoundRules) -> None:
    """One statement for all: a whole round may be sitting, and their answers wait for these rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contests_attempt a SET deadline = m.ends, accepts_until = m.accepts "
            "FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS m(id, ends, accepts) WHERE a.id = m.id",
            [
                [pk for pk, _ in rows],
                [ends for _, ends in rows],
                [last_arrival(ends, rules.grace_seconds) for _, ends in rows],
            ],
        )


def _told(extension: Extension, moved: int) -> dict[str, object]:
    return {
        "round": extension.round.number, "extension": str(extension.public_id), "unit": extension.unit.name if extension.unit else "",
        "member": extension.member.full_name if extension.member else "", "minutes": extension.extra_minutes,
        "attempts": extension.extra_attempts, "closes_at": extension.closes_at.isoformat() if extension.closes_at else "",
        "reason": extension.reason, "moved": moved,
    }  # fmt: skip
