"""Where the pictures lie, a question that shows one, and who asks for it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contests.actions.images import keep_image
from contests.models import QuestionVersion
from tests.contests.images.files import photo, saved


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def image(union):
    return keep_image(saved(photo()), by=union.olga, now=timezone.now())


@pytest.fixture
def pictured(bank, image):
    """Every question of the bank shows the picture: whatever is drawn, it is on the paper."""
    QuestionVersion.objects.filter(question__bank=bank).update(image=image, image_alt="Sơ đồ bộ máy công đoàn")
    return bank


@pytest.fixture
def ask(image):
    """The picture's reply to a member, or to a visitor."""

    def get(member=None):
        client = Client()
        if member:
            client.force_login(member)
        return client.get(reverse("image", args=[image.public_id]))

    return get


@pytest.fixture
def olga(union) -> Client:
    client = Client()
    client.force_login(union.olga)
    return client
