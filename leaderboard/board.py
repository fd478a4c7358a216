"""The picture of a board in Redis or Valkey. The only file that names Redis keys.

PostgreSQL is the truth; everything here can be lost and is rebuilt by `rebuild`. A board is a sorted set of places
"<order key>.<member>", all with score 0, so that the set sorts them as texts, and a hash of public rows. Each row knows the
version of the standing it came from, because two commits may announce themselves in the wrong order, and its order key,
without which its place could not be found. All keys of a board share the hash tag `{board}`, so they live on one Cluster node.

Works on Redis >= 6.2 and Valkey. Clients are made with `decode_responses=False`.
"""

import itertools
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from leaderboard.ranking import EXACT_TOTAL, MARK_RANKS, Gone, Ranked, Row, ranked_from, shown_json
from leaderboard.snapshot import Snapshot, State

FORM = 2  # of what the keys hold; a picture of another form is not found, hence rebuilt
SIGNALS = "bxh:signals"  # one channel for all boards: "<board> <version>"
CHUNK = 1_000  # rows in one script call: a few ms of Redis, and far below what Lua's unpack can hold
MAX_RADIUS = 100
REBUILD_TRIES = 3

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_LUA = Path(__file__).parent / "lua"
_BUMP = (_LUA / "bump.lua").read_text()
_PUT = _BUMP + (_LUA / "put.lua").read_text()
_READY = _BUMP + (_LUA / "ready.lua").read_text()
_SNAPSHOT = (_LUA / "snapshot.lua").read_text()
_AROUND = (_LUA / "around.lua").read_text()


class BoardMoved(Exception):
    """A board kept changing while it was being read whole."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where one entry stands, at one version of the board."""

    place: int
    total: int
    version: int
    row: Row


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An entry and those just above and below it, at one version of the board."""

    version: int
    total: int
    rows: tuple[Ranked, ...]


def is_board_name(board: str) -> bool:
    """Lower-case letters, digits and hyphens, 100 at most: nothing that could leave its place in a key."""
    return _NAME.fullmatch(board) is not None


def put(client: Redis, board: str, rows: Iterable[Row | Gone]) -> int:
    """Write rows, newest version wins; how many changed. One signal if any did, and one round trip per CHUNK rows.

    Absolute values only, so a repeat is harmless and late arrivals of older versions are ignored.
    """
    return _put(client, board, rows, channel=SIGNALS)


def remove(client: Redis, board: str, member: str, version: int) -> bool:
    """Take a member off the board; a tombstone keeps rows of this version and older from coming back."""
    return bool(put(client, board, [Gone(member, version)]))


def snapshot(client: Redis, board: str, top: int = 10) -> Snapshot | None:
    """What the public sees at this moment, or None when the board is not ready (never built, or Redis was emptied)."""
    return _to_snapshot(client.register_script(_SNAPSHOT)(*_snapshot_call(board, top)))


async def snapshot_async(client: AsyncRedis, board: str, top: int = 10) -> Snapshot | None:
    """`snapshot` for the hub's event loop."""
    return _to_snapshot(await client.register_script(_SNAPSHOT)(*_snapshot_call(board, top)))


def around(client: Redis, board: str, member: str, radius: int = 2) -> Neighbours | None:
    """The member and up to `radius` rows on either side; None when it is not on the board or the board is not ready."""
    radius = min(max(radius, 0), MAX_RADIUS)
    keys = [_key(board, part) for part in ("order", "rows", "version", "ready")]
    reply = client.register_script(_AROUND)(keys, [member, radius])
    if reply is None:
        return None
    version, total, first, place, members, stored = reply
    return Neighbours(int(version), total, tuple(ranked_from(first, place, _rows(members, stored))))


def place(client: Redis, board: str, member: str) -> Position | None:
    """The member's shared place; None when it is not on the board or the board is not ready."""
    found = around(client, board, member, radius=0)
    if found is None:
        return None
    (own,) = found.rows
    return Position(own.place, found.total, found.version, own.row)


def rebuild(
    client: Redis, board: str, read_rows: Callable[[], Iterable[Row | Gone]], state: State = "provisional"
) -> bool:
    """Make the board anew from SQL and mark it ready. False: a later rebuild has taken over and will finish.

    `read_rows` must start its own query when it is called, not return rows that were read before.

    The order matters. First everything is deleted, then SQL is read: an announcement that came before the delete was
    committed before it, so the read sees its row; one that comes after the delete lands on the new board, and its
    version keeps the rebuild's older row from overwriting it. Reading first would lose what is announced in between.
    Until `ready` is set pages answer from SQL and the hub stays silent, so nobody is shown half a board.
    """
    for _ in range(REBUILD_TRIES):
        token = secrets.token_hex(8)
        with client.pipeline(transaction=True) as pipe:
            # The version stays: it must not go back even if the clock does.
            pipe.unlink(*(_key(board, part) for part in ("ready", "hidden", "order", "rows")))
            pipe.set(_key(board, "build"), token)
            pipe.execute()
        _put(client, board, read_rows(), channel="")
        # The token tells whether this is still the board that was begun: two rebuilds at once must not show half of
        # the second, and a FLUSHALL in the middle must not show the rest of the first.
        outcome = _mark_ready(client, board, state, token)
        if outcome != b"lost":
            return outcome == b"ready"
    return False


def set_state(client: Redis, board: str, state: State) -> bool:
    """Tell watchers that a ready board is now provisional, frozen or final. False when it is not ready."""
    return _mark_ready(client, board, state, "") == b"ready"


def unready(client: Redis, board: str) -> None:
    """Stop showing a board that is known to have missed something: pages answer from SQL until it is rebuilt."""
    client.delete(_key(board, "ready"))


def hide(client: Redis, board: str) -> None:
    """Stop showing a board on purpose, until it is rebuilt: hubs forget the picture that they keep for newcomers.

    A board that is not shown leaves no trace: the worker asks for this on every round.
    """
    if client.exists(_key(board, "ready")):
        with client.pipeline(transaction=True) as pipe:
            pipe.set(_key(board, "hidden"), 1)
            pipe.delete(_key(board, "ready"))
            pipe.publish(SIGNALS, f"{board} hidden")
            pipe.execute()


async def is_hidden_async(client: AsyncRedis, board: str) -> bool:
    """Whether it was hidden on purpose. A board that Redis merely lost is neither ready nor hidden."""
    return bool(await client.exists(_key(board, "hidden")))


def is_ready(client: Redis, board: str) -> bool:
    """Whether the board has been built and may be shown."""
    return bool(client.exists(_key(board, "ready")))


async def is_ready_async(client: AsyncRedis, board: str) -> bool:
    """`is_ready` for the hub's event loop."""
    return bool(await client.exists(_key(board, "ready")))


async def version_async(client: AsyncRedis, board: str) -> int:
    """The board's version as Redis knows it, 0 when it knows none. For the hub: has a signal been lost?"""
    return int(await client.get(_key(board, "version")) or 0)


def dump(client: Redis, board: str, tries: int = 5) -> list[Row]:
    """Every row of the board, best first, for `canonical` and `digest`. BoardMoved if it will not hold still."""
    for _ in range(tries):
        before = client.get(_key(board, "version"))
        rows = list(_pages(client, board))
        if client.get(_key(board, "version")) == before:
            return rows
    raise BoardMoved(board)


def _key(board: str, part: str) -> str:
    if not is_board_name(board):
        raise ValueError(f"not a board name: {board!r}")
    return f"bxh:{FORM}:{{{board}}}:{part}"


def _put(client: Redis, board: str, rows: Iterable[Row | Gone], channel: str) -> int:
    script = client.register_script(_PUT)
    keys = [_key(board, part) for part in ("order", "rows", "version")]
    changed = 0
    remaining = iter(rows)
    while chunk := list(itertools.islice(remaining, CHUNK)):
        args: list[str | int] = [channel, board]
        for row in _newest(chunk):
            match row:
                case Row():
                    args += [row.member, row.order, row.version, shown_json(row.shown)]
                case Gone():
                    args += [row.member, "", row.version, ""]
        changed += script(keys, args)
    return changed


def _newest(rows: Iterable[Row | Gone]) -> Iterable[Row | Gone]:
    newest: dict[str, Row | Gone] = {}
    for row in rows:
        known = newest.get(row.member)
        if known is None or row.version > known.version:
            newest[row.member] = row
    return newest.values()


def _mark_ready(client: Redis, board: str, state: State, token: str) -> bytes:
    keys = [_key(board, part) for part in ("version", "ready", "build")]
    outcome: bytes = client.register_script(_READY)(keys, [SIGNALS, board, state, token])
    return outcome


def _snapshot_call(board: str, top: int) -> tuple[list[str], list[int]]:
    keys = [_key(board, part) for part in ("order", "rows", "version", "ready")]
    return keys, [min(max(top, 0), CHUNK), EXACT_TOTAL, *MARK_RANKS]


def _to_snapshot(reply: list[Any] | None) -> Snapshot | None:
    if reply is None:
        return None
    state, version, total, now_ms, members, stored, marks = reply
    return Snapshot(
        version=int(version),
        total=total,
        top=tuple(ranked_from(0, 1, _rows(members, stored))),
        marks=tuple((key.decode(), at) for key, at in zip(marks[::2], marks[1::2], strict=True)),
        at_ms=int(now_ms),
        state=state.decode(),
    )


def _rows(members: Sequence[bytes], stored: Sequence[bytes]) -> list[Row]:
    return [_row(member, each) for member, each in zip(members, stored, strict=True)]


def _row(member: bytes, stored: bytes) -> Row:
    version, order, body = stored.split(b":", 2)
    return Row(member.decode(), order.decode(), int(version), json.loads(body))


def _pages(client: Redis, board: str) -> Iterator[Row]:
    for start in itertools.count(0, CHUNK):
        places: Any = client.zrange(_key(board, "order"), start, start + CHUNK - 1)
        if not places:
            return
        members = [place.split(b".", 1)[1] for place in places]
        stored: Any = client.hmget(_key(board, "rows"), members)
        for member, each in zip(members, stored, strict=True):
            if each is not None and not each.endswith(
                b":"
            ):  # left between the two reads: the version check repeats the dump
                yield _row(member, each)
