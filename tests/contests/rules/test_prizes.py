"""Prize rules written out, and what must hold of the awards that come of them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.awards import Award, Awards, OnePrize, Passed, Prize, Undecided, Waiting, _worth, give_awards
from contests.rules.contest_settings import ContestRules, Division, PrizeFor, PrizeRule, UnitBoard, UnitBy
from contests.rules.prizes import RankingOf, may_stand_alone, prizes_of, prizes_of_round, ranking_of
from contests.rules.ties import Criterion, Placed, Result, rank, whole_decisions

BANDS = (Division("bang-a", "Bảng A"), Division("bang-b", "Bảng B"))
BOARD = UnitBoard("don-vi", "Đơn vị đông người thi", UnitBy.ENTRANTS)


@pytest.mark.parametrize(
    ("rule", "rankings"),
    [
        (PrizeRule("x", 1), ["all"]),
        (PrizeRule("x", 1, round=2), ["2"]),
        (PrizeRule("x", 1, round=9), []),
        (PrizeRule("x", 1, round="each"), ["1", "2", "10"]),
        (PrizeRule("x", 1, division="bang-a"), ["all/bang-a"]),
        (PrizeRule("x", 1, division="each"), ["all/bang-a", "all/bang-b"]),
        (PrizeRule("x", 1, round=1, division="bang-b"), ["1/bang-b"]),
        (PrizeRule("x", 1, round="each", division="each"), ["1/bang-a", "1/bang-b", "2/bang-a", "2/bang-b", "10/bang-a", "10/bang-b"]),
        (PrizeRule("x", 1, PrizeFor.UNIT, board="don-vi"), ["units/don-vi"]),
        (PrizeRule("x", 1, PrizeFor.UNIT, round="each", board="don-vi"), ["units/don-vi/1", "units/don-vi/2", "units/don-vi/10"]),
    ],
)  # fmt: skip
def test_each_rule_is_written_out(rule, rankings):
    rules = ContestRules(divisions=BANDS, unit_boards=(BOARD,), prizes=(rule,))
    prizes = prizes_of(rules, [10, 2, 1, 2])

    assert [prize.ranking for prize in prizes] == rankings
    for prize in prizes:
        of = ranking_of(prize.ranking)
        assert (of.round, of.division, of.name) == (prize.round, prize.division, prize.ranking)
        assert prize.units is (rule.to is PrizeFor.UNIT) is bool(of.board)


@pytest.mark.parametrize("name", ["", "x", "all/a/b", "units", "units/a/b", "units/a/1/2", "1/"])
def test_a_name_that_nobody_gave_is_refused_or_read_as_it_stands(name):
    if name == "1/":
        assert ranking_of(name) == RankingOf(1)
    else:
        with pytest.raises(ValueError):  # noqa: PT011  int() says it too
            ranking_of(name)


def test_a_round_can_be_told_alone_unless_a_prize_elsewhere_could_take_it_away():
    weekly, overall = PrizeRule("tuần", 1, round="each"), PrizeRule("chung", 1)

    assert [prize.ranking for prize in prizes_of_round(ContestRules(prizes=(weekly, overall)), 2)] == ["2"]
    for rule, prizes, alone in [
        (OnePrize.CONTEST, (weekly, overall), False), (OnePrize.CONTEST, (weekly,), False),
        (OnePrize.CONTEST, (PrizeRule("x", 1, round=2),), True), (OnePrize.ROUND, (weekly, overall), True),
        (OnePrize.FREE, (weekly, overall), True),
    ]:  # fmt: skip
        assert may_stand_alone(ContestRules(prizes=prizes, one_prize=rule), 2, [1, 2]) is alone


# --- ties ----------------------------------------------------------------------------------------------------------
def line(*groups: str, **decided: int) -> list[Placed]:
    placed: list[Placed] = []
    for group in groups:
        place = len(placed) + 1
        placed += [Placed(place, Result(entry, decided=decided.get(entry))) for entry in group]
    return placed


FIRST, SECOND, THIRD = (Prize(name, count, "all", amount) for name, count, amount in (("nhất", 1, 9), ("nhì", 1, 5), ("ba", 2, 3)))  # fmt: skip


def test_below_an_open_tie_everything_waits_that_the_same_people_could_win():
    awards = give_awards([FIRST, SECOND, THIRD], {"all": line("ab", "c", "d")})

    assert (awards.given, awards.undecided) == ([], [Undecided(FIRST, ("a", "b"), 1, 1)])
    assert awards.waiting == [Waiting(SECOND, FIRST), Waiting(THIRD, FIRST)]


def test_a_tie_elsewhere_holds_nothing_up_where_prizes_are_free():
    week = Prize("tuần 1", 1, "1", 1, round=1)
    lines = {"all": line("ab"), "1": line("a", "b")}

    assert give_awards([FIRST, week], lines, one_prize=OnePrize.FREE).given == [Award(week, "a", 1)]
    assert give_awards([FIRST, week], lines, one_prize=OnePrize.ROUND).given == [Award(week, "a", 1)]
    assert give_awards([FIRST, week], lines).waiting == [Waiting(week, FIRST)]


def test_a_decision_on_record_chooses_among_those_who_share_a_place():
    awards = give_awards([FIRST, SECOND, THIRD], {"all": line("ab", "c", "d", a=2, b=1)})

    assert [(award.prize.name, award.entry) for award in awards.given] == [("nhất", "b"), ("nhì", "a"), ("ba", "c"), ("ba", "d")]  # fmt: skip
    assert not awards.undecided
    assert not awards.waiting


@pytest.mark.parametrize("decided", [{"a": 1}, {"a": 1, "b": 1}, {}])
def test_half_a_decision_is_none(decided):
    assert give_awards([FIRST], {"all": line("ab", **decided)}).undecided == [Undecided(FIRST, ("a", "b"), 1, 1)]


def test_a_decision_counts_only_where_it_orders_all_who_are_equal():
    chain = (Criterion.POINTS, Criterion.DECISION)
    joined = [Result("a", 9, decided=1), Result("b", 9, decided=2), Result("c", 9), Result("d", 5, decided=1), Result("e", 5, decided=2)]  # fmt: skip

    assert [p.place for p in rank(whole_decisions(joined, chain), chain)] == [1, 1, 1, 4, 5]
    assert {r.entry: r.decided for r in whole_decisions(joined, chain)} == {"a": None, "b": None, "c": None, "d": 1, "e": 2}  # fmt: skip


# --- what always holds ---------------------------------------------------------------------------------------------
PEOPLE, COLLECTIVES = "abcdefghij", "uvwxyz"
KEYS = st.sampled_from(["", "bang-a", "bang-b", "each"])
prize_rules = st.lists(
    st.one_of(
        st.builds(
            PrizeRule, name=st.text("xyz", min_size=1, max_size=2), count=st.integers(1, 3), tier=st.integers(1, 3),
            amount=st.integers(0, 3), round=st.sampled_from([0, 1, 2, "each"]), division=KEYS,
        ),
        st.builds(
            PrizeRule, name=st.text("xyz", min_size=1, max_size=2), count=st.integers(1, 3), to=st.just(PrizeFor.UNIT),
            amount=st.integers(0, 3), board=st.just("don-vi"),
        ),
    ),
    max_size=6,
).map(lambda rules: ContestRules(divisions=BANDS, unit_boards=(BOARD,), prizes=tuple(rules)))  # fmt: skip
NAMES = [RankingOf(number, key).name for number in (None, 1, 2) for key in ("", "bang-a", "bang-b")]


def orders(of: str) -> st.SearchStrategy[list[Placed]]:
    return st.permutations(of).map(lambda order: line(*order))


def tied(of: str) -> st.SearchStrategy[list[Placed]]:
    cuts = st.lists(st.integers(1, 3), min_size=len(of), max_size=len(of))
    return st.tuples(st.permutations(of), cuts).map(lambda drawn: line(*_cut("".join(drawn[0]), drawn[1])))


def _cut(order: str, sizes: list[int]) -> list[str]:
    groups = []
    for size in sizes:
        groups.append(order[:size])
        order = order[size:]
    return [group for group in groups if group]


def lines(make) -> st.SearchStrategy[dict[str, list[Placed]]]:
    return st.fixed_dictionaries({name: make(PEOPLE) for name in NAMES} | {"units/don-vi": make(COLLECTIVES)})


def pool(prize: Prize, rule: OnePrize) -> tuple:
    """Of the prizes in one pool a winner may hold one."""
    return {
        OnePrize.CONTEST: (prize.units,), OnePrize.ROUND: (prize.units, prize.round), OnePrize.FREE: (prize.ranking,),
    }[rule]  # fmt: skip


@given(prize_rules, lines(tied), st.sampled_from(OnePrize), st.sets(st.sampled_from(PEOPLE)), st.randoms())
def test_one_holds_one_and_the_order_of_the_input_is_nothing(contest, rankings, rule, barred, chance):
    prizes = prizes_of(contest, [1, 2])
    why = dict.fromkeys(barred, "thuộc ban tổ chức")

    awards = give_awards(prizes, rankings, one_prize=rule, not_eligible=why)

    shuffled, turned = prizes[:], {name: placed[::-1] for name, placed in reversed(rankings.items())}
    chance.shuffle(shuffled)
    again = give_awards(shuffled, turned, one_prize=rule, not_eligible=why)
    assert plain(again) == plain(awards)
    assert not {award.entry for award in awards.given} & barred
    assert all(n == 1 for n in Counter((pool(a.prize, rule), a.entry) for a in awards.given).values())
    _every_prize_is_accounted_for(prizes, rankings, rule, barred, awards)


def plain(awards: Awards) -> tuple:
    """What came of it, whichever of two equals is named first."""
    return (
        Counter((a.prize, a.entry, a.place) for a in awards.given), Counter((p.prize, p.entry, p.why, p.note) for p in awards.passed),
        [(u.prize, frozenset(u.entries), u.place, u.left) for u in awards.undecided], awards.waiting,
    )  # fmt: skip


def _every_prize_is_accounted_for(prizes, rankings, rule, barred, awards):
    """Given, open, waiting, or nobody is left in line for it."""
    given_, listed = Counter(a.prize for a in awards.given), Counter(prizes)
    waiting = {one.prize for one in awards.waiting}
    open_ = {one.prize: one.left for one in awards.undecided}
    for prize, times in listed.items():
        if prize in waiting or given_[prize] + open_.get(prize, 0) == prize.count * times or prize in open_:
            continue
        holders = {a.entry for a in awards.given if pool(a.prize, rule) == pool(prize, rule)}
        in_line = {placed.result.entry for placed in rankings[prize.ranking]}
        assert in_line <= holders | barred


@given(
    prize_rules,
    lines(orders),
    st.sampled_from(OnePrize),
    st.sampled_from(PEOPLE),
    st.sets(st.sampled_from(PEOPLE), max_size=2),
)
def test_disqualifying_somebody_promotes_and_never_demotes(contest, rankings, rule, out, barred):
    prizes = prizes_of(contest, [1, 2])
    why = dict.fromkeys(barred, "thuộc ban tổ chức")

    before = give_awards(prizes, rankings, one_prize=rule, not_eligible=why)
    after = give_awards(prizes, rankings, one_prize=rule, not_eligible=why | {out: "thi hộ"})

    for award in before.given:
        if award.entry != out:
            best = [_worth(a.prize) for a in after.given if a.entry == award.entry and pool(a.prize, rule) == pool(award.prize, rule)]  # fmt: skip
            assert best, f"{award.entry} lost {award.prize.name}"
            assert best[0] <= _worth(award.prize)
    for held in (award.prize for award in before.given if award.entry == out):
        new = {a.entry for a in after.given if a.prize == held}
        others = {a.entry for a in before.given if a.prize == held} - {out}
        free = {p.result.entry for p in rankings[held.ranking]} - {out, *barred, *others}
        higher = {
            a.entry for a in after.given if pool(a.prize, rule) == pool(held, rule) and _worth(a.prize) < _worth(held)
        }
        if free - higher:
            assert new - others, "the next in line moved up"


@given(prize_rules, lines(tied), st.sampled_from(OnePrize), st.sampled_from(PEOPLE))
def test_with_ties_nobody_falls_out_by_anothers_disqualification_but_to_wait(contest, rankings, rule, out):
    prizes = prizes_of(contest, [1, 2])

    before = give_awards(prizes, rankings, one_prize=rule)
    after = give_awards(prizes, rankings, one_prize=rule, not_eligible={out: "thi hộ"})

    open_pools = {pool(one.prize, rule) for one in after.undecided}
    for award in before.given:
        if award.entry != out and pool(award.prize, rule) not in open_pools:
            assert any(a.entry == award.entry and _worth(a.prize) <= _worth(award.prize) for a in after.given)


def test_who_took_a_higher_prize_of_the_same_line_was_not_passed_over():
    week = Prize("tuần", 1, "1", 1, round=1)
    awards = give_awards([FIRST, SECOND, week], {"all": line("a", "b"), "1": line("a", "c")})

    assert [(p.prize.name, p.entry, p.why, p.note) for p in awards.passed] == [
        ("tuần", "a", Passed.HOLDS_ANOTHER, "nhất")
    ]
