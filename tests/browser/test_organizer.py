"""An organizer in a real browser: from a file of questions to an open contest, on a desk and on a phone, without the admin."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from contests.models import Bank, Contest, Question
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot
from tests.contests.organizer.sent import REAL_BANK

pytestmark = pytest.mark.browser


def fits(page: Page) -> None:
    """Nothing hangs out of the side of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("name", "viewport"), [("may tinh", DESK), ("dien thoai", PHONE)])
def test_from_a_file_to_an_open_contest(site: Site, open_page: Opener, name: str, viewport: dict[str, int]) -> None:
    page = open_page(site.union.olga, viewport)
    page.on("dialog", lambda dialog: dialog.accept())

    # a bank, a file, a look, the button
    page.goto("/to-chuc/")
    page.get_by_role("link", name="Tạo ngân hàng").click()
    page.get_by_label("Tên ngân hàng câu hỏi").fill(f"Ngân hàng {name}")
    page.get_by_role("button", name="Tạo và nhập câu hỏi").click()
    page.locator("input[type=file]").set_input_files(REAL_BANK)
    page.get_by_role("button", name="Đọc thử tệp này").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("120 câu sẵn sàng để lưu")
    expect(page.get_by_text("Chưa lưu gì cả.")).to_be_visible()
    fits(page)
    bank = Bank.objects.get(name=f"Ngân hàng {name}")
    assert not Question.objects.filter(bank=bank).exists()
    page.get_by_role("button", name="Lưu 120 câu vào ngân hàng").click()
    expect(page.get_by_text("Đã lưu: 120 câu mới")).to_be_visible()

    # the wizard: a unit found while typing, the sum of the questions as it changes
    page.goto(reverse("organizer_new_contest"))
    page.get_by_text("Thi một buổi tối").click()
    page.get_by_text(bank.name).click()
    page.get_by_role("button", name="Tiếp").click()
    page.get_by_label("Tên cuộc thi").fill(f"Hội thi {name}")
    page.get_by_label("Tìm đơn vị khác").fill("may song cau")
    page.get_by_label(re.compile("May Sông Cầu")).check()
    page.get_by_label("Tìm đơn vị khác").fill("mam non")
    expect(page.get_by_label(re.compile("Mầm non Hoa Sen"))).to_be_visible()
    expect(page.get_by_label(re.compile("May Sông Cầu"))).to_be_checked()
    expect(page.get_by_text("Cả đề: 10 câu")).to_be_visible()
    page.get_by_label("Tiền lương", exact=True).fill("80")
    page.locator("form[data-guard]").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Lưu bản nháp").click()
    expect(page.get_by_text("cần 80 câu nhưng ngân hàng chỉ có")).to_be_visible()
    expect(page.get_by_label("Tên cuộc thi")).to_have_value(f"Hội thi {name}")
    fits(page)
    page.get_by_label("Tiền lương", exact=True).fill("2")
    page.get_by_role("button", name="Lưu bản nháp").click()

    # looked at as a phone shows it, then opened
    expect(page.get_by_role("heading", name="Kiểm tra trước khi mở")).to_be_visible()
    contest = Contest.objects.get(title=f"Hội thi {name}")
    assert contest.audience == site.union.factory_a
    page.get_by_role("link", name="Xem thử đề").click()
    assert page.locator(".org-phone fieldset").count() == sum(
        part["count"] for part in contest.rounds.get().rules["draw"]
    )
    expect(page.locator("[data-mark]")).to_have_count(0)
    fits(page)
    page.go_back()
    page.get_by_role("button", name="Mở cuộc thi").click()
    expect(page.get_by_text("Cuộc thi đã được công bố")).to_be_visible()
    contest.refresh_from_db()
    assert contest.state == Contest.State.OPEN
    fits(page)
    shoot(site, page, f"organizer-open-{name.replace(' ', '-')}")

    # its people see it
    member = open_page(site.union.alice, PHONE)
    member.goto("/")
    expect(member.get_by_role("link", name=f"Hội thi {name}", exact=True)).to_be_visible()


def test_the_figures_move_by_themselves(site: Site, open_page: Opener) -> None:
    contest = site.contest("so-lieu-song")
    page = open_page(site.union.olga, DESK)
    page.goto(reverse("organizer_contest", args=[contest.slug]))
    expect(page.locator("[data-figure=sitting]")).to_have_text("0")

    member = open_page(site.union.alice, PHONE)
    member.goto(f"/cuoc-thi/{contest.slug}/")
    member.get_by_role("button", name="Vào thi").click()
    member.wait_for_url("**/thi/*/**")

    expect(page.locator("[data-figure=sitting]")).to_have_text("1", timeout=12_000)
    expect(page.locator("[data-figure=people]")).to_have_text("1")


def test_without_a_script_the_whole_way_works_too(site: Site, open_page: Opener) -> None:
    page = open_page(site.union.olga, PHONE, javascript=False)

    page.goto(f"{reverse('organizer_new_contest')}?mau=mot-toi&bank={site.bank.public_id}")
    page.get_by_label("Tên cuộc thi").fill("Hội thi không kịch bản")
    page.get_by_label("Tìm đơn vị khác").fill("mam non")
    page.get_by_role("button", name="Tìm").click()
    expect(page.get_by_label("Tên cuộc thi")).to_have_value("Hội thi không kịch bản")
    page.get_by_label(re.compile("Mầm non Hoa Sen")).check()
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("button", name="Mở cuộc thi").click()

    expect(page.get_by_text("Cuộc thi đã được công bố")).to_be_visible()
    contest = Contest.objects.get(title="Hội thi không kịch bản")
    assert (contest.state, contest.audience) == (Contest.State.OPEN, site.union.school_a)
