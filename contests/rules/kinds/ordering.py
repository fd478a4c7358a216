"""Items to be put into the right order: the author's order of `options` is the key, so no paper ever shows it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from contests.rules.kinds.base import WRONG, AnswerKey, Fault, Kind, Part, Partial, Value, positions, share
from contests.rules.kinds.shapes import MAX_PARTS, Ordering, Shape

LEAST = 3  # two that never stand right would give themselves away


class Order:
    """In part: each item at its right place counts."""

    name: ClassVar[Kind] = Kind.ORDERING
    label: ClassVar[str] = "Sắp thứ tự"
    has_options: ClassVar[bool] = True
    always_shuffled: ClassVar[bool] = True

    def slots(self, key: AnswerKey) -> int:
        return len(key.options)

    def shape(self, key: AnswerKey) -> Shape:
        return Ordering(len(key.options))

    def stem(self, stem: str) -> str:
        return stem

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction:
        shown = positions(value, len(order))
        if shown is None or sorted(shown) != list(range(len(order))):
            return WRONG
        right = sum(order[position] == place for place, position in enumerate(shown))
        return share(right, len(order) - right, len(order), partial)

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        shown = positions(value, len(order)) or []
        given = [key.options[order[position]] for position in shown] or [""] * len(order)
        return tuple(
            Part(f"{place}.", mine, right, mine == right)
            for place, (mine, right) in enumerate(zip(given, key.options, strict=True), start=1)
        )

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        if not LEAST <= len(key.options) <= MAX_PARTS:
            text = f"Câu sắp thứ tự cần từ {LEAST} đến {MAX_PARTS} mục, ghi theo đúng thứ tự từ cột A."
            return [Fault("options", "few_options", text)]
        return []
