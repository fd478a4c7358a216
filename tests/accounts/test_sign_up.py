"""Signing up: by phone, by e-mail, with whatever people type, and what is recorded."""

import hashlib
import unicodedata
from urllib.parse import quote

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts import consents
from accounts.forms import SignupForm
from accounts.models import Consent, Member
from tests.make import PASSWORD, make_member

pytestmark = pytest.mark.django_db
ADDRESS = "/tai-khoan/signup/"


def sign_up(client, contact="0912 345 678", name="Nguyễn Văn An", address=ADDRESS, **fields):
    data = {"full_name": name, "contact": contact, "password1": PASSWORD, "take_part": "on"} | fields
    return client.post(address, {key: value for key, value in data.items() if value is not None})


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "+84912345678",
        "84912345678",
        "912345678",
        "０９１２３４５６７８",
        "0912.345.678",
        " 0912-345-678 ",
    ],
)
def test_a_phone_in_any_spelling_becomes_one_number(client, typed):
    answer = sign_up(client, typed)

    assert answer.url == reverse("choose_unit")
    member = Member.objects.get()
    assert (member.phone, member.email, member.phone_verified) == ("+84912345678", None, False)
    assert client.session["_auth_user_id"] == str(member.pk)


def test_by_email(client):
    assert sign_up(client, "An.Nguyen@Example.VN").status_code == 302

    member = Member.objects.get()
    assert (member.phone, member.email) == (None, "an.nguyen@example.vn")
    assert member.check_password(PASSWORD)


def test_consents_are_recorded_with_the_hash_of_the_words_shown(client):
    page = client.get(ADDRESS).content.decode()
    sign_up(client, show_name="on")

    rows = Consent.objects.order_by("purpose").values_list("purpose", "text_version", "text_hash", "withdrawn_at")
    assert list(rows) == [
        (text.purpose, text.version, hashlib.sha256(f"{text.label}\n{text.details}".encode()).hexdigest(), None)
        for text in (consents.SHOW_NAME, consents.TAKE_PART)
    ]
    assert all(words in page for text in consents.AT_SIGN_UP.values() for words in (text.label, text.details))


def test_nothing_is_ticked_in_advance_and_the_name_stays_masked_unless_asked(client):
    assert "checked" not in client.get(ADDRESS).content.decode()

    sign_up(client)

    assert list(Consent.objects.values_list("purpose", flat=True)) == ["take_part"]


def test_without_consent_to_take_part_there_is_no_account(client):
    answer = sign_up(client, take_part=None)

    assert answer.context["form"].errors["take_part"] == ["Cần đánh dấu ô này để tạo tài khoản dự thi."]
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("contact", "fields"), [("0912 345 678", {"phone": "+84912345678"}), ("AN@example.vn", {"email": "an@example.vn"})]
)
def test_an_existing_account_is_told_with_the_way_on(client, contact, fields):
    make_member("Người Cũ", **fields)

    page = sign_up(client, contact, address=f"{ADDRESS}?next=/cuoc-thi/x/").content.decode()

    assert "đã có tài khoản" in page
    assert f'<a href="/tai-khoan/login/?next={quote("/cuoc-thi/x/", safe="")}">' in page
    assert '<a href="/tai-khoan/mat-khau/quen/">' in page
    assert Member.objects.count() == 1


def test_two_sign_ups_at_one_instant_end_at_the_login_page(client, monkeypatch):
    first = make_member("Người Nhanh", phone="+84912345678")
    monkeypatch.setattr(SignupForm, "clean_contact", lambda form: form.cleaned_data.setdefault("phone", "+84912345678"))

    answer = sign_up(client)

    assert answer.url == "/tai-khoan/login/"
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "Số hoặc địa chỉ này vừa có tài khoản. Hãy đăng nhập."
    ]
    assert list(Member.objects.all()) == [first]
    assert Consent.objects.filter(member=first).count() == 1  # only the one that make_member gave


def test_next_survives_until_after_the_unit_is_chosen(client):
    assert sign_up(client, next="/cuoc-thi/tim-hieu/").url == "/tai-khoan/don-vi/?next=%2Fcuoc-thi%2Ftim-hieu%2F"


@pytest.mark.parametrize(
    "evil",
    ["//evil.vn", "https://evil.vn/", "http:evil.vn", "/\\evil.vn", "\\\\evil.vn", "/\t/evil.vn", "javascript:alert(1)", "evil.vn", "/" + "x" * 20000, "/\x00", " //evil.vn"],
)  # fmt: skip
def test_next_leads_to_our_own_paths_only(client, evil):
    assert sign_up(client, next=evil).url == "/tai-khoan/don-vi/"


def test_twelve_members_behind_one_address_sign_up(client):
    for number in range(12):
        assert sign_up(client, f"09123456{number:02d}").status_code == 302
        client.logout()

    assert Member.objects.count() == 12


def test_the_limit_answers_429_with_a_page(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signup": "1/m/ip"}
    sign_up(client)
    client.logout()

    answer = sign_up(client, "0912345679")

    assert answer.status_code == 429
    assert "Bạn thao tác quá nhanh" in answer.content.decode()
    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (unicodedata.normalize("NFD", "Nguyễn Thị Ất"), "Nguyễn Thị Ất"),
        (unicodedata.normalize("NFD", "Ế" * 60 + " " + "Ộ" * 59), "Ế" * 60 + " " + "Ộ" * 59),
        ("Nguyễn\x00 Văn\u200b \u202eAn", "Nguyễn Văn An"),
        ("  Nguyễn \t Văn\n An ", "Nguyễn Văn An"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ('=HYPERLINK("http://evil.vn")', '=HYPERLINK("http://evil.vn")'),
        ("{{ settings.SECRET_KEY }}", "{{ settings.SECRET_KEY }}"),
        ("Аn Nguуễn", "Аn Nguуễn"),  # Cyrillic twins: a name proves nothing, and is no key
        ("An 😀", "An 😀"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("李 小龍", "李 小龍"),
    ],
)
def test_a_strange_name_is_kept_in_its_one_form(client, name, kept):
    assert sign_up(client, name=name).status_code == 302

    assert Member.objects.get().full_name == kept
    page = client.get("/tai-khoan/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\x00",
        "\u200b\u202e",
        "A",
        "😀😀",
        "12345",
        "An" * 5000,
        "x" * 121,
        "Z" + "\u0301" * 40 + "algo",
        "\ufdfa" * 200,
    ],
)
def test_a_name_that_is_none_is_refused_in_words(client, name):
    answer = sign_up(client, name=name)

    assert answer.status_code == 200
    assert answer.context["form"].errors["full_name"]
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    "contact",
    ["", " ", "\x00", "0912", "1" * 10000, "0912345678 0912345678", "0912345678 ext 5", "1800 TAXI", "abc", "a@", "@b.vn", "a@b", "a b@c.vn", "a@b.vn\nBcc: c@d.vn",
     "x" * 300 + "@b.vn", "ă@b.vn", "٣", "+", "NaN", "1e309", "0912345678'--"],
)  # fmt: skip
def test_a_contact_that_is_none_is_refused_in_words(client, contact):
    answer = sign_up(client, contact)

    assert answer.status_code == 200
    assert answer.context["form"].errors["contact"]
    assert not Member.objects.exists()


@pytest.mark.parametrize("password", ["", "ngan", "12345678", "password", "\x00" * 9, "a" * 201])
def test_a_weak_password_is_refused_in_vietnamese(client, password):
    errors = sign_up(client, password1=password).context["form"].errors["password1"]

    assert errors
    assert not any(word in " ".join(errors).lower() for word in ("this", "password", "null", "ensure"))


def test_a_password_composed_the_other_way_is_the_same_password(client):
    sign_up(client, password1=unicodedata.normalize("NFD", "Mật khẩu của tôi"))
    client.logout()

    answer = client.post(
        "/tai-khoan/login/", {"login": "0912345678", "password": unicodedata.normalize("NFC", "Mật khẩu của tôi")}
    )

    assert answer.status_code == 302


def test_fields_that_nobody_asked_for_change_nothing(client):
    sign_up(client, is_staff="on", is_superuser="on", phone_verified="on", email="khac@example.vn", phone="0999999999")

    member = Member.objects.get()
    assert (member.is_staff, member.is_superuser, member.phone_verified, member.email) == (False, False, False, None)
    assert member.phone == "+84912345678"


def test_every_word_of_the_page_is_vietnamese(client):
    page = client.get(ADDRESS).content.decode() + client.get("/tai-khoan/login/").content.decode()

    for english in ("Password", "Sign", "Email address", "Phone", "Remember", "Forgot", "required"):
        assert english not in page.replace(" required", "")
