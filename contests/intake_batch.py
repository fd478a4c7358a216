"""Gathers answers for a few milliseconds and writes them in one statement; every caller waits for its COMMIT.

Rows are folded to the newest sequence number (PostgreSQL refuses to hit a row twice in one command) and sorted (two
processes writing in opposite orders would deadlock). The attempts are locked in id order, so a submit that commits first
is seen, and one that comes later waits: no answer is acknowledged that grading will not see.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from prometheus_client import Counter, Histogram
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from contests.answers_body import Answer

log = logging.getLogger("contests.intake")

GATHER = 0.004  # seconds a lone answer waits for company
MAX_BATCH = 300  # requests in one transaction
MAX_QUEUE = 4000  # requests waiting; more are refused at once
CLOCK_EVERY = 20.0  # seconds between two looks at the database's clock
RECEIPT_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no look-alikes: read out over the phone

BATCH_SIZE = Histogram("intake_batch_requests", "Requests in one commit", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 300))
BATCH_FAILED = Counter("intake_batch_failures", "Batches that did not commit", ["why"])

# %(strength)s is one of two constants below, never input.
SAVE = """
WITH arrived AS (
    SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::bigint[], %s::timestamptz[])
           AS t(attempt, question, choice, seq, stamp)
), locked AS (
    SELECT id, public_id, state, accepts_until FROM contests_attempt WHERE public_id = ANY(%s::uuid[])
    ORDER BY id FOR {strength}
), written AS (
    INSERT INTO contests_answer (attempt_id, question, choice, seq, arrived_at)
    SELECT l.id, t.question, t.choice::smallint[], t.seq, t.stamp
    FROM arrived t JOIN locked l ON l.public_id = t.attempt
    WHERE l.state = 'started' AND t.stamp <= l.accepts_until
    ORDER BY l.id, t.question
    ON CONFLICT (attempt_id, question) DO UPDATE
        SET choice = excluded.choice, seq = excluded.seq, arrived_at = excluded.arrived_at
        WHERE contests_answer.seq < excluded.seq
    RETURNING attempt_id, question, seq
)
SELECT l.public_id, w.question, w.seq FROM written w JOIN locked l ON l.id = w.attempt_id
"""
LOCK_SHARE, LOCK_UPDATE = "SHARE", "NO KEY UPDATE"
SUBMIT = """
UPDATE contests_attempt a SET state = 'submitted', submitted_at = s.stamp, closed_by = 'member', receipt = s.receipt
FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS s(attempt, stamp, receipt)
WHERE a.public_id = s.attempt AND a.state = 'started' AND s.stamp <= a.accepts_until
"""
READ = """
SELECT a.public_id, a.state, a.deadline, a.accepts_until, a.receipt, a.submitted_at, a.closed_by, n.question, n.choice, n.seq
FROM contests_attempt a LEFT JOIN contests_answer n ON n.attempt_id = a.id AND (a.public_id = ANY(%s::uuid[]))
WHERE a.public_id = ANY(%s::uuid[]) ORDER BY n.question
"""


class Overloaded(Exception):
    """The database is away or too far behind; the caller keeps the answer and sends it again."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one call asks for: answers that arrived at a database instant (epoch seconds), and perhaps the hand-in."""

    attempt: uuid.UUID
    answers: tuple[Answer, ...]
    arrived_at: float
    submit: bool


@dataclass(slots=True)
class Result:
    """What became of a request, after COMMIT. `state` None: there is no such attempt."""

    state: str | None = None
    deadline: datetime = field(default_factory=lambda: datetime.fromtimestamp(0, UTC))
    saved: list[tuple[int, int]] = field(default_factory=list)
    stale: bool = False
    closed: bool = False
    current: list[tuple[int, list[int], int]] = field(default_factory=list)
    receipt: str | None = None
    submitted_at: datetime | None = None


class DatabaseClock:
    """Database time without a query: PostgreSQL's clock read now and then, carried on by the monotonic clock between."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._known = asyncio.Event()

    def set(self, database_now: float, monotonic: float) -> None:
        """Note that the database said `database_now` when the monotonic clock stood at `monotonic`."""
        self._offset = database_now - monotonic
        self._known.set()

    def now(self) -> float | None:
        """Epoch seconds in database time, or None before the first look."""
        return None if self._offset is None else time.monotonic() + self._offset

    def rough(self) -> float:
        """Database time, or this machine's before the first look: good enough for a token's expiry."""
        return self.now() or time.time()

    async def wait(self, seconds: float = 1.5) -> float | None:
        """The database time of the call, once it is known; None when the database stays away."""
        entered = time.monotonic()
        try:
            await asyncio.wait_for(self._known.wait(), seconds)
        except TimeoutError:
            return None
        return None if self._offset is None else entered + self._offset


class Batcher:
    """One a process: a queue, a task that empties it, and a small pool of its own."""

    def __init__(self, database: dict[str, Any]) -> None:
        self.clock = DatabaseClock()
        self._conninfo = _conninfo(database)
        self._pool: AsyncConnectionPool | None = None
        self._waiting: list[tuple[Request, asyncio.Future[Result]]] = []
        self._wake = asyncio.Event()
        # References keep the tasks alive: the loop itself holds only weak ones.
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._follow_clock())]

    async def save(self, request: Request) -> Result:
        """Write the request with the next batch and return after its COMMIT. Raises Overloaded."""
        if len(self._waiting) >= MAX_QUEUE:
            raise Overloaded
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        self._wake.set()
        return await future

    async def close(self) -> None:
        """End the tasks and the pool; for tests and a tidy stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._pool is not None:
            await self._pool.close()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER)
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            if not self._waiting:
                self._wake.clear()
            # A caller that was answered 503 (time-out) is gone; its answer will come again.
            await self._write([(request, future) for request, future in batch if not future.done()])

    async def _write(self, batch: list[tuple[Request, asyncio.Future[Result]]]) -> None:
        if not batch:
            return
        try:
            results = await asyncio.wait_for(self._commit([request for request, _ in batch]), 5)
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, TimeoutError, OSError) as error:
            # Whether it was committed is not known. Saying "send again" is right either way: a repeat has one effect.
            BATCH_FAILED.labels("unavailable").inc()
            log.warning("answers not committed: %s", type(error).__name__)
            for _, future in batch:
                _settle(future, Overloaded())
        except Exception as error:  # a row at fault must fail alone
            if len(batch) == 1:
                BATCH_FAILED.labels("row").inc()
                log.exception("an answer was refused by the database")
                _settle(batch[0][1], error if isinstance(error, Overloaded) else Overloaded())
                return
            BATCH_FAILED.labels("split").inc()
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
        else:
            BATCH_SIZE.observe(len(batch))
            for (_, future), result in zip(batch, results, strict=True):
                _settle(future, result)

    async def _commit(self, requests: Sequence[Request]) -> list[Result]:
        """One transaction for all; the results in the same order."""
        pool = await self._connected()
        async with pool.connection(timeout=1.0) as connection, connection.transaction():
            written = await _save_answers(connection, requests)
            if any(request.submit for request in requests):
                await _submit(connection, [request for request in requests if request.submit])
            rows = await _read_states(connection, requests, written)
        return [_result(request, written, rows) for request in requests]

    async def _connected(self) -> AsyncConnectionPool:
        if self._pool is None:
            self._pool = AsyncConnectionPool(
                self._conninfo, min_size=1, max_size=2, timeout=1.0, open=False, reconnect_timeout=2.0, max_idle=60,
                # pooled connections that died with their server must not cost a batch each
                check=AsyncConnectionPool.check_connection,
            )  # fmt: skip
            await self._pool.open()
        return self._pool

    async def _follow_clock(self) -> None:
        while True:
            try:
                pool = await self._connected()
                async with pool.connection(timeout=1.0) as connection:
                    before = time.monotonic()
                    cursor = await connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
                    row = await cursor.fetchone()
                    after = time.monotonic()
                if row is not None:
                    self.clock.set(row[0], (before + after) / 2)
                await asyncio.sleep(CLOCK_EVERY)
            except (psycopg.Error, PoolTimeout, OSError):
                await asyncio.sleep(0.5)


async def _save_answers(connection: psycopg.AsyncConnection[Any], requests: Sequence[Request]) -> set[tuple[uuid.UUID, int, int]]:
    newest: dict[tuple[uuid.UUID, int], tuple[Answer, float]] = {}
    for request in requests:
        for answer in request.answers:
            place = (request.attempt, answer.question)
            if place not in newest or newest[place][0].seq < answer.seq:
                newest[place] = (answer, request.arrived_at)
    rows = sorted(newest.items(), key=lambda item: item[0])
    strength = LOCK_UPDATE if any(request.submit for request in requests) else LOCK_SHARE
    cursor = await connection.execute(
        SAVE.replace("{strength}", strength),
        (
            [attempt for (attempt, _), _ in rows],
            [question for (_, question), _ in rows],
            ["{" + ",".join(map(str, answer.choice)) + "}" for _, (answer, _) in rows],
            [answer.seq for _, (answer, _) in rows],
            [_instant(stamp) for _, (_, stamp) in rows],
            list({request.attempt for request in requests}),
        ),
        prepare=True,
    )
    return {(row[0], row[1], row[2]) for row in await cursor.fetchall()}


async def _submit(connection: psycopg.AsyncConnection[Any], requests: Sequence[Request]) -> None:
    first: dict[uuid.UUID, float] = {}
    for request in requests:
        first[request.attempt] = min(request.arrived_at, first.get(request.attempt, request.arrived_at))
    await connection.execute(
        SUBMIT, (list(first), [_instant(stamp) for stamp in first.values()], [new_receipt() for _ in first]), prepare=True
    )


async def _read_states(
    connection: psycopg.AsyncConnection[Any], requests: Sequence[Request], written: set[tuple[uuid.UUID, int, int]]
) -> dict[uuid.UUID, list[Any]]:
    """State of every attempt of the batch; its stored answers too where something was not written."""
    short = {
        request.attempt
        for request in requests
        if any((request.attempt, answer.question, answer.seq) not in written for answer in request.answers)
    }
    cursor = await connection.execute(READ, (list(short), list({request.attempt for request in requests})), prepare=True)
    found: dict[uuid.UUID, list[Any]] = {}
    for row in await cursor.fetchall():
        found.setdefault(row[0], []).append(row)
    return found


def _result(request: Request, written: set[tuple[uuid.UUID, int, int]], rows: dict[uuid.UUID, list[Any]]) -> Result:
    of_attempt = rows.get(request.attempt)
    if not of_attempt:
        return Result()
    _, state, deadline, accepts_until, receipt, submitted_at, closed_by, *_ = of_attempt[0]
    stored = {row[7]: (row[8], row[9]) for row in of_attempt if row[7] is not None}
    # Two taps on one question in one batch are folded to the newer; the older caller is answered as saved too.
    newest = {question: seq for attempt, question, seq in written if attempt == request.attempt}
    result = Result(state=state, deadline=deadline, submitted_at=submitted_at)
    if closed_by == "member":
        result.receipt = receipt
    refused = False
    for answer in request.answers:
        kept_seq = stored.get(answer.question, (None, 0))[1]
        if newest.get(answer.question, 0) >= answer.seq or kept_seq == answer.seq:
            result.saved.append((answer.question, answer.seq))
        elif kept_seq > answer.seq:
            result.stale = True
        else:
            refused = True
    result.closed = refused or (request.submit and result.receipt is None)
    if result.closed or result.stale:
        result.current = [(question, list(choice), seq) for question, (choice, seq) in sorted(stored.items())]
    if result.closed and state == "started" and _instant(request.arrived_at) > accepts_until:
        result.state = "expired"  # the sweep will write it within seconds; the member may know now
    return result


def new_receipt() -> str:
    """A short code to read out: 10 signs of 31, so that guessing one of a million receipts takes about 10⁹ tries."""
    return "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(10))


def _settle(future: asyncio.Future[Result], outcome: Result | Exception) -> None:
    if future.done():  # the caller left or timed out
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _instant(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _conninfo(database: dict[str, Any]) -> str:
    """The same database as Django's, with time-outs fit for a caller who waits two seconds."""
    options = {key: value for key, value in database.get("OPTIONS", {}).items() if key not in ("pool", "connect_timeout")}
    parts = {
        "dbname": database["NAME"], "user": database.get("USER") or None, "password": database.get("PASSWORD") or None,
        "host": database.get("HOST") or None, "port": database.get("PORT") or None,
        "connect_timeout": 2, "application_name": "intake", "tcp_user_timeout": 3000,
        "options": "-c statement_timeout=2500 -c lock_timeout=1500 -c timezone=UTC",
    }  # fmt: skip
    return make_conninfo(**{key: value for key, value in (parts | options).items() if value is not None})
