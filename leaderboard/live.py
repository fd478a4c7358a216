"""The board as the rest of the platform meets it: announce results after commit, read a snapshot for a page.

Law 1: the database is the truth. Nothing here raises because Redis is away, except `rebuild`, which a person or a job
asked for. What could not be announced waits in this process and is written when Redis is back.
"""

import functools
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from leaderboard import board as boards
from leaderboard import metrics
from leaderboard.announcer import Announcer
from leaderboard.memo import Memo
from leaderboard.ranking import Gone, Row
from leaderboard.snapshot import Snapshot, State

TIMEOUT = 0.2  # seconds an announcement may cost the caller when Redis hangs
REBUILD_TIMEOUT = 30.0


def announce(board: str, rows: Iterable[Row | Gone]) -> None:
    """Put changed rows on their board, after commit. Never raises for Redis and never waits long for it."""
    announcer().announce(board, rows)


def board_snapshot(board: str, fallback: Callable[[], Snapshot]) -> Snapshot:
    """What the public sees now: from Redis, or from SQL when the board is missing or Redis is away.

    `fallback` is asked at most once a second and board in each process, so that phones that poll through an outage of
    Redis do not become an outage of the database (settings.BOARD_FALLBACK_SECONDS; 0 asks each time).
    """
    found = announcer().read(lambda client: boards.snapshot(client, board))
    if found is not None:
        return found

    def asked() -> Snapshot:
        metrics.FALLBACKS.inc()
        return fallback()

    return _fallbacks.get(board, asked, getattr(settings, "BOARD_FALLBACK_SECONDS", 1.0))


def board_place(board: str, member: str) -> boards.Position | None:
    """The member's place; None when it is not on the board, the board is missing or Redis is away."""
    return announcer().read(lambda client: boards.place(client, board, member))


def board_around(board: str, member: str, radius: int = 2) -> boards.Neighbours | None:
    """The member's neighbours; None when it is not on the board, the board is missing or Redis is away."""
    return announcer().read(lambda client: boards.around(client, board, member, radius))


def is_missing(board: str) -> bool:
    """Whether Redis is there and does not have the board: the case in which a rebuild is due."""
    return announcer().read(lambda client: not boards.is_ready(client, board)) or False


def hide(board: str) -> None:
    """Take a board out of sight; `is_missing` is true from then on, until it is rebuilt."""
    announcer().read(lambda client: boards.hide(client, board))


def set_state(board: str, state: State) -> None:
    """Tell watchers that the board is now provisional, frozen or final. A board that is missing is told by its rebuild."""
    announcer().read(lambda client: boards.set_state(client, board, state))


def rebuild(board: str, read_rows: Callable[[], Iterable[Row | Gone]], state: State = "provisional") -> int:
    """Make the board anew from SQL; how many rows were read. Raises redis errors: whoever asked wants to know."""
    read = 0

    def counted() -> Iterator[Row | Gone]:
        nonlocal read
        read = 0
        for row in read_rows():
            read += 1
            yield row

    with connect(settings.REDIS_URL, timeout=REBUILD_TIMEOUT) as client:
        boards.rebuild(client, board, counted, state)
    return read


def connect(url: str, *, timeout: float) -> Redis:
    """A client that gives up after `timeout` seconds. redis-py's own would retry for many more by default."""
    return Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )


_fallbacks: Memo[Snapshot] = Memo()


def announcer() -> Announcer:
    """The one of this process, for settings.REDIS_URL."""
    return _announcer(settings.REDIS_URL)


@functools.lru_cache(maxsize=4)
def _announcer(url: str) -> Announcer:
    return Announcer(connect(url, timeout=TIMEOUT))
