"""Where a question was asked and how it did, and what the page of a question shows of its versions."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import Scope
from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import KeyRuling, Question, QuestionVersion, Round
from contests.pages.organizer_questions import _percent, _verdict
from contests.queries.question_use import figures_of, uses_of
from tests import make
from tests.contests.bank.test_edit import as_sent, post, question_of
from tests.contests.organizer.cases import choices, round_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sat(union):
    """A round over: Alice all right, Bob all wrong, Charlie's place empty; each paper holds all four questions of the bank."""
    bank = make.make_bank(union.province_a, topics=("A",), each=4)
    began = timezone.now() - timedelta(hours=3)
    contest = make.make_contest(union, bank, opens_at=began, hours=4)
    round_ = round_of(contest)
    Round.objects.filter(pk=round_.pk).update(rules=round_.rules | {"draw": [{"topic": "A", "count": 4}]})
    for member, right, wrong in ((union.alice, [1, 2, 3, 4], []), (union.bob, [], [1, 2, 3, 4])):
        attempt = start_attempt(member=member, round_=round_of(contest), now=began + timedelta(minutes=1))
        answers = choices(attempt, right, wrong)
        save_form(attempt=attempt, choices=answers, now=began + timedelta(minutes=5), submit=True)
    grade_pending(now=began + timedelta(minutes=6))
    return contest


def close(contest):
    Round.objects.update(closes_at=timezone.now() - timedelta(minutes=1))


def a_question(contest) -> Question:
    return question_of(contest.bank, "Q0-00")


def test_nothing_is_told_of_an_open_round(sat):
    assert figures_of(a_question(sat), timezone.now()) == []


def test_how_it_did(sat):
    close(sat)

    [one] = figures_of(a_question(sat), timezone.now())

    found = one.figures
    assert (found.papers, found.right, found.empty, found.few) == (2, 1, 0, True)
    assert (found.chosen[0], sum(found.chosen)) == (1, 2), "in the author's order, whatever the papers showed"
    assert found.discrimination is None, "two papers make no groups"


def test_an_extension_keeps_it_open(sat):
    close(sat)
    Round.objects.update(extended_until=timezone.now() + timedelta(hours=1))

    assert figures_of(a_question(sat), timezone.now()) == []


def test_a_ruling_counts_and_a_voided_question_is_left_out(union, sat):
    close(sat)
    version = a_question(sat).versions.get()
    ruling = KeyRuling.objects.create(
        contest=sat, version=version, what="accept_also", key=[0, 1, 2, 3], reason="Nhận cả", at=timezone.now(), applied_at=timezone.now()
    )  # fmt: skip
    [one] = figures_of(a_question(sat), timezone.now())
    assert one.figures.right == 2

    KeyRuling.objects.filter(pk=ruling.pk).update(what="void", key=[])
    [one] = figures_of(a_question(sat), timezone.now())
    assert (one.figures.papers, one.voided) == (0, 1)


def test_where_it_was_asked(union, sat):
    everything = uses_of(a_question(sat), Scope((union.province_a.path,)))
    nothing = uses_of(a_question(sat), Scope((union.ward_a.path,)))

    [line] = everything.lines
    assert (line.round.contest.title, line.number, line.attempts, line.people) == (sat.title, 1, 2, 2)
    assert (nothing.lines, nothing.elsewhere) == ([], 2)


def test_the_page(olga, sat):
    close(sat)
    page = olga.get(reverse("organizer_question_figures", args=[sat.bank.public_id]) + "?ma=Q0-00").content.decode()

    assert "50,0 %" in page
    assert "Mới 2 lượt" in page
    assert sat.title in page


def test_shares_are_rounded_and_few_papers_get_no_verdict():
    assert _percent(Fraction(2, 7)) == "28,6 %"
    assert "ít lượt" in _verdict(Fraction(1), few=True)
    assert _verdict(Fraction(3, 10), few=False) == "tốt"
    assert "đáp án" in _verdict(Fraction(-1, 10), few=False)


def test_a_question_that_nobody_had(olga, bank):
    page = olga.get(reverse("organizer_question_figures", args=[bank.public_id]) + "?ma=Q0-00").content.decode()

    assert "Chưa có số liệu" in page
    assert "Chưa đề nào có câu này" in page


def test_the_page_of_a_question_shows_what_each_version_changed(olga, bank):
    question = question_of(bank)
    post(olga, bank, "organizer_edit_question", as_sent(question, stem="Nội dung câu hỏi đã sửa?", option_b="Khác hẳn"))

    page = olga.get(reverse("organizer_question", args=[bank.public_id]) + "?ma=Q0-00").content.decode()

    assert "Bản 2 đổi gì so với bản 1" in page
    assert "<del>Q0-00</del><ins>đã sửa</ins>?" in page
    assert QuestionVersion.objects.filter(question=question).count() == 2
