"""A picture in a question on a phone: a box that does not jump, a tap that fills the screen, the words when it does not come."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from contests.actions.images import keep_image
from contests.models import Bank, QuestionVersion
from tests import make
from tests.browser.conftest import DESK, Opener, Site, shoot
from tests.browser.steps import attempt_of, begin, fits, ready, saved, tap
from tests.contests.images.files import saved as file_of

pytestmark = pytest.mark.browser
ALT = "Sơ đồ: Tổng Liên đoàn ở trên, bên dưới là công đoàn tỉnh, rồi công đoàn cơ sở."


def chart() -> bytes:
    """Black lines on nothing, as people draw them: on a dark page only the white behind it shows them."""
    image = Image.new("RGBA", (1600, 900), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for x, y in ((600, 60), (150, 400), (1050, 400), (600, 700)):
        draw.rectangle((x, y, x + 400, y + 140), outline="black", width=8)
        draw.line((x + 200, y, 800, 200), fill="black", width=6)
    return file_of(image)


@pytest.fixture(scope="module")
def pictured(site: Site) -> Bank:
    bank = make.make_bank(site.union.province_a, ("Có hình",), each=4)
    image = keep_image(chart(), by=site.union.olga, now=timezone.now())
    QuestionVersion.objects.filter(question__bank=bank).update(image=image, image_alt=ALT)
    return bank


def picture(page: Page):
    return page.locator(
        ".sit-question[data-current] .picture" if page.locator(".js-sitting").count() else ".picture"
    ).first


def came(page: Page) -> bool:
    return bool(
        picture(page).locator("img").evaluate("image => image.decode().then(() => image.naturalWidth === 1280)")
    )


def test_the_box_is_there_before_the_picture_and_a_tap_fills_the_screen(
    site: Site, pictured, open_page: Opener
) -> None:
    contest = site.contest("hinh-dien-thoai", pictured)
    page = open_page(site.union.alice)
    waiting = []
    page.route("**/hinh/**", lambda route: waiting.append(route))
    begin(page, contest)
    ready(page)
    image = picture(page).locator("img")
    expect(image).to_have_attribute("alt", ALT)
    before = image.bounding_box()
    assert before
    assert before["width"] > 250
    assert before["height"] > 100
    page.wait_for_timeout(500)
    assert waiting, "it is asked for when its question is on the screen"
    waiting[0].continue_()
    assert came(page)
    assert image.bounding_box() == before
    fits(page)
    shoot(site, page, "hinh-dang-thi")

    summary = picture(page).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    box = summary.bounding_box()
    assert box == {"x": 0, "y": 0, **page.viewport_size}  # type: ignore[dict-item]
    assert image.bounding_box()["width"] == 1280  # type: ignore[index]
    page.screenshot(path=str(site.shots / "hinh-phong-to-360.png"))
    page.keyboard.press("Escape")
    assert image.bounding_box() == before
    tap(page)
    saved(page)
    assert attempt_of(site.union.alice, contest).answers.count() == 1


def test_only_the_picture_of_the_question_on_the_screen_is_fetched(site: Site, pictured, open_page: Opener) -> None:
    image = keep_image(file_of(Image.new("RGB", (300, 300), "red")), by=site.union.olga, now=timezone.now())
    bank = make.make_bank(site.union.province_a, ("Hai hình",), each=2)
    first, second = QuestionVersion.objects.filter(question__bank=bank).order_by("pk")
    chart_ = QuestionVersion.objects.filter(question__bank=pictured).first().image  # type: ignore[union-attr]
    for version, shown in ((first, image), (second, chart_)):
        QuestionVersion.objects.filter(pk=version.pk).update(image=shown, image_alt=ALT)
    contest = site.contest("hai-hinh", bank, shuffle_questions=False)
    page = open_page(site.union.bob)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/hinh/" in request.url else None)
    begin(page, contest)
    ready(page)
    page.wait_for_timeout(500)
    assert len(set(asked)) == 1
    page.locator("#next").click()
    page.wait_for_timeout(500)
    assert len(set(asked)) == 2


def test_without_scripts_and_in_the_dark(site: Site, pictured, open_page: Opener) -> None:
    contest = site.contest("hinh-khong-js", pictured)
    page = open_page(site.union.bob, javascript=False)
    page.emulate_media(color_scheme="dark")
    begin(page, contest)
    expect(picture(page)).to_be_visible()
    fits(page)
    shoot(site, page, "hinh-toi-khong-js")
    summary = picture(page).locator("summary")
    summary.click()
    assert summary.bounding_box() == {"x": 0, "y": 0, **page.viewport_size}  # type: ignore[dict-item]
    page.screenshot(path=str(site.shots / "hinh-toi-phong-to-360.png"))
    summary.click()
    expect(page.locator(".options").first).to_be_visible()


def test_where_it_does_not_come_its_words_stand_in_the_box(site: Site, pictured, open_page: Opener) -> None:
    contest = site.contest("hinh-mat-mang", pictured)
    page = open_page(site.union.alice)
    page.route("**/hinh/**", lambda route: route.abort())
    begin(page, contest)
    ready(page)
    fits(page)
    page.screenshot(path=str(site.shots / "hinh-mat-mang-360.png"))
    image = picture(page).locator("img")
    expect(image).to_have_attribute("alt", ALT)
    assert image.evaluate("image => [image.complete, image.naturalWidth]") == [True, 0], "it did not come"
    told = dark(image)
    image.evaluate("image => { image.alt = '' }")
    assert told > dark(image) + 10 * len(ALT), "its words are written in its box"
    tap(page)
    saved(page)


def dark(image: Locator) -> int:
    """How many dots of the box are as dark as letters."""
    return sum(Image.open(io.BytesIO(image.screenshot())).convert("L").histogram()[:128])


def test_an_organizer_puts_a_picture_in_and_looks_through_the_bank(site: Site, open_page: Opener, tmp_path) -> None:
    bank = make.make_bank(site.union.province_a, ("Tiền lương",), each=12)
    QuestionVersion.objects.filter(question__bank=bank, question__code="Q0-02").update(
        stem="Mức lương cơ sở hiện nay là bao nhiêu?",
        options=["2.340.000 đồng", "2340000 đồng", "1.800.000 đồng", "1.490.000 đồng"],
    )
    file = tmp_path / "so-do.png"
    file.write_bytes(chart())
    page = open_page(site.union.olga, viewport=DESK)
    page.goto(f"/to-chuc/ngan-hang/{bank.public_id}/cau-hoi/?ma=Q0-00")
    page.get_by_role("link", name="Hình của câu").click()
    shoot(site, page, "hinh-btc-chua-co")
    page.get_by_label("Hình", exact=False).first.set_input_files(file)
    page.get_by_role("button", name="Thêm hình").click()
    expect(page.get_by_text("Hãy mô tả hình bằng lời")).to_be_visible()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Lời mô tả hình").fill(ALT)
    page.get_by_role("button", name="Thêm hình").click()
    expect(page.get_by_text("Đã lưu hình của câu Q0-00")).to_be_visible()
    assert came(page)
    fits(page)
    shoot(site, page, "hinh-btc-cau-hoi")
    page.get_by_role("link", name="Hình của câu").click()
    fits(page)
    shoot(site, page, "hinh-btc-sua")

    page.goto(f"/to-chuc/ngan-hang/{bank.public_id}/")
    page.get_by_role("link", name="Soát lỗi ngân hàng").click()
    expect(page.get_by_text("Đề tài không nên hỏi")).to_be_visible()
    fits(page)
    shoot(site, page, "soat-loi")
    page.get_by_role("button", name="Giữ nguyên câu Q0-02").first.click()
    expect(page.get_by_text("Đã giữ nguyên câu Q0-02")).to_be_visible()
    page.locator("summary", has_text="Đã xem, giữ nguyên (1)").click()
    shoot(site, page, "soat-loi-giu-nguyen")
    page.get_by_role("button", name="Soát lại").click()
    expect(page.get_by_text("được nêu lại để soát")).to_be_visible()
    page.goto(f"/to-chuc/ngan-hang/{bank.public_id}/")
    shoot(site, page, "soat-loi-ngan-hang")


def test_pictures_lie_below_the_private_files(site: Site, pictured) -> None:
    image = QuestionVersion.objects.filter(question__bank=pictured).first().image  # type: ignore[union-attr]

    assert (settings.MEDIA_ROOT / image.file).is_file()  # type: ignore[union-attr]
