"""What a board tells the public at one moment, and the one way in which it is put on the wire.

Whole and small, never a delta: a phone keeps the highest version it has seen and needs nothing else.
"""

import itertools
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from leaderboard.ranking import CUT, Ranked, Row, marks_of, shared_signs, shortened, with_ranks

State: TypeAlias = Literal["provisional", "frozen", "final"]

MAX_BYTES = 4096
# Characters of a name or a unit, and signs of a mark beyond what it shares with the mark before: tried in turn until the
# snapshot fits. The screen cuts long names anyway. Twenty signs hold any key of points and time whole; fewer only widen the
# range that a phone says for its place. The last form fits ten rows whatever is written in them.
FORMS = ((200, 100), (64, 100), (64, 20), (40, 20), (24, 20), (24, 12), (24, 4), (12, 2))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The best rows, how many entries there are, and marks from which a phone works out its own place.

    `version` grows with every change; of two snapshots the higher one is the newer picture. It is the time of the
    change in µs, so that a snapshot read from SQL takes `version_at` its reading and the two sources need not know of
    each other.
    """

    version: int
    total: int
    top: tuple[Ranked, ...]
    marks: tuple[tuple[str, int], ...]
    at_ms: int
    state: State = "provisional"


def version_at(at_ms: int) -> int:
    """The version of a picture read from SQL at this moment: above what Redis wrote before it, below what comes after."""
    return at_ms * 1000


def snapshot_of(rows: Iterable[Row], *, at_ms: int, state: State = "provisional", top: int = 10) -> Snapshot:
    """A snapshot from a whole board in memory, as the fallback reads it from SQL at `at_ms`."""
    ranked = with_ranks(rows)
    return Snapshot(version_at(at_ms), len(ranked), tuple(ranked[:top]), marks_of(ranked), at_ms, state)


def encode(snapshot: Snapshot) -> bytes:
    """The snapshot as JSON of MAX_BYTES at most: long texts and long marks are cut, then rows beyond ten are left out.

    `total` and the marks' places always stay, because every phone needs them and only a few people are in the top.
    """
    for limit, signs in FORMS:
        rows, marks = [_wire_row(ranked, limit) for ranked in snapshot.top], wire_marks(snapshot.marks, signs)
        encoded = _json(snapshot, rows, marks)
        if len(encoded) <= MAX_BYTES:
            return encoded
    room = MAX_BYTES - len(_json(snapshot, [], marks))
    if room < 0:
        raise ValueError(f"{len(snapshot.marks)} marks do not fit in {MAX_BYTES} bytes")
    # A row takes its own bytes and a comma.
    fits = [used <= room for used in itertools.accumulate(len(_dumps(row)) + 1 for row in rows)]
    return _json(snapshot, rows[: sum(fits)], marks)


def encode_heartbeat(version: int) -> bytes:
    """A sign of life: the newest version and nothing else. A phone that has it is up to date."""
    return _dumps({"v": version})


def _json(snapshot: Snapshot, rows: Sequence[dict[str, Any]], marks: Sequence[tuple[int, str, int]]) -> bytes:
    return _dumps(
        {
            "v": snapshot.version,
            "total": snapshot.total,
            "top": rows,
            "marks": marks,
            "at": snapshot.at_ms,
            "state": snapshot.state,
        }
    )


def _dumps(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def wire_marks(marks: Iterable[tuple[str, int]], signs: int) -> list[tuple[int, str, int]]:
    """(signs shared with the mark before, the signs after them, place): sorted keys have most of theirs in common."""
    wire, last = [], ""
    for text, place in shortened(marks, signs):
        shared = shared_signs(last.removesuffix(CUT), text)
        wire.append((shared, text[shared:], place))
        last = text
    return wire


def _wire_row(ranked: Ranked, limit: int) -> dict[str, Any]:
    shown = ranked.row.shown
    return {
        "place": ranked.place,
        "name": _cut(shown.get("name", ""), limit),
        "unit": _cut(shown.get("unit", ""), limit),
        "points": shown.get("points", 0),
        "ms": shown.get("elapsed_ms", 0),
        "id": ranked.row.member,
    }


def _cut(text: str | int, limit: int) -> str:
    # Composed first: Vietnamese typed on some phones arrives as letter + marks, and a cut would leave a bare mark.
    composed = unicodedata.normalize("NFC", str(text))
    return composed if len(composed) <= limit else composed[: limit - 1].rstrip() + "…"
