"""Everybody can sit: axe finds nothing on any member page, a keyboard is enough, large text and small screens fit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf.global_settings import PASSWORD_HASHERS as HASHERS
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Member
from contests.actions import gate
from contests.actions.bank import open_for_practice
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, Bank, Round, StartGate, Topic
from contests.rules.settings import DrawPart, Review
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot
from tests.browser.steps import attempt_of, begin, chosen, fits, kept_on_the_phone, move_deadline, ready, saved, tap

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 568}


# --- axe -----------------------------------------------------------------------------------------------------------
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = EVERYTHING | {
    "runOnly": ["color-contrast", "link-in-text-block"]
}  # all that a change of colours alone can break
LOOKS = [
    (PHONE, "light", EVERYTHING), (PHONE, "dark", COLOURS), (PHONE, "contrast", EVERYTHING), (DESK, "light", EVERYTHING), (DESK, "dark", COLOURS),
]  # fmt: skip


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands: light and dark, on a phone and on a desk, and in high contrast."""
    found = []
    before = page.viewport_size
    page.evaluate(Axe().axe_script)
    for size, look, options in LOOKS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
        page.evaluate("look => { document.documentElement.dataset.theme = look; }", look)
        page.wait_for_timeout(250)  # colours fade into each other
        for violation in page.evaluate("options => axe.run(options).then(found => found.violations)", options):
            where = [node["html"][:160] + " " + node.get("failureSummary", "")[:300] for node in violation["nodes"][:4]]
            found.append(f"{size['width']} {look} {violation['id']}: {where}")
    page.evaluate("delete document.documentElement.dataset.theme")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before or PHONE)  # type: ignore[arg-type]
    return found


def test_axe_is_awake(site: Site, open_page: Opener):
    """The control: a page with faults is not called clean."""
    page = open_page()
    page.goto("/")
    page.evaluate("document.querySelector('h1').outerHTML = '<img src=\"/static/img/favicon.svg\"><input>'")

    found = " ".join(faults(page))

    assert "image-alt" in found
    assert "label" in found


def test_axe_finds_nothing_before_the_sitting(site: Site, open_page: Opener):
    contest = site.contest("axe-truoc")
    visitor = open_page()
    for address in (
        "/", f"/cuoc-thi/{contest.slug}/", f"/cuoc-thi/{contest.slug}/the-le/", "/tai-khoan/login/", "/tai-khoan/signup/",
        "/tai-khoan/mat-khau/quen/", "/bien-nhan/", "/bien-nhan/?ma=ABCDEFGHJK", "/luyen-tap/", f"/bang-xep-hang/{contest.slug}/", f"/man-hinh/{contest.slug}/", "/khong-co-trang-nay/",
    ):  # fmt: skip
        visitor.goto(address)
        assert (address, faults(visitor)) == (address, [])
    visitor.goto("/tai-khoan/signup/")
    visitor.fill("[name=contact]", "12345")
    visitor.locator("main form").last.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
    visitor.wait_for_selector("[aria-invalid]")
    assert faults(visitor) == []

    member = open_page(site.union.alice)
    for address in (
        "/", f"/cuoc-thi/{contest.slug}/", "/tai-khoan/", "/tai-khoan/ho-ten/", "/tai-khoan/don-vi/", "/tai-khoan/don-vi/?q=may+song",
        "/tai-khoan/don-vi/?q=khong+co", "/tai-khoan/ho-tro/", "/tai-khoan/mat-khau/doi/", "/tai-khoan/logout/",
    ):  # fmt: skip
        member.goto(address)
        assert (address, faults(member)) == (address, [])


def test_axe_finds_nothing_in_the_sitting(site: Site, open_page: Opener):
    contest = site.contest("axe-thi")
    page = open_page(site.union.alice)
    begin(page, contest)
    ready(page)
    assert faults(page) == []
    tap(page)
    saved(page)
    page.locator(".sit-question[data-current] [data-flag]").click()
    assert faults(page) == []
    page.locator("[data-open=palette]").first.click()
    assert faults(page) == []
    page.locator("#palette [data-open=review]").click()
    assert faults(page) == []
    shoot(site, page, "review-open-questions")
    page.locator("#review [data-close]").first.click()
    page.context.set_offline(True)
    page.locator("#next").click()
    tap(page)
    expect(page.locator("#status")).to_contain_text("1 câu đang giữ trên máy")
    assert faults(page) == []

    other = open_page(site.union.alice)
    other.goto(page.url.split("#")[0])
    assert faults(other) == []
    other.locator("main form button").click()
    ready(other)
    page.context.set_offline(False)
    expect(page.locator("#elsewhere")).to_be_visible(timeout=20_000)
    assert faults(page) == []
    plain = open_page(site.union.bob, javascript=False)
    begin(plain, contest)
    assert (
        plain.locator("fieldset").count() == 4
    )  # axe needs scripts: this page is checked through ready's markup above

    other.locator("[data-open=palette]").first.click()
    other.locator("#palette [data-open=review]").click()
    other.locator("#confirm").click()
    other.wait_for_url("**/ket-qua/")
    expect(other.get_by_text("câu đúng")).to_be_visible(timeout=20_000)
    assert faults(other) == []
    page.locator("#elsewhere button").click()
    page.wait_for_url("**/ket-qua/")


def test_axe_finds_nothing_after_the_sitting(site: Site, open_page: Opener):
    contest = site.contest("axe-sau")
    member = make.make_member("Đỗ Thị Sau", site.union.factory_a, phone="+84955000001")
    attempt = start_attempt(member=member, round_=contest.rounds.get(), now=timezone.now())
    save_form(attempt=attempt, choices={1: [0]}, now=timezone.now(), submit=True)
    page = open_page(member)
    page.goto(f"/thi/{attempt.public_id}/ket-qua/")
    expect(page.get_by_text("câu đúng")).to_be_visible(timeout=20_000)
    for link in page.locator("main a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href'))"):
        page.goto(link)
        assert (link, faults(page)) == (link, [])
    page.goto(f"/bang-xep-hang/{contest.slug}/")
    expect(page.locator("#rows li").first).to_be_visible(timeout=30_000)
    assert faults(page) == []
    screen = open_page(viewport=DESK)
    screen.goto(f"/man-hinh/{contest.slug}/")
    expect(screen.locator("#rows li").first).to_be_visible(timeout=30_000)
    assert faults(screen) == []


def test_axe_finds_nothing_when_waiting_looking_back_and_practising(site: Site, open_page: Opener):
    page = open_page(site.union.alice)
    rushed = site.contest("axe-doi")
    page.goto(f"/cuoc-thi/{rushed.slug}/")
    slot = timezone.now() + timedelta(minutes=2)
    StartGate.objects.update_or_create(name=gate.NAME, defaults={"next_slot": slot})
    page.get_by_role("button", name="Vào thi").click()
    page.wait_for_url("**/vao-thi/")
    assert faults(page) == []
    StartGate.objects.all().delete()

    bank = make.make_bank(site.union.province_a)  # of its own: nobody draws from it any more, so keys may be shown
    contest = site.contest("axe-xem-lai", bank=bank, review=Review.EXPLANATION)
    began = timezone.now()
    attempt = start_attempt(member=site.union.alice, round_=contest.rounds.get(), now=began)
    save_form(attempt=attempt, choices={1: [0], 2: [1]}, now=began, submit=True)
    day = timedelta(days=1)
    Round.objects.filter(contest=contest).update(opens_at=began - 2 * day, closes_at=began - day)
    page.goto(f"/thi/{attempt.public_id}/ket-qua/")
    expect(page.get_by_text("câu đúng")).to_be_visible(timeout=20_000)
    page.goto(f"/thi/{attempt.public_id}/xem-lai/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại bài")
    assert faults(page) == []
    shoot(site, page, "look-back")

    practice = Bank.objects.create(owner=site.union.province_a, name="Ngân hàng luyện tập")
    topic = Topic.objects.create(bank=practice, name="An toàn lao động")
    for number in range(4):
        make.make_question(practice, topic, f"L{number}", stem=f"Câu luyện tập số {number}?")
    open_for_practice(bank=practice, by=site.union.olga, now=timezone.now())
    page.goto("/luyen-tap/")
    page.get_by_role("link", name="Ngân hàng luyện tập").first.click()
    page.wait_for_url("**/luyen-tap/*/")
    assert faults(page) == []
    page.locator("main form button").first.click()
    page.wait_for_url("**/bo/**")
    assert faults(page) == []
    page.locator(".option").first.click()
    page.locator("[name=kiem-tra]").click()
    page.wait_for_url("**/bo/**#ket-qua")
    assert faults(page) == []
    shoot(site, page, "practice-answer")


# --- keyboard ------------------------------------------------------------------------------------------------------
FOCUS = """() => {
  const at = document.activeElement;
  const shown = at.matches(".option input") ? at.nextElementSibling : at;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const before = window.lastFocus;
  window.lastFocus = at;
  return {
    id: at.id || at.name || at.textContent.trim(),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    inOrder: !before || !before.isConnected || Boolean(before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""


def tab_to(page: Page, selector: str) -> None:
    """Tab until the element has the focus. On the way nothing is out of order, out of sight or without its ring."""
    page.evaluate("() => { window.lastFocus = null; }")
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["outlined"], focus
        assert focus["seen"], focus
        assert focus["inOrder"], focus
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def test_from_login_to_receipt_by_keyboard(site: Site, open_page: Opener):
    contest = site.contest("ban-phim", draw=(DrawPart("Tiền lương", 2),))
    member = make.make_member("Lê Thị Phím", site.union.school_a, phone="+84955000002")
    with override_settings(PASSWORD_HASHERS=HASHERS):  # the servers know nothing of the quick one of the tests
        Member.objects.filter(pk=member.pk).update(password=make_password(make.PASSWORD))
    page = open_page()
    page.goto(f"/cuoc-thi/{contest.slug}/")
    tab_to(page, "main a[href*='/login/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/**")
    tab_to(page, "[name=login]")
    page.keyboard.type("0955000002")
    tab_to(page, "[name=password]")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    tab_to(page, "form[action*='vao-thi'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thi/*/**")
    ready(page)

    tab_to(page, "[data-question='1'] .options input")
    page.keyboard.press("Space")
    if page.locator("[data-question='1'] input[type=radio]").count():
        page.keyboard.press("ArrowDown")  # moves the choice, as radios do
    saved(page)
    tab_to(page, "#next")
    page.keyboard.press("Enter")
    expect(page.locator("#cau-2")).to_be_focused()
    tab_to(page, "[data-question='2'] [data-flag]")
    page.keyboard.press("Space")
    tab_to(page, "[data-question='2'] .options input")
    page.keyboard.press("Space")
    saved(page)
    tab_to(page, "#finish")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#finish")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#review-list [data-go='2']")  # the flagged one
    page.keyboard.press("Enter")
    expect(page.locator("#cau-2")).to_be_focused()
    tab_to(page, "#finish")
    page.keyboard.press("Enter")
    tab_to(page, "#confirm")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ket-qua/")

    attempt = attempt_of(member, contest)
    expect(page.get_by_text(str(attempt.receipt))).to_be_visible(timeout=20_000)
    assert (attempt.closed_by, len(chosen(member, contest))) == ("member", 2)
    assert kept_on_the_phone(page) == 0


@pytest.mark.parametrize("minutes", [5, 1])
def test_the_last_minutes_are_announced(site: Site, open_page: Opener, minutes: int):
    contest = site.contest(f"bao-gio-{minutes}")
    page = open_page(site.union.alice)
    begin(page, contest)
    move_deadline(site.union.alice, contest, minutes * 60 + 6)
    page.reload()
    ready(page)
    expect(page.locator("#bell")).to_have_text("")

    expect(page.get_by_role("alert")).to_have_text(f"Còn {minutes} phút.", timeout=10_000)

    assert attempt_of(site.union.alice, contest).state == Attempt.State.STARTED


# --- large text, small screens, no colour ---------------------------------------------------------------------------
def everywhere(page: Page, contest_slug: str) -> list[str]:
    return [
        "/", f"/cuoc-thi/{contest_slug}/", f"/cuoc-thi/{contest_slug}/the-le/", "/tai-khoan/", "/tai-khoan/don-vi/?q=may+song",
        f"/bang-xep-hang/{contest_slug}/", "/tai-khoan/logout/",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "size", "text"), [("320", NARROW, "100%")])
def test_narrow_screens(site: Site, open_page: Opener, name: str, size: dict[str, int], text: str):
    contest = site.contest(f"nho-{name}")
    page = open_page(site.union.alice, viewport=size)
    page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => {{ document.documentElement.style.fontSize = '{text}'; }});"
    )
    for address in everywhere(page, contest.slug):
        page.goto(address)
        fits(page)
    visitor = open_page(viewport=size)
    visitor.add_init_script(
        f"addEventListener('DOMContentLoaded', () => {{ document.documentElement.style.fontSize = '{text}'; }});"
    )
    for address in ("/tai-khoan/login/", "/tai-khoan/signup/"):
        visitor.goto(address)
        fits(visitor)
    begin(page, contest)
    ready(page)
    for number in range(1, 5):
        fits(page)
        expect(page.locator("#time")).to_be_in_viewport()
        expect(page.locator("#next" if number < 4 else "#finish")).to_be_in_viewport(ratio=1)
        tap(page)
        if number < 4:
            page.locator("#next").click()
    saved(page)
    page.screenshot(path=str(site.shots / f"sitting-{name}.png"))
    page.locator("#finish").click()
    fits(page)
    page.screenshot(path=str(site.shots / f"review-{name}.png"))
    expect(page.locator("#confirm")).to_be_in_viewport()
    page.locator("#confirm").click()
    page.wait_for_url("**/ket-qua/")
    fits(page)
    assert set(chosen(site.union.alice, contest)) == {1, 2, 3, 4}
