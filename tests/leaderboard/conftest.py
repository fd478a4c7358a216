"""Fixtures of the board tests."""

import pytest

from tests.leaderboard.servers import OwnValkey


@pytest.fixture
def own_valkey():
    """A Valkey that the test may stop and start."""
    server = OwnValkey()
    yield server
    server.stop()
