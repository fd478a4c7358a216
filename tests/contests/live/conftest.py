"""Olga at the console, and people who sit."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def _nothing_remembered(settings, db):
    """A picture is counted at every look, and no test sees what another left in the cache."""
    settings.LIVE_SECONDS = 0
    cache.clear()


@pytest.fixture
def olga(union) -> Client:
    client = Client()
    client.force_login(union.olga)
    return client


@pytest.fixture
def bob(union) -> Client:
    client = Client()
    client.force_login(union.bob)
    return client
