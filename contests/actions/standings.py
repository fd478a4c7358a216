"""Standings from attempts: what an entry counts in each round and over the contest, written anew and told to the boards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Q

from contests.actions.boards import announce_gone, announce_standings
from contests.models import Attempt, Entry, Round, Standing
from contests.queries.judging import rules_of_rounds
from contests.queries.standings import next_version
from contests.rules.lifecycle import COUNTED
from contests.rules.standing import AttemptResult, counted, total
from leaderboard.ranking import order_key

Instead = tuple[int, int] | None  # points and right answers that an attempt would have; None: it would not count
NOTHING_ELSE: Mapping[int, Instead] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Changes:
    """What the boards must hear of after commit: standings that were written, and those that are no more."""

    standing_ids: tuple[int, ...]
    gone: tuple[tuple[str, str], ...]  # board, entry
    version: int


def restand(entry_ids: Iterable[int]) -> Changes:
    """Write the standings of these entries anew from all their attempts that count: one row a round, one for the contest.

    A standing without an attempt that counts (all were voided) goes. Call within a transaction.
    """
    ids = sorted(set(entry_ids))
    # One at a time a member: two attempts judged at once must both be seen by whoever writes last.
    entries = list(Entry.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    standings = standings_for(entries)
    version = next_version()
    for standing in standings:
        standing.version = version
    written = Standing.objects.bulk_create(
        standings,
        update_conflicts=True, unique_fields=["entry", "round"],
        update_fields=["points", "elapsed_ms", "order", "version", "updated_at"],
    )  # fmt: skip
    standing_ids = tuple(standing.pk for standing in written)
    return Changes(standing_ids, _remove_others(ids, standing_ids), version)


def standings_for(entries: Sequence[Entry], instead: Mapping[int, Instead] = NOTHING_ELSE) -> list[Standing]:
    """The standings of these entries from all their attempts that count, unsaved and without a version.

    `instead` says by attempt what it would be: for trials, so that they are made as the real standings are.
    """
    counts = Q(state__in=COUNTED) | Q(pk__in=list(instead))
    attempts = Attempt.objects.filter(counts, entry__in=entries).prefetch_related("round").defer("paper")
    by_entry: defaultdict[Entry, defaultdict[Round, list[AttemptResult]]] = defaultdict(lambda: defaultdict(list))
    known = {entry.pk: entry for entry in entries}
    for attempt in attempts:
        if attempt.pk in instead:
            if (then := instead[attempt.pk]) is None:
                continue
            attempt.points, attempt.right = then
        by_entry[known[attempt.entry_id]][attempt.round].append(
            AttemptResult(
                attempt.points or 0, attempt.elapsed_ms or 0, attempt.submitted_at or attempt.deadline, attempt.number
            )
        )
    results: list[tuple[Entry, Round | None, int, int]] = []
    rules = rules_of_rounds(round_ for rounds in by_entry.values() for round_ in rounds)
    for entry, rounds in by_entry.items():
        best = {round_: counted(results_, rules[round_.pk].counting) for round_, results_ in rounds.items()}
        results += [(entry, round_, result.points, result.elapsed_ms) for round_, result in best.items() if result]
        overall = total(best.values())
        if overall is not None:
            results.append((entry, None, overall.points, overall.elapsed_ms))
    return [
        Standing(
            entry=entry, contest_id=entry.contest_id, round=round_, points=points, elapsed_ms=elapsed_ms,
            order=order_key(points, elapsed_ms),
        )
        for entry, round_, points, elapsed_ms in results
    ]  # fmt: skip


def announce_changes(changes: Changes) -> None:
    """Tell the boards. Called after commit; a dead Redis costs a late board and nothing else."""
    announce_standings(changes.standing_ids)
    announce_gone(changes.gone, changes.version)


def _remove_others(entry_ids: list[int], standing_ids: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    others = Standing.objects.filter(entry__in=entry_ids).exclude(pk__in=standing_ids)
    gone = [
        ((standing.round or standing.contest).board_name, standing.entry.public_id.hex)
        for standing in others.select_related("entry", "contest", "round__contest")
    ]
    if gone:
        others.delete()
    return tuple(gone)
