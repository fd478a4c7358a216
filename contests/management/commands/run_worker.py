"""The background worker: jobs from PostgreSQL (exports, imports, mail) and, beside them, the end of attempts and the audit log.

On a machine of few processors there are two: one for what people wait for (`--only prompt`) and one for files and counts (`--only
quiet`), which systemd lets run only where nothing else would. Without the option one worker does everything.

Grading isn't a job a hand-in could forget to enqueue: the table itself is the queue, looked at several times a second. Any number of
workers may run; a killed one leaves nothing half done.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from procrastinate.contrib.django import app as jobs
from redis.exceptions import RedisError

from contests.actions.audit import SEAL_BATCH, ForgedHead, seal_pending
from contests.actions.boards import ensure_boards
from contests.actions.finals import choose_due
from contests.actions.grade import BATCH, grade_pending, pending_ids, sweep_expired
from contests.actions.settle import settle_due
from contests.actions.sitting import database_now
from contests.jobs import QUIET, QUIET_BREATH

log = logging.getLogger("contests.worker")

GRADE_EVERY = 0.25  # seconds; a board should move within two seconds of a hand-in
SWEEP_EVERY = 8  # turns of the grading loop
BOARDS_EVERY = 12  # turns
SEAL_EVERY = 1.0  # seconds; until then a record could be changed without a trace
QUEUES = {"prompt": ["default"], QUIET: [QUIET]}
JOBS_AGAIN = 2.0  # seconds until jobs are taken again after the database was lost


class Command(BaseCommand):
    """`manage.py run_worker`."""

    help = "Chấm bài, tự nộp bài hết giờ, giữ bảng xếp hạng và chạy các việc nền."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-jobs", action="store_true", help="chỉ chấm bài và tự nộp bài")
        parser.add_argument(
            "--only", choices=QUEUES, help="prompt: việc có người đợi, và chấm bài; quiet: tệp báo cáo và thống kê"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        loops = [
            threading.Thread(target=loop, args=(stop,), name=loop.__name__, daemon=True)
            for loop in (() if options["only"] == QUIET else (grade_until, seal_until))
        ]
        for loop in loops:
            loop.start()
        try:
            if options["no_jobs"]:
                signal.signal(signal.SIGTERM, lambda *_: stop.set())
                signal.signal(signal.SIGINT, lambda *_: stop.set())
                stop.wait()
            else:
                asyncio.run(run_jobs(QUEUES.get(options["only"])))
        finally:
            stop.set()
            for loop in loops:
                loop.join(10)


async def run_jobs(queues: list[str] | None) -> None:
    """Run jobs of these queues, or of all, until SIGTERM or Ctrl-C; then take no more and let the running ones end.

    procrastinate gives its worker up when the database goes away. Grading in this process must not end with it: it begins anew.
    """
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    stopping = asyncio.create_task(told.wait())
    while not told.is_set():
        working = asyncio.create_task(_work(queues))
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if told.is_set():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)  # a second one ends the process at once
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            return
        except Exception:
            log.exception("jobs wait for the database")
        await asyncio.wait((stopping,), timeout=JOBS_AGAIN)


async def _work(queues: list[str] | None) -> None:
    with jobs.replace_connector(jobs.connector.get_worker_connector()) as app:
        async with app.open_async():
            await app.run_worker_async(
                queues=queues,
                concurrency=2,
                install_signal_handlers=False,
                listen_notify=True,
                stalled_worker_timeout=QUIET_BREATH,
            )


def grade_until(stop: threading.Event) -> None:
    """Sweep, grade and keep the boards until told to stop. A lost database or Redis is waited for, never given up on."""
    turn = 0
    broken: set[int] = set()  # attempts that cannot be graded must not hold up the others; a restart tries them again
    while not stop.is_set():
        more = False
        try:
            now = database_now()
            if turn % SWEEP_EVERY == 0:
                sweep_expired(now=now)
            more = grade_batch(broken) == BATCH
            if turn % BOARDS_EVERY == 0:
                ensure_boards()
                settle_due(now)
                choose_due(now)
        except RedisError as error:
            log.warning("board not kept: %s", error)
        except DatabaseError:
            log.exception("grading waits for the database")
            close_old_connections()
            stop.wait(2)
        except Exception:
            log.exception("the grading loop goes on after an error")
            stop.wait(2)
        turn += 1
        if not more:
            stop.wait(GRADE_EVERY)
    connection.close()


def seal_until(stop: threading.Event) -> None:
    """Seal the audit log until told to stop. A chain that was tampered with is left as it is, and said once."""
    said = False
    while not stop.is_set():
        more = False
        try:
            more = seal_pending() == SEAL_BATCH
            said = False
        except ForgedHead as error:
            if not said:
                log.critical("the audit log is not sealed any more: %s", error)
            said = True
        except DatabaseError:
            log.exception("sealing waits for the database")
            close_old_connections()
        except Exception:
            log.exception("sealing goes on after an error")
        if not more:
            stop.wait(SEAL_EVERY)
    connection.close()


def grade_batch(broken: set[int]) -> int:
    """Grade a batch; when it fails, each attempt alone, so that only those at fault wait for an operator."""
    now = database_now()
    try:
        return grade_pending(now=now, skip=broken)
    except DatabaseError:
        raise
    except Exception:
        log.exception("a batch cannot be graded; trying its attempts one by one")
    graded = 0
    for attempt_id in pending_ids(skip=broken):
        try:
            graded += grade_pending(now=now, only=attempt_id)
        except DatabaseError:
            raise
        except Exception:
            broken.add(attempt_id)
            log.exception("attempt %s cannot be graded", attempt_id)
    return graded
