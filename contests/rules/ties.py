"""The ordered tie chain that an organizer composes, and why one row stands above the next, in words.

A chain is a list of criteria, compared one after the other until two results differ. It says how it ends: in shared
places, or in the organizer's decision, which is on record. The order is total and does not depend on the order of the input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cmp_to_key
from typing import Any


class Criterion(StrEnum):
    """What two results are compared by."""

    POINTS = "points"
    RIGHT = "right"
    TIME = "time"
    PREDICTION = "prediction"
    SUBMITTED = "submitted"
    ENTERED = "entered"
    PERFECT = "perfect"
    DECISION = "decision"  # ends a chain


class ChainRefused(ValueError):
    """A chain that cannot rank; the message is a sentence for the organizer."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an entry brings to a ranking. `off` is the distance of its prediction in units, None without one."""

    entry: str
    points: int = 0  # hundredths
    right: int = 0
    elapsed_ms: int = 0
    off: int | None = None
    submitted_at: datetime | None = None
    entered_at: datetime | None = None
    perfect: int = 0  # attempts without a mistake
    decided: int | None = None  # the organizer's order among equals, from 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A result with its place: 1, 2, 2, 4."""

    place: int
    result: Result


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a result stands above another: in what they are equal, and what decides. `by` None: they share the place."""

    equal: tuple[Criterion, ...]
    by: Criterion | None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DEFAULT_CHAIN = (Criterion.POINTS, Criterion.TIME)


def _more(value: Callable[[Result], int]) -> Callable[[Result, Result], int]:
    return lambda a, b: value(b) - value(a)


def _first(value: Callable[[Result], Any]) -> Callable[[Result, Result], int]:
    """Smaller or earlier first, nothing last."""

    def compare(a: Result, b: Result) -> int:
        one, other = value(a), value(b)
        if one is None or other is None:
            return (one is None) - (other is None)
        return int(one > other) - int(one < other)

    return compare


COMPARE: dict[Criterion, Callable[[Result, Result], int]] = {
    Criterion.POINTS: _more(lambda result: result.points),
    Criterion.RIGHT: _more(lambda result: result.right),
    Criterion.TIME: _first(lambda result: result.elapsed_ms),
    Criterion.PREDICTION: _first(lambda result: result.off),
    Criterion.SUBMITTED: _first(lambda result: result.submitted_at),
    Criterion.ENTERED: _first(lambda result: result.entered_at),
    Criterion.PERFECT: _more(lambda result: result.perfect),
    Criterion.DECISION: _first(lambda result: result.decided),
}


def whole_decisions(results: Iterable[Result], chain: Sequence[Criterion]) -> list[Result]:
    """The results with the organizer's decision only where it orders everybody who is equal in all else.

    A decision about two says nothing of a third who joins them after a regrade: then it is to be taken again.
    """
    results = list(results)
    rest = tuple(criterion for criterion in chain if criterion is not Criterion.DECISION)
    kept: list[Result] = []
    groups: dict[int, list[Result]] = {}
    for placed in rank(results, rest):
        groups.setdefault(placed.place, []).append(placed.result)
    for group in groups.values():
        whole = orders_all(group)
        kept += group if whole else [replace(result, decided=None) for result in group]
    return kept


def orders_all(group: Sequence[Result]) -> bool:
    """Whether the organizer's decision puts each of these at a place of their own."""
    said = {result.decided for result in group}
    return None not in said and len(said) == len(group)


SHARED = "shared"  # how a chain is written that ends in shared places


def parse_chain(keys: Sequence[str]) -> tuple[Criterion, ...]:
    """A chain from its names, which say how it ends: `shared`, or `decision`.

    It begins with points or right answers, has nothing twice, and its end only at its end.
    """
    if isinstance(keys, str) or not isinstance(keys, Sequence) or not keys:
        raise ChainRefused("Thứ tự xếp hạng chưa có tiêu chí nào.")
    try:
        chain = tuple(Criterion(key) for key in (keys[:-1] if keys[-1] == SHARED else keys))
    except ValueError:
        raise ChainRefused("Thứ tự xếp hạng có một tiêu chí không được biết.") from None
    if len(set(chain)) != len(chain):
        raise ChainRefused("Một tiêu chí đứng hai lần trong thứ tự xếp hạng; hãy bỏ bớt một.")
    if not chain or chain[0] not in (Criterion.POINTS, Criterion.RIGHT):
        raise ChainRefused("Tiêu chí đầu tiên phải là điểm hoặc số câu đúng.")
    if Criterion.DECISION in chain[:-1]:
        raise ChainRefused("Quyết định của ban tổ chức chỉ đứng cuối thứ tự xếp hạng.")
    if keys[-1] not in (SHARED, Criterion.DECISION):
        raise ChainRefused(
            "Thứ tự xếp hạng chưa có kết thúc. Khi mọi tiêu chí đều bằng nhau: hãy chọn đồng hạng hoặc ban tổ chức quyết định."
        )
    return chain


def dump_chain(chain: Sequence[Criterion]) -> list[str]:
    """The chain as its names; `parse_chain(dump_chain(c)) == c`."""
    names = [criterion.value for criterion in chain]
    return names if chain[-1] is Criterion.DECISION else [*names, SHARED]


def rank(results: Iterable[Result], chain: Sequence[Criterion]) -> list[Placed]:
    """Best first. Those whom the whole chain leaves equal share a place and stand by entry, so that the list is one."""

    def compare(a: Result, b: Result) -> int:
        return _first_difference(a, b, chain) or (a.entry > b.entry) - (a.entry < b.entry)

    ordered = sorted(results, key=cmp_to_key(compare))
    placed: list[Placed] = []
    for index, result in enumerate(ordered, start=1):
        shares = bool(placed) and _first_difference(placed[-1].result, result, chain) == 0
        placed.append(Placed(placed[-1].place if shares else index, result))
    return placed


def why(above: Result, below: Result, chain: Sequence[Criterion]) -> Reason:
    """What decides between two neighbours of a ranking."""
    for index, criterion in enumerate(chain):
        if COMPARE[criterion](above, below):
            return Reason(tuple(chain[:index]), criterion)
    return Reason(tuple(chain), None)


def undecided(placed: Sequence[Placed], chain: Sequence[Criterion]) -> list[tuple[Result, ...]]:
    """Groups that share a place although the chain ends in the organizer's decision: for them it is still to be taken."""
    if not chain or chain[-1] is not Criterion.DECISION:
        return []
    groups: dict[int, list[Result]] = {}
    for each in placed:
        groups.setdefault(each.place, []).append(each.result)
    return [tuple(group) for group in groups.values() if len(group) > 1]


# criterion → how many hexadecimal signs, and the number in them: smaller is better, all f is nothing
_SIGNS: dict[Criterion, tuple[int, Callable[[Result], int | None]]] = {
    Criterion.POINTS: (10, lambda result: 2**39 - result.points),
    Criterion.RIGHT: (4, lambda result: 2**15 - result.right),
    Criterion.TIME: (10, lambda result: result.elapsed_ms),
    Criterion.PREDICTION: (14, lambda result: result.off),
    Criterion.SUBMITTED: (14, lambda result: _microseconds(result.submitted_at)),
    Criterion.ENTERED: (14, lambda result: _microseconds(result.entered_at)),
    Criterion.PERFECT: (4, lambda result: 2**15 - result.perfect),
    Criterion.DECISION: (8, lambda result: result.decided),
}


def sort_key(result: Result, chain: Sequence[Criterion]) -> str:
    """A text that sorts as the chain ranks, for databases and boards: the better is the smaller, equals are equal.

    Raises ValueError for a number beyond what its place can hold.
    """
    return "".join(_written(*_SIGNS[criterion], result) for criterion in chain)


def _written(signs: int, number_of: Callable[[Result], int | None], result: Result) -> str:
    nothing = 16**signs - 1
    number = number_of(result)
    if number is None:
        number = nothing
    elif not 0 <= number < nothing:
        raise ValueError(f"{number} does not fit into a sort key")
    return f"{number:0{signs}x}"


def _microseconds(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - _EPOCH) // timedelta(microseconds=1)


def _first_difference(a: Result, b: Result, chain: Sequence[Criterion]) -> int:
    return next((found for criterion in chain if (found := COMPARE[criterion](a, b))), 0)
