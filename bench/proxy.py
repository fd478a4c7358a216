"""A bad network: an asyncio TCP proxy on loopback where each connection has a plan – slow, late, cut, half-open.

    async with Proxy(port, choose, seed=1) as proxy:     # phones speak to proxy.port instead of port
        ...
    with standing(Proxy(port, choose)) as proxy:         # the same from code without a loop (a thread runs it)

`choose(random, number)` gives the plan of the connection with that number (from 0); all chance comes from the one seeded
`random`, so that the same seed deals the same plans in the same order. A plan strikes once, in exchange `turn` (from 0:
the first request); the exchanges before it pass. An exchange begins with the first bytes of the client after bytes of the
server, as in HTTP/1.1 without pipelining; a plan with a fate makes no sense on a websocket, a `Link` does.

A `Link` is slowness: bytes a second and seconds of latency, each way. Given to one plan it is that connection's own, given to
several they share it, as the connections of one phone share the air. `proxy.struck` counts fates that came true,
`proxy.up` and `proxy.down` the bytes of the clients and of the server that went through.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

WHOLE, PACKET = 65_536, 1_400  # bytes read at a time: as they come, or as a slow link carries them
RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends RST, not FIN


class Fate(StrEnum):
    """What befalls a connection in its turn."""

    PASS = "pass"
    DROP = "drop"  # reset before anything of the request goes on; in turn 0 as soon as it is accepted
    HALF = "half"  # half of the request's first piece goes on, then both sides are cut
    CUT = "cut"  # the request goes on, and both sides are cut before the server has answered
    LOSE = "lose"  # the server has answered; the client gets a reset instead
    DEAF = "deaf"  # half-open: nothing of the request goes on, the socket stays open and silent
    MUTE = "mute"  # half-open: the request goes on, the reply is swallowed, the socket stays open and silent


@dataclass
class Link:
    """A slow way, with a timeline of its own in each direction. `rate` in bytes a second (0: no limit), `latency` in seconds."""

    rate: float = 0
    latency: float = 0
    _free: dict[bool, float] = field(default_factory=dict)

    def due(self, size: int, *, up: bool) -> float:
        """The monotonic instant at which `size` bytes that set out now have arrived."""
        sent = max(time.monotonic(), self._free.get(up, 0.0)) + (size / self.rate if self.rate else 0)
        self._free[up] = sent
        return sent + self.latency


@dataclass(frozen=True)
class Plan:
    """One connection's lot: its fate, the exchange in which it strikes, and the link that it goes over."""

    fate: Fate = Fate.PASS
    turn: int = 0
    link: Link | None = None


Choose = Callable[[random.Random, int], Plan]


class Proxy:
    """Listens on a free port of 127.0.0.1 and hands connections on to `port`, as their plans say."""

    def __init__(self, port: int, choose: Choose, *, seed: int = 0) -> None:
        self.port = 0
        self.struck: Counter[Fate] = Counter()
        self.connections = self.up = self.down = 0
        self._target, self._choose, self._random = port, choose, random.Random(seed)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=WHOLE)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        plan = self._choose(self._random, self.connections)
        self.connections += 1
        try:
            if plan.fate is Fate.DROP and plan.turn == 0:
                self.struck[Fate.DROP] += 1
                raise _Cut
            server = await asyncio.open_connection("127.0.0.1", self._target)
            await _Passage(self, plan, (reader, writer), server).run()
            writer.close()  # what is on its way still goes out
        except (OSError, _Cut, asyncio.CancelledError):
            _reset(writer)  # either side is gone, or was to go, or the proxy ends


class _Cut(Exception):
    """Both sides are to be cut."""


class _Passage:
    """One connection through the proxy."""

    def __init__(
        self,
        proxy: Proxy,
        plan: Plan,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._proxy, self._plan = proxy, plan
        self._client, self._server = client, server
        self._exchanges = 0
        self._answered = True  # the next bytes of the client begin an exchange

    async def run(self) -> None:
        """Until one side has closed, or the plan has cut both."""
        up = asyncio.create_task(self._pump(self._client[0], self._server[1], up=True))
        down = asyncio.create_task(self._pump(self._server[0], self._client[1], up=False))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            if not up.done() and self._is_silent():  # a server that closes must not give a half-open socket away
                await asyncio.wait((up,))
            for task in (up, down):
                if task.done():
                    task.result()
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            self._server[1].close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        link = self._plan.link
        if link is None:
            while data := await reader.read(WHOLE):
                await self._hand_on(data, writer, up)
            return
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

        async def set_out() -> None:
            data = b"-"
            while data:
                data = await reader.read(PACKET if link.rate else WHOLE)
                await way.put((link.due(len(data), up=up), data))

        async def arrive() -> None:
            due, data = await way.get()
            while data:
                await asyncio.sleep(due - time.monotonic())
                await self._hand_on(data, writer, up)
                due, data = await way.get()

        both = [asyncio.create_task(set_out()), asyncio.create_task(arrive())]
        try:
            await asyncio.gather(*both)
        finally:
            for task in both:
                task.cancel()

    async def _hand_on(self, data: bytes, writer: asyncio.StreamWriter, up: bool) -> None:
        if up and self._answered:
            self._exchanges += 1
            self._answered = False
            if self._is_due():
                self._proxy.struck[self._plan.fate] += 1
        elif not up:
            self._answered = True
        fate = self._plan.fate if self._is_due() else Fate.PASS
        if (up and fate is Fate.DROP) or (not up and fate in (Fate.LOSE, Fate.CUT, Fate.HALF)):
            raise _Cut
        if fate is Fate.DEAF or (not up and fate is Fate.MUTE):
            return
        if up and fate is Fate.HALF:
            data = data[: len(data) // 2]
        writer.write(data)
        await writer.drain()
        if up:
            self._proxy.up += len(data)
            if fate in (Fate.HALF, Fate.CUT):
                raise _Cut
        else:
            self._proxy.down += len(data)

    def _is_due(self) -> bool:
        return self._plan.fate is not Fate.PASS and self._exchanges > self._plan.turn

    def _is_silent(self) -> bool:
        return self._plan.fate in (Fate.DEAF, Fate.MUTE) and self._is_due()


@contextlib.contextmanager
def standing(proxy: Proxy) -> Iterator[Proxy]:
    """The proxy, run by a thread with a loop of its own until the block ends."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    done = asyncio.Event()

    async def stand() -> None:
        async with proxy:
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(stand()), name="proxy")
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("the proxy does not listen")
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST: what was not delivered yet is not delivered."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
