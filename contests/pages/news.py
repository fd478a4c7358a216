"""What everybody may read of a contest's announcements, for phones that sit: a tiny ASGI endpoint beside Django.

    GET /api/news/<slug>   200 {"own": "…", "items": [{"id", "kind", "at", "text", "round"?}, …]}, 304 by its ETag
        "own" changes when words about some question changed: who sits then asks for their own (`pages.ask.news`)
    404 no such contest; 405; 503 the database is away and nothing is known yet

No cookie is read, so nginx answers nearly all of it from its memory; of what comes through, one query every few seconds a
contest and process reaches the database, in a thread of its own: the answer path beside it never waits for it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import connection

from contests.queries import announcements as reads
from contests.queries.pages import public_contests

log = logging.getLogger("contests.news")
PREFIX = "/api/news/"
ADDRESS = re.compile(r"/api/news/([-\w]{1,60})", re.ASCII)
LIVES = 4.0  # seconds
MOST = 500  # contests that are kept
encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class Paper:
    """What is said of one contest; no body where there is no such contest."""

    body: bytes | None
    etag: bytes
    until: float  # monotonic


class NewsDesk:
    """The ASGI application for everything under /api/news/."""

    def __init__(self, lives: float = LIVES) -> None:
        self._papers: dict[str, Paper] = {}
        self._unknown: dict[
            str, Paper
        ] = {}  # apart: however many names somebody makes up, no contest is forgotten for them
        self._lives = lives
        self._asking: set[str] = set()

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        match = ADDRESS.fullmatch(scope["path"])
        if scope["method"] not in ("GET", "HEAD"):
            return await _reply(send, 405, b"", [(b"allow", b"GET, HEAD")])
        paper = await self._paper(match[1]) if match else Paper(None, b"", 0)
        if paper is None:
            return await _reply(send, 503, b"", [(b"retry-after", b"5")])
        if paper.body is None:
            return await _reply(send, 404, b"", [])
        kept = [(b"etag", paper.etag), (b"cache-control", b"public, max-age=2")]
        if paper.etag in dict(scope["headers"]).get(b"if-none-match", b""):
            return await _reply(send, 304, b"", kept)
        body = b"" if scope["method"] == "HEAD" else paper.body
        return await _reply(send, 200, body, [*kept, (b"content-type", b"application/json")])

    async def _paper(self, slug: str) -> Paper | None:
        """The newest that is known; while somebody asks the database, what was known before. None: nothing is."""
        known = self._papers.get(slug) or self._unknown.get(slug)
        if known and (known.until > time.monotonic() or slug in self._asking):
            return known
        self._asking.add(slug)
        try:
            body = await sync_to_async(_read, thread_sensitive=False)(slug)
        except (DatabaseError, OSError) as error:
            log.warning("announcements cannot be read: %r", error)
            return known
        finally:
            self._asking.discard(slug)
        etag = f'"{hashlib.sha256(body or b"").hexdigest()[:12]}"'.encode()
        self._papers.pop(slug, None)
        self._unknown.pop(slug, None)
        shelf = self._unknown if body is None else self._papers
        while len(shelf) >= MOST:
            shelf.pop(next(iter(shelf)))
        paper = shelf[slug] = Paper(body, etag, time.monotonic() + self._lives)
        return paper


application = NewsDesk()


def _read(slug: str) -> bytes | None:
    try:
        contest = public_contests().filter(slug=slug).first()
        if contest is None:
            return None
        rows = reads.shown_now(contest)
        items = [reads.as_news(row).wire for row in rows if not row.version_id]
        return encode(
            {"own": reads.questions_stamp(row.public_id for row in rows if row.version_id), "items": items}
        ).encode()
    finally:
        connection.close()  # back to the pool: this thread may not come again


async def _reply(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    plain = [(b"x-content-type-options", b"nosniff"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *plain]})
    await send({"type": "http.response.body", "body": body})
