"""Answers of people who are not there: right or wrong by construction, whatever the kind of the question."""

from __future__ import annotations

from collections.abc import Sequence

from contests.rules.kinds import AnswerKey, Kind, Value
from contests.rules.kinds.shapes import BLANK_SEPARATOR

WRONG_TEXT = "không phải vậy"
ESSAY = "Bài viết của người diễn tập."
CHOICES = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE)


def right_answer(key: AnswerKey, order: Sequence[int]) -> Value | None:
    """What a form sends for the right answer; None where nobody can know it (an essay waits for people)."""
    shown = {author: place for place, author in enumerate(order)}
    if key.kind in CHOICES:
        return sorted(shown[place] for place in key.right)
    if key.kind is Kind.SHORT_TEXT:
        return str(key.spec["accepted"][0])
    if key.kind is Kind.NUMBER:
        return str(key.spec["value"]).replace(".", ",")
    if key.kind is Kind.FILL_IN:
        return BLANK_SEPARATOR.join(blank[0] for blank in key.spec["blanks"])
    if key.kind in (Kind.ORDERING, Kind.MATCHING):
        return [shown[place] for place in range(len(key.options))]
    return None


def wrong_answer(key: AnswerKey, order: Sequence[int]) -> Value:
    """What a form sends for an answer with nothing right in it; empty where every answer has something right."""
    if key.kind in CHOICES:
        wrong = [place for place, author in enumerate(order) if author not in key.right]
        return wrong[:1]
    if key.kind is Kind.SHORT_TEXT:
        return WRONG_TEXT
    if key.kind is Kind.NUMBER:
        return "-987654321"
    if key.kind is Kind.FILL_IN:
        return BLANK_SEPARATOR.join(WRONG_TEXT for _ in key.spec["blanks"])
    right = right_answer(key, order)
    if right is None:
        return ESSAY
    assert not isinstance(right, str)
    return [*right[1:], *right[:1]]  # each one place on: none where it belongs
