"""Years, halves, targets and comparisons as numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from reports.periods.period import (
    MEASURES,
    Change,
    Counted,
    Line,
    Period,
    Totals,
    as_json,
    compared,
    from_json,
    held_against,
    offered,
    read,
    year_of,
)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-2", date(2026, 7, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_by_its_days(code, first, last):
    period = read(code)

    assert (period.first_day, period.last_day, period.code) == (first, last, code)
    assert period.before.code == code.replace("2026", "2025")


def test_days_are_those_of_vietnam():
    assert read("2026").begins == datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert read("2026").ends == datetime(2026, 12, 31, 17, tzinfo=UTC) == read("2026-2").ends
    assert read("2026-1").ends == read("2026-2").begins == datetime(2026, 6, 30, 17, tzinfo=UTC)
    assert year_of(datetime(2025, 12, 31, 17, 0, tzinfo=UTC)) == Period(2026)
    assert year_of(datetime(2025, 12, 31, 16, 59, tzinfo=UTC)) == Period(2025)


@pytest.mark.parametrize(
    "code", ["", "26", "2026-0", "2026-3", "2026-", "1999", "2101", "2026-1 ", "²026", "2026\x00", "٢٠٢٦"]
)
def test_anything_else_is_no_period(code):
    assert read(code) is None


def test_what_may_be_chosen_has_begun():
    now = datetime(2026, 3, 1, tzinfo=UTC)

    assert [each.code for each in offered(now, 2025)] == ["2026", "2026-1", "2025", "2025-2", "2025-1"]
    assert [each.code for each in offered(now, 2030)] == ["2026", "2026-1"]


TOTALS = Totals(people=850, attempts=2000, reached=900, contests=3, units=8, units_all=10, members=1000, workers=1200)


@pytest.mark.parametrize(
    ("measure", "of", "share"),
    [
        ("reach", "members", Fraction(9, 10)), ("reach", "workers", Fraction(3, 4)), ("people", "members", Fraction(17, 20)),
        ("people", "workers", Fraction(17, 24)), ("units", "units", Fraction(4, 5)),
    ],
)  # fmt: skip
def test_a_target_is_held_against_its_own_figures(measure, of, share):
    assert held_against(measure, of, TOTALS) == share
    assert held_against(measure, of, Totals()) is None  # nothing is known of the whole


def test_every_measure_has_its_figures():
    assert {
        (measure, of) for measure, of, _share in test_a_target_is_held_against_its_own_figures.pytestmark[0].args[1]
    } == set(MEASURES)


def test_one_period_beside_another():
    changes = compared(TOTALS, Totals(people=1000, contests=3))

    assert changes["people"] == Change(850, 1000)
    assert (changes["people"].more, changes["people"].share) == (-150, -0.15)
    assert (changes["contests"].more, changes["contests"].share) == (0, 0.0)
    assert (changes["reached"].more, changes["reached"].share) == (900, None)


def test_rates_of_nothing_are_not_defined():
    assert (Totals().rate, Line("1", 5, 5, 1).rate) == (None, None)
    assert TOTALS.rate == 0.85


def test_what_is_kept_comes_back():
    import json

    counted = Counted(
        TOTALS, (Line("7", 3, 4, 1),), (Line("0001.0002.", 3, 4, 1, 2, None), Line("0001.0003.", 0, 0, 0, 1, 9))
    )

    assert from_json(json.loads(json.dumps(as_json(counted)))) == counted
