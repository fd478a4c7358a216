"""Over real HTTP, with a real Daphne and a PostgreSQL that is stopped, cut off, locked and made read-only."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from contests.answers_body import MAX_BODY
from tests.contests.intake.phone import tap

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60  # seconds for things that only have to happen at some time, on a busy machine


class Stage:
    """What the process of `stage.py` offers; each test takes a member of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        ready = json.loads(process.stdout.readline())
        self.base, self.database = f"http://127.0.0.1:{ready['port']}", ready["database"]
        self._sitters = iter(ready["sitters"])
        self.client = httpx.Client(base_url=self.base, timeout=10)

    def order(self, word: str) -> Any:
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def sitter(self) -> dict[str, str]:
        return next(self._sitters)

    def post(self, sitter: dict[str, str], *taps: dict, act: str = "answers") -> httpx.Response:
        return self.client.post(
            f"/api/attempts/{sitter['attempt']}/{act}",
            json={"answers": taps},
            headers={"Authorization": f"Bearer {sitter['token']}"},
        )

    def until_saved(self, sitter: dict[str, str], one: dict) -> httpx.Response:
        """What a phone does: send again until it is acknowledged."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            reply = self.post(sitter, one)
            if reply.status_code == 200:
                return reply
            assert reply.status_code == 503
            time.sleep(0.2)
        raise AssertionError("never saved")

    def until(self, question: str, *values: Any) -> None:
        """Until a count is not 0."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.sql() as connection:
                if connection.execute(question, values).fetchone() != (0,):
                    return
            time.sleep(0.2)
        raise AssertionError(f"never: {question}")

    @contextlib.contextmanager
    def sql(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
            yield connection

    def answers(self, sitter: dict[str, str]) -> dict[int, tuple[list[int], int]]:
        with self.sql() as connection:
            rows = connection.execute(
                "SELECT n.question, n.choice, n.seq FROM contests_answer n JOIN contests_attempt a ON a.id = n.attempt_id "
                "WHERE a.public_id = %s",
                (sitter["attempt"],),
            )
            return {question: (choice, seq) for question, choice, seq in rows}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = Path(os.environ["VAR"]) / f"stage-{os.environ.get('PYTEST_XDIST_WORKER', '0')}"
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contests.intake.stage", str(folder)],
        cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        stage = Stage(process)
        stage.until_saved(stage.sitter(), tap(1, 0, 1))
        yield stage
        stage.client.close()
    finally:
        process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def refused(stage: Stage, sitter: dict[str, str], one: dict) -> float:
    """Seconds until the answer was refused for now, with word when to come again."""
    started = time.monotonic()
    reply = stage.post(sitter, one)
    seconds = time.monotonic() - started
    assert (reply.status_code, reply.json()) == (503, {"error": "unavailable"})
    assert int(reply.headers["retry-after"]) > 0
    assert seconds < 8  # 2 are promised and 0.1 to 1.9 usual; this box may be busy
    return seconds


def test_answers_and_a_hand_in_over_real_http(stage):
    sitter = stage.sitter()

    assert stage.post(sitter, tap(1, 2, 1)).json()["saved"] == [[1, 1]]
    handed_in = stage.post(sitter, tap(1, 2, 1), tap(20, 3, 2), act="submit")
    again = stage.post(sitter, tap(1, 2, 1), tap(20, 3, 2), act="submit")

    assert handed_in.status_code == again.status_code == 200
    assert handed_in.json()["receipt"] == again.json()["receipt"]
    assert stage.post(sitter, tap(2, 0, 3)).status_code == 409
    assert stage.answers(sitter) == {1: ([2], 1), 20: ([3], 2)}


def test_large_bodies_over_real_http_with_a_length_and_without(stage):
    sitter = stage.sitter()
    where, headers = f"/api/attempts/{sitter['attempt']}/answers", {"Authorization": f"Bearer {sitter['token']}"}
    headers["Content-Type"] = "application/json"

    told = stage.client.post(where, content=b" " * (MAX_BODY + 1), headers=headers)
    chunked = stage.client.post(where, content=iter([b" " * 1000] * 50), headers=headers)
    small_chunks = stage.client.post(
        where, content=iter([b'{"answers":', json.dumps([tap(1, 0, 1)]).encode(), b"}"]), headers=headers
    )

    assert [reply.status_code for reply in (told, chunked, small_chunks)] == [413, 413, 200]


def test_no_cookie_is_set_and_none_is_needed(stage):
    reply = stage.post(stage.sitter(), tap(1, 0, 1))

    assert "set-cookie" not in reply.headers


def test_daphne_is_killed_three_times_under_answers(stage):
    found = stage.order("kill")

    assert found["kills"] == 3
    assert found["acked"] > 50
    assert (found["lost"], found["doubled"], found["strange"]) == (0, 0, 0)


def test_postgresql_crashes_and_comes_back(stage):
    sitter = stage.sitter()
    stage.until_saved(sitter, tap(1, 0, 1))
    stage.order("stop")
    try:
        seconds = [refused(stage, sitter, tap(2, 0, 2)) for _ in range(3)]
    finally:
        stage.order("start")
    back_at = time.monotonic()
    stage.until_saved(sitter, tap(2, 0, 2))
    print(f"refused after {max(seconds):.2f} s at most, saved {time.monotonic() - back_at:.2f} s after the start")

    assert stage.answers(sitter) == {1: ([0], 1), 2: ([0], 2)}


def test_the_worker_outlives_a_crash_of_postgresql(stage):
    """Its job queue gives up when the database is away; the same process takes jobs and grades again all the same."""
    before, after = stage.sitter(), stage.sitter()
    stage.post(before, act="submit")
    stage.until("SELECT count(*) FROM contests_attempt WHERE state = 'graded' AND public_id = %s", before["attempt"])
    with stage.sql() as connection:
        (first,) = connection.execute("SELECT max(id) FROM procrastinate_workers").fetchone()
    stage.order("stop")
    time.sleep(1)  # so that nothing can connect again at once
    stage.order("start")
    stage.until("SELECT count(*) FROM procrastinate_workers WHERE id > %s", first)
    stage.until_saved(after, tap(1, 0, 1))
    stage.post(after, act="submit")
    stage.until("SELECT count(*) FROM contests_attempt WHERE state = 'graded' AND public_id = %s", after["attempt"])

    assert stage.order("worker") is None


def test_a_cut_connection_costs_nobody_anything(stage):
    sitter = stage.sitter()
    for seq in range(1, 6):
        with stage.sql() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'intake'"
            )
        assert stage.post(sitter, tap(1, 0, seq)).status_code == 200

    assert stage.answers(sitter) == {1: ([0], 5)}


def test_a_locked_table(stage):
    sitter = stage.sitter()
    with stage.sql() as connection, connection.transaction():
        connection.execute("LOCK TABLE contests_answer IN ACCESS EXCLUSIVE MODE")
        refused(stage, sitter, tap(1, 0, 1))

    stage.until_saved(sitter, tap(1, 0, 1))


def test_a_server_that_only_reads(stage):
    sitter = stage.sitter()
    with stage.sql() as connection:
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        try:
            until = time.monotonic() + PATIENCE
            while stage.post(sitter, tap(1, 0, 1)).status_code == 200 and time.monotonic() < until:
                time.sleep(0.05)  # the reload takes a moment
            refused(stage, sitter, tap(2, 0, 2))
        finally:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
            connection.execute("SELECT pg_reload_conf()")
    stage.until_saved(sitter, tap(2, 0, 2))


def test_a_server_that_hangs(stage):
    """The server process of the intake's connection stands still, as on a host that swaps itself to death."""
    sitter = stage.sitter()
    stage.until_saved(sitter, tap(1, 0, 1))
    with stage.sql() as connection:
        ((pid,),) = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'intake'").fetchall()
    os.kill(pid, signal.SIGSTOP)
    try:
        refused(stage, sitter, tap(2, 0, 2))
    finally:
        os.kill(pid, signal.SIGCONT)

    stage.until_saved(sitter, tap(2, 0, 2))
