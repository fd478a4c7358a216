"""Rows B07 to B11 and B24 to B27 of the bad-input list, where they go beyond one bad body (see test_bad_bodies.py).

`docs/bad-input.md` says which test stands for which row.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contests.answers_body import MAX_BODY
from contests.intake_batch import Outcome, Request, commit
from contests.tokens import make_token
from tests.contests.intake.phone import PAPER_OF_SIXTY, Phone, answer, call, tap, token_of

pytestmark = pytest.mark.django_db(transaction=True)


def row(**fields: object) -> bytes:
    return json.dumps({"answers": [{"question": 1, "choice": [0], "seq": 1} | fields]}).encode()


async def test_b07_ten_thousand_levels_are_cut_off_before_they_are_read(alice, tables):
    for act in ("answers", "submit"):
        reply = await alice.post(act, b"[" * 10_000 + b"]" * 10_000)
        assert (reply.status, reply.body) == (413, {"error": "too_large"})
    assert await tables.answers() == {}


async def test_b08_b09_fields_that_would_reach_a_row_or_a_query_are_refused(alice, tables):
    wishes = ("score", "is_staff", "unit", "attempt", "attempt_id", "member", "epoch", "state", "_connector", "_negated", "question__gte",
              "seq__in", "pk", "arrived_at", "__proto__", "constructor")  # fmt: skip
    for wish in wishes:
        for body in (row(**{wish: 1}), json.dumps({"answers": [tap(1, 0, 1)], wish: 1}).encode()):
            for act in ("answers", "submit"):
                reply = await alice.post(act, body)
                assert (reply.status, reply.body) == (422, {"error": "unknown_field"}), wish

    assert await tables.answers() == {}
    assert await tables.rows("SELECT DISTINCT state, epoch FROM contests_attempt") == [("started", 1)]


async def test_b09_what_stands_in_the_query_is_not_read(alice, intake, tables):
    for query in ("?_connector=OR", "?question__gte=0&fields=all", "?" + "a" * 5000):
        # the server hands path and query on apart from each other; a path that holds the query does not exist
        reply = await call(intake, f"/api/attempts/{alice.attempt}/answers{query}", row(), token=alice.token)
        assert reply.status == 404
    assert await tables.answers() == {}


async def test_b10_a_hundred_thousand_answers_are_not_read(alice, tables):
    fits = json.dumps({"answers": [tap(1 + n % 4, 0, n + 1) for n in range(150)]}).encode()
    far_too_many = json.dumps({"answers": [tap(1 + n % 4, 0, n + 1) for n in range(100_000)]}).encode()

    few = await alice.post("answers", fits)
    many = await alice.post(
        "answers", b"", pieces=[far_too_many[n : n + 65_536] for n in range(0, len(far_too_many), 65_536)]
    )

    assert len(fits) < MAX_BODY < len(far_too_many)
    assert (few.status, few.body) == (422, {"error": "too_many"})
    assert (many.status, many.headers["x-parts-read"]) == (413, "1")
    assert await tables.answers() == {}


async def test_b11_the_sequence_number_is_the_key_of_a_repeat(alice, bob, room, tables):
    missing = await alice.post("answers", b'{"answers":[{"question":1,"choice":[0]}]}')
    huge = await alice.post("answers", b'{"answers":[{"question":1,"choice":[0],"seq":' + b"7" * 7000 + b"}]}")
    first = await alice.answers(tap(1, 0, 5))
    same_key_other_body = await alice.answers(tap(1, 1, 5))
    of_another_member = await bob.answers(tap(1, 1, 5))

    assert (missing.status, missing.body) == (422, {"error": "missing_field"})
    assert (huge.status, huge.body) == (422, {"error": "not_json"})
    assert first.status == 200
    assert (same_key_other_body.status, same_key_other_body.body["error"]) == (409, "stale")
    assert of_another_member.status == 200
    assert await tables.answers(room.alice.public_id) == {1: ([0], 5)}
    assert await tables.answers(room.bob.public_id) == {1: ([1], 5)}


async def test_b24_bad_choices_leave_the_rest_of_the_batch_alone(alice, bob, room, intake, tables):
    """All at one instant, so that what is good of them enters one statement."""
    bad = [
        alice.answers(tap(3, 2, 1)),  # an option of a longer question
        alice.answers(tap(5, 0, 1)),  # a question of a longer paper
        alice.answers(tap(1, [0, 1], 1)),  # two where one may be chosen
        alice.answers(tap(2, list(range(1000)), 1)),
        alice.answers(tap(1, 1, 2), tap(2, 9, 3)),  # one bad beside a good one: nothing of this request
        call(
            intake, f"/api/attempts/{room.bob.public_id}/answers", row(seq=99), token=alice.token
        ),  # another's attempt
    ]
    good = [alice.answers(tap(4, 0, 1)), bob.answers(tap(1, 1, 1))]

    replies = await asyncio.gather(*bad, *good)

    assert [reply.status for reply in replies] == [422, 422, 422, 422, 422, 401, 200, 200]
    assert await tables.answers(room.alice.public_id) == {4: ([0], 1)}
    assert await tables.answers(room.bob.public_id) == {1: ([1], 1)}


async def test_b24_after_the_end_and_before_the_beginning(alice, room, intake, tables):
    """There is no attempt, and so no token, before a start: the nearest thing is a token for one that does not exist."""
    await alice.submit(tap(1, 0, 1))
    after = await alice.answers(tap(1, 1, 2))
    await tables.rows("DELETE FROM contests_lateanswer")
    await tables.rows("DELETE FROM contests_answer")
    await tables.rows("DELETE FROM contests_attempt WHERE public_id = %s", alice.attempt)
    before = await alice.answers(tap(1, 1, 2))

    assert (after.status, after.body["error"]) == (409, "closed")
    assert (before.status, before.body) == (404, {"error": "not_found"})
    assert await tables.answers() == {}
    assert await tables.rows("SELECT count(*) FROM contests_lateanswer") == [(0,)]


ESSAYS = {
    "markup": "<b>Điều 36</b><script>alert(1)</script>",
    "a formula": "=HYPERLINK(A1)",
    "emoji": "🧧" * 50,
    "combining marks": "e" + "\u0301\u0323" * 300,
    "right to left": "\u202eabc",
    "NUL": "\0",
    "a lone surrogate": "\ud800",
    "digits": "0",
    "long": "Theo tôi… " * 150,
}


@pytest.mark.parametrize("name", ESSAYS)
async def test_b25_there_are_no_essays_so_text_is_no_choice(alice, tables, name):
    for choice in (ESSAYS[name], [ESSAYS[name]], [0, ESSAYS[name]], {"text": ESSAYS[name]}):
        for question in (1, 2):
            reply = await alice.post("answers", row(question=question, choice=choice))
            assert (reply.status, reply.body) == (422, {"error": "wrong_type"})
    assert (await alice.post("answers", row(text=ESSAYS[name]))).body == {"error": "unknown_field"}
    assert await tables.answers() == {}


async def test_b25_a_megabyte_of_essay_is_not_read(alice, tables):
    whole = row(choice="Theo tôi " * 100_000)

    reply = await alice.post("answers", b"", pieces=[whole[n : n + 4096] for n in range(0, len(whole), 4096)])

    assert (reply.status, reply.headers["x-parts-read"]) == (413, "3")
    assert await tables.answers() == {}


@pytest.fixture
def sixty(room, intake) -> Phone:
    """Alice's phone with a paper of 60 questions."""
    room.alice.shape = PAPER_OF_SIXTY
    room.alice.save(update_fields=["shape"])
    return Phone(intake, room.alice.public_id, token_of(room.alice))


async def test_b26_sixty_answers_in_two_seconds_are_stored_and_nobody_is_punished(sixty, room, tables):
    """Too fast to have read them. What that means is for people to say (flags for review are not built yet)."""
    replies = await asyncio.gather(*(sixty.answers(tap(number, number % 4, number)) for number in range(1, 61)))

    assert {reply.status for reply in replies} == {200}
    assert len(await tables.answers(room.alice.public_id)) == 60
    assert (await sixty.submit()).body["received"] == 60


async def test_b26_so_are_answers_with_equal_gaps(room, tables):
    stamps = [room.alice.started_at + n * timedelta(milliseconds=100) for n in range(1, 61)]
    requests = [
        Request(room.alice.public_id, 1, (answer(number, 0, number),), stamp, False)
        for number, stamp in enumerate(stamps, start=1)
    ]

    results = await commit(tables.connection, requests)

    assert {result.outcome for result in results} == {Outcome.SAVED}
    kept = await tables.rows("SELECT arrived_at FROM contests_answer ORDER BY question")
    assert [stamp for (stamp,) in kept] == stamps


async def test_b27_what_the_phone_says_of_time_and_points_is_refused(alice, room, tables):
    before = await tables.rows("SELECT * FROM contests_attempt ORDER BY id")
    wishes = {"started_at": "2020-01-01T00:00:00Z", "deadline": 2**45, "elapsed": 1, "elapsed_ms": 1, "score": 100, "points": 10_000,
              "right": 4, "received_at": 0, "now": 0, "grace": 10**9, "submitted_at": 0}  # fmt: skip
    for name, value in wishes.items():
        for body in (json.dumps({"answers": [tap(1, 0, 1)], name: value}).encode(), row(**{name: value})):
            for act in ("answers", "submit"):
                assert (await alice.post(act, body)).status == 422, name

    assert await tables.answers() == {}
    assert await tables.rows("SELECT * FROM contests_attempt ORDER BY id") == before


async def test_b27_a_token_with_more_time_needs_our_key(room, intake, tables):
    forged = make_token(
        attempt=room.alice.public_id, shape="z" * 26, epoch=1, accepts_until=timezone.now() + timedelta(days=9),
        keys=["a key of the forger's"],
    )  # fmt: skip

    reply = await call(intake, f"/api/attempts/{room.alice.public_id}/answers", row(), token=forged)

    assert reply.status == 401
