"""The plain form of a sitting: fields `q1`…, values are shown positions. Checks shape; the action checks the rules."""

from __future__ import annotations

import re

from django.http import QueryDict

from contests.errors import ContestError

FIELD = re.compile(r"q([1-9][0-9]{0,2})")
ASKED = re.compile(r"had([1-9][0-9]{0,2})")  # the page showed this question of several answers with some of them ticked
PLACE = re.compile(r"[0-9]{1,2}")


def read_choices(data: QueryDict) -> dict[int, list[int]]:
    """Question (from 1) → shown positions (from 0).

    A question without a field is left alone: a page that was opened before another phone answered it says nothing of it.
    Only a question whose ticks the page had shown, and that comes back without any, is taken back.
    """
    choices: dict[int, list[int]] = {}
    for name in data:
        if asked := ASKED.fullmatch(name):
            choices.setdefault(int(asked[1]), [])
        elif field := FIELD.fullmatch(name):
            places = data.getlist(name)
            if not all(PLACE.fullmatch(place) for place in places):
                raise ContestError(
                    "Có câu trả lời không thuộc đề thi này. Chưa lưu gì cả; hãy tải lại trang.", "bad_choice"
                )
            choices[int(field[1])] = sorted({int(place) for place in places})
    return choices
