"""Reading a question file: bytes in, drafts and findings out. Never raises for what a file may hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from contests.authoring.checks import check_file, check_question
from contests.authoring.columns import Column, Header, find_header
from contests.authoring.draft import ImportReading, Problem
from contests.authoring.guard import MAX_QUESTIONS, FileRefused
from contests.authoring.hints import warn_of_file, warn_of_question
from contests.authoring.rows import RowReading, cell_text, read_row
from contests.authoring.xlsx import SheetRow, sheet_rows

_COLUMN_ORDER = {column.value: place for place, column in enumerate(Column)}


def read_questions(data: bytes, filename: str) -> ImportReading:
    """Read an .xlsx of questions. Everything that is wrong is listed with its row; `drafts` are the rows without an error."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        rows = sheet_rows(data, filename)
    except FileRefused as refused:
        return ImportReading((), (Problem(0, "", refused.code, refused.text),), (), sha256)
    header = find_header(rows)
    if header.problems:
        return ImportReading((), header.problems, header.warnings, sha256)
    return _read_below(header, [row for row in rows if row.number > header.row], sha256)


def _read_below(header: Header, rows: list[SheetRow], sha256: str) -> ImportReading:
    readings = [reading for row in rows if (reading := _read(header, row))]
    if not readings or len(readings) > MAX_QUESTIONS:
        code, text = (
            ("too_many_rows", f"Tệp có {len(readings)} câu; nhiều nhất là {MAX_QUESTIONS} câu một tệp, hãy chia nhỏ.")
            if readings
            else ("no_questions", "Tệp chưa có câu hỏi nào dưới dòng tiêu đề.")
        )
        return ImportReading((), (Problem(0, "", code, text),), header.warnings, sha256)
    drafts = [reading.draft for reading in readings]
    problems = [problem for reading in readings for problem in (*reading.problems, *_new(reading))]
    problems += check_file(drafts)
    wrong = {problem.row for problem in problems}
    warnings = [warning for reading in readings for warning in (*reading.warnings, *warn_of_question(reading.draft))]
    warnings += warn_of_file(drafts)
    return ImportReading(
        drafts=tuple(draft for draft in drafts if draft.row not in wrong),
        problems=_in_order(problems),
        warnings=(*header.warnings, *_in_order(warnings)),
        sha256=sha256,
    )


def _read(header: Header, row: SheetRow) -> RowReading | None:
    """A row's reading, or None when none of our columns holds anything."""
    cells = {column: row.cells[place] for column, place in header.places.items() if place < len(row.cells)}
    return read_row(row.number, cells) if any(map(cell_text, cells.values())) else None


def _new(reading: RowReading) -> list[Problem]:
    """The checks' findings, without "missing" for a cell that was filled but could not be read."""
    unread = {problem.column for problem in reading.problems}
    return [
        found for found in check_question(reading.draft) if not (found.code == "missing_key" and found.column in unread)
    ]


def _in_order(findings: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(findings, key=lambda found: (found.row, _COLUMN_ORDER.get(found.column, len(_COLUMN_ORDER)))))
