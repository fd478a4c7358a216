"""The sheet of Quizizz (now Wayground): below the header a row that explains, then questions of several types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contests.authoring.columns import Column, plain_header
from contests.authoring.draft import DraftReading, FileReading, Line, Problem
from contests.authoring.kahoot import numbered_key
from contests.authoring.notes import Notes, new_draft, within_limits
from contests.authoring.rows import TRUE_FALSE_OPTIONS, cell_text
from contests.authoring.tags import is_true_false
from contests.authoring.xlsx import SheetRow
from contests.rules.kinds import Kind

HEADER_WITHIN = 10
_NEEDED = {"questiontext", "questiontype", "option1", "correctanswer"}
_OTHERS = {"timeinseconds", "imagelink", "answerexplanation"}
_TYPES = {
    "multiplechoice": Kind.SINGLE, "checkbox": Kind.MULTIPLE, "fillintheblank": Kind.SHORT_TEXT, "openended": Kind.ESSAY,
}  # fmt: skip
_NO_QUESTION = {"poll": "Câu thăm dò (Poll)", "draw": "Câu vẽ hình (Draw)"}

Place = tuple[int, Mapping[str, int]]


def find_places(rows: Sequence[SheetRow]) -> Place | None:
    """The header's row and which place holds what; None when this is no sheet of Quizizz's."""
    for row in rows:
        if row.number <= HEADER_WITHIN and (places := _places(row)).keys() >= _NEEDED:
            return row.number, places
    return None


def known_columns(row: SheetRow) -> int:
    """How many of Quizizz's columns this row would name."""
    places = _places(row)
    return len(places) if "questiontype" in places else 0


def _places(row: SheetRow) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        name = plain_header(cell) if isinstance(cell, str) else ""
        if name in _NEEDED | _OTHERS or (name[:6] == "option" and name[6:].isdigit()):
            places.setdefault(name, place)
    return places


def read_rows(rows: Sequence[SheetRow], found: Place) -> FileReading:
    """The questions below the header; polls and drawings have no right answer and stand among the unused."""
    header, places = found
    readings: list[DraftReading] = []
    unused, warnings = [Line(row.number, _line(row)) for row in rows if row.number < header], []
    if "timeinseconds" in places:
        text = "Thời gian từng câu của Quizizz không được giữ; thời gian đặt ở đợt thi."
        warnings.append(Problem(header, "Time in seconds", "extra_column", text))
    for row in rows:
        if row.number <= header:
            continue
        cells = {name: cell_text(row.cells[place]) for name, place in places.items() if place < len(row.cells)}
        kind = plain_header(cells.get("questiontype", ""))
        if row.number == header + 1 and kind not in _TYPES and kind not in _NO_QUESTION and len(kind) > 30:
            unused.append(Line(row.number, _line(row)))  # the row that explains the columns
        elif kind in _NO_QUESTION:
            unused.append(Line(row.number, f"{_NO_QUESTION[kind]}: {_line(row)}"))
        elif any(text for name, text in cells.items() if name != "timeinseconds"):
            readings.append(_read(row.number, kind, cells))
            rest = [cell_text(cell) for place, cell in enumerate(row.cells) if place not in places.values()]
            if any(rest):
                unused.append(Line(row.number, " | ".join(filter(None, rest))))
        elif line := _line(row):
            unused.append(Line(row.number, line))
    return FileReading(tuple(readings), warnings=tuple(warnings), unused=tuple(unused))


def _line(row: SheetRow) -> str:
    return " | ".join(filter(None, map(cell_text, row.cells)))


def _read(number: int, type_: str, cells: Mapping[str, str]) -> DraftReading:
    notes, kind = Notes(number), _TYPES.get(type_)
    names = sorted((name for name in cells if name.startswith("option")), key=lambda name: int(name[6:]))
    options = [cells[name] for name in names]
    while options and not options[-1]:
        options.pop()
    key, spec = frozenset[int](), {}
    if kind is None:
        said = cells.get("questiontype", "")
        text = f"Loại câu “{said[:40]}” của Quizizz không có ở đây; hãy chọn loại khác hoặc bỏ câu này."
        notes.problem(Column.KIND, "bad_kind", text)
        kind = Kind.SINGLE
    elif kind is Kind.SHORT_TEXT:
        spec, options = {"accepted": [option for option in options if option], "accents": False}, []
        if written := cells.get("correctanswer", ""):
            notes.warn(
                Column.KEY, "key_not_read", f"Câu điền không dùng cột Correct Answer; “{written[:80]}” không được đọc."
            )
    elif kind is Kind.ESSAY:
        for option in filter(None, options):
            notes.warn(Column.A, "option_not_read", f"Câu tự luận không có phương án; “{option[:80]}” không được đọc.")
        options = []
    if kind in (Kind.SINGLE, Kind.MULTIPLE):
        key = numbered_key(cells.get("correctanswer", ""), notes)
    if kind is Kind.MULTIPLE and len(key) == 1:
        kind = Kind.SINGLE
        notes.warn(Column.KIND, "one_key", "Câu chọn nhiều nhưng chỉ có một đáp án đúng; được đọc là Một đáp án.")
    if kind is Kind.SINGLE and is_true_false(tuple(options)):
        kind, options = Kind.TRUE_FALSE, list(TRUE_FALSE_OPTIONS)
    if link := cells.get("imagelink", ""):
        notes.warn(Column.STEM, "image_link", f"Ảnh ở địa chỉ “{link[:120]}” không được tải về; hãy thêm ảnh sau.")
    draft = new_draft(
        number, kind, cells.get("questiontext", ""), options=options, key=key, spec=spec, explanation=cells.get("answerexplanation", "")
    )  # fmt: skip
    return notes.reading(within_limits(draft, notes))
