"""The paper itself: words with their places, codes, and pages on which nothing is cut. No database."""

import unicodedata
from dataclasses import replace
from datetime import date

import pypdfium2 as pdfium
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.certificates import codes, wording
from reports.certificates.drawing import BOTTOM, HEIGHT, POINT, WIDTH, Book, Design, Sheet, lost, one_page, printable
from reports.certificates.wording import Facts, Kind, clean_text, filled, problem_of, spoken_day
from tests.reports.pages import scanned, text_of

FACTS = Facts(
    Kind.PASSED, "Nguyễn Thị Quỳnh Như", "CĐCS May Sông Cầu", "Tìm hiểu Luật Công đoàn", "Tuần 1", "LĐLĐ tỉnh Thái Nguyên", date(2026, 2, 5), "đúng 18/20 câu", share=50,
)  # fmt: skip
DESIGN = Design(
    wording.TITLE, wording.BODY, "TM. BAN THƯỜNG VỤ\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH", "Phạm Thị Hồng Nhung", "Thái Nguyên"
)
CODE = "ABCDEFGHJKMNPQRSTU"
LINK = f"https://hoithi.congdoan.vn/chung-nhan/{CODE}/"
MARKS = "Ằ Ẵ Ẳ Ặ Ấ Ầ Ẩ Ẫ Ậ Ế Ề Ể Ễ Ệ Ố Ồ Ổ Ỗ Ộ Ớ Ờ Ở Ỡ Ợ Ứ Ừ Ử Ữ Ự Ý Ỳ Ỷ Ỹ Ỵ Đ ằ ẵ ẳ ặ ễ ỗ ỡ ữ ỵ đ"


def paper(design=DESIGN, **facts):
    return one_page(Sheet(design, replace(FACTS, **facts), "000123/2026", CODE, LINK))


def flat(text):
    return "".join(unicodedata.normalize("NFC", text).split())


# --- words


def test_the_usual_words_for_each_kind():
    kinds = {
        Kind.TOOK_PART: replace(FACTS, kind=Kind.TOOK_PART, result="", round=""),
        Kind.PASSED: FACTS,
        Kind.PRIZE: replace(FACTS, kind=Kind.PRIZE, result="", prize="Giải Nhất", place=1, round="Bảng A"),
    }

    assert {kind: filled(wording.BODY, facts) for kind, facts in kinds.items()} == {
        Kind.TOOK_PART: "Đã tham gia cuộc thi\n“Tìm hiểu Luật Công đoàn”",
        Kind.PASSED: "Đã hoàn thành với kết quả đúng 18/20 câu tại cuộc thi\n“Tìm hiểu Luật Công đoàn”\nTuần 1",
        Kind.PRIZE: "Đã đạt Giải Nhất, hạng 1, tại cuộc thi\n“Tìm hiểu Luật Công đoàn”\nBảng A",
    }


@pytest.mark.parametrize("name", ["{họ tên}", "{Họ Tên}", "{ho_ten}", "{hoten}", "{ HO TEN }", "{họ-tên}"])
def test_a_place_may_be_typed_in_many_ways(name):
    assert problem_of(name) == ""
    assert filled(name, FACTS) == FACTS.name


@given(st.text(max_size=80))
@example("{}")
@example("{{họ tên}}")
def test_what_is_accepted_can_be_filled_and_leaves_no_brace(text):
    cleaned = clean_text(text)
    if not problem_of(cleaned):
        assert not set("{}") & set(filled(cleaned, FACTS))
    assert clean_text(cleaned) == cleaned


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_facts_hold_no_place_of_their_own(text):
    """A name that looks like a place is a name."""
    assert filled("{họ tên}", replace(FACTS, name="{cuộc thi}")) == "{cuộc thi}"
    assert Facts.read(replace(FACTS, name=text).said()) == replace(FACTS, name=text)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"), (date(2026, 3, 10), "ngày 10 tháng 3 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)  # fmt: skip
def test_days_are_said_as_official_papers_say_them(day, said):
    assert spoken_day(day) == said


# --- codes


def test_codes_cannot_be_guessed_and_survive_the_typing():
    made = {codes.new_code() for _ in range(2000)}

    assert len(made) == 2000
    assert len(codes.ALPHABET) ** codes.LENGTH > 2**80
    for code in list(made)[:50]:
        for text in (codes.spoken(code), codes.spoken(code).lower(), " ".join(code), f"{code}\n"):
            assert codes.typed(text) == code


@given(st.text(max_size=40))
def test_what_cannot_be_a_code_is_none(text):
    code = codes.typed(text)

    assert code == "" or (len(code) == codes.LENGTH and set(code) <= set(codes.ALPHABET))


# --- the page


def test_a_page_says_everything_and_carries_its_fonts_with_it():
    pdf = paper()

    words = text_of(pdf)
    for said in (
        FACTS.name, FACTS.unit, "LĐLĐ TỈNH THÁI NGUYÊN", "GIẤY CHỨNG NHẬN", "đúng 18/20 câu", "Thái Nguyên, ngày 05 tháng 02 năm 2026", "PHÓ CHỦ TỊCH",
        "Phạm Thị Hồng Nhung", "Số: 000123/2026", "hoithi.congdoan.vn/chung-nhan", codes.spoken(CODE),
    ):  # fmt: skip
        assert said in words
    assert scanned(pdf) == LINK
    [page] = pdfium.PdfDocument(pdf)
    assert [round(side * POINT) for side in page.get_size()] == [WIDTH, HEIGHT]
    assert pdf.count(b"/FontFile2") == 2


@pytest.mark.parametrize(
    "name",
    [
        MARKS, unicodedata.normalize("NFD", "Nguyễn Thị Quỳnh Như"), "Y Bĭng Niê KĐăm", "H’Ŭt Ayŭn", "Sùng A Pủa", "Ƀôn Kruôt", "Nguyễn Thị Ơn (Sr. Marie-Thérèse)",
        "Công Tằng Tôn Nữ " + "Nguyễn Thị Thiên Hương " * 4, "W" * 120, "ỄỢ" * 60, "NGUYỄN VĂN MẪU", "Ư",
    ],
)  # fmt: skip
def test_no_letter_of_a_name_is_lost_or_cut(name):
    name = unicodedata.normalize("NFC", name)[:120].strip()

    assert lost(name) == ""
    assert printable(name) == name
    assert flat(name) in flat(text_of(paper(name=name)))


@settings(max_examples=12)
@given(
    st.text("NguyễnỢWmi đ", min_size=1, max_size=120), st.text("CôngĐoàn cơsởW ", min_size=1, max_size=250), st.text("Tìm hiểu LuậtW ", min_size=1, max_size=200),
    st.sampled_from([wording.BODY, "Vì {thành tích} “{cuộc thi}” " * 12, "{cuộc thi}\n" * 8]), st.sampled_from([None, b""]),
)  # fmt: skip
def test_whatever_is_long_shrinks_until_all_of_it_stands_on_the_page(name, unit, title, body, logo):
    facts = replace(
        FACTS, name=" ".join(name.split()) or "A", unit=" ".join(unit.split()), contest=" ".join(title.split())
    )
    design = replace(DESIGN, body=clean_text(body))

    pdf = one_page(Sheet(design, facts, "000123/2026", CODE, LINK))

    text = pdfium.PdfDocument(pdf)[0].get_textpage()
    seen = flat(text.get_text_bounded())
    for said in (facts.name, facts.unit, filled(design.body, facts).split("\n")[0]):
        assert flat(said) in seen
    edges = [text.get_rect(at) for at in range(text.count_rects())]
    assert all(left > 30 and right < WIDTH / POINT - 30 for left, _, right, _ in edges)
    words = (
        filled(design.body, facts).split("\n")[-1].split()[-1]
    )  # the last word stands above the code and the signature
    found = text.search(words).get_next()
    assert (
        found is None
        or min(text.get_charbox(at)[1] for at in range(found[0], sum(found))) > (HEIGHT - BOTTOM - 1) / POINT
    )


@pytest.mark.parametrize(
    ("text", "said", "gone"),
    [
        ("Nguyễn 😀 An", "Nguyễn  An", ""), ("Ṭừ", "Từ", ""), ("王小明", "", "王小明"), ("Nguyễn Иван", "Nguyễn ", "Иван"),
        ("ﬁ", "fi", ""), ("An\u200bh", "Anh", ""), ("№ 5", "No 5", ""),
    ],
)  # fmt: skip
def test_signs_outside_the_faces(text, said, gone):
    assert (printable(text), lost(text)) == (said, gone)


@settings(max_examples=12)
@given(st.lists(st.text(max_size=120), min_size=8, max_size=8))
def test_any_text_can_be_drawn(texts):
    book = Book()
    for text in texts:
        book.add(Sheet(DESIGN, replace(FACTS, name=text, unit=text), "1/2026", CODE, LINK))

    assert len(pdfium.PdfDocument(book.write())) == len(texts)


def test_a_long_head_of_the_signature_leaves_room_to_sign():
    heads = [f"PHÓ CHỦ TỊCH THƯỜNG TRỰC HỘI ĐỒNG SỐ {number}" for number in "1234"]
    design = replace(DESIGN, signer_title="\n".join(heads), signer_name="Nguyễn Thị Thiên Hương Giang Phường Đúc " * 2)

    words = text_of(paper(design))

    assert [said for said in (*heads, design.signer_name.strip()) if said not in words] == []
