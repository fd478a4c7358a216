"""The worker as production runs it, as a process beside a test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds; nothing here takes that long on a machine that does anything at all


@contextmanager
def worker(*arguments: str, var: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """`run_worker` with these arguments on the test's database; killed in the end. `var`: the folder of its files."""
    head, _, query = settings.DATABASE_URL.partition("?")
    database = f"{head.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}?{query}"
    env = os.environ | {"DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL}
    env |= {"VAR": str(var)} if var else {}
    command = [sys.executable, "manage.py", "run_worker", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def until(question: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Wait until it is so, for as long as the worker lives."""
    end = time.monotonic() + PATIENCE
    while not question():
        assert process.poll() is None, "the worker has ended by itself"
        assert time.monotonic() < end, "never"
        time.sleep(0.05)
