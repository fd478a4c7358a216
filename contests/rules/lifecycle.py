"""The life of an attempt: which step may follow which. The database refuses the others too (see the migration).

started → submitted | expired → graded → voided | regraded. What was decided after the grading may be taken back, and then
the attempt is what it was: a void goes back to graded or regraded, a new judgement to graded.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where an attempt is."""

    STARTED = "started"
    SUBMITTED = "submitted"  # handed in by the member
    EXPIRED = "expired"  # handed in by the end of its time
    GRADED = "graded"
    VOIDED = "voided"  # does not count, by an organizer's decision
    REGRADED = "regraded"  # judged again, by an organizer's decision


STEPS: frozenset[tuple[State, State]] = frozenset(
    {
        (State.STARTED, State.SUBMITTED),
        (State.STARTED, State.EXPIRED),
        (State.SUBMITTED, State.GRADED),
        (State.EXPIRED, State.GRADED),
        (State.GRADED, State.VOIDED),
        (State.GRADED, State.REGRADED),
        (State.REGRADED, State.VOIDED),
        (State.REGRADED, State.GRADED),
        (State.VOIDED, State.GRADED),
        (State.VOIDED, State.REGRADED),
    }
)
COUNTED = (State.GRADED, State.REGRADED)  # what stands behind a standing


class IllegalStep(ValueError):
    """An attempt was asked to go where it cannot go from where it is."""


def may_go(before: State, after: State) -> bool:
    """Whether an attempt in `before` may become `after`. Staying is not a step: only a judged attempt is judged again."""
    return (before, after) in STEPS or before == after == State.REGRADED


def step(before: State, after: State) -> State:
    """`after`, or IllegalStep."""
    if not may_go(before, after):
        raise IllegalStep(f"{before} → {after}")
    return after
