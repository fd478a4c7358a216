"""The share kit: a short link that leads on, codes that a reader reads, a poster and a card that say what they must."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from fpdf import FPDF
from PIL import Image

from contests.models import Contest
from contests.models.contest import SHARE_LETTERS, new_share_code
from contests.sharing.card import make_card
from contests.sharing.codes import qr_matrix, qr_png, qr_svg
from contests.sharing.facts import VIETNAM, RoundFacts, ShareFacts, email, facebook, zalo
from contests.sharing.poster import make_poster

FONTS = Path(settings.BASE_DIR) / "static" / "fonts"
OPENS = datetime(2026, 11, 30, 8, tzinfo=VIETNAM)
EVERY_LETTER = "aàảãáạăằẳẵắặâầẩẫấậ eèẻẽéẹêềểễếệ iìỉĩíị oòỏõóọôồổỗốộơờởỡớợ uùủũúụưừửữứự yỳỷỹýỵ đ “”‘’–…•₫"


def facts(weeks: int = 4, **changes) -> ShareFacts:
    rounds = tuple(
        RoundFacts(
            f"Tuần {n + 1}", OPENS + timedelta(days=7 * n), OPENS + timedelta(days=7 * n + 6, hours=13), 20, 30, 2
        )
        for n in range(weeks)
    )
    given = {
        "title": "Tìm hiểu Bộ luật Lao động", "unit": "Liên đoàn Lao động tỉnh Thái Nguyên", "audience": "Tỉnh Thái Nguyên",
        "summary": "Cùng tìm hiểu quyền lợi.", "link": "https://hoithi.vn/c/kmrtqz/", "rounds": rounds,
    }  # fmt: skip
    return ShareFacts(**given | changes)


@pytest.mark.django_db
def test_the_short_link_leads_on_once_the_contest_is_open(contest):
    link = reverse("short_link", args=[contest.share_code])

    assert re.fullmatch(f"/c/[{SHARE_LETTERS}]{{6}}/", link)
    assert Client().get(link).url == reverse("contest", args=[contest.slug])
    assert Client().get(link.upper().replace("/C/", "/c/")).url == reverse("contest", args=[contest.slug])
    assert Client().get("/c/zzzzzz/").status_code == 404
    Contest.objects.update(state="draft")
    assert Client().get(link).status_code == 404


def test_codes_have_no_look_alikes():
    codes = {new_share_code() for _ in range(2000)}

    assert len(codes) > 1990
    assert not set("".join(codes)) & set("ilo01")


def test_the_codes_hold_the_link():
    picture = Image.open(io.BytesIO(qr_png(facts().link)))
    size = len(qr_matrix(facts().link)) + 8

    assert picture.width >= 1000
    grid = picture.convert("L").resize((size, size), Image.Resampling.NEAREST)
    shown = [[grid.getpixel((x + 4, y + 4)) < 128 for x in range(size - 8)] for y in range(size - 8)]
    assert shown == qr_matrix(facts().link)
    assert qr_svg(facts().link).startswith(b"<svg")


def test_texts_say_title_dates_link_and_unit():
    for text in (facebook(facts()), email(facts())):
        for needed in (
            "Tìm hiểu Bộ luật Lao động",
            "https://hoithi.vn/c/kmrtqz/",
            "Từ 08:00 thứ Hai 30/11/2026",
            "Liên đoàn Lao động",
        ):
            assert needed in text
        assert "Tuần 4: 08:00 thứ Hai 21/12/2026" in text
        assert "\n\n\n" not in text
    assert zalo(facts()).count("\n") == 3
    evening = ShareFacts(
        **{**_dict(facts(1)), "rounds": (RoundFacts("Buổi thi", OPENS, OPENS + timedelta(hours=2), 10, 10, 1),)}
    )
    assert evening.when == "08:00–10:00 thứ Hai 30/11/2026"
    assert evening.paper == "Mỗi đề 10 câu, 10 phút; 1 lượt"
    assert facts(0).when == facts(0).paper == ""


def _dict(one: ShareFacts) -> dict:
    return {name: getattr(one, name) for name in ShareFacts.__slots__}


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"title": "Thi"}, {"title": "Tìm hiểu " * 22}, {"title": "🎉 Cuộc thi \U0001f389 漢字"}, {"title": "x" * 200},
        {"unit": "Công đoàn " * 20}, {"weeks": 0}, {"link": "https://mot-ten-mien-rat-dai.congdoan.tinh.gov.vn/c/kmrtqz/"},
    ],
)  # fmt: skip
def test_posters_and_cards_of_any_words_are_one_page_and_one_size(changes):
    pdf = make_poster(facts(**changes), FONTS)

    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 1
    assert b"/FontFile2" in pdf
    assert Image.open(io.BytesIO(make_card(facts(**changes), FONTS))).size == (1200, 630)


@pytest.mark.parametrize("face", ["be-vietnam-pro-400.ttf", "be-vietnam-pro-600.ttf"])
def test_our_faces_have_every_vietnamese_letter(face):
    pdf = FPDF()
    pdf.add_font("face", "", FONTS / face)

    assert [letter for letter in EVERY_LETTER + EVERY_LETTER.upper() if ord(letter) not in pdf.fonts["face"].cmap] == []


@pytest.mark.django_db
def test_the_contest_page_tells_zalo_what_to_show_and_the_picture_is_made_once(client, contest, monkeypatch):
    page = client.get(reverse("contest", args=[contest.slug])).content.decode()
    image = re.search(r'property="og:image" content="([^"]+)"', page).group(1)
    first = client.get(image.removeprefix(settings.SITE_URL))

    assert f'property="og:title" content="{contest.title}"' in page
    assert first["Content-Type"] == "image/png"
    assert "public" in first["Cache-Control"]
    assert Image.open(io.BytesIO(first.content)).size == (1200, 630)
    assert client.get(image.removeprefix(settings.SITE_URL)).content == first.content
    Contest.objects.update(title="Một tên khác hẳn")
    assert client.get(image.removeprefix(settings.SITE_URL)).content != first.content


@pytest.mark.django_db
def test_the_kit_of_a_draft_can_be_taken_and_is_noted_as_seen(union, contest):
    Contest.objects.update(state="draft")
    olga = Client()
    olga.force_login(union.olga)

    page = olga.get(reverse("organizer_share", args=[contest.slug])).content.decode()

    assert f"/c/{contest.share_code}/" in page
    assert "liên kết chỉ mở ra sau khi" in page
    assert "MỜI THI: " + contest.title in page
    contest.refresh_from_db()
    seen = contest.share_seen_at
    assert seen
    for name, kind in (
        ("poster_file", "application/pdf"),
        ("qr_png", "image/png"),
        ("qr_svg", "image/svg+xml"),
        ("card", "image/png"),
    ):
        assert olga.get(reverse(f"organizer_{name}", args=[contest.slug]))["Content-Type"] == kind
    assert "Quét mã bằng điện thoại" in olga.get(reverse("organizer_poster", args=[contest.slug])).content.decode()
    olga.get(reverse("organizer_share", args=[contest.slug]))
    contest.refresh_from_db()
    assert contest.share_seen_at == seen
