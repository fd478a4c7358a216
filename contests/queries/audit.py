"""Reads of the audit log: the chain as it is stored, whether the tables agree with it, a contest's records for the console."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Member
from contests.models import Attempt, AuditHead, AuditRecord, Contest
from contests.rules.chain import Head, Record

CHUNK = 5000  # rows in memory at a time
SEALED_LATE = timedelta(minutes=5)

# Everything as text where psycopg's Python value would be less exact than what is stored (or would not exist: 'infinity').
COLUMNS = """id, trunc(extract(epoch FROM at) * 1000000)::text, what, contest, attempt::text, actor, detail::text"""

_US = "(extract(epoch FROM {}) * 1000000)::bigint"
# As in migration 0013, which froze its own copy.
_FACTS = f"""jsonb_strip_nulls(jsonb_build_object('state', a.state, 'epoch', a.epoch, 'points', a.points, 'right', a."right",
    'answered', a.answered, 'guess', a.guess, 'elapsed_ms', a.elapsed_ms, 'deadline', {_US.format("a.deadline")}, 'until', {_US.format("a.accepts_until")},
    'submitted_at', {_US.format("a.submitted_at")}, 'closed_by', nullif(a.closed_by, '')))"""
_ROOT = f"""jsonb_build_object('entry', a.entry_id, 'round', a.round_id, 'number', a.number, 'started_at', {_US.format("a.started_at")},
    'paper', encode(sha256(convert_to(jsonb_build_array(a.seed, a.paper)::text, 'UTF8')), 'hex'))"""
_ROOT_KEYS = "'{entry,round,number,started_at,paper}'::text[]"
ATTEMPTS = f"""
WITH last AS (
    SELECT attempt, max(id) AS newest, max(id) FILTER (WHERE detail ? 'paper') AS root
    FROM contests_auditrecord WHERE what LIKE 'attempt.%%' GROUP BY attempt
)
SELECT coalesce(a.public_id, l.attempt), n.id,
       CASE WHEN a.id IS NULL THEN 'gone' WHEN n.id IS NULL THEN 'unknown' WHEN n.what = 'attempt.removed' THEN 'back'
            WHEN n.detail - {_ROOT_KEYS} IS DISTINCT FROM {_FACTS} THEN 'facts' ELSE 'paper' END
FROM last l JOIN contests_auditrecord n ON n.id = l.newest LEFT JOIN contests_auditrecord r ON r.id = l.root
FULL JOIN contests_attempt a ON a.public_id = l.attempt
WHERE CASE WHEN a.id IS NULL THEN n.what <> 'attempt.removed'
           ELSE n.id IS NULL OR n.what = 'attempt.removed' OR n.detail - {_ROOT_KEYS} IS DISTINCT FROM {_FACTS}
                OR (r.detail - 'state') @> {_ROOT} IS NOT TRUE END
ORDER BY n.id LIMIT 1
"""  # noqa: S608 – made of the constants above
QUESTIONS = """
WITH last AS (
    SELECT (detail->>'version')::bigint AS version, max(id) AS newest
    FROM contests_auditrecord WHERE what LIKE 'question.%%' GROUP BY 1
)
SELECT coalesce(q.id, l.version), n.id FROM last l JOIN contests_auditrecord n ON n.id = l.newest
FULL JOIN contests_questionversion q ON q.id = l.version
WHERE CASE WHEN q.id IS NULL THEN n.what <> 'question.removed'
           ELSE n.id IS NULL OR n.what = 'question.removed' OR n.detail->>'digest' IS DISTINCT FROM encode(sha256(convert_to(
               (jsonb_build_array(q.salt, q.kind, q.stem, q.options, q.key, q.spec, q.pinned, q.document, q.article, q.other_source, q.explanation)
                || CASE WHEN q.image_id IS NULL THEN '[]' ELSE
                   jsonb_build_array((SELECT i.sha256 FROM contests_questionimage i WHERE i.id = q.image_id), q.image_alt) END)::text,
               'UTF8')), 'hex') END
ORDER BY n.id LIMIT 1
"""
WRITERS = {
    f"{table}.audit_{act}"
    for table in (
        "contests_attempt", "contests_attemptevent", "contests_contest", "contests_contestevent", "contests_extension",
        "contests_questionversion", "contests_round", "accounts_role", "accounts_consent", "accounts_member",
    )
    for act in ("insert", "update", "delete") if (table, act) != ("accounts_member", "delete")
}  # fmt: skip


# --- The chain -----------------------------------------------------------------------------------------------------
def heads() -> list[tuple[int, Head]]:
    """The head by its key. One, with the key 1, unless somebody has been there."""
    rows = AuditHead.objects.order_by("pk").values_list("pk", "count", "link", "mac")
    return [(pk, Head(count, bytes(link), bytes(mac))) for pk, count, link, mac in rows]


def sealed(since: int | None = None) -> Iterator[tuple[Record, bytes | None]]:
    """The sealed records with their codes in the order of the chain, those after `since`; a few thousand in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.itersize = CHUNK
        cursor.execute(
            f"SELECT position, {COLUMNS}, link FROM contests_auditrecord "  # noqa: S608 – a constant
            "WHERE position IS NOT NULL AND (%(since)s::bigint IS NULL OR position > %(since)s) ORDER BY position, id",
            {"since": since},
        )
        while rows := cursor.fetchmany(CHUNK):
            for *values, link in rows:
                yield Record(*values), None if link is None else bytes(link)


def link_at(position: int) -> bytes | None:
    """The code that is stored at a position."""
    link = AuditRecord.objects.filter(position=position).values_list("link", flat=True).first()
    return None if link is None else bytes(link)


def unsealed() -> tuple[int, int]:
    """How many records wait to be sealed; of those, how many for suspiciously long."""
    waiting = AuditRecord.objects.filter(position__isnull=True)
    return waiting.count(), waiting.filter(at__lt=Now() - SEALED_LATE).count()


# --- The tables against it -----------------------------------------------------------------------------------------
def unlike_attempt() -> tuple[uuid.UUID, int | None, str] | None:
    """An attempt that isn't as its records say: its public id, the newest record, and how. Changed past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute(ATTEMPTS, [])
        row: tuple[uuid.UUID, int | None, str] | None = cursor.fetchone()
        return row


def unlike_question() -> tuple[int, int | None] | None:
    """A version of a question that isn't as its newest record says: its id and that record."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS, [])
        row: tuple[int, int | None] | None = cursor.fetchone()
        return row


def missing_writers() -> list[str]:
    """The triggers that should write and are not there, or are switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgname LIKE 'audit%%'",
            [],
        )
        return sorted(WRITERS - {name for (name,) in cursor.fetchall()})


# --- The console ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class People:
    """Names for the records of a page."""

    actors: dict[int, str]
    sitters: dict[uuid.UUID, str]  # by attempt


def records_of(contest: Contest) -> QuerySet[AuditRecord]:
    """A contest's records, newest first."""
    return AuditRecord.objects.filter(contest=contest.pk).order_by("-pk").defer("link")


def people_in(records: Collection[AuditRecord], contest: Contest) -> People:
    """Who acted in these records, and whose attempts they tell of, in two queries."""
    actors = Member.objects.filter(pk__in={record.actor for record in records if record.actor})
    attempts = Attempt.objects.filter(
        round__contest=contest, public_id__in={record.attempt for record in records if record.attempt}
    )
    return People(
        dict(actors.values_list("pk", "full_name")), dict(attempts.values_list("public_id", "entry__member__full_name"))
    )
