"""What one batch does in the database: many members' answers and hand-ins, one commit, one result each.

The rules that SQL holds, in one statement: an answer is written only while its attempt runs and if it arrived in time
(its own stamp against the attempt's last instant), and only over a lower sequence number. The attempts are locked
first, in id order: a hand-in that committed earlier is seen, one that comes later is held off, so no answer is
acknowledged that grading does not see. An attempt that somebody else holds is skipped and comes again with the next
batch: one stuck row must not stop everybody's answers.

Only the device that holds the sitting writes: a token of a lower epoch than the attempt's is told so. What comes too
late, or from a device that does not hold the sitting, is kept apart (LateAnswer) before the reply says so.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg

from contests.answers_body import Answer

Connection = psycopg.AsyncConnection[Any]
Kept = tuple[int, tuple[int, ...], str]  # sequence number, choice, text
RECEIPT_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no look-alikes: read out over the phone
RECEIPT_LENGTH = 10

# A late attempt is not locked at all: the sweep updates those in an order of its own and could deadlock with us.
# DISTINCT ON folds taps on one question to the newest that came in time: PostgreSQL refuses to hit a row twice.
SAVE = """
WITH asked AS (
    SELECT * FROM unnest(%(attempts)s::uuid[], %(firsts)s::timestamptz[]) AS r(attempt, first)
), arrived AS (
    SELECT * FROM unnest(%(of)s::uuid[], %(questions)s::smallint[], %(choices)s::text[], %(texts)s::text[],
                         %(seqs)s::bigint[], %(stamps)s::timestamptz[], %(epochs)s::smallint[])
         AS t(attempt, question, choice, text, seq, stamp, epoch)
), locked AS (
    SELECT a.id, a.public_id, a.deadline, a.accepts_until, a.epoch
    FROM contests_attempt a JOIN asked r ON a.public_id = r.attempt
    WHERE a.state = 'started' AND r.first <= a.accepts_until
    ORDER BY a.id FOR {strength} OF a SKIP LOCKED
), written AS (
    INSERT INTO contests_answer (attempt_id, question, choice, text, seq, arrived_at)
    SELECT DISTINCT ON (l.id, t.question) l.id, t.question, t.choice::smallint[], t.text, t.seq, t.stamp
    FROM arrived t JOIN locked l ON l.public_id = t.attempt AND l.epoch = t.epoch
    WHERE t.stamp <= l.accepts_until
    ORDER BY l.id, t.question, t.seq DESC, t.stamp
    ON CONFLICT (attempt_id, question) DO UPDATE
        SET choice = excluded.choice, text = excluded.text, seq = excluded.seq, arrived_at = excluded.arrived_at
        WHERE contests_answer.seq < excluded.seq
    RETURNING attempt_id, question, seq, choice, text
)
SELECT l.public_id, l.deadline, l.epoch, w.question, w.seq, w.choice, w.text
FROM locked l LEFT JOIN written w ON w.attempt_id = l.id
"""
SAVE_ONLY = SAVE.format(strength="SHARE")  # other processes may save to the same attempt, nobody may end it
SAVE_AND_END = SAVE.format(
    strength="NO KEY UPDATE"
)  # the lock that the UPDATE below takes anyway: no upgrade, no deadlock
# What was received counts the questions; the side question after the last one ("?", see rules.kinds.shapes) is none.
SUBMIT = """
UPDATE contests_attempt a SET state = 'submitted', submitted_at = s.stamp, closed_by = 'member', receipt = s.receipt,
    received = (SELECT count(*) FROM contests_answer n
                WHERE n.attempt_id = a.id AND (cardinality(n.choice) > 0 OR n.text <> '')
                AND NOT (a.shape LIKE '%%?' AND n.question = length(translate(a.shape, '0123456789', ''))))
FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS s(attempt, stamp, receipt)
WHERE a.public_id = s.attempt AND a.state = 'started' AND s.stamp <= a.accepts_until
RETURNING a.public_id, a.receipt, a.submitted_at, a.received
"""
# Whoever rules on an attempt holds its row: then what came late waits with the next batch, not the batch with it.
KEEP_LATE = """
WITH arrived AS (
    SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::text[])
         AS t(attempt, question, choice, text, seq, stamp, cause)
), free AS (
    SELECT a.id, a.public_id FROM contests_attempt a WHERE a.public_id IN (SELECT attempt FROM arrived)
    ORDER BY a.id FOR SHARE OF a SKIP LOCKED
), kept AS (
    INSERT INTO contests_lateanswer (attempt_id, question, choice, text, seq, arrived_at, cause)
    SELECT DISTINCT ON (a.id, t.question) a.id, t.question, t.choice::smallint[], t.text, t.seq, t.stamp, t.cause
    FROM arrived t JOIN free a ON a.public_id = t.attempt
    ORDER BY a.id, t.question, t.seq DESC, t.stamp
    ON CONFLICT (attempt_id, question) DO UPDATE
        SET choice = excluded.choice, text = excluded.text, seq = excluded.seq, arrived_at = excluded.arrived_at,
            cause = excluded.cause
        WHERE contests_lateanswer.seq < excluded.seq AND contests_lateanswer.accepted_at IS NULL
)
SELECT public_id FROM free
"""
READ = """
SELECT a.public_id, a.state, a.deadline, a.accepts_until, a.closed_by, a.receipt, a.submitted_at, a.received, a.epoch,
       (SELECT coalesce(json_agg(json_build_array(n.question, n.choice, n.text, n.seq) ORDER BY n.question), '[]')
        FROM contests_answer n WHERE n.attempt_id = a.id)
FROM contests_attempt a WHERE a.public_id = ANY(%s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Request:
    """What one call asks for: answers that arrived at an instant of database time, and perhaps the hand-in."""

    attempt: uuid.UUID
    epoch: int  # of the token
    answers: tuple[Answer, ...]
    arrived_at: datetime
    submit: bool
    ends: int | None = None  # a hand-in that the phone does at the end that it knows of, in epoch milliseconds


class Outcome(StrEnum):
    """What became of a request."""

    SAVED = "saved"  # every answer is stored, or was replaced by a newer one; for a hand-in: it is handed in
    STALE = "stale"  # something newer is stored
    CLOSED = "closed"  # handed in or out of time
    ELSEWHERE = "elsewhere"  # another device holds the sitting
    EXTENDED = "extended"  # not handed in: there is more time than the phone knew of; the answers are saved
    ABSENT = "absent"  # no such attempt
    BUSY = "busy"  # somebody else holds the attempt; nothing of the request was done


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome and what the server has. ABSENT and BUSY have no deadline; `current` is given where something was not saved."""

    outcome: Outcome
    deadline: datetime | None = None
    saved: tuple[tuple[int, int], ...] = ()  # question, sequence number
    state: str = "started"
    current: tuple[tuple[int, tuple[int, ...] | str, int], ...] = ()  # question, choice or text, sequence number
    receipt: str | None = None
    submitted_at: datetime | None = None
    received: int | None = None  # answers that were in at the hand-in
    late: tuple[tuple[int, int], ...] = ()  # question, sequence number: kept apart, not counted


@dataclass(slots=True)
class _Locked:
    """An attempt that this batch held: it runs, and this is what was written to it."""

    deadline: datetime
    epoch: int
    written: dict[int, Kept]


@dataclass(frozen=True, slots=True)
class _Stored:
    """An attempt as it is after the commit."""

    state: str
    deadline: datetime
    accepts_until: datetime
    closed_by: str
    receipt: str | None
    submitted_at: datetime | None
    received: int | None
    epoch: int
    answers: dict[int, Kept]


async def commit(connection: Connection, requests: Sequence[Request]) -> list[Result]:
    """Do what the requests ask in one transaction; returns after its COMMIT, the results in the order of the requests.

    The connection is in autocommit mode. Raises psycopg's errors; then nothing was done, or (connection lost at COMMIT)
    it is not known, and doing the same again is right either way.
    """
    if any(request.submit for request in requests):
        async with connection.transaction():
            locked = await _save(connection, requests, SAVE_AND_END)
            ended = await _submit(connection, [request for request in requests if _may_end(request, locked)])
    else:
        locked, ended = await _save(connection, requests, SAVE_ONLY), {}
    clean = [_clean_result(request, locked, ended) for request in requests]
    unclear = {request.attempt for request, result in zip(requests, clean, strict=True) if result is None}
    stored = await _read(connection, unclear) if unclear else {}
    results = [
        result or _result(request, locked.get(request.attempt), stored.get(request.attempt))
        for request, result in zip(requests, clean, strict=True)
    ]
    late = [pair for pair in zip(requests, results, strict=True) if pair[1].late]
    kept = await _keep_late(connection, late) if late else set()
    return [
        Result(Outcome.BUSY) if result.late and request.attempt not in kept else result
        for request, result in zip(requests, results, strict=True)
    ]


def new_receipt() -> str:
    """A short code to read out: 10 signs of 31, so that guessing one of a million receipts takes about 10⁹ tries."""
    return "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(RECEIPT_LENGTH))


def _may_end(request: Request, locked: dict[uuid.UUID, _Locked]) -> bool:
    held = locked.get(request.attempt)
    return request.submit and held is not None and held.epoch == request.epoch and not _has_more(request, held.deadline)


def _has_more(request: Request, deadline: datetime) -> bool:
    """Whether an extension moved the end after which the phone handed in by itself. A second is rounding."""
    return request.ends is not None and deadline.timestamp() * 1000 > request.ends + 1000


async def _save(connection: Connection, requests: Sequence[Request], statement: str) -> dict[uuid.UUID, _Locked]:
    firsts = _earliest(requests)
    rows = [(request, answer) for request in requests for answer in request.answers]
    cursor = await connection.execute(
        statement,
        {
            "attempts": list(firsts),
            "firsts": list(firsts.values()),
            "of": [request.attempt for request, _ in rows],
            "questions": [answer.question for _, answer in rows],
            "choices": ["{" + ",".join(map(str, answer.choice)) + "}" for _, answer in rows],
            "texts": [answer.text for _, answer in rows],
            "seqs": [answer.seq for _, answer in rows],
            "stamps": [request.arrived_at for request, _ in rows],
            "epochs": [request.epoch for request, _ in rows],
        },
        prepare=True,
    )
    locked: dict[uuid.UUID, _Locked] = {}
    for attempt, deadline, epoch, question, seq, choice, text in await cursor.fetchall():
        held = locked.setdefault(attempt, _Locked(deadline, epoch, {}))
        if question is not None:
            held.written[question] = (seq, tuple(choice), text)
    return locked


async def _submit(connection: Connection, requests: Sequence[Request]) -> dict[uuid.UUID, tuple[str, datetime, int]]:
    firsts = _earliest(requests)
    receipts = [new_receipt() for _ in firsts]
    cursor = await connection.execute(SUBMIT, (list(firsts), list(firsts.values()), receipts), prepare=True)
    return {attempt: (receipt, stamp, received) for attempt, receipt, stamp, received in await cursor.fetchall()}


async def _keep_late(connection: Connection, late: Sequence[tuple[Request, Result]]) -> set[uuid.UUID]:
    """Store what came too late, apart from what counts; returns the attempts for which that was done, not held by others."""
    rows = [
        (request, answer, "elsewhere" if result.outcome is Outcome.ELSEWHERE else "closed")
        for request, result in late
        for answer in request.answers
        if (answer.question, answer.seq) in result.late
    ]
    columns: tuple[list[Any], ...] = (
        [request.attempt for request, _, _ in rows],
        [answer.question for _, answer, _ in rows],
        ["{" + ",".join(map(str, answer.choice)) + "}" for _, answer, _ in rows],
        [answer.text for _, answer, _ in rows],
        [answer.seq for _, answer, _ in rows],
        [request.arrived_at for request, _, _ in rows],
        [cause for _, _, cause in rows],
    )
    cursor = await connection.execute(KEEP_LATE, columns, prepare=True)
    return {attempt for (attempt,) in await cursor.fetchall()}


async def _read(connection: Connection, attempts: Iterable[uuid.UUID]) -> dict[uuid.UUID, _Stored]:
    cursor = await connection.execute(READ, (list(attempts),), prepare=True)
    return {
        row[0]: _Stored(
            *row[1:9], answers={question: (seq, tuple(choice), text) for question, choice, text, seq in row[9]}
        )
        for row in await cursor.fetchall()
    }


def _earliest(requests: Iterable[Request]) -> dict[uuid.UUID, datetime]:
    """The first arrival of each attempt."""
    firsts: dict[uuid.UUID, datetime] = {}
    for request in requests:
        firsts[request.attempt] = min(request.arrived_at, firsts.get(request.attempt, request.arrived_at))
    return firsts


def _clean_result(
    request: Request, locked: dict[uuid.UUID, _Locked], ended: dict[uuid.UUID, tuple[str, datetime, int]]
) -> Result | None:
    """The result of a request that went through whole, as nearly all do; None where the tables must be asked."""
    held = locked.get(request.attempt)
    if held is None or held.epoch != request.epoch:
        return None
    if not all(_is_kept(answer, held.written.get(answer.question)) for answer in request.answers):
        return None
    saved = tuple((answer.question, answer.seq) for answer in request.answers)
    if not request.submit:
        return Result(Outcome.SAVED, held.deadline, saved)
    if request.attempt not in ended:
        return None
    receipt, submitted_at, received = ended[request.attempt]
    return Result(
        Outcome.SAVED, held.deadline, saved, "submitted", receipt=receipt, submitted_at=submitted_at, received=received
    )


def _result(request: Request, held: _Locked | None, stored: _Stored | None) -> Result:
    """The result of any other request: a repeat, something stale, closed, held by somebody else, or absent."""
    if stored is None:
        return Result(Outcome.ABSENT)
    runs = stored.state == "started" and request.arrived_at <= stored.accepts_until
    if held is None and runs:
        return Result(Outcome.BUSY)
    elsewhere = runs and stored.epoch != request.epoch
    written = held.written if held else {}
    saved = tuple(
        (answer.question, answer.seq)
        for answer in request.answers
        if _is_kept(answer, written.get(answer.question))
        or stored.answers.get(answer.question) == (answer.seq, answer.choice, answer.text)
    )
    whole = len(saved) == len(request.answers)
    receipt = stored.receipt if stored.closed_by == "member" else None
    if elsewhere:
        outcome = Outcome.ELSEWHERE
    elif runs and request.submit and _has_more(request, stored.deadline):
        outcome = Outcome.EXTENDED
    elif request.submit:
        outcome = Outcome.CLOSED if receipt is None else Outcome.SAVED
    elif whole:
        outcome = Outcome.SAVED
    else:
        outcome = Outcome.STALE if runs else Outcome.CLOSED
    return Result(
        outcome,
        stored.deadline,
        saved,
        # The sweep writes the end of a late attempt within seconds; the member may know now.
        state="expired" if stored.state == "started" and not runs else stored.state,
        current=() if whole and outcome is Outcome.SAVED else _as_current(stored),
        receipt=receipt if request.submit else None,
        submitted_at=stored.submitted_at,
        received=stored.received,
        late=_late(request, saved, stored) if elsewhere or not runs else (),
    )


def _late(request: Request, saved: tuple[tuple[int, int], ...], stored: _Stored) -> tuple[tuple[int, int], ...]:
    """What a phone brings that is newer than all that counts: it is kept apart."""
    return tuple(
        (answer.question, answer.seq)
        for answer in request.answers
        if (answer.question, answer.seq) not in saved
        and (answer.question not in stored.answers or stored.answers[answer.question][0] < answer.seq)
    )


def _as_current(stored: _Stored) -> tuple[tuple[int, tuple[int, ...] | str, int], ...]:
    return tuple((question, text or choice, seq) for question, (seq, choice, text) in stored.answers.items())


def _is_kept(answer: Answer, kept: Kept | None) -> bool:
    """Whether this was written, or something newer of the same batch. Its number with another answer is not its repeat."""
    return kept is not None and (kept[0] > answer.seq or kept == (answer.seq, answer.choice, answer.text))
