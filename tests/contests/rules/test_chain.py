"""The chain without a database: whatever is done to the rows, the first place that differs is named."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.chain import GENESIS, Chain, Finding, Head, Record, Wrong, canonical, link, seal_head

KEY = b"k" * 32


def record(position: int) -> Record:
    return Record(
        position, position + 100, f"17638474631234{position:02d}", "attempt.started", 7, None, 3, '{"state": "started"}'
    )


def sealed(count: int) -> tuple[list[tuple[Record, bytes | None]], Head]:
    rows, last = [], GENESIS
    for position in range(1, count + 1):
        last = link(KEY, last, record(position))
        rows.append((record(position), last))
    return rows, seal_head(KEY, count, last)


def finding(rows, head, **start) -> Finding | None:
    chain = Chain(KEY, **start)
    return chain.follow(rows) or chain.end(head)


def test_the_canonical_form_is_this_one():
    """Whoever verifies with a program of their own builds these bytes; they never change."""
    told = replace(record(2), what="ruling.voided", detail='{"lý do": "mưa"}')

    assert canonical(told).decode() == (
        '{"actor":3,"at":"1763847463123402","attempt":null,"contest":7,"detail":"{\\"lý do\\": \\"mưa\\"}","id":102,"position":2,'
        '"what":"ruling.voided"}'
    )
    assert link(KEY, GENESIS, told).hex() == "f96c494b5e11e9dec1f32e4f172de4c76bdb90b9b99cc2ab9eacf365a15d40b8"


@pytest.mark.parametrize("count", [0, 1, 5])
def test_an_untouched_chain_is_good(count):
    assert finding(*sealed(count)) is None


@pytest.mark.parametrize("name", [field.name for field in fields(Record)])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_change_of_any_field_is_found_where_it_is(name, place):
    rows, head = sealed(5)
    old, code = rows[place]
    value = getattr(old, name)
    new = 99 if isinstance(value, int) else f"{value} "
    if name == "position":
        rows[place] = replace(old, position=0), code
        rows.sort(key=lambda row: row[0].position)
        assert finding(rows, head) == Finding(Wrong.REPEATED, 0, old.id)
        return
    rows[place] = replace(old, **{name: new}), code

    assert finding(rows, head) == Finding(Wrong.ALTERED, place + 1, new if name == "id" else old.id)


@given(st.integers(0, 7), st.integers(0, 7))
def test_a_swap_of_two_rows_is_found_at_the_first(one, other):
    rows, head = sealed(8)
    (a, link_a), (b, link_b) = rows[one], rows[other]
    rows[one], rows[other] = (replace(b, position=a.position), link_b), (replace(a, position=b.position), link_a)
    first = min(one, other)

    expected = None if one == other else Finding(Wrong.ALTERED, first + 1, rows[first][0].id)
    assert finding(rows, head) == expected


@pytest.mark.parametrize("gone", range(6))
def test_a_removed_row_is_found_the_last_one_too(gone):
    rows, head = sealed(6)
    del rows[gone]

    assert finding(rows, head) == Finding(Wrong.MISSING, gone + 1)


def test_cutting_the_tail_needs_the_key_of_the_head():
    rows, head = sealed(6)
    cut = rows[:4]

    assert finding(cut, head) == Finding(Wrong.MISSING, 5)
    assert finding(cut, Head(4, cut[-1][1], head.mac)) == Finding(Wrong.HEAD, 4)
    assert finding(cut, seal_head(b"another key", 4, cut[-1][1])) == Finding(Wrong.HEAD, 4)
    assert finding(cut, None) == Finding(Wrong.HEAD, 4)
    assert finding([], None) == Finding(Wrong.HEAD, 0)


def test_an_older_head_that_is_put_back_does_not_hide_the_rows_after_it():
    rows, _ = sealed(6)

    assert finding(rows, sealed(4)[1]) == Finding(Wrong.BEYOND, 5)


def test_a_chain_forged_from_the_beginning_needs_the_key():
    rows, head = sealed(3)

    assert Chain(b"another key").follow(rows) == Finding(Wrong.ALTERED, 1, 101)
    assert finding(rows, head, position=0, link=b"\x01" * 32) == Finding(Wrong.ALTERED, 1, 101)


def test_a_row_without_its_code_is_bad():
    rows, head = sealed(3)
    rows[1] = rows[1][0], None

    assert finding(rows, head) == Finding(Wrong.ALTERED, 2, 102)


def test_verifying_may_begin_in_the_middle():
    rows, head = sealed(6)
    rows[1] = replace(rows[1][0], what="x"), rows[1][1]

    assert finding(rows[3:], head, position=3, link=rows[2][1]) is None
