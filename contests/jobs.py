"""What the worker does for contests beside grading. Bodies live in `actions`."""

from __future__ import annotations

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from contests.actions import clues, ruling_work, upload_reading, uploads
from contests.actions.opening import open_due
from contests.actions.sitting import database_now
from contests.models import Contest

TRIES = 3
QUIET_BREATH = (
    300  # seconds without a heartbeat until a worker is held for dead that on a full machine has no time even for that
)
QUIET = "quiet"  # the queue of work that may wait for processor time while answers are saved; in production its worker is another


@app.task(name=ruling_work.JOB, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=5))
def ruling(context: JobContext, ruling_id: int, task: str, by_id: int, digest: str, reason: str) -> None:
    """Try, apply or take back one ruling; tried TRIES times, then the row says that it failed."""
    ruling_work.work(
        ruling_id=ruling_id, task=task, by_id=by_id, digest=digest, reason=reason,
        last_try=context.job.attempts >= TRIES - 1,
    )  # fmt: skip


@app.periodic(cron="* * * * *")
@app.task(name="contests.resume", queueing_lock="contests.resume", pass_context=True)
async def resume(context: JobContext, timestamp: int) -> None:
    """Give the work of a worker that stopped breathing (no heartbeat for 30 seconds) to another."""
    for name in (ruling_work.JOB, upload_reading.READ_JOB, uploads.SAVE_JOB):
        for job in await context.app.job_manager.get_stalled_jobs(task_name=name):
            await context.app.job_manager.retry_job(job)


@app.task(name=upload_reading.READ_JOB, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=5))
def read_upload(context: JobContext, upload_id: int) -> None:
    """Read a large file of questions; tried TRIES times, then the upload says that it failed."""
    upload_reading.read_upload(upload_id, last_try=context.job.attempts >= TRIES - 1, watched=True)


@app.task(name=uploads.SAVE_JOB, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=5))
def save_upload(context: JobContext, upload_id: int, by_id: int) -> None:
    """Save the questions of a large file; tried TRIES times, then the upload says that it failed."""
    last_try = context.job.attempts >= TRIES - 1
    uploads.work_save(upload_id=upload_id, by_id=by_id, last_try=last_try, watched=True)


@app.periodic(cron="17 3 * * *")
@app.task(name="contests.sweep_uploads", queueing_lock="contests.sweep_uploads")
def sweep_uploads(timestamp: int) -> None:
    """Forget files of questions that nobody saved."""
    uploads.sweep_uploads(database_now())


@app.periodic(cron="* * * * *")
@app.task(name="contests.open_due", queueing_lock="contests.open_due")
def open_scheduled(timestamp: int) -> None:
    """Open the drafts whose moment has come."""
    open_due(now=database_now())


@app.task(name=clues.JOB, queue=QUIET)
def find_clues(contest_id: int) -> None:
    """Look for clues in one contest; may be run again at any time."""
    contest = Contest.objects.filter(pk=contest_id).first()
    if contest is not None:
        clues.find_clues(contest, database_now())


@app.periodic(cron="7 * * * *")
@app.task(name="contests.ask_for_clues", queueing_lock="contests.ask_for_clues")
def ask_for_clues(timestamp: int) -> None:
    """Once an hour, for each contest in which something was graded since."""
    for contest_id in clues.contests_to_look_at(database_now()):
        clues.ask_for_clues(contest_id)
