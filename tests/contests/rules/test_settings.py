import json
from contextlib import suppress
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.prediction import Counted, Meaning, Prediction
from contests.rules.scoring import Negative, Plain, Speed, Streak
from contests.rules.settings import (
    Counting,
    DrawPart,
    Partial,
    Qualify,
    Review,
    RoundRules,
    RulesInvalid,
    ShowAfter,
    dump,
    parse_round_rules,
)
from contests.rules.windows import Window

PLAIN = {"minutes": 20, "attempts": 2, "draw": [{"topic": "hop-dong", "count": 12}, {"topic": "lich-su", "count": 8}]}


def test_the_smallest_rule_set_gets_the_written_defaults():
    rules = parse_round_rules(PLAIN)

    assert rules == RoundRules(
        minutes=20,
        attempts=2,
        draw=(DrawPart("hop-dong", 12), DrawPart("lich-su", 8)),
        shuffle_questions=True,
        shuffle_options=True,
        counting=Counting.BEST,
        grace_seconds=5,
        show=ShowAfter.SCORE,
        points_per_question=100,
    )
    assert (rules.questions, rules.full_points) == (20, 2000)


def test_null_attempts_means_unlimited_but_must_be_said():
    assert parse_round_rules(PLAIN | {"attempts": None}).attempts is None

    with pytest.raises(RulesInvalid):
        parse_round_rules({key: value for key, value in PLAIN.items() if key != "attempts"})


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"minutes": 0}, "minutes", "out_of_range"),
        ({"minutes": 181}, "minutes", "out_of_range"),
        ({"minutes": True}, "minutes", "not_whole"),
        ({"minutes": 20.0}, "minutes", "not_whole"),
        ({"minutes": "20"}, "minutes", "not_whole"),
        ({"minutes": None}, "minutes", "not_whole"),
        ({"attempts": 0}, "attempts", "out_of_range"),
        ({"attempts": 101}, "attempts", "out_of_range"),
        ({"attempts": False}, "attempts", "not_whole"),
        ({"attempts": "unlimited"}, "attempts", "not_whole"),
        ({"grace_seconds": -1}, "grace_seconds", "out_of_range"),
        ({"grace_seconds": 61}, "grace_seconds", "out_of_range"),
        ({"points_per_question": 0}, "points_per_question", "out_of_range"),
        ({"points_per_question": 1.5}, "points_per_question", "not_whole"),
        ({"shuffle_questions": 1}, "shuffle_questions", "not_yes_no"),
        ({"shuffle_options": "yes"}, "shuffle_options", "not_yes_no"),
        ({"shuffle_options": None}, "shuffle_options", "not_yes_no"),
        ({"counting": "worst"}, "counting", "not_a_choice"),
        ({"counting": ["best"]}, "counting", "not_a_choice"),
        ({"show": "everything"}, "show", "not_a_choice"),
        ({"show": "right_wrong"}, "show", "hints_at_keys"),
        ({"show": "explanation"}, "show", "hints_at_keys"),
        ({"review": "all"}, "review", "not_a_choice"),
        ({"draw": []}, "draw", "missing"),
        ({"draw": "hop-dong"}, "draw", "missing"),
        ({"draw": [5]}, "draw[0]", "not_an_object"),
        ({"draw": [{"topic": "", "count": 5}]}, "draw[0].topic", "bad_topic"),
        ({"draw": [{"topic": " a", "count": 5}]}, "draw[0].topic", "bad_topic"),
        ({"draw": [{"topic": "x" * 101, "count": 5}]}, "draw[0].topic", "bad_topic"),
        ({"draw": [{"topic": 3, "count": 5}]}, "draw[0].topic", "bad_topic"),
        ({"draw": [{"topic": "a", "count": 0}]}, "draw[0].count", "out_of_range"),
        ({"draw": [{"topic": "a", "count": True}]}, "draw[0].count", "not_whole"),
        ({"draw": [{"topic": "a"}]}, "draw[0].count", "missing"),
        ({"draw": [{"topic": "a", "count": 1, "difficulty": "khó"}]}, "draw[0].difficulty", "bad_difficulty"),
        ({"draw": [{"topic": "a", "count": 1, "difficulty": None}]}, "draw[0].difficulty", "bad_difficulty"),
        ({"draw": [{"topic": "a", "count": 1, "difficulty": "hard"}] * 2}, "draw[1].topic", "repeated"),
        ({"draw": [{"topic": "a", "count": 1, "level": 2}]}, "draw[0].level", "unknown"),
        ({"draw": [{"topic": "a", "count": 1}, {"topic": "a", "count": 2}]}, "draw[1].topic", "repeated"),
        ({"draw": [{"topic": "a", "count": 80}, {"topic": "b", "count": 21}]}, "draw", "too_many"),
        ({"time_limit": 20}, "time_limit", "unknown"),
        ({"partial": "half"}, "partial", "not_a_choice"),
        ({"scoring": {"name": "lottery"}}, "scoring", "refused"),
        ({"scoring": {"name": "negative", "penalty": 0}}, "scoring.penalty", "refused"),
        ({"prediction": {"meaning": "weather"}}, "prediction", "refused"),
        ({"prediction": {"meaning": "people", "as_of": "2026-11-22 08:00"}}, "prediction", "refused"),
        ({"windows": {}}, "windows", "not_a_list"),
        ({"windows": [{"day": 8, "opens": "07:00", "closes": "08:00"}]}, "windows[0].day", "out_of_range"),
        ({"windows": [{"day": 1, "opens": "7:00", "closes": "08:00"}]}, "windows[0].opens", "not_a_time"),
        ({"windows": [{"day": 1, "opens": "07:00", "closes": "24:01"}]}, "windows[0].closes", "not_a_time"),
        ({"windows": [{"day": 1, "opens": "09:00", "closes": "09:00"}]}, "windows[0].closes", "not_after"),
        (
            {
                "windows": [
                    {"day": 1, "opens": "07:00", "closes": "09:00"},
                    {"day": 1, "opens": "08:59", "closes": "10:00"},
                ]
            },
            "windows",
            "overlap",
        ),
        ({"qualify": {"top": 0}}, "qualify.top", "out_of_range"),
        ({"qualify": {"top": 5, "rounds": [0]}}, "qualify.rounds", "not_rounds"),
        ({"qualify": {"top": 5, "least": 3}}, "qualify.least", "unknown"),
    ],
)
def test_a_bad_value_is_named(change, field, code):
    with pytest.raises(RulesInvalid) as refused:
        parse_round_rules(PLAIN | change)

    assert [(p.field, p.code) for p in refused.value.problems] == [(field, code)]
    assert refused.value.problems[0].text.endswith(".")


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": 1},
        {"minutes": 180},
        {"attempts": 1},
        {"grace_seconds": 0},
        {"grace_seconds": 60},
        {"draw": [{"topic": "a", "count": 100}]},
    ],
)
def test_the_limits_themselves_are_allowed(change):
    parse_round_rules(PLAIN | change)


def test_all_problems_come_at_once():
    with pytest.raises(RulesInvalid) as refused:
        parse_round_rules({"minutes": 0, "draw": [{"topic": "", "count": -1}], "show": "all", "colour": "red"})

    assert {(p.field, p.code) for p in refused.value.problems} == {
        ("colour", "unknown"),
        ("minutes", "out_of_range"),
        ("attempts", "missing"),
        ("draw[0].topic", "bad_topic"),
        ("draw[0].count", "out_of_range"),
        ("show", "not_a_choice"),
    }


@pytest.mark.parametrize("data", [None, [], "minutes", 7])
def test_something_that_is_no_object_is_refused_like_anything_else(data):
    with pytest.raises(RulesInvalid) as refused:
        parse_round_rules(data)

    assert refused.value.problems[0].code == "not_an_object"


rule_sets = st.builds(
    RoundRules,
    minutes=st.integers(1, 180),
    attempts=st.none() | st.integers(1, 100),
    draw=st.lists(
        st.builds(
            DrawPart,
            topic=st.text(min_size=1, max_size=20).filter(lambda topic: topic == topic.strip()),
            count=st.integers(1, 12),
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda part: part.topic,
    ).map(tuple),
    shuffle_questions=st.booleans(),
    shuffle_options=st.booleans(),
    counting=st.sampled_from(Counting),
    grace_seconds=st.integers(0, 60),
    show=st.sampled_from(ShowAfter),
    review=st.sampled_from(Review),
    points_per_question=st.integers(1, 10_000),
    scoring=st.sampled_from([Plain(), Negative(25, below_zero=True), Negative(100), Speed(50, 500, 10), Streak(3, 25)]),
    partial=st.sampled_from(Partial),
    prediction=st.none()
    | st.builds(
        Prediction,
        st.sampled_from(Meaning).filter(lambda meaning: meaning is not Meaning.ALL_RIGHT_PERCENT),
        st.sampled_from(Counted),
        as_of=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
    | st.builds(Prediction, st.just(Meaning.ALL_RIGHT_PERCENT), st.sampled_from(Counted), st.integers(0, 5)),
    windows=st.lists(st.integers(1, 7), unique=True).map(
        lambda days: tuple(Window(day, 60 * day, 1440) for day in sorted(days))
    ),
    qualify=st.none()
    | st.builds(Qualify, st.integers(1, 1000), st.sets(st.integers(1, 9)).map(lambda rounds: tuple(sorted(rounds)))),
)


@given(rule_sets)
def test_dump_and_parse_are_inverse_through_json(rules):
    assert parse_round_rules(json.loads(json.dumps(dump(rules)))) == rules


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*PLAIN, "show", "counting", "grace_seconds", "other"]), json_values))
def test_any_json_is_read_or_refused_and_never_crashes(data):
    with suppress(RulesInvalid):
        assert parse_round_rules(dump(parse_round_rules(data)))


# Seen in real contests (shared/data/contest_rules.json): questions, minutes, attempts a round.
@pytest.mark.parametrize(
    ("name", "questions", "minutes", "attempts"),
    [
        ("tld-gui-niem-tin-2023", 20, 20, 2),
        ("hcm-2023", 20, 15, 2),
        ("moj-bau-cu-2021", 19, 20, 3),
        ("gia-lai-2025", 20, 15, 1),
        ("quynh-luu-2020", 10, 45, None),
    ],
)
def test_rule_sets_of_real_contests_are_expressible(name, questions, minutes, attempts):
    rules = parse_round_rules(
        {"minutes": minutes, "attempts": attempts, "draw": [{"topic": "chung", "count": questions}]}
    )

    assert (rules.questions, rules.minutes, rules.attempts) == (questions, minutes, attempts)


def test_parts_of_a_difficulty_are_read_and_dumped_and_old_rules_stay_as_they_are():
    parts = [
        {"topic": "a", "count": 2},
        {"topic": "a", "count": 3, "difficulty": "hard"},
        {"topic": "b", "count": 1, "difficulty": ""},
    ]

    rules = parse_round_rules(PLAIN | {"draw": parts})

    assert rules.draw == (DrawPart("a", 2), DrawPart("a", 3, "hard"), DrawPart("b", 1))
    assert dump(rules)["draw"] == [*parts[:2], {"topic": "b", "count": 1}]
    assert parse_round_rules(dump(rules)) == rules
    assert dump(parse_round_rules(PLAIN))["draw"] == PLAIN["draw"]
