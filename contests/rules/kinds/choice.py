"""Questions of options: one right, several right, true or false."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from contests.rules.kinds.base import RIGHT, WRONG, AnswerKey, Fault, Kind, Part, Partial, Value, positions, share
from contests.rules.kinds.shapes import Options, Shape


class _Options:
    has_options: ClassVar[bool] = True
    always_shuffled: ClassVar[bool] = False
    several: ClassVar[bool] = False

    def slots(self, key: AnswerKey) -> int:
        return len(key.options)

    def shape(self, key: AnswerKey) -> Shape:
        return Options(len(key.options), self.several)

    def stem(self, stem: str) -> str:
        return stem

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        return ()


class One(_Options):
    """One option is right."""

    name: ClassVar[Kind] = Kind.SINGLE
    label: ClassVar[str] = "Một đáp án"

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction:
        _check(key)
        # The key has one option. It has two only after a ruling that both are accepted, and then either is right.
        chosen = canonical_choice(value, order)
        return RIGHT if chosen is not None and len(chosen) == 1 and chosen <= key.right else WRONG

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        if not key.right:
            return [_MISSING]
        if len(key.right) > 1:
            text = "Loại câu này chỉ có một đáp án đúng; hãy bỏ bớt, hoặc đổi loại thành “Nhiều đáp án”."
            return [Fault("key", "many_keys", text)]
        return []


class TrueFalse(One):
    """Two options that never change places: "Sai" above "Đúng" would only mislead."""

    name: ClassVar[Kind] = Kind.TRUE_FALSE
    label: ClassVar[str] = "Đúng/Sai"


class Several(_Options):
    """Two or more options are right."""

    name: ClassVar[Kind] = Kind.MULTIPLE
    label: ClassVar[str] = "Nhiều đáp án"
    several: ClassVar[bool] = True

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction:
        """In part: the right ones among all that were chosen or should have been, so that ticking everything earns little."""
        _check(key)
        chosen = canonical_choice(value, order)
        if not chosen:
            return WRONG
        right, wrong = len(chosen & key.right), len(chosen - key.right)
        whole = max(len(key.right), len(chosen)) if partial is Partial.PARTIAL else len(key.right)
        return share(right, wrong, whole, partial)

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        if not key.right:
            return [_MISSING]
        if len(key.right) < 2:
            text = "Câu nhiều đáp án cần ít nhất hai đáp án đúng; nếu chỉ có một, hãy đổi loại thành “Một đáp án”."
            return [Fault("key", "few_keys", text)]
        return []


_MISSING = Fault("key", "missing_key", "Chưa có đáp án đúng.")


def _check(key: AnswerKey) -> None:
    if not key.right:  # then nobody could be right
        raise ValueError("a question without a key cannot be graded")


def canonical_choice(choice: Value, order: Sequence[int]) -> frozenset[int] | None:
    """The author's options behind shown positions, or None when a position is not on the paper."""
    shown = positions(choice, len(order))
    return None if shown is None else frozenset(order[position] for position in shown)


def shown_positions(canonical: frozenset[int], order: Sequence[int]) -> tuple[int, ...]:
    """Where the author's options stand on this paper, ascending; the way back, for the page that explains a result."""
    return tuple(position for position, option in enumerate(order) if option in canonical)
