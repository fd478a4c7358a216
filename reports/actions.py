"""Writes of reports: asking for a file, making it, forgetting it."""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from accounts.models import Member, Role, Unit
from accounts.scope import scope_of
from contests.actions.progress import Progress
from contests.models import Contest
from reports import checking, kept, queries
from reports.exports import FORMS, Brief, Form
from reports.models import Export
from reports.participation import figures_of, participation

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("reports")

JOB = "reports.make_export"
KEEP = timedelta(days=7)  # a file holds names and phone numbers; it can be made again at any time
KEEP_TOTALS = timedelta(days=731)  # what a signed paper says can be looked up for two years
LOOSE = timedelta(hours=1)  # a file without a row is left alone so long
UNDER_WAY = (Export.State.WAITING, Export.State.RUNNING)
LOOK_EVERY = 0.5  # seconds between two looks at whether the file is still wanted
NOT_YOURS = "Tài khoản của bạn không còn xem được đơn vị này, nên tệp không được làm."
BROKEN = "Máy chủ gặp lỗi khi viết tệp. Số liệu cuộc thi vẫn nguyên; hãy bấm “Làm lại”."


@transaction.atomic
def request_export(*, member: Member, contest: Contest, unit: Unit, form: Form) -> Export:
    """A new file to be made by the worker, or the member's file of the same unit and form that is still being made."""
    Member.objects.select_for_update().get(pk=member.pk)  # two taps ask for one file
    pending = Export.objects.filter(
        requested_by=member, contest=contest, unit=unit, form=form.code, state__in=[Export.State.WAITING, Export.State.RUNNING],
    ).first()  # fmt: skip
    if pending is not None:
        return pending
    export = Export.objects.create(requested_by=member, contest=contest, unit=unit, form=form.code)
    _enqueue(export)
    return export


@transaction.atomic
def redo_export(*, export: Export) -> None:
    """Put a file that failed or was stopped back in the queue; anything else is left as it is."""
    again = Export.objects.filter(pk=export.pk, state__in=[Export.State.FAILED, Export.State.CANCELLED])
    if again.update(state=Export.State.WAITING, done=0, total=0, error=""):
        _enqueue(export)


def cancel_export(*, export: Export) -> None:
    """Stop a file that waits or is being written; anything else is left as it is. Its job finds out by itself."""
    Export.objects.filter(pk=export.pk, state__in=UNDER_WAY).update(state=Export.State.CANCELLED)


def make_file(*, export_id: int, last_try: bool) -> None:
    """Write the file and show it whole or not at all. May be run again after any crash.

    A failure is told on the row in plain words and raised again, so that the queue knows; before the last try the row
    stays waiting.
    """
    row = Export.objects.filter(pk=export_id)
    if not row.filter(state__in=[*UNDER_WAY, Export.State.FAILED]).update(
        state=Export.State.RUNNING, done=0, total=0, error=""
    ):
        return
    export = row.get()
    running = row.filter(state=Export.State.RUNNING)
    try:
        with FileProgress(export.pk) as progress:
            written = _write(export, progress)
    except Exception as error:
        if progress.cancelled:
            log.info("export %s was stopped", export.public_id)
            return
        log.exception("export %s failed", export.public_id)
        running.update(state=Export.State.FAILED if last_try else Export.State.WAITING, error=BROKEN)
        raise error
    if written is None:
        running.update(state=Export.State.FAILED, error=NOT_YOURS)
    elif not running.update(
        state=Export.State.READY, as_of=written.as_of, file=_file(export), filename=written.filename, done=F("total"),
        totals=written.totals, code=written.code,
    ):  # fmt: skip
        (settings.MEDIA_ROOT / _file(export)).unlink(
            missing_ok=True
        )  # stopped, or gone with its member, at the last moment


def forget_old_exports(*, now: datetime) -> int:
    """Delete files asked for longer than KEEP ago; returns how many. What a finished one said stays for KEEP_TOTALS."""
    old = list(Export.objects.filter(requested_at__lt=now - KEEP).exclude(state=Export.State.GONE))
    for export in old:
        for path in (settings.MEDIA_ROOT / "exports").glob(f"{export.public_id}.*"):
            path.unlink(missing_ok=True)
        if export.totals is None:
            export.delete()
        else:
            Export.objects.filter(pk=export.pk).update(state=Export.State.GONE, file="")
    Export.objects.filter(state=Export.State.GONE, requested_at__lt=now - KEEP_TOTALS).delete()
    _sweep(now)
    return len(old)


def _sweep(now: datetime) -> None:
    """Delete what no row speaks of: files of a member, contest or unit that was deleted, and what killed writers left."""
    folder = settings.MEDIA_ROOT / "exports"
    known = {str(public_id) for public_id in Export.objects.exclude(state=Export.State.GONE).values_list("public_id", flat=True)}  # fmt: skip
    for path in folder.glob("*") if folder.is_dir() else ():
        old = (
            now.timestamp() - path.stat().st_mtime > LOOSE.total_seconds()
        )  # the row of a new one may be in a transaction
        if path.name[:36] not in known and old:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _enqueue(export: Export) -> None:
    # In the caller's transaction: no row without its job, no job without its row. The lock keeps a job that was thought
    # dead and its successor from writing at once. Below everything else: people wait for mail, not for files.
    jobs.configure_task(JOB, lock=f"export-{export.public_id}", priority=-10).defer(export_id=export.pk)


class _Written(NamedTuple):
    as_of: datetime
    filename: str
    totals: dict[str, Any]
    code: str


def _write(export: Export, progress: FileProgress) -> _Written | None:
    """The finished file at its place and what it says. None when the asker may not see the unit any more."""
    form = FORMS[export.form]
    folder = settings.MEDIA_ROOT / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{export.public_id}-*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{export.public_id}-", dir=folder) as workshop:
        draft = Path(workshop) / f"draft{form.suffix}"
        with queries.snapshot() as as_of:
            # Read afresh: what may be seen is decided in the very snapshot that the rows come from.
            scope = scope_of(export.requested_by, Role.Kind.STAFF)
            contest = queries.contests_touching(scope).filter(pk=export.contest_id).first()
            unit = (
                queries.units_below(queries.roots(contest, scope)).filter(pk=export.unit_id).first()
                if contest
                else None
            )
            if contest is None or unit is None or not form.offered(contest, scope, as_of):
                return None
            table = _table(contest, unit)
            progress.go_on()
            totals = checking.totals_of(
                form=form.code, contest=contest.title, slug=contest.slug, unit=unit.name, unit_code=unit.code, as_of=as_of,
                whole=figures_of(table.head(1))[0], more=form.figures(contest, unit) if form.figures else {},
            )  # fmt: skip
            code = checking.code_of(export.public_id, totals)
            check = checking.said(code, settings.SITE_URL + reverse("reports:check"))
            form.write(draft, Brief(contest, unit, as_of, table, check, Path(workshop), progress))
        progress.go_on()
        os.replace(draft, settings.MEDIA_ROOT / _file(export))
    return _Written(as_of, _filename(form, contest, unit, as_of), totals, code)


def _table(contest: Contest, unit: Unit) -> pd.DataFrame:
    """Who took part, unit by unit, at the instant of the snapshot: read where it was counted and nothing changed since."""
    table = kept.unchanged_table(contest, unit)
    if table is None:
        rows = queries.material(contest, unit)
        counts = [*rows.counts, *queries.passes(contest, unit)]
        table = participation(unit.path, rows.units, rows.headcounts, counts)
    return table


class Stopped(Exception):
    """Nobody wants the file any more."""


class FileProgress(Progress):
    """Tells the row how far the file is, and the writer whether it is still wanted.

    The one that looks has a connection and a thread of its own, for a statement may run for many seconds: it is cancelled in
    the database.
    """

    def __init__(self, export_id: int) -> None:
        super().__init__(Export, export_id)
        self.export_id, self.done, self.total, self.cancelled = export_id, 0, 0, False

    def __enter__(self) -> Self:
        super().__enter__()
        self.over = threading.Event()
        connection.ensure_connection()
        self.looking = threading.Thread(target=self._look, args=(connection.connection,), daemon=True)
        self.looking.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        self.looking.join()
        super().__exit__(*exception)

    def start(self, total: int) -> None:
        """Say how many rows there are to write."""
        self.total = total
        self.write(done=self.done, total=total)

    def step(self) -> None:
        """One more row is written."""
        self.done += 1
        if self.done % 256 == 0:
            self.go_on()
            self.tell(self.done, self.total)

    def go_on(self) -> None:
        """Stopped where the file is not wanted any more."""
        if self.cancelled:
            raise Stopped

    def _look(self, writer: Any) -> None:
        try:
            while not self.over.wait(LOOK_EVERY):
                wanted = Export.objects.exclude(state=Export.State.CANCELLED).filter(pk=self.export_id)
                if not wanted.exists() and Export.objects.filter(pk=self.export_id).exists():
                    self.cancelled = True
                    while not self.over.wait(LOOK_EVERY):  # again: it may have been between two statements
                        writer.cancel_safe(timeout=5)
        except DatabaseError:
            log.warning("export %s cannot be stopped any more: its state is not read", self.export_id)
        finally:
            connection.close()


def _file(export: Export) -> str:
    return f"exports/{export.public_id}{FORMS[export.form].suffix}"


def _filename(form: Form, contest: Contest, unit: Unit, as_of: datetime) -> str:
    """A name that every system takes: no separators, no reserved or invisible characters, at most 180 characters."""
    local = timezone.localtime(as_of)
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', " ", f"{unit.name} – {contest.title}")
    return f"{form.title} {' '.join(name.split())[:130].strip(' .')} {local:%Y-%m-%d %Hh%M}{form.suffix}"
