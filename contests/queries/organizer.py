"""Reads of the organizer's console: contests in scope, what needs somebody today, what happens in a contest now.

Every list begins with `in_scope`, so that no page of the console can show what lies outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Member, Role, Unit, UnitName
from accounts.names import normalise_name, search_text
from accounts.queries import path_names
from accounts.scope import Scope, in_scope
from contests.models import Bank, Contest, ContestEvent, Round
from contests.queries.bank_console import sizes_by_bank, with_sizes
from contests.queries.bank_shares import readable_banks
from contests.queries.pages import COUNT_FOR, Turnout, contest_phase, current_round, turnouts
from contests.queries.preflight import read_rules
from contests.rules.paper import shortages_of
from contests.rules.settings import RoundRules, moved_later
from contests.rules.timing import Phase, round_phase

UNITS_FOUND = 12
EVENTS_SHOWN = 20
CLOSED_SHOWN = 20
SEARCH_WORDS, SEARCH_LENGTH = 10, 100


# --- What lies in scope --------------------------------------------------------------------------------------------
def contests_in(scope: Scope) -> QuerySet[Contest]:
    """The contests that units in scope organize."""
    return in_scope(Contest.objects.all(), scope, "organizer__path").select_related(
        "organizer", "audience__kind", "bank__owner"
    )


def units_in(scope: Scope) -> QuerySet[Unit]:
    """The units in scope that still exist."""
    return in_scope(Unit.objects.filter(closed_on__isnull=True), scope).select_related("kind")


def own_units(member: Member, today: date) -> list[Unit]:
    """The units on which the member is an organizer today, the highest first."""
    in_force = Role.objects.filter(member=member, kind=Role.Kind.ORGANIZER, from_day__lte=today).filter(
        Q(to_day__isnull=True) | Q(to_day__gte=today)
    )
    units = Unit.objects.filter(pk__in=in_force.values("unit"), closed_on__isnull=True)
    return list(units.select_related("kind").order_by("depth", "name"))


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit with the names of those above it, as a search shows it."""

    code: str
    name: str
    above: str
    kind: str


def find_units(scope: Scope, text: str, limit: int = UNITS_FOUND) -> list[FoundUnit]:
    """Units in scope whose present or former name holds every word of `text`, accents ignored, or that carry this code."""
    words = search_text(text[:SEARCH_LENGTH]).split()[:SEARCH_WORDS]
    if not words:
        return []
    present, former = Q(), Q()
    for word in words:
        present &= Q(search_text__contains=word)
        former &= Q(search_text__contains=word)
    named = Exists(UnitName.objects.filter(former, unit=OuterRef("pk")))
    found = units_in(scope).filter(present | Q(named) | Q(code__iexact=normalise_name(text)))
    start = " ".join(words)
    best = sorted(
        found.order_by("depth")[:400],
        key=lambda unit: (not unit.search_text.startswith(start), unit.depth, len(unit.name)),
    )
    return found_units(best[:limit])


def found_units(units: Sequence[Unit]) -> list[FoundUnit]:
    """Units as a search shows them, in two queries at most."""
    above = path_names(list(units)) if units else {}
    return [FoundUnit(unit.code, unit.name, above.get(unit.pk, ""), unit.kind.name) for unit in units]


# --- Home ----------------------------------------------------------------------------------------------------------
class NextAct(StrEnum):
    """What an organizer should do about a contest now."""

    MEND_WINDOW = "mend_window"
    MEND_BANK = "mend_bank"
    OPEN = "open"
    WAIT = "wait"
    WATCH = "watch"
    CLOSE = "close"
    RESULTS = "results"


@dataclass(frozen=True, slots=True)
class ContestLine:
    """A contest on the console's first page."""

    contest: Contest
    round: Round | None
    phase: Phase
    rules: RoundRules | None
    turnout: Turnout
    next: NextAct
    short_topics: list[str]


@dataclass(frozen=True, slots=True)
class Console:
    """The console's first page."""

    drafts: list[ContestLine]
    open: list[ContestLine]
    closed: list[ContestLine]
    banks: list[Bank]


def _marked(banks: Iterable[Bank], scope: Scope) -> list[Bank]:
    """Each bank with `own`: whether it may be changed here, or was only shared."""
    marked = list(banks)
    for bank in marked:
        bank.own = scope.reaches(bank.owner.path)  # type: ignore[attr-defined]
    return marked


def console(scope: Scope, now: datetime) -> Console:
    """Contests by state with the next act on each, and banks with their sizes, in a fixed number of queries."""
    contests = list(contests_in(scope).prefetch_related("rounds"))
    states = Contest.State
    shown = [contest for contest in contests if contest.state != states.CLOSED]
    shown += [contest for contest in contests if contest.state == states.CLOSED][:CLOSED_SHOWN]
    sizes = sizes_by_bank(
        {contest.bank_id for contest in shown if contest.state != states.CLOSED}, timezone.localdate(now)
    )
    turnout = turnouts([contest for contest in shown if contest.state != states.DRAFT], COUNT_FOR)
    lines: dict[str, list[ContestLine]] = {state: [] for state in states}
    for contest in shown:
        round_ = current_round(contest.rounds.all(), now)
        phase = contest_phase(contest, round_, now)
        rules = read_rules(round_.rules)[0] if round_ else None
        has = sizes[contest.bank_id]
        found = shortages_of(lambda topic, difficulty: has[topic, difficulty], rules.draw) if rules else ()  # noqa: B023  used at once
        short = list(dict.fromkeys(shortage.topic for shortage in found))
        short = [] if phase is Phase.CLOSED else short
        line = ContestLine(
            contest,
            round_,
            phase,
            rules,
            turnout.get(contest.pk, Turnout()),
            _next_act(contest, phase, bool(short) and scope.reaches(contest.bank.owner.path)),
            short,
        )
        lines[contest.state].append(line)
    return Console(
        lines[states.DRAFT],
        lines[states.OPEN],
        lines[states.CLOSED],
        _marked(with_sizes(readable_banks(scope), now), scope),
    )


def _next_act(contest: Contest, phase: Phase, may_fill: bool) -> NextAct:
    if contest.state == Contest.State.CLOSED:
        return NextAct.RESULTS
    if contest.state == Contest.State.DRAFT and phase is Phase.CLOSED:
        return NextAct.MEND_WINDOW
    if may_fill:
        return NextAct.MEND_BANK
    if contest.state == Contest.State.DRAFT:
        return NextAct.OPEN
    return {Phase.UPCOMING: NextAct.WAIT, Phase.OPEN: NextAct.WATCH, Phase.CLOSED: NextAct.CLOSE}[phase]


# --- A contest's rounds --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RoundView:
    """A round as the console lists it; `rules` is None where they can't be read."""

    round: Round
    phase: Phase
    rules: RoundRules | None
    is_last: bool


def rounds_of(contest: Contest) -> QuerySet[Round]:
    """The contest's rounds, with what drawing a paper needs."""
    return contest.rounds.select_related("contest__bank")


def round_views(contest: Contest, now: datetime) -> list[RoundView]:
    """The rounds in order, each with where it stands."""
    rounds = list(rounds_of(contest))
    return [
        RoundView(one, round_phase(one.opens_at, one.closes_at, now), read_rules(one.rules)[0], one is rounds[-1])
        for one in rounds
    ]  # fmt: skip


def next_round(contest: Contest) -> Round:
    """An unsaved round that begins as the last one does, a week later: a weekly contest goes on by it."""
    last = contest.rounds.order_by("-number").first()
    if last is None:
        return Round(contest=contest, rules={})
    number, week = last.number + 1, timedelta(days=7)
    title = (
        f"{last.title.removesuffix(str(last.number)).strip()} {number}"
        if last.title.endswith(str(last.number))
        else f"Đợt {number}"
    )
    return Round(
        contest=contest,
        number=number,
        title=title,
        opens_at=last.opens_at + week,
        closes_at=last.closes_at + week,
        rules=moved_later(last.rules, week),
    )


def with_unit(units: list[Unit], unit: Unit) -> list[Unit]:
    """The units with this one among them."""
    return units if unit in units else [*units, unit]


def events_of(contest: Contest) -> list[ContestEvent]:
    """The latest events, newest first."""
    return list(contest.events.select_related("actor").order_by("-at", "-pk")[:EVENTS_SHOWN])
