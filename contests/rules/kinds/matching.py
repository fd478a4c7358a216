"""Two sides to be matched. `options` is the left side; the spec: {"right": [...]}, the first belonging to the first.

What is left over on the right belongs to nothing. The paper shuffles the right side.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from contests.rules.kinds.base import WRONG, AnswerKey, Fault, Kind, Part, Partial, Value, share
from contests.rules.kinds.shapes import MAX_PARTS, NONE, Matching, Shape
from contests.rules.kinds.words import same_form


class Match:
    """In part: each pair counts; an item that was left alone is not wrong."""

    name: ClassVar[Kind] = Kind.MATCHING
    label: ClassVar[str] = "Ghép cặp"
    has_options: ClassVar[bool] = True
    always_shuffled: ClassVar[bool] = True

    def slots(self, key: AnswerKey) -> int:
        return len(key.spec["right"])

    def shape(self, key: AnswerKey) -> Shape:
        return Matching(len(key.options), len(key.spec["right"]))

    def stem(self, stem: str) -> str:
        return stem

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction:
        chosen = _chosen(key, value, order)
        right = sum(entry == place for place, entry in enumerate(chosen))
        wrong = sum(entry not in (None, place) for place, entry in enumerate(chosen))
        return share(right, wrong, len(chosen), partial) if chosen else WRONG

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        chosen, side = _chosen(key, value, order) or [None] * len(key.options), key.spec["right"]
        return tuple(
            Part(left, "" if entry is None else side[entry], side[place], entry == place)
            for place, (left, entry) in enumerate(zip(key.options, chosen, strict=True))
        )

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        right = key.spec.get("right")
        if not isinstance(right, list) or not all(isinstance(each, str) and each for each in right):
            return [Fault("options", "bad_pair", "Mỗi mục của câu ghép cặp ghi hai vế, cách nhau bằng dấu “|”.")]
        if not 2 <= len(key.options) <= len(right) <= MAX_PARTS:
            text = f"Câu ghép cặp cần ít nhất 2 cặp, nhiều nhất {MAX_PARTS} mục ở vế phải."
            return [Fault("options", "few_options", text)]
        if len({same_form(each, accents=True) for each in right}) != len(right):
            return [Fault("options", "repeated_option", "Vế phải có hai mục giống nhau; hãy sửa một trong hai.")]
        return []


def _chosen(key: AnswerKey, value: Value, order: Sequence[int]) -> list[int | None]:
    """The author's place of what was matched to each item, None for nothing; empty for what is no answer to this paper."""
    if isinstance(value, str) or len(value) != len(key.options):
        return []
    if not all(NONE <= entry < len(order) for entry in value):
        return []
    return [None if entry == NONE else order[entry] for entry in value]
