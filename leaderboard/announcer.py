"""Writing to a Redis that may be away: what could not be written is kept and written when it is back.

Without this a blip of two seconds would leave the results of those two seconds off the board until somebody rebuilt
it: Redis comes back with its data, says "ready", and nobody announces those results again.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from redis import Redis
from redis.exceptions import RedisError

from leaderboard import board as boards
from leaderboard import metrics
from leaderboard.ranking import Gone, Row

logger = logging.getLogger(__name__)

RETRY_AFTER = 1.0  # seconds between two looks whether Redis is back
MAX_WAITING = 20_000  # rows kept in memory; beyond it a rebuild is cheaper than a backlog

T = TypeVar("T")


class Announcer:
    """Writes to one Redis and reads from it, never raising because it is away. Safe to share between threads.

    While Redis is known to be away nobody waits for its time-out: rows are kept, reads answer None, and one thread
    looks every `retry_after` seconds until everything kept has been written.
    """

    def __init__(self, client: Redis, *, retry_after: float = RETRY_AFTER, max_waiting: int = MAX_WAITING) -> None:
        self._client = client
        self._retry_after = retry_after
        self._max_waiting = max_waiting
        self._lock = threading.Lock()  # guards what follows
        self._away = False
        self._waiting: dict[tuple[str, str], Row | Gone] = {}  # by board and member, newest version only
        self._spoilt: set[str] = set()  # boards whose rows were given up: to be hidden until they are rebuilt

    @property
    def is_away(self) -> bool:
        """Whether Redis failed and something still waits for it."""
        return self._away

    def announce(self, board: str, rows: Iterable[Row | Gone]) -> None:
        """Put the rows on the board, or keep them until that is possible."""
        rows = list(rows)
        if not self._away:
            try:
                boards.put(self._client, board, rows)
                return
            except RedisError as error:
                logger.warning("Redis is away, the board %s will be late: %s", board, error)
        metrics.ANNOUNCE_FAILED.inc()
        self._keep(board, rows)

    def read(self, ask: Callable[[Redis], T]) -> T | None:
        """What Redis answers; None when it is away."""
        if self._away:
            return None
        try:
            return ask(self._client)
        except RedisError as error:
            logger.warning("Redis is away, boards are read from SQL: %s", error)
        with self._lock:
            self._look_for_redis()
        return None

    def _keep(self, board: str, rows: Iterable[Row | Gone]) -> None:
        with self._lock:
            for row in rows:
                known = self._waiting.get((board, row.member))
                if known is None or row.version > known.version:
                    self._waiting[board, row.member] = row
            if len(self._waiting) > self._max_waiting:
                metrics.ANNOUNCE_DROPPED.inc(len(self._waiting))
                self._spoilt |= {name for name, _ in self._waiting}
                logger.error("Too many rows wait for Redis; to be rebuilt: %s", ", ".join(sorted(self._spoilt)))
                self._waiting.clear()
            metrics.ANNOUNCE_WAITING.set(len(self._waiting))
            # Under the same lock as the thread's decision to end, or a row kept just then would wait for ever.
            self._look_for_redis()

    def _look_for_redis(self) -> None:
        if not self._away:
            self._away = True
            threading.Thread(target=self._retry, name="board-announcer", daemon=True).start()

    def _retry(self) -> None:
        while self._away:
            time.sleep(self._retry_after)
            try:
                self._write_what_waits()
            except RedisError:
                continue  # said once, when it went
            except Exception:
                logger.exception("The waiting announcements could not be written")

    def _write_what_waits(self) -> None:
        with self._lock:
            waiting, spoilt = dict(self._waiting), set(self._spoilt)
        self._client.ping()
        for board in spoilt:
            boards.unready(self._client, board)
        by_board: defaultdict[str, list[Row | Gone]] = defaultdict(list)
        for (board, _), row in waiting.items():
            by_board[board].append(row)
        for board, rows in by_board.items():
            boards.put(self._client, board, rows)
        with self._lock:
            for key, row in waiting.items():
                if self._waiting.get(key) is row:
                    del self._waiting[key]
            self._spoilt -= spoilt
            metrics.ANNOUNCE_WAITING.set(len(self._waiting))
            self._away = bool(self._waiting or self._spoilt)
        if not self._away:
            logger.info("Redis is back; %d late rows written", len(waiting))
