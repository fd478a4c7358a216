"""Staff, from the login to the Word report that is ready to sign: how many presses it takes, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from django.conf.global_settings import PASSWORD_HASHERS as HASHERS
from django.test import override_settings
from playwright.sync_api import Page, expect

from accounts.models import Role
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot
from tests.browser.steps import fits
from tests.reports.rows import sat

pytestmark = pytest.mark.browser


class Counted:
    """A page whose presses are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, role: str, name: str) -> None:
        self.presses += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_from_the_login_to_the_report_that_is_ready_to_sign(site: Site, open_page: Opener, screen) -> None:
    union, name = site.union, f"bao-cao-{screen['width']}"
    contest = site.contest(name)
    for at, unit in enumerate([union.factory_a, union.factory_a, union.school_a]):
        sat(contest, make.make_member(f"Người dự thi {at}", unit), unit, 300 + 100 * (at % 2))
    with override_settings(PASSWORD_HASHERS=HASHERS):  # the servers know nothing of the quick one of the tests
        officer = make.make_member("Lương Thị Cán Bộ", union.province_a, email=f"{name}@example.vn")
    Role.objects.create(member=officer, unit=union.province_a, kind=Role.Kind.STAFF, from_day=make.FROM_DAY)
    page = open_page(viewport=screen)
    by = Counted(page)

    page.goto("/tai-khoan/login/?next=/bao-cao/")
    page.locator("input[name=login]").fill(officer.email)
    page.locator("input[type=password]").fill(make.PASSWORD)
    page.keyboard.press("Enter")
    by.presses += 1
    expect(page.get_by_role("heading", level=1)).to_have_text("Báo cáo tham gia")
    fits(page)
    by.press("link", contest.title)
    expect(page.get_by_role("heading", level=1)).to_have_text(union.province_a.name)
    fits(page)
    by.press("button", "Báo cáo chính thức (Word)")
    expect(page.get_by_role("link", name="Tải về máy")).to_be_visible(timeout=30_000)
    fits(page)
    if screen == DESK:
        shoot(site, page, "report-ready")
    with page.expect_download() as file:
        by.press("link", "Tải về máy")

    assert by.presses == 4
    assert file.value.suggested_filename.endswith(".docx")
    text = "\n".join(one.text for one in docx.Document(str(Path(file.value.path()))).paragraphs)
    assert "có 3 người dự thi với 3 lượt thi" in text
    assert text.count("./.") == 1
