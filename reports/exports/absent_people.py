"""Who of a contest's roster has not begun yet, in the order of given names: people to be called."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from accounts.phones import to_local
from accounts.scope import Scope
from contests.models import Contest
from reports import roster_queries
from reports.exports.base import XLSX, Brief, Form
from reports.numbers import whole
from reports.workbook import Sheet, new_book

COLUMNS = [("STT", 6), ("Họ và tên", 30), ("Số điện thoại hoặc email", 30), ("Công đoàn cơ sở", 44), ("Đã đến đâu", 30)]
KINDS = ["whole", "text", "text", "text", "text"]


def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`."""
    missing = roster_queries.missing_people(brief.contest, brief.unit)
    brief.progress.start(max(1, len(missing)))
    title = f"CHƯA VÀO THI: {whole(len(missing))} NGƯỜI TRONG DANH SÁCH ĐƯỢC DỰ THI"
    note = "Người chưa có tài khoản hoặc chưa chọn đơn vị chỉ có trong tệp của đơn vị mà cuộc thi dành cho."
    with new_book(path, brief.scratch, brief.head) as (book, styles):
        sheet = Sheet(book, styles, "Chưa vào thi", COLUMNS, brief.head, title, note if missing else "Không còn ai.")
        for number, one in enumerate(missing, 1):
            login = to_local(one.login) if one.login.startswith("+") else one.login
            sheet.row([number, one.name, login, one.unit, one.how_far], KINDS)
            brief.progress.step()
        if not missing:
            brief.progress.step()
        sheet.finish()


def open_to(contest: Contest, scope: Scope, now: datetime) -> bool:
    """Only where there is a roster to be missing from."""
    return roster_queries.has_roster(contest)


FORM = Form(
    "absent_people", _("Người chưa vào thi (Excel)"), ".xlsx", XLSX, "Người chưa vào thi", write,
    about=_("Ai trong danh sách được dự thi còn chưa vào, kèm số điện thoại để nhắc."), personal=True, open_to=open_to,
)  # fmt: skip
