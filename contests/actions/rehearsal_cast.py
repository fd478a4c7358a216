"""The stage and the cast of a rehearsal: a copy of a contest with its bank, and people who are not there.

Call inside the transaction that is rolled back. The bank is copied too, so that no row of the real one is locked while the
rehearsal runs and imports go on.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Consent, Member, Membership, Unit
from accounts.scope import Scope, in_scope
from contests.actions.contest_rows import create_round, create_with_free_slug
from contests.models import Bank, Contest, Question, QuestionVersion, RosterLine, Topic
from contests.rules.contest_settings import ContestRules

UNITS = 40  # units that the cast is spread over, at most
BORN = date(1985, 5, 20)


def copy_of(contest: Contest, by: Member) -> Contest:
    """The contest with its bank and rounds, as a draft of its own."""
    bank = _copied_bank(contest.bank)
    copy = create_with_free_slug(
        title=f"Diễn tập {contest.title}"[:200], summary=contest.summary, organizer=contest.organizer, audience=contest.audience, bank=bank,
        created_by=by, rules=contest.rules,
    )  # fmt: skip
    for one in contest.rounds.order_by("number"):
        create_round(copy, one.number, one.title, one.opens_at, one.closes_at, one.rules)
    return copy


def _copied_bank(bank: Bank) -> Bank:
    copy = Bank.objects.create(owner=bank.owner, name=bank.name)
    topics = {old.pk: Topic(bank=copy, name=old.name) for old in bank.topics.all()}
    Topic.objects.bulk_create(topics.values())
    current = QuestionVersion.objects.filter(question__bank=bank, is_current=True, question__retired_at__isnull=True)
    versions = list(current.select_related("question"))
    questions = Question.objects.bulk_create(Question(bank=copy, code=one.question.code) for one in versions)
    for version, question in zip(versions, questions, strict=True):
        version.pk, version.question, version.topic = None, question, topics[version.topic_id]
        version._state.adding = True
    QuestionVersion.objects.bulk_create(versions, batch_size=1000)
    return copy


def make_cast(copy: Contest, rules: ContestRules, count: int, chance: random.Random, now: datetime) -> list[Member]:
    """So many people of units that may take part, who have agreed, and stand on the list where there is one."""
    units = _units(copy, rules, chance)
    mark = uuid.uuid4().hex[:12]
    members = []
    for number in range(1, count + 1):
        member = Member(email=f"dien-tap-{mark}-{number}@example.invalid")
        member.set_unusable_password()
        member.set_name(f"Người diễn tập {number:04d}")
        members.append(member)
    Member.objects.bulk_create(members, batch_size=1000)
    Consent.objects.bulk_create(
        Consent(member=one, purpose=Consent.Purpose.TAKE_PART, text_version="1", text_hash="", given_at=now)
        for one in members
    )
    since = timezone.localdate(now) - timedelta(days=1)
    Membership.objects.bulk_create(
        Membership(member=one, unit=units[place % len(units)], from_day=since) for place, one in enumerate(members)
    )
    if rules.eligibility.roster:
        RosterLine.objects.bulk_create(RosterLine(contest=copy, login=one.email, name=one.full_name) for one in members)
    return members


def _units(copy: Contest, rules: ContestRules, chance: random.Random) -> Sequence[Unit]:
    """Units of the audience, grassroots ones if there are any."""
    among = in_scope(Unit.objects.filter(closed_on__isnull=True), Scope((copy.audience.path,)))
    if rules.eligibility.units:
        named = Unit.objects.filter(code__in=rules.eligibility.units).values_list("path", flat=True)
        among = in_scope(among, Scope(tuple(named)))
    grassroots = among.filter(kind__is_grassroots=True)
    pks = list(grassroots.values_list("pk", flat=True)) or list(among.values_list("pk", flat=True))
    chosen = chance.sample(sorted(pks), min(UNITS, len(pks)))
    return list(Unit.objects.filter(pk__in=chosen)) or [copy.audience]
