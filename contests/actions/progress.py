"""How far long work is, told to the page while the work's own transaction shows nothing yet."""

from __future__ import annotations

import time
from typing import Any, Self

from django.db import connection
from django.db.models import Model

TELL_EVERY = 0.5  # seconds between two writes of the progress


class Progress:
    """Writes `done` and `total` into one row through a connection of its own, not oftener than TELL_EVERY.

    The work must not lock that row before its end. Without a row it tells nobody.
    """

    def __init__(self, model: type[Model], pk: int | None) -> None:
        self.table, self.pk, self.told_at = connection.ops.quote_name(model._meta.db_table), pk, 0.0

    def __enter__(self) -> Self:
        self.connection = connection.copy()
        return self

    def __exit__(self, *exception: object) -> None:
        self.connection.close()

    @property
    def due(self) -> bool:
        """Whether `tell` would write now."""
        return self.pk is not None and time.monotonic() - self.told_at >= TELL_EVERY

    def tell(self, done: int, total: int) -> None:
        """So much of so much, now and then."""
        if self.due:
            self.write(done=done, total=total)

    def write(self, **columns: Any) -> None:
        """These columns of the row, at once."""
        if self.pk is None:
            return
        self.told_at = time.monotonic()
        names = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in columns)
        with self.connection.cursor() as cursor:
            cursor.execute(f"UPDATE {self.table} SET {names} WHERE id = %s", [*columns.values(), self.pk])  # noqa: S608 - names of ours
