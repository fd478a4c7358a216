"""Begin an attempt: enter the contest if need be, draw the paper, set the deadline. Idempotent while one is running."""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Consent, Member
from accounts.queries import has_consent, unit_of
from contests.actions.expire import expire
from contests.errors import ContestError
from contests.models import Attempt, Contest, Entry, QuestionVersion, Round
from contests.queries.bank import bank_index, kinds_of
from contests.queries.extensions import terms_for
from contests.rules.paper import BankTooSmall, Paper, draw_paper
from contests.rules.settings import parse_round_rules
from contests.rules.timing import MayStart, deadline, last_arrival, may_start
from contests.tokens import QuestionShape, encode_shape

log = logging.getLogger(__name__)


def start_attempt(*, member: Member, round_: Round, now: datetime, device: uuid.UUID | None = None) -> Attempt:
    """The member's running attempt of the round, begun now if there is none. Raises ContestError when they may not.

    A new attempt is in the hands of `device`; a running one stays with whoever holds it (see `actions.device`).
    Double taps, two tabs and two phones get the same attempt: the entry's row lock orders them, and the database
    refuses a second running attempt and one beyond the allowance.
    """
    try:
        return _start(member, round_, now, device)
    except IntegrityError:
        running = Attempt.objects.filter(
            entry__member=member, round=round_, state=Attempt.State.STARTED, accepts_until__gte=now
        ).first()
        if running is None:
            raise
        return running


@transaction.atomic
def _start(member: Member, round_: Round, now: datetime, device: uuid.UUID | None) -> Attempt:
    contest, rules = round_.contest, parse_round_rules(round_.rules)
    unit = unit_of(member)
    entry = Entry.objects.select_for_update().filter(contest=contest, member=member).first()
    path = entry.unit_path if entry else (unit.path if unit else "")
    if entry is None and unit is None:
        raise ContestError("Hãy chọn đơn vị công đoàn của bạn trước khi vào thi.", "no_unit")
    if not has_consent(member, Consent.Purpose.TAKE_PART):
        raise ContestError("Bạn chưa đồng ý dự thi. Hãy đánh dấu đồng ý ở trang Tài khoản rồi vào thi.", "no_consent")

    attempts = list(Attempt.objects.filter(entry=entry, round=round_)) if entry else []
    running = next((a for a in attempts if a.state == Attempt.State.STARTED and a.accepts_until >= now), None)
    if running is not None:
        return running
    terms = terms_for(round_, rules, member=member, path=path)
    verdict = may_start(
        opens_at=round_.opens_at, closes_at=terms.closes_at, now=now, attempts_allowed=terms.attempts,
        attempts_used=len(attempts), in_audience=path.startswith(contest.audience.path),
    )  # fmt: skip
    if contest.state != Contest.State.OPEN and verdict in (MayStart.OK, MayStart.NO_ATTEMPTS_LEFT):
        verdict = MayStart.NOT_OPEN_YET if contest.state == Contest.State.DRAFT else MayStart.CLOSED
    if verdict is not MayStart.OK:
        raise ContestError(verdict.text, verdict.value)
    # One that ran out and was not swept yet would stand in the way of the next.
    mine = Attempt.objects.filter(entry=entry, round=round_)
    expire(mine, now=now)
    if mine.filter(state=Attempt.State.STARTED).exists():
        raise ContestError("Lượt trước của bạn đang được nộp. Hãy thử lại sau vài giây.", "ending")

    if entry is None:
        entry, _ = Entry.objects.get_or_create(
            contest=contest, member=member,
            defaults={"unit": unit, "unit_path": unit.path, "unit_name": unit.name, "entered_at": now},
        )  # fmt: skip
    seed = secrets.randbits(63)
    try:
        paper = draw_paper(bank_index(contest.bank, timezone.localdate(now)), rules, seed)
    except BankTooSmall as error:
        log.error("round %s cannot draw a paper: %s", round_.pk, error)
        raise ContestError("Đề thi chưa sẵn sàng. Hãy báo ban tổ chức và thử lại sau ít phút.", "bank") from error
    ends = deadline(now, terms.minutes, terms.closes_at)
    return Attempt.objects.create(
        entry=entry, round=round_, number=max((a.number for a in attempts), default=0) + 1, allowance=terms.attempts,
        seed=seed, paper=[[item.version, list(item.order)] for item in paper.items], shape=_shape(paper),
        device=device, started_at=now, deadline=ends, accepts_until=last_arrival(ends, rules.grace_seconds),
    )  # fmt: skip


def _shape(paper: Paper) -> str:
    kinds = kinds_of(item.version for item in paper.items)
    return encode_shape(
        [QuestionShape(len(item.order), kinds[item.version] == QuestionVersion.Kind.MULTIPLE) for item in paper.items]
    )
