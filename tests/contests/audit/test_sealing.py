"""Sealing while others write, and while others seal: every record once, in one chain, nothing skipped."""

from __future__ import annotations

import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from contests.actions.audit import seal_pending
from contests.management.commands.run_worker import seal_until
from contests.models import AuditHead, AuditRecord, ContestEvent
from tests.contests.audit.life import begin_chain, live_through

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(committed_union):
    begin_chain()
    return committed_union


def positions():
    return list(
        AuditRecord.objects.filter(position__isnull=False).order_by("position").values_list("position", flat=True)
    )


def in_threads(*acts):
    """Each act on a connection of its own; raises what any of them raised."""
    failed = []

    def run(act):
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failed:
        raise failed[0]


def test_a_slow_transaction_that_commits_a_lower_id_later_is_not_skipped(world):
    _, contest = world
    while seal_pending():
        pass
    wrote, sealed_others = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            ContestEvent.objects.create(contest=contest, what="slow")
            wrote.set()
            assert sealed_others.wait(30)

    def quick():
        assert wrote.wait(30)
        ContestEvent.objects.create(contest=contest, what="quick")
        assert seal_pending() == 1
        sealed_others.set()

    in_threads(slow, quick)
    assert seal_pending() == 1

    by_id = [record.what for record in AuditRecord.objects.order_by("-pk")[:2]]
    by_place = [record.what for record in AuditRecord.objects.order_by("-position")[:2]]
    assert by_id == ["contest.quick", "contest.slow"]
    assert by_place == ["contest.slow", "contest.quick"]
    call_command("verify_audit")


def test_many_who_seal_while_others_write_make_one_chain(world):
    _, contest = world
    stop = threading.Event()

    def seal():
        while not stop.is_set():
            seal_pending(limit=7)

    def write():
        for number in range(60):
            ContestEvent.objects.create(contest=contest, what=f"e{number}")

    def life():
        try:
            in_threads(write, write, write)
        finally:
            stop.set()

    in_threads(seal, seal, seal, life)
    while seal_pending():
        pass

    count = AuditRecord.objects.count()
    assert AuditRecord.objects.filter(what__regex=r"^contest\.e\d+$").count() == 180
    assert positions() == list(range(1, count + 1))
    assert AuditHead.objects.get().count == count
    call_command("verify_audit")


def test_verifying_while_others_write_and_seal_sees_no_forgery(world):
    _, contest = world
    done = threading.Event()

    def live():
        try:
            for number in range(80):
                ContestEvent.objects.create(contest=contest, what=f"e{number}")
                seal_pending(limit=3)
        finally:
            done.set()

    def verify():
        while not done.is_set():
            call_command("verify_audit")

    in_threads(live, verify)


def test_the_worker_seals(world):
    union, contest = world
    live_through(union, contest)
    stop = threading.Event()
    worker = threading.Thread(target=seal_until, args=(stop,))
    worker.start()
    try:
        for _ in range(200):
            if not AuditRecord.objects.filter(position__isnull=True).exists():
                break
            stop.wait(0.05)
    finally:
        stop.set()
        worker.join(20)

    assert AuditRecord.objects.count() > 80
    assert not AuditRecord.objects.filter(position__isnull=True).exists()
    call_command("verify_audit")


def test_a_crash_while_sealing_leaves_nothing_half_sealed(world, monkeypatch):
    union, contest = world
    live_through(union, contest)
    monkeypatch.setattr("contests.actions.audit.MOVE", "SELECT 1 / 0, %s, %s, %s")
    with pytest.raises(Exception, match="division by zero"):
        seal_pending()
    monkeypatch.undo()

    assert positions() == []
    while seal_pending():
        pass
    call_command("verify_audit")
