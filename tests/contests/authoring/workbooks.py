"""Real .xlsx files for the tests, written the way people and attackers write them."""

import io
import zipfile
from collections.abc import Callable, Sequence

import xlsxwriter

from contests.authoring.columns import Column

HEADER = [column.value for column in Column]

# A question without a fault; tests change one cell of it.
GOOD: dict[str, object] = {
    "Mã": "HD-001",
    "Chủ đề": "Hợp đồng lao động",
    "Loại": "Một đáp án",
    "Mức độ": "Vừa",
    "Câu hỏi": "Hợp đồng lao động dưới một tháng có phải thử việc không?",
    "A": "Có, sáu ngày",
    "B": "Không phải thử việc",
    "C": "Có, ba ngày",
    "Đáp án": "B",
    "Văn bản": "Bộ luật Lao động 2019",
    "Điều khoản": "Điều 24 khoản 3",
}


def sheet(rows: Sequence[Sequence[object]], name: str = "Câu hỏi", first_row: int = 0) -> bytes:
    """A workbook with one sheet; cells keep their Python type, None leaves a cell out, text is never a formula."""
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "dd/mm/yyyy",
    }
    with xlsxwriter.Workbook(target, options) as workbook:
        page = workbook.add_worksheet(name)
        for row, cells in enumerate(rows, start=first_row):
            for column, cell in enumerate(cells):
                if cell is not None:
                    page.write(row, column, cell)
    return target.getvalue()


def questions(*rows: dict[str, object]) -> bytes:
    """A question file: our header and these rows (row 2 on); a column that a row does not name stays empty."""
    return sheet([HEADER, *([row.get(name) for name in HEADER] for row in rows)])


def edited(data: bytes, edit: Callable[[str, str], str | None]) -> bytes:
    """The archive with each part put through `edit(name, text)`; None drops the part."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = edit(name, old.read(name).decode())
            if text is not None:
                new.writestr(name, text)
    return target.getvalue()


SHEET_XML = "xl/worksheets/sheet1.xml"


def in_sheet(data: bytes, old: str, new: str) -> bytes:
    """The workbook with `old` replaced in its first sheet's XML."""
    return edited(data, lambda name, text: text.replace(old, new) if name == SHEET_XML else text)
