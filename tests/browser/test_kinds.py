"""A paper of every kind on a phone: typed, matched and put in order, online, offline and without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Member
from contests.models import Answer, Contest, Round
from contests.queries.review import keys_open_from
from contests.rules.kinds.shapes import BLANK_SEPARATOR
from contests.rules.prediction import Meaning, Prediction
from contests.rules.settings import DrawPart, Review
from tests import make
from tests.browser.conftest import Opener, Site, shoot
from tests.browser.steps import attempt_of, begin, fits, hand_in, kept_on_the_phone, ready, saved

pytestmark = pytest.mark.browser
KINDS = ("single", "multiple", "true_false", *make.WRITTEN_KINDS)
SINGLE, _, _, SHORT, NUMBER, ORDERING, MATCHING, GAPS, ESSAY, SIDE = range(1, 11)
RIGHT_ORDER = make.WRITTEN_KINDS["ordering"][1]


@pytest.fixture(scope="module")
def bank(site: Site):
    return make.make_kinds_bank(site.union.province_a)


def contest_of_kinds(site: Site, bank, slug: str, **rules: object) -> Contest:
    draw = tuple(DrawPart(kind, 1) for kind in KINDS)
    return site.contest(
        slug,
        bank,
        draw=draw,
        shuffle_questions=False,
        review=Review.EXPLANATION,
        prediction=Prediction(Meaning.PEOPLE),
        **rules,
    )


def go(page: Page, question: int) -> Locator:
    page.locator("[data-open=palette]").first.click()
    page.locator(f"#palette [data-go='{question}']").click()
    section = page.locator(".sit-question[data-current]")
    expect(section).to_have_attribute("data-question", str(question))
    return section


def in_words(member: Member, contest: Contest) -> dict[int, object]:
    """What the database has, orderings and matchings as the author's texts."""
    attempt, found = attempt_of(member, contest), {}
    for answer in Answer.objects.filter(attempt=attempt):
        value = answer.value
        if answer.question in (ORDERING, MATCHING):
            texts = RIGHT_ORDER if answer.question == ORDERING else make.WRITTEN_KINDS["matching"][2]["right"]
            order = attempt.paper[answer.question - 1][1]
            value = ["" if place < 0 else texts[order[place]] for place in value]
        found[answer.question] = value
    return found


def put_in_order(page: Page, section: Locator) -> None:
    for place, text in enumerate(RIGHT_ORDER):
        for _ in range(5):
            if section.locator(".order > li").nth(place).inner_text().find(text) >= 0:
                break
            section.locator(f".order > li:has-text('{text}') [data-move='-1']").click()


def answer_all(page: Page) -> None:
    for question in (1, 2, 3):
        go(page, question).locator(".option").first.click()
    go(page, SHORT).get_by_label("Câu trả lời của bạn").fill("nguyễn đức cảnh")
    go(page, NUMBER).get_by_label("Câu trả lời của bạn").fill("220")
    put_in_order(page, go(page, ORDERING))
    section = go(page, MATCHING)
    for item, text in (("Điều 9", "Mặt trận"), ("Điều 10", "Công đoàn")):
        label = section.locator("select").first.locator("option", has_text=text).inner_text()
        section.get_by_label(item, exact=True).select_option(label=label)
    section = go(page, GAPS)
    section.get_by_label("Chỗ trống (1)").fill("28/7/1929")
    section.get_by_label("Chỗ trống (2)").fill("Hà Nội")
    go(page, ESSAY).get_by_label("Bài viết của bạn").fill("Dòng một\nDòng “hai” 🙂")
    go(page, SIDE).get_by_label("Dự đoán của bạn").fill("1.234 người")


WRITTEN = {
    SHORT: "nguyễn đức cảnh", NUMBER: "220", ORDERING: RIGHT_ORDER, MATCHING: ["Mặt trận", "Công đoàn"],
    GAPS: f"28/7/1929{BLANK_SEPARATOR}Hà Nội", ESSAY: "Dòng một\nDòng “hai” 🙂", SIDE: "1.234",
}  # fmt: skip


def test_every_kind_is_answered_online_and_looked_back_on(site: Site, bank, open_page: Opener):
    contest = contest_of_kinds(site, bank, "moi-loai")
    page = open_page(site.union.alice)
    begin(page, contest)
    ready(page)
    for question, kind in enumerate((*KINDS, "guess"), start=1):
        go(page, question)
        fits(page)
        shoot(site, page, f"kind-{kind}")
    answer_all(page)
    for question, kind in ((ORDERING, "ordering"), (MATCHING, "matching"), (GAPS, "fill_in"), (SIDE, "guess")):
        go(page, question)
        shoot(site, page, f"kind-{kind}-answered")
    go(page, SINGLE)
    saved(page)
    found = in_words(site.union.alice, contest)
    assert {question: found[question] for question in WRITTEN} == WRITTEN
    assert page.evaluate("document.getElementById('done').value") == 10

    page.reload()  # and all of it stands there again
    ready(page)
    assert page.locator("#palette [data-state=answered]").count() >= 10
    expect(go(page, ESSAY).get_by_label("Bài viết của bạn")).to_have_value("Dòng một\nDòng “hai” 🙂")
    texts = go(page, ORDERING).locator(".order .option-text").all_inner_texts()
    assert texts == RIGHT_ORDER
    hand_in(page)

    expect(page.get_by_text("9 / 9")).to_be_visible()  # the guess is no question
    Round.objects.filter(contest__bank=bank).update(
        opens_at=timezone.now() - timedelta(days=2), closes_at=timezone.now() - timedelta(days=1)
    )
    assert keys_open_from(contest.rounds.get()) <= timezone.now()
    expect(page.get_by_text("câu đúng")).to_be_visible(timeout=20_000)
    page.goto(page.url.replace("ket-qua", "xem-lai"))
    fits(page)
    shoot(site, page, "kind-review")
    expect(page.locator(f"#cau-{SHORT}")).to_contain_text("đúng")
    expect(page.locator(f"#cau-{ESSAY}")).to_contain_text("chờ chấm")


def test_what_is_written_offline_is_kept_and_arrives(site: Site, bank, open_page: Opener):
    contest = contest_of_kinds(site, bank, "moi-loai-mat-mang")
    page = open_page(site.union.bob)
    begin(page, contest)
    ready(page)
    page.context.set_offline(True)
    answer_all(page)
    go(page, SINGLE)
    expect(page.locator("#status")).to_contain_text("Mất mạng")
    assert kept_on_the_phone(page) >= 10
    assert in_words(site.union.bob, contest) == {}

    page.context.set_offline(False)

    saved(page)
    found = in_words(site.union.bob, contest)
    assert {question: found[question] for question in WRITTEN} == WRITTEN
    hand_in(page)


def test_a_text_is_saved_while_it_is_typed_and_handed_in_without_leaving_the_field(site: Site, bank, open_page: Opener):
    contest = contest_of_kinds(site, bank, "dang-go")
    page = open_page(site.union.alice)
    begin(page, contest)
    ready(page)
    field = go(page, SHORT).get_by_label("Câu trả lời của bạn")
    field.press_sequentially("Nguyễn", delay=20)
    saved(page)
    assert in_words(site.union.alice, contest)[SHORT] == "Nguyễn"

    field.press_sequentially(" Đức Cảnh", delay=5)
    page.evaluate("document.querySelector('#palette [data-open=review]').click()")  # the field keeps the focus
    page.locator("#confirm").click()
    page.wait_for_url("**/ket-qua/")

    assert in_words(site.union.alice, contest)[SHORT] == "Nguyễn Đức Cảnh"


def test_an_order_can_be_kept_as_it_stands_and_another_phone_takes_it_over(site: Site, bank, open_page: Opener):
    contest = contest_of_kinds(site, bank, "giu-thu-tu")
    page = open_page(site.union.bob)
    begin(page, contest)
    ready(page)
    section = go(page, ORDERING)
    shown = section.locator(".order .option-text").all_inner_texts()
    section.get_by_role("button", name="Giữ thứ tự này").click()
    go(page, SHORT).get_by_label("Câu trả lời của bạn").fill("máy một")
    go(page, SINGLE)
    saved(page)
    assert in_words(site.union.bob, contest)[ORDERING] == shown

    other = open_page(site.union.bob)
    other.goto(page.url.split("#")[0])
    other.get_by_role("button", name="Làm tiếp trên máy này").click()
    ready(other)
    expect(go(other, SHORT).get_by_label("Câu trả lời của bạn")).to_have_value("máy một")
    go(page, SHORT).get_by_label("Câu trả lời của bạn").fill("máy một nữa")
    expect(page.locator("#elsewhere")).to_be_visible()
    assert in_words(site.union.bob, contest)[SHORT] == "máy một"


def test_every_kind_is_answered_without_javascript(site: Site, bank, open_page: Opener):
    contest = contest_of_kinds(site, bank, "moi-loai-khong-js")
    page = open_page(site.union.bob, javascript=False)
    begin(page, contest)
    fits(page)
    shoot(site, page, "kind-plain")
    page.locator("[data-kind=short_text] input").fill("nguyễn đức cảnh")
    page.locator("[data-kind=number] input").fill("220")
    for rank, text in enumerate(RIGHT_ORDER, start=1):
        page.get_by_label(f"Số thứ tự của: {text}").select_option(str(rank))
    for item, text in (("Điều 9", "Mặt trận"), ("Điều 10", "Công đoàn")):
        select = page.get_by_label(item, exact=True)
        select.select_option(label=select.locator("option", has_text=text).inner_text())
    page.get_by_label("Chỗ trống (1)").fill("28/7/1929")
    page.get_by_label("Chỗ trống (2)").fill("Hà Nội")
    page.get_by_label("Bài viết của bạn").fill("Dòng một\nDòng “hai” 🙂")
    page.get_by_label("Dự đoán của bạn").fill("1.234")
    page.get_by_role("button", name="Lưu").click()

    expect(page.get_by_text("Đã lưu bài làm lúc")).to_be_visible()
    found = in_words(site.union.bob, contest)
    assert {question: found[question] for question in WRITTEN} == WRITTEN
    shoot(site, page, "kind-plain-answered")
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/ket-qua/")
    expect(page.get_by_text("6 / 9")).to_be_visible()


def test_every_field_has_a_name_and_room_for_a_thumb(site: Site, bank, open_page: Opener):
    contest = contest_of_kinds(site, bank, "ngon-tay")
    page = open_page(site.union.alice)
    begin(page, contest)
    ready(page)
    for question in range(SHORT, SIDE + 1):
        section = go(page, question)
        small = section.evaluate("""(section) => [...section.querySelectorAll("input:not([type=hidden]), select, textarea, button")]
  .filter((each) => each.offsetParent && (each.offsetHeight < 44 || each.offsetWidth < 44)).map((each) => each.outerHTML)""")
        nameless = section.evaluate("""(section) => [...section.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter((each) => !each.labels.length && !each.getAttribute("aria-label")).map((each) => each.outerHTML)""")
        assert (small, nameless) == ([], [])
