import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.grading import (
    GRADERS,
    AnswerKey,
    Grade,
    Kind,
    canonical_choice,
    grade_answer,
    grade_paper,
    shown_positions,
)
from contests.rules.paper import PaperItem
from contests.rules.settings import DrawPart, RoundRules

ABCD = (0, 1, 2, 3)
MIXED = (2, 0, 3, 1)  # the first shown option is canonical C, the second A, …


@pytest.mark.parametrize(
    ("kind", "key", "choice", "order", "right"),
    [
        (Kind.SINGLE, {1}, [1], ABCD, True),
        (Kind.SINGLE, {1}, [0], ABCD, False),
        (Kind.SINGLE, {1}, [3], MIXED, True),
        (Kind.SINGLE, {1}, [1], MIXED, False),
        (Kind.SINGLE, {1}, [1, 1], ABCD, True),
        (Kind.SINGLE, {1}, [0, 1], ABCD, False),
        (Kind.SINGLE, {1, 2}, [1], ABCD, True),
        (Kind.SINGLE, {1, 2}, [2], ABCD, True),
        (Kind.SINGLE, {1, 2}, [1, 2], ABCD, False),
        (Kind.SINGLE, {1}, [], ABCD, False),
        (Kind.SINGLE, {3}, [-1], ABCD, False),
        (Kind.SINGLE, {3}, [4], ABCD, False),
        (Kind.MULTIPLE, {0, 2}, [0, 2], ABCD, True),
        (Kind.MULTIPLE, {0, 2}, [2, 0], ABCD, True),
        (Kind.MULTIPLE, {0, 2}, [2, 0, 2], ABCD, True),
        (Kind.MULTIPLE, {0, 2}, [0], ABCD, False),
        (Kind.MULTIPLE, {0, 2}, [0, 1, 2], ABCD, False),
        (Kind.MULTIPLE, {0, 2}, [0, 1], MIXED, True),
        (Kind.MULTIPLE, {0, 2}, [0, 2, 9], ABCD, False),
        (Kind.MULTIPLE, {0, 1, 2, 3}, [0, 1, 2, 3], MIXED, True),
        (Kind.TRUE_FALSE, {0}, [0], (0, 1), True),
        (Kind.TRUE_FALSE, {0}, [1], (0, 1), False),
        (Kind.TRUE_FALSE, {0}, [0, 1], (0, 1), False),
        (Kind.TRUE_FALSE, {0}, [2], (0, 1), False),
    ],
)
def test_an_answer_is_right_or_wrong(kind, key, choice, order, right):
    assert grade_answer(kind, frozenset(key), choice, order) is right


def test_every_kind_has_its_grader():
    assert set(GRADERS) == set(Kind)


def test_a_question_without_a_key_is_a_bug():
    with pytest.raises(ValueError, match="key"):
        grade_answer(Kind.SINGLE, frozenset(), [0], ABCD)


RULES = RoundRules(minutes=20, attempts=1, draw=(DrawPart("a", 4),), points_per_question=250)
ITEMS = (PaperItem(11, MIXED), PaperItem(12, ABCD), PaperItem(13, (0, 1)), PaperItem(14, ABCD))
KEYS = {
    11: AnswerKey(Kind.SINGLE, frozenset({1})),
    12: AnswerKey(Kind.MULTIPLE, frozenset({0, 3})),
    13: AnswerKey(Kind.TRUE_FALSE, frozenset({1})),
    14: AnswerKey(Kind.SINGLE, frozenset({0})),
}


@pytest.mark.parametrize(
    ("answers", "points", "per_item"),
    [
        ({0: [3], 1: [0, 3], 2: [1], 3: [0]}, 1000, (True, True, True, True)),
        ({0: [0], 1: [0], 2: [0], 3: [1]}, 0, (False, False, False, False)),
        ({}, 0, (None, None, None, None)),
        ({0: [], 1: None, 3: [0]}, 250, (None, None, None, True)),
        ({0: [3], 1: [0, 1]}, 250, (True, False, None, None)),
        ({0: [3], 9: [0], -1: [0]}, 250, (True, None, None, None)),
    ],
)
def test_a_paper_is_graded_question_by_question(answers, points, per_item):
    assert grade_paper(ITEMS, KEYS, answers, RULES) == Grade(
        points=points,
        right=sum(item is True for item in per_item),
        answered=sum(item is not None for item in per_item),
        total=4,
        per_item=per_item,
    )


@pytest.mark.parametrize("answers", [{}, {0: [0]}])
def test_a_version_without_a_key_stops_the_grading(answers):
    with pytest.raises(KeyError):
        grade_paper((PaperItem(99, ABCD),), KEYS, answers, RULES)


orders = st.integers(2, 6).flatmap(lambda n: st.permutations(range(n))).map(tuple)


@given(orders, st.data())
def test_shown_and_canonical_are_two_ways_of_one_road(order, data):
    canonical = data.draw(st.frozensets(st.sampled_from(order)))

    assert canonical_choice(shown_positions(canonical, order), order) == canonical


@given(orders, st.data())
def test_ticking_exactly_the_key_is_right_in_any_order_and_nothing_else_is(order, data):
    key = data.draw(st.frozensets(st.sampled_from(order), min_size=1))
    choice = data.draw(st.lists(st.integers(-1, 6), max_size=6))

    assert grade_answer(Kind.MULTIPLE, key, shown_positions(key, order), order)
    assert grade_answer(Kind.MULTIPLE, key, choice, order) == (set(choice) == set(shown_positions(key, order)))
