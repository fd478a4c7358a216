"""The side question (câu hỏi phụ): a number that nobody knows before the close, and how far a guess was from it.

The number is counted from the final results, so it is counted again after every regrade and every void. All numbers are whole
and in units of 10⁻⁵, because one of the five meanings is a percentage that people type with five decimals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

UNIT = 100_000  # a whole number is this many units
MOST = 10_000_000 * UNIT


class Meaning(StrEnum):
    """What is to be guessed."""

    PEOPLE = "people"  # how many people take part
    ATTEMPTS = "attempts"  # how many attempts there are
    ALL_RIGHT = "all_right"  # how many people answer everything right
    RIGHT_GUESSERS = "right_guessers"  # how many people guess this very number
    ALL_RIGHT_PERCENT = "all_right_percent"  # which percentage of the people answers everything right


class Counted(StrEnum):
    """Who is counted."""

    VALID = "valid"  # attempts that count: graded, not voided
    ALL = "all"  # every attempt that was begun before the close


@dataclass(frozen=True, slots=True)
class Prediction:
    """The question as the rules state it. `decimals` says how finely a percentage is typed and compared; what was begun
    before `as_of` is counted, by default all of the round.
    """

    meaning: Meaning
    counted: Counted = Counted.VALID
    decimals: int = 0
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """What the close left behind, for one way of counting. `guesses` in units, one a person, theirs that counts."""

    people: int
    attempts: int
    all_right: int
    guesses: tuple[int, ...] = ()


def truth(prediction: Prediction, population: Population) -> int:
    """The true number in units. A percentage is rounded half up to the decimals that people may type; of nobody it is 0."""
    match prediction.meaning:
        case Meaning.PEOPLE:
            return population.people * UNIT
        case Meaning.ATTEMPTS:
            return population.attempts * UNIT
        case Meaning.ALL_RIGHT:
            return population.all_right * UNIT
        case Meaning.RIGHT_GUESSERS:
            return _self_fulfilling(population.guesses)
        case Meaning.ALL_RIGHT_PERCENT:
            step: int = UNIT // 10**prediction.decimals
            if not population.people:
                return 0
            doubled = 2 * 100 * UNIT * population.all_right // (population.people * step)
            return (doubled + 1) // 2 * step
    raise AssertionError(prediction.meaning)


def distance(guess: int | None, true_number: int) -> int | None:
    """How far off, in units; None for somebody who did not guess, who stands behind everybody who did."""
    return None if guess is None else abs(guess - true_number)


def read_guess(text: str, prediction: Prediction) -> int:
    """The guess as typed, in units. Raises ValueError with a sentence for the member.

    Vietnamese typing: `1.234.567`, `1 234 567` and `1234567` are one number; a comma begins decimals.
    """
    whole, comma, part = text.strip().replace(" ", "").replace("\N{NO-BREAK SPACE}", "").partition(",")
    groups = whole.split(".")
    plain = "".join(groups)
    grouped = len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]))
    if grouped or not plain.isascii() or not plain.isdigit() or (comma and not (part.isascii() and part.isdigit())):
        raise ValueError("Hãy nhập một số, ví dụ 1234 hoặc 1.234.")
    if len(part) > prediction.decimals:
        raise ValueError(
            f"Chỉ nhập nhiều nhất {prediction.decimals} chữ số sau dấu phẩy."
            if prediction.decimals
            else "Hãy nhập một số nguyên, không có dấu phẩy."
        )
    if len(plain) > 12:
        raise ValueError("Số này quá lớn.")
    guess = int(plain) * UNIT + int(part.ljust(5, "0") or "0")
    if guess > (100 * UNIT if prediction.meaning is Meaning.ALL_RIGHT_PERCENT else MOST):
        raise ValueError("Số này quá lớn.")
    return guess


def written(number: int) -> str:
    """A number in units as Vietnamese people write it: `1.234`, `12,5`. `read_guess` reads it back."""
    whole, part = divmod(number, UNIT)
    decimals = f"{part:05d}".rstrip("0")
    return f"{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "")


def parse_prediction(data: Mapping[str, Any]) -> Prediction:
    """Read the setting from decoded JSON. Raises ValueError with a sentence for the organizer."""
    if not isinstance(data, Mapping) or not data.keys() <= {"meaning", "counted", "decimals", "as_of"}:
        raise ValueError("Câu hỏi phụ chỉ gồm: ý nghĩa, cách đếm, số chữ số sau dấu phẩy và thời điểm chốt số liệu.")
    try:
        meaning, counted = Meaning(data.get("meaning", "")), Counted(data.get("counted", Counted.VALID))
    except ValueError:
        raise ValueError("Hãy chọn câu hỏi phụ hỏi về số nào và đếm những ai.") from None
    decimals = data.get("decimals", 0)
    percent = meaning is Meaning.ALL_RIGHT_PERCENT
    if type(decimals) is not int or not 0 <= decimals <= (5 if percent else 0):
        raise ValueError("Số chữ số sau dấu phẩy: từ 0 đến 5 cho tỷ lệ phần trăm, 0 cho số người và số lượt.")
    return Prediction(meaning, counted, decimals, _read_moment(data.get("as_of")))


def dump_prediction(prediction: Prediction) -> dict[str, Any]:
    """The setting as plain JSON values; `parse_prediction(dump_prediction(p)) == p`."""
    return {
        "meaning": prediction.meaning.value,
        "counted": prediction.counted.value,
        "decimals": prediction.decimals,
        "as_of": prediction.as_of.isoformat() if prediction.as_of else None,
    }


def _read_moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise ValueError("Thời điểm chốt số liệu phải có ngày, giờ và múi giờ, ví dụ 2026-11-22T08:00:00+07:00.")
    return moment


def _self_fulfilling(guesses: Iterable[int]) -> int:
    """The largest number that exactly as many people guessed; 0 when there is none: then nobody guessed right."""
    by_guess = Counter(guess // UNIT for guess in guesses if guess % UNIT == 0)
    return max((number for number, people in by_guess.items() if number == people), default=0) * UNIT
