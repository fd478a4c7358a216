"""How the answers of a paper become points: one format a class, found by name, with its own settings and its own words.

Points are whole hundredths. A question is worth its weight times the credit that its kind gives (a whole for right, a part for
partly right, nothing for wrong); the sum is rounded half up once, at the end. A new format is one class in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from contests.rules.said import Said

MAX_POINTS = 10_000  # hundredths, of one question or bonus


class FormatRefused(ValueError):
    """A format that makes no sense; the message is a sentence for the organizer, `field` the setting that it is about."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


SETTING_NAMES = {
    "penalty": "số phần trăm bị trừ",
    "below_zero": "tổng điểm có thể âm",
    "per_minute": "điểm cộng mỗi phút còn lại",
    "most": "điểm cộng nhiều nhất",
    "least_right": "số câu đúng ít nhất để được cộng",
    "after": "số câu đúng liên tiếp",
    "bonus": "điểm thưởng mỗi câu",
}
_HUNDREDTHS = ("per_minute", "most", "bonus")


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a paper as it was answered: `credit` from 0 to 1, None when it was not answered."""

    weight: int  # hundredths
    credit: Fraction | None

    @property
    def is_wrong(self) -> bool:
        """Answered, and worth nothing."""
        return self.credit == 0

    @property
    def is_right(self) -> bool:
        """Answered, and worth all."""
        return self.credit == 1


class Format(Protocol):
    """A way of scoring."""

    def points(self, items: Sequence[Item], *, left_ms: int) -> int:
        """Points of a paper in hundredths. `left_ms`: what was left of the time at the hand-in."""
        ...

    def full(self, weights: Sequence[int], *, limit_ms: int) -> int:
        """The most that anybody can get, in hundredths."""
        ...

    def said(self) -> Said:
        """The sentence of the rules page."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Right answers earn, nothing costs."""

    def points(self, items: Sequence[Item], *, left_ms: int) -> int:
        return _rounded(_earned(items))

    def full(self, weights: Sequence[int], *, limit_ms: int) -> int:
        return sum(weights)

    def said(self) -> Said:
        return Said("Câu sai hoặc bỏ trống không bị trừ điểm.", "A wrong or missing answer costs nothing.")


PLAIN: Format = Plain()


@dataclass(frozen=True, slots=True)
class Negative:
    """A wrong answer costs `penalty` hundredths of a whole question, by its weight; a missing one nothing."""

    penalty: int
    below_zero: bool = False
    limits: ClassVar[dict[str, range]] = {"penalty": range(1, 101)}

    def points(self, items: Sequence[Item], *, left_ms: int) -> int:
        lost = sum((Fraction(item.weight * self.penalty, 100) for item in items if item.is_wrong), Fraction(0))
        points = _rounded(_earned(items) - lost)
        return points if self.below_zero else max(0, points)

    def full(self, weights: Sequence[int], *, limit_ms: int) -> int:
        return sum(weights)

    def said(self) -> Said:
        vi, en = (
            ("điểm có thể âm", "the sum may be negative") if self.below_zero else ("nhưng tổng điểm không dưới 0", "never below zero in all")
        )  # fmt: skip
        return Said(
            f"Mỗi câu sai bị trừ {self.penalty} % số điểm của câu đó, {vi}; câu bỏ trống không bị trừ.",
            f"A wrong answer costs {self.penalty} % of what the question is worth, {en}; a missing one costs nothing.",
        )


@dataclass(frozen=True, slots=True)
class Speed:
    """A bonus for every whole minute left, up to a most, for papers with enough right answers.

    Without `least_right` whoever hands in an empty paper at once would win.
    """

    per_minute: int
    most: int
    least_right: int
    limits: ClassVar[dict[str, range]] = {
        "per_minute": range(1, MAX_POINTS + 1),
        "most": range(1, MAX_POINTS + 1),
        "least_right": range(1, 101),
    }

    def points(self, items: Sequence[Item], *, left_ms: int) -> int:
        enough = sum(item.is_right for item in items) >= self.least_right
        return _rounded(_earned(items)) + (self._bonus(left_ms) if enough else 0)

    def full(self, weights: Sequence[int], *, limit_ms: int) -> int:
        return sum(weights) + (self._bonus(limit_ms) if len(weights) >= self.least_right else 0)

    def said(self) -> Said:
        each_vi, each_en = _decimal(self.per_minute)
        most_vi, most_en = _decimal(self.most)
        return Said(
            f"Đúng từ {self.least_right} câu trở lên thì mỗi phút còn lại khi nộp được cộng {each_vi} điểm, nhiều nhất {most_vi} điểm.",
            f"With {self.least_right} or more right answers each minute left at the hand-in adds {each_en} points, {most_en} at most.",
        )

    def _bonus(self, left_ms: int) -> int:
        return min(self.most, max(0, left_ms) // 60_000 * self.per_minute)


@dataclass(frozen=True, slots=True)
class Streak:
    """Each right answer that follows `after` right ones in a row, in the order of the paper, earns `bonus` more."""

    after: int
    bonus: int
    limits: ClassVar[dict[str, range]] = {"after": range(1, 51), "bonus": range(1, MAX_POINTS + 1)}

    def points(self, items: Sequence[Item], *, left_ms: int) -> int:
        in_a_row = extra = 0
        for item in items:
            in_a_row = in_a_row + 1 if item.is_right else 0
            extra += in_a_row > self.after
        return _rounded(_earned(items)) + extra * self.bonus

    def full(self, weights: Sequence[int], *, limit_ms: int) -> int:
        return sum(weights) + max(0, len(weights) - self.after) * self.bonus

    def said(self) -> Said:
        vi, en = _decimal(self.bonus)
        return Said(
            f"Từ câu đúng liên tiếp thứ {self.after + 1} trong đề, mỗi câu đúng được cộng thêm {vi} điểm.",
            f"From right answer number {self.after + 1} in a row on the paper, each earns {en} points more.",
        )


FORMATS: dict[str, type[Plain | Negative | Speed | Streak]] = {
    "plain": Plain,
    "negative": Negative,
    "speed": Speed,
    "streak": Streak,
}


def parse_format(data: Mapping[str, Any]) -> Format:
    """Read `{"name": "negative", "penalty": 25}`. Raises FormatRefused with what to change."""
    kind = FORMATS.get(str(data.get("name"))) if isinstance(data, Mapping) else None
    if kind is None:
        raise FormatRefused("Hãy chọn cách tính điểm.")
    given = {key: value for key, value in data.items() if key != "name"}
    wanted = {field.name: field for field in fields(kind)}
    if unknown := given.keys() - wanted.keys():
        raise FormatRefused(f"Cách tính điểm này không có thiết lập “{sorted(map(str, unknown))[0][:40]}”.")
    limits: dict[str, range] = getattr(kind, "limits", {})
    for name in wanted:
        if name in limits:
            _check_whole(name, given.get(name), limits[name])
        elif name in given and type(given[name]) is not bool:
            raise FormatRefused(f"Mục {SETTING_NAMES[name]} chỉ nhận có hoặc không.", name)
    return kind(**given)


def dump_format(scoring: Format) -> dict[str, Any]:
    """The format as plain JSON values; `parse_format(dump_format(f)) == f`."""
    name = next(name for name, kind in FORMATS.items() if type(scoring) is kind)
    return {"name": name} | {field.name: getattr(scoring, field.name) for field in fields(FORMATS[name])}


def _check_whole(name: str, value: Any, limits: range) -> None:
    if type(value) is not int or value not in limits:
        least, most = (_decimal(end)[0] if name in _HUNDREDTHS else str(end) for end in (limits[0], limits[-1]))
        raise FormatRefused(f"Hãy ghi {SETTING_NAMES[name]}: một số từ {least} đến {most}.", name)


def _earned(items: Sequence[Item]) -> Fraction:
    return sum((item.weight * item.credit for item in items if item.credit is not None), Fraction(0))


def _rounded(points: Fraction) -> int:
    """Half up, away from zero for what is below it: the same penalty rounds the same way."""
    doubled = abs(points) * 2
    whole = (doubled.numerator + doubled.denominator) // (doubled.denominator * 2)
    return whole if points >= 0 else -whole


def _decimal(hundredths: int) -> tuple[str, str]:
    whole, rest = divmod(hundredths, 100)
    text = f"{whole},{rest:02d}".rstrip("0").rstrip(",")
    return text, text.replace(",", ".")
