"""The true number of a side question: counted when the round is over, and again after everything that may have moved it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contests.actions.boards import rebuild_boards
from contests.actions.standings import restand
from contests.models import ContestEvent, Round, Standing
from contests.queries.prediction import is_over, population, rounds_to_settle
from contests.rules.prediction import truth
from contests.rules.settings import parse_round_rules

CHUNK = 2000  # entries


def settle_due(now: datetime) -> int:
    """Settle every round that waits for it; how many. For the worker's loop."""
    return sum(settle_round(round_, now) for round_ in rounds_to_settle(now))


@transaction.atomic
def settle_round(round_: Round, now: datetime) -> bool:
    """Count the true number of a closed round and rank everybody of the contest by it; whether there was something to do.

    One transaction: a board is by the old number or by the new one, never by both.
    """
    round_ = Round.objects.select_for_update(of=("self",)).select_related("contest").get(pk=round_.pk)
    rules = parse_round_rules(round_.rules)
    if rules.prediction is None or now < round_.last_close or not is_over(round_):
        return False
    before = round_.truth
    round_.truth, round_.truth_at = truth(rules.prediction, population(round_, rules.prediction)), now
    round_.save(update_fields=["truth", "truth_at"])
    if round_.truth == before:
        return True
    standing = Standing.objects.filter(contest=round_.contest_id, round=None)
    entry_ids = list(standing.order_by("entry").values_list("entry", flat=True))
    for start in range(0, len(entry_ids), CHUNK):
        restand(entry_ids[start : start + CHUNK], settling=True)
    ContestEvent.objects.create(
        contest=round_.contest, what="settled", detail={"round": round_.number, "before": before, "truth": round_.truth}
    )
    contest = round_.contest
    transaction.on_commit(lambda: rebuild_boards(contest), robust=True)
    return True
