"""The bell: 5,000 members hand in within ten seconds, through nginx to Daphne, until every paper is graded.

Baseline: hand-ins at the same rate, a fifth as many, by the plain form (a Django view under gunicorn) behind the same nginx.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from bench.intake import note
from bench.production import MANY_ADDRESSES, Browser, Site, _servers, production, spent
from bench.stack import ROOT, raise_file_limit
from bench.starts import make_contest, make_sessions

STORED = 17  # answers that the server has before the bell; the hand-in carries all twenty, as a phone's does
TRIES = 12
WARM = 40
GRADED_WITHIN = 120.0


@dataclass(frozen=True)
class Paper:
    """What the phone of a member holds at the bell. `choices`: position by question."""

    attempt: str
    token: str
    session: str
    csrf: str
    choices: list[list[int]]


@dataclass
class Heard:
    """What the phones heard. `received`: attempt → receipt, or 'form' where the way without JavaScript gives none."""

    latencies_ms: list[float] = field(default_factory=list)  # from the press to "received", repeats included
    received: dict[str, str] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    asked_again: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


def run(quick: bool) -> dict[str, dict[str, Any]]:
    """Ours, then the form with a fifth of the members in a fifth of the time; everybody hands in once."""
    count, seconds = (500, 1.0) if quick else (5000, 10.0)
    figures: dict[str, dict[str, Any]] = {}
    with _servers("bell"):
        papers = prepare(count + count // 5 + 2 * WARM)
        with production("bell", fresh=False, **MANY_ADDRESSES) as site:
            for side, form, number in (("ours", False, count), ("baseline", True, count // 5)):
                warm, mine, papers = papers[:WARM], papers[WARM : WARM + number], papers[WARM + number :]
                generate(site.for_pages if form else site.for_answers, warm, 1.0, form=form)  # imports, plans, pools
                figures[side] = measure(site, mine, seconds * number / count, form=form)
                note(f"{side}: {figures[side]}")
    ours, baseline = figures["ours"], figures["baseline"]
    ratio = {name: ours[name] / baseline[name] for name in ("p50_ms", "p99_ms")}
    return {"ours": ours, "baseline": baseline, "ratio": ratio}


def measure(site: Site, papers: Sequence[Paper], seconds: float, *, form: bool) -> dict[str, Any]:
    """Ring, wait until all is graded, ask the table."""
    before, rung = site.cpu(), time.monotonic()
    phones = generate(site.for_pages if form else site.for_answers, papers, seconds, form=form)
    waiting = wait_until_graded(papers)
    until_graded, used = time.monotonic() - rung - phones.startup, spent(before, site.cpu())
    heard = phones.heard
    ordered = sorted(heard.latencies_ms) or [0.0]
    return {
        "submits": len(papers), "seconds": seconds, "errors": sum(heard.errors.values()), "lost": lost(heard, papers), "not_graded": waiting,
        "asked_again": heard.asked_again, "p50_ms": ordered[len(ordered) // 2], "p99_ms": ordered[int(len(ordered) * 0.99)],
        "max_ms": ordered[-1], "until_received_s": heard.seconds, "until_graded_s": until_graded, "nginx": bool(site.nginx),
        "cpu_phones_s": round(heard.cpu_seconds, 1), **used, **{f"error {kind}": number for kind, number in heard.errors.items()},
    }  # fmt: skip


def lost(heard: Heard, papers: Sequence[Paper]) -> int:
    """Hand-ins that were acknowledged and are not in the table whole: the state, the receipt, and all twenty answers."""
    from django.db.models import Count

    from contests.models import Attempt

    rows = {
        str(public_id): (state, closed_by, receipt, answers)
        for public_id, state, closed_by, receipt, answers in Attempt.objects.filter(public_id__in=list(heard.received))
        .annotate(stored=Count("answers"))
        .values_list("public_id", "state", "closed_by", "receipt", "stored")
    }
    size = {paper.attempt: len(paper.choices) for paper in papers}
    wrong = 0
    for attempt, receipt in heard.received.items():
        state, closed_by, stored_receipt, answers = rows.get(attempt, ("", "", "", 0))
        whole = state in ("submitted", "graded") and closed_by == "member" and answers == size[attempt]
        wrong += not (whole and receipt in ("form", stored_receipt))
    return wrong


def wait_until_graded(papers: Sequence[Paper]) -> int:
    """How many of the handed-in papers are still not graded after the patience; returns as soon as none is."""
    from contests.models import Attempt

    mine = Attempt.objects.filter(public_id__in=[paper.attempt for paper in papers], state="submitted")
    until = time.monotonic() + GRADED_WITHIN
    while (waiting := mine.count()) and time.monotonic() < until:
        time.sleep(0.1)
    return waiting


# --- Before -----------------------------------------------------------------------------------------------------------
def prepare(count: int) -> list[Paper]:
    """`count` running attempts, each with a paper of its own from the demo's bank and most of its answers stored."""
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from accounts.models import Member
    from contests.models import Answer, Attempt, Entry, QuestionVersion
    from contests.queries.bank import bank_index
    from contests.rules.kinds.shapes import Options, encode_shape
    from contests.rules.paper import draw_paper
    from contests.rules.settings import parse_round_rules
    from contests.tokens import make_token
    from tests import make

    now, union = timezone.now(), make.make_union()
    contest = make_contest(union, now)
    round_ = contest.rounds.get()
    rules, bank, unit = (
        parse_round_rules(round_.rules),
        bank_index(contest.bank, timezone.localdate(now)),
        union.factory_a,
    )
    several = set(QuestionVersion.objects.filter(kind="multiple").values_list("pk", flat=True))
    members = Member.objects.bulk_create(
        [Member(phone=f"+8490{index:07d}", full_name=f"Đoàn viên {index}", password="!") for index in range(count)]
    )
    entries = Entry.objects.bulk_create(
        [
            Entry(contest=contest, member=m, unit=unit, unit_path=unit.path, unit_name=unit.name, entered_at=now)
            for m in members
        ]
    )
    begun, ends = now - timedelta(minutes=10), now + timedelta(minutes=60)
    papers = [draw_paper(bank, rules, seed) for seed in range(count)]
    attempts = Attempt.objects.bulk_create(
        [
            Attempt(
                entry=entry, round=round_, number=1, allowance=rules.attempts, seed=seed, started_at=begun, deadline=ends, accepts_until=ends,
                paper=[[item.version, list(item.order)] for item in paper.items],
                shape=encode_shape([Options(len(item.order), item.version in several) for item in paper.items]),
            )
            for seed, (entry, paper) in enumerate(zip(entries, papers, strict=True))
        ],
        batch_size=1000,
    )  # fmt: skip
    random_ = random.Random(1929)
    choices = [[[random_.randrange(len(item.order))] for item in paper.items] for paper in papers]
    for first in range(0, count, 1000):
        Answer.objects.bulk_create(
            [
                Answer(attempt_id=attempt.pk, question=question, choice=choice, seq=question, arrived_at=now)
                for attempt, chosen in zip(attempts[first : first + 1000], choices[first : first + 1000], strict=True)
                for question, choice in enumerate(chosen[:STORED], 1)
            ],
            batch_size=5000,
        )
    sessions = make_sessions(members, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [
        Paper(
            str(attempt.public_id),
            make_token(attempt=attempt.public_id, shape=attempt.shape, epoch=1, accepts_until=ends, keys=settings.ATTEMPT_TOKEN_KEYS),
            session.session, session.csrf, chosen,
        )
        for attempt, session, chosen in zip(attempts, sessions, choices, strict=True)
    ]  # fmt: skip


# --- The phones, in a process of their own ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Phones:
    """What they heard, and the seconds that the generator's own start and end took."""

    heard: Heard
    startup: float


def generate(port: int, papers: Sequence[Paper], seconds: float, *, form: bool) -> Phones:
    """An open loop: everybody presses at a moment of their own within the seconds after the bell."""
    plan = {"port": port, "seconds": seconds, "form": form, "papers": [asdict(paper) for paper in papers]}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench.bell"],
        input=json.dumps(plan).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    heard = Heard(**json.loads(done.stdout))
    return Phones(heard, time.monotonic() - began - heard.seconds)


async def _hand_in(paper: dict[str, Any], port: int) -> tuple[int, str]:
    """One hand-in with its whole map, as static/js/sitting-send.js does it; status and receipt."""
    answers = [
        {"question": number, "choice": choice, "seq": number} for number, choice in enumerate(paper["choices"], 1)
    ]
    browser = Browser(port)
    try:
        reply = await browser.ask(
            "POST", f"/api/attempts/{paper['attempt']}/submit", json.dumps({"answers": answers}).encode(), "application/json",
            f"Authorization: Bearer {paper['token']}\r\n",
        )  # fmt: skip
    finally:
        browser.close()
    return reply.status, json.loads(reply.body)["receipt"] if reply.status == 200 else ""


async def _hand_in_form(paper: dict[str, Any], port: int) -> tuple[int, str]:
    """The way without JavaScript: every question as a field, the answer is a redirect to the result."""
    browser = Browser(port, f"__Host-sessionid={paper['session']}; __Host-csrftoken={paper['csrf']}")
    fields = [f"csrfmiddlewaretoken={paper['csrf']}", "action=submit"]
    fields += [f"q{number}={choice[0]}" for number, choice in enumerate(paper["choices"], 1)]
    try:
        reply = await browser.ask(
            "POST", f"/thi/{paper['attempt']}/nop/", "&".join(fields).encode(), "application/x-www-form-urlencoded"
        )
    finally:
        browser.close()
    done = reply.status == 302 and b"/ket-qua/" in reply.headers.get(b"location", b"")
    return (200, "form") if done else (reply.status, "")


async def _all(plan: dict[str, Any]) -> Heard:
    heard, errors = Heard(), Counter[str]()
    hand_in = _hand_in_form if plan["form"] else _hand_in

    async def one(paper: dict[str, Any], wait: float) -> None:
        await asyncio.sleep(wait)
        began, last = time.perf_counter(), ""
        for failures in range(TRIES):
            if failures:
                heard.asked_again += 1
                await asyncio.sleep(
                    max(2.0 if last == "503" else 0.0, min(15.0, 0.5 * 2**failures)) * random.uniform(0.6, 1.4)
                )
            try:
                async with asyncio.timeout(60 if plan["form"] else 8):
                    status, receipt = await hand_in(paper, plan["port"])
            except Exception as problem:  # the phone knows only that nothing came back
                last = type(problem).__name__
                continue
            if status == 200:
                heard.latencies_ms.append((time.perf_counter() - began) * 1000)
                heard.received[paper["attempt"]] = receipt
                return
            last = str(status)
        errors[last] += 1

    cpu, rung = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one(paper, random.uniform(0, plan["seconds"])) for paper in plan["papers"]))
    heard.seconds, heard.errors, heard.cpu_seconds = time.perf_counter() - rung, dict(errors), time.process_time() - cpu
    return heard


if __name__ == "__main__":
    raise_file_limit()
    print(json.dumps(asdict(asyncio.run(_all(json.load(sys.stdin))))))
