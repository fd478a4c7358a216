"""What the triggers write: in the transaction of the act, whoever acts, and nothing that is secret."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import give_consent, withdraw_consent
from accounts.models import Role
from contests.actions.contest import remove_round
from contests.actions.start import start_attempt
from contests.models import Answer, Attempt, AuditRecord, ContestEvent, Extension, QuestionVersion, Round
from tests import make
from tests.contests.audit.life import live_through

pytestmark = pytest.mark.django_db


def written_after(mark):
    return list(AuditRecord.objects.filter(pk__gt=mark).order_by("pk"))


def mark():
    return AuditRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_a_whole_contest(union, contest):
    before = mark()
    attempts = live_through(union, contest)

    records = written_after(before)
    assert Counter(record.what for record in records) == {
        "consent.given": 12, "attempt.started": 12, "attempt.taken_over": 1, "ruling.taken_over": 1, "extension.given": 1,
        "extension.revoked": 1, "contest.extension_given": 1, "contest.extension_revoked": 1, "attempt.extended": 12,
        "attempt.submitted": 10, "attempt.graded": 11, "attempt.voided": 1, "ruling.voided": 1,
        "ruling.restored": 1, "round.changed": 1, "contest.extended": 1, "contest.row_changed": 1, "contest.closed": 1,
        "contest.rules_published": 1,
    }  # fmt: skip
    assert {record.contest for record in records if not record.what.startswith("consent.")} == {contest.pk}
    first = [record for record in records if record.attempt == attempts[0].public_id]
    member = attempts[0].entry.member_id
    assert [(record.what, record.actor) for record in first] == [
        ("attempt.started", member), ("attempt.taken_over", None), ("ruling.taken_over", None), ("attempt.extended", None),
        ("attempt.submitted", member), ("attempt.graded", None), ("ruling.voided", union.olga.pk), ("attempt.voided", None),
        ("ruling.restored", union.olga.pk), ("attempt.graded", None),
    ]  # fmt: skip
    graded = first[5]
    attempts[0].refresh_from_db()
    assert (graded.detail["state"], graded.detail["points"]) == ("graded", attempts[0].points)


def test_a_batch_of_a_thousand_is_one_insert(union, contest):
    """However many rows a statement touches, the trigger runs once: seen from the plan of the statement."""
    live_through(union, contest, members=30)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) UPDATE contests_attempt SET points = coalesce(points, 0) + 1")
        plan = cursor.fetchone()[0]
    triggers = {trigger["Trigger Name"]: trigger["Calls"] for trigger in plan[0]["Triggers"]}

    assert triggers["audit_update"] == 1
    assert AuditRecord.objects.filter(what="attempt.altered").count() >= 28


def test_nothing_secret_is_told(union, contest):
    """No answers, keys, seeds, papers, receipts, words, names or phones: ids, states, numbers and digests."""
    live_through(union, contest)
    allowed = {
        "state", "epoch", "points", "right", "answered", "elapsed_ms", "deadline", "until", "submitted_at", "closed_by", "entry", "round",
        "number", "started_at", "paper", "event", "digest", "extension", "member", "unit", "minutes", "attempts", "closes_at", "revoked_at",
        "reason", "organizer", "audience", "bank", "words", "opens_at", "extended_until", "rules", "version", "question", "role", "kind",
        "from", "to", "consent", "purpose", "hash", "superuser", "staff", "active",
    }  # fmt: skip
    digests = {"paper", "digest", "reason", "words", "rules"}
    for record in AuditRecord.objects.all():
        assert set(record.detail) <= allowed
        for name, value in record.detail.items():
            assert value is None or isinstance(value, int | str), (record.what, name)
            assert name not in digests or (len(value) == 64 and int(value, 16))
    told = json.dumps(list(AuditRecord.objects.values_list("detail", flat=True)), ensure_ascii=False)
    attempt = Attempt.objects.exclude(receipt=None).first()
    for secret in (
        "Người Thi",
        "+8491",
        "Mất điện",
        "Thi hộ",
        "Nội dung câu hỏi",
        attempt.receipt,
        str(attempt.seed),
        str(attempt.paper),
    ):
        assert secret not in told


def test_two_questions_that_are_the_same_have_digests_that_tell_nothing(union):
    """Else whoever reads the log could try all keys of a question whose words are known."""
    bank = make.make_bank(union.province_a, topics=("A",), each=1)
    version = QuestionVersion.objects.get(question__bank=bank)
    before = mark()
    version.pk, version.number, version.is_current, version.salt = None, 2, False, QuestionVersion().salt
    version.save(force_insert=True)

    digests = (
        AuditRecord.objects.filter(what="question.version").order_by("-pk").values_list("detail__digest", flat=True)[:2]
    )
    assert len(written_after(before)) == 1
    assert digests[0] != digests[1]


def test_a_role_a_right_and_a_consent(union):
    before, now = mark(), timezone.now()
    role = Role.objects.create(member=union.bob, unit=union.school_a, kind="staff", granted_by=union.olga)
    Role.objects.filter(pk=role.pk).update(to_day=date(2026, 12, 1))
    role.delete()
    union.bob.is_superuser = True
    union.bob.save()
    union.bob.last_login = now
    union.bob.save()
    give_consent(member=union.bob, purpose="show_name", text="Đồng ý", text_version="1", now=now)
    withdraw_consent(member=union.bob, purpose="show_name", now=now)

    assert [(record.what, record.actor) for record in written_after(before)] == [
        ("role.granted", union.olga.pk), ("role.changed", None), ("role.removed", None), ("member.rights", None),
        ("consent.given", union.bob.pk), ("consent.withdrawn", None),
    ]  # fmt: skip


def test_what_changes_nothing_leaves_no_record(union, contest):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    before = mark()
    Attempt.objects.update(device=attempt.public_id)
    Attempt.objects.filter(pk=-1).update(points=3)
    contest.save()
    contest.rounds.get().save()

    assert written_after(before) == []


def test_history_that_is_changed_or_removed_by_a_statement_is_told(union, contest):
    live_through(union, contest)
    before = mark()
    ContestEvent.objects.filter(what="closed").update(actor=union.bob)
    ContestEvent.objects.filter(what="closed").delete()
    Extension.objects.update(extra_minutes=50)
    Extension.objects.all().delete()
    extra = Round.objects.get(contest=contest)
    extra.pk, extra.number = None, 2
    extra.save(force_insert=True)
    type(contest).objects.update(state="draft")
    remove_round(round_=extra, by=union.olga, now=timezone.now())

    assert [record.what for record in written_after(before)] == [
        "contest.event_altered", "contest.event_removed", "extension.altered", "extension.removed", "round.added", "contest.row_changed",
        "round.removed", "contest.round_removed",
    ]  # fmt: skip


def test_an_act_that_is_taken_back_leaves_no_record(union, contest):
    before = mark()
    with transaction.atomic():
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
        assert [record.what for record in written_after(before)] == ["attempt.started"]
        transaction.set_rollback(True)

    assert written_after(before) == []


def test_saving_an_answer_writes_nothing(union, contest):
    """The fast path pays nothing: neither a record nor a trigger."""
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    before = mark()
    with CaptureQueriesContext(connection) as queries:
        Answer.objects.create(
            attempt=attempt, question=1, choice=[0], seq=1, arrived_at=timezone.now() + timedelta(seconds=1)
        )

    assert len(queries) == 1
    assert written_after(before) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'contests_answer'::regclass AND NOT tgisinternal"
        )
        assert cursor.fetchone() == (0,)
