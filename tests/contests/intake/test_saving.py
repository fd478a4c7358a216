"""What an answer and a hand-in do: the highest number wins, repeats get the same reply, nothing changes after the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.contests.intake.phone import tap

pytestmark = pytest.mark.django_db(transaction=True)


def without_clock(reply):
    return reply.status, {name: value for name, value in reply.body.items() if name != "now"}


async def test_a_higher_number_replaces_a_lower(alice, tables):
    await alice.answers(tap(1, 0, 3))
    reply = await alice.answers(tap(1, 1, 9))

    assert (reply.status, reply.body["saved"]) == (200, [[1, 9]])
    assert await tables.answers() == {1: ([1], 9)}


async def test_a_lower_number_is_stale_and_hears_what_is_stored(alice, tables):
    await alice.answers(tap(1, 0, 9), tap(2, [1, 2], 4))
    reply = await alice.answers(tap(1, 1, 3))

    assert reply.status == 409
    assert (reply.body["error"], reply.body["state"], reply.body["saved"]) == ("stale", "started", [])
    assert reply.body["current"] == [[1, [0], 9], [2, [1, 2], 4]]
    assert await tables.answers() == {1: ([0], 9), 2: ([1, 2], 4)}


async def test_of_a_body_that_is_partly_stale_the_rest_is_saved(alice, tables):
    await alice.answers(tap(1, 0, 9))
    reply = await alice.answers(tap(1, 1, 3), tap(3, 1, 4))

    assert (reply.status, reply.body["error"], reply.body["saved"]) == (409, "stale", [[3, 4]])
    assert await tables.answers() == {1: ([0], 9), 3: ([1], 4)}


async def test_a_repeat_gets_the_same_reply(alice, tables):
    first = await alice.answers(tap(1, 0, 1), tap(3, 1, 2))
    stamps = await tables.rows("SELECT question, arrived_at FROM contests_answer ORDER BY 1")
    again = await alice.answers(tap(1, 0, 1), tap(3, 1, 2))

    assert without_clock(first) == without_clock(again)
    assert await tables.rows("SELECT question, arrived_at FROM contests_answer ORDER BY 1") == stamps


async def test_another_choice_under_a_number_that_is_taken_is_told_so(alice, tables):
    """Two devices count for themselves: the second must not believe that its choice is stored."""
    await alice.answers(tap(1, 0, 5))
    reply = await alice.answers(tap(1, 1, 5))

    assert (reply.status, reply.body["error"], reply.body["current"]) == (409, "stale", [[1, [0], 5]])


async def test_the_order_in_which_options_were_tapped_is_no_difference(alice):
    assert (await alice.answers(tap(2, [3, 1], 5))).status == 200
    assert (await alice.answers(tap(2, [1, 3], 5))).status == 200


async def test_a_hand_in_stores_its_map_and_gives_a_receipt(alice, room, tables):
    before = timezone.now()
    reply = await alice.submit(tap(1, 0, 1), tap(4, 3, 2))

    assert reply.status == 200
    assert set(reply.body) == {"saved", "now", "deadline", "receipt", "received_at", "received"}
    assert reply.body["saved"] == [[1, 1], [4, 2]]
    ((state, submitted_at, closed_by, receipt),) = await tables.rows(
        "SELECT state, submitted_at, closed_by, receipt FROM contests_attempt WHERE public_id = %s",
        room.alice.public_id,
    )
    assert (state, closed_by, receipt) == ("submitted", "member", reply.body["receipt"])
    assert reply.body["received"] == 2
    assert reply.body["received_at"] == int(submitted_at.timestamp() * 1000)
    assert abs(submitted_at - before) < timedelta(seconds=5)
    assert await tables.answers() == {1: ([0], 1), 4: ([3], 2)}


async def test_a_hand_in_without_a_map_is_fine(alice, tables):
    await alice.answers(tap(1, 0, 1))

    assert (await alice.submit()).status == 200
    assert await tables.answers() == {1: ([0], 1)}


async def test_a_repeated_hand_in_gets_the_same_receipt(alice):
    first = await alice.submit(tap(1, 0, 1))
    again = await alice.submit(tap(1, 0, 1))

    assert without_clock(first) == without_clock(again)


async def test_a_second_device_that_hands_in_another_map_hears_what_counted(alice, tables):
    first = await alice.submit(tap(1, 0, 1))
    other = await alice.submit(tap(1, 2, 7), tap(3, 0, 8))

    assert (other.status, other.body["receipt"]) == (200, first.body["receipt"])
    assert (other.body["saved"], other.body["current"]) == ([], [[1, [0], 1]])
    assert await tables.answers() == {1: ([0], 1)}


async def test_a_stale_map_does_not_stop_the_hand_in(alice, tables):
    await alice.answers(tap(1, 3, 9))
    reply = await alice.submit(tap(1, 0, 2), tap(3, 1, 3))

    assert (reply.status, reply.body["saved"], reply.body["current"]) == (200, [[3, 3]], [[1, [3], 9], [3, [1], 3]])
    assert "receipt" in reply.body


async def test_after_the_hand_in_nothing_changes(alice, tables):
    await alice.submit(tap(1, 0, 1))
    new, newer, repeat = (
        await alice.answers(tap(3, 0, 5)),
        await alice.answers(tap(1, 1, 6)),
        await alice.answers(tap(1, 0, 1)),
    )

    for reply in (new, newer):
        assert (reply.status, reply.body["error"], reply.body["state"]) == (409, "closed", "submitted")
        assert reply.body["current"] == [[1, [0], 1]]
    assert repeat.status == 200  # its first reply may have been lost on the way
    assert await tables.answers() == {1: ([0], 1)}


@pytest.mark.parametrize("state", ["submitted", "expired", "graded"])
async def test_an_attempt_that_the_sweep_or_the_grader_ended_is_closed(alice, room, tables, state):
    for step in ("expired", "graded") if state == "graded" else (state,):
        await tables.set_attempt(
            room.alice.public_id,
            "state = %s, submitted_at = deadline, closed_by = 'deadline', points = 0, elapsed_ms = 0",
            step,
        )
    answer, submit = await alice.answers(tap(1, 0, 1)), await alice.submit(tap(1, 0, 1))

    assert (answer.status, answer.body["error"], answer.body["state"], answer.body["current"]) == (
        409,
        "closed",
        state,
        [],
    )
    assert (submit.status, submit.body["error"]) == (409, "closed")
    assert "receipt" not in submit.body
    assert await tables.answers() == {}


async def test_members_do_not_see_each_other(alice, bob, room, tables):
    await alice.answers(tap(1, 0, 5))
    reply = await bob.answers(tap(1, 1, 1))

    assert (reply.status, reply.body["saved"]) == (200, [[1, 1]])
    assert await tables.answers(room.alice.public_id) == {1: ([0], 5)}
    assert await tables.answers(room.bob.public_id) == {1: ([1], 1)}
