"""The call list: grassroots units of which nobody took part, and a message for each unit above them, ready to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports import queries
from reports.exports.base import XLSX, Brief, Form
from reports.exports.participation_book import write_absent
from reports.numbers import whole
from reports.official import Course
from reports.participation import Absent, report_of
from reports.workbook import Sheet, new_book

COLUMNS = [("STT", 6), ("Công đoàn cấp trên", 40), ("Số CĐCS", 9), ("Tin nhắn để sao chép", 100)]
KINDS = ["whole", "text", "whole", "lines"]
NAMED = 200  # of one message; a cell holds 32,767 characters


def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`."""
    report = report_of(brief.table)
    course, link = queries.course_of(brief.contest), _link(brief)
    groups: dict[str, list[Absent]] = {}
    for absent in report.nobody:
        groups.setdefault(absent.parent or brief.unit.name, []).append(absent)
    brief.progress.start(len(report.nobody) + len(groups))
    with new_book(path, brief.scratch, brief.head) as (book, styles):
        write_absent(book, styles, brief.head, report, brief.progress)
        note = "Mỗi dòng một tin nhắn: bấm vào ô, chép, dán vào Zalo hoặc thư."
        sheet = Sheet(book, styles, "Tin nhắn", COLUMNS, brief.head, "TIN NHẮN NHẮC ĐƠN VỊ CHƯA CÓ NGƯỜI DỰ THI", note)
        for number, (name, units) in enumerate(groups.items(), 1):
            text = message(name, units, course, as_of=brief.as_of, link=link)
            sheet.row([number, name, len(units), text], KINDS)
            brief.progress.step()
        sheet.finish()


FORM = Form(
    "absent", _("Chưa có người dự thi (Excel)"), ".xlsx", XLSX, "Chưa có người dự thi", write,
    about=_("Công đoàn cơ sở còn vắng, kèm tin nhắn soạn sẵn cho từng công đoàn cấp trên."), personal=False,
)  # fmt: skip


def message(to: str, units: Sequence[Absent], course: Course, *, as_of: datetime, link: str) -> str:
    """What staff send to the unit above: who is missing, until when, where to go. After the close it asks for nothing."""
    local = timezone.localtime(as_of)
    lines = [
        f"Kính gửi {to},",
        f"Đến {local:%H:%M} ngày {local:%d/%m/%Y}, {whole(len(units))} công đoàn cơ sở sau chưa có người dự thi cuộc thi “{course.title}”:",
    ]
    for number, each in enumerate(units[:NAMED], 1):
        lines.append(f"{number}. {each.name}" + (f" ({whole(each.members)} đoàn viên)" if each.members else ""))
    if len(units) > NAMED:
        lines.append(f"và {whole(len(units) - NAMED)} đơn vị nữa (xem trang tính kèm theo).")
    if course.closes_at is None or as_of < course.closes_at:
        until = ""
        if course.closes_at:
            until = f" trước {timezone.localtime(course.closes_at):%H:%M ngày %d/%m/%Y}"
        lines.append(f"Đề nghị vận động đoàn viên, người lao động vào thi{until} tại {link}")
    return "\n".join(lines)


def _link(brief: Brief) -> str:
    return settings.SITE_URL + reverse("short_link", args=[brief.contest.share_code])
