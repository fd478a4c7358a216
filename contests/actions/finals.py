"""Who reaches a final: chosen by the rounds before it, as soon as they are over, and anew until the final opens."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from contests.models import ContestEvent, Entry, Finalist, Round, Standing
from contests.queries.marking import waiting_essays
from contests.queries.prediction import is_over
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.settings import Qualify, parse_round_rules
from contests.rules.standing import Total, total
from contests.rules.ties import Placed, Result, rank


def choose_due(now: datetime) -> int:
    """Choose the finalists of every final that waits for it; how many finals. For the worker's loop."""
    finals = Round.objects.filter(rules__qualify__top__isnull=False, qualified_at__isnull=True)
    return sum(choose_finalists(final, now) for final in finals.exclude(contest__state="draft"))


@transaction.atomic
def choose_finalists(final: Round, now: datetime) -> bool:
    """Write who may sit the final; whether it could be done: not before every round that decides is closed and judged."""
    final = Round.objects.select_for_update(of=("self",)).select_related("contest").get(pk=final.pk)
    qualify = parse_round_rules(final.rules).qualify
    if qualify is None:
        return False
    before = _rounds_before(final, qualify)
    if not before or not all(_is_decided(round_, now) for round_ in before):
        return False
    placed = [one for one in _ranking(before, parse_contest_rules(final.contest.rules)) if one.place <= qualify.top]
    entries = dict(Entry.objects.filter(contest=final.contest_id).values_list("public_id", "pk"))
    by_hex = {public_id.hex: pk for public_id, pk in entries.items()}
    Finalist.objects.filter(round=final).delete()
    Finalist.objects.bulk_create(
        [Finalist(round=final, entry_id=by_hex[one.result.entry], place=one.place) for one in placed], batch_size=5000
    )
    final.qualified_at = now
    final.save(update_fields=["qualified_at"])
    ContestEvent.objects.create(
        contest=final.contest, what="finalists", detail={"round": final.number, "people": len(placed)}
    )
    return True


def _rounds_before(final: Round, qualify: Qualify) -> list[Round]:
    named = Q(number__in=qualify.rounds) if qualify.rounds else Q(number__lt=final.number)
    return list(
        Round.objects.filter(named, contest=final.contest_id)
        .exclude(pk=final.pk)
        .select_related("contest")
        .order_by("number")
    )


def _is_decided(round_: Round, now: datetime) -> bool:
    if now < round_.last_close or not is_over(round_) or waiting_essays([round_]):
        return False
    return parse_round_rules(round_.rules).prediction is None or round_.truth_at is not None


def _ranking(rounds: list[Round], rules: ContestRules) -> list[Placed]:
    """Everybody by those rounds alone, counted over them as the contest counts over all of its rounds."""
    asked = {round_.pk: parse_round_rules(round_.rules).prediction is not None for round_ in rounds}
    by_entry: defaultdict[str, dict[int, Total]] = defaultdict(dict)
    entered: dict[str, datetime] = {}
    rows = Standing.objects.filter(round__in=rounds).values_list(
        "entry__public_id",
        "entry__entered_at",
        "round",
        "points",
        "elapsed_ms",
        "submitted_at",
        "right",
        "perfect",
        "off",
    )
    for public_id, entered_at, round_, points, elapsed_ms, submitted_at, right, perfect, off in rows.iterator(
        chunk_size=5000
    ):
        entered[public_id.hex] = entered_at
        by_entry[public_id.hex][round_] = Total(
            points, elapsed_ms, submitted_at, right, perfect, off=off, asked=asked[round_]
        )
    results = []
    for entry, sat in by_entry.items():
        one = total([sat.get(round_.pk) for round_ in rounds], rules.over_rounds, rules.chain)
        if one is not None:
            results.append(
                Result(
                    entry, one.points, one.right, one.elapsed_ms, one.off, one.submitted_at, entered[entry], one.perfect
                )
            )
    return rank(results, rules.chain)
