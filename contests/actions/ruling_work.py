"""Trying, applying and taking back a ruling: at once where few attempts are concerned, by the worker where many are."""

from __future__ import annotations

import logging

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from accounts.models import Member
from contests.actions.extend import checked_reason
from contests.actions.progress import Progress
from contests.actions.regrade import MOVED, apply_ruling, attempts_holding, try_ruling, undo_ruling
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import KeyRuling

log = logging.getLogger("contests.rulings")

JOB = "contests.ruling"
AT_ONCE = 2000  # attempts; a page may wait a second or two
BROKEN = "Máy chủ gặp lỗi nên chưa thay đổi gì. Hãy thử lại; nếu vẫn lỗi, hãy báo người quản trị."
Task = KeyRuling.Task


def ask(ruling: KeyRuling, task: str, *, by: Member, digest: str = "", reason: str = "") -> bool:
    """Do the task, or let the worker do it; whether it is done. Raises ContestError where it is refused at once."""
    if task == Task.UNDO:
        checked_reason(reason)
    if task in (Task.APPLY, Task.UNDO) and (ruling.trial or {}).get("digest") != digest:
        raise ContestError(MOVED, "moved")
    if len(attempts_holding(ruling.contest, ruling.version_id)) <= AT_ONCE:
        _do(ruling, task, by=by, digest=digest, reason=reason)
        return True
    with transaction.atomic():
        row = KeyRuling.objects.select_for_update(no_key=True).get(pk=ruling.pk)
        if row.task:
            raise ContestError("Việc trước của quyết định này chưa xong. Hãy đợi ít phút.", "busy")
        KeyRuling.objects.filter(pk=ruling.pk).update(task=task, done=0, total=0, error="")
        # In this transaction: no task without its job, no job without its task.
        jobs.configure_task(JOB, lock=f"ruling-{ruling.contest_id}").defer(
            ruling_id=ruling.pk, task=task, by_id=by.pk, digest=digest, reason=reason
        )
    return False


def work(*, ruling_id: int, task: str, by_id: int, digest: str, reason: str, last_try: bool) -> None:
    """The worker's side of `ask`. May be run again after any crash: what was not committed has not happened."""
    ruling = KeyRuling.objects.select_related("contest", "version__question").filter(pk=ruling_id, task=task).first()
    if ruling is None:  # done by the run before
        return
    row = KeyRuling.objects.filter(pk=ruling_id)
    try:
        _do(ruling, task, by=Member.objects.get(pk=by_id), digest=digest, reason=reason, told=True)
    except ContestError as refused:
        row.update(task=Task.NONE, error=refused.text)
    except Exception:
        log.exception("ruling %s: %s failed", ruling.public_id, task)
        if last_try:
            row.update(task=Task.NONE, error=BROKEN)
        raise


def _do(ruling: KeyRuling, task: str, *, by: Member, digest: str, reason: str, told: bool = False) -> None:
    now = database_now()
    with transaction.atomic(), Progress(KeyRuling, ruling.pk if told else None) as progress:
        if task == Task.APPLY:
            apply_ruling(ruling=ruling, digest=digest, by=by, now=now, progress=progress.tell)
        elif task == Task.UNDO:
            undo_ruling(ruling=ruling, digest=digest, reason=reason, by=by, now=now, progress=progress.tell)
        else:
            try_ruling(ruling, undo=task == Task.TRY_UNDO, now=now, progress=progress.tell)
        KeyRuling.objects.filter(pk=ruling.pk).update(task=Task.NONE, error="")
