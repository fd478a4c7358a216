"""What stands against a plan: rules, windows, banks that are too small, audiences out of reach. Said in Vietnamese, with what to do.

The acts of a contest refuse by these reads, and the console shows them as the list that is gone through before opening.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, chain
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Unit
from accounts.scope import Scope
from contests.models import Bank, Contest, QuestionVersion, Round
from contests.queries.bank import shapes_of
from contests.queries.bank_review import count_unapproved
from contests.queries.bank_shares import NOT_SHARED, may_draw
from contests.queries.contest_rules import saved_rules_problems
from contests.rules.kinds.shapes import ESSAY, GUESS, MOST_BYTES, Shape, full_size
from contests.rules.paper import BankIndex, BankItem, Shortage, shortages
from contests.rules.settings import DrawPart, RoundRules, RuleProblem, RulesInvalid, ShowAfter, parse_round_rules

LONGEST_WINDOW = timedelta(days=400)
IN_PRACTICE = (
    "Ngân hàng này đang mở cho mọi người thi thử, ai cũng xem được đáp án, nên không dùng để ra đề được. "
    "Hãy chọn ngân hàng khác."
)
YEARS = range(2020, 2101)  # a mistyped year is a mistake of the hand, not a plan

# version, topic, options, valid from, valid to, difficulty
UsableRow = tuple[int, str, list[str], date | None, date | None, str]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list that is gone through before a contest opens; `text` says what is so, or what to do."""

    code: str
    ok: bool
    title: str
    text: str
    warns: bool = False  # it may open; what is said should be known before
    where: tuple[
        str, ...
    ] = ()  # where it is mended: ("round", number, field), ("rules", section), ("edit", part), ("upload",)…


def read_rules(data: Mapping[str, Any]) -> tuple[RoundRules | None, list[RuleProblem]]:
    """The rules, or every problem in them."""
    try:
        return parse_round_rules(data), []
    except RulesInvalid as error:
        return None, list(error.problems)


def window_problems(
    opens_at: datetime, closes_at: datetime, now: datetime, minutes: int | None = None
) -> list[RuleProblem]:
    """What is wrong with an opening window, and with the minutes of a paper inside it."""
    problems = [
        RuleProblem(field, "bad_year", f"Năm phải từ {YEARS[0]} đến {YEARS[-1]}. Hãy xem lại ngày.")
        for field, moment in (("opens_at", opens_at), ("closes_at", closes_at))
        if moment.year not in YEARS
    ]
    if problems:
        return problems
    length = closes_at - opens_at
    if length <= timedelta(0):
        problems.append(
            RuleProblem("closes_at", "closes_before_opens", "Giờ đóng phải sau giờ mở. Hãy sửa một trong hai.")
        )
    elif closes_at <= now:
        problems.append(RuleProblem("closes_at", "over", "Giờ đóng đã qua. Hãy chọn một thời điểm sau bây giờ."))
    elif length > LONGEST_WINDOW:
        problems.append(
            RuleProblem(
                "closes_at", "too_long",
                f"Đợt thi dài {length.days} ngày; nhiều nhất là {LONGEST_WINDOW.days} ngày. Hãy chia thành nhiều đợt.",
            )
        )  # fmt: skip
    elif minutes is not None and timedelta(minutes=minutes) > length:
        problems.append(
            RuleProblem(
                "minutes", "longer_than_window",
                f"Thời gian làm bài {minutes} phút dài hơn cả đợt thi ({int(length.total_seconds() // 60)} phút). "
                "Hãy giảm số phút hoặc kéo dài đợt thi.",
            )
        )  # fmt: skip
    return problems


@dataclass(frozen=True, slots=True)
class ShortDay:
    """A day on which a topic can't fill its part of the paper; `later`: it could when the round opened."""

    day: date
    shortage: Shortage
    later: bool


def short_days(bank: Bank, plans: Sequence[tuple[datetime, datetime, RoundRules]], now: datetime) -> list[ShortDay]:
    """For rounds (opens, closes, rules): the first day on which each topic is too small, in one query.

    A bank grows by new questions and shrinks by those whose validity ends, so the days that matter are the first of a
    round and each day after a `valid_to` inside it.
    """
    return _short_days(_usable_rows(bank), plans, now)


def _usable_rows(bank: Bank) -> list[UsableRow]:
    return list(
        QuestionVersion.objects.filter(question__bank=bank, is_current=True, question__retired_at__isnull=True)
        .values_list("pk", "topic__name", "options", "valid_from", "valid_to", "difficulty")
    )  # fmt: skip


def _short_days(
    rows: Sequence[UsableRow], plans: Sequence[tuple[datetime, datetime, RoundRules]], now: datetime
) -> list[ShortDay]:
    found: dict[tuple[str, str], ShortDay] = {}
    today = timezone.localdate(now)
    indexes: dict[date, BankIndex] = {}
    for opens_at, closes_at, rules in plans:
        first = max(today, timezone.localdate(opens_at))
        last = timezone.localdate(closes_at - timedelta(microseconds=1))
        ends = {row[4] + timedelta(days=1) for row in rows if row[4] is not None}
        for day in [first, *sorted(end for end in ends if first < end <= last)]:
            if day not in indexes:
                indexes[day] = BankIndex(
                    BankItem(version=pk, topic=topic, options=len(options), difficulty=difficulty)
                    for pk, topic, options, start, end, difficulty in rows
                    if (start is None or start <= day) and (end is None or end >= day)
                )
            for shortage in shortages(indexes[day], rules):
                found.setdefault((shortage.topic, shortage.difficulty), ShortDay(day, shortage, day > first))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class ContestShort:
    """A topic of which an open contest draws more than the bank has."""

    title: str
    topic: str
    wanted: int
    has: int
    day: date
    what: str  # câu, câu khó


def short_contests(bank: Bank, now: datetime) -> dict[tuple[int, str, str], ContestShort]:
    """By contest, topic and difficulty: where published contests fall short of this bank in the rounds that are not over."""
    found = {}
    rows: list[UsableRow] | None = None
    for contest in Contest.objects.filter(bank=bank, state=Contest.State.OPEN).prefetch_related("rounds"):
        rows = _usable_rows(bank) if rows is None else rows
        for short in _short_days(rows, _plans(contest, now), now):
            shortage = short.shortage
            found[contest.pk, shortage.topic, shortage.difficulty] = ContestShort(
                contest.title, shortage.topic, shortage.wanted, shortage.has, short.day, shortage.what
            )
    return found


def _plans(contest: Contest, now: datetime) -> list[tuple[datetime, datetime, RoundRules]]:
    """The rounds that are not over and whose rules can be read."""
    return [
        (one.opens_at, one.closes_at, rules)
        for one in contest.rounds.all()
        if one.closes_at > now and (rules := read_rules(one.rules)[0])
    ]


def shortage_text(short: ShortDay) -> str:
    """A shortage in words, with what to do."""
    topic, wanted, has, what = short.shortage.topic, short.shortage.wanted, short.shortage.has, short.shortage.what
    when = f" từ ngày {date_format(short.day, 'd/m/Y')}" if short.later else ""
    return (
        f"Chủ đề “{topic}” cần {wanted} {what} nhưng ngân hàng{when} chỉ có {has} {what} dùng được. "
        "Hãy giảm số câu hoặc nhập thêm câu hỏi."
    )


def preflight(contest: Contest, scope: Scope, now: datetime) -> list[Check]:
    """Everything that must be true before a contest may open, in the order in which an organizer mends it."""
    rounds = list(contest.rounds.all())
    return [
        _check_rules(rounds),
        _check_contest_rules(contest),
        _check_windows(rounds, now),
        _check_bank(contest, scope, now),
        *_check_papers(contest, rounds, now),
        _check_review(contest, now),
        _check_audience(contest, scope),
    ]


def _check_rules(rounds: Sequence[Round]) -> Check:
    title = "Thể lệ đầy đủ"
    if not rounds:
        return Check("rules", False, title, "Cuộc thi chưa có đợt nào. Hãy thêm một đợt thi.", where=("new_round",))
    found = [(one, problem) for one in rounds for problem in read_rules(one.rules)[1]]
    texts = [f"{one.title}: {problem.text}" for one, problem in found]
    where = ("round", str(found[0][0].number), found[0][1].field) if found else ()
    return Check("rules", not texts, title, " ".join(texts) or "Mọi mục của thể lệ đều hợp lệ.", where=where)


def _check_contest_rules(contest: Contest) -> Check:
    title = "Luật xếp hạng và giải thưởng"
    texts = dict.fromkeys(problem.text for problem in saved_rules_problems(contest))
    return Check(
        "contest_rules",
        not texts,
        title,
        " ".join(texts) or "Luật của cuộc thi khớp với các đợt thi.",
        where=("rules",),
    )


def _check_windows(rounds: Sequence[Round], now: datetime) -> Check:
    texts: list[str] = []
    where: tuple[str, ...] = ()
    for one in rounds:
        rules, _ = read_rules(one.rules)
        minutes = rules.minutes if rules else None
        for problem in window_problems(one.opens_at, one.closes_at, now, minutes):
            texts.append(f"{one.title}: {problem.text}")
            where = where or ("round", str(one.number), problem.field)
    text = " ".join(texts) or "Mọi đợt đều còn giờ để vào thi."
    return Check("windows", not texts, "Khung giờ ở phía trước", text, where=where)


def _check_bank(contest: Contest, scope: Scope, now: datetime) -> Check:
    texts = [IN_PRACTICE] if contest.bank.purpose == Bank.Purpose.PRACTICE else []
    if scope.reaches(contest.organizer.path) and not may_draw(contest.bank, scope):
        texts.append(NOT_SHARED)
    texts += [shortage_text(short) for short in short_days(contest.bank, _plans(contest, now), now)]
    return Check(
        "bank",
        not texts,
        "Ngân hàng đủ câu hỏi",
        " ".join(texts) or "Mỗi chủ đề đủ câu trong suốt cuộc thi.",
        where=("upload",),
    )


def _check_papers(contest: Contest, rounds: Sequence[Round], now: datetime) -> list[Check]:
    """Whether what a paper can hold fits into one hand-in; and where essays are among it, that their points come later."""
    title = "Đề nộp được trong một lần"
    rows = _usable_rows(contest.bank)
    shapes = shapes_of(row[0] for row in rows)
    texts, essays, too_long = [], [], []
    for one in rounds:
        rules = read_rules(one.rules)[0]
        if rules is None:
            continue
        by_topic = _shapes_by_topic(rows, shapes, one, now)
        if text := _too_large(by_topic, rules):
            texts.append(f"{one.title}: {text}")
            too_long.append(one.number)
        drawn = {(part.topic, part.difficulty) for part in rules.draw}
        topics = [
            topic for topic in dict.fromkeys(part.topic for part in rules.draw)
            if any(shape == ESSAY and drawn & {(topic, ""), (topic, difficulty)} for shape, difficulty in by_topic[topic])
        ]  # fmt: skip
        if topics and rules.show is ShowAfter.SCORE:
            named = ", ".join(f"“{topic}”" for topic in topics)
            essays.append(f"{one.title}: chủ đề {named} có câu tự luận.")
    where = ("round", str(too_long[0]), "draw") if too_long else ()
    text = " ".join(texts) or "Đề dài nhất có thể rút được vẫn nộp được."
    checks = [Check("papers", not texts, title, text, where=where)]
    if essays:
        text = (
            "Thể lệ cho xem điểm ngay khi nộp, nhưng điểm tự luận chỉ có sau khi hai người chấm: lúc nộp, thí sinh thấy điểm chưa gồm "
            "phần này. Hãy chọn cho xem điểm sau khi đợt kết thúc, hoặc sắp người chấm từ trước."
        )
        checks.append(Check("essays", True, "Câu tự luận", " ".join([*essays, text]), True, ("round", "1", "show")))
    return checks


def _shapes_by_topic(
    rows: Sequence[UsableRow], shapes: Mapping[int, Shape], round_: Round, now: datetime
) -> defaultdict[str, list[tuple[Shape, str]]]:
    """What the questions ask for, and their difficulty, that papers of a round may draw on any of its days, largest first."""
    first = max(timezone.localdate(now), timezone.localdate(round_.opens_at))
    last = timezone.localdate(round_.closes_at)
    found: defaultdict[str, list[tuple[Shape, str]]] = defaultdict(list)
    for version, topic, _, start, end, difficulty in rows:
        if (start is None or start <= last) and (end is None or end >= first):
            found[topic].append((shapes[version], difficulty))
    for places in found.values():
        places.sort(key=lambda place: -place[0].most_bytes)
    return found


def _largest(places: Sequence[tuple[Shape, str]], parts: Iterable[DrawPart]) -> list[Shape]:
    """The largest questions that one topic can put on a paper: each difficulty's own, then any from the rest."""
    left = {part.difficulty: part.count for part in parts}
    taken = []
    for shape, difficulty in places:
        for pile in (difficulty, ""):
            if left.get(pile, 0):
                left[pile] -= 1
                taken.append(shape)
                break
    return taken


def _too_large(by_topic: Mapping[str, list[tuple[Shape, str]]], rules: RoundRules) -> str:
    """Why the largest paper that can be drawn could not be handed in, with what to do; empty when it can."""
    parts = defaultdict(list)
    for part in rules.draw:
        parts[part.topic].append(part)
    worst = {topic: _largest(by_topic[topic], own) for topic, own in parts.items()}
    size = full_size([*chain.from_iterable(worst.values()), *([GUESS] if rules.prediction else [])])
    if size <= MOST_BYTES:
        return ""
    topic, places = max(worst.items(), key=lambda one: sum(place.most_bytes for place in one[1]))
    rest = size - sum(place.most_bytes for place in places)
    sums = list(accumulate((place.most_bytes for place in places), initial=rest))
    fits = sum(total <= MOST_BYTES for total in sums) - 1
    essays = sum(place == ESSAY for place in chain.from_iterable(worst.values()))
    what = f"đến {essays} câu tự luận" if essays else "quá nhiều câu phải gõ chữ"
    less = (
        f"Hãy để chủ đề “{topic}” nhiều nhất {fits} câu"
        if fits > 0
        else f"Hãy giảm số câu của chủ đề “{topic}” và của các chủ đề khác có câu phải gõ chữ"
    )
    return f"một đề có thể rút {what}, dài hơn mức nộp được trong một lần. {less}, hoặc ngừng dùng bớt những câu ấy."


def _check_review(contest: Contest, now: datetime) -> Check:
    """Says how many questions nobody but their author has read; forbids nothing."""
    title = "Câu hỏi đã có người thứ hai duyệt"
    plans = _plans(contest, now)
    topics = {part.topic for _, _, rules in plans for part in rules.draw}
    first = max(timezone.localdate(now), min((timezone.localdate(one[0]) for one in plans), default=date.min))
    last = max((timezone.localdate(one[1]) for one in plans), default=first)
    count = count_unapproved(contest.bank, topics, first, last)
    if not count:
        return Check("review", True, title, "Mọi câu có thể được bốc đều đã có người thứ hai duyệt.")
    return Check("review", True, title, f"{count} câu có thể được bốc chưa ai duyệt.", warns=True, where=("review",))


def _check_audience(contest: Contest, scope: Scope) -> Check:
    title = "Đơn vị dự thi"
    text = audience_problem(contest.audience, scope)
    return Check(
        "audience",
        not text,
        title,
        text or f"{contest.audience.name} và mọi đơn vị trực thuộc.",
        where=("edit", "ai-du-thi"),
    )


def audience_problem(unit: Unit, scope: Scope) -> str:
    """Why the unit may not be an audience of an organizer with this scope; empty when it may."""
    if not scope.reaches(unit.path):
        return f"“{unit.name}” nằm ngoài phạm vi bạn phụ trách. Hãy chọn một đơn vị bên trong."
    if unit.closed_on is not None:
        return f"“{unit.name}” đã giải thể hoặc sáp nhập. Hãy chọn đơn vị mới."
    return ""
