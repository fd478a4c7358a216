"""What a decision would do to places and prizes, made with the very functions that the decision uses. Nothing is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from accounts.models import Member
from contests.actions.standings import Instead, standings_for
from contests.models import Attempt, Contest, Entry, Standing
from contests.queries.ranks import Field, field_of
from contests.rules.awards import Awards, give_awards
from contests.rules.moves import moves, prize_moves
from contests.rules.prizes import prizes_of, ranking_of
from contests.rules.ties import Placed

TOLD = 50  # rows of who moves, for each ranking
ENTRIES_AT_ONCE = 1000


def effects(contest: Contest, instead: Mapping[int, Instead]) -> dict[str, Any]:
    """Places and prizes, as plain values, if these attempts had these points (None: did not count)."""
    now = field_of(contest)
    ids = sorted(set(_entries_of(instead)))
    return _told(now, now.with_others(ids, _standings(ids, instead)))


def effects_of_exclusion(contest: Contest, member: Member, *, ranked: bool, barred: bool) -> dict[str, Any]:
    """The same if the member were `ranked` or not, and `barred` from prizes or not."""
    now = field_of(contest)
    entries = list(Entry.objects.filter(contest=contest, member=member))
    rows = standings_for(entries, with_excluded=True) if ranked else []
    then = now.with_others([entry.pk for entry in entries], rows)
    names = {entry.public_id.hex for entry in entries}
    then.barred = {entry: why for entry, why in now.barred.items() if entry not in names}
    if barred:
        then.barred |= dict.fromkeys(names, "")
    return _told(now, then)


def _entries_of(instead: Mapping[int, Instead]) -> Iterable[int]:
    ids = iter(instead)
    while some := list(islice(ids, ENTRIES_AT_ONCE)):
        yield from Attempt.objects.filter(pk__in=some).values_list("entry", flat=True)


def _standings(entry_ids: list[int], instead: Mapping[int, Instead]) -> Iterable[Standing]:
    for first in range(0, len(entry_ids), ENTRIES_AT_ONCE):
        some = entry_ids[first : first + ENTRIES_AT_ONCE]
        mine = Attempt.objects.filter(entry__in=some).values_list("pk", flat=True)
        yield from standings_for(
            list(Entry.objects.filter(pk__in=some)), {pk: instead[pk] for pk in mine if pk in instead}
        )


def _told(before: Field, after: Field) -> dict[str, Any]:
    pictures = _Pictures(before, after)
    several = len(before.rounds) != 1
    boards = [None, *before.rounds] if several else list(before.rounds)
    told = []
    for round_id in boards:
        old, new = pictures.of(round_id, "")
        moved = moves(old, new)
        if moved or round_id == boards[0]:
            told.append(
                {
                    "round": before.rounds[round_id].number if round_id else 0,
                    "entries": len(new),
                    "moved": len(moved),
                    "top": [asdict(move) for move in moved[:TOLD]],
                }
            )
    return {"boards": told, "prizes": [asdict(move) for move in prize_moves(*pictures.awards())]}


class _Pictures:
    """Rankings before and after, each made once."""

    def __init__(self, before: Field, after: Field) -> None:
        self.fields = (before, after)
        self.made: dict[tuple[int | None, str], tuple[list[Placed], list[Placed]]] = {}

    def of(self, round_id: int | None, division: str) -> tuple[list[Placed], list[Placed]]:
        if (round_id, division) not in self.made:
            before, after = self.fields
            self.made[round_id, division] = (before.ranking(round_id, division), after.ranking(round_id, division))
        return self.made[round_id, division]

    def awards(self) -> tuple[Awards, Awards]:
        field = self.fields[0]
        by_number = {round_.number: pk for pk, round_ in field.rounds.items()}
        prizes = [prize for prize in prizes_of(field.rules, by_number) if not prize.units]
        lines: tuple[dict[str, list[Placed]], dict[str, list[Placed]]] = ({}, {})
        for name in {prize.ranking for prize in prizes}:
            asked = ranking_of(name)
            pictures = self.of(by_number[asked.round] if asked.round else None, asked.division)
            for line, picture in zip(lines, pictures, strict=True):
                line[name] = picture
        before, after = (
            give_awards(prizes, line, one_prize=field.rules.one_prize, not_eligible=one.barred)
            for line, one in zip(lines, self.fields, strict=True)
        )
        return before, after
