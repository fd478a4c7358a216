"""Pytest plugin: gives the tests a PostgreSQL and a Valkey of their own, before Django reads its settings.

A plugin and not a conftest, because pytest-django imports the settings before any conftest. `make test` while `make run`
is up is fine: these servers live in var/test/, and a test may flush or stop them.
"""

import os
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var" / "test"
os.environ.setdefault("VAR", str(VAR))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.pop("DEMO", None)
