"""Who is not ranked in a contest, or ranked without prizes: by a person's decision, with the reason, and taken back. Rows are never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Member
from contests.actions.extend import checked_reason
from contests.actions.published import mark_changed
from contests.actions.standings import announce_changes, restand
from contests.actions.trial import effects_of_exclusion
from contests.errors import ContestError
from contests.models import Contest, ContestEvent, Entry, Exclusion


def effects_of_excluding(contest: Contest, member: Member, *, prizes_only: bool = False) -> dict[str, Any]:
    """What excluding the member (or letting them back in, where they are excluded) would do. Nothing is saved."""
    excluded = _standing(contest, member) is not None
    return effects_of_exclusion(contest, member, ranked=excluded or prizes_only, barred=not excluded)


@transaction.atomic
def exclude(
    *, contest: Contest, member: Member, by: Member, reason: str, now: datetime, prizes_only: bool = False
) -> Exclusion:
    """The member is not ranked any more, or with `prizes_only` ranked and passed over by every prize; attempts and grades stay.

    Raises ContestError where they are excluded already, of either kind.
    """
    why = checked_reason(reason)
    contest = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    if _standing(contest, member) is not None:
        raise ContestError("Người này đã được loại khỏi xếp hạng.", "excluded")
    exclusion = Exclusion.objects.create(
        contest=contest, member=member, reason=why, created_by=by, created_at=now, prizes_only=prizes_only
    )
    _note(contest, "no_prizes" if prizes_only else "excluded", member, by, why)
    _follow(contest, member, now)
    return exclusion


@transaction.atomic
def readmit(*, contest: Contest, member: Member, by: Member, reason: str, now: datetime) -> Exclusion:
    """The member is ranked again, and may win prizes. Raises ContestError where nobody excluded them."""
    why = checked_reason(reason)
    contest = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    exclusion = _standing(contest, member)
    if exclusion is None:
        raise ContestError("Người này đang được xếp hạng.", "not_excluded")
    exclusion.revoked_at, exclusion.revoked_by = now, by
    exclusion.save(update_fields=["revoked_at", "revoked_by"])
    _note(contest, "readmitted", member, by, why)
    _follow(contest, member, now)
    return exclusion


def _standing(contest: Contest, member: Member) -> Exclusion | None:
    """The exclusion that holds now, of either kind."""
    return Exclusion.objects.in_force().filter(contest=contest, member=member).first()


def _follow(contest: Contest, member: Member, now: datetime) -> None:
    """Standings, boards, and a published list of winners that is true no more: prizes move also where no place does."""
    mark_changed([contest.pk], now=now)
    changes = restand(Entry.objects.filter(contest=contest, member=member).values_list("pk", flat=True))
    transaction.on_commit(lambda: announce_changes(changes), robust=True)


def _note(contest: Contest, what: str, member: Member, by: Member, reason: str) -> None:
    ContestEvent.objects.create(
        contest=contest,
        what=what,
        actor=by,
        detail={"member": member.full_name, "member_id": member.pk, "reason": reason},
    )
