"""Figures by unit at every level, with subtotals and with places among units of one kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from reports.exports.base import XLSX, Brief, Form
from reports.exports.participation_book import denominator
from reports.participation import Figures, figures_of, unit_lines
from reports.workbook import Sheet, new_book

COLUMNS = [
    ("STT", 6), ("Đơn vị", 46), ("Cấp", 24), ("Tổng đoàn viên", 11), ("Số người dự thi", 11), ("Tỷ lệ (%)", 9), ("Lượt thi", 10),
    ("Điểm trung bình", 10), ("Số người đạt", 10), ("CĐCS có người dự thi", 12), ("Tổng số CĐCS", 10),
    ("Xếp hạng theo số người", 10), ("Xếp hạng theo tỷ lệ", 10),
]  # fmt: skip
KINDS = [
    "whole",
    "text",
    "text",
    "whole",
    "whole",
    "rate",
    "whole",
    "score",
    "whole",
    "whole",
    "whole",
    "whole",
    "whole",
]
NOTE = "Người đạt: có lượt thi làm đúng từ một nửa số câu trở lên. Xếp hạng trong các đơn vị cùng cấp của bảng này."


def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`."""
    [total] = figures_of(brief.table.head(1))
    with new_book(path, brief.scratch, brief.head) as (book, styles):
        note = f"{denominator(total)} {NOTE}"
        sheet = Sheet(book, styles, "Tổng hợp theo đơn vị", COLUMNS, brief.head, "TỔNG HỢP THEO ĐƠN VỊ", note)
        for line in unit_cells(brief):
            last = sheet.at
            sheet.row(line.cells, KINDS, bold=line.bold, indent=line.indent)
        sheet.sign()
        sheet.finish(filter_to=last)


FORM = Form(
    "units", _("Tổng hợp theo đơn vị (Excel)"), ".xlsx", XLSX, "Tổng hợp theo đơn vị", write,
    about=_("Mỗi dòng một đơn vị, mọi cấp, có xếp hạng; không có tên người."), personal=False,
)  # fmt: skip


class UnitCells(NamedTuple):
    """The values of a line under COLUMNS, and how it stands in the list."""

    cells: list[Any]
    bold: bool
    indent: int


def unit_cells(brief: Brief) -> Iterator[UnitCells]:
    """The lines of the list, the total last; the brief is told how far it is."""
    figures = figures_of(brief.table)
    total, number = figures[0], 0
    by_people, by_rate = places(figures)
    brief.progress.start(len(figures))
    for lines in unit_lines(brief.table, figures):
        for line in lines:
            number += 1
            each = line.figures
            ranks: list[Any] = ["", ""]  # a part of a unit has no place of its own
            if line.name == each.name:
                ranks = [by_people.get(each.path, ""), by_rate.get(each.path, "")]
            cells = [number, line.name, each.kind, *_cells(each), *ranks]
            yield UnitCells(cells, line.subtotal, each.depth - total.depth - 1)
        brief.progress.step()
    yield UnitCells(["", "TỔNG CỘNG", "", *_cells(total), "", ""], True, 0)


def places(figures: Iterable[Figures]) -> tuple[dict[str, int], dict[str, int]]:
    """By path, the place by people and the place by rate among the units of the same kind. Equals share a place and the next
    ones are left out; no place by people without a single one, none by rate without a rate."""
    kinds: defaultdict[str, list[Figures]] = defaultdict(list)
    for each in figures:
        if each.kind:
            kinds[each.kind].append(each)
    by_people: dict[str, int] = {}
    by_rate: dict[str, int] = {}
    for units in kinds.values():
        by_people |= _placed((each.path, each.participants) for each in units if each.participants)
        by_rate |= _placed((each.path, each.rate) for each in units if each.rate is not None)
    return by_people, by_rate


def _placed(values: Iterable[tuple[str, float]]) -> dict[str, int]:
    found: dict[str, int] = {}
    place, last = 0, None
    for number, (path, value) in enumerate(sorted(values, key=itemgetter(1), reverse=True), 1):
        if value != last:
            place, last = number, value
        found[path] = place
    return found


def _cells(row: Figures) -> list[Any]:
    return [
        row.members, row.participants, row.rate, row.attempts, row.mean_score, row.passed if row.scored else None,
        row.units_taking_part, row.units_all,
    ]  # fmt: skip
