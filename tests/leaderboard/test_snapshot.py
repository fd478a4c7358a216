"""What goes on the wire: small, always."""

import json
import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leaderboard.ranking import EXACT_TOTAL, Ranked, Row, marks_of, place_from_marks, shortened, with_ranks
from leaderboard.snapshot import FORMS, MAX_BYTES, Snapshot, encode, encode_heartbeat, snapshot_of
from tests.leaderboard.rows import MAX_ELAPSED_MS, MAX_POINTS, keyed_rows, make_row, make_rows, order_of

LONG_NAME = "Nguyễn Phạm Hoàng Thị Quỳnh Thương Phượng Nghiêng Đặng Trường " * 4
LONG_UNIT = (
    "Công đoàn cơ sở Công ty Trách nhiệm hữu hạn Một thành viên Dịch vụ Thương mại và Sản xuất Xuất nhập khẩu " * 3
)


def hardest_marks():
    """46 keys of 80 signs that agree as little with the one before as they can, or for very long: the dearest to tell."""
    keys = sorted(f"{pair * 11:02x}" + "7" * 77 + end for pair in range(23) for end in "0f")
    return tuple((key, 1_700_000 - 46 + n) for n, key in enumerate(keys))


def longest(count, name=LONG_NAME, unit=LONG_UNIT, marks=None):
    """Marks and rows as wide as they come."""
    rows = [
        Row(
            f"{n:032x}",
            order_of(MAX_POINTS, MAX_ELAPSED_MS - n),
            1,
            {"name": name, "unit": unit, "points": MAX_POINTS, "elapsed_ms": MAX_ELAPSED_MS},
        )
        for n in range(count)
    ]
    top = tuple(Ranked(1_700_000 + n, row) for n, row in enumerate(rows))
    return Snapshot(2**53 - 1, 1_700_000, top, hardest_marks() if marks is None else marks, 2**43, "provisional")


def read_marks(encoded):
    """As `static/js` reads them."""
    marks, last = [], ""
    for shared, rest, place in json.loads(encoded)["marks"]:
        last = last[:shared] + rest
        marks.append((last, place))
    return tuple(marks)


def test_the_wire_format():
    rows = [make_row("a", 250, 61_000), make_row("b", 100, 5)]

    assert json.loads(encode(snapshot_of(rows, at_ms=1_800_000_000_000, state="frozen"))) == {
        "v": 1_800_000_000_000_000,
        "total": 2,
        "top": [
            {"place": 1, "name": "Ng*** An", "unit": "CĐCS May 10", "points": 250, "ms": 61_000, "id": "a"},
            {"place": 2, "name": "Ng*** An", "unit": "CĐCS May 10", "points": 100, "ms": 5, "id": "b"},
        ],
        "marks": [[0, "7fffffff06000000ee48", 1], [8, "9c0000000005", 2]],
        "at": 1_800_000_000_000,
        "state": "frozen",
    }


def test_vietnamese_is_not_escaped():
    assert "CĐCS" in encode(snapshot_of([make_row("a")], at_ms=1)).decode()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_longest_vietnamese_names_fit_with_all_ten_rows(form):
    name, unit = unicodedata.normalize(form, LONG_NAME), unicodedata.normalize(form, LONG_UNIT)

    encoded = encode(longest(10, name, unit))
    decoded = json.loads(encoded)

    assert len(encoded) <= MAX_BYTES
    assert len(decoded["top"]) == 10
    assert len(decoded["marks"]) == 46
    assert all(row["name"].endswith("…") and unicodedata.is_normalized("NFC", row["name"]) for row in decoded["top"])


@given(st.integers(0, 100), st.text(max_size=300), st.text(max_size=300))
@example(10, "\x00" * 300, "\x00" * 300)
@example(10, "\U0001f600" * 300, "\U0001f600" * 300)
def test_no_snapshot_is_larger_than_the_limit_and_ten_rows_always_stay(count, name, unit):
    encoded = encode(longest(count, name, unit))
    decoded = json.loads(encoded)

    assert len(encoded) <= MAX_BYTES
    assert len(decoded["marks"]) == 46
    assert len(decoded["top"]) >= min(count, 10)


def test_rows_beyond_ten_that_do_not_fit_are_left_out_from_the_end():
    decoded = json.loads(encode(longest(100)))

    assert [row["place"] for row in decoded["top"]] == list(range(1_700_000, 1_700_000 + len(decoded["top"])))
    assert 10 <= len(decoded["top"]) < 100


keys = st.text("0123456789abcdef", min_size=80, max_size=80) | st.text("0f", min_size=80, max_size=80)


@given(st.lists(keys, max_size=60), st.sampled_from(["An", LONG_NAME]))
def test_marks_on_the_wire_are_the_marks_cut_by_one_of_the_forms(keys, name):
    ranked = with_ranks(keyed_rows(keys))
    whole = marks_of(ranked)

    encoded = encode(Snapshot(1, len(keys), longest(10, name).top, whole, 1))

    assert read_marks(encoded) in [shortened(whole, signs) for _, signs in FORMS]


@given(st.lists(st.tuples(st.integers(0, MAX_POINTS), st.integers(0, MAX_ELAPSED_MS)), max_size=EXACT_TOTAL))
@example([(MAX_POINTS * (n % 2) + n * 100_001, MAX_ELAPSED_MS - n) for n in range(EXACT_TOTAL)])
def test_a_small_board_of_points_and_time_is_told_exactly_even_with_the_longest_names(results):
    rows = [
        Row(
            f"{n:032x}",
            order_of(points, ms),
            1,
            {"name": "Ộ" * 200, "unit": "Ộ" * 200, "points": points, "elapsed_ms": ms},
        )
        for n, (points, ms) in enumerate(results)
    ]

    encoded = encode(snapshot_of(rows, at_ms=2**43))

    assert read_marks(encoded) == marks_of(with_ranks(rows))
    assert len(json.loads(encoded)["top"]) == min(len(rows), 10)


def test_a_large_board_of_a_long_chain_tells_its_marks_well():
    """Points, right answers, time, prediction, two instants: 78 signs; names and units stay whole or nearly so."""
    chance = random.Random(7)
    rows = [
        Row(
            f"{n:032x}",
            f"{2**39 - points:010x}{2**15 - points // 100:04x}{ms:010x}{chance.randrange(10**6):014x}"
            f"{1_795_000_000_000_000 + chance.randrange(10**12):014x}{1_795_000_000_000_000 + chance.randrange(10**12):014x}"
            f"8000{'f' * 8}",
            1,
            {"name": "Ng*** Thị Hồng Nhung", "unit": "CĐCS Công ty May Việt Tiến", "points": points, "elapsed_ms": ms},
        )
        for n in range(5_000)
        for points, ms in [(chance.randrange(30) * 100, chance.randrange(60_000, 1_800_000))]
    ]
    ranked = with_ranks(rows)

    encoded = encode(snapshot_of(rows, at_ms=2**43))

    marks, widths = read_marks(encoded), []
    for each in ranked:
        best, worst = place_from_marks(each.row.order, marks, len(rows))
        assert best <= each.place <= worst
        exact_best, exact_worst = place_from_marks(each.row.order, marks_of(ranked), len(rows))
        widths.append((worst - best) - (exact_worst - exact_best))
    assert sum(width > 1 for width in widths) <= len(marks), "only those at the marks may lose by a cut"
    assert {row["unit"] for row in json.loads(encoded)["top"]} == {"CĐCS Công ty May Việt Tiến"}


def test_short_texts_are_not_cut_to_make_room():
    decoded = json.loads(encode(snapshot_of(make_rows(2_000), at_ms=1)))

    assert {row["unit"] for row in decoded["top"]} == {"CĐCS May 10"}


def test_marks_alone_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="do not fit"):
        encode(Snapshot(1, 0, (), tuple((f"{n:080x}", 10**6) for n in range(300)), 1))


def test_heartbeat_is_the_version_alone():
    assert encode_heartbeat(7) == b'{"v":7}'
