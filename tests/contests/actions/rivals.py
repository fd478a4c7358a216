"""Connections and threads that stand in each other's way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any, TypeVar

from django.db import connection, transaction
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


def during(act: Callable[[], Any], rival: Callable[[], T]) -> T:
    """What `rival` returns or raises when it begins after `act` has written and goes on after it has committed."""

    def one() -> T:
        try:
            return rival()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            act()
            began = pool.submit(one)
            while not began.done() and not _somebody_waits():
                sleep(0.02)
        return began.result()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


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
