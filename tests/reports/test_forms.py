"""The smaller forms, read back as Excel would: figures by unit, the call list with its messages, who won."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Member, Unit
from contests.models import Award, WinnersList
from contests.rules.prizes import OVERALL
from reports import queries
from reports.exports import FORMS
from reports.exports.absent_units import NAMED, message
from reports.exports.unit_summary import places
from reports.official import Course
from reports.participation import Absent, CountRow, HeadcountRow, UnitRow, figures_of, participation
from tests import make
from tests.reports.rows import CHECK, sat, table, written

AS_OF = datetime(2026, 11, 23, 3, 5, 7, tzinfo=UTC)


@pytest.fixture
def book(tmp_path):
    def book(form, contest, unit):
        made = openpyxl.load_workbook(io.BytesIO(written(form, contest, unit, tmp_path, as_of=AS_OF)))
        cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n"}, "no formula whatever a name looks like"
        assert not any(cell.hyperlink for cell in cells)
        for sheet in made:
            assert sheet["A5"].value == CHECK
            assert sheet["A4"].value.startswith("Số liệu lúc 10:05:07 ngày 23/11/2026")
        return made

    return book


@pytest.fixture
def played(union, contest):
    mill = make.make_unit(union.province_a, "=CĐCS Nhà máy", members=40)
    sat(contest, make.make_member("Người Một", mill), mill, 300)
    sat(contest, make.make_member("Người Hai", mill), mill, 100)
    sat(contest, union.alice, union.factory_a, 100, 200)
    office = make.make_member("Người Ba", union.ward_a)
    sat(contest, office, union.ward_a, 400)
    return contest


# --- by unit


def test_every_unit_has_a_row_that_equals_sql_and_subtotals_are_bold(book, union, played):
    made = book("units", played, union.province_a)

    [sheet] = made
    head, rows = table(sheet)
    assert head == [
        "STT", "Đơn vị", "Cấp", "Tổng đoàn viên", "Số người dự thi", "Tỷ lệ (%)", "Lượt thi", "Điểm trung bình", "Số người đạt",
        "CĐCS có người dự thi", "Tổng số CĐCS", "Xếp hạng theo số người", "Xếp hạng theo tỷ lệ",
    ]  # fmt: skip
    rows = rows[: next(place for place, row in enumerate(rows) if row[1] == "TỔNG CỘNG") + 1]
    assert [row[1] for row in rows] == [
        union.ward_a.name, f"{union.ward_a.name} (trực tiếp)", union.factory_a.name, union.school_a.name, "=CĐCS Nhà máy", "TỔNG CỘNG",
    ]  # fmt: skip
    for row in rows:
        if "(trực tiếp)" in row[1]:
            assert [row[4], row[6], row[8], row[11], row[12]] == [1, 1, 1, None, None]
            continue
        path = (union.province_a if row[1] == "TỔNG CỘNG" else Unit.objects.get(name=row[1])).path
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT count(DISTINCT e.id), count(*), count(DISTINCT e.id) FILTER (WHERE a."right" >= 2),
                       (SELECT sum(h.members) FROM accounts_headcount h JOIN accounts_unit u ON u.id = h.unit_id WHERE u.path LIKE %(path)s || '%%'),
                       (SELECT avg(s.points) / 100 FROM contests_standing s JOIN contests_entry x ON x.id = s.entry_id WHERE x.unit_path LIKE %(path)s || '%%')
                FROM contests_entry e JOIN contests_attempt a ON a.entry_id = e.id WHERE e.unit_path LIKE %(path)s || '%%'
                """,
                {"path": path},
            )
            people, attempts, passed, members, mean = cursor.fetchone()
        assert [row[3], row[4], row[6]] == [members, people, attempts], row[1]
        assert row[5] == pytest.approx(people / members)
        assert row[7] == (pytest.approx(float(mean)) if mean is not None else "—")
        assert row[8] == (passed if mean is not None else "—")
    assert {row[1]: row[11:13] for row in rows if row[2] == "Công đoàn cơ sở"} == {
        union.factory_a.name: [2, 2], union.school_a.name: [None, 3], "=CĐCS Nhà máy": [1, 1],
    }  # fmt: skip
    bold = {row[1].value for row in sheet.iter_rows(min_row=7) if row[1].value and row[1].font.bold}
    assert bold >= {union.ward_a.name, "TỔNG CỘNG"}
    assert union.factory_a.name not in bold


def test_equals_share_a_place_within_their_kind_only():
    rows = [UnitRow("0001.", "R", "R", "Tỉnh", False)]
    rows += [UnitRow(f"0001.000{n}.", str(n), str(n), kind, True) for n, kind in enumerate("AAAAB", 1)]
    heads = [HeadcountRow(f"0001.000{n}.", 10, AS_OF.date()) for n in (1, 2, 3, 5)]
    counts = [CountRow(f"0001.000{n}.", people, people, people, 0, 0) for n, people in enumerate((5, 5, 4, 9, 1), 1)]

    by_people, by_rate = places(figures_of(participation("0001.", rows, heads, counts)))

    kind_a = [f"0001.000{n}." for n in range(1, 5)]
    assert [by_people.get(path) for path in kind_a] == [2, 2, 4, 1]
    assert [by_rate.get(path) for path in kind_a] == [1, 1, 3, None]
    assert (by_people["0001.0005."], by_rate["0001.0005."]) == (1, 1)


# --- who is missing


def test_the_call_list_has_a_message_for_each_unit_above(book, union, contest, settings):
    far = make.make_unit(union.province_a, "=Công đoàn phường Xa", "cap-tren-co-so")
    make.make_unit(far, "@CĐCS Xa", members=7)
    sat(contest, union.alice, union.factory_a, 100)

    made = book("absent", contest, union.province_a)

    assert made.sheetnames == ["CĐCS chưa có người dự thi", "Tin nhắn"]
    assert [row[1] for row in table(made.worksheets[0])[1]] == [union.school_a.name, "@CĐCS Xa"]
    assert made.worksheets[0]["A2"].value == "CĐCS CHƯA CÓ NGƯỜI DỰ THI: 2 TRÊN 3"
    _, rows = table(made["Tin nhắn"])
    assert [row[:3] for row in rows] == [[1, union.ward_a.name, 1], [2, far.name, 1]]
    lines = rows[1][3].split("\n")
    assert lines[0] == "Kính gửi =Công đoàn phường Xa,"
    assert lines[2] == "1. @CĐCS Xa (7 đoàn viên)"
    assert lines[3].endswith(f" tại {settings.SITE_URL}/c/{contest.share_code}/")


def test_a_message_asks_for_nothing_after_the_close_and_is_never_longer_than_a_cell():
    units = [Absent("CĐCS " + "x" * 100, "", "", 1000)] * (NAMED + 50)
    open_, over = (Course("T", "A", "A", 1, None, AS_OF + timedelta(hours=hours)) for hours in (2, -2))

    text = message("B", units, open_, as_of=AS_OF, link="https://x.vn/c/a/")

    assert "Đến 10:05 ngày 23/11/2026, 250 công đoàn cơ sở sau chưa có" in text
    assert "trước 12:05 ngày 23/11/2026 tại https://x.vn/c/a/" in text
    assert "và 50 đơn vị nữa" in text
    assert len(text) < 32_767
    assert "Đề nghị" not in message("B", units, over, as_of=AS_OF, link="")


# --- who won


def published(contest, by, other, **fields):
    now = timezone.now()
    return WinnersList.objects.create(
        contest=contest, as_of=now, snapshot={"contest_rules": {}}, proposed_by=by, proposed_at=now, verified_by=by, verified_at=now,
        **{"number": 1, "state": "published", "published_by": other, "published_at": now} | fields,
    )  # fmt: skip


def test_published_prizes_of_the_unit_are_listed_and_nothing_else(book, union, contest):
    one, other = sat(contest, union.alice, union.factory_a, 300), sat(contest, union.bob, union.school_a, 100)
    Member.objects.filter(pk=union.alice.pk).update(full_name="=Trần Thị Ánh", phone="+84912345678")
    winners = published(contest, union.olga, union.staff_b)
    common = {"tier": 1, "why": "4 câu đúng", "ranking": OVERALL}
    rows = [
        {"entry": one, "prize": "Giải Nhất", "amount": 2_000_000, "place": 1, "given": True},
        {"entry": other, "prize": "Giải Nhì", "amount": 1_000_000, "place": 2, "given": True},
        {"entry": other, "prize": "Giải Nhất", "amount": 2_000_000, "place": 2, "given": False},
        {"unit": union.factory_a, "prize": "Giải tập thể", "amount": 500_000, "place": 1, "given": True},
    ]
    for position, row in enumerate(rows, 1):
        Award.objects.create(winners_list=winners, position=position, **common, **row)

    sheet = book("winners", contest, union.province_a)["Danh sách đạt giải"]

    _, lines = table(sheet)
    assert sheet["A2"].value == "DANH SÁCH ĐẠT GIẢI: 3 GIẢI, 3.500.000 ĐỒNG"
    assert [[line[0], line[1], *line[3:8], line[9]] for line in lines[:4]] == [
        [1, "Giải Nhất", "=Trần Thị Ánh", "0912345678", union.factory_a.name, union.ward_a.name, 1, 2_000_000],
        [2, "Giải Nhì", union.bob.full_name, lines[1][4], union.school_a.name, union.ward_a.name, 2, 1_000_000],
        [3, "Giải tập thể", union.factory_a.name, None, None, union.ward_a.name, 1, 500_000],
        [None, "TỔNG CỘNG", None, None, None, None, None, 3_500_000],
    ]
    assert lines[1][4].startswith("0")
    assert FORMS["winners"].figures(contest, union.province_a) == {"Số giải": 3, "Tổng giá trị giải (đồng)": 3_500_000}
    assert [row.name for row in queries.won(contest, union.school_a)] == [union.bob.full_name], "of the unit alone"
    assert queries.won(contest, union.province_b) == []


@pytest.mark.parametrize("state", ["proposed", "verified", "replaced", "withdrawn"])
def test_what_is_not_published_is_not_listed(book, union, contest, state):
    entry = sat(contest, union.alice, union.factory_a, 300)
    winners = published(contest, union.olga, union.staff_b, state=state, withdrawn_reason="nhầm", withdrawn_by=union.olga, withdrawn_at=AS_OF)  # fmt: skip
    Award.objects.create(winners_list=winners, position=1, entry=entry, prize="Giải Nhất", tier=1, amount=1, ranking=OVERALL, given=True, place=1)  # fmt: skip

    sheet = book("winners", contest, union.province_a).active

    assert sheet["A2"].value == "DANH SÁCH ĐẠT GIẢI: 0 GIẢI, 0 ĐỒNG"
    assert "Chưa có giải nào được công bố" in sheet["A4"].value
