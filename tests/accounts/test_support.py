"""Staff help a member without e-mail back in, once, and on the record."""

import logging
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts.actions import make_password_link
from accounts.models import Role
from tests.make import PASSWORD, make_member

pytestmark = pytest.mark.django_db
MAKE = "/tai-khoan/ho-tro/duong-dan/"


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


def made(client, member):
    return client.post(MAKE, {"member": member.pk})


@pytest.mark.parametrize("typed", ["Trần Thị Ánh", "tran anh", "0911000002", "+84 911 000 002", "０９１１０００００２"])
def test_a_member_is_found_by_phone_or_by_name(olga, union, typed):
    union.alice.phone = "+84911000002"
    union.alice.save(update_fields=["phone"])

    assert [row.member for row in olga.get("/tai-khoan/ho-tro/", {"q": typed}).context["found"]] == [union.alice]


@pytest.mark.parametrize("typed", ["\x00", "%", "x" * 10000, "'", "@", "\u202e", "0" * 40])
def test_a_strange_search_breaks_nothing(olga, typed):
    assert olga.get("/tai-khoan/ho-tro/", {"q": typed}).status_code == 200


def test_the_link_sets_a_password_once(olga, client, union, settings):
    settings.SITE_URL = "https://hoithi.example.vn"
    link = made(olga, union.alice).context["link"]
    assert link.startswith("https://hoithi.example.vn/tai-khoan/mat-khau/dat-lai/")
    path = link.removeprefix("https://hoithi.example.vn")
    client.logout()

    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "mat-khau-hoan-toan-moi"})

    union.alice.refresh_from_db()
    assert union.alice.check_password("mat-khau-hoan-toan-moi")
    assert "không còn dùng được" in client.get(path, follow=True).content.decode()


def test_the_link_runs_out(olga, client, union, settings, monkeypatch):
    path = made(olga, union.alice).context["link"].removeprefix(settings.SITE_URL)
    client.logout()
    later = timezone.localtime().replace(tzinfo=None) + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda generator: later)

    assert "không còn dùng được" in client.get(path, follow=True).content.decode()


def test_the_page_says_how_long_and_is_kept_nowhere(olga, union, settings):
    answer = made(olga, union.alice)

    assert f"trong {settings.PASSWORD_RESET_TIMEOUT // 3600} giờ" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert re.search(r"dat-lai", olga.get("/tai-khoan/ho-tro/", {"q": "anh"}).content.decode()) is None


def test_who_made_a_link_for_whom_is_on_record_and_the_link_is_not(olga, union, caplog):
    with caplog.at_level(logging.INFO, "accounts"):
        link = made(olga, union.alice).context["link"]

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        union.olga,
        str(union.alice.pk),
        "Tạo đường dẫn đặt mật khẩu một lần.",
    )
    assert f"member {union.olga.pk} made a password link for member {union.alice.pk}" in caplog.text
    assert link.rsplit("-", 1)[-1] not in caplog.text


@pytest.mark.parametrize("right", ["role", "is_staff", "is_superuser"])
def test_whoever_has_rights_is_helped_by_the_operators_only(olga, union, right):
    boss = make_member("Sếp Văn Lớn", union.school_a)
    if right == "role":
        Role.objects.create(member=boss, unit=union.national, kind="organizer")
    else:
        setattr(boss, right, True)
        boss.save(update_fields=[right])

    answer = made(olga, boss)

    assert (answer.status_code, answer.context["link"]) == (403, "")
    assert "người quản trị hệ thống" in answer.content.decode()
    assert not LogEntry.objects.exists()
    assert "Tạo đường dẫn" not in olga.get("/tai-khoan/ho-tro/", {"q": "sep van lon"}).content.decode()


@pytest.mark.parametrize("member", ["", "abc", "-1", "0", "9" * 40, "١٢", "1 OR 1=1", "\x00"])
def test_a_strange_member_is_not_there(olga, member):
    assert olga.post(MAKE, {"member": member}).status_code == 404


def test_a_locked_member_is_not_there(olga, union):
    union.alice.is_active = False
    union.alice.save(update_fields=["is_active"])

    assert made(olga, union.alice).status_code == 404


def test_a_link_is_made_by_post_only(olga):
    assert olga.get(MAKE).status_code == 405


def test_a_used_password_ends_an_older_link(client, union, settings):
    path = make_password_link(member=union.alice, privileged=False, by=union.olga).removeprefix(settings.SITE_URL)
    union.alice.set_password(PASSWORD + "x")
    union.alice.save(update_fields=["password"])

    assert "không còn dùng được" in client.get(path, follow=True).content.decode()
