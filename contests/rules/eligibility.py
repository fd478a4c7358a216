"""Who may enter a contest, and in which division they then compete. What is not known of a person is asked for once, at entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contests.rules.contest_settings import ContestRules, Division


class Refusal(StrEnum):
    """Why somebody may not enter (yet)."""

    ORGANIZES = "organizes"
    OTHER_UNIT = "other_unit"
    NOT_ON_ROSTER = "not_on_roster"
    NOT_YET = "registration_not_open"
    TOO_LATE = "registration_over"
    WRONG_CODE = "wrong_code"
    NO_BIRTH_DATE = "no_birth_date"
    TOO_YOUNG = "too_young"
    CHOOSE_DIVISION = "choose_division"
    NO_DIVISION = "no_division"

    @property
    def text(self) -> str:
        """The sentence for the member."""
        return _TEXTS[self]


_TEXTS = {
    Refusal.ORGANIZES: "Bạn thuộc ban tổ chức hoặc tổ kỹ thuật của cuộc thi này nên không dự thi.",
    Refusal.OTHER_UNIT: "Cuộc thi này không dành cho đơn vị của bạn.",
    Refusal.NOT_ON_ROSTER: "Bạn chưa có trong danh sách dự thi. Hãy hỏi công đoàn đơn vị để được thêm vào.",
    Refusal.NOT_YET: "Chưa tới thời gian đăng ký dự thi.",
    Refusal.TOO_LATE: "Đã hết hạn đăng ký dự thi.",
    Refusal.WRONG_CODE: "Mã dự thi chưa đúng. Hãy xem lại mã trong thông báo của ban tổ chức.",
    Refusal.NO_BIRTH_DATE: "Hãy nhập ngày sinh của bạn.",
    Refusal.TOO_YOUNG: "Bạn chưa đủ tuổi dự thi theo thể lệ.",
    Refusal.CHOOSE_DIVISION: "Hãy chọn bảng thi của bạn.",
    Refusal.NO_DIVISION: "Đơn vị của bạn không thuộc bảng nào của cuộc thi. Hãy hỏi ban tổ chức.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who wants to enter. `path` and `unit_kinds` (own first, then upwards) are those of their unit today."""

    path: str
    unit_kinds: tuple[str, ...]
    organizes: bool = False
    on_roster: bool = False
    code: str = ""
    born_on: date | None = None
    declared: str = ""  # the key of a division


def asks(rules: ContestRules) -> bool:
    """Whether something must be asked before somebody can enter, so that a start alone cannot enter them."""
    fit = rules.eligibility
    return bool(fit.registers or fit.code or fit.min_age or any(one.declared for one in rules.divisions))


def refusal(
    rules: ContestRules, paths: Mapping[str, str], who: Candidate, *, now: datetime, today: date
) -> Refusal | None:
    """The first reason against an entry, or None. `paths`: unit codes that the rules name → their paths."""
    fit = rules.eligibility
    if fit.exclude_staff and who.organizes:
        return Refusal.ORGANIZES
    if fit.units and not _within(who.path, fit.units, paths):
        return Refusal.OTHER_UNIT
    if fit.roster and not who.on_roster:
        return Refusal.NOT_ON_ROSTER
    if fit.register_from and now < fit.register_from:
        return Refusal.NOT_YET
    if fit.register_until and now >= fit.register_until:
        return Refusal.TOO_LATE
    if fit.code and _plain(who.code) != _plain(fit.code):
        return Refusal.WRONG_CODE
    if fit.min_age:
        if who.born_on is None:
            return Refusal.NO_BIRTH_DATE
        if age(who.born_on, today) < fit.min_age:
            return Refusal.TOO_YOUNG
    if rules.divisions and division_of(rules.divisions, paths, who) is None:
        return Refusal.CHOOSE_DIVISION if any(one.declared for one in rules.divisions) else Refusal.NO_DIVISION
    return None


def division_of(divisions: Sequence[Division], paths: Mapping[str, str], who: Candidate) -> str | None:
    """The key of the first division that takes them; None when none does, "" in a contest without divisions.

    By kind of unit the nearest decides: a grassroots unit of a kind that is named is not taken for the kind above it.
    """
    if not divisions:
        return ""
    named = {kind for one in divisions for kind in one.unit_kinds}
    nearest = next((kind for kind in who.unit_kinds if kind in named), None)
    for one in divisions:
        if (
            one.takes_everybody
            or (one.unit_kinds and nearest in one.unit_kinds)
            or (one.units and _within(who.path, one.units, paths))
            or (one.declared and who.declared == one.key)
        ):
            return one.key
    return None


def age(born_on: date, today: date) -> int:
    """Whole years; who is born on 29 February grows older on 1 March of other years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _within(path: str, codes: Sequence[str], paths: Mapping[str, str]) -> bool:
    return any(code in paths and path.startswith(paths[code]) for code in codes)


def _plain(code: str) -> str:
    return "".join(code.split()).casefold()
