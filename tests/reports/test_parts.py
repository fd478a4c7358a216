"""Figures taken apart by hour, round, division and level: against plain sums, for any contest."""

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.parts import (
    MOST_DAYS,
    Cell,
    DivisionPart,
    DivisionPeople,
    LevelPart,
    Parts,
    ResultCell,
    Sittings,
    clock_of,
    from_json,
    rolled_up,
    spans_of,
)  # fmt: skip

PATHS = ["0001.", "0001.0001.", "0001.0001.0001.", "0001.0001.0002.", "0001.0002.", "0001.0002.0001."]
numbers = st.integers(0, 50)
hours = st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 20)).map(lambda at: f"{at:%Y-%m-%dT%H}")


@st.composite
def cell(draw):
    attempts = draw(st.integers(1, 50))
    few = st.integers(0, attempts)
    where = (draw(st.sampled_from(PATHS)), draw(st.sampled_from(["", "a", "b"])), draw(st.integers(1, 3)), draw(hours))
    return Cell(*where, attempts, draw(few), draw(few))


results = st.builds(ResultCell, st.sampled_from(PATHS), st.integers(0, 10), st.integers(0, 9), numbers)
entries = st.tuples(st.sampled_from(PATHS), numbers)
people = st.builds(DivisionPeople, st.sampled_from(PATHS), st.sampled_from(["", "a"]), numbers, numbers, numbers)


@given(st.lists(results, max_size=30), st.lists(entries, max_size=8), st.sets(st.sampled_from(PATHS), min_size=1))
def test_results_of_a_unit_are_those_below_it(rows, counts, wanted):
    found = rolled_up([], [], {}, wanted, rows, counts)

    for path, parts in found.items():
        inside = [row for row in rows if row.path.startswith(path)]
        assert parts.marks == tuple(sum(row.attempts for row in inside if row.mark == at) for at in range(11))
        assert parts.paces == tuple(sum(row.attempts for row in inside if row.pace == at) for at in range(10))
        assert parts.registered == sum(count for below, count in counts if below.startswith(path))
        assert from_json(json.loads(json.dumps(parts.as_json()))) == parts


@given(st.lists(cell(), max_size=30), st.lists(people, max_size=8), st.sets(st.sampled_from(PATHS), min_size=1))
def test_a_unit_holds_what_is_below_it_and_nothing_else(cells, rows, wanted):
    found = rolled_up(cells, rows, {}, wanted)

    assert found.keys() == wanted
    for path, parts in found.items():
        inside = [one for one in cells if one.path.startswith(path)]
        attempts = sum(one.attempts for one in inside)
        for part in (parts.hours, parts.rounds, parts.divisions):
            assert sum(one.attempts for one in part.values()) == attempts
        for number, part in parts.rounds.items():
            mine = [one for one in inside if one.round == number]
            assert part == (
                sum(one.firsts for one in mine), sum(one.attempts for one in mine), sum(one.attempts - one.running for one in mine),
            )  # fmt: skip
        for key, part in parts.divisions.items():
            mine = [row for row in rows if row.path.startswith(path) and row.division == key]
            assert (part.participants, part.scored, part.points) == tuple(
                sum(row[at] for row in mine) for at in (2, 3, 4)
            )
        assert from_json(json.loads(json.dumps(parts.as_json()))) == parts


@given(st.dictionaries(hours, st.builds(Sittings, numbers, numbers, numbers), max_size=40))
def test_days_and_clock_leave_nothing_out(parts):
    spans, clock = spans_of(parts), clock_of(parts)

    assert sum(span.attempts for span in spans) == sum(clock) == sum(part.attempts for part in parts.values())
    assert sum(span.firsts for span in spans) == sum(part.firsts for part in parts.values())
    by_hour = Counter(dict.fromkeys(range(24), 0))
    for hour, part in parts.items():
        by_hour[int(hour[-2:])] += part.attempts
    assert clock == [by_hour[hour] for hour in range(24)]
    for one, following in pairwise(spans):
        assert following.first == one.last + timedelta(1), "quiet days are there too"
    if spans:
        assert (spans[-1].last - spans[0].first).days < MOST_DAYS or all(s.last > s.first for s in spans[:-1])
        assert len(spans) <= MOST_DAYS


def test_nobody_has_no_days():
    assert spans_of({}) == []
    assert clock_of({}) == [0] * 24


def test_shares_and_means():
    assert DivisionPart(2, 3, 3, 2, 700).mean_score == 3.5
    assert DivisionPart().mean_score is None
    assert LevelPart("CĐCS", 4, 1).share == 0.25
    assert from_json({"hours": {}, "rounds": {}, "divisions": {}, "levels": []}) == Parts(), (
        "as it was kept before results were"
    )
