"""Pictures are no way around: what a round that is not open will show is seen by nobody but its organizers (law 6; B46, B59)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contests.actions.images import keep_image
from contests.models import QuestionVersion
from tests import make
from tests.contests.images.files import photo, saved
from tests.security.addresses import all_addresses

pytestmark = pytest.mark.django_db
ALT = "Vb3RtTextCanary"


@pytest.fixture
def secret(union, bank, settings, tmp_path):
    """A contest that opens tomorrow, published, each question with a picture."""
    settings.MEDIA_ROOT = tmp_path / "files"
    image = keep_image(saved(photo()), by=union.olga, now=timezone.now())
    QuestionVersion.objects.filter(question__bank=bank).update(image=image, image_alt=ALT)
    return make.make_contest(union, bank, opens_at=timezone.now() + timedelta(days=1)), image


def clients(union):
    yield Client()
    for member in (union.alice, union.bob, union.charlie, union.staff_b):
        client = Client()
        client.force_login(member)
        yield client


def test_a_picture_of_a_round_not_yet_open_is_not_found(union, secret):
    _, image = secret
    address = reverse("image", args=[image.public_id])
    tries = ("", "?fields=all", "?preview=1", "?role=host", "?lang=en", f"?token={image.sha256}")

    for client in clients(union):
        assert {client.get(address + more).status_code for more in tries} == {404}
        assert {client.get(address, headers={name: value}).status_code for name, value in (("Range", "bytes=0-9"), ("If-None-Match", "*"), ("Sec-Purpose", "prefetch"))} == {404}  # fmt: skip
        assert client.head(address).status_code == 404


def test_the_reply_is_that_of_an_address_that_never_was(union, secret):
    """Nothing tells whether there is a picture: neither status nor length nor a header."""
    _, image = secret
    for client in clients(union):
        there, nowhere = (client.get(reverse("image", args=[each])) for each in (image.public_id, uuid.uuid4()))
        assert there.status_code == nowhere.status_code == 404
        assert dict(there.items()).keys() == dict(nowhere.items()).keys()
        assert abs(len(there.content) - len(nowhere.content)) == 0


def test_no_file_of_the_storage_has_an_address(secret):
    _, image = secret
    for address in (
        f"/{image.file}",
        f"/_{image.file}",
        f"/files/{image.file}",
        f"/media/{image.file}",
        f"/static/{image.file}",
        f"/hinh/{image.pk}/",
    ):
        assert Client().get(address).status_code == 404


def test_no_page_names_a_picture_or_its_words_before_the_start(union, secret):
    contest, image = secret
    values = {
        "slug": [contest.slug], "public_id": [str(contest.bank.public_id), str(image.public_id)], "number": ["1"], "row": ["2"], "seed": ["7"], "share_code": [contest.share_code],
        "purpose": ["take_part"], "join_code": [union.factory_a.join_code], "key": ["diem"], "essay": ["123456789012"], "code": ["ABCDEFGHJKMNPQRSTU"], "batch_id": [str(uuid.uuid4())],
        **{name: [str(uuid.uuid4())] for name in ("attempt_id", "extension_id", "ruling_id", "list_id", "appeal_id", "upload_id", "announcement_id", "asked_id", "clue_id")},
    }  # fmt: skip
    for client in clients(union):
        for address in all_addresses(values):
            reply = client.get(address)
            body = b"".join(reply.streaming_content) if reply.streaming else reply.content
            asked_for = str(image.public_id) in address  # a redirect to the login names what was asked for
            assert ALT.encode() not in body, address
            assert asked_for or str(image.public_id).encode() not in body, address
            assert image.sha256.encode() not in body, address
