"""The participation workbook: three sheets made to be printed, sorted and sent on. No database here.

Every text goes through `write_string`, so that a name can never be a formula or a link; XlsxWriter keeps one row in
memory, so rows are written from top to bottom, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import xlsxwriter
from django.utils import timezone

from accounts.phones import to_local
from contests.models import Attempt
from reports.numbers import UNKNOWN, whole
from reports.participation import LABEL, Figures, direct_of, figures_of, report_of
from reports.queries import SittingRow

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

HEADER = 5  # the row of column titles, from 0; above it stand the title rows
ROWS_A_SHEET = 1_000_000  # Excel ends at 1,048,576
DAY_SECONDS = 24 * 3600
# XML 1.0 cannot hold these; tab and newline it can, but a cell of ours has no use for them.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

UNIT_COLUMNS = [
    ("STT", 6), ("Đơn vị", 46), ("Cấp", 24), ("Tổng đoàn viên", 11), ("Số người dự thi", 11), ("Tỷ lệ (%)", 9),
    ("Lượt thi", 10), ("Điểm trung bình", 10), ("CĐCS có người dự thi", 12), ("Tổng số CĐCS", 10),
]  # fmt: skip
SITTING_COLUMNS = [
    ("STT", 7), ("Họ và tên", 26), ("Số điện thoại", 14), ("Công đoàn cơ sở", 34), ("Công đoàn cấp trên", 30), ("Đợt", 12),
    ("Lượt thứ", 7), ("Điểm", 8), ("Số câu đúng", 8), ("Thời gian làm bài", 10), ("Thời điểm nộp", 19), ("Trạng thái", 15),
]  # fmt: skip
ABSENT_COLUMNS = [
    ("STT", 6),
    ("Công đoàn cơ sở", 52),
    ("Mã đơn vị", 14),
    ("Công đoàn cấp trên", 44),
    ("Tổng đoàn viên", 14),
]


class Counter(Protocol):
    """Who is told how far the file is."""

    def start(self, total: int) -> None: ...

    def step(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Head:
    """What the title rows say."""

    unit: str
    contest: str
    as_of: datetime


def write_workbook(
    path: Path,
    scratch: Path,
    *,
    head: Head,
    table: pd.DataFrame,
    sittings: Iterable[SittingRow],
    names: Mapping[str, str],
    progress: Counter,
) -> None:
    """Write the whole file at `path`; `table` comes from `participation`, `names` are unit names by path."""
    report = report_of(table)
    progress.start(len(table) + report.whole.attempts + len(report.nobody))
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(scratch)}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": clean(f"{head.unit} – {head.contest}"),
                "created": head.as_of.astimezone(UTC).replace(tzinfo=None),
            }
        )
        styles = _Styles(book)
        _write_units(book, styles, head, table, progress)
        _write_sittings(book, styles, head, report.whole, sittings, names, progress)
        sheet = _Sheet(book, styles, "CĐCS chưa có người dự thi", ABSENT_COLUMNS, head, f"CĐCS CHƯA CÓ NGƯỜI DỰ THI: {whole(len(report.nobody))} TRÊN {whole(report.whole.units_all)}", "")  # fmt: skip
        for number, absent in enumerate(report.nobody, 1):
            sheet.row(
                [number, absent.name, absent.code, absent.parent, absent.members],
                ["whole", "text", "text", "text", "whole"],
            )
            progress.step()
        sheet.finish()


def clean(text: str) -> str:
    """The text without characters that a workbook cannot hold."""
    return _UNWRITABLE.sub("", text)


def _write_units(
    book: xlsxwriter.Workbook, styles: _Styles, head: Head, table: pd.DataFrame, progress: Counter
) -> None:
    """Parents in bold with the subtotal of everything below them, children indented, the grand total at the end."""
    figures = figures_of(table)
    total = figures[0]
    sheet = _Sheet(
        book, styles, "Tổng hợp theo đơn vị", UNIT_COLUMNS, head, "TỔNG HỢP THAM GIA THEO ĐƠN VỊ", _denominator(total)
    )
    parents = {each.path[:-LABEL] for each in figures}
    number = 0
    for each in figures:
        if each is total and each.path in parents:
            rows = [direct_of(table, each)]
        else:
            rows = [each, direct_of(table, each) if each.path in parents else None]
        for row in filter(None, rows):
            number += 1
            direct = row is not each
            name = f"{row.name} (trực tiếp)" if direct else row.name
            sheet.row(
                [number, name, *_cells(row)],
                _UNIT_STYLES,
                bold=each.path in parents and not direct,
                indent=row.depth - total.depth - 1,
            )
        progress.step()
    last = sheet.at
    sheet.row(["", "TỔNG CỘNG", "", *_cells(total)[1:]], _UNIT_STYLES, bold=True)
    sheet.sign()
    sheet.finish(filter_to=last)


_UNIT_STYLES = ["whole", "text", "text", "whole", "whole", "rate", "whole", "score", "whole", "whole"]


def _cells(row: Figures) -> list[Any]:
    return [
        row.kind,
        row.members,
        row.participants,
        row.rate,
        row.attempts,
        row.mean_score,
        row.units_taking_part,
        row.units_all,
    ]


def _denominator(total: Figures) -> str:
    if total.members is None or total.first_day is None or total.last_day is None:
        return "Chưa đơn vị nào có số đoàn viên, nên chưa tính được tỷ lệ."
    days = (
        f"{total.last_day:%d/%m/%Y}"
        if total.first_day == total.last_day
        else f"{total.first_day:%d/%m/%Y} – {total.last_day:%d/%m/%Y}"
    )
    text = f"Tỷ lệ tính trên {whole(total.members)} đoàn viên ({days})."
    return f"{text} {whole(total.units_uncounted)} CĐCS chưa có số đoàn viên." if total.units_uncounted else text


def _write_sittings(
    book: xlsxwriter.Workbook,
    styles: _Styles,
    head: Head,
    total: Figures,
    sittings: Iterable[SittingRow],
    names: Mapping[str, str],
    progress: Counter,
) -> None:
    """One attempt a row; a second sheet when one is full."""
    title = f"DANH SÁCH THÍ SINH: {whole(total.participants)} NGƯỜI, {whole(total.attempts)} LƯỢT THI"
    note = "Mỗi dòng là một lượt thi; người thi nhiều lượt có nhiều dòng liền nhau. Xếp theo tên."
    states = {str(value): str(label) for value, label in Attempt.State.choices}
    kinds = ["whole", "text", "text", "text", "text", "text", "whole", "score", "whole", "clock", "instant", "text"]
    sheet = _Sheet(book, styles, "Danh sách thí sinh", SITTING_COLUMNS, head, title, note)
    for number, row in enumerate(sittings, 1):
        if number > 1 and number % ROWS_A_SHEET == 1:
            sheet.finish()
            sheet = _Sheet(
                book, styles, f"Danh sách thí sinh ({number // ROWS_A_SHEET + 1})", SITTING_COLUMNS, head, title, note
            )
        sheet.row(
            [
                number, row.full_name, to_local(row.phone) if row.phone else row.email, row.unit_name,
                names.get(row.unit_path[:-LABEL], ""), row.round_title, row.number,
                None if row.points is None else row.points / 100, row.right,
                None if row.elapsed_ms is None else row.elapsed_ms // 1000 / DAY_SECONDS, row.submitted_at, states.get(row.state, row.state),
            ],
            kinds,
        )  # fmt: skip
        progress.step()
    sheet.finish()


class _Styles:
    """The formats of the book by name; bold and indented ones are made when first asked for."""

    NUMBERS = {
        "whole": "#,##0",
        "rate": "0.0%",
        "score": "#,##0.00",
        "clock": "[mm]:ss",
        "instant": "dd/mm/yyyy hh:mm:ss",
        "text": "@",
    }

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.made: dict[tuple[str, bool, int], Format] = {}
        font = {"font_name": "Times New Roman"}
        self.top = book.add_format({**font, "font_size": 12})
        self.title = book.add_format({**font, "font_size": 14, "bold": True})
        self.note = book.add_format({**font, "font_size": 11, "italic": True})
        self.sign = book.add_format({**font, "font_size": 12, "bold": True, "align": "center"})
        self.head = book.add_format({**font, "font_size": 11, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#E7EEF8"})  # fmt: skip

    def cell(self, kind: str, bold: bool, indent: int) -> Format:
        """The format of one kind of value."""
        key = (kind, bold, indent)
        if key not in self.made:
            look = {
                "font_name": "Times New Roman",
                "font_size": 11,
                "border": 1,
                "valign": "top",
                "num_format": self.NUMBERS[kind],
                "bold": bold,
            }
            text = {"text_wrap": True, "indent": min(indent, 15)} if kind == "text" else {"align": "right"}
            self.made[key] = self.book.add_format({**look, **text})
        return self.made[key]


class _Sheet:
    """One sheet: title rows, frozen column titles that repeat on every page, filter, A4 landscape, page numbers."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        styles: _Styles,
        name: str,
        columns: list[tuple[str, int]],
        head: Head,
        title: str,
        note: str,
    ) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.styles, self.columns, self.at = styles, columns, HEADER + 1
        sheet = self.sheet
        for index, (_, width) in enumerate(columns):
            sheet.set_column(index, index, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.6, right=0.5, top=0.75, bottom=0.75)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER)
        sheet.freeze_panes(HEADER + 1, 2)
        sheet.set_footer("&L&9&A&R&9Trang &P/&N")
        as_of = timezone.localtime(head.as_of)
        lines = [
            (head.unit.upper(), styles.top), (title, styles.title), (f"Cuộc thi: {head.contest}", styles.top),
            (f"Số liệu lúc {as_of:%H:%M:%S} ngày {as_of:%d/%m/%Y} (giờ Việt Nam). {note}".strip(), styles.note),
        ]  # fmt: skip
        for index, (text, style) in enumerate(lines):
            sheet.write_string(index, 0, clean(text), style)
        sheet.set_row(HEADER, 34)
        for index, (text, _) in enumerate(columns):
            sheet.write_string(HEADER, index, text, styles.head)

    def row(self, values: list[Any], kinds: list[str], *, bold: bool = False, indent: int = 0) -> None:
        """One row of cells. Numbers are numbers, instants are dates, everything else is text whatever it looks like."""
        for index, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            style = self.styles.cell(kind, bold, indent if index == 1 else 0)
            if value == "":
                self.sheet.write_blank(self.at, index, None, style)
            elif value is None:
                self.sheet.write_string(self.at, index, UNKNOWN, style)
            elif isinstance(value, datetime):
                self.sheet.write_datetime(
                    self.at, index, timezone.localtime(value).replace(tzinfo=None, microsecond=0), style
                )
            elif isinstance(value, int | float):
                self.sheet.write_number(self.at, index, value, style)
            else:
                self.sheet.write_string(self.at, index, clean(str(value)), style)
        self.at += 1

    def sign(self) -> None:
        """Room for the two who sign a report."""
        self.at += 1
        self.sheet.write_string(self.at, 1, "NGƯỜI LẬP BIỂU", self.styles.sign)
        self.sheet.write_string(self.at, len(self.columns) - 3, "THỦ TRƯỞNG ĐƠN VỊ", self.styles.sign)
        self.at += 5

    def finish(self, filter_to: int | None = None) -> None:
        """Set what needs the last row: the filter and the print area."""
        last = len(self.columns) - 1
        self.sheet.autofilter(HEADER, 0, max(HEADER, (filter_to or self.at) - 1), last)
        self.sheet.print_area(0, 0, self.at - 1, last)
