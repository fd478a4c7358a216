"""Members in the middle of a sitting, by the thousand: rows made in bulk, with what their phones hold."""

from __future__ import annotations

import importlib
import secrets
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

QUESTIONS = 20
OPTIONS = 4


@dataclass(frozen=True)
class Sitter:
    """What the phone of a member in the middle of an attempt holds."""

    attempt: str  # public id
    token: str
    session: str  # the session cookie, for baselines that go through Django

    def as_dict(self) -> dict[str, str]:
        """For a load generator in another process."""
        return asdict(self)


def seat_members(count: int, *, minutes: int = 120) -> list[Sitter]:
    """`count` members of one unit, each with a running attempt of 20 questions with 4 options and a login session."""
    from django.conf import settings
    from django.contrib.sessions.models import Session
    from django.db import connection
    from django.utils import timezone

    from accounts.models import Member
    from contests.models import Attempt, Entry
    from contests.rules.kinds.shapes import Options, encode_shape
    from contests.tokens import make_token
    from tests import make

    now = timezone.now()
    contest = _contest(make)
    first = Member.objects.count()
    unit, round_ = contest.audience, contest.rounds.get()
    members = Member.objects.bulk_create(
        [
            Member(phone=f"+8490{first + index:07d}", full_name=f"Đoàn viên {index}", password="!")
            for index in range(count)
        ]
    )
    entries = Entry.objects.bulk_create(
        [
            Entry(contest=contest, member=m, unit=unit, unit_path=unit.path, unit_name="CĐCS", entered_at=now)
            for m in members
        ]
    )
    shape = encode_shape([Options(OPTIONS, False)] * QUESTIONS)
    ends = now + timedelta(minutes=minutes)
    attempts = Attempt.objects.bulk_create(
        [
            Attempt(
                public_id=uuid.uuid4(), entry=entry, round=round_, number=1, allowance=2, seed=secrets.randbits(63), paper=[],
                shape=shape, started_at=now, deadline=ends, accepts_until=ends,
            )
            for entry in entries
        ]
    )  # fmt: skip
    sessions = [_session(member, now) for member in members]
    Session.objects.bulk_create(sessions)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [
        Sitter(
            str(attempt.public_id),
            make_token(
                attempt=attempt.public_id, shape=shape, epoch=1, accepts_until=ends, keys=settings.ATTEMPT_TOKEN_KEYS
            ),
            session.session_key,
        )
        for attempt, session in zip(attempts, sessions, strict=True)
    ]


def _contest(make: Any) -> Any:
    from django.test.utils import override_settings

    from contests.models import Contest

    found = Contest.objects.first()
    if found is not None:
        return found
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
    ):  # nobody logs in by password
        union = make.make_union()
    return make.make_contest(union, make.make_bank(union.province_a))


def _session(member: Any, now: Any) -> Any:
    """A logged-in session row, as django.contrib.auth.login would leave it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session

    store = importlib.import_module(settings.SESSION_ENGINE).SessionStore()
    content = {
        SESSION_KEY: str(member.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: member.get_session_auth_hash(),
    }
    return Session(
        session_key=store._get_new_session_key(),
        session_data=store.encode(content),
        expire_date=now + timedelta(days=1),
    )
