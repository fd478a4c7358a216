"""Item analysis, a line a question and a line an option, for those who own the contest and once its bank rests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from accounts.scope import Scope
from contests.models import Contest, Round
from contests.queries.review import bank_rests_from
from contests.queries.shown import LETTERS
from reports.exports.base import XLSX, Brief, Form
from reports.item_queries import RoundItems, round_items
from reports.items import FLAGS
from reports.workbook import Sheet, new_book

ROUNDS = [
    ("STT", 6), ("Đợt", 18), ("Số người", 10), ("Số bài phân tích", 11), ("Số câu một đề", 10), ("Điểm trung bình (câu)", 12), ("Độ lệch chuẩn (câu)", 12),
    ("Độ tin cậy KR-20 / alpha", 14), ("Sai số của độ tin cậy", 12), ("Sai số chuẩn của phép đo (câu)", 14), ("Câu đã huỷ", 24),
]  # fmt: skip
ROUND_KINDS = ["whole", "text", "whole", "whole", "score", "score", "score", "score", "score", "score", "text"]
QUESTIONS = [
    ("STT", 6), ("Đợt", 14), ("Mã", 10), ("Chủ đề", 20), ("Câu hỏi", 56), ("Số bài", 9), ("Bỏ trống", 9), ("Tỷ lệ điểm (%)", 9), ("Độ phân biệt D", 10),
    ("Tương quan với phần còn lại", 12), ("Giây (trung vị)", 9), ("Nên làm gì", 60),
]  # fmt: skip
QUESTION_KINDS = [
    "whole",
    "text",
    "text",
    "text",
    "lines",
    "whole",
    "whole",
    "rate",
    "score",
    "score",
    "whole",
    "lines",
]
OPTIONS = [
    ("STT", 6), ("Đợt", 14), ("Mã", 10), ("Phương án", 10), ("Nội dung", 56), ("Đáp án", 9), ("Số người chọn", 10), ("Tỷ lệ (%)", 9),
    ("Nhóm giỏi 27 % (%)", 10), ("Nhóm yếu 27 % (%)", 10),
]  # fmt: skip
OPTION_KINDS = ["whole", "text", "text", "text", "lines", "text", "whole", "rate", "rate", "rate"]
NOTE = "Mỗi người chỉ tính bài đầu. “—”: không xác định được."
ABOUT_QUESTIONS = (
    "D: tỷ lệ điểm của 27 % người làm tốt phần còn lại nhất trừ đi của 27 % yếu nhất; từ 0,30 là tốt, dưới 0 phải xem lại đáp án. "
    "Thời gian là ước tính từ lúc các câu trả lời tới máy chủ."
)


def open_to(contest: Contest, scope: Scope, now: datetime) -> bool:
    """For staff above the unit that holds the contest, when no round may draw its questions any more: it names the keys."""
    last = contest.rounds.select_related("contest").last()
    return last is not None and scope.reaches(contest.organizer.path) and bank_rests_from(last) <= now


def write(path: Path, brief: Brief) -> None:
    """Write the whole workbook at `path`."""
    rounds = list(Round.objects.filter(contest=brief.contest).select_related("contest").order_by("number"))
    brief.progress.start(len(rounds))
    found = []
    for round_ in rounds:
        found.append(round_items(round_, brief.unit))
        brief.progress.step()
    with new_book(path, brief.scratch, brief.head) as (book, styles):
        _rounds(Sheet(book, styles, "Độ tin cậy", ROUNDS, brief.head, "ĐỘ TIN CẬY CỦA TỪNG ĐỢT", NOTE), found)
        note = f"{NOTE} {ABOUT_QUESTIONS}"
        _questions(Sheet(book, styles, "Câu hỏi", QUESTIONS, brief.head, "PHÂN TÍCH CÂU HỎI", note), found)
        _options(Sheet(book, styles, "Phương án", OPTIONS, brief.head, "PHÂN TÍCH PHƯƠNG ÁN", NOTE), found)


def _rounds(sheet: Sheet, found: list[RoundItems]) -> None:
    for number, one in enumerate(found, 1):
        it = one.reliability
        sheet.row(
            [number, one.round.title, one.sat, one.taken, it.length or None, it.mean, it.sd, it.alpha, it.alpha_error, it.measurement_error,
             ", ".join(version.question.code for version in one.void)],
            ROUND_KINDS,
        )  # fmt: skip
    last = sheet.at
    sheet.sign()
    sheet.finish(filter_to=last)


def _questions(sheet: Sheet, found: list[RoundItems]) -> None:
    number = 0
    for one in found:
        for version, item in one.items:
            number += 1
            sheet.row(
                [number, one.round.title, version.question.code, version.topic.name, version.stem, item.papers, item.empty, item.facility,
                 item.discrimination, item.item_rest, None if item.seconds is None else round(item.seconds),
                 "\n".join(FLAGS[flag] for flag in item.flags)],
                QUESTION_KINDS,
            )  # fmt: skip
    sheet.finish(filter_to=sheet.at)


def _options(sheet: Sheet, found: list[RoundItems]) -> None:
    number = 0
    for one in found:
        for version, item in one.items:
            for letter, text, option in zip(LETTERS, version.options, item.options, strict=False):
                number += 1
                sheet.row(
                    [number, one.round.title, version.question.code, letter, text, "đúng" if option.right else "", option.chosen, option.share,
                     option.best, option.weakest],
                    OPTION_KINDS,
                )  # fmt: skip
    sheet.finish(filter_to=sheet.at)


FORM = Form(
    "items", _("Phân tích câu hỏi (Excel)"), ".xlsx", XLSX, "Phân tích câu hỏi", write,
    about=_("Độ khó, độ phân biệt, phương án nhiễu, độ tin cậy của đề; có đáp án, nên chỉ mở khi mọi đợt đã kết thúc."), personal=False, open_to=open_to,
)  # fmt: skip
