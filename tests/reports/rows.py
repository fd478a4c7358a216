"""Attempts as they are after grading, straight into the tables: reports do not care how they came about."""

from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import Member, Unit
from contests.models import Attempt, Contest, Entry, Standing
from contests.rules.ties import DEFAULT_CHAIN, Result, sort_key
from reports import queries
from reports.exports import FORMS, Brief
from reports.participation import participation
from reports.workbook import HEADER

CHECK = "Mã đối chiếu 0000-0000-0000"


def sat(contest: Contest, member: Member, unit: Unit, *points: int, running: bool = False) -> Entry:
    """`member` took part from `unit`: one graded attempt a number of `points` (hundredths), the best counts."""
    now = timezone.now().replace(microsecond=0)
    entry = Entry.objects.create(
        contest=contest, member=member, unit=unit, unit_path=unit.path, unit_name=unit.name, entered_at=now
    )
    round_ = contest.rounds.get(number=1)
    common = {
        "entry": entry, "round": round_, "seed": 1, "paper": [], "shape": "", "started_at": now - timedelta(minutes=10),
        "deadline": now + timedelta(minutes=10), "accepts_until": now + timedelta(minutes=10),
    }  # fmt: skip
    for number, value in enumerate(points, 1):
        Attempt.objects.create(
            **common,
            number=number,
            state="graded",
            submitted_at=now,
            graded_at=now,
            points=value,
            right=value // 100,
            answered=4,
            elapsed_ms=372_000,
        )
    if running:
        Attempt.objects.create(**common, number=len(points) + 1)
    if points:
        Standing.objects.create(
            entry=entry,
            contest=contest,
            round=None,
            points=max(points),
            elapsed_ms=372_000,
            order=sort_key(Result("", max(points), elapsed_ms=372_000), DEFAULT_CHAIN),
            version=1,
        )
    return entry


def sat_many(contest: Contest, people: list[tuple[Member, Unit, list[int]]], at: datetime) -> None:
    """The same for many at once, in the first round, with its standings; all of it at one instant."""
    round_ = contest.rounds.get(number=1)
    entries = Entry.objects.bulk_create(
        Entry(contest=contest, member=member, unit=unit, unit_path=unit.path, unit_name=unit.name, entered_at=at)
        for member, unit, _ in people
    )
    pairs = list(zip(entries, [points for *_, points in people], strict=True))
    Attempt.objects.bulk_create(
        Attempt(
            entry=entry, round=round_, number=number, state="graded", seed=1, paper=[], shape="", started_at=at, deadline=at,
            accepts_until=at, submitted_at=at, graded_at=at, points=value, right=value // 100, answered=4, elapsed_ms=372_000,
        )
        for entry, points in pairs for number, value in enumerate(points, 1)
    )  # fmt: skip
    Standing.objects.bulk_create(
        Standing(
            entry=entry, contest=contest, round=of, points=max(points), right=max(points) // 100, elapsed_ms=372_000,
            order=sort_key(Result("", max(points), elapsed_ms=372_000), DEFAULT_CHAIN), version=1,
        )
        for entry, points in pairs for of in (None, round_)
    )  # fmt: skip


class Counter:
    """Whoever is told how far a file is."""

    total = done = 0

    def start(self, total: int) -> None:
        self.total = total

    def step(self) -> None:
        self.done += 1


def written(form: str, contest: Contest, unit: Unit, folder: Path, *, as_of: datetime, check: str = CHECK) -> bytes:
    """A file of the form as the worker writes it; as many rows were announced as written."""
    rows, counter = queries.material(contest, unit), Counter()
    figures = participation(unit.path, rows.units, rows.headcounts, [*rows.counts, *queries.passes(contest, unit)])
    FORMS[form].write(folder / "written", Brief(contest, unit, as_of, figures, check, folder, counter))
    assert counter.total == counter.done > 0
    return (folder / "written").read_bytes()


def table(sheet) -> tuple[list, list[list]]:
    """The column titles of a sheet and the rows below them that hold anything."""
    rows = [list(row) for row in sheet.iter_rows(min_row=HEADER + 1, values_only=True)]
    return rows[0], [row for row in rows[1:] if any(value is not None for value in row)]
