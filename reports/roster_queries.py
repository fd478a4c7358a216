"""Who of a contest's roster has not begun, inside a scope."""

from __future__ import annotations

from typing import NamedTuple

from accounts.models import Member, Membership, Unit
from accounts.names import given_name_sort_key
from accounts.scope import Scope
from contests.models import Contest, Entry, RosterLine
from contests.rules.contest_settings import parse_contest_rules


class Missing(NamedTuple):
    """A line of the roster whose person has no attempt."""

    name: str
    login: str
    unit: str
    how_far: str


def has_roster(contest: Contest) -> bool:
    """Whether the contest is for the people of a list, and the list holds anybody."""
    return parse_contest_rules(contest.rules).eligibility.roster and RosterLine.objects.filter(contest=contest).exists()


def missing_people(contest: Contest, unit: Unit) -> list[Missing]:
    """The people below a unit by given name; at most five queries.

    A person stands where their entry says, without one where they belong today. Who has no account or no unit stands nowhere:
    they are told only to those who see all that the contest is for.
    """
    inside = Scope((unit.path,))
    lines = dict(RosterLine.objects.filter(contest=contest).values_list("login", "name"))
    logins = RosterLine.objects.filter(contest=contest).values("login")
    people = (
        Member.objects.filter(phone__in=logins) | Member.objects.filter(email__in=logins)
    ).values_list("pk", "full_name", "phone", "email")  # fmt: skip
    entries = {
        member: (path, name, began)
        for member, path, name, began in Entry.objects.filter(contest=contest)
        .values_list("member", "unit_path", "unit_name", "attempts__pk")
        .order_by("member", "attempts__pk")
        .distinct("member")
    }
    belongs = Membership.objects.filter(to_day=None, member__in=[pk for pk, *_ in people])
    homes = {member: (path, name) for member, path, name in belongs.values_list("member", "unit__path", "unit__name")}
    seen: set[str] = set()
    found: list[Missing] = []
    for pk, name, phone, email in people:
        mine = [login for login in (phone, email) if login in lines]
        seen.update(mine)
        path, home, began = entries.get(pk) or (*homes.get(pk, ("", "")), None)
        if began is None and (inside.reaches(path) if path else inside.reaches(contest.audience.path)):
            how_far = "đã đăng ký, chưa vào thi" if pk in entries else "có tài khoản, chưa vào thi"
            found.append(Missing(name, mine[0], home, how_far))
    if inside.reaches(contest.audience.path):
        found += [Missing(name, login, "", "chưa có tài khoản") for login, name in lines.items() if login not in seen]
    return sorted(found, key=lambda one: (given_name_sort_key(one.name), one.login))
