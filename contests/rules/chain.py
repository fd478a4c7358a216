"""The audit chain: each sealed record carries a code made from a key, the record before it and itself.

Whoever lacks the key can change rows, but can't make the codes that fit. `Chain` goes through the rows in order and names the
first that doesn't fit; `docs/decisions/0005-audit-chain.md` says what that finds and what it can't.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

GENESIS = bytes(32)  # what stands before the first record


@dataclass(frozen=True, slots=True)
class Record:
    """A record as the database holds it. Text where a number or a JSON value could be written in two ways."""

    position: int  # place in the chain, from 1, without gaps
    id: int
    at: str  # microseconds since 1970 in UTC; "Infinity" is possible, and never right
    what: str
    contest: int | None
    attempt: str | None
    actor: int | None
    detail: str  # the text of a jsonb value: it keeps neither the order of keys, nor spaces, nor a key's repeat


@dataclass(frozen=True, slots=True)
class Head:
    """How long the chain is and where it ends, with a code of its own: cutting the tail off needs the key."""

    count: int
    link: bytes
    mac: bytes


class Wrong(StrEnum):
    """What is wrong at a place of the chain."""

    ALTERED = "altered"  # the record or its code is not what was sealed
    MISSING = "missing"  # no record has this position
    REPEATED = "repeated"  # two records have it, or it is not above 0
    BEYOND = "beyond"  # more records are sealed than the head counts
    HEAD = "head"  # the head is gone, or is not what was written by whoever seals
    NOTED = "noted"  # the record at a noted position has another code than was noted


@dataclass(frozen=True, slots=True)
class Finding:
    """The first place that is wrong; `id` where a record stands there."""

    wrong: Wrong
    position: int
    id: int | None = None


def canonical(record: Record) -> bytes:
    """The bytes that are sealed: one JSON object in UTF-8, keys sorted, no spaces, nothing escaped that need not be."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(key: bytes, previous: bytes, record: Record) -> bytes:
    """The code of a record that follows one with the code `previous`."""
    return hmac.digest(key, b"record" + previous + canonical(record), "sha256")


def seal_head(key: bytes, count: int, last: bytes) -> Head:
    """The head of a chain of `count` records that ends in the code `last`."""
    return Head(count, last, hmac.digest(key, b"head" + last + str(count).encode(), "sha256"))


def is_genuine(key: bytes, head: Head) -> bool:
    """Whether whoever wrote the head had the key."""
    return hmac.compare_digest(head.mac, seal_head(key, head.count, head.link).mac)


class Chain:
    """Goes along a chain, a record at a time, in bounded memory. `position` and `link` are those of the last good record."""

    def __init__(self, key: bytes, *, position: int = 0, link: bytes = GENESIS) -> None:
        self.key, self.position, self.link = key, position, link

    def follow(self, rows: Iterable[tuple[Record, bytes | None]]) -> Finding | None:
        """Go along all the rows (in the order of their positions), or to the first that doesn't fit."""
        for record, sealed in rows:
            expected = self.position + 1
            if record.position > expected:
                return Finding(Wrong.MISSING, expected)
            if record.position < expected:
                return Finding(Wrong.REPEATED, record.position, record.id)
            computed = link(self.key, self.link, record)
            if sealed is None or not hmac.compare_digest(computed, sealed):
                return Finding(Wrong.ALTERED, expected, record.id)
            self.position, self.link = expected, computed
        return None

    def end(self, head: Head | None) -> Finding | None:
        """What is wrong with the end, once all rows are good."""
        if head is None or not is_genuine(self.key, head):
            return Finding(Wrong.HEAD, self.position)
        if head.count > self.position:
            return Finding(Wrong.MISSING, self.position + 1)
        if head.count < self.position:
            return Finding(Wrong.BEYOND, head.count + 1)
        return None if head.link == self.link else Finding(Wrong.HEAD, self.position)
