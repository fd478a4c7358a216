"""The console's cast: Olga, logged in, and the files that she uploads."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def _nothing_remembered(settings):
    """A picture of a contest is counted at every look."""
    settings.LIVE_SECONDS = 0


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def olga(union) -> Client:
    client = Client()
    client.force_login(union.olga)
    return client
