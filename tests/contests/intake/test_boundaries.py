"""The boundary matrix on the real answer path: every case is an attempt in the table and an arrival at the endpoint's clock."""

from __future__ import annotations

import pytest

from accounts.models import Member
from contests.intake_batch import Outcome, Request, commit
from contests.models import Attempt, Entry
from contests.rules.timing import deadline, last_arrival
from tests.contests.intake.phone import SHAPE, answer
from tests.contests.rules.test_boundaries import CASES, at, terms_of

pytestmark = pytest.mark.django_db(transaction=True)


async def test_wrong_verdicts_none(cases, tables):
    """Saved or late, by the table as by the clock; what is late is kept apart and nothing else is."""
    requests = [
        Request(attempt.public_id, 1, (answer(1, 0, 1),), at(case.arrived, case.zone), index % 2 == 1)
        for index, (case, attempt) in enumerate(cases)
    ]
    results = await commit(tables.connection, requests)

    wrong = [
        (case, result.outcome)
        for (case, _), result in zip(cases, results, strict=True)
        if result.outcome is not (Outcome.SAVED if case.counts else Outcome.CLOSED)
    ]
    assert wrong == []
    assert len(cases) == len(CASES)
    late = {attempt.pk for case, attempt in cases if not case.counts}
    assert {pk for (pk,) in await tables.rows("SELECT attempt_id FROM contests_lateanswer")} == late


@pytest.fixture
def cases(hall, room):
    union, contest = hall
    round_ = contest.rounds.get()
    members = Member.objects.bulk_create(
        Member(full_name="Thí sinh", email=f"case{index}@example.vn") for index in range(len(CASES))
    )
    entries = Entry.objects.bulk_create(
        Entry(contest=contest, member=member, unit=union.factory_a, unit_path=union.factory_a.path, unit_name="", entered_at=at(0))
        for member in members
    )  # fmt: skip
    attempts = []
    for case, entry in zip(CASES, entries, strict=True):
        given = terms_of(case)
        ends = deadline(at(case.started, case.zone), given.minutes, given.closes_at)
        attempts.append(
            Attempt(
                entry=entry, round=round_, number=1, allowance=1, seed=1, paper=[], shape=SHAPE, started_at=at(case.started),
                deadline=ends, accepts_until=last_arrival(ends, case.grace),
            )
        )  # fmt: skip
    yield list(zip(CASES, Attempt.objects.bulk_create(attempts), strict=True))
    Attempt.objects.all().delete()
    Entry.objects.filter(member__in=members).delete()
    Member.objects.filter(pk__in=[member.pk for member in members]).delete()
