"""A receipt that anybody can check: true, and silent about who, what and how well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.grade import grade_pending, sweep_expired
from contests.actions.rulings import void_attempt
from contests.actions.sitting import save_form
from contests.models import Attempt
from contests.queries.receipts import clean_code
from tests.contests.actions.test_grade import right_choices

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(union, contest, begin):
    attempt = begin(union.alice, contest)
    return save_form(attempt=attempt, choices=right_choices(attempt, 3), now=timezone.now(), submit=True)


def test_it_tells_when_and_how_many_and_nothing_else(client, attempt, union, contest):
    grade_pending(now=timezone.now())
    page = client.get("/bien-nhan/", {"ma": attempt.receipt})
    body = page.content.decode()

    assert page.status_code == 200
    assert "Biên nhận có thật" in body
    assert f"{timezone.localtime(attempt.submitted_at):%d/%m/%Y %H:%M:%S}" in body
    assert "3 / 4" in body
    assert contest.title in body
    for secret in (union.alice.full_name, "CĐCS", str(attempt.public_id), "điểm</dt>", "300"):
        assert secret not in body


def test_the_count_is_the_one_at_the_hand_in(client, attempt):
    save_form(attempt=attempt, choices={4: [0]}, now=timezone.now() + timedelta(hours=1), submit=False)

    assert "3 / 4" in client.get("/bien-nhan/", {"ma": attempt.receipt}).content.decode()


@pytest.mark.parametrize("write", [str.lower, lambda code: f" {code[:5]}-{code[5:]} ", lambda code: " ".join(code)])
def test_as_people_type_it(client, attempt, write):
    assert client.get("/bien-nhan/", {"ma": write(attempt.receipt)}).status_code == 200


@pytest.mark.parametrize("code", ["ABCDEFGHJK", "abc", "O0I1LLLLLL", "💥" * 10, "A" * 5000, "\x00" * 10, "<script>"])
def test_no_such_code_is_said_plainly(client, attempt, code):
    page = client.get("/bien-nhan/", {"ma": code})

    assert page.status_code == 404
    assert "Không có biên nhận nào mang mã này" in page.content.decode()
    assert "<script>" not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_an_empty_visit_asks_for_the_code(client, db):
    page = client.get("/bien-nhan/")

    assert page.status_code == 200
    assert "Mã biên nhận" in page.content.decode()


def test_whoever_ran_out_of_time_has_one_too(client, union, contest, begin):
    attempt = begin(union.alice, contest)
    late = attempt.accepts_until + timedelta(minutes=1)
    sweep_expired(now=late)
    grade_pending(now=late)
    attempt.refresh_from_db()

    assert attempt.receipt
    assert attempt.received == 0
    assert "tự nộp lúc" in client.get("/bien-nhan/", {"ma": attempt.receipt}).content.decode()


def test_a_void_is_said(client, attempt, union):
    grade_pending(now=timezone.now())
    void_attempt(attempt=attempt, by=union.olga, reason="Thi hộ, đã xác minh", now=timezone.now())
    body = client.get("/bien-nhan/", {"ma": attempt.receipt}).content.decode()

    assert "Không được tính, theo quyết định của ban tổ chức" in body
    assert "Thi hộ" not in body  # the reason is for the member


def test_a_clean_code_has_only_signs_that_codes_have():
    assert clean_code("abcde-fghjk") == "ABCDEFGHJK"
    assert clean_code("ABCDEFGHJ0") == clean_code("") == clean_code("ABCDEFGHJKM") == ""


def test_every_code_is_its_own(union, contest, begin):
    codes = {
        save_form(attempt=begin(member, contest), choices={}, now=timezone.now(), submit=True).receipt
        for member in (union.alice, union.bob)
    }
    assert len(codes) == Attempt.objects.values("receipt").distinct().count() == 2
