"""The plain form of a sitting: fields `q1`… or, where a question has several, `q1-0`…. Checks shape; the action checks the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from contests.errors import ContestError
from contests.rules.kinds import Value
from contests.rules.kinds.shapes import BLANK_SEPARATOR, NONE, Blanks, Matching, Ordering, Shape, decode_shape

FIELD = re.compile(r"q([1-9][0-9]{0,2})(?:-[0-9])?")
ASKED = re.compile(r"had([1-9][0-9]{0,2})")  # the page showed this question with an answer that can be emptied
PLACE = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class SittingForm:
    """What a page brought: answers by question, and orderings that are not finished (question → how many items)."""

    answers: dict[int, Value] = field(default_factory=dict)
    unfinished: dict[int, int] = field(default_factory=dict)


class Unfinished(Exception):
    """Some items of an ordering have a number and others none, or the same."""


def read_form(data: QueryDict, shape: str) -> SittingForm:
    """Question (from 1) → shown positions (from 0), or a text.

    A question without a field, or with empty ones, is left alone: a page that was opened before another phone answered it
    says nothing of it. Only a question whose answer the page had shown, and that comes back without any, is taken back.
    """
    places, form = decode_shape(shape), SittingForm()
    asked = {int(found[1]) for name in data if (found := ASKED.fullmatch(name))}
    for question in sorted(asked | {int(found[1]) for name in data if (found := FIELD.fullmatch(name))}):
        if question > len(places):
            raise _not_on_the_paper()
        place = places[question - 1]
        try:
            value = read_fields(data, f"q{question}", place)
        except Unfinished:
            form.unfinished[question] = place.items if isinstance(place, Ordering) else 0
            continue
        if value or question in asked:
            form.answers[question] = value
    return form


def read_fields(data: QueryDict, name: str, place: Shape) -> Value:
    """What the fields of one question say; empty for nothing. Raises Unfinished, and ContestError for what no page sends."""
    if isinstance(place, Ordering):
        return _order([data.get(f"{name}-{item}", "") for item in range(place.items)])
    if isinstance(place, Matching):
        entries = [data.get(f"{name}-{item}", "") for item in range(place.left)]
        return [_position(entry) if entry else NONE for entry in entries] if any(entries) else []
    if isinstance(place, Blanks):
        texts = [data.get(f"{name}-{blank}", "") for blank in range(place.blanks)]
        if any(BLANK_SEPARATOR in text for text in texts):
            raise _not_on_the_paper()
        return BLANK_SEPARATOR.join(texts) if any(texts) else ""
    if place.takes == "text":
        return data.get(name, "")
    return sorted({_position(entry) for entry in data.getlist(name)})


def _order(ranks: Sequence[str]) -> list[int]:
    """The items by the numbers that were given to them; none, if no item has one."""
    if not any(ranks):
        return []
    if sorted(ranks) != sorted(str(rank + 1) for rank in range(len(ranks))):
        raise Unfinished
    return sorted(range(len(ranks)), key=lambda item: int(ranks[item]))


def _position(text: str) -> int:
    if not PLACE.fullmatch(text):
        raise _not_on_the_paper()
    return int(text)


def _not_on_the_paper() -> ContestError:
    return ContestError("Có câu trả lời không thuộc đề thi này. Chưa lưu gì cả; hãy tải lại trang.", "bad_choice")
