"""The order of a board and its shared places."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.ranking import MAX_ELAPSED_MS, MAX_POINTS, Gone, Row, canonical, digest, order_key, with_ranks
from tests.leaderboard.rows import make_row

results = st.tuples(st.integers(-MAX_POINTS, MAX_POINTS), st.integers(0, MAX_ELAPSED_MS))
few_results = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2)), max_size=30)


def rows_of(pairs):
    return [make_row(f"m{n:03d}", points, ms) for n, (points, ms) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((100, 5_000), (99, 0)),
        ((100, 4_999), (100, 5_000)),
        ((0, 0), (-1, 0)),
        ((-1, MAX_ELAPSED_MS), (-2, 0)),
        ((1, MAX_ELAPSED_MS), (0, 0)),
        ((MAX_POINTS, 0), (MAX_POINTS, 1)),
        ((-MAX_POINTS, MAX_ELAPSED_MS - 1), (-MAX_POINTS, MAX_ELAPSED_MS)),
    ],
)
def test_more_points_then_less_time_is_better(better, worse):
    assert order_key(*better) > order_key(*worse)


@pytest.mark.parametrize(
    ("points", "elapsed_ms"), [(MAX_POINTS + 1, 0), (-MAX_POINTS - 1, 0), (0, -1), (0, MAX_ELAPSED_MS + 1)]
)
def test_a_result_that_would_not_be_exact_is_refused(points, elapsed_ms):
    with pytest.raises(ValueError, match="must be within"):
        order_key(points, elapsed_ms)


@given(results)
def test_order_key_is_exact_in_a_double(result):
    key = order_key(*result)

    assert int(float(key)) == key
    assert float(key + 1) != float(key)


@given(results, results)
def test_order_key_sorts_as_the_rule_does(one, other):
    by_rule = (one[0], -one[1]) > (other[0], -other[1])

    assert (float(order_key(*one)) > float(order_key(*other))) == by_rule


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


@given(few_results)
def test_a_place_is_one_more_than_the_number_of_better_rows(pairs):
    rows = rows_of(pairs)

    for ranked in with_ranks(rows):
        assert ranked.place == 1 + sum(row.order > ranked.row.order for row in rows)


def test_canonical_board_is_one_line_a_row():
    rows = [Row("b", 5, 2, {"unit": "U", "name": "Đỗ B"}), Row("a", 9, 1, {"name": "A", "unit": "U"})]

    assert canonical(rows).decode() == '[1,"a",9,1] {"name":"A","unit":"U"}\n[2,"b",5,2] {"name":"Đỗ B","unit":"U"}\n'


@pytest.mark.parametrize("change", [{"points": 200}, {"elapsed_ms": 1}, {"version": 2}, {"name": "Khác"}])
def test_any_difference_changes_the_digest(change):
    assert digest([make_row("a", **{"points": 100, **change})]) != digest([make_row("a", points=100)])


@pytest.mark.parametrize(
    "nonsense",
    [
        lambda: Row("", 1, 1, {}),
        lambda: Row("a", 2**53, 1, {}),
        lambda: Row("a", 1, 0, {}),
        lambda: Row("a", 1, 2**53, {}),
        lambda: Gone("a", 0),
    ],
)
def test_a_row_that_redis_could_not_keep_exactly_cannot_be_made(nonsense):
    with pytest.raises(ValueError, match=r"member|version|exact"):
        nonsense()


def test_the_range_fits_a_double():
    assert order_key(MAX_POINTS, 0) < 2**53
    assert order_key(-MAX_POINTS, MAX_ELAPSED_MS) > -(2**53)
    assert math.ulp(float(order_key(MAX_POINTS, 0))) == 1.0
