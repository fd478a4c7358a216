"""A member's phone in a simulation, by the rules of the page (static/js/sitting*.js, journal.js).

A tap goes to the journal first; one request at a time carries all that is not acknowledged, and comes again after a pause
that grows and is never in step with other phones; a new tap tries at once; the hand-in carries the whole map and comes again
until the server has answered. Whatever was sent and heard is written into a `Ledger`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.verdict import Choice, Ledger

PATIENCE = 8.0  # seconds, as in sitting-post.js
LONGEST_PAUSE = 15.0
KINDS = {200: "ok", 401: "reload", 404: "gone", 413: "refused", 415: "refused", 422: "refused"}
REFUSALS = ("stale", "elsewhere", "extended")


@dataclass(frozen=True)
class Entry:
    """A tap in the journal."""

    question: int
    choice: Choice
    seq: int


Journal = dict[int, Entry]  # question → the newest; outlives the page


@dataclass(frozen=True)
class Page:
    """What the server wrote into the page of a sitting."""

    token: str
    deadline: float  # epoch seconds
    stored: Sequence[Entry]


@dataclass(frozen=True)
class Outcome:
    """What a request came to: ok, stale, closed, elsewhere, extended, refused, reload, gone, busy or offline."""

    kind: str
    body: dict[str, Any]
    wait: float = 0.0


@dataclass
class World:
    """What all phones share. `haste` divides every time-out and pause: 1 is the page's own pace."""

    port: int
    haste: float = 1.0
    last_ack: float = 0.0  # monotonic
    outcomes: Counter[str] = field(default_factory=Counter)
    farewells: set[asyncio.Task[Any]] = field(default_factory=set)  # the loop itself holds only weak references
    broken: list[str] = field(default_factory=list)  # faults of the simulation itself: nobody awaits a sender


class Phone:
    """One open page of a sitting: from `Page` and journal until it is closed, told to stop, or dies."""

    def __init__(
        self, world: World, page: Page, journal: Journal, ledger: Ledger, chance: random.Random, skew: float
    ) -> None:
        self.over = ""  # why it sends no more: closed, elsewhere, reload, gone, ok (handed in), dead
        self._world, self._page, self._journal, self._ledger = world, page, journal, ledger
        self._chance, self._skew = chance, skew
        self._known = {entry.question: entry for entry in page.stored}
        self._pending: Journal = {}
        for entry in journal.values():  # what an earlier visit knows and this page does not
            if entry.question not in self._known or self._known[entry.question].seq < entry.seq:
                self._known[entry.question] = self._pending[entry.question] = entry
        self._highest = max((entry.seq for entry in self._known.values()), default=0)
        self._failures = 0
        self._handing_in = False
        self._wake = asyncio.Event()
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._sender = asyncio.create_task(self._send())
        self._sender.add_done_callback(self._note_end)

    @property
    def deadline(self) -> float:
        """The end that this page knows of, in epoch seconds."""
        return self._page.deadline

    def tap(self, question: int, choice: Choice) -> None:
        """Choose: into the journal, then on its way."""
        self._highest = max(int((time.time() + self._skew) * 1000), self._highest + 1)
        entry = Entry(question, choice, self._highest)
        self._known[question] = self._journal[question] = self._pending[question] = entry
        self._wake.set()

    async def submit(self, **more: int) -> Outcome:
        """Hand in with everything that was chosen; tries until the server has answered."""
        self._handing_in = self._ledger.asked_to_end = True
        for tries in range(1000):
            outcome = await self._post("submit", list(self._known.values()), more)
            if outcome.kind not in ("busy", "offline"):
                self._stop(outcome.kind)
                return outcome
            await asyncio.sleep(self._pause(tries, outcome.wait))
        raise RuntimeError("the hand-in was never answered")

    def leave(self) -> None:
        """The page is closed: what waits goes out once more, and nobody hears the reply."""
        if self._pending and not self.over:
            last = asyncio.create_task(self._ask("answers", list(self._pending.values()), {}))
            self._world.farewells.add(last)
            last.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._stop("dead")
        self._sender.cancel()

    def die(self) -> None:
        """The battery is empty, or the tab was killed: connections break, only the journal stays."""
        self._stop("dead")
        self._sender.cancel()
        for _, writer in self._idle:
            writer.transport.abort()

    def _note_end(self, sender: asyncio.Task[None]) -> None:
        if not sender.cancelled() and sender.exception() is not None:
            self._world.broken.append(repr(sender.exception()))

    def _stop(self, why: str) -> None:
        self.over = self.over or why
        self._wake.set()

    async def _send(self) -> None:
        while not self.over:
            if not self._pending or self._handing_in:
                await self._wake.wait()
                self._wake.clear()
                continue
            batch = list(self._pending.values())
            outcome = await self._post("answers", batch, {})
            if self._settle(outcome):
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause(self._failures, outcome.wait)):
                        await self._wake.wait()

    def _settle(self, outcome: Outcome) -> bool:
        """Take in a reply; True where it is to be asked again after a pause."""
        for question, seq in outcome.body.get("saved", ()):
            self._forget(question, seq)
        if outcome.kind == "stale":
            for question, choice, seq in outcome.body["current"]:
                if self._forget(question, seq):
                    self._highest = max(self._highest, seq)
                    self._known[question] = self._journal[question] = Entry(question, tuple(choice), seq)
        elif outcome.kind in ("closed", "elsewhere", "reload", "gone", "refused"):
            self._stop(outcome.kind)
        self._failures = self._failures + 1 if outcome.kind in ("busy", "offline") else 0
        return self._failures > 0

    def _forget(self, question: int, seq: int) -> bool:
        """Whether the server has as much as waits here; then it waits no more."""
        if question not in self._pending or self._pending[question].seq > seq:
            return False
        del self._pending[question]
        return True

    def _pause(self, failures: int, at_least: float) -> float:
        """Longer after each failure, never in step with the others: as in sitting-post.js."""
        longest = max(at_least, min(LONGEST_PAUSE, 0.5 * 2**failures))
        return longest * self._chance.uniform(0.6, 1.4) / self._world.haste

    async def _post(self, act: str, entries: Sequence[Entry], more: dict[str, int]) -> Outcome:
        try:
            async with asyncio.timeout(PATIENCE / self._world.haste):
                status, wait, body = await self._ask(act, entries, more)
        except (OSError, EOFError, ValueError):  # refused, reset, timed out; cut; not HTTP
            outcome = Outcome("offline", {})
        else:
            outcome = _outcome(status, wait, body, act)
            self._hear(outcome, {(entry.question, entry.seq): entry.choice for entry in entries})
        self._world.outcomes[f"{act} {outcome.kind}"] += 1
        return outcome

    def _hear(self, outcome: Outcome, sent: dict[tuple[int, int], Choice]) -> None:
        """Hold the server to every word of its reply."""
        now, ledger = time.time(), self._ledger
        for question, seq in outcome.body.get("saved", ()):
            ledger.acked.setdefault((question, seq, sent[question, seq]), now)
            self._world.last_ack = time.monotonic()
        ledger.late |= {(question, seq, sent[question, seq]) for question, seq in outcome.body.get("late", ())}
        if "receipt" in outcome.body:
            ledger.receipts.add((outcome.body["receipt"], outcome.body["received"]))
        ledger.closed_early += outcome.kind == "closed" and now < ledger.deadline and not ledger.asked_to_end

    async def _ask(self, act: str, entries: Sequence[Entry], more: dict[str, int]) -> tuple[int, float, dict[str, Any]]:
        """One request over a connection that is free, or a new one: status, Retry-After in seconds, body."""
        self._ledger.sent |= {(entry.question, entry.seq, entry.choice) for entry in entries}
        answers = [{"question": e.question, "choice": e.choice, "seq": e.seq} for e in entries]
        body = json.dumps({"answers": answers} | more).encode()
        head = (
            f"POST /api/attempts/{self._ledger.attempt}/{act} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self._page.token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        reader, writer = (
            self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._world.port)
        )
        try:
            writer.write(head.encode() + body)
            status, headers = _read_head(await reader.readuntil(b"\r\n\r\n"))
            content = await reader.readexactly(int(headers.get("content-length", "")))
        except BaseException:
            writer.transport.abort()
            raise
        if self.over == "dead":
            writer.transport.abort()
        else:
            self._idle.append((reader, writer))
        try:
            return status, float(headers.get("retry-after", 0)), json.loads(content)
        except ValueError:
            return status, 0.0, {}


def _outcome(status: int, wait: float, body: dict[str, Any], act: str) -> Outcome:
    if status == 200 and ("receipt" if act == "submit" else "saved") not in body:
        return Outcome("busy", {})  # a 200 that is not ours acknowledges nothing
    if status == 409:
        return Outcome(body["error"] if body.get("error") in REFUSALS else "closed", body)
    return Outcome(KINDS.get(status, "busy"), body, wait)


def _read_head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return int(first.split(" ")[1]), headers
