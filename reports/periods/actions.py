"""Writes of periods: targets, figures told by units, and totals counted by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import Member, Unit
from contests.errors import ContestError
from reports.models import KeptPeriod, OfflineFigure, Target
from reports.periods import period as periods
from reports.periods import queries
from reports.periods.period import FIRST_YEAR, Period
from reports.queries import snapshot
from reports.queued import enqueue_once

JOB = "reports.count_period"
MOST_PEOPLE = 10_000_000
SETTLES = timedelta(days=30)  # corrections of headcounts and results come in so long after a period's end


@transaction.atomic
def set_target(
    *, member: Member, unit: Unit, year: int, measure: str, of: str, tenths: int, document: str, now: datetime
) -> Target:
    """Set a unit's target of a year. One of the same kind that stands is withdrawn, and stays on record."""
    Unit.objects.select_for_update().get(pk=unit.pk)  # two people set one target
    if not 1 <= tenths <= 1000:
        raise ContestError("Chỉ tiêu phải từ 0,1 đến 100 phần trăm.")
    if not document.strip():
        raise ContestError("Hãy ghi văn bản giao chỉ tiêu: số, ngày và nơi ban hành.")
    standing = Target.objects.filter(unit=unit, year=year, measure=measure, of=of, withdrawn_at__isnull=True)
    standing.update(withdrawn_at=now, withdrawn_by=member)
    return Target.objects.create(
        unit=unit,
        year=year,
        measure=measure,
        of=of,
        tenths=tenths,
        document=document.strip(),
        set_by=member,
        set_at=now,
    )


def withdraw_target(*, member: Member, target: Target, now: datetime) -> None:
    """A target binds no longer; it stays on record."""
    Target.objects.filter(pk=target.pk, withdrawn_at__isnull=True).update(withdrawn_at=now, withdrawn_by=member)


@dataclass(frozen=True, slots=True)
class Told:
    """What a unit tells of one thing that happened offline."""

    kind: str
    title: str
    on_day: date
    people: int
    source: str


def tell_offline(*, member: Member, unit: Unit, told: Told, today: date, now: datetime) -> OfflineFigure:
    """Put a figure on record. The same one twice is refused: a second tap must not count people twice."""
    if told.on_day > today:
        raise ContestError("Ngày diễn ra còn ở phía trước. Chỉ ghi việc đã làm.")
    if told.on_day.year < FIRST_YEAR:
        raise ContestError("Ngày diễn ra quá xa. Hãy xem lại năm.")
    if not 1 <= told.people <= MOST_PEOPLE:
        raise ContestError("Số lượt người phải từ 1 đến 10.000.000.")
    if not told.title.strip() or not told.source.strip():
        raise ContestError("Hãy ghi tên hoạt động và nguồn của con số.")
    facts = {"kind": told.kind, "title": told.title.strip(), "on_day": told.on_day, "people": told.people}
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        if OfflineFigure.objects.filter(unit=unit, withdrawn_at__isnull=True, **facts).exists():
            raise ContestError("Hoạt động này đã được ghi với đúng ngày và số người ấy.")
        return OfflineFigure.objects.create(
            unit=unit, source=told.source.strip(), entered_by=member, entered_at=now, **facts
        )


def withdraw_offline(*, member: Member, figure: OfflineFigure, now: datetime) -> None:
    """A figure counts no longer; it stays on record and may be taken up again."""
    OfflineFigure.objects.filter(pk=figure.pk, withdrawn_at__isnull=True).update(withdrawn_at=now, withdrawn_by=member)


def restore_offline(*, figure: OfflineFigure) -> None:
    """Take a withdrawal back."""
    OfflineFigure.objects.filter(pk=figure.pk).update(withdrawn_at=None, withdrawn_by=None)


# --- Totals that take too long for a page ------------------------------------------------------------------------------


def ask_for_count(*, unit: Unit, wanted: list[Period], now: datetime) -> None:
    """Let the worker count these periods of a unit; one that is in its queue already is counted once."""
    for each in wanted:
        KeptPeriod.objects.update_or_create(unit=unit, period=each.code, defaults={"asked_at": now})
        _enqueue(unit.pk, each.code)


def count_period(*, unit_id: int, code: str) -> None:
    """Count and keep. May be run again after any crash: one row changes, at the end."""
    row = KeptPeriod.objects.filter(unit=unit_id, period=code)
    period, unit = periods.read(code), Unit.objects.filter(pk=unit_id).first()
    if period is None or unit is None:
        return
    with snapshot() as as_of:
        counted = queries.count(unit, period)
    row.update(as_of=as_of, figures=periods.as_json(counted), asked_at=None)


def count_again_nightly(*, now: datetime) -> int:
    """Put into the queue what was counted before the period had settled; returns how many."""
    due = 0
    for unit_id, code, as_of in KeptPeriod.objects.filter(as_of__isnull=False).values_list("unit", "period", "as_of"):
        period = periods.read(code)
        if period is not None and as_of < period.ends + SETTLES and as_of < now - timedelta(hours=12):
            due += _enqueue(unit_id, code)
    return due


def _enqueue(unit_id: int, code: str) -> bool:
    """False where it is in the queue already."""
    return enqueue_once(JOB, f"period-{unit_id}-{code}", unit_id=unit_id, code=code)
