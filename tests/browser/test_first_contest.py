"""A contest as a member lives it, in a real browser on a small phone, against real servers."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Member
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.rules.settings import DrawPart
from leaderboard.ranking import Row, marks_of, place_from_marks, shortened, with_ranks
from leaderboard.snapshot import wire_marks
from tests import make
from tests.browser.conftest import DESK, Opener, Site, shoot
from tests.browser.steps import attempt_of, begin, chosen, fits, kept_on_the_phone, ready, saved, stored, tap_right

pytestmark = pytest.mark.browser
TWENTY = (DrawPart("Tiền lương", 10), DrawPart("Luật Công đoàn", 10))


# --- the whole way -------------------------------------------------------------------------------------------------
def test_sign_up_sit_offline_hand_in_and_see_the_board_move(site: Site, open_page: Opener):
    contest = site.contest("lan-dau", draw=TWENTY)
    watcher = open_page(viewport=DESK)
    watcher.goto(f"/bang-xep-hang/{contest.slug}/")
    shoot(site, watcher, "board-empty")

    page = open_page()
    page.goto("/")
    fits(page)
    shoot(site, page, "home-visitor")
    page.locator(f"article:has(a[href='/cuoc-thi/{contest.slug}/']) a.btn").click()
    fits(page)
    shoot(site, page, "contest-visitor")
    page.get_by_role("link", name="Tạo tài khoản").click()
    page.fill("[name=full_name]", "Nguyễn Thị Ế Ẩm")
    page.fill("[name=contact]", "0987 654 321")
    page.fill("[name=password1]", "mat-khau-rat-dai")
    page.check("[name=take_part]")
    page.locator("main form button").last.click()
    page.wait_for_url("**/tai-khoan/don-vi/**")
    page.fill("[name=q]", "may song cau")
    page.get_by_text("May Sông Cầu").first.click()
    page.locator("main form button").last.click()
    page.wait_for_url(f"**/cuoc-thi/{contest.slug}/")
    shoot(site, page, "contest")
    page.get_by_role("button", name="Vào thi").click()
    page.wait_for_url("**/thi/*/**")
    ready(page)
    shoot(site, page, "sitting")

    answers: dict[int, str] = {}
    lost_at = 0.0
    for number in range(1, 21):
        expect(page.locator("#place")).to_have_text(f"{number} / 20")
        if number == 5:
            saved(page)
            page.context.set_offline(True)
            lost_at = time.monotonic()
        answers[number] = tap_right(page)
        if number == 6:
            expect(page.locator("#status")).to_contain_text("câu đang giữ trên máy", timeout=15_000)
            fits(page)
            shoot(site, page, "sitting-offline")
        if number == 12:
            page.wait_for_timeout(max(0.0, 20 - (time.monotonic() - lost_at)) * 1000)
            member = Member.objects.get(phone="+84987654321")
            assert stored(member, contest) == 4
            expect(page.locator("#status")).to_have_text(
                "Mất mạng. 8 câu đang giữ trên máy, sẽ tự gửi khi có mạng. Cứ làm tiếp."
            )
            page.context.set_offline(False)
            back = time.monotonic()
            saved(page)
            print(
                f"\n8 answers kept for 20 s offline, stored {time.monotonic() - back:.2f} s after the network was back"
            )
            assert stored(member, contest) == 12
        if number < 20:
            page.locator("#next").click()
    saved(page)
    page.get_by_role("button", name="Các câu").click()
    shoot(site, page, "palette")
    page.locator("#palette [data-open=review]").click()
    expect(page.locator("#review-text")).to_have_text("Bạn đã trả lời đủ 20 câu.")
    shoot(site, page, "review")
    expect(watcher.locator("#freshness")).to_contain_text("Cập nhật trực tiếp", timeout=40_000)

    handed_in = time.monotonic()
    page.locator("#confirm").click()
    expect(watcher.locator("#rows li")).to_have_count(1, timeout=10_000)
    print(f"a new row on another screen {time.monotonic() - handed_in:.2f} s after the tap on Nộp bài")

    expect(watcher.locator("#rows .board-name")).to_have_text("Nguyễn T. Ế. Ẩ.")
    shoot(site, watcher, "board-one")
    page.wait_for_url("**/ket-qua/")
    expect(page.get_by_text("câu đúng")).to_be_visible()
    expect(page.get_by_text("20 / 20")).to_be_visible()
    fits(page)
    shoot(site, page, "result")
    attempt = attempt_of(member, contest)
    assert (attempt.points, attempt.closed_by, page.get_by_text(str(attempt.receipt)).count()) == (2000, "member", 1)
    assert chosen(member, contest) == answers
    assert kept_on_the_phone(page) == 0
    page.get_by_role("link", name="Xem bảng xếp hạng").click()
    expect(page.locator("#rows .board-own .board-name")).to_have_text("Bạn: Nguyễn T. Ế. Ẩ.")
    fits(page)
    shoot(site, page, "board-own")


def test_phones_read_marks_as_the_reference_does(site: Site, open_page: Opener):
    """`placeFromMarks` against `place_from_marks`: whole and cut marks, on the board and not yet on it, of any length."""
    page = open_page()
    page.goto(f"/bang-xep-hang/{site.contest('dau-moc').slug}/")
    chance, asked, expected = random.Random(4), [], []
    for total, length, signs in [(0, 20, 20), (30, 20, 100), (60, 78, 1), (60, 78, 4), (200, 78, 20), (200, 3, 1)]:
        keys = sorted("".join(chance.choices("0f", k=length)) for _ in range(total))
        marks = marks_of(with_ranks(Row(f"m{n}", key, 1, {}) for n, key in enumerate(keys)))
        wire = wire_marks(marks, signs)
        for own in [*keys, *("".join(chance.choices("0f", k=chance.choice([1, length]))) for _ in range(50))]:
            asked.append([own, wire, total])
            expected.append(list(place_from_marks(own, shortened(marks, signs), total)))

    found = page.evaluate(
        """async (asked) => {
            const { name } = performance.getEntriesByType("resource").find((each) => each.name.includes("board-words"));
            const { placeFromMarks } = await import(name);
            return asked.map((each) => placeFromMarks(...each));
        }""",
        asked,
    )

    assert found == expected


def test_full_boards_move_by_themselves(site: Site, open_page: Opener):
    """A hall's screen and a phone at twelfth place, while somebody else takes the lead."""
    contest = site.contest("man-hinh")
    for number in range(12):
        member = make.make_member(f"Nguyễn Thị Phương Số {number}", site.union.school_a, phone=f"+8493{number:07d}")
        began = timezone.now() - timedelta(seconds=60 + number)  # each slower than the one before
        attempt = start_attempt(member=member, round_=contest.rounds.get(), now=began)
        save_form(attempt=attempt, choices={}, now=timezone.now(), submit=True)
    screen = open_page(viewport={"width": 1920, "height": 1080})
    screen.goto(f"/man-hinh/{contest.slug}/")
    expect(screen.locator("#freshness")).to_contain_text("Cập nhật trực tiếp", timeout=40_000)
    expect(screen.locator("#rows li")).to_have_count(9, timeout=30_000)
    phone = open_page(member)
    phone.goto(f"/bang-xep-hang/{contest.slug}/")
    expect(phone.locator("#freshness")).to_contain_text("Cập nhật trực tiếp", timeout=40_000)
    expect(phone.locator("#own .board-place")).to_have_text("12")

    leader = open_page(site.union.alice)
    begin(leader, contest)
    ready(leader)
    for _ in range(3):
        tap_right(leader)
        leader.locator("#next").click()
    tap_right(leader)
    saved(leader)
    leader.locator("#finish").click()
    leader.locator("#confirm").click()

    expect(screen.locator("#rows li").first).to_contain_text("Trần T. Á.", timeout=10_000)
    expect(phone.locator("#rows li").first).to_contain_text("Trần T. Á.", timeout=10_000)
    expect(phone.locator("#own .board-place")).to_have_text("13")
    fits(phone)
    screen.wait_for_timeout(2000)
    screen.screenshot(path=str(site.shots / "screen-1920.png"))
    shoot(site, phone, "board-full")
    phone.get_by_role("button", name="Quanh tôi").click()
    expect(phone.locator("#around-rows li.board-own")).to_have_count(1)
    shoot(site, phone, "board-around")
