"""Counting a large contest ahead of its readers: one snapshot, the figures of every unit as rows, replaced as a whole.

The worker does it: soon after something changed, when somebody asks, and the rarer the longer it takes. Why: docs/decisions/0013-counted-ahead.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from contests.errors import ContestError
from contests.models import Contest
from reports import kept, marks, part_queries, queries
from reports.models import Counting, KeptFigures
from reports.participation import LABEL, levels_below, participation
from reports.parts import Parts
from reports.queued import enqueue_once

if TYPE_CHECKING:
    import pandas as pd

JOB = "reports.count_contest"
EVERY = timedelta(minutes=2)  # at most so often while a contest runs
SHARE = 20  # and at most one part in so many of a core's time
AGAIN = timedelta(seconds=30)  # between two counts that people ask for
GIVEN_UP = timedelta(minutes=10)  # a count that began so long ago has died with its worker
LARGE = 10_000  # attempts, from which on the parts are kept; fewer are read while the page waits
WIDE = 2_000  # the same of units below

_FIELDS = [field.attname for field in KeptFigures._meta.concrete_fields if field.name != "id"]
_OTHERS = [name for name in _FIELDS if name not in ("contest_id", "path")]
_COLUMNS = ", ".join(_FIELDS)
_PUT = f"""
    INSERT INTO reports_keptfigures AS old ({_COLUMNS}) SELECT {_COLUMNS} FROM fresh
    ON CONFLICT (contest_id, path) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _OTHERS)}
    WHERE ({", ".join(f"old.{name}" for name in _OTHERS)}) IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in _OTHERS)})
"""  # noqa: S608  made of the columns above
_DROP = """
    DELETE FROM reports_keptfigures AS old WHERE contest_id = %s AND NOT EXISTS (SELECT FROM fresh WHERE fresh.path = old.path)
"""


def is_due(counting: Counting, *, changed: bool, now: datetime) -> bool:
    """Whether the worker should count now: never counted, asked for, or changed and not just counted. A count under way is waited for."""
    if counting.begun_at is not None and now - counting.begun_at < GIVEN_UP:
        return False
    if counting.as_of is None or counting.asked_at is not None:
        return True
    return changed and now - counting.as_of >= max(EVERY, timedelta(seconds=SHARE * counting.seconds))


def count_what_is_due(*, now: datetime, ever: bool = False) -> int:
    """Put every large contest whose figures are old into the queue; how many. `ever`: look for new ones among those of long ago too."""
    for contest in kept.grown_large(now, ever=ever):
        Counting.objects.get_or_create(contest=contest)
    tree, queued = "", 0
    for counting in Counting.objects.select_related("contest").exclude(contest__state=Contest.State.DRAFT):
        tree = tree or marks.tree_mark()
        changed = counting.mark != marks.mark_of(counting.contest, tree)
        if is_due(counting, changed=changed, now=now):
            queued += _enqueue(counting.contest_id)
    return queued


@transaction.atomic
def ask_for_count(*, contest: Contest, now: datetime) -> None:
    """Let the worker count anew as soon as it can. ContestError where that was just done."""
    if kept.is_small(contest):
        return  # counted whenever a page asks
    Counting.objects.get_or_create(contest=contest)
    counting = Counting.objects.select_for_update().get(contest=contest)
    if counting.asked_at is not None:
        return
    if counting.as_of is not None and now - counting.as_of < AGAIN:
        raise ContestError("Số liệu vừa mới được tính. Hãy đợi nửa phút rồi thử lại.")
    counting.asked_at = now
    counting.save(update_fields=["asked_at"])
    _enqueue(contest.pk)


def count_contest(*, contest_id: int) -> None:
    """Count and keep. May be run again after any crash: what is kept changes in one transaction at the end."""
    begun, started = timezone.now(), time.monotonic()
    counting = Counting.objects.filter(contest=contest_id)
    if not counting.update(begun_at=begun):
        return
    try:
        contest = Contest.objects.select_related("audience").get(pk=contest_id)
        with queries.snapshot() as as_of:
            mark = marks.mark_of(contest, marks.tree_mark())
            root = contest.audience
            rows = queries.material(contest, root)
            table = participation(
                root.path, rows.units, rows.headcounts, [*rows.counts, *queries.passes(contest, root)]
            )
            levels = levels_below(table, WIDE)
            wanted = {root.path, *levels, *table.loc[table["attempts"] >= LARGE, "path"]}
            outside = contest.entries.exclude(unit_path__startswith=root.path).exists()
            parts = part_queries.parts_of(contest, root.path, wanted, levels, as_of)
        done = Counting(
            contest=contest,
            root=root.path,
            as_of=as_of,
            mark=mark,
            moved=rows.moved or outside,
            asked_at=None,
            begun_at=None,
        )
        _keep(done, table, parts, started)
    except BaseException:
        counting.filter(begun_at=begun).update(begun_at=None)
        raise


@transaction.atomic
def _keep(done: Counting, table: pd.DataFrame, parts: dict[str, Parts], started: float) -> None:
    """The rows and the instant they are of, at once: a reader sees both or neither."""
    before = Counting.objects.select_for_update().get(pk=done.pk)
    _replace(done.pk, table, parts)
    if before.asked_at is not None and before.asked_at > done.as_of:
        done.asked_at = before.asked_at  # asked for after the snapshot was taken: that is the next count
    done.seconds = time.monotonic() - started
    done.save()


def _enqueue(contest_id: int) -> bool:
    """False where it is in the queue already."""
    return enqueue_once(JOB, f"count-{contest_id}", contest_id=contest_id)


def _replace(contest_id: int, table: pd.DataFrame, parts: dict[str, Parts]) -> None:
    """The rows of a contest as in the table. Those that are the same already are not written again: most of a quiet tree."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE fresh (LIKE reports_keptfigures) ON COMMIT DROP")
        cursor.execute("ALTER TABLE fresh ALTER COLUMN id DROP NOT NULL")
        with cursor.copy(f"COPY fresh ({_COLUMNS}) FROM STDIN") as copy:
            for row in _rows(contest_id, table, parts):
                copy.write_row(row)
        cursor.execute("ANALYZE fresh")
        cursor.execute(_PUT)
        cursor.execute(_DROP, [contest_id])


def _rows(contest_id: int, table: pd.DataFrame, parts: dict[str, Parts]) -> Iterator[Sequence[Any]]:
    """In the order of `_FIELDS`."""
    paths = table["path"].tolist()
    columns: dict[str, list[Any]] = {
        "contest_id": [contest_id] * len(paths),
        "parent": [path[:-LABEL] for path in paths],
        "parts": [json.dumps(parts[path].as_json()) if path in parts else None for path in paths],
    }
    for name in _FIELDS:
        if name not in columns:
            columns[name] = table[name].tolist()
    for name in ("members", "own_members"):
        columns[name] = [None if value != value else int(value) for value in columns[name]]
    return zip(*(columns[name] for name in _FIELDS), strict=True)
