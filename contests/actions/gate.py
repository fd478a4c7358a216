"""The gate before a start: at most STARTS_PER_SECOND begin, whoever comes faster gets a turn and is told when.

A schedule, not a list: one row holds the next free slot, taking one moves it on. So a rush of any size costs one short
statement a member, the place in the queue is known at once, and nobody has to be called. The schedule slows down by what
people wait at the server's door: the machine may do less today than STARTS_PER_SECOND says. A member keeps the turn as a
signed ticket: it can be neither made earlier nor given away, and showing it again takes no second slot. A gate that
fails lets people in: too many at once is slow, nobody at all is worse.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection

log = logging.getLogger(__name__)

NAME = "starts"
AT_ONCE = timedelta(seconds=1)  # a slot so near is now: a page that says "in a second" would take longer to load
TICKET_LIVES = timedelta(minutes=5)  # after the slot; who comes back later stands in the queue anew
SALT = "contests.start-ticket.2"
LONGEST_DOOR = 4.0  # seconds at the door that slow the schedule down; at this and more it goes at a third

# One statement, committed at once: the row is locked for a fraction of a millisecond. It is not logged (UNLOGGED), so the
# commit waits for no disk. Half a second is the patience with a database whose row somebody else holds.
TAKE = """
INSERT INTO contests_startgate AS gate (name, next_slot)
SELECT %(name)s, clock_timestamp() FROM (SELECT set_config('lock_timeout', '500ms', true)) AS patience
ON CONFLICT (name) DO UPDATE SET next_slot = greatest(gate.next_slot, clock_timestamp()) + %(step)s
RETURNING next_slot
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """When one member may begin an attempt of one round."""

    member: int
    round: int
    slot: datetime
    a_second: float = 1.0  # how many are let in a second, as it was when the turn was given

    def has_come(self, now: datetime) -> bool:
        """Whether it is their turn."""
        return self.slot <= now + AT_ONCE

    def seconds_left(self, now: datetime) -> float:
        """From now to the slot, never negative."""
        return max(0.0, (self.slot - now).total_seconds())

    def people_before(self, now: datetime) -> int:
        """How many slots are between now and this one; some of those people may have left."""
        return int(self.seconds_left(now) * self.a_second)


class Wait(Exception):
    """Not yet: the member may start when the turn has come."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(f"wait until {turn.slot}")
        self.turn = turn


def admit(*, member: int, round_: int, ticket: str, now: datetime, door: float = 0.0) -> None:
    """Return when the member may begin at `now`; raise `Wait` with their turn otherwise. Call outside a transaction.

    `door`: seconds that this request has waited before a process took it up.
    """
    if not settings.STARTS_PER_SECOND:
        return
    turn = read_ticket(ticket, now=now)
    if turn is None or (turn.member, turn.round) != (member, round_):
        a_second = settings.STARTS_PER_SECOND / (1 + min(max(0.0, door), LONGEST_DOOR) / 2)
        slot = _take_slot(a_second)
        if slot is None:
            return
        turn = Turn(member, round_, slot, a_second)
    if not turn.has_come(now):
        raise Wait(turn)


def make_ticket(turn: Turn) -> str:
    """The turn, signed, for a cookie."""
    return signing.dumps([turn.member, turn.round, turn.slot.timestamp(), round(turn.a_second, 2)], salt=SALT)


def read_ticket(ticket: str, *, now: datetime) -> Turn | None:
    """The turn of a ticket of ours that is not too old; None for anything else."""
    try:
        member, round_, slot, a_second = signing.loads(ticket, salt=SALT)
    except signing.BadSignature:
        return None
    turn = Turn(member, round_, datetime.fromtimestamp(slot, UTC), a_second)
    return turn if now <= turn.slot + TICKET_LIVES else None


def _take_slot(a_second: float) -> datetime | None:
    """The next free slot, taken; None when the gate does not work."""
    step = timedelta(seconds=1 / a_second)
    try:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, {"name": NAME, "step": step})
            (slot,) = cursor.fetchone()
            return slot
    except DatabaseError as error:
        log.warning("the start gate does not work, everybody is let in: %s", error)
        return None
