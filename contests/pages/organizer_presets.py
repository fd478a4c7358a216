"""Three beginnings for a contest, so that nobody faces an empty form. Starting values only: everything may be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Preset:
    """A beginning: how many questions, minutes and attempts, and when."""

    code: str
    title: str | Promise
    text: str | Promise
    round_title: str
    questions: int
    minutes: int
    attempts: int
    window: Callable[[datetime], Window]
    weeks: int = 1  # so many rounds, a week apart


def _next_week(now: datetime) -> Window:
    """From next Monday 08:00 to its Sunday 21:00, in Vietnam."""
    day = timezone.localdate(now)
    monday = day + timedelta(days=7 - day.weekday())
    return _at(monday, 8), _at(monday + timedelta(days=6), 21)


def _ten_days(now: datetime) -> Window:
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return _at(tomorrow, 8), _at(tomorrow + timedelta(days=9), 22)


def _evening(now: datetime) -> Window:
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return _at(tomorrow, 19, 30), _at(tomorrow, 21, 30)


def _at(day: Any, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


PRESETS: Mapping[str, Preset] = {
    preset.code: preset
    for preset in (
        Preset(
            "hang-tuan", _("Thi hằng tuần"), _("Bốn tuần, mỗi tuần một đợt: 20 câu, 30 phút, 2 lượt. Như cuộc thi toàn quốc."),
            "Tuần 1", 20, 30, 2, _next_week, weeks=4,
        ),
        Preset("muoi-ngay", _("Thi mười ngày"), _("20 câu, 15 phút, 1 lượt, một đợt mười ngày. Như cuộc thi của tỉnh."), "Đợt 1", 20, 15, 1, _ten_days),
        Preset("mot-toi", _("Thi một buổi tối"), _("10 câu, 10 phút, 1 lượt, trong hai giờ. Như hội thi của một đơn vị."), "Buổi thi", 10, 10, 1, _evening),
    )
}  # fmt: skip


def proposed_title(bank_name: str) -> str:
    """A title to begin with, from what the bank is about: “Tìm hiểu pháp luật lao động”."""
    about = bank_name.strip()
    for start in ("ngân hàng câu hỏi", "bộ câu hỏi", "ngân hàng"):
        if about.lower().startswith(start):
            about = about[len(start) :].strip(" :–-")
    if not about:
        return ""
    first = about.split()[0]
    return f"Tìm hiểu {about if first.isupper() and len(first) > 1 else about[0].lower() + about[1:]}"[:200]


def spread(total: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """`total` questions over topics by their sizes, none above its size; what is left over goes to the largest remainders."""
    have = sum(sizes.values())
    total = min(total, have)
    shares = {topic: total * size / have if have else 0 for topic, size in sizes.items()}
    counts = {topic: int(share) for topic, share in shares.items()}
    by_rest = sorted(shares, key=lambda topic: (counts[topic] - shares[topic], topic))
    for topic in by_rest[: total - sum(counts.values())]:
        counts[topic] += 1
    return counts
