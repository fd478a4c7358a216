"""CSV under the same headers as a workbook: comma, semicolon or tab, whatever the program that saved it took; and written.

A text that a spreadsheet would take for a formula is written behind an apostrophe and loses it again when it is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from contests.authoring.cells import cells_of
from contests.authoring.columns import HEADER_WITHIN, Column
from contests.authoring.draft import FileReading, QuestionDraft
from contests.authoring.guard import LAST_COLUMN, LAST_ROW, MAX_QUESTIONS, FileRefused
from contests.authoring.sheet import header_score, read_rows
from contests.authoring.texts import decoded
from contests.authoring.written import LeftOut, Written
from contests.authoring.xlsx import SheetRow

DELIMITERS = (",", ";", "\t")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")


def read_csv(data: bytes, filename: str) -> FileReading:
    """The questions of a .csv. Raises `FileRefused` for another encoding, an open quotation mark, too many rows."""
    text = decoded(data)
    head, _, rest = text.partition("\n")
    if head.lower().startswith("sep=") and len(head) == 5:  # Excel's own way to name the delimiter
        return read_rows(_rows(rest, head[4], first=2))
    return read_rows(_rows(text, _delimiter(text), first=1))


def _delimiter(text: str) -> str:
    """The one under which the top of the file looks most like a header."""
    top = text[:100_000].split("\n")[: HEADER_WITHIN + 10]

    def score(delimiter: str) -> tuple[int, int]:
        try:
            rows = [
                SheetRow(number, tuple(cells)) for number, cells in enumerate(csv.reader(top, delimiter=delimiter), 1)
            ]
        except csv.Error:
            return 0, 0
        return max(map(header_score, rows), default=0), max((len(row.cells) for row in rows), default=0)

    return max(DELIMITERS, key=score)


def _rows(text: str, delimiter: str, *, first: int) -> list[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, number, line = [], first - 1, first
    try:
        for cells in reader:
            number += 1
            if any(map(str.strip, cells)):
                if number > LAST_ROW:
                    raise FileRefused("too_many_rows", f"Tệp có hơn {MAX_QUESTIONS} câu; hãy chia thành nhiều tệp.")
                if any(map(str.strip, cells[LAST_COLUMN:])):
                    text = f"Dòng {number} có hơn {LAST_COLUMN} cột; hãy xoá các cột thừa."
                    raise FileRefused("too_many_cells", text)
                rows.append(SheetRow(number, tuple(map(_unguarded, cells[:LAST_COLUMN]))))
            line = first + reader.line_num
    except csv.Error as error:
        text = f"Từ dòng {line} trở đi không đọc được: có dấu ngoặc kép chưa đóng hoặc thừa. Hãy sửa rồi tải lại."
        raise FileRefused("bad_csv", text) from error
    return rows


def write_csv(drafts: Sequence[QuestionDraft]) -> Written:
    """Our columns, commas between, UTF-8 with the mark that makes Excel read it as such."""
    target, left_out = io.StringIO(newline=""), []
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(list(Column))
    count = 0
    for draft in drafts:
        cells = cells_of(draft)
        if isinstance(cells, str):
            left_out.append(LeftOut(draft.code, draft.stem, cells))
        else:
            writer.writerow([guarded(cells.get(column, "")) for column in Column])
            count += 1
    return Written(target.getvalue().encode("utf-8-sig"), count, tuple(left_out))


def guarded(text: str) -> str:
    """The text behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text
