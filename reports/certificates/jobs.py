"""What the worker does for certificates. Bodies live in `reports.certificates.actions`."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from reports.certificates import actions

TRIES = 3


@app.task(name=actions.JOB, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=5))
def make_certificates(context: JobContext, batch_id: int) -> None:
    """Issue certificates and write their file; tried TRIES times, then the row says that it failed."""
    actions.make_batch(batch_id=batch_id, last_try=context.job.attempts >= TRIES - 1)


@app.periodic(cron="* * * * *")
@app.task(name="reports.resume_certificates", queueing_lock="reports.resume_certificates", pass_context=True)
async def resume_certificates(context: JobContext, timestamp: int) -> None:
    """Give the issues of a worker that stopped breathing to another."""
    for job in await context.app.job_manager.get_stalled_jobs(task_name=actions.JOB):
        await context.app.job_manager.retry_job(job)


@app.periodic(cron="27 3 * * *")
@app.task(name="reports.forget_certificate_files", queueing_lock="reports.forget_certificate_files")
def forget_certificate_files(timestamp: int) -> None:
    """Files older than a week go, every night."""
    actions.forget_old_files(now=timezone.now())
