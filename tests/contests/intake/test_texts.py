"""Answers that are typed, ordered or matched, through the real statement: kept in one form, one effect, late ones apart."""

from __future__ import annotations

import json

import pytest

from contests.answers_body import MAX_BODY, body_limit
from contests.rules.kinds.shapes import BLANK_SEPARATOR, MAX_ESSAY, MAX_TEXT, decode_shape
from tests.contests.intake.phone import Phone, tap, token_of

pytestmark = pytest.mark.django_db(transaction=True)

# 1: options. 2: a short text. 3: a number. 4: three items to order. 5: two to match with three. 6: two gaps. 7: an essay. 8: the guess
SHAPE = "d.#>3=23_2~?"
PLACES = decode_shape(SHAPE)


@pytest.fixture
def alice(intake, room) -> Phone:
    room.alice.shape = SHAPE
    room.alice.save(update_fields=["shape"])
    return Phone(intake, room.alice.public_id, token_of(room.alice))


def typed(question: int, text: str, seq: int) -> dict[str, object]:
    return {"question": question, "text": text, "seq": seq}


ALL = (
    tap(1, 0, 1), typed(2, "Nguyễn Đức Cảnh", 2), typed(3, "1.234,5", 3), tap(4, [2, 0, 1], 4), tap(5, [2, -1], 5),
    typed(6, f"28/7{BLANK_SEPARATOR}Hà Nội", 6), typed(7, "Một.\nHai.", 7), typed(8, "1.234", 8),
)  # fmt: skip
STORED = [
    (1, [0], ""), (2, [], "Nguyễn Đức Cảnh"), (3, [], "1.234,5"), (4, [2, 0, 1], ""), (5, [2, -1], ""),
    (6, [], f"28/7{BLANK_SEPARATOR}Hà Nội"), (7, [], "Một.\nHai."), (8, [], "1.234"),
]  # fmt: skip
QUERY = "SELECT question, choice, text FROM contests_{} ORDER BY question"


async def test_every_kind_of_answer_is_stored_as_it_was_given(alice, tables):
    reply = await alice.answers(*ALL)

    assert (reply.status, reply.body["saved"]) == (200, [[n, n] for n in range(1, 9)])
    assert await tables.rows(QUERY.format("answer")) == STORED
    again = await alice.answers(*ALL)
    assert (again.status, again.body["saved"]) == (200, reply.body["saved"])


async def test_what_was_received_counts_questions_and_not_the_guess(alice, tables):
    await alice.answers(*ALL)
    reply = await alice.submit(typed(3, "", 9), *ALL[:2])

    assert (reply.status, reply.body["received"]) == (200, 6)  # seven of seven, and one taken back


async def test_one_text_in_two_forms_is_one_answer(alice, tables):
    first = await alice.answers(typed(2, "Nguye\u0302\u0303n", 4))
    again = await alice.answers(typed(2, " Nguyễn ", 4))
    other = await alice.answers(typed(2, "Nguyen", 4))

    assert (first.status, again.status) == (200, 200)
    assert (other.status, other.body["error"], other.body["current"]) == (409, "stale", [[2, "Nguyễn", 4]])


async def test_an_answer_taken_back_is_empty(alice, tables):
    await alice.answers(*ALL)
    await alice.answers(typed(2, "  ", 20), typed(6, BLANK_SEPARATOR, 21), tap(5, [-1, -1], 22), tap(4, [], 23))

    rows = await tables.rows(QUERY.format("answer"))
    assert [row for row in rows if row[0] in (2, 4, 5, 6)] == [(n, [], "") for n in (2, 4, 5, 6)]


async def test_a_text_that_comes_late_is_kept_apart(alice, room, tables):
    await alice.submit(typed(2, "đúng giờ", 1))
    late = await alice.answers(typed(2, "trễ", 2), tap(4, [0, 1, 2], 3))

    assert (late.status, late.body["late"]) == (409, [[2, 2], [4, 3]])
    assert late.body["current"] == [[2, "đúng giờ", 1]]
    assert await tables.rows(QUERY.format("lateanswer")) == [(2, [], "trễ"), (4, [0, 1, 2], "")]
    assert await tables.rows(QUERY.format("answer")) == [(2, [], "đúng giờ")]


REFUSED = [
    (typed(1, "0", 1), "wrong_type"),
    (tap(2, 0, 1), "wrong_type"),
    (typed(2, "a", 1) | {"choice": [0]}, "unknown_field"),
    (typed(2, "a", 1) | {"text": ["a"]}, "wrong_type"),
    (typed(2, "a", 1) | {"text": None}, "wrong_type"),
    ({"question": 2, "seq": 1}, "missing_field"),
    (typed(2, "a\0", 1), "bad_text"),
    (typed(2, "\ud83d", 1), "bad_text"),
    (typed(2, "x" * (MAX_TEXT + 1), 1), "too_long"),
    (typed(7, "x" * (MAX_ESSAY + 1), 1), "too_long"),
    (typed(6, "một", 1), "not_every_blank"),
    (typed(8, "nhiều", 1), "bad_number"),
    (tap(4, [0, 1], 1), "not_every_item_once"),
    (tap(5, [0], 1), "not_every_item_once"),
    (tap(5, [0, 3], 1), "no_such_option"),
    (typed(9, "a", 1), "no_such_question"),
]


@pytest.mark.parametrize(("row", "code"), REFUSED)
async def test_what_is_no_answer_to_its_place_is_refused_whole(alice, tables, row, code):
    reply = await alice.answers(tap(1, 0, 1) if row["question"] != 1 else typed(2, "a", 1), row)

    assert (reply.status, reply.body["error"]) == (422, code)
    assert await tables.rows(QUERY.format("answer")) == []


async def test_whatever_was_saved_can_be_handed_in_again_in_one_request(alice, tables):
    widest = "\U0001f642"
    full = [
        tap(1, 0, 1), typed(2, widest * MAX_TEXT, 2), typed(3, widest * MAX_TEXT, 3), tap(4, [2, 1, 0], 4), tap(5, [2, 2], 5),
        typed(6, BLANK_SEPARATOR.join([widest * MAX_TEXT] * 2), 6), typed(7, widest * MAX_ESSAY, 7), typed(8, "1" * 20, 8),
    ]  # fmt: skip
    body = json.dumps({"answers": full, "ends": 2**53 - 1}, ensure_ascii=False).encode()

    assert MAX_BODY < len(body) <= body_limit(PLACES)
    assert (await alice.post("submit", body)).status == 200
    assert (await alice.post("submit", body + b" " * body_limit(PLACES))).status == 413


def test_a_paper_of_options_takes_no_larger_request_than_before():
    assert body_limit(decode_shape("d" * 30)) == MAX_BODY
