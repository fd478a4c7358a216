"""Tables of a text: one row a question under a header, the table of keys, or cells that only stand in a row.

What comes out stands in the order of the page, and every line of a table is in it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from contests.authoring.word.keylists import Entry, entries_of_table, holds_only_keys
from contests.authoring.word.lines import Line, fold, joined, line
from contests.authoring.word.looks import PLAIN
from contests.authoring.word.patterns import option_letter
from contests.authoring.word.signs import CROSSED_BOX, TICKS


@dataclass(frozen=True, slots=True)
class KeyTable:
    """A table that holds nothing but numbers of questions and their keys; without entries when they cannot be told, as with several
    papers in one table."""

    entries: tuple[Entry, ...]
    lines: tuple[Line, ...]


@dataclass(slots=True)
class Row:
    """A question that stands in a table under a header: its lines, with the words put before them that the header said."""

    number: int | None
    lines: list[Line]
    headings: list[Line] = field(default_factory=list)
    unused: list[Line] = field(default_factory=list)
    true_or_false: bool = False


Item = Line | KeyTable | Row
Grid = dict[int, dict[int, list[Line]]]

_NAMES = {
    "number": ("tt", "stt", "so", "socau", "causo", "cau", "sothutu", "so tt"),
    "stem": ("cauhoi", "noidungcauhoi", "noidung", "debai", "noidungcauhoivaphuongantraloi", "cauhoivaphuongantraloi", "cauhoivadapan", "cauhoitracnghiem", "noidungcauhoivacacphuongan", "phatbieu", "nhandinh", "menhde", "ykien"),
    "options": ("phuong an", "cacphuongan", "phuongan", "phuongantraloi", "cacphuongantraloi", "luachon", "cacluachon", "phuonganluachon", "traloi", "cacdapan", "dapanlachon", "cautraloi"),
    **{letter: (letter, f"phuongan{letter}", f"dapan{letter}", f"luachon{letter}", f"pa{letter}", f"y{letter}") for letter in "abcdef"},
    "key": ("dapan", "dapandung", "phuongandung", "traloidung", "da", "key", "dapanchinhxac", "cautraloidung", "dapandunglanhat"),
    "explanation": ("giaithich", "loigiai", "giaithichdapan", "huongdan", "lygiai", "lydo"),
    "source": ("cancu", "nguon", "cancuphaply", "cosophaply", "vanban", "nguontailieu", "tailieu", "tailieuthamkhao", "nguonthamkhao", "trichdan", "dieukhoan", "cancutraloi", "viendan"),
    "topic": ("chude", "linhvuc", "chuyende"),
    "difficulty": ("mucdo", "dokho", "capdo", "mucdonhanthuc"),
    "true": ("dung",),
    "false": ("sai",),
}  # fmt: skip
_BY_NAME = {re.sub(r"\W", "", name): field_ for field_, names in _NAMES.items() for name in names}
_PREFIX = {
    "key": "Đáp án: ",
    "explanation": "Giải thích: ",
    "source": "Căn cứ: ",
    "topic": "Chủ đề: ",
    "difficulty": "Mức độ: ",
}
_TICK = re.compile(rf"[\s\[(]*(?:x|[{re.escape(TICKS + CROSSED_BOX)}])[\s\])]*$")
_LONE_LETTER = re.compile(r"\s*[a-h]\s*[.)]?\s*$")
_LABEL_CELL = re.compile(
    r"\s*(?:(?:cau(?:\s*hoi)?(?:\s*so)?\s*)?\d{1,4}\s*[.):]?|cau\s*hoi\s*:?|[\[(]?[a-h]\s*[.):\]]?|(?:dap an(?: dung)?|giai thich|can cu|nguon|muc do|chu de|loi giai|huong dan)\s*:?)\s*$"
)


def items_of(lines: Sequence[Line]) -> Iterator[Item]:
    """The lines with their tables understood."""
    for table, found in groupby(lines, key=lambda one: one.cell.table if one.cell else 0):
        group = list(found)
        if not table:
            yield from group
            continue
        grid: Grid = {}
        for one in group:
            if one.cell:
                grid.setdefault(one.cell.row, {}).setdefault(one.cell.column, []).append(one)
        texts = [[" ".join(one.text for one in cell) for cell in row.values()] for row in grid.values()]
        if (entries := entries_of_table(texts)) or holds_only_keys(texts):
            yield KeyTable(tuple(entries), tuple(group))
        elif header := _header(grid):
            yield from _rows(grid, *header)
        else:
            yield from _in_a_row(grid)


def _header(grid: Grid) -> tuple[int, dict[int, str]] | None:
    """The row that names the columns, and the names by column; there is one only if it names the stem and one thing more."""
    for row in sorted(grid)[:3]:
        names = {
            column: name
            for column, cell in grid[row].items()
            if (name := _BY_NAME.get(re.sub(r"\W", "", fold(" ".join(one.text for one in cell)))))
        }
        said = list(names.values())
        if "stem" in said and len(said) > 1 and set(said) != {"number", "stem"} and len(set(said)) == len(said):
            return row, names
    return None


def _rows(grid: Grid, header: int, names: dict[int, str]) -> Iterator[Item]:
    """Above the header lines like any; under it questions. A row without a stem goes on with the question above it."""
    row: Row | None = None
    headings: list[Line] = []
    for place in sorted(grid):
        if place < header:
            yield from (one for cell in grid[place].values() for one in cell)
        elif place == header:
            headings = [one for cell in grid[place].values() for one in cell]
        else:
            if _texts(grid[place]) == _texts(grid[header]):  # repeated at the head of a page
                headings += [one for cell in grid[place].values() for one in cell]
                continue
            cells = {names.get(column, "?"): cell for column, cell in grid[place].items() if column in names}
            unnamed = [one for column, cell in grid[place].items() if column not in names for one in cell]
            if "stem" not in cells and set(cells) <= {"number", "topic"}:  # a heading that runs over the whole row
                if row:
                    yield row
                    row = None
                yield from (replace(one, cell=None) for cell in grid[place].values() for one in cell)
            elif "stem" in cells or row is None:
                if row:
                    yield row
                row = _row(cells, unnamed, headings, truth={"true", "false"} <= set(names.values()))
                headings = []
            else:
                row.lines += _cell_lines(cells)
                row.unused += unnamed
    if row:
        yield row
    yield from headings


def _texts(row: dict[int, list[Line]]) -> list[str]:
    return [one.folded for cell in row.values() for one in cell]


def _row(cells: dict[str, list[Line]], unnamed: list[Line], headings: list[Line], *, truth: bool) -> Row:
    label = " ".join(one.text for one in cells.get("number", []))
    found = re.search(r"\d{1,4}", label)
    return Row(int(found[0]) if found else None, _cell_lines(cells), headings, unnamed, truth)


def _cell_lines(cells: dict[str, list[Line]]) -> list[Line]:
    """The cells of a row as the lines of a question that is typed without a table."""
    found = [_with("", one, ".") if place == 0 else one for place, one in enumerate(cells.get("number", []))]
    lines = [joined([*found, cells["stem"][0]])] if found and "stem" in cells else found
    lines += cells.get("stem", [])[1:] if found else cells.get("stem", [])
    ticked = any(_TICK.match(one.folded) for one in cells.get("true", []))
    if options := cells.get("options"):
        lines += [joined([*options, *cells["true"]])] if ticked and len(options) == 1 else options
    for letter in "abcdef":
        if cell := cells.get(letter):
            first = cell[0] if option_letter(cell[0]).lower() == letter else _with(f"{letter.upper()}. ", cell[0])
            lines.append(joined([first, *cell[1:]]) if len(cell) > 1 else first)
    key = cells.get("key", [])
    if sum(option_letter(one) != "" for one in key) > 1 or len(key) > 1:  # the options stand under “Đáp án”
        lines += key
    elif key:
        lines.append(_with(_PREFIX["key"], key[0]))
    if not options:
        for name, word in (("true", "Đúng"), ("false", "Sai")):
            if (cell := cells.get(name)) and _TICK.match(cell[0].folded):
                lines.append(_with(f"Đáp án: {word} ", cell[0]))
    for name in ("explanation", "source", "topic", "difficulty"):
        if cell := cells.get(name):
            lines.append(joined([_with(_PREFIX[name], cell[0]), *cell[1:]]))
    return lines


def _with(before: str, one: Line, after: str = "") -> Line:
    """The line with a word of ours around it."""
    pieces = [(before, PLAIN), *one.looks(0, len(one.text)), (after, PLAIN)]
    made = line(one.numbers, pieces)
    return replace(one, text=made.text, spans=made.spans, folded=made.folded, automatic=0 if before else one.automatic)


def _in_a_row(grid: Grid) -> Iterator[Line]:
    """The cells as lines; a cell that holds only a label (“Câu 1”, “A.”, “Đáp án”) belongs to the one behind it."""
    keys_behind = _keys_behind(grid)
    for place in sorted(grid):
        cells = [grid[place][column] for column in sorted(grid[place])]
        last = max(grid[place])
        waiting: list[Line] = []
        for column, cell in zip(sorted(grid[place]), cells, strict=True):
            if keys_behind and column == last and len(cell) == 1 and not waiting:
                yield _with(_PREFIX["key"], cell[0])
            elif len(cell) == 1 and column != last and _LABEL_CELL.match(cell[0].folded) and not cell[0].images:
                waiting.append(_as_label(cell[0]))
            elif waiting:
                yield joined([*waiting, cell[0]])
                yield from cell[1:]
                waiting = []
            else:
                yield from cell
        yield from waiting


def _as_label(one: Line) -> Line:
    text = one.text.rstrip()
    if text[-1] in ".):]":
        return one
    return _with("", one, ":" if len(text) > 2 and not text.isdigit() else ".")


def _keys_behind(grid: Grid) -> bool:
    """Whether every row begins with a number and ends with a lone letter, two rows at least: a table of questions without header."""
    rows = [(row[min(row)], row[max(row)]) for row in grid.values() if len(row) > 2]
    return (
        len(rows) > 1
        and len(rows) == len(grid)
        and all(
            len(last) == 1 and _LONE_LETTER.match(last[0].folded) and re.match(r"(?:cau )?\s*\d", first[0].folded)
            for first, last in rows
        )
    )
