"""Boards of units and the rules of a contest in a real browser: nothing scrolls sideways, numbers move, formulas answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import DESK, PHONE
from tests.contests.units.sat import sat

pytestmark = pytest.mark.browser
BOARDS = [
    {"key": "ty-le", "name": "Đơn vị có tỷ lệ dự thi cao", "by": "rate", "unit_kinds": ["cdcs"], "min_size": 20},
    {"key": "ct", "name": "Thi đua chung", "by": "formula", "unit_kinds": ["cdcs"], "formula": "thi_sinh / doan_vien * 60 + diem_top / 20 * 40"},
]  # fmt: skip
RULES = {
    "unit_boards": BOARDS,
    "divisions": [{"key": "co-so", "name": "Khối cơ sở", "unit_kinds": ["cdcs"]}, {"key": "khac", "name": "Còn lại"}],
    "prizes": [{"name": "Giải Nhất", "count": 1, "amount": 5_000_000, "round": "each"}],
}


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("size", "viewport"), [("phone", PHONE), ("desk", DESK)])
def test_the_board_of_units_fits_marks_the_own_unit_and_follows(site, open_page, size, viewport):
    contest = site.contest(f"thi-dua-{size}")
    contest.rules = RULES
    contest.save()
    for number in range(56):
        unit = make.make_unit(site.union.ward_a, f"CĐCS Công ty Trách nhiệm hữu hạn Một thành viên {size} số {number + 1}", members=5 if number == 3 else 40)  # fmt: skip
        sat(contest, make.make_member(f"Người {size} {number}", unit), unit, 1850)
    sat(contest, site.union.alice, site.union.factory_a, 1500)
    page = open_page(site.union.alice, viewport=viewport)
    page.goto(f"/bang-xep-hang/{contest.slug}/don-vi/ty-le/")

    expect(page.locator(".board-own")).to_contain_text("1 ÷ 200 = 0,5 %")
    expect(page.locator("summary")).to_contain_text("đơn vị chưa xếp hạng")
    assert fits(page)
    page.screenshot(path=site.shots / f"{size}-units.png")
    page.locator("summary").click()
    page.screenshot(path=site.shots / f"{size}-units-whole.png", full_page=True)
    sat(contest, make.make_member(f"Người nữa {size}", site.union.factory_a), site.union.factory_a, 100)
    expect(page.locator(".board-own")).to_contain_text("2 ÷ 200 = 1 %", timeout=45_000)
    assert page.locator("details").evaluate("fold => fold.open"), "what was opened stays open"
    page.goto(f"/bang-xep-hang/{contest.slug}/don-vi/ct/")
    assert fits(page)
    page.screenshot(path=site.shots / f"{size}-units-formula.png")


@pytest.mark.parametrize(("size", "viewport"), [("phone", PHONE), ("desk", DESK)])
def test_rules_are_written_on_any_screen_and_a_formula_answers_while_it_is_typed(site, open_page, size, viewport):
    contest = site.contest(f"luat-{size}", state="draft")
    contest.rules = RULES
    contest.save()
    page = open_page(site.union.olga, viewport=viewport)
    page.goto(f"/to-chuc/cuoc-thi/{contest.slug}/luat/")
    assert fits(page)
    page.screenshot(path=site.shots / f"{size}-org-rules.png", full_page=True)

    page.goto(f"/to-chuc/cuoc-thi/{contest.slug}/bang-don-vi/2/")
    assert fits(page)
    preview = page.locator("[data-preview]")
    expect(preview).to_contain_text("÷ 200 × 60")
    page.screenshot(path=site.shots / f"{size}-org-unit-board.png", full_page=True)
    page.get_by_label("Công thức").last.fill("thi_sinh ** 9")
    expect(preview).to_contain_text("Không dùng luỹ thừa")
    page.get_by_label("Công thức").last.fill("thi_sinh / doan_vien")
    expect(preview).to_contain_text("40 ÷ 200 = 0,2")
    contest.refresh_from_db()
    assert contest.rules == RULES, "trying saves nothing"


def test_rows_of_prizes_are_added_without_javascript(site, open_page):
    contest = site.contest("luat-khong-js", state="draft")
    page = open_page(site.union.olga, javascript=False)
    page.goto(f"/to-chuc/cuoc-thi/{contest.slug}/luat/")
    page.get_by_role("button", name="Thêm dòng giải").click()
    page.get_by_label("Tên giải").fill("Giải Nhất")
    page.get_by_role("button", name="Thêm dòng giải").click()
    page.get_by_label("Tên giải").nth(1).fill("Giải Nhì")
    for index in range(2):
        for label, value in (("Số giải", "2"), ("Bậc", str(index + 1)), ("Tiền thưởng (đồng)", "1000000")):
            page.get_by_label(label).nth(index).fill(value)
    page.get_by_role("button", name="Lưu luật").click()

    expect(page.get_by_text("Đã lưu luật xếp hạng và giải thưởng.")).to_be_visible()
    contest.refresh_from_db()
    assert [(one["name"], one["count"], one["tier"]) for one in contest.rules["prizes"]] == [("Giải Nhất", 2, 1), ("Giải Nhì", 2, 2)]  # fmt: skip
