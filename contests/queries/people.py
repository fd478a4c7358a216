"""Whom an organizer of a contest means: people found by phone, by e-mail or by name, and nobody outside."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Member
from accounts.queries import MEMBER_SEARCH_LIMIT, members_matching, sitting_member, who_is
from accounts.scope import Scope, within
from contests.models import Contest, Entry


@dataclass(frozen=True, slots=True)
class Person:
    """A member as a search shows them: with their unit, and as much of the login as tells two like names apart."""

    member: Member
    unit: str
    path: str
    entered: bool

    @property
    def hint(self) -> str:
        """The end of the phone number or the address of the mail; the page may stand on a screen in a room."""
        member = self.member
        return f"…{member.phone[-3:]}" if member.phone else f"{(member.email or '')[:2]}…"


def find_people(contest: Contest, scope: Scope, text: str, limit: int = MEMBER_SEARCH_LIMIT) -> list[Person]:
    """Who entered the contest, then who may enter and sits inside the scope today. Two queries."""
    wanted = who_is(text, at="member__")
    if wanted is None:
        return []
    entries = Entry.objects.filter(wanted, contest=contest).select_related("member")
    found = [_entered(entry) for entry in entries.order_by("member__sort_key", "pk")[:limit]]
    known = {person.member.pk for person in found}
    sitting = members_matching(within(scope, contest.audience.path), text, limit)
    found += [
        Person(row.member, row.unit.name, row.unit.path, entered=False) for row in sitting if row.member_id not in known
    ]
    return found[:limit]


def person_in(contest: Contest, scope: Scope, member_id: int) -> Person | None:
    """One of those whom `find_people` could find, by key."""
    entry = Entry.objects.filter(contest=contest, member=member_id).select_related("member").first()
    if entry is not None:
        return _entered(entry)
    row = sitting_member(within(scope, contest.audience.path), member_id)
    return Person(row.member, row.unit.name, row.unit.path, entered=False) if row else None


def entrant(contest: Contest, public_id: str) -> int | None:
    """The key of the member behind an entry, for a link that names the entry; None where it names none of this contest."""
    try:
        entry = UUID(public_id)
    except ValueError:
        return None
    return Entry.objects.filter(contest=contest, public_id=entry).values_list("member", flat=True).first()


def _entered(entry: Entry) -> Person:
    return Person(entry.member, entry.unit_name, entry.unit_path, entered=True)
