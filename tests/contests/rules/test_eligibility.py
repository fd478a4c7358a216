"""Who may enter and in which division: one table of refusals, one of divisions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contests.rules.contest_settings import parse_contest_rules
from contests.rules.eligibility import Candidate, Refusal, age, asks, division_of, refusal

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PATHS = {"NA": "0001.0002.", "NA-1": "0001.0002.0003.", "TN": "0001.0009."}
ALICE = Candidate("0001.0002.0003.0004.", ("cdcs", "cap-tren-co-so", "ldld-tinh"))


def who(**fields) -> Candidate:
    values = {name: getattr(ALICE, name) for name in ALICE.__slots__} | fields
    return Candidate(**values)


@pytest.mark.parametrize(
    ("fit", "person", "expected"),
    [
        ({}, who(), None),
        ({}, who(organizes=True), Refusal.ORGANIZES),
        ({"exclude_staff": False}, who(organizes=True), None),
        ({"units": ["NA-1", "TN"]}, who(), None),
        ({"units": ["TN"]}, who(), Refusal.OTHER_UNIT),
        ({"units": ["gone"]}, who(), Refusal.OTHER_UNIT),
        ({"roster": True}, who(), Refusal.NOT_ON_ROSTER),
        ({"roster": True}, who(on_roster=True), None),
        ({"code": "280729"}, who(), Refusal.WRONG_CODE),
        ({"code": "280729"}, who(code=" 280 729"), None),
        ({"code": "Xuân"}, who(code="xuân"), None),
        ({"min_age": 18}, who(), Refusal.NO_BIRTH_DATE),
        ({"min_age": 18}, who(born_on=date(2008, 11, 23)), Refusal.TOO_YOUNG),
        ({"min_age": 18}, who(born_on=date(2008, 11, 22)), None),
        ({"register_until": "2026-11-22T12:00:00+07:00"}, who(), Refusal.TOO_LATE),
        ({"register_until": "2026-11-22T12:00:01+07:00"}, who(), None),
        (
            {"register_from": "2026-11-22T12:00:01+07:00", "register_until": "2026-11-25T12:00:00+07:00"}, who(),
            Refusal.NOT_YET,
        ),
    ],
)  # fmt: skip
def test_the_first_reason_against_an_entry(fit, person, expected):
    rules = parse_contest_rules({"eligibility": fit})

    assert refusal(rules, PATHS, person, now=NOW, today=TODAY) == expected


DIVISIONS = [
    {"key": "tinh", "name": "Khối tỉnh", "unit_kinds": ["ldld-tinh"]},
    {"key": "co-so", "name": "Cơ sở", "unit_kinds": ["cdcs"]},
    {"key": "na-1", "name": "Nghệ An 1", "units": ["NA-1"]},
    {"key": "nu", "name": "Nữ công", "declared": True},
]
REST = {"key": "con-lai", "name": "Còn lại"}


@pytest.mark.parametrize(
    ("divisions", "person", "expected"),
    [
        ([], who(), ""),
        (DIVISIONS, who(), "co-so"),  # the nearest kind that is named, not the first on the list
        (DIVISIONS, who(unit_kinds=("ldld-tinh",)), "tinh"),
        (DIVISIONS, who(unit_kinds=("phong", "ldld-tinh")), "tinh"),
        (DIVISIONS, who(unit_kinds=("phong",)), "na-1"),
        (DIVISIONS, who(unit_kinds=(), path="0001.0009.0001.", declared="nu"), "nu"),
        (DIVISIONS, who(unit_kinds=(), path="0001.0009.0001."), None),
        (DIVISIONS, who(unit_kinds=(), path="0001.0009.0001.", declared="tinh"), None),  # not to be declared
        ([*DIVISIONS, REST], who(unit_kinds=(), path="0001.0009.0001."), "con-lai"),
        ([DIVISIONS[2], DIVISIONS[1]], who(), "na-1"),  # the first that takes them
    ],
)
def test_the_division(divisions, person, expected):
    rules = parse_contest_rules({"divisions": divisions})

    assert division_of(rules.divisions, PATHS, person) == expected
    refused = refusal(rules, PATHS, person, now=NOW, today=TODAY)
    assert refused == (Refusal.CHOOSE_DIVISION if expected is None else None)


def test_without_a_declared_division_nobody_is_asked_to_choose():
    rules = parse_contest_rules({"divisions": DIVISIONS[:1]})

    assert refusal(rules, PATHS, who(unit_kinds=("phong",)), now=NOW, today=TODAY) is Refusal.NO_DIVISION


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, False),
        ({"eligibility": {"roster": True, "units": ["NA"]}}, False),
        ({"eligibility": {"code": "1"}}, True),
        ({"eligibility": {"min_age": 15}}, True),
        ({"eligibility": {"register_until": "2026-11-22T12:00:00+07:00"}}, True),
        ({"divisions": DIVISIONS[:1]}, False),
        ({"divisions": DIVISIONS}, True),
    ],
)
def test_what_must_be_asked_first(rules, expected):
    assert asks(parse_contest_rules(rules)) is expected


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [(date(2008, 2, 29), 18), (date(2008, 11, 22), 18), (date(2008, 11, 23), 17), (date(2026, 11, 22), 0)],
)
def test_age(born_on, expected):
    assert age(born_on, TODAY) == expected
    assert age(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_every_refusal_says_what_to_do_or_why():
    assert all(one.text.endswith(".") for one in Refusal)
