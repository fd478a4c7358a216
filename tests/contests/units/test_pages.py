"""The board of units as people see it: what is shown when, to whom, and what a refresh costs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contests.rules.settings import ShowAfter
from tests import make
from tests.contests.units.sat import sat

pytestmark = pytest.mark.django_db
BOARDS = [
    {"key": "dong", "name": "Đơn vị đông nhất", "by": "entrants", "unit_kinds": ["cdcs"]},
    {"key": "ty-le", "name": "Tỷ lệ dự thi", "by": "rate", "unit_kinds": ["cdcs"], "min_size": 100},
    {"key": "diem", "name": "Điểm cao", "by": "mean_top", "unit_kinds": ["cdcs"]},
    {"key": "ct", "name": "Công thức", "by": "formula", "unit_kinds": ["cdcs"], "formula": "diem_tb * 2"},
]


@pytest.fixture
def contest(contest):
    contest.rules = {"unit_boards": BOARDS}
    contest.save()
    return contest


def address(contest, key="ty-le", name="unit_board"):
    return reverse(name, args=[contest.slug, key])


def hold_points_back(contest):
    round_ = contest.rounds.get()
    round_.rules |= {"show": ShowAfter.NOTHING.value, "review": "score"}
    round_.save()


def test_the_worked_numbers_and_who_is_left_out(client, contest, union):
    sat(contest, union.alice, union.factory_a, 300)
    sat(contest, union.bob, union.school_a, 300)

    text = client.get(address(contest)).content.decode()

    assert "1 ÷ 200 = 0,5 %" in text
    assert "0,5 %" in text
    assert "dưới 100 đoàn viên" in text
    assert "Đơn vị bạn" not in text


def test_the_peoples_board_names_the_boards_of_units(client, contest):
    text = client.get(reverse("board", args=[contest.slug])).content.decode()

    assert all(address(contest, one["key"]) in text and one["name"] in text for one in BOARDS)


def test_the_own_unit_is_marked_also_beyond_the_first_fifty(client, contest, union):
    for number in range(60):
        unit = make.make_unit(union.ward_a, f"Đơn vị {number:02d}", members=100)
        sat(contest, make.make_member(f"Người {number}", unit), unit, 100)
    client.force_login(union.alice)
    page = client.get(address(contest))

    assert len(page.context["lines"]) == 50
    assert (page.context["pinned"].name, page.context["pinned"].own, page.context["pinned"].place) == ("CĐCS Công ty Cổ phần May Sông Cầu", True, 61)  # fmt: skip
    rows = client.get(address(contest, name="unit_rows"), {"cua": union.factory_a.code}).content.decode()
    assert "Đơn vị bạn: CĐCS Công ty Cổ phần May Sông Cầu" in rows
    client.force_login(union.bob)
    assert "chưa xếp hạng: dưới 100 đoàn viên" in client.get(address(contest)).content.decode()


def test_boards_that_tell_of_points_wait_as_long_as_the_peoples_board(client, contest, union):
    hold_points_back(contest)
    sat(contest, union.alice, union.factory_a, 317)
    client.force_login(union.alice)

    for key in ("diem", "ct"):
        for name in ("unit_board", "unit_rows"):
            text = client.get(address(contest, key, name)).content.decode()
            assert "Bảng chưa công bố" in text
            assert "3,17" not in text
            assert "May Sông Cầu" not in text
    for key in ("dong", "ty-le"):
        assert "May Sông Cầu" in client.get(address(contest, key)).content.decode()


def test_a_refresh_of_what_has_not_changed_is_a_304(client, contest, union):
    sat(contest, union.alice, union.factory_a, 300)
    first = client.get(address(contest, name="unit_rows"))
    again = client.get(address(contest, name="unit_rows"), headers={"If-None-Match": first["ETag"]})
    sat(contest, make.make_member("Vũ Văn Dự", union.factory_a), union.factory_a, 100)
    changed = client.get(address(contest, name="unit_rows"), headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert changed.status_code == 200
    assert "2 ÷ 200 = 1 %" in changed.content.decode()
    assert "no-cache" in first["Cache-Control"]


def test_a_round_alone(client, contest, union):
    sat(contest, union.alice, union.factory_a, 300)

    assert "1 ÷ 200" in client.get(address(contest), {"dot": "1"}).content.decode()


@pytest.mark.parametrize("number", ["9", "x", "", "-1", "1e3", "²", "99999999999999999999"])
def test_a_round_that_is_not_there(client, contest, number):
    assert client.get(address(contest), {"dot": number}).status_code == 404
    assert client.get(address(contest, name="unit_rows"), {"dot": number}).status_code == 404


def test_a_board_that_is_not_there_or_of_a_draft(client, contest):
    assert client.get(address(contest, "khong-co")).status_code == 404
    contest.state = "draft"
    contest.save()
    assert client.get(address(contest)).status_code == 404
    assert client.get(address(contest, name="unit_rows")).status_code == 404
