""" "Soát lỗi ngân hàng": findings by kind with a way to their question, set aside with who and when, found again after a change."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contests.actions.bank import retire_question
from contests.models import Bank, LintKept, QuestionVersion
from contests.queries.lint import lint_report, waiting
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def faulty(union, bank):
    """Of 24 questions, written to differ, two with a fault: Q0-00 is on a forbidden topic, Q0-01 has two right options."""
    words = [
        "hợp",
        "đồng",
        "tiền",
        "lương",
        "giờ",
        "làm",
        "nghỉ",
        "phép",
        "bảo",
        "hiểm",
        "thai",
        "sản",
        "kỷ",
        "luật",
        "tranh",
        "chấp",
        "đình",
        "công",
        "tuổi",
        "hưu",
        "thất",
        "nghiệp",
        "an",
        "toàn",
    ]
    for number, version in enumerate(QuestionVersion.objects.filter(question__bank=bank).select_related("question")):
        own = f"{words[number % 24]} {words[(7 * number + 3) % 24]} mục {number}"
        version.stem, version.options = (
            f"Quy định về {own} là gì?",
            [f"{word} {own[::-1]} {number}" for word in ("Một", "Bảy", "Tám", "Chín")],
        )
        version.save()
    set_(bank, "Q0-00", stem="Mức lương cơ sở hiện nay là bao nhiêu?")
    set_(bank, "Q0-01", options=["Chủ tịch", "chủ tịch.", "Thư ký", "Ủy viên"])
    return bank


def set_(bank, code, **fields):
    QuestionVersion.objects.filter(question__bank=bank, question__code=code, is_current=True).update(**fields)


def grow(bank):
    """As every change of a bank does."""
    bank.version += 1
    bank.save(update_fields=["version"])


def address(bank):
    return reverse("organizer_lint", args=[bank.public_id])


def found_in(bank):
    report = lint_report(Bank.objects.get(pk=bank.pk), timezone.localdate())
    return {(found.code, found.question): found for group in report.groups for found in group.found if found.question}


def keep(client, bank, found, act="keep"):
    return client.post(address(bank), {"act": act, "mark": found.mark}, follow=True).content.decode()


def test_findings_stand_by_kind_with_a_way_to_their_question(olga, faulty):
    page = olga.get(address(faulty)).content.decode()

    assert page.index("Hai phương án cùng đúng") < page.index("Đề tài không nên hỏi")
    for code in ("Q0-00", "Q0-01"):
        assert f'href="{reverse("organizer_question", args=[faulty.public_id])}?ma={code}"' in page
    assert "Phương án A và B nói cùng một điều" in page
    assert "Hỏi lương tối thiểu vùng" in page


def test_a_finding_is_set_aside_with_who_and_when_and_stands_again(olga, union, faulty):
    found = found_in(faulty)["two_right", "Q0-01"]

    assert "Đã giữ nguyên câu Q0-01" in keep(olga, faulty, found)
    kept = LintKept.objects.get()
    assert (kept.question.code, kept.code, kept.by) == ("Q0-01", "two_right", union.olga)
    assert ("two_right", "Q0-01") not in found_in(faulty)
    page = olga.get(address(faulty)).content.decode()
    assert "Đã xem, giữ nguyên (1)" in page
    assert "Nguyễn Thị Ơn" in page.split("Đã xem, giữ nguyên")[1]

    assert "được nêu lại" in keep(olga, faulty, found, "again")
    assert ("two_right", "Q0-01") in found_in(faulty)


def test_twice_is_once(olga, faulty):
    found = found_in(faulty)["two_right", "Q0-01"]
    keep(olga, faulty, found)
    keep(olga, faulty, found)

    assert LintKept.objects.count() == 1


def test_a_question_that_changed_is_found_again(olga, faulty):
    keep(olga, faulty, found_in(faulty)["two_right", "Q0-01"])
    set_(faulty, "Q0-01", options=["Chủ tịch", "chủ tịch.", "Thư ký", "Ủy viên ban chấp hành"])
    grow(faulty)

    assert ("two_right", "Q0-01") in found_in(faulty)


def test_a_change_elsewhere_leaves_it_aside(olga, faulty):
    keep(olga, faulty, found_in(faulty)["two_right", "Q0-01"])
    set_(faulty, "Q0-02", explanation="Sửa chỗ khác.")
    grow(faulty)

    assert ("two_right", "Q0-01") not in found_in(faulty)


def test_a_retired_question_is_not_looked_at(union, faulty):
    retire_question(question=faulty.questions.get(code="Q0-00"), by=union.olga, now=timezone.now())

    assert ("forbidden_topic", "Q0-00") not in found_in(faulty)


def test_the_bank_page_counts_what_was_found_once_somebody_has_looked(olga, faulty):
    bank_page = reverse("organizer_bank", args=[faulty.public_id])
    assert waiting(Bank.objects.get(pk=faulty.pk), timezone.localdate()) is None
    assert address(faulty) in olga.get(bank_page).content.decode()

    olga.get(address(faulty))
    count = waiting(Bank.objects.get(pk=faulty.pk), timezone.localdate())
    assert count == lint_report(Bank.objects.get(pk=faulty.pk), timezone.localdate()).total > 0
    assert f'<span class="num">({count})</span>' in olga.get(bank_page).content.decode()


@pytest.mark.parametrize("mark", ["", "khong-co", "\0", "x" * 5000])
def test_a_mark_that_is_gone_or_never_was_changes_nothing(olga, faulty, mark):
    page = olga.post(address(faulty), {"act": "keep", "mark": mark}, follow=True)

    assert (page.status_code, LintKept.objects.count()) == (200, 0)
    assert olga.post(address(faulty), {"act": "no", "mark": mark}).status_code == 404


@pytest.mark.parametrize("kind", ["forbidden_topic", "khong-co", "\0", "a&b"])
def test_one_kind_alone(olga, faulty, kind):
    page = olga.get(address(faulty), {"loai": kind, "page": "99"})

    assert page.status_code == 200
    assert ("Q0-01" in page.content.decode()) is (kind != "forbidden_topic")


def test_many_of_a_kind_are_on_pages_of_their_own(olga, faulty):
    QuestionVersion.objects.filter(question__bank=faulty).update(valid_to="2020-01-01")
    grow(faulty)
    whole = olga.get(address(faulty)).content.decode()

    assert "Xem cả 24 chỗ" in whole
    first = olga.get(address(faulty), {"loai": "expired"}).content.decode()
    assert len(set(re.findall(r"\?ma=(Q\d-\d\d)", first))) == 24


def test_an_empty_bank_says_what_to_do(olga, union):
    empty = Bank.objects.create(owner=union.province_a, name="Trống")
    page = olga.get(address(empty)).content.decode()

    assert "Ngân hàng chưa có câu hỏi" in page
    assert "Nhập câu hỏi" in page


def test_a_second_look_costs_few_queries_whatever_the_size(olga, faulty):
    olga.get(address(faulty))
    with CaptureQueriesContext(connection) as few:
        olga.get(address(faulty))
    make.make_questions(faulty, [(faulty.topics.first(), f"THEM-{n}", {"stem": f"Câu thêm {n}?"}) for n in range(30)])
    grow(faulty)
    olga.get(address(faulty))
    with CaptureQueriesContext(connection) as many:
        olga.get(address(faulty))

    assert len(many) == len(few)


def test_questions_of_every_kind_are_looked_at(olga, union):
    bank = make.make_kinds_bank(union.province_a)

    assert olga.get(address(bank)).status_code == 200
    assert lint_report(bank, timezone.localdate()).questions == 9
