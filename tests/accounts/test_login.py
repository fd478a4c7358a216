"""Logging in and out, its limits, and the ways back into an account."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.make import PASSWORD, make_member

pytestmark = pytest.mark.django_db
ADDRESS = "/tai-khoan/login/"


def log_in(client, login, password=PASSWORD, **fields):
    return client.post(ADDRESS, {"login": login, "password": password} | fields)


@pytest.fixture
def an(db):
    return make_member("Nguyễn Văn An", phone="+84912345678", email="an@example.vn")


@pytest.mark.parametrize(
    "typed",
    ["0912345678", "+84912345678", "0912 345 678", "84912345678", "０９１２ ３４５ ６７８", "＋84912345678", "0912\u00a0345\u200b678", "an@example.vn", " AN@Example.VN "],
)  # fmt: skip
def test_every_spelling_of_one_account_logs_in(client, an, typed):
    answer = log_in(client, typed)

    assert answer.url == "/"
    assert client.session["_auth_user_id"] == str(an.pk)


@pytest.mark.parametrize("login", ["0912345678", "an@example.vn", "0987654321", "khac@example.vn"])
def test_wrong_password_and_unknown_account_sound_the_same(client, an, login):
    page = log_in(client, login, "sai-mat-khau").content.decode()

    assert "Số điện thoại, e-mail hoặc mật khẩu không đúng." in page


@pytest.mark.parametrize("login", ["", "\x00", "abc", "x" * 10000, "' OR 1=1 --", "%00", "\u202e0912345678\u0000"])
def test_a_strange_login_is_refused_in_words(client, an, login):
    assert log_in(client, login, "sai-mat-khau").status_code == 200
    assert "_auth_user_id" not in client.session


def test_five_wrong_passwords_close_one_account_and_no_other(client, an):
    other = make_member("Trần Thị Bé", phone="+84987654321")
    for _ in range(5):
        log_in(client, "0912345678", "sai-mat-khau")

    closed = log_in(client, "+84 912 345 678")  # another spelling is the same account
    assert "Chờ 5 phút" in closed.content.decode()
    assert "_auth_user_id" not in client.session

    assert log_in(client, "0987654321").status_code == 302
    assert client.session["_auth_user_id"] == str(other.pk)


def test_a_forged_host_starts_no_fresh_count(client, an):
    for number in range(5):
        client.post(ADDRESS, {"login": "0912345678", "password": "sai-mat-khau"}, headers={"host": f"h{number}.vn"})

    assert "Chờ 5 phút" in log_in(client, "0912345678").content.decode()


def test_right_passwords_are_never_counted(client, an):
    for _ in range(8):
        assert log_in(client, "0912345678").status_code == 302
        client.logout()


def test_the_limit_of_an_address_answers_429_with_a_page(client, an, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "1/m/ip"}
    log_in(client, "0987654321")

    answer = log_in(client, "0912345678")

    assert answer.status_code == 429
    assert "Bạn thao tác quá nhanh" in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "led"),
    [("/thi/abc/", "/thi/abc/"), ("//evil.vn", "/"), ("https://evil.vn", "/"), ("http://testserver/x/", "/"), ("/%00", "/%00"), ("/\\evil", "/"), ("%2F%2Fevil.vn", "/")],
)  # fmt: skip
def test_next_after_login(client, an, asked, led):
    assert log_in(client, "an@example.vn", next=asked).url == led


def test_a_planted_session_is_not_kept(client, an):
    session = client.session
    session["unit_link"] = "abcdefgh"
    session.save()
    planted = session.session_key

    log_in(client, "an@example.vn")

    assert client.session.session_key != planted
    assert client.session["unit_link"] == "abcdefgh"


@pytest.mark.parametrize("cookie", ["x" * 8000, "khong-co-that", "'; DROP TABLE", ""])
def test_a_broken_session_cookie_breaks_nothing(client, cookie):
    client.cookies["sessionid"] = cookie

    assert client.get(ADDRESS).status_code == 200


def test_a_form_without_its_token_is_403(an):
    assert (
        Client(enforce_csrf_checks=True).post(ADDRESS, {"login": "an@example.vn", "password": PASSWORD}).status_code
        == 403
    )


def test_a_locked_account_reads_why(client, an):
    an.is_active = False
    an.save(update_fields=["is_active"])

    answer = client.post(ADDRESS, {"login": "0912345678", "password": PASSWORD}, follow=True)

    assert "Tài khoản đang bị khóa" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_log_out_takes_a_post(client, an):
    client.force_login(an)

    assert "Đăng xuất khỏi máy này" in client.get("/tai-khoan/logout/").content.decode()
    assert client.session.get("_auth_user_id")

    client.post("/tai-khoan/logout/")
    assert "_auth_user_id" not in client.session


# --- a forgotten password ------------------------------------------------------------------------------------------


def reset_link():
    return re.search(r"https?://\S+/tai-khoan/mat-khau/dat-lai/\S+/", mail.outbox[-1].body).group()


def test_reset_by_mail(client, an, settings):
    settings.SITE_URL = "https://hoithi.example.vn"

    answer = client.post(
        "/tai-khoan/mat-khau/quen/", {"email": "AN@example.vn"}, headers={"host": "evil.vn"}, follow=True
    )

    assert "Hãy xem hộp thư" in answer.content.decode()
    assert mail.outbox[0].subject == "Đặt lại mật khẩu Hội thi Công đoàn"
    assert "evil.vn" not in mail.outbox[0].body + mail.outbox[0].subject
    path = reset_link().removeprefix("https://hoithi.example.vn")
    form = client.get(path, follow=True)
    saved = client.post(form.redirect_chain[-1][0], {"password1": "mat-khau-hoan-toan-moi"}, follow=True)
    assert "Đã đổi mật khẩu" in saved.content.decode()
    assert log_in(client, "0912345678", "mat-khau-hoan-toan-moi").status_code == 302


def test_a_reset_link_works_once(client, an):
    client.post("/tai-khoan/mat-khau/quen/", {"email": "an@example.vn"})
    link = reset_link()
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "mat-khau-hoan-toan-moi"})

    again = client.get(link, follow=True).content.decode()

    assert "không còn dùng được" in again


@pytest.mark.parametrize("path", ["1-abc", "zzzzzzzzzzzz-abc-def", "1-set-password", "0-%00"])
def test_a_forged_reset_link_is_refused(client, an, path):
    assert client.get(f"/tai-khoan/mat-khau/dat-lai/{path}/").status_code in (200, 404)


def test_an_unknown_address_gets_a_mail_that_says_so_and_the_page_says_nothing(client):
    answer = client.post("/tai-khoan/mat-khau/quen/", {"email": "khong-ai@example.vn"}, follow=True)

    assert "Hãy xem hộp thư" in answer.content.decode()
    assert mail.outbox[0].subject == "Địa chỉ này chưa có tài khoản Hội thi Công đoàn"
    assert "/tai-khoan/signup/" in mail.outbox[0].body


def test_a_phone_is_answered_with_whom_to_ask(client, an):
    page = client.post("/tai-khoan/mat-khau/quen/", {"email": "0912 345 678"}).content.decode()

    assert "nhờ cán bộ công đoàn của đơn vị bạn" in page
    assert not mail.outbox


def test_a_dead_mail_server_is_told(client, an, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1

    answer = client.post("/tai-khoan/mat-khau/quen/", {"email": "an@example.vn"})

    assert "Máy chủ thư đang bận" in answer.content.decode()


def test_change_the_password(client, an):
    client.force_login(an)

    wrong = client.post("/tai-khoan/mat-khau/doi/", {"oldpassword": "sai", "password1": "mat-khau-hoan-toan-moi"})
    assert "Mật khẩu hiện tại không đúng." in wrong.content.decode()

    right = client.post("/tai-khoan/mat-khau/doi/", {"oldpassword": PASSWORD, "password1": "mat-khau-hoan-toan-moi"})
    assert right.url == "/tai-khoan/"
    an.refresh_from_db()
    assert an.check_password("mat-khau-hoan-toan-moi")
    assert client.get("/tai-khoan/").status_code == 200  # still logged in here


def test_the_admin_uses_our_login(client, an):
    first = client.get("/quan-tri/", follow=True)
    assert first.redirect_chain[-1][0].startswith(ADDRESS)
    assert first.status_code == 200

    client.force_login(an)
    assert client.get("/quan-tri/login/").status_code == 403
