"""Staff, from the login to the Word report that is ready to sign: how many presses it takes, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path

import docx
import pypdfium2 as pdfium
import pytest
from django.conf.global_settings import PASSWORD_HASHERS as HASHERS
from django.test import override_settings
from playwright.sync_api import Page, expect

from accounts.models import Role
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot
from tests.browser.steps import fits
from tests.reports.pages import text_of
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


def test_the_page_of_statistics_prints_whole(site: Site, open_page: Opener) -> None:
    """What is folded on a screen is open on paper, what cannot be pressed there is gone, and nothing stands apart from its title."""
    union, contest = site.union, site.contest("in-bao-cao")
    province = make.make_unit(
        union.national, "LĐLĐ tỉnh In thử", "ldld-tinh"
    )  # of its own: others count the units of theirs
    wards = make.make_units(
        [(province, f"Công đoàn xã In thử {at:02d}", "cap-tren-co-so", f"IN{at:02d}", 40) for at in range(34)]
    )
    contest.audience = province
    contest.save()
    officer = make.make_member("Cán bộ In", province, email="in@example.vn")
    Role.objects.create(member=officer, unit=province, kind=Role.Kind.STAFF, from_day=make.FROM_DAY)
    for at, ward in enumerate(wards[:20]):
        sat(contest, make.make_member(f"Người in {at}", ward), ward, 100 * (at % 5))
    page = open_page(officer, viewport=DESK)
    address = f"/bao-cao/{contest.slug}/?don-vi={province.code}"

    page.goto(address)
    paper = page.pdf(format="A4", prefer_css_page_size=True)

    pages = [text_of(paper, at) for at in range(len(pdfium.PdfDocument(paper)))]
    whole = " ".join(pages)
    assert f"{site.url}{address}" in pages[0]
    assert "Số liệu lúc" in pages[0]
    assert pages[0].startswith(f"1/{len(pages)} ")
    assert all(pages)
    for gone in ("Tải báo cáo Excel", "Tệp khác", "Xem theo nhóm", "Tổ chức thi", "Tài khoản", "Đăng xuất"):
        assert gone not in whole
    for opened in ("23–24", "90–100 %", "Lần đầu của đợt"):
        assert opened in whole, "a number table that is folded on the screen"
    assert "Tỷ lệ người dự thi trên số đoàn viên" in pages[0], "the chart follows the headline"
    assert all(f"In thử {at:02d}" in pages[0] for at in range(20)), "and stands on one page"
    heads = [text for text in pages if "Điểm TB" in text]
    assert len(heads) == 2, "the title row stands on both pages of the table"
    assert sum(text.count("Cộng") for text in pages) == 1, "and the total once"
    for caption, words in (("Lượt thi theo giờ trong ngày", "Đông nhất từ"), ("Bảng số theo giờ", "23–24"), ("Lượt thi theo tỷ lệ câu đúng", "Nhiều nhất")):  # fmt: skip
        assert any(caption in text and words in text for text in pages), caption


def test_the_picture_to_share_is_seen_before_it_is_saved(site: Site, open_page: Opener) -> None:
    union, contest = site.union, site.contest("anh-chia-se")
    sat(contest, make.make_member("Người trong ảnh", union.factory_a), union.factory_a, 300)
    page = open_page(union.olga)

    page.goto(f"/bao-cao/{contest.slug}/?don-vi={union.province_a.code}")
    page.get_by_role("button", name="Ảnh để chia sẻ (PNG)").click()
    picture = page.get_by_role("img", name="Ảnh kết quả tham gia")
    expect(picture).to_be_visible(timeout=30_000)
    page.wait_for_function("document.querySelector('.export-picture img').naturalWidth === 1080")
    fits(page)
    shoot(site, page, "report-picture")
    with page.expect_download() as file:
        page.get_by_role("link", name="Tải về máy").click()

    assert file.value.suggested_filename.endswith(".png")
