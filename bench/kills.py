"""kill -9 of Daphne under 100 answers a second: what was acknowledged is in the table, once; a control that must lose."""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.cast import OPTIONS, QUESTIONS, Sitter, seat_members
from bench.load import Phone, answer_request
from bench.stack import Server, daphne, open_stack

RATE = 100  # answers a second, all members together
MEMBERS = 50
CHANGE_MIND, REPEAT = 0.2, 0.2  # shares of answers that are changed, and that are sent again although acknowledged
REPLY_WITHIN = 4.0
# Every row that is ever written leaves a line here: an answer that took effect twice shows.
AUDIT = """
CREATE TABLE IF NOT EXISTS bench_effects (attempt_id bigint, question smallint, seq bigint);
CREATE OR REPLACE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN INSERT INTO bench_effects VALUES (NEW.attempt_id, NEW.question, NEW.seq); RETURN NULL; END$$;
CREATE OR REPLACE TRIGGER bench_note AFTER INSERT OR UPDATE ON contests_answer FOR EACH ROW EXECUTE FUNCTION bench_note();
"""


@dataclass
class Tap:
    """One answer of a journal."""

    attempt: str
    question: int
    choice: int
    seq: int
    acked: bool = False
    tries: int = 0


@dataclass
class Trial:
    """One run: the journals of all members, and when Daphne was killed."""

    taps: list[Tap] = field(default_factory=list)
    kills: int = 0
    repeats: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    silences: list[float] = field(default_factory=list)  # seconds from a kill to the next acknowledgement
    ended: bool = False
    last_ack: float = 0.0


def run(quick: bool) -> dict[str, dict[str, Any]]:
    """Ours killed 50 times (quick: 5), and the control, which acknowledges before COMMIT."""
    with open_stack("kills") as stack:
        figures = {}
        for name, application, kills in (
            ("ours", "config.asgi:application", 5 if quick else 50),
            ("control", "bench.hasty:application", 5 if quick else 20),
        ):
            with daphne(stack, application) as server:
                figures[name] = audited_trial(server, kills)
            print(f"{name}: {figures[name]}", file=sys.stderr, flush=True)
    return {"ours": figures["ours"], "baseline": figures["control"], "ratio": {}}


def audited_trial(server: Server, kills: int) -> dict[str, Any]:
    """One trial against a running server, with members of its own; what the checker found."""
    _execute(AUDIT)
    sitters = seat_members(
        MEMBERS * (2 + kills)
    )  # about 5 s a kill, 2 answers a second a member, 20 questions an attempt
    trial = asyncio.run(_trial(server, sitters, kills))
    return {
        "kills": trial.kills,
        "sent": sum(tap.tries for tap in trial.taps) + trial.repeats,
        "acked": sum(tap.acked for tap in trial.taps),
        "retried": sum(tap.tries > 1 for tap in trial.taps),
        **check(trial.taps),
        "silence_p50_s": statistics.median(trial.silences) if trial.silences else None,
    }


def check(taps: Sequence[Tap]) -> dict[str, int]:
    """Compare journals and tables: acknowledged but not there, there but never sent, in effect twice."""
    stored = {
        (str(attempt), question): (seq, choice)
        for attempt, question, seq, choice in _execute(
            "SELECT a.public_id, n.question, n.seq, n.choice FROM contests_answer n JOIN contests_attempt a ON a.id = n.attempt_id"
        )
    }
    sent = {(tap.attempt, tap.question, tap.seq, tap.choice) for tap in taps}
    mine = {tap.attempt for tap in taps}
    acked = [tap for tap in taps if tap.acked]
    twice = _execute(
        "SELECT a.public_id, count(*) FROM bench_effects e JOIN contests_attempt a ON a.id = e.attempt_id "
        "GROUP BY a.public_id, e.question, e.seq HAVING count(*) > 1"
    )
    return {
        "lost": sum(stored.get((tap.attempt, tap.question), (0, []))[0] < tap.seq for tap in acked),
        "strange": sum(
            (attempt, question, seq, choice[0]) not in sent
            for (attempt, question), (seq, choice) in stored.items()
            if attempt in mine
        ),
        "doubled": sum(str(attempt) in mine for attempt, _ in twice),
    }


async def _trial(server: Server, sitters: Sequence[Sitter], kills: int) -> Trial:
    trial = Trial()
    members = [asyncio.create_task(_member(server.port, sitters[index::MEMBERS], trial)) for index in range(MEMBERS)]
    await _wait_for_ack(trial, time.monotonic())
    for _ in range(kills):
        await asyncio.sleep(random.uniform(0.3, 1.3))
        await asyncio.to_thread(server.kill)
        killed_at = time.monotonic()
        trial.kills += 1
        server.start()  # the supervisor
        await asyncio.to_thread(server.wait_ready)
        await _wait_for_ack(trial, killed_at)
        trial.silences.append(trial.last_ack - killed_at)
    trial.ended = True
    await asyncio.wait_for(asyncio.gather(*members), 60)  # every journal is emptied, as a phone does
    return trial


async def _wait_for_ack(trial: Trial, since: float) -> None:
    while trial.last_ack <= since:
        await asyncio.sleep(0.01)


async def _member(port: int, sitters: Sequence[Sitter], trial: Trial) -> None:
    """One phone: a new tap now and then, each sent until it is acknowledged, some sent again after that."""
    line = Line(port)
    await asyncio.sleep(random.random() * MEMBERS / RATE)
    for sitter, tap in _taps(sitters):
        if trial.ended:
            break
        trial.taps.append(tap)
        due = time.monotonic() + random.uniform(0.5, 1.5) * MEMBERS / RATE
        request = answer_request(sitter.as_dict(), cookies=False, question=tap.question, choice=tap.choice, seq=tap.seq)
        while not tap.acked:
            tap.tries += 1
            status = await line.ask(request)
            if status == 200:
                tap.acked, trial.last_ack = True, time.monotonic()
            else:
                trial.refused[str(status)] = trial.refused.get(str(status), 0) + 1
                await asyncio.sleep(random.uniform(0.02, min(1.0, 0.1 * 2 ** min(tap.tries, 5))))
        if random.random() < REPEAT:
            trial.repeats += 1
            await line.ask(request)
        await asyncio.sleep(max(0.0, due - time.monotonic()))


def _taps(sitters: Sequence[Sitter]) -> Iterator[tuple[Sitter, Tap]]:
    """A place of its own for nearly every tap, so that a loss is not covered by the next answer; some minds change."""
    seq = 0
    for sitter in sitters:
        for question in range(1, QUESTIONS + 1):
            for _ in range(1 + (random.random() < CHANGE_MIND)):
                seq += 1
                yield sitter, Tap(sitter.attempt, question, random.randrange(OPTIONS), seq)


class Line:
    """A connection that is opened again when it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._phone: Phone | None = None

    async def ask(self, request: bytes) -> int | str:
        """The status, or the name of what went wrong."""
        try:
            if self._phone is None:
                loop = asyncio.get_running_loop()
                _, self._phone = await loop.create_connection(Phone, "127.0.0.1", self._port)
            status, _ = await asyncio.wait_for(self._phone.ask(request), REPLY_WITHIN)
        except OSError as error:  # refused, reset, timed out
            if self._phone is not None and self._phone.transport is not None:
                self._phone.transport.abort()
            self._phone = None
            return type(error).__name__
        return status


def _execute(statement: str) -> list[tuple[Any, ...]]:
    from django.db import connection  # after Django is set up

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
