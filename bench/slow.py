"""A hundred sittings at the edge of the network: 50 kbit/s, 800 ms, every tenth exchange cut; complete or not.

Each member has a wire of their own (bench.proxy) to the production layout: presses "Vào thi", loads the paper with all its
files, taps through it by the rules of the page (bench.phone) and hands in. Whoever loads a page presses again when it does
not come, as people do. Baseline: the same wire and paper with a phone that sends every tap and the hand-in once, as pages
without a journal do. Complete means: handed in by the member, and the table has every answer as it was tapped last.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.intake import note
from bench.phone import Entry, Page, Phone, World
from bench.production import MANY_ADDRESSES, Browser, Reply, Site, _servers, production
from bench.proxy import Fate, Link, Plan, Proxy
from bench.starts import SLUG, Starter, prepare
from bench.verdict import Choice, Ledger

RATE, ROUND_TRIP, CUT = 50_000 / 8, 0.8, 0.1  # bytes a second each way, seconds, share of exchanges
FATES = (Fate.DROP, Fate.HALF, Fate.CUT, Fate.LOSE, Fate.MUTE)
LANES = 4  # connections that fetch the files of a page
PAGE_PATIENCE = 12.0  # seconds until a member presses again
LINKED = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
LEADS = re.compile(rb'data-attempt="([^"]+)"\s+data-token="([^"]+)" data-now="(\d+)" data-deadline="(\d+)"')
INPUT = re.compile(rb'<input[^>]*name="q(\d+)" value="(\d+)"')


@dataclass
class Sitting:
    """One member's sitting as it was lived, to be held against the table."""

    ledger: Ledger
    taps: dict[int, Choice] = field(default_factory=dict)
    handed_in: bool = False
    load_seconds: float = 0.0
    end_seconds: float = 0.0  # from the press on "Nộp bài" to the receipt


@dataclass
class Side:
    """All sittings of one kind."""

    sittings: list[Sitting] = field(default_factory=list)
    struck: Counter[Fate] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    presses: int = 0  # pages asked for again


def run(quick: bool) -> dict[str, dict[str, Any]]:
    """Ours and the baseline beside each other, on the same servers, each member on a wire of their own."""
    members, think, limit = (5, 0.2, 45.0) if quick else (100, 2.0, 360.0)
    with _servers("slow"):
        starters = prepare(2 * members)
        with production("slow", fresh=False, **MANY_ADDRESSES) as site:
            ours, baseline = Side(), Side()
            began = time.monotonic()
            asyncio.run(_all(site, starters, ours, baseline, think, limit))
            note(f"{time.monotonic() - began:.0f} s")
            figures = {"ours": tell(ours, members), "baseline": tell(baseline, members)}
    mine, theirs = figures["ours"]["complete"], figures["baseline"]["complete"]
    return figures | {"ratio": {"complete": mine / theirs} if theirs else {}}


async def _all(site: Site, starters: Sequence[Starter], ours: Side, baseline: Side, think: float, limit: float) -> None:
    half = len(starters) // 2

    async def one(number: int, starter: Starter) -> None:
        side = ours if number < half else baseline
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, 5 * think))
        try:
            await _sit(site.for_pages, starter, side, chance, think, insists=side is ours)
        except Exception as error:
            side.errors[type(error).__name__] += 1

    tasks = [asyncio.create_task(one(number, starter)) for number, starter in enumerate(starters)]
    _, late = await asyncio.wait(tasks, timeout=limit)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _sit(port: int, starter: Starter, side: Side, chance: random.Random, think: float, *, insists: bool) -> None:
    """One member, from the press on "Vào thi" to the receipt."""
    air = Link(RATE, ROUND_TRIP / 2)

    def lot(dealt: random.Random, _number: int) -> Plan:
        turn = 0
        while dealt.random() >= CUT:
            turn += 1
        return Plan(dealt.choice(FATES), turn, air)

    async with Proxy(port, lot, seed=chance.getrandbits(32)) as wire:
        try:
            began = time.monotonic()
            html = await _load(OverWire(wire.port, port, starter), side)
            lead = LEADS.search(html)
            if lead is None:
                raise ValueError("a sitting without its paper")
            attempt, token, _, deadline = (part.decode() for part in lead.groups())
            sitting = Sitting(Ledger(attempt, int(deadline) / 1000), load_seconds=time.monotonic() - began)
            side.sittings.append(sitting)
            world = World(wire.port)
            page = Page(token, sitting.ledger.deadline, [])
            places: dict[int, list[int]] = {}
            for question, place in INPUT.findall(html):
                places.setdefault(int(question), []).append(int(place))
            await (_insist if insists else _hope)(world, page, sitting, places, chance, think)
            side.outcomes += world.outcomes
        finally:
            side.struck += wire.struck


async def _insist(
    world: World, page: Page, sitting: Sitting, places: dict[int, list[int]], chance: random.Random, think: float
) -> None:
    """The phone as it is: journal, retries, the whole map with the hand-in."""
    phone = Phone(world, page, {}, sitting.ledger, chance, skew=chance.uniform(-86_400, 86_400))
    try:
        for question, options in places.items():
            await asyncio.sleep(chance.uniform(0.5, 1.5) * think)
            sitting.taps[question] = (chance.choice(options),)
            phone.tap(question, sitting.taps[question])
        pressed = time.monotonic()
        sitting.handed_in = (await phone.submit()).kind == "ok"
        sitting.end_seconds = time.monotonic() - pressed
    finally:
        phone.die()


async def _hope(
    world: World, page: Page, sitting: Sitting, places: dict[int, list[int]], chance: random.Random, think: float
) -> None:
    """A phone that keeps nothing: each tap is sent once, and so is the hand-in."""
    phone = Phone(world, page, {}, sitting.ledger, chance, skew=0)
    try:
        seq = int(time.time() * 1000)
        for question, options in places.items():
            await asyncio.sleep(chance.uniform(0.5, 1.5) * think)
            sitting.taps[question] = (chance.choice(options),)
            await phone._post("answers", [Entry(question, sitting.taps[question], seq + question)], {})
        pressed = time.monotonic()
        sitting.handed_in = (await phone._post("submit", [], {})).kind == "ok"
        sitting.end_seconds = time.monotonic() - pressed
    finally:
        phone.die()


class OverWire(Browser):
    """A browser that speaks to the site by its name, and to the wire by its port. The site knows its device from before."""

    def __init__(self, wire: int, port: int, starter: Starter) -> None:
        super().__init__(
            port, f"__Host-sessionid={starter.session}; __Host-csrftoken={starter.csrf}; may={uuid.uuid4()}"
        )
        self.form = f"csrfmiddlewaretoken={starter.csrf}".encode()
        self._wire, self._starter = wire, starter

    def another(self) -> OverWire:
        """One more connection of the same browser."""
        return OverWire(self._wire, self.port, self._starter)

    async def ask(self, *request: Any) -> Reply:
        """One request and its whole reply, as a Browser does."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._wire)
        return await super().ask(*request)


async def _load(browser: OverWire, side: Side) -> bytes:
    """Start, then the paper and every file that it names; whatever does not come is asked for again."""
    try:
        kind = "application/x-www-form-urlencoded"
        start = await _press(side, browser, 302, "POST", f"/cuoc-thi/{SLUG}/dot-1/vao-thi/", browser.form, kind)
        paper = await _press(side, browser, 200, "GET", start.headers[b"location"].decode())
        html = gzip.decompress(paper.body) if paper.headers.get(b"content-encoding") == b"gzip" else paper.body
        files = sorted(set(LINKED.findall(html)))
        await asyncio.gather(*(_fetch_all(browser.another(), side, files[lane::LANES]) for lane in range(LANES)))
    finally:
        browser.close()
    return html


async def _fetch_all(browser: OverWire, side: Side, files: Sequence[bytes]) -> None:
    try:
        for path in files:
            await _press(side, browser, 200, "GET", path.decode())
    finally:
        browser.close()


async def _press(side: Side, browser: Browser, wanted: int, *request: Any) -> Reply:
    while True:
        try:
            async with asyncio.timeout(PAGE_PATIENCE):
                reply = await browser.ask(*request)
            if reply.status == wanted:
                return reply
            side.outcomes[f"page {reply.status}"] += 1
        except (OSError, EOFError, TimeoutError):
            pass
        browser.close()
        side.presses += 1
        await asyncio.sleep(1)


def tell(side: Side, members: int) -> dict[str, Any]:
    """What became of them; the table decides."""
    from contests.models import Answer, Attempt

    stored: dict[str, dict[int, Choice]] = {}
    for attempt, question, choice in Answer.objects.values_list("attempt__public_id", "question", "choice"):
        stored.setdefault(str(attempt), {})[question] = tuple(choice)
    ended = {str(each) for each in Attempt.objects.filter(closed_by="member").values_list("public_id", flat=True)}
    lived = side.sittings
    right = [s for s in lived if s.taps and stored.get(s.ledger.attempt, {}) == s.taps]
    answers = sum(len(s.taps) for s in lived)
    kept = sum(stored.get(s.ledger.attempt, {}).get(q) == choice for s in lived for q, choice in s.taps.items())
    loads, ends = sorted(s.load_seconds for s in lived) or [0.0], sorted(s.end_seconds for s in lived) or [0.0]
    return {
        "sittings": members,
        "complete": sum(s.handed_in and s.ledger.attempt in ended for s in right),
        "papers_shown": len(lived),
        "told_handed_in": sum(s.handed_in for s in lived),
        "answers": answers,
        "answers_lost": answers - kept,
        "cuts": sum(side.struck.values()),
        "pages_asked_again": side.presses,
        "load_p50_s": loads[len(loads) // 2],
        "hand_in_p50_s": ends[len(ends) // 2],
        "hand_in_max_s": ends[-1],
        **{f"error {kind}": count for kind, count in side.errors.items()},
    }
