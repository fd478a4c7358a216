"""Every pair of states, in the rule and in the database: what is not on the list is refused by both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contests.actions.start import start_attempt
from contests.models import Attempt
from contests.rules.lifecycle import IllegalStep, State, may_go, step

# Written out by hand, a row a state: what may follow it. Not taken from the rule that it tests.
MAY_FOLLOW = {
    "started": {"submitted", "expired"},
    "submitted": {"graded"},
    "expired": {"graded"},
    "graded": {"voided", "regraded"},
    "voided": {"graded", "regraded"},
    "regraded": {"graded", "voided", "regraded"},
}
PAIRS = [(before, after) for before in State for after in State]


def test_the_tables_have_the_same_states():
    assert {*Attempt.State.values} == {*MAY_FOLLOW} == {state.value for state in State}


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_rule(before, after):
    legal = after.value in MAY_FOLLOW[before.value]

    assert may_go(before, after) is legal
    if legal:
        assert step(before, after) is after
    else:
        with pytest.raises(IllegalStep, match=f"{before} → {after}"):
            step(before, after)


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair[0] != pair[1]])
def test_the_database_refuses_what_the_rule_refuses(before, after, contest, union):
    attempt = at(contest, union, before)

    def go():
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(state=after, submitted_at=attempt.deadline)

    if after.value in MAY_FOLLOW[before.value]:
        go()
        assert Attempt.objects.get(pk=attempt.pk).state == after
    else:
        with pytest.raises(IntegrityError, match=f"cannot go from {before} to {after}"):
            go()
        assert Attempt.objects.get(pk=attempt.pk).state == before


WAY = {
    "started": (), "submitted": ("submitted",), "expired": ("expired",), "graded": ("submitted", "graded"),
    "voided": ("expired", "graded", "voided"), "regraded": ("submitted", "graded", "regraded"),
}  # fmt: skip


def at(contest, union, state: State) -> Attempt:
    """An attempt in that state, which it reached by legal steps."""
    round_ = contest.rounds.get()
    attempt = start_attempt(member=union.alice, round_=round_, now=round_.opens_at + timedelta(minutes=1))
    for name in WAY[state.value]:
        Attempt.objects.filter(pk=attempt.pk).update(
            state=name, submitted_at=attempt.deadline, closed_by="member", points=0, elapsed_ms=0
        )
    return attempt
