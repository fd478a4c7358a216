"""Many questions changed at once: all or none, and only while the bank is as it was seen."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions.bank_edit import BankMoved, BulkChange, bulk_change, set_tags
from contests.actions.bank_review import amend, still_right
from contests.errors import ContestError
from contests.models import AmendmentFlag, Bank, Question, QuestionVersion, Topic
from tests import make
from tests.contests.bank.test_edit import question_of

pytestmark = pytest.mark.django_db
CODES = ["Q0-00", "Q0-01", "Q0-02"]


def change(bank, by, codes=CODES, **what):
    bank.refresh_from_db()
    return bulk_change(
        bank=bank, seen=bank.version, codes=codes, change=BulkChange(**what), by=by, now=timezone.now()
    )  # fmt: skip


def currents(bank, codes=CODES):
    return list(
        QuestionVersion.objects.filter(question__bank=bank, question__code__in=codes, is_current=True)
        .select_related("topic").order_by("question__code")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [
        ({"topic": " Chủ đề  mới "}, "topic.name", "Chủ đề mới"),
        ({"difficulty": "hard"}, "difficulty", "hard"),
        ({"dates": {"valid_to": date(2099, 1, 1)}}, "valid_to", date(2099, 1, 1)),
    ],
)
def test_what_belongs_to_the_text_makes_new_versions(union, quan, bank, what, field, value):
    QuestionVersion.objects.update(review="approved", reviewed_by=quan)
    before = currents(bank)

    done = change(bank, union.olga, **what)

    after = currents(bank)
    assert (done.changed, done.same) == (3, 0)
    for old, new in zip(before, after, strict=True):
        found = new
        for name in field.split("."):
            found = getattr(found, name)
        assert found == value
        assert (new.number, new.review, new.created_by) == (2, "draft", union.olga)
        assert (new.stem, new.options, new.key, new.stem_key) == (old.stem, old.options, old.key, old.stem_key)
    assert change(bank, union.olga, **what).same == 3


def test_a_date_is_taken_away_and_the_other_stays(union, bank):
    QuestionVersion.objects.update(valid_from=date(2021, 1, 1), valid_to=date(2030, 1, 1))

    change(bank, union.olga, dates={"valid_to": None})

    assert {(version.valid_from, version.valid_to) for version in currents(bank)} == {(date(2021, 1, 1), None)}


def test_one_that_cannot_be_stops_all(union, bank):
    question_of(bank, "Q0-02").versions.update(valid_from=date(2030, 1, 1))

    with pytest.raises(ContestError, match="Q0-02"):
        change(bank, union.olga, dates={"valid_to": date(2029, 1, 1)})

    assert {version.number for version in currents(bank)} == {1}


def test_tags_review_and_retiring_make_no_version(union, bank):
    set_tags(question=question_of(bank), names=["tuần 1"], by=union.olga)

    assert change(bank, union.olga, add_tag="TUẦN 1").changed == 2
    assert change(bank, union.olga, send_to_review=True).changed == 3
    assert change(bank, union.olga, retire=True).changed == 3
    assert change(bank, union.olga, retire=True).same == 3
    assert change(bank, union.olga, restore=True).changed == 3
    assert change(bank, union.olga, remove_tag="tuần 1").changed == 3

    assert {(version.number, version.review) for version in currents(bank)} == {(1, "in_review")}
    assert not bank.tags.exists()


def test_an_open_contest_is_not_starved(union, bank):
    make.make_contest(union, bank)
    topic = list(Question.objects.filter(bank=bank, code__startswith="Q0").values_list("code", flat=True))

    with pytest.raises(ContestError, match="đang mở bốc"):
        change(bank, union.olga, codes=topic[:-1], retire=True)

    assert not Question.objects.filter(bank=bank, retired_at__isnull=False).exists()


def test_a_bank_that_moved_is_looked_at_again(union, bank):
    with pytest.raises(BankMoved):
        bulk_change(
            bank=bank, seen=bank.version - 1, codes=CODES, change=BulkChange(retire=True), by=union.olga, now=timezone.now()
        )  # fmt: skip


def test_codes_of_another_bank_are_not_touched(union, bank):
    other = make.make_bank(union.province_b)

    change(bank, union.olga, retire=True)

    assert not Question.objects.filter(bank=other, retired_at__isnull=False).exists()


def test_the_page_counts_first_and_then_does_it(olga, bank):
    address = reverse("organizer_bulk", args=[bank.public_id])
    page = olga.get(address, {"cau": CODES}).content.decode()
    assert "Đổi 3 câu" in page

    reply = olga.post(address, {"cau": CODES, "seen": bank.version, "doi-what": "topic", "doi-topic": ""})
    assert reply.status_code == 200
    assert "Hãy điền mục này" in reply.content.decode()
    assert reply.content.decode().count('name="cau"') == 3, "the ticks are still there"

    assert (
        olga.post(address, {"cau": CODES, "seen": bank.version, "doi-what": "topic", "doi-topic": "Mới"}).status_code
        == 302
    )
    assert {version.topic.name for version in currents(bank)} == {"Mới"}

    late = olga.post(address, {"cau": CODES, "seen": bank.version, "doi-what": "retire"})
    assert "Ngân hàng vừa thay đổi" in late.content.decode()
    assert f'name="seen" value="{bank.version + 1}"' in late.content.decode()
    assert not Question.objects.filter(retired_at__isnull=False).exists()


def mark_in(reply) -> str:
    return re.search(r'name="mark" value="(\w+)"', reply.content.decode())[1]


def test_all_that_match_a_filter(olga, bank):
    address = reverse("organizer_bulk", args=[bank.public_id])
    asked = {"all": "1", "topic": "Tiền lương", "cau": "Q0-00"}
    assert "Đổi 12 câu" in olga.get(address, asked).content.decode()

    asked["mark"] = mark_in(olga.get(address, asked))
    olga.post(address, asked | {"seen": bank.version, "doi-what": "add_tag", "doi-tag": "đợt 1"})

    assert bank.tags.get().questions.count() == 12
    assert olga.get(address, {"all": "1", "q": "khôngcâunào"}).status_code == 302


def test_a_tag_that_is_gone_does_not_come_to_mean_every_question(union, olga, bank):
    address = reverse("organizer_bulk", args=[bank.public_id])
    set_tags(question=question_of(bank), names=["tuần 1"], by=union.olga)
    asked = {"all": "1", "tag": "tuần 1"}
    sent = asked | {"seen": bank.version, "mark": mark_in(olga.get(address, asked)), "doi-what": "retire"}
    set_tags(question=question_of(bank), names=[], by=union.olga)

    page = olga.post(address, sent, follow=True).content.decode()

    assert "Bộ lọc này không còn dùng được" in page
    assert not Question.objects.filter(retired_at__isnull=False).exists()


def test_all_that_match_are_those_that_were_shown(union, olga, bank):
    address = reverse("organizer_bulk", args=[bank.public_id])
    set_tags(question=question_of(bank), names=["tuần 1"], by=union.olga)
    asked = {"all": "1", "tag": "tuần 1"}
    sent = asked | {"seen": bank.version, "mark": mark_in(olga.get(address, asked)), "doi-what": "retire"}
    set_tags(question=question_of(bank, "Q0-01"), names=["tuần 1"], by=union.olga)

    again = olga.post(address, sent)

    assert "Ngân hàng vừa thay đổi" in again.content.decode()
    assert "Đổi 2 câu" in again.content.decode()
    assert not Question.objects.filter(retired_at__isnull=False).exists()
    olga.post(address, sent | {"mark": mark_in(again)})
    assert Question.objects.filter(retired_at__isnull=False).count() == 2


def test_a_tag_holds_no_comma(union, olga, bank):
    with pytest.raises(ContestError, match="dấu phẩy"):
        change(bank, union.olga, add_tag="lương, thưởng")

    assert not bank.tags.exists()


def test_what_was_said_of_a_text_stays_with_it(union, olga, quan, bank):
    version = question_of(bank).versions.get()
    QuestionVersion.objects.update(review_note="Viết lại cho gọn.", reviewed_by=quan, reviewed_at=timezone.now())
    question_of(bank, "Q0-01").versions.update(review="approved", review_note="")
    amend(
        bank=bank, document=version.document, article=version.article, since=date(2027, 1, 1), note="", by=union.olga, now=timezone.now()
    )  # fmt: skip
    open_flags = AmendmentFlag.objects.filter(cleared_at__isnull=True, version__is_current=True)
    flagged = open_flags.count()
    still_right(question=question_of(bank, "Q0-02"), number=1, by=union.olga, now=timezone.now())

    change(bank, union.olga, difficulty="hard")

    first, second, third = currents(bank)
    assert (first.number, first.review_note, first.reviewed_by) == (2, "Viết lại cho gọn.", quan)
    assert (second.number, second.review, second.review_note, second.reviewed_by) == (2, "draft", "", None)
    assert open_flags.count() == flagged - 1
    assert not open_flags.filter(version=third).exists()
    assert AmendmentFlag.objects.count() == flagged, "no flag is counted twice"


def test_filters_of_the_bank_page(union, olga, bank):
    today = timezone.localdate()
    question_of(bank, "Q0-00").versions.update(valid_to=today + timedelta(days=59))
    question_of(bank, "Q0-01").versions.update(valid_to=today - timedelta(days=1))
    question_of(bank, "Q0-02").versions.update(review="in_review")
    set_tags(question=question_of(bank, "Q0-03"), names=["tuần 1"], by=union.olga)

    def found(**asked):
        page = olga.get(reverse("organizer_bank", args=[bank.public_id]), asked).content.decode()
        return sorted({code for code in ("Q0-00", "Q0-01", "Q0-02", "Q0-03", "Q0-04") if f"ma={code}" in page})

    assert found(look="ends_soon") == ["Q0-00"]
    assert found(look="ended") == ["Q0-01"]
    assert found(review="in_review") == ["Q0-02"]
    assert found(tag="tuần 1") == ["Q0-03"]
    assert "Q0-04" in found(look="nonsense", review="?")


def test_topics_that_were_made_for_nothing_are_not_kept(union, bank):
    with pytest.raises(ContestError):
        change(bank, union.olga, topic="x" * 101)

    assert Topic.objects.filter(bank=bank).count() == 2
    assert Bank.objects.get(pk=bank.pk).version == bank.version
