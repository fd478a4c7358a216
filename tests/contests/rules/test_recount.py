from hypothesis import given
from hypothesis import strategies as st

from contests.rules.recount import Sat, Sum, disagreements, recount
from contests.rules.ties import Criterion, Result, rank

sittings = st.lists(
    st.builds(
        Sat, entry=st.sampled_from("abcde"), round=st.integers(1, 3), number=st.integers(1, 4), right=st.integers(0, 5),
        points=st.just(0), elapsed_ms=st.integers(0, 4),
    ),
    max_size=30, unique_by=lambda one: (one.entry, one.round, one.number),
)  # fmt: skip
CHAIN = ["points", "time"]
BEST = {1: "best", 2: "best", 3: "best"}


def with_points(found: list[Sat]) -> list[Sat]:
    return [Sat(one.entry, one.round, one.number, one.right, one.right * 100, one.elapsed_ms) for one in found]


@given(sittings)
def test_it_agrees_with_the_ranking_of_the_house(found):
    totals = recount(with_points(found), BEST, "sum", CHAIN)
    results = [Result(entry, one.points, one.right, one.elapsed_ms) for entry, one in totals.items()]
    placed = rank(results, (Criterion.POINTS, Criterion.TIME))

    assert disagreements([(one.result.entry, one.place) for one in placed], totals, [*CHAIN, "shared"]) == []


def test_ways_of_counting():
    sat = with_points(
        [Sat("a", 1, 1, 3, 0, 50), Sat("a", 1, 2, 5, 0, 90), Sat("a", 1, 3, 4, 0, 10), Sat("a", 2, 1, 1, 0, 5)]
    )

    for how, of_round in (("best", 5), ("first", 3), ("last", 4), ("sum", 12)):
        counted = recount(sat, {1: how, 2: "best"}, "sum", CHAIN)["a"]
        assert counted.right == of_round + 1
    assert recount(sat, BEST, "best", CHAIN)["a"] == Sum(500, 5, 90)


def test_planted_faults_are_found():
    totals = {"a": Sum(300, 3, 10), "b": Sum(200, 2, 5), "c": Sum(200, 2, 5)}
    right = [("a", 1), ("b", 2), ("c", 2)]

    assert disagreements(right, totals, ["points", "time", "shared"]) == []
    assert "đứng trên" in disagreements([("b", 1), ("a", 2), ("c", 2)], totals, CHAIN)[0]
    assert "hạng 3, đếm lại là hạng 2" in disagreements([("a", 1), ("b", 2), ("c", 3)], totals, CHAIN)[0]
    assert "Bảng có 2 người" in disagreements(right[:2], totals, CHAIN)[0]
    # of a chain that it cannot follow to the end it checks the head only
    assert disagreements([("a", 1), ("b", 2), ("c", 3)], totals, ["points", "prediction", "time"]) == []
