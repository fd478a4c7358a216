"""Several at once: hand-in against answer, two processes, a stuck row, a row at fault, callers who leave."""

from __future__ import annotations

import asyncio
import random

import psycopg
import pytest
from django.conf import settings

from contests import intake_batch, intake_queue
from contests.answers_body import Body
from contests.intake import Intake
from contests.intake_batch import Outcome, Request, commit
from contests.intake_queue import Batcher, Overloaded, conninfo
from tests.contests.intake.phone import Phone, answer, tap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def connect(room):
    """Opens connections as other processes have them, and closes them whatever happens."""
    opened = []

    async def open_one():
        opened.append(await psycopg.AsyncConnection.connect(conninfo(settings.DATABASES["default"]), autocommit=True))
        return opened[-1]

    yield open_one
    for connection in opened:
        await connection.close()


@pytest.fixture
async def other_process(room):
    intake = Intake()
    yield intake
    await intake.close()


async def test_no_acknowledged_answer_is_missing_from_what_is_graded(alice, room, other_process, tables):
    """A grader reads what is there in the moment the hand-in commits; answers of another process race with it."""
    twin = Phone(other_process, alice.attempt, alice.token)
    for _ in range(25):
        await tables.rows("DELETE FROM contests_answer")
        await tables.restart(alice.attempt)
        graded: dict[int, tuple[list[int], int]] = {}

        async def grade(graded=graded):
            while not await tables.rows(
                "SELECT 1 FROM contests_attempt WHERE public_id = %s AND state = 'submitted'", alice.attempt
            ):
                await asyncio.sleep(0)
            graded.update(await tables.answers(alice.attempt))

        async def keep_tapping():
            replies = []
            for seq in range(1, 12):
                replies.append(await twin.answers(tap(1, seq % 4, seq)))
                if replies[-1].status == 409:
                    break
            return replies

        async def hand_in():
            await asyncio.sleep(random.uniform(0, 0.04))
            return await alice.submit(tap(4, 2, 1))

        _, replies, handed_in = await asyncio.gather(grade(), keep_tapping(), hand_in())

        acked = [seq for reply in replies for _, seq in reply.body["saved"]]
        assert handed_in.status == 200
        assert graded[4] == ([2], 1)
        assert graded.get(1, ([], 0))[1] == max(acked, default=0)
        assert await tables.answers(alice.attempt) == graded


@pytest.mark.parametrize("guard", [True, False], ids=["as it is", "control: without the lock"])
async def test_a_hand_in_waits_for_an_answer_that_is_being_written(
    connect, alice, room, other_process, tables, monkeypatch, guard
):
    """A third party holds the answer's row, so that the save stands still in the middle of its statement."""
    if not guard:
        monkeypatch.setattr(intake_batch, "SAVE_ONLY", intake_batch.SAVE_ONLY.replace("FOR SHARE OF a SKIP LOCKED", ""))
    third = await connect()
    await third.execute("BEGIN")
    await third.execute(
        "INSERT INTO contests_answer (attempt_id, question, choice, seq, arrived_at) VALUES (%s, 1, '{3}', 1, now())",
        (room.alice.pk,),
    )
    monkeypatch.setattr(intake_queue, "REPLY_WITHIN", 10)  # this box may be busy
    save = asyncio.create_task(alice.answers(tap(1, 0, 5)))
    while not await tables.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0.01)
    hand_in = asyncio.create_task(Phone(other_process, alice.attempt, alice.token).submit())
    await asyncio.sleep(0.3)
    handed_in_before = hand_in.done()
    graded = await tables.answers()
    await third.execute("ROLLBACK")
    replies = [await save, await hand_in]

    assert [reply.status for reply in replies] == [200, 200]
    if guard:
        assert not handed_in_before
    else:
        assert handed_in_before
        assert graded == {}  # handed in and graded without the answer that was acknowledged afterwards
    assert await tables.answers() == {1: ([0], 5)}


async def test_an_answer_waits_for_nobody_and_is_judged_after_the_hand_in(connect, alice, room, tables):
    """The answer comes while a hand-in of another process is between its UPDATE and its COMMIT."""
    other = await connect()
    async with other.transaction():
        await other.execute(
            "UPDATE contests_attempt SET state = 'submitted', submitted_at = now(), closed_by = 'member', receipt = 'R1' WHERE public_id = %s",
            (alice.attempt,),
        )
        waiting = asyncio.create_task(alice.answers(tap(1, 0, 1)))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    reply = await waiting

    assert (reply.status, reply.body["error"], reply.body["state"]) == (409, "closed", "submitted")
    assert await tables.answers() == {}


async def test_a_stuck_attempt_stops_only_its_own_member(connect, alice, bob, tables):
    other = await connect()
    async with other.transaction():
        await other.execute("SELECT 1 FROM contests_attempt WHERE public_id = %s FOR UPDATE", (alice.attempt,))
        stuck = asyncio.create_task(alice.answers(tap(1, 0, 1)))
        await asyncio.sleep(0.05)
        replies = [await asyncio.wait_for(bob.answers(tap(1, 1, seq)), 1.5) for seq in range(1, 6)]
        assert not stuck.done()

    assert {reply.status for reply in replies} == {200}
    assert (await stuck).status == 200
    assert (await tables.answers(alice.attempt), await tables.answers(bob.attempt)) == ({1: ([0], 1)}, {1: ([1], 5)})


async def test_who_is_stuck_for_long_hears_503_and_nothing_of_it_is_done(connect, alice, tables):
    other = await connect()
    async with other.transaction():
        await other.execute("SELECT 1 FROM contests_attempt WHERE public_id = %s FOR UPDATE", (alice.attempt,))
        reply = await alice.submit(tap(1, 0, 1))
        await asyncio.sleep(0.3)  # the batch that was on its way when the caller left finds the attempt held too

    assert (reply.status, reply.headers["retry-after"]) == (503, "2")
    assert await tables.answers() == {}
    assert (await alice.submit(tap(1, 0, 1))).status == 200


async def test_one_row_at_fault_fails_alone(alice, bob, tables, monkeypatch):
    """A row that slipped through the checks and that the database refuses."""
    monkeypatch.setattr(
        "contests.intake.read_body", lambda body, shape, submit: Body((answer(*map(int, body.split())),))
    )
    bodies = [b"1 0 1", b"2 0 2", b"3 0 99999999999999999999", b"4 3 3"]
    replies = await asyncio.gather(*(alice.post("answers", body) for body in bodies), bob.post("answers", b"1 1 1"))

    assert [reply.status for reply in replies] == [200, 200, 503, 200, 200]
    assert sorted(await tables.answers(alice.attempt)) == [1, 2, 4]


async def test_two_processes_write_the_same_rows_without_deadlock(connect, room, tables):
    """Same rows, random order, many times; then the highest number is there."""
    attempts = [room.alice.public_id, room.bob.public_id]
    arrived_at = room.alice.started_at
    connections = [await connect() for _ in range(3)]
    ((before,),) = await tables.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")

    async def write(connection, offset):
        for step in range(30):
            places = [(attempt, question) for attempt in attempts for question in (1, 2, 3, 4)]
            random.shuffle(places)
            requests = [
                Request(attempt, 1, (answer(question, 0, 3 * step + offset),), arrived_at, False)
                for attempt, question in places
            ]
            for result in await commit(connection, requests):
                assert result.outcome in (Outcome.SAVED, Outcome.STALE)

    await asyncio.gather(*(write(connection, offset) for offset, connection in enumerate(connections, 1)))

    await tables.rows("SELECT pg_stat_force_next_flush()")
    ((after,),) = await tables.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert after == before
    assert {seq for _, seq in (await tables.answers(attempts[0])).values()} == {90}


async def test_two_processes_that_hand_in_and_save_at_once_do_not_deadlock(connect, room, tables):
    connections = [await connect() for _ in range(2)]
    for seq in range(1, 30):
        for attempt in (room.alice, room.bob):
            await tables.restart(attempt.public_id)
        batches = []
        for order in (1, -1):
            batch = [
                Request(a.public_id, 1, (answer(1, 0, 2 * seq + (order > 0)),), a.started_at, order > 0)
                for a in (room.alice, room.bob)
            ]
            batches.append(batch[::order])
        results = await asyncio.gather(
            *(commit(connection, batch) for connection, batch in zip(connections, batches, strict=True))
        )
        assert {result.outcome for part in results for result in part} <= set(Outcome) - {Outcome.ABSENT}


async def test_a_caller_who_leaves_takes_nobody_along(alice, bob, tables):
    leaving = [asyncio.create_task(alice.answers(tap(1, 0, seq))) for seq in range(1, 6)]
    staying = asyncio.create_task(bob.answers(tap(1, 1, 1)))
    await asyncio.sleep(0)
    for task in leaving:
        task.cancel()

    assert (await staying).status == 200
    assert (await alice.answers(tap(1, 3, 9))).status == 200
    assert (await tables.answers(alice.attempt))[1] == ([3], 9)


async def test_a_full_queue_refuses_at_once(alice, intake, monkeypatch):
    monkeypatch.setattr(intake_queue, "MAX_QUEUE", 3)
    monkeypatch.setattr(intake_queue, "GATHER", 0.2)

    replies = await asyncio.gather(*(alice.answers(tap(1, 0, seq)) for seq in range(1, 8)))

    assert sorted(reply.status for reply in replies) == [200] * 3 + [503] * 4
    assert {reply.headers["retry-after"] for reply in replies if reply.status == 503} == {"2"}


async def test_a_batch_is_bounded_and_the_rest_comes_next(alice, monkeypatch):
    monkeypatch.setattr(intake_queue, "MAX_BATCH", 2)
    sizes, real = [], intake_batch.commit

    async def counting(connection, requests):
        sizes.append(len(requests))
        return await real(connection, requests)

    monkeypatch.setattr(intake_queue, "commit", counting)
    replies = await asyncio.gather(*(alice.answers(tap(1, 0, seq)) for seq in range(1, 8)))

    assert {reply.status for reply in replies} <= {200, 409}
    assert (sum(sizes), max(sizes)) == (7, 2)


async def test_closing_answers_whoever_waits(room):
    batcher = Batcher(settings.DATABASES["default"])
    waiting = asyncio.create_task(
        batcher.save(
            attempt=room.alice.public_id, epoch=1, answers=(), submit=False, entered=asyncio.get_running_loop().time()
        )
    )
    await asyncio.sleep(0)

    await batcher.close()

    with pytest.raises(Overloaded):
        await waiting
