"""A contest's events in plain sentences, for its page in the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from contests.models import ContestEvent


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the diary: when, who, what."""

    at: datetime
    who: str
    what: str
    why: str = ""


def event_lines(events: list[ContestEvent]) -> list[EventLine]:
    """Each event as a line; a kind that is unknown here shows its name."""
    return [
        EventLine(
            event.at,
            str(event.actor) if event.actor else _("hệ thống"),
            _what(event),
            str(event.detail.get("reason", "")),
        )
        for event in events
    ]


def _what(event: ContestEvent) -> str:
    detail = event.detail
    if event.what == "changed":
        fields = {
            "title": _("tên"), "summary": _("giới thiệu"), "audience": _("đơn vị dự thi"), "opens_at": _("giờ mở"),
            "closes_at": _("giờ đóng"), "rules": _("thể lệ"),
        }  # fmt: skip
        changed = ", ".join(fields.get(name, name) for name in detail.get("changes", {}))
        if "round" in detail:
            return _("Sửa đợt %(number)s: %(fields)s") % {"number": detail["round"], "fields": changed}
        return _("Sửa %(fields)s") % {"fields": changed}
    if event.what == "extended":
        return _("Kéo dài đợt %(number)s đến %(moment)s") % {
            "number": detail.get("round"),
            "moment": _moment(detail.get("after")),
        }
    if event.what == "closed":
        return _("Kết thúc sớm cuộc thi") if detail.get("early") else _("Kết thúc cuộc thi")
    words = {
        "created": _("Tạo bản nháp"), "opened": _("Mở cuộc thi"), "reopened": _("Mở lại cuộc thi"),
        "round_added": _("Thêm đợt %(number)s") % {"number": detail.get("round")},
        "round_removed": _("Bỏ đợt %(number)s") % {"number": detail.get("round")},
    }  # fmt: skip
    return words.get(event.what, event.what)


def _moment(text: str | None) -> str:
    instant = parse_datetime(text or "")
    return f"{timezone.localtime(instant):%d/%m/%Y %H:%M}" if instant else ""
