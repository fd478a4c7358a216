"""The life of a contest: drafted, opened, extended, closed, opened again. Each act locks the contest and leaves an event.

What an open contest asks of its members (questions, minutes, attempts, audience) does not change any more: somebody may
already have sat under it. Only the closing may be moved later, with a reason that everyone can read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import Member, Unit
from accounts.names import normalise_name
from accounts.scope import Scope
from contests.actions.boards import rebuild_boards
from contests.actions.contest_rows import create_round, create_with_free_slug, locked, note, scope_now
from contests.actions.rules_versions import keep_rules
from contests.errors import ContestError
from contests.models import Bank, Contest, Round
from contests.queries.bank_shares import may_draw, withheld
from contests.queries.checklist import keys_shown_text
from contests.queries.preflight import (
    IN_PRACTICE,
    audience_problem,
    preflight,
    read_rules,
    short_days,
    shortage_text,
    window_problems,
)  # fmt: skip
from contests.queries.review import keys_shown_since
from contests.rules.settings import RoundRules, RuleProblem, dump
from contests.rules.timing import UNDO_CLOSE_WITHIN

SHORTEST_REASON = 5  # characters
LONGEST_ROUND_TITLE = 120


class PlanRefused(ContestError):
    """A plan with mistakes: every one of them, each with the field it belongs to, so that all are mended in one go."""

    def __init__(self, problems: Iterable[RuleProblem], code: str = "plan") -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.text for problem in self.problems), code)


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A round as the organizer wants it; `rules` is what `contests.rules.settings` reads."""

    title: str
    opens_at: datetime
    closes_at: datetime
    rules: Mapping[str, Any]


def week_later(plan: RoundPlan, weeks: int) -> RoundPlan:
    """The same round so many weeks later: Tuần 1 becomes Tuần 2."""
    title = normalise_name(plan.title)
    stem = title.rstrip("0123456789")
    first = title[len(stem) :]
    if weeks:
        title = f"{stem}{int(first) + weeks}" if first else f"{title} {weeks + 1}"
    later = timedelta(days=7 * weeks)
    return RoundPlan(title, plan.opens_at + later, plan.closes_at + later, plan.rules)


@transaction.atomic
def create_contest(
    *,
    title: str,
    summary: str = "",
    organizer: Unit,
    audience: Unit,
    bank: Bank,
    first_round: RoundPlan,
    weeks: int = 1,
    by: Member,
    now: datetime,
) -> Contest:
    """A draft with its first round and an address made from the title. Raises PlanRefused with every mistake.

    `weeks` rounds in all, each a week after the one before, at the same hours and by the same rules.
    """
    scope = scope_now(by, now)
    name = normalise_name(title)
    # Of two acts at one instant, this and opening the bank for practice, the second sees the first.
    bank = Bank.objects.select_for_update(of=("self",)).select_related("owner").get(pk=bank.pk)
    rules, problems = _plan_problems(bank, first_round, now)
    if rules is not None and not problems and weeks > 1:  # the bank must do for the last week too
        last = week_later(first_round, weeks - 1)
        problems = _bank_problems(bank, replace(last, opens_at=first_round.opens_at), rules, now)
        if len(last.title) > LONGEST_ROUND_TITLE:
            text = f"Đợt cuối sẽ mang tên “{last.title}”, dài quá {LONGEST_ROUND_TITLE} ký tự. Hãy đặt tên ngắn hơn."
            problems.append(RuleProblem("round_title", "too_long", text))
    problems = [*_title_problems(name), *_unit_problems(organizer, audience, bank, scope), *problems]
    if problems or rules is None:
        raise PlanRefused(problems)
    contest = create_with_free_slug(
        title=name, summary=summary.strip(), organizer=organizer, audience=audience, bank=bank, created_by=by
    )
    for week in range(weeks):
        _create_round(contest, week + 1, week_later(first_round, week), rules)
    note(contest, "created", by, title=name, audience=audience.code)
    return contest


@transaction.atomic
def update_contest(*, contest: Contest, title: str, summary: str, audience: Unit, by: Member, now: datetime) -> Contest:
    """Change a draft; of an open contest only the words. The address stays as it was. Raises ContestError."""
    contest = locked(contest)
    if contest.state == Contest.State.CLOSED:
        raise ContestError("Cuộc thi đã kết thúc nên không sửa được nữa.", "closed")
    if contest.state == Contest.State.OPEN and audience.pk != contest.audience_id:
        raise PlanRefused(
            [RuleProblem("audience", "open", "Cuộc thi đã mở nên không đổi đơn vị dự thi được nữa.")], "open"
        )
    name = normalise_name(title)
    problems = _title_problems(name)
    if contest.state == Contest.State.DRAFT:
        problems += _unit_problems(contest.organizer, audience, contest.bank, scope_now(by, now))
    if problems:
        raise PlanRefused(problems)
    before = {"title": contest.title, "summary": contest.summary, "audience": contest.audience.code}
    contest.title, contest.summary, contest.audience = name, summary.strip(), audience
    contest.save(update_fields=["title", "summary", "audience"])
    _note_changes(contest, by, before, {"title": name, "summary": contest.summary, "audience": audience.code})
    keep_rules(contest, by=by, now=now)
    return contest


@transaction.atomic
def add_round(*, contest: Contest, plan: RoundPlan, by: Member, now: datetime, keys_known: bool = False) -> Round:
    """One more round after the others, also while the contest is open. Raises PlanRefused with every mistake.

    An open contest draws at once: where members have read the keys of its bank, only with `keys_known`.
    """
    contest = locked(contest)
    if contest.state == Contest.State.CLOSED:
        raise ContestError("Cuộc thi đã kết thúc nên không thêm đợt được nữa.", "closed")
    _may_have_questions(contest, by, now)
    rules, problems = _plan_problems(contest.bank, plan, now)
    since = keys_shown_since(contest.bank, now) if contest.state == Contest.State.OPEN else None
    if since is not None and not keys_known:
        problems.append(RuleProblem("", "keys_shown", keys_shown_text(since)))
    if problems or rules is None:
        raise PlanRefused(problems)
    last = contest.rounds.order_by("-number").values_list("number", flat=True).first() or 0
    round_ = _create_round(contest, last + 1, plan, rules)
    note(
        contest,
        "round_added",
        by,
        round=round_.number,
        **_as_said(plan, rules),
        **({"keys_known": True} if since else {}),
    )
    keep_rules(contest, by=by, now=now)
    return round_


@transaction.atomic
def update_round(*, round_: Round, plan: RoundPlan, by: Member, now: datetime) -> Round:
    """Change a round of a draft. A contest that was opened keeps its paper, minutes and window; see `extend_round`."""
    contest = locked(round_.contest)
    if contest.state != Contest.State.DRAFT:
        raise ContestError(
            "Cuộc thi đã mở nên đề thi, số phút, số lượt và khung giờ không đổi được nữa. "
            "Nếu cần thêm thời gian, hãy kéo dài giờ đóng và ghi lý do.",
            "open",
        )
    _may_have_questions(contest, by, now)
    round_ = Round.objects.get(pk=round_.pk)
    rules, problems = _plan_problems(contest.bank, plan, now)
    if problems or rules is None:
        raise PlanRefused(problems)
    before = _as_said(RoundPlan(round_.title, round_.opens_at, round_.closes_at, round_.rules), None)
    round_.title, round_.opens_at, round_.closes_at = normalise_name(plan.title), plan.opens_at, plan.closes_at
    round_.rules = dump(rules)
    round_.save(update_fields=["title", "opens_at", "closes_at", "rules"])
    _note_changes(contest, by, before, _as_said(plan, rules), round=round_.number)
    return round_


@transaction.atomic
def remove_round(*, round_: Round, by: Member, now: datetime) -> None:
    """Take the last round out of a draft; the first stays, and so does one that the log of an earlier opening speaks of."""
    contest = locked(round_.contest)
    if contest.state != Contest.State.DRAFT:
        raise ContestError("Cuộc thi đã mở nên không bỏ đợt thi được nữa.", "open")
    last = contest.rounds.order_by("-number").first()
    if last is None or last.number == 1 or last.pk != round_.pk:
        raise ContestError("Chỉ bỏ được đợt cuối cùng, và cuộc thi phải còn ít nhất một đợt.", "not_last")
    plan = RoundPlan(last.title, last.opens_at, last.closes_at, last.rules)
    try:
        last.delete()
    except ProtectedError as kept:
        raise ContestError(
            "Đợt này từng được mở và đã có thông báo, gia hạn hoặc bài thi ghi lại, nên không bỏ được. "
            "Hãy sửa tên, ngày giờ và đề của đợt thay cho việc bỏ.",
            "kept",
        ) from kept
    note(contest, "round_removed", by, round=round_.number, **_as_said(plan, None))


@transaction.atomic
def open_contest(*, contest: Contest, by: Member, now: datetime) -> Contest:
    """Publish a draft, once everything that must be true is. After commit its boards are built."""
    contest = locked(contest)
    if contest.state == Contest.State.OPEN:
        raise ContestError("Cuộc thi này đã được mở.", "already_open")
    if contest.state == Contest.State.CLOSED:
        raise ContestError("Cuộc thi này đã kết thúc. Trong 24 giờ sau khi kết thúc, hãy dùng “Mở lại”.", "closed")
    # No import may shrink the bank between check and opening, nor may it be opened for practice.
    contest.bank = Bank.objects.select_for_update(of=("self",)).select_related("owner").get(pk=contest.bank_id)
    failed = [check for check in preflight(contest, scope_now(by, now), now) if not check.ok]
    if failed:
        raise PlanRefused([RuleProblem(check.code, "preflight", check.text) for check in failed], "preflight")
    contest.state, contest.opens_itself_at, contest.opens_itself_by = Contest.State.OPEN, None, None
    contest.save(update_fields=["state", "opens_itself_at", "opens_itself_by"])
    rounds = [
        {"round": one.number, **_as_said(RoundPlan(one.title, one.opens_at, one.closes_at, one.rules), None)}
        for one in contest.rounds.all()
    ]
    note(contest, "opened", by, rounds=rounds, audience=contest.audience.code, bank_version=contest.bank.version)
    keep_rules(contest, by=by, now=now)
    # Robust: without Redis the contest is open all the same (law 1), the failure is logged, `ensure_boards` mends it.
    transaction.on_commit(lambda: rebuild_boards(contest), robust=True)
    return contest


@transaction.atomic
def extend_round(*, round_: Round, closes_at: datetime, reason: str, by: Member, now: datetime) -> Round:
    """Move the closing of an open contest's round later, with a reason. Attempts that run keep the deadline they have."""
    contest = locked(round_.contest)
    if contest.state != Contest.State.OPEN:
        raise ContestError("Chỉ kéo dài được đợt thi của cuộc thi đang mở.", "not_open")
    round_ = Round.objects.get(pk=round_.pk)
    if now >= round_.closes_at:  # what a closed round has shown of its answers can't be unseen
        raise ContestError("Đợt này đã đóng nên không kéo dài được nữa. Nếu cần, hãy thêm một đợt mới.", "over")
    why = normalise_name(reason)
    problems = window_problems(round_.opens_at, closes_at, now)
    if closes_at <= round_.closes_at:
        problems = [
            RuleProblem("closes_at", "not_later", "Giờ đóng mới phải sau giờ đóng hiện nay; không rút ngắn được.")
        ]
    if len(why) < SHORTEST_REASON:
        problems.append(RuleProblem("reason", "missing", "Hãy ghi lý do; thí sinh và cấp trên có thể hỏi."))
    rules, _ = read_rules(round_.rules)
    if not problems and rules is not None:
        problems += _bank_problems(
            contest.bank,
            RoundPlan(round_.title, round_.opens_at, closes_at, round_.rules),
            rules,
            now,
            field="closes_at",
        )
    if problems:
        raise PlanRefused(problems)
    before = round_.closes_at
    round_.closes_at = closes_at
    round_.save(update_fields=["closes_at"])
    note(
        contest, "extended", by, round=round_.number, before=before.isoformat(), after=closes_at.isoformat(), reason=why
    )
    keep_rules(contest, by=by, now=now, reason=why)
    return round_


@transaction.atomic
def close_contest(*, contest: Contest, by: Member, now: datetime) -> Contest:
    """End a contest: nobody begins any more, those who sit finish in their own time. `reopen_contest` takes it back."""
    contest = locked(contest)
    if contest.state != Contest.State.OPEN:
        raise ContestError("Chỉ kết thúc được cuộc thi đang mở.", "not_open")
    contest.state, contest.paused_at, contest.pause_reason = Contest.State.CLOSED, None, ""
    contest.save(update_fields=["state", "paused_at", "pause_reason"])
    note(contest, "closed", by, early=any(one.closes_at > now for one in contest.rounds.all()))
    transaction.on_commit(lambda: rebuild_boards(contest), robust=True)  # boards that were kept back until the end
    return contest


@transaction.atomic
def reopen_contest(*, contest: Contest, by: Member, now: datetime) -> Contest:
    """Take a closing back, within 24 hours of it."""
    contest = locked(contest)
    if contest.state != Contest.State.CLOSED:
        raise ContestError("Cuộc thi này chưa kết thúc nên không cần mở lại.", "not_closed")
    if now > reopen_until(contest):
        raise ContestError(
            "Đã quá 24 giờ từ khi kết thúc nên không mở lại được nữa. Hãy tạo một cuộc thi mới.", "too_late"
        )
    contest.state = Contest.State.OPEN
    contest.save(update_fields=["state"])
    note(contest, "reopened", by)
    transaction.on_commit(lambda: rebuild_boards(contest), robust=True)
    return contest


def reopen_until(contest: Contest) -> datetime:
    """The last instant at which the latest closing may be taken back; long past for a contest that was never closed."""
    closed = contest.events.filter(what="closed").order_by("-at", "-pk").first()
    return closed.at + UNDO_CLOSE_WITHIN if closed else contest.created_at


def _may_have_questions(contest: Contest, by: Member, now: datetime) -> None:
    if text := withheld(contest, scope_now(by, now)):
        raise ContestError(text, "not_shared")


def _title_problems(name: str) -> list[RuleProblem]:
    if not any(character.isalnum() for character in name):
        return [RuleProblem("title", "missing", "Hãy đặt tên cho cuộc thi.")]
    if len(name) > 200:
        return [RuleProblem("title", "too_long", f"Tên dài {len(name)} ký tự; nhiều nhất là 200.")]
    return []


def _unit_problems(organizer: Unit, audience: Unit, bank: Bank, scope: Scope) -> list[RuleProblem]:
    problems = []
    if not scope.reaches(organizer.path):
        problems.append(RuleProblem("organizer", "out_of_scope", "Bạn không phụ trách đơn vị tổ chức này."))
    if text := audience_problem(audience, scope):
        problems.append(RuleProblem("audience", "out_of_scope", text))
    if not may_draw(bank, scope):
        text = "Bạn không phụ trách ngân hàng câu hỏi này và nó không được chia sẻ với đơn vị bạn."
        problems.append(RuleProblem("bank", "out_of_scope", text))
    if bank.purpose == Bank.Purpose.PRACTICE:
        problems.append(RuleProblem("bank", "practice", IN_PRACTICE))
    return problems


def _plan_problems(bank: Bank, plan: RoundPlan, now: datetime) -> tuple[RoundRules | None, list[RuleProblem]]:
    rules, problems = read_rules(plan.rules)
    title = normalise_name(plan.title)
    if not title or len(title) > LONGEST_ROUND_TITLE:
        problems.insert(0, RuleProblem("round_title", "missing", "Hãy đặt tên cho đợt thi, không quá 120 ký tự."))
    window = window_problems(plan.opens_at, plan.closes_at, now, rules.minutes if rules else None)
    # A mistake elsewhere must not hide that the bank is too small: then the paper alone is looked at, as of today.
    draw_only = {"minutes": 1, "attempts": 1, "draw": plan.rules.get("draw")}
    paper = rules or read_rules(draw_only)[0]
    if paper is not None:
        opens_at, closes_at = (now, now + timedelta(hours=1)) if window else (plan.opens_at, plan.closes_at)
        problems += _bank_problems(bank, RoundPlan(title, opens_at, closes_at, plan.rules), paper, now)
    return rules, [*problems, *window]


def _bank_problems(bank: Bank, plan: RoundPlan, rules: RoundRules, now: datetime, field: str = "") -> list[RuleProblem]:
    places = {(part.topic, part.difficulty): f"draw[{index}].count" for index, part in enumerate(rules.draw)}
    return [
        RuleProblem(
            field or places[short.shortage.topic, short.shortage.difficulty], "bank_too_small", shortage_text(short)
        )
        for short in short_days(bank, [(plan.opens_at, plan.closes_at, rules)], now)
    ]


def _create_round(contest: Contest, number: int, plan: RoundPlan, rules: RoundRules) -> Round:
    return create_round(contest, number, plan.title, plan.opens_at, plan.closes_at, dump(rules))


def _as_said(plan: RoundPlan, rules: RoundRules | None) -> dict[str, Any]:
    return {
        "title": normalise_name(plan.title), "opens_at": plan.opens_at.isoformat(), "closes_at": plan.closes_at.isoformat(),
        "rules": dump(rules) if rules else dict(plan.rules),
    }  # fmt: skip


def _note_changes(contest: Contest, by: Member, before: dict[str, Any], after: dict[str, Any], **detail: Any) -> None:
    """One event with the fields that differ, old and new; none when nothing changed."""
    changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if changes:
        note(contest, "changed", by, **detail, changes=changes)
