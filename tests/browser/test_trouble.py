"""What happens to phones: lost networks, killed tabs, other phones, wrong clocks, the last second. The answers arrive."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from contests.models import Attempt, AttemptEvent, Extension, LateAnswer
from contests.rules.settings import DrawPart
from tests.browser.conftest import PHONE, Opener, Site, log_in, shoot
from tests.browser.steps import (
    attempt_of,
    begin,
    chosen,
    fits,
    hand_in,
    kept_on_the_phone,
    kill,
    move_deadline,
    ready,
    saved,
    stored,
    tap,
    tap_right,
)

pytestmark = pytest.mark.browser
MODULE = re.compile(r"/js/sitting\.[^/]*js")
TWO = (DrawPart("Tiền lương", 1), DrawPart("Luật Công đoàn", 1))


# --- fingers -------------------------------------------------------------------------------------------------------
def test_a_double_tap_on_the_way_to_the_hand_in_hands_nothing_in(site: Site, open_page: Opener):
    """The second tap lands where the sheet has just put its own button."""
    contest = site.contest("cham-hai-lan")
    page = open_page(site.union.bob)
    begin(page, contest)
    ready(page)
    tap_right(page)
    saved(page)

    page.locator("[data-open=palette]").first.dblclick()
    expect(page.locator("#palette")).to_be_visible()
    page.locator("#palette [data-open=review]").dblclick()
    expect(page.locator("#review")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.locator("#review")).to_be_visible()
    assert attempt_of(site.union.bob, contest).state == Attempt.State.STARTED

    page.locator("#review [data-close]").last.click()
    while page.locator("#next").is_visible():
        page.locator("#next").click()
    for _tap in range(2):
        page.locator("#finish").dblclick()
        expect(page.locator("#review")).to_be_visible()
        page.wait_for_timeout(1000)
        assert attempt_of(site.union.bob, contest).state == Attempt.State.STARTED
        page.locator("#review [data-close]").first.click()

    hand_in(page)


# --- without JavaScript --------------------------------------------------------------------------------------------
def test_a_sitting_without_javascript(site: Site, open_page: Opener):
    contest = site.contest("khong-js")
    page = open_page(site.union.bob, javascript=False)
    begin(page, contest)
    fits(page)

    for number in (1, 2):
        page.locator(f"label:has(input[name=q{number}]):has-text('Phương án A')").click()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu bài làm lúc")).to_be_visible()
    assert page.locator("input:checked").count() == 2
    shoot(site, page, "sitting-plain")
    page.locator("label:has(input[name=q3]):has-text('Phương án C')").click()
    page.get_by_role("button", name="Nộp bài").click()

    page.wait_for_url("**/ket-qua/")
    expect(page.get_by_text("3 / 4")).to_be_visible()
    expect(page.get_by_text("câu đúng")).to_be_visible(timeout=20_000)  # the page refreshes itself
    assert chosen(site.union.bob, contest) == {1: "A", 2: "A", 3: "C"}


def test_taps_before_the_modules_have_come_are_kept(site: Site, open_page: Opener):
    contest = site.contest("mo-dun-cham")
    page = open_page(site.union.bob)
    begin(page, contest)
    ready(page)
    address = page.url.split("#")[0]
    held: list[Route] = []
    page.route(MODULE, lambda route: held.append(route))

    page.goto(address, wait_until="commit")
    letters = tap_right(page)
    assert page.evaluate("document.documentElement.dataset.sitting") is None
    for route in held:
        route.continue_()

    saved(page)
    assert chosen(site.union.bob, contest) == {1: letters}


# --- the end of the time -------------------------------------------------------------------------------------------
def test_the_page_hands_in_by_itself_when_the_time_is_over(site: Site, open_page: Opener):
    contest = site.contest("het-gio")
    page = open_page(site.union.alice)
    begin(page, contest)
    move_deadline(site.union.alice, contest, 8)
    page.reload()
    ready(page)
    tap(page)
    saved(page)
    shoot(site, page, "sitting-urgent")

    page.wait_for_url("**/ket-qua/", timeout=30_000)

    assert attempt_of(site.union.alice, contest).closed_by == "member"
    assert chosen(site.union.alice, contest) == {1: "A"}


def test_what_came_too_late_is_said_plainly(site: Site, open_page: Opener):
    contest = site.contest("tre")
    page = open_page(site.union.alice)
    begin(page, contest)
    move_deadline(site.union.alice, contest, 10)
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
    expect(page.locator("#ended-text")).to_contain_text("1 câu đến sau khi bài đã đóng nên không được tính")
    shoot(site, page, "sitting-late")
    page.get_by_role("link", name="Xem kết quả").click()
    page.wait_for_url("**/ket-qua/")
    expect(page.get_by_text("Hết giờ, bài được nộp tự động")).to_be_visible(timeout=20_000)
    assert chosen(site.union.alice, contest) == {1: "A"}
    assert LateAnswer.objects.get(attempt=attempt_of(site.union.alice, contest)).question == 2


def test_more_time_moves_the_countdown_and_the_end(site: Site, open_page: Opener):
    """First heard of at zero, when the page hands in by itself; then in the reply to an answer."""
    contest = site.contest("them-gio")
    page = open_page(site.union.alice)
    begin(page, contest)
    move_deadline(site.union.alice, contest, 6)
    page.reload()
    ready(page)
    tap(page)
    saved(page)

    def extend(minutes: int) -> None:
        Extension.objects.create(
            round=contest.rounds.get(), member=site.union.alice, extra_minutes=minutes, reason="Mất điện",
            created_by=site.union.olga, created_at=timezone.now(),
        )  # fmt: skip
        move_deadline(site.union.alice, contest, 60 * minutes)

    with page.expect_response("**/submit") as reply:
        extend(2)
    assert (reply.value.status, reply.value.json()["error"]) == (409, "extended")
    expect(page.locator("#status")).to_contain_text("Ban tổ chức đã cho thêm giờ")
    expect(page.locator("#time")).to_have_text(re.compile(r"0[12]:\d\d"))
    shoot(site, page, "sitting-extended")
    extend(9)
    page.locator("#next").click()
    tap(page)
    expect(page.locator("#time")).to_have_text(re.compile(r"0[89]:\d\d"))
    expect(page.locator("#status")).to_contain_text("Ban tổ chức đã cho thêm giờ")
    hand_in(page)

    assert chosen(site.union.alice, contest) == {1: "A", 2: "A"}


# --- other tabs, other phones, lost pages --------------------------------------------------------------------------
def test_a_second_tab_goes_on(site: Site, open_page: Opener):
    contest = site.contest("hai-trang")
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
    hand_in(first)
    second.wait_for_url("**/ket-qua/")
    assert chosen(site.union.alice, contest) == {1: "A", 2: "A"}


@pytest.mark.parametrize("days", [0, 1, -1], ids=["right clocks", "a day ahead", "a day behind"])
def test_a_second_phone_takes_over_and_the_first_takes_it_back(site: Site, open_page: Opener, days: int):
    """The older tap of the first phone, whose clock may be a day off, waits unsent while the second one answers anew."""
    contest = site.contest(f"hai-may-{days + 1}", draw=TWO)
    first = open_page(site.union.alice)
    turn_clock(first, days)
    begin(first, contest)
    ready(first)
    expect(first.locator("#time")).to_have_text(re.compile(r"(20:00|19:\d\d)"))
    first.context.set_offline(True)
    tap(first, "D")
    expect(first.locator("#status")).to_contain_text("1 câu đang giữ trên máy")

    second = open_page(site.union.alice)
    turn_clock(second, -days)
    second.goto(first.url.split("#")[0])
    expect(second.get_by_role("heading", level=1)).to_have_text("Bài thi đang làm trên máy khác")
    fits(second)
    if not days:
        shoot(site, second, "elsewhere")
    assert second.locator("[data-question]").count() == 0
    second.get_by_role("button", name="Làm tiếp trên máy này").click()
    ready(second)
    tap(second, "A")
    saved(second)

    first.locator("#next").click()
    tap(first, "C")
    first.context.set_offline(False)
    expect(first.locator("#elsewhere")).to_be_visible(timeout=20_000)
    fits(first)
    if not days:
        shoot(site, first, "elsewhere-dialog")
    assert chosen(site.union.alice, contest) == {1: "A"}
    first.locator("#elsewhere button").click()
    first.wait_for_load_state()
    ready(first)
    saved(first)
    expect(first.locator("[data-question='1'] label:has(input:checked)")).to_contain_text("Phương án A")
    hand_in(first)

    assert chosen(site.union.alice, contest) == {1: "A", 2: "C"}
    second.locator("#next").click()
    tap(second, "B")
    expect(second.locator("#ended")).to_be_visible()
    expect(second.locator("#ended-title")).to_have_text("Bài đã được nộp")
    expect(second.locator("#ended-text")).to_contain_text("đã được nộp trên một trang hoặc máy khác")
    taken = AttemptEvent.objects.filter(attempt=attempt_of(site.union.alice, contest), what="taken_over")
    assert taken.count() == 2


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
    shoot(site, again, "sitting-reopened")
    assert chosen(site.union.bob, contest) == {1: "A"}


def test_blocked_storage_changes_the_words_and_nothing_else(site: Site, open_page: Opener):
    contest = site.contest("khong-luu")
    page = open_page(site.union.bob)
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { get() { throw new Error('blocked'); } });")
    begin(page, contest)
    ready(page)
    page.context.set_offline(True)
    tap(page)

    expect(page.locator("#status")).to_contain_text("1 câu đang giữ trong trang này")
    shoot(site, page, "sitting-no-storage")
    page.context.set_offline(False)

    saved(page)
    assert chosen(site.union.bob, contest) == {1: "A"}


def test_logging_out_of_a_shared_phone_takes_the_journal_along(site: Site, open_page: Opener):
    contest = site.contest("chung-may")
    page = open_page(site.union.bob)
    begin(page, contest)
    ready(page)
    address = page.url.split("#")[0]
    page.context.set_offline(True)
    tap(page)
    expect(page.locator("#status")).to_contain_text("1 câu đang giữ trên máy")
    kill(page)
    page.context.set_offline(False)

    # Somebody else on the same phone: neither page nor server learns of Bob's tap, and it is not lost by that.
    log_in(page.context, site.union.alice, site.url)
    other = page.context.new_page()
    begin(other, contest)
    ready(other)
    assert other.locator("input:checked").count() == 0
    assert kept_on_the_phone(other) == 1
    hand_in(other)
    assert (stored(site.union.alice, contest), stored(site.union.bob, contest), kept_on_the_phone(other)) == (0, 0, 1)

    log_in(page.context, site.union.bob, site.url)
    other.goto("/tai-khoan/logout/")
    shoot(site, other, "logout")
    other.locator("main form button").click()
    other.wait_for_url(lambda url: "logout" not in url)
    assert kept_on_the_phone(other) == 0
    log_in(page.context, site.union.bob, site.url)
    other.goto(address)
    ready(other)
    assert other.locator("input:checked").count() == 0


def test_the_footer_logs_out_as_thoroughly(site: Site, open_page: Opener):
    contest = site.contest("chan-trang")
    page = open_page(site.union.alice)
    begin(page, contest)
    ready(page)
    tap(page)
    saved(page)
    assert kept_on_the_phone(page) == 1

    page.goto("/")
    page.locator(".site-foot [data-forgets] button").click()
    page.wait_for_selector(".head-tools a[href*=login]")

    assert kept_on_the_phone(page) == 0
    assert chosen(site.union.alice, contest) == {1: "A"}


# --- clocks, sleep, back, rotation ---------------------------------------------------------------------------------
def turn_clock(page: Page, days: float) -> None:
    """From the next page on, the phone's clock is wrong; `window.turn(ms)` turns it further, as a sleep does too."""
    page.add_init_script(
        """(() => {
  const Real = Date;
  let shift = DAYS * 24 * 3600 * 1000;
  window.turn = (ms) => { shift += ms; };
  window.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
})()""".replace("DAYS", str(days))
    )


def wake(page: Page) -> None:
    """What the page hears when the screen is switched on."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_turned_clock_ends_nothing_and_a_sleep_is_noticed(site: Site, open_page: Opener):
    """A page cannot tell the two apart; it asks the server, and believes it."""
    contest = site.contest("ngu-day")
    page = open_page(site.union.alice)
    turn_clock(page, 0)
    begin(page, contest)
    ready(page)
    tap(page)
    saved(page)

    page.evaluate("window.turn(3 * 3600 * 1000)")
    wake(page)
    expect(page.locator("#time")).to_have_text(re.compile(r"(20:00|19:\d\d)"))
    assert attempt_of(site.union.alice, contest).state == Attempt.State.STARTED
    page.locator("#next").click()
    tap(page)
    saved(page)

    # A real sleep: no script runs until the time is over.
    move_deadline(site.union.alice, contest, 5)
    page.reload()
    ready(page)
    chrome = page.context.new_cdp_session(page)
    chrome.send("Debugger.enable")
    chrome.send("Debugger.pause")
    page.wait_for_timeout(14_000)  # the sweep closes it meanwhile
    chrome.send("Debugger.disable")
    wake(page)
    page.wait_for_url("**/ket-qua/", timeout=30_000)

    assert chosen(site.union.alice, contest) == {1: "A", 2: "A"}
    expect(page.get_by_text("câu đúng")).to_be_visible(timeout=30_000)
    assert attempt_of(site.union.alice, contest).closed_by == "deadline"


def test_back_rotation_and_reload_keep_place_and_answers(site: Site, open_page: Opener):
    contest = site.contest("quay-lai")
    page = open_page(site.union.bob)
    begin(page, contest)
    ready(page)
    tap(page)
    page.locator("#next").click()
    tap(page)
    page.locator("#next").click()
    page.set_viewport_size({"width": 640, "height": 360})
    fits(page)
    expect(page.locator("#place")).to_have_text("3 / 4")
    expect(page.locator("#next")).to_be_in_viewport()
    page.screenshot(path=str(site.shots / "sitting-landscape.png"))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.reload()
    ready(page)
    expect(page.locator("#place")).to_have_text("3 / 4")
    assert page.locator("input:checked").count() == 2

    page.go_back()
    page.wait_for_url(f"**/cuoc-thi/{contest.slug}/")
    page.get_by_role("link", name="Tiếp tục làm bài").click()
    page.wait_for_url("**/thi/*/**")
    ready(page)
    assert page.locator("input:checked").count() == 2
    hand_in(page)
    page.go_back()
    assert "/thi/" not in page.url

    assert chosen(site.union.bob, contest) == {1: "A", 2: "A"}
