"""The rules of a contest: what is read, what is refused with which word, where two rules contradict each other."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from contests.rules.awards import OnePrize
from contests.rules.contest_settings import (
    ContestRules,
    Division,
    PeopleOf,
    PrizeFor,
    PrizeRule,
    RoundFacts,
    UnitBy,
    contradictions,
    dump_contest_rules,
    parse_contest_rules,
)
from contests.rules.reading import RulesInvalid
from contests.rules.settings import Counting, parse_round_rules
from contests.rules.ties import Criterion

OPENS = datetime(2026, 11, 23, tzinfo=UTC)
FULL = {
    "chain": ["points", "prediction", "submitted", "decision"],
    "over_rounds": "best",
    "divisions": [
        {"key": "hanh-chinh", "name": "Khối hành chính", "unit_kinds": ["cdcs-hc"]},
        {"key": "mien-nui", "name": "Miền núi", "units": ["NA-01", "NA-02"]},
        {"key": "nu", "name": "Nữ công", "declared": True},
        {"key": "tu-do", "name": "Bảng tự do"},
    ],
    "eligibility": {
        "units": ["NA"], "roster": True, "code": "280729", "min_age": 15, "exclude_staff": False,
        "register_from": "2026-11-01T00:00:00+07:00", "register_until": "2026-11-20T00:00:00+07:00",
    },
    "unit_boards": [
        {"key": "dong", "name": "Đông người dự thi nhất"},
        {"key": "ty-le", "name": "Tỷ lệ", "by": "rate", "min_size": 20, "people": "workers", "unit_kinds": ["cdcs"]},
        {"key": "top", "name": "Mười người cao nhất", "by": "mean_top", "top": 10},
        {"key": "ct", "name": "Công thức", "by": "formula", "formula": "thi_sinh / doan_vien * 50 + diem_tb"},
    ],
    "prizes": [
        {"name": "Giải Nhất", "count": 1, "tier": 1, "amount": 6_000_000, "division": "each"},
        {"name": "Giải tuần", "count": 10, "round": "each", "amount": 500_000},
        {"name": "Tập thể", "count": 3, "for": "unit", "board": "ty-le", "amount": 5_000_000},
    ],
    "one_prize": "round",
    "appeal_days": 5,
}  # fmt: skip


def facts(number: int = 1, *, opens: datetime = OPENS, days: float = 2, **rules) -> RoundFacts:
    plain = {"minutes": 20, "attempts": 2, "draw": [{"topic": "a", "count": 20}]}
    return RoundFacts(number, opens, opens + timedelta(days=days), parse_round_rules(plain | rules))


def codes(contest: dict, *rounds: RoundFacts) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in contradictions(parse_contest_rules(contest), rounds)}


def test_nothing_said_is_the_platform_s_default():
    rules = parse_contest_rules({})

    assert rules == ContestRules()
    assert rules.chain == (Criterion.POINTS, Criterion.TIME)
    assert (rules.over_rounds, rules.one_prize, rules.appeal_days) == (Counting.SUM, OnePrize.CONTEST, 3)


def test_everything_can_be_said_and_is_the_same_after_writing_and_reading():
    rules = parse_contest_rules(FULL)

    assert rules.chain[-1] is Criterion.DECISION
    assert rules.division("nu") == Division("nu", "Nữ công", declared=True)
    assert [one.takes_everybody for one in rules.divisions] == [False, False, False, True]
    assert rules.eligibility.registers
    assert rules.eligibility.min_age == 15
    assert (rules.unit_boards[1].by, rules.unit_boards[1].people) == (UnitBy.RATE, PeopleOf.WORKERS)
    assert rules.prizes[2] == PrizeRule("Tập thể", 3, PrizeFor.UNIT, amount=5_000_000, board="ty-le")
    assert parse_contest_rules(json.loads(json.dumps(dump_contest_rules(rules)))) == rules


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"chain": ["points", "time"]}, "chain", "refused"),
        ({"chain": ["time", "shared"]}, "chain", "refused"),
        ({"over_rounds": "median"}, "over_rounds", "not_a_choice"),
        ({"divisions": [{"key": "A!", "name": "A"}]}, "divisions[0].key", "bad_key"),
        ({"divisions": [{"key": "each", "name": "A"}]}, "divisions[0].key", "bad_key"),
        ({"divisions": [{"key": "a", "name": "A"}, {"key": "b", "name": "B"}]}, "divisions[0]", "takes_everybody"),
        (
            {"divisions": [{"key": "a", "name": "A", "declared": True}, {"key": "a", "name": "B"}]},
            "divisions", "repeated",
        ),
        ({"divisions": [{"key": "a", "name": "A", "units": ["X"], "declared": True}]}, "divisions[0]", "several_ways"),
        ({"eligibility": {"min_age": 0}}, "eligibility.min_age", "out_of_range"),
        ({"eligibility": {"register_until": "tomorrow"}}, "eligibility.register_until", "not_a_moment"),
        ({"eligibility": {"vip": True}}, "eligibility.vip", "unknown"),
        ({"unit_boards": [{"key": "a", "name": "A", "by": "formula"}]}, "unit_boards[0].formula", "missing"),
        (
            {"unit_boards": [{"key": "a", "name": "A", "by": "formula", "formula": "2 ** 9 * luot"}]},
            "unit_boards[0].formula", "refused",
        ),
        ({"unit_boards": [{"key": "a", "name": "A", "formula": "luot"}]}, "unit_boards[0].formula", "unused"),
        ({"prizes": [{"name": "Nhất", "count": 0}]}, "prizes[0].count", "out_of_range"),
        ({"prizes": [{"name": "Nhất"}]}, "prizes[0].count", "missing"),
        ({"prizes": [{"name": "Nhất", "count": 1, "division": "x"}]}, "prizes[0].division", "no_such_division"),
        ({"prizes": [{"name": "Nhất", "count": 1, "division": "each"}]}, "prizes[0].division", "no_such_division"),
        ({"prizes": [{"name": "Nhất", "count": 1, "for": "unit"}]}, "prizes[0].board", "no_such_board"),
        ({"prizes": [{"name": "Nhất", "count": 1, "round": "all"}]}, "prizes[0].round", "not_a_round"),
        ({"appeal_days": 31}, "appeal_days", "out_of_range"),
        ({"luck": 1}, "luck", "unknown"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_and_says_what_to_change(change, field, code):
    with pytest.raises(RulesInvalid) as refused:
        parse_contest_rules(change)

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]
    assert refused.value.problems[0].text.endswith(".")


PEOPLE = {"prediction": {"meaning": "people"}}


@pytest.mark.parametrize(
    ("contest", "rounds", "expected"),
    [
        ({}, [facts()], set()),
        ({"chain": ["points", "prediction", "shared"]}, [facts(**PEOPLE)], set()),
        ({}, [facts(days=-1)], {("rounds[1]", "closes_first")}),
        (
            {}, [facts(windows=[{"day": 6, "opens": "07:00", "closes": "21:00"}])],  # opens on a Monday, for two days
            {("rounds[1].windows", "never_open")},
        ),
        ({"chain": ["points", "prediction", "shared"]}, [facts()], {("chain", "no_prediction")}),
        ({}, [facts(**PEOPLE)], {("chain", "prediction_unused")}),
        (
            {"chain": ["points", "prediction", "shared"]},
            [facts(prediction={"meaning": "people", "as_of": "2026-11-24T00:00:00+00:00"})],
            {("rounds[1].prediction.as_of", "before_close")},
        ),
        ({}, [facts(qualify={"top": 5})], {("rounds[1].qualify", "nothing_before")}),
        ({}, [facts(), facts(2, qualify={"top": 5})], {("rounds[2].qualify", "too_early")}),
        ({}, [facts(), facts(2, opens=OPENS + timedelta(days=3), qualify={"top": 5})], set()),
        ({}, [facts(), facts(2, qualify={"top": 5, "rounds": [7]})], {("rounds[2].qualify", "no_such_round")}),
        ({"prizes": [{"name": "Nhất", "count": 1, "round": 3}]}, [facts()], {("prizes[0].round", "no_such_round")}),
        (
            {"eligibility": {"register_until": "2026-12-01T00:00:00+07:00"}}, [facts()],
            {("eligibility.register_until", "after_close")},
        ),
        (
            {"eligibility": {"register_from": "2026-11-01T00:00:00+07:00"}}, [facts()],
            {("eligibility.register_until", "missing")},
        ),
    ],
)  # fmt: skip
def test_contradictions_are_named(contest, rounds, expected):
    assert codes(contest, *rounds) == expected
