"""A workbook of units → rows, with every fault named by its row. PURE: cells in, rows out; no database, no file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.names import normalise_name, search_text

COLUMNS = {
    "code": "Mã",
    "name": "Tên đơn vị",
    "kind": "Loại",
    "parent": "Mã cấp trên",
    "members": "Số đoàn viên",
    "workers": "Số lao động",
    "on_day": "Ngày số liệu",
}
REQUIRED = ("code", "name", "kind", "parent")
HEADER_WITHIN = 20  # rows: ministries put their letterhead above the table
MOST_PEOPLE = 10_000_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
_CODE = re.compile(r"[\w./-]{1,32}")
_COUNT = re.compile(r"\d+|\d{1,3}(?:[. ]\d{3})+")  # 1234 and, as Vietnam writes it, 1.234
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as the file has it. `parent` is a code, empty for the top; counts are there together with their day."""

    number: int  # the row's number in the sheet, as Excel shows it
    code: str
    name: str
    kind: str  # slug
    parent: str
    members: int | None = None
    workers: int | None = None
    on_day: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in one row."""

    row: int
    text: str

    def __str__(self) -> str:
        return f"Dòng {self.row}: {self.text}"


class _Wrong(ValueError):
    """A cell that cannot be read; the text is for the person who filled it."""


def parse(cells: Sequence[Sequence[Any]], kinds: Mapping[str, str]) -> tuple[list[UnitRow], list[Fault]]:
    """Every row that can be read, and a fault for every one that cannot.

    `kinds` maps each accepted way to write a kind (its name or slug, as `search_text` gives it) to its slug. Columns may
    stand in any order, rows of a letterhead above them are passed over, empty rows are skipped.
    """
    top, columns = _header(cells)
    missing = [COLUMNS[name] for name in REQUIRED if name not in columns]
    if missing:
        return [], [Fault(top + 1, f"thiếu cột {', '.join(f'“{name}”' for name in missing)}.")]
    rows, faults, seen = [], [], {}
    for number, line in enumerate(cells[top + 1 :], start=top + 2):
        found = {name: line[at] if at < len(line) else "" for name, at in columns.items()}
        if not any(_text(value) for value in found.values()):
            continue
        try:
            row = _row(number, found, kinds)
            if (before := seen.setdefault(row.code.casefold(), number)) != number:
                raise _Wrong(f"mã “{row.code}” đã có ở dòng {before}.")
        except _Wrong as wrong:
            faults.append(Fault(number, str(wrong)))
        else:
            rows.append(row)
    if not rows and not faults:
        faults.append(Fault(top + 2, "không có đơn vị nào."))
    return rows, faults


def parents_first(rows: Iterable[UnitRow], known: Iterable[str]) -> tuple[list[UnitRow], list[Fault]]:
    """The rows so that a parent stands before its children; faults for parents that are nowhere and for circles."""
    waiting, ready, order = {row.code: row for row in rows}, set(known), []
    faults = [
        Fault(row.number, f"không có đơn vị nào mang mã cấp trên “{row.parent}”.")
        for row in waiting.values()
        if row.parent and row.parent not in ready and row.parent not in waiting
    ]
    ready -= waiting.keys()  # a unit of the file is ready once its own row is
    while free := [row for row in waiting.values() if not row.parent or row.parent in ready]:
        for row in free:
            del waiting[row.code]
            ready.add(row.code)
            order.append(row)
    if not faults:
        faults = [Fault(row.number, f"“{row.code}” nằm trong một vòng cấp trên.") for row in waiting.values()]
    return order, sorted(faults)


def _header(cells: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """Where the header is, and the place of each column; the first row when none looks like it."""
    wanted = {search_text(title): name for name, title in COLUMNS.items()}
    best: tuple[int, dict[str, int]] = (0, {})
    for index, line in enumerate(cells[:HEADER_WITHIN]):
        found: dict[str, int] = {}
        for at, value in enumerate(line):
            name = wanted.get(search_text(str(value)).rstrip("*: "))
            if name:
                found.setdefault(name, at)
        if len(found) > len(best[1]):
            best = (index, found)
    return best


def _row(number: int, found: Mapping[str, Any], kinds: Mapping[str, str]) -> UnitRow:
    code, parent, name = _code(found["code"], "mã"), _code(found["parent"], "mã cấp trên"), _text(found["name"])
    if not code:
        raise _Wrong("thiếu mã.")
    if not 2 <= len(name) <= 250:
        raise _Wrong("tên đơn vị phải có từ 2 đến 250 ký tự.")
    if parent == code:
        raise _Wrong("mã cấp trên trùng với chính đơn vị.")
    kind = kinds.get(search_text(_text(found["kind"])))
    if kind is None:
        raise _Wrong(f"không có loại đơn vị “{_text(found['kind'])}”.")
    members, workers = _count(found.get("members"), "số đoàn viên"), _count(found.get("workers"), "số lao động")
    on_day = _day(found.get("on_day"))
    given = [value is not None for value in (members, workers, on_day)]
    if any(given) and not all(given):
        raise _Wrong("số đoàn viên, số lao động và ngày số liệu phải có đủ cả ba, hoặc để trống cả ba.")
    return UnitRow(number, code, name, kind, parent, members, workers, on_day)


def _text(value: Any) -> str:
    """A cell as text; 471.0 is 471, because spreadsheets keep every number as a fraction."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return normalise_name("" if value is None else str(value))


def _code(value: Any, what: str) -> str:
    code = _text(value)
    if code and not _CODE.fullmatch(code):
        raise _Wrong(f"{what} “{code[:40]}” chỉ được gồm chữ, số và các dấu . / - _, tối đa 32 ký tự.")
    return code


def _count(value: Any, what: str) -> int | None:
    text = _text(value)
    if not text:
        return None
    whole = not isinstance(value, float) or (math.isfinite(value) and value.is_integer())
    if isinstance(value, bool) or not whole or not _COUNT.fullmatch(text) or not text.isascii():
        raise _Wrong(f"{what} “{text[:40]}” không phải số nguyên.")
    count = int(re.sub(r"\D", "", text))
    if count > MOST_PEOPLE:
        raise _Wrong(f"{what} “{text[:40]}” quá lớn.")
    return count


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        text = _text(value)
        if not text:
            return None
        written = _DAY.fullmatch(text)
        try:
            if not written:
                raise ValueError
            day, month, year = map(int, written.groups())
            value = date(year, month, day)
        except ValueError as error:
            raise _Wrong(f"ngày số liệu “{text[:40]}” không đúng, hãy ghi ngày/tháng/năm.") from error
    if not FIRST_DAY <= value < LAST_DAY:
        raise _Wrong(f"ngày số liệu {value:%d/%m/%Y} nằm ngoài khoảng 2000–2099.")
    return value
