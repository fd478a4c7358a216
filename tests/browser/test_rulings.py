"""An organizer corrects a key after the fact, on a desk and on a phone: sees what it would do, does it, takes it back."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, Contest, QuestionVersion
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot

pytestmark = pytest.mark.browser
NAMES = ["Trần Thị Hồng Nhung", "Nguyễn Văn Khoa", "Lò Thị Mai", "Hoàng Đức Anh", "Phạm Thị Thu Hà", "Vũ Minh Tuấn"]


def fits(page: Page) -> None:
    """Nothing hangs out of the side of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def sat_by_many(contest: Contest, unit) -> QuestionVersion:
    """The better half chose the third option of the first question where the key has the first."""
    begun, disputed = timezone.now() - timedelta(minutes=12), None  # nothing for the sweep
    for number in range(36):
        member = make.make_member(NAMES[number % 6] + ("" if number < 6 else f" {number}"), unit)
        attempt = start_attempt(member=member, round_=contest.rounds.get(), now=begun)
        versions = QuestionVersion.objects.in_bulk([version for version, _ in attempt.paper])
        choices = {}
        for place, (pk, order) in enumerate(attempt.paper, 1):
            version = versions[pk]
            if version.question.code == "Q0-00":
                disputed = version
                choices[place] = [order.index(2 if number < 24 else 0)]
            elif number < 30:
                choices[place] = sorted(order.index(option) for option in version.key)
        save_form(attempt=attempt, choices=choices, now=begun + timedelta(seconds=200 + number * 7), submit=True)
    until = time.monotonic() + 60
    while Attempt.objects.filter(round__contest=contest, state="submitted").exists() and time.monotonic() < until:
        time.sleep(0.2)
    assert disputed is not None
    return disputed


@pytest.mark.parametrize(("name", "viewport"), [("may-tinh", DESK), ("dien-thoai", PHONE)])
def test_a_key_is_corrected(site: Site, open_page: Opener, name: str, viewport: dict[str, int]) -> None:
    bank = make.make_bank(site.union.province_a, topics=("Tiền lương",), each=4)
    bank.name = f"Ngân hàng {name}"
    bank.save()
    contest = site.contest(f"sua-dap-an-{name}", bank)
    round_ = contest.rounds.get()
    round_.rules["draw"] = [{"topic": "Tiền lương", "count": 4}]
    round_.save()
    contest.rules = {
        "prizes": [{"name": "Giải Nhất", "count": 1, "amount": 5_000_000}, {"name": "Giải Nhì", "count": 2, "tier": 2}]
    }
    contest.save()
    disputed = sat_by_many(contest, site.union.factory_a)
    page = open_page(site.union.olga, viewport)
    page.on("dialog", lambda dialog: dialog.accept())

    page.goto(reverse("organizer_contest", args=[contest.slug]))
    page.get_by_role("link", name="Xem các câu này").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sửa đáp án, huỷ câu")
    fits(page)
    shoot(site, page, f"rulings-{name}")
    page.get_by_role("link", name="Xem và quyết định").click()
    shoot(site, page, f"ruling-new-{name}")
    page.get_by_label("Sửa đáp án").check()
    page.get_by_label(f"C. {disputed.options[2]}").check()
    page.get_by_label("Lý do").fill("Nghị định mới thay số liệu từ ngày 1/7")
    fits(page)
    page.get_by_role("button", name="Xem trước").click()

    expect(page.get_by_text("Xem trước, chưa lưu")).to_be_visible()
    expect(page.get_by_text("Được nhận:").first).to_be_visible()
    fits(page)
    shoot(site, page, f"ruling-trial-{name}")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.get_by_text("Đã áp dụng.")).to_be_visible()
    fits(page)
    shoot(site, page, f"ruling-applied-{name}")
    points = sorted(Attempt.objects.filter(round__contest=contest).values_list("points", flat=True))
    assert points == [0] * 6 + [300] * 6 + [400] * 24

    page.get_by_role("button", name="Xem trước việc thu hồi").click()
    page.get_by_label("Lý do").fill("Nghị định chưa có hiệu lực")
    shoot(site, page, f"ruling-undo-{name}")
    page.get_by_role("button", name="Thu hồi quyết định").click()
    expect(page.get_by_text("Đã thu hồi.")).to_be_visible()
    assert Attempt.objects.filter(round__contest=contest, points=400).count() == 6

    member = Attempt.objects.filter(round__contest=contest, changes__isnull=False).first()
    assert member is not None
    phone = open_page(member.entry.member, viewport)
    phone.goto(reverse("result", args=[member.public_id]))
    expect(phone.get_by_role("heading", name="Chấm lại theo quyết định của ban tổ chức")).to_be_visible()
    fits(phone)
    shoot(site, phone, f"ruling-result-{name}")
    page.goto(reverse("organizer_attempt", args=[contest.slug, member.public_id], query={"thu": "hang"}))
    expect(page.get_by_role("heading", name="Giải thưởng")).to_be_visible()
    fits(page)
    shoot(site, page, f"ruling-void-{name}")
