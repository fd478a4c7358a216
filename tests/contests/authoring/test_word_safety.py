"""Word files that lie, reach outside or hold what is no text (rows B33–B50 that concern Word)."""

import io
import sys
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.authoring.guard import MAX_FILE
from contests.authoring.reading import read_questions
from tests.contests.authoring.corpus.word.paper import PNG, Paper

GOOD = "Câu 1: Công đoàn thành lập năm nào?\nA. 1929\nB. 1930\nĐáp án: A"
DOCUMENT = "word/document.xml"


def typed(text: str = GOOD) -> bytes:
    paper = Paper()
    paper.lines(text)
    return paper.bytes()


FILE = typed()


def with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def in_text(old: str, new: str, data: bytes = FILE, part: str = DOCUMENT) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part].decode()
    parts[part] = parts[part].decode().replace(old, new).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def before_end(xml: str, data: bytes = FILE) -> bytes:
    """The file with something put behind its last paragraph."""
    return in_text("<w:sectPr", f"{xml}<w:sectPr", data)


def refusal(data: bytes, filename: str = "a.docx") -> tuple[str, str]:
    reading = read_questions(data, filename)
    assert reading.drafts == reading.faulty == ()
    assert [problem.row for problem in reading.problems] == [0]
    return reading.problems[0].code, reading.problems[0].text


def only(data: bytes):
    reading = read_questions(data, "a.docx")
    (draft,) = (*reading.drafts, *reading.faulty)
    return draft, {problem.code for problem in reading.problems}, {warning.code for warning in reading.warnings}


@pytest.mark.parametrize(
    ("data", "filename", "code", "advice"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.docx", "old_or_locked", ".docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "old_or_locked", "mở bằng Word"),
        (FILE, "a.doc", "old_or_locked", "lưu lại"),
        (FILE, "a.docm", "macros", "không có macro"),
        (b"{\\rtf1 Cau 1}", "a.rtf", "not_docx", "Word Document"),
        (b"{\\rtf1 Cau 1}", "a.docx", "not_docx", "Word Document"),
        (b"%PDF-1.7", "a.pdf", "not_docx", "Word"),
        (b"<html>", "a.docx", "not_docx", "Word"),
        (b"", "a.docx", "not_docx", "Word"),
        (FILE[: len(FILE) // 2], "a.docx", "broken", "lưu lại"),
        (FILE + bytes(MAX_FILE), "a.docx", "too_big", "chia"),
        (with_parts(FILE, {"word/vbaProject.bin": b"x"}), "a.docx", "macros", "macro"),
        (with_parts(FILE, {"word/a.xml": bytes(30 * 2**20)}), "a.docx", "bomb", "tệp Word mới"),
        (with_parts(FILE, {f"word/media/i{n}.png": PNG for n in range(10_000)}), "a.docx", "bomb", "quá nhiều"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_no_word_file_of_today_is_refused_with_advice(data, filename, code, advice):
    found, text = refusal(data, filename)

    assert found == code
    assert advice in text


def test_a_workbook_is_no_word_file_and_a_zip_is_none():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("anh.png", PNG)

    assert refusal(target.getvalue())[0] == "not_docx"
    assert refusal(_without_text())[0] == "broken"


def _without_text() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILE)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != DOCUMENT:
                new.writestr(name, old.read(name))
    return target.getvalue()


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">',
    ],
)
def test_entities_are_refused(doctype):
    assert refusal(in_text("<w:document", f"{doctype}<w:document"))[0] == "broken"


@pytest.mark.parametrize("encoding", ["nobody-knows", "utf-7", "big5", "rot13"])
@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/styles.xml", "_rels/.rels", "word/_rels/document.xml.rels"]
)
def test_an_encoding_that_the_parser_does_not_know_is_refused(part, encoding):
    found, _ = refusal(in_text("UTF-8", encoding, part=part))

    assert found == "broken"


def test_endless_nesting_and_endless_paragraphs_are_refused():
    deep = "<w:tbl><w:tr><w:tc>" * 150 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 150

    assert refusal(before_end(deep))[0] == "bomb"
    assert refusal(before_end(f"<w:p>{'<w:r/>' * 60_000}</w:p>"))[0] == "bomb"
    assert refusal(before_end("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 121_000 + "<!--" + "x" * 10 + "-->"))[0] in (
        "too_many_paragraphs",
        "bomb",
    )


OUTSIDE: list[str] = []


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(("socket.connect", "socket.getaddrinfo", "urllib.", "subprocess.", "os.system")) or (
        event == "open" and "evil" in str(arguments[0])
    ):
        OUTSIDE.append(event)


def test_nothing_outside_the_file_is_ever_asked_for():
    relations = "word/_rels/document.xml.rels"
    with zipfile.ZipFile(io.BytesIO(FILE)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    evil = "".join(
        f'<Relationship Id="e{n}" Type="{base}/{kind}" Target="{target}" TargetMode="External"/>'
        for n, (kind, target) in enumerate(
            [("image", "http://127.0.0.1:9/evil.png"), ("attachedTemplate", "file:///tmp/evil.dotm"), ("styles", "http://evil.invalid/s.xml"),
             ("aFChunk", "file:///tmp/evil.html"), ("header", "../../../evil.xml")]
        )
    )  # fmt: skip
    parts[relations] = parts[relations].replace(b"</Relationships>", evil.encode() + b"</Relationships>")
    picture = f'<w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{base}" r:link="e0"/></w:drawing></w:r>'
    parts[DOCUMENT] = parts[DOCUMENT].replace(
        "năm nào?</w:t></w:r>".encode(), f"năm nào?</w:t></w:r>{picture}".encode()
    )
    parts[DOCUMENT] = parts[DOCUMENT].replace(b"<w:sectPr", b'<w:altChunk r:id="e3"/><w:sectPr')
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    OUTSIDE.clear()
    sys.addaudithook(_listen)

    draft, problems, warnings = only(target.getvalue())

    assert OUTSIDE == []
    assert draft.stem == "Công đoàn thành lập năm nào?"
    assert "word_linked" in problems
    assert "embedded_document" in warnings


def test_objects_drawings_and_equations_of_old_are_told():
    for xml, code in (
        ("<w:r><w:object/></w:r>", "word_object"),
        ("<w:r><w:drawing/></w:r>", "word_drawn"),
        ('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>EQ \\f(1,2)</w:instrText><w:fldChar w:fldCharType="end"/></w:r>', "word_object"),
        ('<w:r><w:sym w:font="Webdings" w:char="F0AA"/></w:r>', "word_unknown_sign"),
    ):  # fmt: skip
        assert code in only(in_text("năm nào?</w:t></w:r>", f"năm nào?</w:t></w:r>{xml}"))[1]


def test_text_beside_the_text_is_told_and_none_of_it_is_read():
    paper = Paper()
    paper.lines(GOOD)
    paper.doc.sections[0].header.paragraphs[0].text = "Câu 9: Ở đầu trang?"
    box = (
        '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p><w:r><w:t>Câu 8: trong khung</w:t>'
        "</w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    reading = read_questions(before_end(box, paper.bytes()), "a.docx")

    assert len(reading.drafts + reading.faulty) == 1
    assert {warning.code for warning in reading.warnings} >= {"unread_parts", "text_box"}
    assert [line.text for line in reading.unused] == ["(khung chữ) Câu 8: trong khung"]


def test_tracked_changes_in_options_and_joined_paragraphs():
    draft, _, _ = only(typed("Câu 1: {del|Bỏ}{ins|Giữ} lại?\nA. {del|sai}{ins|đúng}\nB. khác\nĐáp án: A"))

    assert (draft.stem, draft.options) == ("Giữ lại?", ("đúng", "khác"))


def test_a_strict_document_is_read_like_any():
    strict = in_text(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )

    assert only(strict)[0].key == frozenset({0})


@pytest.mark.parametrize(
    "text",
    [
        "{vn|C©u 1: C«ng ®oµn ViÖt Nam thµnh lËp n¨m nµo?}\n{vn|A. N¨m 1929}\n{vn|B. N¨m 1930}\n§¸p ¸n: A",
        "{vni|Caâu 1: Coâng ñoaøn Vieät Nam thaønh laäp naêm naøo?}\n{vni|A. Naêm 1929}\n{vni|B. Naêm 1930}",
        "C©u 1: C«ng ®oµn ViÖt Nam thµnh lËp n¨m nµo?\nA. N¨m 1929\nB. N¨m 1930",
    ],
)
def test_legacy_fonts_are_refused_with_advice(text):
    code, advice = refusal(typed(text))

    assert code == "legacy_font"
    assert "Unicode" in advice


def test_unicode_that_only_kept_the_name_of_an_old_font_is_read():
    draft, _, _ = only(
        typed("{vn|Câu 1: Công đoàn Việt Nam thành lập năm nào?}\n{vn|A. Là năm 1929}\n{vn|B. Là năm 1930}\nĐáp án: A")
    )

    assert draft.stem == "Công đoàn Việt Nam thành lập năm nào?"


def test_a_key_in_the_name_of_a_file_or_picture_never_comes_out():
    reading = read_questions(typed("Câu 1: Hỏi?\nA. Một\nB. Hai"), "dap-an-B.docx")
    (draft,) = reading.faulty

    assert draft.key == frozenset()
    assert any("cần chọn đáp án" in problem.text for problem in reading.problems)


def test_composed_and_decomposed_text_are_the_same_question():
    assert only(typed(unicodedata.normalize("NFD", GOOD)))[0].stem == only(FILE)[0].stem


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_file_with_flipped_bytes_gets_an_answer(flips):
    damaged = bytearray(FILE)
    for at, byte in flips:
        damaged[at] = byte

    reading = read_questions(bytes(damaged), "a.docx")

    assert reading.drafts or reading.faulty or reading.problems


TEXT = zipfile.ZipFile(io.BytesIO(FILE)).read(DOCUMENT).decode()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(TEXT)), st.integers(0, 30), st.text(st.sampled_from('<>/"= wprtA.1:&;!-'), max_size=12))
def test_a_text_with_damaged_xml_gets_an_answer(at, cut, put):
    reading = read_questions(in_text(TEXT, TEXT[:at] + put + TEXT[at + cut :]), "a.docx")

    assert reading.drafts or reading.faulty or reading.problems


LINES = st.lists(
    st.one_of(
        st.sampled_from(["Câu 1:", "1.", "A. a", "B. b\tC. c", "Đáp án: B", "Đáp án:", "ĐÁP ÁN", "1.A 2.B", "Phần I. X", "Giải thích: a", "(Đ)", "**A. a**", "Đúng", "☑ Đúng ☐ Sai", "*", "I. X", "- a"]),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=25),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(LINES)
def test_any_lines_are_read_and_none_is_dropped(lines):
    from tests.contests.authoring.test_word_corpus import bare, drafts_of

    paper = Paper()
    for text in lines:
        paper.doc.add_paragraph(text)
    reading = read_questions(paper.bytes(), "a.docx")
    if any(problem.code in ("legacy_font", "no_questions") and problem.row == 0 for problem in reading.problems):
        return

    kept = [bare("".join(draft.source)) for draft in drafts_of(reading)] + [bare(line.text) for line in reading.unused]
    assert [text for text in map(bare, lines) if text and not any(text in one for one in kept)] == []
