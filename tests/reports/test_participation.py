"""Rolling up figures: every number here was computed by hand."""

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import PATH_LABEL
from reports.participation import (
    GONE,
    LABEL,
    CountRow,
    HeadcountRow,
    UnitRow,
    figures_of,
    levels_below,
    participation,
    report_of,
)  # fmt: skip

JUNE, DECEMBER = date(2026, 6, 30), date(2025, 12, 31)
PROVINCE, WARD, OTHER = "0001.0002.", "0001.0002.0001.", "0001.0002.0002."
FACTORY, SCHOOL, CLINIC, SHOP = f"{WARD}0001.", f"{WARD}0002.", f"{OTHER}0001.", f"{OTHER}0002."
UNITS = [
    UnitRow(PROVINCE, "TN", "LĐLĐ tỉnh", "Tỉnh", False),
    UnitRow(WARD, "TN1", "Phường", "Trên cơ sở", False),
    UnitRow(FACTORY, "TN1-1", "Công ty May", "CĐCS", True),
    UnitRow(SCHOOL, "TN1-2", "Trường Mầm non", "CĐCS", True),
    UnitRow(OTHER, "TN2", "Xã", "Trên cơ sở", False),
    UnitRow(CLINIC, "TN2-1", "Trạm Y tế", "CĐCS", True),
    UnitRow(SHOP, "TN2-2", "Cửa hàng", "CĐCS", True),
]
HEADS = [HeadcountRow(FACTORY, 200, JUNE), HeadcountRow(SCHOOL, 50, DECEMBER), HeadcountRow(CLINIC, 10, JUNE)]
COUNTS = [
    CountRow(FACTORY, 100, 150, 140, 90, 90 * 1000),
    CountRow(SCHOOL, 10, 10, 10, 10, 10 * 2000),
    CountRow(CLINIC, 20, 21, 20, 20, 0),
]


def row(table: pd.DataFrame, path: str, *columns: str) -> list[object]:
    return [None if pd.isna(value) else value for value in table.set_index("path").loc[path, list(columns)]]


def test_label_is_that_of_the_tree():
    assert LABEL == PATH_LABEL + 1


def test_every_level_is_the_sum_of_its_subtree():
    table = participation(PROVINCE, UNITS, HEADS, COUNTS)

    columns = (
        "depth",
        "members",
        "participants",
        "attempts",
        "handed_in",
        "units_taking_part",
        "units_all",
        "units_uncounted",
    )
    assert {path: row(table, path, *columns) for path in table["path"]} == {
        PROVINCE: [2, 260, 130, 181, 170, 3, 4, 1],
        WARD: [3, 250, 110, 160, 150, 2, 2, 0],
        FACTORY: [4, 200, 100, 150, 140, 1, 1, 0],
        SCHOOL: [4, 50, 10, 10, 10, 1, 1, 0],
        OTHER: [3, 10, 20, 21, 20, 1, 2, 1],
        CLINIC: [4, 10, 20, 21, 20, 1, 1, 0],
        SHOP: [4, None, 0, 0, 0, 0, 1, 1],
    }


def test_rates_come_from_sums_and_may_pass_the_whole():
    table = participation(PROVINCE, UNITS, HEADS, COUNTS)

    assert row(table, PROVINCE, "rate") == [0.5]
    assert row(table, WARD, "rate") == [0.44]
    assert row(table, CLINIC, "rate") == [2.0], "more people than the headcount said: shown as it is"
    assert row(table, SHOP, "rate") == [None]


def test_mean_is_over_people_and_not_a_mean_of_means():
    table = participation(PROVINCE, UNITS, HEADS, COUNTS)

    assert row(table, FACTORY, "mean_score") == [10.0]
    assert row(table, SCHOOL, "mean_score") == [20.0]
    assert row(table, WARD, "mean_score") == [11.0]  # (90 × 10 + 10 × 20) / 100, the mean of means would be 15
    assert row(table, SHOP, "mean_score") == [None]


def test_who_passed_is_counted_out_of_those_with_a_result():
    table = participation(PROVINCE, UNITS, HEADS, [*COUNTS, CountRow(FACTORY, 0, 0, 0, 0, 0, 30)])
    whole = figures_of(table)[0]

    assert row(table, WARD, "participants", "scored", "points", "passed") == [110, 100, 110_000, 30]
    assert (whole.passed, whole.scored, whole.pass_rate) == (30, 120, 0.25)
    assert report_of(participation(SHOP, UNITS, HEADS, COUNTS)).whole.pass_rate is None


def test_days_of_the_denominator_are_a_range():
    table = participation(PROVINCE, UNITS, HEADS, COUNTS)

    assert row(table, WARD, "first_day", "last_day") == [DECEMBER, JUNE]
    assert row(table, CLINIC, "first_day", "last_day") == [JUNE, JUNE]
    assert row(table, SHOP, "first_day", "last_day") == [None, None]


def test_people_directly_in_an_upper_unit_are_counted_once_and_shown():
    table = participation(
        PROVINCE, UNITS, [*HEADS, HeadcountRow(PROVINCE, 40, JUNE)], [*COUNTS, CountRow(PROVINCE, 5, 6, 6, 5, 5000)]
    )
    report = report_of(table)

    assert (report.whole.members, report.whole.participants, report.whole.attempts) == (300, 135, 187)
    assert report.direct is not None
    assert (report.direct.members, report.direct.participants, report.direct.rate, report.direct.mean_score) == (
        40,
        5,
        0.125,
        10.0,
    )
    assert (
        report.whole.participants == sum(child.participants for child in report.children) + report.direct.participants
    )


def test_a_unit_that_is_no_longer_there_keeps_its_people():
    table = participation(PROVINCE, UNITS, HEADS, [*COUNTS, CountRow(f"{PROVINCE}0009.0001.", 7, 7, 7, 7, 0)])

    assert row(table, f"{PROVINCE}0009.", "unit", "participants") == [GONE, 7]
    assert row(table, PROVINCE, "participants") == [137]


def test_rows_outside_the_chosen_unit_are_ignored():
    table = participation(WARD, UNITS, HEADS, COUNTS)

    assert list(table["path"]) == [WARD, FACTORY, SCHOOL]


def test_a_tree_where_nobody_took_part():
    report = report_of(participation(PROVINCE, UNITS, HEADS, []))

    assert (report.whole.participants, report.whole.rate, report.whole.mean_score) == (0, 0.0, None)
    assert [(absent.name, absent.parent, absent.members) for absent in report.nobody] == [
        ("Công ty May", "Phường", 200), ("Trường Mầm non", "Phường", 50), ("Trạm Y tế", "Xã", 10), ("Cửa hàng", "Xã", None),
    ]  # fmt: skip


def test_nothing_at_all():
    [only] = figures_of(participation(PROVINCE, [], [], []))

    assert (only.members, only.participants, only.rate, only.mean_score, only.units_all) == (None, 0, None, None, 0)


def test_no_headcount_anywhere():
    report = report_of(participation(PROVINCE, UNITS, [], COUNTS))

    assert (report.whole.members, report.whole.rate, report.whole.participants) == (None, None, 130)


def test_a_headcount_of_zero_gives_no_rate():
    report = report_of(participation(FACTORY, UNITS, [HeadcountRow(FACTORY, 0, JUNE)], COUNTS))

    assert (report.whole.members, report.whole.rate) == (0, None)


def test_children_come_by_falling_rate_and_the_unknown_last():
    report = report_of(participation(OTHER, UNITS, HEADS, COUNTS))

    assert [child.name for child in report.children] == ["Trạm Y tế", "Cửa hàng"]


LABELS = st.lists(st.sampled_from(["0001.", "0002.", "000z."]), max_size=4).map("".join)


@given(st.lists(st.tuples(LABELS, st.booleans()), max_size=12), st.lists(st.tuples(LABELS, st.integers(0, 99)), max_size=8),
       st.lists(st.tuples(LABELS, st.integers(0, 99)), max_size=8))  # fmt: skip
def test_any_tree_adds_up_as_plain_sums_over_prefixes(units, heads, counts):
    root = "0009."
    unit_rows = [UnitRow(root + path, "", path, "", grassroots) for path, grassroots in units]
    head_rows = [HeadcountRow(root + path, members, JUNE) for path, members in heads]
    count_rows = [CountRow(root + path, people, 2 * people, people, people, 7 * people, 1) for path, people in counts]

    table = participation(root, [*unit_rows, UnitRow("0008.", "", "", "", True)], head_rows, [*count_rows, CountRow("0008.", 9, 9, 9, 9, 9)])  # fmt: skip

    grassroots = {row.path: row.grassroots for row in reversed(unit_rows)}  # of two rows for one place the first counts
    for each in figures_of(table):
        inside = [row for row in count_rows if row.path.startswith(each.path)]
        told = [row for row in head_rows if row.path.startswith(each.path)]
        assert each.participants == sum(row.participants for row in inside)
        assert each.attempts == 2 * each.participants
        assert each.passed == len(inside)
        assert each.members == (sum(row.members for row in told) if told else None)
        below = [path for path, is_grassroots in grassroots.items() if is_grassroots and path.startswith(each.path)]
        assert each.units_all == len(below)
        assert each.units_uncounted == len({*below} - {row.path for row in head_rows})
        people = {path: sum(row.participants for row in count_rows if row.path == path) for path in below}
        assert each.units_taking_part == sum(1 for number in people.values() if number)
        assert (each.first_day is None) == (not told)
    assert {row.path for row in [*unit_rows, *head_rows, *count_rows]} <= set(table["path"])


def test_levels_below_count_units_by_kind():
    table = participation(PROVINCE, UNITS, HEADS, COUNTS)

    assert levels_below(table, 1)[PROVINCE] == (("Trên cơ sở", 2, 2), ("CĐCS", 4, 3))
    assert levels_below(table, 1)[OTHER] == (("CĐCS", 2, 1),)
    assert set(levels_below(table, 3)) == {PROVINCE}
