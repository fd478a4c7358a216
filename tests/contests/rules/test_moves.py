"""Who moves in a ranking, which prize changes hands, which prizes there are."""

from __future__ import annotations

from contests.rules.awards import Awards, OnePrize, give_awards
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.moves import Move, moves, prize_moves
from contests.rules.prizes import prizes_of
from contests.rules.ties import DEFAULT_CHAIN, Result, rank


def board(**points: int):
    return rank([Result(entry, one) for entry, one in points.items()], DEFAULT_CHAIN)


def test_who_stands_where_they_stood_is_not_told():
    assert moves(board(a=3, b=2, c=1), board(a=9, b=8, c=7)) == []
    assert moves([], []) == []


def test_who_passes_whom():
    assert moves(board(a=3, b=2, c=1), board(a=3, b=2, c=5)) == [
        Move("c", 1, 5, 3, 1), Move("a", 3, 3, 1, 2), Move("b", 2, 2, 2, 3),
    ]  # fmt: skip


def test_a_shared_place_is_a_move_too():
    assert [(one.entry, one.place_before, one.place_after) for one in moves(board(a=2, b=1), board(a=2, b=2))] == [
        ("b", 2, 1)
    ]


def test_who_leaves_and_who_comes():
    left, came = moves(board(a=3, b=2), board(b=2, c=1)), moves(board(b=1), board(a=2, b=1))

    assert [(one.entry, one.place_before, one.place_after) for one in left] == [
        ("a", 1, None),
        ("b", 2, 1),
        ("c", None, 2),
    ]
    assert [(one.entry, one.by) for one in came] == [("a", 1), ("b", 1)]


RULES = parse_contest_rules(
    {
        "divisions": [{"key": "a", "name": "Bảng A", "declared": True}, {"key": "b", "name": "Bảng B"}],
        "unit_boards": [{"key": "don-vi", "name": "Đơn vị"}],
        "prizes": [
            {"name": "Nhất", "count": 1, "amount": 1000},
            {"name": "Tuần", "count": 2, "round": "each", "division": "each", "tier": 2},
            {"name": "Tập thể", "count": 1, "for": "unit", "board": "don-vi"},
        ],
    }
)


def given(line) -> Awards:
    return give_awards(prizes_of(RULES, []), {"all": line}, one_prize=OnePrize.FREE)


def test_a_prize_that_changes_hands():
    (move,) = prize_moves(given(board(a=2, b=1)), given(board(a=2, b=3)))

    assert (move.name, move.lose, move.get) == ("Nhất", ("a",), ("b",))
    assert prize_moves(given(board(a=2, b=1)), given(board(a=3, b=1))) == []


def test_a_prize_that_waits_for_a_choice():
    (move,) = prize_moves(given(board(a=2, b=1)), given(board(a=2, b=2)))

    assert (move.lose, move.get, move.open_before, move.open_after) == (("a",), (), (), ("a", "b"))
