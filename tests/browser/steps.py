"""What the browser tests do and look at: the steps of a sitting, and what the database has of it afterwards."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from accounts.models import Member
from contests.models import Answer, Attempt, Contest


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


def tap_right(page: Page) -> str:
    """Answer the question on the screen rightly (see make_bank); returns the letters."""
    several = page.locator(".sit-question[data-current] input[type=checkbox]").count()
    letters = "AB" if several else "A"
    tap(page, *letters)
    return letters


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
    sticks_out = page.evaluate("""() => document.scrollingElement.scrollWidth <= innerWidth ? [] : [location.pathname,
  ...[...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`)]""")
    assert not sticks_out, sticks_out


def chosen(member: Member, contest: Contest) -> dict[int, str]:
    """What the database has: question → the author's letters that the member chose, wherever the paper showed them."""
    attempt = attempt_of(member, contest)
    return {
        answer.question: "".join(
            sorted("ABCDEF"[attempt.paper[answer.question - 1][1][place]] for place in answer.choice)
        )
        for answer in Answer.objects.filter(attempt=attempt).exclude(choice=[])
    }


def move_deadline(member: Member, contest: Contest, seconds: float) -> None:
    """Let the running attempt end so many seconds from now."""
    ends = timezone.now() + timedelta(seconds=seconds)
    Attempt.objects.filter(pk=attempt_of(member, contest).pk).update(
        deadline=ends, accepts_until=ends + timedelta(seconds=3)
    )


def hand_in(page: Page) -> None:
    """Hand in from any question, and wait for the result."""
    page.locator("[data-open=palette]").first.click()
    page.locator("#palette [data-open=review]").click()
    page.locator("#confirm").click()
    page.wait_for_url("**/ket-qua/")


def kept_on_the_phone(page: Page) -> int:
    """Rows in the journal of this browser, of all attempts; 0 where there is no journal."""
    return page.evaluate("""() => new Promise((done) => {
  const request = indexedDB.open("bai-lam");
  request.onsuccess = () => {
    const database = request.result;
    if (!database.objectStoreNames.contains("answers")) { database.close(); indexedDB.deleteDatabase("bai-lam"); return done(0); }
    const all = database.transaction("answers").objectStore("answers").count();
    all.onsuccess = () => { database.close(); done(all.result); };
  };
})""")
