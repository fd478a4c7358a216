"""The weight of the site is a law: 90 kB for a first visit to any member page, 2 KB for an answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.browser.conftest import ROOT
from tests.browser.weights import FIRST_VISIT, SAVE

pytestmark = pytest.mark.browser


def test_no_page_and_no_answer_is_too_heavy_for_a_slow_network():
    """In a process of its own: it runs the site under production settings."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.weights"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    print(f"\n{done.stdout}")

    found = json.loads(done.stdout.splitlines()[-1])

    assert len(found["pages"]) >= 14
    assert {page: weight for page, weight in found["pages"].items() if weight > FIRST_VISIT} == {}
    assert 0 < found["save"] <= SAVE
