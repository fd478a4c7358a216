"""Standings from attempts: what an entry counts in each round and over the contest, written anew and told to the boards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Func, IntegerField, Q
from django.db.models.functions import Now
from django.utils import timezone

from contests.actions.boards import announce_gone, announce_standings
from contests.actions.published import watch
from contests.models import Attempt, Contest, Entry, Exclusion, Round, Standing, TieDecision
from contests.queries.standings import board_name, next_version, result_of
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.lifecycle import COUNTED
from contests.rules.settings import RoundRules, parse_round_rules
from contests.rules.standing import AttemptResult, Total, counted, total
from contests.rules.ties import sort_key

Decisions = dict[tuple[int, int | None], int]  # entry, round (None: the contest) → the organizer's order

Instead = tuple[int, int] | None  # points and right answers that an attempt would have; None: it would not count
NOTHING_ELSE: Mapping[int, Instead] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Changes:
    """What the boards must hear of after commit: standings that were written, and those that are no more."""

    standing_ids: tuple[int, ...]
    gone: tuple[tuple[str, str], ...]  # board, entry
    version: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A contest as its entries are judged by: its rules, and its rounds in their order with theirs."""

    rules: ContestRules
    rounds: tuple[tuple[Round, RoundRules], ...]

    @property
    def all_known(self) -> bool:
        """Whether the true number of every round with a side question is known."""
        return all(round_.truth is not None for round_, rules in self.rounds if rules.prediction)


def restand(entry_ids: Iterable[int], *, settling: bool = False) -> Changes:
    """Write the standings of these entries anew from all their attempts that count: one row a round, one for the contest.

    A standing without an attempt that counts (all were voided), or of somebody excluded, goes. A true number that was counted
    before is marked for counting again, unless this is the `settling` itself. Call within a transaction.
    """
    ids = sorted(set(entry_ids))
    # One at a time a member: two attempts judged at once must both be seen by whoever writes last.
    entries = list(Entry.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    rows = standings_for(entries)
    version, watched = next_version(), watch(ids)
    for row in rows:
        row.version = version
    written = Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["entry", "round"],
        update_fields=[
            "points", "right", "elapsed_ms", "submitted_at", "perfect", "guess", "off", "decided", "order", "version",
            "updated_at",
        ],
    )  # fmt: skip
    _mark_what_follows({entry.contest_id for entry in entries}, settling=settling)
    standing_ids = tuple(standing.pk for standing in written)
    changes = Changes(standing_ids, _remove_others(ids, standing_ids), version)
    watched.mark_what_changed(now=timezone.now())
    return changes


def standings_for(
    entries: Sequence[Entry], instead: Mapping[int, Instead] = NOTHING_ELSE, *, with_excluded: bool = False
) -> list[Standing]:
    """The standings of these entries from all their attempts that count, unsaved and without a version.

    `instead` says by attempt what it would be, `with_excluded` lets in who is excluded: for trials, so that they are made as
    the real standings are.
    """
    frames = frames_of({entry.contest_id for entry in entries})
    excluded = set() if with_excluded else _excluded(frames, entries)
    ids = [entry.pk for entry in entries]
    results, decisions = _results(ids, instead), _decisions(ids)
    return [
        row
        for entry in entries
        if (entry.contest_id, entry.member_id) not in excluded
        for row in _standings(entry, frames[entry.contest_id], results[entry.pk], decisions)
    ]


def announce_changes(changes: Changes) -> None:
    """Tell the boards. Called after commit; a dead Redis costs a late board and nothing else."""
    announce_standings(changes.standing_ids)
    announce_gone(changes.gone, changes.version)


def frames_of(contest_ids: Iterable[int]) -> dict[int, Frame]:
    """The contests' rules and rounds, read once."""
    contests = Contest.objects.filter(pk__in=contest_ids).prefetch_related("rounds")
    return {
        contest.pk: Frame(
            parse_contest_rules(contest.rules),
            tuple((round_, parse_round_rules(round_.rules)) for round_ in contest.rounds.all()),
        )
        for contest in contests
    }


def _mark_what_follows(contest_ids: Iterable[int], *, settling: bool) -> None:
    """True numbers, and finalists of a final that is not open yet, were decided by what stood before: once more, then."""
    rounds = Round.objects.filter(contest__in=contest_ids)
    if not settling:
        rounds.filter(truth_at__isnull=False).update(truth_at=None)
    rounds.filter(qualified_at__isnull=False, opens_at__gt=Now()).update(qualified_at=None)


def _standings(
    entry: Entry, frame: Frame, results: dict[int, list[AttemptResult]], decisions: Decisions
) -> list[Standing]:
    """The rows of one entry."""
    chain = frame.rules.chain
    per_round = [
        (
            round_,
            counted(
                results.get(round_.pk, ()),
                rules.counting,
                chain,
                asked=rules.prediction is not None,
                truth=round_.truth,
            ),
        )
        for round_, rules in frame.rounds
    ]
    overall = total([one for _, one in per_round], frame.rules.over_rounds, chain, all_known=frame.all_known)
    rows = []
    for round_, one in [*per_round, (None, overall)]:
        if one is not None:
            row = _row(entry, round_, one, decisions.get((entry.pk, round_.pk if round_ else None)))
            row.order = sort_key(result_of(row), chain)
            rows.append(row)
    return rows


def _row(entry: Entry, round_: Round | None, one: Total, decided: int | None) -> Standing:
    return Standing(
        entry=entry, contest_id=entry.contest_id, round=round_, points=one.points, right=one.right,
        elapsed_ms=one.elapsed_ms, submitted_at=one.submitted_at, perfect=one.perfect, guess=one.guess, off=one.off,
        decided=decided,
    )  # fmt: skip


def _results(
    entry_ids: list[int], instead: Mapping[int, Instead]
) -> defaultdict[int, defaultdict[int, list[AttemptResult]]]:
    """What was judged and counts, or would: by entry, then by round."""
    found: defaultdict[int, defaultdict[int, list[AttemptResult]]] = defaultdict(lambda: defaultdict(list))
    counts = Q(state__in=COUNTED) | Q(pk__in=list(instead)) if instead else Q(state__in=COUNTED)
    attempts = (
        Attempt.objects.filter(counts, entry__in=entry_ids)
        .annotate(questions=Func("paper", function="jsonb_array_length", output_field=IntegerField()))
        .values_list(
            "pk", "entry", "round", "points", "elapsed_ms", "submitted_at", "deadline", "number", "right", "questions", "guess"
        )
    )  # fmt: skip
    for pk, entry, round_, points, elapsed_ms, submitted_at, deadline, number, right, questions, guess in attempts:
        then = instead.get(pk, (points or 0, right or 0))
        if then is None:
            continue
        found[entry][round_].append(
            AttemptResult(
                then[0], elapsed_ms or 0, submitted_at or deadline, number, right=then[1], perfect=then[1] == questions,
                guess=guess,
            )
        )  # fmt: skip
    return found


def _decisions(entry_ids: list[int]) -> Decisions:
    """The organizer's order among equals; the newest word stands."""
    decisions = TieDecision.objects.filter(entry__in=entry_ids).values_list("entry", "round", "place")
    return {(entry, round_): place for entry, round_, place in decisions}


def _excluded(contest_ids: Iterable[int], entries: Iterable[Entry]) -> set[tuple[int, int]]:
    """(contest, member) of those whose result does not count."""
    members = [entry.member_id for entry in entries]
    excluded = Exclusion.objects.from_ranking().filter(contest__in=contest_ids, member__in=members)
    return set(excluded.values_list("contest", "member"))


def _remove_others(entry_ids: list[int], standing_ids: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    others = Standing.objects.filter(entry__in=entry_ids).exclude(pk__in=standing_ids)
    gone = [
        (board_name(standing.contest, standing.round, division), standing.entry.public_id.hex)
        for standing in others.select_related("entry", "contest", "round__contest")
        for division in {"", standing.entry.division}
    ]
    if gone:
        others.delete()
    return tuple(gone)
