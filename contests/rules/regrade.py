"""Rulings on questions after the fact: what the keys are with them, and what they make of an attempt that was judged.

A ruling never changes a question. It lies over the key: a question that is void is worth all to everybody on whose paper it
is, answered or not; a key is replaced; another answer is accepted too. The rulings that stand, in the order in which they were
applied, give the keys; whoever judges asks `overlay`, so that a paper judged before a ruling and one judged after it agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from contests.rules.grading import Grade
from contests.rules.kinds import AnswerKey
from contests.rules.lifecycle import State


class What(StrEnum):
    """What is ruled about a question."""

    VOID = "void"
    REPLACE = "replace"
    ACCEPT_ALSO = "accept_also"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One ruling. `applied_at` None: it is only tried, after all others. `key` are positions in the author's order."""

    version: int
    what: What
    key: frozenset[int] = frozenset()
    spec: Mapping[str, Any] = field(default_factory=dict)  # for kinds without options
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """The keys with the rulings over them, and the versions that are worth all to everybody."""

    keys: Mapping[int, AnswerKey]
    void: frozenset[int]


def overlay(keys: Mapping[int, AnswerKey], rulings: Iterable[Ruling]) -> Overlay:
    """The keys as they are after these rulings, in their order. A question that is void stays so whatever else is ruled."""
    ruled, void = dict(keys), set()
    for ruling in rulings:
        key = ruled.get(ruling.version)
        if ruling.what is What.VOID:
            void.add(ruling.version)
        elif key is not None:
            ruled[ruling.version] = _replaced(key, ruling) if ruling.what is What.REPLACE else _widened(key, ruling)
    return Overlay(ruled, frozenset(void))


def _replaced(key: AnswerKey, ruling: Ruling) -> AnswerKey:
    return replace(key, right=ruling.key, spec={**key.spec, **ruling.spec})


def _widened(key: AnswerKey, ruling: Ruling) -> AnswerKey:
    more = {name: [*key.spec.get(name, []), *values] for name, values in ruling.spec.items()}
    return replace(key, right=key.right | ruling.key, spec={**key.spec, **more})


@dataclass(frozen=True, slots=True)
class Graded:
    """What an attempt carries of its judgement."""

    state: State
    points: int
    right: int
    answered: int
    graded_at: datetime | None  # None only in a trial: the instant at which it will be applied


@dataclass(frozen=True, slots=True)
class Base:
    """Where rulings on questions found the attempt: as it was judged, or as the last decision about it alone left it."""

    state: State
    graded_at: datetime


def settle(base: Base, rulings: Sequence[Ruling], judge: Callable[[Sequence[Ruling]], Grade]) -> Graded:
    """What the attempt carries under these rulings (those on its questions that stand, in the order of their application).

    Rulings as old as the base are in it without a trace. Each later one that changes the grade makes it a judgement of its
    own instant. So the outcome depends on what stands and not on the way there: taking a ruling back gives exactly what
    would be if it had never been.
    """
    within = [one for one in rulings if one.applied_at is not None and one.applied_at <= base.graded_at]
    state, graded_at, grade = base.state, base.graded_at, judge(within)
    instant: datetime | None = graded_at
    for ruling in rulings[len(within) :]:
        within.append(ruling)
        after = judge(within)
        if _marks(after) != _marks(grade):
            state, instant, grade = State.REGRADED, ruling.applied_at, after
    return Graded(state, *_marks(grade), instant)


def _marks(grade: Grade) -> tuple[int, int, int]:
    return grade.points, grade.right, grade.answered
