"""From answers to points: each kind of question judges its own, the format of the round makes points of it.

This is where shown positions (what the member tapped) meet the author's order (what the key names), by
`order[shown position] = author's position`. Points are whole hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from contests.rules.kinds import KINDS, AnswerKey, Partial, Value
from contests.rules.paper import PaperItem
from contests.rules.scoring import Item
from contests.rules.settings import RoundRules

NO_MARKS: Mapping[int, Fraction] = {}


@dataclass(frozen=True, slots=True)
class Grade:
    """The result of a paper. `per_item` follows the paper's order: 1 right, 0 wrong, between them right in part.

    None: not answered, or an essay that nobody has marked yet.
    """

    points: int  # hundredths
    right: int
    answered: int
    total: int
    per_item: tuple[Fraction | None, ...]


def grade_answer(
    key: AnswerKey, value: Value | None, order: Sequence[int], partial: Partial = Partial.EXACT
) -> Fraction | None:
    """What one answer is worth, 0 to 1; None for no answer, and for one that people must mark.

    A forged answer is worth 0 instead of raising: it must not stop the grading of a whole batch. A question of options
    without a key raises ValueError, for then nobody could be right.
    """
    return KINDS[key.kind].credit(key, value, order, partial) if value else None


def grade_paper(
    items: Sequence[PaperItem],
    keys: Mapping[int, AnswerKey],
    answers: Mapping[int, Value | None],
    rules: RoundRules,
    *,
    left_ms: int = 0,
    void: frozenset[int] = frozenset(),
    marks: Mapping[int, Fraction] = NO_MARKS,
) -> Grade:
    """Grade a whole paper: `keys` by question version, `answers` and `marks` by the question's place on it (from 0).

    A missing, None or empty answer is not answered. Places outside the paper are ignored. A version of `void` is worth
    all to everybody, answered or not. `left_ms` is what was left of the time at the hand-in. A version without a key
    raises KeyError: a grade made without it would be false.
    """
    items_scored, answered = [], 0
    for place, item in enumerate(items):
        key, value = keys[item.version], answers.get(place)
        credit = grade_answer(key, value, item.order, rules.partial)
        if item.version in void:
            credit = Fraction(1)
        elif value and credit is None:
            credit = marks.get(place)
        answered += bool(value)
        items_scored.append(Item(rules.points_per_question if key.weight is None else key.weight, credit))
    return Grade(
        points=rules.scoring.points(items_scored, left_ms=left_ms),
        right=sum(item.is_right for item in items_scored),
        answered=answered,
        total=len(items),
        per_item=tuple(item.credit for item in items_scored),
    )
