"""Boards follow the standings, and come back equal after Redis lost everything (law 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import give_consent, withdraw_consent
from contests.actions.boards import announce_member, boards_of, ensure_boards, rebuild_boards
from contests.actions.grade import grade_pending
from contests.models import Round
from contests.rules.settings import ShowAfter
from leaderboard import board as boards
from leaderboard.ranking import digest
from tests.contests.actions.test_grade import sit
from tests.make import make_contest

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(union, contest, redis_client, django_capture_on_commit_callbacks):
    """Alice and Bob have handed in and were announced."""
    rebuild_boards(contest)
    with django_capture_on_commit_callbacks(execute=True):
        sit(union.alice, contest, right=4, seconds=100)
        sit(union.bob, contest, right=2, seconds=50)
        grade_pending(now=timezone.now())
    return contest


def digests(client, contest) -> list[tuple[str, str, str]]:
    return [(board.name, digest(boards.dump(client, board.name)), digest(board.rows())) for board in boards_of(contest)]


def test_announced_boards_equal_sql(graded, redis_client):
    for name, shown, true in digests(redis_client, graded):
        assert shown == true, name


def test_a_flushed_redis_is_rebuilt_equal(graded, redis_client):
    before = digests(redis_client, graded)
    redis_client.flushall()

    assert boards.snapshot(redis_client, graded.board_name) is None
    assert ensure_boards() == 2
    assert digests(redis_client, graded) == before
    assert ensure_boards() == 0


def test_names_are_masked_until_the_member_agrees(graded, union, redis_client):
    def names() -> set[str]:
        return {row.shown["name"] for row in boards.dump(redis_client, graded.board_name) if hasattr(row, "shown")}

    masked = names()
    give_consent(member=union.alice, purpose="show_name", text="…", text_version="1", now=timezone.now())
    announce_member(union.alice)
    shown = names()
    withdraw_consent(member=union.alice, purpose="show_name", now=timezone.now())
    announce_member(union.alice)

    assert "Trần Thị Ánh" not in masked
    assert "Trần Thị Ánh" in shown
    assert names() == masked


def test_grading_survives_a_dead_redis(union, contest, settings, django_capture_on_commit_callbacks):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with django_capture_on_commit_callbacks(execute=True):
        sit(union.alice, contest, right=1, seconds=10)
        assert grade_pending(now=timezone.now()) == 1


def test_points_kept_back_reach_no_board_before_the_close(
    union, bank, redis_client, django_capture_on_commit_callbacks
):
    """What is not in Redis, no socket can tell; after the close the worker makes the board."""
    contest = make_contest(union, bank, show=ShowAfter.NOTHING)
    rebuild_boards(contest)
    with django_capture_on_commit_callbacks(execute=True):
        sit(union.alice, contest, right=4, seconds=100)
        grade_pending(now=timezone.now())

    assert ensure_boards() == 0
    assert redis_client.keys("*") == []

    contest.rounds.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert ensure_boards() == 2
    assert len(boards.dump(redis_client, contest.board_name)) == 1


def test_the_total_is_made_anew_after_a_round_that_kept_its_points_back(graded, union, redis_client):
    """A ready board must not go on with the sums of before: it is hidden while it may not be shown."""
    late = Round.objects.create(
        contest=graded, number=2, title="Tuần 2", opens_at=timezone.now() - timedelta(hours=1),
        closes_at=timezone.now() + timedelta(hours=1), rules=graded.rounds.get().rules | {"show": "nothing"},
    )  # fmt: skip

    ensure_boards()
    assert boards.snapshot(redis_client, graded.board_name) is None

    Round.objects.filter(pk=late.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    ensure_boards()
    for name, shown, true in digests(redis_client, graded):
        assert shown == true, name
    assert boards.snapshot(redis_client, graded.board_name) is not None
