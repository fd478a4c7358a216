"""What a share kit says of a contest, and the texts that people paste into Zalo, Facebook and a letter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))  # no summer time since 1975
DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
ROUNDS_LISTED = 6


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """One round as people are told of it; `attempts` None: as often as one likes."""

    title: str
    opens_at: datetime
    closes_at: datetime
    questions: int
    minutes: int
    attempts: int | None


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """Everything that a poster, a card or a text may say. `link` is the short one."""

    title: str
    unit: str
    audience: str
    summary: str
    link: str
    rounds: tuple[RoundFacts, ...]

    @property
    def digest(self) -> str:
        """Changes when anything that is shown changes."""
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).hexdigest()[:16]

    @property
    def short_link(self) -> str:
        """The link as people type it, without https://."""
        return self.link.removeprefix("https://").removeprefix("http://")

    @property
    def when(self) -> str:
        """Từ 08:00 thứ Hai 30/11/2026 đến 21:00 Chủ nhật 27/12/2026; an evening: 19:30–21:30 thứ Ba 24/11/2026."""
        if not self.rounds:
            return ""
        opens = min(one.opens_at for one in self.rounds)
        closes = max(one.closes_at for one in self.rounds)
        if len(self.rounds) == 1 and _day(opens) == _day(closes):
            return f"{_clock(opens)}–{_clock(closes)} {_day(opens)}"
        return f"Từ {_clock(opens)} {_day(opens)} đến {_clock(closes)} {_day(closes)}"

    @property
    def paper(self) -> str:
        """Mỗi đề 20 câu, 30 phút; 2 lượt mỗi đợt. Empty where the rounds differ: the rules page says it then."""
        terms = {(one.questions, one.minutes, one.attempts) for one in self.rounds}
        if len(terms) != 1:
            return ""
        [(questions, minutes, attempts)] = terms
        often = "không giới hạn số lượt" if attempts is None else f"{attempts} lượt"
        return f"Mỗi đề {questions} câu, {minutes} phút; {often}{' mỗi đợt' if len(self.rounds) > 1 else ''}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M}"


def _day(at: datetime) -> str:
    local = at.astimezone(VIETNAM)
    return f"{DAYS[local.weekday()]} {local:%d/%m/%Y}"


def _rounds(facts: ShareFacts) -> list[str]:
    if not 1 < len(facts.rounds) <= ROUNDS_LISTED:
        return []
    return [
        f"• {one.title}: {_clock(one.opens_at)} {_day(one.opens_at)} – {_clock(one.closes_at)} {_day(one.closes_at)}"
        for one in facts.rounds
    ]


def texts(facts: ShareFacts) -> Sequence[tuple[str, str, str]]:
    """(name, subject, text) for Zalo, Facebook and e-mail, ready to paste."""
    return (("Zalo", "", zalo(facts)), ("Facebook", "", facebook(facts)), ("Thư điện tử", subject(facts), email(facts)))


def zalo(facts: ShareFacts) -> str:
    """Short: a group chat is read on the way."""
    lines = [f"MỜI THI: {facts.title}", facts.when, f"Dành cho: {facts.audience}", f"Vào thi: {facts.link}"]
    return "\n".join(line for line in lines if line)


def facebook(facts: ShareFacts) -> str:
    """A post: the summary first, then when and how."""
    lines = [
        facts.title, "", facts.summary, "", facts.when, *_rounds(facts), facts.paper, f"Đơn vị tổ chức: {facts.unit}",
        f"Dành cho: {facts.audience}", "", f"Thi ngay trên điện thoại: {facts.link}",
    ]  # fmt: skip
    return _tidy(lines)


def subject(facts: ShareFacts) -> str:
    """The subject of the letter."""
    return f"Mời dự thi: {facts.title}"


def email(facts: ShareFacts) -> str:
    """A letter to grassroots unions, to be sent on."""
    lines = [
        "Kính gửi các đồng chí,", "", f"{facts.unit} tổ chức cuộc thi “{facts.title}”.", facts.summary, "",
        f"Thời gian: {facts.when}." if facts.when else "", *_rounds(facts), f"Đề thi: {facts.paper[0].lower()}{facts.paper[1:]}." if facts.paper else "",
        f"Đối tượng: {facts.audience} và các đơn vị trực thuộc.", "", "Cách dự thi:", f"1. Mở {facts.link} trên điện thoại hoặc máy tính.",
        "2. Tạo tài khoản bằng số điện thoại, chọn đơn vị công đoàn của mình.", "3. Bấm “Vào thi”. Bài được lưu sau từng câu.", "",
        "Đề nghị các đồng chí phổ biến đến đoàn viên, người lao động trong đơn vị.", "", "Trân trọng,", facts.unit,
    ]  # fmt: skip
    return _tidy(lines)


def _tidy(lines: Sequence[str]) -> str:
    """The lines without two empty ones in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
