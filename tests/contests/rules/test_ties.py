"""The tie chain: every criterion decides somewhere, the order is total, shared places are 1 2 2 4."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.ties import (
    COMPARE,
    ChainRefused,
    Criterion,
    Reason,
    Result,
    dump_chain,
    parse_chain,
    rank,
    sort_key,
    undecided,
    why,
)

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
C = Criterion


def make(entry: str, **fields) -> Result:
    return Result(entry, **({"points": 1000, "right": 10, "elapsed_ms": 60_000, "submitted_at": NOON, "entered_at": NOON} | fields))  # fmt: skip


# criterion, what the better has, what the worse has
DECIDES = [
    (C.POINTS, {"points": 1001}, {}),
    (C.RIGHT, {"right": 11}, {}),
    (C.TIME, {"elapsed_ms": 59_999}, {}),
    (C.PREDICTION, {"off": 0}, {"off": 1}),
    (C.PREDICTION, {"off": 10**9}, {"off": None}),
    (C.SUBMITTED, {"submitted_at": NOON - timedelta(microseconds=1)}, {}),
    (C.ENTERED, {"entered_at": NOON - timedelta(microseconds=1)}, {}),
    (C.ENTERED, {}, {"entered_at": None}),
    (C.PERFECT, {"perfect": 1}, {}),
    (C.DECISION, {"decided": 1}, {"decided": 2}),
    (C.DECISION, {"decided": 7}, {"decided": None}),
]


def test_every_criterion_is_tested():
    assert {criterion for criterion, _, _ in DECIDES} == set(Criterion) == set(COMPARE)


@pytest.mark.parametrize(("criterion", "better", "worse"), DECIDES)
def test_a_criterion_decides_where_it_stands_and_nowhere_else(criterion, better, worse):
    one, other = make("z", **better), make("a", **worse)
    before = tuple(key for key in (C.POINTS, C.RIGHT) if key is not criterion)

    assert [placed.result for placed in rank([other, one], (*before, criterion))] == [one, other]
    assert why(one, other, (*before, criterion)) == Reason(before, criterion)
    without = rank([other, one], before)
    assert [placed.place for placed in without] == [1, 1]
    assert why(without[0].result, without[1].result, before) == Reason(before, None)


def test_time_before_prediction_or_the_other_way():
    quick, close = make("quick", elapsed_ms=10_000, off=500), make("close", elapsed_ms=20_000, off=3)

    assert [p.result.entry for p in rank([quick, close], (C.POINTS, C.TIME, C.PREDICTION))] == ["quick", "close"]
    assert [p.result.entry for p in rank([quick, close], (C.POINTS, C.PREDICTION, C.TIME))] == ["close", "quick"]


def test_shared_places():
    results = [make("d", points=1), make("b"), make("c"), make("a", points=2000)]

    assert [(p.place, p.result.entry) for p in rank(results, (C.POINTS,))] == [(1, "a"), (2, "b"), (2, "c"), (4, "d")]


def test_whom_the_organizer_must_decide_between():
    results = [
        make("a"),
        make("b"),
        make("c", points=1),
        make("d", points=0, decided=1),
        make("e", points=0, decided=2),
    ]

    chain = (C.POINTS, C.DECISION)
    assert [[result.entry for result in group] for group in undecided(rank(results, chain), chain)] == [["a", "b"]]
    assert undecided(rank(results, (C.POINTS,)), (C.POINTS,)) == []


small = st.integers(0, 2)
results = st.builds(
    Result,
    entry=st.uuids().map(str),
    points=small, right=small, elapsed_ms=small, perfect=small,
    off=st.none() | small, decided=st.none() | small,
    submitted_at=st.none() | small.map(lambda n: NOON + timedelta(seconds=n)),
    entered_at=st.none() | small.map(lambda n: NOON + timedelta(seconds=n)),
)  # fmt: skip
chains = st.permutations([key for key in Criterion if key is not C.DECISION]).flatmap(
    lambda keys: st.integers(1, len(keys)).map(lambda length: tuple(keys[:length]))
)


@given(st.lists(results, max_size=12, unique_by=lambda result: result.entry), chains, st.randoms(use_true_random=False))
def test_the_ranking_is_total_and_one_whatever_the_order_of_the_input(given_results, chain, dice):
    placed = rank(given_results, chain)
    shuffled = random.Random(dice.random()).sample(given_results, len(given_results))

    assert rank(shuffled, chain) == placed
    assert sorted(p.result.entry for p in placed) == sorted(r.entry for r in given_results)
    for index, here in enumerate(placed):
        assert here.place == 1 + sum(why(p.result, here.result, chain).by is not None for p in placed[:index])
    for above, below in itertools.pairwise(placed):
        reason = why(above.result, below.result, chain)
        assert (reason.by is None) == (above.place == below.place)
        if reason.by:
            assert COMPARE[reason.by](above.result, below.result) < 0
            assert all(COMPARE[key](above.result, below.result) == 0 for key in reason.equal)


def test_a_chain_from_its_names():
    assert parse_chain(["points", "prediction", "time", "decision"]) == (C.POINTS, C.PREDICTION, C.TIME, C.DECISION)
    assert parse_chain(["right", "time", "shared"]) == (C.RIGHT, C.TIME)


@given(chains, st.booleans())
def test_a_chain_survives_being_written_and_read(chain, decision):
    chain = (*chain, C.DECISION) if decision else chain
    if chain[0] in (C.POINTS, C.RIGHT):
        assert parse_chain(dump_chain(chain)) == chain


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ([], "chưa có tiêu chí"), ("points", "chưa có tiêu chí"), (None, "chưa có tiêu chí"), (["luck"], "không được biết"),
        (["points", 3], "không được biết"), (["points", "time", "points"], "hai lần"), (["time", "points"], "đầu tiên"),
        (["prediction"], "đầu tiên"), (["decision"], "đầu tiên"), (["points", "decision", "time"], "chỉ đứng cuối"),
        (["points", "time"], "chưa có kết thúc"), (["shared"], "đầu tiên"), (["points", "shared", "time"], "không được biết"),
    ],
)  # fmt: skip
def test_a_chain_that_cannot_rank_is_refused_with_words(keys, says):
    with pytest.raises(ChainRefused, match=says):
        parse_chain(keys)


@given(st.lists(results, max_size=12, unique_by=lambda result: result.entry), chains, st.booleans())
def test_the_sort_key_sorts_as_the_chain_ranks(given_results, chain, decision):
    chain = (*chain, C.DECISION) if decision else chain
    by_key = sorted(given_results, key=lambda result: (sort_key(result, chain), result.entry))

    assert by_key == [placed.result for placed in rank(given_results, chain)]
    for one in given_results:
        for other in given_results:
            assert (sort_key(one, chain) == sort_key(other, chain)) == (why(one, other, chain).by is None)


@pytest.mark.parametrize("criterion", Criterion)
def test_a_sort_key_holds_what_contests_can_reach(criterion):
    far = datetime(2999, 1, 1, tzinfo=UTC)
    low = make("low", points=-(10**9), right=0, elapsed_ms=0, off=0, submitted_at=NOON, entered_at=NOON, decided=1)
    high = make("high", points=10**11, right=30_000, elapsed_ms=10**12, off=10**12, submitted_at=far, entered_at=far, perfect=30_000, decided=10**9)  # fmt: skip

    assert len(sort_key(low, (criterion,))) == len(sort_key(high, (criterion,)))
    assert (sort_key(low, (criterion,)) < sort_key(high, (criterion,))) == (COMPARE[criterion](low, high) < 0)


def test_a_number_that_does_not_fit_is_an_error():
    with pytest.raises(ValueError, match="sort key"):
        sort_key(make("a", points=2**40), (C.POINTS,))
