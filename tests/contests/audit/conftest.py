from __future__ import annotations

import pytest

from contests.actions.audit import seal_pending
from tests.contests.audit.life import live_through


@pytest.fixture
def chain(union, contest):
    """A sealed log of a contest."""
    attempts = live_through(union, contest)
    while seal_pending():
        pass
    return attempts
