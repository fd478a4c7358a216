"""End what ran out, grade what was handed in, write the standings, announce them after commit.

Run by the worker several times a second; any number of workers may run at once (SKIP LOCKED), and a crash between any
two lines loses nothing: the next round takes up what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from contests.actions.boards import announce_standings
from contests.actions.expire import expire
from contests.intake_batch import new_receipt
from contests.models import Answer, Attempt, Entry, Round, Standing
from contests.queries.bank import answer_keys
from contests.queries.standings import next_version
from contests.rules.grading import grade_paper
from contests.rules.lifecycle import COUNTED, State, step
from contests.rules.paper import PaperItem
from contests.rules.settings import RoundRules, parse_round_rules
from contests.rules.standing import AttemptResult, counted, total
from leaderboard.ranking import order_key

BATCH = 200


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
        waiting = _pending(skip).select_for_update(skip_locked=True, of=("self",)).select_related("round__contest")
        if only is not None:
            waiting = waiting.filter(pk=only)
        waiting = list(waiting[:limit])
        if not waiting:
            return 0
        _grade(waiting, now)
        changed = _restand({(attempt.entry_id, attempt.round) for attempt in waiting})
        standing_ids = [standing.pk for standing in changed]
        transaction.on_commit(lambda: announce_standings(standing_ids), robust=True)
    return len(waiting)


def _pending(skip: Collection[int]) -> QuerySet[Attempt]:
    waiting = Attempt.objects.filter(state__in=[Attempt.State.SUBMITTED, Attempt.State.EXPIRED]).order_by(
        "submitted_at"
    )
    return waiting.exclude(pk__in=skip) if skip else waiting


def _grade(attempts: list[Attempt], now: datetime) -> None:
    answers: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
    for attempt_id, question, choice in Answer.objects.filter(attempt__in=attempts).values_list(
        "attempt_id", "question", "choice"
    ):
        answers[attempt_id][question - 1] = choice
    keys = answer_keys(version for attempt in attempts for version, _ in attempt.paper)
    rules = _rules_of(attempt.round for attempt in attempts)
    for attempt in attempts:
        items = [PaperItem(version, tuple(order)) for version, order in attempt.paper]
        grade = grade_paper(items, keys, answers[attempt.pk], rules[attempt.round_id])
        attempt.points, attempt.right, attempt.answered = grade.points, grade.right, grade.answered
        ended = min(attempt.submitted_at or attempt.deadline, attempt.deadline)  # the grace gives arrival, not time
        attempt.elapsed_ms = max(0, int((ended - attempt.started_at).total_seconds() * 1000))
        attempt.receipt = attempt.receipt or new_receipt()  # who ran out of time gets one too
        attempt.state, attempt.graded_at = step(State(attempt.state), State.GRADED), now
    Attempt.objects.bulk_update(
        attempts, ["points", "right", "answered", "elapsed_ms", "receipt", "state", "graded_at"]
    )


def _restand(touched: set[tuple[int, Round]]) -> list[Standing]:
    """Write the standings of these entries anew from all their graded attempts: one row a round, one for the contest."""
    entry_ids = sorted({entry_id for entry_id, _ in touched})
    # One grader at a time a member: two attempts graded at once must both be seen by whoever writes last.
    entries = {
        entry.pk: entry
        for entry in Entry.objects.select_for_update(no_key=True).filter(pk__in=entry_ids).order_by("pk")
    }
    graded = Attempt.objects.filter(entry__in=entry_ids, state__in=COUNTED).select_related("round")
    by_entry: defaultdict[int, defaultdict[Round, list[AttemptResult]]] = defaultdict(lambda: defaultdict(list))
    for attempt in graded:
        by_entry[attempt.entry_id][attempt.round].append(
            AttemptResult(
                attempt.points or 0, attempt.elapsed_ms or 0, attempt.submitted_at or attempt.deadline, attempt.number
            )
        )
    results: list[tuple[Entry, Round | None, int, int]] = []
    for entry_id, rounds in by_entry.items():
        rules = _rules_of(rounds)
        best = {round_: counted(results_, rules[round_.pk].counting) for round_, results_ in rounds.items()}
        results += [
            (entries[entry_id], round_, result.points, result.elapsed_ms) for round_, result in best.items() if result
        ]
        overall = total(best.values())
        if overall is not None:
            results.append((entries[entry_id], None, overall.points, overall.elapsed_ms))
    version = next_version()
    return Standing.objects.bulk_create(
        [
            Standing(
                entry=entry, contest_id=entry.contest_id, round=round_, points=points, elapsed_ms=elapsed_ms,
                order=order_key(points, elapsed_ms), version=version,
            )
            for entry, round_, points, elapsed_ms in results
        ],
        update_conflicts=True, unique_fields=["entry", "round"],
        update_fields=["points", "elapsed_ms", "order", "version", "updated_at"],
    )  # fmt: skip


def _rules_of(rounds: Iterable[Round]) -> dict[int, RoundRules]:
    return {round_.pk: parse_round_rules(round_.rules) for round_ in set(rounds)}
