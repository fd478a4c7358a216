"""What people know and what not: shares of the full credit by topic, by source and by unit. PURE, numpy; no database.

The share of a group is the sum of the credits of its answers over their number, an answer left out counting as none. First papers
only are given (`reports.item_queries`), so nobody counts twice in a round.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

LEAST = 5  # people below whom a share says more of persons than of a group, and is not told
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of several papers, as columns of one length: whose paper, which question, how much of the full credit (0 to 1)."""

    paper: NDArray[np.int64]
    question: NDArray[np.int64]
    credit: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Known:
    """One group: people with at least one of its questions, answers asked for, and `share` of the full credit.

    `share` is None for fewer than LEAST people.
    """

    people: int
    answers: int
    share: float | None


def known_by(answers: Answers, groups: Sequence[K]) -> dict[K, Known]:
    """For each group its figures; `groups[q]` is the group of question q. Groups without an answer are absent."""
    names = list(dict.fromkeys(groups))
    of_question = np.array([names.index(group) for group in groups], dtype=np.int64)
    if not len(answers.question):
        return {}
    return dict(_table(answers, of_question[answers.question], names))


def known_by_unit(answers: Answers, groups: Sequence[K], units: Sequence[str]) -> dict[tuple[str, K], Known]:
    """The same for each unit and group; `units[p]` is the unit of paper p."""
    names = list(dict.fromkeys(groups))
    places = list(dict.fromkeys(units))
    if not len(answers.question):
        return {}
    of_question = np.array([names.index(group) for group in groups], dtype=np.int64)
    at = {unit: number for number, unit in enumerate(places)}
    of_paper = np.array([at[unit] for unit in units], dtype=np.int64)
    cell = of_paper[answers.paper] * len(names) + of_question[answers.question]
    pairs = [(unit, name) for unit in places for name in names]
    return dict(_table(answers, cell, pairs))


def weakest_first(known: Mapping[K, Known]) -> list[tuple[K, Known]]:
    """The groups from the smallest share on; those of too few people last."""
    return sorted(known.items(), key=lambda one: (one[1].share is None, one[1].share or 0, str(one[0])))


def _table(answers: Answers, cell: NDArray[np.int64], names: Sequence[K]) -> list[tuple[K, Known]]:
    count = np.bincount(cell, minlength=len(names))
    credit = np.bincount(cell, weights=answers.credit, minlength=len(names))
    both = np.unique(np.stack([cell, answers.paper]), axis=1)[0]
    people = np.bincount(both, minlength=len(names))
    return [
        (name, Known(int(people[at]), int(count[at]), float(credit[at] / count[at]) if people[at] >= LEAST else None))
        for at, name in enumerate(names)
        if count[at]
    ]
