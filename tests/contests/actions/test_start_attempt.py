"""Beginning an attempt: who may, how often, and that every path leads to the same running one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actions import withdraw_consent
from contests.actions.expire import expire
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Attempt, Contest, Entry
from tests import make

pytestmark = pytest.mark.django_db


def test_start_draws_a_paper_and_sets_the_deadline(union, contest):
    now = timezone.now()

    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=now)

    assert len(attempt.paper) == 4
    assert attempt.deadline == now + timedelta(minutes=20)
    assert attempt.accepts_until == attempt.deadline + timedelta(seconds=5)
    assert attempt.entry.unit_path == union.factory_a.path
    assert len(attempt.shape) == 4


def test_deadline_is_the_close_of_the_round_when_that_comes_first(union, contest):
    round_ = contest.rounds.get()

    attempt = start_attempt(member=union.alice, round_=round_, now=round_.closes_at - timedelta(minutes=3))

    assert attempt.deadline == round_.closes_at


def test_a_second_start_returns_the_running_attempt(union, contest):
    first = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    second = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    assert second == first


@pytest.mark.parametrize(
    ("shift", "code"), [(timedelta(hours=-2), "not_open_yet"), (timedelta(hours=30), "closed")], ids=["before", "after"]
)
def test_outside_the_window_is_refused(union, contest, shift, code):
    with pytest.raises(ContestError) as refused:
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now() + shift)

    assert refused.value.code == code
    assert not Entry.objects.exists()


def test_another_provinces_member_is_refused(union, contest):
    with pytest.raises(ContestError) as refused:
        start_attempt(member=union.charlie, round_=contest.rounds.get(), now=timezone.now())

    assert refused.value.code == "not_in_audience"


def test_a_draft_is_not_open(union, contest):
    Contest.objects.update(state="draft")
    contest.refresh_from_db()

    with pytest.raises(ContestError) as refused:
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    assert refused.value.code == "not_open_yet"


def test_without_a_unit_the_member_is_told_to_choose_one(union, contest):
    stranger = make.make_member("Người Mới")

    with pytest.raises(ContestError) as refused:
        start_attempt(member=stranger, round_=contest.rounds.get(), now=timezone.now())

    assert refused.value.code == "no_unit"


def test_who_withdrew_the_consent_does_not_start(union, contest):
    withdraw_consent(member=union.alice, purpose="take_part", now=timezone.now())

    with pytest.raises(ContestError) as refused:
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    assert refused.value.code == "no_consent"


def test_allowance_ends_after_two(union, contest):
    now = timezone.now()
    for _ in range(2):
        attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=now)
        Attempt.objects.filter(pk=attempt.pk).update(state="submitted", submitted_at=now)

    with pytest.raises(ContestError) as refused:
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=now)

    assert refused.value.code == "no_attempts_left"


def test_the_database_itself_refuses_one_too_many(union, contest):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    with pytest.raises(IntegrityError, match="attempts_within_allowance"), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(number=3)


def test_an_attempt_that_ran_out_makes_room_for_the_next(union, contest):
    first = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    second = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now() + timedelta(minutes=30))

    first.refresh_from_db()
    assert (first.state, first.submitted_at, second.number) == ("expired", first.deadline, 2)


def test_an_attempt_whose_answers_may_still_be_on_their_way_is_not_ended_by_the_next(union, contest):
    """The batch of its last answers may not have committed yet: the next start waits with the sweep."""
    first = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    with pytest.raises(ContestError) as refused:
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=first.accepts_until + timedelta(seconds=1))

    first.refresh_from_db()
    assert (refused.value.code, first.state) == ("ending", "started")


def test_a_hand_in_is_never_turned_into_an_expiry(union, contest):
    first = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    Attempt.objects.update(state="submitted", submitted_at=first.deadline, closed_by="member", receipt="R")

    assert expire(Attempt.objects.all(), now=first.accepts_until + timedelta(hours=1)) == 0
    first.refresh_from_db()
    assert (first.state, first.receipt) == ("submitted", "R")


def test_the_paper_stays_the_same_for_the_same_seed(union, contest):
    from contests.queries.bank import bank_index
    from contests.rules.paper import draw_paper
    from contests.rules.settings import parse_round_rules

    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    paper = draw_paper(
        bank_index(contest.bank, timezone.localdate()), parse_round_rules(attempt.round.rules), attempt.seed
    )

    assert attempt.paper == [[item.version, list(item.order)] for item in paper.items]


@pytest.mark.django_db(transaction=True)
def test_parallel_starts_make_one_attempt(committed_union):
    """Double taps, two tabs, two phones: the constraint and the lock, not luck, keep it one."""
    union, contest = committed_union
    round_ = contest.rounds.get()

    def start(_: int) -> int:
        try:
            return start_attempt(member=union.alice, round_=round_, now=timezone.now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(start, range(24)))

    assert len(found) == 1
    assert Attempt.objects.count() == 1
