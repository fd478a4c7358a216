"""Sheets made to be printed, sorted and sent on: what every xlsx form of `reports.exports` is written with. No database here.

Every text goes through `write_string`, so that a name can never be a formula or a link; XlsxWriter keeps one row in
memory, so rows are written from top to bottom, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import xlsxwriter
from django.utils import timezone
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from reports.numbers import UNKNOWN

if TYPE_CHECKING:
    from xlsxwriter.format import Format

LINE, MAX_HEIGHT = 15, 405  # points: one line of text; Excel's highest row would be 409
HEADER = 5  # the row of column titles, from 0; above it stand the title rows
# XML 1.0 cannot hold these; tab and newline it can, but a cell of ours has no use for them.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile("[&<>]").search
EXACT = 10**15  # a whole number below it looks the same written as what it is and as what Excel makes of it
_ROW = "\x00"  # where a row's number comes; no text holds it
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  Excel knows no zones


@dataclass(frozen=True, slots=True)
class Head:
    """What the title rows say."""

    unit: str
    contest: str
    as_of: datetime
    check: str  # the code, and where it can be looked up


@contextmanager
def new_book(path: Path, scratch: Path, head: Head) -> Iterator[tuple[xlsxwriter.Workbook, Styles]]:
    """A workbook that is written to `path` when the block ends; what does not fit into memory waits in `scratch`."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(scratch)}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties(
        {
            "title": clean(f"{head.unit} – {head.contest}"),
            "created": head.as_of.astimezone(UTC).replace(tzinfo=None),
        }
    )
    yield book, Styles(book)  # not `with book`: that would put a file together after a failure too
    book.close()


def clean(text: str) -> str:
    """The text without characters that a workbook cannot hold."""
    return _UNWRITABLE.sub("", text)


def clean_lines(text: str) -> str:
    """The same for a text of several lines, which stay."""
    return "\n".join(map(clean, text.split("\n")))


class Styles:
    """The formats of the book by name; bold and indented ones are made when first asked for."""

    NUMBERS = {
        "whole": "#,##0",
        "rate": "0.0%",
        "percent": "0%",
        "score": "#,##0.00",
        "clock": "[mm]:ss",
        "instant": "dd/mm/yyyy hh:mm:ss",
        "text": "@",
        "lines": "@",
        "money": "#,##0",
    }

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.made: dict[tuple[str, bool, int], Format] = {}
        font = {"font_name": "Times New Roman"}
        self.top = book.add_format({**font, "font_size": 12})
        self.title = book.add_format({**font, "font_size": 14, "bold": True})
        self.note = book.add_format({**font, "font_size": 11, "italic": True})
        self.sign = book.add_format({**font, "font_size": 12, "bold": True, "align": "center"})
        self.head = book.add_format({**font, "font_size": 11, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#E7EEF8"})  # fmt: skip

    def cell(self, kind: str, bold: bool, indent: int) -> Format:
        """The format of one kind of value."""
        key = (kind, bold, indent)
        if key not in self.made:
            look = {
                "font_name": "Times New Roman",
                "font_size": 11,
                "border": 1,
                "valign": "top",
                "num_format": self.NUMBERS[kind],
                "bold": bold,
            }
            text = {"text_wrap": True, "indent": min(indent, 15)} if kind in ("text", "lines") else {"align": "right"}
            self.made[key] = self.book.add_format({**look, **text})
        return self.made[key]


def _cell_value(value: Any, kind: str) -> float | str | None:
    """What stands in the cell: a number (of a day, for an instant), a text without what a workbook cannot hold, or nothing."""
    if type(value) is int:
        return value if -EXACT < value < EXACT else float(value)
    if type(value) is float:
        return value
    if value == "":
        return None
    if type(value) is str and not _UNWRITABLE.search(value):
        return value
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        return (local - _DAY_ZERO).total_seconds() / 86400
    if isinstance(value, int | float):
        return value
    return clean_lines(str(value)) if kind == "lines" else clean(str(value))


def _plain(text: str) -> bool:
    """Whether the text stands in the file as it is: no space at an end, no line break, nothing that Excel would read as an escape
    of its own (_x0041_) or as marked-up text, nothing longer than a cell. All others go the library's way."""
    return text == text.strip() and len(text) < 8000 and "_x" not in text and "\n" not in text and text[:3] != "<r>"


class PlainRows(Worksheet):
    """A worksheet that also takes a whole row at once: the same bytes as a call a cell, in a fraction of the time."""

    def write_plain_row(
        self, row: int, cells: list[Any], styles: tuple[Format, ...], height: int | None = None
    ) -> None:
        """The row below all that was written so far, `height` in points. Texts must be `_plain`, the book in constant memory."""
        self._write_single_row(row)  # what waits in memory stands above
        self._check_dimensions(row, len(cells) - 1)
        look = (styles, height, *map(type, cells))
        if look not in self.lines:
            self._check_dimensions(row, 0)
            self.lines[look] = _line_of(cells, styles, height)
        texts = [escape(cell) if type(cell) is str and _MARKUP(cell) else cell for cell in cells]
        self.fh.write(self.lines[look].replace(_ROW, str(row + 1)) % tuple(texts))

    @cached_property
    def lines(self) -> dict[tuple[Any, ...], str]:
        """Rows with places for their values, by formats and types."""
        return {}


def _line_of(cells: list[Any], styles: tuple[Format, ...], height: int | None) -> str:
    parts = []
    for column, (cell, style) in enumerate(zip(cells, styles, strict=True)):
        start = f'<c r="{xl_col_to_name(column)}{_ROW}" s="{style._get_xf_index()}"'
        if cell is None:
            parts.append(f"{start}/>%.0s")  # takes the cell and writes nothing of it
        elif type(cell) is str:
            parts.append(f'{start} t="inlineStr"><is><t>%s</t></is></c>')
        else:
            parts.append(f"{start}><v>{'%d' if type(cell) is int else '%.16G'}</v></c>")
    tall = f' ht="{height}" customHeight="1"' if height else ""
    return f'<row r="{_ROW}"{tall}>{"".join(parts)}</row>'


class Sheet:
    """One sheet: title rows, frozen column titles that repeat on every page, filter, A4 landscape, page numbers."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        styles: Styles,
        name: str,
        columns: list[tuple[str, int]],
        head: Head,
        title: str,
        note: str,
    ) -> None:
        self.sheet: PlainRows = book.add_worksheet(name, worksheet_class=PlainRows)
        self.styles, self.columns, self.at = styles, columns, HEADER + 1
        self.looks: dict[tuple[tuple[str, ...], bool, int], tuple[Format, ...]] = {}
        sheet = self.sheet
        for index, (_, width) in enumerate(columns):
            sheet.set_column(index, index, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.6, right=0.5, top=0.75, bottom=0.75)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER)
        sheet.freeze_panes(HEADER + 1, 2)
        sheet.set_footer("&L&9&A&R&9Trang &P/&N")
        as_of = timezone.localtime(head.as_of)
        lines = [
            (head.unit.upper(), styles.top), (title, styles.title), (f"Cuộc thi: {head.contest}", styles.top),
            (f"Số liệu lúc {as_of:%H:%M:%S} ngày {as_of:%d/%m/%Y} (giờ Việt Nam). {note}".strip(), styles.note),
            (head.check, styles.note),
        ]  # fmt: skip
        for index, (text, style) in enumerate(lines):
            sheet.write_string(index, 0, clean(text), style)
        sheet.set_row(HEADER, 34)
        for index, (text, _) in enumerate(columns):
            sheet.write_string(HEADER, index, text, styles.head)

    def row(self, values: list[Any], kinds: list[str], *, bold: bool = False, indent: int = 0) -> None:
        """One row of cells. Numbers are numbers, instants are dates, everything else is text whatever it looks like."""
        cells = list(map(_cell_value, values, kinds))
        styles, height = self._styles(tuple(kinds), bold, indent), self._height(cells, indent)
        if all(map(_plain, [cell for cell in cells if type(cell) is str])):
            self._at_once(cells, styles, height)
        else:
            self._cell_by_cell(cells, styles, height)
        self.at += 1

    def note(self, text: str) -> None:
        """A line of words below the rows."""
        self.sheet.write_string(self.at, 1, clean(text), self.styles.note)
        self.at += 1

    def _styles(self, kinds: tuple[str, ...], bold: bool, indent: int) -> tuple[Format, ...]:
        """The formats of a row, made once for all rows that look alike."""
        key = (kinds, bold, indent)
        if key not in self.looks:
            self.looks[key] = tuple(
                self.styles.cell(kind, bold, indent if index == 1 else 0) for index, kind in enumerate(kinds)
            )
        return self.looks[key]

    def _height(self, cells: list[Any], indent: int) -> int | None:
        """Points for a row whose texts run over one line; None where they do not. LibreOffice makes no row higher by itself.

        Counted with a little room: a width is that of so many digits, and letters of the book's font are narrower.
        """
        most = 1
        for index, cell in enumerate(cells):
            if type(cell) is str and (len(cell) >= self.columns[index][1] or "\n" in cell):
                room = max(4, self.columns[index][1] - 1 - (indent if index == 1 else 0))
                most = max(most, sum(max(1, -(-len(line) // room)) for line in cell.split("\n")))
        return min(most * LINE, MAX_HEIGHT) if most > 1 else None

    def _at_once(self, cells: list[Any], styles: tuple[Format, ...], height: int | None) -> None:
        """Only numbers, blanks and plain texts."""
        self.sheet.write_plain_row(self.at, cells, styles, height)

    def _cell_by_cell(self, cells: list[Any], styles: tuple[Format, ...], height: int | None) -> None:
        """Through the library: for texts that want its care, and what a row at once must be equal to."""
        if height:
            self.sheet.set_row(self.at, height)
        for index, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            if cell is None:
                self.sheet.write_blank(self.at, index, None, style)
            elif isinstance(cell, str):
                self.sheet.write_string(self.at, index, cell, style)
            else:
                self.sheet.write_number(self.at, index, cell, style)

    def sign(self) -> None:
        """Room for the two who sign a report."""
        self.at += 1
        self.sheet.write_string(self.at, 1, "NGƯỜI LẬP BIỂU", self.styles.sign)
        self.sheet.write_string(self.at, len(self.columns) - 3, "THỦ TRƯỞNG ĐƠN VỊ", self.styles.sign)
        self.at += 5

    def finish(self, filter_to: int | None = None) -> None:
        """Set what needs the last row: the filter and the print area."""
        last = len(self.columns) - 1
        self.sheet.autofilter(HEADER, 0, max(HEADER, (filter_to or self.at) - 1), last)
        self.sheet.print_area(0, 0, self.at - 1, last)
