"""Nothing but speed: what these tests ask of the site are pages, never files."""

import pytest


@pytest.fixture(autouse=True)
def _no_static_scan(settings):
    """WhiteNoise would list every static file again for each test's client, three quarters of a test's time."""
    settings.WHITENOISE_AUTOREFRESH = True
