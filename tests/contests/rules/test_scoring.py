"""Scoring formats: worked papers, what holds for any paper, what is refused, and the words of the rules page."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.scoring import (
    FORMATS,
    FormatRefused,
    Item,
    Negative,
    Plain,
    Speed,
    Streak,
    dump_format,
    parse_format,
)

MINUTE = 60_000
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def paper(*credits: Fraction | int | None, weight: int = 100) -> list[Item]:
    return [Item(weight, None if credit is None else Fraction(credit)) for credit in credits]


@pytest.mark.parametrize(
    ("scoring", "items", "left", "points"),
    [
        (Plain(), paper(1, 1, 0, None), 0, 200),
        (Plain(), paper(HALF, THIRD, THIRD, THIRD), 0, 150),
        (Plain(), paper(THIRD), 0, 33),
        (Plain(), paper(HALF, weight=5), 0, 3),  # 2.5 → 3, half up
        (Negative(25), paper(1, 0, 0, None), 0, 50),
        (Negative(25), paper(0, 0, None), 0, 0),
        (Negative(25, below_zero=True), paper(0, 0, None), 0, -50),
        (Negative(25), paper(HALF, 0), 0, 25),  # partly right is not wrong
        (Negative(50), [Item(300, Fraction(1)), Item(50, Fraction(0))], 0, 275),
        (Speed(10, 50, 2), paper(1, 1, 0), 3 * MINUTE + 59_999, 230),
        (Speed(10, 50, 2), paper(1, 1, 0), 30 * MINUTE, 250),
        (Speed(10, 50, 3), paper(1, 1, 0), 30 * MINUTE, 200),
        (Speed(10, 50, 1), paper(None, None), 30 * MINUTE, 0),
        (Speed(10, 50, 1), paper(1), -5, 100),
        (Streak(2, 10), paper(1, 1, 1, 1, 0, 1, 1, 1), 0, 730),
        (Streak(2, 10), paper(1, 1, None, 1, 1), 0, 400),
        (Streak(1, 10), paper(1, HALF, 1, 1), 0, 360),
    ],
)
def test_worked_papers(scoring, items, left, points):
    assert scoring.points(items, left_ms=left) == points


formats = st.one_of(
    st.just(Plain()),
    st.builds(Negative, penalty=st.integers(1, 100), below_zero=st.booleans()),
    st.builds(Speed, per_minute=st.integers(1, 500), most=st.integers(1, 5000), least_right=st.integers(1, 5)),
    st.builds(Streak, after=st.integers(1, 5), bonus=st.integers(1, 500)),
)
credit = st.none() | st.sampled_from([Fraction(0), THIRD, HALF, Fraction(1)])
papers = st.lists(st.builds(Item, weight=st.integers(1, 1000), credit=credit), max_size=12)
LIMIT = 30 * MINUTE


@given(formats, papers, st.integers(0, LIMIT))
def test_never_more_than_full_and_full_for_a_perfect_paper_at_once(scoring, items, left):
    weights = [item.weight for item in items]
    full = scoring.full(weights, limit_ms=LIMIT)

    assert scoring.points(items, left_ms=left) <= full
    if items:
        assert scoring.points([Item(weight, Fraction(1)) for weight in weights], left_ms=LIMIT) == full


@given(formats, papers, st.integers(0, LIMIT), st.data())
def test_a_better_answer_never_costs(scoring, items, left, data):
    if not items:
        return
    place = data.draw(st.integers(0, len(items) - 1))
    better = [*items]
    better[place] = Item(items[place].weight, Fraction(1))

    assert scoring.points(better, left_ms=left) >= scoring.points(items, left_ms=left)


@given(papers, st.integers(1, 100), st.integers(0, LIMIT))
def test_leaving_out_is_never_worse_than_a_wrong_guess(items, penalty, left):
    without = [Item(item.weight, None) if item.is_wrong else item for item in items]

    assert Negative(penalty).points(without, left_ms=left) >= Negative(penalty).points(items, left_ms=left)


@given(formats)
def test_settings_go_through_json_and_back(scoring):
    assert parse_format(json.loads(json.dumps(dump_format(scoring)))) == scoring


@given(formats)
def test_the_sentence_names_every_number(scoring):
    said = scoring.said()
    for name, value in dump_format(scoring).items():
        if name in ("per_minute", "most", "bonus"):
            value = f"{value / 100:.2f}".rstrip("0").rstrip(".")
        elif name == "after":
            value += 1
        elif name in ("name", "below_zero"):
            continue
        assert str(value) in said.en
        assert str(value).replace(".", ",") in said.vi


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Hãy chọn"), (None, "Hãy chọn"), ({"name": "luck"}, "Hãy chọn"), ({"name": ["plain"]}, "Hãy chọn"),
        ({"name": "plain", "penalty": 3}, "không có thiết lập “penalty”"), ({"name": "negative"}, "số phần trăm bị trừ: một số từ 1 đến 100"),
        ({"name": "negative", "penalty": 0}, "từ 1 đến 100"), ({"name": "negative", "penalty": 101}, "từ 1 đến 100"),
        ({"name": "negative", "penalty": True}, "từ 1 đến 100"), ({"name": "negative", "penalty": 2.5}, "từ 1 đến 100"),
        ({"name": "negative", "penalty": 25, "below_zero": "no"}, "có hoặc không"),
        ({"name": "speed", "per_minute": 5, "most": 10}, "số câu đúng ít nhất để được cộng: một số"),
        ({"name": "streak", "after": 0, "bonus": 1}, "số câu đúng liên tiếp: một số từ 1 đến 50"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_words(data, says):
    with pytest.raises(FormatRefused, match=says):
        parse_format(data)


def test_every_format_is_tested():
    assert {type(example) for example in (Plain(), Negative(1), Speed(1, 1, 1), Streak(1, 1))} == set(FORMATS.values())
