"""The way without JavaScript under attack: another device, another member, after the time, monstrous forms. Never a 500."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from contests.actions.device import take_over
from contests.actions.sitting import database_now, save_form
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Answer, Attempt, LateAnswer
from contests.pages.device import COOKIE

FORM = "application/x-www-form-urlencoded"
DEVICE = uuid.UUID("00000000-0000-4000-8000-000000000001")
OTHER = uuid.UUID("00000000-0000-4000-8000-000000000002")


@pytest.fixture
def attempt(contest, union) -> Attempt:
    """Alice's, begun on her phone."""
    return start_attempt(member=union.alice, round_=contest.rounds.get(), now=database_now(), device=DEVICE)


@pytest.fixture
def alice(union) -> Client:
    """Her phone; an error of ours is a reply that the test sees."""
    return browser(union.alice, DEVICE)


def browser(member, device: uuid.UUID | str | None = None, **more) -> Client:
    client = Client(raise_request_exception=False, **more)
    client.force_login(member)
    if device is not None:
        client.cookies[COOKIE] = str(device)
    return client


def form_of(attempt: Attempt) -> str:
    return f"/thi/{attempt.public_id}/nop/"


def stored(attempt: Attempt) -> dict[int, list[int]]:
    return {answer.question: answer.choice for answer in Answer.objects.filter(attempt=attempt)}


def kept_apart(attempt: Attempt) -> dict[int, tuple[list[int], str]]:
    return {late.question: (late.choice, late.cause) for late in LateAnswer.objects.filter(attempt=attempt)}


def state(attempt: Attempt) -> str:
    return Attempt.objects.get(pk=attempt.pk).state


def over(attempt: Attempt) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Attempt.objects.filter(pk=attempt.pk).update(deadline=past, accepts_until=past)


# --- another device ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("action", ["save", "submit"])
def test_a_browser_that_does_not_hold_the_sitting_writes_nothing_that_counts(attempt, union, action):
    """Nor one that shows no cookie or a made-up one: who has lost the id of the device has lost the sitting."""
    for device in (OTHER, None, "", "x", "00000000-0000-4000-8000-00000000000g"):
        page = browser(union.alice, device).post(form_of(attempt), {"q1": "0", "action": action}, follow=True)

        assert (stored(attempt), state(attempt)) == ({}, "started"), device
        assert kept_apart(attempt) == {1: ([0], "elsewhere")}
        assert page.status_code == 200
        assert "đang làm trên máy khác" in page.content.decode()


def test_the_phone_that_lost_the_sitting_is_told_and_may_take_it_back(attempt, alice):
    take_over(attempt=attempt, device=OTHER, now=database_now())
    alice.post(form_of(attempt), {"q1": "0", "action": "submit"})
    assert (stored(attempt), state(attempt)) == ({}, "started")

    alice.post(f"/thi/{attempt.public_id}/may-nay/")
    alice.post(form_of(attempt), {"q1": "1", "action": "submit"})

    assert (stored(attempt), state(attempt)) == ({1: [1]}, "submitted")


def test_a_form_that_waited_for_the_take_over_is_judged_after_it(attempt):
    """The page read the attempt before; the row says who holds it now."""
    take_over(attempt=Attempt.objects.get(pk=attempt.pk), device=OTHER, now=database_now())

    with pytest.raises(ContestError) as refused:
        save_form(attempt=attempt, choices={1: [0]}, now=database_now(), submit=True, device=DEVICE)

    assert refused.value.code == "elsewhere"
    assert stored(attempt) == {}


# --- another member, or nobody ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["nop/", "may-nay/"])
def test_another_member_finds_nothing_even_with_the_devices_cookie(attempt, union, path):
    for member in (union.bob, union.charlie, union.olga, union.staff_b):
        reply = browser(member, DEVICE).post(f"/thi/{attempt.public_id}/{path}", {"q1": "0", "action": "submit"})
        assert reply.status_code == 404
    visitor = Client().post(f"/thi/{attempt.public_id}/{path}", {"q1": "0", "action": "submit"})

    assert visitor.url.startswith("/tai-khoan/login/")
    attempt.refresh_from_db()
    assert (stored(attempt), attempt.state, attempt.device, attempt.epoch) == ({}, "started", DEVICE, 1)


@pytest.mark.parametrize("path", ["nop/", "may-nay/"])
def test_a_form_from_elsewhere_is_refused(attempt, union, path):
    strict = browser(union.alice, DEVICE, enforce_csrf_checks=True)

    reply = strict.post(f"/thi/{attempt.public_id}/{path}", {"q1": "0", "action": "submit"})

    assert reply.status_code == 403
    assert (stored(attempt), state(attempt)) == ({}, "started")


@pytest.mark.parametrize("path", ["nop/", "may-nay/"])
def test_only_a_form_may_change_anything(attempt, alice, path):
    for method in ("get", "head", "put", "delete", "options", "patch", "trace"):
        assert getattr(alice, method)(f"/thi/{attempt.public_id}/{path}?q1=0&action=submit").status_code == 405
    overridden = alice.post(
        f"/thi/{attempt.public_id}/?_method=PUT",
        {"_method": "PUT", "q1": "0"},
        headers={"X-HTTP-Method-Override": "GET"},
    )

    assert overridden.status_code == 405
    assert (stored(attempt), state(attempt)) == ({}, "started")


# --- after the end ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("action", ["save", "submit", "", "nop"])
def test_after_the_time_the_choices_are_kept_apart(attempt, alice, action):
    alice.post(form_of(attempt), {"q1": "0", "action": "save"})
    over(attempt)

    page = alice.post(form_of(attempt), {"q1": "1", "q2": "0", "action": action}, follow=True)

    assert page.status_code == 200
    assert (stored(attempt), state(attempt)) == ({1: [0]}, "started")
    assert kept_apart(attempt) == {1: ([1], "closed"), 2: ([0], "closed")}


def test_a_second_hand_in_changes_nothing(attempt, alice):
    alice.post(form_of(attempt), {"q1": "0", "action": "submit"})
    attempt.refresh_from_db()
    before = (attempt.receipt, attempt.submitted_at, attempt.received)

    page = alice.post(form_of(attempt), {"q1": "1", "action": "submit"}, follow=True)

    attempt.refresh_from_db()
    assert page.status_code == 200
    assert (attempt.receipt, attempt.submitted_at, attempt.received) == before
    assert stored(attempt) == {1: [0]}
    assert kept_apart(attempt) == {1: ([1], "closed")}


def test_an_accepted_late_choice_is_not_overwritten_by_a_form(attempt, alice):
    over(attempt)
    alice.post(form_of(attempt), {"q1": "0", "q2": "0", "action": "save"})
    LateAnswer.objects.filter(attempt=attempt, question=1).update(accepted_at=timezone.now())

    alice.post(form_of(attempt), {"q1": "1", "q2": "1", "action": "save"})

    assert kept_apart(attempt) == {1: ([0], "closed"), 2: ([1], "closed")}


# --- what only the server decides (B27) -------------------------------------------------------------------------------
def test_what_the_form_says_of_time_and_points_is_not_read(attempt, alice):
    before = Attempt.objects.values().get(pk=attempt.pk)
    wishes = {"deadline": "2099-01-01", "started_at": "0", "elapsed": "1", "score": "100", "points": "9900", "state": "graded",
              "device": str(OTHER), "epoch": "9", "is_staff": "1", "unit": "1", "attempt": "1", "seq": "9", "received": "99"}  # fmt: skip

    alice.post(form_of(attempt), {"q1": "0", "action": "save"} | wishes)

    assert Attempt.objects.values().get(pk=attempt.pk) == before
    assert list(Answer.objects.filter(attempt=attempt).values_list("question", "choice", "seq")) == [(1, [0], 1)]


# --- monstrous forms --------------------------------------------------------------------------------------------------
def encoded(fields: object) -> bytes:
    return urlencode(fields, doseq=True).encode()  # type: ignore[call-overload]


REFUSED = {
    "10,000 fields": (encoded({f"q{n}": 0 for n in range(10_000)}), FORM, 400),
    "10,000 values": (encoded({"q1": ["0"] * 10_000}), FORM, 400),
    "a megabyte": (encoded({"q1": "0" * 2**20}), FORM, 400),
    "another charset": (b"q1=0&action=save", f"{FORM}; charset=utf-7", 400),
    "a codec that is no charset": (b"q1=0&action=save", f"{FORM}; charset=hex", 400),
    "multipart without its boundary": (b"--x", "multipart/form-data", 400),
    "multipart with a bad boundary": (b"--x", "multipart/form-data; boundary=\xe9", 400),
    "multipart in a codec": (
        b'--x\r\nContent-Disposition: form-data; name="q1"\r\n\r\n0\r\n--x--\r\n', "multipart/form-data; boundary=x; charset=hex", 400,
    ),
    "multipart with 3,000 parts": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="q%d"\r\n\r\n0\r\n' % n for n in range(3000)) + b"--x--\r\n",
        "multipart/form-data; boundary=x", 400,
    ),
    "multipart that is not base64": (
        b'--x\r\nContent-Disposition: form-data; name="q1"\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff\xff\xff\r\n--x--\r\n',
        "multipart/form-data; boundary=x", 302,
    ),
    "multipart with a NUL": (
        b'--x\r\nContent-Disposition: form-data; name="q1"\r\n\r\n\0\r\n--x--\r\n', "multipart/form-data; boundary=x", 302,
    ),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="q1"; filename="a.txt"\r\n\r\n0\r\n--x--\r\n', "multipart/form-data; boundary=x", 302,
    ),
}  # fmt: skip
NOTHING_SAVED = {
    "a NUL for a value": {"q1": "\0"},
    "a NUL after a value": {"q1": "0\0"},
    "a newline after a value": {"q1": "0\n"},
    "a space": {"q1": " 0"},
    "no value": {"q1": ""},
    "a negative": {"q1": "-1"},
    "a float": {"q1": "0.0"},
    "true": {"q1": "true"},
    "a list": {"q1": "[0]"},
    "another script's digit": {"q1": "\u0663"},
    "a full-width digit": {"q1": "\uff10"},
    "an option too far": {"q1": "4"},
    "a huge number": {"q1": str(2**64)},
    "two where one may be chosen": {"q1": ["0", "1"], "q2": ["0", "1"], "q3": ["0", "1"], "q4": ["0", "1"]},
    "a question too far": {"q5": "0"},
    "a question far too far": {"q999": "0"},
    "ticks of a question too far": {"had99": ""},
    "one bad among good": {"q1": "0", "q2": "99"},
    "an essay": {"q1": "Theo tôi, người lao động có quyền… " * 500},
    "a formula": {"q1": "=1+1"},
    "markup": {"q1": "<script>alert(1)</script>"},
    "combining marks": {"q1": "0" + "\u0300" * 500},
}  # fmt: skip
NOT_READ = {
    "a NUL in a name": {"q1\0": "0"},
    "question 0": {"q0": "0"},
    "leading zeros": {"q01": "0"},
    "a question of four digits": {"q1000": "0"},
    "another script's number": {"q\u0661": "0"},
    "capital letter": {"Q1": "0"},
    "an ORM operator": {"_connector": "OR", "question__gte": "0", "q1__in": "0"},
    "the parts of a list": {"q1[]": "0", "q1[0]": "0"},
    "nothing": {},
    "a right-to-left override": {"\u202eq1": "0"},
}  # fmt: skip


def test_a_form_that_is_none_is_refused(attempt, alice):
    for name, (body, content_type, status) in REFUSED.items():
        reply = alice.generic("POST", form_of(attempt), body, content_type)

        assert reply.status_code == status, name
        assert (stored(attempt), kept_apart(attempt), state(attempt)) == ({}, {}, "started"), name


@pytest.mark.parametrize("action", ["save", "submit"])
def test_a_choice_that_is_none_saves_nothing_and_says_so(attempt, alice, action):
    for name, fields in NOTHING_SAVED.items():
        body = encoded(fields | {"action": action})
        page = alice.post(form_of(attempt), body, content_type=FORM, follow=True)

        assert (page.status_code, page.redirect_chain) == (200, [(f"/thi/{attempt.public_id}/", 302)]), name
        text = page.content.decode()
        assert "Chưa lưu gì cả" in text or "chỉ chọn được một đáp án" in text, name
        assert (stored(attempt), kept_apart(attempt), state(attempt)) == ({}, {}, "started"), name


def test_other_fields_are_not_read(attempt, alice):
    for name, fields in NOT_READ.items():
        page = alice.post(form_of(attempt), encoded(fields | {"action": "save"}), content_type=FORM)

        assert page.url == f"/thi/{attempt.public_id}/", name
        assert (stored(attempt), kept_apart(attempt), state(attempt)) == ({}, {}, "started"), name


def test_any_bytes_are_a_form_or_not_but_no_fault_of_ours(attempt, alice):
    bodies = (b"q1=%ff", b"q1=%", b"%00=%00", b"q1=0;q2=0", b"=&=&=", b"\xff\xfe", b"q1=0&q1", "q1=٣".encode())
    for body in bodies:
        assert alice.post(form_of(attempt), data=body, content_type=FORM).status_code in (302, 400), body
        assert (stored(attempt), state(attempt)) == ({}, "started"), body


def test_only_the_word_submit_hands_in(attempt, alice):
    for action in ("\0", "SUBMIT", "submit ", "nộp", "save,submit", ""):
        assert alice.post(form_of(attempt), {"q1": "0", "action": action}).status_code == 302
        assert (stored(attempt), state(attempt)) == ({1: [0]}, "started"), action


def test_an_empty_hand_in_is_a_hand_in(attempt, alice):
    page = alice.post(form_of(attempt), {"action": "submit"}, follow=True)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.received) == ("submitted", 0)
    assert attempt.receipt in page.content.decode()


def test_a_cookie_that_nobody_gave_out_is_no_fault_of_ours(attempt):
    """The quoted form may spell any byte, NUL included, which PostgreSQL takes in no text."""
    visitor = Client(raise_request_exception=False)
    for cookie in (r'"\000\000\000\000\000\000\000\000\000"', r'"abcdefgh\000"', "\xff" * 9, "a" * 5000, ";;=", '"\\"'):
        for name in ("sessionid", "may", "django_language", "csrftoken", "messages"):
            for address in ("/", f"/thi/{attempt.public_id}/"):
                reply = visitor.get(address, headers={"Cookie": f"{name}={cookie}"})
                assert reply.status_code in (200, 302), (name, cookie)


def test_what_claims_another_charset_is_refused(attempt):
    visitor = Client(raise_request_exception=False)
    for charset in ("hex", "zip", "utf-7", "idna", "undefined"):
        reply = visitor.get("/", headers={"Content-Type": f"text/html; charset={charset}"})
        assert (reply.status_code, reply.content) == (400, b"UTF-8 only\n"), charset
    assert visitor.get("/", headers={"Content-Type": "text/html; charset=UTF-8"}).status_code == 200


def test_the_language_form_takes_no_address_from_elsewhere(attempt):
    """The one form that visitors may send: its fields reach a cookie and a redirect."""
    visitor = Client(raise_request_exception=False)
    for fields in (
        {"language": "\0", "next": "/\0"},
        {"language": "en", "next": "//evil.vn/"},
        {"language": "xx" * 999},
    ):
        reply = visitor.post("/ngon-ngu/setlang/", encoded(fields), content_type=FORM)
        assert reply.status_code in (302, 400)
        assert "evil.vn" not in reply.get("Location", "")
