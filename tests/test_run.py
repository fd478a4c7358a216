"""`make run` tells a newcomer in one line what is wrong, and never with a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "-m", "config.run", *args],
        cwd=ROOT,
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"DATABASE_URL": "postgres://u:secret@127.0.0.1:1/x"}, "Không kết nối được cơ sở dữ liệu"),
        ({"DATABASE_URL": "postgres://u:secret@127.0.0.1:port/x"}, "Không kết nối được cơ sở dữ liệu"),
        ({"DATABASE_URL": "mysql://u:secret@127.0.0.1/x"}, "phải là PostgreSQL"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "Không kết nối được Redis/Valkey"),
        ({"REDIS_URL": "http://127.0.0.1/"}, "Không kết nối được Redis/Valkey"),
    ],
    ids=["nobody there", "bad port", "another database", "no address", "redis away", "not redis"],
)
def test_a_wrong_address_is_one_clear_line(env: dict[str, str], says: str) -> None:
    ended = run("--port", str(_free_port()), **env)

    assert ended.returncode == 1
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert "secret" not in ended.stderr


def test_a_taken_port_says_which_command_to_type() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run("--port", str(port))

    assert ended.returncode == 1
    assert f"make run PORT={port + 1}" in ended.stderr


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"PRODUCTION": "1"}, "SECRET_KEY"),
        ({"PRODUCTION": "1", "DEMO": "1"}, "refuses DEMO"),
        (
            {"PRODUCTION": "1", "SECRET_KEY": "short", "ALLOWED_HOSTS": "x", "DATABASE_URL": "postgres://x/x", "REDIS_URL": "redis://x", "SITE_URL": "https://x"},
            "at least 50",
        ),
    ],
    ids=["no secrets", "demo", "short key"],
)  # fmt: skip
def test_production_refuses_unsafe_settings(env: dict[str, str], says: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=os.environ | {"DEMO": "0"} | env,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.returncode != 0
    assert says in ended.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
