"""From hand-in to standing: what grading writes, that it happens once, and what the sweep ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.expire import SWEEP_AFTER
from contests.actions.grade import grade_pending, sweep_expired
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Answer, Attempt, QuestionVersion, Standing

pytestmark = pytest.mark.django_db


def right_choices(attempt: Attempt, how_many: int) -> dict[int, list[int]]:
    """Shown positions of the right options for the first `how_many` questions of the paper."""
    found = {}
    for number, (version, order) in enumerate(attempt.paper[:how_many], 1):
        key = QuestionVersion.objects.get(pk=version).key
        found[number] = sorted(order.index(option) for option in key)
    return found


def sit(member, contest, *, right: int, seconds: int, now=None) -> Attempt:
    now = now or timezone.now()
    attempt = start_attempt(member=member, round_=contest.rounds.get(), now=now)
    return save_form(
        attempt=attempt, choices=right_choices(attempt, right), now=now + timedelta(seconds=seconds), submit=True
    )


def test_grading_writes_points_time_and_both_standings(union, contest):
    attempt = sit(union.alice, contest, right=3, seconds=90)

    assert grade_pending(now=timezone.now()) == 1

    attempt.refresh_from_db()
    assert (attempt.state, attempt.points, attempt.right, attempt.answered, attempt.elapsed_ms) == (
        "graded",
        300,
        3,
        3,
        90_000,
    )
    standings = Standing.objects.order_by("round").values_list("round__number", "points", "elapsed_ms", "order")
    assert sorted(standings, key=str) == [
        (1, 300, 90_000, "7ffffffed40000015f90"),
        (None, 300, 90_000, "7ffffffed40000015f90"),
    ]


def test_grading_again_does_nothing(union, contest):
    sit(union.alice, contest, right=1, seconds=10)

    assert [grade_pending(now=timezone.now()) for _ in range(3)] == [1, 0, 0]
    assert Standing.objects.count() == 2


def test_the_best_attempt_counts_and_the_version_grows(union, contest):
    for right in (4, 1):
        sit(union.alice, contest, right=right, seconds=60)
        grade_pending(now=timezone.now())
        versions = sorted(Standing.objects.values_list("version", flat=True))
        if right == 4:
            first = versions

    assert set(Standing.objects.values_list("points", flat=True)) == {400}
    assert min(versions) > max(first)


def test_several_right_options_must_all_be_chosen(union, bank):
    from tests.make import make_contest

    QuestionVersion.objects.update(kind="multiple", key=[0, 1])
    contest = make_contest(union, bank)
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    half = {1: right_choices(attempt, 1)[1][:1], 2: right_choices(attempt, 2)[2]}

    save_form(attempt=attempt, choices=half, now=timezone.now(), submit=True)
    grade_pending(now=timezone.now())

    attempt.refresh_from_db()
    assert (attempt.right, attempt.answered) == (1, 2)


def test_sweep_waits_for_answers_that_are_still_in_a_batch(union, contest):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    assert sweep_expired(now=attempt.accepts_until + SWEEP_AFTER) == 0
    assert sweep_expired(now=attempt.accepts_until + SWEEP_AFTER + timedelta(milliseconds=1)) == 1
    attempt.refresh_from_db()
    assert (attempt.state, attempt.submitted_at, attempt.closed_by) == ("expired", attempt.deadline, "deadline")


def test_an_expired_attempt_is_graded_with_what_arrived_in_time(union, contest):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    save_form(attempt=attempt, choices=right_choices(attempt, 2), now=timezone.now(), submit=False)

    sweep_expired(now=attempt.accepts_until + timedelta(minutes=5))
    grade_pending(now=timezone.now())

    attempt.refresh_from_db()
    assert (attempt.state, attempt.right, attempt.elapsed_ms) == ("graded", 2, 20 * 60_000)


def test_a_form_after_the_grace_is_refused_and_stores_nothing(union, contest):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    with pytest.raises(ContestError) as refused:
        save_form(attempt=attempt, choices={1: [0]}, now=attempt.accepts_until + timedelta(milliseconds=1), submit=True)

    assert refused.value.code == "closed"
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "choices",
    [{9: [0]}, {1: [7]}, {1: [-1]}, {1: [0, 1]}],
    ids=["no such question", "no such option", "negative", "two of one"],
)
def test_a_choice_that_is_not_on_the_paper_stores_nothing(union, contest, choices):
    QuestionVersion.objects.update(kind="single", key=[0])
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    with pytest.raises(ContestError) as refused:
        save_form(attempt=attempt, choices={2: [0]} | choices, now=timezone.now(), submit=True)

    assert refused.value.code == "bad_choice"
    assert not Answer.objects.exists()


def test_time_in_the_grace_is_not_counted(union, contest):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    save_form(attempt=attempt, choices={}, now=attempt.deadline + timedelta(seconds=3), submit=True)
    grade_pending(now=timezone.now())

    attempt.refresh_from_db()
    assert attempt.elapsed_ms == 20 * 60_000
