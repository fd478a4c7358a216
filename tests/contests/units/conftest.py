"""Boards of units are counted afresh at each look."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _count_each_time(settings):
    settings.UNIT_BOARD_SECONDS = 0
    settings.BOARD_FALLBACK_SECONDS = 0
