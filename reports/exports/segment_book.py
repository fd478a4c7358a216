"""Participation by what members declared of themselves: a sheet of all segments, a sheet for each two of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from pathlib import Path

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from reports import segment_queries
from reports.exports.base import XLSX, Brief, Form
from reports.segment_words import DASH, HIDDEN, HOW, NAMES, RESULTS, WHY, group_name, groups_of, too_small
from reports.segments import SEGMENTS, UNSAID
from reports.suppression import HIDDEN as NOTHING
from reports.workbook import Sheet, new_book

COLUMNS = [
    ("STT", 6),
    ("Nhóm", 40),
    ("Số người dự thi", 14),
    ("Lượt thi", 14),
    ("Điểm trung bình", 14),
    ("Tỷ lệ đạt", 14),
]
KINDS = ["whole", "text", "whole", "whole", "score", "percent"]


@translation.override("vi")  # the words of groups follow the reader of a page; a file is in the language of its readers
def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`. Nothing enters it that the page would not show, and no exact count of the unit."""
    seen = segment_queries.seen(brief.contest, brief.unit, brief.as_of)
    if seen is None:  # large and never counted: a file may take its time
        until = segment_queries.midnight(brief.as_of)
        seen = segment_queries.Seen(segment_queries.segment_tables(brief.contest, brief.unit, until), until)
    tables, until = seen
    pairs = [] if tables.too_small else list(combinations(SEGMENTS, 2))
    day = timezone.localtime(until) - timedelta(days=1)
    note = f"Theo nhóm tính đến hết ngày {day:%d/%m/%Y}. {too_small() if tables.too_small else DASH}"
    brief.progress.start(1 + len(pairs))
    with new_book(path, brief.scratch, brief.head) as (book, styles):
        sheet = Sheet(book, styles, "Theo nhóm", COLUMNS, brief.head, "THAM GIA THEO NHÓM TỰ KHAI", note)
        lines = {} if tables.too_small else {each: tables.one(each, groups_of(each)) for each in SEGMENTS}
        for segment, each in lines.items():
            sheet.row(["", str(NAMES[segment]).upper(), "", "", "", ""], KINDS, bold=True)
            for number, (group, shown) in enumerate(each, 1):
                people, attempts = (HIDDEN if figure is None else figure for figure in (shown.people, shown.attempts))
                mean = None if shown.mean is None else shown.mean / 100
                sheet.row(
                    [number, group_name(segment, group), people, attempts, mean, shown.pass_rate], KINDS, indent=1
                )
        sheet.row(["", "TẤT CẢ", tables.people, tables.attempts, "", ""], KINDS, bold=True)
        for text in (HOW, WHY, RESULTS):
            sheet.note(str(text))
        sheet.sign()
        sheet.finish()
        brief.progress.step()
        for down, across in pairs:
            cells, names = tables.crossed(down, across), f"{NAMES[down]} và {str(NAMES[across]).lower()}"
            groups = [*groups_of(across), UNSAID]
            columns = [
                ("STT", 6),
                (str(NAMES[down]), 30),
                *((group_name(across, group), 13) for group in groups),
                ("Cả nhóm", 13),
            ]
            kinds = ["whole", "text", *["whole"] * (len(groups) + 1)]
            sheet = Sheet(book, styles, names, columns, brief.head, f"SỐ NGƯỜI DỰ THI: {names.upper()}", note)
            for number, (group, shown) in enumerate(lines[down], 1):
                row = [cells.get((group, other), NOTHING).people for other in groups]
                figures = [HIDDEN if figure is None else figure for figure in (*row, shown.people)]
                sheet.row([number, group_name(down, group), *figures], kinds)
            foot = [HIDDEN if line.shown.people is None else line.shown.people for line in lines[across]]
            sheet.row(["", "CẢ NHÓM", *foot, tables.people], kinds, bold=True)
            sheet.finish()
            brief.progress.step()


FORM = Form(
    "segments", _("Theo nhóm tự khai (Excel)"), ".xlsx", XLSX, "Theo nhóm", write,
    about=_("Tuổi, giới tính, trình độ, lĩnh vực, ca làm việc, vùng và từng hai nhóm với nhau; số làm tròn, nhóm ít người giữ kín."),
    personal=False,
)  # fmt: skip
