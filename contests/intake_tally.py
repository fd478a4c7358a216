"""How many replies of each kind the answer path gives, told to the organizers' live page.

Counting is one addition in this process; now and then what was added is written by a short connection of its own, never by
the one that saves answers. While the database is away the counts wait; what is older than a day is forgotten.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from datetime import UTC, datetime

import psycopg

log = logging.getLogger("contests.intake")

EVERY = 15.0  # seconds between two writes of a process
MOST = 2000  # minutes × kinds that wait; beyond them the oldest are dropped
ADD = """
INSERT INTO contests_savecount AS known (minute, act, status, count)
SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::smallint[], %s::bigint[])
ON CONFLICT (minute, act, status) DO UPDATE SET count = known.count + excluded.count
"""
FORGET = "DELETE FROM contests_savecount WHERE minute < clock_timestamp() - interval '1 day'"

Kind = tuple[int, str, int]  # minute of the epoch, act, status


class Tally:
    """The counts of one process that are not written yet."""

    def __init__(self, conninfo: str, every: float = EVERY) -> None:
        self._conninfo, self._every = conninfo, every
        self._counts: Counter[Kind] = Counter()
        self._task: asyncio.Task[None] | None = None

    def add(self, act: str, status: int) -> None:
        """Count one reply; within `every` seconds it is written."""
        self._counts[int(time.time()) // 60, act, status] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._later())

    async def write(self) -> None:
        """Write what was counted. Where that fails, it waits for the next time."""
        taken, self._counts = self._counts, Counter()
        if not taken:
            return
        rows = [
            (datetime.fromtimestamp(minute * 60, UTC), act, status, n) for (minute, act, status), n in taken.items()
        ]
        try:
            async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                await connection.execute(ADD, [list(column) for column in zip(*sorted(rows), strict=True)])
                await connection.execute(FORGET)
        except (psycopg.Error, OSError) as error:
            log.info("counts of replies wait: %r", error)
            self._counts += taken
            for old in sorted(self._counts)[: max(0, len(self._counts) - MOST)]:
                del self._counts[old]

    async def close(self) -> None:
        """Write what is left and end the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.write()

    async def _later(self) -> None:
        while self._counts:
            await asyncio.sleep(self._every)
            await self.write()
