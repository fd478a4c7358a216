"""Connections and threads that stand in each other's way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

T = TypeVar("T")


@contextlib.contextmanager
def another_connection() -> Iterator[BaseDatabaseWrapper]:
    """A second connection to the test database; what it left open is rolled back."""
    other = connection.copy()
    try:
        yield other
    finally:
        other.close()


def at_once(act: Callable[[Any], T], rivals: Sequence[Any]) -> list[T]:
    """`act` for each rival, in threads that begin at one instant; their results in order."""
    ready = Barrier(len(rivals))

    def one(rival: Any) -> T:
        ready.wait(30)
        try:
            return act(rival)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(rivals)) as pool:
        return list(pool.map(one, rivals))
