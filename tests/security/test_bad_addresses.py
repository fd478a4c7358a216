"""Addresses that nobody's page leads to: absurd pages, operators, codecs, foreign ids. A clear answer, never an error of ours."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from contests.actions.sitting import database_now
from contests.actions.start import start_attempt
from contests.models import Attempt, Bank
from tests import make
from tests.security.addresses import all_addresses

ABSURD = ("-1", "9" * 24, "NaN", "\0", "\ud800", "x" * 4000, "' OR 1=1 --", "%")
QUERIES = ("page", "page_size", "limit", "offset", "q", "ma", "bang", "chu-de", "da", "chon", "dau", "next", "don-vi", "unit", "ids", "fields", "_connector", "entry__member")  # fmt: skip


def bad(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


@pytest.fixture
def values(union, contest) -> dict[str, list[str]]:
    """Parts that exist, so that the query is looked at."""
    practice = make.make_bank(union.province_a, ("Ôn tập",), each=3)
    Bank.objects.filter(pk=practice.pk).update(purpose=Bank.Purpose.PRACTICE)
    contest.rules = {"unit_boards": [{"key": "diem", "name": "Điểm", "by": "mean_top"}]}
    contest.save()
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=database_now())
    return {
        "slug": [contest.slug], "share_code": [contest.share_code], "public_id": [str(attempt.public_id), str(contest.bank.public_id), str(practice.public_id)], "number": ["1"],
        "upload_id": [str(uuid.uuid4())], "row": ["2"], "seed": ["7"], "purpose": ["take_part"], "join_code": [union.factory_a.join_code],
        "key": ["diem"], "attempt_id": [str(attempt.public_id)], "extension_id": [str(uuid.uuid4())],
        "announcement_id": [str(uuid.uuid4())], "asked_id": [str(uuid.uuid4())], "clue_id": [str(uuid.uuid4())],
        "ruling_id": [str(uuid.uuid4())], "list_id": [str(uuid.uuid4())], "appeal_id": [str(uuid.uuid4())], "essay": ["123456789012"], "code": ["ABCDEFGHJKMNPQRSTU"], "batch_id": [str(uuid.uuid4())],
    }  # fmt: skip


@pytest.mark.parametrize("who", ["visitor", "olga"])
def test_b10_no_query_breaks_a_page(union, values, who):
    """`page=-1`, a page size of a billion, operators of the ORM: bounded or not read."""
    client = Client(raise_request_exception=False)
    if who != "visitor":
        client.force_login(getattr(union, who))
    broken = []
    for address in all_addresses(values):
        first = client.get(address)
        if first.status_code != 200:  # refused, led on or not there before a query is looked at
            assert first.status_code < 500, address
            continue
        for absurd in ABSURD:
            query = "&".join(f"{name}={bad(absurd)}" for name in QUERIES)
            status = client.get(f"{address}?{query}").status_code
            if status not in (200, 302, 400, 404, 414):
                broken.append((address, absurd[:20], status))
    assert broken == []


@pytest.mark.parametrize("who", ["visitor", "olga"])
def test_b59_no_absurd_part_of_an_address_breaks_a_page(union, values, who):
    client = Client(raise_request_exception=False)
    if who != "visitor":
        client.force_login(getattr(union, who))
    parts = {
        name: [bad(absurd) for absurd in ABSURD]
        for name in ("slug", "key", "purpose", "join_code", "essay", "share_code", "code")
    }
    parts |= {
        "public_id": [str(uuid.UUID(int=0)), "1", "x" * 36],
        "number": ["0", "99999999999999999999", "-1"],
        "seed": ["0", str(2**70)],
    }
    parts |= {
        name: [str(uuid.UUID(int=0)), "1"]
        for name in (
            "attempt_id",
            "extension_id",
            "list_id",
            "appeal_id",
            "ruling_id",
            "upload_id",
            "announcement_id",
            "asked_id",
            "clue_id",
            "batch_id",
        )
    }
    broken = {}
    for name in parts:
        for address in set(all_addresses(values | {name: parts[name]})) - set(all_addresses(values)):
            status = client.get(address).status_code
            if status not in (200, 302, 400, 401, 403, 404, 405):
                broken[address[:120]] = status
    assert broken == {}


def test_b10_an_absurd_page_shows_what_the_list_has(client, values):
    def rows(query: str) -> str:
        page = client.get(f"/luyen-tap/{query}").content.decode()
        return page[page.index("<main") : page.index("</main>")]

    for absurd in ("-1", "0", "999999999999", "x", "1e9"):
        assert rows(f"?page={absurd}&page_size=1000000000") == rows("")


def test_b60_no_service_worker_keeps_a_page(client):
    """There is none, so no old version and no poisoned cache. Who adds one tests here that it keeps no page of a session."""
    scripts = sorted(Path(str(finders.find("js/sitting.js"))).parent.glob("*.js"))

    assert len(scripts) > 5
    assert [
        path.name for path in scripts if re.search(r"serviceWorker|caches\.open", path.read_text(encoding="utf-8"))
    ] == []
    for address in ("/sw.js", "/service-worker.js", "/static/sw.js", "/static/js/sw.js"):
        assert client.get(address).status_code == 404


def test_b60_after_the_logout_the_sitting_is_gone(client, union, values):
    client.force_login(union.alice)
    here = f"/thi/{Attempt.objects.get().public_id}/"
    assert client.get(here).status_code == 200

    client.post("/tai-khoan/logout/")

    assert client.get(here).url.startswith("/tai-khoan/login/")
