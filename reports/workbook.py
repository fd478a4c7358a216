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
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.utils import timezone

from reports.numbers import UNKNOWN

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

HEADER = 5  # the row of column titles, from 0; above it stand the title rows
# XML 1.0 cannot hold these; tab and newline it can, but a cell of ours has no use for them.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


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
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": clean(f"{head.unit} – {head.contest}"),
                "created": head.as_of.astimezone(UTC).replace(tzinfo=None),
            }
        )
        yield book, Styles(book)


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
        self.sheet: Worksheet = book.add_worksheet(name)
        self.styles, self.columns, self.at = styles, columns, HEADER + 1
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
        for index, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            style = self.styles.cell(kind, bold, indent if index == 1 else 0)
            if value == "":
                self.sheet.write_blank(self.at, index, None, style)
            elif value is None:
                self.sheet.write_string(self.at, index, UNKNOWN, style)
            elif isinstance(value, datetime):
                self.sheet.write_datetime(
                    self.at, index, timezone.localtime(value).replace(tzinfo=None, microsecond=0), style
                )
            elif isinstance(value, int | float):
                self.sheet.write_number(self.at, index, value, style)
            else:
                text = clean_lines(str(value)) if kind == "lines" else clean(str(value))
                self.sheet.write_string(self.at, index, text, style)
        self.at += 1

    def note(self, text: str) -> None:
        """A line of words below the rows."""
        self.sheet.write_string(self.at, 1, clean(text), self.styles.note)
        self.at += 1

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
