"""Question sheets, a question a row, whoever made them: our own under a header that we know, Kahoot's, Quizizz's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from accounts.names import normalise_name, search_text
from contests.authoring import kahoot, quizizz
from contests.authoring.columns import OPTION_COLUMNS, Column, Header, find_header, known_columns
from contests.authoring.draft import DraftReading, FileReading, Line, Problem
from contests.authoring.rows import KIND_NAMES, cell_text, read_row
from contests.authoring.xlsx import Cell, SheetRow, sheet_rows
from contests.rules.kinds import Kind


def read_workbook(data: bytes, filename: str) -> FileReading:
    """The questions of an .xlsx. Raises `FileRefused` for what is no safe workbook."""
    rows, others = sheet_rows(data, filename)
    text = "Trang tính này không được đọc; mỗi tệp chỉ đọc một trang. Nếu có câu hỏi ở đó, hãy tách thành tệp riêng."
    names = [normalise_name(name)[:60] for name in others]
    warnings = tuple(Problem(0, name, "other_sheet", f"Trang “{name}”: {text}") for name in names)
    reading = read_rows(rows)
    return replace(reading, warnings=(*reading.warnings, *warnings))


def read_rows(rows: Sequence[SheetRow]) -> FileReading:
    """The questions of a sheet, by whichever of the headers it stands under."""
    for dialect in (kahoot, quizizz):
        if (places := dialect.find_places(rows)) is not None:
            return dialect.read_rows(rows, places)
    header = find_header(rows)
    if header.problems:
        return FileReading(problems=header.problems, warnings=header.warnings)
    found, unused = [], [Line(row.number, row_text(row)) for row in rows if row.number < header.row]
    for row in rows:
        if row.number > header.row:
            if reading := _read(header, row):
                found.append(reading)
            else:
                unused.append(Line(row.number, row_text(row)))
    return FileReading(tuple(found), warnings=header.warnings, unused=tuple(line for line in unused if line.text))


def header_score(row: SheetRow) -> int:
    """How much this row looks like a header, of ours or of another's sheet."""
    return max(known_columns(row), kahoot.known_columns(row), quizizz.known_columns(row))


def row_text(row: SheetRow) -> str:
    """The row as one line for people."""
    return " | ".join(text for cell in row.cells if (text := cell_text(cell)))


def _read(header: Header, row: SheetRow) -> DraftReading | None:
    """A row's reading, or None when none of our columns holds anything."""
    cells = {column: row.cells[place] for column, place in header.places.items() if place < len(row.cells)}
    if not any(map(cell_text, cells.values())):
        return None
    if Column.KIND not in header.places:
        cells[Column.KIND] = _kind_by_key(cells)
    return read_row(row.number, cells)


def _kind_by_key(cells: Mapping[Column, Cell]) -> str:
    """Of a sheet without a column of kinds: what options and key say; "" where they say nothing."""
    key = search_text(cell_text(cells.get(Column.KEY, "")))
    if any(cell_text(cells.get(column, "")) for column in OPTION_COLUMNS):
        letters = [char for char in key.replace("va", " ") if char in "abcdef"]
        return KIND_NAMES[Kind.MULTIPLE if len(letters) > 1 else Kind.SINGLE]
    return KIND_NAMES[Kind.TRUE_FALSE] if key in ("dung", "sai") else ""
