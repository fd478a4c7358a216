"""Thousands of members start an attempt within a minute, each with the real POST and the sitting page, in the production layout.

A start is done when the member has the paper. Who is shown the waiting page waits as it says and comes back as a browser does:
that is no error, but the wait is part of `way_…`. `p50_ms`, `p99_ms` and `max_ms` are what the server itself took, all
replies of a member together; `reply_p99_ms` is one reply. Baseline: a fifth of the members at the same rate, the same contest
and nginx, with the pages on the Daphne processes (as `make run` has them) instead of gunicorn.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import random
import re
import secrets
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from bench.intake import note
from bench.production import MANY_ADDRESSES, Browser, Reply, Site, _servers, production, spent
from bench.stack import ROOT, raise_file_limit

SLUG = "tim-hieu-phap-luat"
PATIENCE = 60.0  # seconds a member waits for a page
WARM = 4  # members more than are measured
LOOKS = 20  # times that a member comes back to the waiting page
SITTING = re.compile(rb'data-attempt="([0-9a-f-]{36})"')


@dataclass(frozen=True)
class Starter:
    """A member who is logged in and looks at the contest page."""

    session: str
    csrf: str


@dataclass
class Seen:
    """What the members saw. `attempts`: session → the attempt whose paper was shown."""

    ways_ms: list[float] = field(default_factory=list)  # from the press on "Vào thi" to the whole sitting page
    served_ms: list[float] = field(
        default_factory=list
    )  # of that, what the server took: without the wait that a page announced
    papers_ms: list[float] = field(default_factory=list)  # of that, what passed after the member's time had begun
    replies_ms: list[float] = field(default_factory=list)  # each reply by itself
    waits_s: list[float] = field(default_factory=list)  # of those who were shown the waiting page
    errors: dict[str, int] = field(default_factory=dict)
    attempts: dict[str, str] = field(default_factory=dict)
    page_bytes: int = 0
    cpu_seconds: float = 0.0


def run(quick: bool) -> dict[str, dict[str, Any]]:
    """Ours, then the baseline with members of its own."""
    members, seconds = (300, 6.0) if quick else (3000, 60.0)
    figures: dict[str, dict[str, Any]] = {}
    with _servers("starts"):
        starters = prepare(members + members // 5 + 2 * WARM)
        cut = members + WARM
        for side, on_daphne, mine in (("ours", False, starters[:cut]), ("baseline", True, starters[cut:])):
            with production("starts", pages_on_daphne=on_daphne, fresh=False, **MANY_ADDRESSES) as site:
                figures[side] = measure(site, mine, seconds * (len(mine) - WARM) / members)
                note(f"{side}: {figures[side]}")
    ours, baseline = figures["ours"], figures["baseline"]
    return {
        "ours": ours,
        "baseline": baseline,
        "ratio": {name: ours[name] / baseline[name] for name in ("p50_ms", "p99_ms")},
    }


def measure(site: Site, starters: Sequence[Starter], seconds: float) -> dict[str, Any]:
    """Let them start at moments drawn over `seconds`; then ask the table."""
    warm, starters = starters[:WARM], starters[WARM:]
    generate(site.for_pages, warm, 1.0)  # imports, plans, pools
    before = site.cpu()
    seen = generate(site.for_pages, starters, seconds)
    used = spent(before, site.cpu())
    return {
        "starts": len(starters), "seconds": seconds, "errors": sum(seen.errors.values()), "lost": lost(seen, starters),
        "p50_ms": _at(seen.served_ms, 0.5), "p99_ms": _at(seen.served_ms, 0.99), "max_ms": _at(seen.served_ms, 1),
        "reply_p99_ms": _at(seen.replies_ms, 0.99), "paper_p99_ms": _at(seen.papers_ms, 0.99),
        "waited": len(seen.waits_s), "wait_max_s": _at(seen.waits_s, 1), "way_p50_ms": _at(seen.ways_ms, 0.5),
        "way_p99_ms": _at(seen.ways_ms, 0.99), "way_max_ms": _at(seen.ways_ms, 1),
        "page_kb": seen.page_bytes / 1000, "nginx": bool(site.nginx), "cpu_phones_s": round(seen.cpu_seconds, 1), **used,
        **{f"error {kind}": count for kind, count in seen.errors.items()},
    }  # fmt: skip


def _at(figures: list[float], part: float) -> float:
    """The figure that this part of all does not exceed; 0 for none."""
    return sorted(figures)[min(int(len(figures) * part), len(figures) - 1)] if figures else 0.0


def lost(seen: Seen, starters: Sequence[Starter]) -> int:
    """Members whose shown attempt is not the one attempt that the table has of them."""
    from django.contrib.sessions.models import Session

    from contests.models import Attempt

    rows: dict[str, list[str]] = {}
    for member, attempt in Attempt.objects.values_list("entry__member", "public_id"):
        rows.setdefault(str(member), []).append(str(attempt))
    wrong = 0
    for session in Session.objects.filter(session_key__in=[starter.session for starter in starters]):
        shown = seen.attempts.get(session.session_key)
        if shown is not None:
            wrong += rows.get(session.get_decoded()["_auth_user_id"], []) != [shown]
    return wrong


# --- Before: members, a contest with the demo's bank, sessions --------------------------------------------------------
def prepare(count: int) -> list[Starter]:
    """`count` members with a unit, a consent and a login session, and one open contest of 20 questions from the demo's bank."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import Consent, Member, Membership
    from tests import make

    now = timezone.now()
    union = make.make_union()
    make_contest(union, now)
    members = Member.objects.bulk_create(
        [Member(phone=f"+8490{index:07d}", full_name=f"Đoàn viên {index}", password="!") for index in range(count)]
    )
    Membership.objects.bulk_create(
        [Membership(member=m, unit=union.factory_a, from_day=now.date(), set_by=m) for m in members]
    )
    Consent.objects.bulk_create(
        [
            Consent(
                member=m, purpose="take_part", text_version="1", text_hash=hashlib.sha256(b"").hexdigest(), given_at=now
            )
            for m in members
        ]
    )
    starters = make_sessions(members, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return starters


def make_contest(union: Any, now: Any) -> Any:
    """An open contest under the rules of the national contest of 2020, with the demo's question file."""
    from contests.actions.bank import import_questions
    from contests.authoring.reading import read_questions
    from contests.demo.seed import BANK_FILE, national_rules
    from contests.models import Bank, Contest, Round
    from contests.rules.settings import dump

    bank = Bank.objects.create(owner=union.province_a, name="Ngân hàng")
    reading = read_questions(BANK_FILE.read_bytes(), BANK_FILE.name)
    import_questions(bank=bank, drafts=reading.drafts, sha256=reading.sha256, filename=BANK_FILE.name, by=None, now=now)
    bank.refresh_from_db()
    contest = Contest.objects.create(
        slug=SLUG, title="Tìm hiểu Bộ luật Lao động", organizer=union.province_a, audience=union.province_a, bank=bank, state="open",
        created_by=union.olga,
    )  # fmt: skip
    Round.objects.create(
        contest=contest, number=1, title="Tuần 1", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=5),
        rules=dump(national_rules()),
    )  # fmt: skip
    return contest


def make_sessions(members: Sequence[Any], now: Any) -> list[Starter]:
    """Login sessions straight in the table, as django.contrib.auth.login leaves them; logging in is not measured here."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    store, rows = SessionStore(), []
    for member in members:
        content = {
            SESSION_KEY: str(member.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: member.get_session_auth_hash(),
        }  # fmt: skip
        rows.append(
            Session(
                session_key=uuid.uuid4().hex, session_data=store.encode(content), expire_date=now + timedelta(days=1)
            )
        )
    Session.objects.bulk_create(rows)
    return [Starter(row.session_key, secrets.token_hex(16)) for row in rows]


# --- The phones, in a process of their own ----------------------------------------------------------------------------
def generate(port: int, starters: Sequence[Starter], seconds: float) -> Seen:
    """An open loop: everybody presses at a moment of their own, however slow the site is by then."""
    plan = {"port": port, "seconds": seconds, "starters": [asdict(starter) for starter in starters]}
    done = subprocess.run(
        [sys.executable, "-m", "bench.starts"], input=json.dumps(plan).encode(), capture_output=True, cwd=ROOT,
        timeout=seconds + 5 * PATIENCE,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return Seen(**json.loads(done.stdout))


async def _start(starter: dict[str, str], port: int, seen: Seen) -> str:
    """Press, wait if told to, follow, read; returns what went wrong or ''."""
    browser = Browser(port, f"__Host-sessionid={starter['session']}; __Host-csrftoken={starter['csrf']}")
    door, form = f"/cuoc-thi/{SLUG}/dot-1/vao-thi/", f"csrfmiddlewaretoken={starter['csrf']}".encode()
    replies: list[float] = []

    async def ask(*request: Any) -> Reply:
        asked = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            reply = await browser.ask(*request)
        replies.append((time.perf_counter() - asked) * 1000)
        return reply

    began, waited = time.perf_counter(), 0.0
    try:
        reply = await ask("POST", door, form, "application/x-www-form-urlencoded")
        for _ in range(LOOKS):
            location = reply.headers.get(b"location", b"").decode()
            if reply.status == 302 and location.startswith("/thi/"):
                break
            if reply.status == 200 and b"refresh" in reply.headers:
                seconds = int(reply.headers[b"refresh"])
                browser.close()  # nginx would, too, while the page waits
                await asyncio.sleep(seconds)
                waited += seconds
            elif (reply.status, location) != (302, door):
                return f"start {reply.status} {location}".strip()
            reply = await ask("GET", door)
        else:
            return "never let in"
        page = await ask("GET", location)
    finally:
        browser.close()
    if page.status != 200:
        return f"sitting {page.status}"
    seen.page_bytes = len(page.body)
    html = gzip.decompress(page.body) if page.headers.get(b"content-encoding") == b"gzip" else page.body
    attempt = SITTING.search(html)
    if attempt is None or html.count(b"data-question=") != 20:
        return "sitting without its paper"
    seen.ways_ms.append((time.perf_counter() - began) * 1000)
    seen.served_ms.append(sum(replies))
    seen.papers_ms.append(replies[-1])
    seen.replies_ms += replies
    if waited:
        seen.waits_s.append(waited)
    seen.attempts[starter["session"]] = attempt[1].decode()
    return ""


async def _all(plan: dict[str, Any]) -> Seen:
    seen, errors = Seen(), Counter[str]()
    cpu = time.process_time()

    async def one(starter: dict[str, str], wait: float) -> None:
        await asyncio.sleep(wait)
        try:
            error = await _start(starter, plan["port"], seen)
        except Exception as problem:  # whatever it is, the member saw no paper
            error = type(problem).__name__
        if error:
            errors[error] += 1

    await asyncio.gather(*(one(starter, random.uniform(0, plan["seconds"])) for starter in plan["starters"]))
    seen.errors, seen.cpu_seconds = dict(errors), time.process_time() - cpu
    return seen


if __name__ == "__main__":
    raise_file_limit()
    print(json.dumps(asdict(asyncio.run(_all(json.load(sys.stdin))))))
