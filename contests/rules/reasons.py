"""Why somebody stands where they stand, in a sentence: against the one above and the one below, with the real difference.

Nobody else is named, only their place. Every number is exact to what the ranking compares: a difference of 12 milliseconds is
said as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from contests.rules.prediction import UNIT
from contests.rules.said import Said
from contests.rules.ties import COMPARE, Criterion, Placed, Result, why

_Moment = Callable[[Result], datetime | None]
DAY, HOUR, MINUTE, SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000  # microseconds


def explain(own: Placed, other: Placed, chain: Sequence[Criterion]) -> Said:
    """Why `own` stands above, below or beside `other`, spoken to whom `own` belongs."""
    place = _number(other.place)
    order = next((found for criterion in chain if (found := COMPARE[criterion](own.result, other.result))), 0)
    if not order:
        return _together(own.result, chain)
    above, below = (own.result, other.result) if order < 0 else (other.result, own.result)
    reason = why(above, below, chain)
    assert reason.by is not None
    difference = (_BETTER if order < 0 else _WORSE)[reason.by](own.result, other.result)
    parts = [*(_EQUAL[criterion](own.result) for criterion in reason.equal), difference]
    head = (
        Said(f"Bạn đứng trên người hạng {place.vi}", f"You stand above place {place.en}")
        if order < 0
        else Said(f"Bạn đứng dưới người hạng {place.vi}", f"You stand below place {place.en}")
    )
    return _sentence(head, parts)


def result_words(result: Result, chain: Sequence[Criterion]) -> Said:
    """A result by all that its contest compares: 20 điểm, 6 phút 12 giây."""
    parts = [_OWN[criterion](result) for criterion in chain if criterion in _OWN]
    known = [part for part in parts if part.vi]
    return Said(", ".join(part.vi for part in known), ", ".join(part.en for part in known))


def _together(own: Result, chain: Sequence[Criterion]) -> Said:
    parts = [_EQUAL[criterion](own) for criterion in chain]
    head = Said(
        "Bạn đồng hạng với người bên cạnh trên bảng", "You share the place with the one beside you on the board"
    )
    return _sentence(head, parts)


def _sentence(head: Said, parts: Sequence[Said]) -> Said:
    return Said(
        f"{head.vi}: {', '.join(part.vi for part in parts)}.", f"{head.en}: {', '.join(part.en for part in parts)}."
    )


# --- numbers -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Count:
    """A number as both languages write it."""

    vi: str
    en: str
    one: bool = False


def _number(value: int | Fraction) -> _Count:
    """1234 and 5/2 as 1.234 and 2,5; in English 1,234 and 2.5. Exact: the denominators are powers of ten."""
    whole, rest = divmod(abs(Fraction(value)), 1)
    digits = ""
    while rest:
        rest *= 10
        digits += str(int(rest))
        rest -= int(rest)
    grouped = f"{int(whole):,}"
    english = f"{grouped}.{digits}" if digits else grouped
    vietnamese = grouped.replace(",", ".") + (f",{digits}" if digits else "")
    return _Count(vietnamese, english, one=abs(Fraction(value)) == 1)


def _points(hundredths: int) -> Said:
    n = _number(Fraction(hundredths, 100))
    sign = "-" if hundredths < 0 else ""
    return Said(f"{sign}{n.vi} điểm", f"{sign}{n.en} point{'' if n.one else 's'}")


def _right(count: int) -> Said:
    n = _number(count)
    return Said(f"{n.vi} câu đúng", f"{n.en} right answer{'' if n.one else 's'}")


def _perfect(count: int) -> Said:
    n = _number(count)
    return Said(f"{n.vi} lượt đúng hết", f"{n.en} attempt{'' if n.one else 's'} without a mistake")


def _off(units: int) -> Said:
    n = _number(Fraction(units, UNIT))
    return Said(n.vi, n.en)


def _span(microseconds: int) -> Said:
    """A length of time without a part that is nothing: 2 ngày 3 giờ; 1 phút 0,35 giây."""
    left = abs(microseconds)
    vi, en = [], []
    for size, word, english in ((DAY, "ngày", "day"), (HOUR, "giờ", "hour"), (MINUTE, "phút", "minute")):
        count, left = divmod(left, size)
        if count:
            n = _number(count)
            vi.append(f"{n.vi} {word}")
            en.append(f"{n.en} {english}{'' if n.one else 's'}")
    if left or not vi:
        n = _number(Fraction(left, SECOND))
        vi.append(f"{n.vi} giây")
        en.append(f"{n.en} second{'' if n.one else 's'}")
    return Said(" ".join(vi), " ".join(en))


def _between(a: Result, b: Result, moment: _Moment) -> int:
    """Microseconds from the one's to the other's; both have it."""
    one, other = moment(a), moment(b)
    assert one is not None
    assert other is not None
    return (one - other) // timedelta(microseconds=1)


# --- words for each criterion --------------------------------------------------------------------------------------
_Phrase = Callable[[Result], Said]
_Difference = Callable[[Result, Result], Said]


def _same(own: _Phrase) -> _Phrase:
    return lambda result: Said(f"cùng {own(result).vi}", f"both {own(result).en}")


def _equal_off(result: Result) -> Said:
    if result.off is None:
        return Said("cùng chưa có kết quả câu hỏi phụ", "neither has a result in the side question")
    off = _off(result.off)
    return Said(f"câu hỏi phụ cùng lệch {off.vi}", f"both {off.en} off in the side question")


def _equal_moment(vi: str, en: str) -> _Phrase:
    return lambda _: Said(f"{vi} cùng lúc", f"both {en} at the same instant")


def _equal_decision(result: Result) -> Said:
    if result.decided is None:
        return Said("ban tổ chức chưa quyết định thứ tự", "the organizers have not decided the order yet")
    return Said("ban tổ chức xếp ngang nhau", "the organizers ranked both alike")


def _counted(amount: Callable[[Result], int], say: Callable[[int], Said], more: Said) -> _Difference:
    def difference(own: Result, other: Result) -> Said:
        said = say(abs(amount(own) - amount(other)))
        return Said(f"{more.vi} {said.vi}", f"{said.en} {more.en}")

    return difference


def _quicker(more: Said) -> _Difference:
    def difference(own: Result, other: Result) -> Said:
        said = _span(1000 * (own.elapsed_ms - other.elapsed_ms))
        return Said(f"{more.vi} {said.vi}", f"{said.en} {more.en}")

    return difference


def _nearer(own: Result, other: Result) -> Said:
    assert own.off is not None
    if other.off is None:
        return Said("người ấy không có kết quả câu hỏi phụ", "they have no result in the side question")
    said = _off(other.off - own.off)
    return Said(f"câu hỏi phụ sát hơn {said.vi}", f"nearer by {said.en} in the side question")


def _farther(own: Result, other: Result) -> Said:
    assert other.off is not None
    if own.off is None:
        return Said("bạn không có kết quả câu hỏi phụ", "you have no result in the side question")
    said = _off(own.off - other.off)
    return Said(f"câu hỏi phụ lệch nhiều hơn {said.vi}", f"farther off by {said.en} in the side question")


def _earlier(moment: _Moment, vi: str, en: str) -> _Difference:
    def difference(own: Result, other: Result) -> Said:
        if moment(other) is None:
            return Said(f"người ấy không có giờ {vi}", f"they have no time of having {en}")
        said = _span(_between(own, other, moment))
        return Said(f"{vi} sớm hơn {said.vi}", f"{en} {said.en} earlier")

    return difference


def _later(moment: _Moment, vi: str, en: str) -> _Difference:
    def difference(own: Result, other: Result) -> Said:
        if moment(own) is None:
            return Said(f"bạn không có giờ {vi}", f"you have no time of having {en}")
        said = _span(_between(own, other, moment))
        return Said(f"{vi} muộn hơn {said.vi}", f"{en} {said.en} later")

    return difference


def _by_decision(own: Result, other: Result) -> Said:
    return Said("theo quyết định của ban tổ chức", "by the organizers' decision")


_HAND_IN: tuple[_Moment, str, str] = (lambda result: result.submitted_at, "nộp bài", "handed in")
_ENTRY: tuple[_Moment, str, str] = (
    lambda result: result.entered_at, "vào cuộc thi", "entered the contest",
)  # fmt: skip

_OWN: dict[Criterion, _Phrase] = {
    Criterion.POINTS: lambda result: _points(result.points),
    Criterion.RIGHT: lambda result: _right(result.right),
    Criterion.TIME: lambda result: _span(1000 * result.elapsed_ms),
    Criterion.PERFECT: lambda result: _perfect(result.perfect),
    Criterion.PREDICTION: lambda result: (
        Said("", "")
        if result.off is None
        else Said(f"câu hỏi phụ lệch {_off(result.off).vi}", f"{_off(result.off).en} off in the side question")
    ),
}
_EQUAL: dict[Criterion, _Phrase] = {
    Criterion.POINTS: _same(_OWN[Criterion.POINTS]),
    Criterion.RIGHT: _same(_OWN[Criterion.RIGHT]),
    Criterion.TIME: lambda result: Said(
        f"cùng làm trong {_span(1000 * result.elapsed_ms).vi}", f"both in {_span(1000 * result.elapsed_ms).en}"
    ),
    Criterion.PREDICTION: _equal_off,
    Criterion.SUBMITTED: _equal_moment("nộp bài", "handed in"),
    Criterion.ENTERED: _equal_moment("vào cuộc thi", "entered the contest"),
    Criterion.PERFECT: _same(_OWN[Criterion.PERFECT]),
    Criterion.DECISION: _equal_decision,
}
_BETTER: dict[Criterion, _Difference] = {
    Criterion.POINTS: _counted(lambda result: result.points, _points, Said("hơn", "more")),
    Criterion.RIGHT: _counted(lambda result: result.right, _right, Said("hơn", "more")),
    Criterion.TIME: _quicker(Said("nhanh hơn", "faster")),
    Criterion.PREDICTION: _nearer,
    Criterion.SUBMITTED: _earlier(*_HAND_IN),
    Criterion.ENTERED: _earlier(*_ENTRY),
    Criterion.PERFECT: _counted(lambda result: result.perfect, _perfect, Said("hơn", "more")),
    Criterion.DECISION: _by_decision,
}
_WORSE: dict[Criterion, _Difference] = {
    Criterion.POINTS: _counted(lambda result: result.points, _points, Said("kém", "fewer")),
    Criterion.RIGHT: _counted(lambda result: result.right, _right, Said("kém", "fewer")),
    Criterion.TIME: _quicker(Said("chậm hơn", "slower")),
    Criterion.PREDICTION: _farther,
    Criterion.SUBMITTED: _later(*_HAND_IN),
    Criterion.ENTERED: _later(*_ENTRY),
    Criterion.PERFECT: _counted(lambda result: result.perfect, _perfect, Said("kém", "fewer")),
    Criterion.DECISION: _by_decision,
}
