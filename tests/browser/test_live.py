"""Organizers watch and speak: the live page refreshes by itself, and a word reaches a phone that sits without covering an answer."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contests.actions.announce import announce, withdraw
from contests.models import Announcement, Clue, MemberQuestion, SaveCount
from tests.browser.conftest import DESK, Opener, Site, shoot
from tests.browser.steps import attempt_of, begin, chosen, fits, ready, saved, tap_right
from tests.browser.test_accessible import faults

pytestmark = pytest.mark.browser
WORDS = (
    "Phòng thi ở hội trường kéo dài thêm 5 phút vì mất điện lúc đầu giờ. Mọi người cứ làm tiếp, bài đã lưu còn nguyên."
)


def test_a_word_reaches_a_sitting_phone_and_stays_out_of_the_way(site: Site, open_page: Opener):
    contest = site.contest("thong-bao")
    member, desk = open_page(site.union.bob), open_page(site.union.olga, viewport=DESK)
    begin(member, contest)
    ready(member)
    asked: list[str] = []
    member.on("request", lambda request: asked.append(request.url) if "/api/news/" in request.url else None)
    expect(member.locator("#news-line")).to_be_hidden()

    desk.goto(f"/to-chuc/cuoc-thi/{contest.slug}/thong-bao/")
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.get_by_label("Nội dung").fill(WORDS)
    shoot(site, desk, "live-announce")
    before = member.locator(".sit-question[data-current] .option").last.bounding_box()
    desk.get_by_role("button", name="Gửi thông báo").click()
    expect(desk.get_by_text("Đã gửi. Người đang làm bài")).to_be_visible()
    began = time.monotonic()

    expect(member.locator("#news-line")).to_be_visible(timeout=30_000)
    print(f"{time.monotonic() - began:.1f} s until the phone showed it; {len(asked)} polls")
    expect(member.locator("#news-said")).to_contain_text("Phòng thi ở hội trường")
    assert member.locator(".sit-question[data-current] .option").last.bounding_box() == before, (
        "nothing moves under a finger"
    )
    fits(member)
    shoot(site, member, "live-sitting-line")
    assert faults(member) == []
    member.locator("#news-line").click()
    expect(member.locator("#news")).to_contain_text("cứ làm tiếp")
    shoot(site, member, "live-sitting-news")
    assert faults(member) == []
    member.get_by_role("button", name="Làm tiếp").click()
    expect(member.locator("#news-line")).to_be_hidden()
    letters = tap_right(member)
    saved(member)
    assert chosen(site.union.bob, contest) == {1: letters}

    member.reload()
    ready(member)
    expect(member.locator("#news-line")).to_be_hidden()  # told once
    member.get_by_role("button", name="Các câu").click()
    shoot(site, member, "live-sitting-palette")
    member.get_by_role("button", name="Đọc lại thông báo (1)").click()
    expect(member.locator("#news")).to_contain_text("cứ làm tiếp")
    member.get_by_role("button", name="Làm tiếp").click()

    withdraw(announcement=Announcement.objects.get(contest=contest), by=site.union.olga, now=timezone.now())
    expect(member.locator("#news-list li")).to_have_count(0, timeout=30_000)
    desk.goto(f"/to-chuc/cuoc-thi/{contest.slug}/thong-bao/")
    shoot(site, desk, "live-announcements")
    assert faults(desk) == []


def test_words_about_a_question_and_an_answer_reach_who_they_are_for(site: Site, open_page: Opener):
    contest = site.contest("hoi-dap")
    member, desk = open_page(site.union.bob), open_page(site.union.olga, viewport=DESK)
    begin(member, contest)
    ready(member)
    attempt = attempt_of(site.union.bob, contest)
    letters = tap_right(member)
    member.get_by_role("button", name="Các câu").click()
    member.get_by_role("link", name="Hỏi ban tổ chức").click()
    member.get_by_label("Bạn muốn hỏi gì").fill("Câu này tính cả ngày nghỉ lễ không ạ?")
    member.get_by_label("Về câu nào").select_option("2")
    fits(member)
    shoot(site, member, "live-ask")
    assert faults(member) == []
    member.get_by_role("button", name="Gửi câu hỏi").click()
    expect(member.get_by_text("Đang chờ")).to_be_visible()
    member.get_by_role("link", name="Quay lại bài làm").click()
    ready(member)
    assert chosen(site.union.bob, contest) == {1: letters}

    desk.goto(f"/to-chuc/cuoc-thi/{contest.slug}/hoi-dap/")
    shoot(site, desk, "live-questions")
    desk.get_by_role("link", name="Lê Văn Bình").click()
    desk.get_by_label("Nội dung").fill("Không tính ngày nghỉ lễ.")
    shoot(site, desk, "live-answer")
    assert faults(desk) == []
    desk.get_by_role("button", name="Trả lời").click()
    expect(desk.get_by_text("Đã trả lời. Thí sinh thấy ngay")).to_be_visible()
    expect(member.locator("#news-first")).to_contain_text(
        "Ban tổ chức trả lời bạn: Không tính ngày nghỉ lễ.", timeout=40_000
    )
    assert MemberQuestion.objects.get().answer == "Không tính ngày nghỉ lễ."

    announce(
        contest=contest, text="Trong câu này, giờ là giờ mỗi tuần.", by=site.union.olga, now=timezone.now(),
        version=contest.bank.questions.get(versions=attempt.paper[2][0]).versions.select_related("question").get(),
    )  # fmt: skip
    expect(member.locator("#news-first")).to_contain_text(
        "Về câu 3: Trong câu này, giờ là giờ mỗi tuần.", timeout=40_000
    )


def test_a_sitting_without_javascript_reads_what_was_said(site: Site, open_page: Opener):
    contest = site.contest("thong-bao-khong-js")
    announce(contest=contest, text=WORDS, by=site.union.olga, now=timezone.now())
    page = open_page(site.union.alice, javascript=False)
    begin(page, contest)

    expect(page.get_by_text("vì mất điện lúc đầu giờ")).to_be_visible()
    fits(page)
    shoot(site, page, "live-sitting-plain")
    page.goto(f"/cuoc-thi/{contest.slug}/")
    expect(page.get_by_text("vì mất điện lúc đầu giờ")).to_be_visible()
    shoot(site, page, "live-contest")
    page.goto(f"/bang-xep-hang/{contest.slug}/")
    expect(page.get_by_text("vì mất điện lúc đầu giờ")).to_be_visible()


def test_the_live_page_refreshes_by_itself_and_is_quiet_when_all_is_well(site: Site, open_page: Opener):
    contest = site.contest("dien-bien")
    member, desk = open_page(site.union.alice), open_page(site.union.olga, viewport=DESK)
    begin(member, contest)
    ready(member)
    desk.goto(f"/to-chuc/cuoc-thi/{contest.slug}/dien-bien/")
    expect(desk.get_by_text("Mọi việc đang bình thường.")).to_be_visible()
    sitting = desk.locator("[data-part=figures] dd.big").first
    expect(sitting).to_have_text("1")
    shoot(site, desk, "live-quiet")
    assert faults(desk) == []

    other = open_page(site.union.bob)
    begin(other, contest)
    SaveCount.objects.create(
        minute=timezone.now().replace(second=0, microsecond=0), act="answers", status=503, count=12
    )
    SaveCount.objects.create(minute=timezone.now().replace(second=0, microsecond=0), act="answers", status=500, count=1)
    attempt = attempt_of(site.union.alice, contest)
    MemberQuestion.objects.create(contest=contest, attempt=attempt, text="Cho hỏi một chút ạ", asked_at=timezone.now())
    clue = Clue.objects.create(
        contest=contest, kind="alike", key="x", strength=3, attempts=[attempt.pk, attempt_of(site.union.bob, contest).pk], found_at=timezone.now(),
        facts={"both": 9, "alike": 9, "by_chance": 1.6, "expected": 0.000003, "pairs": 18211},
    )  # fmt: skip

    expect(sitting).to_have_text("2", timeout=20_000)
    expect(desk.get_by_text("lần lưu bài không được máy chủ nhận")).to_be_visible()
    shoot(site, desk, "live-trouble")
    assert faults(desk) == []
    fits(desk)
    desk.get_by_role("link", name="Công đoàn phường Phan Đình Phùng").click()
    expect(desk.get_by_text("CĐCS Công ty Cổ phần May Sông Cầu")).to_be_visible()
    desk.goto(f"/to-chuc/cuoc-thi/{contest.slug}/dau-hieu/")
    shoot(site, desk, "live-clues")
    assert faults(desk) == []
    desk.goto(f"/to-chuc/cuoc-thi/{contest.slug}/dau-hieu/{clue.public_id}/")
    shoot(site, desk, "live-clue")
    assert faults(desk) == []
