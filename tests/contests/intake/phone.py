"""A phone for tests: calls the answer path as ASGI, without a server between, and says what came back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from contests.answers_body import Answer
from contests.intake import Intake
from contests.models import Attempt
from contests.tokens import make_token

# Question 1: four options, one may be chosen. 2: four, several. 3: two, one. 4: four, one.
SHAPE = "dDbd"
PAPER_OF_SIXTY = "d" * 60


@dataclass(frozen=True)
class Reply:
    """What the phone got."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    raw: bytes


def token_of(attempt: Attempt, keys: Sequence[str] | None = None) -> str:
    return make_token(
        attempt=attempt.public_id,
        shape=attempt.shape,
        epoch=attempt.epoch,
        accepts_until=attempt.accepts_until,
        keys=keys or settings.ATTEMPT_TOKEN_KEYS,
    )


def tap(question: int, choice: int | list[int], seq: int) -> dict[str, Any]:
    return {"question": question, "choice": choice if isinstance(choice, list) else [choice], "seq": seq}


def answer(question: int, choice: int | list[int], seq: int) -> Answer:
    return Answer(question, tuple(choice if isinstance(choice, list) else [choice]), seq)


@dataclass
class Phone:
    """A member's phone in the middle of an attempt."""

    intake: Intake
    attempt: uuid.UUID
    token: str

    async def answers(self, *taps: dict[str, Any], **more: Any) -> Reply:
        return await self.post("answers", json.dumps({"answers": taps}).encode(), **more)

    async def submit(self, *taps: dict[str, Any], **more: Any) -> Reply:
        return await self.post("submit", json.dumps({"answers": taps}).encode(), **more)

    async def post(self, act: str, body: bytes, **more: Any) -> Reply:
        return await call(self.intake, f"/api/attempts/{self.attempt}/{act}", body, token=self.token, **more)


async def call(
    intake: Intake, path: str, body: bytes = b"", *, token: str | None = None, method: str = "POST",
    content_type: str | None = "application/json", pieces: Sequence[bytes] | None = None,
) -> Reply:  # fmt: skip
    """One request; `pieces` sends the body in parts, as a server hands on a chunked one."""
    headers = [(b"content-type", content_type.encode())] if content_type else []
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode("latin-1")))
    parts = list(pieces) if pieces is not None else [body]
    read: list[bytes] = []
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        read.append(parts[len(read)])
        return {"type": "http.request", "body": read[-1], "more_body": len(read) < len(parts)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await intake({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    start, end = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    assert int(found["content-length"]) == len(end["body"])
    return Reply(start["status"], json.loads(end["body"]), found | {"x-parts-read": str(len(read))}, end["body"])
