"""The side question: the five meanings against plain counting, typing, and what cannot be typed."""

from __future__ import annotations

from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.prediction import (
    UNIT,
    Counted,
    Meaning,
    Population,
    Prediction,
    distance,
    parse_prediction,
    read_guess,
    truth,
    written,
)


def units(*numbers: int) -> tuple[int, ...]:
    return tuple(number * UNIT for number in numbers)


LEFT = Population(people=12, attempts=19, all_right=5, guesses=units(3, 3, 3, 2, 2, 7, 0))


@pytest.mark.parametrize(
    ("prediction", "number"),
    [
        (Prediction(Meaning.PEOPLE), 12 * UNIT),
        (Prediction(Meaning.ATTEMPTS), 19 * UNIT),
        (Prediction(Meaning.ALL_RIGHT), 5 * UNIT),
        (Prediction(Meaning.RIGHT_GUESSERS), 3 * UNIT),  # three guessed three; two guessed two, but three is more
        (Prediction(Meaning.ALL_RIGHT_PERCENT, decimals=5), 4_166_667),
        (Prediction(Meaning.ALL_RIGHT_PERCENT, decimals=0), 42 * UNIT),
        (Prediction(Meaning.ALL_RIGHT_PERCENT, decimals=2), 4_167_000),
    ],
)
def test_the_true_number(prediction, number):
    assert truth(prediction, LEFT) == number


@pytest.mark.parametrize("guesses", [(), (0,), (1, 1), (2,), (5, 5)])
def test_nobody_may_have_guessed_right(guesses):
    assert truth(Prediction(Meaning.RIGHT_GUESSERS), Population(5, 5, 0, units(*guesses))) == 0


def test_a_percentage_of_nobody():
    assert truth(Prediction(Meaning.ALL_RIGHT_PERCENT, decimals=5), Population(0, 0, 0)) == 0


@given(st.integers(1, 10**7), st.data(), st.integers(0, 5))
def test_percentages_are_rounded_as_people_round(people, data, decimals):
    right = data.draw(st.integers(0, people))
    exact = Decimal(right) * 100 / Decimal(people)
    wanted = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) * UNIT

    assert truth(Prediction(Meaning.ALL_RIGHT_PERCENT, decimals=decimals), Population(people, people, right)) == wanted


@given(st.lists(st.integers(0, 6), max_size=12))
def test_the_number_of_right_guessers_is_itself(guesses):
    number = truth(Prediction(Meaning.RIGHT_GUESSERS), Population(12, 12, 0, units(*guesses))) // UNIT

    assert number == 0 or guesses.count(number) == number
    assert all(guesses.count(larger) != larger for larger in range(number + 1, 13))


def test_distance():
    assert distance(10, 12) == distance(14, 12) == 2
    assert distance(None, 12) is None


PEOPLE, PERCENT = Prediction(Meaning.PEOPLE), Prediction(Meaning.ALL_RIGHT_PERCENT, decimals=5)


@pytest.mark.parametrize(
    ("text", "prediction", "number"),
    [
        ("1234", PEOPLE, 1234 * UNIT),
        (" 1.234 ", PEOPLE, 1234 * UNIT),
        ("1 234 567", PEOPLE, 1234567 * UNIT),
        ("0", PEOPLE, 0),
        ("12,34567", PERCENT, 1_234_567),
        ("12,3", PERCENT, 1_230_000),
        ("100", PERCENT, 100 * UNIT),
        ("0,00001", PERCENT, 1),
    ],
)
def test_a_guess_as_people_type_it(text, prediction, number):
    assert read_guess(text, prediction) == number


@pytest.mark.parametrize(
    ("text", "prediction", "says"),
    [
        ("", PEOPLE, "một số"), ("abc", PEOPLE, "một số"), ("-5", PEOPLE, "một số"), ("1e9", PEOPLE, "một số"),
        ("12.34", PEOPLE, "một số"), ("1.2345", PEOPLE, "một số"), (".123", PEOPLE, "một số"), ("١٢", PEOPLE, "một số"),
        ("1,5", PEOPLE, "số nguyên"), ("12,345678", PERCENT, "5 chữ số"), ("1,x", PERCENT, "một số"), ("12,", PERCENT, "một số"),
        ("100,00001", PERCENT, "quá lớn"), ("9" * 13, PEOPLE, "quá lớn"), ("99999999", PEOPLE, "quá lớn"), ("\x00", PEOPLE, "một số"),
    ],
)  # fmt: skip
def test_what_is_no_guess(text, prediction, says):
    with pytest.raises(ValueError, match=says):
        read_guess(text, prediction)


@given(st.text(max_size=20))
def test_any_text_is_a_guess_or_refused(text):
    for prediction in (PEOPLE, PERCENT):
        with suppress(ValueError):
            assert read_guess(text, prediction) >= 0


def test_settings_are_read():
    data = {"meaning": "all_right_percent", "counted": "all", "decimals": 5}

    assert parse_prediction(data) == Prediction(Meaning.ALL_RIGHT_PERCENT, Counted.ALL, 5)
    assert parse_prediction({"meaning": "people"}) == Prediction(Meaning.PEOPLE, Counted.VALID, 0)


@pytest.mark.parametrize(
    "data",
    [{}, {"meaning": "luck"}, {"meaning": "people", "decimals": 2}, {"meaning": "people", "counted": "some"}, [],
     {"meaning": "all_right_percent", "decimals": 6}, {"meaning": "people", "decimals": True}, {"meaning": "people", "x": 1}],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(data):
    with pytest.raises(ValueError, match=r"[Cc]âu hỏi phụ|Số chữ số"):
        parse_prediction(data)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (1234 * UNIT, "1.234"),
        (1_234_567 * UNIT, "1.234.567"),
        (12 * UNIT + UNIT // 2, "12,5"),
        (1, "0,00001"),
    ],
)
def test_a_number_as_people_write_it_is_read_back(number, text):
    assert written(number) == text
    assert (
        read_guess(text, Prediction(Meaning.ALL_RIGHT_PERCENT if number < 100 * UNIT else Meaning.PEOPLE, decimals=5))
        == number
    )
