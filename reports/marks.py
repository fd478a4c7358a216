"""Whether anything that reports count has changed: two equal marks mean equal figures.

Everything that changes a contest's figures passes the audit log in its own transaction (attempts, rulings, exclusions, rounds, the
contest itself), so the newest record tells. Units and headcounts do not: their tables are read through, which takes a tenth of a
second for a tree of 130,000 units.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db import connection
from django.db.models import Count
from django.db.models.functions import Coalesce, Greatest

from contests.models import Attempt, AuditRecord, Contest, ContestEvent

# Numbers are given before the commit: a record may still appear below the newest. They are counted as far back as this.
STILL_COMING = 100_000

_TREE = """
    SELECT coalesce((SELECT sum(hashtextextended(concat_ws('|', id, path, code, name, kind_id, closed_on), 0)) FROM accounts_unit), 0)::text,
           coalesce((SELECT sum(hashtextextended(concat_ws('|', unit_id, on_day, members), 0)) FROM accounts_headcount), 0)::text,
           coalesce((SELECT sum(hashtextextended(concat_ws('|', id, name, is_grassroots), 0)) FROM accounts_unitkind), 0)::text
"""


def tree_mark() -> str:
    """The units, their kinds and their headcounts."""
    with connection.cursor() as cursor:
        cursor.execute(_TREE)
        return ":".join(cursor.fetchone())


def mark_of(contest: Contest, tree: str) -> str:
    """What the figures of a contest hang on, given `tree_mark()` of the same snapshot."""
    records = AuditRecord.objects.filter(contest=contest.pk)
    newest = records.order_by("-pk").values_list("pk", flat=True).first() or 0
    return f"{newest}:{records.filter(pk__gt=newest - STILL_COMING).count()}:{tree}"


# What people do to results of rounds that are over. Each is an event; what the worker does by itself (judging those who handed in at
# the last moment) shows in the states of attempts.
RESULTS_CHANGED = ("excluded", "readmitted", "key_ruled", "key_ruling_undone", "settled")
GRADED = Attempt.State.GRADED  # nearly all: never counted here, for the others are found by their index


def closed_mark(contest: Contest, until: datetime) -> str:
    """What the results of rounds that had closed before `until` hang on; who sits meanwhile changes nothing of it."""
    closes = Greatest("closes_at", Coalesce("extended_until", "closes_at"))
    rounds = contest.rounds.annotate(ends=closes).filter(ends__lt=until).order_by("pk")
    known = [(one.pk, one.ends.isoformat(), json.dumps(one.rules, sort_keys=True)) for one in rounds]
    others = [state for state in Attempt.State.values if state != GRADED]
    attempts = Attempt.objects.filter(round__in=[pk for pk, *_ in known], state__in=others)
    states = attempts.values_list("round", "state").annotate(Count("pk")).order_by("round", "state")
    events = ContestEvent.objects.filter(contest=contest, what__in=RESULTS_CHANGED).count()
    return hashlib.sha256(json.dumps([known, list(states), events]).encode()).hexdigest()
