"""What an organizer decides about an attempt: what counts afterwards, what is kept of before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.boards import Board
from contests.actions.grade import grade_pending
from contests.actions.rulings import accept_late, restore_attempt, void_attempt
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Answer, Attempt, AttemptEvent, LateAnswer, Standing
from leaderboard import live
from tests.contests.actions.test_grade import right_choices, sit

WHY = "Thí sinh nhờ người thi hộ"


def points_of(contest, round_=None) -> list[int]:
    return [row.shown["points"] for row in Board(contest, round_, "").rows()]


@pytest.fixture
def graded(union, contest):
    attempt = sit(union.alice, contest, right=2, seconds=60)
    grade_pending(now=timezone.now())
    attempt.refresh_from_db()
    return attempt


@pytest.mark.django_db
def test_a_voided_attempt_leaves_no_standing_and_keeps_its_grade(graded, union, contest):
    void_attempt(attempt=graded, by=union.olga, reason=WHY, now=timezone.now())

    graded.refresh_from_db()
    assert (graded.state, graded.points) == ("voided", 200)
    assert not Standing.objects.exists()
    event = AttemptEvent.objects.get()
    assert (event.what, event.actor, event.reason, event.detail) == (
        "voided", union.olga, WHY, {"state": "graded", "points": 200},
    )  # fmt: skip


@pytest.mark.django_db
def test_the_next_best_attempt_takes_its_place(graded, union, contest):
    second = sit(union.alice, contest, right=1, seconds=30)
    grade_pending(now=timezone.now())

    void_attempt(attempt=graded, by=union.olga, reason=WHY, now=timezone.now())

    assert points_of(contest) == points_of(contest, contest.rounds.get()) == [100]
    with pytest.raises(ContestError, match="hết số lượt"):  # a voided attempt stays used
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    second.refresh_from_db()
    assert second.state == "graded"


@pytest.mark.django_db
def test_a_void_is_taken_back(graded, union, contest):
    void_attempt(attempt=graded, by=union.olga, reason=WHY, now=timezone.now())
    restore_attempt(attempt=graded, by=union.olga, reason="Đã xác minh lại", now=timezone.now())

    was = graded.graded_at
    graded.refresh_from_db()
    assert (graded.state, graded.points, graded.elapsed_ms, graded.graded_at) == ("graded", 200, 60_000, was)
    assert points_of(contest) == [200]
    assert list(AttemptEvent.objects.values_list("what", flat=True)) == ["voided", "restored"]


@pytest.mark.django_db
def test_late_answers_count_once_they_are_accepted(graded, union, contest):
    whole = right_choices(graded, 4)
    save_form(attempt=graded, choices=whole, now=timezone.now() + timedelta(hours=1), submit=True)
    graded.refresh_from_db()
    assert (graded.points, LateAnswer.objects.count(), Answer.objects.count()) == (200, 2, 2)

    assert accept_late(attempt=graded, by=union.olga, reason="Trạm phát sóng hỏng", now=timezone.now()) == 2

    graded.refresh_from_db()
    assert (graded.state, graded.points, graded.right, graded.elapsed_ms) == ("regraded", 400, 4, 60_000)
    assert points_of(contest) == [400]
    assert AttemptEvent.objects.get().detail["answers"] == {str(n): [None, whole[n]] for n in (3, 4)}
    with pytest.raises(ContestError, match="không có câu trả lời"):
        accept_late(attempt=graded, by=union.olga, reason="Trạm phát sóng hỏng", now=timezone.now())


ACTS = {"void": void_attempt, "restore": restore_attempt, "late": accept_late}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ["started", "submitted", "expired"])
def test_nothing_is_decided_before_the_grade(act, state, union, contest):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    if state != "started":
        Attempt.objects.filter(pk=attempt.pk).update(state=state, submitted_at=attempt.deadline)

    with pytest.raises(ContestError):
        ACTS[act](attempt=attempt, by=union.olga, reason=WHY, now=timezone.now())

    attempt.refresh_from_db()
    assert attempt.state == state
    assert not AttemptEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("reason", ["", "   ", "abc", "x" * 501])
def test_every_decision_has_a_reason(act, reason, graded, union):
    with pytest.raises(ContestError, match="lý do"):
        ACTS[act](attempt=graded, by=union.olga, reason=reason, now=timezone.now())

    assert not AttemptEvent.objects.exists()


@pytest.mark.django_db
def test_what_was_decided_is_not_decided_again(graded, union):
    with pytest.raises(ContestError, match="đang được tính"):
        restore_attempt(attempt=graded, by=union.olga, reason=WHY, now=timezone.now())
    void_attempt(attempt=graded, by=union.olga, reason=WHY, now=timezone.now())
    with pytest.raises(ContestError, match="huỷ kết quả"):
        void_attempt(attempt=graded, by=union.olga, reason=WHY, now=timezone.now())
    with pytest.raises(ContestError, match="khôi phục"):
        accept_late(attempt=graded, by=union.olga, reason=WHY, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_the_live_board_follows(committed_union, redis_client):
    union, contest = committed_union
    attempt = sit(union.alice, contest, right=2, seconds=60)
    sit(union.bob, contest, right=1, seconds=60)
    grade_pending(now=timezone.now())
    name = contest.rounds.get().board_name
    live.rebuild(name, Board(contest, contest.rounds.get(), "").rows)

    def shown() -> list[int]:
        snapshot = live.board_snapshot(name, lambda: pytest.fail("the board is in Redis"))
        return [ranked.row.shown["points"] for ranked in snapshot.top]

    assert shown() == [200, 100]
    void_attempt(attempt=attempt, by=union.olga, reason=WHY, now=timezone.now())
    assert shown() == [100]
    restore_attempt(attempt=attempt, by=union.olga, reason=WHY, now=timezone.now())
    assert shown() == [200, 100]
