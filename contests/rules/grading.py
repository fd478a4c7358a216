"""From answers to points: one small function for each kind of question, all or nothing.

This is the one place where shown positions (what the member tapped) become canonical option indices (what the key
names), by `order[shown position] = canonical index`. Points are whole hundredths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contests.rules.paper import PaperItem
from contests.rules.settings import RoundRules


class Kind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The right options of a question version, as canonical indices. `spec` is what kinds without options keep."""

    kind: Kind
    right: frozenset[int] = frozenset()
    spec: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grade:
    """The result of a paper. `per_item` follows the paper's order: True right, False wrong, None not answered."""

    points: int  # hundredths
    right: int
    answered: int
    total: int
    per_item: tuple[bool | None, ...]


def canonical_choice(choice: Iterable[int], order: Sequence[int]) -> frozenset[int] | None:
    """The canonical options behind shown positions, or None when a position is not on the paper."""
    shown = set(choice)
    if not all(0 <= position < len(order) for position in shown):  # a negative index would wrap round silently
        return None
    return frozenset(order[position] for position in shown)


def shown_positions(canonical: Iterable[int], order: Sequence[int]) -> tuple[int, ...]:
    """Where canonical options stand on this paper, ascending; the way back, for the page that explains a result."""
    wanted = set(canonical)
    return tuple(position for position, option in enumerate(order) if option in wanted)


def _one_of(key: frozenset[int], chosen: frozenset[int]) -> bool:
    # The key has one option. It has two only after a ruling that both are accepted, and then either is right.
    return len(chosen) == 1 and chosen <= key


def _exactly(key: frozenset[int], chosen: frozenset[int]) -> bool:
    return chosen == key


GRADERS: dict[Kind, Callable[[frozenset[int], frozenset[int]], bool]] = {
    Kind.SINGLE: _one_of,
    Kind.MULTIPLE: _exactly,
    Kind.TRUE_FALSE: _one_of,
}


def grade_answer(kind: Kind, key: frozenset[int], choice: Sequence[int], order: Sequence[int]) -> bool:
    """Whether the choice (shown positions; order and repeats do not matter) is right.

    A position that the paper lacks makes the answer wrong instead of raising: one forged answer must not stop the
    grading of a whole batch. An empty key raises ValueError, for then nobody could be right.
    """
    if not key:
        raise ValueError("a question without a key cannot be graded")
    chosen = canonical_choice(choice, order)
    return bool(chosen) and chosen is not None and GRADERS[kind](key, chosen)


def grade_paper(
    items: Sequence[PaperItem],
    keys: Mapping[int, AnswerKey],
    answers: Mapping[int, Sequence[int] | None],
    rules: RoundRules,
    *,
    void: frozenset[int] = frozenset(),
) -> Grade:
    """Grade a whole paper: `keys` by question version, `answers` by the question's place on the paper (from 0).

    A missing, None or empty answer is not answered. Places outside the paper are ignored. A version of `void` is worth all
    to everybody, answered or not. A version without a key raises KeyError: a grade made without it would be false.
    """
    per_item = tuple(
        True if item.version in void else _grade_item(item, keys[item.version], answers.get(place))
        for place, item in enumerate(items)
    )
    right = per_item.count(True)
    return Grade(
        points=right * rules.points_per_question,
        right=right,
        answered=sum(bool(answers.get(place)) for place in range(len(items))),
        total=len(per_item),
        per_item=per_item,
    )


def _grade_item(item: PaperItem, key: AnswerKey, choice: Sequence[int] | None) -> bool | None:
    return grade_answer(key.kind, key.right, choice, item.order) if choice else None
