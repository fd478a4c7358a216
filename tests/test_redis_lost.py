"""Law 1: Redis may be emptied or stopped in the middle of a contest. Nobody is logged out, no answer is refused, boards come back."""

from __future__ import annotations

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import Client
from django.utils import timezone

from contests import intake
from contests.actions.boards import boards_of, ensure_boards, rebuild_boards
from contests.actions.grade import grade_pending
from contests.actions.start import start_attempt
from contests.models import Answer, Attempt
from contests.tokens import make_token
from leaderboard import board as boards
from leaderboard.ranking import digest
from tests.contests.actions.test_grade import right_choices
from tests.make import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def post(attempt: Attempt, act: str, answers: list[dict]) -> httpx.Response:
    """One call of the real answer path."""
    token = make_token(
        attempt=attempt.public_id,
        shape=attempt.shape,
        epoch=attempt.epoch,
        accepts_until=attempt.accepts_until,
        keys=settings.ATTEMPT_TOKEN_KEYS,
    )

    async def call() -> httpx.Response:
        application = intake.Intake()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=application), base_url="http://test") as client:
            reply = await client.post(
                f"/api/attempts/{attempt.public_id}/{act}",
                json={"answers": answers},
                headers={"Authorization": f"Bearer {token}"},
            )
        await application.batcher().close()
        return reply

    return async_to_sync(call)()


def answers_of(attempt: Attempt, how_many: int, seq: int = 1) -> list[dict]:
    return [
        {"question": question, "choice": choice, "seq": seq}
        for question, choice in right_choices(attempt, how_many).items()
    ]


def test_flushall_in_the_middle_of_a_contest(committed_union, redis_client):
    union, contest = committed_union
    rebuild_boards(contest)
    client = Client()
    assert client.login(email="olga@example.vn", password=PASSWORD) or client.force_login(union.olga) is None
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    assert post(attempt, "answers", answers_of(attempt, 2)).status_code == 200

    redis_client.flushall()

    assert post(attempt, "answers", answers_of(attempt, 4, seq=2)).status_code == 200
    submitted = post(attempt, "submit", [])
    assert submitted.status_code == 200
    assert submitted.json()["receipt"]
    assert client.get("/tai-khoan/").status_code == 200, "a flushed Redis logged Olga out"
    assert grade_pending(now=timezone.now()) == 1
    ensure_boards()
    for board in boards_of(contest):
        assert digest(boards.dump(redis_client, board.name)) == digest(board.rows())
    assert Answer.objects.count() == 4


def test_the_contest_goes_on_without_any_redis(committed_union, settings):
    union, contest = committed_union
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    assert post(attempt, "submit", answers_of(attempt, 3)).status_code == 200
    assert grade_pending(now=timezone.now()) == 1
    assert Client().get(f"/bang-xep-hang/{contest.slug}/").status_code == 200
    attempt.refresh_from_db()
    assert (attempt.state, attempt.right) == ("graded", 3)
