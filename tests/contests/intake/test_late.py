"""What comes when it cannot count any more is kept apart, and a hand-in by the clock gives way to an extension."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings

from contests.answers_body import MAX_SEQ, BodyRefused, read_body
from contests.intake_batch import Outcome, Request, commit
from contests.intake_queue import conninfo
from contests.rules.kinds.shapes import decode_shape
from tests.contests.intake.phone import SHAPE, Phone, Reply, answer, tap

pytestmark = pytest.mark.django_db(transaction=True)

PAPER = decode_shape(SHAPE)
MS = timedelta(milliseconds=1)


@pytest.fixture
async def late(tables):
    """`late(attempt)`: question, choice, number and cause of what is kept apart."""

    async def rows(attempt) -> list[tuple[Any, ...]]:
        return await tables.rows(
            "SELECT l.question, l.choice, l.seq, l.cause FROM contests_lateanswer l JOIN contests_attempt a ON a.id = l.attempt_id "
            "WHERE a.public_id = %s ORDER BY 1",
            attempt.public_id,
        )

    return rows


@pytest.fixture
def end(room, tables):
    """`end()`: Alice's time and grace are over; nobody has swept."""

    async def over() -> None:
        await tables.set_attempt(
            room.alice.public_id,
            "deadline = clock_timestamp() - interval '9 s', accepts_until = clock_timestamp() - interval '4 s'",
        )

    return over


async def hand_in(phone: Phone, *taps: dict[str, Any], ends: Any) -> Reply:
    return await phone.post("submit", json.dumps({"answers": taps, "ends": ends}).encode())


def ms(instant) -> int:
    return int(instant.timestamp() * 1000)


async def test_after_the_grace_a_tap_is_kept_apart_and_said_so(alice, room, late, end, tables):
    await alice.answers(tap(1, 0, 1), tap(2, [1], 2))
    await end()

    reply = await alice.answers(tap(1, 3, 5), tap(3, 1, 6))

    assert (reply.status, reply.body["error"], reply.body["state"]) == (409, "closed", "expired")
    assert (reply.body["saved"], reply.body["late"]) == ([], [[1, 5], [3, 6]])
    assert reply.body["current"] == [[1, [0], 1], [2, [1], 2]]
    assert await late(room.alice) == [(1, [3], 5, "closed"), (3, [1], 6, "closed")]
    assert await tables.answers(room.alice.public_id) == {1: ([0], 1), 2: ([1], 2)}


async def test_the_instant_of_its_coming_is_kept(room, late, tables):
    arrived = room.alice.accepts_until + MS

    await commit(tables.connection, [Request(room.alice.public_id, 1, (answer(1, 0, 1),), arrived, False)])

    assert await tables.rows("SELECT arrived_at FROM contests_lateanswer") == [(arrived,)]


async def test_once_a_question_and_the_newest_only(alice, room, late, end):
    await end()
    for choice, seq in ((0, 5), (1, 9), (2, 7), (3, 9)):
        assert (await alice.answers(tap(1, choice, seq))).status == 409

    assert await late(room.alice) == [(1, [1], 9, "closed")]


async def test_of_one_batch_the_newest_only(alice, room, late, end):
    await end()

    await asyncio.gather(*(alice.answers(tap(1, seq % 4, seq)) for seq in (3, 8, 5, 1)))

    assert await late(room.alice) == [(1, [0], 8, "closed")]


async def test_a_thousand_late_taps_are_a_row_a_question(alice, room, late, end):
    await end()
    for start in range(1, 1000, 100):
        await asyncio.gather(*(alice.answers(tap(1 + seq % 4, 0, seq)) for seq in range(start, start + 100)))

    assert [row[0] for row in await late(room.alice)] == [1, 2, 3, 4]


async def test_what_was_in_already_is_no_late_answer(alice, room, late, end):
    """The reply to it was lost on the way; the phone sends it again after the end."""
    await alice.answers(tap(1, 0, 4))
    await end()

    again = await alice.answers(tap(1, 0, 4))
    older = await alice.answers(tap(1, 2, 3))

    assert (again.status, again.body["saved"]) == (200, [[1, 4]])
    assert (older.status, older.body["late"]) == (409, [])
    assert await late(room.alice) == []


async def test_an_accepted_one_is_never_overwritten(alice, room, late, end, tables):
    await end()
    await alice.answers(tap(1, 0, 4), tap(4, 0, 4))
    await tables.rows("UPDATE contests_lateanswer SET accepted_at = now() WHERE question = 1")

    await alice.answers(tap(1, 3, 9), tap(4, 3, 9))

    assert await late(room.alice) == [(1, [0], 4, "closed"), (4, [3], 9, "closed")]


async def test_a_late_hand_in_keeps_its_map_apart_and_gives_no_receipt(alice, room, late, end, tables):
    await alice.answers(tap(1, 0, 1))
    await end()

    reply = await alice.submit(tap(1, 0, 1), tap(3, 1, 2))

    assert (reply.status, reply.body["error"]) == (409, "closed")
    assert (reply.body["saved"], reply.body["late"]) == ([[1, 1]], [[3, 2]])
    assert "receipt" not in reply.body
    assert await late(room.alice) == [(3, [1], 2, "closed")]
    assert await tables.answers(room.alice.public_id) == {1: ([0], 1)}


async def test_after_the_hand_in_newer_taps_are_kept_and_a_repeat_gets_its_receipt(alice, room, late):
    first = await alice.submit(tap(1, 0, 1))

    newer = await alice.answers(tap(1, 3, 2))
    again = await alice.submit(tap(1, 0, 1))
    healed = await alice.submit(tap(1, 3, 2))

    assert (newer.status, newer.body["state"], newer.body["late"]) == (409, "submitted", [[1, 2]])
    kept = ("receipt", "received_at", "received")
    assert [(reply.status, *(reply.body[name] for name in kept)) for reply in (again, healed)] == [
        (200, *(first.body[name] for name in kept))
    ] * 2
    assert healed.body["current"] == [[1, [0], 1]]
    assert await late(room.alice) == [(1, [3], 2, "closed")]


async def test_the_late_one_takes_nobody_along(alice, bob, room, late, end, tables):
    await end()

    tardy, prompt = await asyncio.gather(alice.answers(tap(1, 3, 5)), bob.answers(tap(1, 1, 5)))

    assert [tardy.status, prompt.status] == [409, 200]
    assert await tables.answers(room.bob.public_id) == {1: ([1], 5)}
    assert await late(room.bob) == []


async def test_an_organizer_who_rules_on_an_attempt_stops_only_that_attempt(alice, bob, room, late, end, tables):
    """Accepting holds the attempt and its late answers; a newer one comes meanwhile, and so do others' answers."""
    await end()
    await alice.answers(tap(1, 0, 1))
    connecting = psycopg.AsyncConnection.connect(conninfo(settings.DATABASES["default"]), autocommit=True)
    async with await connecting as ruling, ruling.transaction():
        await ruling.execute("SELECT 1 FROM contests_attempt WHERE public_id = %s FOR NO KEY UPDATE", (alice.attempt,))
        await ruling.execute("UPDATE contests_lateanswer SET accepted_at = now()")
        newer = asyncio.create_task(alice.answers(tap(1, 3, 5), tap(4, 0, 6)))
        replies = [await asyncio.wait_for(bob.answers(tap(1, 1, seq)), 5) for seq in range(1, 6)]
        assert not newer.done()

    assert {reply.status for reply in replies} == {200}
    assert (await newer).status == 409
    assert await late(room.alice) == [(1, [0], 1, "closed"), (4, [0], 6, "closed")]


async def test_two_members_in_one_batch_are_kept_each_for_themselves(room, late, tables):
    end = room.alice.accepts_until
    asked = [
        Request(attempt.public_id, 1, (answer(1, choice, 5),), attempt.accepts_until + MS, False)
        for choice, attempt in enumerate((room.alice, room.bob))
    ]
    in_time = Request(room.alice.public_id, 1, (answer(2, 0, 5),), end, False)

    results = await commit(tables.connection, [*asked, in_time])

    assert [result.outcome for result in results] == [Outcome.CLOSED, Outcome.CLOSED, Outcome.SAVED]
    assert await late(room.alice) == [(1, [0], 5, "closed")]
    assert await late(room.bob) == [(1, [1], 5, "closed")]


# --- "ends": the phone hands in by itself at the end that it knows of -------------------------------------------------
async def test_at_the_end_that_the_server_knows_it_is_handed_in(alice, room):
    for ends in (ms(room.alice.deadline), ms(room.alice.deadline) - 1000, ms(room.alice.deadline) + 60_000):
        reply = await hand_in(alice, tap(1, 0, 1), ends=ends)
        assert (reply.status, reply.body["saved"]) == (200, [[1, 1]])
        assert reply.body["receipt"]


async def test_an_extension_in_between_is_told_and_the_answers_are_saved(alice, room, tables, late):
    knows = ms(room.alice.deadline)
    longer = timedelta(minutes=5)
    await tables.set_attempt(
        room.alice.public_id, "deadline = deadline + %s, accepts_until = accepts_until + %s", longer, longer
    )

    reply = await hand_in(alice, tap(1, 0, 1), tap(4, 3, 2), ends=knows)

    assert (reply.status, reply.body["error"], reply.body["state"]) == (409, "extended", "started")
    assert reply.body["saved"] == [[1, 1], [4, 2]]
    assert abs(reply.body["deadline"] - knows - 300_000) <= 1
    assert "receipt" not in reply.body
    assert await tables.answers(room.alice.public_id) == {1: ([0], 1), 4: ([3], 2)}
    assert await late(room.alice) == []
    assert (await hand_in(alice, ends=reply.body["deadline"])).status == 200


async def test_who_presses_the_button_hands_in_whatever_the_clock_says(alice, room, tables):
    await tables.set_attempt(room.alice.public_id, "deadline = deadline + interval '5 min'")

    assert (await alice.submit(tap(1, 0, 1))).status == 200


async def test_a_stale_map_at_an_extended_end_says_what_is_stored(alice, room, tables):
    await alice.answers(tap(1, 2, 9))
    await tables.set_attempt(room.alice.public_id, "deadline = deadline + interval '5 min'")

    reply = await hand_in(alice, tap(1, 0, 4), ends=ms(room.alice.deadline))

    assert (reply.status, reply.body["error"], reply.body["saved"]) == (409, "extended", [])
    assert reply.body["current"] == [[1, [2], 9]]


async def test_an_end_from_the_past_or_the_far_future_breaks_nothing(alice):
    assert (await hand_in(alice, ends=0)).body["error"] == "extended"
    assert (await hand_in(alice, ends=MAX_SEQ)).status == 200


@pytest.mark.parametrize("ends", ["null", "true", '"1"', "1.0", "1e3", "[1]", "{}", "-1", str(MAX_SEQ + 1), str(2**64)])
async def test_an_end_that_is_no_instant_is_refused_whole(alice, tables, ends):
    body = f'{{"answers":[{{"question":1,"choice":[0],"seq":1}}],"ends":{ends}}}'.encode()

    reply = await alice.post("submit", body)

    assert (reply.status, reply.body) == (422, {"error": "wrong_type"})
    assert await tables.answers() == {}
    assert await tables.rows("SELECT DISTINCT state FROM contests_attempt") == [("started",)]


@pytest.mark.parametrize(
    ("body", "submit", "code"),
    [
        (b'{"answers":[],"ends":1,"ends":2}', True, "unknown_field"),
        (b'{"ends":1}', True, "missing_field"),
        (b'{"answers":[{"question":1,"choice":[0],"seq":1}],"ends":1}', False, "unknown_field"),
        (b'{"answers":[{"question":1,"choice":[0],"seq":1,"ends":1}]}', True, "unknown_field"),
        (b'{"answers":[],"ends":1,"deadline":1}', True, "unknown_field"),
        (b'{"answers":[],"ends":NaN}', True, "not_json"),
        (b'{"answers":[],"ends":' + b"9" * 5000 + b"}", True, "not_json"),
        (b'["ends"]', True, "wrong_type"),
        (b'"ends"', True, "wrong_type"),
    ],
)
def test_the_reader_takes_an_end_from_a_hand_in_alone(body, submit, code):
    with pytest.raises(BodyRefused) as refused:
        read_body(body, PAPER, submit=submit)

    assert refused.value.code == code
