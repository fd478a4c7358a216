"""Units from a workbook: every faulty row named, all or nothing, the same file twice changes nothing."""

from datetime import date, datetime

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from accounts.actions import NewUnit, create_units
from accounts.models import Headcount, Unit, UnitName
from accounts.unit_file import Fault, UnitRow, parents_first, parse
from accounts.unit_import import kinds_by_word

HEADER = ["Mã", "Tên đơn vị", "Loại", "Mã cấp trên", "Số đoàn viên", "Số lao động", "Ngày số liệu"]
KINDS = {"cdcs": "cdcs", "cong doan co so": "cdcs", "tong lien doan": "tong-lien-doan"}
GOOD = ["A1", "CĐCS Công ty May", "CĐCS", "T", 120.0, "1.250", "30/06/2026"]


def faults_of(row):
    rows, faults = parse([HEADER, row], KINDS)
    assert bool(rows) != bool(faults)
    return [str(fault) for fault in faults]


def test_a_row_is_read_as_people_write_it():
    cells = [
        ["DANH SÁCH ĐƠN VỊ"],
        [],
        ["Ghi chú", *HEADER],
        ["", 471.0, " CĐCS  May ", "Công đoàn cơ sở", "T", 120.0, "1.250", datetime(2026, 6, 30)],
        ["", "", None],
    ]

    rows, faults = parse(cells, KINDS)

    assert faults == []
    assert rows == [UnitRow(4, "471", "CĐCS May", "cdcs", "T", 120, 1250, date(2026, 6, 30))]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (0, "", "thiếu mã."),
        (0, "A 1", "mã “A 1” chỉ được gồm"),
        (0, "x" * 40, "tối đa 32 ký tự"),
        (1, "", "tên đơn vị phải có từ 2 đến 250 ký tự."),
        (1, "x" * 251, "tên đơn vị phải có từ 2 đến 250 ký tự."),
        (2, "Hợp tác xã", "không có loại đơn vị “Hợp tác xã”."),
        (3, "A1", "mã cấp trên trùng với chính đơn vị."),
        *[(4, value, "không phải số nguyên") for value in (-1, 1.5, "1,5", float("nan"), float("inf"), "1e309", "٣", True, "mười", "12.34")],
        (5, 2.0**63, "quá lớn"),
        (4, "", "phải có đủ cả ba"),
        *[(6, value, "không đúng, hãy ghi ngày/tháng/năm") for value in ("31/02/2026", "29/02/2026", "2026", 45000.0, "6/30/2026", "hôm qua")],
        (6, datetime(1, 1, 1), "nằm ngoài khoảng"),
        (6, "01/01/9999", "nằm ngoài khoảng"),
    ],
)  # fmt: skip
def test_a_faulty_cell_is_named_with_its_row(column, value, told):
    row = list(GOOD)
    row[column] = value

    (fault,) = faults_of(row)

    assert fault.startswith("Dòng 2: ")
    assert told in fault


def test_all_faults_are_told_at_once():
    rows, faults = parse([HEADER, ["", *GOOD[1:]], GOOD, ["a1", *GOOD[1:]], [*GOOD[:2], "?", *GOOD[3:]]], KINDS)

    assert [row.code for row in rows] == ["A1"]
    assert [(fault.row, fault.text) for fault in faults] == [
        (2, "thiếu mã."), (4, "mã “a1” đã có ở dòng 3."), (5, "không có loại đơn vị “?”."),
    ]  # fmt: skip


@pytest.mark.parametrize("cells", [[], [[]], [["Mã", "Loại"]], [["a", "b"], ["c"]]])
def test_a_sheet_without_the_columns_is_told(cells):
    assert parse(cells, KINDS)[1][0].text.startswith("thiếu cột")


def test_parents_come_first_whatever_the_order_of_rows():
    rows = [UnitRow(2, "C", "c", "cdcs", "B"), UnitRow(3, "B", "b", "cdcs", "A"), UnitRow(4, "A", "a", "cdcs", "T")]

    ordered, faults = parents_first(rows, {"T"})

    assert ([row.code for row in ordered], faults) == (["A", "B", "C"], [])


def test_unknown_parents_and_circles_are_told():
    lost = [UnitRow(2, "C", "c", "cdcs", "Z")]
    circle = [UnitRow(2, "A", "a", "cdcs", "B"), UnitRow(3, "B", "b", "cdcs", "A")]

    assert parents_first(lost, set())[1] == [Fault(2, "không có đơn vị nào mang mã cấp trên “Z”.")]
    assert [fault.row for fault in parents_first(circle, {"A", "B"})[1]] == [2, 3]


# --- the command ---------------------------------------------------------------------------------------------------

ROWS = [
    ["P1", "Công đoàn phường Quan Triều", "Công đoàn cấp trên cơ sở, phường, xã, khu công nghiệp", "TN"],
    ["C1", "CĐCS Nhà máy Giấy", "cdcs", "P1", 40, 60, "30/06/2026"],
    ["C2", "CĐCS Nhà máy Điện", "Công đoàn cơ sở", "P1", 10, 12, "30/06/2026"],
]


@pytest.fixture
def province(union):
    union.province_a.code = "TN"
    union.province_a.save(update_fields=["code"])
    return union.province_a


@pytest.fixture
def import_file(tmp_path, capsys):
    def run(rows, *options):
        path = tmp_path / "don-vi.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([HEADER, *rows]):
                sheet.write_row(number, 0, row)
        call_command("import_units", path, *options)
        return capsys.readouterr().out

    return run


def names():
    return dict(Unit.objects.filter(code__in=["P1", "C1", "C2"]).values_list("code", "name"))


def test_units_are_made_below_their_parents(province, import_file):
    out = import_file(list(reversed(ROWS)))

    assert out.startswith("3 dòng: 3 đơn vị mới, 0 đổi tên")
    factory = Unit.objects.get(code="C1")
    assert factory.parent.code == "P1"
    assert factory.path.startswith(province.path)
    assert factory.depth == 4
    assert list(Headcount.objects.filter(unit=factory).values_list("members", "workers", "on_day")) == [
        (40, 60, date(2026, 6, 30))
    ]


def test_the_same_file_again_changes_nothing(province, import_file):
    import_file(ROWS)
    before = list(Unit.objects.order_by("pk").values()), UnitName.objects.count(), Headcount.objects.count()

    out = import_file(ROWS)

    assert "0 đơn vị mới, 0 đổi tên, 0 chuyển cấp trên, 0 đổi loại, 3 giữ nguyên, 0 số liệu" in out
    assert (list(Unit.objects.order_by("pk").values()), UnitName.objects.count(), Headcount.objects.count()) == before


def test_a_new_name_keeps_the_old_one_findable(province, import_file):
    import_file(ROWS)

    import_file([[*ROWS[1][:1], "CĐCS Tập đoàn Giấy", *ROWS[1][2:4], 41, 61, "30/06/2026"]], "--from-day", "2026-07-01")

    assert names()["C1"] == "CĐCS Tập đoàn Giấy"
    kept = UnitName.objects.filter(unit__code="C1").order_by("pk").values_list("name", "to_day")
    assert list(kept) == [("CĐCS Nhà máy Giấy", date(2026, 7, 1)), ("CĐCS Tập đoàn Giấy", None)]
    assert Headcount.objects.get(unit__code="C1").members == 41


def test_a_dry_run_saves_nothing(province, import_file):
    assert "Chạy thử: chưa lưu gì." in import_file(ROWS, "--dry-run")
    assert names() == {}


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (["C3", "CĐCS Lạc", "cdcs", "KHONG-CO"], "Dòng 5: không có đơn vị nào mang mã cấp trên “KHONG-CO”."),
        (["C3", "CĐCS Không Cha", "cdcs", ""], "Dòng 5: thiếu mã cấp trên"),
        (["C3", "LĐLĐ tỉnh Lạ", "ldld-tinh", "C1"], "Dòng 5: “Liên đoàn Lao động tỉnh, thành phố” không thể nằm dưới “Công đoàn cơ sở”."),
        (["C3", "", "cdcs", "P1"], "Dòng 5: tên đơn vị"),
    ],
)  # fmt: skip
def test_one_faulty_row_saves_nothing(province, import_file, bad, told):
    with pytest.raises(CommandError, match="Chưa lưu gì cả") as refused:
        import_file([*ROWS, bad])

    assert told in str(refused.value)
    assert names() == {}


def test_another_parent_is_refused_unless_the_move_is_meant(province, union, import_file):
    import_file(ROWS)
    moved = [["C1", "CĐCS Nhà máy Giấy", "cdcs", union.ward_a.code]]

    with pytest.raises(CommandError, match="đang thuộc “P1”"):
        import_file(moved)
    import_file(moved, "--move")

    factory = Unit.objects.get(code="C1")
    assert factory.parent == union.ward_a
    assert factory.path.startswith(union.ward_a.path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", "Mã;Tên".encode(), b"\xd0\xcf\x11\xe0"])
def test_a_file_that_is_no_workbook_is_told(province, tmp_path, content):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=r"Không đọc được tệp|File"):
        call_command("import_units", path)
    with pytest.raises(CommandError, match="Không có tệp"):
        call_command("import_units", tmp_path / "khong-co.xlsx")


@pytest.mark.django_db
def test_many_units_take_as_many_queries_as_one(union, django_assert_max_num_queries):
    new = [NewUnit(f"N{number}", f"CĐCS {number}", union.factory_a.kind, union.ward_a) for number in range(200)]

    with django_assert_max_num_queries(7):  # with the savepoint around them
        units = create_units(new, from_day=date(2026, 1, 1))

    assert len({unit.path for unit in units} | {union.factory_a.path, union.school_a.path}) == 202


@pytest.mark.django_db
def test_every_kind_is_known_by_name_and_by_slug():
    words = kinds_by_word()

    assert words["cong doan co so"] == words["cdcs"] == "cdcs"
