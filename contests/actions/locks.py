"""Who may judge a contest's attempts while its keys are being ruled on: nobody.

A ruling on a question finds every judged attempt and judges it anew; a paper judged meanwhile with the old keys would be
missed for ever. So each who judges holds the contest's lock shared, and a ruling holds it alone, until commit. Always taken
before any row is locked; who cannot wait (the worker, with rows of many contests in hand) tries and leaves what it does not get.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

JUDGING = 1907  # the number of this kind of lock; any other advisory lock of this database takes another


def hold_judging(contest_id: int) -> None:
    """Judge attempts of this contest until the end of the transaction; waits for a ruling that is being applied."""
    _ask("SELECT pg_advisory_xact_lock_shared(%s, %s)", contest_id)


def hold_ruling(contest_id: int) -> None:
    """Rule on this contest's keys until the end of the transaction; waits for those who judge now."""
    _ask("SELECT pg_advisory_xact_lock(%s, %s)", contest_id)


def try_judging(contest_ids: Iterable[int]) -> set[int]:
    """The contests of these whose attempts may be judged now and until the end of the transaction. Does not wait."""
    return {pk for pk in sorted(set(contest_ids)) if _ask("SELECT pg_try_advisory_xact_lock_shared(%s, %s)", pk)}


def being_ruled() -> list[int]:
    """The contests on whose keys somebody else rules at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = %s AND objsubid = 2 AND granted "
            "AND mode = 'ExclusiveLock' AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [JUDGING],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _ask(statement: str, contest_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [JUDGING, contest_id])
        return bool(cursor.fetchone()[0])
