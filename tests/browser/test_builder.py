"""The contest builder in a real browser: how many taps from “Tạo cuộc thi” to “Mở”, with a finger and with keys alone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Member, Role
from contests.models import Contest, Rehearsal
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot

pytestmark = pytest.mark.browser


def new_organizer(site: Site, name: str) -> tuple[Member, make.Bank]:
    """Somebody with one unit and one bank, as most organizers are."""
    unit = make.make_unit(site.union.ward_a, f"CĐCS {name}", members=120)
    member = make.make_member("Vũ Thị Mới", unit, email=f"moi-{Member.objects.count()}@example.vn")
    Role.objects.create(member=member, unit=unit, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    bank = make.make_bank(unit)
    bank.name = f"Pháp luật lao động {name}"
    bank.save()
    for number, version in enumerate(make.QuestionVersion.objects.filter(question__bank=bank)):
        version.difficulty = ("easy", "medium", "hard")[number % 3]
        version.save()
    return member, bank


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


class Hand:
    """Clicks, and counts them; a question that is answered with yes counts too."""

    def __init__(self, page: Page) -> None:
        self.clicks = 0
        page.on("dialog", self._yes)

    def _yes(self, dialog) -> None:
        self.clicks += 1
        dialog.accept()

    def __call__(self, target: Locator) -> None:
        self.clicks += 1
        target.click()


@pytest.mark.parametrize(("name", "viewport"), [("desk", DESK), ("phone", PHONE)])
def test_four_weeks_open_after_five_clicks_and_no_key(site: Site, open_page: Opener, name: str, viewport) -> None:
    member, bank = new_organizer(site, name)
    page = open_page(member, viewport)
    hand = Hand(page)
    page.goto("/to-chuc/")

    hand(page.get_by_role("link", name="Tạo cuộc thi").first)
    shoot(site, page, f"builder-1-start-{name}")
    fits(page)
    hand(page.get_by_role("button", name="Tiếp"))
    expect(page.get_by_label("Tên cuộc thi")).to_have_value(f"Tìm hiểu pháp luật lao động {name}")
    expect(page.get_by_text("Cả đề: 20 câu")).to_be_visible()
    shoot(site, page, f"builder-2-form-{name}")
    fits(page)
    hand(page.get_by_role("button", name="Lưu bản nháp"))
    expect(page.get_by_role("heading", name="Kiểm tra trước khi mở")).to_be_visible()
    shoot(site, page, f"builder-3-checklist-{name}")
    fits(page)
    hand(page.get_by_role("button", name="Mở cuộc thi"))
    expect(page.get_by_text("Cuộc thi đã được công bố")).to_be_visible()

    assert hand.clicks == 5
    contest = Contest.objects.get(bank=bank)
    opens = [timezone.localtime(one.opens_at) for one in contest.rounds.all()]
    assert contest.state == "open"
    assert [(one.isoweekday(), one.hour) for one in opens] == [(1, 8)] * 4
    fits(page)


def test_the_same_with_keys_alone(site: Site, open_page: Opener) -> None:
    member, bank = new_organizer(site, "bàn phím")
    page = open_page(member, DESK)
    page.on("dialog", lambda dialog: dialog.accept())
    keys = 0

    def walk_to(target: Locator) -> None:
        """Tab until it has the focus, then Enter."""
        nonlocal keys
        target.wait_for()
        for _ in range(80):
            page.keyboard.press("Tab")
            keys += 1
            if target.evaluate("one => one === document.activeElement"):
                page.keyboard.press("Enter")
                keys += 1
                return
        pytest.fail(f"{target} is not reached by Tab")

    page.goto("/to-chuc/")
    walk_to(page.get_by_role("link", name="Tạo cuộc thi").first)
    page.wait_for_url("**/cuoc-thi/moi/")
    walk_to(page.get_by_role("button", name="Tiếp"))
    page.wait_for_url("**/cuoc-thi/moi/?*")
    walk_to(page.get_by_role("button", name="Lưu bản nháp"))
    page.wait_for_url("**/cuoc-thi/tim-hieu*/")
    walk_to(page.get_by_role("button", name="Mở cuộc thi"))
    expect(page.get_by_text("Cuộc thi đã được công bố")).to_be_visible()

    assert Contest.objects.get(bank=bank).state == "open"
    print(f"keys: {keys}")


def test_a_blueprint_counts_as_it_is_typed(site: Site, open_page: Opener) -> None:
    member, bank = new_organizer(site, "độ khó")
    page = open_page(member, PHONE)
    page.goto(f"{reverse('organizer_new_contest')}?mau=mot-toi&bank={bank.public_id}")
    page.get_by_label("Tiền lương", exact=True).fill("1")
    page.get_by_label("Tiền lương, khó", exact=True).fill("3")
    page.get_by_label("Luật Công đoàn", exact=True).fill("2")
    expect(page.get_by_text("Cả đề: 6 câu")).to_be_visible()
    page.locator(".org-blueprint").scroll_into_view_if_needed()
    shoot(site, page, "builder-blueprint-phone")
    page.get_by_role("button", name="Lưu bản nháp").click()

    expect(page.get_by_text("Tiền lương (khó) 3")).to_be_visible()
    assert Contest.objects.get(bank=bank).rounds.get().rules["draw"][-1]["difficulty"] == "hard"


@pytest.mark.parametrize(("name", "viewport"), [("desk", DESK), ("phone", PHONE)])
def test_rehearse_share_and_pause(site: Site, open_page: Opener, name: str, viewport) -> None:
    member, bank = new_organizer(site, f"diễn tập {name}")
    page = open_page(member, viewport)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{reverse('organizer_new_contest')}?mau=mot-toi&bank={bank.public_id}")
    page.get_by_role("button", name="Lưu bản nháp").click()
    contest = Contest.objects.get(bank=bank)

    page.get_by_role("link", name="Diễn tập").first.click()
    page.get_by_label("Số người giả").fill("10")
    page.get_by_role("button", name="Bắt đầu diễn tập").click()
    expect(page.get_by_role("heading", name="Đang diễn tập")).to_be_visible()
    shoot(site, page, f"builder-rehearsing-{name}")
    expect(page.get_by_role("heading", name="Báo cáo lần diễn tập")).to_be_visible(timeout=60_000)
    assert Rehearsal.objects.get(contest=contest).report["failed"] == []
    shoot(site, page, f"builder-rehearsal-{name}")
    fits(page)

    page.goto(reverse("organizer_share", args=[contest.slug]))
    expect(page.get_by_text(f"/c/{contest.share_code}/").first).to_be_visible()
    page.get_by_role("button", name="Chép liên kết").wait_for()
    shoot(site, page, f"builder-share-{name}")
    fits(page)
    page.goto(reverse("organizer_poster", args=[contest.slug]))
    shoot(site, page, f"builder-poster-{name}")
    fits(page)
    page.goto(reverse("organizer_edit_round", args=[contest.slug, 1]))
    if viewport == DESK:  # the real thing stands beside the form
        expect(page.frame_locator(".org-frame iframe").get_by_text("Câu 1", exact=True).first).to_be_visible()
    shoot(site, page, f"builder-round-{name}")
    fits(page)
    page.goto(reverse("organizer_contest", args=[contest.slug]))
    page.get_by_role("button", name="Mở cuộc thi").click()
    page.get_by_role("link", name="Tạm dừng").click()
    page.get_by_label("Lý do").fill("Mất mạng ở trung tâm dữ liệu, mở lại trước 20:00")
    page.get_by_role("button", name="Tạm dừng").click()
    expect(page.get_by_role("heading", name="Cuộc thi đang tạm dừng")).to_be_visible()
    shoot(site, page, f"builder-paused-{name}")
    fits(page)
    guest = open_page(None, PHONE)
    guest.goto(f"/c/{contest.share_code}/")
    expect(guest.get_by_text("Tạm dừng: Mất mạng ở trung tâm dữ liệu")).to_be_visible()
    shoot(site, guest, f"builder-paused-member-{name}")
    fits(guest)
