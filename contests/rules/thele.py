"""The rules page (thể lệ) of a contest, written from its settings in Vietnamese and English.

Every number on the page comes from the settings and stands there once, so that the page and the judging cannot disagree.
What rounds have in common is said once; where they differ, each sentence names its rounds. Plain text: the template sets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal

from contests.rules import thele_words as words
from contests.rules.said import Said
from contests.rules.settings import RoundRules

Language = Literal["vi", "en"]

# Việt Nam has kept UTC+7 without summer time since 1975; a fixed offset needs no zone files on the server.
VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """One round as the page tells it; `opens_at` and `closes_at` are aware datetimes of any zone."""

    name: str
    opens_at: datetime
    closes_at: datetime
    rules: RoundRules


@dataclass(frozen=True, slots=True)
class ContestFacts:
    """All that the page needs to know. Names come as the organizer typed them; they are not translated."""

    title: str
    organiser: str
    audience: tuple[str, ...]  # names of units, each with all below it; empty: everyone with an account
    rounds: tuple[RoundFacts, ...]
    contact: str = ""  # whom to ask and to complain to: a phone number, an address, a name
    topic_names: Mapping[str, str] = field(default_factory=dict)  # code -> name; an unnamed topic shows its code


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


def rules_page(contest: ContestFacts, language: Language = "vi") -> list[Section]:
    """The page's sections in reading order. Raises ValueError for a language other than "vi" and "en"."""
    if language not in ("vi", "en"):
        raise ValueError(f"the rules page is not written in {language!r}")
    sections: list[tuple[Said, list[Said]]] = [
        (Said("Ai được dự thi", "Who may take part"), _who(contest)),
        (Said("Thời gian", "When"), _when(contest)),
        (Said("Đề thi", "The paper"), _per_round(contest, lambda rules: words.paper(rules, contest.topic_names))),
        (Said("Số lượt thi", "Attempts"), _per_round(contest, words.attempts)),
        (Said("Cách tính điểm", "Points"), [*_per_round(contest, words.points), *_adding_up(contest)]),
        (
            Said("Xếp hạng và khi bằng điểm", "Ranking and equal points"),
            [words.RANKING, *_per_round(contest, words.result_view)],
        ),
        (
            Said("Hết giờ và câu trả lời đến trễ", "Time and late answers"),
            [words.CLOCK, *_per_round(contest, words.lateness), words.EXTENSIONS],
        ),
        (Said("Mất mạng", "Losing the connection"), [words.CONNECTION, words.ONE_DEVICE]),
        (Said("Tên trên bảng xếp hạng", "Names on the board"), [words.NAMES]),
        (Said("Dữ liệu cá nhân", "Personal data"), _data(contest)),
    ]
    return [
        Section(getattr(title, language), tuple(getattr(said, language) for said in paragraphs))
        for title, paragraphs in sections
    ]


def _per_round(contest: ContestFacts, say: Callable[[RoundRules], Said]) -> list[Said]:
    """What `say` says of the rounds: once when they agree, else once for each group of rounds that does."""
    groups: dict[Said, list[str]] = {}
    for one in contest.rounds:
        groups.setdefault(say(one.rules), []).append(one.name)
    if len(groups) < 2:
        return list(groups)
    return [Said(f"{', '.join(names)}: {said.vi}", f"{', '.join(names)}: {said.en}") for said, names in groups.items()]


def _who(contest: ContestFacts) -> list[Said]:
    held = Said(
        f"Cuộc thi “{contest.title}” do {contest.organiser} tổ chức.",
        f"“{contest.title}” is held by {contest.organiser}.",
    )
    units = "; ".join(contest.audience)
    open_to = (
        Said(
            f"Người dự thi là đoàn viên, người lao động thuộc {units}, kể cả các đơn vị trực thuộc.",
            f"It is open to members and workers of {units}, including all units below.",
        )
        if units
        else Said(
            "Mọi đoàn viên, người lao động có tài khoản đều được dự thi.",
            "It is open to every member and worker with an account.",
        )
    )
    account = Said(
        "Mỗi người dùng một tài khoản của chính mình, khai đúng họ tên và đơn vị; không thi hộ, không nhờ người thi hộ.",
        "Everyone uses one account of their own, under their true name and unit, and sits in person.",
    )
    return [held.then(open_to), account]


def _when(contest: ContestFacts) -> list[Said]:
    if not contest.rounds:
        return [Said("Lịch thi chưa được công bố.", "The dates have not been announced yet.")]
    return [
        Said(
            f"{one.name}: {_moment_vi(one.opens_at)} đến {_moment_vi(one.closes_at, closing=True)} (giờ Việt Nam).",
            f"{one.name}: {_moment_en(one.opens_at)} to {_moment_en(one.closes_at, closing=True)} (Việt Nam time).",
        )
        for one in contest.rounds
    ]


def _adding_up(contest: ContestFacts) -> list[Said]:
    if len(contest.rounds) < 2:
        return []
    return [
        Said(
            "Kết quả cả cuộc thi là tổng điểm và tổng thời gian của lượt được tính ở các đợt.",
            "The result of the contest is the sum of points and of time over the counted attempts of all rounds.",
        )
    ]


def _data(contest: ContestFacts) -> list[Said]:
    paragraphs = [
        Said(
            "Họ tên, đơn vị, thông tin đăng nhập và bài làm của bạn chỉ dùng để tổ chức cuộc thi, xếp hạng và thống kê số người tham gia. "
            "Số điện thoại và thư điện tử không bao giờ hiện công khai. Bạn có quyền xem, sửa, xoá dữ liệu của mình và rút lại sự đồng ý.",
            "Your name, unit, login and answers are used only to hold the contest, to rank and to count who took part. "
            "Phone numbers and e-mail addresses are never public. You may see, correct and delete your data and withdraw your consent.",
        )
    ]
    if contest.contact:
        paragraphs.append(
            Said(f"Liên hệ, góp ý và khiếu nại: {contest.contact}.", f"Questions and complaints: {contest.contact}.")
        )
    return paragraphs


def _moment_vi(moment: datetime, *, closing: bool = False) -> str:
    clock, day = _clock_and_day(moment, closing=closing)
    return f"{clock} ngày {day:%d/%m/%Y}"


def _moment_en(moment: datetime, *, closing: bool = False) -> str:
    clock, day = _clock_and_day(moment, closing=closing)
    return f"{clock} on {day:%d/%m/%Y}"


def _clock_and_day(moment: datetime, *, closing: bool) -> tuple[str, datetime]:
    """Clock and day in Việt Nam. A round that closes at midnight closes at 24:00 of the day that ends, as people say it."""
    if moment.utcoffset() is None:
        raise ValueError("a datetime without a time zone has no place in the rules")
    local = moment.astimezone(VIETNAM)
    if closing and (local.hour, local.minute, local.second) == (0, 0, 0):
        return "24:00", local - timedelta(days=1)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}", local
