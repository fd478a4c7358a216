"""The csv forms, read back by the csv module: the cells of the workbooks, one for one, in signs that no setting reads as another."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.delimited import write_rows
from reports.workbook import Head
from tests import make
from tests.reports.rows import CHECK, sat, table, written

AS_OF = datetime(2026, 11, 23, 3, 5, 7, tzinfo=UTC)
HEAD = Head("LĐLĐ tỉnh", "Tìm hiểu; luật", AS_OF, CHECK)


def read(data):
    """Title row, rows, and what stands below the empty line."""
    assert data.startswith(b"\xef\xbb\xbf"), "the mark that makes Excel read UTF-8"
    text = data.decode("utf-8-sig")
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    end = rows.index([])
    return rows[0], rows[1:end], [row[0] for row in rows[end + 1 :]]


@pytest.fixture
def files(tmp_path, union, contest):
    """A csv, and the named sheet of a workbook, of the same figures."""

    def files(code, form, sheet):
        unit = union.province_a
        made = openpyxl.load_workbook(io.BytesIO(written(form, contest, unit, tmp_path, as_of=AS_OF)))[sheet]
        return read(written(code, contest, unit, tmp_path, as_of=AS_OF)), table(made)

    return files


@pytest.fixture
def played(union, contest):
    mill = make.make_unit(union.province_a, "=CĐCS; “Nhà máy”", members=40)
    sat(contest, make.make_member("@Người Một", mill, phone="+84912345678"), mill, 300, 275)
    sat(contest, make.make_member("-Người Hai", mill, phone=None, email="hai@example.vn"), mill, 100)
    sat(contest, make.make_member("Lò Thị Ế", union.ward_a, phone="+8491234567"), union.ward_a, 125)
    sat(contest, union.bob, union.school_a, running=True)
    return contest


def said(text, cell):
    """Whether a cell of the csv says what the cell of the workbook shows."""
    if cell in (None, "—"):
        return text == ""
    if isinstance(cell, datetime):
        return abs(datetime.fromisoformat(text) - cell) < timedelta(seconds=1)
    if isinstance(cell, int | float) and re.fullmatch(r"\d\d:\d\d:\d\d", text):
        hours, minutes, seconds = map(int, text.split(":"))
        return abs(hours * 3600 + minutes * 60 + seconds - cell * 86400) < 0.01
    if isinstance(cell, timedelta):
        hours, minutes, seconds = map(int, text.split(":"))
        return timedelta(hours=hours, minutes=minutes, seconds=seconds) == cell
    if isinstance(cell, int | float):
        number = float(text.replace(",", "."))
        return abs(number - cell) <= 0.005 or abs(number - cell * 100) <= 0.05 + 1e-9
    return text in (cell, f"'{cell}") or text.replace(" ", "") == cell


@pytest.mark.parametrize(
    ("code", "form", "sheet", "count"),
    [("peoplecsv", "participation", "Danh sách thí sinh", 5), ("unitscsv", "units", "Tổng hợp theo đơn vị", 6)],
)
def test_every_cell_is_that_of_the_workbook(files, played, code, form, sheet, count):
    (heads, rows, below), (titles, cells) = files(code, form, sheet)

    cells = [row for row in cells if row[0] != "NGƯỜI LẬP BIỂU" and row[1] != "NGƯỜI LẬP BIỂU"]
    assert heads == titles
    assert len(rows) == len(cells) == count
    for texts, row in zip(rows, cells, strict=True):
        assert len(texts) == len(row)
        for title, text, cell in zip(titles, texts, row, strict=True):
            assert said(text, cell), (title, text, cell)
    assert below[1:] == [f"Cuộc thi: {played.title}", "Số liệu lúc 10:05:07 ngày 23/11/2026 (giờ Việt Nam).", CHECK]


def test_the_list_reads_as_people_write_it(files, played):
    (_, rows, _), _ = files("peoplecsv", "participation", "Danh sách thí sinh")

    by_name = {row[1]: row for row in rows}
    assert by_name["'@Người Một"][2] == "0912 345 678"
    assert by_name["'@Người Một"][3] == "'=CĐCS; “Nhà máy”"
    assert by_name["'-Người Hai"][2] == "hai@example.vn"
    assert by_name["Lò Thị Ế"][7:10] == ["1,25", "1", "00:06:12"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", by_name["Lò Thị Ế"][10])
    [running] = [row for row in rows if row[11] == "đang làm"]
    assert running[7:11] == [""] * 4


def test_nobody_is_a_file_of_its_titles(files, union, contest):
    (heads, rows, below), _ = files("peoplecsv", "participation", "Danh sách thí sinh")

    assert (heads[1], rows, below[-1]) == ("Họ và tên", [], CHECK)


VALUES = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(["=1+1", "+84", "'=x", '"', ";", "a\nb", "\t=1", "＝1", " -1", "0912345678"])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, st.none() | st.integers(0, 10**9), st.none() | st.floats(0, 40)), max_size=8))
def test_any_text_keeps_its_cell_and_is_never_a_formula(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_rows(path, HEAD, [("Tên", 1), ("Số", 1), ("Tỷ lệ", 1)], ["text", "whole", "rate"], rows)

    _heads, found, _below = read(path.read_bytes())

    assert len(found) == len(rows)
    for (text, number, rate), cells in zip(rows, found, strict=True):
        kept = re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text).strip()
        assert cells[0].replace(" ", "") in (kept.replace(" ", ""), "'" + kept.replace(" ", ""))
        assert cells[0].lstrip()[:1] not in tuple("=+-@＝＋－＠")
        assert cells[1] == ("" if number is None else str(number))
        assert (cells[2] == "") == (rate is None)
        if rate is not None:
            assert abs(float(cells[2].replace(",", ".")) - rate * 100) <= 0.05 + 1e-6
