"""A set belongs to its seed; an address carries answers and nothing else; two stems that ask the same share a key."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.kinds.shapes import Options
from contests.rules.paper import BankItem
from contests.rules.practice import (
    SET_SIZE,
    draw_set,
    pool_of,
    read_answers,
    read_choice,
    stamp,
    stem_key,
    write_answers,
)

POOL = [BankItem(version, f"Chủ đề {version % 3}", 4, frozenset({3}) if version % 5 == 0 else frozenset()) for version in range(1, 41)]  # fmt: skip
SHAPES = [Options(4), Options(4, several=True), Options(2), Options(26, several=True)]


# --- the set ---
def test_the_same_seed_is_the_same_set_and_another_seed_another():
    assert draw_set(pool_of(POOL), 7) == draw_set(pool_of(reversed(POOL)), 7)
    assert len({draw_set(pool_of(POOL), seed) for seed in range(1, 50)}) == 49


def test_a_set_holds_ten_different_questions_or_all_there_are():
    assert len({item.version for item in draw_set(pool_of(POOL), 1).items}) == SET_SIZE
    assert {item.version for item in draw_set(pool_of(POOL[:3]), 1).items} == {1, 2, 3}
    assert draw_set(pool_of([]), 1).items == ()


def test_every_question_comes_up_sooner_or_later_and_pinned_options_stay():
    drawn = [item for seed in range(1, 60) for item in draw_set(pool_of(POOL), seed).items]

    assert {item.version for item in drawn} == {item.version for item in POOL}
    assert all(item.order[3] == 3 for item in drawn if item.version % 5 == 0)
    assert len({item.order for item in drawn}) > 10


def test_the_stamp_tells_one_question_more_or_less():
    assert stamp(draw_set(pool_of(POOL), 5)) == stamp(draw_set(pool_of(POOL), 5))
    stamps = {stamp(draw_set(pool_of(item for item in POOL if item.version != gone), 5)) for gone in range(1, 41)}
    assert len(stamps) == SET_SIZE + 1  # each question of the set that goes makes another; those outside change nothing


# --- the address ---
@given(st.lists(st.sampled_from([0, 1, 2]), max_size=1).map(tuple), st.sets(st.integers(0, 3)).map(sorted).map(tuple))
def test_what_was_written_is_read_back(single, several):
    answers = [single, several]

    assert read_answers(write_answers(answers), SHAPES) == answers


def test_no_answer_yet_and_one_skipped_are_different():
    assert read_answers("", SHAPES) == []
    assert read_answers("-", SHAPES) == [()]


@pytest.mark.parametrize(
    "text",
    ["E", "AB", "a", "Á", "A.", ".A", "A..A", "A.CA", "A.AA", "A.A.C", "A.A.A.A.A", "A--", "1", "A B", "A\0", "🙂", "A." * 5000, "%41", "A.BD.A.[" ],
)  # fmt: skip
def test_anything_else_is_none(text):
    assert read_answers(text, SHAPES) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    answers = read_answers(text, SHAPES)

    assert answers is None or write_answers(answers) == text


@pytest.mark.parametrize(
    ("letters", "several", "choice"),
    [
        (["B"], False, (1,)), (["C", "A"], True, (0, 2)), ([], True, None), (["A", "B"], False, None),
        (["A", "A"], True, None), (["E"], False, None), (["AB"], True, None), ([""], False, None),
    ],
)  # fmt: skip
def test_a_choice_is_what_a_form_can_send(letters, several, choice):
    assert read_choice(letters, 4, several) == choice


# --- the same question ---
@pytest.mark.parametrize(
    "other",
    [
        "Thỏa ước lao động tập thể có thời hạn bao lâu?", "  thỏa ước LAO ĐỘNG tập thể  có thời hạn bao lâu ", "Thoả ước lao động tập thể có thời hạn bao lâu ?",
        unicodedata.normalize("NFD", "Thỏa ước lao động tập thể có thời hạn bao lâu?"), "Thỏa ước lao động tập thể\ncó thời hạn: bao lâu…",
        "Thỏa\u00a0ước lao động tập\u200b thể có thời hạn bao lâu?",
    ],
)  # fmt: skip
def test_how_a_stem_is_typed_does_not_matter(other):
    assert stem_key(other) == stem_key("Thỏa ước lao động tập thể có thời hạn bao lâu?")


def test_what_a_stem_asks_does():
    stems = [
        "Ai bầu chủ tịch?",
        "Ai bầu phó chủ tịch?",
        "Đại hội lần thứ I họp ở đâu?",
        "Đại hội lần thứ II họp ở đâu?",
        "2 + 2?",
        "2 + 3?",
    ]

    assert len({stem_key(stem) for stem in stems}) == len(stems)
