"""Shares by topic and unit against plain Python, and what is too small to be told."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reports.mastery import LEAST, Answers, Known, known_by, known_by_unit

GROUPS = ("Tiền lương", "Luật Công đoàn", "Tiền lương", "Lịch sử")
row = st.tuples(st.integers(0, 11), st.integers(0, 3), st.sampled_from([0.0, 0.25, 1.0]))


def answers(rows) -> Answers:
    return Answers(
        np.array([one[0] for one in rows], dtype=np.int64), np.array([one[1] for one in rows], dtype=np.int64),
        np.array([one[2] for one in rows], dtype=np.float64),
    )  # fmt: skip


def plain(rows) -> Known | None:
    people = len({paper for paper, *_ in rows})
    share = sum(credit for *_, credit in rows) / len(rows) if people >= LEAST else None
    return Known(people, len(rows), share)


@given(st.lists(row, max_size=120, unique_by=lambda one: one[:2]))
def test_any_papers_give_what_plain_python_counts(rows):
    units = ["A" if paper % 3 else "B" for paper in range(12)]

    by_group = {name: [one for one in rows if GROUPS[one[1]] == name] for name in dict.fromkeys(GROUPS)}
    assert known_by(answers(rows), GROUPS) == {name: plain(mine) for name, mine in by_group.items() if mine}
    cells = {
        (unit, name): [one for one in mine if units[one[0]] == unit] for name, mine in by_group.items() for unit in "AB"
    }
    assert known_by_unit(answers(rows), GROUPS, units) == {key: plain(mine) for key, mine in cells.items() if mine}


def test_a_group_of_four_people_is_not_told():
    four = [(paper, 3, 1.0) for paper in range(4)]
    assert known_by(answers(four), GROUPS) == {"Lịch sử": Known(4, 4, None)}
    assert known_by(answers([*four, (4, 3, 0.0)]), GROUPS) == {"Lịch sử": Known(5, 5, 0.8)}


def test_nobody_gives_nothing():
    assert known_by(answers([]), GROUPS) == {}
    assert known_by_unit(answers([]), GROUPS, []) == {}
