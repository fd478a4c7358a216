"""Review by a second person, comments, amended articles."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.scope import Scope
from contests.actions.bank_review import amend, approve, return_question, send_to_review, still_right
from contests.errors import ContestError
from contests.models import AmendmentFlag, QuestionComment, QuestionVersion
from contests.queries.bank_review import citing
from contests.queries.preflight import preflight
from tests import make
from tests.contests.bank.test_edit import as_sent, post, question_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def written_by(question, member):
    question.versions.update(created_by=member)
    return question


def current(question) -> QuestionVersion:
    return question.versions.get(is_current=True)


def test_draft_in_review_approved(union, quan, bank):
    question = written_by(question_of(bank), union.olga)

    send_to_review(question=question, by=union.olga, now=NOW)
    assert (current(question).review, current(question).asked_by) == ("in_review", union.olga)

    done = approve(bank=bank, seen={"Q0-00": 1}, by=quan, now=NOW)

    version = current(question)
    assert (done.approved, done.own, done.moved) == (1, 0, 0)
    assert (version.review, version.reviewed_by, version.reviewed_at) == ("approved", quan, NOW)


def test_nobody_approves_what_they_wrote(union, bank):
    question = written_by(question_of(bank), union.olga)
    send_to_review(question=question, by=union.olga, now=NOW)

    done = approve(bank=bank, seen={"Q0-00": 1}, by=union.olga, now=NOW)

    assert (done.approved, done.own) == (0, 1)
    assert current(question).review == "in_review"
    with pytest.raises(IntegrityError), transaction.atomic():
        question.versions.update(review="approved", reviewed_by=union.olga)


def test_only_the_version_that_was_read_is_approved(union, quan, bank):
    question = written_by(question_of(bank), union.olga)
    send_to_review(question=question, by=union.olga, now=NOW)

    assert approve(bank=bank, seen={"Q0-00": 2, "Q0-01": 1}, by=quan, now=NOW).moved == 2
    assert current(question).review == "in_review"
    assert current(question_of(bank, "Q0-01")).review == "draft", "nobody had asked"


def test_a_return_has_a_reason_and_goes_back_to_draft(union, quan, bank):
    question = written_by(question_of(bank), union.olga)
    send_to_review(question=question, by=union.olga, now=NOW)
    with pytest.raises(ContestError, match="lý do"):
        return_question(question=question, number=1, reason=" ", by=quan, now=NOW)

    return_question(question=question, number=1, reason="Thiếu khoản 2.", by=quan, now=NOW)

    version = current(question)
    assert (version.review, version.review_note, version.reviewed_by) == ("draft", "Thiếu khoản 2.", quan)
    send_to_review(question=question, by=union.olga, now=NOW)
    assert current(question).review_note == ""


def test_the_queue_approves_several_and_says_which_were_own(union, olga, second, bank):
    for code in ("Q0-00", "Q0-01"):
        send_to_review(question=written_by(question_of(bank, code), union.olga), by=union.olga, now=NOW)
    address = reverse("organizer_review", args=[bank.public_id])
    page = second.get(address).content.decode()
    assert page.count("Tôi đã đọc và duyệt câu") == 2
    assert "Tôi đã đọc" not in olga.get(address).content.decode()

    second.post(address, {"act": "approve", "cau": ["1:Q0-00", "1:Q0-01"]})
    olga.post(address, {"act": "approve", "cau": ["1:Q0-02", "xx", ""]})

    assert QuestionVersion.objects.filter(review="approved").count() == 2


def test_the_checklist_warns_of_what_nobody_approved_and_forbids_nothing(union, quan, bank):
    contest = make.make_contest(union, bank, state="draft")

    def said():
        checks = preflight(contest, Scope((union.province_a.path,)), NOW)
        return next(check for check in checks if check.code == "review")

    assert (said().ok, said().warns) == (True, True)
    assert said().text.startswith("24 câu")
    QuestionVersion.objects.exclude(question__code="Q0-00").update(review="approved", reviewed_by=quan)
    assert said().text.startswith("1 câu")
    QuestionVersion.objects.update(review="approved")
    assert not said().warns


def test_comments_are_said_counted_and_resolved(union, olga, second, bank):
    act = reverse("organizer_question_act", args=[bank.public_id])
    olga.post(act, {"ma": "Q0-00", "act": "comment", "text": "Nên đổi phương án C.\r\n<script>alert(1)</script>"})

    page = second.get(reverse("organizer_question", args=[bank.public_id]) + "?ma=Q0-00").content.decode()
    assert "Nên đổi phương án C." in page
    assert "&lt;script&gt;" in page
    assert "1 nhận xét chưa xong" in second.get(reverse("organizer_bank", args=[bank.public_id])).content.decode()

    comment = QuestionComment.objects.get()
    second.post(act, {"ma": "Q0-00", "act": "resolve", "comment": comment.pk})
    comment.refresh_from_db()
    assert comment.resolved_by.email == "quan@example.vn"
    assert "1 nhận xét" not in second.get(reverse("organizer_bank", args=[bank.public_id])).content.decode()


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_comment_that_cannot_be_kept_is_not_lost(olga, bank, text):
    reply = olga.post(
        reverse("organizer_question_act", args=[bank.public_id]), {"ma": "Q0-00", "act": "comment", "text": text}
    )

    assert reply.status_code == 200
    assert text in reply.content.decode()
    assert not QuestionComment.objects.exists()


def test_zero_bytes_are_no_server_error(olga, bank):
    act = reverse("organizer_question_act", args=[bank.public_id])
    for data in (
        {"ma": "Q0-00", "act": "comment", "text": "a\0b"}, {"ma": "Q0-00", "act": "tags", "tags": "a\0b,c"}, {"ma": "\0", "act": "send"},
        {"ma": "Q0-00", "act": "return", "ban": "1", "reason": "a\0b"}, {"ma": "Q0-00", "act": "resolve", "comment": "9" * 30},
        {"ma": "Q0-00", "act": "approve", "ban": "²"},
    ):  # fmt: skip
        assert olga.post(act, data).status_code in (200, 302, 404)
    for name in ("organizer_review", "organizer_bulk", "organizer_amendments", "organizer_shares", "organizer_bank"):
        address = reverse(name, args=[bank.public_id])
        data = {"cau": "1:a\0", "q": "a\0b", "document": "a\0", "article": "Điều \0", "since": "2026-01-01", "unit": "\0", "act": "share", "tag": "\0"}  # fmt: skip
        assert olga.get(address, data).status_code in (200, 302, 404)
        assert olga.post(address, data).status_code in (200, 302, 404, 405)


# --- amended articles ----------------------------------------------------------------------------------------------
def cite(bank, code, document, article):
    question_of(bank, code).versions.update(document=document, article=article)


def test_an_amended_article_flags_what_cites_it_and_nothing_else(union, olga, bank):
    QuestionVersion.objects.update(document="Luật Công đoàn 2024")
    cite(bank, "Q0-00", "Bộ luật Lao động 2019 (45/2019/QH14)", "khoản 2 Điều 35")
    cite(bank, "Q0-01", "BỘ LUẬT  LAO ĐỘNG 2019", "Điều 34, 35")
    cite(bank, "Q0-02", "Bộ luật Lao động 2019", "Điều 351")
    cite(bank, "Q0-03", "Bộ luật Lao động 2012", "Điều 35")

    amendment, count = amend(
        bank=bank, document="bo luat lao dong 2019", article="Điều 35", since=date(2027, 1, 1), note="", by=union.olga, now=NOW
    )  # fmt: skip

    flagged = AmendmentFlag.objects.filter(amendment=amendment).values_list("version__question__code", flat=True)
    assert (count, sorted(flagged)) == (2, ["Q0-00", "Q0-01"])
    page = olga.get(reverse("organizer_bank", args=[bank.public_id]), {"look": "flagged"}).content.decode()
    assert "Q0-00" in page
    assert "Q0-02" not in page


def test_a_new_version_or_a_persons_word_takes_the_flag_away(union, olga, bank):
    cite(bank, "Q0-00", "Bộ luật Lao động 2019", "Điều 35")
    cite(bank, "Q0-01", "Bộ luật Lao động 2019", "Điều 35")
    amend(
        bank=bank,
        document="Bộ luật Lao động 2019",
        article="Điều 35",
        since=date(2027, 1, 1),
        note="",
        by=union.olga,
        now=NOW,
    )

    still_right(question=question_of(bank, "Q0-00"), number=1, by=union.olga, now=NOW)
    post(olga, bank, "organizer_edit_question", as_sent(question_of(bank, "Q0-01"), stem="Theo luật mới thì sao?"))

    page = olga.get(reverse("organizer_bank", args=[bank.public_id]), {"look": "flagged"}).content.decode()
    assert "Không có câu nào khớp" in page
    assert AmendmentFlag.objects.get(version__question__code="Q0-00").cleared_by == union.olga
    assert "còn 0 trong 2 câu" in olga.get(reverse("organizer_amendments", args=[bank.public_id])).content.decode()


def test_the_amendment_page_shows_what_it_would_flag_before_it_does(olga, bank):
    address = reverse("organizer_amendments", args=[bank.public_id])
    asked = {"document": "Bộ luật Lao động 2019", "article": "Điều 1", "since": "2027-01-01", "note": ""}

    assert "24 câu trích điều này" in olga.get(address, asked).content.decode()
    assert not AmendmentFlag.objects.exists()
    assert olga.post(address, asked).status_code == 302
    assert AmendmentFlag.objects.count() == 24
    assert "Không có câu đang dùng nào" in olga.post(address, asked | {"article": "Điều 999"}).content.decode()


def test_retired_questions_and_old_versions_are_not_flagged(union, olga, bank):
    question = question_of(bank)
    question.retired_at = NOW
    question.save()

    assert "Q0-00" not in [version.question.code for version in citing(bank, "Bộ luật Lao động 2019", "Điều 1")]
