"""systemd units, scripts and the settings file: well-formed, and telling the same story."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from procrastinate.contrib.django import app

from contests.management.commands import run_worker

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service" and "backup" not in unit.name]


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed: apt-get install systemd"
)
def test_systemd_finds_nothing_wrong(tmp_path):
    for unit in UNITS:
        text = (
            unit.read_text()
            .replace("/srv/hoithi/current/.venv/bin/python", sys.executable)
            .replace("/srv/hoithi/current", str(ROOT))
        )
        (tmp_path / unit.name).write_text(text)
    names = [
        str(tmp_path / unit.name.replace("answers@", "answers@9001").replace("worker@", "worker@1")) for unit in UNITS
    ]

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, cwd=tmp_path
    )

    ours = [line for line in checked.stderr.splitlines() if "hoithi" in line or str(tmp_path) in line]
    assert ours == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_is_fenced_in_and_stops_politely(unit):
    text = unit.read_text()

    for line in (
        "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet=", "User=hoithi",
        "EnvironmentFile=/etc/hoithi/hoithi.env", "KillMode=mixed", "Restart=always", "LimitNOFILE=65536",
    ):  # fmt: skip
        assert f"\n{line}\n" in text
    assert "TimeoutStopSec=" in text


def test_answers_run_behind_the_door_that_drains():
    assert " -m config.drain " in (DEPLOY / "systemd" / "hoithi-answers@.service").read_text()


def test_the_workers_together_take_every_job_and_the_quiet_one_has_spare_time_only():
    worker, quiet = (
        (DEPLOY / "systemd" / name).read_text() for name in ("hoithi-worker@.service", "hoithi-quiet.service")
    )
    compose = (DEPLOY / "compose.yaml").read_text()

    for only, unit in (("prompt", worker), ("quiet", quiet)):
        assert f"manage.py run_worker --only {only}\n" in unit
        assert f"manage.py run_worker --only {only}\n" in compose
    assert "\nCPUWeight=idle\n" in quiet
    assert "hoithi-quiet.service" in (DEPLOY / "systemd" / "hoithi.target").read_text()
    taken = [queue for queues in run_worker.QUEUES.values() for queue in queues]
    ours = {task.queue for task in app.tasks.values() if not task.name.startswith(("builtin:", "procrastinate."))}
    assert sorted(ours) == sorted(taken)


def test_ports_and_counts_agree_between_the_target_the_settings_and_the_scripts():
    settings = dict(re.findall(r'^([A-Z_]+)="([^"]*)"', (DEPLOY / "env.example").read_text(), re.MULTILINE))
    target = (DEPLOY / "systemd" / "hoithi.target").read_text()

    assert re.findall(r"hoithi-answers@(\d+)\.service", target) == settings["ANSWERS_PORTS"].split()
    assert re.findall(r"hoithi-worker@(\d+)\.service", target) == [str(n + 1) for n in range(int(settings["WORKERS"]))]
    assert int(settings["PAGES_THREADS"]) <= int(settings["DATABASE_POOL"])
    assert (
        "ListenStream=127.0.0.1:8001\nListenStream=127.0.0.1:8002\n"
        in (DEPLOY / "systemd" / "hoithi-pages.socket").read_text()
    )


def test_the_settings_file_means_the_same_to_systemd_and_to_the_shell():
    for line in (DEPLOY / "env.example").read_text().splitlines():
        assert re.fullmatch(r'#.*||[A-Z_]+="[^"$`\\]*"( +#.*)?', line), line


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda script: script.name)
def test_scripts_are_well_formed(script):
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text()
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0
    if shutil.which("shellcheck"):
        checked = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout
