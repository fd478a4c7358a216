"""The fast answer path: an ASGI endpoint beside Django that acknowledges an answer only after COMMIT (laws 2 to 4).

Answers of many members wait a few milliseconds and enter one statement, in `contests.intake_batch`. This file speaks HTTP:
who may, what the body says, which reply. It stays off the ORM and off Django's request stack; cookies are never read.

    POST /api/attempts/<public id>/answers   {"answers": [{"question": 7, "choice": [2], "seq": 12}]}
    POST /api/attempts/<public id>/submit    {"answers": [...]}   the full map, so that the server can heal what it lacks
    Authorization: Bearer <attempt token>

200 {"saved": [[question, seq], …], "now": ms, "deadline": ms}; submit adds "receipt" and "received_at".
401 the token; 404 the address; 405; 409 "stale" or "closed" with what the server has; 413; 415; 422 nothing stored;
503 with Retry-After: keep it and send it again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from prometheus_client import Counter

from contests.answers_body import MAX_BODY, BodyRefused, read_answers
from contests.intake_batch import Batcher, Overloaded, Request, Result
from contests.tokens import TokenRefused, read_token

log = logging.getLogger("contests.intake")
ADDRESS = re.compile(r"^/api/attempts/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/(answers|submit)$")
PREFIX = "/api/attempts/"
REPLY_WITHIN = 1.8  # seconds; after that the caller hears 503 and sends again
REPLIES = Counter("intake_replies", "Replies of the answer path", ["act", "status"])

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Intake:
    """The ASGI application for everything under /api/attempts/."""

    def __init__(self) -> None:
        self._batchers: dict[int, Batcher] = {}  # by event loop: one in Daphne, one a test

    def batcher(self) -> Batcher:
        """The batcher of the running loop, made at the first request (Daphne knows no lifespan events)."""
        loop = asyncio.get_running_loop()
        found = self._batchers.get(id(loop))
        if found is None:
            self._batchers = {id(loop): (found := Batcher(settings.DATABASES["default"]))}
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        batcher = self.batcher()
        arrived_at = batcher.clock.now()  # before the body is looked at: waiting makes nobody late
        match = ADDRESS.match(scope["path"])
        act = match[2] if match else "unknown"
        status, content, headers = await self._reply(scope, receive, match, arrived_at, batcher)
        REPLIES.labels(act, status).inc()
        await _send_json(send, status, content, headers)

    async def _reply(
        self, scope: Scope, receive: Receive, match: re.Match[str] | None, arrived_at: float | None, batcher: Batcher
    ) -> tuple[int, dict[str, Any], list[tuple[bytes, bytes]]]:
        if match is None:
            return 404, {"error": "not_found"}, []
        if scope["method"] != "POST":
            return 405, {"error": "post_only"}, [(b"allow", b"POST")]
        headers = dict(scope["headers"])
        if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
            return 415, {"error": "json_only"}, []
        attempt = uuid.UUID(match[1])
        try:
            token = read_token(
                _bearer(headers), attempt=attempt, now=batcher.clock.rough(), keys=settings.ATTEMPT_TOKEN_KEYS
            )
        except TokenRefused:
            return 401, {"error": "token"}, [(b"www-authenticate", b"Bearer")]
        body = await _read_body(receive)
        if body is None:
            return 413, {"error": "too_large"}, []
        submit = match[2] == "submit"
        try:
            answers = read_answers(body, token.shape, may_be_empty=submit)
        except BodyRefused as refused:
            return 422, {"error": refused.code}, []
        if arrived_at is None:  # the database has not been reached yet: its clock is unknown
            arrived_at = await batcher.clock.wait()
            if arrived_at is None:
                return _unavailable()
        try:
            result = await asyncio.wait_for(
                batcher.save(Request(attempt, answers, arrived_at, submit)), REPLY_WITHIN
            )
        except (Overloaded, TimeoutError):
            return _unavailable()
        return _answered(result, batcher, submit)


def _answered(result: Result, batcher: Batcher, submit: bool) -> tuple[int, dict[str, Any], list[tuple[bytes, bytes]]]:
    now = int(batcher.clock.rough() * 1000)
    if result.state is None:
        return 404, {"error": "not_found"}, []
    common = {"saved": result.saved, "now": now, "deadline": int(result.deadline.timestamp() * 1000)}
    if submit and result.receipt is not None:
        received_at = int(result.submitted_at.timestamp() * 1000) if result.submitted_at else now
        return 200, common | {"receipt": result.receipt, "received_at": received_at}, []
    if result.closed:
        return 409, common | {"error": "closed", "state": result.state, "current": result.current}, []
    if result.stale:
        return 409, common | {"error": "stale", "state": result.state, "current": result.current}, []
    return 200, common, []


def _unavailable() -> tuple[int, dict[str, Any], list[tuple[bytes, bytes]]]:
    return 503, {"error": "unavailable"}, [(b"retry-after", b"2")]


def _bearer(headers: dict[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 600:
        raise TokenRefused("no token")
    return token


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is larger than MAX_BODY."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _send_json(send: Send, status: int, content: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
    body = json.dumps(content, separators=(",", ":")).encode()
    fixed = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": fixed + headers})
    await send({"type": "http.response.body", "body": body})


application = Intake()
