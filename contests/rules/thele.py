"""The rules page (thể lệ) of a contest, written from its settings in Vietnamese and English.

Every number on the page comes from the settings and stands there once, so that the page and the judging cannot disagree.
What rounds have in common is said once; where they differ, each sentence names its rounds. Plain text: the template sets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from contests.rules import thele_ranking as ranking
from contests.rules import thele_words as words
from contests.rules.contest_settings import ContestRules
from contests.rules.said import VIETNAM, Said, moment, paragraph
from contests.rules.settings import Qualify, RoundRules

__all__ = ["VIETNAM", "ContestFacts", "Language", "RoundFacts", "Section", "rules_page"]

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """One round as the page tells it; `opens_at` and `closes_at` are aware datetimes of any zone.

    A contest's rounds stand in the order of their numbers, the first is number 1.
    """

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
    rules: ContestRules = field(default_factory=ContestRules)
    unit_names: Mapping[str, str] = field(default_factory=dict)  # code -> name, of the units that the rules name
    kind_names: Mapping[str, str] = field(default_factory=dict)  # slug -> name, of the kinds of units


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
        (
            Said("Cách tính điểm", "Points"),
            [
                *_per_round(contest, lambda rules: words.points(rules, contest.rules.chain)),
                words.VOIDED,
                *_adding_up(contest),
            ],
        ),
        (Said("Câu hỏi phụ", "The side question"), _predictions(contest)),
        (
            Said("Xếp hạng và khi bằng điểm", "Ranking and equal points"),
            [ranking.ranking(contest.rules.chain), *_per_round(contest, words.result_view)],
        ),
        (Said("Các bảng", "Divisions"), ranking.divisions(contest.rules, contest.unit_names, contest.kind_names)),
        (
            Said("Xếp hạng đơn vị", "Ranking of units"),
            [ranking.unit_board(one, contest.audience, contest.kind_names) for one in contest.rules.unit_boards],
        ),
        (
            Said("Giải thưởng", "Prizes"),
            ranking.prizes(contest.rules, {number: one.name for number, one in enumerate(contest.rounds, 1)}),
        ),
        (
            Said("Hết giờ và câu trả lời đến trễ", "Time and late answers"),
            [words.CLOCK, *_per_round(contest, words.lateness), words.EXTENSIONS],
        ),
        (Said("Mất mạng", "Losing the connection"), [words.CONNECTION, words.ONE_DEVICE]),
        (Said("Khiếu nại", "Complaints"), [ranking.appeals(contest.rules.appeal_days)]),
        (Said("Tên trên bảng xếp hạng", "Names on the board"), [words.NAMES]),
        (Said("Dữ liệu cá nhân", "Personal data"), _data(contest)),
    ]
    return [
        Section(getattr(title, language), tuple(getattr(said, language) for said in paragraphs))
        for title, paragraphs in sections
        if paragraphs or title.en in ALWAYS
    ]


# A contest that is being drafted has no rounds yet, and the page says where their settings will stand.
ALWAYS = ("The paper", "Attempts")


def _per_round(contest: ContestFacts, say: Callable[[RoundRules], words.Sentences]) -> list[Said]:
    """What `say` says of the rounds: in what they differ once for each group of rounds that agree, then what holds for all."""
    said = [(one.name, [sentence for sentence in say(one.rules) if sentence]) for one in contest.rounds]
    if not said:
        return []
    common = [sentence for sentence in said[0][1] if all(sentence in sentences for _, sentences in said)]
    groups: dict[tuple[Said, ...], list[str]] = {}
    for name, sentences in said:
        groups.setdefault(tuple(sentence for sentence in sentences if sentence not in common), []).append(name)
    own = [
        paragraph(sentences).of(", ".join(names), ", ".join(names)) for sentences, names in groups.items() if sentences
    ]
    return [*own, paragraph(common)] if common else own


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
    return [held.then(open_to, *_narrowed(contest)), account, *_registration(contest), *_finals(contest)]


def _narrowed(contest: ContestFacts) -> list[Said | None]:
    """Who of the audience may take part."""
    fit = contest.rules.eligibility
    units = "; ".join(contest.unit_names.get(code, code) for code in fit.units)
    return [
        Said(
            f"Trong đó chỉ người thuộc {units}, kể cả các đơn vị trực thuộc.",
            f"Of these only people of {units}, including all units below.",
        )
        if units
        else None,
        Said("Chỉ người có tên trong danh sách của ban tổ chức.", "Only people on the organisers' list.")
        if fit.roster
        else None,
        Said(
            f"Người dự thi phải đủ {fit.min_age} tuổi vào ngày ghi danh.",
            f"One must be {fit.min_age} or older on the day of entry.",
        )
        if fit.min_age
        else None,
        Said(
            "Khi ghi danh, bạn nhập mã dự thi do ban tổ chức cung cấp.",
            "When you enter you give the code that the organisers gave you.",
        )
        if fit.code
        else None,
        Said(
            "Người của ban tổ chức và người vận hành trang thi không dự thi.",
            "Those who organise the contest or run the site do not compete.",
        )
        if fit.exclude_staff
        else Said(
            "Người của ban tổ chức được dự thi như mọi người.",
            "Those who organise the contest may compete like everyone else.",
        ),
    ]


def _registration(contest: ContestFacts) -> list[Said]:
    fit = contest.rules.eligibility
    if fit.register_until is None:
        return []
    until = moment(fit.register_until, closing=True)
    begins = moment(fit.register_from) if fit.register_from else None
    return [
        Said(
            f"Phải đăng ký trước{f', từ {begins.vi}' if begins else ''} đến {until.vi}; người chưa đăng ký khi hết hạn không vào thi được.",
            f"One must register{f' from {begins.en}' if begins else ''} until {until.en}; whoever has not by then may not sit.",
        )
    ]


def _finals(contest: ContestFacts) -> list[Said]:
    """Which rounds are open only to the best of others."""
    return [
        _final(one.rules.qualify, [each.name for each in contest.rounds], number).of(one.name, one.name)
        for number, one in enumerate(contest.rounds, 1)
        if one.rules.qualify
    ]


def _final(final: Qualify, names: list[str], number: int) -> Said:
    numbers = final.rounds or tuple(range(1, number))
    earlier = ", ".join(names[one - 1] if one <= len(names) else str(one) for one in numbers)
    together_vi, together_en = ("tính chung ", "taken together") if len(numbers) > 1 else ("", "")
    return Said(
        f"chỉ dành cho {final.top} người đứng đầu {together_vi}{earlier}, kể cả người cùng hạng với người cuối cùng.",
        f"only for the first {final.top} of {f'{earlier} {together_en}'.rstrip()}, and whoever shares the last place.",
    )


def _when(contest: ContestFacts) -> list[Said]:
    if not contest.rounds:
        return [Said("Lịch thi chưa được công bố.", "The dates have not been announced yet.")]
    return [_times(one) for one in contest.rounds]


def _times(one: RoundFacts) -> Said:
    opens, closes = moment(one.opens_at), moment(one.closes_at, closing=True)
    return Said(
        f"{one.name}: {opens.vi} đến {closes.vi} (giờ Việt Nam).",
        f"{one.name}: {opens.en} to {closes.en} (Việt Nam time).",
    ).then(words.windows(one.rules))


def _adding_up(contest: ContestFacts) -> list[Said]:
    if len(contest.rounds) < 2:
        return []
    predicted = any(one.rules.prediction for one in contest.rounds)
    return [ranking.over_rounds(contest.rules.over_rounds, contest.rules.chain, predicted=predicted)]


def _predictions(contest: ContestFacts) -> list[Said]:
    asking = [one for one in contest.rounds if one.rules.prediction]
    groups: dict[Said, list[str]] = {}
    for one in asking:
        if one.rules.prediction:
            groups.setdefault(ranking.prediction(one.rules.prediction, one.rules.counting), []).append(one.name)
    if not groups:
        return []
    if len(groups) == 1 and len(asking) == len(contest.rounds):
        return [*groups, ranking.NO_POINTS]
    return [*(said.of(", ".join(names), ", ".join(names)) for said, names in groups.items()), ranking.NO_POINTS]


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
