"""`python -m tests.browser.weights`: what each member page and each saved answer weigh over the wire.

A real Chromium, a fresh one for each page, against the production layout of the benchmarks (nginx compresses there). Bytes
are those of the network, headers included: as Chromium counts them for pages, as a proxy between the two counts them for
answers. Prints a table and, as its last line, one JSON object.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.production import MANY_ADDRESSES, Site, _servers, production
from bench.proxy import Plan, Proxy, standing
from bench.starts import SLUG, Starter, prepare
from tests.browser.find import chromium

FIRST_VISIT, SAVE = 90_000, 2_048  # bytes, the law
KINDS = ("Document", "Stylesheet", "Script", "Font", "Image")
SAVES = 10
PHONE = {"width": 360, "height": 640}
ZALO = (
    "Mozilla/5.0 (Linux; Android 12; SM-A025F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 "
    "Mobile Safari/537.36 Zalo android/12110635 ZaloTheme/light ZaloLanguage/vi"
)


@dataclass
class Weight:
    """Bytes of one page: of a first visit by kind, and of coming back."""

    page: str
    first: Counter[str]
    again: int

    @property
    def total(self) -> int:
        """All of a first visit."""
        return self.first.total()


def addresses(starters: list[Starter]) -> list[tuple[str, str, Starter | None]]:
    """Name, address and member of every member page; makes the attempts that some of them show."""
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from accounts.models import Member
    from contests.actions.grade import grade_pending
    from contests.actions.sitting import save_form
    from contests.actions.start import start_attempt
    from contests.models import Round

    def member(starter: Starter) -> Member:
        session = Session.objects.get(session_key=starter.session)
        return Member.objects.get(pk=session.get_decoded()["_auth_user_id"])

    sitter, finisher = starters
    round_ = Round.objects.get(contest__slug=SLUG)
    running, ended = (
        start_attempt(member=member(each), round_=round_, now=timezone.now()) for each in (sitter, finisher)
    )
    save_form(attempt=ended, choices={number: [0] for number in range(1, 21)}, now=timezone.now(), submit=True)
    grade_pending(now=timezone.now())
    ended.refresh_from_db()
    return [
        ("home", "/", None),
        ("contest", f"/cuoc-thi/{SLUG}/", None),
        ("rules", f"/cuoc-thi/{SLUG}/the-le/", None),
        ("login", "/tai-khoan/login/", None),
        ("signup", "/tai-khoan/signup/", None),
        ("unit", "/tai-khoan/don-vi/?q=cong+doan", sitter),
        ("profile", "/tai-khoan/", sitter),
        ("contest, member", f"/cuoc-thi/{SLUG}/", finisher),
        ("sitting, 20 questions", f"/thi/{running.public_id}/", sitter),
        ("result", f"/thi/{ended.public_id}/ket-qua/", finisher),
        ("receipt", f"/bien-nhan/?ma={ended.receipt}", None),
        ("practice", "/luyen-tap/", None),
        ("board", f"/bang-xep-hang/{SLUG}/", finisher),
        ("big screen", f"/man-hinh/{SLUG}/", None),
    ]


def phone(browser: Browser, base: str, starter: Starter | None) -> BrowserContext:
    """A phone that has never been here, logged in if a member is named."""
    context = browser.new_context(base_url=base, viewport=PHONE, user_agent=ZALO, locale="vi-VN")
    if starter is not None:
        url = base.replace("http://", "https://")
        context.add_cookies(
            [{"name": "__Host-sessionid", "value": starter.session, "url": url, "secure": True, "httpOnly": True}]
        )
    return context


def listen(page: Page) -> Counter[str]:
    """Bytes that reach the page from now on, by kind."""
    heard: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    chrome = page.context.new_cdp_session(page)
    chrome.send("Network.enable")
    chrome.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))

    def count(told: dict[str, Any]) -> None:
        kind = kinds.get(told["requestId"], "Other")
        heard[kind if kind in KINDS else "Other"] += int(told["encodedDataLength"])

    chrome.on("Network.loadingFinished", count)
    return heard


def weigh(browser: Browser, base: str, name: str, address: str, starter: Starter | None) -> Weight:
    """One page, for the first time and again."""
    context = phone(browser, base, starter)
    try:
        page = context.new_page()
        heard = listen(page)
        reply = page.goto(address, wait_until="networkidle")
        if reply is None or reply.status != 200 or page.url.split("#")[0] != base + address:
            raise RuntimeError(f"{address}: {reply and reply.status} at {page.url}")
        first = Counter(heard)
        heard.clear()
        page.goto("about:blank")
        page.goto(address, wait_until="networkidle")
        return Weight(name, first, heard.total())
    finally:
        context.close()


def weigh_saves(browser: Browser, site: Site, address: str, starter: Starter) -> float:
    """Bytes of a saved answer both ways, request and reply with all their headers; the mean of ten on one connection."""
    with standing(Proxy(site.for_pages, lambda _dealt, _number: Plan())) as proxy:
        context = phone(browser, f"http://127.0.0.1:{proxy.port}", starter)
        try:
            page = context.new_page()
            page.goto(address)
            page.wait_for_selector("html[data-sitting=ready]", state="attached")
            before = 0
            for number in range(SAVES + 1):
                with page.expect_response("**/answers") as reply:
                    page.locator(".sit-question[data-current] .option").first.click()
                if reply.value.status != 200:
                    raise RuntimeError(f"a save was answered {reply.value.status}")
                reply.value.finished()
                page.wait_for_timeout(200)
                before = before or proxy.up + proxy.down  # after the first, which opens the connection
                if number < SAVES:
                    page.locator("#next").click()
            return (proxy.up + proxy.down - before) / SAVES
        finally:
            context.close()


def main() -> None:
    """The table, then the JSON."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread
    with _servers("weights"):
        starters = prepare(2)
        with production("weights", fresh=False, **MANY_ADDRESSES) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            pages = addresses(starters)
            base = f"http://127.0.0.1:{site.for_pages}"
            weights = [weigh(browser, base, *page) for page in pages]
            [(_, paper, sitter)] = [page for page in pages if page[0].startswith("sitting")]
            assert sitter is not None
            save = weigh_saves(browser, site, paper, sitter)
            nginx = bool(site.nginx)
            browser.close()
    print(
        f"{'bytes on the wire':24}{'first':>9}" + "".join(f"{kind:>12}" for kind in (*KINDS, "Other")) + f"{'again':>9}"
    )
    for each in weights:
        print(
            f"{each.page:24}{each.total:9,}"
            + "".join(f"{each.first[kind]:12,}" for kind in (*KINDS, "Other"))
            + f"{each.again:9,}"
        )
    print(f"{'one saved answer':24}{save:9,.0f}")
    print(json.dumps({"nginx": nginx, "pages": {each.page: each.total for each in weights}, "save": round(save)}))


if __name__ == "__main__":
    main()
