"""Units against each other: from the figures of each unit to a ranking with the worked number that anybody can check.

Values are exact fractions; equal values share a place and stand by name, nothing else breaks a tie. A unit that cannot be
ranked is named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from accounts.names import search_text
from contests.rules.contest_settings import PeopleOf, UnitBoard, UnitBy
from contests.rules.formula import evaluate, shown, written

PEOPLE_WORDS = {PeopleOf.MEMBERS: "đoàn viên", PeopleOf.WORKERS: "lao động"}
BY_ZERO = "chia cho 0"
NO_RESULT = "chưa có ai có kết quả"
OF_TAKING_PART = frozenset({"thi_sinh", "luot", "doan_vien", "lao_dong"})  # what tells nothing of anybody's points


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What the people of a unit and of everything below it did. Points are hundredths, summed over `results` people.

    `members` and `workers` are None where nobody told them. `top_*` are those of the board's best few.
    """

    unit: int
    name: str
    path: str
    entrants: int = 0
    attempts: int = 0
    members: int | None = None
    workers: int | None = None
    results: int = 0
    points: int = 0
    top_results: int = 0
    top_points: int = 0
    perfect: int = 0  # people with everything right
    winners: int = 0

    def people(self, of: PeopleOf) -> int | None:
        """The denominator of a rate."""
        return self.members if of is PeopleOf.MEMBERS else self.workers


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A unit on a board. `place` and `value` are None where it is not ranked, and `why_not` says why.

    The value is in people, per cent or points, or what the formula makes; `worked` is how it came about, in words.
    """

    place: int | None
    unit: UnitFigures
    value: Fraction | None
    worked: str = ""
    why_not: str = ""


def rank_units(board: UnitBoard, figures: Iterable[UnitFigures]) -> list[RankedUnit]:
    """Best first, then those that are not ranked, by name. The order of the input does not matter."""
    judged = [_judge(board, one) for one in figures]
    ranked = sorted(
        (one for one in judged if one.value is not None), key=lambda one: (-(one.value or 0), *_by_name(one.unit))
    )
    placed: list[RankedUnit] = []
    for index, one in enumerate(ranked, start=1):
        place = placed[-1].place if placed and placed[-1].value == one.value else index
        placed.append(RankedUnit(place, one.unit, one.value, one.worked))
    return placed + sorted((one for one in judged if one.value is None), key=lambda one: _by_name(one.unit))


def value_text(board: UnitBoard, value: Fraction) -> str:
    """The value as the board shows it: 120 người, 60,3 %, 18,5 điểm."""
    unit = {UnitBy.ENTRANTS: " người", UnitBy.RATE: " %", UnitBy.MEAN_TOP: " điểm"}.get(board.by, "")
    return f"{written(value, 2)}{unit}"


def hints_at_results(board: UnitBoard) -> bool:
    """Whether the board tells something of points, so that it waits for them; who took part may always be shown."""
    if board.by is UnitBy.FORMULA and board.formula:
        return not board.formula.names <= OF_TAKING_PART
    return board.by is UnitBy.MEAN_TOP


def _judge(board: UnitBoard, unit: UnitFigures) -> RankedUnit:
    people, word = unit.people(board.people), PEOPLE_WORDS[board.people]
    if board.min_size > 1 and people is None:
        return _left_out(unit, f"không có số {word}")
    if board.min_size > 1 and people is not None and people < board.min_size:
        return _left_out(unit, f"dưới {written(Fraction(board.min_size))} {word}")
    match board.by:
        case UnitBy.ENTRANTS:
            return RankedUnit(None, unit, Fraction(unit.entrants), f"{written(Fraction(unit.entrants))} người dự thi")
        case UnitBy.RATE:
            if not people:
                return _left_out(unit, f"không có số {word}")
            rate = Fraction(100 * unit.entrants, people)
            text = f"{written(Fraction(unit.entrants))} ÷ {written(Fraction(people))} = {written(rate)} %"
            return RankedUnit(None, unit, rate, text)
        case UnitBy.MEAN_TOP:
            return _by_mean(unit)
    return _by_formula(board, unit)


def _by_mean(unit: UnitFigures) -> RankedUnit:
    if not unit.top_results:
        return _left_out(unit, NO_RESULT)
    mean = Fraction(unit.top_points, 100 * unit.top_results)
    total = written(Fraction(unit.top_points, 100))
    return RankedUnit(None, unit, mean, f"{total} điểm ÷ {written(Fraction(unit.top_results))} người = {written(mean)}")


def _by_formula(board: UnitBoard, unit: UnitFigures) -> RankedUnit:
    if board.formula is None:
        raise ValueError(f"board {board.key} ranks by a formula that it does not have")
    known = quantities(unit)
    for name, reason in (("doan_vien", "không có số đoàn viên"), ("lao_dong", "không có số lao động")):
        if name in board.formula.names and known[name] is None:
            return _left_out(unit, reason)
    values = {name: value for name, value in known.items() if value is not None}
    if not board.formula.names <= values.keys():
        return _left_out(unit, NO_RESULT)
    value = evaluate(board.formula, values)
    return RankedUnit(None, unit, value, shown(board.formula, values, value), BY_ZERO if value is None else "")


def quantities(unit: UnitFigures) -> Mapping[str, int | Fraction | None]:
    """What a formula may use of a unit, by the names in `formula.QUANTITIES`; None is not known. Means are in points."""
    return {
        "thi_sinh": unit.entrants,
        "luot": unit.attempts,
        "doan_vien": unit.members,
        "lao_dong": unit.workers,
        "diem_tb": Fraction(unit.points, 100 * unit.results) if unit.results else None,
        "diem_top": Fraction(unit.top_points, 100 * unit.top_results) if unit.top_results else None,
        "dung_het": unit.perfect,
        "giai": unit.winners,
    }


def _left_out(unit: UnitFigures, reason: str) -> RankedUnit:
    return RankedUnit(None, unit, None, why_not=reason)


def _by_name(unit: UnitFigures) -> tuple[str, str, int]:
    return search_text(unit.name), unit.path, unit.unit
