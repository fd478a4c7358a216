"""What the worker does for periods. Bodies live in `reports.periods.actions`."""

from __future__ import annotations

from functools import partial

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from contests.jobs import QUIET, QUIET_BREATH
from reports.jobs import TRIES, quietly
from reports.periods import actions


@app.task(name=actions.JOB, queue=QUIET, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=30))
def count_period(context: JobContext, unit_id: int, code: str) -> None:
    """Count a large unit's period ahead of its readers."""
    quietly(partial(actions.count_period, unit_id=unit_id, code=code))


@app.periodic(cron="43 2 * * *")
@app.task(name="reports.count_periods_again", queueing_lock="reports.count_periods_again")
def count_periods_again(timestamp: int) -> None:
    """Every night, the periods that still move."""
    actions.count_again_nightly(now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="reports.resume_periods", queueing_lock="reports.resume_periods", pass_context=True)
async def resume_periods(context: JobContext, timestamp: int) -> None:
    """Give the counts of a worker that stopped breathing to another."""
    stalled = context.app.job_manager.get_stalled_jobs(task_name=actions.JOB, seconds_since_heartbeat=QUIET_BREATH)
    for job in await stalled:
        await context.app.job_manager.retry_job(job)
