"""When a round with windows is open: tables in Vietnam's time, and what always holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.windows import VIETNAM, Window, next_opening, opening_at, openings

MONDAY = datetime(2020, 10, 12, 7, tzinfo=VIETNAM)
SUNDAY = datetime(2020, 10, 18, 21, tzinfo=VIETNAM)
THREE_A_WEEK = (Window(2, 7 * 60, 21 * 60), Window(4, 7 * 60, 21 * 60), Window(7, 7 * 60, 24 * 60))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-10-{text}:00+07:00")


def test_a_round_without_windows_is_one_stretch():
    (only,) = openings((), MONDAY, SUNDAY)

    assert (only.opens_at, only.closes_at) == (MONDAY, SUNDAY)


def test_windows_are_cut_to_the_round():
    stretches = [(one.opens_at, one.closes_at) for one in openings(THREE_A_WEEK, MONDAY, SUNDAY)]

    assert stretches == [
        (at("13T07:00"), at("13T21:00")), (at("15T07:00"), at("15T21:00")), (at("18T07:00"), at("18T21:00"))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "is_open", "next_one"),
    [
        ("12T08:00", False, "13T07:00"), ("13T06:59", False, "13T07:00"), ("13T07:00", True, "15T07:00"),
        ("13T20:59", True, "15T07:00"), ("13T21:00", False, "15T07:00"), ("18T20:59", True, None), ("18T21:00", False, None),
    ],
)  # fmt: skip
def test_the_closing_instant_is_closed(now, is_open, next_one):
    found = next_opening(THREE_A_WEEK, MONDAY, SUNDAY, at(now))

    assert (opening_at(THREE_A_WEEK, MONDAY, SUNDAY, at(now)) is not None) is is_open
    assert (found.opens_at if found else None) == (at(next_one) if next_one else None)


def test_a_window_up_to_midnight_meets_the_next_morning():
    night = (Window(1, 20 * 60, 1440), Window(2, 0, 60))

    found = openings(night, MONDAY, SUNDAY)

    assert [one.closes_at - one.opens_at for one in found] == [timedelta(hours=4), timedelta(hours=1)]
    assert found[0].closes_at == found[1].opens_at


windows = st.lists(
    st.tuples(st.integers(1, 7), st.integers(0, 1438), st.integers(1, 1440)).filter(lambda one: one[1] < one[2]),
    unique_by=lambda one: one[0], max_size=7,
).map(lambda found: tuple(Window(*one) for one in found))  # fmt: skip
moments = st.datetimes(datetime(2020, 1, 1), datetime(2021, 1, 1)).map(lambda moment: moment.replace(tzinfo=VIETNAM))


@given(windows, moments, st.timedeltas(timedelta(minutes=1), timedelta(days=30)))
def test_stretches_are_in_order_apart_and_within_the_round(given_windows, opens_at, length):
    found = openings(given_windows, opens_at, opens_at + length)

    assert all(opens_at <= one.opens_at < one.closes_at <= opens_at + length for one in found)
    assert all(before.closes_at <= after.opens_at for before, after in pairwise(found))
