"""Standings from attempts: what an entry counts in each round and over the contest, written anew and told to the boards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from contests.actions.boards import announce_gone, announce_standings
from contests.actions.published import watch
from contests.models import Attempt, Entry, Round, Standing
from contests.queries.standings import next_version
from contests.rules.lifecycle import COUNTED
from contests.rules.settings import RoundRules, parse_round_rules
from contests.rules.standing import AttemptResult, counted, total
from leaderboard.ranking import order_key


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
    entries = {
        entry.pk: entry for entry in Entry.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    }
    by_entry: defaultdict[int, defaultdict[Round, list[AttemptResult]]] = defaultdict(lambda: defaultdict(list))
    for attempt in Attempt.objects.filter(entry__in=ids, state__in=COUNTED).prefetch_related("round").defer("paper"):
        by_entry[attempt.entry_id][attempt.round].append(
            AttemptResult(
                attempt.points or 0, attempt.elapsed_ms or 0, attempt.submitted_at or attempt.deadline, attempt.number
            )
        )
    results: list[tuple[Entry, Round | None, int, int]] = []
    rules = rules_of_rounds(round_ for rounds in by_entry.values() for round_ in rounds)
    for entry_id, rounds in by_entry.items():
        best = {round_: counted(results_, rules[round_.pk].counting) for round_, results_ in rounds.items()}
        results += [
            (entries[entry_id], round_, result.points, result.elapsed_ms) for round_, result in best.items() if result
        ]
        overall = total(best.values())
        if overall is not None:
            results.append((entries[entry_id], None, overall.points, overall.elapsed_ms))
    version, watched = next_version(), watch(ids)
    written = Standing.objects.bulk_create(
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
    standing_ids = tuple(standing.pk for standing in written)
    changes = Changes(standing_ids, _remove_others(ids, standing_ids), version)
    watched.mark_what_changed(now=timezone.now())
    return changes


def announce_changes(changes: Changes) -> None:
    """Tell the boards. Called after commit; a dead Redis costs a late board and nothing else."""
    announce_standings(changes.standing_ids)
    announce_gone(changes.gone, changes.version)


def rules_of_rounds(rounds: Iterable[Round]) -> dict[int, RoundRules]:
    """The rules of each round, read once."""
    return {round_.pk: parse_round_rules(round_.rules) for round_ in set(rounds)}


def _remove_others(entry_ids: list[int], standing_ids: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    others = Standing.objects.filter(entry__in=entry_ids).exclude(pk__in=standing_ids)
    gone = [
        ((standing.round or standing.contest).board_name, standing.entry.public_id.hex)
        for standing in others.select_related("entry", "contest", "round__contest")
    ]
    if gone:
        others.delete()
    return tuple(gone)
