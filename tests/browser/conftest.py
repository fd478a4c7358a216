"""Fixtures of the browser tests: the whole platform as processes (Daphne, worker) on a database of its own, and a Chromium.

Run in a process of their own (`pytest -m browser`): the database connection of this process is pointed at the same
database, so that tests build rows with `tests.make` and read what the servers wrote. Nothing is rolled back.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import Member
from config.embedded import free_port
from contests.models import Bank, Contest
from tests import make
from tests.browser.find import chromium

# Playwright's synchronous interface keeps an event loop in this thread; the tests around it are as synchronous as they look.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
ZALO = (
    "Mozilla/5.0 (Linux; Android 12; SM-A025F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 "
    "Mobile Safari/537.36 Zalo android/12110635 ZaloTheme/light ZaloLanguage/vi"
)


@dataclass
class Site:
    """The running platform."""

    url: str
    union: make.Union
    bank: Bank
    shots: Path

    def contest(self, slug: str, bank: Bank | None = None, **settings_: object) -> Contest:
        """A new open contest of its own."""
        contest = make.make_contest(self.union, bank or self.bank, **settings_)  # type: ignore[arg-type]
        Contest.objects.filter(pk=contest.pk).update(slug=slug, title=f"Tìm hiểu Bộ luật Lao động ({slug})")
        contest.refresh_from_db()
        return contest


@pytest.fixture(scope="session")
def site(django_db_blocker) -> Iterator[Site]:
    """Daphne and a worker on a fresh database; all gone at the end."""
    name = f"browser_{os.getpid()}"
    parts = urlsplit(settings.DATABASE_URL)
    admin = urlunsplit(parts._replace(scheme="postgresql"))
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    port = free_port()
    redis_url = settings.REDIS_URL.rsplit("/", 1)[0] + "/1"
    env = os.environ | {
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")), "REDIS_URL": redis_url, "DEMO": "0",
        "SITE_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    logs = Path(os.environ["VAR"]) / "browser-logs"
    logs.mkdir(parents=True, exist_ok=True)
    shots = ROOT / "var" / "shots"
    shots.mkdir(parents=True, exist_ok=True)
    processes: list[subprocess.Popen[bytes]] = []
    with django_db_blocker.unblock():
        old_name = connection.settings_dict["NAME"]
        connection.close()
        connection.close_pool()
        connection.settings_dict["NAME"] = name
        try:
            call_command("migrate", verbosity=0)
            call_command("createcachetable")
            processes += [
                _run(
                    logs / "daphne.log",
                    env,
                    "-m",
                    "daphne",
                    "-b",
                    "127.0.0.1",
                    "-p",
                    str(port),
                    "config.asgi:application",
                ),
                _run(logs / "worker.log", env, "manage.py", "run_worker"),
            ]
            union = make.make_union()
            bank = make.make_bank(union.province_a)
            _wait_ready(f"http://127.0.0.1:{port}/readyz", processes[0])
            yield Site(f"http://127.0.0.1:{port}", union, bank, shots)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()
            connection.close()
            connection.close_pool()
            connection.settings_dict["NAME"] = old_name
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _run(log: Path, env: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=log.open("wb"), stderr=subprocess.STDOUT
    )


def _wait_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("Daphne ended; see browser-logs/daphne.log")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).read()
            return
        time.sleep(0.2)
    raise RuntimeError("Daphne did not become ready")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield chrome
        chrome.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Opener]:
    """`open_page(member=None, viewport=PHONE, javascript=True, url=None)`: a page of a fresh browser, logged in without typing.

    `url` is where the site is reached, if not directly. Errors of the page's own scripts fail the test.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opener(
        member: Member | None = None, viewport: dict[str, int] = PHONE, javascript: bool = True, url: str | None = None
    ) -> Page:
        context = browser.new_context(
            base_url=url or site.url, viewport=viewport, java_script_enabled=javascript, locale="vi-VN", user_agent=ZALO,
            timezone_id="America/New_York",  # a phone with a wrong zone must still say Vietnam's time
        )  # fmt: skip
        contexts.append(context)
        if member is not None:
            log_in(context, member, site.url)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert errors == []


def log_in(context: BrowserContext, member: Member, url: str) -> None:
    """Give the browser a session of the member."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": url}])


def shoot(site: Site, page: Page, name: str) -> None:
    """Photographs of a page as a phone and as a desk see it."""
    before = page.viewport_size
    for label, size in (("360", PHONE), ("1280", DESK)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(150)
        page.screenshot(path=str(site.shots / f"{name}-{label}.png"), full_page=True)
    if before:
        page.set_viewport_size(before)
