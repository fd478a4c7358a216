"""Prizes from rankings: who holds what under each rule, who is passed over and why, and what is left to people."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.awards import Award, Awards, OnePrize, Passed, Prize, Undecided, give_awards
from contests.rules.ties import Placed, Result


def ranking(*groups: str) -> list[Placed]:
    """`ranking("a", "bc", "d")`: a first, b and c share the second place, d is fourth."""
    placed: list[Placed] = []
    for group in groups:
        place = len(placed) + 1
        placed += [Placed(place, Result(entry)) for entry in group]
    return placed


def prize(name: str, count: int = 1, ranking: str = "all", **fields) -> Prize:
    return Prize(name, count, ranking, **fields)


FIRST, SECOND, THIRD = prize("nhất", amount=6), prize("nhì", 2, amount=3), prize("ba", 3, amount=2)


def held(awards: Awards) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for award in awards.given:
        found.setdefault(award.prize.name, []).append(award.entry)
    return found


def test_prizes_go_down_the_ranking_whatever_their_order():
    for listed in ([FIRST, SECOND, THIRD], [THIRD, FIRST, SECOND]):
        awards = give_awards(listed, {"all": ranking(*"abcdefg")})
        assert held(awards) == {"nhất": ["a"], "nhì": ["b", "c"], "ba": ["d", "e", "f"]}


def test_who_is_not_eligible_is_passed_over_and_the_next_moves_up():
    awards = give_awards(
        [FIRST, SECOND], {"all": ranking(*"abcde")}, not_eligible={"a": "thuộc ban tổ chức", "c": "đã bị loại"}
    )

    assert held(awards) == {"nhất": ["b"], "nhì": ["d", "e"]}
    assert [(p.prize.name, p.entry, p.why, p.note) for p in awards.passed if p.why is Passed.NOT_ELIGIBLE] == [
        ("nhất", "a", Passed.NOT_ELIGIBLE, "thuộc ban tổ chức"),
        ("nhì", "a", Passed.NOT_ELIGIBLE, "thuộc ban tổ chức"),
        ("nhì", "c", Passed.NOT_ELIGIBLE, "đã bị loại"),
    ]


WEEK_1, WEEK_2, OVERALL = (
    prize("tuần 1", ranking="1", round=1, amount=1),
    prize("tuần 2", ranking="2", round=2, amount=1),
    prize("cả cuộc", ranking="all", amount=5),
)
STRONG = {"1": ranking(*"abc"), "2": ranking(*"abc"), "all": ranking(*"abc")}


@pytest.mark.parametrize(
    ("rule", "winners"),
    [
        (OnePrize.FREE, {"cả cuộc": ["a"], "tuần 1": ["a"], "tuần 2": ["a"]}),
        (OnePrize.ROUND, {"cả cuộc": ["a"], "tuần 1": ["a"], "tuần 2": ["a"]}),
        (OnePrize.CONTEST, {"cả cuộc": ["a"], "tuần 1": ["b"], "tuần 2": ["c"]}),
    ],
)
def test_how_many_prizes_one_may_hold(rule, winners):
    assert held(give_awards([WEEK_1, WEEK_2, OVERALL], STRONG, one_prize=rule)) == winners


def test_one_a_round_over_its_divisions():
    bands = [prize("bảng A", ranking="1a", round=1, amount=2), prize("chung", ranking="1", round=1, amount=1)]
    rankings = {"1a": ranking(*"ab"), "1": ranking(*"abc")}

    assert held(give_awards(bands, rankings, one_prize=OnePrize.ROUND)) == {"bảng A": ["a"], "chung": ["b"]}
    assert held(give_awards(bands, rankings, one_prize=OnePrize.FREE)) == {"bảng A": ["a"], "chung": ["a"]}


def test_nobody_is_chosen_among_equals():
    awards = give_awards([FIRST, SECOND], {"all": ranking("a", "bcd", "e")})

    assert awards.given == [Award(FIRST, "a", 1)]
    assert awards.undecided == [Undecided(SECOND, ("b", "c", "d"), 2, 2)]


def test_equals_who_all_fit_all_get_it():
    assert held(give_awards([FIRST, THIRD], {"all": ranking("a", "bcd", "e")})) == {
        "nhất": ["a"],
        "ba": ["b", "c", "d"],
    }


def test_a_ranking_that_is_too_short_or_missing_leaves_prizes_over():
    assert held(give_awards([FIRST, SECOND], {"all": ranking("a", "b")})) == {"nhất": ["a"], "nhì": ["b"]}
    assert give_awards([FIRST], {}) == Awards()


names = st.sampled_from("abcdefgh")
places = st.permutations("abcdefgh").flatmap(
    lambda order: st.lists(st.integers(1, 3), min_size=1, max_size=8).map(
        lambda sizes: ranking(*_cut("".join(order), sizes))
    )
)


def _cut(order: str, sizes: list[int]) -> list[str]:
    groups = []
    for size in sizes:
        if order:
            groups.append(order[:size])
            order = order[size:]
    return groups


prizes = st.lists(
    st.builds(
        Prize,
        name=st.text("xyz", min_size=1, max_size=3),
        count=st.integers(1, 4),
        ranking=st.sampled_from(["1", "2", "all"]),
        amount=st.integers(0, 3),
        tier=st.integers(1, 4),
        round=st.none() | st.integers(1, 2),
    ),
    max_size=6,
    unique_by=lambda each: (each.amount, each.tier, each.round, each.ranking, each.name),
)


@given(
    prizes, st.fixed_dictionaries({"1": places, "2": places, "all": places}), st.sampled_from(OnePrize), st.sets(names)
)
def test_nobody_holds_what_the_rule_forbids(listed, rankings, rule, barred):
    awards = give_awards(listed, rankings, one_prize=rule, not_eligible=dict.fromkeys(barred, "không đủ điều kiện"))

    assert awards == give_awards(
        listed[::-1], rankings, one_prize=rule, not_eligible=dict.fromkeys(barred, "không đủ điều kiện")
    )
    assert not barred & {award.entry for award in awards.given}
    assert all(count == 1 for count in Counter((award.entry, award.prize.ranking) for award in awards.given).values())
    if rule is OnePrize.CONTEST:
        assert all(count == 1 for count in Counter(award.entry for award in awards.given).values())
    if rule is OnePrize.ROUND:
        assert all(count == 1 for count in Counter((award.entry, award.prize.round) for award in awards.given).values())
    for each in listed:
        taken = sum(award.prize == each for award in awards.given)
        left = sum(undecided.left for undecided in awards.undecided if undecided.prize == each)
        assert taken + left <= each.count


@pytest.mark.parametrize("one_prize", [OnePrize.ROUND, OnePrize.CONTEST])
def test_a_tie_holds_up_only_prizes_that_the_same_people_could_win(one_prize):
    """Two divisions have nobody in common: what is open in one keeps nothing from the other, whichever is listed first."""
    north, south = prize("nhất bắc", ranking="bac", amount=6), prize("nhất nam", ranking="nam", amount=6)
    overall = prize("nhất chung", ranking="all", amount=3)
    rankings = {"bac": ranking("ab", "c"), "nam": ranking("x", "y"), "all": ranking("abx", "c", "y")}

    for listed in ([north, south, overall], [overall, south, north]):
        awards = give_awards(listed, rankings, one_prize=one_prize)

        assert [one.prize.name for one in awards.undecided] == ["nhất bắc"]
        assert held(awards) == {"nhất nam": ["x"]}
        assert [one.prize.name for one in awards.waiting] == ["nhất chung"]
