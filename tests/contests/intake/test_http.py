"""Addresses, methods, sizes, tokens: who may speak to the answer path and how."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from contests import tokens
from contests.answers_body import MAX_BODY
from tests.contests.intake.phone import call, tap, token_of

pytestmark = pytest.mark.django_db(transaction=True)

ONE = json.dumps({"answers": [tap(1, 0, 1)]}).encode()


async def test_an_answer_is_acknowledged_and_stored(alice, room, tables):
    reply = await alice.answers(tap(1, 2, 1), tap(2, [3, 1], 2))

    assert reply.status == 200
    assert reply.body["saved"] == [[1, 1], [2, 2]]
    assert set(reply.body) == {"saved", "now", "deadline"}
    assert abs(reply.body["deadline"] - room.alice.deadline.timestamp() * 1000) < 1.5
    assert abs(reply.body["now"] - timezone.now().timestamp() * 1000) < 5000
    assert reply.headers["cache-control"] == "no-store"
    assert await tables.answers(room.alice.public_id) == {1: ([2], 1), 2: ([1, 3], 2)}


async def test_an_empty_choice_takes_an_answer_back(alice, tables):
    await alice.answers(tap(1, 2, 1))
    await alice.answers(tap(1, [], 2))

    assert await tables.answers() == {1: ([], 2)}


@pytest.mark.parametrize(
    "path",
    ["/api/attempts/", "/api/attempts/1/answers", "/api/attempts/{id}", "/api/attempts/{id}/grade", "/api/attempts/{id}/answers/",
     "/api/attempts/{id}/answers\n", "/api/attempts/{ID}/answers", "/api/attempts/x{id}/answers", "/api/attempts/{id}/answers/../submit"],
)  # fmt: skip
async def test_other_addresses_do_not_exist(intake, room, path):
    where = path.format(id=room.alice.public_id, ID=str(room.alice.public_id).upper())

    reply = await call(intake, where, ONE, token=token_of(room.alice))

    assert reply.status == 404


async def test_only_post(alice, intake):
    for method in ("GET", "PUT", "DELETE", "TRACE", "OPTIONS"):
        reply = await alice.post("answers", ONE, method=method)
        assert (reply.status, reply.headers["allow"]) == (405, "POST")


async def test_only_json(alice):
    for content_type in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert (await alice.post("answers", ONE, content_type=content_type)).status == 415
    assert (await alice.post("answers", ONE, content_type="Application/JSON; charset=utf-8")).status == 200


async def test_a_large_body_is_refused_and_not_read_to_its_end(alice, tables):
    large = b" " * 1024

    whole = await alice.post("answers", ONE + b" " * MAX_BODY)
    chunked = await alice.post("answers", b"", pieces=[large] * 100)
    exactly = await alice.post("answers", ONE + b" " * (MAX_BODY - len(ONE)))

    assert (whole.status, whole.body) == (413, {"error": "too_large"})
    assert (chunked.status, chunked.headers["x-parts-read"]) == (413, "9")
    assert exactly.status == 200


async def test_a_body_in_pieces_is_one_body(alice):
    assert (await alice.post("answers", b"", pieces=[ONE[:5], b"", ONE[5:]])).status == 200


async def test_a_caller_who_hangs_up_before_the_end_hears_nothing_and_breaks_nothing(intake, room, alice):
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {alice.token}".encode())]
    await intake(
        {"type": "http", "method": "POST", "path": f"/api/attempts/{alice.attempt}/answers", "headers": headers},
        receive,
        send,
    )

    assert sent == []


async def test_tokens_that_are_not_ours(alice, room, intake, tables):
    good = token_of(room.alice)
    bad = {
        "none": None, "empty": "", "nonsense": "x", "another attempt's": token_of(room.bob), "tampered": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "cut": good[:-4], "other key": token_of(room.alice, ["another-key"]), "long": "a" * 700, "not ASCII": "\xe9" * 40, "dots": ":::",
        "payload swapped": token_of(room.bob).split(":", 1)[0] + ":" + good.split(":", 1)[1],
    }  # fmt: skip
    for name, token in bad.items():
        reply = await call(intake, f"/api/attempts/{room.alice.public_id}/answers", ONE, token=token)
        assert (reply.status, reply.body, reply.headers["www-authenticate"]) == (401, {"error": "token"}, "Bearer"), (
            name
        )

    assert await tables.answers() == {}


async def test_a_token_of_another_purpose_is_refused(intake, room):
    from django.conf import settings
    from django.core import signing

    other = signing.dumps(
        [room.alice.public_id.hex, room.alice.shape, 2**40], key=settings.ATTEMPT_TOKEN_KEYS[0], salt="other"
    )

    assert (await call(intake, f"/api/attempts/{room.alice.public_id}/answers", ONE, token=other)).status == 401


async def test_an_expired_token_is_refused_and_one_that_just_lives_hears_what_is_stored(intake, room):
    lives = tokens.LIVES_AFTER_DEADLINE
    for late, status in ((lives + timedelta(minutes=1), 401), (lives - timedelta(minutes=1), 200)):
        token = tokens.make_token(
            attempt=room.alice.public_id,
            shape=room.alice.shape,
            epoch=1,
            accepts_until=timezone.now() - late,
            keys=["k"],
        )
        from django.test import override_settings

        with override_settings(ATTEMPT_TOKEN_KEYS=["k"]):
            assert (
                await call(intake, f"/api/attempts/{room.alice.public_id}/answers", ONE, token=token)
            ).status == status


async def test_keys_rotate_in_the_middle_of_a_contest(alice, room, intake, settings):
    settings.ATTEMPT_TOKEN_KEYS = ["old"]
    old = token_of(room.alice)
    where = f"/api/attempts/{room.alice.public_id}/answers"
    assert (await call(intake, where, ONE, token=old)).status == 200

    settings.ATTEMPT_TOKEN_KEYS = ["new", "old"]
    both = [(await call(intake, where, ONE, token=token)).status for token in (old, token_of(room.alice))]
    settings.ATTEMPT_TOKEN_KEYS = ["new"]
    withdrawn = (await call(intake, where, ONE, token=old)).status

    assert (both, withdrawn) == ([200, 200], 401)


async def test_an_attempt_that_is_gone(intake, room):
    from django.conf import settings

    nobody = uuid.uuid4()
    token = tokens.make_token(
        attempt=nobody, shape="dd", epoch=1, accepts_until=timezone.now(), keys=settings.ATTEMPT_TOKEN_KEYS
    )

    reply = await call(intake, f"/api/attempts/{nobody}/answers", ONE, token=token)

    assert (reply.status, reply.body) == (404, {"error": "not_found"})


async def test_right_and_wrong_get_replies_of_equal_length_and_fields(alice, bob):
    replies = [await phone.answers(tap(1, choice, 10 + choice)) for choice in range(4) for phone in (alice, bob)]

    assert {reply.status for reply in replies} == {200}
    assert len({len(reply.raw) for reply in replies}) == 1
    assert len({tuple(sorted(reply.headers.items())) for reply in replies}) == 1


def test_a_token_carries_no_key_and_no_member(room):
    from django.core import signing

    from tests.contests.intake.phone import SHAPE

    content = signing.b64_decode(token_of(room.alice).split(":")[0].encode())

    hexadecimal, shape, _, epoch = json.loads(content)
    assert (hexadecimal, shape, epoch) == (room.alice.public_id.hex, SHAPE, 1)
