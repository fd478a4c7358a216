"""A published winners' list hears when the results beneath it change.

`restand` watches the standings it writes; whoever excludes somebody calls `mark_changed`. A list that waits for its publication
is locked as well, so that none is published over results that are just changing; `publish_winners` compares once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from contests.actions.boards import announce_states
from contests.models import ContestEvent, Entry, Standing, WinnersList
from contests.queries.winners import DIGESTED, digest_of

LIVE = [WinnersList.State.PROPOSED, WinnersList.State.VERIFIED, WinnersList.State.PUBLISHED]
Rows = dict[int, list[tuple[Any, ...]]]  # by list


@dataclass(frozen=True, slots=True)
class Watch:
    """What the lists of a contest rest on, for some entries, before they are written anew."""

    lists: Sequence[WinnersList]
    entry_ids: Sequence[int]
    before: Rows

    def mark_what_changed(self, *, now: datetime) -> None:
        """Compare with what is written now; a published list whose standings differ is marked."""
        if self.lists:
            after = _rows(self.lists, self.entry_ids)
            _mark([each.pk for each in self.lists if after[each.pk] != self.before[each.pk]], now)


def watch(entry_ids: Sequence[int]) -> Watch:
    """Look at the entries' standings where a list rests on them: one query where there is none, which is nearly always."""
    contests = Entry.objects.filter(pk__in=entry_ids).values("contest")
    lists = list(WinnersList.objects.filter(contest__in=contests, state__in=LIVE, outdated_at__isnull=True))
    return Watch(lists, entry_ids, _rows(lists, entry_ids))


def mark_changed(contest_ids: Iterable[int], *, now: datetime) -> None:
    """Mark published lists of these contests that are not what would come of the standings now. Call within the transaction
    that changed who may win.
    """
    lists = WinnersList.objects.filter(contest__in=set(contest_ids), state__in=LIVE, outdated_at__isnull=True)
    found = lists.select_related("contest", "round")
    _mark([each.pk for each in found if digest_of(each.contest, each.round) != each.snapshot["digest"]], now)


def _rows(lists: Sequence[WinnersList], entry_ids: Sequence[int]) -> Rows:
    found = {}
    for each in lists:
        standings = Standing.objects.filter(contest=each.contest_id, entry__in=entry_ids)
        if each.round_id is not None:
            standings = standings.filter(round=each.round_id)
        found[each.pk] = list(standings.order_by("entry", "round").values_list(*DIGESTED))
    return found


def _mark(list_ids: Sequence[int], now: datetime) -> None:
    if not list_ids:
        return
    lists = WinnersList.objects.select_for_update(of=("self",)).filter(pk__in=list_ids, outdated_at__isnull=True)
    for each in lists.select_related("contest").order_by("pk"):
        if each.state == WinnersList.State.PUBLISHED:
            each.outdated_at = now
            each.save(update_fields=["outdated_at"])
            ContestEvent.objects.create(contest=each.contest, what="winners_outdated", detail={"list": each.number})
            transaction.on_commit(lambda contest=each.contest: announce_states(contest), robust=True)
