"""The console's cast: Olga, logged in, and the files that she uploads."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def olga(union) -> Client:
    client = Client()
    client.force_login(union.olga)
    return client


@pytest.fixture
def held(settings):
    """Every file that waits on the server."""
    return lambda: (
        sorted((settings.MEDIA_ROOT / "imports").glob("*")) if (settings.MEDIA_ROOT / "imports").exists() else []
    )
