"""Sealing the audit log: records that are committed get their place in the chain and their code.

Beside the acts and not in them: a chain has one end, and if every start and hand-in waited for it they would come one after
the other. A slow transaction may commit a lower id after a higher one was sealed; so the order of the chain is a number of its own.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from contests.queries.audit import COLUMNS, heads, link_at
from contests.rules.chain import GENESIS, Head, Record, is_genuine, link, seal_head

SEAL_BATCH = 2000
SEAL_LOCK = 0x41756469  # of everybody who seals

TAKE = f"SELECT {COLUMNS} FROM contests_auditrecord WHERE position IS NULL ORDER BY id LIMIT %s"  # noqa: S608 – a constant
SEAL = """
UPDATE contests_auditrecord r SET position = s.position, link = s.link
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS s(id, position, link) WHERE r.id = s.id
"""
MOVE = "UPDATE contests_audithead SET count = %s, link = %s, mac = %s WHERE id = 1"


class ForgedHead(Exception):
    """The end of the chain isn't what was left there. Sealing on would make somebody's forgery genuine."""


@transaction.atomic
def seal_pending(*, limit: int = SEAL_BATCH) -> int:
    """Seal up to `limit` records, the lowest id first; how many. 0 also while somebody else seals. Raises ForgedHead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, [limit])
        rows = cursor.fetchall()
        if not rows:
            return 0
        key = settings.AUDIT_KEY.encode()
        head = _genuine_head(key)
        position, last = head.count, head.link
        ids, positions, links = [], [], []
        for row in rows:
            position += 1
            last = link(key, last, Record(position, *row))
            ids.append(row[0])
            positions.append(position)
            links.append(last)
        cursor.execute(SEAL, [ids, positions, links])
        moved = seal_head(key, position, last)
        cursor.execute(MOVE, [moved.count, moved.link, moved.mac])
    return len(rows)


def _genuine_head(key: bytes) -> Head:
    found = heads()
    if [pk for pk, _ in found] != [1] or not is_genuine(key, found[0][1]):
        raise ForgedHead("the head of the audit chain was changed, or AUDIT_KEY was: manage.py verify_audit")
    head = found[0][1]
    if (head.count and link_at(head.count) != head.link) or (not head.count and head.link != GENESIS):
        raise ForgedHead("the last record of the audit chain was changed: manage.py verify_audit")
    return head
