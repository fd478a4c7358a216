"""The columns of our question sheet, and finding them in a header row however it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.names import normalise_name, search_text
from contests.authoring.draft import Problem
from contests.authoring.xlsx import SheetRow

HEADER_WITHIN = 10  # rows from the top; above the header people put a title


class Column(StrEnum):
    """The columns in the template's order; the value is the header."""

    CODE = "Mã"
    TOPIC = "Chủ đề"
    KIND = "Loại"
    DIFFICULTY = "Mức độ"
    STEM = "Câu hỏi"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    KEY = "Đáp án"
    PINNED = "Cố định"
    DOCUMENT = "Văn bản"
    ARTICLE = "Điều khoản"
    OTHER_SOURCE = "Nguồn khác"
    VALID_FROM = "Hiệu lực từ"
    VALID_TO = "Hiệu lực đến"
    EXPLANATION = "Giải thích"


OPTION_COLUMNS = (Column.A, Column.B, Column.C, Column.D, Column.E, Column.F)
REQUIRED = (Column.STEM, Column.A, Column.B, Column.KEY)  # without them it is no question sheet
FILLED = (Column.CODE, Column.TOPIC, Column.KIND, *REQUIRED)  # what every question of the template has

_SYNONYMS: Mapping[Column, tuple[str, ...]] = {
    Column.CODE: ("Mã câu", "Mã câu hỏi", "Mã số", "ID", "Code"),
    Column.TOPIC: ("Chuyên đề", "Lĩnh vực", "Chương", "Topic", "Category"),
    Column.KIND: ("Loại câu hỏi", "Kiểu", "Kiểu câu hỏi", "Dạng câu hỏi", "Type"),
    Column.DIFFICULTY: ("Độ khó", "Mức", "Difficulty"),
    Column.STEM: ("Nội dung câu hỏi", "Nội dung", "Đề bài", "Question", "Question text"),
    **{
        column: tuple(
            f"{word} {name}"
            for word in ("Phương án", "Lựa chọn", "Đáp án", "Câu trả lời", "PA", "ĐA", "Option", "Answer")
            for name in (column, number)
        )
        for number, column in enumerate(OPTION_COLUMNS, start=1)
    },
    Column.KEY: (
        "Đáp án đúng",
        "Phương án đúng",
        "Trả lời đúng",
        "Câu trả lời đúng",
        "Correct answer",
        "Correct",
        "Key",
    ),
    Column.PINNED: ("Phương án cố định", "Giữ nguyên chỗ"),
    Column.DOCUMENT: ("Văn bản pháp luật", "Tên văn bản"),
    Column.ARTICLE: ("Điều", "Điều, khoản", "Điều luật"),
    Column.OTHER_SOURCE: ("Nguồn", "Nguồn tham khảo"),
    Column.VALID_FROM: ("Có hiệu lực từ", "Từ ngày"),
    Column.VALID_TO: ("Có hiệu lực đến", "Hết hiệu lực", "Đến ngày"),
    Column.EXPLANATION: ("Lời giải", "Giải thích đáp án", "Ghi chú giải thích", "Explanation"),
}


def plain_header(header: str) -> str:
    """Only letters and digits, without case, accents and spaces: "  ĐÁP  án:" is "dapan"."""
    return "".join(char for char in search_text(header[:200]) if char.isalnum())


_BY_PLAIN = {plain_header(name): column for column in Column for name in (column.value, *_SYNONYMS[column])}


@dataclass(frozen=True, slots=True)
class Header:
    """Which place in a row holds which column; rows after `row` are questions."""

    row: int
    places: Mapping[Column, int]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def find_header(rows: Sequence[SheetRow]) -> Header:
    """Read the header: the row among the first ten that knows most of our columns.

    A required column that is missing and a column that stands twice are problems; a column that we do not know is a warning.
    """
    candidates = [row for row in rows if row.number <= HEADER_WITHIN]
    best = max(candidates, key=known_columns, default=SheetRow(1, ()))
    places: dict[Column, int] = {}
    problems, warnings = [], []
    for place, cell in enumerate(best.cells):
        column = _column(cell)
        if column is None:
            if name := normalise_name(str(cell))[:60]:
                text = f"Cột “{name}” không có trong mẫu nên không được đọc."
                warnings.append(Problem(best.number, name, "extra_column", text))
        elif column in places:
            problems.append(
                Problem(best.number, column, "repeated_column", f"Có hai cột “{column}”; hãy bỏ bớt một cột.")
            )
        else:
            places[column] = place
    for column in REQUIRED:
        if column not in places:
            text = f"Thiếu cột “{column}”; hãy thêm cột với đúng tên này như trong tệp mẫu."
            problems.append(Problem(best.number, column, "missing_column", text))
    return Header(best.number, places, tuple(problems), tuple(warnings))


def known_columns(row: SheetRow) -> int:
    """How many of our columns this row would name, were it the header."""
    return len({_column(cell) for cell in row.cells} - {None})


def _column(cell: object) -> Column | None:
    return _BY_PLAIN.get(plain_header(cell)) if isinstance(cell, str) else None
