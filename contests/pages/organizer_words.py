"""What was done to a contest, a round or an attempt, in plain sentences for the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from contests.models import AttemptEvent, ContestEvent
from contests.queries.review import LETTERS
from contests.templatetags.words import day_and_time, points


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
            # The reason in an extension's event is the one for giving it.
            "" if event.what == "extension_revoked" else str(event.detail.get("reason", "")),
        )
        for event in events
    ]


def gift_words(minutes: int, attempts: int, closes_at: datetime | None) -> str:
    """What an extension gives: thêm 10 phút, thêm 1 lượt, đóng lúc 22/11/2026 21:00."""
    parts = []
    if minutes:
        parts.append(_("thêm %(n)s phút") % {"n": minutes})
    if attempts:
        parts.append(_("thêm %(n)s lượt") % {"n": attempts})
    if closes_at:
        parts.append(_("đóng lúc %(moment)s") % {"moment": day_and_time(closes_at)})
    return ", ".join(parts)


def attempt_lines(events: list[AttemptEvent]) -> list[EventLine]:
    """What was done to one attempt, line by line; a kind that is unknown here shows its name."""
    return [
        EventLine(
            event.at,
            str(event.actor) if event.actor else _("thí sinh") if event.what == "taken_over" else _("hệ thống"),
            _done(event),
            event.reason,
        )
        for event in events
    ]


def _done(event: AttemptEvent) -> str:
    before = event.detail.get("points")
    if event.what == "voided":
        return _("Huỷ kết quả, lúc ấy được %(points)s điểm") % {"points": points(before or 0)}
    if event.what == "late_accepted":
        changes = [
            _("câu %(number)s: %(before)s thành %(after)s")
            % {"number": number, "before": _chosen(old), "after": _chosen(new)}
            for number, (old, new) in event.detail.get("answers", {}).items()
        ]
        return _("Tính câu đến trễ (%(changes)s); trước đó được %(points)s điểm") % {
            "changes": "; ".join(changes),
            "points": points(before or 0),
        }
    if event.what == "essay_marked":
        return _("Chấm xong bài tự luận câu %(number)s; trước đó được %(points)s điểm") % {
            "number": event.detail.get("question"),
            "points": points(before or 0),
        }
    words = {
        "taken_over": _("Chuyển bài sang máy khác"), "restored": _("Khôi phục kết quả"), "appeal_filed": _("Gửi khiếu nại"),
        "appeal_withdrawn": _("Rút khiếu nại"), "appeal_in_review": _("Nhận xem xét khiếu nại"),
        "organizers_asked": _("Hỏi ban tổ chức"), "organizers_answered": _("Trả lời câu hỏi của thí sinh"),
        "appeal_upheld": _("Chấp nhận khiếu nại"), "appeal_rejected": _("Không chấp nhận khiếu nại"),
    }  # fmt: skip
    return words.get(event.what, event.what)


def _chosen(choice: list[int] | None) -> str:
    return ", ".join(LETTERS[place] for place in choice) if choice else _("bỏ trống")


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
    if event.what in ("extension_given", "extension_revoked"):
        text = (
            _("Gia hạn đợt %(number)s cho %(whom)s: %(gift)s")
            if event.what == "extension_given"
            else _("Thu hồi gia hạn đợt %(number)s của %(whom)s: %(gift)s")
        )
        return text % {
            "number": detail.get("round"),
            "whom": detail.get("member") or detail.get("unit") or _("cả đợt"),
            "gift": gift_words(
                detail.get("minutes", 0), detail.get("attempts", 0), parse_datetime(detail.get("closes_at") or "")
            ),
        }
    if event.what in ("key_ruled", "key_ruling_undone"):
        return _ruled(event)
    if event.what in ("excluded", "no_prizes", "readmitted"):
        text = {
            "excluded": _("Loại khỏi xếp hạng: %(name)s"), "no_prizes": _("Không trao giải: %(name)s"),
            "readmitted": _("Xếp hạng trở lại: %(name)s"),
        }[event.what]  # fmt: skip
        return text % {"name": detail.get("member", "")}
    if event.what == "closed":
        return _("Kết thúc sớm cuộc thi") if detail.get("early") else _("Kết thúc cuộc thi")
    if event.what == "rules_changed":
        parts = {
            "chain": _("thứ tự xếp hạng"), "over_rounds": _("cách cộng các đợt"), "divisions": _("các bảng"),
            "eligibility": _("ai được dự thi"), "unit_boards": _("bảng đơn vị"), "prizes": _("giải thưởng"),
            "one_prize": _("mỗi người mấy giải"), "appeal_days": _("thời hạn khiếu nại"),
        }  # fmt: skip
        return _("Sửa luật: %(parts)s") % {
            "parts": ", ".join(parts.get(name, name) for name in detail.get("changes", {}))
        }
    if event.what == "tie_decided":
        return _("Quyết định thứ tự giữa %(count)s người bằng nhau cho %(prize)s") % {
            "count": detail.get("people"),
            "prize": detail.get("prize"),
        }
    if event.what in ("opening_set", "opening_failed", "extend_undone"):
        return {
            "opening_set": _("Hẹn tự mở lúc %(moment)s"), "opening_failed": _("Không tự mở được lúc %(moment)s"),
            "extend_undone": _("Rút lại việc kéo dài đợt %(number)s"),
        }[event.what] % {"moment": _moment(detail.get("at")), "number": detail.get("round")}  # fmt: skip
    number = {"number": detail.get("list")}
    words = {
        "winners_proposed": _("Đề xuất danh sách đạt giải số %(number)s") % number,
        "winners_verified": _("Kiểm tra danh sách đạt giải số %(number)s") % number,
        "winners_published": _("Công bố danh sách đạt giải số %(number)s") % number,
        "winners_withdrawn": _("Rút lại danh sách đạt giải số %(number)s") % number,
        "winners_outdated": _("Kết quả thay đổi sau khi công bố danh sách số %(number)s") % number,
        "certificates_issued": _("Cấp %(n)s giấy chứng nhận") % {"n": detail.get("issued")},
        "certificate_revoked": _("Thu hồi giấy chứng nhận số %(serial)s của %(name)s") % {"serial": detail.get("serial"), "name": detail.get("name")},
        "certificate_restored": _("Cho giấy chứng nhận số %(serial)s của %(name)s có hiệu lực trở lại") % {"serial": detail.get("serial"), "name": detail.get("name")},
        "created": _("Tạo bản nháp"), "opened": _("Mở cuộc thi"), "reopened": _("Mở lại cuộc thi"),
        "round_added": _("Thêm đợt %(number)s") % {"number": detail.get("round")},
        "round_removed": _("Bỏ đợt %(number)s") % {"number": detail.get("round")},
        "settled": _("Chốt số đúng của câu hỏi phụ đợt %(number)s") % {"number": detail.get("round")},
        "finalists": _("Chọn %(n)s người vào đợt %(number)s") % {"n": detail.get("people"), "number": detail.get("round")},
        "roster_added": _("Thêm %(n)s người vào danh sách dự thi") % {"n": detail.get("added")},
        "roster_removed": _("Bỏ một người khỏi danh sách dự thi"),
        "paused": _("Tạm dừng: không ai vào thi mới"), "opening_cancelled": _("Bỏ hẹn giờ mở"),
        "opening_undone": _("Rút về bản nháp"), "cloned": _("Nhân bản từ một cuộc thi trước"),
        "resumed": _("Cho thi tiếp, có dời giờ đóng") if detail.get("given_back") else _("Cho thi tiếp"),
        "rule_set_loaded": _("Nhập thể lệ từ tệp"),
        "announced": _("Gửi thông báo: %(text)s") % {"text": detail.get("text")},
        "announcement_corrected": _("Sửa thông báo thành: %(text)s") % {"text": detail.get("text")},
        "announcement_withdrawn": _("Rút thông báo: %(text)s") % {"text": detail.get("text")},
        "clue_marked": _("Xem xét một dấu hiệu bất thường"),
        "bank_exported": _("Tải xuống %(n)s câu hỏi kèm đáp án, dạng %(form)s") % {"n": detail.get("questions"), "form": _("tệp gốc đã tải lên") if detail.get("form") == "source" else detail.get("form")},
        "papers_printed": _("Tải đề giấy đợt %(number)s: %(n)s mã đề, số bốc đề %(seed)s") % {"number": detail.get("round"), "n": detail.get("versions"), "seed": detail.get("seed")},
        "keys_printed": _("Tải bảng đáp án đề giấy đợt %(number)s, số bốc đề %(seed)s") % {"number": detail.get("round"), "seed": detail.get("seed")},
        "rules_published": _("Công bố thể lệ, bản số %(number)s") % {"number": detail.get("number")},
    }  # fmt: skip
    said = words.get(event.what, event.what)
    if event.what.endswith("_printed") and "contest" in detail:  # of another contest that draws from the same bank
        return _("%(what)s, của cuộc thi “%(title)s” cùng ngân hàng câu hỏi") % {
            "what": said,
            "title": detail["contest"],
        }
    return said


def _ruled(event: ContestEvent) -> str:
    detail = event.detail
    words = {
        "void": _("Huỷ câu %(code)s"), "replace": _("Sửa đáp án câu %(code)s"), "accept_also": _("Nhận thêm đáp án câu %(code)s"),
    }  # fmt: skip
    what = words.get(str(detail.get("kind")), "%(code)s") % {"code": detail.get("question", "")}
    if event.what == "key_ruling_undone":
        what = _("Thu hồi quyết định: %(what)s") % {"what": what}
    return _("%(what)s; %(count)s lượt chấm lại") % {"what": what, "count": detail.get("changed", 0)}


def _moment(text: str | None) -> str:
    instant = parse_datetime(text or "")
    return f"{timezone.localtime(instant):%d/%m/%Y %H:%M}" if instant else ""
