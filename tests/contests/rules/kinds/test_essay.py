"""Marks of an essay become one credit; copies are found."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.kinds.essay import MAY_DIFFER, duplicates, settled, twins

LAW = "Công đoàn Việt Nam là tổ chức chính trị xã hội rộng lớn của giai cấp công nhân và của người lao động"


def marks(*hundredths: int) -> list[Fraction]:
    return [Fraction(each, 100) for each in hundredths]


@pytest.mark.parametrize(
    ("given_marks", "credit"),
    [
        ((), None),
        ((80,), None),
        ((80, 60), 70),
        ((60, 80), 70),
        ((80, 59), None),  # 21 % apart
        ((80, 59, 70), 75),  # 70 and 80: 10 apart, 59 and 70: 11 apart
        ((80, 40, 60), 70),  # equally near: the higher pair
        ((100, 0, 0), 0),
        ((100, 0, 90, 0), 95),
        ((80, 75, 0), Fraction(155, 2)),  # the third was not needed
    ],
)
def test_what_the_markers_settle_on(given_marks, credit):
    assert settled(marks(*given_marks)) == (None if credit is None else Fraction(credit) / 100)


@given(st.lists(st.integers(0, 100), max_size=5))
def test_the_credit_lies_among_the_marks(hundredths):
    given_marks = marks(*hundredths)
    credit = settled(given_marks)

    if credit is None:
        assert len(given_marks) < 2 or (len(given_marks) == 2 and abs(given_marks[0] - given_marks[1]) > MAY_DIFFER)
    else:
        assert min(given_marks[:3]) <= credit <= max(given_marks[:3])


def test_copies_are_found_whatever_was_done_to_their_marks():
    copy = LAW.upper().replace("À", "A").replace(" ", "  ") + "."
    other = "Tôi nghĩ rằng mỗi đoàn viên cần đọc kỹ Bộ luật Lao động trước khi ký hợp đồng với doanh nghiệp"

    assert duplicates({1: LAW, 2: other, 3: copy, 4: "", 5: "  "}) == [(1, 3, Fraction(1))]


def test_a_word_or_two_changed_is_still_a_copy_and_half_a_text_is_not():
    words = [f"từ{number}" for number in range(100)]
    changed = [*words[:50], "khác", *words[51:]]
    half = [*words[:50], *(f"chữ{number}" for number in range(50))]

    (pair,) = duplicates({1: " ".join(words), 2: " ".join(changed), 3: " ".join(half)})

    assert pair[:2] == (1, 2)
    assert Fraction(4, 5) <= pair[2] < 1


def test_a_thousand_copies_are_a_chain_and_not_a_million_pairs():
    found = duplicates(dict.fromkeys(range(1000), LAW))

    assert len(found) == 999
    assert {number for pair in found for number in pair[:2]} == set(range(1000))


SAID = st.lists(st.sampled_from(["Công", "đoàn", "là,", "tổ chức.", "của", "ĐÔNG", "dong"]), max_size=30).map(" ".join)


@given(st.lists(SAID, min_size=1, max_size=8), st.data())
def test_twins_are_the_duplicates_of_one_text(texts, data):
    own = data.draw(st.integers(0, len(texts) - 1))
    others = {number: text for number, text in enumerate(texts) if number != own}

    expected = {
        (other if one == own else one, share)
        for one, other, share in duplicates(dict(enumerate(texts)))
        if own in (one, other)
    }

    assert set(twins(texts[own], others)) == expected


def test_a_long_copy_with_another_beginning_and_no_accents_is_a_twin():
    whole = " ".join(f"ý{number} của tôi, người đoàn viên" for number in range(150))
    copy = "Kính thưa ban tổ chức. " + whole.upper().replace("Ý", "Y")
    law = " ".join(f"điều {number} khoản hai" for number in range(100))

    found = twins(whole, {1: law, 2: copy, 3: whole[: len(whole) // 2]})

    assert [number for number, _ in found] == [2]
