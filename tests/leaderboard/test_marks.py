"""What a phone can tell about its own place from a snapshot's marks."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.ranking import (
    CUT,
    EXACT_TOTAL,
    MARK_RANKS,
    marks_of,
    place_from_marks,
    place_marks,
    shortened,
    with_ranks,
)
from tests.leaderboard.rows import any_orders, keyed_rows, make_row, make_rows, order_of

boards = st.lists(st.integers(0, 400), max_size=300)


@pytest.mark.parametrize("total", [0, 1, 2, 7, EXACT_TOTAL])
def test_every_rank_of_a_small_board_is_a_mark(total):
    assert place_marks(total) == list(range(1, total + 1))


@pytest.mark.parametrize("total", [EXACT_TOTAL + 1, 70, 71, 2_000, 100_000, 1_700_000])
def test_a_large_board_has_about_forty_marks_from_first_to_last(total):
    marks = place_marks(total)

    assert marks == sorted(set(marks))
    assert (marks[0], marks[-1]) == (1, total)
    assert len(marks) <= 46


def test_marks_are_dense_at_the_top_and_never_far_apart():
    assert MARK_RANKS[:14] == (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25)
    steps = [high / low for low, high in itertools.pairwise(MARK_RANKS[9:])]
    assert min(steps) >= 1.2
    assert max(steps) < 1.7


signs = st.sampled_from([1, 2, 4, 12, 20, 100])
key_boards = st.lists(any_orders, max_size=60) | boards.map(lambda points: [order_of(each) for each in points])


@given(key_boards, signs)
def test_the_range_holds_the_true_place_of_everyone_on_the_board(keys, signs):
    ranked = with_ranks(keyed_rows(keys))
    marks = shortened(marks_of(ranked), signs)

    for each in ranked:
        best, worst = place_from_marks(each.row.order, marks, len(ranked))
        assert best <= each.place <= worst
        if len(ranked) <= EXACT_TOTAL and not any(key.endswith(CUT) for key, _ in marks):
            assert best == worst == each.place


@given(key_boards, any_orders | st.integers(-1, 401).map(order_of), signs)
def test_the_range_holds_for_a_result_that_the_snapshot_does_not_have_yet(keys, newcomer, signs):
    marks = shortened(marks_of(with_ranks(keyed_rows(keys))), signs)

    best, worst = place_from_marks(newcomer, marks, len(keys))

    assert best <= 1 + sum(key < newcomer for key in keys) <= worst


@given(st.lists(st.tuples(st.integers(0, 2**24 - 1), st.integers(0, 10**9 - 1)), max_size=EXACT_TOTAL))
def test_keys_of_points_and_time_are_never_cut_at_twenty_signs(results):
    marks = marks_of(with_ranks(keyed_rows([order_of(*result) for result in results])))

    assert shortened(marks, 20) == marks


def test_who_ties_with_a_cut_mark_is_told_a_range():
    marks = shortened((("aa00", 1), ("aa11", 2), ("bb00", 4)), 2)

    assert marks == (("aa+", 1), ("aa11", 2), ("bb+", 4))
    assert place_from_marks("aa00", marks, 5) == (1, 2)
    assert place_from_marks("aa11", marks, 5) == (2, 2)
    assert place_from_marks("aa22", marks, 5) == (3, 4)
    assert place_from_marks("bb00", marks, 5) == (3, 6)
    assert place_from_marks("bb", marks, 5) == (3, 6)
    assert place_from_marks("a", marks, 5) == (1, 1)


def test_between_two_marks_the_phone_says_a_range():
    rows = [make_row(f"m{n:03d}", points=1000 - n) for n in range(1, 101)]
    ranked = with_ranks(rows)

    assert place_from_marks(ranked[10].row.order, marks_of(ranked), 100) == (11, 12)
    assert place_from_marks(ranked[11].row.order, marks_of(ranked), 100) == (12, 12)
    assert place_from_marks(ranked[84].row.order, marks_of(ranked), 100) == (71, 100)


@pytest.mark.parametrize(("marks", "total", "expected"), [((), 0, (1, 1)), ((("3", 1),), 1, (2, 2))])
def test_alone_or_below_everyone(marks, total, expected):
    assert place_from_marks("4", marks, total) == expected


def test_equals_at_a_mark_are_given_once():
    assert marks_of(with_ranks([make_row("a", 5), make_row("b", 5), make_row("c", 4)])) == (
        (make_row("a", 5).order, 1),
        (make_row("c", 4).order, 3),
    )


def test_many_rows_need_few_marks():
    assert len(marks_of(with_ranks(make_rows(5_000)))) < 40
