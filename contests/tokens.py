"""The attempt token: what a phone shows to save answers. Signed, per attempt, and enough to check a body without a query.

It carries the attempt's public id, the shape of its paper and an expiry; no key, no member, no database id. Signed by the
newest of ATTEMPT_TOKEN_KEYS and accepted under any of them, so that keys rotate while a contest runs.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.core import signing

from contests.rules.kinds.shapes import Shape, decode_shape

SALT = "contests.attempt-token.2"
# Long past the deadline: a phone that was offline must hear "closed, this is what we have" (409), not "who are you" (401).
LIVES_AFTER_DEADLINE = timedelta(hours=48)


class TokenRefused(Exception):
    """Missing, tampered with, expired, or of another attempt."""


@dataclass(frozen=True, slots=True)
class AttemptToken:
    """A token that was verified."""

    attempt: uuid.UUID
    shape: tuple[Shape, ...]
    epoch: int  # how often the sitting had changed hands when this was given out


def make_token(*, attempt: uuid.UUID, shape: str, epoch: int, accepts_until: datetime, keys: Sequence[str]) -> str:
    """A token for one attempt in the hands of one device, signed with the newest key."""
    expires = int((accepts_until + LIVES_AFTER_DEADLINE).timestamp())
    return signing.dumps([attempt.hex, shape, expires, epoch], key=keys[0], salt=SALT)


def read_token(token: str, *, attempt: uuid.UUID, now: float, keys: Sequence[str]) -> AttemptToken:
    """The token's content; `TokenRefused` unless it is ours, of this very attempt, and not expired at `now` (epoch seconds)."""
    try:
        verified, expires = _verify(token, tuple(keys))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise TokenRefused("not a token of ours") from error
    if verified.attempt != attempt:
        raise TokenRefused("a token of another attempt")
    if now > expires:
        raise TokenRefused("expired")
    return verified


@lru_cache(maxsize=20_000)  # about 20 MB; a phone shows the same token with each answer. Refusals are never kept.
def _verify(token: str, keys: tuple[str, ...]) -> tuple[AttemptToken, int]:
    """What a token says and when it expires. The keys are part of the question: one that is withdrawn counts at once."""
    hexadecimal, shape, expires, epoch = signing.loads(token, key=keys[0], fallback_keys=list(keys[1:]), salt=SALT)
    return AttemptToken(uuid.UUID(hexadecimal), decode_shape(shape), epoch), expires
