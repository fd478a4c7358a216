"""What happens in a contest right now, for its organizers: figures, what needs somebody, and units that have hardly begun.

Read once for all who watch: a picture is kept for a few seconds in the process, what costs more for longer and in the cache
that all processes share. Every figure is read through an index; docs/decisions/0007-live-console.md has the plans and times.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import Unit
from accounts.scope import Scope, in_scope
from contests.models import Clue, Contest, Entry, LateAnswer, MemberQuestion, Round, SaveCount, StartGate
from contests.queries.entries import who_sat
from contests.queries.places import LABEL, opening_day
from contests.queries.rulings import suspects
from contests.rules.lifecycle import State
from contests.rules.timing import Phase, round_phase
from leaderboard.memo import Memo

PICTURE_LIVES = 4.0  # seconds, in a process
SHARE = 0.05
SILENT_LIVES, UNITS_LIVE = 30, 60  # seconds, for all processes
MINUTES = 15  # that the chart of starts and the counts of trouble go back
SILENT_AFTER = timedelta(minutes=3)
SILENT_SAMPLE = 2000  # sittings that are looked at; of more only every second, third, … is
UNITS_SHOWN = 10
BUSY = 503
CHART_TOP, CHART_HEIGHT = 24, 100


@dataclass(frozen=True, slots=True)
class Saving:
    """Replies of the answer path in the last minutes, of the whole site, as its processes counted them."""

    requests: int
    failed: int  # the server's fault: 5xx. The phone keeps the answer and sends it again.
    busy: int  # of those: "keep it, come back in two seconds"
    refused: int  # 422, 413: never stored, a page that is too old


@dataclass(frozen=True, slots=True)
class Bar:
    """A minute of the chart of starts. Lengths are text, so that no template groups their digits."""

    x: str
    y: str
    height: str
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """A contest at one instant. People and attempts are different numbers. `waiting` and `saving` are of the whole site, the rest of the contest."""

    at: datetime
    round: Round | None
    people: int  # who have begun
    starts: int
    sitting: int
    handed_in: int
    graded: int
    ungraded_long: int  # handed in more than two minutes ago and not graded
    by_minute: list[int]  # starts, the oldest of MINUTES first
    waiting: int  # people at the gate
    wait_seconds: int
    saving: Saving
    late: int  # answers kept apart
    silent: int
    silent_is_estimate: bool
    suspects: int
    questions: int
    clues: int

    @property
    def bars(self) -> list[Bar]:
        """The starts as a chart of CHART_HEIGHT."""
        top = max(1, *self.by_minute)
        first = self.at - timedelta(minutes=MINUTES - 1)
        return [
            Bar(str(40 * place), str(CHART_TOP + CHART_HEIGHT - CHART_HEIGHT * count // top), str(CHART_HEIGHT * count // top), count, first + timedelta(minutes=place))
            for place, count in enumerate(self.by_minute)
        ]  # fmt: skip


_memo: Memo[Picture] = Memo()
_levels: Memo[UnitLevel] = Memo()
_cost: dict[int, float] = {}  # seconds that a contest's last picture took
_minutes: dict[int, dict[datetime, int]] = {}  # by contest: starts in minutes that are over


def live_picture(contest: Contest, now: datetime) -> Picture:
    """The picture for pages; counted at most every PICTURE_LIVES seconds in each process, however many look.

    One that takes long lives longer: watching takes at most a SHARE of a processor, whatever the contest and the machine.
    """
    seconds = getattr(settings, "LIVE_SECONDS", max(PICTURE_LIVES, _cost.get(contest.pk, 0.0) / SHARE))
    return _memo.get(str(contest.pk), lambda: _timed(contest, now), seconds)


def _timed(contest: Contest, now: datetime) -> Picture:
    began = time.monotonic()
    picture = count_picture(contest, now)
    _cost[contest.pk] = time.monotonic() - began
    return picture


def count_picture(contest: Contest, now: datetime) -> Picture:
    """Counted afresh but for what costs more: the silent and the suspects, see SILENT_LIVES."""
    rounds = list(contest.rounds.all())
    ids = [one.pk for one in rounds]
    states, overdue, ungraded = _states(ids, now)
    by_minute = _by_minute(contest.pk, ids, now)
    wait = _gate_seconds(now)
    sitting = states[State.STARTED] - overdue
    silent = cache.get_or_set(f"live-silent:{contest.pk}", lambda: silent_count(ids, sitting, now), SILENT_LIVES)
    late = LateAnswer.objects.filter(arrived_at__gte=now - timedelta(minutes=MINUTES), attempt__round__in=ids)
    starts = sum(states.values())
    return Picture(
        at=now, round=_round_now(rounds, now), people=who_sat(Entry.objects.filter(contest=contest)).count(), starts=starts, sitting=sitting, handed_in=starts - sitting,
        graded=states[State.GRADED] + states[State.REGRADED] + states[State.VOIDED], ungraded_long=ungraded,
        by_minute=by_minute, waiting=int(wait * (settings.STARTS_PER_SECOND or 0)), wait_seconds=int(wait),
        saving=_saving(now), late=late.count(), silent=min(silent or 0, sitting), silent_is_estimate=sitting > SILENT_SAMPLE,
        suspects=len(suspects(contest)), questions=MemberQuestion.objects.filter(contest=contest, answered_at__isnull=True).count(),
        clues=Clue.objects.filter(contest=contest, verdict="").count(),
    )  # fmt: skip


def _round_now(rounds: Sequence[Round], now: datetime) -> Round | None:
    """The round that runs, else the next, else the last."""
    by_phase = {
        phase: [one for one in rounds if round_phase(one.opens_at, one.last_close, now) is phase] for phase in Phase
    }
    return next(iter(by_phase[Phase.OPEN] + by_phase[Phase.UPCOMING] + by_phase[Phase.CLOSED][::-1]), None)


@contextmanager
def _by_index() -> Iterator[CursorWrapper]:
    """Rows of attempts are wide (the whole paper): where an index has the answer it is faster than the planner thinks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield cursor


def _states(rounds: Sequence[int], now: datetime) -> tuple[Counter[str], int, int]:
    """Attempts by state; of those started, how many are over; of those handed in, how many have waited too long."""
    with _by_index() as cursor:
        cursor.execute(
            """
            SELECT state, count(*) FROM contests_attempt WHERE round_id = ANY(%(rounds)s) GROUP BY state
            UNION ALL
            SELECT 'overdue', count(*) FROM contests_attempt
            WHERE state = 'started' AND accepts_until < %(now)s AND round_id = ANY(%(rounds)s)
            UNION ALL
            SELECT 'ungraded', count(*) FROM contests_attempt
            WHERE state IN ('submitted', 'expired') AND submitted_at < %(now)s - interval '2 minutes' AND round_id = ANY(%(rounds)s)
            """,
            {"rounds": list(rounds), "now": now},
        )
        found = Counter(dict(cursor.fetchall()))
    return found, found.pop("overdue", 0), found.pop("ungraded", 0)


def _by_minute(contest_id: int, rounds: Sequence[int], now: datetime) -> list[int]:
    """Starts in each of the last MINUTES. Minutes that this process knows and that ended a while ago are not counted again."""
    last = now.replace(second=0, microsecond=0)
    wanted = [last - timedelta(minutes=ago) for ago in range(MINUTES - 1, -1, -1)]
    known = _minutes.get(contest_id, {})
    first = next(minute for minute in wanted if minute not in known or minute == last)
    with _by_index() as cursor:
        cursor.execute(
            """
            SELECT date_trunc('minute', started_at), count(*) FROM contests_attempt
            WHERE round_id = ANY(%(rounds)s) AND started_at >= %(first)s AND started_at <= %(now)s GROUP BY 1
            """,
            {"rounds": list(rounds), "first": first, "now": now},
        )
        fresh = dict(cursor.fetchall())
    counts = {minute: fresh.get(minute, 0) if minute >= first else known[minute] for minute in wanted}
    over = last - timedelta(minutes=1)  # a start that began in a minute may be committed in the next
    _minutes[contest_id] = {minute: count for minute, count in counts.items() if minute < over}
    return list(counts.values())


def _gate_seconds(now: datetime) -> float:
    """How long somebody who presses now waits for a turn."""
    slot = StartGate.objects.values_list("next_slot", flat=True).first() if settings.STARTS_PER_SECOND else None
    return max(0.0, (slot - now).total_seconds()) if slot else 0.0


def _saving(now: datetime) -> Saving:
    rows = SaveCount.objects.filter(minute__gt=now - timedelta(minutes=MINUTES)).values_list("status", "count")
    by_status: Counter[int] = Counter()
    for status, count in rows:
        by_status[status] += count
    failed = sum(count for status, count in by_status.items() if status >= 500)
    return Saving(by_status.total(), failed, by_status[BUSY], by_status[422] + by_status[413])


def silent_count(rounds: Sequence[int], sitting: int, now: datetime) -> int:
    """How many who sit have saved nothing for SILENT_AFTER (nor begun since). Of a crowd, a part is looked at and scaled up."""
    every = max(1, -(-sitting // SILENT_SAMPLE))
    with _by_index() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM contests_attempt a
            WHERE a.state = 'started' AND a.accepts_until >= %(now)s AND a.round_id = ANY(%(rounds)s) AND a.id %% %(every)s = 0
            AND a.started_at < %(since)s AND NOT EXISTS (
                SELECT 1 FROM contests_answer n WHERE n.attempt_id = a.id AND n.arrived_at >= %(since)s
            )
            """,
            {"now": now, "rounds": list(rounds), "every": every, "since": now - SILENT_AFTER},
        )
        return int(cursor.fetchone()[0]) * every


# --- Units ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit one level below the one that is looked at, with everything under it; `code` is empty for that one's own people."""

    code: str
    name: str
    people: int
    members: int
    has_below: bool

    @property
    def rate(self) -> float:
        """Per cent of the members who have begun; more than a hundred where headcounts are old."""
        return 100 * self.people / self.members if self.members else 0.0


@dataclass(frozen=True, slots=True)
class UnitLevel:
    """The units directly below one, the slowest first. Those without a headcount have no rate and come last."""

    lines: list[UnitLine]
    people: int

    @property
    def not_begun(self) -> int:
        """Units with members of which nobody has begun."""
        return sum(not line.people and bool(line.members) for line in self.lines)

    @property
    def slowest(self) -> list[UnitLine]:
        """The first few."""
        return self.lines[:UNITS_SHOWN]

    @property
    def more(self) -> int:
        """Those that are not among them."""
        return len(self.lines) - len(self.slowest)


def unit_in(contest: Contest, scope: Scope, code: str) -> Unit | None:
    """A unit of the contest's audience that lies in scope; without a code the highest of them."""
    if not code:
        return contest.audience
    found = in_scope(in_scope(Unit.objects.all(), scope), Scope((contest.audience.path,)))
    return None if "\0" in code else found.filter(code=code[:40]).first()


def above(unit: Unit, contest: Contest, scope: Scope) -> Unit | None:
    """The unit one level up, where it still lies in the contest's audience and in scope."""
    up = None if unit == contest.audience else unit.parent
    return up if up is not None and scope.reaches(up.path) else None


def below_in_scope(level: UnitLevel, unit: Unit, scope: Scope) -> set[str]:
    """The codes of the level's units that may be gone into; of an audience that lies above the scope, some may not."""
    codes = {line.code for line in level.lines if line.code and line.has_below}
    if scope.reaches(unit.path) or not codes:
        return codes
    return set(in_scope(Unit.objects.filter(code__in=codes), scope).values_list("code", flat=True))


def unit_level(contest: Contest, unit: Unit) -> UnitLevel:
    """The level below `unit`, hardly older than UNITS_LIVE seconds; in each process one of all who look asks for it."""
    key = f"live-units:{contest.pk}:{unit.pk}"
    level = lambda: cache.get_or_set(key, lambda: count_units(contest, unit), UNITS_LIVE) or UnitLevel([], 0)  # noqa: E731
    return _levels.get(key, level, getattr(settings, "LIVE_SECONDS", PICTURE_LIVES))


def count_units(contest: Contest, unit: Unit) -> UnitLevel:
    """Counted afresh, in four queries: people where they entered, members as of the contest's first day."""
    deep = len(unit.path) + LABEL
    people = _by_child(
        """
        SELECT left(e.unit_path, %(deep)s), count(*) FROM contests_entry e
        WHERE e.contest_id = %(contest)s AND e.unit_path LIKE %(below)s
        AND EXISTS (SELECT 1 FROM contests_attempt a WHERE a.entry_id = e.id) GROUP BY 1
        """, contest, unit, deep,
    )  # fmt: skip
    members = _by_child(
        """
        SELECT left(path, %(deep)s), sum(members) FROM (
            SELECT DISTINCT ON (h.unit_id) u.path, h.members FROM accounts_headcount h JOIN accounts_unit u ON u.id = h.unit_id
            WHERE u.path LIKE %(below)s AND u.closed_on IS NULL ORDER BY h.unit_id, (h.on_day <= %(day)s) DESC, h.on_day DESC
        ) AS newest GROUP BY 1
        """, contest, unit, deep,
    )  # fmt: skip
    below = Unit.objects.filter(parent=unit, closed_on__isnull=True).select_related("kind")
    lines = [
        UnitLine(one.code, one.name, people.get(one.path, 0), members.get(one.path, 0), not one.kind.is_grassroots)
        for one in below
    ]
    if people.get(unit.path) or members.get(unit.path):
        lines.append(UnitLine("", unit.name, people.get(unit.path, 0), members.get(unit.path, 0), False))
    lines.sort(key=lambda line: (not line.members, line.rate, -line.members, line.name))
    return UnitLevel(lines, sum(people.values()))


def _by_child(statement: str, contest: Contest, unit: Unit, deep: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"deep": deep, "contest": contest.pk, "below": f"{unit.path}%", "day": opening_day(contest) if "day" in statement else None},
        )  # fmt: skip
        return {path: int(count) for path, count in cursor.fetchall()}


# --- What needs somebody -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Attention:
    """Something that a person should do something about: `code` says what, the rest are its figures."""

    code: str
    count: int = 0
    of: int = 0
    is_error: bool = False


def attention(picture: Picture, level: UnitLevel, now: datetime) -> list[Attention]:
    """What is not as it should be, the worst first; nothing where all is well."""
    round_, saving = picture.round, picture.saving
    runs = round_ is not None and round_.opens_at <= now < round_.last_close
    asked = [
        (saving.failed > 0, Attention("saving", saving.failed, saving.requests, True)),
        (picture.ungraded_long > 0, Attention("grading", picture.ungraded_long, is_error=True)),
        (picture.silent >= max(5, 0.3 * picture.sitting), Attention("silent", picture.silent, picture.sitting)),
        (picture.wait_seconds > 60, Attention("gate", picture.waiting, picture.wait_seconds)),
        (saving.refused > 0, Attention("refused", saving.refused, saving.requests)),
        (picture.late >= max(5, 0.01 * picture.sitting), Attention("late", picture.late)),
        (picture.suspects > 0, Attention("suspects", picture.suspects)),
        (picture.questions > 0, Attention("questions", picture.questions)),
        (picture.clues > 0, Attention("clues", picture.clues)),
    ]  # fmt: skip
    if runs and round_ is not None:
        begun = now - round_.opens_at
        asked.append(
            (
                not picture.starts and begun > timedelta(minutes=10),
                Attention("nobody", int(begun.total_seconds() // 60)),
            )
        )
        is_late = begun > 0.75 * (round_.last_close - round_.opens_at)
        asked.append(
            (
                is_late and level.not_begun > 0 and picture.starts > 0,
                Attention("units", level.not_begun, len(level.lines)),
            )
        )
    return [one for holds, one in asked if holds]
