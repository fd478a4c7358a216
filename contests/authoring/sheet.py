"""Our own question sheet: a header that we know, a question a row."""

from __future__ import annotations

from contests.authoring.columns import Header, find_header
from contests.authoring.draft import DraftReading, FileReading
from contests.authoring.rows import cell_text, read_row
from contests.authoring.xlsx import SheetRow, sheet_rows


def read_workbook(data: bytes, filename: str) -> FileReading:
    """The questions of an .xlsx under our header. Raises `FileRefused` for what is no safe workbook."""
    rows = sheet_rows(data, filename)
    header = find_header(rows)
    if header.problems:
        return FileReading(problems=header.problems, warnings=header.warnings)
    found = tuple(reading for row in rows if row.number > header.row and (reading := _read(header, row)))
    return FileReading(found, warnings=header.warnings)


def _read(header: Header, row: SheetRow) -> DraftReading | None:
    """A row's reading, or None when none of our columns holds anything."""
    cells = {column: row.cells[place] for column, place in header.places.items() if place < len(row.cells)}
    return read_row(row.number, cells) if any(map(cell_text, cells.values())) else None
