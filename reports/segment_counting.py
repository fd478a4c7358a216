"""Keeping the tables of large units by what people declared: once a day, soon after midnight, for every unit that is large.

What is kept is what is published (`KeptSegments`), so it may be counted at any hour of the day: the midnight decides, and the same state
gives the same figures. Why so and when: docs/decisions/0013-counted-ahead.md; what it means for secrecy: 0012-suppression.md.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from contests.models import Contest
from reports import counting, kept, marks, queries
from reports.models import Counting, KeptFigures, KeptSegments, SegmentCount
from reports.queued import enqueue_once
from reports.segment_queries import LARGE, all_tables, midnight

JOB = "reports.count_segments"
AGAIN = timedelta(minutes=10)  # at most so often while results of closed rounds change
LATELY = timedelta(
    days=30
)  # a contest that ended longer ago is counted when somebody opens the page, and forgotten the night after


def is_due(count: SegmentCount, *, lately: bool, changed: bool, now: datetime) -> bool:
    """Whether the worker should count now: a new day for a contest that runs or ended lately, somebody waits, or results changed."""
    if count.begun_at is not None and now - count.begun_at < counting.GIVEN_UP:
        return False
    if count.asked_at is not None:
        return True
    if count.until is None or count.until < midnight(now):
        return lately
    least = max(AGAIN, timedelta(seconds=counting.SHARE * count.seconds))
    return changed and (count.made_at is None or now - count.made_at >= least)


def count_what_is_due(*, now: datetime) -> int:
    """Put every large contest into the queue whose tables are of another day, or of other results; how many."""
    until, queued = midnight(now), 0
    counted = Counting.objects.filter(as_of__isnull=False).exclude(contest__state=Contest.State.DRAFT)
    lately = set(_lately(now).filter(pk__in=counted.values("contest")).values_list("pk", flat=True))
    for contest_id in lately - set(SegmentCount.objects.values_list("contest", flat=True)):
        SegmentCount.objects.get_or_create(contest_id=contest_id)
    for count in SegmentCount.objects.filter(contest__in=counted.values("contest")).select_related("contest"):
        changed = count.until == until and count.mark != marks.closed_mark(count.contest, until)
        if is_due(count, lately=count.contest_id in lately, changed=changed, now=now):
            queued += _enqueue(count.contest_id)
    return queued


@transaction.atomic
def ask_for_segments(*, contest: Contest, now: datetime) -> None:
    """Let the worker count as soon as it can. May be asked by every visit of a page that waits: it is put down once."""
    if kept.is_small(contest):
        return  # counted whenever a page asks
    if not Counting.objects.filter(contest=contest, as_of__isnull=False).exists():
        counting.ask_for_count(contest=contest, now=now)  # which units are large is not known yet
    SegmentCount.objects.get_or_create(contest=contest)
    if SegmentCount.objects.filter(contest=contest, asked_at=None).update(asked_at=now):
        _enqueue(contest.pk)


def count_segments(*, contest_id: int) -> None:
    """Count and keep. May be run again after any crash: what is kept changes in one transaction at the end."""
    begun, started = timezone.now(), time.monotonic()
    count = SegmentCount.objects.filter(
        contest=contest_id, contest__in=Counting.objects.filter(as_of__isnull=False).values("contest")
    )
    if not count.update(begun_at=begun):
        return  # asked for before the contest itself was counted: the worker comes back to it
    try:
        contest = Contest.objects.select_related("audience").get(pk=contest_id)
        with queries.snapshot() as as_of:
            until = midnight(as_of)
            mark = marks.closed_mark(contest, until)
            large = KeptFigures.objects.filter(
                contest=contest, attempts__gte=LARGE, path__startswith=contest.audience.path
            )
            rows = [
                KeptSegments(
                    contest=contest, path=path, until=until, people=tables.people, attempts=tables.attempts, tables=tables.as_json()
                )
                for path, tables in all_tables(contest, set(large.values_list("path", flat=True)), until)
            ]  # fmt: skip
        _keep(SegmentCount(contest=contest, until=until, mark=mark, made_at=as_of), rows, started)
    except BaseException:
        count.filter(begun_at=begun).update(begun_at=None)
        raise


@transaction.atomic
def _keep(done: SegmentCount, rows: list[KeptSegments], started: float) -> None:
    """The rows and the midnight they are of, at once: a reader sees both or neither."""
    before = SegmentCount.objects.select_for_update().get(pk=done.pk)
    KeptSegments.objects.filter(contest=done.pk).delete()
    KeptSegments.objects.bulk_create(rows, batch_size=200)
    if before.asked_at is not None and before.asked_at >= done.until + timedelta(days=1):
        done.asked_at = before.asked_at  # a new day began meanwhile, and somebody waits for it
    done.seconds = time.monotonic() - started
    done.save()


def forget_old_segments(*, now: datetime) -> int:
    """Drop what is of an earlier day and is not counted every night any more; of how many contests."""
    old = SegmentCount.objects.filter(until__lt=midnight(now), asked_at=None).exclude(contest__in=_lately(now))
    gone = list(old.values_list("pk", flat=True))
    with transaction.atomic():
        KeptSegments.objects.filter(contest__in=gone, until__lt=midnight(now)).delete()
        SegmentCount.objects.filter(pk__in=gone, until__lt=midnight(now)).delete()
    return len(gone)


def _lately(now: datetime) -> QuerySet[Contest]:
    """Contests that run, will, or ended lately."""
    since = now - LATELY
    return Contest.objects.filter(Q(rounds__closes_at__gte=since) | Q(rounds__extended_until__gte=since)).distinct()


def _enqueue(contest_id: int) -> bool:
    """False where it is in the queue already."""
    return enqueue_once(JOB, f"segments-{contest_id}", contest_id=contest_id)
