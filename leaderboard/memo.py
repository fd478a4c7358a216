"""A short memory in this process: while one thread asks for something costly, the others get the answer before it.

Only for the first answer does anybody wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 1000  # keys; beyond them those that nobody asked for longest are forgotten


class Memo(Generic[T]):
    """The last answer by key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry[T]] = {}

    def get(self, key: str, ask: Callable[[], T], seconds: float) -> T:
        """What `ask` said less than `seconds` ago, or says now; while another thread asks, what it said last."""
        with self._lock:
            entry = self._entries[key] = self._entries.pop(key, None) or _Entry()  # to the end: just asked for
            while len(self._entries) > MOST:
                self._entries.pop(next(iter(self._entries)))
        known = entry.answers
        if known and not entry.is_old(seconds):
            return known[0]
        if not entry.lock.acquire(blocking=not known):
            return known[0]
        try:
            if not entry.answers or entry.is_old(seconds):
                now = time.monotonic()
                entry.answers, entry.asked_at = [ask()], now
            return entry.answers[0]
        finally:
            entry.lock.release()


@dataclass
class _Entry(Generic[T]):
    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: list[T] = field(default_factory=list)
    asked_at: float = 0.0

    def is_old(self, seconds: float) -> bool:
        """Whether the answer is to be asked for anew."""
        return time.monotonic() - self.asked_at >= seconds
