"""Entering a contest: checked against its rules, with the unit and the division as they are on that day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from accounts.queries import unit_of
from contests.actions.contest_rows import held_for_entry
from contests.errors import ContestError
from contests.models import Contest, Entry
from contests.queries.eligibility import EXCLUDED, candidate_of, is_excluded, paths_named
from contests.queries.rules_page import newest_rules
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.eligibility import Refusal, division_of, refusal


def check_entry(
    member: Member, contest: Contest, rules: ContestRules, path: str, *, now: datetime, code: str = "",
    born_on: date | None = None, declared: str = "",
) -> str:  # fmt: skip
    """The division in which a member of the unit at `path` competes. Raises ContestError with the first reason against it."""
    if not path.startswith(contest.audience.path):
        raise ContestError(Refusal.OTHER_UNIT.text, Refusal.OTHER_UNIT.value)
    who = candidate_of(member, contest, rules, path, code=code, born_on=born_on, declared=declared)
    paths = paths_named(rules)
    against = refusal(rules, paths, who, now=now, today=timezone.localdate(now))
    if against is not None:
        raise ContestError(against.text, against.value)
    return division_of(rules.divisions, paths, who) or ""


@transaction.atomic
def enter_contest(
    *, member: Member, contest: Contest, now: datetime, code: str = "", born_on: date | None = None, declared: str = ""
) -> Entry:
    """The member's entry, made now if there is none: a second tap finds the first. Raises ContestError."""
    held_for_entry(contest.pk)
    contest = Contest.objects.select_related("organizer", "audience").get(pk=contest.pk)
    standing = Entry.objects.filter(contest=contest, member=member).first()
    if standing is not None:
        return standing
    if contest.state != Contest.State.OPEN:
        raise ContestError("Cuộc thi này không nhận đăng ký.", "not_open")
    if is_excluded(contest, member):
        raise ContestError(EXCLUDED, "excluded")
    unit = unit_of(member)
    if unit is None:
        raise ContestError("Hãy chọn đơn vị công đoàn của bạn trước khi vào thi.", "no_unit")
    rules = parse_contest_rules(contest.rules)
    division = check_entry(member, contest, rules, unit.path, now=now, code=code, born_on=born_on, declared=declared)
    Entry.objects.bulk_create(
        [
            Entry(
                contest=contest, member=member, unit=unit, unit_path=unit.path,
                unit_name=unit.name, division=division, entered_at=now, rules_version=newest_rules(contest),
                born_on=born_on if rules.eligibility.min_age else None,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return Entry.objects.get(contest=contest, member=member)
