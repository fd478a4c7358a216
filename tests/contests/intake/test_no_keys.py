"""The answer path knows no key: it works in full as a database role that may not even read the questions.

So no work, and no time of it, can depend on whether a choice is right. `python -m bench oracle` measures what is left.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from contests.intake import Intake
from contests.intake_queue import Batcher, conninfo
from tests.contests.intake.phone import Phone, tap, token_of

pytestmark = pytest.mark.django_db(transaction=True)

ROLE = f"intake_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
MAY = {
    "contests_attempt": "SELECT, UPDATE",
    "contests_answer": "SELECT, INSERT, UPDATE",
    "contests_lateanswer": "SELECT, INSERT, UPDATE",
}
MAY_NOT = (
    "contests_questionversion",
    "contests_question",
    "contests_bank",
    "contests_round",
    "contests_standing",
    "accounts_member",
)


@pytest.fixture
def as_role(room) -> dict[str, Any]:
    """Django's database as the role sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {ROLE}")
        for table, rights in MAY.items():
            cursor.execute(f"GRANT {rights} ON {table} TO {ROLE}")
    database = copy.deepcopy(settings.DATABASES["default"])
    database["OPTIONS"]["options"] = f"-c role={ROLE}"
    yield database
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


@pytest.fixture
async def intake(as_role) -> AsyncIterator[Intake]:
    """The answer path as that role; in place of the conftest's, so that `alice` and `bob` use it."""

    class Keyless(Intake):
        def make_batcher(self) -> Batcher:
            return Batcher(as_role)

    intake = Keyless()
    yield intake
    await intake.close()


async def test_the_role_may_read_no_question(as_role):
    """The control: without it the tests below would show nothing."""
    async with await psycopg.AsyncConnection.connect(conninfo(as_role), autocommit=True) as connection_:
        assert (await (await connection_.execute("SELECT count(*) FROM contests_attempt")).fetchone())[0] == 2
        for table in MAY_NOT:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection_.execute(f"SELECT 1 FROM {table}")


async def test_every_kind_of_reply_comes_without_the_questions(alice, bob, room, tables, intake):
    saved = await alice.answers(tap(1, 0, 5), tap(2, [0, 3], 6))
    stale = await alice.answers(tap(1, 1, 2))
    ends = int((room.alice.deadline - timedelta(minutes=9)).timestamp() * 1000)
    extended = await alice.post("submit", json.dumps({"answers": [tap(4, 0, 9)], "ends": ends}).encode())
    room.alice.epoch = 2
    elsewhere = await Phone(intake, alice.attempt, token_of(room.alice)).answers(tap(3, 1, 7))
    handed_in = await alice.submit(tap(1, 0, 5))
    again = await alice.submit(tap(1, 0, 5))
    closed = await alice.answers(tap(1, 3, 99))
    past = timezone.now() - timedelta(minutes=1)
    await tables.set_attempt(bob.attempt, "deadline = %s, accepts_until = %s", past, past)
    late = await bob.answers(tap(1, 0, 1))

    replies = (saved, stale, extended, elsewhere, handed_in, again, closed, late)
    assert [(reply.status, reply.body.get("error")) for reply in replies] == [
        (200, None), (409, "stale"), (409, "extended"), (409, "elsewhere"), (200, None), (200, None), (409, "closed"), (409, "closed")
    ]  # fmt: skip


async def test_a_right_and_a_wrong_answer_get_the_same_bytes(alice, bob, room, tables):
    """Alice's key is option 0 everywhere, Bob's option 3: with the choice turned round the replies are the same, byte by byte."""
    replies: dict[str, list[tuple[int, dict[str, str], bytes]]] = {"right": [], "wrong": []}
    for seq in range(1, 9):
        for phone, key in ((alice, 0), (bob, 3)):
            for verdict, choice in (("right", key), ("wrong", 3 - key)):
                await tables.rows("DELETE FROM contests_answer")
                reply = await phone.answers(tap(1, choice, seq))
                body = {name: value for name, value in reply.body.items() if name not in ("now", "deadline")}
                replies[verdict].append((reply.status, reply.headers, json.dumps(body).encode()))
                assert len(reply.raw) == len(json.dumps(reply.body, separators=(",", ":")))

    assert replies["right"] == replies["wrong"]
    assert {status for status, _, _ in replies["right"]} == {200}
