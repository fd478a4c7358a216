"""What an organizer does when something goes wrong in a round: more time for a unit, late answers, a void with a retake."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from contests.actions.sitting import save_form
from contests.models import Attempt, Extension
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot
from tests.browser.test_organizer import fits
from tests.contests.organizer.cases import came_late, choices, running

pytestmark = pytest.mark.browser


def judged(attempt: Attempt) -> Attempt:
    """Once the worker has graded it."""
    for _ in range(150):
        attempt.refresh_from_db()
        if attempt.state == "graded":
            return attempt
        time.sleep(0.1)
    raise AssertionError(f"still {attempt.state}")


@pytest.mark.parametrize(("name", "viewport"), [("may-tinh", DESK), ("dien-thoai", PHONE)])
def test_trouble_in_a_round(site: Site, open_page: Opener, name: str, viewport: dict[str, int]) -> None:
    contest = site.contest(f"su-co-{name}")
    start = timezone.now() - timedelta(minutes=5)
    attempt = running(site.union.alice, contest, start)
    answers = choices(attempt, [1], [2])
    attempt = judged(save_form(attempt=attempt, choices=answers, now=start + timedelta(seconds=90), submit=True))
    came_late(attempt, choices(attempt, [2, 3]))
    sitting = running(site.union.bob, contest)
    page = open_page(site.union.olga, viewport)
    page.on("dialog", lambda dialog: dialog.accept())

    # found from the contest's page, by a name without accents
    page.goto(reverse("organizer_contest", args=[contest.slug]))
    shoot(site, page, f"console-contest-{name}")
    page.get_by_role("link", name="Lượt thi").first.click()
    fits(page)
    shoot(site, page, f"console-attempts-{name}")
    page.get_by_label("Tìm lượt thi").fill("tran anh")
    page.get_by_role("button", name="Tìm").click()
    expect(page.get_by_text("Lượt 1–1 trong 1 lượt")).to_be_visible()
    page.get_by_role("link", name="Trần Thị Ánh").click()

    # what came late: tried, then counted
    expect(page.get_by_text("12 giây sau khi nộp bài")).to_have_count(2)
    fits(page)
    shoot(site, page, f"console-attempt-{name}")
    page.get_by_text("Tính các câu đến trễ", exact=True).click()
    page.get_by_role("link", name="Xem thử điểm sau khi tính").click()
    expect(page.get_by_text("điểm từ 1 thành 3")).to_be_visible()
    page.get_by_label("Lý do").first.fill("Mạng của xưởng bị đứt lúc nộp bài")
    shoot(site, page, f"console-late-{name}")
    page.get_by_role("button", name="Tính và chấm lại").click()
    expect(page.get_by_text("Đã tính 2 câu đến trễ và chấm lại.")).to_be_visible()

    # voided, with one more attempt, after a look at who moves
    page.locator("summary", has_text="Huỷ kết quả").click()
    form = page.locator("#huy")
    form.get_by_role("link", name="Xem trước ai đổi hạng, giải nào đổi chủ").click()
    form.get_by_label("Lý do").fill("Có người làm hộ, biên bản ngày 22/11")
    form.get_by_label("Cho người này thi lại một lượt").check()
    fits(page)
    shoot(site, page, f"console-void-{name}")
    form.get_by_role("button", name="Huỷ kết quả").click()
    expect(page.get_by_text("Đã huỷ kết quả và cho thi lại một lượt.")).to_be_visible()
    shoot(site, page, f"console-voided-{name}")
    attempt.refresh_from_db()
    assert attempt.state == "voided"

    # more time for a unit, seen before it is saved
    page.goto(reverse("organizer_extensions", args=[contest.slug, 1]))
    shoot(site, page, f"console-extensions-{name}")
    _give_the_school_ten_minutes(page)
    expect(
        page.get_by_text("Ngay lúc này 1 người trong diện này đang làm bài; 1 người được giờ nộp muộn hơn.")
    ).to_be_visible()
    fits(page)
    shoot(site, page, f"console-extension-look-{name}")
    assert Extension.objects.filter(round__contest=contest).count() == 1
    page.get_by_role("button", name="Gia hạn").click()
    expect(page.get_by_text("Đã gia hạn.")).to_be_visible()
    shoot(site, page, f"console-extended-{name}")
    fits(page)
    before = sitting.deadline
    sitting.refresh_from_db()
    assert sitting.deadline == before + timedelta(minutes=10)

    # taken back after a question
    page.get_by_role("link", name="Thu hồi").first.click()
    shoot(site, page, f"console-revoke-{name}")
    page.get_by_role("button", name="Thu hồi").click()
    expect(page.get_by_text("Đã thu hồi gia hạn.")).to_be_visible()


def _give_the_school_ten_minutes(page: Page) -> None:
    page.get_by_label("Một đơn vị và các đơn vị trực thuộc").check()
    expect(page.get_by_label("Tìm người")).to_be_hidden()
    page.get_by_label("Tìm đơn vị").fill("mam non")
    page.get_by_label(re.compile("Mầm non Hoa Sen")).check()
    page.get_by_label("Thêm số phút").fill("10")
    page.get_by_label("Lý do").fill("Mất điện từ 19:30 đến 19:40")
    page.get_by_role("button", name="Xem trước").click()


def test_without_a_script_a_person_is_found_and_given_more(site: Site, open_page: Opener) -> None:
    contest = site.contest("su-co-khong-kich-ban")
    running(site.union.alice, contest)
    page = open_page(site.union.olga, PHONE, javascript=False)

    page.goto(reverse("organizer_extensions", args=[contest.slug, 1]))
    page.get_by_label("Thêm số lượt").fill("1")
    page.get_by_label("Lý do").fill("Máy hỏng giữa chừng")
    page.get_by_label("Tìm người").fill("tran anh")
    page.get_by_label("Tìm người").press("Enter")
    page.get_by_label(re.compile("Trần Thị Ánh")).check()
    expect(page.get_by_label("Lý do")).to_have_value("Máy hỏng giữa chừng")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Sửa lại").click()
    expect(page.get_by_label(re.compile("Trần Thị Ánh"))).to_be_checked()
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Gia hạn").click()

    expect(page.get_by_text("Đã gia hạn.")).to_be_visible()
    given = Extension.objects.get(round__contest=contest)
    assert (given.member, given.extra_attempts, given.reason) == (site.union.alice, 1, "Máy hỏng giữa chừng")
