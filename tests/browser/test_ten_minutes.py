"""The promise to a new organizer: a Word file of thirty questions becomes an open contest, by hand or by keys alone."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import Member, Role
from contests.models import Contest, Question
from tests import make
from tests.browser.conftest import DESK, Opener, Site, shoot
from tests.browser.steps import fits

pytestmark = pytest.mark.browser


def word_file(path: Path) -> Path:
    """Thirty questions as people keep them: no codes, no topics, no sources; of two the key was forgotten."""
    document = docx.Document()
    document.add_heading("BỘ CÂU HỎI TÌM HIỂU BỘ LUẬT LAO ĐỘNG", 0)
    document.add_paragraph("(Kèm theo Kế hoạch số 12/KH-CĐ)")
    for number in range(1, 31):
        document.add_paragraph(f"Câu {number}. Quy định thứ {number} của Bộ luật Lao động nói về nội dung nào?")
        for place, letter in enumerate("ABCD"):
            line = document.add_paragraph().add_run(f"{letter}. Nội dung {letter.lower()} của quy định {number}")
            line.bold = number not in (7, 19) and place == number % 4
    document.save(str(path))
    return path


def new_organizer(site: Site, name: str) -> Member:
    """Somebody with a role, a unit and nothing else."""
    unit = make.make_unit(site.union.ward_a, f"CĐCS {name}", members=120)
    member = make.make_member("Vũ Thị Mới", unit, email=f"mot-gio-{Member.objects.count()}@example.vn")
    Role.objects.create(member=member, unit=unit, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    return member


class Hand:
    """Clicks and types, and counts both; a question answered with yes is a click."""

    def __init__(self, page: Page) -> None:
        self.clicks = self.keys = 0
        page.on("dialog", self._yes)

    def _yes(self, dialog) -> None:
        self.clicks += 1
        dialog.accept()

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def type(self, target: Locator, text: str) -> None:
        self.clicks += 1
        self.keys += len(text)
        target.fill(text)


def test_from_a_word_file_to_an_open_contest(site: Site, open_page: Opener, tmp_path: Path) -> None:
    file = word_file(tmp_path / "bo cau hoi.docx")
    member = new_organizer(site, "Mười Phút")
    page = open_page(member, DESK)
    hand = Hand(page)
    page.goto("/to-chuc/")
    shoot(site, page, "ten-minutes-1-empty")

    # a bank, and the file as it is
    hand.click(page.get_by_role("link", name="Tạo ngân hàng").first)
    hand.type(page.get_by_label("Tên ngân hàng câu hỏi"), "Bộ luật Lao động")
    hand.click(page.locator("main form button.primary"))
    page.get_by_label("Tệp câu hỏi").set_input_files(file)
    hand.clicks += 2  # the button of the field, and the file in the list of the system
    hand.click(page.get_by_role("button", name="Đọc thử tệp này"))
    expect(page.get_by_role("heading", level=1)).to_have_text("30 câu cần sửa, 0 câu sẵn sàng")
    shoot(site, page, "ten-minutes-2-read")

    # said once for all thirty
    hand.type(page.get_by_label("Chủ đề").first, "Bộ luật Lao động")
    hand.type(page.get_by_label("Hoặc nguồn khác"), "Bộ luật Lao động 2019")
    hand.click(page.get_by_role("button", name="Dùng cho mọi câu còn thiếu"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 câu cần sửa, 28 câu sẵn sàng")
    shoot(site, page, "ten-minutes-3-two-left")

    # the two forgotten keys
    for left in ("1 câu cần sửa, 29 câu sẵn sàng", "30 câu sẵn sàng để lưu"):
        card = page.locator(".org-uploaded").first
        hand.click(card.locator(".option").nth(1))
        hand.click(card.get_by_role("button", name="Lưu đáp án câu này"))
        expect(page.get_by_role("heading", level=1)).to_have_text(left)
    fits(page)
    hand.click(page.get_by_role("button", name="Lưu 30 câu vào ngân hàng"))
    expect(page.get_by_text("Đã lưu: 30 câu mới")).to_be_visible()

    # a contest from a template
    hand.click(page.get_by_role("link", name="Tạo cuộc thi").first)
    hand.click(page.get_by_role("button", name="Tiếp"))
    hand.click(page.get_by_role("button", name="Lưu bản nháp"))
    expect(page.get_by_role("heading", name="Kiểm tra trước khi mở")).to_be_visible()
    shoot(site, page, "ten-minutes-4-checked")
    hand.click(page.get_by_role("button", name="Mở cuộc thi"))
    expect(page.get_by_text("Cuộc thi đã được công bố")).to_be_visible()
    shoot(site, page, "ten-minutes-5-open")

    contest = Contest.objects.get(organizer__name="CĐCS Mười Phút")
    assert contest.state == "open"
    assert Question.objects.filter(bank=contest.bank).count() == 30
    print(f"clicks: {hand.clicks}, keystrokes: {hand.keys}")
    assert hand.clicks <= 25


def test_the_same_with_keys_alone(site: Site, open_page: Opener, tmp_path: Path) -> None:
    file = word_file(tmp_path / "bo cau hoi.docx")
    member = new_organizer(site, "Bàn Phím Mười Phút")
    page = open_page(member, DESK)
    page.on("dialog", lambda dialog: dialog.accept())
    keys = 0

    def reach(target: Locator) -> None:
        nonlocal keys
        target.wait_for()
        for _ in range(150):
            page.keyboard.press("Tab")
            keys += 1
            if target.evaluate("one => one === document.activeElement"):
                return
        pytest.fail(f"{target} is not reached by Tab")

    def press(target: Locator, key: str = "Enter") -> None:
        nonlocal keys
        reach(target)
        page.keyboard.press(key)
        keys += 1

    def write(target: Locator, text: str) -> None:
        nonlocal keys
        reach(target)
        page.keyboard.insert_text(text)
        keys += len(text)

    page.goto("/to-chuc/")
    press(page.get_by_role("link", name="Tạo ngân hàng").first)
    write(page.get_by_label("Tên ngân hàng câu hỏi"), "Bộ luật Lao động")
    press(page.locator("main form button.primary"))
    page.get_by_label("Tệp câu hỏi").set_input_files(file)
    press(page.get_by_role("button", name="Đọc thử tệp này"))
    expect(page.get_by_role("heading", level=1)).to_have_text("30 câu cần sửa, 0 câu sẵn sàng")
    write(page.get_by_label("Chủ đề").first, "Bộ luật Lao động")
    write(page.get_by_label("Hoặc nguồn khác"), "Bộ luật Lao động 2019")
    press(page.get_by_role("button", name="Dùng cho mọi câu còn thiếu"))
    for left in ("1 câu cần sửa, 29 câu sẵn sàng", "30 câu sẵn sàng để lưu"):
        card = page.locator(".org-uploaded").first
        press(card.locator(".option input").nth(1), "Space")
        press(card.get_by_role("button", name="Lưu đáp án câu này"))
        expect(page.get_by_role("heading", level=1)).to_have_text(left)
    press(page.get_by_role("button", name="Lưu 30 câu vào ngân hàng"))
    expect(page.get_by_text("Đã lưu: 30 câu mới")).to_be_visible()
    press(page.get_by_role("link", name="Tạo cuộc thi").first)
    press(page.get_by_role("button", name="Tiếp"))
    press(page.get_by_role("button", name="Lưu bản nháp"))
    press(page.get_by_role("button", name="Mở cuộc thi"))
    expect(page.get_by_text("Cuộc thi đã được công bố")).to_be_visible()

    print(f"keys: {keys}")
    assert Contest.objects.get(organizer__name="CĐCS Bàn Phím Mười Phút").state == "open"
