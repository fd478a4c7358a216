"""The console: what opening a bank for practice means, what stands in the way, who may, and that contests leave it alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from contests.models import Bank, Contest
from tests import make
from tests.contests.organizer.sent import contest_data
from tests.contests.practice.conftest import STEM, make_practice_bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(bank):
    return reverse("organizer_practice", args=[bank.public_id])


def purpose(bank):
    bank.refresh_from_db()
    return bank.purpose


def text_of(client, address):
    reply = client.get(address)
    assert reply.status_code == 200
    return reply.content.decode()


def test_opened_and_taken_back_by_two_taps_each(olga, bank, address):
    assert "Giữ kín để ra đề thi" in text_of(olga, reverse("organizer_bank", args=[bank.public_id]))
    asked = text_of(olga, address)
    assert "24 câu" in asked
    assert "không lấy lại được" in asked
    assert purpose(bank) == "contest"  # looking changes nothing

    done = olga.post(address, {"act": "open"}, follow=True).content.decode()

    assert "Đã mở cho mọi người thi thử." in done
    assert "Đang mở cho mọi người thi thử" in done
    assert purpose(bank) == "practice"
    assert Client().get(f"/luyen-tap/{bank.public_id}/").status_code == 200
    assert "ai cũng xem được đáp án ngay" in text_of(olga, reverse("organizer_upload", args=[bank.public_id]))
    assert "Đừng dùng những câu này" in text_of(olga, address)

    done = olga.post(address, {"act": "end"}, follow=True).content.decode()

    assert "Đã thôi cho thi thử" in done
    assert purpose(bank) == "contest"
    assert Client().get(f"/luyen-tap/{bank.public_id}/").status_code == 404


@pytest.mark.parametrize("state", ["draft", "open"])
def test_a_contest_in_the_way_is_named(union, olga, bank, address, state):
    make.make_contest(union, bank, state=state)

    page = text_of(olga, address)
    refused = olga.post(address, {"act": "open"}, follow=True).content.decode()

    assert "Tìm hiểu Bộ luật Lao động" in page
    assert 'value="open"' not in page
    assert "Chưa mở thi thử được" in refused
    assert purpose(bank) == "contest"


def test_a_contest_of_a_unit_above_is_counted_but_not_named(union):
    """An organizer of the factory owns the bank; the province's draft on it is none of their business."""
    bank = make.make_bank(union.factory_a)
    make.make_contest(union, bank, state="draft")
    below = make.make_member("Vũ Thị Dưới", email="duoi@example.vn")
    Role.objects.create(member=below, unit=union.factory_a, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    client = Client()
    client.force_login(below)

    page = text_of(client, reverse("organizer_practice", args=[bank.public_id]))

    assert "1 cuộc thi của đơn vị khác" in page
    assert "Tìm hiểu Bộ luật" not in page


@pytest.mark.parametrize("unit", ["province_b", "factory_a"])
def test_only_organizers_of_the_owner_or_above_switch(union, bank, address, unit):
    stranger = make.make_member("Vũ Thị Lạ", email="la@example.vn")
    Role.objects.create(member=stranger, unit=getattr(union, unit), kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    for who, statuses in ((stranger, (404,)), (union.alice, (403,)), (union.staff_b, (403,)), (None, (302,))):
        client = Client()
        if who is not None:
            client.force_login(who)
        assert client.get(address).status_code in statuses
        assert client.post(address, {"act": "open"}).status_code in statuses
    assert purpose(bank) == "contest"

    above = make.make_member("Trần Văn Trên", email="tren@example.vn")
    Role.objects.create(member=above, unit=union.national, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    client = Client()
    client.force_login(above)
    client.post(address, {"act": "open"})
    assert purpose(bank) == "practice"


def test_hidden_questions_are_counted(union, olga, bank):
    make.make_question(bank, bank.topics.first(), "GIONG", stem=STEM)
    make.make_contest(union, bank)
    practice = make_practice_bank(union.province_a, stems=[STEM], each=2)

    assert "1 câu trùng" in text_of(olga, reverse("organizer_practice", args=[practice.public_id]))


def test_the_wizard_neither_offers_nor_takes_a_practice_bank(union, olga, bank):
    practice = make_practice_bank(union.province_a, name="Chỉ để ôn", each=20)
    address = f"/to-chuc/cuoc-thi/moi/?mau=mot-toi&bank={practice.public_id}"

    offered = text_of(olga, "/to-chuc/cuoc-thi/moi/")
    asked = text_of(olga, address)
    olga.post(address, contest_data(practice, {"Đối thoại": 2}))

    assert bank.name in offered
    assert "Chỉ để ôn" not in offered
    assert "Chỉ để ôn" not in asked
    assert "has-error" in asked
    assert not Contest.objects.exists()


def test_the_first_page_marks_it(olga, practice_bank):
    assert 'data-state="open"' in text_of(olga, "/to-chuc/")


@pytest.fixture
def practice_bank(union):
    return make_practice_bank(union.province_a, each=1)


@pytest.mark.parametrize("act", ["", "khac", "open\0"])
def test_a_strange_act_is_not_taken_for_one(olga, bank, address, act):
    assert olga.post(address, {"act": act}).status_code == 404
    assert Bank.objects.get(pk=bank.pk).purpose == "contest"
