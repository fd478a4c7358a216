"""Attempts in the console: found by name or receipt, seen with what came late, decided with a reason."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contests.models import Attempt, AttemptEvent, Contest, Extension, LateAnswer, Round, Standing
from contests.rules.settings import Review
from tests import make
from tests.contests.organizer.cases import came_late, choices, graded, running
from tests.contests.organizer.sent import local

pytestmark = pytest.mark.django_db

REASON = "Làm hộ, có biên bản ngày 22/11."


def list_of(contest) -> str:
    return reverse("organizer_attempts", args=[contest.slug])


def page_of(attempt) -> str:
    return reverse("organizer_attempt", args=[attempt.round.contest.slug, attempt.public_id])


def names(reply) -> list[str]:
    return [attempt.entry.member.full_name for attempt in reply.context["page"]]


def text_of(reply) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", reply.content.decode()).split())


# --- The list ------------------------------------------------------------------------------------------------------
def test_an_empty_list_says_so(olga, contest):
    assert "Chưa có lượt thi nào" in text_of(olga.get(list_of(contest)))
    assert "Không có lượt thi nào khớp" in text_of(olga.get(list_of(contest), {"q": "không có ai"}))


def test_a_row_tells_who_when_what_and_how_many_came_late(union, olga, contest):
    attempt = graded(union.alice, contest, right=[1, 2, 3])
    came_late(attempt, {4: [0]})

    text = text_of(olga.get(list_of(contest)))

    for word in ("Trần Thị Ánh", "CĐCS Công ty Cổ phần May Sông Cầu", "Tuần 1, lượt 1", "Đã chấm"):
        assert word in text
    [row] = olga.get(list_of(contest)).context["page"]
    assert (row.points, row.late, row.late_open) == (300, 1, 1)


@pytest.mark.parametrize("text", ["tran thi anh", "Ánh", "ÁNH trần"])
def test_found_by_name_without_accents(union, olga, contest, text):
    graded(union.alice, contest)
    graded(union.bob, contest)

    assert names(olga.get(list_of(contest), {"q": text})) == ["Trần Thị Ánh"]


def test_found_by_phone_mail_and_receipt(union, olga, contest):
    graded(union.bob, contest)
    alice = graded(union.alice, contest)
    union.alice.email = "anh@example.vn"
    union.alice.save()

    for text in (union.alice.login_name, union.alice.phone, "Anh@Example.vn", alice.receipt, alice.receipt.lower()):
        assert names(olga.get(list_of(contest), {"q": text})) == ["Trần Thị Ánh"], text


def test_the_filters(union, olga, contest):
    first = graded(union.alice, contest)
    came_late(first, {4: [0]})
    running(union.bob, contest)
    everybody = ["Lê Văn Bình", "Trần Thị Ánh"]

    for asked, found in (
        ({}, everybody),
        ({"state": "sitting"}, ["Lê Văn Bình"]),
        ({"state": "graded"}, ["Trần Thị Ánh"]),
        ({"state": "waiting"}, []),
        ({"state": "voided"}, []),
        ({"state": "regraded"}, []),
        ({"late": "on"}, ["Trần Thị Ánh"]),
        ({"round": "1"}, everybody),
        ({"round": "2"}, everybody),  # no such round: asks for all
    ):
        assert names(olga.get(list_of(contest), asked)) == found, asked

    Attempt.objects.filter(state="started").update(
        deadline=timezone.now() - timedelta(hours=1), accepts_until=timezone.now() - timedelta(hours=1)
    )
    assert names(olga.get(list_of(contest), {"state": "sitting"})) == []
    assert names(olga.get(list_of(contest), {"state": "waiting"})) == ["Lê Văn Bình"]
    LateAnswer.objects.update(accepted_at=timezone.now())
    assert names(olga.get(list_of(contest), {"late": "on"})) == []


def test_twenty_five_a_page_the_latest_first(union, olga, contest):
    for number in range(26):
        running(make.make_member(f"Thí Sinh {number:02d}", union.factory_a), contest)

    first = olga.get(list_of(contest))
    second = olga.get(list_of(contest), {"page": "2", "state": "sitting"})

    assert len(names(first)) == 25
    assert names(first)[0] == "Thí Sinh 25"
    assert names(second) == ["Thí Sinh 00"]
    assert "state=sitting" in second.content.decode()


def test_the_list_asks_as_often_for_many_rows_as_for_one(union, olga, contest):
    graded(union.alice, contest)
    olga.get(list_of(contest))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            olga.get(list_of(contest), {"q": "a"})
        counts.append(len(queries))
        for number in range(6):
            came_late(graded(make.make_member(f"Anh {counts[0]}{number}", union.factory_a), contest), {1: [0], 2: [1]})

    assert counts[0] == counts[1] <= 11, [query["sql"][:90] for query in queries.captured_queries]


# --- One attempt ---------------------------------------------------------------------------------------------------
def test_late_answers_stand_beside_what_counts(union, olga, contest):
    attempt = graded(union.alice, contest, right=[1], wrong=[2])
    came_late(attempt, {2: choices(attempt, [2])[2]})
    came_late(attempt, {3: [1]}, seconds=75, cause="elsewhere")

    reply = olga.get(page_of(attempt))
    text = text_of(reply)

    assert "12 giây sau khi nộp bài" in text
    assert "1 phút 15 giây sau khi nộp bài, từ máy không còn giữ bài" in text
    second, third = reply.context["view"].late
    assert second.counts
    assert second.came != second.counts
    assert (third.counts, third.came) == ("", "B")


def test_what_came_in_time_from_a_device_without_the_sitting_is_told_so(union, olga, contest):
    attempt = running(union.alice, contest)
    came_late(attempt, {1: [0]}, seconds=-30, cause="elsewhere")
    AttemptEvent.objects.create(attempt=attempt, what="taken_over", detail={"epoch": 2}, at=timezone.now())

    text = text_of(olga.get(page_of(attempt)))

    assert "trong giờ, nhưng từ máy không còn giữ bài" in text
    assert "Chuyển bài sang máy khác" in text
    assert "Đổi máy 1 lần" in text
    assert "chưa chấm xong nên chưa huỷ" in text


def test_no_key_shows_before_members_may_see_it(union, olga, bank):
    contest = make.make_contest(union, bank, review=Review.EXPLANATION)
    attempt = graded(union.alice, contest, right=[1], wrong=[2])
    came_late(attempt, {2: choices(attempt, [2])[2], 3: choices(attempt, [], [3])[3]})

    closed = olga.get(page_of(attempt))
    Round.objects.update(closes_at=timezone.now() - timedelta(minutes=10))
    opened = olga.get(page_of(attempt))

    assert [late.right for late in closed.context["view"].late] == [None, None]
    assert [given.right for given in closed.context["view"].given] == [None, None]
    assert "chưa được xem đáp án" in text_of(closed)
    assert [late.right for late in opened.context["view"].late] == [True, False]
    assert [given.right for given in opened.context["view"].given] == [True, False]
    assert "Nội dung câu hỏi" not in opened.content.decode()


def test_the_page_asks_as_often_for_many_answers_as_for_few(union, olga, contest):
    few, many = graded(union.alice, contest, right=[1]), graded(union.bob, contest, right=[1, 2, 3])
    came_late(many, {3: [1], 4: [0]})
    AttemptEvent.objects.create(attempt=many, what="taken_over", actor=None, at=timezone.now())
    addresses = [page_of(few), page_of(many)]
    olga.get(addresses[0])
    counts = []
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert olga.get(address).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 13, [query["sql"][:90] for query in queries.captured_queries]


def test_the_trial_shows_points_and_saves_nothing(union, olga, contest):
    attempt = graded(union.alice, contest, right=[1], wrong=[2])
    came_late(attempt, choices(attempt, [2, 3]))

    plain, tried = olga.get(page_of(attempt)), olga.get(page_of(attempt), {"thu": "1"})

    assert "Chưa lưu gì cả" not in text_of(plain)
    assert "Nếu tính 2 câu đến trễ: số câu đúng từ 1 thành 3, điểm từ 1 thành 3. Chưa lưu gì cả." in text_of(tried)
    attempt.refresh_from_db()
    assert (attempt.points, attempt.state, LateAnswer.objects.filter(accepted_at=None).count()) == (100, "graded", 2)


# --- Decisions -----------------------------------------------------------------------------------------------------
def test_voiding(union, olga, contest):
    attempt = graded(union.alice, contest)

    reply = olga.post(page_of(attempt), {"act": "void", "reason": REASON}, follow=True)

    attempt.refresh_from_db()
    assert attempt.state == "voided"
    assert not Standing.objects.exists()
    text = text_of(reply)
    assert "Đã huỷ kết quả. Lượt thi không được tính nữa." in text
    assert f"Lý do: {REASON}" in text
    assert "Huỷ kết quả, lúc ấy được 2 điểm" in text
    assert "Nguyễn Thị Ơn" in text
    assert not Extension.objects.exists()


def test_voiding_with_a_retake_gives_one_attempt_more(union, olga, contest):
    attempt = graded(union.alice, contest)

    olga.post(page_of(attempt), {"act": "void", "reason": REASON, "retake": "on"})

    attempt.refresh_from_db()
    given = Extension.objects.get()
    assert attempt.state == "voided"
    assert (given.member, given.extra_attempts, given.extra_minutes, given.reason) == (union.alice, 1, 0, REASON)
    for _ in range(2):  # of two allowed, one is used; with the extra one two are left
        graded(union.alice, contest)


def test_a_retake_that_is_refused_voids_nothing_and_keeps_what_was_typed(union, olga, contest):
    attempt = graded(union.alice, contest)
    Round.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    data = {"act": "void", "reason": "Mất điện cả xóm", "retake": "on"}
    reply = olga.post(page_of(attempt), data)

    assert reply.context["forms"]["void"].errors["closes_at"] == [
        "Đợt thi đã đóng. Muốn cho thi tiếp, hãy chọn thêm giờ đóng mới."
    ]
    assert "Mất điện cả xóm</textarea>" in reply.content.decode()
    assert 'id="void-retake" checked' in reply.content.decode()
    attempt.refresh_from_db()
    assert (attempt.state, Extension.objects.count(), AttemptEvent.objects.count()) == ("graded", 0, 0)

    olga.post(page_of(attempt), data | {"closes_at": local(timezone.now() + timedelta(hours=2))})
    attempt.refresh_from_db()
    assert attempt.state == "voided"
    assert running(union.alice, contest).number == 2


def test_a_retake_where_only_others_have_time_asks_for_a_close(union, olga, contest):
    attempt = graded(union.alice, contest)
    now = timezone.now()
    Round.objects.update(closes_at=now - timedelta(minutes=1), extended_until=now + timedelta(hours=1))
    Extension.objects.create(
        round=contest.rounds.get(),
        unit=union.school_a,
        closes_at=now + timedelta(hours=1),
        reason="Mưa",
        created_at=now,
    )

    reply = olga.post(page_of(attempt), {"act": "void", "reason": REASON, "retake": "on"})

    assert "đã đóng với người này" in str(reply.context["forms"]["void"].errors["closes_at"])
    attempt.refresh_from_db()
    assert (attempt.state, Extension.objects.count()) == ("graded", 1)


def test_restoring(union, olga, contest):
    attempt = graded(union.alice, contest)
    olga.post(page_of(attempt), {"act": "void", "reason": REASON})

    reply = olga.post(page_of(attempt), {"act": "restore", "reason": "Xác minh lại: không vi phạm."}, follow=True)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == ("graded", 200)
    assert Standing.objects.count() == 2
    assert "Khôi phục kết quả" in text_of(reply)


def test_accepting_what_came_late(union, olga, contest):
    attempt = graded(union.alice, contest, right=[1], wrong=[2])
    came_late(attempt, choices(attempt, [2, 3]))

    reply = olga.post(page_of(attempt), {"act": "late", "reason": "Mạng của trường đứt."}, follow=True)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.points, attempt.right) == ("regraded", 300, 3)
    text = text_of(reply)
    assert "Đã tính 2 câu đến trễ và chấm lại." in text
    assert "trước đó được 1 điểm" in text
    assert "bỏ trống thành" in text
    assert "đã tính" in text


@pytest.mark.parametrize(
    ("act", "before", "said"),
    [
        ("void", "started", "chưa chấm xong"),
        ("void", "voided", "đã bị huỷ kết quả trước đó"),
        ("restore", "graded", "đang được tính"),
        ("restore", "started", "chưa chấm xong"),
        ("late", "graded", "không có câu trả lời đến trễ nào"),
        ("late", "voided", "Hãy khôi phục nó trước"),
    ],
)
def test_each_refusal_is_told_and_keeps_the_reason(union, olga, contest, act, before, said):
    attempt = running(union.alice, contest) if before == "started" else graded(union.alice, contest)
    if before == "voided":
        Attempt.objects.update(state="voided")

    reply = olga.post(page_of(attempt), {"act": act, "reason": "Lý do đã gõ ở đây"})

    assert reply.status_code == 200
    assert said in text_of(reply)
    assert "Lý do đã gõ ở đây</textarea>" in reply.content.decode()
    attempt.refresh_from_db()
    assert attempt.state == before
    assert not AttemptEvent.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "abc", "\u200b" * 20, "x" * 501, "Có ký tự \0 lạ"])
@pytest.mark.parametrize("act", ["void", "restore", "late"])
def test_no_decision_without_a_reason(union, olga, contest, act, reason):
    attempt = graded(union.alice, contest)
    came_late(attempt, {4: [0]})
    if act == "restore":
        Attempt.objects.update(state="voided")
    before = Attempt.objects.values().get()

    reply = olga.post(page_of(attempt), {"act": act, "reason": reason})

    assert reply.status_code == 200
    assert reply.context["forms"][act].errors["reason"]
    assert Attempt.objects.values().get() == before
    assert not AttemptEvent.objects.exists()


def test_a_decision_takes_no_attempt_out_of_the_figures(union, olga, contest):
    attempt = graded(union.alice, contest)
    figures = reverse("organizer_figures", args=[contest.slug])

    for act, reason in (("void", REASON), ("restore", "Xác minh lại.")):
        olga.post(page_of(attempt), {"act": act, "reason": reason})
        assert olga.get(figures).json()["graded"] == "1", act


# --- Doors and strange input ---------------------------------------------------------------------------------------
def test_looking_writes_nothing(union, olga, contest):
    attempt = graded(union.alice, contest)
    came_late(attempt, {4: [0]})
    addresses = (
        list_of(contest), page_of(attempt), page_of(attempt) + "?thu=1", page_of(attempt) + "?act=void&reason=Vì+thế+thôi"
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        for address in addresses:
            assert olga.get(address).status_code == olga.head(address).status_code == 200
            assert olga.head(address).content == b""
    for query in queries.captured_queries:
        assert not re.match(r"(?i)insert|delete|update contests", query["sql"]), query["sql"]


def test_an_attempt_of_another_contest_is_not_found(union, olga, contest):
    attempt = graded(union.alice, contest)
    other = Contest.objects.create(
        slug="khac",
        title="Khác",
        organizer=union.province_a,
        audience=union.province_a,
        bank=contest.bank,
        state="open",
    )

    assert olga.get(reverse("organizer_attempt", args=[other.slug, attempt.public_id])).status_code == 404
    assert names(olga.get(list_of(other))) == []


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%F0%9F%98%80%ED%A0%80", "q=" + "a" * 5000, "q=%25_%27%22--", "q=a%40b%00", "page=-1", "page=9999999999999999999999",
        "page=abc", "round=9999999999999999999999", "round=-1", "round=%00", "state=%00", "state=drop", "late=%00", "q=" + "9" * 400,
        "q[]=1&q=2&round=1&round=2",
    ],
)  # fmt: skip
def test_strange_questions_are_no_fault(union, olga, contest, query):
    graded(union.alice, contest)

    assert olga.get(f"{list_of(contest)}?{query}").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {}, {"act": "drop"}, {"act": "\0"}, {"act": "void"}, {"act": "void", "reason": "y" * 200_000},
        {"act": "void", "reason": REASON, "retake": "on", "closes_at": "hôm qua"},
        {"act": "void", "reason": REASON, "retake": "on", "closes_at": "9999-99-99T99:99"},
        {"act": "void", "reason": REASON, "retake": "on", "closes_at": "2020-01-01T00:00"},
    ],
)  # fmt: skip
def test_strange_decisions_change_nothing(union, olga, contest, data):
    attempt = graded(union.alice, contest)

    assert olga.post(page_of(attempt), data).status_code == 200
    attempt.refresh_from_db()
    assert attempt.state == "graded"
    assert not Extension.objects.exists()


@pytest.mark.parametrize(
    "tail", ["khong-phai-ma/", "00000000-0000-0000-0000-000000000000/", "%00/", "../../", "x" * 3000 + "/"]
)
def test_odd_addresses_are_not_found(olga, contest, tail):
    assert olga.get(list_of(contest) + tail).status_code == 404
