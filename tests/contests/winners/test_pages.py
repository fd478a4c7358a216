"""The pages about winners and appeals: who reads what, what a bad form comes to, how often the database is asked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import give_consent, withdraw_consent
from contests.actions.appeals import file_appeal, take_up_appeal
from contests.actions.awards import withdraw_winners
from contests.actions.rulings import void_attempt
from contests.models import Appeal, AttemptEvent, Award, ContestEvent, Round, Standing, TieDecision, WinnersList
from contests.queries.winners import outlook
from tests import make
from tests.contests.organizer.cases import graded
from tests.contests.winners.conftest import REASON
from tests.contests.winners.test_acts import attempt_of
from tests.contests.winners.test_appeals import TEXT, own

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(stage) -> Client:
    return stage.client(stage.union.olga)


@pytest.fixture
def second(stage) -> Client:
    return stage.client(stage.second)


def awards_page(stage) -> str:
    return reverse("organizer_awards", args=[stage.contest.slug])


def list_page(winners) -> str:
    return reverse("organizer_winners", args=[winners.contest.slug, winners.public_id])


def public_page(stage) -> str:
    return reverse("winners", args=[stage.contest.slug])


def everything():
    models = (WinnersList, Award, TieDecision, Appeal, AttemptEvent, ContestEvent, Standing)
    return [list(model.objects.order_by("pk").values()) for model in models]


def text_of(reply) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.content.decode()))


# --- the console ---------------------------------------------------------------------------------------------------
def test_from_the_page_to_the_publication_by_two_people(stage, olga, second):
    reply = olga.post(awards_page(stage), {"act": "propose"}, follow=True)
    winners = WinnersList.objects.get()
    assert reply.redirect_chain[-1][0] == list_page(winners)
    assert "Trần Thị Ánh" in text_of(reply)

    olga.post(list_page(winners), {"act": "verify"})
    refused = olga.post(list_page(winners), {"act": "publish"}, follow=True)
    assert "Người công bố phải khác người đề xuất" in text_of(refused)
    assert "Công bố danh sách này cho mọi người?" not in refused.content.decode()
    done = second.post(list_page(winners), {"act": "publish"}, follow=True)
    assert "Đã công bố." in text_of(done)
    diary = text_of(olga.get(reverse("organizer_contest", args=[stage.contest.slug])))
    assert "Công bố danh sách đạt giải số 1" in diary


def test_what_stands_in_the_way_is_said_and_no_button_is_there(stage, olga):
    Round.objects.update(closes_at=timezone.now() + timedelta(hours=1))
    reply = olga.get(awards_page(stage))
    assert "Tuần 1 chưa đóng." in text_of(reply)
    assert 'value="propose"' not in reply.content.decode()
    assert "Tuần 1 chưa đóng." in text_of(olga.post(awards_page(stage), {"act": "propose"}, follow=True))
    assert not WinnersList.objects.exists()


def test_a_tie_is_decided_on_the_page(stage, olga):
    Standing.objects.filter(entry__member=stage.union.bob).update(points=400)
    stage.rules(prizes=stage.contest.rules["prizes"][:1])
    (group,) = outlook(stage.contest, None, timezone.now()).tied
    a, b = (one.entry.public_id.hex for one in group.entries)
    names = {who: f"{group.key}-place-{who}" for who in (a, b)}
    form = {"act": "decide", "group": group.key, names[a]: "2", names[b]: "1", f"{group.key}-reason": REASON}

    before = everything()
    for wrong, said in [
        ({names[a]: "1"}, "Hai người đang mang cùng một thứ tự"), ({names[a]: "9"}, "Hãy chọn một mục trong danh sách"),
        ({names[a]: ""}, "Hãy chọn thứ tự."), ({f"{group.key}-reason": ""}, "Hãy ghi lý do"), ({f"{group.key}-reason": "abc"}, "lý do"),
        ({names[a]: "\0"}, "danh sách"), ({"group": "x"}, "không còn bằng nhau"), ({"group": "\0"}, "không còn bằng nhau"),
    ]:  # fmt: skip
        reply = olga.post(awards_page(stage), form | wrong, follow=True)
        assert reply.status_code == 200
        assert said in text_of(reply), wrong
    assert everything() == before
    done = olga.post(awards_page(stage), form, follow=True)
    assert "Đã ghi quyết định." in text_of(done)
    assert [(one.entry.public_id.hex, one.place) for one in TieDecision.objects.filter(round=None)] == [(b, 1), (a, 2)]


@pytest.mark.parametrize("reason", ["", "abc", "x" * 501, "\0" * 9])
def test_withdrawing_without_a_reason_says_so_and_keeps_the_list(stage, olga, reason):
    winners = stage.published()
    reply = olga.post(list_page(winners), {"act": "withdraw", "reason": reason})
    assert reply.status_code == 200
    assert reply.context["form"].errors["reason"]
    winners.refresh_from_db()
    assert winners.state == "published"


def test_a_passed_over_person_stands_there_with_the_reason(stage, olga):
    from contests.models import Exclusion

    Exclusion.objects.create(
        contest=stage.contest, member=stage.union.alice, reason="Thuộc tổ thư ký", created_at=timezone.now()
    )
    for page in (awards_page(stage), list_page(stage.propose())):
        text = text_of(olga.get(page))
        assert "Trần Thị Ánh, hạng 1" in text
        assert "Thuộc tổ thư ký" in text
    assert "Thuộc tổ thư ký" not in text_of(Client().get(public_page(stage)))


def test_after_a_change_the_page_shows_who_moves(stage, olga):
    stage.published()
    void_attempt(attempt=attempt_of(stage.union.alice), by=stage.union.olga, reason=REASON, now=timezone.now())
    for text in (text_of(olga.get(awards_page(stage))), text_of(olga.get(list_page(stage.propose())))):
        assert "Không còn giải, trước là Giải Nhất" in text
        assert "Từ Giải Nhì thành Giải Nhất" in text
        assert "Được thêm: Giải Nhì" in text


def test_unanswered_appeals_are_told_before_publishing(stage, second):
    winners = stage.verified()
    assert "khiếu nại chưa trả lời" not in text_of(second.get(list_page(winners)))
    file_appeal(attempt=own(stage.union.bob), question=4, text=TEXT, now=timezone.now())
    assert "Còn 1 khiếu nại chưa trả lời." in text_of(second.get(list_page(winners)))


@pytest.mark.parametrize("query", ["dot=0", "dot=2", "dot=-1", "dot=%00", "dot=" + "9" * 40, "dot=1%20"])
def test_rounds_that_are_not_there(stage, olga, query):
    assert olga.get(f"{awards_page(stage)}?{query}").status_code == 404


def test_looking_writes_nothing(stage, olga):
    winners = stage.published()
    appeal = file_appeal(attempt=own(stage.union.bob), question=4, text=TEXT, now=timezone.now())
    pages = [
        awards_page(stage), f"{awards_page(stage)}?dot=1&act=propose", f"{list_page(winners)}?act=withdraw&reason=Vì+thế+thôi", public_page(stage),
        reverse("organizer_appeals", args=[stage.contest.slug]), reverse("organizer_appeal", args=[stage.contest.slug, appeal.public_id]),
    ]  # fmt: skip
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        for page in pages:
            assert olga.get(page).status_code == olga.head(page).status_code == 200
    assert everything() == before
    assert not [one["sql"] for one in queries if re.match(r"(?i)insert|delete|update contests", one["sql"])]


@pytest.mark.parametrize(
    "data", [{}, {"act": "drop"}, {"act": "\0"}, {"act": "publish"}, {"act": "take_up"}, {"act": "x" * 9000}]
)
def test_strange_forms_are_no_fault(stage, olga, data):
    winners = stage.propose()
    for page in (awards_page(stage), list_page(winners)):
        assert olga.post(page, data).status_code in (200, 302)
    winners.refresh_from_db()
    assert winners.state == "proposed"


def test_the_pages_ask_as_often_for_many_as_for_few(stage, olga):
    stage.rules(prizes=[{"name": "Khuyến khích", "count": 50}])
    olga.get(awards_page(stage))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            olga.get(awards_page(stage))
        with CaptureQueriesContext(connection) as more:
            Client().get(public_page(stage))
        counts.append((len(queries), len(more)))
        Round.objects.update(closes_at=timezone.now() + timedelta(hours=1))
        for number in range(6):
            graded(make.make_member(f"Người Thứ {number}", stage.union.school_a), stage.contest, right=[1])
        stage.close()
    assert counts[0] == counts[1]


# --- the public ----------------------------------------------------------------------------------------------------
def test_the_public_reads_masked_names_unless_their_owner_agreed(stage):
    give_consent(member=stage.union.alice, purpose="show_name", text="…", text_version="1", now=timezone.now())
    stage.published()

    def page() -> str:
        return text_of(Client().get(public_page(stage)))

    assert "Trần Thị Ánh" in page()
    assert "Lê V. B." in page()
    assert "Lê Văn Bình" not in page()
    assert "Đỗ" not in page(), "who won nothing is not there"
    assert "2.000.000 đồng" in page()
    withdraw_consent(member=stage.union.alice, purpose="show_name", now=timezone.now())
    assert "Trần Thị Ánh" not in page()
    assert "Trần T. Á." in page()


@pytest.mark.parametrize("state", ["none", "proposed", "verified", "withdrawn before publication"])
def test_nothing_is_public_before_the_publication(stage, state):
    if state == "proposed":
        stage.propose()
    if state == "verified":
        stage.verified()
    if state.startswith("withdrawn"):
        withdraw_winners(winners=stage.verified(), by=stage.second, reason="Nhầm số liệu", now=timezone.now())
    text = text_of(Client().get(public_page(stage)))
    assert "Kết quả chưa công bố" in text
    for secret in ("Trần T", "Lê V", "Giải Nhất", "Nhầm số liệu"):
        assert secret not in text


def test_a_withdrawn_publication_says_why(stage):
    withdraw_winners(winners=stage.published(), by=stage.second, reason="Nhầm số liệu đợt 1", now=timezone.now())
    text = text_of(Client().get(public_page(stage)))
    assert "Nhầm số liệu đợt 1" in text
    assert "Giải Nhất" not in text


def test_a_change_after_the_publication_is_told_to_everybody(stage):
    stage.published()
    assert "Đã có thay đổi" not in text_of(Client().get(public_page(stage)))
    void_attempt(attempt=attempt_of(stage.carol), by=stage.union.olga, reason=REASON, now=timezone.now())
    assert "Đã có thay đổi sau công bố" in text_of(Client().get(public_page(stage)))


def test_a_draft_has_no_page(stage):
    stage.contest.state = "draft"
    stage.contest.save()
    assert Client().get(public_page(stage)).status_code == 404


def test_boards_and_the_contests_page_say_official(stage):
    board = f"/bang-xep-hang/{stage.contest.slug}/"

    def shown() -> str:
        page = Client().get(board)
        assert Client().get(f"{board}du-lieu/").json()["state"] == page.context["snapshot"].state
        return page.context["snapshot"].state

    assert shown() == "provisional"
    winners = stage.published()
    assert shown() == "final"
    assert "Kết quả chính thức đã công bố." in text_of(Client().get(f"/cuoc-thi/{stage.contest.slug}/"))
    withdraw_winners(winners=winners, by=stage.second, reason=REASON, now=timezone.now())
    assert shown() == "provisional"
    assert "Kết quả chính thức đã công bố." not in text_of(Client().get(f"/cuoc-thi/{stage.contest.slug}/"))


def test_boards_in_redis_hear_of_it(stage, redis_client, django_capture_on_commit_callbacks):
    from contests.actions.boards import ensure_boards, rebuild_boards
    from leaderboard import board as boards

    def states() -> set[str]:
        return {
            boards.snapshot(redis_client, name).state for name in (stage.contest.board_name, stage.round.board_name)
        }

    rebuild_boards(stage.contest)
    assert states() == {"provisional"}
    with django_capture_on_commit_callbacks(execute=True):
        winners = stage.published()
    assert states() == {"final"}
    redis_client.flushall()
    ensure_boards()
    assert states() == {"final"}, "also when Redis was emptied"
    with django_capture_on_commit_callbacks(execute=True):
        void_attempt(attempt=attempt_of(stage.carol), by=stage.union.olga, reason=REASON, now=timezone.now())
    assert states() == {"provisional"}
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_winners(winners=winners, by=stage.second, reason=REASON, now=timezone.now())
    assert states() == {"provisional"}


# --- the member ----------------------------------------------------------------------------------------------------
def result_page(stage, member) -> str:
    return text_of(stage.client(member).get(reverse("result", args=[own(member).public_id])))


def test_a_member_reads_why_they_stand_there_and_what_they_won(stage):
    bob = result_page(stage, stage.union.bob)
    assert "Bạn đứng dưới người hạng 1: kém 1 điểm." in bob
    assert "Bạn đứng trên người hạng 3: hơn 1 điểm." in bob
    assert "Bạn đạt" not in bob
    assert "tạm tính lúc" in bob
    for name in ("Trần", "Đỗ"):
        assert name not in bob
    stage.published()
    bob = result_page(stage, stage.union.bob)
    assert "Bạn đạt Giải Nhì" in bob
    assert "1.000.000 đồng" in bob
    assert "tạm tính" not in bob
    assert "Bạn đạt" not in result_page(stage, stage.carol)


def test_nothing_of_places_is_told_while_points_are_kept_back(stage):
    round_ = stage.round
    round_.rules |= {"show": "nothing", "review": "nothing"}
    round_.save(update_fields=["rules"])
    assert "Bạn đứng" not in result_page(stage, stage.union.bob)


def appeals_page(member) -> str:
    return reverse("appeals", args=[own(member).public_id])


def test_a_member_files_reads_the_answer_and_takes_one_back(stage, olga):
    bob = stage.client(stage.union.bob)
    assert "Khiếu nại kết quả này" in result_page(stage, stage.union.bob)
    for question in ("4", ""):
        reply = bob.post(
            appeals_page(stage.union.bob), {"act": "file", "question": question, "text": TEXT}, follow=True
        )
        assert "Đã gửi khiếu nại." in text_of(reply)
    about, whole = Appeal.objects.order_by("pk")
    bob.post(appeals_page(stage.union.bob), {"act": "withdraw", "appeal": str(whole.public_id)})
    whole.refresh_from_db()
    assert whole.state == "withdrawn"

    queue = reverse("organizer_appeals", args=[stage.contest.slug])
    assert text_of(olga.get(queue)).count("Lê Văn Bình") == 1
    assert text_of(olga.get(f"{queue}?state=withdrawn")).count("Lê Văn Bình") == 1
    here = reverse("organizer_appeal", args=[stage.contest.slug, about.public_id])
    assert TEXT in text_of(olga.get(here))
    early = olga.post(here, {"act": "answer", "upheld": "yes", "reason": REASON}, follow=True)
    assert "Hãy nhận xem xét" in text_of(early)
    olga.post(here, {"act": "take_up"})
    assert "Đang xem xét" in text_of(bob.get(appeals_page(stage.union.bob)))
    for wrong in ({"upheld": ""}, {"upheld": "maybe"}, {"reason": ""}, {"reason": "ab"}, {"upheld": "\0"}):
        assert olga.post(here, {"act": "answer", "upheld": "yes", "reason": REASON} | wrong).context["form"].errors
    olga.post(here, {"act": "answer", "upheld": "yes", "reason": REASON})
    about.refresh_from_db()
    assert (about.state, about.decided_by) == ("upheld", stage.union.olga)
    assert f"Ban tổ chức trả lời: {REASON}" in text_of(bob.get(appeals_page(stage.union.bob)))
    assert "Chấp nhận khiếu nại" in text_of(olga.get(here))


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""}, {"text": "   "}, {"text": "ngắn"}, {"text": "x" * 2001}, {"text": "x" * 90_000}, {"text": "\0" * 50}, {"question": "5"},
        {"question": "0"}, {"question": "-1"}, {"question": "NaN"}, {"question": "9" * 400}, {"question": "\0"},
    ],
)  # fmt: skip
def test_a_bad_form_stays_as_it_was_typed_and_saves_nothing(stage, wrong):
    bob, before = stage.client(stage.union.bob), everything()
    form = {"act": "file", "question": "4", "text": TEXT} | wrong
    reply = bob.post(appeals_page(stage.union.bob), form)
    assert reply.status_code == 200
    assert reply.context["form"].errors
    assert reply.context["form"]["text"].value() == form["text"]
    assert everything() == before


def test_what_a_member_writes_is_text_and_nothing_else(stage, olga):
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}"
    appeal = file_appeal(attempt=own(stage.union.bob), question=None, text=attack, now=timezone.now())
    pages = (
        reverse("organizer_appeal", args=[stage.contest.slug, appeal.public_id]),
        reverse("organizer_appeals", args=[stage.contest.slug]),
    )
    for reply in (
        *(olga.get(page) for page in pages),
        stage.client(stage.union.bob).get(appeals_page(stage.union.bob)),
    ):
        page = reply.content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{ 7|add:7 }}" in page


@pytest.mark.parametrize("appeal", ["", "\0", "x", "9" * 99, "00000000-0000-0000-0000-000000000000"])
def test_an_appeal_that_is_not_there_is_not_taken_back(stage, appeal):
    file_appeal(attempt=own(stage.union.bob), question=None, text=TEXT, now=timezone.now())
    reply = stage.client(stage.union.bob).post(appeals_page(stage.union.bob), {"act": "withdraw", "appeal": appeal})
    assert reply.status_code == 404
    assert Appeal.objects.get().state == "received"


@pytest.mark.parametrize("who", ["alice", "charlie", "olga", "staff_b"])
def test_nobody_files_reads_or_takes_back_for_another(stage, who):
    appeal = file_appeal(attempt=own(stage.union.bob), question=None, text=TEXT, now=timezone.now())
    client, here = stage.client(getattr(stage.union, who)), appeals_page(stage.union.bob)
    before = everything()
    assert client.get(here).status_code == 404
    for form in ({"act": "file", "question": "4", "text": TEXT}, {"act": "withdraw", "appeal": str(appeal.public_id)}):
        assert client.post(here, form).status_code == 404
    if who == "alice":  # an appeal of somebody else named on the own page
        assert (
            client.post(
                appeals_page(stage.union.alice), {"act": "withdraw", "appeal": str(appeal.public_id)}
            ).status_code
            == 404
        )
    assert everything() == before
    assert Client().get(here).url.startswith(reverse("account_login"))


def test_an_appeal_under_another_contest_is_not_found(stage, olga, union, bank):
    appeal = take_up_appeal(
        appeal=file_appeal(attempt=own(stage.union.bob), question=None, text=TEXT, now=timezone.now()), by=union.olga, now=timezone.now()
    )  # fmt: skip
    winners = stage.propose()
    other = make.Contest.objects.create(
        slug="khac", title="Khác", organizer=union.province_a, audience=union.province_a, bank=bank, state="open"
    )
    before = everything()
    for name, key in (("organizer_appeal", appeal.public_id), ("organizer_winners", winners.public_id)):
        for form in ({"act": "answer", "upheld": "yes", "reason": REASON}, {"act": "verify"}):
            assert olga.post(reverse(name, args=[other.slug, key]), form).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("query", ["state=x", "state=%00", "page=-1", "page=" + "9" * 40, "state=open&page=NaN"])
def test_strange_questions_show_the_queue(stage, olga, query):
    file_appeal(attempt=own(stage.union.bob), question=None, text=TEXT, now=timezone.now())
    assert "Lê Văn Bình" in text_of(olga.get(f"{reverse('organizer_appeals', args=[stage.contest.slug])}?{query}"))
