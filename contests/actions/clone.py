"""A contest made from one that exists: the same rules on new dates, and nobody's data."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Member
from contests.actions.contest_rows import create_round, create_with_free_slug, note, scope_now
from contests.errors import ContestError
from contests.models import Bank, Contest
from contests.queries.bank_shares import NOT_SHARED, may_draw
from contests.queries.preflight import IN_PRACTICE
from contests.rules.settings import moved_later

WEEK = timedelta(days=7)


@transaction.atomic
def clone_contest(*, contest: Contest, by: Member, now: datetime) -> Contest:
    """A draft with the words, people, bank and all rules of the other. Who is on its list or excluded is not taken along.

    Everything is moved by whole weeks, the fewest that put the first round ahead of now: each round keeps its weekday, its
    hour and its distance to the others.
    """
    scope = scope_now(by, now)
    if not scope.reaches(contest.organizer.path):
        raise ContestError("Bạn không phụ trách đơn vị tổ chức cuộc thi này.", "out_of_scope")
    bank = Bank.objects.select_for_update(of=("self",)).select_related("owner").get(pk=contest.bank_id)
    if not may_draw(bank, scope):
        raise ContestError(NOT_SHARED, "not_shared")
    if bank.purpose == Bank.Purpose.PRACTICE:
        raise ContestError(IN_PRACTICE, "practice")
    rounds = list(contest.rounds.order_by("number"))
    later = _whole_weeks(rounds[0].opens_at, now) if rounds else timedelta(0)
    copy = create_with_free_slug(
        title=contest.title, summary=contest.summary, organizer=contest.organizer, audience=contest.audience, bank=bank,
        created_by=by, rules=moved_later(contest.rules, later),
    )  # fmt: skip
    for round_ in rounds:
        create_round(
            copy,
            round_.number,
            round_.title,
            round_.opens_at + later,
            round_.closes_at + later,
            moved_later(round_.rules, later),
        )
    note(copy, "cloned", by, of=contest.slug, weeks=later // WEEK)
    return copy


def _whole_weeks(opens_at: datetime, now: datetime) -> timedelta:
    """The fewest weeks, none for a round that is still ahead, after which it opens in the future."""
    return max(timedelta(0), ((now - opens_at) // WEEK + 1) * WEEK) if opens_at <= now else timedelta(0)
