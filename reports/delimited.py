"""Rows as CSV, for people who put them into another system: what every csv form of `reports.exports` is written with.

UTF-8 with a byte order mark, semicolons between cells, decimal commas, CRLF: the signs that CLDR gives for Vietnamese (decimal “,”,
list “;”), and what Excel takes where the decimal sign of the computer is the comma. Where a computer is set to English, Excel shows each
line in one cell: that is seen at once and mended by Data → From Text, while commas between cells would have it read 147,25 as 14725
without a word. A line “sep=;” at the top would help there, but with it Excel no longer minds the byte order mark and breaks every
Vietnamese letter. Tried with LibreOffice; Excel itself has not been at hand.

The titles of the columns are the first line, as importers want them. What a sheet says above them stands below the rows, after an
empty line: contest, instant, code. Texts are guarded against formulas as in question files (`contests.authoring.csv_file`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from contests.authoring.csv_file import guarded
from reports.numbers import tenths
from reports.workbook import Head, clean

CSV = "text/csv; charset=utf-8"
DAY_SECONDS = 24 * 3600
_PHONE = re.compile(r"0\d{9,10}")


def write_rows(
    path: Path, head: Head, columns: Iterable[tuple[str, int]], kinds: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """The rows of a sheet, of the same values and kinds (`workbook.Styles.NUMBERS`), as a file at `path`."""
    as_of = timezone.localtime(head.as_of)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([title for title, _width in columns])
        for row in rows:
            writer.writerow([_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
        writer.writerow([])
        for text in (head.unit, f"Cuộc thi: {head.contest}", f"Số liệu lúc {as_of:%H:%M:%S} ngày {as_of:%d/%m/%Y} (giờ Việt Nam).", head.check):  # fmt: skip
            writer.writerow([_text(text)])


def _cell(value: Any, kind: str) -> str:
    """A value as the sheet shows it, in a form that no setting of a computer reads as another: what is not known is empty, 0.624 is
    62,4; a time is 00:06:12 and an instant 2026-11-23 10:05:07."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str):
        return _text(value)
    if kind == "rate":
        return tenths(value * 100).replace(".", "")
    if kind == "score":
        return f"{value:.2f}".replace(".", ",")
    if kind == "clock":
        seconds = round(value * DAY_SECONDS)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


def _text(text: str) -> str:
    """A phone number is spaced, 0912 345 678: in one piece a spreadsheet would take it for a number and drop its 0."""
    text = clean(text).strip()
    if _PHONE.fullmatch(text):
        return f"{text[:4]} {text[4:7]} {text[7:]}"
    return guarded(text)
