"""What the worker does for contests beside grading. Bodies live in `actions.ruling_work` and `actions.clues`."""

from __future__ import annotations

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from contests.actions import clues, ruling_work
from contests.actions.sitting import database_now
from contests.models import Contest

TRIES = 3


@app.task(name=ruling_work.JOB, pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=5))
def ruling(context: JobContext, ruling_id: int, task: str, by_id: int, digest: str, reason: str) -> None:
    """Try, apply or take back one ruling; tried TRIES times, then the row says that it failed."""
    ruling_work.work(
        ruling_id=ruling_id, task=task, by_id=by_id, digest=digest, reason=reason,
        last_try=context.job.attempts >= TRIES - 1,
    )  # fmt: skip


@app.periodic(cron="* * * * *")
@app.task(name="contests.resume_rulings", queueing_lock="contests.resume_rulings", pass_context=True)
async def resume_rulings(context: JobContext, timestamp: int) -> None:
    """Give the rulings of a worker that stopped breathing (no heartbeat for 30 seconds) to another."""
    for job in await context.app.job_manager.get_stalled_jobs(task_name=ruling_work.JOB):
        await context.app.job_manager.retry_job(job)


@app.task(name=clues.JOB)
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
