"""Olga's whole way without the admin: an empty console, a file of questions, an open contest, its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions.start import start_attempt
from contests.models import Bank, Contest, Question, Round
from tests.contests.organizer.sent import REAL_BANK, contest_data, local, named

pytestmark = pytest.mark.django_db


def test_from_an_empty_console_to_an_open_contest_and_its_end(union, olga, redis_client):
    # an empty console says where to begin
    assert "Bắt đầu từ câu hỏi" in olga.get("/to-chuc/").content.decode()

    # a bank
    reply = olga.post("/to-chuc/ngan-hang/moi/", {"name": "Pháp luật 2026", "owner": union.province_a.code})
    bank = Bank.objects.get()
    assert reply.url == reverse("organizer_upload", args=[bank.public_id])

    # the file is read, shown, and nothing is saved
    reply = olga.post(reply.url, {"file": named(REAL_BANK.read_bytes(), "ngân hàng.xlsx")})
    preview_url = reply.url
    page = olga.get(preview_url).content.decode()
    assert "120 câu sẵn sàng để lưu" in page
    assert "Chưa lưu gì cả" in page
    assert "Nếu lưu: 120 câu mới, 0 câu có bản mới, 0 câu không đổi." in page
    assert page.count("Đáp án đúng") >= 10
    assert not Question.objects.exists()

    # saved by the button, once
    reply = olga.post(preview_url, {"act": "save"}, follow=True)
    assert "Đã lưu: 120 câu mới" in reply.content.decode()
    assert Question.objects.count() == 120
    assert "Đã lưu: 120 câu mới" in olga.post(preview_url, {"act": "save"}, follow=True).content.decode()

    # the wizard
    page = olga.get("/to-chuc/cuoc-thi/moi/").content.decode()
    assert "Thi hằng tuần" in page
    wizard = f"/to-chuc/cuoc-thi/moi/?mau=hang-tuan&bank={bank.public_id}"
    page = olga.get(wizard)
    counts = [row.cells[0][0].value() for row in page.context["round"].draw_rows()]
    assert sum(counts) == 20
    reply = olga.post(wizard, contest_data(bank, {"Tiền lương": 5, "Luật Công đoàn": 5}))
    assert reply.status_code == 302, reply.content.decode()
    contest = Contest.objects.get()
    assert (contest.slug, contest.state, contest.created_by) == ("tim-hieu-luat-cong-doan", "draft", union.olga)

    # looked at, then opened
    page = olga.get(reply.url).content.decode()
    assert "Kiểm tra trước khi mở" in page
    assert "10 câu · 20 phút · 2 lượt" in page
    sample = olga.get(reverse("organizer_preview", args=[contest.slug, 1])).content.decode()
    assert sample.count('class="org-question"') == 10
    assert "Đáp án đúng" not in sample
    reply = olga.post(reverse("organizer_open", args=[contest.slug]), follow=True)
    assert "Cuộc thi đã được công bố" in reply.content.decode()
    reply = olga.post(reverse("organizer_open", args=[contest.slug]), follow=True)
    assert "Cuộc thi này đã được mở." in reply.content.decode()

    # members sit, figures move
    start_attempt(
        member=union.alice,
        round_=Round.objects.select_related("contest__audience", "contest__bank").get(),
        now=timezone.now(),
    )
    numbers = olga.get(reverse("organizer_figures", args=[contest.slug])).json()
    assert {name: numbers[name] for name in ("people", "starts", "sitting", "handed_in", "graded")} == {
        "people": "1", "starts": "1", "sitting": "1", "handed_in": "0", "graded": "0"
    }  # fmt: skip

    # extended with a reason, closed after a question, opened again
    later = Round.objects.get().closes_at + timedelta(days=1)
    olga.post(reverse("organizer_extend", args=[contest.slug, 1]), {"closes_at": local(later), "reason": "Bão số 5"})
    assert local(Round.objects.get().closes_at) == local(later)
    assert "1 người đang làm bài" in olga.get(reverse("organizer_close", args=[contest.slug])).content.decode()
    reply = olga.post(reverse("organizer_close", args=[contest.slug]), follow=True)
    assert "Mở lại cuộc thi" in reply.content.decode()
    olga.post(reverse("organizer_reopen", args=[contest.slug]))
    contest.refresh_from_db()
    assert contest.state == Contest.State.OPEN
    assert list(contest.events.order_by("pk").values_list("what", flat=True)) == [
        "created",
        "opened",
        "rules_published",
        "extended",
        "rules_published",
        "closed",
        "reopened",
    ]
    page = olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()
    assert "Lý do: Bão số 5" in page
    assert "Kết thúc sớm cuộc thi" in page


def test_a_second_weekly_round_begins_as_the_first(union, olga, contest):
    page = olga.get(reverse("organizer_new_round", args=[contest.slug]))
    form = page.context["round"]
    first = contest.rounds.get()

    data = {field.html_name: field.value() for field in form} | {
        "opens_at": f"{form['opens_at'].value():%Y-%m-%dT%H:%M}", "closes_at": f"{form['closes_at'].value():%Y-%m-%dT%H:%M}"
    }  # fmt: skip
    reply = olga.post(reverse("organizer_new_round", args=[contest.slug]), data)

    assert reply.status_code == 302, reply.content.decode()
    second = contest.rounds.get(number=2)
    assert (second.title, second.rules) == ("Tuần 2", first.rules)
    assert local(second.opens_at) == local(first.opens_at + timedelta(days=7))
