"""Database time without a query a request: PostgreSQL's clock is looked at now and then and carried on between."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import psycopg

LOOK_EVERY = 20.0  # seconds; quartz drifts about 50 ppm, so a carried clock is wrong by 1 ms at most
LOOKS = 3


class DatabaseClock:
    """Turns stamps of this process's monotonic clock into database time.

    Stamps are taken when a request enters and translated when it is written, so a request that came before the first
    look, or before a fail-over to a server with another clock, is judged by the clock of the server that stores it.
    """

    def __init__(self) -> None:
        self._offset: float | None = None
        self._looked_at = float("-inf")

    @property
    def is_due(self) -> bool:
        """Whether it is time for another look."""
        return time.monotonic() - self._looked_at > LOOK_EVERY

    async def look(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Read the database's clock; of a few looks the one with the shortest round trip is believed."""
        looks = [await _look_once(connection) for _ in range(LOOKS)]
        _, self._offset = min(looks)
        self._looked_at = time.monotonic()

    def at(self, monotonic: float) -> datetime:
        """The database time, in UTC, at which the monotonic clock showed `monotonic`."""
        if self._offset is None:
            raise RuntimeError("the database's clock has not been read yet")
        return datetime.fromtimestamp(monotonic + self._offset, UTC)

    def rough(self) -> float:
        """Epoch seconds in database time, or this machine's before the first look: good enough for a token's expiry."""
        return time.time() if self._offset is None else time.monotonic() + self._offset


async def _look_once(connection: psycopg.AsyncConnection[Any]) -> tuple[float, float]:
    """Round trip in seconds, and what to add to the monotonic clock."""
    before = time.monotonic()
    cursor = await connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
    row = await cursor.fetchone()
    after = time.monotonic()
    if row is None:
        raise psycopg.InternalError("no clock")
    return after - before, row[0] - (before + after) / 2
