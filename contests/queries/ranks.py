"""Rankings of a contest from its standings, whole and in memory, for trials: the same field with and without a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contests.models import Contest, Entry, Round, Standing
from contests.queries.rankings import barred
from contests.queries.standings import result_named
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.ties import Placed, Result, rank


@dataclass(frozen=True, slots=True)
class Entrant:
    """An entry as far as rankings ask."""

    pk: int
    name: str  # its public id: the name of its result
    division: str
    entered_at: datetime


@dataclass(slots=True)
class Field:
    """Everybody in a contest who has a result: `results` by round (None: over the contest) and entry."""

    rules: ContestRules
    rounds: Mapping[int, Round]
    entrants: Mapping[int, Entrant]
    barred: Mapping[str, str]  # entries that every prize passes over, with the reason
    results: dict[int | None, dict[int, Result]] = field(default_factory=dict)

    def ranking(self, round_id: int | None, division: str = "") -> list[Placed]:
        """Best first."""
        return rank(
            (
                result
                for pk, result in self.results.get(round_id, {}).items()
                if not division or self.entrants[pk].division == division
            ),
            self.rules.chain,
        )

    def take(self, standings: Iterable[Standing]) -> None:
        """Let these stand for their entries."""
        for standing in standings:
            entrant = self.entrants[standing.entry_id]
            self.results.setdefault(standing.round_id, {})[standing.entry_id] = result_named(
                standing, entrant.name, entrant.entered_at
            )

    def with_others(self, entry_ids: Iterable[int], standings: Iterable[Standing]) -> Field:
        """The same field where these entries have these standings and no others."""
        gone = set(entry_ids)
        kept = {
            round_id: {pk: result for pk, result in results.items() if pk not in gone}
            for round_id, results in self.results.items()
        }
        other = Field(self.rules, self.rounds, self.entrants, self.barred, kept)
        other.take(standings)
        return other


def field_of(contest: Contest) -> Field:
    """The field as it stands now."""
    entrants = {
        pk: Entrant(pk, public_id.hex, division, entered_at)
        for pk, public_id, division, entered_at in Entry.objects.filter(contest=contest)
        .values_list("pk", "public_id", "division", "entered_at").iterator(chunk_size=5000)
    }  # fmt: skip
    now = Field(
        parse_contest_rules(contest.rules), {round_.pk: round_ for round_ in contest.rounds.all()}, entrants, barred(contest)
    )  # fmt: skip
    now.take(Standing.objects.filter(contest=contest).iterator(chunk_size=5000))
    return now
