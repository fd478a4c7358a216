"""A gate that does not work is open: what may go wrong in the database costs nobody the start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contests.actions import gate
from contests.models import StartGate
from tests.contests.actions.rivals import another_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _two_a_second(settings):
    settings.STARTS_PER_SECOND = 2


def admitted() -> bool:
    try:
        gate.admit(member=1, round_=1, ticket="", now=timezone.now())
    except gate.Wait:
        return False
    return True


def fill() -> None:
    StartGate.objects.create(name=gate.NAME, next_slot=timezone.now() + timedelta(minutes=5))


def test_a_full_gate_makes_wait():
    fill()

    assert not admitted()


def test_a_row_that_somebody_holds_lets_in_after_a_moment(caplog):
    fill()
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM contests_startgate FOR UPDATE")

        assert admitted()

    assert "everybody is let in" in caplog.text
    assert not admitted(), "it works again as soon as the row is free"


def test_a_table_that_is_missing_lets_in(caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contests_startgate RENAME TO gone")
    try:
        assert admitted()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gone RENAME TO contests_startgate")
    assert "everybody is let in" in caplog.text


def test_the_patience_with_a_held_row_ends_with_the_statement():
    admitted()

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "0"


def test_what_a_crash_forgets_is_only_a_queue():
    """The table is unlogged: after a crash it is empty, and the next start begins the schedule anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'contests_startgate'")
        assert cursor.fetchone()[0] == "u"
    fill()
    StartGate.objects.all().delete()

    assert admitted()
    assert StartGate.objects.count() == 1


@pytest.mark.parametrize(
    ("door", "a_second"),
    [(-3.0, 2), (0.0, 2), (1.0, 2 / 1.5), (2.0, 1), (4.0, 2 / 3), (600.0, 2 / 3), (float("nan"), 2)],
)
def test_the_schedule_slows_down_by_the_wait_at_the_door(door, a_second):
    fill()
    before = StartGate.objects.get().next_slot

    with pytest.raises(gate.Wait) as wait:
        gate.admit(member=1, round_=1, ticket="", now=timezone.now(), door=door)

    turn = wait.value.turn
    step = (turn.slot - before).total_seconds()
    assert turn.a_second == pytest.approx(a_second)
    assert step == pytest.approx(1 / a_second, abs=1e-3)
    assert turn.people_before(turn.slot - timedelta(seconds=30)) == int(30 * turn.a_second)


def test_a_turn_that_has_come_is_let_in_however_long_the_door_was():
    fill()
    now = timezone.now()
    ticket = gate.make_ticket(gate.Turn(1, 1, now - timedelta(seconds=3)))

    gate.admit(member=1, round_=1, ticket=ticket, now=now, door=60.0)
