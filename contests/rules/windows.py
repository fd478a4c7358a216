"""Opening windows inside a round: sittings on fixed days and hours of the week, in Vietnam's time.

A round without windows is open from its opening to its close. With windows it is open only inside them, and an attempt
ends with the window in which it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from contests.rules.reading import Reader

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MOST_WINDOWS = 21  # three a day
DAY = 24 * 60  # minutes
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Every week on `day` (1 Monday … 7 Sunday) from `opens` up to `closes`, minutes after midnight (1440: midnight)."""

    day: int
    opens: int
    closes: int

    @property
    def clock(self) -> tuple[str, str]:
        """Both times as people write them: 07:00, 24:00."""
        return _clock(self.opens), _clock(self.closes)


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of time, open in [opens_at, closes_at)."""

    opens_at: datetime
    closes_at: datetime


def openings(windows: Sequence[Window], opens_at: datetime, closes_at: datetime) -> list[Opening]:
    """When a round is open, in order and in UTC; without windows one stretch. Windows are cut to the round."""
    start, end = opens_at.astimezone(UTC), closes_at.astimezone(UTC)
    if not windows:
        return [Opening(start, end)]
    found = []
    day = opens_at.astimezone(VIETNAM).date()
    while datetime.combine(day, time(), VIETNAM) < end:
        midnight = datetime.combine(day, time(), VIETNAM).astimezone(UTC)
        for window in sorted(windows):
            if window.day == day.isoweekday():
                opening = Opening(
                    max(start, midnight + timedelta(minutes=window.opens)),
                    min(end, midnight + timedelta(minutes=window.closes)),
                )
                if opening.opens_at < opening.closes_at:
                    found.append(opening)
        day += timedelta(days=1)
    return found


def opening_at(windows: Sequence[Window], opens_at: datetime, closes_at: datetime, now: datetime) -> Opening | None:
    """The stretch that is open at `now`."""
    return next((one for one in openings(windows, opens_at, closes_at) if one.opens_at <= now < one.closes_at), None)


def opening_for(
    windows: Sequence[Window], opens_at: datetime, closes_at: datetime, own_close: datetime, now: datetime
) -> Opening | None:
    """The stretch in which somebody may begin now; `own_close` is their close, extensions counted.

    A later close of one's own is open from the round's close on: it makes good for windows that were missed.
    """
    now, last = now.astimezone(UTC), own_close.astimezone(UTC)
    if not windows:
        return Opening(opens_at.astimezone(UTC), last) if opens_at <= now < last else None
    if now >= closes_at:
        return Opening(closes_at.astimezone(UTC), last) if now < last else None
    return opening_at(windows, opens_at, closes_at, now)


def next_opening(windows: Sequence[Window], opens_at: datetime, closes_at: datetime, now: datetime) -> Opening | None:
    """The first stretch that begins after `now`."""
    return next((one for one in openings(windows, opens_at, closes_at) if one.opens_at > now), None)


def read_windows(reader: Reader) -> tuple[Window, ...]:
    """The setting `windows`: [{"day": 2, "opens": "19:00", "closes": "21:00"}, …]; absent is none."""
    read = [_read_window(one) for one in reader.each("windows", MOST_WINDOWS)]
    windows = tuple(sorted(one for one in read if one))
    for before, after in pairwise(windows):
        if before.day == after.day and after.opens < before.closes:
            reader.note("windows", "overlap", "Hai khung giờ của một ngày chồng lên nhau; hãy gộp hoặc sửa lại.")
    return windows


def dump_windows(windows: Sequence[Window]) -> list[dict[str, Any]]:
    """The setting as plain JSON values."""
    return [{"day": one.day, "opens": one.clock[0], "closes": one.clock[1]} for one in windows]


def _read_window(reader: Reader) -> Window | None:
    reader.refuse_unknown({"day", "opens", "closes"})
    found = len(reader.problems)
    day = reader.whole("day", range(1, 8), "(1 là Thứ Hai, 7 là Chủ nhật)")
    opens, closes = _read_clock(reader, "opens"), _read_clock(reader, "closes")
    if len(reader.problems) == found and opens >= closes:
        reader.note("closes", "not_after", "Giờ kết thúc khung phải sau giờ bắt đầu, trong cùng một ngày.")
    return Window(day, opens, closes) if len(reader.problems) == found else None


def _read_clock(reader: Reader, field: str) -> int:
    hours, colon, minutes = str(reader.data.get(field, "")).partition(":")
    if colon and len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        value = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and value <= DAY:
            return value
    reader.note(field, "not_a_time", "Phải là giờ và phút, ví dụ 07:00; nửa đêm cuối ngày là 24:00.")
    return 0


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
