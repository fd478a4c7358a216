"""A file that is not perfect, mended on the page: on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contests.actions.bank import create_bank
from contests.models import Question
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot
from tests.browser.steps import fits
from tests.contests.organizer.sent import workbook

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("name", "viewport"), [("may-tinh", DESK), ("dien-thoai", PHONE)])
def test_a_file_is_mended_on_the_page(
    site: Site, open_page: Opener, tmp_path: Path, name: str, viewport: dict[str, int]
) -> None:
    bank = create_bank(owner=site.union.province_a, name=f"Từ tệp ({name})", by=site.union.olga)
    file = tmp_path / "câu hỏi tuần 1.xlsx"
    file.write_bytes(workbook(L2=None, B3=None, E4=None))
    page = open_page(site.union.olga, viewport)
    page.on("dialog", lambda dialog: dialog.accept())

    page.goto(reverse("organizer_upload", args=[bank.public_id]))
    shoot(site, page, f"import-upload-{name}")
    page.get_by_label("Tệp câu hỏi").set_input_files(file)
    page.get_by_role("button", name="Đọc thử tệp này").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 câu cần sửa, 0 câu sẵn sàng")
    fits(page)
    shoot(site, page, f"import-preview-{name}")

    # what the whole file shares is said once
    page.get_by_label("Chủ đề").first.fill("Pháp luật lao động")
    page.get_by_role("button", name="Dùng cho mọi câu còn thiếu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 câu cần sửa, 1 câu sẵn sàng")

    # a key is chosen where the question stands
    page.locator("#cau-2 .option").nth(1).click()
    page.locator("#cau-2").get_by_role("button", name="Lưu đáp án câu này").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 câu cần sửa, 2 câu sẵn sàng")

    # the last one in the form
    page.get_by_role("link", name="Sửa lần lượt từng câu").click()
    fits(page)
    shoot(site, page, f"import-mend-{name}")
    page.get_by_label("Câu hỏi", exact=True).fill("Tuổi tối thiểu để đi làm là bao nhiêu?")
    page.get_by_role("button", name="Lưu câu này").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 câu sẵn sàng để lưu")
    fits(page)
    shoot(site, page, f"import-ready-{name}")
    page.get_by_role("button", name="Lưu 3 câu vào ngân hàng").click()
    expect(page.get_by_text("Đã lưu: 3 câu mới")).to_be_visible()
    assert Question.objects.filter(bank=bank).count() == 3
