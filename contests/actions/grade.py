"""End what ran out, grade what was handed in, write the standings, announce them after commit.

Run by the worker several times a second; any number of workers may run at once (SKIP LOCKED), and a crash between any
two lines loses nothing: the next round takes up what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from contests.actions.expire import expire
from contests.actions.standings import announce_changes, restand, rules_of_rounds
from contests.intake_batch import new_receipt
from contests.models import Answer, Attempt
from contests.queries.bank import answer_keys
from contests.rules.grading import grade_paper
from contests.rules.lifecycle import State, step
from contests.rules.paper import PaperItem

BATCH = 200
GRADE_FIELDS = ("points", "right", "answered")
# By hand: at the bell, bulk_update's CASE over seven columns was half of what grading an attempt cost.
WRITE = """
UPDATE contests_attempt a
SET points = g.points, "right" = g.right, answered = g.answered, elapsed_ms = g.elapsed_ms, receipt = g.receipt,
    state = g.state, graded_at = g.graded_at
FROM unnest(%s::bigint[], %s::int[], %s::smallint[], %s::smallint[], %s::int[], %s::text[], %s::text[], %s::timestamptz[])
     AS g (id, points, "right", answered, elapsed_ms, receipt, state, graded_at)
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
        waiting = list(waiting[:limit])
        if not waiting:
            return 0
        grade_attempts(waiting)
        for attempt in waiting:
            attempt.receipt = attempt.receipt or new_receipt()  # who ran out of time gets one too
            attempt.state, attempt.graded_at = step(State(attempt.state), State.GRADED), now
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


def grade_attempts(attempts: Sequence[Attempt]) -> None:
    """Put the grade of the stored answers on the attempts, unsaved: GRADE_FIELDS, and the time taken at a first grading."""
    answers: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
    for attempt_id, question, choice in Answer.objects.filter(attempt__in=attempts).values_list(
        "attempt_id", "question", "choice"
    ):
        answers[attempt_id][question - 1] = choice
    keys = answer_keys(version for attempt in attempts for version, _ in attempt.paper)
    rules = rules_of_rounds(attempt.round for attempt in attempts)
    for attempt in attempts:
        items = [PaperItem(version, tuple(order)) for version, order in attempt.paper]
        grade = grade_paper(items, keys, answers[attempt.pk], rules[attempt.round_id])
        attempt.points, attempt.right, attempt.answered = grade.points, grade.right, grade.answered
        if attempt.elapsed_ms is None:
            ended = min(attempt.submitted_at or attempt.deadline, attempt.deadline)  # the grace gives arrival, not time
            attempt.elapsed_ms = max(0, (ended - attempt.started_at) // timedelta(milliseconds=1))  # exact
