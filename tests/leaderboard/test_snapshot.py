"""What goes on the wire: small, always."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.ranking import MAX_ELAPSED_MS, MAX_POINTS, Ranked, Row, order_key
from leaderboard.snapshot import MAX_BYTES, Snapshot, encode, encode_heartbeat, snapshot_of
from tests.leaderboard.rows import make_row, make_rows

LONG_NAME = "Nguyễn Phạm Hoàng Thị Quỳnh Thương Phượng Nghiêng Đặng Trường " * 4
LONG_UNIT = (
    "Công đoàn cơ sở Công ty Trách nhiệm hữu hạn Một thành viên Dịch vụ Thương mại và Sản xuất Xuất nhập khẩu " * 3
)


def longest(count, name=LONG_NAME, unit=LONG_UNIT):
    """Marks and rows as wide as they come."""
    rows = [
        Row(
            f"{n:032x}",
            order_key(MAX_POINTS, MAX_ELAPSED_MS - n),
            1,
            {"name": name, "unit": unit, "points": MAX_POINTS, "elapsed_ms": MAX_ELAPSED_MS},
        )
        for n in range(count)
    ]
    marks = tuple((-(9 * 10**15) + n, 1_700_000 - n) for n in range(46))
    top = tuple(Ranked(n + 1, row) for n, row in enumerate(rows))
    return Snapshot(2**53 - 1, 1_700_000, top, marks, 2**43, "provisional")


def test_the_wire_format():
    rows = [make_row("a", 250, 61_000), make_row("b", 100, 5)]

    assert json.loads(encode(snapshot_of(rows, at_ms=1_800_000_000_000, state="frozen"))) == {
        "v": 1_800_000_000_000_000,
        "total": 2,
        "top": [
            {"place": 1, "name": "Ng*** An", "unit": "CĐCS May 10", "points": 250, "ms": 61_000, "id": "a"},
            {"place": 2, "name": "Ng*** An", "unit": "CĐCS May 10", "points": 100, "ms": 5, "id": "b"},
        ],
        "marks": [[rows[0].order, 1], [rows[1].order, 2]],
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
def test_no_snapshot_is_larger_than_the_limit(count, name, unit):
    encoded = encode(longest(count, name, unit))

    assert len(encoded) <= MAX_BYTES
    assert len(json.loads(encoded)["marks"]) == 46


def test_rows_that_do_not_fit_are_left_out_from_the_end():
    decoded = json.loads(encode(longest(100)))

    assert [row["place"] for row in decoded["top"]] == list(range(1, len(decoded["top"]) + 1))
    assert decoded["total"] == 1_700_000


def test_short_texts_are_not_cut_to_make_room():
    decoded = json.loads(encode(snapshot_of(make_rows(2_000), at_ms=1)))

    assert {row["unit"] for row in decoded["top"]} == {"CĐCS May 10"}


def test_marks_alone_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="do not fit"):
        encode(Snapshot(1, 0, (), tuple((-(9 * 10**15), 10**6) for _ in range(300)), 1))


def test_heartbeat_is_the_version_alone():
    assert encode_heartbeat(7) == b'{"v":7}'
