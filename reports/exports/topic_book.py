"""Which topics and which articles are weak, and where: what the next training is planned from. It names no question and no key."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from accounts.scope import Scope
from contests.models import Contest, Round
from reports.exports.base import XLSX, Brief, Form
from reports.item_queries import keys_rest, round_papers, together
from reports.mastery import LEAST, Known, known_by, known_by_unit, weakest_first
from reports.participation import LABEL, figures_of
from reports.workbook import Sheet, new_book

TOPICS = [
    ("STT", 6),
    ("Chủ đề", 46),
    ("Số người", 10),
    ("Số câu trả lời", 12),
    ("Tỷ lệ điểm (%)", 10),
    ("Nhận xét", 40),
]
TOPIC_KINDS = ["whole", "text", "whole", "whole", "rate", "text"]
SOURCES = [
    ("STT", 6), ("Văn bản", 46), ("Điều khoản", 24), ("Số người", 10), ("Số câu trả lời", 12), ("Tỷ lệ điểm (%)", 10),
    ("Nhận xét", 40),
]  # fmt: skip
SOURCE_KINDS = ["whole", "text", "text", "whole", "whole", "rate", "text"]
MOST_TOPICS = 30  # columns of the sheet of units
WEAK, STRONG = 0.5, 0.8
NOTE = f"Tỷ lệ điểm: số điểm đạt được trên số điểm tối đa; câu bỏ trống tính 0. Mỗi người chỉ tính bài đầu của mỗi đợt. “—”: dưới {LEAST} người."


def open_to(contest: Contest, scope: Scope, now: datetime) -> bool:
    """When no round may draw its questions any more."""
    return keys_rest(contest, now)


def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`."""
    rounds = list(Round.objects.filter(contest=brief.contest).select_related("contest").order_by("number"))
    brief.progress.start(len(rounds))
    read = []
    for round_ in rounds:
        read.append(round_papers(round_, brief.unit))
        brief.progress.step()
    answers, paths = together(read)
    asked = [version for one in read for version in one.asked]
    topics = [version.topic.name for version in asked]
    sources = [(version.document or version.other_source, version.article) for version in asked]
    with new_book(path, brief.scratch, brief.head) as (book, styles):
        _topics(
            Sheet(book, styles, "Theo chủ đề", TOPICS, brief.head, "MỨC NẮM VỮNG THEO CHỦ ĐỀ", NOTE),
            known_by(answers, topics),
        )
        _sources(
            Sheet(book, styles, "Theo điều luật", SOURCES, brief.head, "MỨC NẮM VỮNG THEO ĐIỀU LUẬT", NOTE),
            known_by(answers, sources),
        )
        names = list(dict.fromkeys(topics))[:MOST_TOPICS]
        columns = [("STT", 6), ("Đơn vị", 46), *((name, 14) for name in names)]
        sheet = Sheet(book, styles, "Theo đơn vị", columns, brief.head, "TỶ LỆ ĐIỂM (%) THEO ĐƠN VỊ VÀ CHỦ ĐỀ", NOTE)
        _units(sheet, brief, known_by_unit(answers, topics, [_child(brief, one) for one in paths]), names)


FORM = Form(
    "topics", _("Mức nắm vững theo chủ đề (Excel)"), ".xlsx", XLSX, "Mức nắm vững theo chủ đề", write,
    about=_("Chủ đề và điều luật còn yếu, theo từng đơn vị, để chọn nội dung tuyên truyền; mở khi mọi đợt đã kết thúc."), personal=False,
    open_to=open_to,
)  # fmt: skip


def _child(brief: Brief, path: str) -> str:
    """The unit right below the chosen one; those who belong to it directly stay at its own path."""
    return path[: len(brief.unit.path) + LABEL]


def _said(known: Known) -> str:
    if known.share is None:
        return ""
    if known.share < WEAK:
        return "Còn yếu: nên tuyên truyền lại"
    return "Nắm vững" if known.share >= STRONG else ""


def _topics(sheet: Sheet, known: dict[str, Known]) -> None:
    for number, (name, it) in enumerate(weakest_first(known), 1):
        sheet.row([number, name, it.people, it.answers, it.share, _said(it)], TOPIC_KINDS)
    last = sheet.at
    sheet.sign()
    sheet.finish(filter_to=last)


def _sources(sheet: Sheet, known: dict[tuple[str, str], Known]) -> None:
    for number, ((document, article), it) in enumerate(weakest_first(known), 1):
        sheet.row([number, document, article, it.people, it.answers, it.share, _said(it)], SOURCE_KINDS)
    sheet.finish(filter_to=sheet.at)


def _units(sheet: Sheet, brief: Brief, known: dict[tuple[str, str], Known], names: list[str]) -> None:
    number = 0
    for each in figures_of(brief.table):
        direct = each.path == brief.unit.path
        cells = [known.get((each.path, name)) for name in names]
        if not any(cells):
            continue
        number += 1
        name = f"{each.name} (trực tiếp)" if direct else each.name
        shares = [it.share if it else None for it in cells]
        sheet.row([number, name, *shares], ["whole", "text", *["rate"] * len(names)])
    sheet.finish(filter_to=sheet.at)
