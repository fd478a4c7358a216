"""The participation workbook: figures by unit, everybody who sat, the units of which nobody did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from accounts.phones import to_local
from contests.models import Attempt
from reports import queries
from reports.exports.base import XLSX, Brief, Counter, Form
from reports.numbers import whole
from reports.participation import LABEL, Figures, Report, figures_of, report_of, unit_lines
from reports.workbook import Head, Sheet, Styles, new_book

if TYPE_CHECKING:
    import pandas as pd

ROWS_A_SHEET = 1_000_000  # Excel ends at 1,048,576
DAY_SECONDS = 24 * 3600
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


def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`."""
    table, head, progress = brief.table, brief.head, brief.progress
    report = report_of(table)
    progress.start(len(table) + report.whole.attempts + len(report.nobody))
    with new_book(path, brief.scratch, head) as (book, styles):
        _write_units(book, styles, head, table, progress)
        _write_sittings(book, styles, head, report.whole, sitting_cells(brief), progress)
        write_absent(book, styles, head, report, progress)


def write_absent(book: xlsxwriter.Workbook, styles: Styles, head: Head, report: Report, progress: Counter) -> None:
    """The grassroots units of which nobody took part, the largest first."""
    title = f"CĐCS CHƯA CÓ NGƯỜI DỰ THI: {whole(len(report.nobody))} TRÊN {whole(report.whole.units_all)}"
    sheet = Sheet(book, styles, "CĐCS chưa có người dự thi", ABSENT_COLUMNS, head, title, "")
    for number, absent in enumerate(report.nobody, 1):
        sheet.row(
            [number, absent.name, absent.code, absent.parent, absent.members],
            ["whole", "text", "text", "text", "whole"],
        )
        progress.step()
    sheet.finish()


FORM = Form(
    "participation", _("Báo cáo tham gia (Excel)"), ".xlsx", XLSX, "Báo cáo", write,
    about=_("Theo đơn vị, danh sách thí sinh và nơi còn vắng."), personal=True,
)  # fmt: skip


def _write_units(book: xlsxwriter.Workbook, styles: Styles, head: Head, table: pd.DataFrame, progress: Counter) -> None:
    """Parents in bold with the subtotal of everything below them, children indented, the grand total at the end."""
    figures = figures_of(table)
    total = figures[0]
    sheet = Sheet(
        book, styles, "Tổng hợp theo đơn vị", UNIT_COLUMNS, head, "TỔNG HỢP THAM GIA THEO ĐƠN VỊ", denominator(total)
    )
    number = 0
    for lines in unit_lines(table, figures):
        for line in lines:
            number += 1
            sheet.row(
                [number, line.name, *_cells(line.figures)],
                _UNIT_STYLES,
                bold=line.subtotal,
                indent=line.figures.depth - total.depth - 1,
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


def denominator(total: Figures) -> str:
    """What the rates of a sheet are taken of."""
    if total.members is None or total.first_day is None or total.last_day is None:
        return "Chưa đơn vị nào có số đoàn viên, nên chưa tính được tỷ lệ."
    days = (
        f"{total.last_day:%d/%m/%Y}"
        if total.first_day == total.last_day
        else f"{total.first_day:%d/%m/%Y} – {total.last_day:%d/%m/%Y}"
    )
    text = f"Tỷ lệ tính trên {whole(total.members)} đoàn viên ({days})."
    return f"{text} {whole(total.units_uncounted)} CĐCS chưa có số đoàn viên." if total.units_uncounted else text


SITTING_KINDS = ["whole", "text", "text", "text", "text", "text", "whole", "score", "whole", "clock", "instant", "text"]


def sitting_cells(brief: Brief) -> Iterator[list[Any]]:
    """The values under SITTING_COLUMNS of each attempt, people in the order of their given names."""
    names = queries.unit_names(brief.unit)
    states = {str(value): str(label) for value, label in Attempt.State.choices}
    for number, row in enumerate(queries.sitting_rows(brief.contest, brief.unit), 1):
        yield [
            number, row.full_name, to_local(row.phone) if row.phone else row.email, row.unit_name,
            names.get(row.unit_path[:-LABEL], ""), row.round_title, row.number,
            None if row.points is None else row.points / 100, row.right,
            None if row.elapsed_ms is None else row.elapsed_ms // 1000 / DAY_SECONDS, row.submitted_at, states.get(row.state, row.state),
        ]  # fmt: skip


def _write_sittings(
    book: xlsxwriter.Workbook, styles: Styles, head: Head, total: Figures, rows: Iterator[list[Any]], progress: Counter
) -> None:
    """One attempt a row; a second sheet when one is full."""
    title = f"DANH SÁCH THÍ SINH: {whole(total.participants)} NGƯỜI, {whole(total.attempts)} LƯỢT THI"
    note = "Mỗi dòng là một lượt thi; người thi nhiều lượt có nhiều dòng liền nhau. Xếp theo tên."
    sheet = Sheet(book, styles, "Danh sách thí sinh", SITTING_COLUMNS, head, title, note)
    for number, cells in enumerate(rows, 1):
        if number > 1 and number % ROWS_A_SHEET == 1:
            sheet.finish()
            sheet = Sheet(
                book, styles, f"Danh sách thí sinh ({number // ROWS_A_SHEET + 1})", SITTING_COLUMNS, head, title, note
            )
        sheet.row(cells, SITTING_KINDS)
        progress.step()
    sheet.finish()
