"""The waiting page of a rush, as people see it: it says when, counts down, and brings them in by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contests.actions import gate
from contests.models import Attempt, StartGate
from tests.browser.conftest import Opener, Site, shoot
from tests.browser.steps import attempt_of
from tests.browser.test_accessible import faults

pytestmark = pytest.mark.browser


def rush(seconds: float) -> None:
    """So many have come that the next slot is that far away."""
    slot = timezone.now() + timedelta(seconds=seconds)
    StartGate.objects.update_or_create(name=gate.NAME, defaults={"next_slot": slot})


def test_the_page_counts_down_and_the_paper_comes_by_itself(site: Site, open_page: Opener):
    contest = site.contest("doi-luot")
    page = open_page(site.union.alice)
    page.goto(f"/cuoc-thi/{contest.slug}/")
    rush(8)

    page.get_by_role("button", name="Vào thi").click()
    page.wait_for_url("**/vao-thi/")
    shoot(site, page, "waiting")
    first = page.locator("[data-clock]").inner_text()
    expect(page.locator("[data-clock]")).not_to_have_text(first)
    assert not Attempt.objects.filter(round__contest=contest).exists(), "no time runs while one waits"
    page.reload()

    page.wait_for_url("**/thi/*/")
    attempt = attempt_of(site.union.alice, contest)
    assert attempt.deadline - attempt.started_at == timedelta(minutes=20)


def test_without_javascript_too(site: Site, open_page: Opener):
    contest = site.contest("doi-luot-2")
    page = open_page(site.union.bob, javascript=False)
    page.goto(f"/cuoc-thi/{contest.slug}/")
    rush(4)

    page.get_by_role("button", name="Vào thi").click()
    page.wait_for_url("**/vao-thi/")
    assert int(page.locator("[data-before]").inner_text()) > 0

    page.wait_for_url("**/thi/*/")
    assert attempt_of(site.union.bob, contest).state == "started"


def test_axe_finds_nothing_while_one_waits(site: Site, open_page: Opener):
    contest = site.contest("doi-luot-3")
    page = open_page(site.union.alice)
    page.goto(f"/cuoc-thi/{contest.slug}/")
    rush(120)

    page.get_by_role("button", name="Vào thi").click()
    page.wait_for_url("**/vao-thi/")

    assert faults(page) == []
    shoot(site, page, "waiting")
    rush(0)
