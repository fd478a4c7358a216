"""The cells of a workbook: which sheet holds the questions, and its rows. Knows nothing about questions.

The only file that imports the spreadsheet reader, so that another one could take its place.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from accounts.names import search_text
from contests.authoring.guard import FileRefused, checked_workbook

Cell = str | int | float | bool | date | datetime | time | timedelta

SHEET_NAME = "Câu hỏi"
INSTRUCTIONS_NAME = "Hướng dẫn"  # of our template


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: Excel's number and its cells from column A on; an empty cell is ""."""

    number: int
    cells: tuple[Cell, ...]


def sheet_rows(data: bytes, filename: str) -> tuple[list[SheetRow], list[str]]:
    """The rows, blank ones left out, of the sheet named “Câu hỏi”, or else of the first visible sheet; and the names of the other
    sheets that hold something.

    Formulas give their last computed value. Raises `FileRefused` when the file is unsafe, no workbook, or has no sheet.
    """
    safe = checked_workbook(data, filename)
    try:
        rows, others = _read(safe)
    except (FileRefused, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a Rust panic arrives as a BaseException, and must cost one file, not the process
        raise FileRefused(
            "broken", "Không đọc được tệp; hãy mở bằng Excel, lưu lại thành .xlsx rồi thử lần nữa."
        ) from error
    filled = [
        SheetRow(number, tuple(cells))
        for number, cells in enumerate(rows, start=1)
        if any(cell != "" for cell in cells)
    ]
    return filled, others


def _read(safe: bytes) -> tuple[list[list[Cell]], list[str]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(safe))
    names = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not names:
        raise FileRefused("no_sheet", "Tệp không có trang tính nào; hãy dùng tệp mẫu.")
    chosen = next((name for name in names if search_text(name) == search_text(SHEET_NAME)), names[0])
    others = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.name not in (chosen, INSTRUCTIONS_NAME)
        and any(cell != "" for row in workbook.get_sheet_by_name(sheet.name).to_python() for cell in row)
    ]  # fmt: skip
    return list(workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)), others
