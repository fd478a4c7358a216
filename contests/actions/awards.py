"""From final results to published winners: one person proposes, the list is checked, another person publishes it.

Each act locks the contest, so that two people at once never both succeed; each leaves an event. Nothing is rewritten: a list
that is withdrawn or replaced keeps its rows, and a decision among equals is added to those on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import Member
from contests.actions.boards import announce_states
from contests.actions.extend import checked_reason
from contests.actions.standings import Changes, announce_changes, restand
from contests.errors import ContestError
from contests.models import Award, Contest, ContestEvent, Entry, Round, Standing, TieDecision, WinnersList
from contests.queries.winners import Outlook, TiedGroup, digest_of, outlook
from contests.rules.prizes import ranking_of

State = WinnersList.State


@transaction.atomic
def propose_winners(*, contest: Contest, round_: Round | None, by: Member, now: datetime) -> WinnersList:
    """A list made from the results as they stand. Raises ContestError with everything that stands against it."""
    contest = _locked(contest)
    look = outlook(contest, round_, now)
    if look.obstacles:
        raise ContestError(" ".join(one.text for one in look.obstacles), look.obstacles[0].code)
    last = WinnersList.objects.filter(contest=contest).aggregate(last=Max("number"))["last"] or 0
    winners = WinnersList.objects.create(
        contest=contest, round=round_, number=last + 1, as_of=now, snapshot=_snapshot(look), proposed_by=by, proposed_at=now,
    )  # fmt: skip
    for award in look.awards:
        award.winners_list = winners
    Award.objects.bulk_create(look.awards)
    _note(winners, "winners_proposed", by, given=sum(award.given for award in look.awards))
    return winners


@transaction.atomic
def verify_winners(*, winners: WinnersList, by: Member, now: datetime) -> WinnersList:
    """Somebody has looked through it. Raises ContestError unless it is proposed and results are still those it was made from."""
    winners = _locked_list(winners)
    _refuse_unless(winners, State.PROPOSED)
    _refuse_changed(winners)
    winners.state, winners.verified_by, winners.verified_at = State.VERIFIED, by, now
    winners.save(update_fields=["state", "verified_by", "verified_at"])
    _note(winners, "winners_verified", by)
    return winners


@transaction.atomic
def publish_winners(*, winners: WinnersList, by: Member, now: datetime) -> WinnersList:
    """Make it official: everybody reads it, the boards that it covers become final. Never by who proposed it."""
    winners = _locked_list(winners)
    if by.pk == winners.proposed_by_id and winners.in_hand:
        raise ContestError(
            "Người công bố phải khác người đề xuất. Hãy nhờ một người khác trong ban tổ chức công bố.", "same_person"
        )
    _refuse_unless(winners, State.VERIFIED)
    _refuse_changed(winners)
    before = WinnersList.objects.filter(contest=winners.contest, state=State.PUBLISHED)
    if winners.round_id is not None:
        if whole := before.filter(round=None).first():
            raise ContestError(f"Kết quả cả cuộc thi đã công bố (danh sách số {whole.number}).", "whole")
        before = before.filter(round=winners.round)
    replaced = list(before.values_list("number", flat=True))
    before.update(state=State.REPLACED)
    winners.state, winners.published_by, winners.published_at = State.PUBLISHED, by, now
    winners.save(update_fields=["state", "published_by", "published_at"])
    _note(winners, "winners_published", by, replaces=replaced)
    _announce(winners.contest)
    return winners


@transaction.atomic
def withdraw_winners(*, winners: WinnersList, by: Member, reason: str, now: datetime) -> WinnersList:
    """Take a list back, also a published one: its boards are provisional again. The reason of a published one is public."""
    why = checked_reason(reason)
    winners = _locked_list(winners)
    if winners.state not in (State.PROPOSED, State.VERIFIED, State.PUBLISHED):
        raise ContestError("Danh sách này không còn hiệu lực nên không cần rút lại.", "over")
    was = winners.state
    winners.state, winners.withdrawn_by, winners.withdrawn_at, winners.withdrawn_reason = State.WITHDRAWN, by, now, why
    winners.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    _note(winners, "winners_withdrawn", by, was=was, reason=why)
    if was == State.PUBLISHED:
        _announce(winners.contest)
    return winners


@transaction.atomic
def decide_tie(
    *, contest: Contest, round_: Round | None, group: str, order: Sequence[str], by: Member, reason: str, now: datetime
) -> list[TieDecision]:
    """The organizer's order among those of one tied group (`TiedGroup.key`), best first, as public ids of entries in hex.

    `round_` is that of the list in question. Raises ContestError where the group is not (or no longer) tied.
    """
    why = checked_reason(reason)
    contest = _locked(contest)
    tied = _group(outlook(contest, round_, now), group)
    entries = {one.entry.public_id.hex: one.entry for one in tied.entries}
    if sorted(order) != sorted(entries):
        raise ContestError("Hãy cho mỗi người một thứ tự khác nhau, từ 1 trở đi.", "order")
    number = ranking_of(tied.prize.ranking).round
    decisions = TieDecision.objects.bulk_create(
        TieDecision(contest=contest, round=where, entry=entries[name], place=place, reason=why, decided_by=by, decided_at=now)
        for where in _where(contest, number)
        for place, name in enumerate(order, start=1)
    )  # fmt: skip
    changes = stand_by_decisions(decisions)
    told = [[entries[name].public_id.hex, place] for place, name in enumerate(order, start=1)]
    ContestEvent.objects.create(
        contest=contest, what="tie_decided", actor=by,
        detail={"round": number, "prize": tied.prize.name, "order": told, "people": len(told), "reason": why},
    )  # fmt: skip
    transaction.on_commit(lambda: announce_changes(changes), robust=True)
    return decisions


def _where(contest: Contest, number: int | None) -> list[Round | None]:
    """Whose standings a decision orders. One round alone is the whole contest: what is decided for either holds for both."""
    rounds = list(contest.rounds.all())
    if len(rounds) == 1:
        return [None, *rounds]
    return [next((one for one in rounds if one.number == number), None)]


def stand_by_decisions(decisions: Sequence[TieDecision]) -> Changes:
    """Write the decisions on the standings that they are about, and these anew."""
    for decision in decisions:
        Standing.objects.filter(entry=decision.entry, round=decision.round).update(decided=decision.place)
    return restand(decision.entry_id for decision in decisions)


def _group(look: Outlook, key: str) -> TiedGroup:
    if not look.results_stand:
        raise ContestError(" ".join(one.text for one in look.obstacles), look.obstacles[0].code)
    found = next((group for group in look.tied if group.key == key), None)
    if found is None:
        raise ContestError("Nhóm này không còn bằng nhau, hoặc đã được quyết định. Hãy xem lại trang.", "not_tied")
    return found


def _locked(contest: Contest) -> Contest:
    return Contest.objects.select_for_update(of=("self",)).select_related("organizer").get(pk=contest.pk)


def _locked_list(winners: WinnersList) -> WinnersList:
    """The contest, then the list: the order that `published.mark_changed` can wait in."""
    contest = _locked(winners.contest)
    found = WinnersList.objects.select_for_update(of=("self",)).select_related("round").get(pk=winners.pk)
    found.contest = contest
    return found


def _refuse_unless(winners: WinnersList, state: str) -> None:
    if winners.state == state:
        return
    if winners.state == State.PROPOSED:
        raise ContestError("Danh sách chưa được kiểm tra nên chưa công bố được.", "not_verified")
    if winners.state == State.VERIFIED:
        raise ContestError("Danh sách này đã được kiểm tra.", "verified")
    if winners.state == State.PUBLISHED:
        raise ContestError("Danh sách này đã được công bố.", "published")
    raise ContestError("Danh sách này không còn hiệu lực. Hãy đề xuất danh sách mới.", "over")


def _refuse_changed(winners: WinnersList) -> None:
    same_rules = winners.contest.rules == winners.snapshot["contest_rules"]
    if not same_rules or digest_of(winners.contest, winners.round) != winners.snapshot["digest"]:
        raise ContestError(
            "Kết quả hoặc thể lệ đã thay đổi sau khi danh sách được đề xuất. Hãy rút lại và đề xuất danh sách mới.", "changed"
        )  # fmt: skip


def _snapshot(look: Outlook) -> dict[str, Any]:
    rounds = look.contest.rounds.filter(Q(pk=look.round.pk) if look.round else Q())
    return {
        "contest_rules": look.contest.rules, "digest": look.digest, "barred": look.barred,
        "entries": Entry.objects.filter(contest=look.contest).count(),
        "rounds": [
            {
                "number": one.number, "title": one.title, "opens_at": one.opens_at.isoformat(),
                "closes_at": one.closes_at.isoformat(), "rules": one.rules, "truth": one.truth,
            }
            for one in rounds
        ],
    }  # fmt: skip


def _announce(contest: Contest) -> None:
    transaction.on_commit(lambda: announce_states(contest), robust=True)


def _note(winners: WinnersList, what: str, by: Member, **detail: Any) -> None:
    about = {"list": winners.number, "round": winners.round.number if winners.round else None}
    ContestEvent.objects.create(contest=winners.contest, what=what, actor=by, detail=about | detail)
