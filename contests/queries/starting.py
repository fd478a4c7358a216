"""What the start of an attempt needs to know of the member, in one read: thousands start within a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Consent, Member
from contests.models import Attempt, Round

# Written out: the ORM would ask five times, and putting a query together costs it more than answering costs PostgreSQL.
FACTS = """
SELECT unit.id, unit.path, unit.name, entry.id, entry.unit_path,
       EXISTS (SELECT FROM accounts_consent c
               WHERE c.member_id = asked.member AND c.purpose = %(purpose)s AND c.withdrawn_at IS NULL),
       EXISTS (SELECT FROM contests_extension x WHERE x.round_id = %(round)s AND x.revoked_at IS NULL),
       EXISTS (SELECT FROM contests_exclusion out WHERE out.contest_id = %(contest)s AND out.member_id = asked.member
                AND NOT out.prizes_only AND out.revoked_at IS NULL),
       EXISTS (SELECT FROM contests_finalist f WHERE f.round_id = %(round)s AND f.entry_id = entry.id),
       (SELECT max(v.id) FROM contests_rulesversion v WHERE v.contest_id = %(contest)s),
       attempt.id, attempt.number, attempt.state, attempt.accepts_until
FROM (VALUES (%(member)s::bigint)) AS asked (member)
LEFT JOIN accounts_membership m ON m.member_id = asked.member AND m.to_day IS NULL
LEFT JOIN accounts_unit unit ON unit.id = m.unit_id
LEFT JOIN contests_entry entry ON entry.member_id = asked.member AND entry.contest_id = %(contest)s
LEFT JOIN contests_attempt attempt ON attempt.entry_id = entry.id AND attempt.round_id = %(round)s
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt of the round that the member has begun before."""

    pk: int
    number: int
    state: str
    accepts_until: datetime

    def is_running(self, now: datetime) -> bool:
        """Whether answers are still taken."""
        return self.state == Attempt.State.STARTED and now <= self.accepts_until


@dataclass(frozen=True, slots=True)
class Starter:
    """A member before the start: where they belong, whether they agreed, what they have begun already."""

    unit_id: int | None
    unit_path: str
    unit_name: str
    entry_id: int | None
    path: str  # what the audience is decided by: the entry's, or the unit's for a newcomer
    agreed: bool
    round_extended: bool  # whether anybody has an extension in the round
    excluded: bool
    is_finalist: bool
    rules_version: int | None  # the newest, which an entry made now agrees to
    attempts: tuple[Begun, ...]

    def running(self, now: datetime) -> Begun | None:
        """The attempt that goes on, if there is one."""
        return next((attempt for attempt in self.attempts if attempt.is_running(now)), None)


def starter_of(member: Member, round_: Round) -> Starter:
    """All of that, as it is now. One query."""
    asked = {
        "member": member.pk,
        "round": round_.pk,
        "contest": round_.contest_id,
        "purpose": Consent.Purpose.TAKE_PART,
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS, asked)
        rows = cursor.fetchall()  # one an attempt, or one without
    unit_id, unit_path, unit_name, entry_id, entry_path, agreed, extended, excluded, is_finalist, rules_version = rows[
        0
    ][:10]
    return Starter(
        unit_id=unit_id, unit_path=unit_path or "", unit_name=unit_name or "", entry_id=entry_id,
        path=entry_path if entry_id is not None else unit_path or "", agreed=agreed, round_extended=extended,
        excluded=excluded, is_finalist=is_finalist, rules_version=rules_version,
        attempts=tuple(Begun(*row[10:]) for row in rows if row[10] is not None),
    )  # fmt: skip
