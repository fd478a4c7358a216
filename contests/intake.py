"""The fast answer path: an ASGI endpoint beside Django that acknowledges an answer only after COMMIT (laws 2 to 4).

This file speaks HTTP: who may, what the body says, which reply. `contests.intake_queue` gathers, `contests.intake_batch`
writes. It stays off the ORM and off Django's request stack; cookies are never read.

    POST /api/attempts/<public id>/answers   {"answers": [{"question": 7, "choice": [2], "seq": 12}]}
        "text": "…" in place of "choice" where people type; "current" in a reply has a string there
    POST /api/attempts/<public id>/submit    {"answers": [...]}   the full map, so that the server can heal what it lacks;
        with "ends": ms where the phone hands in by itself at the end that it knows of
    Authorization: Bearer <attempt token>

200 {"saved": [[question, seq], …], "now": ms, "deadline": ms}; submit adds "receipt", "received_at" and "received" (how
    many answers were in), and "current" (all that is stored) where something of the map was not taken.
401 the token; 404 the address; 405; 409 "stale", "closed", "elsewhere" (another device holds the sitting) or "extended"
    (there is more time than the phone knew of) with "state", "current" and "late" (kept apart, does not count); 413; 415; 422 nothing stored;
503 with Retry-After: keep it and send it again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from prometheus_client import Counter

from contests.answers_body import BodyRefused, body_limit, read_body
from contests.intake_batch import Outcome, Result
from contests.intake_queue import Batcher, Overloaded, conninfo
from contests.intake_tally import Tally
from contests.tokens import AttemptToken, TokenRefused, read_token

log = logging.getLogger("contests.intake")
ADDRESS = re.compile(r"/api/attempts/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/(answers|submit)")
PREFIX = "/api/attempts/"
MAX_TOKEN = 600  # signs; a paper of 100 matchings has 540
REPLIES = Counter("intake_replies", "Replies of the answer path", ["act", "status"])

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Reply = tuple[int, dict[str, Any], Headers]

UNAVAILABLE: Reply = (503, {"error": "unavailable"}, [(b"retry-after", b"2")])
HEADERS: Headers = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]
encode = json.JSONEncoder(separators=(",", ":")).encode


class CallerLeft(Exception):
    """The phone hung up before its request was whole."""


class Intake:
    """The ASGI application for everything under /api/attempts/."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._batcher: Batcher | None = None
        self._tally: Tally | None = None

    def batcher(self) -> Batcher:
        """The batcher of the running loop, made at the first request (Daphne knows no lifespan events)."""
        loop = asyncio.get_running_loop()
        if self._batcher is None or self._loop is not loop:  # tests have a loop each
            self._loop, self._batcher = loop, self.make_batcher()
            self._tally = Tally(conninfo(settings.DATABASES["default"]))
        return self._batcher

    def make_batcher(self) -> Batcher:
        """A batcher for Django's database."""
        return Batcher(settings.DATABASES["default"])

    async def close(self) -> None:
        """End the batcher of this loop; for tests and a tidy stop."""
        batcher, self._batcher = self._batcher, None
        if batcher is not None:
            await batcher.close()
        if self._tally is not None:
            await self._tally.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        entered = time.monotonic()  # before the body is looked at: waiting makes nobody late
        match = ADDRESS.fullmatch(scope["path"])
        try:
            status, content, headers = await self._reply(scope, receive, match, entered)
        except CallerLeft:
            return
        except Exception:
            log.exception("the answer path failed")
            status, content, headers = 500, {"error": "failed"}, []
        REPLIES.labels(match[2] if match else "unknown", status).inc()
        if match and self._tally is not None:
            self._tally.add(match[2], status)
        await _send_json(send, status, content, headers)

    async def _reply(self, scope: Scope, receive: Receive, match: re.Match[str] | None, entered: float) -> Reply:
        if match is None:
            return 404, {"error": "not_found"}, []
        if scope["method"] != "POST":
            return 405, {"error": "post_only"}, [(b"allow", b"POST")]
        headers = dict(scope["headers"])
        if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
            return 415, {"error": "json_only"}, []
        batcher = self.batcher()
        try:
            token = _token(headers, uuid.UUID(match[1]), batcher.clock.rough())
        except TokenRefused:
            return 401, {"error": "token"}, [(b"www-authenticate", b"Bearer")]
        body = await _read_body(receive, body_limit(token.shape))
        if body is None:
            return 413, {"error": "too_large"}, []
        submit = match[2] == "submit"
        try:
            asked = read_body(body, token.shape, submit=submit)
        except BodyRefused as refused:
            return 422, {"error": refused.code}, []
        try:
            result = await batcher.save(
                attempt=token.attempt,
                epoch=token.epoch,
                answers=asked.answers,
                submit=submit,
                ends=asked.ends,
                entered=entered,
            )
        except Overloaded:
            return UNAVAILABLE
        return _answered(result, int(batcher.clock.rough() * 1000))


application = Intake()


def _answered(result: Result, now_ms: int) -> Reply:
    if result.outcome is Outcome.ABSENT or result.deadline is None:
        return 404, {"error": "not_found"}, []
    content: dict[str, Any] = {
        "saved": result.saved,
        "now": now_ms,
        "deadline": int(result.deadline.timestamp() * 1000),
    }
    if result.current:
        content["current"] = result.current
    if result.outcome is not Outcome.SAVED:
        return 409, content | _refused(result), []
    if result.receipt is not None and result.submitted_at is not None:
        received_at = int(result.submitted_at.timestamp() * 1000)
        content |= {"receipt": result.receipt, "received_at": received_at, "received": result.received}
    return 200, content, []


def _refused(result: Result) -> dict[str, Any]:
    return {"error": result.outcome, "state": result.state, "current": result.current, "late": result.late}


def _token(headers: dict[bytes, bytes], attempt: uuid.UUID, now: float) -> AttemptToken:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN:
        raise TokenRefused("no token")
    return read_token(token, attempt=attempt, now=now, keys=settings.ATTEMPT_TOKEN_KEYS)


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None as soon as it is larger than the limit, and then the rest is not read."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _send_json(send: Send, status: int, content: dict[str, Any], headers: Headers) -> None:
    body = encode(content).encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, length, *headers]})
    await send({"type": "http.response.body", "body": body})
