"""The alarm on a key: it sounds where the strong agree on another answer, and stays still on sound keys and few answers."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from contests.rules.suspect import LEAST_ANSWERS, Given, suspicion

KEY, OTHER, THIRD = frozenset({0}), frozenset({1}), frozenset({2})


def test_the_strong_agree_on_another_answer():
    answers = [Given(OTHER, 18, 10), Given(KEY, 19, 2), Given(KEY, 5, 20), Given(THIRD, 4, 8)]

    found = suspicion([KEY], answers)

    assert found is not None
    assert (found.other, found.answers, found.strong, found.for_key, found.for_other) == (OTHER, 40, 12, 2, 10)


def test_the_same_crowd_is_no_alarm_when_it_is_weak():
    assert suspicion([KEY], [Given(OTHER, 3, 30), Given(KEY, 19, 20)]) is None


def test_no_alarm_on_few_answers():
    crowd = [Given(OTHER, 18, LEAST_ANSWERS - 1)]

    assert suspicion([KEY], crowd) is None
    assert suspicion([KEY], [Given(OTHER, 18, LEAST_ANSWERS)]) is not None
    assert suspicion([KEY], []) is None


def test_no_alarm_where_chance_may_have_it():
    """8 against 4 of 12: the difference 4 is less than twice √12."""
    assert suspicion([KEY], [Given(OTHER, 18, 8), Given(KEY, 19, 4), Given(THIRD, 1, 30)]) is None


def test_answers_left_out_say_nothing():
    assert suspicion([KEY], [Given(frozenset(), 18, 100), Given(OTHER, 18, 20)]) is None


def test_an_answer_that_a_ruling_accepts_is_right():
    answers = [Given(OTHER, 18, 40), Given(KEY, 19, 2)]

    assert suspicion([KEY], answers) is not None
    assert suspicion([KEY, OTHER], answers) is None


@given(st.integers(0, 10_000), st.integers(60, 400))
def test_a_sound_key_among_people_who_know_is_quiet(seed, people):
    """Each of twenty questions is known with the member's own chance; who does not know guesses among the other three."""
    lots = random.Random(seed)
    rows = []
    for _ in range(people):
        skill = lots.uniform(0.55, 0.95)
        knows = lots.random() < skill
        rest = sum(lots.random() < skill for _ in range(19))
        rows.append(Given(KEY if knows else frozenset({lots.randint(1, 3)}), rest + knows, 1))

    assert suspicion([KEY], rows) is None


@given(st.integers(0, 10_000), st.integers(100, 400))
def test_a_wrong_key_is_found(seed, people):
    lots = random.Random(seed)
    rows = []
    for _ in range(people):
        skill = lots.uniform(0.55, 0.95)
        chosen = OTHER if lots.random() < skill else frozenset({lots.choice([0, 2, 3])})
        rows.append(Given(chosen, sum(lots.random() < skill for _ in range(19)) + (chosen == KEY), 1))

    found = suspicion([KEY], rows)

    assert found is not None
    assert found.other == OTHER
