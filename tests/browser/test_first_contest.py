"""A contest as a member lives it, in a real browser on a small phone, against real servers."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from accounts.models import Member
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Answer, Attempt, Contest
from contests.rules.settings import DrawPart
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot

pytestmark = pytest.mark.browser
TWENTY = (DrawPart("Tiền lương", 10), DrawPart("Luật Công đoàn", 10))


# --- steps ---------------------------------------------------------------------------------------------------------
def begin(page: Page, contest: Contest) -> None:
    """From the contest's page into its sitting."""
    page.goto(f"/cuoc-thi/{contest.slug}/")
    page.get_by_role("button", name="Vào thi").click()
    page.wait_for_url("**/thi/*/**")


def ready(page: Page) -> None:
    """Wait until the scripts of the sitting have taken over."""
    page.wait_for_selector("html[data-sitting=ready]", state="attached")


def tap(page: Page, *letters: str) -> None:
    """Tap the author's options A, B, … of the question on the screen, wherever the paper shows them."""
    for letter in letters or ("A",):
        page.locator(f".sit-question[data-current] .option:has-text('Phương án {letter}')").click()


def tap_right(page: Page) -> None:
    """Answer the question on the screen rightly (see make_bank)."""
    several = page.locator(".sit-question[data-current] input[type=checkbox]").count()
    tap(page, *(("A", "B") if several else ("A",)))


def saved(page: Page) -> None:
    """Wait until the page says that everything is at the server."""
    expect(page.locator("#status")).to_contain_text("Đã lưu lúc")


def kill(page: Page) -> None:
    """End the tab as a phone does that needs the memory: no script runs on the way out, so nothing is sent."""
    with page.expect_event("crash"), suppress(PlaywrightError):
        page.goto("chrome://crash")
    page.close()


def attempt_of(member: Member, contest: Contest) -> Attempt:
    return Attempt.objects.get(entry__member=member, round__contest=contest)


def stored(member: Member, contest: Contest) -> int:
    return Answer.objects.filter(attempt=attempt_of(member, contest)).exclude(choice=[]).count()


def fits(page: Page) -> None:
    """Nothing sticks out of the screen sideways."""
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")


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

    lost_at = 0.0
    for number in range(1, 21):
        expect(page.locator("#place")).to_have_text(f"{number} / 20")
        if number == 8:
            saved(page)
            page.context.set_offline(True)
            lost_at = time.monotonic()
        tap_right(page)
        if number == 9:
            expect(page.locator("#status")).to_contain_text("câu đang giữ trên máy", timeout=15_000)
            fits(page)
            shoot(site, page, "sitting-offline")
        if number == 15:
            page.wait_for_timeout(max(0.0, 20 - (time.monotonic() - lost_at)) * 1000)
            member = Member.objects.get(phone="+84987654321")
            assert stored(member, contest) == 7
            expect(page.locator("#status")).to_have_text(
                "Mất mạng. 8 câu đang giữ trên máy, sẽ tự gửi khi có mạng. Cứ làm tiếp."
            )
            page.context.set_offline(False)
            back = time.monotonic()
            saved(page)
            print(
                f"\n8 answers kept for 20 s offline, stored {time.monotonic() - back:.2f} s after the network was back"
            )
            assert stored(member, contest) == 15
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
    assert page.evaluate(KEPT_ON_THE_PHONE) == 0
    page.get_by_role("link", name="Xem bảng xếp hạng").click()
    expect(page.locator("#rows .board-own .board-name")).to_have_text("Bạn: Nguyễn T. Ế. Ẩ.")
    fits(page)
    shoot(site, page, "board-own")


KEPT_ON_THE_PHONE = """() => new Promise((done) => {
  const request = indexedDB.open("bai-lam", 1);
  request.onsuccess = () => {
    const all = request.result.transaction("answers").objectStore("answers").getAll();
    all.onsuccess = () => done(all.result.length);
  };
})"""


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


# --- without JavaScript --------------------------------------------------------------------------------------------
def test_a_sitting_without_javascript(site: Site, open_page: Opener):
    contest = site.contest("khong-js")
    page = open_page(site.union.bob, javascript=False)
    begin(page, contest)
    fits(page)

    for name in ("q1", "q2"):
        page.locator(f"label:has(input[name={name}])").first.click()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu bài làm lúc")).to_be_visible()
    assert page.locator("input:checked").count() == 2
    shoot(site, page, "sitting-plain")
    page.locator("label:has(input[name=q3])").first.click()
    page.get_by_role("button", name="Nộp bài").click()

    page.wait_for_url("**/ket-qua/")
    expect(page.get_by_text("3 / 4")).to_be_visible()
    expect(page.get_by_text("câu đúng")).to_be_visible(timeout=20_000)  # the page refreshes itself
    assert stored(site.union.bob, contest) == 3


# --- the end of the time -------------------------------------------------------------------------------------------
def shorten(member: Member, contest: Contest, seconds: float) -> None:
    """Let the running attempt end so many seconds from now."""
    ends = timezone.now() + timedelta(seconds=seconds)
    Attempt.objects.filter(pk=attempt_of(member, contest).pk).update(
        deadline=ends, accepts_until=ends + timedelta(seconds=3)
    )


def test_the_page_hands_in_by_itself_when_the_time_is_over(site: Site, open_page: Opener):
    contest = site.contest("het-gio")
    page = open_page(site.union.alice)
    begin(page, contest)
    shorten(site.union.alice, contest, 8)
    page.reload()
    ready(page)
    tap(page)
    saved(page)
    shoot(site, page, "sitting-urgent")

    page.wait_for_url("**/ket-qua/", timeout=30_000)

    assert attempt_of(site.union.alice, contest).closed_by == "member"
    assert stored(site.union.alice, contest) == 1


def test_what_came_too_late_is_said_plainly(site: Site, open_page: Opener):
    contest = site.contest("tre")
    page = open_page(site.union.alice)
    begin(page, contest)
    shorten(site.union.alice, contest, 10)
    page.reload()
    ready(page)
    tap(page)
    saved(page)
    page.context.set_offline(True)
    page.locator("#next").click()
    tap(page)

    expect(page.locator("#status")).to_contain_text("Hết giờ lúc", timeout=30_000)
    expect(page.locator("#status")).to_contain_text("1 câu chưa gửi được")
    page.wait_for_timeout(4500)
    page.context.set_offline(False)

    expect(page.locator("#ended")).to_be_visible(timeout=40_000)
    expect(page.locator("#ended-text")).to_contain_text("Máy chủ đã nhận đúng giờ 1 câu.")
    expect(page.locator("#ended-text")).to_contain_text("1 câu đến sau khi bài đã đóng nên không được tính.")
    shoot(site, page, "sitting-late")
    page.get_by_role("link", name="Xem kết quả").click()
    page.wait_for_url("**/ket-qua/")
    expect(page.get_by_text("Hết giờ, bài được nộp tự động")).to_be_visible(timeout=20_000)
    assert stored(site.union.alice, contest) == 1


# --- other tabs, other phones, lost pages --------------------------------------------------------------------------
def test_a_second_tab_and_a_second_phone_go_on(site: Site, open_page: Opener):
    contest = site.contest("hai-may")
    first = open_page(site.union.alice)
    begin(first, contest)
    ready(first)
    tap(first)
    saved(first)

    second = first.context.new_page()
    second.goto(first.url.split("#")[0])
    ready(second)
    expect(second.locator("#place")).to_have_text("2 / 4")  # the first unanswered
    tap(second)
    saved(second)
    expect(first.locator("[data-question='2'] input:checked")).to_have_count(1)  # tabs tell each other

    phone = open_page(site.union.alice)
    phone.goto(first.url.split("#")[0])
    ready(phone)
    assert phone.locator("input:checked").count() >= 2
    expect(phone.locator("#place")).to_have_text("3 / 4")
    phone.goto(first.url.split("#")[0] + "#cau-1")
    phone.reload()
    ready(phone)
    tap(phone, "D")
    saved(phone)

    # The newest tap counts, whichever page hands in; the other tab follows, the other phone is told.
    first.locator("#next").click()
    first.evaluate("document.getElementById('finish').click()")
    first.locator("#confirm").click()
    first.wait_for_url("**/ket-qua/")
    _version, order = attempt_of(site.union.alice, contest).paper[0]
    # A question with several right options keeps the first tab's A beside the phone's D.
    assert order.index(3) in Answer.objects.get(attempt__entry__contest=contest, question=1).choice
    second.wait_for_url("**/ket-qua/")
    tap(phone, "B")
    phone.wait_for_selector("#ended[open]")
    expect(phone.locator("#ended-title")).to_have_text("Bài đã được nộp")
    expect(phone.locator("#ended-text")).to_contain_text("đã được nộp trên một trang hoặc máy khác")


def test_a_page_that_died_offline_has_kept_the_taps(site: Site, open_page: Opener):
    contest = site.contest("dong-trang")
    page = open_page(site.union.bob)
    begin(page, contest)
    ready(page)
    address = page.url.split("#")[0]
    page.context.set_offline(True)
    tap(page)
    expect(page.locator("#status")).to_contain_text("Mất mạng. 1 câu đang giữ trên máy")
    kill(page)
    page.context.set_offline(False)
    assert stored(site.union.bob, contest) == 0

    again = page.context.new_page()
    again.goto(address)

    saved(again)
    assert stored(site.union.bob, contest) == 1


def test_blocked_storage_changes_the_words_and_nothing_else(site: Site, open_page: Opener):
    contest = site.contest("khong-luu")
    page = open_page(site.union.bob)
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { get() { throw new Error('blocked'); } });")
    begin(page, contest)
    ready(page)
    page.context.set_offline(True)
    tap(page)

    expect(page.locator("#status")).to_contain_text("1 câu đang giữ trong trang này")
    page.context.set_offline(False)

    saved(page)
    assert stored(site.union.bob, contest) == 1


# --- keyboard ------------------------------------------------------------------------------------------------------
def test_a_sitting_by_keyboard(site: Site, open_page: Opener):
    contest = site.contest("ban-phim", draw=(DrawPart("Tiền lương", 1),))
    page = open_page(site.union.alice, viewport=PHONE)
    begin(page, contest)
    ready(page)
    page.locator("[data-flag]").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    saved(page)
    page.locator("#finish").focus()
    page.keyboard.press("Enter")
    page.locator("#confirm").focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/ket-qua/")
    assert stored(site.union.alice, contest) == 1
