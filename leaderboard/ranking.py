"""The order of a board: one sortable text a row, shared places, and what a phone can tell about its own place.

Pure: the standard library only, no clock, no settings, no Redis. Points are hundredths everywhere in this file.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_VERSION = 2**53 - 1  # every integer up to here is exact in a double, and Lua and JavaScript count in doubles
CUT = "+"  # ends a mark that is not the whole key; sorts below every sign of a key

_ORDER = re.compile("[0-9a-f]{1,100}")

# Up to this many entries every place is a mark, so every phone learns its place exactly.
EXACT_TOTAL = 40
# Above it: dense where people compare themselves, then about six a decade; 45 ranks reach two million entries.
NICE_RANKS = (
    *range(1, 11),
    *(12, 15, 20, 25, 30, 40, 50, 70),
    *(step * 10**power for power in range(2, 7) for step in (1, 1.5, 2, 3, 5, 7)),
)
MARK_RANKS: tuple[int, ...] = tuple(int(rank) for rank in NICE_RANKS)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry's line on a board, as the public may read it.

    `version` grows with every change of the entry (a counter of the standing's row in SQL): of two rows of one member
    the higher version is the truth, whichever arrives last. `shown` holds the masked name, unit, points, elapsed_ms.

    `order` is a text of hexadecimal signs that sorts as the board ranks: the smaller is the better, equals share a place.
    What stands in it is its maker's business. Keys of one board have one length as a rule; where they do not, they sort
    as texts do.
    """

    member: str
    order: str
    version: int
    shown: Mapping[str, str | int]

    def __post_init__(self) -> None:
        _check(self.member, self.version)
        if not _ORDER.fullmatch(self.order):
            raise ValueError(f"an order key is 1 to 100 hexadecimal signs, not {self.order!r}")


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
    if not 1 <= version <= MAX_VERSION:
        raise ValueError(f"version must be within 1..2**53-1, not {version}")


def with_ranks(rows: Iterable[Row]) -> list[Ranked]:
    """Rows best first, equals sharing a place (1, 2, 2, 4) and standing by member id among themselves."""
    return ranked_from(0, 1, sorted(rows, key=lambda row: (row.order, row.member)))


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


def marks_of(ranked: Sequence[Ranked]) -> tuple[tuple[str, int], ...]:
    """(order key, place) at each chosen rank of a whole board, equals once, best first."""
    marks: list[tuple[str, int]] = []
    for rank in place_marks(len(ranked)):
        at = ranked[rank - 1]
        if not marks or marks[-1][1] != at.place:
            marks.append((at.row.order, at.place))
    return tuple(marks)


def shortened(marks: Iterable[tuple[str, int]], signs: int) -> tuple[tuple[str, int], ...]:
    """The marks with at most `signs` signs of each key beyond those that it shares with the mark before it.

    A key that loses signs by that ends in CUT. Neighbours that agree for long stay apart: each goes on where the one before
    it ended.
    """
    short: list[tuple[str, int]] = []
    last = ""
    for key, place in marks:
        last = key[: shared_signs(last, key) + signs]
        short.append((key if last == key else last + CUT, place))
    return tuple(short)


def shared_signs(one: str, other: str) -> int:
    """How many signs two texts have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def place_from_marks(order: str, marks: Iterable[tuple[str, int]], total: int) -> tuple[int, int]:
    """The best and the worst place that a phone with this order key can have; equal when the place is certain.

    The reference for `static/js`. Always holds the true place, whether or not the phone's own result has reached the
    snapshot yet, and however short the marks were cut. Exact when the key is a mark that is not cut; so exact for everybody
    on the board while `total` <= EXACT_TOTAL and no mark is cut.

    A mark (key, place) says: exactly place - 1 entries are better than key, and at least one entry equals it.
    """
    best = 1
    for key, place in marks:
        if key.endswith(CUT) and order.startswith(key[:-1]):
            continue  # the entry at the mark may stand on either side of me
        if order == key:
            return place, place
        if order < key:
            # Whoever beats me beats this mark too, and only place - 1 entries do.
            return best, place
        best = place + 1  # the entry at the mark beats me
    return best, total + 1
