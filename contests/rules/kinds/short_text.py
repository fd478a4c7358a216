"""A short text. The spec: {"accepted": ["Nguyễn Đức Cảnh", …], "accents": false}; without accents "duc" is "đức"."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from contests.rules.kinds.base import RIGHT, WRONG, AnswerKey, Fault, Kind, Part, Partial, Value
from contests.rules.kinds.shapes import MAX_TEXT, SHORT_TEXT, Shape
from contests.rules.kinds.words import same_form

MAX_ACCEPTED = 20


class ShortText:
    """Right is what reads like one of the accepted texts."""

    name: ClassVar[Kind] = Kind.SHORT_TEXT
    label: ClassVar[str] = "Trả lời ngắn"
    has_options: ClassVar[bool] = False
    always_shuffled: ClassVar[bool] = False

    def slots(self, key: AnswerKey) -> int:
        return 0

    def shape(self, key: AnswerKey) -> Shape:
        return SHORT_TEXT

    def stem(self, stem: str) -> str:
        return stem

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> Fraction:
        accents = key.spec["accents"]
        return RIGHT if isinstance(value, str) and is_accepted(value, key.spec["accepted"], accents=accents) else WRONG

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        given = value if isinstance(value, str) else ""
        is_right = self.credit(key, value, order, Partial.EXACT) == RIGHT
        return (Part("", given, say_accepted(key.spec["accepted"]), is_right),)

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        accents = key.spec.get("accents")
        if type(accents) is not bool:
            return [Fault("key", "bad_key", "Hãy chọn có phân biệt dấu tiếng Việt hay không.")]
        return [Fault("key", code, text) for code, text in accepted_faults(key.spec.get("accepted"), accents=accents)]


def is_accepted(text: str, accepted: Sequence[str], *, accents: bool) -> bool:
    """Whether the text is one of those, to a Vietnamese reader."""
    form = same_form(text, accents=accents)
    return form != "" and any(form == same_form(each, accents=accents) for each in accepted)


def say_accepted(accepted: Sequence[str]) -> str:
    """The accepted texts for people, the first being the author's own words."""
    return " / ".join(accepted)


def accepted_faults(accepted: Any, *, accents: bool, what: str = "Câu trả lời ngắn") -> list[tuple[str, str]]:
    """What is wrong with a list of accepted texts: code and sentence."""
    if not isinstance(accepted, list) or not accepted or not all(isinstance(each, str) for each in accepted):
        return [
            ("missing_key", f"{what} chưa có đáp án; hãy ghi các cách trả lời được chấp nhận, cách nhau bằng dấu “|”.")
        ]
    if len(accepted) > MAX_ACCEPTED:
        return [("many_keys", f"{what} có nhiều nhất {MAX_ACCEPTED} cách trả lời được chấp nhận.")]
    if any(len(each) > MAX_TEXT for each in accepted):
        return [("too_long", f"Mỗi cách trả lời dài nhất {MAX_TEXT} ký tự; hãy rút ngắn.")]
    if any(not same_form(each, accents=accents) for each in accepted):
        return [("bad_key", f"{what} có một đáp án không có chữ hay số nào; hãy xem lại các dấu “|”.")]
    return []
