"""Who won, as published: the list that a decision on awards is written from."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.phones import to_local
from contests.models import Contest
from reports import queries
from reports.exports.base import XLSX, Brief, Form
from reports.numbers import whole
from reports.participation import LABEL
from reports.workbook import Sheet, new_book

COLUMNS = [
    ("STT", 6), ("Giải", 20), ("Nội dung", 20), ("Họ và tên, tập thể", 30), ("Số điện thoại", 15), ("Công đoàn cơ sở", 34),
    ("Công đoàn cấp trên", 32), ("Hạng", 7), ("Kết quả", 40), ("Giá trị (đồng)", 14),
]  # fmt: skip
KINDS = ["whole", "text", "text", "text", "text", "text", "text", "whole", "text", "money"]


def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`."""
    rows, names = queries.won(brief.contest, brief.unit), queries.unit_names(brief.unit)
    brief.progress.start(max(1, len(rows)))
    total = sum(row.amount for row in rows)
    title = f"DANH SÁCH ĐẠT GIẢI: {whole(len(rows))} GIẢI, {whole(total)} ĐỒNG"
    note = "Theo danh sách đã công bố." if rows else "Chưa có giải nào được công bố cho đơn vị này."
    with new_book(path, brief.scratch, brief.head) as (book, styles):
        sheet = Sheet(book, styles, "Danh sách đạt giải", COLUMNS, brief.head, title, note)
        for number, row in enumerate(rows, 1):
            phone = to_local(row.phone) if row.phone.startswith("+") else row.phone
            above = names.get(row.path[:-LABEL], "")
            sheet.row(
                [number, row.prize, row.of, row.name, phone, row.unit, above, row.place, row.why, row.amount], KINDS
            )
            brief.progress.step()
        if not rows:
            brief.progress.step()
        last = sheet.at
        sheet.row(["", "TỔNG CỘNG", *[""] * 7, total], KINDS, bold=True)
        sheet.sign()
        sheet.finish(filter_to=last)


def figures(contest: Contest, unit: Unit) -> dict[str, int]:
    """How many prizes, worth how much."""
    rows = queries.won(contest, unit)
    return {"Số giải": len(rows), "Tổng giá trị giải (đồng)": sum(row.amount for row in rows)}


FORM = Form(
    "winners", _("Danh sách đạt giải (Excel)"), ".xlsx", XLSX, "Danh sách đạt giải", write,
    about=_("Theo kết quả đã công bố, trong phạm vi đơn vị."), personal=True, figures=figures,
)  # fmt: skip
