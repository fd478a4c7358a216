"""Rows B33 to B50 of the table of bad input, for every format but Word: refused in words or told at its question; never an exception."""

from __future__ import annotations

import csv
import io
import sys
import time
import zipfile

import openpyxl
import pytest
from openpyxl.cell.cell import TYPE_FORMULA

from contests.authoring.draft import Difficulty, ImportReading, QuestionDraft
from contests.authoring.formats import EXPORTS_BY_NAME, FORMATS
from contests.authoring.guard import MAX_FILE
from contests.authoring.reading import read_questions
from contests.authoring.texts import from_html, from_markdown
from contests.rules.kinds import Kind
from tests.contests.authoring.workbooks import GOOD, questions, sheet

SUFFIXES = [suffix for one in FORMATS for suffix in one.suffixes]
TEXTUAL = [".csv", ".gift", ".aiken", ".txt"]


def read(text: str | bytes, name: str) -> ImportReading:
    return read_questions(text.encode() if isinstance(text, str) else text, name)


def refused(text: str | bytes, name: str) -> str:
    reading = read(text, name)
    assert reading.drafts == reading.faulty == ()
    [problem] = reading.problems
    assert problem.row == 0
    assert len(problem.text) > 20
    return problem.code


def moodle(body: str, kind: str = "essay") -> str:
    return f'<quiz><question type="{kind}">{body}</question></quiz>'


# --- B33, B34: archives and XML that want to do harm -----------------------------------------------------------------
def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30 * 2**20)
    return target.getvalue()


def test_b33_a_zip_bomb_is_refused_under_any_name():
    assert {refused(bomb(), f"a{suffix}") for suffix in SUFFIXES if suffix == ".xlsx"} == {"bomb"}
    assert {refused(bomb(), f"a{suffix}") for suffix in TEXTUAL} == {"not_text"}
    assert refused(bomb(), "a.xml") == "broken_xml"


LAUGHS = '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd">', '<!DOCTYPE quiz [<!ENTITY c SYSTEM "file:///etc/passwd">]>'])  # fmt: skip
def test_b34_b39_entities_are_refused_unread(doctype):
    assert (
        refused(f"<?xml version='1.0'?>{doctype}<quiz><question type='essay'>&c;</question></quiz>", "a.xml")
        == "doctype"
    )


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0" + b"x" * 600, b"PK\x03\x04" + b"x" * 90, b"%PDF-1.7\n"])
@pytest.mark.parametrize("suffix", TEXTUAL)
def test_b34_a_file_of_another_kind_is_no_text(suffix, data):
    assert refused(data, f"a{suffix}") == "not_text"


# --- B35: sheets ---------------------------------------------------------------------------------------------------
def test_b35_rows_are_told_one_by_one_and_the_others_are_read():
    kahoot = ["Question", "Answer 1", "Answer 2", "Answer 3", "Answer 4", "Time limit", "Correct answer"]
    reading = read(sheet([kahoot, ["a", 1, 2, None, None, 20, "x"], ["b", 1, 2, None, None, 20, 2], ["c", 1, 2, None, None, 20, 4]]), "a.xlsx")  # fmt: skip

    assert {problem.row: problem.code for problem in reading.problems if not problem.code.startswith("missing_")} == {2: "bad_key", 4: "key_without_option"}  # fmt: skip
    assert [draft.row for draft in reading.faulty] == [2, 3, 4]


def test_b35_a_sheet_that_is_not_read_is_named_hidden_or_not():
    book = openpyxl.load_workbook(io.BytesIO(questions(GOOD)))
    book.create_sheet("Bản nháp")["B2"] = "Câu hỏi ở đây"
    book.create_sheet("Ẩn")["A1"] = "kín"
    book["Ẩn"].sheet_state = "hidden"
    book.create_sheet("Trống")
    target = io.BytesIO()
    book.save(target)

    reading = read(target.getvalue(), "a.xlsx")

    assert len(reading.drafts) == 1
    assert [(warning.code, warning.column) for warning in reading.warnings] == [
        ("other_sheet", "Bản nháp"),
        ("other_sheet", "Ẩn"),
    ]


# --- B36: CSV ------------------------------------------------------------------------------------------------------
HEAD = "Mã,Câu hỏi,A,B,Đáp án,Chủ đề,Nguồn khác\n"
ROW = "M1,Hỏi gì?,Một,Hai,A,Chung,Sách\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_b36_encodings_and_delimiters_are_told_apart(encoding, delimiter):
    reading = read((HEAD + ROW).replace(",", delimiter).encode(encoding), "a.csv")

    assert reading.problems == ()
    assert [(draft.code, draft.stem, draft.options, draft.key) for draft in reading.drafts] == [
        ("M1", "Hỏi gì?", ("Một", "Hai"), {0})
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ((HEAD + ROW).encode("cp1258", "replace"), "windows_1258"),
        ((HEAD + ROW).encode("utf-32"), "encoding"),
        ((HEAD + '"never closed,Một,Hai,A\n' + ROW * 3).encode(), "bad_csv"),
        ((HEAD + "M1,a\0b,Một,Hai,A,Chung,Sách\n").encode(), "not_text"),
        ((HEAD + "x" * 2_000_000).encode(), "too_long"),
        ((HEAD + "x" * 200_000 + "\n").encode(), "bad_csv"),
        ((HEAD + ROW * 6000).encode(), "too_many_rows"),
        ((HEAD + "," * 60 + "x\n").encode(), "too_many_cells"),
        (b"x" * (MAX_FILE + 1), "too_big"),
    ],
    ids=["cp1258", "utf-32", "open quote", "NUL", "long line", "long cell", "rows", "columns", "size"],
)  # fmt: skip
def test_b36_what_cannot_be_read_for_certain_is_refused(data, code):
    assert refused(data, "a.csv") == code


# --- B38: GIFT -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Hỏi {=a ~b", {"braces", "few_options"}), ("Hỏi }=a ~b{", {"braces", "few_options"}), ("Hỏi {=a {~b}}", {"braces"}),
        ("Hỏi {~%-100000%a =b}", set()), ("Hỏi {~a ~b}", {"missing_key"}), ("Hỏi {=a =b ~c}", {"many_keys"}),
        ("Hỏi {=1 + 1 = 2 ~3}", {"many_keys"}), ("Hỏi {", {"braces", "few_options"}), ("Hỏi {abc}", {"bad_key", "few_options"}),
        ("Hỏi {#}", {"bad_key"}), ("Hỏi {#9..1}", {"bad_key"}), ("Hỏi {#1e999}", {"bad_key"}), ("Hỏi {>}", {"few_options"}),
    ],
)  # fmt: skip
def test_b38_a_broken_question_is_told_at_its_line_and_its_neighbours_are_read(text, codes):
    reading = read(f"Trước {{T}}\r\n\r\n{text}\r\n\r\n// ghi chú {{ }}\r\nSau {{=x ~y}}\r\n", "a.gift")

    found = {problem.code for problem in reading.problems if problem.row == 3} - {
        "missing_code",
        "missing_topic",
        "missing_source",
    }
    assert found - {"missing_key"} == codes - {"missing_key"}
    assert ("missing_key" in codes) <= ("missing_key" in found)
    assert [draft.stem for draft in (*reading.drafts, *reading.faulty) if draft.row != 3] == ["Trước", "Sau"]


def test_b38_a_category_is_a_name_and_no_path():
    [draft] = read("$CATEGORY: ../../etc/passwd\n\nHỏi {T}\n", "a.gift").faulty

    assert draft.topic == "passwd"


# --- B39: Moodle XML -----------------------------------------------------------------------------------------------
def test_b39_script_and_html_become_plain_text():
    body = "<questiontext format='html'><text><![CDATA[<p onclick=x()>Một<script>alert(1)</script><style>p{}</style> hai</p><iframe src=//x></iframe><a href='javascript:x'>ba</a>]]></text></questiontext>"  # fmt: skip
    reading = read(moodle(body), "a.xml")

    [draft] = reading.faulty
    assert draft.stem == "Một hai\nba"
    assert {warning.code for warning in reading.warnings} == {"markup_lost"}


@pytest.mark.parametrize("source", ["http://127.0.0.1:9/a.png", "file:///etc/passwd", "@@PLUGINFILE@@/../../etc/passwd", "//x/y.png", "data:image/svg+xml;base64,AAAA", "data:image/png;base64,AAAA", ""])  # fmt: skip
def test_b39_a_picture_that_is_not_in_the_file_is_a_problem_and_is_not_fetched(source):
    reading = read(
        moodle(f"<questiontext format='html'><text>&lt;img src=\"{source}\"&gt; Ảnh gì?</text></questiontext>"), "a.xml"
    )

    assert "image_missing" in {problem.code for problem in reading.problems}
    assert reading.images == {}


@pytest.mark.parametrize(
    "kind", ["calculated", "calculatedmulti", "ddwtos", "gapselect", "random", "coderunner", "x" * 500]
)
def test_b39_a_type_that_we_lack_is_told_and_never_computed(kind):
    reading = read(moodle("<questiontext><text>{=1+1} __import__</text></questiontext><answer fraction='100'><text>{a}*{b}</text></answer>", kind), "a.xml")  # fmt: skip

    assert "unsupported_kind" in {problem.code for problem in reading.problems}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<quiz><question>", "broken_xml"), (b"", "broken_xml"), (b"<html/>", "not_moodle"), (b"<quiz/>", "no_questions"),
        (b"<?xml version='1.0' encoding='x-nobody'?><quiz/>", "broken_xml"), (b"<quiz>" + b"<a>" * 5000, "too_many_elements"),
        (b"<quiz>&nbsp;</quiz>", "broken_xml"), (b"<quiz>" + b"A" * MAX_FILE + b"</quiz>", "too_big"),
    ],
)  # fmt: skip
def test_b39_what_is_no_moodle_file_is_refused(data, code):
    assert refused(data, "a.xml") in (code, "encoding")


# --- B40: many questions -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "name"),
    [
        ("Câu {n} {{=a ~b}}\n\n", "a.gift"),
        ("Câu {n}\nA. a\nB. b\nANSWER: A\n\n", "a.txt"),
        ("<question type='essay'><name><text>{n}</text></name></question>", "a.xml"),
    ],
)
def test_b40_more_questions_than_a_file_may_have_are_counted_and_refused(one, name):
    text = "".join(one.format(n=number) for number in range(5001))

    assert refused(f"<quiz>{text}</quiz>" if name == "a.xml" else text, name) == "too_many_rows"


# --- B41, B45, B47, B48: names, HTML, Markdown -----------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["../../x.gift", "con.gift", "a" * 300 + ".gift", "a\r\nSet-Cookie: x.gift", ".html.gift", "à.gift"]
)
def test_b45_a_file_name_decides_the_format_and_nothing_else(name):
    assert [draft.stem for draft in read("Hỏi {T}", name).faulty] == ["Hỏi"]


@pytest.mark.parametrize(
    "text",
    [
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>", "<a href='java\tscript:x'>y</a>",
        "<svg/onload=alert(1)>", "<p style='position:fixed'>x</p>", "<form action=x><input name=q></form>", "<<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</script>", "<img src=x onerror=alert(1)//", "<!--><script>alert(1)</script>-->", "<p" * 50_000, "<!--" * 50_000,
        "<" * 100_000, "&lt;" * 50_000, "*" * 100_000, "[" * 100_000, "> " * 10_000, "`" * 99_999,
    ],
)  # fmt: skip
@pytest.mark.parametrize("convert", [from_html, from_markdown, lambda text: from_html(text, known_only=True)])
def test_b47_b48_marked_up_text_ends_as_plain_text(convert, text):
    plain = convert(text)

    assert not any(word in plain.text for word in ("<script", "<svg", "<form", "<math", "onload=", "style="))


# --- B49, B50: what leaves -----------------------------------------------------------------------------------------
NASTY = ("=1+1", "+1", "-1", "@x", "＝1", "'=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0")


def nasty() -> list[QuestionDraft]:
    return [
        QuestionDraft(
            text, text, Kind.SINGLE, Difficulty.EASY, text, (text, f"{text}b"), frozenset({0}), frozenset(), "", "", text, None, None, text, row,
        )
        for row, text in enumerate(NASTY, start=2)
    ]  # fmt: skip


def test_b49_no_cell_of_a_csv_begins_like_a_formula_and_all_come_back():
    data = EXPORTS_BY_NAME["csv"].write(nasty()).data

    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\0＝")] == []
    assert [draft.stem for draft in read(data, "a.csv").drafts] == list(NASTY)


def test_b50_no_cell_of_a_workbook_is_a_formula_and_all_come_back():
    data = EXPORTS_BY_NAME["xlsx"].write(nasty()).data

    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == TYPE_FORMULA or cell.hyperlink] == []
    assert [draft.stem for draft in read(data, "a.xlsx").drafts] == list(NASTY)


# --- All of them -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("data", [b"", b"\n", b"\0" * 100, b"\xff\xfe", b"\xef\xbb\xbf", b"\xff" * 1000, "\u202e\u200b\ufdd0\uffff".encode(), b"{" * 10_000, b"=" * 10_000, questions(GOOD)[:200]], ids=[str(number) for number in range(10)])  # fmt: skip
def test_nothing_at_all_and_noise_are_answered_in_words(suffix, data):
    reading = read(data, f"a{suffix}")

    assert reading.drafts == ()
    assert reading.problems
    assert all(problem.text for problem in reading.problems)


def test_no_file_opens_a_connection_or_somebody_elses_file():
    opened: list[str] = []
    listening = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event.startswith(("socket.", "urllib.", "subprocess.", "os.system")):
            opened.append(event)

    sys.addaudithook(hook)
    picture = "&lt;img src='http://127.0.0.1:9/a.png'&gt;"
    read(moodle(f"<questiontext format='html'><text>{picture}</text></questiontext>"), "a.xml")
    read('[html]<img src="http://127.0.0.1:9/a.png"> {T}', "a.gift")
    read("[markdown]![x](http://127.0.0.1:9/a.png) {T}", "a.txt")
    read(questions(GOOD | {"Câu hỏi": '=WEBSERVICE("http://127.0.0.1:9")'}), "a.xlsx")
    listening.clear()

    assert opened == []


# --- work that grows with the file and no faster --------------------------------------------------------------------
HARD_TO_READ = {
    "marks of GIFT": lambda n: read("// " + "[id:" * n + "\n\nCâu? {=a ~b}", "a.gift"),
    "escaped marks of GIFT": lambda n: read("// [id:" + "\\[id:" * n + "\n\nCâu? {=a ~b}", "a.gift"),
    "gaps of Moodle": lambda n: read(moodle(f"<questiontext><text>{'{1:SA:' * n}</text></questiontext>", "cloze"), "a.xml"),
    "digits of a gap": lambda n: read(moodle(f"<questiontext><text>{{{'1' * 4 * n}</text></questiontext>", "cloze"), "a.xml"),
    "blank lines": lambda n: read("\n" * 4 * n + "chữ", "a.txt"),
    "tags that nothing closes": lambda n: from_html("<a " * n),
    "tags that one sign closes": lambda n: from_html("<a <?" * n + ">", known_only=True),
    "signs that open no tag": lambda n: from_html("<1" * 2 * n + ">"),
}  # fmt: skip


def work(what: str, size: int) -> float:
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        HARD_TO_READ[what](size)
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.parametrize("what", HARD_TO_READ)
def test_a_file_four_times_as_long_is_about_four_times_the_work(what):
    work(what, 100)  # whatever is made once

    assert work(what, 16_000) < 9 * max(work(what, 4000), 0.001), (
        "sixteen times is what a second look for each sign costs"
    )


def test_a_mark_and_a_gap_end_where_they_ended():
    gift = read("// [id:A\\]1] [tag:Nguồn khác=Sổ [2024\\] (b)]\nCâu? {=a ~b}", "a.gift")
    cloze = read(
        moodle("<questiontext><text>Ở {1:SA:=a {b\\}~%50%c} và {:MW:=d}.</text></questiontext>", "cloze"), "a.xml"
    )

    [one], [two] = gift.faulty, cloze.faulty
    assert (one.code, one.other_source) == ("A]1", "Sổ [2024] (b)")
    assert (two.stem, two.spec["blanks"]) == ("Ở ___ và ___.", [["a {b}"], ["d"]])


def test_fields_of_one_line_hold_no_line_break():
    lines = {"Mã": "HD\n001", "Chủ đề": "Tiền\nlương", "Văn bản": "Bộ luật\nLao động", "Điều khoản": "Điều\n35"}
    broken = questions(lines)
    xml = moodle(
        "<idnumber>M\n1</idnumber><questiontext><text>Vì sao?</text></questiontext><tags><tag><text>Văn bản=Bộ\nluật</text></tag></tags>"
    )

    for reading in (read(broken, "a.xlsx"), read(xml, "a.xml"), read("// [id:G\\n1]\nVì sao? {}", "a.gift")):
        [draft] = (*reading.drafts, *reading.faulty)
        assert draft.code
        assert not any(
            "\n" in text for text in (draft.code, draft.topic, draft.document, draft.article, draft.other_source)
        )
