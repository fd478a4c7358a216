"""Fixtures of the board tests."""

import hypothesis
import pytest

from tests.leaderboard.servers import OwnValkey

# No test asserts a wall time, so no property may either: a busy machine is not a bug.
hypothesis.settings.register_profile(
    "no-wall-time", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("no-wall-time")


@pytest.fixture
def own_valkey():
    """A Valkey that the test may stop and start."""
    server = OwnValkey()
    yield server
    server.stop()
