"""Many starts of one member at one instant: never more attempts than allowed, never two that run.

Each rival stands behind the checks before any of them writes (`admit` holds them there), so every check said yes to all.
What is left is the database: with its constraints one attempt comes of it, without them as many as there are rivals.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Member
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Attempt, Entry, Round
from contests.rules.settings import dump, parse_round_rules
from tests import make
from tests.contests.actions.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MEMBERS, RIVALS = 20, 6  # each rival needs a connection of the pool's eight
GUARDS = ("attempt_number_once", "one_running_attempt", "attempts_within_allowance")


@pytest.fixture
def race(committed_union):
    """`race(hand_in)`: for each of twenty members the number of attempts and of running ones after a race of starts."""
    union, contest = committed_union
    round_ = contest.rounds.get()
    members = [make.make_member(f"Đoàn viên {index}", union.factory_a) for index in range(MEMBERS)]

    def run(*, hand_in: bool, allowance: int = 1) -> list[tuple[int, int]]:
        round_.rules = dump(parse_round_rules(round_.rules | {"attempts": allowance}))
        for member in members:
            behind_the_checks = Barrier(RIVALS)
            at_once(lambda _, b=behind_the_checks, m=member: _start(m, round_, b, hand_in=hand_in), range(RIVALS))
        return [(attempts.count(), attempts.filter(state="started").count()) for attempts in map(_attempts_of, members)]

    return run


def _attempts_of(member: Member):
    return Attempt.objects.filter(entry__member=member)


def _start(member: Member, round_: Round, behind_the_checks: Barrier, *, hand_in: bool) -> None:
    held = []

    def admit() -> None:
        if not held:  # whoever lost reads again and is not held a second time
            held.append(behind_the_checks.wait(30))

    with contextlib.suppress(ContestError):  # "no attempts left": the winner has handed in already
        attempt = start_attempt(member=member, round_=round_, now=timezone.now(), admit=admit)
        if hand_in:
            Attempt.objects.filter(pk=attempt.pk, state="started").update(
                state="submitted", submitted_at=timezone.now()
            )


@contextlib.contextmanager
def without_guards() -> Iterator[None]:
    """The table as it would be if only the checks in the code stood before an attempt too many."""
    guards = [guard for guard in Attempt._meta.constraints if guard.name in GUARDS]
    assert len(guards) == len(GUARDS)
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.remove_constraint(Attempt, guard)
    try:
        yield
    finally:
        Attempt.objects.all().delete()
        Entry.objects.all().delete()
        with connection.schema_editor() as editor:
            for guard in guards:
                editor.add_constraint(Attempt, guard)


@pytest.mark.parametrize("hand_in", [False, True], ids=["go on sitting", "hand in at once"])
def test_no_race_gives_an_attempt_too_many(race, hand_in):
    assert race(hand_in=hand_in) == [(1, 0 if hand_in else 1)] * MEMBERS


def test_who_loses_twice_in_a_row_still_gets_an_answer(race):
    """Each winner hands in at once, so those who lost race again, and again: refused in words or let in, never an error."""
    assert all(0 < attempts <= 4 and running == 0 for attempts, running in race(hand_in=True, allowance=4))


def test_control_without_the_constraints_there_are_too_many(race):
    with without_guards():
        found = race(hand_in=False)

    assert {attempts for attempts, _ in found} == {RIVALS}, "the race is one"
    assert {running for _, running in found} == {RIVALS}
