"""What every kind of question answers for itself. A kind is one file beside this one, entered in `KINDS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from contests.rules.kinds.shapes import Shape

Value = Sequence[int] | str  # an answer: positions on the paper, or a text; empty: not answered
RIGHT, WRONG = Fraction(1), Fraction(0)


class Kind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    SHORT_TEXT = "short_text"
    NUMBER = "number"
    ORDERING = "ordering"
    MATCHING = "matching"
    FILL_IN = "fill_in"
    ESSAY = "essay"


class Partial(StrEnum):
    """What an answer is worth that is right in part: nothing, its part, or its part less what is wrong in it."""

    EXACT = "exact"
    PARTIAL = "partial"
    PENALISED = "penalised"


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """A question version as far as judging needs it. `right` are positions in the author's order of `options`.

    `spec` is what a kind keeps besides: accepted texts, a number, the right side of a matching; `weight` for any kind
    (hundredths of points). Nothing of it may leave before the round closes.
    """

    kind: Kind
    right: frozenset[int] = frozenset()
    options: tuple[str, ...] = ()
    spec: Mapping[str, Any] = field(default_factory=dict)

    @property
    def weight(self) -> int | None:
        """What the question is worth; None: what the rules say."""
        return self.spec.get("weight")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer in words: what was asked, what was given ("" for nothing), what is right; all for people."""

    asked: str
    given: str
    right: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a question makes no sense: `field` is stem, options or key; a code for programs, a sentence for the author."""

    field: str
    code: str
    text: str


class QuestionKind(Protocol):
    """One kind of question. All methods are pure; `order[shown position] = author's position` comes from the paper."""

    name: ClassVar[Kind]
    label: ClassVar[str]  # as authors write it
    has_options: ClassVar[bool]  # texts that the author lists and the paper shows
    always_shuffled: ClassVar[bool]  # the author's order is the key, so no setting may show it

    def slots(self, key: AnswerKey) -> int:
        """How many things the paper puts into an order."""
        ...

    def shape(self, key: AnswerKey) -> Shape:
        """What an answer may look like. Tells sizes only."""
        ...

    def stem(self, stem: str) -> str:
        """The question as people read it."""
        ...

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction | None:
        """What an answer that is not empty is worth, 0 to 1; None: people must judge it.

        Whatever was forged into the tables is worth 0 instead of raising: it must not stop the grading of a whole batch.
        """
        ...

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        """Answer and key in words. Empty where the page marks the options themselves."""
        ...

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        """What is wrong with the question, before anybody is asked it."""
        ...


def share(right: int, wrong: int, total: int, partial: Partial) -> Fraction:
    """The credit of an answer of `total` parts: all or nothing, what is right of it, or that less what is wrong."""
    if partial is Partial.EXACT:
        return RIGHT if right == total and not wrong else WRONG
    return Fraction(max(0, right - wrong) if partial is Partial.PENALISED else right, total)


def positions(value: Value, size: int) -> list[int] | None:
    """The value as positions below `size`; None when it is not."""
    if isinstance(value, str) or not all(0 <= position < size for position in value):  # a negative one would wrap round
        return None
    return list(value)
