"""Boards of units from SQL: the figures of each compared unit, ranked by `rules.unit_board`.

An entry counts for the unit that its path of the day leads to: going up from it, the first that the board compares. People
who may not be ranked took part like everybody, but their points and prizes count for nobody. Denominators are those of the
staff's reports (`queries.places`), so that both show one rate.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F, OrderBy, Window
from django.db.models.functions import Rank

from accounts.models import Member, Membership, Unit
from contests.models import Contest, Entry, Exclusion, Round, Standing
from contests.queries.places import LABEL, StandingUnit, places
from contests.rules.awards import Prize, give_awards
from contests.rules.contest_settings import EACH, ContestRules, PrizeFor, UnitBoard, parse_contest_rules
from contests.rules.lifecycle import COUNTED
from contests.rules.reading import RulesInvalid
from contests.rules.ties import Criterion, Placed, Result
from contests.rules.unit_board import RankedUnit, UnitFigures, hints_at_results, rank_units
from leaderboard.memo import Memo

LIVES = 15.0  # seconds for which a board is not counted again
_BY_CRITERION: dict[Criterion, OrderBy] = {
    Criterion.POINTS: F("points").desc(),
    Criterion.RIGHT: F("right").desc(),
    Criterion.TIME: F("elapsed_ms").asc(),
    Criterion.PREDICTION: F("off").asc(nulls_last=True),
    Criterion.SUBMITTED: F("submitted_at").asc(nulls_last=True),
    Criterion.ENTERED: F("entry__entered_at").asc(),
    Criterion.PERFECT: F("perfect").desc(),
    Criterion.DECISION: F("decided").asc(nulls_last=True),
}


def rules_of_contest(contest: Contest) -> ContestRules:
    """The contest's rules; the usual ones where they cannot be read, which no act lets happen."""
    try:
        return parse_contest_rules(contest.rules)
    except RulesInvalid:
        return ContestRules()


def unit_ranking(contest: Contest, board: UnitBoard, round_: Round | None = None) -> list[RankedUnit]:
    """The units of a board, best first, over the whole contest or in one round; then those that are not ranked, and why.

    Counted afresh: this is what prizes are given from. At most eleven queries, however many units.
    """
    return _counted(contest, board, round_).ranking


@dataclass(frozen=True)
class UnitPicture:
    """A board of units at one instant, as pages show it."""

    ranking: list[RankedUnit]
    compared: dict[str, int]  # label of a path → unit
    by_code: dict[str, int]

    def unit_at(self, path: str) -> int | None:
        """The compared unit that a path leads to."""
        return _nearest(path, self.compared)

    @cached_property
    def version(self) -> str:
        """Changes exactly when something that people read changes."""
        text = "\n".join(f"{one.place}|{one.unit.name}|{one.value}|{one.worked}|{one.why_not}" for one in self.ranking)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_memo: Memo[UnitPicture] = Memo()


def unit_picture(contest: Contest, board: UnitBoard, round_: Round | None) -> UnitPicture:
    """The board for pages: counted at most every fifteen seconds in each process, however many look at it.

    Counting 100,000 entries in 3,000 units takes under a second (docs/decisions/0006-unit-boards.md).
    """
    key = f"{contest.pk}/{round_.pk if round_ else ''}/{board!r}"
    seconds = getattr(settings, "UNIT_BOARD_SECONDS", LIVES)
    return _memo.get(key, lambda: _counted(contest, board, round_), seconds)


def own_path(member: Member, entry: Entry | None) -> str:
    """The path that says which unit is the member's own: that of the entry, else of today."""
    if entry is not None:
        return entry.unit_path
    own = Membership.objects.filter(member=member, to_day__isnull=True).values_list("unit__path", flat=True).first()
    return own or ""


def _counted(contest: Contest, board: UnitBoard, round_: Round | None) -> UnitPicture:
    root = contest.audience
    sat = _sittings(contest, root, round_)
    found = places(contest, root, [(row.unit, row.path, row.began) for row in sat])
    units = {one.pk: one for one in found.units}
    compared = _compared(board, root, found.units, {row.path for row in sat})
    heads: defaultdict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for head in found.heads:
        heads[_nearest(head.path, compared)].append((head.members, head.workers))
    unit_of = {row.path: _nearest(row.path, compared) for row in sat}
    entrants: Counter[int | None] = Counter()
    attempts: Counter[int | None] = Counter()
    for row in sat:
        entrants[unit_of[row.path]] += row.entrants
        attempts[unit_of[row.path]] += row.attempts
    points = _points(contest, round_, unit_of, board.top) if hints_at_results(board) else {}
    uses_prizes = board.formula is not None and "giai" in board.formula.names
    winners = _winners_by_unit(contest, unit_of) if uses_prizes else Counter()
    named = {pk: (one.code, one.name) for pk, one in units.items()}
    gone = Unit.objects.filter(pk__in=set(compared.values()) - units.keys())
    named |= {pk: (code, name) for pk, code, name in gone.values_list("pk", "code", "name")}
    figures = []
    for pk in set(compared.values()):
        counted = heads.get(pk)
        figures.append(
            UnitFigures(
                unit=pk, name=named[pk][1], path=units[pk].path if pk in units else "",
                entrants=entrants[pk], attempts=attempts[pk],
                members=sum(members for members, _ in counted) if counted else None,
                workers=sum(workers for _, workers in counted) if counted else None,
                winners=winners[pk], **points.get(pk, _Points())._asdict(),
            )
        )  # fmt: skip
    by_code = {named[pk][0]: pk for pk in compared.values()}
    return UnitPicture(rank_units(board, figures), compared, by_code)


class _Sat(NamedTuple):
    unit: int
    path: str
    began: int
    entrants: int
    attempts: int


def _sittings(contest: Contest, root: Unit, round_: Round | None) -> list[_Sat]:
    """People and attempts by unit and path of the day: who began at all, and what counts, in the round or in all."""
    rounds = [round_.pk] if round_ else [one.pk for one in contest.rounds.all()]
    with connection.cursor() as cursor:
        cursor.execute(  # by entry first: sorting all attempts to tell people apart takes twice as long
            """
            SELECT e.unit_id, e.unit_path, count(*), count(*) FILTER (WHERE counted > 0), coalesce(sum(counted), 0)
            FROM contests_entry e
            JOIN (
              SELECT entry_id, count(*) FILTER (WHERE state = ANY(%s) AND round_id = ANY(%s)) AS counted
              FROM contests_attempt WHERE round_id IN (SELECT id FROM contests_round WHERE contest_id = %s)
              GROUP BY entry_id
            ) AS sat ON sat.entry_id = e.id
            WHERE e.contest_id = %s AND starts_with(e.unit_path, %s)
            GROUP BY e.unit_id, e.unit_path
            """,
            [[state.value for state in COUNTED], rounds, contest.pk, contest.pk, root.path],
        )
        return [_Sat(*row[:4], int(row[4])) for row in cursor.fetchall()]


def _compared(board: UnitBoard, root: Unit, units: Iterable[StandingUnit], paths: Iterable[str]) -> dict[str, int]:
    """The label of each compared unit. Labels are never given twice, so they find a unit at its earlier places too."""
    known = {one.path[-LABEL:]: one.kind_slug for one in units}
    if board.unit_kinds:
        gone = {label for path in paths for label in _labels(path)} - known.keys()
        if gone:  # units above people who sat there, which stand elsewhere now
            slugs = dict(Unit.objects.filter(pk__in=map(_key, gone)).values_list("pk", "kind__slug"))
            known |= {label: slugs.get(_key(label), "") for label in gone}
        return {label: _key(label) for label, slug in known.items() if slug in board.unit_kinds}
    start, end = len(root.path), len(root.path) + LABEL
    below = {path[start:end] for path in (*paths, *(one.path for one in units)) if len(path) > start}
    return {label: _key(label) for label in below or {root.path[-LABEL:]}}


def _nearest(path: str, compared: dict[str, int]) -> int | None:
    return next((compared[label] for label in reversed(_labels(path)) if label in compared), None)


def _labels(path: str) -> list[str]:
    return [path[start : start + LABEL] for start in range(0, len(path), LABEL)]


def _key(label: str) -> int:
    return int(label.rstrip("."), 36)


class _Points(NamedTuple):
    results: int = 0
    points: int = 0
    top_results: int = 0
    top_points: int = 0
    perfect: int = 0


def _points(contest: Contest, round_: Round | None, unit_of: dict[str, int | None], top: int) -> dict[int, _Points]:
    """Counted results by compared unit, without those who are excluded. One query."""
    known = [(path, pk) for path, pk in unit_of.items() if pk is not None]
    of_round = "s.round_id = %s" if round_ else "s.round_id IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT unit, count(*), sum(points), count(*) FILTER (WHERE n <= %s), sum(points) FILTER (WHERE n <= %s),
                   count(*) FILTER (WHERE perfect > 0)
            FROM (
              SELECT place.unit, s.points, s.perfect,
                     row_number() OVER (PARTITION BY place.unit ORDER BY s.points DESC) AS n
              FROM contests_standing s
              JOIN contests_entry e ON e.id = s.entry_id
              JOIN unnest(%s::text[], %s::bigint[]) AS place(path, unit) ON place.path = e.unit_path
              WHERE s.contest_id = %s AND {of_round} AND NOT EXISTS (
                SELECT FROM contests_exclusion x
                WHERE x.contest_id = s.contest_id AND x.member_id = e.member_id AND x.revoked_at IS NULL)
            ) AS result
            GROUP BY unit
            """,  # noqa: S608 — only the one of two fixed conditions is put in
            [
                top,
                top,
                [path for path, _ in known],
                [pk for _, pk in known],
                contest.pk,
                *([round_.pk] if round_ else []),
            ],
        )
        return {row[0]: _Points(*map(int, row[1:])) for row in cursor.fetchall()}


def _winners_by_unit(contest: Contest, unit_of: dict[str, int | None]) -> Counter[int | None]:
    """People who hold a prize of theirs as results stand now; who is excluded holds none."""
    winners = winners_of(contest)
    paths = Entry.objects.filter(contest=contest, public_id__in=winners).values_list("unit_path", flat=True)
    return Counter(unit_of.get(path) for path in paths)


def winners_of(contest: Contest) -> set[str]:
    """The entries that win a prize for people by today's standings. Prizes that wait for a decision count for nobody."""
    rules = rules_of_contest(contest)
    prizes, rankings = [], {}
    rounds = {one.number: one for one in contest.rounds.all()}
    enough = sum(prize.count * max(1, len(rounds)) * max(1, len(rules.divisions)) for prize in rules.prizes)
    for prize in rules.prizes:
        if prize.to is not PrizeFor.PERSON:
            continue
        numbers = sorted(rounds) if prize.round == EACH else [int(prize.round)]
        divisions = [one.key for one in rules.divisions] if prize.division == EACH else [prize.division]
        for number in numbers:
            for division in divisions:
                name = f"{number}/{division}"
                prizes.append(Prize(prize.name, prize.count, name, prize.amount, prize.tier, number or None))
                if name not in rankings:
                    rankings[name] = _first(contest, rounds.get(number), division, rules.chain, enough)
    return {award.entry for award in give_awards(prizes, rankings, one_prize=rules.one_prize).given}


def _first(
    contest: Contest, round_: Round | None, division: str, chain: Iterable[Criterion], enough: int
) -> list[Placed]:
    """The first of one ranking, down to the place `enough`: no prize reaches further, whoever is passed over."""
    barred = Exclusion.objects.in_force().filter(contest=contest).values("member")
    standings = Standing.objects.filter(contest=contest, round=round_).exclude(entry__member__in=barred)
    if division:
        standings = standings.filter(entry__division=division)
    placed = standings.annotate(place=Window(Rank(), order_by=[_BY_CRITERION[one] for one in chain]))
    return [
        Placed(place, Result(entry.hex))
        for entry, place in placed.filter(place__lte=enough)
        .order_by("place", "entry__public_id")
        .values_list("entry__public_id", "place")
    ]
