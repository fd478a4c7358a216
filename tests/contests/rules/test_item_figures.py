"""Facility and discrimination, against figures counted by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from contests.rules.item_figures import Sat, item_figures


def round_of(rests, rights, group=1):
    return [Sat(group, rest, right) for rest, right in zip(rests, rights, strict=True)]


def test_by_hand():
    """Ten papers: three best (9, 8, 7) all right, three weakest (2, 1, 0) one right: D = 3/3 − 1/3."""
    rows = round_of(range(10), [False, True, False, True, False, True, False, True, True, True])

    found = item_figures(rows, 0)

    assert (found.papers, found.right, found.facility) == (10, 6, Fraction(6, 10))
    assert found.discrimination == Fraction(2, 3)


def test_the_weak_right_and_the_strong_wrong_is_minus_one():
    assert item_figures(round_of([0, 0, 9, 9], [True, True, False, False]), 0).discrimination == -1


def test_equal_papers_tell_nothing_whatever_their_order():
    rows = round_of([5] * 8, [True] * 4 + [False] * 4)

    assert item_figures(rows, 0).discrimination == item_figures(rows[::-1], 0).discrimination == 0


def test_rounds_are_not_compared_with_each_other():
    """In each round the better are right; the second round's papers are so easy that its weakest beat the first's best."""
    hard = round_of([0, 1, 2, 3], [False, False, True, True], group=1)
    easy = round_of([10, 11, 12, 13], [False, False, True, True], group=2)

    assert item_figures(hard + easy, 0).discrimination == 1


def test_what_was_chosen_and_what_was_left_empty():
    rows = [Sat(1, 1, True, frozenset({0, 2})), Sat(1, 0, False, frozenset({2})), Sat(1, 0, None)]

    found = item_figures(rows, 3)

    assert (found.chosen, found.empty, found.right) == ((1, 0, 2), 1, 1)


@pytest.mark.parametrize(("papers", "few"), [(0, True), (29, True), (30, False)])
def test_few_are_said_to_be_few(papers, few):
    found = item_figures([Sat(1, n, True) for n in range(papers)], 0)

    assert found.few is few
    assert (found.facility is None) == (papers == 0)
