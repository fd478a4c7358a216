"""`make shots`: photographs of every page in its states, phone and desk, light and dark, into var/shots/.

Starts the demo on servers of its own, walks it as a visitor, a member, an organizer and a member of staff, and stops.
With BASE set (http://127.0.0.1:8000) it photographs a demo that is running already.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.find import chromium

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "var" / "shots"
SIZES = {"phone": (360, 640), "desk": (1280, 800)}
PASSWORD = "congdoan-demo"
CONTEST = "tim-hieu-bo-luat-lao-dong"
ZALO = (
    "Mozilla/5.0 (Linux; Android 12; SM-A025F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/151.0 Mobile Safari/537.36 "
    "Zalo android/12110635 ZaloTheme/light ZaloLanguage/vi"
)


class Camera:
    """Takes one page after another, the visible part and the whole."""

    def __init__(self, page: Page, base: str, prefix: str) -> None:
        self.page, self.base, self.prefix = page, base, prefix

    def take(self, name: str, path: str | None = None, *, whole: bool = True) -> None:
        if path is not None:
            self.page.goto(self.base + path, wait_until="load")
        self.page.wait_for_timeout(250)
        self.page.screenshot(path=SHOTS / f"{name}-{self.prefix}.png", full_page=whole)
        print(f"  {name}-{self.prefix}.png", flush=True)


def login(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/tai-khoan/login/")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.primary")
    page.wait_for_url(lambda url: "/login/" not in url)


@contextmanager
def visitor(browser: Browser, size: str, **options: object) -> Iterator[BrowserContext]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="vi-VN",
        user_agent=ZALO if size == "phone" else None,
        **options,
    )
    yield context
    context.close()


def strangers(browser: Browser, base: str, size: str) -> None:
    for scheme in ("light", "dark"):
        with visitor(browser, size, color_scheme=scheme) as context:
            camera = Camera(context.new_page(), base, f"{size}-{scheme}")
            camera.take("home", "/")
            camera.take("contest", f"/cuoc-thi/{CONTEST}/")
            camera.take("board", f"/bang-xep-hang/{CONTEST}/")
            camera.take("login", "/tai-khoan/login/")
            practice(camera)
            if scheme == "dark":
                continue
            camera.take("rules", f"/cuoc-thi/{CONTEST}/the-le/")
            camera.take("signup", "/tai-khoan/signup/")
            camera.page.fill("input[name=contact]", "12345")
            camera.page.fill("input[name=password1]", "1")
            camera.page.locator("main form").last.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
            camera.take("signup-errors")
            camera.take("reset", "/tai-khoan/mat-khau/quen/")
            camera.take("not-found", "/khong-co-trang-nay/")
            camera.take("screen", f"/man-hinh/{CONTEST}/", whole=False)


def practice(camera: Camera) -> None:
    """A set from the list to its end: one answer, right or wrong as it comes, the rest left out."""
    page = camera.page
    onward = page.locator("a.btn.primary")
    camera.take("practice", "/luyen-tap/")
    onward.click()
    page.wait_for_url("**/luyen-tap/*/")
    camera.take("practice-begin")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_url("**/bo/**")
    camera.take("practice-question", whole=False)
    page.locator(".option").first.click()
    page.get_by_role("button", name="Kiểm tra").click()
    onward.wait_for()
    camera.take("practice-verdict", whole=False)
    while "Câu tiếp" in onward.inner_text():
        onward.click()
        page.get_by_role("button", name="Xem đáp án").click()
        onward.wait_for()
    onward.click()
    page.get_by_role("heading", name="Bạn đúng").wait_for()
    camera.take("practice-end")


def sitting(browser: Browser, base: str, size: str) -> None:
    who = "doanvien@demo.vn"
    with visitor(browser, size) as context:
        page = context.new_page()
        camera = Camera(page, base, size)
        login(page, base, who)
        camera.take("home-member", "/")
        camera.take("profile", "/tai-khoan/")
        camera.take("choose-unit", "/tai-khoan/don-vi/?q=may+nui+coc")
        camera.take("choose-unit-empty", "/tai-khoan/don-vi/?q=khong+co+don+vi+nay")
        camera.take("contest-member", f"/cuoc-thi/{CONTEST}/")
        page.locator("form[action*='vao-thi'] button").first.click()
        page.wait_for_url("**/thi/*/")
        camera.take("sitting-first", whole=False)
        for _ in range(6):
            page.locator("fieldset:visible .option").first.click()
            page.get_by_role("button", name="Câu tiếp").click()
        page.wait_for_timeout(1500)
        camera.take("sitting-saved", whole=False)
        context.set_offline(True)
        page.locator("fieldset:visible .option").nth(1).click()
        page.wait_for_timeout(2500)
        camera.take("sitting-offline", whole=False)
        page.locator("[data-open=palette]").first.click()
        camera.take("sitting-palette", whole=False)
        page.keyboard.press("Escape")
        context.set_offline(False)
        page.wait_for_timeout(3000)
        page.emulate_media(color_scheme="dark")
        camera.take("sitting-dark", whole=False)
        page.emulate_media(color_scheme="light")
        address = page.url
        with visitor(browser, size, java_script_enabled=False, storage_state=context.storage_state()) as plain:
            Camera(plain.new_page(), base, size).take("sitting-no-script", address.removeprefix(base))
        page.locator("[data-open=palette]").first.click()
        with suppress(Exception):
            page.get_by_role("button", name="Nộp bài").first.click(timeout=3000)
            camera.take("sitting-review", whole=False)
            page.get_by_role("button", name="Nộp bài").last.click(timeout=3000)
            page.wait_for_url("**/ket-qua/", timeout=8000)
            page.wait_for_timeout(2500)
            camera.take("result")
            camera.take("board-own", f"/bang-xep-hang/{CONTEST}/")


def organizer(browser: Browser, base: str, size: str) -> None:
    with visitor(browser, size) as context:
        page = context.new_page()
        camera = Camera(page, base, size)
        login(page, base, "btc@demo.vn")
        camera.take("organizer", "/to-chuc/")
        bank = page.locator("a[href*='/to-chuc/ngan-hang/']:not([href*='moi'])").first.get_attribute("href")
        camera.take("organizer-contest", f"/to-chuc/cuoc-thi/{CONTEST}/")
        camera.take("organizer-preview", f"/to-chuc/cuoc-thi/{CONTEST}/dot-2/xem-thu/")
        camera.take("organizer-new", "/to-chuc/cuoc-thi/moi/")
        if bank:
            camera.take("organizer-bank", bank, whole=False)
            camera.take("organizer-practice", f"{bank}thi-thu/")
            camera.take("organizer-upload", f"{bank}nhap/")
            bad = SHOTS / "bad.xlsx"
            bad_file(bad)
            page.set_input_files("input[type=file]", bad)
            page.locator("main form button.primary").first.click()
            camera.take("organizer-import-errors")
        camera.take("no-right", "/bao-cao/")


def staff(browser: Browser, base: str, size: str) -> None:
    with visitor(browser, size) as context:
        page = context.new_page()
        camera = Camera(page, base, size)
        login(page, base, "canbo@demo.vn")
        camera.take("reports", "/bao-cao/")
        camera.take("report", f"/bao-cao/{CONTEST}/")
        page.locator(f"form[action*='{CONTEST}/tep'] button").first.click()
        camera.take("report-export")
        page.wait_for_timeout(4000)
        camera.take("report-export-done")
        camera.take("report-other-province", "/bao-cao/cong-doan-nghe-an/")


def bad_file(path: Path) -> None:
    """A question file with a handful of honest mistakes."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Câu hỏi")
        sheet.write_row(0, 0, ["Mã", "Chủ đề", "Loại", "Mức độ", "Câu hỏi", "A", "B", "C", "D", "E", "F", "Đáp án", "Cố định", "Văn bản", "Điều khoản", "Nguồn khác", "Hiệu lực từ", "Hiệu lực đến", "Giải thích"])  # fmt: skip
        sheet.write_row(1, 0, ["T1", "Tiền lương", "Một đáp án", "Dễ", "Lương thử việc ít nhất bằng bao nhiêu?", "85%", "80%", "", "", "", "", "C", "", "Bộ luật Lao động 2019", "Điều 26", "", "01/01/2021", "", ""])  # fmt: skip
        sheet.write_row(2, 0, ["T2", "Tiền lương", "Một đáp án", "Dễ", "", "Có", "Không", "", "", "", "", "A", "", "", "", "", "31/02/2021", "", ""])  # fmt: skip
        sheet.write_row(3, 0, ["T3", "Luật Công đoàn", "Đúng/Sai", "Dễ", "Kinh phí công đoàn bằng 2% quỹ lương đóng BHXH.", "", "", "", "", "", "", "Đúng", "", "Luật Công đoàn 2024", "Điều 29", "", "01/07/2025", "", ""])  # fmt: skip


@contextmanager
def demo() -> Iterator[str]:
    """A demo of its own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"VAR": str(ROOT / "var" / "shots-demo"), "DEMO": "1"}
    process = subprocess.Popen([sys.executable, "-m", "config.run", "--port", str(port)], cwd=ROOT, env=env)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with suppress(OSError), urllib.request.urlopen(f"{base}/readyz", timeout=2):
                break
            time.sleep(1)
        yield base
    finally:
        process.terminate()
        process.wait(40)


@contextmanager
def running() -> Iterator[str]:
    """The demo named by BASE, or one of our own."""
    if given := os.environ.get("BASE"):
        yield given.rstrip("/")
    else:
        with demo() as base:
            yield base


def main() -> None:
    """All walks at both sizes."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    with running() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for size in SIZES:
            for walk in (strangers, sitting, organizer, staff):
                walk(browser, base, size)
        browser.close()


if __name__ == "__main__":
    main()
