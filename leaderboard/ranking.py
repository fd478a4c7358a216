"""The order of a board: one sortable number, shared places, and what a phone can tell about its own place.

Pure: the standard library only, no clock, no settings, no Redis. Points are hundredths everywhere in this file.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_POINTS = 9_000_000  # hundredths: ±90,000.00
MAX_ELAPSED_MS = 10**9 - 1  # 11.5 days
MAX_EXACT = 2**53 - 1  # every integer up to here is exact in a double, and a sorted set keeps doubles

# Up to this many entries every place is a mark, so every phone learns its place exactly.
EXACT_TOTAL = 40
# Above it: dense where people compare themselves, then about six a decade; 45 ranks reach two million entries.
NICE_RANKS = (
    *range(1, 11),
    *(12, 15, 20, 25, 30, 40, 50, 70),
    *(step * 10**power for power in range(2, 7) for step in (1, 1.5, 2, 3, 5, 7)),
)
MARK_RANKS: tuple[int, ...] = tuple(int(rank) for rank in NICE_RANKS)


def order_key(points: int, elapsed_ms: int) -> int:
    """One number that sorts results: more points first, then less time. Higher is better.

    Exact in a double, so a sorted set neither merges nor swaps two results. `points` are hundredths within
    ±MAX_POINTS and `elapsed_ms` lies in 0..MAX_ELAPSED_MS; anything else is a ValueError, because a key out of range
    would rank wrongly in silence.
    """
    if not -MAX_POINTS <= points <= MAX_POINTS:
        raise ValueError(f"points must be within ±{MAX_POINTS} hundredths, not {points}")
    if not 0 <= elapsed_ms <= MAX_ELAPSED_MS:
        raise ValueError(f"elapsed_ms must be within 0..{MAX_ELAPSED_MS}, not {elapsed_ms}")
    return points * 10**9 + (MAX_ELAPSED_MS - elapsed_ms)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry's line on a board, as the public may read it.

    `version` grows with every change of the entry (a counter of the standing's row in SQL): of two rows of one member
    the higher version is the truth, whichever arrives last. `shown` holds the masked name, unit, points, elapsed_ms.
    """

    member: str
    order: int
    version: int
    shown: Mapping[str, str | int]

    def __post_init__(self) -> None:
        _check(self.member, self.version)
        if not -MAX_EXACT <= self.order <= MAX_EXACT:
            raise ValueError(f"order {self.order} is not exact in a double")


@dataclass(frozen=True, slots=True)
class Gone:
    """A member taken off the board at `version`; rows of that version and older cannot bring it back."""

    member: str
    version: int

    def __post_init__(self) -> None:
        _check(self.member, self.version)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row with the place it shares with its equals: 1, 2, 2, 4."""

    place: int
    row: Row


def _check(member: str, version: int) -> None:
    if not member:
        raise ValueError("a row needs a member")
    if not 1 <= version <= MAX_EXACT:
        raise ValueError(f"version must be within 1..2**53-1, not {version}")


def with_ranks(rows: Iterable[Row]) -> list[Ranked]:
    """Rows best first, equals sharing a place (1, 2, 2, 4) and standing by member id among themselves."""
    return ranked_from(0, 1, sorted(rows, key=lambda row: (-row.order, row.member)))


def ranked_from(index: int, first_place: int, ordered: Iterable[Row]) -> list[Ranked]:
    """Places of a stretch of the board: `ordered` starts at zero-based `index`, and its first row has `first_place`."""
    ranked: list[Ranked] = []
    place, last_order = first_place, None
    for position, row in enumerate(ordered, start=index + 1):
        if last_order is not None and row.order != last_order:
            place = position
        last_order = row.order
        ranked.append(Ranked(place, row))
    return ranked


def shown_json(shown: Mapping[str, str | int]) -> str:
    """The one way in which the public part of a row is written down: sorted keys, NFC, no spaces."""
    text = json.dumps(dict(shown), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text)


def canonical(rows: Iterable[Row]) -> bytes:
    """The whole board as bytes, the same for the same rows whatever their order: one line a row, best first."""
    lines = []
    for ranked in with_ranks(rows):
        row = ranked.row
        head = json.dumps([ranked.place, row.member, row.order, row.version], separators=(",", ":"))
        lines.append(f"{head} {shown_json(row.shown)}\n")
    return "".join(lines).encode()


def digest(rows: Iterable[Row]) -> str:
    """SHA-256 of the canonical board, in hex. Equal digests: the board in Redis is what SQL says, byte for byte."""
    return hashlib.sha256(canonical(rows)).hexdigest()


def place_marks(total: int) -> list[int]:
    """The ranks whose order key a snapshot gives away: all of them on a small board, about 40 on any other.

    The last rank is always among them, so nobody on the board falls below the lowest mark.
    """
    if total <= EXACT_TOTAL:
        return list(range(1, total + 1))
    return [rank for rank in MARK_RANKS if rank < total] + [total]


def marks_of(ranked: Sequence[Ranked]) -> tuple[tuple[int, int], ...]:
    """(order key, place) at each chosen rank of a whole board, equals once, best first."""
    marks: list[tuple[int, int]] = []
    for rank in place_marks(len(ranked)):
        at = ranked[rank - 1]
        if not marks or marks[-1][1] != at.place:
            marks.append((at.row.order, at.place))
    return tuple(marks)


def place_from_marks(order: int, marks: Sequence[tuple[int, int]], total: int) -> tuple[int, int]:
    """The best and the worst place that a phone with this order key can have; equal when the place is certain.

    The reference for `static/js`. Holds whether or not the phone's own result has reached the snapshot yet. Exact when
    the key is a mark, and for everybody on the board while `total` <= EXACT_TOTAL.

    A mark (key, place) says: exactly place - 1 entries are better than key, and at least one entry equals it.
    """
    best = 1
    for key, place in marks:
        if order == key:
            return place, place
        if order > key:
            # Whoever beats me beats this mark too, and only place - 1 entries do.
            return best, place
        best = place + 1  # the entry at the mark beats me
    return best, total + 1
