"""Something of everything that the log tells of."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.utils import timezone

from contests.actions.contest import close_contest, extend_round
from contests.actions.device import take_over
from contests.actions.extend import give_extension, revoke_extension
from contests.actions.grade import grade_pending
from contests.actions.rulings import restore_attempt, void_attempt
from contests.actions.start import start_attempt
from contests.models import Attempt, AuditHead
from tests import make


def begin_chain():
    """The head, where a test of several connections has emptied every table."""
    if not AuditHead.objects.exists():
        import_module("contests.migrations.0012_audit_triggers").begin(apps, None)


def live_through(union, contest, *, members=12):
    """Some of everything that the log tells of; returns the attempts."""
    now, round_ = timezone.now(), contest.rounds.get()
    people = [make.make_member(f"Người Thi {number:02d}", union.factory_a) for number in range(members)]
    attempts = [start_attempt(member=member, round_=round_, now=now) for member in people]
    take_over(attempt=attempts[0], device=attempts[1].public_id, now=now)
    given = give_extension(round_=round_, by=union.olga, reason="Mất điện", now=now, extra_minutes=5)
    revoke_extension(extension=given, by=union.olga, now=now)
    Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts[:-2]]).update(
        state="submitted", submitted_at=now, closed_by="member"
    )
    grade_pending(now=now)
    void_attempt(attempt=attempts[0], by=union.olga, reason="Thi hộ", now=now)
    restore_attempt(attempt=attempts[0], by=union.olga, reason="Nhầm người", now=now)
    extend_round(
        round_=round_, closes_at=round_.closes_at + timedelta(hours=1), reason="Bão số 9", by=union.olga, now=now
    )
    close_contest(contest=contest, by=union.olga, now=now)
    return attempts
