"""The member's own page: what is kept, and how it is changed."""

import re

import pytest
from django.contrib import admin

from accounts import hooks
from accounts.models import Consent, SelfDeclared
from accounts.queries import has_consent
from tests.make import PASSWORD

pytestmark = pytest.mark.django_db
GIVE, WITHDRAW = "/tai-khoan/dong-y/{}/dong-y/", "/tai-khoan/dong-y/{}/rut-lai/"


@pytest.fixture
def alice(client, union):
    client.force_login(union.alice)
    return client


@pytest.fixture
def told(monkeypatch):
    """Whom the hook told of."""
    members = []
    monkeypatch.setattr(hooks, "on_public_name_changed", [members.append])
    return members


def test_the_page_shows_name_contact_and_unit(alice, union):
    page = alice.get("/tai-khoan/").content.decode()

    for words in (
        "Trần Thị Ánh",
        union.alice.login_name,
        "CĐCS Công ty Cổ phần May Sông Cầu",
        "Đổi mật khẩu",
        "Đăng xuất",
    ):
        assert words in page


def test_showing_the_name_is_given_and_withdrawn_and_boards_hear_of_it(
    alice, union, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        alice.post(GIVE.format("show_name"))
    assert has_consent(union.alice, "show_name")

    with django_capture_on_commit_callbacks(execute=True):
        alice.post(WITHDRAW.format("show_name"))
    assert not has_consent(union.alice, "show_name")

    assert told == [union.alice, union.alice]
    row = Consent.objects.get(member=union.alice, purpose="show_name")
    assert row.given_at < row.withdrawn_at


def test_a_listener_that_fails_costs_the_member_nothing(alice, union, monkeypatch, django_capture_on_commit_callbacks):
    def fails(member):
        raise RuntimeError("Redis is away")

    monkeypatch.setattr(hooks, "on_public_name_changed", [fails])
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.post(GIVE.format("show_name")).status_code == 302

    assert has_consent(union.alice, "show_name")


def test_giving_again_after_a_withdrawal_is_a_row_of_its_own(alice, union):
    for address in (GIVE, WITHDRAW, GIVE, GIVE):
        alice.post(address.format("show_name"))

    rows = Consent.objects.filter(member=union.alice, purpose="show_name")
    assert sorted(row.withdrawn_at is None for row in rows) == [False, True]


def test_taking_part_is_withdrawn_without_touching_the_other(alice, union, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        alice.post(WITHDRAW.format("take_part"))

    assert not has_consent(union.alice, "take_part")
    assert told == []


def test_whoever_may_not_take_part_yet_is_told_and_led_back_to_the_contest(alice, union):
    union.alice.consents.all().delete()

    page = alice.get("/tai-khoan/", {"next": "/cuoc-thi/x/"}).content.decode()
    assert "Bạn chưa đồng ý dự thi" in page
    assert '<input type="hidden" name="next" value="/cuoc-thi/x/">' in page

    assert alice.post(GIVE.format("take_part"), {"next": "/cuoc-thi/x/"}).url == "/cuoc-thi/x/"
    assert alice.post(GIVE.format("show_name"), {"next": "//evil.vn"}).url == "/tai-khoan/"


@pytest.mark.parametrize("purpose", ["khac", "take_part;", "x" * 300])
def test_an_unknown_purpose_is_not_there(alice, purpose):
    assert alice.post(GIVE.format(purpose)).status_code == 404


def test_a_consent_changes_by_post_only(alice):
    assert alice.get(GIVE.format("show_name")).status_code == 405


def test_a_corrected_name_sorts_and_shows_anew(alice, union, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.post("/tai-khoan/ho-ten/", {"full_name": " Trần  Thị Ân\x00"}).url == "/tai-khoan/"

    union.alice.refresh_from_db()
    assert (union.alice.full_name, union.alice.search_text) == ("Trần Thị Ân", "tran thi an")
    assert union.alice.sort_key == "a|n 0 tra|n 1 thi 5"
    assert told == [union.alice]


def test_an_empty_name_is_refused(alice, union):
    assert alice.post("/tai-khoan/ho-ten/", {"full_name": "\u200b"}).status_code == 200
    union.alice.refresh_from_db()
    assert union.alice.full_name == "Trần Thị Ánh"


@pytest.mark.parametrize(
    "address", ["/tai-khoan/", "/tai-khoan/ho-ten/", "/tai-khoan/mat-khau/doi/", "/tai-khoan/don-vi/"]
)
def test_a_visitor_is_led_to_the_login_and_back(client, address):
    assert client.get(address).url == f"/tai-khoan/login/?next={address}"


def test_a_member_without_a_unit_is_led_to_choose(client, union):
    union.alice.memberships.all().delete()
    client.force_login(union.alice)

    assert "Bạn chưa chọn đơn vị" in client.get("/tai-khoan/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/tai-khoan/", "/tai-khoan/ho-ten/", "/tai-khoan/logout/", "/tai-khoan/mat-khau/doi/", "/tai-khoan/xac-nhan-mat-khau/", "/tai-khoan/don-vi/"],
)  # fmt: skip
def test_pages_of_a_person_stay_out_of_caches(alice, address):
    answer = alice.get(address)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_the_password_again_before_a_sensitive_step(alice):
    assert "Mật khẩu không đúng." in alice.post("/tai-khoan/xac-nhan-mat-khau/", {"password": "sai"}).content.decode()
    assert alice.post("/tai-khoan/xac-nhan-mat-khau/", {"password": PASSWORD}).status_code == 302


def test_pages_open_in_english_too(alice, client):
    client.cookies["django_language"] = "en"

    for address in ("/tai-khoan/", "/tai-khoan/don-vi/?q=song+cau"):
        assert client.get(address).status_code == 200


# --- what members declare of themselves, if they like

FACTS = "/tai-khoan/tu-khai/"


def test_facts_are_asked_with_nothing_chosen_and_kept_with_the_consent(alice, union):
    page = alice.get(FACTS).content.decode()
    assert page.count("Không muốn khai") == 6
    assert "checked" not in page
    assert re.findall(r'<option value="([^"]*)" selected', page) == [""] * 6

    assert alice.post(FACTS, {"gender": "female", "birth_year": "1990", "agree": "on"}).url == "/tai-khoan/"

    row = SelfDeclared.objects.get(member=union.alice)
    assert [getattr(row, name) for name in SelfDeclared.FACTS] == [1990, "female", None, None, None, None]
    assert has_consent(union.alice, "segments")
    page = alice.get("/tai-khoan/").content.decode()
    assert "<dd>1990</dd>" in page
    assert "<dd>Nữ</dd>" in page
    assert "checked" not in alice.get(FACTS).content.decode(), "agreed already: not asked again"


def test_without_the_tick_nothing_is_kept_and_what_was_chosen_stays_on_the_page(alice):
    answer = alice.post(FACTS, {"gender": "female", "shift": "night"})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Cần đánh dấu ô này" in page
    assert re.findall(r'<option value="([^"]+)" selected', page) == ["female", "night"]
    assert not SelfDeclared.objects.exists()
    assert not Consent.objects.filter(purpose="segments").exists()


@pytest.mark.parametrize("said", [{"gender": "x"}, {"birth_year": "1800"}, {"birth_year": "abc"}, {"region": "\x00"}])
def test_what_was_not_offered_is_refused(alice, said):
    assert alice.post(FACTS, {**said, "agree": "on"}).status_code == 200
    assert not SelfDeclared.objects.exists()


@pytest.mark.parametrize("way", ["withdraw", "say nothing"])
def test_what_was_declared_is_deleted_at_once_with_its_consent(alice, union, way):
    alice.post(FACTS, {"gender": "female", "agree": "on"})

    if way == "withdraw":
        alice.post(WITHDRAW.format("segments"))
    else:
        alice.post(FACTS, {})

    assert not SelfDeclared.objects.exists()
    assert not has_consent(union.alice, "segments")
    assert Consent.objects.get(purpose="segments").withdrawn_at, "that it was given stays provable"


def test_saving_the_same_again_does_not_make_it_wait_for_another_day(alice):
    alice.post(FACTS, {"gender": "female", "agree": "on"})
    before = SelfDeclared.objects.get().changed_at
    alice.post(FACTS, {"gender": "female"})
    assert SelfDeclared.objects.get().changed_at == before

    alice.post(FACTS, {"gender": "male"})
    assert SelfDeclared.objects.get().changed_at > before


def test_another_consent_that_ends_leaves_what_was_declared(alice):
    alice.post(FACTS, {"gender": "female", "agree": "on"})
    alice.post(GIVE.format("show_name"))
    alice.post(WITHDRAW.format("show_name"))

    assert SelfDeclared.objects.exists()


def test_nobody_is_asked_for_facts_but_on_the_own_page(alice, contest):
    for address in ("/", f"/cuoc-thi/{contest.slug}/", "/tai-khoan/signup/"):
        assert "tu-khai" not in alice.get(address).content.decode()


def test_no_page_of_the_technical_admin_shows_what_was_declared():
    assert SelfDeclared not in admin.site._registry
