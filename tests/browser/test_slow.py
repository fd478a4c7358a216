"""Real Chromium at the edge of the network: 50 kbit/s, 800 ms, every tenth exchange cut. `python -m bench slow` has a hundred."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from django.utils import timezone
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from bench.proxy import Link, Plan, Proxy, standing
from bench.slow import CUT, FATES, RATE, ROUND_TRIP
from contests.actions.start import start_attempt
from contests.models import Attempt
from tests.browser.conftest import Opener, Site
from tests.browser.steps import chosen, tap_right

pytestmark = pytest.mark.browser


def come(page: Page, address: str) -> int:
    """Open a sitting as a member does, who pulls the page anew when it does not come; returns how often."""
    for tries in range(10):
        with suppress(PlaywrightError):
            page.goto(address, wait_until="commit", timeout=30_000)
            page.wait_for_selector("html[data-sitting=ready]", state="attached", timeout=45_000)
            return tries
    raise AssertionError("the sitting never came")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sitting_at_the_edge_of_the_network(site: Site, open_page: Opener, seed: int):
    contest = site.contest(f"mang-yeu-{seed}")
    attempt = start_attempt(member=site.union.alice, round_=contest.rounds.get(), now=timezone.now())
    air = Link(RATE, ROUND_TRIP / 2)

    def lot(dealt: random.Random, _number: int) -> Plan:
        turn = 0
        while dealt.random() >= CUT:
            turn += 1
        return Plan(dealt.choice(FATES), turn, air)

    with standing(Proxy(int(site.url.rsplit(":", 1)[1]), lot, seed=seed)) as wire:
        page = open_page(site.union.alice, url=f"http://127.0.0.1:{wire.port}")
        reloads = come(page, f"/thi/{attempt.public_id}/")
        answers = {}
        for number in range(1, 5):
            expect(page.locator("#place")).to_have_text(f"{number} / 4")
            answers[number] = tap_right(page)
            if number < 4:
                page.locator("#next").click()
        page.locator("#finish").click()
        page.locator("#confirm").click()
        for _ in range(120):
            attempt.refresh_from_db()
            if attempt.state != Attempt.State.STARTED:
                break
            page.wait_for_timeout(1000)
        print(f"\nseed {seed}: {reloads} reloads, {sum(wire.struck.values())} cuts of {wire.connections} connections")

    assert wire.struck, "the network was never bad"
    assert attempt.closed_by == "member"
    assert chosen(site.union.alice, contest) == answers
