"""A draft written into cells and read again is the same draft."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import normalise_name
from contests.authoring.draft import Difficulty
from contests.authoring.rows import clean_text, read_row, write_row
from contests.rules.kinds import Kind
from contests.rules.kinds.words import write_plain
from tests.contests.authoring.cases import draft

words = st.text(st.characters(codec="utf-8", exclude_characters="|;"), max_size=30).map(clean_text)
said = words.filter(bool)
names = words.map(normalise_name)  # what stands in one line


@pytest.mark.parametrize("kind", Kind)
def test_each_kind(kind):
    whole = draft(kind)
    reading = read_row(1, write_row(whole))

    assert reading.draft == whole
    assert reading.problems == ()


@given(
    st.sampled_from([Kind.SINGLE, Kind.MULTIPLE]), st.lists(said, min_size=2, max_size=6), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)),
    st.sampled_from(Difficulty), st.tuples(said, names.filter(bool), names.filter(bool), names, words), st.dates(min_value=draft().valid_from),
)  # fmt: skip
def test_anything_of_letters(kind, options, key, pinned, difficulty, texts, day):
    stem, topic, code, other, explanation = texts
    whole = replace(
        draft(kind), options=tuple(options), key=frozenset(key), pinned=frozenset(pinned), difficulty=difficulty, stem=stem, topic=topic,
        code=code, other_source=other, explanation=explanation, valid_to=day if day.year < 2200 else None,
    )  # fmt: skip

    assert read_row(1, write_row(whole)).draft == whole


@given(
    st.lists(said, min_size=1, max_size=5), st.lists(st.lists(said, min_size=1, max_size=3), min_size=1, max_size=5), st.booleans(),
    st.decimals(min_value=-(10**9), max_value=10**9, places=4), st.none() | st.integers(0, 100),
)  # fmt: skip
def test_anything_written_out(accepted, blanks, accents, value, tolerance):
    number = {"value": write_plain(Fraction(value))} | ({} if tolerance is None else {"tolerance": str(tolerance)})
    for whole in (
        draft(Kind.SHORT_TEXT, spec={"accepted": accepted, "accents": accents}),
        draft(Kind.FILL_IN, spec={"blanks": blanks, "accents": accents}),
        draft(Kind.NUMBER, spec=number),
        draft(Kind.MATCHING, options=tuple(accepted), spec={"right": [*accepted[::-1], "thừa"]}),
    ):
        assert read_row(1, write_row(whole)).draft == whole
