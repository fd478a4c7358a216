"""Units against each other: values, places, the numbers shown, and who is left out and why."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.contest_settings import PeopleOf, UnitBoard, UnitBy
from contests.rules.formula import QUANTITIES, parse_formula
from contests.rules.unit_board import (
    UnitFigures,
    hints_at_results,
    quantities,
    rank_units,
    value_text,
)


def board(by: str, **fields: Any) -> UnitBoard:
    return UnitBoard("b", "Bảng", UnitBy(by), **fields)


def unit(number: int, name: str = "", **fields: Any) -> UnitFigures:
    return UnitFigures(number, name or f"Đơn vị {number}", f"0001.{number:04d}.", **fields)


def seen(board_: UnitBoard, *units: UnitFigures) -> list[tuple[Any, ...]]:
    return [(one.place, one.unit.unit, one.value, one.worked, one.why_not) for one in rank_units(board_, units)]


def test_by_entrants_equal_numbers_share_a_place_and_stand_by_name():
    units = [unit(1, "Bệnh viện", entrants=5), unit(2, "Ấm no", entrants=7), unit(3, "Áo xanh", entrants=5), unit(4)]

    assert seen(board("entrants"), *units) == [
        (1, 2, 7, "7 người dự thi", ""),
        (2, 3, 5, "5 người dự thi", ""),
        (2, 1, 5, "5 người dự thi", ""),
        (4, 4, 0, "0 người dự thi", ""),
    ]


def test_by_rate_a_small_unit_and_one_without_a_headcount_are_named_with_the_reason():
    units = [
        unit(1, entrants=120, members=200),
        unit(2, entrants=19, members=19),
        unit(3, entrants=9),
        unit(4, entrants=1, members=0),
        unit(5, entrants=20, members=20),
        unit(6, entrants=30, members=20),
    ]

    assert seen(board("rate", min_size=20), *units) == [
        (1, 6, 150, "30 ÷ 20 = 150 %", ""),
        (2, 5, 100, "20 ÷ 20 = 100 %", ""),
        (3, 1, 60, "120 ÷ 200 = 60 %", ""),
        (None, 2, None, "", "dưới 20 đoàn viên"),
        (None, 3, None, "", "không có số đoàn viên"),
        (None, 4, None, "", "dưới 20 đoàn viên"),
    ]
    assert seen(board("rate", people=PeopleOf.WORKERS), unit(1, members=9, workers=3, entrants=1), unit(2)) == [
        (1, 1, Fraction(100, 3), "1 ÷ 3 = 33,3333 %", ""),
        (None, 2, None, "", "không có số lao động"),
    ]


def test_a_smallest_size_holds_for_every_kind_of_board():
    small = unit(1, entrants=5, members=4, top_results=1, top_points=100)

    for by in ("entrants", "rate", "mean_top"):
        assert seen(board(by, min_size=5), small) == [(None, 1, None, "", "dưới 5 đoàn viên")]
        assert seen(board(by, min_size=4), small)[0][0] == 1


def test_by_the_mean_of_the_best():
    units = [unit(1, top_results=10, top_points=18550, results=99, points=1), unit(2, top_results=1, top_points=1900), unit(3)]  # fmt: skip

    assert seen(board("mean_top"), *units) == [
        (1, 2, 19, "19 điểm ÷ 1 người = 19", ""),
        (2, 1, Fraction(371, 20), "185,5 điểm ÷ 10 người = 18,55", ""),
        (None, 3, None, "", "chưa có ai có kết quả"),
    ]


def test_by_a_formula_with_its_numbers_and_with_what_is_missing():
    rule = parse_formula("thi_sinh / doan_vien * 100 + dung_het")

    assert seen(
        board("formula", formula=rule), unit(1, entrants=3, members=4, perfect=2), unit(2), unit(3, members=0)
    ) == [
        (1, 1, 77, "3 ÷ 4 × 100 + 2 = 77", ""),
        (None, 2, None, "", "không có số đoàn viên"),
        (None, 3, None, "0 ÷ 0 × 100 + 0 = không tính được vì chia cho 0", "chia cho 0"),
    ]
    mean = board("formula", formula=parse_formula("diem_tb + diem_top / 2"))
    assert seen(mean, unit(1, results=2, points=300, top_results=1, top_points=200), unit(2)) == [
        (1, 1, Fraction(5, 2), "1,5 + 2 ÷ 2 = 2,5", ""),
        (None, 2, None, "", "chưa có ai có kết quả"),
    ]


def test_every_quantity_of_the_language_has_its_number():
    assert quantities(unit(1)).keys() == QUANTITIES.keys()


@pytest.mark.parametrize(
    ("value", "by", "text"),
    [
        (120, "entrants", "120 người"),
        (Fraction(100, 3), "rate", "33,33 %"),
        (Fraction(37, 2), "mean_top", "18,5 điểm"),
    ],
)
def test_values_in_words(value, by, text):
    assert value_text(board(by), Fraction(value)) == text


@pytest.mark.parametrize(
    ("fields", "hints"),
    [
        ({"by": "entrants"}, False),
        ({"by": "rate"}, False),
        ({"by": "mean_top"}, True),
        ({"by": "formula", "formula": parse_formula("luot / thi_sinh + doan_vien - lao_dong")}, False),
        ({"by": "formula", "formula": parse_formula("luot / thi_sinh + 0 * giai")}, True),
        ({"by": "formula", "formula": parse_formula("dung_het")}, True),
    ],
)
def test_what_hints_at_results(fields, hints):
    assert hints_at_results(board(**fields)) is hints


counts = st.integers(0, 30)
known = st.none() | counts
figures = st.builds(
    UnitFigures,
    unit=st.integers(1, 10**6), name=st.sampled_from(["Bình An", "binh an", "Áo", "Ấm", ""]), path=st.text("01.", max_size=4),
    entrants=counts, attempts=counts, members=known, workers=known, results=counts, points=counts, top_results=counts,
    top_points=counts, perfect=counts, winners=counts,
)  # fmt: skip
FORMULAS = ["thi_sinh / doan_vien", "diem_top - diem_tb", "luot / (giai - dung_het)", "min(lao_dong, 3) - giai"]
boards = st.builds(
    UnitBoard,
    key=st.just("b"), name=st.just("B"), by=st.sampled_from([UnitBy.ENTRANTS, UnitBy.RATE, UnitBy.MEAN_TOP]),
    min_size=st.integers(1, 5), people=st.sampled_from(PeopleOf),
) | st.builds(
    UnitBoard,
    key=st.just("b"), name=st.just("B"), by=st.just(UnitBy.FORMULA), min_size=st.integers(1, 5),
    formula=st.sampled_from([parse_formula(text) for text in FORMULAS]),
)  # fmt: skip


@given(boards, st.lists(figures, max_size=12, unique_by=lambda one: one.unit), st.randoms(use_true_random=False))
def test_the_ranking_is_total_and_does_not_know_the_order_of_its_input(board_, units, chance):
    ranking = rank_units(board_, units)
    mixed = list(units)
    chance.shuffle(mixed)

    assert rank_units(board_, mixed) == ranking
    assert sorted(one.unit.unit for one in ranking) == sorted(one.unit for one in units), "nobody twice, nobody lost"
    placed = [one for one in ranking if one.place is not None]
    assert ranking[: len(placed)] == placed, "those without a place come last"
    for one in ranking:
        assert (one.place is None) == (one.value is None) == bool(one.why_not)
        if one.place is not None:
            assert one.place == 1 + sum(other.value > one.value for other in placed)
