"""Reading a rule set: everything wrong is named at its place, and nothing else is raised."""

import contextlib
import copy
import dataclasses
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.authoring.rule_sets import (
    MAX_BYTES,
    MUST_BE_CHOSEN,
    SETTINGS,
    moved,
    read_rule_set,
    read_rule_set_file,
)
from contests.rules.contest_settings import ContestRules, Division, Eligibility, PrizeRule, UnitBoard
from contests.rules.reading import RulesInvalid
from contests.rules.settings import RoundRules

GOOD = {
    "title": "Tìm hiểu Luật Công đoàn",
    "rounds": [
        {
            "title": f"Tuần {week}",
            "opens_at": f"2026-12-{7 * week:02d}T07:00:00+07:00",
            "closes_at": f"2026-12-{7 * week + 6:02d}T21:00:00+07:00",
            "rules": {"minutes": 20, "attempts": 2, "draw": [{"topic": "Luật Công đoàn", "count": 10}]},
        }
        for week in (1, 2)
    ],
    "rules": {"prizes": [{"name": "Giải Nhất", "count": 1}]},
    "defaults": ["round.counting"],
    "chosen": {"round.attempts": "nguồn không nói"},
}
DOCS = Path(__file__).resolve().parents[3] / "docs" / "rule-sets.md"


def changed(*path, to):
    """The good one with one value changed (`None` taken out)."""
    data = copy.deepcopy(GOOD)
    place = data
    for key in path[:-1]:
        place = place[key]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return data


def problems(data):
    with pytest.raises(RulesInvalid) as refused:
        read_rule_set(data)
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_a_good_one_is_read():
    found = read_rule_set(GOOD)

    assert [one.title for one in found.rounds] == ["Tuần 1", "Tuần 2"]
    assert found.rounds[0].rules.minutes == 20
    assert found.rules.prizes[0].name == "Giải Nhất"
    assert found.defaults == ("round.counting",)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (changed("title", to=None), ("title", "missing")),
        (changed("title", to="x" * 201), ("title", "not_text")),
        (changed("colour", to="đỏ"), ("colour", "unknown")),
        (changed("summary", to=7), ("summary", "not_text")),
        (changed("rounds", to=[]), ("rounds", "missing")),
        (changed("rounds", to={}), ("rounds", "not_a_list")),
        (changed("rounds", 1, to="Tuần 2"), ("rounds[1]", "not_an_object")),
        (changed("rounds", 1, "tilte", to="Tuần 2"), ("rounds[1].tilte", "unknown")),
        (changed("rounds", 1, "opens_at", to=None), ("rounds[1].opens_at", "missing")),
        (changed("rounds", 1, "opens_at", to="2026-12-14 07:00"), ("rounds[1].opens_at", "not_a_moment")),
        (changed("rounds", 1, "rules", to=[]), ("rounds[1].rules", "not_an_object")),
        (changed("rounds", 0, "rules", "minutes", to=0), ("rounds[0].rules.minutes", "out_of_range")),
        (changed("rounds", 0, "rules", "draw", 0, "count", to="mười"), ("rounds[0].rules.draw[0].count", "not_whole")),
        (changed("rules", to="không"), ("rules", "not_an_object")),
        (changed("rules", "prizes", 0, "count", to=None), ("rules.prizes[0].count", "missing")),
        (changed("rules", "prizes", 0, "amout", to=5), ("rules.prizes[0].amout", "unknown")),
        (changed("defaults", to=["round.couting"]), ("defaults[0]", "unknown")),
        (changed("defaults", to=["round.minutes"]), ("defaults[0]", "no_default")),
        (changed("defaults", to=["rules.prizes"]), ("defaults[0]", "set")),
        (changed("chosen", to={"round.scoring": "nguồn không nói"}), ("chosen.round.scoring", "not_set")),
        (changed("chosen", to={"round.attempts": ""}), ("chosen.round.attempts", "not_text")),
        (changed("chosen", to=[]), ("chosen", "not_an_object")),
        # what no part alone can know
        (changed("rounds", 0, "closes_at", to="2026-12-01T07:00:00+07:00"), ("rounds[1]", "closes_first")),
        (changed("rules", "prizes", 0, "round", to=3), ("prizes[0].round", "no_such_round")),
        (changed("rules", "chain", to=["points", "prediction", "shared"]), ("chain", "no_prediction")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_place(data, expected):
    assert problems(data) == {expected} or expected in problems(data)


def test_everything_wrong_is_named_at_once():
    data = changed("rounds", 0, "rules", "minutes", to=0)
    data["rounds"][1]["rules"]["attempts"] = "hai"
    data["rules"]["appeal_days"] = 90

    assert {field for field, _ in problems(data)} == {
        "rounds[0].rules.minutes", "rounds[1].rules.attempts", "rules.appeal_days",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe{}", "not_utf8"),
        (b'{"title": "x",}', "not_json"),
        (b"", "not_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"title": "x", "title": "y"}', "repeated"),
        (b'{"title": NaN}', "not_a_number"),
        (b" " * (MAX_BYTES + 1), "too_large"),
        (b"[]", "not_an_object"),
    ],
)
def test_a_file_that_is_no_rule_set_is_refused_in_words(data, code):
    with pytest.raises(RulesInvalid) as refused:
        read_rule_set_file(data)

    assert [problem.code for problem in refused.value.problems] == [code]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
PLACES = [
    ("title",), ("rounds",), ("rounds", 0), ("rounds", 0, "rules"), ("rounds", 0, "opens_at"), ("rounds", 1, "rules", "draw"),
    ("rounds", 1, "rules", "draw", 0), ("rules",), ("rules", "prizes"), ("rules", "prizes", 0), ("rules", "chain"), ("rules", "eligibility"),
    ("rules", "divisions"), ("rules", "unit_boards"), ("rounds", 0, "rules", "scoring"), ("rounds", 0, "rules", "prediction"),
    ("rounds", 0, "rules", "windows"), ("rounds", 0, "rules", "qualify"), ("defaults",), ("chosen",), ("chosen", "round.attempts"),
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(place=st.sampled_from(PLACES), value=JSON.filter(lambda value: value is not None))
def test_nothing_that_json_can_hold_raises_anything_else(place, value):
    with contextlib.suppress(RulesInvalid):
        read_rule_set_file(json.dumps(changed(*place, to=value)).encode())


def test_moved_keeps_the_days_of_the_week_and_everything_between():
    data = changed("rules", "eligibility", to={"register_until": "2026-12-06T17:00:00+07:00"})
    data["rules"]["chain"] = ["points", "prediction", "shared"]
    data["rounds"][0]["rules"]["prediction"] = {"meaning": "people", "as_of": "2026-12-13T21:00:00+07:00"}
    before = read_rule_set(data)

    for begins in (date(2027, 3, 3), date(2026, 12, 7), date(2020, 1, 1)):
        after = moved(before, begins)
        first = after.rounds[0].opens_at
        shift = first - before.rounds[0].opens_at

        assert 0 <= (first.date() - begins).days < 7
        assert first.weekday() == before.rounds[0].opens_at.weekday()
        assert {one.closes_at - old.closes_at for one, old in zip(after.rounds, before.rounds, strict=True)} == {shift}
        assert after.rules.eligibility.register_until - before.rules.eligibility.register_until == shift
        assert after.rounds[0].rules.prediction.as_of - before.rounds[0].rules.prediction.as_of == shift


def test_the_description_of_the_form_names_every_key():
    text = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"`\"?([a-z_]+)\"?`", text)) | set(re.findall(r"\"([a-z_]+)\":", text))
    keys = {
        field.name
        for kind in (RoundRules, ContestRules, Division, Eligibility, UnitBoard, PrizeRule)
        for field in dataclasses.fields(kind)
    }

    assert (keys - {"to"}) | {"for"} <= named
    assert MUST_BE_CHOSEN <= SETTINGS


def test_the_example_of_the_description_can_be_read():
    example = re.search(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)

    assert example
    assert read_rule_set_file(example[1].encode()).rounds[0].title == "Tuần 1"
