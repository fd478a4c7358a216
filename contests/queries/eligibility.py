"""What the rules of entry need to know of a member, read when somebody enters: once a contest and member."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Member, Role, Unit
from accounts.phones import to_e164
from accounts.scope import scope_of
from contests.models import Contest, Exclusion, RosterLine
from contests.rules.contest_settings import ContestRules
from contests.rules.eligibility import Candidate

EXCLUDED = "Ban tổ chức đã đưa bạn ra khỏi danh sách dự thi cuộc thi này."


def is_excluded(contest: Contest, member: Member) -> bool:
    """Whether an organizer has taken the member out of the contest."""
    rows = Exclusion.objects.from_ranking().filter(contest=contest, member=member)
    return rows.exists()


def roster_of(contest: Contest, q: str = "") -> QuerySet[RosterLine]:
    """The contest's list, those whose login or name holds `q`."""
    rows = RosterLine.objects.filter(contest=contest).select_related("contest").order_by("name", "login")
    text = q.strip().replace("\x00", "")[:100]
    if not text:
        return rows
    return rows.filter(Q(name__icontains=text) | Q(login__icontains=to_e164(text) or text.lower()))


def candidate_of(
    member: Member,
    contest: Contest,
    rules: ContestRules,
    path: str,
    *,
    code: str = "",
    born_on: date | None = None,
    declared: str = "",
) -> Candidate:
    """The member of the unit at `path` as the rules look at them. Asks the database only what the rules ask."""
    kinds: tuple[str, ...] = ()
    if any(one.unit_kinds for one in rules.divisions):
        above = [path[:end] for end in range(len(path), 0, -1) if path[:end].endswith(".")]
        by_path = dict(Unit.objects.filter(path__in=above).values_list("path", "kind__slug"))
        kinds = tuple(by_path[one] for one in above if one in by_path)
    return Candidate(
        path=path, unit_kinds=kinds, organizes=rules.eligibility.exclude_staff and _organizes(member, contest), code=code, born_on=born_on,
        declared=declared, on_roster=rules.eligibility.roster and _on_roster(member, contest),
    )  # fmt: skip


def paths_named(rules: ContestRules) -> dict[str, str]:
    """The paths today of the units that the rules name, by code."""
    codes = {*rules.eligibility.units, *(code for one in rules.divisions for code in one.units)}
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "path")) if codes else {}


def _organizes(member: Member, contest: Contest) -> bool:
    today = timezone.localdate()
    return member.is_staff or scope_of(member, Role.Kind.ORGANIZER, today).reaches(contest.organizer.path)


def _on_roster(member: Member, contest: Contest) -> bool:
    logins = [login for login in (member.phone, member.email) if login]
    return RosterLine.objects.filter(contest=contest, login__in=logins).exists()
