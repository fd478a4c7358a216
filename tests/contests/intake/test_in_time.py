"""Lateness is decided by the stamp taken when the endpoint is entered, in database time; waiting makes nobody late."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from contests import intake_queue
from contests.intake_batch import Outcome, Request, commit
from contests.intake_clock import DatabaseClock
from tests.contests.intake.phone import answer, tap

pytestmark = pytest.mark.django_db(transaction=True)

MS = timedelta(milliseconds=1)


def request(attempt, arrived_at, *answers, submit=False) -> Request:
    return Request(attempt.public_id, attempt.epoch, answers, arrived_at, submit)


@pytest.mark.parametrize("submit", [False, True])
@pytest.mark.parametrize(
    ("after_deadline", "in_time"),
    [(-MS, True), (0 * MS, True), (MS, True), (timedelta(seconds=5), True), (timedelta(seconds=5, microseconds=1), False),
     (timedelta(seconds=5, milliseconds=1), False), (timedelta(hours=1), False)],
)  # fmt: skip
async def test_the_last_instant_is_deadline_plus_grace(room, tables, submit, after_deadline, in_time):
    arrived_at = room.alice.deadline + after_deadline

    (result,) = await commit(tables.connection, [request(room.alice, arrived_at, answer(1, 0, 1), submit=submit)])

    assert result.outcome is (Outcome.SAVED if in_time else Outcome.CLOSED)
    assert (await tables.answers() != {}) is in_time
    ((state, submitted_at),) = await tables.rows(
        "SELECT state, submitted_at FROM contests_attempt WHERE public_id = %s", room.alice.public_id
    )
    assert (state, submitted_at) == (("submitted", arrived_at) if submit and in_time else ("started", None))
    if not in_time:
        assert (result.state, result.current) == ("expired", ())


async def test_of_two_in_one_batch_each_is_judged_by_its_own_stamp(room, tables):
    """The newer tap came too late: it must not take the older one, which came in time, with it."""
    end = room.alice.accepts_until
    results = await commit(
        tables.connection,
        [
            request(room.alice, end, answer(1, 0, 1)),
            request(room.alice, end + MS, answer(1, 2, 2)),
            request(room.bob, end, answer(1, 1, 1)),
        ],
    )

    assert [result.outcome for result in results] == [Outcome.SAVED, Outcome.CLOSED, Outcome.SAVED]
    assert await tables.answers(room.alice.public_id) == {1: ([0], 1)}


async def test_a_late_hand_in_beside_one_in_time(room, tables):
    end = room.alice.accepts_until
    early, late = await commit(
        tables.connection,
        [
            request(room.alice, end, answer(1, 0, 1), submit=True),
            request(room.alice, end + MS, answer(3, 0, 2), submit=True),
        ],
    )

    assert early.receipt == late.receipt is not None
    assert (early.submitted_at, late.saved) == (end, ())
    assert await tables.answers() == {1: ([0], 1)}


async def test_a_late_hand_in_beside_an_answer_in_time(room, tables):
    end = room.alice.accepts_until
    saved, late = await commit(
        tables.connection,
        [request(room.alice, end, answer(1, 0, 1)), request(room.alice, end + MS, submit=True)],
    )

    assert (saved.outcome, late.outcome, late.receipt) == (Outcome.SAVED, Outcome.CLOSED, None)
    assert await tables.rows("SELECT state FROM contests_attempt WHERE public_id = %s", room.alice.public_id) == [
        ("started",)
    ]


async def test_a_batch_that_is_delayed_makes_nobody_late(alice, room, tables, monkeypatch):
    real, held = intake_queue.commit, asyncio.Event()

    async def slow(connection, requests):
        await held.wait()
        return await real(connection, requests)

    await alice.answers(tap(4, 0, 1))  # connected, clock known
    ((now,),) = await tables.rows("SELECT clock_timestamp()")
    last = now + timedelta(seconds=0.4)
    await tables.set_attempt(room.alice.public_id, "deadline = %s, accepts_until = %s", last, last)
    monkeypatch.setattr(intake_queue, "commit", slow)
    in_time = asyncio.create_task(alice.answers(tap(1, 0, 2)))
    hand_in = asyncio.create_task(alice.submit(tap(2, 0, 3)))
    await asyncio.sleep(0.7)  # the last instant passes while both wait
    too_late = asyncio.create_task(alice.answers(tap(3, 0, 4)))
    await asyncio.sleep(0.05)
    held.set()

    assert [(await task).status for task in (in_time, hand_in, too_late)] == [200, 200, 409]
    assert sorted(await tables.answers()) == [1, 2, 4]


async def test_the_first_request_of_a_process_is_stamped_when_it_enters(alice, room, tables, monkeypatch):
    """The database's clock is not known yet when it comes; connecting takes a while; it is not late for that."""
    real = intake_queue.psycopg.AsyncConnection.connect

    async def slow(*args, **kwargs):
        await asyncio.sleep(0.7)
        return await real(*args, **kwargs)

    ((now,),) = await tables.rows("SELECT clock_timestamp()")
    last = now + timedelta(seconds=0.4)
    await tables.set_attempt(room.alice.public_id, "deadline = %s, accepts_until = %s", last, last)
    monkeypatch.setattr(intake_queue.psycopg.AsyncConnection, "connect", slow)

    assert (await alice.answers(tap(1, 0, 1))).status == 200
    assert (await alice.answers(tap(2, 0, 1))).status == 409


async def test_a_wrong_clock_of_this_machine_decides_nothing(alice, tables, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 0.0)

    assert (await alice.answers(tap(1, 0, 1))).status == 200
    ((skew,),) = await tables.rows(
        "SELECT extract(epoch FROM clock_timestamp() - arrived_at)::float8 FROM contests_answer"
    )
    assert 0 <= skew < 5


async def test_the_clock_follows_the_database(tables):
    clock = DatabaseClock()
    with pytest.raises(RuntimeError):
        clock.at(time.monotonic())
    assert clock.is_due

    await clock.look(tables.connection)

    before = time.monotonic()
    ((database_now,),) = await tables.rows("SELECT clock_timestamp()")
    after = time.monotonic()
    slack = timedelta(milliseconds=50)
    assert clock.at(before) - slack <= database_now <= clock.at(after) + slack
    assert not clock.is_due
    assert abs(clock.rough() - datetime.now(UTC).timestamp()) < 60
