"""Pause, schedule, take back, clone: through the pages, as an organizer clicks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contests.actions.contest import extend_round
from contests.actions.opening import open_due
from contests.actions.pauses import pause_contest
from contests.models import Contest
from contests.pages import start
from tests import make
from tests.contests.organizer.cases import round_of
from tests.contests.organizer.sent import local

pytestmark = pytest.mark.django_db
WHY = "Mạng của trung tâm dữ liệu bị đứt"


@pytest.fixture
def alice(union):
    client = Client()
    client.force_login(union.alice)
    return client


@pytest.fixture
def draft(union, bank):
    return make.make_contest(union, bank, state="draft", opens_at=timezone.now() + timedelta(days=3))


def test_a_pause_is_read_by_everybody_and_ended_with_the_time_given_back(olga, alice, union, contest):
    address = reverse("organizer_pause", args=[contest.slug])
    assert "Hãy ghi lý do" in olga.post(address, {"act": "pause", "reason": " "}).content.decode()

    page = olga.post(address, {"act": "pause", "reason": WHY}, follow=True).content.decode()
    assert "Cuộc thi đang tạm dừng" in page
    assert WHY in olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()
    for client in (alice, Client()):
        seen = client.get(reverse("contest", args=[contest.slug])).content.decode()
        assert f"Tạm dừng: {WHY}" in seen
        assert "Vào thi</button>" not in seen
    refused = alice.post(reverse("start", args=[contest.slug, 1]), follow=True).content.decode()
    assert f"Tạm dừng: {WHY}" in refused

    contest.refresh_from_db()
    Contest.objects.update(paused_at=contest.paused_at - timedelta(minutes=30))
    before = contest.rounds.get().closes_at
    assert "thêm 31 phút" in olga.get(address).content.decode()
    olga.post(address, {"act": "resume", "give_back": "on"})

    assert contest.rounds.get().closes_at - before == timedelta(minutes=31)
    assert alice.post(reverse("start", args=[contest.slug, 1])).url.startswith("/thi/")


def test_who_waits_in_the_queue_reads_it_too(alice, union, contest, settings):
    settings.STARTS_PER_SECOND = 0.01
    address = reverse("start", args=[contest.slug, 1])
    first = Client()
    first.force_login(union.bob)
    first.post(address)
    alice.post(address)
    assert "Tạm dừng" not in alice.get(address).content.decode()

    pause_contest(contest=contest, reason=WHY, by=union.olga, now=timezone.now())
    late = Client()
    late.force_login(make.make_member("Đỗ Thị Muộn", union.factory_a))
    late.post(address)  # refused: from here on this process knows

    assert f"Tạm dừng: {WHY}" in alice.get(address).content.decode()
    Contest.objects.update(paused_at=None, pause_reason="")
    late.post(address)
    assert "Tạm dừng" not in alice.get(address).content.decode()
    assert start.PAUSED == {}


def test_a_draft_is_set_to_open_and_says_when_it_did_not(olga, draft):
    address, home = reverse("organizer_schedule", args=[draft.slug]), reverse("organizer_contest", args=[draft.slug])
    at = olga.get(address).context["form"].initial["at"]
    assert "ít nhất 2 phút" in olga.post(address, {"act": "set", "at": local(timezone.now())}).content.decode()
    assert "Hãy ghi đủ ngày và giờ" in olga.post(address, {"act": "set", "at": "mai"}).content.decode()

    olga.post(address, {"act": "set", "at": local(at)})
    assert "Sẽ tự mở lúc" in olga.get(home).content.decode()
    assert open_due(now=timezone.now()) == 0
    draft.rounds.update(rules={})
    open_due(now=at + timedelta(minutes=1))
    page = olga.get(home).content.decode()
    assert "Cuộc thi đã không tự mở" in page
    assert "Sẽ tự mở lúc" not in page

    olga.post(address, {"act": "set", "at": local(at)})
    olga.post(address, {"act": "cancel"})
    assert "Sẽ tự mở lúc" not in olga.get(home).content.decode()


def test_an_opening_and_an_extension_are_taken_back_from_the_page(olga, union, draft):
    home = reverse("organizer_contest", args=[draft.slug])
    olga.post(reverse("organizer_open", args=[draft.slug]))
    assert "Rút về bản nháp" in olga.get(home).content.decode()
    olga.post(reverse("organizer_undo_open", args=[draft.slug]))
    assert Client().get(reverse("contest", args=[draft.slug])).status_code == 404

    olga.post(reverse("organizer_open", args=[draft.slug]))
    before = draft.rounds.get().closes_at
    extend_round(
        round_=round_of(draft), closes_at=before + timedelta(days=1), reason=WHY, by=union.olga, now=timezone.now()
    )
    assert "Rút lại lần kéo dài" in olga.get(home).content.decode()
    olga.post(reverse("organizer_undo_extend", args=[draft.slug, 1]))
    assert draft.rounds.get().closes_at == before
    assert "Rút lại lần kéo dài" not in olga.get(home).content.decode()


def test_a_contest_is_cloned_by_one_click(olga, contest):
    reply = olga.post(reverse("organizer_clone", args=[contest.slug]))

    assert reply.url != reverse("organizer_contest", args=[contest.slug])
    assert "Bản nháp" in olga.get(reply.url).content.decode()
