"""Who of the roster has not begun: the right people, for the right readers, as a file."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.utils import timezone

from contests.models import Entry, RosterLine
from reports.roster_queries import has_roster, missing_people
from tests import make
from tests.reports.rows import sat, table, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(union, contest):
    """Alice sat; Bob registered only; Dũng has an account; Ánh has none; Yến sat elsewhere; one has no unit."""
    contest.rules = {"eligibility": {"roster": True}}
    contest.save()
    other = make.make_unit(union.province_a, "CĐCS Văn phòng")
    people = make.make_members(
        [
            ("Vũ Đình Dũng", union.factory_a, {"email": "dung@example.vn"}),
            ("Lê Thị Yến", other, {}),
            ("Phạm Không Nơi", None, {}),
        ]
    )
    sat(contest, union.alice, union.factory_a, 200)
    sat(contest, people[1], other, 100)
    Entry.objects.create(
        contest=contest, member=union.bob, unit=union.school_a, unit_path=union.school_a.path, unit_name=union.school_a.name,
        entered_at=timezone.now(),
    )  # fmt: skip
    lines = [
        (union.alice.phone, "Ánh sai tên"),
        (union.bob.phone, "Bình"),
        ("dung@example.vn", "Dũng"),
        (people[1].phone, "Yến"),
        (people[2].phone, "Nơi"),
        ("+84900000999", "Đỗ Thị Ánh"),
    ]
    RosterLine.objects.bulk_create(RosterLine(contest=contest, login=login, name=name) for login, name in lines)
    return contest


def told(contest, unit):
    return [(one.name, one.unit, one.how_far) for one in missing_people(contest, unit)]


def test_who_has_not_begun_and_how_far_they_are(union, listed):
    assert told(listed, union.province_a) == [
        ("Đỗ Thị Ánh", "", "chưa có tài khoản"),
        ("Lê Văn Bình", union.school_a.name, "đã đăng ký, chưa vào thi"),
        ("Vũ Đình Dũng", union.factory_a.name, "có tài khoản, chưa vào thi"),
        ("Phạm Không Nơi", "", "có tài khoản, chưa vào thi"),
    ]


def test_a_unit_below_is_told_its_own_people_only(union, listed):
    assert [name for name, *_ in told(listed, union.factory_a)] == ["Vũ Đình Dũng"]
    assert [name for name, *_ in told(listed, union.ward_a)] == ["Lê Văn Bình", "Vũ Đình Dũng"]
    assert told(listed, union.province_b) == []


def test_without_a_roster_there_is_no_such_file(union, contest, listed):
    assert has_roster(listed)
    listed.rules = {}
    assert not has_roster(listed)
    listed.rules = {"eligibility": {"roster": True}}
    RosterLine.objects.all().delete()
    assert not has_roster(listed)


def test_the_file_has_a_line_a_person(union, listed, tmp_path):
    data = written("absent_people", listed, union.province_a, tmp_path, as_of=timezone.now())

    _, rows = table(openpyxl.load_workbook(io.BytesIO(data)).active)
    assert [row[1] for row in rows] == [name for name, *_ in told(listed, union.province_a)]
    assert rows[0][2] == "0900000999"
    assert rows[2][2] == "dung@example.vn"


def test_the_number_of_queries_does_not_grow_with_people(union, listed, django_assert_num_queries):
    make.make_members([(f"Người {at}", union.factory_a, {"email": f"n{at}@example.vn"}) for at in range(9)])
    RosterLine.objects.bulk_create(RosterLine(contest=listed, login=f"n{at}@example.vn", name="") for at in range(9))

    with django_assert_num_queries(4):
        assert len(missing_people(listed, union.factory_a)) == 10
