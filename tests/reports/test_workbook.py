"""What is in the workbook, read back as Excel would."""

import io
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import move_unit
from accounts.models import Member
from reports import workbook
from reports.exports import participation_book
from tests import make
from tests.reports.rows import sat, table, written

ODD_NAMES = [
    '=HYPERLINK("http://evil.example","x")',
    "+84912345678",
    "@x",
    "-1",
    "＝1+1",
    "{=1}",
    "https://evil.example",
]


@pytest.fixture
def played(union, contest):
    sat(contest, union.alice, union.factory_a, 200, 300)
    sat(contest, union.bob, union.school_a, running=True)
    return contest


@pytest.fixture
def write(tmp_path):
    """The workbook of a contest below a unit, as bytes."""

    def write(contest, unit):
        return written("participation", contest, unit, tmp_path, as_of=timezone.now())

    return write


@pytest.fixture
def book(write):
    return lambda contest, unit: openpyxl.load_workbook(io.BytesIO(write(contest, unit)))


def test_the_sheet_of_units_has_subtotals_and_keeps_people_and_attempts_apart(book, union, played):
    extra = make.make_unit(union.province_a, "CĐCS Văn phòng", members=50)

    head, rows = table(book(played, union.province_a)["Tổng hợp theo đơn vị"])

    assert head[:8] == [
        "STT",
        "Đơn vị",
        "Cấp",
        "Tổng đoàn viên",
        "Số người dự thi",
        "Tỷ lệ (%)",
        "Lượt thi",
        "Điểm trung bình",
    ]
    assert [[*row[:2], *row[3:]] for row in rows[:5]] == [
        [1, union.ward_a.name, 250, 2, 2 / 250, 3, 3, 2, 2],
        [2, union.factory_a.name, 200, 1, 1 / 200, 2, 3, 1, 1],
        [3, union.school_a.name, 50, 1, 1 / 50, 1, "—", 1, 1],
        [4, extra.name, 50, 0, 0, 0, "—", 0, 1],
        [None, "TỔNG CỘNG", 300, 2, pytest.approx(2 / 300), 3, 3, 2, 3],
    ]


def test_the_sheet_of_absent_units(book, union, contest):
    sat(contest, union.alice, union.factory_a, 100)

    head, rows = table(book(contest, union.province_a)["CĐCS chưa có người dự thi"])

    assert head == ["STT", "Công đoàn cơ sở", "Mã đơn vị", "Công đoàn cấp trên", "Tổng đoàn viên"]
    assert rows == [[1, union.school_a.name, union.school_a.code, union.ward_a.name, 50]]


def test_attempts_are_listed_by_given_name_with_text_phones_and_real_dates(book, union, contest):
    for n, name in enumerate(["Trần Văn Ước", "Lê Thị Ân", "Bùi Văn An", "Đỗ Thị Đào", "Vũ Văn Dũng"]):
        member = make.make_member(name, union.factory_a, phone=f"+8491200000{n}")
        sat(contest, member, union.factory_a, 350)

    sheet = book(contest, union.province_a)["Danh sách thí sinh"]
    head, rows = table(sheet)

    assert [row[1] for row in rows] == ["Bùi Văn An", "Lê Thị Ân", "Vũ Văn Dũng", "Đỗ Thị Đào", "Trần Văn Ước"]
    assert [row[2] for row in rows] == ["0912000002", "0912000001", "0912000004", "0912000003", "0912000000"]
    assert head[3:] == [
        "Công đoàn cơ sở",
        "Công đoàn cấp trên",
        "Đợt",
        "Lượt thứ",
        "Điểm",
        "Số câu đúng",
        "Thời gian làm bài",
        "Thời điểm nộp",
        "Trạng thái",
    ]
    first = sheet[workbook.HEADER + 2]
    assert [cell.value for cell in first][3:9] == [union.factory_a.name, union.ward_a.name, "Tuần 1", 1, 3.5, 3]
    assert first[2].data_type == "s"
    assert (first[9].number_format, first[9].value) == ("[mm]:ss", timedelta(minutes=6, seconds=12))
    assert first[10].number_format == "dd/mm/yyyy hh:mm:ss"
    assert abs(first[10].value - datetime.now(timezone.get_default_timezone()).replace(tzinfo=None)) < timedelta(
        minutes=5
    )
    assert first[11].value == "đã chấm"


def test_no_cell_is_a_formula_or_a_link(write, union, contest):
    for n, name in enumerate(ODD_NAMES):
        unit = make.make_unit(union.ward_a, name, code=name[:32], members=5)
        sat(contest, make.make_member(name, unit, email=f"=cmd{n}@example.vn"), unit, 100)
        make.make_unit(union.ward_a, f"{name} {n}", members=5)
    contest.title = "=1+1"
    contest.save()

    content = write(contest, union.province_a)

    made = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    assert set(ODD_NAMES) <= {row[1] for row in table(made["Danh sách thí sinh"])[1]}
    xml = zipfile.ZipFile(io.BytesIO(content))
    sheets = [xml.read(name).decode() for name in xml.namelist() if "worksheets" in name]
    assert len(sheets) == 3
    assert not any("<f>" in sheet or "hyperlink" in sheet for sheet in sheets)


def test_control_characters_are_left_out(book, union, contest):
    member = make.make_member("Người Lạ", union.factory_a)
    Member.objects.filter(pk=member.pk).update(full_name="Người\x01 L\x0bạ\ufffe\x7f")
    sat(contest, member, union.factory_a, 100)

    assert table(book(contest, union.province_a)["Danh sách thí sinh"])[1][0][1] == "Người Lạ"


def test_every_sheet_prints_on_a4_landscape_with_its_head_frozen_and_filtered(book, union, played):
    made = book(played, union.province_a)

    assert made.sheetnames == ["Tổng hợp theo đơn vị", "Danh sách thí sinh", "CĐCS chưa có người dự thi"]
    for sheet in made:
        assert sheet.freeze_panes == f"C{workbook.HEADER + 2}"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == f"${workbook.HEADER + 1}:${workbook.HEADER + 1}"
        assert sheet.auto_filter.ref.startswith(f"A{workbook.HEADER + 1}:")
        assert int(sheet.print_area.rsplit("$", 1)[1]) >= sheet.max_row
        assert sheet["A5"].value == "Mã đối chiếu 0000-0000-0000"
        text = sheet["A4"].value
        assert text.startswith("Số liệu lúc ")
        assert "(giờ Việt Nam)" in text
        assert max(dimension.width for dimension in sheet.column_dimensions.values()) > 20
    assert "250 đoàn viên (30/06/2026)" in made.worksheets[0]["A4"].value
    assert made.worksheets[0]["F7"].number_format == "0.0%"
    assert made.worksheets[1]["A2"].value == "DANH SÁCH THÍ SINH: 2 NGƯỜI, 3 LƯỢT THI"


def test_a_unit_that_moved_is_listed_where_it_sat(book, union, played):
    move_unit(unit=union.factory_a, parent=union.province_b)

    _, rows = table(book(played, union.province_a)["Danh sách thí sinh"])

    assert {(row[1], row[4]) for row in rows} == {
        (union.alice.full_name, union.ward_a.name),
        (union.bob.full_name, union.ward_a.name),
    }


def test_a_full_sheet_goes_on_in_the_next(book, union, played, monkeypatch):
    monkeypatch.setattr(participation_book, "ROWS_A_SHEET", 2)

    made = book(played, union.province_a)

    assert len(table(made["Danh sách thí sinh"])[1]) == 2
    assert [row[0] for row in table(made["Danh sách thí sinh (2)"])[1]] == [3]


texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["_x0041_", " a", "a ", "a\nb", "<r>x</r>", "<b>&amp;", "]]>", '"', "'", "=1+1", "\ud7ff\ue000", "  "]
)
values = st.none() | texts | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=8))
def test_a_row_at_once_gives_the_bytes_that_cell_by_cell_gives(rows):
    def sheet():
        with tempfile.TemporaryDirectory() as folder:
            head, path = workbook.Head("Đơn vị", "Cuộc thi", datetime(2026, 1, 1, tzinfo=UTC), "Mã"), Path(folder) / "x"
            with workbook.new_book(path, Path(folder), head) as (book, styles):
                columns = [("A", 5), ("B", 5), ("C", 5)]
                sheet = workbook.Sheet(book, styles, "Trang", columns, head, "TÊN", "")
                for number, row in enumerate(rows):
                    sheet.row(row, ["text", "lines", "score"], bold=number % 2 == 0, indent=number)
                sheet.sign()
                sheet.finish()
            return zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")

    at_once = sheet()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook.Sheet, "_at_once", workbook.Sheet._cell_by_cell)
        assert sheet() == at_once


def test_a_row_is_as_high_as_its_longest_text(tmp_path):
    """LibreOffice gives every row one line where the file does not say more."""
    head = workbook.Head("Đơn vị", "Cuộc thi", datetime(2026, 1, 1, tzinfo=UTC), "Mã")
    with workbook.new_book(tmp_path / "x.xlsx", tmp_path, head) as (book, styles):
        sheet = workbook.Sheet(book, styles, "Trang", [("STT", 6), ("Cấp", 24), ("Tin nhắn", 60)], head, "TÊN", "")
        for texts in (("Ngắn", "Một dòng"), ("Công đoàn cấp trên cơ sở, phường, xã, khu công nghiệp", ""), ("", "a\nb\nc\nd"), ("", "dài " * 4000)):  # fmt: skip
            sheet.row([1, *texts], ["whole", "text", "lines"])
        sheet.finish()
    rows = openpyxl.load_workbook(tmp_path / "x.xlsx").active.row_dimensions
    first = workbook.HEADER + 2

    assert [rows[first + at].height for at in range(4)] == [None, 3 * 15, 4 * 15, workbook.MAX_HEIGHT]
