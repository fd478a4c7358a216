"""A sentence with gaps, "___" in the stem. The spec: {"blanks": [["accepted", …], …], "accents": false}, a list for each gap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import count
from typing import ClassVar

from contests.rules.kinds.base import AnswerKey, Fault, Kind, Part, Partial, Value, share
from contests.rules.kinds.shapes import BLANK_SEPARATOR, MAX_BLANKS, Blanks, Shape
from contests.rules.kinds.short_text import accepted_faults, is_accepted, say_accepted

GAP = re.compile("_{3,}")


class FillIn:
    """In part: each gap counts; one that was left empty is not wrong."""

    name: ClassVar[Kind] = Kind.FILL_IN
    label: ClassVar[str] = "Điền chỗ trống"
    has_options: ClassVar[bool] = False
    always_shuffled: ClassVar[bool] = False

    def slots(self, key: AnswerKey) -> int:
        return 0

    def shape(self, key: AnswerKey) -> Shape:
        return Blanks(len(key.spec["blanks"]))

    def stem(self, stem: str) -> str:
        """With the gaps numbered, as the fields below name them."""
        number = count(1)
        return GAP.sub(lambda _: f"({next(number)}) ……", stem)

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction:
        given, rights = self._judged(key, value)
        right = sum(rights)
        return share(right, sum(map(bool, given)) - right, len(rights), partial)

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        given, rights = self._judged(key, value)
        return tuple(
            Part(f"({number})", text, say_accepted(accepted), is_right)
            for number, (text, accepted, is_right) in enumerate(
                zip(given, key.spec["blanks"], rights, strict=True), start=1
            )
        )

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        blanks, accents = key.spec.get("blanks"), key.spec.get("accents")
        gaps = len(GAP.findall(stem))
        if not 1 <= gaps <= MAX_BLANKS:
            text = f"Câu điền chỗ trống cần từ 1 đến {MAX_BLANKS} chỗ trống; mỗi chỗ gõ ba dấu gạch dưới (___)."
            return [Fault("stem", "bad_gaps", text)]
        if not isinstance(blanks, list) or len(blanks) != gaps or type(accents) is not bool:
            has = len(blanks) if isinstance(blanks, list) else 0
            text = f"Câu hỏi có {gaps} chỗ trống mà đáp án có {has}; hãy ghi đáp án từng chỗ, cách nhau bằng dấu “;”."
            return [Fault("key", "bad_key", text)]
        return [
            Fault("key", code, text)
            for number, accepted in enumerate(blanks, start=1)
            for code, text in accepted_faults(accepted, accents=accents, what=f"Chỗ trống {number}")
        ]

    def _judged(self, key: AnswerKey, value: Value) -> tuple[list[str], list[bool]]:
        """What stands in each gap, and whether it is right. A forged number of gaps counts as empty ones."""
        blanks, accents = key.spec["blanks"], key.spec["accents"]
        given = value.split(BLANK_SEPARATOR) if isinstance(value, str) and value else []
        if len(given) != len(blanks):
            given = [""] * len(blanks)
        return given, [
            is_accepted(text, accepted, accents=accents) for text, accepted in zip(given, blanks, strict=True)
        ]
