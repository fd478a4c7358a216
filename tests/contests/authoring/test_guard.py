import io
import random
import re
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.authoring.guard import LAST_COLUMN, LAST_ROW, MAX_FILE
from contests.authoring.reading import read_questions
from tests.contests.authoring.workbooks import GOOD, SHEET_XML, edited, in_sheet, questions

FILE = questions(GOOD)


def refusal(data: bytes, filename: str = "a.xlsx") -> str:
    """The code of the one clear problem; the reader must give no draft with it."""
    reading = read_questions(data, filename)
    assert reading.drafts == ()
    assert len(reading.problems) == 1
    assert reading.problems[0].row == 0
    return reading.problems[0].code


def with_cell(cell: str) -> bytes:
    return in_sheet(FILE, "</sheetData>", f'<row r="9">{cell}</row></sheetData>')


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (FILE, "a.xls", "old_or_locked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx", "old_or_locked"),
        (FILE, "a.xlsm", "macros"),
        (FILE, "a.ods", "not_xlsx"),
        (FILE, "", "not_xlsx"),
        (b"", "a.xlsx", "not_xlsx"),
        (b"PK", "a.xlsx", "not_xlsx"),
        (b"%PDF-1.7", "a.xlsx", "not_xlsx"),
        (b"Ma,Cau hoi\n", "a.xlsx", "not_xlsx"),
        (FILE[: len(FILE) // 2], "a.xlsx", "broken"),
        (b"PK\x03\x04" + bytes(100), "a.xlsx", "broken"),
        (FILE + bytes(MAX_FILE), "a.xlsx", "too_big"),
    ],
)
def test_what_is_no_workbook_of_today_is_refused_with_one_clear_problem(data, filename, code):
    assert refusal(data, filename) == code


def archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def test_a_zip_of_something_else_is_no_workbook():
    assert refusal(archive({"anh.png": b"x"})) == "not_xlsx"


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = archive({"[Content_Types].xml": b"<a/>", "xl/worksheets/sheet1.xml": bytes(39 * 2**20)})
    started = time.process_time()

    assert len(bomb) < 100_000
    assert refusal(bomb) == "bomb"
    assert time.process_time() - started < 1  # refused by its table of contents


def test_too_much_in_all_is_refused_at_any_ratio():
    noise = random.Random(1).randbytes(2**20)
    parts = {f"p{i}": noise[: 2**15] + bytes(2**20) for i in range(41)}

    assert refusal(archive({"[Content_Types].xml": b"<a/>", **parts})) == "bomb"


def test_too_many_entries_are_refused():
    assert refusal(archive({"[Content_Types].xml": b"<a/>", **{f"p{i}": b"" for i in range(200)}})) == "bomb"


def test_a_size_that_lies_is_refused():
    data = bytearray(archive({"[Content_Types].xml": b"<a/>" * 100_000, SHEET_XML: b"<a/>"}))
    at = data.rindex(b"PK\x01\x02[Content"[:4], 0, data.rindex(b"PK\x01\x02"))
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")  # the unpacked size in the table of contents

    assert refusal(bytes(data)) == "broken"


def test_macros_under_an_innocent_name_are_refused():
    def add(data: bytes) -> bytes:
        target = io.BytesIO(data)
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"x")
        return target.getvalue()

    assert refusal(add(FILE)) == "macros"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    target = io.BytesIO(FILE)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(SHEET_XML.upper(), b"<a/>")

    assert refusal(target.getvalue()) == "broken"


# Each of these made the spreadsheet reader abort the process or fill the memory before the guard was there (tried).
@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="XFD1048576"><v>1</v></c>', "too_many_cells"),
        ('<c r="A1048576"><v>1</v></c>', "too_many_cells"),
        ('<c r="A1048576" t="inlineStr"><is><t>x</t></is></c>', "too_many_cells"),
        ('<x:c xmlns:x="urn:x" r="XFD9"><x:v>1</x:v></x:c>', "too_many_cells"),
        (f'<c r="A{LAST_ROW + 1}"><v>1</v></c>', "too_many_cells"),
        ('<c r="AO9"><v>1</v></c>', "too_many_cells"),
        ("<c><v>1</v></c>" * (LAST_COLUMN + 1), "too_many_cells"),
        ('</row><row r="1048576"><c><v>1</v></c>', "too_many_cells"),
        ('<c r="A99999999999999"><v>1</v></c>', "broken"),
        ('<c r="AAAAAAAAAAAAAAAA1"><v>1</v></c>', "broken"),
        ('<c r="A0"><v>1</v></c>', "broken"),
        ('<c r="9"><v>1</v></c>', "broken"),
        ('<c r=""><v>1</v></c>', "broken"),
        ('</row><row r="-1"><c><v>1</v></c>', "broken"),
        ('</row><row r="٣"><c><v>1</v></c>', "broken"),
    ],
)
def test_a_cell_that_claims_a_huge_sheet_is_refused(cell, code):
    assert refusal(with_cell(cell)) == code


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576" s="1"/>',
        '<c r="A900000" s="1"></c>',
        '</row><row r="1048576" ht="15">',
        f'<c r="AN{LAST_ROW}"><v>1</v></c>',
        "<c/>" * 100,
    ],
)
def test_painted_but_empty_cells_far_away_do_no_harm(cell):
    assert len(read_questions(with_cell(cell), "a.xlsx").drafts) == 1


@pytest.mark.parametrize("attribute", ["count", "uniqueCount"])
@pytest.mark.parametrize("announced", ["999999999999", "1000001", "-1", "x"])
def test_a_string_table_that_announces_too_much_is_refused(attribute, announced):
    def edit(name: str, text: str) -> str:
        return re.sub(rf' {attribute}="\d+"', f' {attribute}="{announced}"', text) if "sharedStrings" in name else text

    assert refusal(edited(FILE, edit)) == "broken"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">',
    ],
)
def test_entities_are_refused(doctype):
    assert refusal(in_sheet(FILE, "<worksheet", f"{doctype}<worksheet")) == "broken"


def test_a_sheet_that_is_not_well_formed_or_not_there_is_refused():
    assert refusal(in_sheet(FILE, "</sheetData>", "")) == "broken"
    assert refusal(edited(FILE, lambda name, text: None if name == SHEET_XML else text)) == "broken"
    assert refusal(edited(FILE, lambda name, text: None if name == "xl/workbook.xml" else text)) == "no_sheet"


def test_other_parts_may_be_missing_or_no_xml():
    target = io.BytesIO(edited(FILE, lambda name, text: None if "docProps" in name else text))
    with zipfile.ZipFile(target, "a") as new:
        new.writestr("xl/media/image1.png", b"\x89PNG")
        new.writestr("xl/drawings/vmlDrawing1.vml", b"<br>")

    assert len(read_questions(target.getvalue(), "a.xlsx").drafts) == 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"]), st.text(max_size=8))
def test_random_bytes_get_an_answer(tail, head, name):
    assert read_questions(head + tail, f"{name}.xlsx").problems


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_file_with_flipped_bytes_gets_an_answer(flips):
    damaged = bytearray(FILE)
    for at, byte in flips:
        damaged[at] = byte

    reading = read_questions(bytes(damaged), "a.xlsx")

    assert reading.drafts or reading.problems


SHEET_TEXT = zipfile.ZipFile(io.BytesIO(FILE)).read(SHEET_XML).decode()


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(SHEET_TEXT)), st.integers(0, 30), st.text(st.sampled_from('<>/"= crsvt019AZx&;!-'), max_size=12)
)
def test_a_sheet_with_damaged_xml_gets_an_answer(at, cut, put):
    damaged = SHEET_TEXT[:at] + put + SHEET_TEXT[at + cut :]

    reading = read_questions(edited(FILE, lambda name, text: damaged if name == SHEET_XML else text), "a.xlsx")

    assert reading.drafts or reading.problems
