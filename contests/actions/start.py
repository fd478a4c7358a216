"""Begin an attempt: enter the contest if need be, draw the paper, set the deadline. Idempotent while one is running.

Reading locks nothing, because a first start has no row that a lock could hold: two of them, read at one instant, both
look allowed. What keeps it right are the constraints, each with its part: `member_enters_a_contest_once` gives both
starts one entry (and lets the second wait until the first has committed), `attempt_number_once` lets only one of them
have the next number, `attempts_within_allowance` ends the numbers at the allowance, `one_running_attempt` refuses a
second that runs. Whoever is refused by one of them begins anew, this time behind a lock: by now the entry is there.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Member
from contests.actions.contest_rows import held_for_start
from contests.actions.enter import check_entry
from contests.actions.expire import expire
from contests.errors import ContestError
from contests.models import Attempt, Bank, Contest, Entry, Round
from contests.queries.bank import bank_index, shapes_of
from contests.queries.eligibility import EXCLUDED
from contests.queries.extensions import extensions_of, terms_under
from contests.queries.pauses import pause_words
from contests.queries.starting import Starter, starter_of
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.eligibility import asks
from contests.rules.kinds.shapes import GUESS, encode_shape
from contests.rules.paper import BankTooSmall, Paper, draw_paper
from contests.rules.settings import RoundRules, parse_round_rules
from contests.rules.timing import MayStart, Terms, deadline, last_arrival, may_start
from contests.rules.windows import opening_for

log = logging.getLogger(__name__)


def start_attempt(
    *,
    member: Member,
    round_: Round,
    now: datetime,
    device: uuid.UUID | None = None,
    admit: Callable[[], None] = lambda: None,
) -> Attempt:
    """The member's running attempt of the round, begun now if there is none. Raises ContestError when they may not.

    A new attempt is in the hands of `device`; a running one stays with whoever holds it (see `actions.device`).
    `admit` is called when nothing but a turn is missing, and puts the start off by raising (see `actions.gate`).
    Double taps, two tabs and two phones get the same attempt; more than the allowance, nobody gets.
    """
    with contextlib.suppress(IntegrityError):  # a start of the same member was first by a moment
        return _start(member, round_, now, device, admit)
    with transaction.atomic():
        held_for_start(round_)  # the contest and the round before the entry, as everywhere
        _hold_entry(member, round_)  # what is read now stays true until the commit
        return _start(member, round_, now, device, lambda: None)  # the gate let it in already


def _start(
    member: Member, round_: Round, now: datetime, device: uuid.UUID | None, admit: Callable[[], None]
) -> Attempt:
    contest, rules = round_.contest, parse_round_rules(round_.rules)
    starter = starter_of(member, round_)
    if starter.entry_id is None and starter.unit_id is None:
        raise ContestError("Hãy chọn đơn vị công đoàn của bạn trước khi vào thi.", "no_unit")
    if not starter.agreed:
        raise ContestError("Bạn chưa đồng ý dự thi. Hãy đánh dấu đồng ý ở trang Tài khoản rồi vào thi.", "no_consent")
    running = starter.running(now)
    if running is not None:
        return Attempt.objects.get(pk=running.pk)
    if paused := pause_words(contest):
        raise ContestError(paused, "paused")
    contest_rules = parse_contest_rules(contest.rules)
    if starter.excluded:
        raise ContestError(EXCLUDED, "excluded")
    extensions = extensions_of(round_) if starter.round_extended else []
    terms = terms_under(round_, rules, extensions, member_id=member.pk, path=starter.path)
    opening = opening_for(rules.windows, round_.opens_at, round_.closes_at, terms.closes_at, now)
    verdict = may_start(
        opens_at=round_.opens_at, closes_at=terms.closes_at, now=now, attempts_allowed=terms.attempts,
        attempts_used=len(starter.attempts), in_audience=starter.path.startswith(contest.audience.path),
        in_window=opening is not None, qualified=rules.qualify is None or starter.is_finalist,
    )  # fmt: skip
    if contest.state != Contest.State.OPEN and verdict in (MayStart.OK, MayStart.NO_ATTEMPTS_LEFT):
        verdict = MayStart.NOT_OPEN_YET if contest.state == Contest.State.DRAFT else MayStart.CLOSED
    if verdict is not MayStart.OK or opening is None:
        raise ContestError(verdict.text, verdict.value)
    division = "" if starter.entry_id is not None else _admitted(member, contest, contest_rules, starter.path, now)
    _end_what_ran_out(starter, now)
    admit()
    ends = deadline(now, terms.minutes, opening.closes_at)
    return _begin(member, round_, rules, terms, starter, now, ends, division, device)


def _admitted(member: Member, contest: Contest, rules: ContestRules, path: str, now: datetime) -> str:
    """The division of a newcomer whom nothing need be asked. Raises ContestError for one who may not enter just so."""
    if asks(rules):
        raise ContestError("Hãy điền vài thông tin dự thi trước khi vào thi.", "must_register")
    return check_entry(member, contest, rules, path, now=now)


def _end_what_ran_out(starter: Starter, now: datetime) -> None:
    """One that ran out and was not swept yet would stand in the way of the next."""
    stale = [attempt.pk for attempt in starter.attempts if attempt.state == Attempt.State.STARTED]
    if not stale:
        return
    mine = Attempt.objects.filter(pk__in=stale)
    expire(mine, now=now)
    if mine.filter(state=Attempt.State.STARTED).exists():
        raise ContestError("Lượt trước của bạn đang được nộp. Hãy thử lại sau vài giây.", "ending")


@transaction.atomic
def _begin(
    member: Member,
    round_: Round,
    rules: RoundRules,
    terms: Terms,
    starter: Starter,
    now: datetime,
    ends: datetime,
    division: str,
    device: uuid.UUID | None,
) -> Attempt:
    """Write the entry, if there is none yet, and the attempt. IntegrityError when another start was first."""
    seed = secrets.randbits(63)
    paper = _draw(round_, rules, seed, now)
    if not held_for_start(round_):  # an opening or an extension was taken back while this start was under way
        raise ContestError("Ban tổ chức vừa thay đổi cuộc thi này. Hãy tải lại trang rồi thử lại.", "changed")
    # Whoever writes holds the entry first: two that wait for each other's attempt would wait for ever.
    entry_id = (
        _hold_entry(member, round_) if starter.entry_id is not None else _enter(member, round_, starter, division, now)
    )
    return Attempt.objects.create(
        entry_id=entry_id, round=round_,
        number=max((attempt.number for attempt in starter.attempts), default=0) + 1, allowance=terms.attempts,
        seed=seed, paper=[[item.version, list(item.order)] for item in paper.items], shape=_shape(round_, paper, rules),
        device=device, started_at=now, deadline=ends, accepts_until=last_arrival(ends, rules.grace_seconds),
    )  # fmt: skip


def _hold_entry(member: Member, round_: Round) -> int:
    """Lock the member's entry in the contest until the commit; its id."""
    entries = Entry.objects.select_for_update(no_key=True).filter(contest=round_.contest_id, member=member)
    return int(entries.values_list("pk", flat=True).get())


def _enter(member: Member, round_: Round, starter: Starter, division: str, now: datetime) -> int:
    """A new entry, with the unit as it is today, held as by `_hold_entry`; one that was made meanwhile stays as it is."""
    entry = Entry(
        contest_id=round_.contest_id, member=member, unit_id=starter.unit_id, unit_path=starter.unit_path,
        unit_name=starter.unit_name, division=division, entered_at=now,
        rules_version_id=starter.rules_version,
    )  # fmt: skip
    # A conflict "updates" the key to what it is: the way to be told the id of the row that stands there.
    Entry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["contest", "member"], update_fields=["contest"]
    )
    return int(entry.pk)


def _draw(round_: Round, rules: RoundRules, seed: int, now: datetime) -> Paper:
    bank = round_.contest.bank
    if bank.purpose == Bank.Purpose.PRACTICE:  # triggers stand before this; a paper whose keys all can read is none
        log.error("round %s cannot draw a paper: its bank is open for practice", round_.pk)
        raise ContestError("Đề thi chưa sẵn sàng. Hãy báo ban tổ chức và thử lại sau ít phút.", "bank")
    try:
        return draw_paper(bank_index(bank, timezone.localdate(now)), rules, seed)
    except BankTooSmall as error:
        log.error("round %s cannot draw a paper: %s", round_.pk, error)
        raise ContestError("Đề thi chưa sẵn sàng. Hãy báo ban tổ chức và thử lại sau ít phút.", "bank") from error


def _shape(round_: Round, paper: Paper, rules: RoundRules) -> str:
    shapes = shapes_of(item.version for item in paper.items)
    try:
        asked = [GUESS] if rules.prediction else []
        return encode_shape([*(shapes[item.version] for item in paper.items), *asked])
    except ValueError as error:  # many essays on one paper: what was written could not all be handed in
        log.error("round %s draws a paper that no hand-in can carry: %s", round_.pk, error)
        raise ContestError("Đề thi chưa sẵn sàng. Hãy báo ban tổ chức và thử lại sau ít phút.", "bank") from error
