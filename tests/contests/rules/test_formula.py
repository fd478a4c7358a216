"""Formulas of organizers: exact numbers, the sums shown, and nothing that is not on the list."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.formula import MAX_LENGTH, FormulaRefused, evaluate, parse_formula, worked, written

UNIT = {"thi_sinh": 120, "luot": 150, "doan_vien": 200, "lao_dong": 0, "diem_tb": Fraction(37, 2), "diem_top": 20, "dung_het": 3, "giai": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("thi_sinh / doan_vien * 100", 60, "120 ÷ 200 × 100 = 60"),
        ("thi_sinh ÷ doan_vien × 100", 60, "120 ÷ 200 × 100 = 60"),
        ("(thi_sinh + luot) / 2", 135, "(120 + 150) ÷ 2 = 135"),
        ("thi_sinh - (luot - giai)", -29, "120 − (150 − 1) = −29"),
        ("luot / (thi_sinh / 2)", Fraction(5, 2), "150 ÷ (120 ÷ 2) = 2,5"),
        ("0.1 + 0.2 + 0 * luot", Fraction(3, 10), "0,1 + 0,2 + 0 × 150 = 0,3"),
        ("min(thi_sinh, luot, 100)", 100, "min(120; 150; 100) = 100"),
        ("max(diem_tb, diem_top) * 1000", 20000, "max(18,5; 20) × 1.000 = 20.000"),
        ("round(diem_tb)", 19, "round(18,5) = 19"),
        ("round(luot / 7, 2)", Fraction(2143, 100), "round(150 ÷ 7; 2) = 21,43"),
        ("-giai * 2", -2, "−1 × 2 = −2"),
        ("thi_sinh / lao_dong", None, "120 ÷ 0 = không tính được vì chia cho 0"),
        ("1 / (giai - 1)", None, "1 ÷ (1 − 1) = không tính được vì chia cho 0"),
    ],
)
def test_values_and_the_sums_shown(text, value, shown):
    formula = parse_formula(text)

    assert evaluate(formula, UNIT) == value
    assert worked(formula, UNIT) == shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Chưa có công thức"),
        ("   ", "Chưa có công thức"),
        ("1 + 1", "chưa dùng số liệu"),
        ("thi_sinh ** 2", "luỹ thừa"),
        ("9 ** 9 ** 9 ** 9 + luot", "luỹ thừa"),
        ("thi_sinh // 2", "Chỉ dùng được các phép tính"),
        ("thi_sinh % 2", "Chỉ dùng được các phép tính"),
        ("tien_thuong + luot", "“tien_thuong”"),
        ("__import__('os').system('x')", "Công thức chỉ gồm"),
        ("thi_sinh.__class__", "Công thức chỉ gồm"),
        ("[x for x in luot]", "Công thức chỉ gồm"),
        ("lambda: luot", "Công thức chỉ gồm"),
        ("luot if giai else 0", "Công thức chỉ gồm"),
        ("luot > 3", "Công thức chỉ gồm"),
        ("'a' * luot", "Công thức chỉ gồm"),
        ("True + luot", "Công thức chỉ gồm"),
        ("1j + luot", "Công thức chỉ gồm"),
        ("abs(luot)", "Công thức chỉ gồm"),
        ("min()", "Hàm min"),
        ("min(*luot)", "Công thức chỉ gồm"),
        ("max(luot, key=1)", "Công thức chỉ gồm"),
        ("round(luot, giai)", "Hàm round"),
        ("round(luot, 99)", "Hàm round"),
        ("luot + 1e300", "quá lớn"),
        ("luot + 99999999999", "quá lớn"),
        ("luot +", "Không đọc được"),
        ("thi_sinh; luot", "Không đọc được"),
        ("luot\x00", "Không đọc được"),
        ("0,5 * luot", "dấu chấm"),
        ("(" * 90 + "luot" + ")" * 90 + "+" * 30, "Không đọc được"),
        ("-" * 50 + "luot", "lồng quá nhiều"),
        ("+".join(["luot"] * 58), "phức tạp"),
        ("luot" + "+1" * MAX_LENGTH, "dài quá"),
    ],
)
def test_what_is_not_on_the_list_is_refused_with_words(text, says):
    with pytest.raises(FormulaRefused, match=says):
        parse_formula(text)


@given(st.text(alphabet="0123456789+-*/(). ,thi_snludoav_ạ[]{}'\"\\\n", max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        formula = parse_formula(text)
    except FormulaRefused:
        return
    value = evaluate(formula, UNIT)
    assert value is None or isinstance(value, Fraction)
    assert " = " in worked(formula, UNIT)


whole = st.integers(0, 10**6)


@given(whole, whole, whole)
def test_a_formula_gives_what_arithmetic_gives(a, b, c):
    formula = parse_formula("(thi_sinh - luot) / doan_vien * 100")
    wanted = None if c == 0 else Fraction(a - b, c) * 100

    assert evaluate(formula, {"thi_sinh": a, "luot": b, "doan_vien": c}) == wanted


def test_a_number_beyond_every_float_is_written_whole():
    big = parse_formula("*".join(["999999999"] * 18) + " * luot")
    power = parse_formula("*".join([f"({'*'.join(['1000000000'] * 5)})"] * 5) + "*luot")

    assert worked(big, UNIT).endswith(f"{999999999**18 * 150:,}".replace(",", "."))
    assert worked(power, UNIT).endswith("= 150" + ".000" * 75)


@given(st.fractions(), st.integers(0, 6))
def test_what_is_written_is_the_rounded_value(value, places):
    text = written(value, places).replace(".", "").replace(",", ".").replace("−", "-")

    assert abs(Fraction(text) - value) <= Fraction(1, 2 * 10**places)
    assert text == "0" or text.lstrip("-")[-1:] != "0" or "." not in text
