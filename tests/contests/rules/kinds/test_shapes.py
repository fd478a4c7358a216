"""Shapes: what a place of a paper takes, and that the token's signs hold it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.kinds import shapes
from contests.rules.kinds.shapes import (
    BLANK_SEPARATOR,
    ESSAY,
    GUESS,
    MAX_ESSAY,
    MAX_TEXT,
    NUMBER,
    SHORT_TEXT,
    Blanks,
    Matching,
    Options,
    Ordering,
    ShapeRefused,
    decode_shape,
    encode_shape,
)

PLACES = [
    *(Options(options, several) for options in (2, 4, 26) for several in (False, True)),
    *(Ordering(items) for items in (3, 9)), Matching(2, 2), Matching(4, 9), *(Blanks(n) for n in (1, 5)), SHORT_TEXT, NUMBER, ESSAY,
]  # fmt: skip
papers = st.lists(st.sampled_from(PLACES), max_size=30)


def test_the_signs_of_running_attempts_stay_what_they_were():
    assert decode_shape("ddbD") == (Options(4), Options(4), Options(2), Options(4, several=True))
    assert encode_shape([Options(4), Options(26, several=True)]) == "dZ"


@given(papers, st.booleans())
def test_a_shape_is_read_as_it_was_written(paper, side):
    places = [place for place in paper if place != ESSAY] + [GUESS] * side

    assert decode_shape(encode_shape(places)) == tuple(places)
    # what the SQL of a hand-in counts by
    assert len(encode_shape(places).translate(str.maketrans("", "", "0123456789"))) == len(places)
    assert encode_shape(places).endswith("?") is side


@pytest.mark.parametrize("places", [[Options(27)], [Options(0)], [Ordering(10)], [GUESS, Options(4)], [ESSAY] * 7])
def test_a_paper_without_a_sign_or_too_large_to_hand_in_is_refused(places):
    with pytest.raises(ValueError, match=r"options|items|last|carry"):
        encode_shape(places)


REFUSED = [
    (Ordering(3), [0, 1], "not_every_item_once"),
    (Ordering(3), [0, 1, 1], "not_every_item_once"),
    (Ordering(3), [1, 2, 3], "not_every_item_once"),
    (Ordering(3), [-1, 0, 1], "not_every_item_once"),
    (Matching(2, 3), [0], "not_every_item_once"),
    (Matching(2, 3), [0, 3], "no_such_option"),
    (Matching(2, 3), [-2, 0], "no_such_option"),
    (SHORT_TEXT, "x" * (MAX_TEXT + 1), "too_long"),
    (SHORT_TEXT, "một\nhai", "bad_text"),
    (SHORT_TEXT, "a\0b", "bad_text"),
    (SHORT_TEXT, "\ud800", "bad_text"),
    (SHORT_TEXT, f"a{BLANK_SEPARATOR}b", "bad_text"),
    (ESSAY, "x" * (MAX_ESSAY + 1), "too_long"),
    (ESSAY, "a\x0bb", "bad_text"),
    (Blanks(2), "một", "not_every_blank"),
    (Blanks(2), BLANK_SEPARATOR * 2, "not_every_blank"),
    (Blanks(2), f"a\n{BLANK_SEPARATOR}b", "bad_text"),
    *((GUESS, text, "bad_number") for text in ("12a", "1,2,3", "-5", "1e3", "٣", ".", ",", "１２")),
    (GUESS, "1" * 21, "too_long"),
]


@pytest.mark.parametrize(("place", "value", "code"), REFUSED)
def test_what_is_no_answer_is_refused(place, value, code):
    with pytest.raises(ShapeRefused) as refused:
        place.read(value)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("place", "value", "kept"),
    [
        (Options(4, several=True), [2, 0], ((0, 2), "")),
        (Ordering(3), [2, 0, 1], ((2, 0, 1), "")),
        (Ordering(3), [], ((), "")),
        (Matching(3, 4), [3, -1, 3], ((3, -1, 3), "")),
        (Matching(2, 4), [-1, -1], ((), "")),
        (SHORT_TEXT, "  Nguyễn Đức Cảnh ", ((), "Nguyễn Đức Cảnh")),
        (SHORT_TEXT, unicodedata.normalize("NFD", "Đức"), ((), "Đức")),
        (SHORT_TEXT, "   ", ((), "")),
        (ESSAY, "một\r\nhai\rba", ((), "một\nhai\nba")),
        (Blanks(2), f" a {BLANK_SEPARATOR}", ((), f"a{BLANK_SEPARATOR}")),
        (Blanks(2), f" {BLANK_SEPARATOR} ", ((), "")),
        (Blanks(2), "", ((), "")),
        (GUESS, " 1.234 567,5 ", ((), "1.234 567,5")),
        (GUESS, "", ((), "")),
    ],
)
def test_an_answer_is_kept_in_its_one_form(place, value, kept):
    assert place.read(value) == kept
    assert place.read(kept[1] if place.takes == "text" else list(kept[0])) == kept  # and stays in it


@given(st.text(max_size=300), st.sampled_from([SHORT_TEXT, NUMBER, ESSAY, Blanks(3), GUESS]))
def test_whatever_text_comes_it_is_refused_or_safe_to_store(text, place):
    try:
        choice, kept = place.read(text)
    except ShapeRefused:
        return
    assert choice == ()
    assert "\0" not in kept
    kept.encode()
    assert len(kept.encode()) + 64 <= place.most_bytes
    assert unicodedata.is_normalized("NFC", kept)


def test_the_largest_paper_fits_where_it_must():
    largest = [Matching(9, 9)] * 99 + [GUESS]

    assert len(encode_shape(largest)) <= 304  # the column
    assert shapes.full_size([SHORT_TEXT] * 100) <= shapes.MOST_BYTES
