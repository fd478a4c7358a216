"""The address that phones ask while somebody sits: public words only, 304 while nothing changed, one read for many."""

from __future__ import annotations

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from contests.actions.announce import announce
from contests.models import Announcement, Contest, QuestionVersion
from contests.pages.news import NewsDesk

pytestmark = pytest.mark.django_db(transaction=True)


async def ask(desk: NewsDesk, slug: str, method: str = "GET", etag: str = "") -> tuple[int, bytes, dict[str, str]]:
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"if-none-match", etag.encode())] if etag else []
    await desk({"type": "http", "method": method, "path": f"/api/news/{slug}", "headers": headers}, None, send)
    start, end = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    assert int(found["content-length"]) == len(end["body"])
    return start["status"], end["body"], found


@sync_to_async
def in_the_database(act):
    """In the thread that asgiref lends, whose connection must not outlive the test."""
    try:
        return act()
    finally:
        connection.close()


@sync_to_async
def say(contest: Contest, union, text: str, **more) -> Announcement:
    try:
        return announce(contest=contest, text=text, by=union.olga, now=timezone.now(), **more)
    finally:
        connection.close()


async def test_what_everybody_may_read(committed_union):
    union, contest = committed_union
    desk = NewsDesk(lives=0)
    version = await in_the_database(QuestionVersion.objects.select_related("question").first)
    status, body, headers = await ask(desk, contest.slug)
    assert (status, json.loads(body)["items"]) == (200, [])
    quiet = json.loads(body)["own"]

    await say(contest, union, "Phòng thi kéo dài thêm 5 phút.")
    await say(contest, union, "Số giờ hiểu là giờ mỗi tuần.", version=version)

    status, body, headers = await ask(desk, contest.slug)
    found = json.loads(body)
    assert [(one["kind"], one["text"]) for one in found["items"]] == [("contest", "Phòng thi kéo dài thêm 5 phút.")]
    assert found["own"] != quiet
    assert "Số giờ".encode() not in body
    assert (await ask(desk, contest.slug, etag=headers["etag"]))[:2] == (304, b"")
    assert "set-cookie" not in headers
    print(len(body), "bytes of news;", sum(len(name) + len(value) + 4 for name, value in headers.items()), "of headers")


async def test_other_addresses_and_methods(committed_union):
    _, contest = committed_union
    desk = NewsDesk()
    await in_the_database(lambda: Contest.objects.filter(pk=contest.pk).update(state="draft"))

    for slug in (contest.slug, "khong-co", "", "a/b", "%2e%2e", "x" * 4000):
        assert (await ask(desk, slug))[0] == 404, slug
    assert (await ask(desk, "khong-co", method="POST"))[0] == 405


async def test_a_thousand_phones_ask_the_database_once(committed_union, monkeypatch):
    from contests.pages import news

    _, contest = committed_union
    read, asked = news._read, []
    monkeypatch.setattr(news, "_read", lambda slug: asked.append(slug) or read(slug))
    desk = NewsDesk(lives=60)
    await ask(desk, contest.slug)

    replies = await asyncio.gather(*(ask(desk, contest.slug) for _ in range(1000)))

    assert {status for status, _, _ in replies} == {200}
    assert asked == [contest.slug]


async def test_many_names_are_not_kept_for_ever(committed_union, monkeypatch):
    from contests.pages import news

    _, contest = committed_union
    read, asked = news._read, []
    monkeypatch.setattr(news, "_read", lambda slug: asked.append(slug) or read(slug))
    monkeypatch.setattr(news, "MOST", 3)
    desk = NewsDesk(lives=60)
    await ask(desk, contest.slug)

    for number in range(8):
        await ask(desk, f"khong-co-{number}")

    assert len(desk._papers) + len(desk._unknown) == 4
    assert (await ask(desk, contest.slug))[0] == 200
    assert asked.count(contest.slug) == 1, "names that somebody made up push no contest out"
