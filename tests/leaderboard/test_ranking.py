"""The order of a board and its shared places."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.ranking import Gone, Row, canonical, digest, with_ranks
from tests.leaderboard.rows import any_orders, keyed_rows, make_row

few_results = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2)), max_size=30)


def rows_of(pairs):
    return [make_row(f"m{n:03d}", points, ms) for n, (points, ms) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("points", "places"),
    [
        ([], []),
        ([5], [1]),
        ([9, 8, 8, 7], [1, 2, 2, 4]),
        ([8, 8, 8], [1, 1, 1]),
        ([9, 9, 8, 7, 7, 6], [1, 1, 3, 4, 4, 6]),
        ([0, -1, -1], [1, 2, 2]),
    ],
)
def test_equals_share_a_place(points, places):
    ranked = with_ranks(make_row(f"m{n}", each) for n, each in enumerate(points))

    assert [each.place for each in ranked] == places


def test_equals_stand_by_member_id():
    ranked = with_ranks([make_row("c", 5), make_row("a", 5), make_row("b", 5)])

    assert [each.row.member for each in ranked] == ["a", "b", "c"]


@given(few_results, st.randoms())
def test_ranks_do_not_depend_on_the_order_of_rows(pairs, chance: random.Random):
    rows = rows_of(pairs)
    shuffled = chance.sample(rows, len(rows))

    assert with_ranks(shuffled) == with_ranks(rows)
    assert digest(shuffled) == digest(rows)


@given(st.lists(any_orders, max_size=30))
def test_a_place_is_one_more_than_the_number_of_better_rows(keys):
    rows = keyed_rows(keys)

    for ranked in with_ranks(rows):
        assert ranked.place == 1 + sum(row.order < ranked.row.order for row in rows)


def test_canonical_board_is_one_line_a_row():
    rows = [Row("b", "05", 2, {"unit": "U", "name": "Đỗ B"}), Row("a", "01", 1, {"name": "A", "unit": "U"})]

    assert canonical(rows).decode() == (
        '[1,"a","01",1] {"name":"A","unit":"U"}\n[2,"b","05",2] {"name":"Đỗ B","unit":"U"}\n'
    )


@pytest.mark.parametrize("change", [{"points": 200}, {"elapsed_ms": 1}, {"version": 2}, {"name": "Khác"}])
def test_any_difference_changes_the_digest(change):
    assert digest([make_row("a", **{"points": 100, **change})]) != digest([make_row("a", points=100)])


@pytest.mark.parametrize(
    "nonsense",
    [
        lambda: Row("", "1", 1, {}),
        lambda: Row("a", "", 1, {}),
        lambda: Row("a", "0" * 101, 1, {}),
        lambda: Row("a", "0A", 1, {}),
        lambda: Row("a", "0f\n", 1, {}),
        lambda: Row("a", "0.", 1, {}),
        lambda: Row("a", "1", 0, {}),
        lambda: Row("a", "1", 2**53, {}),
        lambda: Gone("a", 0),
    ],
)
def test_a_row_that_would_stand_wrong_in_silence_cannot_be_made(nonsense):
    with pytest.raises(ValueError, match=r"member|version|order key"):
        nonsense()
