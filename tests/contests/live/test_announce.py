"""Announcements and clarifications: who reads them, how they are corrected and taken back, and what members ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions.announce import announce, answer_member, ask_organizers, withdraw
from contests.errors import ContestError
from contests.models import Announcement, AttemptEvent, AuditRecord, ContestEvent, MemberQuestion, QuestionVersion
from contests.queries.announcements import public_news, said_in, sitting_news, version_by_code
from tests import make
from tests.contests.organizer.cases import running

pytestmark = pytest.mark.django_db


def say(contest, union, text="Phòng thi kéo dài thêm 5 phút.", **more):
    return announce(contest=contest, text=text, by=union.olga, now=timezone.now(), **more)


def texts(attempt):
    return [one.text for one in sitting_news(attempt).items]


def held(attempt) -> QuestionVersion:
    return QuestionVersion.objects.select_related("question").get(pk=attempt.paper[1][0])


def not_held(attempt) -> QuestionVersion:
    on_paper = [version for version, _ in attempt.paper]
    return QuestionVersion.objects.select_related("question").exclude(pk__in=on_paper).first()


def test_everybody_reads_what_is_said_to_all(union, contest, client, bob):
    attempt = running(union.bob, contest)

    say(contest, union)

    for address in (f"/cuoc-thi/{contest.slug}/", f"/bang-xep-hang/{contest.slug}/"):
        assert "Phòng thi kéo dài thêm 5 phút." in client.get(address).content.decode(), address
    assert texts(attempt) == ["Phòng thi kéo dài thêm 5 phút."]
    assert "Phòng thi kéo dài thêm 5 phút." in bob.get(f"/thi/{attempt.public_id}/").content.decode()


def test_words_about_a_question_reach_only_those_who_have_it(union, contest, client):
    attempt = running(union.bob, contest)

    say(contest, union, "Số giờ hiểu là giờ mỗi tuần.", version=held(attempt))
    say(contest, union, "Câu này nói về năm 2024.", version=not_held(attempt))

    [news] = sitting_news(attempt).items
    assert (news.text, news.kind, news.place) == ("Số giờ hiểu là giờ mỗi tuần.", "question", 2)
    assert public_news(contest) == []
    for address in (f"/cuoc-thi/{contest.slug}/", f"/bang-xep-hang/{contest.slug}/"):
        page = client.get(address).content.decode()
        assert "Số giờ hiểu" not in page
        assert "năm 2024" not in page


def test_words_about_a_question_reach_papers_with_another_version_of_it(union, contest):
    old, new = running(union.bob, contest), running(union.alice, contest)
    drawn = held(old)
    QuestionVersion.objects.filter(pk=drawn.pk).update(is_current=False)
    changed = QuestionVersion.objects.get(pk=drawn.pk)
    changed.pk, changed.number, changed.is_current = None, 2, True
    changed.save(force_insert=True)
    new.paper = [[changed.pk, new.paper[0][1]]]
    new.save(update_fields=["paper"])

    say(contest, union, "Về bản mới của câu.", version=version_by_code(contest, drawn.question.code))
    say(contest, union, "Về bản cũ của câu.", version=drawn)

    assert sorted(texts(old)) == sorted(texts(new)) == ["Về bản cũ của câu.", "Về bản mới của câu."]
    assert {one.place for one in sitting_news(old).items} == {2}


def test_a_round_reads_its_own(union, contest):
    first = contest.rounds.get()
    other = contest.rounds.create(
        number=2, title="Tuần 2", opens_at=first.closes_at, closes_at=first.closes_at + timedelta(days=7), rules=first.rules
    )  # fmt: skip
    attempt = running(union.bob, contest)

    say(contest, union, "Chỉ tuần một.", round_=first)
    say(contest, union, "Chỉ tuần hai.", round_=other)

    assert texts(attempt) == ["Chỉ tuần một."]


def test_a_correction_replaces_and_keeps_the_audience_and_the_history(union, contest):
    attempt = running(union.bob, contest)
    first = say(contest, union, "Về câu hai, bản sai.", version=held(attempt))

    second = say(contest, union, "Về câu hai, bản đúng.", replaces=first)

    assert texts(attempt) == ["Về câu hai, bản đúng."]
    assert second.version == first.version
    assert [(row.text, row.ended_at is None) for row in said_in(contest)] == [
        ("Về câu hai, bản đúng.", True), ("Về câu hai, bản sai.", False),
    ]  # fmt: skip
    with pytest.raises(ContestError) as refused:
        say(contest, union, "Về câu hai, bản thứ ba.", replaces=first)
    assert refused.value.code == "ended"


def test_what_is_withdrawn_is_shown_to_nobody_and_everything_is_in_the_log(union, contest, client):
    row = say(contest, union)

    withdraw(announcement=row, by=union.olga, now=timezone.now())

    assert public_news(contest) == []
    assert "kéo dài thêm 5 phút" not in client.get(f"/cuoc-thi/{contest.slug}/").content.decode()
    with pytest.raises(ContestError):
        withdraw(announcement=row, by=union.olga, now=timezone.now())
    assert list(ContestEvent.objects.order_by("pk").values_list("what", "actor")) == [
        ("announced", union.olga.pk), ("announcement_withdrawn", union.olga.pk),
    ]  # fmt: skip
    logged = AuditRecord.objects.filter(contest=contest.pk, what__startswith="contest.announce")
    assert list(logged.order_by("pk").values_list("what", flat=True)) == [
        "contest.announced",
        "contest.announcement_withdrawn",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "text"), ("   \n ", "text"), ("12345", "text"), ("a" * 501, "text"), ("\u200b\u200b\u200babc", "text")],
)
def test_words_must_say_something_and_be_short(union, contest, text, code):
    with pytest.raises(ContestError) as refused:
        say(contest, union, text)

    assert refused.value.code == code
    assert not Announcement.objects.exists()


def test_a_question_of_another_bank_and_a_draft_are_refused(union, contest):
    foreign = make.make_question(
        make.make_bank(union.province_b, topics=(), each=0), contest.bank.topics.first(), "LA-1"
    )
    with pytest.raises(ContestError) as refused:
        say(contest, union, version=foreign)
    assert refused.value.code == "version"

    contest.state = "draft"
    contest.save(update_fields=["state"])
    with pytest.raises(ContestError) as refused:
        say(contest, union)
    assert refused.value.code == "draft"


def test_text_is_plain_wherever_it_stands(union, contest, client):
    say(contest, union, "Đọc kỹ <script>alert(1)</script> trước khi nộp")
    attempt = running(union.bob, contest)
    client.force_login(union.bob)

    for address in (f"/cuoc-thi/{contest.slug}/", f"/thi/{attempt.public_id}/"):
        assert "<script>alert(1)" not in client.get(address).content.decode(), address


# --- What members ask ----------------------------------------------------------------------------------------------
def ask(attempt, text="Câu này tính cả ngày lễ không ạ?", question=2, after=0):
    return ask_organizers(attempt=attempt, question=question, text=text, now=timezone.now() + timedelta(seconds=after))


def test_a_question_is_answered_to_the_one_who_asked(union, contest):
    attempt, other = running(union.bob, contest), running(union.alice, contest)
    asked = ask(attempt)
    assert sitting_news(attempt).asking

    answer_member(question=asked, text="Không tính ngày lễ.", by=union.olga, now=timezone.now())

    [news] = sitting_news(attempt).items
    assert (news.kind, news.text, news.asked, news.place) == (
        "answer",
        "Không tính ngày lễ.",
        "Câu này tính cả ngày lễ không ạ?",
        2,
    )
    assert not sitting_news(attempt).asking
    assert texts(other) == []
    assert list(AttemptEvent.objects.order_by("pk").values_list("what", flat=True)) == [
        "organizers_asked",
        "organizers_answered",
    ]
    with pytest.raises(ContestError) as refused:
        answer_member(question=asked, text="Không tính ngày lễ.", by=union.olga, now=timezone.now())
    assert refused.value.code == "answered"


def test_an_answer_to_all_becomes_words_about_that_question(union, contest):
    attempt = running(union.bob, contest)

    answer_member(question=ask(attempt), text="Không tính ngày lễ.", by=union.olga, now=timezone.now(), to_all=True)

    row = Announcement.objects.get()
    assert (row.version_id, row.text) == (attempt.paper[1][0], "Không tính ngày lễ.")


def test_three_questions_an_attempt_and_half_a_minute_between(union, contest):
    attempt = running(union.bob, contest)
    ask(attempt)
    with pytest.raises(ContestError) as refused:
        ask(attempt, after=10)
    assert refused.value.code == "too_fast"
    ask(attempt, after=31)
    ask(attempt, after=62)

    with pytest.raises(ContestError) as refused:
        ask(attempt, after=120)

    assert refused.value.code == "too_many"
    assert MemberQuestion.objects.count() == 3


def test_who_does_not_sit_any_more_asks_nothing(union, contest):
    attempt = running(union.bob, contest)

    with pytest.raises(ContestError) as refused:
        ask(attempt, after=3600)

    assert refused.value.code == "closed"


@pytest.mark.parametrize(
    ("question", "text"), [(99, "Câu này là sao ạ?"), (0, "Câu này là sao ạ?"), (1, "?"), (1, "a" * 301)]
)
def test_bad_questions_are_refused(union, contest, question, text):
    with pytest.raises(ContestError):
        ask(running(union.bob, contest), text, question)

    assert not MemberQuestion.objects.exists()


# --- Pages ---------------------------------------------------------------------------------------------------------
def test_the_page_of_the_member(union, contest, bob, client):
    attempt = running(union.bob, contest)
    address = reverse("ask", args=[attempt.public_id])

    assert "Lượt này còn gửi được 3 câu hỏi." in bob.get(address).content.decode()
    assert bob.post(address, {"question": "2", "text": ""}).status_code == 200
    assert bob.post(address, {"question": "2", "text": "Câu này tính cả ngày lễ không ạ?"}).status_code == 302
    page = bob.get(address).content.decode()
    assert "Đang chờ" in page
    again = bob.post(address, {"question": "", "text": "Còn một điều nữa ạ"})
    assert "Hãy chờ nửa phút" in again.content.decode()
    assert "Còn một điều nữa ạ" in again.content.decode(), "what was typed stays"
    client.force_login(union.alice)
    assert client.get(address).status_code == 404
    assert client.get(reverse("news", args=[attempt.public_id])).status_code == 404


def test_a_sitting_asks_for_news_in_one_query_however_many(union, contest, django_assert_num_queries):
    attempt = running(union.bob, contest)
    for number in range(3):
        say(contest, union, f"Thông báo số {number} của ban tổ chức", version=held(attempt) if number else None)

    with django_assert_num_queries(1):
        assert len(sitting_news(attempt).items) == 3


def test_the_console_says_corrects_and_withdraws(union, contest, olga):
    code = QuestionVersion.objects.first().question.code
    address = reverse("organizer_announcements", args=[contest.slug])

    assert olga.post(address, {"whom": "all", "text": "Chào các bạn dự thi."}).status_code == 302
    assert olga.post(address, {"whom": "1", "text": "Đợt một kéo dài."}).status_code == 302
    assert olga.post(address, {"whom": "question", "code": code, "text": "Về câu này."}).status_code == 302
    bad = olga.post(address, {"whom": "question", "code": "khong-co", "text": "Về câu này."})
    assert "Không có câu mang mã này" in bad.content.decode()
    assert "Về câu này." in bad.content.decode()
    assert Announcement.objects.count() == 3
    row = Announcement.objects.get(text="Đợt một kéo dài.")
    one = reverse("organizer_announcement", args=[contest.slug, row.public_id])
    assert "Đợt một kéo dài." in olga.get(one).content.decode()
    assert olga.post(one, {"act": "correct", "text": "Đợt một kéo dài đến 21 giờ."}).status_code == 302
    assert olga.post(one, {"act": "withdraw"}).status_code == 302  # too late: told in a message
    assert Announcement.objects.get(text="Đợt một kéo dài đến 21 giờ.").ended_at is None
    page = olga.get(address).content.decode()
    assert "Đã sửa" in page
    assert f"Câu {code}" in page


def test_the_console_answers(union, contest, olga):
    asked = ask(running(union.bob, contest))
    queue = reverse("organizer_questions", args=[contest.slug])
    one = reverse("organizer_answer", args=[contest.slug, asked.public_id])

    assert "Câu này tính cả ngày lễ không ạ?" in olga.get(queue).content.decode()
    assert "trên đề của người hỏi" in olga.get(one).content.decode()
    assert olga.post(one, {"text": ""}).status_code == 200
    assert olga.post(one, {"text": "Không tính ngày lễ."}).status_code == 302

    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == ("Không tính ngày lễ.", union.olga)
    assert "Đã được trả lời" not in olga.get(queue).content.decode()
