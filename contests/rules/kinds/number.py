"""A number. The spec: {"value": "1234.5", "tolerance": "0.5"}, both plain decimals; off by the tolerance is still right."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from contests.rules.kinds.base import RIGHT, WRONG, AnswerKey, Fault, Kind, Part, Partial, Value
from contests.rules.kinds.shapes import NUMBER, Shape
from contests.rules.kinds.words import read_number, read_plain, say_number


class Number:
    """Right is whatever reads as that number, however it was typed."""

    name: ClassVar[Kind] = Kind.NUMBER
    label: ClassVar[str] = "Điền số"
    has_options: ClassVar[bool] = False
    always_shuffled: ClassVar[bool] = False

    def slots(self, key: AnswerKey) -> int:
        return 0

    def shape(self, key: AnswerKey) -> Shape:
        return NUMBER

    def stem(self, stem: str) -> str:
        return stem

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction:
        given = read_number(value) if isinstance(value, str) else None
        number, tolerance = _wanted(key)
        return RIGHT if given is not None and abs(given - number) <= tolerance else WRONG

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        number, tolerance = _wanted(key)
        right = say_number(number) + (f" ± {say_number(tolerance)}" if tolerance else "")
        is_right = self.credit(key, value, order, Partial.EXACT) == RIGHT
        return (Part("", value if isinstance(value, str) else "", right, is_right),)

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        value, tolerance = read_plain(key.spec.get("value")), read_plain(key.spec.get("tolerance", "0"))
        if value is None:
            return [Fault("key", "missing_key", "Chưa có đáp án; hãy ghi một số, ví dụ 1.234,5 hoặc 60 ± 1.")]
        if tolerance is None or tolerance < 0:
            return [Fault("key", "bad_key", "Sai số cho phép phải là một số không âm, ví dụ 60 ± 1.")]
        return []


def _wanted(key: AnswerKey) -> tuple[Fraction, Fraction]:
    return Fraction(key.spec["value"]), Fraction(key.spec.get("tolerance", "0"))
