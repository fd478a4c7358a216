"""Who is not ranked in a contest: excluded by a person's decision, with the reason, and let back in. Rows are never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Member
from contests.actions.extend import checked_reason
from contests.actions.standings import announce_changes, restand
from contests.actions.trial import effects_of_exclusion
from contests.errors import ContestError
from contests.models import Contest, ContestEvent, Entry, Exclusion
from contests.queries.ranks import excluded_from


def effects_of_excluding(contest: Contest, member: Member) -> dict[str, Any]:
    """What excluding the member (or letting them back in, where they are excluded) would do. Nothing is saved."""
    return effects_of_exclusion(contest, member, out=member.pk not in excluded_from(contest))


@transaction.atomic
def exclude(*, contest: Contest, member: Member, by: Member, reason: str, now: datetime) -> Exclusion:
    """The member is not ranked any more; attempts and grades stay. Raises ContestError where that is so already."""
    why = checked_reason(reason)
    contest = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    if member.pk in excluded_from(contest):
        raise ContestError("Người này đã được loại khỏi xếp hạng.", "excluded")
    exclusion = Exclusion.objects.create(contest=contest, member=member, reason=why, created_by=by, created_at=now)
    _note(contest, "excluded", member, by, why)
    _restand(contest, member)
    return exclusion


@transaction.atomic
def readmit(*, contest: Contest, member: Member, by: Member, reason: str, now: datetime) -> Exclusion:
    """The member is ranked again. Raises ContestError where nobody excluded them."""
    why = checked_reason(reason)
    contest = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    exclusion = Exclusion.objects.filter(
        contest=contest, member=member, prizes_only=False, revoked_at__isnull=True
    ).first()
    if exclusion is None:
        raise ContestError("Người này đang được xếp hạng.", "not_excluded")
    exclusion.revoked_at, exclusion.revoked_by = now, by
    exclusion.save(update_fields=["revoked_at", "revoked_by"])
    _note(contest, "readmitted", member, by, why)
    _restand(contest, member)
    return exclusion


def _restand(contest: Contest, member: Member) -> None:
    changes = restand(Entry.objects.filter(contest=contest, member=member).values_list("pk", flat=True))
    transaction.on_commit(lambda: announce_changes(changes), robust=True)


def _note(contest: Contest, what: str, member: Member, by: Member, reason: str) -> None:
    ContestEvent.objects.create(
        contest=contest,
        what=what,
        actor=by,
        detail={"member": member.full_name, "member_id": member.pk, "reason": reason},
    )
