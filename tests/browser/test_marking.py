"""An essay is marked with the keyboard alone, and by plain forms without JavaScript."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, EssayMark, Topic
from contests.rules.settings import DrawPart
from tests import make
from tests.browser.conftest import DESK, Opener, Site

pytestmark = pytest.mark.browser


def test_two_organizers_mark_two_essays(site: Site, open_page: Opener) -> None:
    union = site.union
    bank = make.make_bank(union.province_a, ("Tiền lương",), each=1)
    topic = Topic.objects.create(bank=bank, name="Tự luận")
    make.make_question(bank, topic, "TL", kind="essay", key=(), stem="Vì sao vào Công đoàn?", options=[], spec={})
    contest = site.contest(
        "tu-luan", bank, draw=(DrawPart("Tiền lương", 1), DrawPart("Tự luận", 1)), shuffle_questions=False
    )
    second = make.make_member("Mai Văn Chấm", union.province_a, email="cham@example.vn")
    Role.objects.create(member=second, unit=union.province_a, kind="organizer", from_day=make.FROM_DAY)
    began = timezone.now() - timedelta(minutes=5)
    for member, text in ((union.alice, "Vì quyền lợi.\n\n  Của mọi người."), (union.bob, "Vì tình đồng nghiệp.")):
        attempt = start_attempt(member=member, round_=contest.rounds.get(), now=began)
        save_form(attempt=attempt, choices={1: [], 2: text}, now=began + timedelta(seconds=90), submit=True)
    mine = Attempt.objects.filter(round__contest=contest)
    for _ in range(200):
        if mine.filter(state="graded").count() == 2:
            break
        time.sleep(0.1)

    page = open_page(union.olga, DESK)
    page.goto(f"/to-chuc/cuoc-thi/{contest.slug}/cham-tu-luan/")
    page.get_by_role("link", name="Chấm bài tiếp theo").click()
    for key, credit in (("8", "80"), ("x", "100")):
        page.get_by_role("button", name="Lưu và sang bài tiếp").wait_for()
        page.keyboard.press(key)
        expect(page.locator("input[name=credit]")).to_have_value(credit)
        page.keyboard.press("Control+Enter")
        page.get_by_text("Đã lưu điểm").wait_for()
        if key == "8":
            expect(page.locator("input[name=credit]")).to_have_value("")
    expect(page.get_by_text("cần người khác chấm")).to_be_visible()

    plain = open_page(second, javascript=False)
    plain.goto(f"/to-chuc/cuoc-thi/{contest.slug}/cham-tu-luan/")
    plain.get_by_role("link", name="Chấm bài tiếp theo").click()
    for _ in range(2):
        expect(plain.locator("[data-credit]").first).to_be_hidden()
        plain.fill("input[name=credit]", "90")
        plain.get_by_role("button", name="Lưu và sang bài tiếp").click()
    expect(plain.get_by_text("Mọi bài tự luận đã chấm xong")).to_be_visible()

    assert sorted(EssayMark.objects.filter(attempt__in=mine).values_list("credit", flat=True)) == [80, 90, 90, 100]
    assert sorted(mine.values_list("state", "points")) == [("regraded", 85), ("regraded", 95)]
