"""One device holds a sitting: what a token of another epoch may do (nothing that counts), also while hands change.

F60 of the fault list (a token that was moved or whose attempt was voided) is here; tampered, expired, foreign and rotated
ones are in test_http.py.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contests import intake_batch
from contests.actions.device import take_over
from contests.intake import Intake
from contests.models import Attempt, AttemptEvent
from tests.contests.intake.phone import Phone, Reply, tap, token_of

pytestmark = pytest.mark.django_db(transaction=True)


async def in_thread(function: Callable[..., Any], **given: Any) -> Any:
    """An act through Django beside the loop, as a page's process would do it."""

    def run() -> Any:
        try:
            return function(**given)
        finally:
            connection.close()

    return await asyncio.to_thread(run)


async def take(attempt: Attempt, device: uuid.UUID | None = None) -> Attempt:
    """The attempt in the hands of another device."""
    return await in_thread(take_over, attempt=attempt, device=device or uuid.uuid4(), now=timezone.now())


async def late(tables, attempt) -> list[tuple[Any, ...]]:
    return await tables.rows(
        "SELECT l.question, l.choice, l.seq, l.cause FROM contests_lateanswer l JOIN contests_attempt a ON a.id = l.attempt_id "
        "WHERE a.public_id = %s ORDER BY 1",
        attempt.public_id,
    )


@pytest.fixture
async def second_process(room):
    intake = Intake()
    yield intake
    await intake.close()


async def test_the_device_that_lost_the_sitting_is_told_and_its_tap_is_kept_apart(alice, room, tables):
    await alice.answers(tap(1, 0, 1), tap(2, [1], 1))
    await take(room.alice)

    reply = await alice.answers(tap(1, 3, 7), tap(3, 1, 8))

    assert (reply.status, reply.body["error"], reply.body["state"]) == (409, "elsewhere", "started")
    assert (reply.body["saved"], reply.body["late"]) == ([], [[1, 7], [3, 8]])
    assert reply.body["current"] == [[1, [0], 1], [2, [1], 1]]
    assert await tables.answers(room.alice.public_id) == {1: ([0], 1), 2: ([1], 1)}
    assert await late(tables, room.alice) == [(1, [3], 7, "elsewhere"), (3, [1], 8, "elsewhere")]


async def test_it_hands_nothing_in_either(alice, room, tables):
    await take(room.alice)

    reply = await alice.submit(tap(1, 3, 7))

    assert (reply.status, reply.body["error"]) == (409, "elsewhere")
    assert "receipt" not in reply.body
    assert await tables.rows("SELECT state, receipt FROM contests_attempt WHERE public_id = %s", alice.attempt) == [
        ("started", None)
    ]
    assert await late(tables, room.alice) == [(1, [3], 7, "elsewhere")]


async def test_what_it_repeats_counts_as_saved_so_that_it_may_forget_it(alice, room):
    await alice.answers(tap(1, 0, 1))
    await take(room.alice)

    reply = await alice.answers(tap(1, 0, 1), tap(3, 1, 2))

    assert (reply.status, reply.body["saved"], reply.body["late"]) == (409, [[1, 1]], [[3, 2]])


async def test_what_is_older_than_what_counts_is_not_kept(alice, room, intake, tables):
    holder = Phone(intake, alice.attempt, token_of(await take(room.alice)))
    await holder.answers(tap(1, 2, 9))

    reply = await alice.answers(tap(1, 0, 4))

    assert (reply.body["error"], reply.body["late"]) == ("elsewhere", [])
    assert await late(tables, room.alice) == []


async def test_in_one_batch_only_the_holder_writes(alice, room, intake, tables):
    """The highest number, the earliest stamp: neither helps who does not hold the sitting."""
    await alice.answers(tap(4, 0, 1))
    holder = Phone(intake, alice.attempt, token_of(await take(room.alice)))

    theirs, ours, map_ = await asyncio.gather(
        alice.answers(tap(1, 3, 99)), holder.answers(tap(1, 1, 2)), alice.submit(tap(2, [0], 50))
    )

    assert [theirs.status, ours.status, map_.status] == [409, 200, 409]
    assert await tables.answers(room.alice.public_id) == {4: ([0], 1), 1: ([1], 2)}


async def test_the_holder_hands_in_and_the_other_hears_of_it(alice, room, intake, tables):
    """Both press the button at once. It is handed in with the holder's map; the other is told what that was."""
    holder = Phone(intake, alice.attempt, token_of(await take(room.alice)))

    other, ours = await asyncio.gather(alice.submit(tap(1, 3, 99)), holder.submit(tap(1, 1, 2)))

    assert (ours.status, ours.body["saved"]) == (200, [[1, 2]])
    assert (other.body["saved"], other.body["current"]) == ([], [[1, [1], 2]])
    assert other.body.get("receipt", ours.body["receipt"]) == ours.body["receipt"]
    assert await tables.answers(room.alice.public_id) == {1: ([1], 2)}
    assert [row[:3] for row in await late(tables, room.alice)] == [(1, [3], 99)]


async def test_taking_it_back_lets_the_journal_through(alice, room, intake, tables):
    first = uuid.uuid4()
    moved = await take(await take(room.alice, first))
    assert (await alice.answers(tap(1, 3, 7))).status == 409

    back = Phone(intake, alice.attempt, token_of(await take(moved, first)))

    assert (await back.answers(tap(1, 3, 7))).status == 200
    assert (await Phone(intake, alice.attempt, token_of(moved)).answers(tap(2, [0], 1))).body["error"] == "elsewhere"
    assert await tables.answers(room.alice.public_id) == {1: ([3], 7)}


async def test_a_token_from_the_future_writes_nothing(alice, room, intake):
    """After a restore from a backup the tables may know of fewer changes of hands than a phone."""
    room.alice.epoch = 5

    reply = await Phone(intake, alice.attempt, token_of(room.alice)).answers(tap(1, 0, 1))

    assert (reply.status, reply.body["error"]) == (409, "elsewhere")


async def test_after_the_end_the_other_device_hears_what_counts(alice, room, intake, tables):
    holder = Phone(intake, alice.attempt, token_of(await take(room.alice)))
    handed_in = await holder.submit(tap(1, 1, 2))

    same = await alice.submit(tap(1, 1, 2))
    newer = await alice.answers(tap(1, 3, 9))

    assert (same.status, same.body["receipt"]) == (200, handed_in.body["receipt"])
    assert (newer.status, newer.body["error"], newer.body["state"]) == (409, "closed", "submitted")
    assert await late(tables, room.alice) == [(1, [3], 9, "closed")]


async def test_a_voided_attempt_takes_nothing(alice, room, tables):
    await alice.submit(tap(1, 0, 1))
    async with tables.connection.transaction():
        await tables.rows("SET LOCAL session_replication_role = replica")
        await tables.set_attempt(alice.attempt, "state = 'voided', points = 0, elapsed_ms = 0")

    reply = await alice.answers(tap(1, 3, 9))

    assert (reply.status, reply.body["error"], reply.body["state"]) == (409, "closed", "voided")
    assert await tables.answers(room.alice.public_id) == {1: ([0], 1)}


async def test_taking_over_is_written_down_once_and_only_while_it_runs(alice, room):
    device = uuid.uuid4()
    for _ in range(3):
        attempt = await take(room.alice, device)
    assert (attempt.epoch, attempt.device) == (2, device)
    await Phone(alice.intake, alice.attempt, token_of(attempt)).submit()

    after = await take(room.alice)

    assert (after.epoch, after.device) == (2, device)
    events = await in_thread(lambda: list(AttemptEvent.objects.values_list("what", "detail")))
    assert events == [("taken_over", {"epoch": 2})]


async def test_two_devices_that_take_over_at_once_do_not_both_hold_it(room, intake, alice):
    taken = await asyncio.gather(*(take(room.alice) for _ in range(6)))

    assert sorted(attempt.epoch for attempt in taken) == [2, 3, 4, 5, 6, 7]
    replies = [await Phone(intake, alice.attempt, token_of(attempt)).answers(tap(1, 0, 1)) for attempt in taken]
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409, 409, 409]


async def _tap_until_refused(phone: Phone) -> list[Reply]:
    replies = []
    for seq in range(1, 40):
        replies.append(await phone.answers(tap(1, seq % 4, seq)))
        if replies[-1].status == 409:
            break
    return replies


@pytest.mark.parametrize("guard", [True, False], ids=["as it is", "control: epoch not asked in the statement"])
async def test_from_the_commit_of_a_take_over_only_one_device_writes(
    alice, room, second_process, tables, monkeypatch, guard
):
    """What is stored when the take-over has committed is all that the other device ever gets in, and all it was told."""
    if not guard:
        bare = intake_batch.SAVE_ONLY.replace(" AND l.epoch = t.epoch", "")
        assert bare != intake_batch.SAVE_ONLY
        monkeypatch.setattr(intake_batch, "SAVE_ONLY", bare)
    broken = 0
    twin = Phone(second_process, alice.attempt, alice.token)
    for round_ in range(12):
        await tables.rows("DELETE FROM contests_answer")
        twin.token = alice.token = token_of(await in_thread(Attempt.objects.get, pk=room.alice.pk))

        async def change_hands():
            await asyncio.sleep(random.uniform(0, 0.03))
            await take(room.alice)
            return await tables.answers(room.alice.public_id)

        *tapped, at_commit = await asyncio.gather(_tap_until_refused(alice), _tap_until_refused(twin), change_hands())

        acked = max((seq for replies in tapped for reply in replies for _, seq in reply.body["saved"]), default=0)
        stored = await tables.answers(room.alice.public_id)
        assert all(replies[-1].status == 409 for replies in tapped), round_
        broken += stored != at_commit or stored.get(1, ([], 0))[1] != acked
    assert (broken == 0) is guard


async def test_a_hand_in_and_a_take_over_never_both_happen(alice, room, tables):
    seen = set()
    for _ in range(25):
        await tables.restart(alice.attempt)
        before = await in_thread(Attempt.objects.get, pk=room.alice.pk)
        alice.token = token_of(before)

        async def hand_in():
            await asyncio.sleep(random.uniform(0, 0.01))
            return await alice.submit(tap(1, 0, 1))

        async def change_hands():
            await asyncio.sleep(random.uniform(0, 0.01))
            return await take(room.alice)

        reply, _ = await asyncio.gather(hand_in(), change_hands())
        after = await in_thread(Attempt.objects.get, pk=room.alice.pk)

        seen.add(reply.status)
        assert (reply.status, after.state, after.epoch - before.epoch) in ((200, "submitted", 0), (409, "started", 1))
        assert reply.status == 200 or reply.body["error"] == "elsewhere"
    assert seen <= {200, 409}
