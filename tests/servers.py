"""Pytest plugin: gives the tests a PostgreSQL and a Valkey of their own, before Django reads its settings.

A plugin and not a conftest, because pytest-django imports the settings before any conftest. `make test` while `make run`
is up is fine: these servers live in var/test/. Each worker of xdist has its own pair, since a test may flush or stop them.
"""

import os
from pathlib import Path

DEFAULT = Path(__file__).resolve().parent.parent / "var" / "test"
# Workers inherit the environment of the process that started them: the folder is noted once, before any worker adds its name.
BASE = os.environ.setdefault("TEST_VAR", os.environ.get("VAR", str(DEFAULT)))
os.environ["VAR"] = str(Path(BASE) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.pop("DEMO", None)
