"""What the worker does for reports. Bodies live in `reports.actions`."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connections
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from contests.actions import rehearsal
from contests.jobs import QUIET, QUIET_BREATH
from reports import actions, counting, segment_counting
from reports.rehearsals import exported_totals

TRIES = 3
NICE = 15  # of 19: whoever answers, grades or shows a page goes first where processors are short


def quietly(work: Callable[[], None]) -> None:
    """Do long work in a thread of its own that steps back for everything else, and end that thread: priority is never regained."""
    with ThreadPoolExecutor(1, "quiet", _step_back) as own:
        own.submit(_and_close, work).result()


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere it would be the priority of the whole process
        with contextlib.suppress(OSError):  # our own systemd units forbid it; the work is done all the same
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _and_close(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connections.close_all()


@app.task(name=actions.JOB, queue=QUIET, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=5))
def make_export(context: JobContext, export_id: int) -> None:
    """Make one file; tried TRIES times, then the row says that it failed."""
    quietly(partial(actions.make_file, export_id=export_id, last_try=context.job.attempts >= TRIES - 1))


@app.task(name=counting.JOB, queue=QUIET, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=30))
def count_contest(context: JobContext, contest_id: int) -> None:
    """Count one large contest ahead of its readers."""
    quietly(partial(counting.count_contest, contest_id=contest_id))


@app.task(
    name=segment_counting.JOB, queue=QUIET, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=30)
)
def count_segments(context: JobContext, contest_id: int) -> None:
    """Count the tables of a large contest's large units."""
    quietly(partial(segment_counting.count_segments, contest_id=contest_id))


@app.periodic(cron="* * * * *")
@app.task(name="reports.count_what_is_due", queueing_lock="reports.count_what_is_due")
def count_what_is_due(timestamp: int) -> None:
    """Put the large contests whose figures are old into the queue."""
    counting.count_what_is_due(now=timezone.now())
    segment_counting.count_what_is_due(now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="reports.resume_exports", queueing_lock="reports.resume_exports", pass_context=True)
async def resume_exports(context: JobContext, timestamp: int) -> None:
    """Give the files and counts of a worker that stopped breathing to another."""
    for name in (actions.JOB, counting.JOB, segment_counting.JOB):
        stalled = context.app.job_manager.get_stalled_jobs(task_name=name, seconds_since_heartbeat=QUIET_BREATH)
        for job in await stalled:
            await context.app.job_manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="reports.forget_old_exports", queueing_lock="reports.forget_old_exports")
def forget_old_exports(timestamp: int) -> None:
    """Files older than a week go, every night, and tables that nobody waits for; large contests of long ago are found that were never counted."""
    actions.forget_old_exports(now=timezone.now())
    counting.count_what_is_due(now=timezone.now(), ever=True)
    segment_counting.forget_old_segments(now=timezone.now())


@app.task(name=rehearsal.JOB, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=5))
def rehearse(context: JobContext, rehearsal_id: int) -> None:
    """Run a contest through with simulated members. It stands here because the totals of an export are checked too."""
    rehearsal.rehearse(rehearsal_id=rehearsal_id, exported=exported_totals, last_try=context.job.attempts >= TRIES - 1)


@app.periodic(cron="* * * * *")
@app.task(name="reports.resume_rehearsals", queueing_lock="reports.resume_rehearsals", pass_context=True)
async def resume_rehearsals(context: JobContext, timestamp: int) -> None:
    """Give the rehearsals of a worker that stopped breathing to another."""
    for job in await context.app.job_manager.get_stalled_jobs(task_name=rehearsal.JOB):
        await context.app.job_manager.retry_job(job)
