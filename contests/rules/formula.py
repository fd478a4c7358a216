"""The small language in which an organizer writes how units are ranked: named quantities, + − × ÷, min, max, round.

No `eval`: a text is read by Python's parser into a tree, every node of which must be on the list below; values are exact
fractions, so that a formula gives the same number on every machine. A division by zero has no value: the unit is not ranked.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

MAX_LENGTH = 300  # characters
MAX_DEPTH = 20
MAX_NODES = 120
MAX_NUMBER = 10**9
MAX_ARGUMENTS = 8

# name → what it says of a unit; the words of the rules page and of the form
QUANTITIES = {
    "thi_sinh": "số người dự thi",
    "luot": "số lượt thi",
    "doan_vien": "số đoàn viên",
    "lao_dong": "số lao động",
    "diem_tb": "điểm trung bình của người dự thi",
    "diem_top": "điểm trung bình của những người cao điểm nhất",
    "dung_het": "số người đúng tất cả các câu",
    "giai": "số người đoạt giải",
}
_OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷"}
_FUNCTIONS = {"min": (1, MAX_ARGUMENTS), "max": (1, MAX_ARGUMENTS), "round": (1, 2)}


class FormulaRefused(ValueError):
    """A formula that cannot be used; the message is a sentence for the organizer."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read. `text` is what the organizer wrote."""

    text: str
    tree: ast.expr = field(compare=False)

    @property
    def names(self) -> frozenset[str]:
        """The quantities that it uses."""
        return frozenset(
            node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and node.id in QUANTITIES
        )


def parse_formula(text: str) -> Formula:
    """Read a formula. Raises FormulaRefused with what to change."""
    if not text.strip():
        raise FormulaRefused("Chưa có công thức.")
    if len(text) > MAX_LENGTH:
        raise FormulaRefused(f"Công thức dài quá {MAX_LENGTH} ký tự.")
    written = text.replace("×", "*").replace("÷", "/").replace("−", "-").strip()
    if "," in written and "(" not in written:
        raise FormulaRefused("Số thập phân viết bằng dấu chấm, ví dụ 0.5.")
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaRefused("Không đọc được công thức. Ví dụ: thi_sinh / doan_vien * 100.") from None
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise FormulaRefused("Công thức quá phức tạp; hãy viết ngắn hơn.")
    _check(tree, 1)
    formula = Formula(text.strip(), tree)
    if not formula.names:
        raise FormulaRefused(f"Công thức chưa dùng số liệu nào của đơn vị: {', '.join(QUANTITIES)}.")
    return formula


def evaluate(formula: Formula, values: Mapping[str, int | Fraction]) -> Fraction | None:
    """The value for one unit; None where something is divided by zero."""
    try:
        return _value(formula.tree, values)
    except ZeroDivisionError:
        return None


def worked(formula: Formula, values: Mapping[str, int | Fraction]) -> str:
    """The formula with the unit's numbers in it and its result, for people to check: `120 ÷ 200 × 100 = 60`."""
    return shown(formula, values, evaluate(formula, values))


def shown(formula: Formula, values: Mapping[str, int | Fraction], result: Fraction | None) -> str:
    """As `worked`, for a result that is known already."""
    said = "không tính được vì chia cho 0" if result is None else written(result)
    return f"{_shown(formula.tree, values, 0)} = {said}"


def _check(node: ast.AST, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise FormulaRefused("Công thức lồng quá nhiều dấu ngoặc.")
    match node:
        case ast.BinOp(left, operator, right):
            if isinstance(operator, ast.Pow):
                raise FormulaRefused("Không dùng luỹ thừa; hãy nhân các số với nhau.")
            if type(operator) not in _OPERATORS:
                raise FormulaRefused("Chỉ dùng được các phép tính + − × ÷.")
            _check(left, depth + 1)
            _check(right, depth + 1)
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            _check(operand, depth + 1)
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            if not -MAX_NUMBER <= value <= MAX_NUMBER:
                raise FormulaRefused("Có một số quá lớn trong công thức.")
        case ast.Name(name):
            if name not in QUANTITIES:
                raise FormulaRefused(f"Không có số liệu nào tên là “{name[:40]}”. Dùng được: {', '.join(QUANTITIES)}.")
        case ast.Call(ast.Name(name), arguments, keywords) if name in _FUNCTIONS and not keywords:
            least, most = _FUNCTIONS[name]
            if not least <= len(arguments) <= most:
                raise FormulaRefused(f"Hàm {name} nhận từ {least} đến {most} số.")
            if name == "round" and len(arguments) == 2:
                places = arguments[1]
                if not isinstance(places, ast.Constant) or type(places.value) is not int or not 0 <= places.value <= 6:
                    raise FormulaRefused("Hàm round làm tròn đến 0–6 chữ số, viết bằng một số nguyên.")
            for argument in arguments:
                _check(argument, depth + 1)
        case _:
            raise FormulaRefused("Công thức chỉ gồm số, tên số liệu, + − × ÷, dấu ngoặc, min, max và round.")


def _value(node: ast.expr, values: Mapping[str, int | Fraction]) -> Fraction:
    match node:
        case ast.BinOp(left, operator, right):
            one, other = _value(left, values), _value(right, values)
            match operator:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
                case _:
                    return one / other
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, values)
        case ast.UnaryOp(_, operand):
            return _value(operand, values)
        case ast.Constant(value):
            return Fraction(str(value))  # as written: 0.1 is a tenth
        case ast.Name(name):
            return Fraction(values[name])
        case ast.Call(ast.Name(name), arguments):
            if name == "round":
                places = arguments[1].value if len(arguments) > 1 else 0  # type: ignore[attr-defined]
                return _rounded(_value(arguments[0], values), int(places))
            return (min if name == "min" else max)(_value(argument, values) for argument in arguments)
    raise AssertionError(ast.dump(node))


def _rounded(value: Fraction, places: int) -> Fraction:
    """Half away from zero, as people round."""
    scaled = abs(value) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Fraction(whole if value >= 0 else -whole, 10**places)


def _shown(node: ast.expr, values: Mapping[str, int | Fraction], above: int) -> str:
    match node:
        case ast.BinOp(left, operator, right):
            strength = 1 if isinstance(operator, ast.Add | ast.Sub) else 2
            text = (
                f"{_shown(left, values, strength)} {_OPERATORS[type(operator)]} {_shown(right, values, strength + 1)}"
            )
            return f"({text})" if strength < above else text
        case ast.UnaryOp(operator, operand):
            return f"{'−' if isinstance(operator, ast.USub) else ''}{_shown(operand, values, 3)}"
        case ast.Constant(value):
            return written(Fraction(str(value)))
        case ast.Name(name):
            return written(Fraction(values[name]))
        case ast.Call(ast.Name(name), arguments):
            return f"{name}({'; '.join(_shown(argument, values, 0) for argument in arguments)})"
    raise AssertionError(ast.dump(node))


def written(value: Fraction, places: int = 4) -> str:
    """A number as it is written in Vietnamese, rounded to so many decimals, without needless zeros. Exact for any size."""
    rounded = _rounded(value, places)
    whole, rest = divmod(abs(rounded.numerator), rounded.denominator)
    decimals = f"{rest * 10**places // rounded.denominator:0{places}d}".rstrip("0") if rest else ""
    text = f"{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "")
    return f"−{text}" if rounded < 0 else text
