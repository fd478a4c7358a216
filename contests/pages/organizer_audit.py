"""The console's log of a contest: every record of the audit chain, newest first, in words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.scope import Scope
from contests.models import AuditRecord
from contests.pages.organizer_guard import PER_PAGE, console_page, contest_in, organizers_only
from contests.queries.audit import People, people_in, records_of

WORDS = {
    "attempt.known": _("Lượt thi có từ trước khi có nhật ký"), "attempt.started": _("Bắt đầu lượt thi"),
    "attempt.submitted": _("Nộp bài"), "attempt.expired": _("Hết giờ, tự nộp bài"), "attempt.graded": _("Chấm bài"),
    "attempt.voided": _("Lượt thi không còn được tính"), "attempt.regraded": _("Chấm lại"),
    "attempt.taken_over": _("Bài chuyển sang máy khác"), "attempt.extended": _("Đổi giờ nộp của lượt thi"),
    "attempt.altered": _("Số liệu của lượt thi bị đổi"), "attempt.removed": _("Xóa lượt thi"),
    "ruling.taken_over": _("Thí sinh chuyển bài sang máy khác"), "ruling.voided": _("Huỷ kết quả"),
    "ruling.restored": _("Khôi phục kết quả"), "ruling.late_accepted": _("Tính câu trả lời đến trễ"),
    "ruling.event_altered": _("Quyết định về lượt thi bị sửa"), "ruling.event_removed": _("Quyết định về lượt thi bị xóa"),
    "contest.created": _("Tạo bản nháp"), "contest.changed": _("Sửa cuộc thi"), "contest.opened": _("Mở cuộc thi"),
    "contest.extended": _("Kéo dài đợt thi"), "contest.closed": _("Kết thúc cuộc thi"), "contest.reopened": _("Mở lại cuộc thi"),
    "contest.round_added": _("Thêm đợt thi"), "contest.round_removed": _("Bỏ đợt thi"),
    "contest.extension_given": _("Gia hạn"), "contest.extension_revoked": _("Thu hồi gia hạn"),
    "contest.bank_exported": _("Tải câu hỏi kèm đáp án"), "contest.papers_printed": _("Tải đề giấy"),
    "contest.keys_printed": _("Tải bảng đáp án đề giấy"),
    "contest.event_altered": _("Dòng nhật ký của ban tổ chức bị sửa"), "contest.event_removed": _("Dòng nhật ký của ban tổ chức bị xóa"),
    "contest.row_added": _("Lưu cuộc thi mới"), "contest.row_changed": _("Lưu thay đổi của cuộc thi"), "contest.row_removed": _("Xóa cuộc thi"),
    "round.added": _("Lưu đợt thi mới"), "round.changed": _("Lưu thể lệ hoặc giờ của đợt thi"), "round.removed": _("Xóa đợt thi"),
    "extension.given": _("Lưu gia hạn"), "extension.revoked": _("Lưu việc thu hồi gia hạn"), "extension.altered": _("Gia hạn bị sửa"),
    "extension.removed": _("Gia hạn bị xóa"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record as people read it. `attempt` leads to the attempt, where it still is one of the contest."""

    at: datetime
    what: str
    who: str
    attempt: uuid.UUID | None
    sitter: str
    position: int | None


@require_safe
@organizers_only
def records(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The records of a contest, newest first."""
    contest = contest_in(scope, slug)
    page = Paginator(records_of(contest), PER_PAGE).get_page(request.GET.get("page"))
    people = people_in(page.object_list, contest)
    lines = [_line(record, people) for record in page]
    return console_page(request, "audit", contest=contest, page=page, lines=lines, here="contest")


def _line(record: AuditRecord, people: People) -> RecordLine:
    """A kind that is unknown here shows its code."""
    return RecordLine(
        record.at, str(WORDS.get(record.what, record.what)),
        people.actors.get(record.actor, f"#{record.actor}") if record.actor else gettext("hệ thống"),
        record.attempt if record.attempt in people.sitters else None, people.sitters.get(record.attempt, ""), record.position,
    )  # fmt: skip
