"""The production layout without root (nginx, gunicorn, two Daphne, a worker): pages, answers, and a restart under load.

Other benchmarks open it with `production(...)`. nginx is rendered from the very templates that a server gets; only TLS is
missing, and nginx says "https" to the application as if it had been taken off before. Without nginx the clients go to the
processes themselves, and a line says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.cast import seat_members
from bench.intake import lost, note
from bench.load import Report, generate
from bench.stack import ROOT, Server, Stack, open_stack, step_back
from config import embedded
from deploy.nginx import render

FOLDER = Path(os.environ.get("VAR", ROOT / "var")) / "bench-production"
TICKS = os.sysconf("SC_CLK_TCK")
DAPHNE, DRAINING = "daphne", "config.drain"
# Thousands of phones on one loopback address stand for thousands of addresses: only nginx's limits by address are lifted.
MANY_ADDRESSES = {"address_answers": 100_000, "address_pages": 100_000, "address_news": 100_000}


@dataclass
class Site:
    """The layout, running. `nginx` is 0 where no nginx is installed."""

    stack: Stack
    nginx: int
    answers: list[Server]
    pages: list[int]
    processes: dict[str, list[int]] = field(default_factory=dict)
    _turn: Iterator[int] = field(default_factory=itertools.count)

    @property
    def for_answers(self) -> int:
        """The port that a phone sends an answer to."""
        return self.nginx or self.answers[next(self._turn) % len(self.answers)].port

    @property
    def for_pages(self) -> int:
        """The port that a phone asks for a page."""
        return self.nginx or self.pages[next(self._turn) % len(self.pages)]

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far by kind of process, to see which one is the narrow place."""
        self.processes["daphne"] = [server.process.pid for server in self.answers if server.process is not None]
        return {kind: sum(map(cpu_seconds, pids)) for kind, pids in self.processes.items()}


@dataclass
class Drained(Server):
    """An answer process as systemd starts it; `python -m <module>` is config.drain or, to compare, stock Daphne."""

    module: str = DRAINING

    def start(self) -> None:
        """Start it; returns at once."""
        command = [
            sys.executable, "-m", self.module, "-b", "127.0.0.1", "-p", str(self.port), "--http-timeout", "30", "--ping-interval",
            "20", "--ping-timeout", "30", "--websocket_timeout", "14400", "--verbosity", "0", self.application,
        ]  # fmt: skip
        self.process = child(command, self.stack.env)

    def stop(self) -> None:
        """SIGTERM, as systemd says it, with systemd's patience."""
        if self.process is not None:
            end(self.process, 20)


@contextlib.contextmanager
def production(
    name: str,
    *,
    answers: int = 2,
    pages_on_daphne: bool = False,
    module: str = DRAINING,
    fresh: bool = True,
    **limits: int,
) -> Iterator[Site]:
    """The layout on a fresh database `bench_<name>`. `pages_on_daphne`: no gunicorn, as `make run` has it."""
    with contextlib.ExitStack() as opened:
        stack = opened.enter_context(_servers(name)) if fresh else _running[name]
        static = collect_static(stack.env)
        pages = [] if pages_on_daphne else [embedded.free_port(), embedded.free_port()]
        site = Site(stack, 0, [], pages)
        for _ in range(answers):
            server = Drained(stack, "config.asgi:application", embedded.free_port(), module=module)
            opened.callback(server.stop)
            server.start()
            site.answers.append(server)
        if pages_on_daphne:
            site.pages = [server.port for server in site.answers]
        else:
            gunicorn = child(
                [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "config.wsgi:application"],
                stack.env | {"PAGES_BIND": f"127.0.0.1:{pages[0]},127.0.0.1:{pages[1]}"},
            )
            opened.callback(end, gunicorn, 40)
            site.processes["gunicorn"] = [gunicorn.pid]
        worker = child([sys.executable, "manage.py", "run_worker"], stack.env)
        step_back(worker)
        opened.callback(end, worker, 20)
        site.processes |= {"worker": [worker.pid], "postgres": [postmaster(FOLDER)]}
        for server in site.answers:
            server.wait_ready()
        for port in site.pages:
            wait_for_page(port)
        site.nginx, process = start_nginx(site, static, limits)
        if process is not None:
            opened.callback(end, process, 5)
            site.processes["nginx"] = [process.pid]
            wait_for_page(site.nginx)
        yield site


_running: dict[str, Stack] = {}


@contextlib.contextmanager
def _servers(name: str) -> Iterator[Stack]:
    """PostgreSQL, Valkey and Django in this process, under production settings."""
    os.environ.update(
        {
            "PRODUCTION": "1", "SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": "https://127.0.0.1",
            "PAGES_WORKERS": "2", "PAGES_THREADS": "4",
        }
    )  # fmt: skip
    os.environ.pop("DEMO", None)
    with open_stack(name, FOLDER) as stack:
        _running[name] = stack
        yield stack
        del _running[name]


def collect_static(env: Mapping[str, str]) -> Path:
    """Hashed names, as production pages need them."""
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"], cwd=ROOT, env=env, capture_output=True, text=True
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"collectstatic: {done.stderr.strip().splitlines()[-1]}")
    return ROOT / "staticfiles"


def start_nginx(site: Site, static: Path, limits: Mapping[str, int]) -> tuple[int, subprocess.Popen[bytes] | None]:
    """nginx from the project's template on a free port; (0, None) and a line where there is none."""
    program = render.find_nginx()
    if program is None:
        note(
            "nginx is not installed (apt-get install nginx): measured without it, clients go to the processes directly"
        )
        return 0, None
    out, port = FOLDER / "nginx", embedded.free_port()
    shutil.rmtree(out, ignore_errors=True)
    doors = [str(page) for page in site.pages]
    on_daphne = site.pages == [server.port for server in site.answers]
    pages, papers = (doors, doors) if on_daphne else (doors[:1], doors[1:])
    layout = render.Layout(
        local=True, out=out, port=port, answers=[str(server.port) for server in site.answers],
        pages=pages, papers=papers, static=static, files=FOLDER / "files", **limits,
    )  # fmt: skip
    conf = render.write(layout)
    return port, child([program, "-e", str(out / "error.log"), "-c", str(conf), "-p", str(out)], site.stack.env)


def child(command: list[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process of its own session, so that Ctrl-C reaches us alone."""
    return subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, stdin=subprocess.DEVNULL)


def end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask, wait, insist."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_page(port: int, seconds: float = 60) -> None:
    """Return when the home page comes."""
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            if asyncio.run(fetch(port, "GET", "/healthz")).status == 200:
                return
        if time.monotonic() > until:
            raise RuntimeError(f"no page on port {port} after {seconds} s")
        time.sleep(0.1)


# --- A phone that asks for pages --------------------------------------------------------------------------------------
@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class Browser:
    """One connection of one member: keep-alive, gzip, cookies that were prepared and those that it is given."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port = port
        self.cookies = dict(pair.split("=", 1) for pair in cookie.split("; ") if pair)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", content_type: str = "", headers: str = "") -> Reply:
        """One request and its whole reply. Raises OSError or IncompleteReadError when the connection breaks."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        writer.write(self._head(method, path, len(body), content_type, headers) + body)
        status_line, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        found = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines if line)}
        for line in lines:
            if line.lower().startswith(b"set-cookie:"):
                self._keep(line[len(b"set-cookie:") :].decode().strip())
        content = await _read_body(reader, found)
        if found.get(b"connection", b"").lower() == b"close":
            self.close()
        return Reply(int(status_line.split(b" ", 2)[1]), found, content)

    def _keep(self, line: str) -> None:
        pair, _, attributes = line.partition(";")
        name, _, value = pair.partition("=")
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    def _head(self, method: str, path: str, length: int, content_type: str, headers: str) -> bytes:
        # Without nginx nobody else says that TLS was taken off; nginx replaces what is said here.
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nX-Forwarded-Proto: https\r\nAccept-Encoding: gzip\r\n"
        if self.cookies:
            head += f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}\r\n"
        if method == "POST":
            head += f"Referer: https://127.0.0.1:{self.port}/\r\nContent-Length: {length}\r\nContent-Type: {content_type}\r\n"
        return f"{head}{headers}\r\n".encode()


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[bytes, bytes]) -> bytes:
    if headers.get(b"transfer-encoding", b"").lower() != b"chunked":
        return await reader.readexactly(int(headers.get(b"content-length", b"0")))
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


async def fetch(port: int, method: str, path: str) -> Reply:
    """One request on a connection of its own."""
    browser = Browser(port)
    try:
        return await browser.ask(method, path)
    finally:
        browser.close()


# --- CPU --------------------------------------------------------------------------------------------------------------
def cpu_seconds(pid: int) -> float:
    """CPU of a process and of all its children, ended ones included; 0 where /proc is missing."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            fields = entry.read_text().rpartition(") ")[2].split()
            number = int(entry.parent.name)
            children.setdefault(int(fields[1]), []).append(number)
            used[number] = sum(map(int, fields[11:15]))
    family, rest = [], [pid]
    while rest:
        member = rest.pop()
        family.append(member)
        rest += children.get(member, [])
    return sum(used.get(member, 0) for member in family) / TICKS


def postmaster(folder: Path) -> int:
    """The process id of the embedded PostgreSQL."""
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """CPU seconds between two looks, as figures."""
    return {f"cpu_{kind}_s": round(after[kind] - before.get(kind, 0.0), 1) for kind in sorted(after)}


# --- The benchmark ----------------------------------------------------------------------------------------------------
async def _pages(port: int, seconds: float, connections: int = 16) -> tuple[float, int]:
    """Home pages a second in a closed loop, and how many were not 200."""
    until = time.perf_counter() + seconds
    good = bad = 0

    async def one() -> None:
        nonlocal good, bad
        browser = Browser(port)
        while time.perf_counter() < until:
            reply = await browser.ask("GET", "/")
            good, bad = good + (reply.status == 200), bad + (reply.status != 200)
        browser.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return good / seconds, bad


def _roll(site: Site, sitters: list[Any], seconds: float, first_seq: int) -> Report:
    """Answers in a closed loop while each Daphne in turn is stopped and started again."""
    reports: list[Report] = []
    phones = threading.Thread(
        target=lambda: reports.append(
            generate(
                "closed",
                site.for_answers,
                sitters,
                cookies=False,
                connections=100,
                seconds=seconds,
                first_seq=first_seq,
            )
        )
    )
    phones.start()
    time.sleep(1.5)
    for server in site.answers:
        server.stop()
        server.start()
        server.wait_ready()
        time.sleep(4.5)  # nginx looks at it again after two to three seconds
    phones.join()
    return reports[0]


def run(quick: bool) -> dict[str, dict[str, Any]]:
    """Pages and answers through the whole layout against one Daphne that does both; a restart of ours against stock Daphne's."""
    seconds, seats, rolling = (2.0, 400, 22.0) if quick else (6.0, 1500, 26.0)
    figures: dict[str, dict[str, Any]] = {"ours": {}, "baseline": {}}
    with _servers("production"):
        sitters = seat_members(seats)
        for seq, side, module in ((1_000_000, "ours", DRAINING), (100_000_000, "baseline", DAPHNE)):
            with production("production", module=module, fresh=False, **MANY_ADDRESSES) as site:
                alone = site.answers[0].port
                page_port = site.for_pages if side == "ours" else alone
                answer_port = site.for_answers if side == "ours" else alone
                asyncio.run(_pages(page_port, 1))
                pages, bad = asyncio.run(_pages(page_port, seconds))
                generate("closed", answer_port, sitters, cookies=False, connections=8, seconds=1, first_seq=seq)
                saves = generate("closed", answer_port, sitters, cookies=False, seconds=seconds, first_seq=2 * seq)
                rolled = _roll(site, sitters, rolling, 10 * seq) if site.nginx else Report()
                note(
                    f"{side}: {pages:,.0f} pages/s, {len(saves.latencies_ms) / seconds:,.0f} saves/s, restarts: {rolled.other or 'no error'}"
                )
                figures[side] = {
                    "pages_per_second": pages, "page_errors": bad, "saves_per_second": len(saves.latencies_ms) / saves.seconds,
                    "restart_saves": len(rolled.latencies_ms), "restart_errors": sum(rolled.other.values()), "restart_lost": lost([rolled]),
                    "restart_longest_ms": max(rolled.latencies_ms, default=0.0), "nginx": bool(site.nginx),
                }  # fmt: skip
    ours, baseline = figures["ours"], figures["baseline"]
    ratio = {name: ours[name] / baseline[name] for name in ("pages_per_second", "saves_per_second") if baseline[name]}
    return {"ours": ours, "baseline": baseline, "ratio": ratio}
