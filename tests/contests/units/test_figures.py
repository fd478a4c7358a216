"""Figures by unit from the tables: who counts where, who does not, and the same rate as in the staff's reports."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import PATH_LABEL, move_unit
from accounts.models import Headcount
from contests.models import Exclusion, Round
from contests.queries.places import LABEL
from contests.queries.unit_boards import unit_ranking, winners_of
from contests.rules.contest_settings import UnitBoard, UnitBy
from contests.rules.formula import parse_formula
from reports.participation import participation, report_of
from reports.queries import material
from tests import make
from tests.contests.units.sat import sat

pytestmark = pytest.mark.django_db
WHOLE = "Liên đoàn Lao động tỉnh Thái Nguyên"
WARD, FACTORY, SCHOOL = "Công đoàn phường Phan Đình Phùng", "CĐCS Công ty Cổ phần May Sông Cầu", "CĐCS Trường Mầm non Hoa Sen"  # fmt: skip


def board(by: str = "entrants", **fields) -> UnitBoard:
    return UnitBoard("b", "Bảng", UnitBy(by), **fields)


def formula(text: str, **fields) -> UnitBoard:
    return board("formula", formula=parse_formula(text), **fields)


def seen(contest, board_, round_=None):
    return [
        (one.place, one.unit.name, one.value if one.place else one.why_not)
        for one in unit_ranking(contest, board_, round_)
    ]


def add_round(contest, number=2):
    first = contest.rounds.get(number=1)
    return Round.objects.create(
        contest=contest, number=number, title=f"Tuần {number}", opens_at=first.opens_at, closes_at=first.closes_at, rules=first.rules
    )  # fmt: skip


def exclude(contest, member):
    return Exclusion.objects.create(contest=contest, member=member, reason="Thư ký", created_at=timezone.now())


def test_label_is_that_of_the_tree():
    assert LABEL == PATH_LABEL + 1


def test_without_kinds_the_units_right_below_the_audience_are_compared(contest, union):
    make.make_unit(union.province_a, "Công đoàn xã Hà Thượng", "cap-tren-co-so")
    sat(contest, union.alice, union.factory_a, 300)
    sat(contest, union.bob, union.school_a, 200)

    assert seen(contest, board()) == [(1, WARD, 2), (2, "Công đoàn xã Hà Thượng", 0)]


def test_an_audience_with_nothing_below_is_compared_itself(contest, union):
    contest.audience = union.factory_a
    contest.save()
    sat(contest, union.alice, union.factory_a, 300)

    assert seen(contest, board("rate")) == [(1, FACTORY, Fraction(1, 2))]


def test_with_kinds_everybody_counts_for_the_nearest_above(contest, union):
    sat(contest, union.alice, union.factory_a, 300)
    sat(contest, union.bob, union.school_a, 200)
    sat(contest, make.make_member("Vũ Văn Dự", union.ward_a), union.ward_a, 100)
    sat(contest, make.make_member("Đỗ Thị Én", union.province_a), union.province_a, 100)

    assert seen(contest, board(unit_kinds=("cdcs",))) == [(1, FACTORY, 1), (1, SCHOOL, 1)]
    assert seen(contest, board(unit_kinds=("cap-tren-co-so",))) == [(1, WARD, 3)]
    assert seen(contest, board(unit_kinds=("cdcs", "ldld-tinh", "cap-tren-co-so"))) == [
        (1, FACTORY, 1),
        (1, SCHOOL, 1),
        (1, WARD, 1),
        (1, WHOLE, 1),
    ]
    assert seen(contest, board(unit_kinds=("khong-co",))) == []


def test_only_attempts_that_count_make_an_entrant(contest, union):
    sat(contest, union.alice, union.factory_a, 300, 200)
    sat(contest, union.bob, union.school_a, 200, state="voided")
    sat(contest, make.make_member("Vũ Văn Dự", union.school_a), union.school_a, 100, state="started")
    kinds = {"unit_kinds": ("cdcs",)}

    assert seen(contest, board(**kinds)) == [(1, FACTORY, 1), (2, SCHOOL, 0)]
    assert seen(contest, formula("luot", **kinds)) == [(1, FACTORY, 2), (2, SCHOOL, 0)]


def test_who_is_excluded_took_part_but_brings_no_points(contest, union):
    sat(contest, union.alice, union.factory_a, 300)
    sat(contest, make.make_member("Vũ Văn Dự", union.factory_a), union.factory_a, 100)
    exclusion = exclude(contest, union.alice)
    kinds = {"unit_kinds": ("cdcs",)}

    assert seen(contest, board(**kinds))[0] == (1, FACTORY, 2)
    assert seen(contest, formula("diem_tb + diem_top", **kinds))[0] == (1, FACTORY, 2)
    exclusion.revoked_at = timezone.now()
    exclusion.save()
    assert seen(contest, formula("diem_tb + diem_top", **kinds))[0] == (1, FACTORY, 4)


def test_a_round_alone_and_the_whole_contest(contest, union):
    second = add_round(contest)
    sat(contest, union.alice, union.factory_a, 300)
    sat(contest, union.alice, union.factory_a, 100, round_number=2)
    sat(contest, union.bob, union.school_a, 200)
    kinds = {"unit_kinds": ("cdcs",)}

    assert seen(contest, board("mean_top", **kinds)) == [(1, FACTORY, 4), (2, SCHOOL, 2)]
    assert seen(contest, board("mean_top", **kinds), second) == [(1, FACTORY, 1), (None, SCHOOL, "chưa có ai có kết quả")]  # fmt: skip
    assert seen(contest, board(**kinds), second) == [(1, FACTORY, 1), (2, SCHOOL, 0)]


def test_a_headcount_is_that_of_the_first_day(contest, union):
    sat(contest, union.alice, union.factory_a, 300)
    today = timezone.localdate()
    Headcount.objects.create(unit=union.factory_a, on_day=today + timedelta(days=1), members=1, workers=1)
    Headcount.objects.create(unit=union.ward_a, on_day=today, members=3, workers=5)
    Headcount.objects.create(unit=union.factory_a, on_day=date(2020, 1, 1), members=1, workers=1)

    assert unit_ranking(contest, board("rate"))[0].worked == "1 ÷ 253 = 0,3953 %"
    assert seen(contest, formula("thi_sinh / lao_dong"))[0][2] == Fraction(1, 275)


def test_a_unit_that_moved_away_counts_where_its_people_sat(contest, union):
    sat(contest, union.alice, union.factory_a, 300)
    move_unit(unit=union.ward_a, parent=union.province_b)

    assert seen(contest, board()) == [(1, WARD, 1)]
    assert seen(contest, board(unit_kinds=("cap-tren-co-so",))) == [(1, WARD, 1)]
    assert unit_ranking(contest, board("rate"))[0].worked == "1 ÷ 200 = 0,5 %"


def test_prizes_count_for_the_unit_of_who_holds_them(contest, union):
    contest.rules = {"unit_boards": [{"key": "b", "name": "B"}], "prizes": [{"name": "Nhất", "count": 1, "amount": 9}, {"name": "Nhì", "count": 1, "round": 1}, {"name": "Đơn vị", "count": 1, "for": "unit", "board": "b"}]}  # fmt: skip
    contest.save()
    sat(contest, union.alice, union.factory_a, 300)
    sat(contest, union.bob, union.school_a, 200)
    third = sat(contest, make.make_member("Vũ Văn Dự", union.school_a), union.school_a, 100)
    giai = formula("giai", unit_kinds=("cdcs",))

    assert seen(contest, giai) == [(1, FACTORY, 1), (1, SCHOOL, 1)], "one prize a person: the second is Bob's"
    exclude(contest, union.alice)
    assert seen(contest, giai) == [(1, SCHOOL, 2), (2, FACTORY, 0)]
    assert third.public_id.hex in winners_of(contest)


def test_a_shared_place_with_too_few_prizes_has_no_winner_yet(contest, union):
    contest.rules = {"prizes": [{"name": "Nhất", "count": 1}]}
    contest.save()
    for member in (union.alice, union.bob):
        sat(contest, member, union.factory_a, 300)

    assert winners_of(contest) == set()


def test_winners_in_divisions_and_rounds(contest, union):
    contest.rules = {
        "divisions": [{"key": "a", "name": "A", "declared": True}, {"key": "b", "name": "B"}],
        "prizes": [{"name": "Tuần", "count": 1, "round": "each", "division": "each"}],
    }
    contest.save()
    add_round(contest)
    ann = sat(contest, union.alice, union.factory_a, 300)
    bob = sat(contest, union.bob, union.school_a, 200)
    eve = sat(contest, make.make_member("Đỗ Thị Én", union.school_a), union.school_a, 100, round_number=2)
    bob.division = eve.division = "b"
    ann.division = "a"
    for entry in (ann, bob, eve):
        entry.save()

    assert winners_of(contest) == {ann.public_id.hex, bob.public_id.hex, eve.public_id.hex}


@pytest.mark.parametrize("seed", range(6))
def test_random_trees_and_people_give_the_figures_counted_by_hand_and_the_rates_of_the_reports(contest, union, seed):
    chance = random.Random(seed)
    units = [union.province_a]
    for number in range(25):
        units.append(
            make.make_unit(chance.choice(units[-6:]), f"Đơn vị {number}", chance.choice(["cdcs", "cap-tren-co-so"]), members=chance.choice([0, 0, 7, 30]))
        )  # fmt: skip
    people = []
    for number in range(40):
        unit = chance.choice(units)
        member = make.make_member(f"Người {number}", unit)
        points = [chance.randrange(0, 5) * 100 for _ in range(chance.randint(1, 2))]
        sat(contest, member, unit, *points, perfect=int(max(points) == 400))
        people.append((member, unit, points))
    excluded = {member.pk for member, *_ in chance.sample(people, 6)}
    for member, *_ in people:
        if member.pk in excluded:
            exclude(contest, member)
    kinds = ("cap-tren-co-so", "cdcs") if seed % 2 else ("cap-tren-co-so",)
    top = chance.randint(1, 4)

    def nearest(unit):
        while unit is not None and unit.kind.slug not in kinds:
            unit = unit.parent
        return unit.pk if unit else None

    by_unit = defaultdict(list)
    for member, unit, points in people:
        by_unit[nearest(unit)].append((member, points))
    for one in unit_ranking(contest, formula("diem_top + luot", unit_kinds=kinds, top=top)):
        figures, own = one.unit, by_unit[one.unit.unit]
        scores = sorted((max(points) for member, points in own if member.pk not in excluded), reverse=True)
        assert (figures.entrants, figures.attempts) == (len(own), sum(len(points) for _, points in own))
        assert (figures.results, figures.points) == (len(scores), sum(scores))
        assert (figures.top_results, figures.top_points) == (len(scores[:top]), sum(scores[:top]))
        assert figures.perfect == scores.count(400)

    report = report_of(participation(contest.audience.path, *vars_of(material(contest, contest.audience))))
    ranking = {one.unit.path: one for one in unit_ranking(contest, board("rate"))}
    for child in report.children:
        one = ranking[child.path]
        assert (one.unit.members, one.unit.entrants) == (child.members, child.participants)
        assert (None if one.value is None else float(one.value / 100)) == child.rate
    assert ranking.keys() == {child.path for child in report.children}


def vars_of(found):
    return found.units, found.headcounts, found.counts


def test_the_number_of_queries_does_not_grow(contest, union):
    contest.rules = {"prizes": [{"name": "Nhất", "count": 3}]}
    contest.save()
    rule = formula("giai / doan_vien", unit_kinds=("cdcs",))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            unit_ranking(contest, rule)
        return len(queries)

    sat(contest, union.alice, union.factory_a, 300)
    few = count()
    for number in range(12):
        unit = make.make_unit(union.ward_a, f"Đơn vị {number}", members=5)
        sat(contest, make.make_member(f"Người {number}", unit), unit, 100)
    assert count() == few <= 11
