"""Kinds of questions, one file each: what an answer looks like, what it is worth, how it is said, what a question needs."""

from contests.rules.kinds.base import AnswerKey, Fault, Kind, Part, Partial, QuestionKind, Value
from contests.rules.kinds.choice import One, Several, TrueFalse
from contests.rules.kinds.essay import Essay
from contests.rules.kinds.fill_in import FillIn
from contests.rules.kinds.matching import Match
from contests.rules.kinds.number import Number
from contests.rules.kinds.ordering import Order
from contests.rules.kinds.short_text import ShortText

_ALL: tuple[QuestionKind, ...] = (
    One(), Several(), TrueFalse(), ShortText(), Number(), Order(), Match(), FillIn(), Essay(),
)  # fmt: skip
KINDS: dict[Kind, QuestionKind] = {kind.name: kind for kind in _ALL}

__all__ = ["KINDS", "AnswerKey", "Fault", "Kind", "Part", "Partial", "QuestionKind", "Value"]
