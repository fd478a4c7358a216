"""Where a picture is seen, and the page on which an organizer puts it in."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Appeal, Bank, KeyRuling, QuestionImage, QuestionVersion, Round
from contests.rules.settings import Review
from tests import make
from tests.contests.images.files import drawing, photo, saved

pytestmark = pytest.mark.django_db
BOX = re.compile(r'<img src="(/hinh/[-0-9a-f]+/)" alt="Sơ đồ bộ máy công đoàn" width="400" height="300" loading="lazy"')


def page(member, address):
    client = Client()
    if member:
        client.force_login(member)
    return client.get(address)


def boxes(reply):
    assert reply.status_code == 200
    return BOX.findall(reply.content.decode())


def begin(member, contest):
    return start_attempt(member=member, round_=contest.rounds.get(), now=timezone.now())


def test_the_paper_shows_each_picture_in_a_box_of_known_size(union, pictured, contest, image):
    attempt = begin(union.alice, contest)
    shown = boxes(page(union.alice, reverse("sitting", args=[attempt.public_id])))

    assert shown == [reverse("image", args=[image.public_id])] * 4


def test_a_paper_without_pictures_is_as_it_was(union, contest):
    attempt = begin(union.alice, contest)

    assert "picture" not in page(union.alice, reverse("sitting", args=[attempt.public_id])).content.decode()


def test_the_review_and_the_evidence_of_an_appeal_show_it(union, pictured):
    contest = make.make_contest(union, pictured, review=Review.EXPLANATION)
    attempt = begin(union.alice, contest)
    save_form(attempt=attempt, choices={}, now=timezone.now(), submit=True, device=None)
    grade_pending(now=timezone.now())
    Round.objects.filter(contest=contest).update(closes_at=timezone.now() - timedelta(minutes=10))

    assert len(boxes(page(union.alice, reverse("review", args=[attempt.public_id])))) == 4

    appeal = Appeal.objects.create(
        entry=attempt.entry, attempt=attempt, question=1, text="Xin xem lại", filed_at=timezone.now()
    )
    assert len(boxes(page(union.olga, reverse("organizer_appeal", args=[contest.slug, appeal.public_id])))) >= 1


def test_practice_shows_it_with_the_question_the_answer_and_the_summary(pictured):
    Bank.objects.filter(pk=pictured.pk).update(purpose=Bank.Purpose.PRACTICE)
    client = Client()
    asked = client.get(reverse("practice_begin", args=[pictured.public_id]), follow=True)
    assert len(boxes(asked)) == 1

    address = asked.redirect_chain[-1][0]
    for _ in range(10):
        checked = client.get(address + "&chua-biet=1")
        assert len(boxes(checked)) == 1
        address = re.search(r'class="btn primary" href="([^"]+)"', checked.content.decode())[1].replace("&amp;", "&")
    assert len(boxes(client.get(address))) == 10


def test_the_console_shows_it(union, pictured, contest):
    version = QuestionVersion.objects.filter(question__bank=pictured).select_related("question").first()
    ruling = KeyRuling.objects.create(contest=contest, version=version, what="void", reason="Sai", at=timezone.now())
    query = f"?ma={version.question.code}"

    assert len(boxes(page(union.olga, reverse("organizer_question", args=[pictured.public_id]) + query))) == 1
    assert len(boxes(page(union.olga, reverse("organizer_question_image", args=[pictured.public_id]) + query))) == 1
    assert len(boxes(page(union.olga, reverse("organizer_preview", args=[contest.slug, 1])))) == 4
    assert len(boxes(page(union.olga, reverse("organizer_new_ruling", args=[contest.slug]) + query))) == 1
    assert len(boxes(page(union.olga, reverse("organizer_ruling", args=[contest.slug, ruling.public_id])))) == 1


# --- the page -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def send(olga, bank):
    """`send(alt=…, name=…, data=…)` to the page of the bank's first question."""
    code = bank.questions.first().code

    def post(data=None, name="hinh.png", follow=False, **fields):
        if data is not None:
            fields["file"] = io.BytesIO(data)
            fields["file"].name = name
        return olga.post(
            reverse("organizer_question_image", args=[bank.public_id]) + f"?ma={code}", fields, follow=follow
        )

    return post


def current(bank):
    return bank.questions.first().versions.get(is_current=True)


def test_put_in_described_anew_replaced_taken_out(send, bank):
    reply = send(saved(photo()), alt="Sơ đồ", act="save", follow=True)
    assert "Đã lưu hình của câu" in reply.content.decode()
    first = current(bank)
    assert (first.number, first.image_alt) == (2, "Sơ đồ")

    send(alt="Sơ đồ bộ máy", act="save")
    assert (current(bank).image, current(bank).image_alt) == (first.image, "Sơ đồ bộ máy")
    send(saved(drawing()), alt="Sơ đồ bộ máy", act="save")
    assert current(bank).image != first.image
    assert "Đã bỏ hình" in send(act="remove", follow=True).content.decode()
    assert (current(bank).number, current(bank).image) == (5, None)


@pytest.mark.parametrize(
    ("data", "alt", "says"),
    [
        (None, "Sơ đồ", "Hãy chọn hình"),
        (b"", "Sơ đồ", "Tệp hình rỗng"),
        (saved(drawing()), "  ", "Hãy mô tả hình bằng lời"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "Sơ đồ",
            "Hình SVG không dùng được",
        ),
        (saved(photo(), "JPEG")[:3000], "Sơ đồ", "Hình bị hỏng"),
        (saved(drawing()), "x" * 301, "300"),
        (saved(drawing()), "Sơ\0đồ", ""),
    ],
)
def test_bad_input_says_what_to_do_and_changes_nothing(send, bank, data, alt, says):
    reply = send(data, alt=alt, act="save")

    assert reply.status_code == 200
    assert says in reply.content.decode()
    assert (current(bank).number, current(bank).image) == (1, None)
    if alt.strip() and "\0" not in alt:
        assert alt in reply.content.decode()  # what was typed is still there


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/x.png",
        "con",
        "a" * 300 + ".png",
        "hình.html.jpg",
        'x".svg',
        "x\r\nSet-Cookie: a=b.png",
        "dap-an-B.png",
        "x.exe",
        "ho\u031b.PNG",
    ],
)
def test_what_the_file_is_called_plays_no_part(send, bank, settings, name):
    """B41, B45: the name is ours, and says nothing of the answer."""
    reply = send(saved(drawing()), name=name, alt="Sơ đồ", act="save")

    image = QuestionImage.objects.get()
    assert (reply.status_code, current(bank).image) == (302, image)
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert files == [settings.MEDIA_ROOT / "hinh" / image.sha256[:2] / f"{image.sha256}.png"]


def test_markup_in_the_words_is_text(send, bank, union):
    send(saved(drawing()), alt='"><script>alert(1)</script>', act="save")
    text = page(
        union.olga, reverse("organizer_question", args=[bank.public_id]) + f"?ma={bank.questions.first().code}"
    ).content.decode()

    assert "<script>alert" not in text
    assert 'alt="&quot;&gt;&lt;script&gt;alert(1)' in text
