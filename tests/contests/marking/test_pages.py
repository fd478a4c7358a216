"""The marking pages: the queue and its counts, one essay, bad input, and that nothing on them tells who wrote it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.scope import Scope
from contests.actions.awards import propose_winners
from contests.actions.contest import open_contest
from contests.actions.rulings import void_attempt
from contests.errors import ContestError
from contests.models import Contest, EssayMark, Question, Round
from contests.queries.marking import queue_of
from contests.queries.preflight import preflight
from contests.queries.winners import outlook
from contests.rules.settings import DrawPart, ShowAfter, dump, parse_round_rules
from tests import make
from tests.contests.marking.cases import ESSAY, TEXT, essay_contest, mark, marker, wrote

pytestmark = pytest.mark.django_db

COPY = " ".join(f"Năm thứ {number}, tổ công đoàn của tôi giúp {number} gia đình khó khăn." for number in range(12))


@pytest.fixture
def contest(union):
    return essay_contest(union)


def client_of(member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def olga(union) -> Client:
    return client_of(union.olga)


def queue_address(contest) -> str:
    return reverse("organizer_marking", args=[contest.slug])


def essay_address(contest, attempt, marker_id: int = 0, question: int = ESSAY) -> str:
    [essay] = [
        one for one in queue_of(contest, marker_id).essays if (one.attempt, one.question) == (attempt.pk, question)
    ]
    return reverse("organizer_essay", args=[contest.slug, essay.number])


def text_of(reply) -> str:
    main = reply.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# --- The queue -----------------------------------------------------------------------------------------------------
def test_no_essay_yet(olga, contest):
    assert "Chưa có bài tự luận nào để chấm" in text_of(olga.get(queue_address(contest)))


def test_the_counts_are_of_what_counts(union, olga, contest):
    people = [union.alice, union.bob, *(make.make_member(f"Người {n}", union.factory_a) for n in range(4))]
    essays = [wrote(member, contest, text=f"Bài {number}.") for number, member in enumerate(people)]
    wrote(make.make_member("Bỏ Trống", union.factory_a), contest, text="")
    second, third = marker(union, "Hai"), marker(union, "Ba")
    mark(essays[1], second, 50)
    for who, credit in ((second, 0), (third, 90)):
        mark(essays[2], who, credit)
    for who in (second, third):
        mark(essays[3], who, 70)
    void_attempt(attempt=essays[4], by=union.olga, reason="Nhờ người thi hộ", now=timezone.now())

    reply = olga.get(queue_address(contest))

    assert {str(step): count for step, count in reply.context["steps"].items()} == {
        "new": 2, "one": 1, "apart": 1, "done": 1
    }  # fmt: skip
    assert "Bạn đã chấm 0 bài, còn chấm được 4 bài" in text_of(reply)
    assert "Bạn đã chấm 3 bài, còn chấm được 2 bài" in text_of(client_of(second).get(queue_address(contest)))
    page = text_of(olga.get(reverse("organizer_contest", args=[contest.slug])))
    assert "Chấm tự luận (4)" in page
    assert "4 bài tự luận chờ chấm" in page


def test_the_contest_page_leads_here_only_where_there_can_be_essays(union, olga, contest):
    address = reverse("organizer_contest", args=[contest.slug])
    assert queue_address(contest) in olga.get(address).content.decode()

    Contest.objects.filter(pk=contest.pk).update(bank=make.make_bank(union.province_a))

    assert queue_address(contest) not in olga.get(address).content.decode()


def test_the_order_is_each_markers_own_and_stays(union, contest):
    essays = [wrote(make.make_member(f"Người {n}", union.factory_a), contest, text=f"Bài {n}.") for n in range(8)]
    second = marker(union, "Hai")

    orders = {who.pk: [one.attempt for one in queue_of(contest, who.pk).for_me] for who in (union.olga, second)}

    by_time = [attempt.pk for attempt in essays]
    assert all(sorted(order) == by_time for order in orders.values())
    assert len({tuple(order) for order in (*orders.values(), by_time)}) == 3
    mark(essays[0], union.olga, 50)
    left = [pk for pk in orders[union.olga.pk] if pk != essays[0].pk]
    assert [one.attempt for one in queue_of(contest, union.olga.pk).for_me] == left


def test_as_many_questions_to_the_database_for_many_essays_as_for_one(union, olga, contest):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            olga.get(queue_address(contest))
        return len(queries)

    wrote(union.alice, contest)
    count()
    once = count()
    for number in range(3):
        wrote(make.make_member(f"Người {number}", union.factory_a), contest)

    assert count() == once


# --- One essay -----------------------------------------------------------------------------------------------------
def test_the_text_stands_as_it_was_written_and_nothing_tells_who_wrote_it(union, olga, contest):
    attempt = wrote(union.alice, contest, text=TEXT)
    twin = wrote(union.bob, contest, text=TEXT)

    page = olga.get(essay_address(contest, attempt)).content.decode()

    assert "Vì thế tôi tham gia &lt;b&gt;ngay&lt;/b&gt; &amp; luôn." in page
    assert "người lao động.\n\n  Vì thế" in page
    assert "Vì sao người lao động nên vào Công đoàn? (1)" in page
    for each in (attempt, twin):
        member = each.entry.member
        for secret in (
            member.full_name, member.phone, member.phone[-6:], each.entry.unit_name, each.receipt, str(each.public_id),
            each.public_id.hex, str(each.entry.public_id), each.entry.public_id.hex, "Phường", "phường",
        ):  # fmt: skip
            assert secret not in page, secret
    assert not re.search(r"\b(đã nộp|lượt \d|100 điểm|điểm: 1)\b", page)
    queue = olga.get(queue_address(contest)).content.decode()
    for secret in ("Trần Thị Ánh", "Lê Văn Bình", attempt.receipt, str(attempt.public_id)):
        assert secret not in queue


def test_saving_goes_on_to_the_next_and_ends_at_the_queue(union, olga, contest):
    for number in range(2):
        wrote(make.make_member(f"Người {number}", union.factory_a), contest, text=f"Bài {number}.")
    first = olga.get(queue_address(contest)).context["next"]

    reply = olga.post(reverse("organizer_essay", args=[contest.slug, first.number]), {"credit": "85", "note": "Đủ ý"})

    other = queue_of(contest, union.olga.pk).for_me[0]
    assert reply.url == reverse("organizer_essay", args=[contest.slug, other.number])
    kept = EssayMark.objects.get()
    assert (kept.attempt_id, kept.question, kept.marker, kept.credit, kept.note) == (
        first.attempt, ESSAY, union.olga, 85, "Đủ ý",
    )  # fmt: skip
    assert olga.post(reply.url, {"credit": "0"}).url == queue_address(contest)
    page = text_of(olga.get(queue_address(contest)))
    assert "cần người khác chấm" in page
    assert "bạn cho 85 %" in page


def test_one_may_change_it_until_another_has_marked(union, olga, contest):
    attempt = wrote(union.alice, contest)
    address = essay_address(contest, attempt)
    olga.post(address, {"credit": "85", "note": "Đủ ý"})
    page = olga.get(address)
    assert 'value="85"' in page.content.decode()
    assert "Đủ ý" in page.content.decode()

    olga.post(address, {"credit": "30"})
    mark(attempt, marker(union, "Hai"), 97)

    assert "Hai điểm đầu lệch nhau nhiều" in text_of(olga.get(address))
    assert "97" not in text_of(olga.get(address)).replace(page.context["number"], "")
    reply = olga.post(address, {"credit": "97"}, follow=True)
    assert "không sửa được nữa" in reply.content.decode()
    assert EssayMark.objects.get(marker=union.olga).credit == 30


def test_the_marks_of_others_show_once_ones_own_is_in_and_it_is_settled(union, olga, contest):
    attempt = wrote(union.alice, contest)
    address = essay_address(contest, attempt)
    second, third = marker(union, "Người Chấm Hai"), marker(union, "Người Chấm Ba")
    mark(attempt, second, 97, note="Ghi chú của hai")
    page = olga.get(address)
    shown = text_of(page).replace(page.context["number"], "")
    assert "97" not in shown
    assert "Ghi chú" in shown
    assert "Ghi chú của hai" not in shown

    olga.post(address, {"credit": "91"})

    shown = text_of(olga.get(address))
    assert "Người chấm 1 97 % Ghi chú của hai Người chấm 2 91 %" in shown
    assert "Người Chấm Hai" not in shown
    outside = text_of(client_of(third).get(address))
    assert "không cần thêm người chấm" in outside
    assert "97 %" not in outside


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Hãy điền mục này"), ({"credit": ""}, "Hãy điền mục này"), ({"credit": "-1"}, "từ 0 đến 100"),
        ({"credit": "101"}, "từ 0 đến 100"), ({"credit": "tám"}, "một số nguyên"), ({"credit": "8,5"}, "một số nguyên"),
        ({"credit": "9" * 400}, "số nguyên"), ({"credit": "NaN"}, "một số nguyên"), ({"credit": "50", "note": "x" * 1001}, "dài quá"),
        ({"credit": "50", "note": "a\0b"}, "ký tự"), ({"credit": "50", "note": "a\x07b"}, "ký tự lạ"),
    ],
)  # fmt: skip
def test_bad_input_is_said_and_saves_nothing(union, olga, contest, sent, said):
    address = essay_address(contest, wrote(union.alice, contest))

    reply = olga.post(address, sent)

    assert reply.status_code == 200
    assert said in text_of(reply)
    assert not EssayMark.objects.exists()


def test_ones_own_essay_and_numbers_that_are_none_are_not_found(union, contest):
    attempt = wrote(union.alice, contest)
    Role.objects.create(member=union.alice, unit=union.province_a, kind="organizer", from_day=make.FROM_DAY)
    address, alice = essay_address(contest, attempt), client_of(union.alice)

    assert alice.get(address).status_code == 404
    assert alice.post(address, {"credit": "100"}).status_code == 404
    assert alice.get(f"{queue_address(contest)}{'0' * 12}/").status_code == 404
    assert "còn chấm được 0 bài" in text_of(alice.get(queue_address(contest)))
    assert not EssayMark.objects.exists()


@pytest.mark.parametrize(
    ("where", "status"), [("province_b", 404), ("factory_a", 404), (None, 403)], ids=["other", "below", "no role"]
)
def test_whom_the_contest_is_out_of_reach_neither_reads_nor_marks(union, contest, where, status):
    address = essay_address(contest, wrote(union.alice, contest))
    stranger = make.make_member("Vũ Thị Lạ", email="la@example.vn")
    if where:
        Role.objects.create(member=stranger, unit=getattr(union, where), kind="organizer", from_day=make.FROM_DAY)
    client = client_of(stranger)

    replies = [client.get(address), client.post(address, {"credit": "100"}), client.get(queue_address(contest))]

    assert [reply.status_code for reply in replies] == [status] * 3
    assert not any("Vì thế tôi" in reply.content.decode() for reply in replies)
    assert Client().post(address, {"credit": "100"}).status_code == 302
    assert not EssayMark.objects.exists()


def test_who_was_too_slow_is_told_and_sent_back(union, olga, contest):
    attempt = wrote(union.alice, contest)
    address = essay_address(contest, attempt)
    for name in ("Hai", "Ba"):
        mark(attempt, marker(union, name), 50)

    reply = olga.post(address, {"credit": "50"}, follow=True)

    assert reply.redirect_chain == [(queue_address(contest), 302)]
    assert "vừa được chấm xong" in reply.content.decode()


def test_a_copy_is_flagged_with_the_other_text_and_no_name(union, olga, contest):
    attempt = wrote(union.alice, contest, text=COPY)
    wrote(union.bob, contest, text=f"Kính thưa, {COPY.upper()} Xin cảm ơn <i>ban tổ chức</i>.")
    other = wrote(make.make_member("Người Khác", union.school_a), contest, text="Một bài khác hẳn, ngắn thôi.")

    page = olga.get(essay_address(contest, attempt))

    [(_, twin)] = page.context["twins"]
    assert 80 <= twin.percent < 100
    assert "Gần giống bài số" in text_of(page)
    assert "&lt;i&gt;ban tổ chức&lt;/i&gt;" in page.content.decode()
    assert "Lê Văn Bình" not in page.content.decode()
    assert "Gần giống" not in text_of(olga.get(essay_address(contest, other)))
    wrote(make.make_member("Người Thứ Ba", union.school_a), contest, text=COPY)
    assert len(olga.get(essay_address(contest, attempt)).context["twins"]) == 2, "what was kept is of the essays then"


def test_the_keys_belong_to_a_script_that_the_page_loads(union, olga, contest):
    page = olga.get(essay_address(contest, wrote(union.alice, contest))).content.decode()

    assert "organizer-marking" in page
    assert Path(str(finders.find("js/organizer-marking.js"))).exists()
    assert page.count("data-credit=") == 11


# --- Results -------------------------------------------------------------------------------------------------------
def test_the_member_reads_that_it_is_being_marked(union, contest):
    attempt = wrote(union.alice, contest)
    address, alice = reverse("result", args=[attempt.public_id]), client_of(union.alice)
    page = text_of(alice.get(address))
    assert "Phần tự luận đang được chấm" in page
    assert "chưa gồm tự luận" in page

    for who in (union.olga, marker(union, "Hai")):
        mark(attempt, who, 100)

    page = text_of(alice.get(address))
    assert "Phần tự luận đang được chấm" not in page
    assert "chưa gồm" not in page


def test_who_wrote_no_essay_waits_for_nothing(union, contest):
    attempt = wrote(union.alice, contest, text="")

    assert "tự luận" not in text_of(client_of(union.alice).get(reverse("result", args=[attempt.public_id])))


def test_winners_wait_for_the_last_essay(union, contest, redis_client):
    attempt = wrote(union.alice, contest)
    Round.objects.update(closes_at=timezone.now() - timedelta(minutes=10))
    propose = {"contest": contest, "round_": None, "by": union.olga}
    mark(attempt, union.olga, 100)

    with pytest.raises(ContestError, match="Còn 1 bài tự luận chưa chấm xong"):
        propose_winners(**propose, now=timezone.now())
    assert not outlook(contest, None, timezone.now()).results_stand
    mark(attempt, marker(union, "Hai"), 100)

    assert propose_winners(**propose, now=timezone.now()).number == 1


# --- Before it opens -----------------------------------------------------------------------------------------------
def checks(contest, union) -> dict[str, tuple[bool, str]]:
    found = preflight(contest, Scope((union.province_a.path,)), timezone.now())
    return {check.code: (check.ok, check.text) for check in found}


def test_six_essays_can_be_handed_in_and_seven_are_refused_before_opening(union):
    contest = essay_contest(union, essays=7, state="draft")
    ok, text = checks(contest, union)["papers"]
    assert not ok
    assert "có thể rút đến 7 câu tự luận" in text
    assert "Hãy để chủ đề “Tự luận” nhiều nhất 6 câu" in text
    with pytest.raises(ContestError, match="nhiều nhất 6 câu"):
        open_contest(contest=contest, by=union.olga, now=timezone.now())

    round_ = contest.rounds.get()
    rules = parse_round_rules(round_.rules)
    draw = (DrawPart("Tiền lương", 1), DrawPart("Tự luận", 6))
    round_.rules = dump(rules) | {"draw": [{"topic": part.topic, "count": part.count} for part in draw]}
    round_.save()

    assert checks(contest, union)["papers"][0]
    open_contest(contest=contest, by=union.olga, now=timezone.now())


def test_essays_that_are_retired_make_no_paper_too_large(union):
    contest = essay_contest(union, essays=7, state="draft")
    for question in Question.objects.filter(code__startswith="TL")[:1]:
        question.retired_at = timezone.now()
        question.save()

    assert checks(contest, union)["papers"][0]


@pytest.mark.parametrize(("show", "told"), [(ShowAfter.SCORE, True), (ShowAfter.NOTHING, False)])
def test_a_score_that_is_promised_at_once_is_warned_of(union, olga, show, told):
    contest = essay_contest(union, state="draft", show=show)

    found = checks(contest, union)

    assert ("essays" in found) is told
    if told:
        assert found["essays"][0], "it may open all the same"
        assert "chủ đề “Tự luận” có câu tự luận" in found["essays"][1]
        assert "chưa gồm" in text_of(olga.get(reverse("organizer_contest", args=[contest.slug])))


def test_a_plain_bank_is_not_warned_of_essays(union):
    contest = make.make_contest(union, make.make_bank(union.province_a), state="draft")

    found = checks(contest, union)

    assert found["papers"][0]
    assert "essays" not in found
