"""Why one stands above another, in words: each criterion, better, worse and equal, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.reasons import explain, result_words
from contests.rules.ties import COMPARE, Criterion, Placed, Result, rank

C = Criterion
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BASE = Result("own", 2000, 20, 372_000, 1_200_000, NOON, NOON, 2, 1)
CHAIN = tuple(Criterion)


def said(own: dict, other: dict, *chain: Criterion, place: int = 5) -> str:
    """What is said to `own`, who shares everything else with `other`."""
    one, two = (Result(**{**{"entry": name}, **fields}) for name, fields in (("a", own), ("b", other)))
    return explain(Placed(4, one), Placed(place, two), chain).vi


def english(own: dict, other: dict, *chain: Criterion, place: int = 5) -> str:
    one, two = (Result(**{**{"entry": name}, **fields}) for name, fields in (("a", own), ("b", other)))
    return explain(Placed(4, one), Placed(place, two), chain).en


TABLE = [
    (C.POINTS, {"points": 2000}, {"points": 1850}, "hơn 1,5 điểm", "kém 1,5 điểm", "1.5 points more", "1.5 points fewer"),
    (C.RIGHT, {"right": 20}, {"right": 19}, "hơn 1 câu đúng", "kém 1 câu đúng", "1 right answer more", "1 right answer fewer"),
    (C.TIME, {"elapsed_ms": 360_000}, {"elapsed_ms": 372_000}, "nhanh hơn 12 giây", "chậm hơn 12 giây", "12 seconds faster", "12 seconds slower"),
    (C.TIME, {"elapsed_ms": 1}, {"elapsed_ms": 351}, "nhanh hơn 0,35 giây", "chậm hơn 0,35 giây", "0.35 seconds faster", "0.35 seconds slower"),
    (C.PREDICTION, {"off": 300_000}, {"off": 1_500_000}, "câu hỏi phụ sát hơn 12", "câu hỏi phụ lệch nhiều hơn 12", "nearer by 12 in the side question", "farther off by 12 in the side question"),
    (C.PREDICTION, {"off": 1_000}, {"off": 1_001}, "câu hỏi phụ sát hơn 0,00001", "câu hỏi phụ lệch nhiều hơn 0,00001", "nearer by 0.00001 in the side question", "farther off by 0.00001 in the side question"),
    (C.PREDICTION, {"off": 0}, {"off": None}, "người ấy không có kết quả câu hỏi phụ", "bạn không có kết quả câu hỏi phụ", "they have no result in the side question", "you have no result in the side question"),
    (C.SUBMITTED, {"submitted_at": NOON}, {"submitted_at": NOON + timedelta(minutes=3, seconds=5)}, "nộp bài sớm hơn 3 phút 5 giây", "nộp bài muộn hơn 3 phút 5 giây", "handed in 3 minutes 5 seconds earlier", "handed in 3 minutes 5 seconds later"),
    (C.SUBMITTED, {"submitted_at": NOON}, {"submitted_at": None}, "người ấy không có giờ nộp bài", "bạn không có giờ nộp bài", "they have no time of having handed in", "you have no time of having handed in"),
    (C.ENTERED, {"entered_at": NOON}, {"entered_at": NOON + timedelta(days=2, hours=1)}, "vào cuộc thi sớm hơn 2 ngày 1 giờ", "vào cuộc thi muộn hơn 2 ngày 1 giờ", "entered the contest 2 days 1 hour earlier", "entered the contest 2 days 1 hour later"),
    (C.PERFECT, {"perfect": 1203}, {"perfect": 1}, "hơn 1.202 lượt đúng hết", "kém 1.202 lượt đúng hết", "1,202 attempts without a mistake more", "1,202 attempts without a mistake fewer"),
    (C.DECISION, {"decided": 1}, {"decided": 2}, "theo quyết định của ban tổ chức", "theo quyết định của ban tổ chức", "by the organizers' decision", "by the organizers' decision"),
]  # fmt: skip


@pytest.mark.parametrize(("by", "better", "worse", "above", "below", "en_above", "en_below"), TABLE)
def test_each_criterion_decides_in_its_own_words(by, better, worse, above, below, en_above, en_below):
    assert said(better, worse, by) == f"Bạn đứng trên người hạng 5: {above}."
    assert said(worse, better, by, place=3) == f"Bạn đứng dưới người hạng 3: {below}."
    assert english(better, worse, by) == f"You stand above place 5: {en_above}."
    assert english(worse, better, by, place=3) == f"You stand below place 3: {en_below}."


def test_no_criterion_is_without_a_line_in_the_table():
    assert {row[0] for row in TABLE} == set(Criterion)


@pytest.mark.parametrize(
    ("by", "fields", "vi", "en"),
    [
        (C.POINTS, {"points": 2000}, "cùng 20 điểm", "both 20 points"),
        (C.RIGHT, {"right": 20}, "cùng 20 câu đúng", "both 20 right answers"),
        (C.TIME, {"elapsed_ms": 372_000}, "cùng làm trong 6 phút 12 giây", "both in 6 minutes 12 seconds"),
        (C.TIME, {}, "cùng làm trong 0 giây", "both in 0 seconds"),
        (C.PREDICTION, {"off": 1_200_000}, "câu hỏi phụ cùng lệch 12", "both 12 off in the side question"),
        (C.PREDICTION, {}, "cùng chưa có kết quả câu hỏi phụ", "neither has a result in the side question"),
        (C.SUBMITTED, {}, "nộp bài cùng lúc", "both handed in at the same instant"),
        (C.ENTERED, {}, "vào cuộc thi cùng lúc", "both entered the contest at the same instant"),
        (C.PERFECT, {"perfect": 1}, "cùng 1 lượt đúng hết", "both 1 attempt without a mistake"),
        (C.DECISION, {}, "ban tổ chức chưa quyết định thứ tự", "the organizers have not decided the order yet"),
        (C.DECISION, {"decided": 1}, "ban tổ chức xếp ngang nhau", "the organizers ranked both alike"),
    ],
)
def test_what_is_equal_is_said_before_what_decides(by, fields, vi, en):
    if by is not C.DECISION:
        assert (
            said(fields, fields | {"decided": 2}, by, C.DECISION)
            == f"Bạn đứng dưới người hạng 5: {vi}, theo quyết định của ban tổ chức."
        )
    assert said(fields, fields, by) == f"Bạn đồng hạng với người bên cạnh trên bảng: {vi}."
    assert english(fields, fields, by).endswith(f"on the board: {en}.")


def test_the_example_of_the_design():
    own, other = {"right": 20, "elapsed_ms": 100_000}, {"right": 20, "elapsed_ms": 112_000}

    assert said(own, other, C.RIGHT, C.TIME) == "Bạn đứng trên người hạng 5: cùng 20 câu đúng, nhanh hơn 12 giây."


def test_a_result_in_words():
    assert result_words(BASE, CHAIN).vi == "20 điểm, 20 câu đúng, 6 phút 12 giây, câu hỏi phụ lệch 12, 2 lượt đúng hết"
    assert result_words(Result("x", points=-50), (C.POINTS, C.PREDICTION)).vi == "-0,5 điểm"


small = st.integers(0, 2)
moments = st.none() | st.integers(0, 2).map(lambda minutes: NOON + timedelta(minutes=minutes))
results = st.lists(
    st.builds(
        Result, entry=st.text("abcdefgh", min_size=3, max_size=6), points=st.integers(-2, 2), right=small, elapsed_ms=small,
        off=st.none() | small, submitted_at=moments, entered_at=moments, perfect=small, decided=st.none() | small,
    ),
    min_size=2, max_size=8, unique_by=lambda result: result.entry,
)  # fmt: skip
chains = st.permutations(list(Criterion)).flatmap(lambda order: st.integers(1, 8).map(lambda n: tuple(order[:n])))


@given(results, chains)
def test_both_neighbours_hear_the_same_reason_and_no_name(everybody, chain):
    for upper, lower in pairwise(rank(everybody, chain)):
        down, up = explain(upper, lower, chain), explain(lower, upper, chain)
        shares = all(COMPARE[criterion](upper.result, lower.result) == 0 for criterion in chain)
        assert down.vi.startswith("Bạn đồng hạng" if shares else "Bạn đứng trên")
        assert up.vi.startswith("Bạn đồng hạng" if shares else "Bạn đứng dưới")
        assert down.vi.count(",") == up.vi.count(",") or re.search(r"\d,\d", down.vi + up.vi)
        for one in (upper, lower):
            assert one.result.entry not in down.vi.split() + up.en.split()
