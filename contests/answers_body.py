"""PURE: reads the body of an answer request, strictly. What it accepts is safe to store; anything else is refused whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from contests.rules.kinds.shapes import Shape, ShapeRefused, full_size

MAX_BODY = 8 * 1024  # of a paper of options; one with texts may send as much as they can hold, see `body_limit`
MAX_SEQ = 2**53 - 1  # the largest whole number that JavaScript keeps exact


class BodyRefused(Exception):
    """Why nothing of the body was stored: a code for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: question from 1, shown positions from 0 or a text, the phone's sequence number."""

    question: int
    choice: tuple[int, ...]
    seq: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What a request says: answers, and for a hand-in that the phone does by itself the end that it knows of."""

    answers: tuple[Answer, ...]
    ends: int | None = None  # epoch milliseconds


def body_limit(shape: Sequence[Shape]) -> int:
    """How large a request about this paper may be: whatever was saved can be handed in again, all at once."""
    return max(MAX_BODY, full_size(shape))


def read_body(body: bytes, shape: Sequence[Shape], *, submit: bool) -> Body:
    """The body of either act; only a hand-in may be empty, and only it may say `"ends"`. Raises BodyRefused."""
    data = _load(body)
    if not submit or not isinstance(data, dict) or "ends" not in data:
        return Body(_answers(data, shape, may_be_empty=submit))
    ends = data.pop("ends")
    if not _is_whole(ends) or not 0 <= ends <= MAX_SEQ:
        raise BodyRefused("wrong_type")
    return Body(_answers(data, shape, may_be_empty=True), ends)


def read_answers(body: bytes, shape: Sequence[Shape], *, may_be_empty: bool) -> tuple[Answer, ...]:
    """The answers of `{"answers": [{"question": 7, "choice": [2], "seq": 12}]}`, each question at most once; where people
    type, `"text"` stands in place of `"choice"`.

    Raises BodyRefused with one of: not_json, unknown_field, missing_field, wrong_type, no_answers, too_many,
    no_such_question, question_twice, bad_seq, or what a shape refuses (no_such_option, one_option_only,
    not_every_item_once, not_every_blank, bad_text, too_long, bad_number). An empty value takes an answer back.
    Numbers are whole and written as such: 1.0, 1e0, "1" and true are refused; -0 is 0.
    """
    return _answers(_load(body), shape, may_be_empty=may_be_empty)


def _answers(data: Any, shape: Sequence[Shape], *, may_be_empty: bool) -> tuple[Answer, ...]:
    (rows,) = _fields(data, ("answers",))
    if not isinstance(rows, list):
        raise BodyRefused("wrong_type")
    if not rows and not may_be_empty:
        raise BodyRefused("no_answers")
    if len(rows) > len(shape):
        raise BodyRefused("too_many")
    answers = tuple(_read_one(row, shape) for row in rows)
    if len({answer.question for answer in answers}) != len(answers):
        raise BodyRefused("question_twice")
    return answers


def _read_one(row: Any, shape: Sequence[Shape]) -> Answer:
    takes = "text" if isinstance(row, dict) and "text" in row else "choice"
    question, value, seq = _fields(row, ("question", takes, "seq"))
    if not _is_whole(question) or not _is_whole(seq) or not _is_value(value, takes):
        raise BodyRefused("wrong_type")
    if not 1 <= question <= len(shape):
        raise BodyRefused("no_such_question")
    if not 1 <= seq <= MAX_SEQ:
        raise BodyRefused("bad_seq")
    asked = shape[question - 1]
    if asked.takes != takes:
        raise BodyRefused("wrong_type")
    try:
        choice, text = asked.read(value)
    except ShapeRefused as refused:
        raise BodyRefused(refused.code) from None
    return Answer(question, choice, seq, text)


def _is_value(value: Any, takes: str) -> bool:
    if takes == "text":
        return isinstance(value, str)
    return isinstance(value, list) and all(map(_is_whole, value))


def _fields(data: Any, names: Sequence[str]) -> list[Any]:
    """The values of an object that has exactly these fields."""
    if not isinstance(data, dict):
        raise BodyRefused("wrong_type")
    if not data.keys() <= set(names):
        raise BodyRefused("unknown_field")
    if len(data) < len(names):
        raise BodyRefused("missing_field")
    return [data[name] for name in names]


def _is_whole(value: Any) -> bool:
    return type(value) is int  # True is an int to Python


def _load(body: bytes) -> Any:
    try:
        return DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BodyRefused("not_json") from error


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BodyRefused("unknown_field")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


DECODER = json.JSONDecoder(object_pairs_hook=_no_twins, parse_constant=_no_constant)
