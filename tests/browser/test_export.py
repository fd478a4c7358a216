"""A bank leaves as a file and a round's papers for printing, by keyboard, on a phone, and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from contests.authoring.reading import read_questions
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot

pytestmark = pytest.mark.browser


def test_a_bank_and_printed_papers_leave(site: Site, open_page: Opener) -> None:
    bank = make.make_bank(site.union.province_a)
    contest = site.contest("de-giay", bank)

    page = open_page(site.union.olga, DESK)
    page.goto(f"/to-chuc/ngan-hang/{bank.public_id}/")
    page.get_by_role("link", name="Tải câu hỏi xuống").click()
    shoot(site, page, "export-bank")
    page.get_by_label("GIFT (.gift)", exact=False).check()
    button = page.get_by_role("button", name="Tải xuống")
    button.focus()
    with page.expect_download() as gift:
        page.keyboard.press("Enter")
    expect(button).to_be_enabled()
    assert len(read_questions(Path(gift.value.path()).read_bytes(), gift.value.suggested_filename).drafts) == 24

    page.get_by_label("Aiken (.txt)", exact=False).check()
    button.click()
    expect(page.get_by_role("button", name="Tải 18 câu còn lại")).to_be_visible()
    shoot(site, page, "export-left-out")

    plain = open_page(site.union.olga, PHONE, javascript=False)
    plain.goto(f"/to-chuc/cuoc-thi/{contest.slug}/dot-1/in-de/")
    plain.get_by_label("Số mã đề").fill("25")
    plain.get_by_role("button", name="Tải đề để in").click()
    shoot(site, plain, "print-papers")
    assert plain.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    plain.get_by_label("Số mã đề").fill("3")
    for name, start in (("Tải đề để in", "de-thi"), ("Tải bảng đáp án", "dap-an")):
        with plain.expect_download() as paper:
            plain.get_by_role("button", name=name).click()
        assert paper.value.suggested_filename.startswith(start)
