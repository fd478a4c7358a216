"""Two texts in one, word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contests.rules.word_diff import Change, Piece, word_diff


@given(st.text(), st.text())
def test_both_texts_can_be_read_out_of_it(before, after):
    pieces = word_diff(before, after)

    assert "".join(piece.text for piece in pieces if piece.change is not Change.IN) == before
    assert "".join(piece.text for piece in pieces if piece.change is not Change.OUT) == after


def test_words_and_not_letters_change():
    assert word_diff("Nghỉ 12 ngày, đúng.", "Nghỉ 14 ngày, đúng.") == (
        Piece(Change.SAME, "Nghỉ "), Piece(Change.OUT, "12"), Piece(Change.IN, "14"), Piece(Change.SAME, " ngày, đúng."),
    )  # fmt: skip


def test_the_same_text_is_one_piece():
    assert word_diff("Một câu.", "Một câu.") == (Piece(Change.SAME, "Một câu."),)
    assert word_diff("", "") == ()
