"""A running attempt of Alice's and one of Bob's in committed tables, an intake of its own, and SQL beside it.

The rows of the union are made once a module and flushed after it: with `django_db(transaction=True)` the flush after each
of these many tests would take most of their time.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.models import UnitKind
from contests.intake import Intake
from contests.intake_queue import conninfo
from contests.models import Answer, Attempt, AttemptEvent, Contest, Entry
from tests import make
from tests.contests.intake.phone import SHAPE, Phone, token_of


def seat(contest: Contest, member: Any, **fields: Any) -> Attempt:
    """A running attempt with 20 minutes left and 5 seconds of grace, unless said otherwise."""
    now = timezone.now()
    entry, _ = Entry.objects.get_or_create(
        contest=contest, member=member,
        defaults={"unit": contest.audience, "unit_path": contest.audience.path, "unit_name": "CĐCS", "entered_at": now},
    )  # fmt: skip
    given = {
        "number": 1, "allowance": 2, "seed": 1, "paper": [], "shape": SHAPE, "started_at": now,
        "deadline": now + timedelta(minutes=20), "accepts_until": now + timedelta(minutes=20, seconds=5),
    } | fields  # fmt: skip
    return Attempt.objects.create(public_id=uuid.uuid4(), entry=entry, round=contest.rounds.get(), **given)


@dataclass
class Room:
    """Two members who sit a round."""

    contest: Contest
    alice: Attempt
    bob: Attempt


@pytest.fixture(scope="module")
def hall(django_db_setup, django_db_blocker) -> Iterator[tuple[make.Union, Contest]]:
    """The union and an open contest as committed rows."""
    with django_db_blocker.unblock():
        _add_unit_kinds()
        union = make.make_union()
        yield union, make.make_contest(union, make.make_bank(union.province_a))
        call_command("flush", interactive=False, verbosity=0)
        _add_unit_kinds()


@pytest.fixture
def _django_db_helper(hall) -> None:
    """In place of pytest-django's, which flushes every table after each test: `room` tidies up what these tests write."""


def _add_unit_kinds() -> None:
    """The rows of the migration, which a flush takes away."""
    if not UnitKind.objects.exists():
        import_module("accounts.migrations.0002_unit_kinds").add(apps, None)


@pytest.fixture
def room(hall) -> Room:
    union, contest = hall
    Answer.objects.all().delete()
    AttemptEvent.objects.all().delete()
    Attempt.objects.all().delete()
    return Room(contest, seat(contest, union.alice), seat(contest, union.bob))


@pytest.fixture
async def intake(room) -> AsyncIterator[Intake]:
    intake = Intake()
    yield intake
    await intake.close()


@pytest.fixture
def alice(intake, room) -> Phone:
    return Phone(intake, room.alice.public_id, token_of(room.alice))


@pytest.fixture
def bob(intake, room) -> Phone:
    return Phone(intake, room.bob.public_id, token_of(room.bob))


class Tables:
    """Plain SQL on a connection of its own, as a second process would see the tables."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.connection = connection

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = await self.connection.execute(statement, values)
        return await cursor.fetchall() if cursor.description else []

    async def answers(self, attempt: uuid.UUID | None = None) -> dict[int, tuple[list[int], int]]:
        """Question → choice and sequence number, of one attempt or of all."""
        found = await self.rows(
            "SELECT n.question, n.choice, n.seq FROM contests_answer n JOIN contests_attempt a ON a.id = n.attempt_id "
            "WHERE %s::uuid IS NULL OR a.public_id = %s",
            attempt,
            attempt,
        )
        return {question: (choice, seq) for question, choice, seq in found}

    async def set_attempt(self, attempt: uuid.UUID, assignments: str, *values: Any) -> None:
        await self.rows(f"UPDATE contests_attempt SET {assignments} WHERE public_id = %s", *values, attempt)

    async def restart(self, attempt: uuid.UUID) -> None:
        """Set the stage anew: the attempt runs again, which the database lets nobody do in earnest."""
        async with self.connection.transaction():
            await self.rows("SET LOCAL session_replication_role = replica")
            await self.set_attempt(
                attempt,
                "state = 'started', submitted_at = NULL, closed_by = '', receipt = NULL, received = NULL",
            )


@pytest.fixture
async def tables(room) -> AsyncIterator[Tables]:
    connection = await psycopg.AsyncConnection.connect(conninfo(settings.DATABASES["default"]), autocommit=True)
    yield Tables(connection)
    await connection.close()
