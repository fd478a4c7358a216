"""Whatever a body says that is not exactly an answer to this paper: refused whole, nothing stored, never an error of ours."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contests.answers_body import MAX_BODY, MAX_SEQ, BodyRefused, read_answers
from contests.rules.kinds.shapes import decode_shape
from tests.contests.intake.phone import SHAPE, tap

PAPER = decode_shape(SHAPE)


def body(*taps, **more) -> bytes:
    return json.dumps({"answers": list(taps)} | more).encode()


def raw(question="1", choice="[0]", seq="1") -> bytes:
    return f'{{"answers":[{{"question":{question},"choice":{choice},"seq":{seq}}}]}}'.encode()


BAD = {
    # B07: not the JSON we speak
    "empty": (b"", "not_json"),
    "not JSON": (b"answers=1", "not_json"),
    "cut short": (body(tap(1, 0, 1))[:-2], "not_json"),
    "byte order mark": (b"\xef\xbb\xbf" + body(tap(1, 0, 1)), "not_json"),
    "UTF-16": (body(tap(1, 0, 1)).decode().encode("utf-16"), "not_json"),
    "not UTF-8": (b'{"answers":"\xff"}', "not_json"),
    "two values": (body(tap(1, 0, 1)) + b"{}", "not_json"),
    "nested deeply": (b'{"answers":' + b"[" * 4000 + b"]" * 4000 + b"}", "not_json"),
    "nested deeply, never closed": (b"[" * 8000, "not_json"),
    "null": (b"null", "wrong_type"),
    "a list": (b"[]", "wrong_type"),
    "a number": (b"7", "wrong_type"),
    "answers is null": (b'{"answers":null}', "wrong_type"),
    "answers is an object": (b'{"answers":{}}', "wrong_type"),
    "answers is a string": (b'{"answers":"1"}', "wrong_type"),
    "a row is null": (b'{"answers":[null]}', "wrong_type"),
    "a row is a list": (b'{"answers":[[1,[0],1]]}', "wrong_type"),
    "no answers": (b'{"answers":[]}', "no_answers"),
    "nothing": (b"{}", "missing_field"),
    "no question": (b'{"answers":[{"choice":[0],"seq":1}]}', "missing_field"),
    "no choice": (b'{"answers":[{"question":1,"seq":1}]}', "missing_field"),
    "no sequence number": (b'{"answers":[{"question":1,"choice":[0]}]}', "missing_field"),
    "answers twice": (b'{"answers":[],"answers":[]}', "unknown_field"),
    "a field twice": (b'{"answers":[{"question":1,"question":2,"choice":[0],"seq":1}]}', "unknown_field"),
    "lone surrogate": (b'{"\\ud800":1,"answers":[]}', "unknown_field"),
    # B08, B27: what the phone would like to decide
    "deadline": (body(tap(1, 0, 1), deadline="2099-01-01T00:00:00Z"), "unknown_field"),
    "score": (body(tap(1, 0, 1), score=100), "unknown_field"),
    "started_at in a row": (body(tap(1, 0, 1) | {"started_at": 0}), "unknown_field"),
    "elapsed in a row": (body(tap(1, 0, 1) | {"elapsed": 1}), "unknown_field"),
    "is_staff": (body(tap(1, 0, 1), is_staff=True, unit=1), "unknown_field"),
    "an ORM operator": (body(tap(1, 0, 1) | {"_connector": "OR"}), "unknown_field"),
    # B06: numbers
    **{f"{name} as {number}": (raw(**{name: number}), "wrong_type")
       for name in ("question", "seq") for number in ("null", "true", '"1"', "1.0", "1e0", "[1]", "{}", "1e309")},
    **{f"{name} as {number}": (raw(**{name: number}), "not_json")
       for name in ("question", "seq") for number in ("NaN", "Infinity", "-Infinity", "1,5", "\u0663", "01", "+1", "0x1", "1" * 5000)},
    **{f"question {number}": (raw(question=number), "no_such_question") for number in ("0", "-1", "5", "32768", str(2**63), str(-(2**63)))},
    **{f"seq {number}": (raw(seq=number), "bad_seq") for number in ("0", "-1", str(MAX_SEQ + 1), str(2**63), str(2**64))},
    # B24: choices
    **{f"choice {choice}": (raw(choice=choice), "wrong_type")
       for choice in ("0", "null", '"0"', "{}", "[null]", "[true]", '["0"]', "[0.0]", "[[0]]", "[{}]")},
    **{f"option {choice}": (raw(choice=choice), "no_such_option") for choice in ("[4]", "[-1]", f"[{2**63}]", "[32768]", "[0,0]")},
    "an option of a shorter question": (raw(question="3", choice="[2]"), "no_such_option"),
    "two options where one may be chosen": (raw(choice="[0,1]"), "one_option_only"),
    "an option twice where several may be chosen": (raw(question="2", choice="[1,1]"), "no_such_option"),
    "a thousand options": (raw(question="2", choice=json.dumps(list(range(1000)))), "no_such_option"),
    "five options of four": (raw(question="2", choice="[0,1,2,3,4]"), "no_such_option"),
    "a question twice": (body(tap(1, 0, 1), tap(1, 1, 2)), "question_twice"),
    "more answers than questions": (body(*(tap(1 + n % 4, 0, n + 1) for n in range(5))), "too_many"),
    "one bad among good": (body(tap(1, 0, 1), tap(2, 9, 2)), "no_such_option"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_the_reader_says_why(name):
    content, code = BAD[name]

    with pytest.raises(BodyRefused) as refused:
        read_answers(content, PAPER, may_be_empty=False)

    assert refused.value.code == code


def test_what_is_right_is_read():
    content = body(tap(2, [3, 0], 5), tap(1, [], MAX_SEQ))

    found = read_answers(content, PAPER, may_be_empty=False)

    assert [(answer.question, answer.choice, answer.seq) for answer in found] == [(2, (0, 3), 5), (1, (), MAX_SEQ)]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["answers", "question", "choice", "seq"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6) | st.sampled_from(["answers", "question", "choice", "seq"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
near = st.fixed_dictionaries(
    {"answers": st.lists(st.fixed_dictionaries({
        "question": st.integers(-1, 6) | anything, "choice": st.lists(st.integers(-1, 5), max_size=5) | anything,
        "seq": st.integers(0, 9) | st.sampled_from([MAX_SEQ, MAX_SEQ + 1]) | anything}), max_size=5)}
)  # fmt: skip


@given(
    st.binary(max_size=200)
    | anything.map(lambda value: json.dumps(value).encode())
    | near.map(lambda value: json.dumps(value).encode())
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_refused_or_safe_to_store(content):
    try:
        found = read_answers(content, PAPER, may_be_empty=True)
    except BodyRefused:
        return

    assert len({answer.question for answer in found}) == len(found)
    for answer in found:
        asked = PAPER[answer.question - 1]
        assert 1 <= answer.seq <= MAX_SEQ
        assert answer.question >= 1
        assert list(answer.choice) == sorted(set(answer.choice))
        assert all(0 <= option < asked.options for option in answer.choice)
        assert len(answer.choice) <= 1 or asked.several


@pytest.mark.django_db(transaction=True)
class TestOverHttp:
    async def test_every_bad_body_gets_422_and_nothing_is_stored(self, alice, tables):
        for name, (content, code) in BAD.items():
            if len(content) > MAX_BODY:
                continue
            for act in ("answers", "submit"):
                if act == "submit" and code == "no_answers":
                    continue  # handing in without a map is fine
                reply = await alice.post(act, content)
                assert (reply.status, reply.body) == (422, {"error": code}), name

        assert await tables.answers() == {}
        assert await tables.rows("SELECT count(*) FROM contests_attempt WHERE state <> 'started'") == [(0,)]

    async def test_a_bad_body_does_not_touch_its_neighbours_in_the_batch(self, alice, bob, tables):
        import asyncio

        replies = await asyncio.gather(
            alice.answers(tap(1, 0, 1)), alice.post("answers", raw(choice="[9]")), bob.answers(tap(1, 1, 1))
        )

        assert [reply.status for reply in replies] == [200, 422, 200]

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(content=st.binary(max_size=60) | near.map(lambda value: json.dumps(value).encode()))
    async def test_no_body_gives_an_error_of_ours(self, alice, tables, content):
        reply = await alice.post("answers", content)

        assert reply.status in (200, 409, 422)
        for question, (choice, seq) in (await tables.answers()).items():
            asked = PAPER[question - 1]
            assert set(choice) <= set(range(asked.options))
            assert len(choice) <= 1 or asked.several
            assert 1 <= seq <= MAX_SEQ
