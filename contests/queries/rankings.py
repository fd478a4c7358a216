"""Rankings as the rules see them, whole and in memory: for prizes, comparisons and explanations. Boards read `standings`."""

from __future__ import annotations

from contests.models import Contest, Exclusion, Round, Standing
from contests.queries.standings import result_of
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.ties import Placed, rank


def ranking(contest: Contest, round_: Round | None, division: str = "") -> list[Placed]:
    """Everybody who stands in the round, or over the contest, best first; a result's `entry` is the public id in hex.

    `division` narrows it to one; places are then places in it.
    """
    rows = Standing.objects.filter(contest=contest, round=round_).select_related("entry")
    if division:
        rows = rows.filter(entry__division=division)
    return rank(map(result_of, rows.iterator(chunk_size=5000)), parse_contest_rules(contest.rules).chain)


def barred(contest: Contest) -> dict[str, str]:
    """Entries that every prize passes over, each with the reason on record."""
    rows = Exclusion.objects.in_force().filter(contest=contest)
    return {
        entry.hex: reason
        for entry, reason in rows.filter(member__entries__contest=contest).values_list(
            "member__entries__public_id", "reason"
        )
    }
