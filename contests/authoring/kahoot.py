"""Kahoot's own sheet: header in row 8, four answers, the numbers of the right ones, a time limit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contests.authoring.columns import Column, plain_header
from contests.authoring.draft import DraftReading, FileReading, Line, Problem
from contests.authoring.notes import Notes, new_draft
from contests.authoring.rows import TRUE_FALSE_OPTIONS, cell_text
from contests.authoring.tags import is_true_false
from contests.authoring.xlsx import SheetRow
from contests.rules.kinds import Kind

HEADER_WITHIN = 20
_NAMES = ("question", "answer1", "answer2", "answer3", "answer4", "timelimit", "correctanswer")
_OPTIONS = _NAMES[1:5]
_NEEDED = {"question", "answer1", "answer2", "timelimit", "correctanswer"}


def find_places(rows: Sequence[SheetRow]) -> tuple[int, Mapping[str, int]] | None:
    """The header's row and which place holds what; None when this is no sheet of Kahoot's."""
    for row in rows:
        if row.number <= HEADER_WITHIN and (places := _places(row)).keys() >= _NEEDED:
            return row.number, places
    return None


def known_columns(row: SheetRow) -> int:
    """How many of Kahoot's columns this row would name."""
    places = _places(row)
    return len(places) if "timelimit" in places else 0


def _places(row: SheetRow) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        text = plain_header(cell) if isinstance(cell, str) else ""
        name = next((name for name in _NAMES if text.startswith(name)), None)
        if name and (name != "question" or text == "question" or text.startswith("questionmax")):
            places.setdefault(name, place)
    return places


def read_rows(rows: Sequence[SheetRow], found: tuple[int, Mapping[str, int]]) -> FileReading:
    """The questions below the header. The time limits are not kept, and that is said."""
    header, places = found
    warning = Problem(header, "Time limit", "extra_column", "Thời gian từng câu của Kahoot không được giữ; thời gian đặt ở đợt thi.")  # fmt: skip
    readings, unused = [], []
    for row in rows:
        cells = {name: cell_text(row.cells[place]) for name, place in places.items() if place < len(row.cells)}
        content = {name: text for name, text in cells.items() if name != "timelimit"}
        others = [cell_text(cell) for place, cell in enumerate(row.cells) if place not in places.values()]
        line = Line(row.number, " | ".join(filter(None, map(cell_text, row.cells))))
        if row.number > header and any(content.values()):
            readings.append(_read(row.number, content))
            line = Line(row.number, " | ".join(text for text in others if text and not re.fullmatch(r"\d{1,3}", text)))
        if line.text and row.number != header:
            unused.append(line)
    return FileReading(tuple(readings), warnings=(warning,), unused=tuple(unused))


def _read(number: int, cells: Mapping[str, str]) -> DraftReading:
    notes = Notes(number)
    options = [cells.get(name, "") for name in _OPTIONS]
    while options and not options[-1]:
        options.pop()
    key = numbered_key(cells.get("correctanswer", ""), notes)
    kind = Kind.MULTIPLE if len(key) > 1 else Kind.SINGLE
    if kind is Kind.MULTIPLE:
        text = "Kahoot tính đúng khi chọn một trong các đáp án đúng; ở đây người thi phải chọn đủ. Hãy xem lại."
        notes.warn(Column.KEY, "several_keys", text)
    if kind is Kind.SINGLE and is_true_false(tuple(options)):
        kind, options = Kind.TRUE_FALSE, list(TRUE_FALSE_OPTIONS)
    return notes.reading(new_draft(number, kind, cells.get("question", ""), options=options, key=key))


def numbered_key(text: str, notes: Notes) -> frozenset[int]:
    """The options that "1,3" names; a problem for anything else."""
    words = [word for word in re.split(r"[,;.\s]+", text) if word]
    if any(not re.fullmatch(r"[1-9]", word, re.ASCII) for word in words):
        notes.problem(
            Column.KEY, "bad_key", f"“{text[:40]}” không đọc được; đáp án là số thứ tự phương án, ví dụ 2 hoặc 1,3."
        )
        return frozenset()
    return frozenset(int(word) - 1 for word in words)
