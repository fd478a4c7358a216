"""A real server and browsers that write down every byte that they get, sorted by the channel that it came through."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.models import Member
from config.embedded import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """Something that left the server."""

    channel: str  # page, json, file, header, cookie, socket, log
    where: str  # who asked for what
    content: bytes


@dataclass
class Tape:
    """All that was said, in order."""

    said: list[Said] = field(default_factory=list)

    def add(self, channel: str, where: str, content: bytes) -> None:
        self.said.append(Said(channel, where, content))


@dataclass
class Reply:
    """What a browser got."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Site:
    """Daphne (and perhaps a worker) on the database of this test, logging all that they would ever log."""

    port: int
    logs: Path
    tape: Tape

    def browser(self, name: str, member: Member | None = None) -> Browser:
        cookies = {settings.SESSION_COOKIE_NAME: session_of(member)} if member else {}
        return Browser(self, name, cookies)

    def read_logs(self) -> None:
        """Put what was logged until now on the tape."""
        for log in sorted(self.logs.glob("*.log")):
            self.tape.add("log", log.name, log.read_bytes())


@dataclass
class Browser:
    """Keeps its cookies, follows nothing by itself."""

    site: Site
    name: str
    cookies: dict[str, str]

    def get(self, address: str, **headers: str) -> Reply:
        return self.ask("GET", address, headers=headers)

    def post(self, address: str, fields: dict[str, Any] | None = None) -> Reply:
        """A form as the page sends it, with its CSRF token."""
        if "csrftoken" not in self.cookies:
            self.cookies["csrftoken"] = "a" * 32
        body = urllib.parse.urlencode(
            {"csrfmiddlewaretoken": self.cookies["csrftoken"]} | (fields or {}), doseq=True
        ).encode()
        return self.ask("POST", address, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_json(self, address: str, content: object, token: str) -> Reply:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return self.ask("POST", address, json.dumps(content).encode(), headers)

    def ask(self, method: str, address: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Reply:
        """One request on a connection of its own; its reply is on the tape."""
        client = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        client.request(
            method, address, body or None, {"Cookie": cookie, "Accept-Encoding": "gzip", "Connection": "close"} | (headers or {})
        )  # fmt: skip
        got = client.getresponse()
        content = got.read()
        client.close()
        self._write_down(f"{self.name}: {method} {address} → {got.status}", got, content)
        return Reply(got.status, got.headers.get("Location", ""), content)

    def watch(self, path: str, *, say: bytes = b"") -> Watch:
        """A socket; with `say` it says so once it is open."""
        return Watch(self, path, say)

    def _write_down(self, where: str, got: http.client.HTTPResponse, content: bytes) -> None:
        for name, value in got.headers.items():
            if name.lower() == "set-cookie":
                self.site.tape.add("cookie", where, value.encode("latin-1"))
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            else:
                self.site.tape.add("header", where, f"{name}: {value}".encode("latin-1"))
        kind = got.headers.get_content_type()
        channel = {"text/html": "page", "application/json": "json"}.get(kind, "file")
        self.site.tape.add(channel, where, f"{got.status} {got.reason}\n".encode("latin-1") + content)


class Watch:
    """A websocket that only reads: every byte after the request is kept, the handshake's too."""

    def __init__(self, browser: Browser, path: str, say: bytes) -> None:
        self._browser, self._path = browser, path
        port = browser.site.port
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        self._socket.sendall(request.encode())
        self.content = b""
        if say:
            self.read_until(b"\r\n\r\n")
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(say))
            self._socket.sendall(bytes([0x81, 0x80 | len(say)]) + mask + masked)

    def read_until(self, wanted: bytes, seconds: float = 20) -> bytes:
        """Read on until it was said, the server closes, or it never comes."""
        until = time.monotonic() + seconds
        while wanted not in self.content and time.monotonic() < until:
            self._socket.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                part = self._socket.recv(65_536)
                if not part:
                    break
                self.content += part
        return self.content

    def close(self) -> None:
        """Leave; what was heard is on the tape."""
        self._socket.close()
        self._browser.site.tape.add("socket", f"{self._browser.name}: {self._path}", self.content)


def session_of(member: Member) -> str:
    """A session of the member, as a login leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@contextlib.contextmanager
def running(logs: Path, *, application: str = "config.asgi:application", worker: bool = False) -> Iterator[Site]:
    """The site as processes on this test's database; all gone at the end, and their logs on the tape."""
    port = free_port()
    parts = urlsplit(settings.DATABASE_URL)
    env = os.environ | {
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}")), "REDIS_URL": settings.REDIS_URL,
        "SITE_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "DEBUG", "DEMO": "0", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    logs.mkdir(parents=True, exist_ok=True)
    commands = {"daphne": ["-m", "daphne", "-v", "2", "-b", "127.0.0.1", "-p", str(port), application]}
    if worker:
        commands["worker"] = ["manage.py", "run_worker"]
    processes = []
    site = Site(port, logs, Tape())
    try:
        for name, command in commands.items():
            with (logs / f"{name}.log").open("wb") as log:
                processes.append(
                    subprocess.Popen(
                        [sys.executable, *command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                    )
                )
        _wait_for(port, processes[0])
        yield site
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        site.read_logs()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("Daphne ended before it listened")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("Daphne does not listen")


def attribute(page: str, name: str) -> str:
    """The value of a `data-` attribute on a page; it stands there once."""
    (value,) = set(re.findall(rf'{name}="([^"]*)"', page))
    return value
