"""Gathers answers for a few milliseconds and writes them together; every caller waits for the COMMIT.

One queue, one task and one connection a process: while a batch is on its way the next one gathers, so a second
connection would only make the batches smaller.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from prometheus_client import Counter, Histogram
from psycopg.conninfo import make_conninfo

from contests.answers_body import Answer
from contests.intake_batch import Connection, Outcome, Request, Result, commit
from contests.intake_clock import DatabaseClock

log = logging.getLogger("contests.intake")

GATHER = 0.001  # seconds a lone answer waits for company; while a batch is written, the next one gathers anyway
MAX_BATCH = 300  # requests in one transaction
MAX_QUEUE = 4000  # requests waiting; more are refused at once
REPLY_WITHIN = 1.8  # seconds from the queue to the reply; after that the caller hears "send again"
COMMIT_WITHIN = 2.5  # seconds; longer than the server's own time-outs, so that only a dead server meets it
BUSY_AGAIN = 0.02  # seconds until an attempt that somebody else held is tried again
AWAY_PAUSE = 0.1  # seconds between two tries while the database is away
NOT_FOR_LIBPQ = {"pool", "server_side_binding", "isolation_level", "assume_role", "connect_timeout", "options"}

BATCH_SIZE = Histogram("intake_batch_requests", "Requests in one commit", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 300))
COMMIT_SECONDS = Histogram("intake_commit_seconds", "From the start of a batch to its COMMIT")
BATCH_FAILED = Counter("intake_batch_failures", "Batches that did not commit", ["why"])


class Overloaded(Exception):
    """The database is away or too far behind; the caller keeps the answer and sends it again."""


@dataclass(eq=False, slots=True)
class Waiter:
    """A caller who waits for a COMMIT. `entered` is the monotonic clock when the request came in."""

    attempt: uuid.UUID
    epoch: int
    answers: tuple[Answer, ...]
    submit: bool
    ends: int | None
    entered: float
    future: asyncio.Future[Result] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def settle(self, outcome: Result | Exception) -> None:
        """Answer the caller, unless they have left."""
        if self.future.done():
            return
        if isinstance(outcome, Exception):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


class Batcher:
    """One a process: a queue, a task that empties it, and a connection of its own."""

    def __init__(self, database: dict[str, Any]) -> None:
        self.clock = DatabaseClock()
        self._conninfo = conninfo(database)
        self._connection: Connection | None = None
        self._waiting: deque[Waiter] = deque()
        self._wake = asyncio.Event()
        self._away = False
        self._task = asyncio.create_task(self._run())  # the loop itself holds only weak references

    async def save(
        self,
        *,
        attempt: uuid.UUID,
        epoch: int,
        answers: tuple[Answer, ...],
        submit: bool,
        ends: int | None = None,
        entered: float,
    ) -> Result:
        """Write with the next batch and return after its COMMIT. `entered`: monotonic. Raises Overloaded."""
        if len(self._waiting) >= MAX_QUEUE:
            raise Overloaded
        waiter = Waiter(attempt, epoch, answers, submit, ends, entered)
        self._enqueue(waiter)
        try:
            async with asyncio.timeout(REPLY_WITHIN):
                return await waiter.future
        except TimeoutError:
            raise Overloaded from None

    async def close(self) -> None:
        """End the task and the connection; whoever still waits hears Overloaded."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        for waiter in self._waiting:
            waiter.settle(Overloaded())
        await self._disconnect()

    def _enqueue(self, waiter: Waiter) -> None:
        self._waiting.append(waiter)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER)
            await self._write(self._take())
            if self._away:
                await asyncio.sleep(AWAY_PAUSE)

    def _take(self) -> list[Waiter]:
        """The next batch. Whoever has left or heard 503 is dropped: their answer will come again."""
        batch: list[Waiter] = []
        while self._waiting and len(batch) < MAX_BATCH:
            waiter = self._waiting.popleft()
            if not waiter.future.done():
                batch.append(waiter)
        if not self._waiting:
            self._wake.clear()
        return batch

    async def _write(self, batch: Sequence[Waiter]) -> None:
        """Commit the batch and answer its callers; a batch with a row at fault is halved until that row fails alone."""
        if not batch:
            return
        try:
            started = time.monotonic()
            async with asyncio.timeout(COMMIT_WITHIN):
                results = await self._commit(batch)
        except Exception as error:
            if _is_row_fault(error):
                await self._write_halves(batch, error)
            else:
                await self._refuse(batch, error)
            return
        BATCH_SIZE.observe(len(batch))
        COMMIT_SECONDS.observe(time.monotonic() - started)
        self._note_away(False)
        for waiter, result in zip(batch, results, strict=True):
            if result.outcome is Outcome.BUSY:
                asyncio.get_running_loop().call_later(BUSY_AGAIN, self._enqueue, waiter)
            else:
                waiter.settle(result)

    async def _write_halves(self, batch: Sequence[Waiter], error: Exception) -> None:
        BATCH_FAILED.labels("row" if len(batch) == 1 else "split").inc()
        if len(batch) == 1:
            log.error("the database refused one answer, attempt %s", batch[0].attempt, exc_info=error)
            batch[0].settle(Overloaded())  # a fault of ours: the phone keeps the answer until it is mended
            return
        middle = len(batch) // 2
        await self._write(batch[:middle])
        await self._write(batch[middle:])

    async def _refuse(self, batch: Sequence[Waiter], error: Exception) -> None:
        """Whether it was committed is not known. "Send again" is right either way: a repeat has one effect."""
        BATCH_FAILED.labels("unavailable").inc()
        self._note_away(True, error)
        for waiter in batch:
            waiter.settle(Overloaded())
        await self._disconnect()

    async def _commit(self, batch: Sequence[Waiter]) -> list[Result]:
        """Once more on a new connection if the old one turns out to be dead: a repeat has one effect."""
        if self._connection is not None:
            try:
                return await self._commit_once(self._connection, batch)
            except psycopg.OperationalError:
                await self._disconnect()
        return await self._commit_once(await self._connect(), batch)

    async def _commit_once(self, connection: Connection, batch: Sequence[Waiter]) -> list[Result]:
        if self.clock.is_due:
            await self.clock.look(connection)
        requests = [
            Request(each.attempt, each.epoch, each.answers, self.clock.at(each.entered), each.submit, each.ends)
            for each in batch
        ]
        return await commit(connection, requests)

    async def _connect(self) -> Connection:
        self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        await self.clock.look(self._connection)  # it may be another server than before
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _note_away(self, away: bool, error: Exception | None = None) -> None:
        """Log when the database goes and comes, not every batch in between."""
        if away and not self._away:
            log.warning("the database is away, answers are refused: %r", error)
        elif self._away and not away:
            log.warning("the database is back")
        self._away = away


def conninfo(database: dict[str, Any]) -> str:
    """The same database as Django's, with time-outs fit for a caller who waits two seconds."""
    given = database.get("OPTIONS", {})
    ours = "-c statement_timeout=2000 -c lock_timeout=1000 -c timezone=UTC"
    # Every look-up here is by a unique index. A plan that was made while a table was empty must never scan it when full.
    ours += " -c enable_seqscan=off"
    parts = {key: value for key, value in given.items() if key not in NOT_FOR_LIBPQ} | {
        "dbname": database["NAME"], "user": database.get("USER"), "password": database.get("PASSWORD"),
        "host": database.get("HOST") or given.get("host"), "port": database.get("PORT") or given.get("port"),
        "connect_timeout": 2, "tcp_user_timeout": 3000, "keepalives_idle": 20, "keepalives_interval": 5,
        "application_name": "intake", "options": f"{given.get('options', '')} {ours}".strip(),
    }  # fmt: skip
    return make_conninfo(**{key: value for key, value in parts.items() if value not in (None, "")})


def _is_row_fault(error: Exception) -> bool:
    """Whether a single row may be to blame, and not the database or the way to it."""
    if isinstance(error, psycopg.Error):
        return isinstance(error, psycopg.DataError | psycopg.IntegrityError)
    return not isinstance(error, OSError)  # TimeoutError is one too
