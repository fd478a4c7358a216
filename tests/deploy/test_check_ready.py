"""`check_ready` against real servers that are right, wrong or gone."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from contests.actions.boards import rebuild_boards
from contests.actions.clues import JOB
from contests.actions.start import start_attempt
from contests.management.commands import check_ready
from contests.management.commands.check_ready import Processes
from contests.models import Attempt
from tests.leaderboard.servers import OwnValkey


def grades(findings):
    return [finding.grade for finding in findings]


def text(findings):
    return " | ".join(finding.text for finding in findings)


@pytest.mark.django_db
def test_a_development_place_is_refused_line_by_line(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("check_ready")

    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert any(line.startswith("LỖI") and "PRODUCTION chưa bật" in line for line in lines)
    assert any(line.startswith("OK") and "hiểu chữ Việt" in line for line in lines)
    assert any(line.startswith("LỖI") and "systemctl start hoithi-worker@1" in line for line in lines)
    assert all(line.startswith(("OK ", "LỖI ", "LƯU Ý ")) for line in lines[:-2])


def test_production_settings_are_fine(settings, monkeypatch):
    settings.PRODUCTION, settings.ALLOWED_HOSTS = True, ["thi.congdoan.example"]
    settings.SITE_URL = "https://thi.congdoan.example"
    settings.WS_ALLOWED_ORIGINS = [settings.SITE_URL]
    settings.EMAIL_CONFIG = {"EMAIL_HOST": "mail"}
    settings.SECRET_KEY, settings.ATTEMPT_TOKEN_KEYS = "k" * 64, ["a" * 64, "b" * 64]
    monkeypatch.setenv("ATTEMPT_TOKEN_KEYS", "set")
    monkeypatch.setenv("AUDIT_KEY", "set")
    settings.AUDIT_KEY = "c" * 64

    assert grades(check_ready.settings_are_for_production()) == ["OK", "OK"]
    assert grades(check_ready.keys_are_set()) == ["OK", "OK", "OK"]


def test_the_key_of_the_audit_log_must_be_one_of_its_own_and_long(settings, monkeypatch):
    monkeypatch.delenv("AUDIT_KEY", raising=False)
    assert "AUDIT_KEY chưa đặt" in text(check_ready.keys_are_set())

    monkeypatch.setenv("AUDIT_KEY", "short")
    settings.AUDIT_KEY = "short"
    assert "AUDIT_KEY ngắn" in text(check_ready.keys_are_set())


@pytest.mark.django_db
def test_a_log_that_nobody_seals_is_found():
    assert grades(check_ready.audit_is_sealed()) == ["OK"]

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contests_auditrecord DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO contests_auditrecord (at, what, detail) VALUES (now() - interval '6 minutes', 'x', '{}')"
        )
    assert grades(check_ready.audit_is_sealed()) == ["LỖI"]


@pytest.mark.parametrize("keys", [[], ["short"], ["a" * 64, "a" * 64]])
def test_weak_token_keys_are_found(settings, keys):
    settings.ATTEMPT_TOKEN_KEYS = keys

    assert "LỖI" in grades(check_ready.keys_are_set())


@pytest.mark.django_db(transaction=True)
def test_a_cluster_that_does_not_know_vietnamese_is_found(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS knows_no_vietnamese")
        cursor.execute("CREATE DATABASE knows_no_vietnamese TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    there = connection.settings_dict
    where = {
        "host": there["HOST"] or there["OPTIONS"].get("host"),
        "port": there["PORT"] or None,
        "user": there["USER"] or None,
    }
    try:
        with psycopg.connect(dbname="knows_no_vietnamese", password=there["PASSWORD"] or None, **where) as wrong:
            monkeypatch.setattr(check_ready, "_row", lambda query: wrong.execute(query).fetchone())
            findings = list(check_ready.database_speaks_vietnamese())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE knows_no_vietnamese")

    assert grades(findings) == ["OK", "LỖI"]
    assert "--locale=C.UTF-8" in text(findings)


@pytest.mark.django_db
def test_files_that_wait_for_an_hour_are_told_with_what_to_look_at():
    job = jobs.configure_task(JOB).defer(contest_id=1)
    assert "hoithi-quiet" not in text(check_ready.grading_keeps_up())

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '61 minutes' WHERE job_id = %s", [job])

    assert "đã đợi 61 phút. Xem: systemctl status hoithi-quiet" in text(check_ready.grading_keeps_up())


@pytest.mark.django_db
def test_pools_are_added_up_against_max_connections():
    few = Processes(pages=2, answers=2, workers=1, hosts=1)
    many = Processes(pages=8, answers=8, workers=4, hosts=3)

    assert few.connections(6) == 2 * 6 + 2 * 7 + 2 * (6 + 5) + 10
    assert grades(check_ready.connections_suffice(few)) == ["OK"]
    assert grades(check_ready.connections_suffice(many)) == ["LỖI"]


def test_the_counts_come_from_the_settings_file_or_the_command_line(monkeypatch):
    monkeypatch.setenv("ANSWERS_PORTS", "9001 9002 9003")
    monkeypatch.setenv("PAGES_WORKERS", "4")

    assert Processes.given({"pages": None, "workers": 3}) == Processes(pages=4, answers=3, workers=3, hosts=1)


@pytest.mark.django_db
def test_answers_that_a_crash_could_lose_are_found():
    assert "LỖI" not in grades(check_ready.database_keeps_what_it_says())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    assert "LỖI" in grades(check_ready.database_keeps_what_it_says())


def test_a_redis_that_forgets_is_found(settings):
    valkey = OwnValkey()
    try:
        settings.REDIS_URL = valkey.url
        assert grades(check_ready.redis_is_fit()) == ["OK", "OK"]
        valkey.client().config_set("maxmemory", "64mb")
        valkey.client().config_set("maxmemory-policy", "allkeys-lru")
        assert grades(check_ready.redis_is_fit()) == ["OK", "LỖI"]
    finally:
        valkey.stop()
    assert grades(check_ready.ask(check_ready.redis_is_fit)) == ["LỖI"], "a dead Redis is a line, not a traceback"


@pytest.mark.django_db
def test_a_clock_that_is_wrong_is_found(monkeypatch):
    assert grades(check_ready.clocks_agree()) == ["OK"]
    monkeypatch.setattr(check_ready, "database_now", lambda: timezone.now() + timedelta(seconds=90))

    findings = list(check_ready.clocks_agree())

    assert grades(findings) == ["LỖI"]
    assert "-90.0 giây" in text(findings)


@pytest.mark.django_db
def test_a_missing_migration_is_found():
    assert "LỖI" not in grades(list(check_ready.migrations_are_applied())[:1])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'contests'")

    assert grades(check_ready.migrations_are_applied())[0] == "LỖI"


def test_a_full_disk_is_found(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "files"
    usage = check_ready.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(check_ready.shutil, "disk_usage", lambda path: usage._replace(free=2**30))

    assert grades(check_ready.disk_has_room()) == ["LỖI"]


def test_a_file_that_the_manifest_promises_is_missed(settings, tmp_path, monkeypatch):
    class Storage:
        hashed_files = {"css/app.css": "css/app.0123456789ab.css"}

    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr(check_ready, "staticfiles_storage", Storage())
    assert grades(check_ready.static_files_are_there()) == ["LỖI"]
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "app.0123456789ab.css").write_text("body{}")

    assert grades(check_ready.static_files_are_there()) == ["OK"]


@pytest.mark.django_db
def test_papers_that_nobody_grades_are_found(contest, union):
    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    Attempt.objects.filter(pk=attempt.pk).update(
        state="submitted", closed_by="member", submitted_at=timezone.now() - timedelta(minutes=5)
    )

    assert grades(check_ready.grading_keeps_up()) == ["LỖI", "LỖI"]


@pytest.mark.django_db
def test_boards_that_redis_lost_are_found_until_they_are_rebuilt(contest, redis_client):
    findings = list(check_ready.boards_are_there())
    assert grades(findings) == ["LỖI"]
    assert "rebuild_boards" in text(findings)

    rebuild_boards(contest)

    assert grades(check_ready.boards_are_there()) == ["OK"]
