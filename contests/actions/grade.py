"""End what ran out, grade what was handed in, write the standings, announce them after commit.

Run by the worker several times a second; any number of workers may run at once (SKIP LOCKED), and a crash between any
two lines loses nothing: the next round takes up what is left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from contests.actions.expire import expire
from contests.actions.locks import being_ruled, try_judging
from contests.actions.standings import announce_changes, restand
from contests.intake_batch import new_receipt
from contests.models import Attempt, Round
from contests.queries.judging import Judge, Rulings, on_paper, standing_rulings
from contests.rules.lifecycle import State, step

BATCH = 200
GRADE_FIELDS = ("points", "right", "answered", "guess")
# By hand: at the bell, bulk_update's CASE over seven columns was half of what grading an attempt cost.
WRITE = """
UPDATE contests_attempt a
SET points = g.points, "right" = g.right, answered = g.answered, guess = g.guess, elapsed_ms = g.elapsed_ms, receipt = g.receipt,
    state = g.state, graded_at = g.graded_at
FROM unnest(%s::bigint[], %s::int[], %s::smallint[], %s::smallint[], %s::bigint[], %s::int[], %s::text[], %s::text[],
            %s::timestamptz[]) AS g (id, points, "right", answered, guess, elapsed_ms, receipt, state, graded_at)
WHERE a.id = g.id
"""


def sweep_expired(*, now: datetime) -> int:
    """Hand in every attempt whose last accepted instant is past, exactly once, also after all processes had died."""
    return expire(Attempt.objects.all(), now=now)


def pending_ids(*, limit: int = BATCH, skip: Collection[int] = ()) -> list[int]:
    """Handed-in attempts that wait for their grade, oldest first."""
    return list(_pending(skip).values_list("pk", flat=True)[:limit])


def grade_pending(*, now: datetime, limit: int = BATCH, skip: Collection[int] = (), only: int | None = None) -> int:
    """Grade up to `limit` handed-in attempts, oldest first; returns how many. One transaction, then the announcement.

    `skip` leaves attempts out, `only` takes that one: for the worker to get past an attempt that cannot be graded.
    """
    with transaction.atomic():
        waiting = _pending(skip).select_for_update(skip_locked=True).prefetch_related("round")
        if only is not None:
            waiting = waiting.filter(pk=only)
        if busy := being_ruled():  # their papers wait, and hold up nobody else's
            waiting = waiting.exclude(round__in=Round.objects.filter(contest__in=busy))
        waiting = list(waiting[:limit])
        free = try_judging(attempt.round.contest_id for attempt in waiting)
        waiting = [attempt for attempt in waiting if attempt.round.contest_id in free]
        if not waiting:
            return 0
        rulings = standing_rulings(free)
        grade_attempts(waiting, rulings)
        for attempt in waiting:
            attempt.receipt = attempt.receipt or new_receipt()  # who ran out of time gets one too
            # Not before a ruling that is in this grade: which came first tells what taking it back gives.
            newest = max((one.applied_at for one in rulings[attempt.round.contest_id] if one.applied_at), default=now)
            attempt.state, attempt.graded_at = step(State(attempt.state), State.GRADED), max(now, newest)
        _write(waiting)
        changed = restand(attempt.entry_id for attempt in waiting)
        transaction.on_commit(lambda: announce_changes(changed), robust=True)
    return len(waiting)


def _pending(skip: Collection[int]) -> QuerySet[Attempt]:
    waiting = Attempt.objects.filter(state__in=[Attempt.State.SUBMITTED, Attempt.State.EXPIRED]).order_by(
        "submitted_at"
    )
    return waiting.exclude(pk__in=skip) if skip else waiting


def _write(graded: Sequence[Attempt]) -> None:
    columns = [
        [getattr(attempt, field) for attempt in graded]
        for field in ("pk", *GRADE_FIELDS, "elapsed_ms", "receipt", "state", "graded_at")
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, columns)


def grade_attempts(attempts: Sequence[Attempt], rulings: Mapping[int, Rulings] | None = None) -> None:
    """Put the grade of the stored answers on the attempts, unsaved: GRADE_FIELDS, and the time taken at a first grading.

    `rulings` are those that stand, by contest. Call within a transaction that holds the contests' locks (`actions.locks`).
    """
    standing = standing_rulings(attempt.round.contest_id for attempt in attempts) if rulings is None else rulings
    judge = Judge(attempts)
    for attempt in attempts:
        grade = judge.grade(attempt, on_paper(standing[attempt.round.contest_id], attempt.paper))
        attempt.points, attempt.right, attempt.answered = grade.points, grade.right, grade.answered
        attempt.guess = judge.guess(attempt)
        if attempt.elapsed_ms is None:
            ended = min(attempt.submitted_at or attempt.deadline, attempt.deadline)  # the grace gives arrival, not time
            attempt.elapsed_ms = max(0, (ended - attempt.started_at) // timedelta(milliseconds=1))  # exact
