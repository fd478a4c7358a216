"""Fixtures of every test: the cast, a small union, a contest that is open, and a flushed Valkey.

Olga organizes in the province of Alice and Bob; Charlie belongs to another province and must see nothing of theirs.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from importlib import import_module

import hypothesis
import pytest
import redis
from django.conf import settings

from tests import make

# Where a change is judged, every run tries the same cases, so that only the change can make the difference; everywhere else
# each run looks for new ones.
JUDGED = "CI" in os.environ

# No test asserts a wall time, so no property may either: a busy machine is not a bug.
hypothesis.settings.register_profile(
    "ours",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=JUDGED,
    database=None if JUDGED else hypothesis.settings.default.database,
)
hypothesis.settings.load_profile("ours")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests with several connections end by emptying all tables; the audit log refuses that everywhere else."""
    with django_db_blocker.unblock():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE contests_auditrecord DISABLE TRIGGER audit_never_emptied")


@pytest.fixture(autouse=JUDGED)
def same_chance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens, ids and the disturbance of published figures come from the test's name."""
    lots = random.Random(request.node.nodeid)
    monkeypatch.setattr(os, "urandom", lots.randbytes)  # of uuid
    monkeypatch.setattr(random, "_urandom", lots.randbytes)  # of secrets


@pytest.fixture
def redis_client() -> Iterator[redis.Redis]:
    """The test Valkey, empty."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def redis_url() -> str:
    return settings.REDIS_URL


@pytest.fixture
def union(db) -> make.Union:
    """Two provinces with units, headcounts and the cast."""
    return make.make_union()


@pytest.fixture
def bank(union):
    """A bank of 24 questions in two topics, owned by province A."""
    return make.make_bank(union.province_a)


@pytest.fixture
def contest(union, bank):
    """A contest of province A, open now, one round, 4 questions, 20 minutes, 2 attempts."""
    return make.make_contest(union, bank)


@pytest.fixture
def committed_union(transactional_db):
    """The union and an open contest as committed rows and an empty queue, for tests with several connections or processes."""
    from django.db import connection

    from accounts.models import UnitKind

    with connection.cursor() as cursor:  # the tables of the queue are not Django's, so no test empties them
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events CASCADE")
    if not UnitKind.objects.exists():  # an earlier test of this kind flushed the rows of the migration
        from django.apps import apps

        import_module("accounts.migrations.0002_unit_kinds").add(apps, None)
    union = make.make_union()
    return union, make.make_contest(union, make.make_bank(union.province_a))


@pytest.fixture(autouse=True)
def _clear_limits(request):
    """Rate limits of one test must not reach the next."""
    if "django_db" in request.keywords or "db" in request.fixturenames:
        from django.core.cache import cache

        request.getfixturevalue("db")
        cache.clear()


@pytest.fixture(autouse=True)
def _forget_banks():
    """`flush` restarts sequences, so numbers of rows come again; a process keeps banks by their numbers."""
    from contests.queries.bank import forget

    forget()
