"""The job that issues certificates: the real queue, real workers, one of them killed, files on disk. Everything is committed."""

import re
import threading
from datetime import timedelta
from urllib.parse import unquote

import pypdfium2 as pdfium
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from accounts.models import Role
from contests.models import ContestEvent
from reports.certificates import actions
from reports.models import Certificate, CertificateBatch
from tests import make
from tests.reports.pages import scanned, text_of
from tests.reports.rows import sat_many
from tests.reports.test_certificates import HOME, TOOK_PART, flat, over, page
from tests.reports.test_export import beside, work
from tests.workers import until, worker

PATIENCE = 90  # seconds for a process to begin, or to come to a place where it waits
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def union(committed_union):
    return committed_union[0]


@pytest.fixture
def played(union, committed_union):
    return over(union, committed_union[1])


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


def issue(contest, *, by):
    """What the form and the worker do."""
    batch = request(contest, by)
    work()
    batch.refresh_from_db()
    return batch


def request(contest, by):
    return actions.request_batch(contest=contest, ask=TOOK_PART, again=False, split=False, by=by, now=timezone.now())


def test_from_the_form_to_the_scanned_code_that_says_the_same_name(olga, union, played, files):
    form = {"kind": "took_part", "share": "50", "round": "", "split": ""}
    counted = olga.post(HOME, form | {"act": "count"}).content.decode()
    assert re.search(r'<dd class="big">2</dd>', counted)
    assert Certificate.objects.count() == CertificateBatch.objects.count() == 0

    response = olga.post(HOME, form | {"act": "issue"})
    batch = CertificateBatch.objects.get()
    assert response["Location"] == f"{HOME}dot-cap/{batch.public_id}/"
    assert "Đang chờ đến lượt" in page(olga, response["Location"])
    assert olga.get(f"{response['Location']}tai-ve/").status_code == 404

    work()

    batch.refresh_from_db()
    assert (batch.state, batch.issued, batch.done, batch.total) == ("ready", 2, 2, 2)
    assert [path.name for path in (files / "certificates").iterdir()] == [f"{batch.public_id}.pdf"]
    response = olga.get(f"{HOME}dot-cap/{batch.public_id}/tai-ve/")
    assert unquote(response["Content-Disposition"]).endswith("Giấy chứng nhận Tìm hiểu Bộ luật Lao động.pdf")
    pdf = response.getvalue()
    assert len(pdfium.PdfDocument(pdf)) == 2
    for at, (member, unit) in enumerate(((union.alice, union.factory_a), (union.bob, union.school_a))):
        words = flat(text_of(pdf, at))
        assert flat(member.full_name) in words
        assert flat(unit.name) in words
        link = scanned(pdf, at)
        assert link.startswith(settings.SITE_URL)
        shown = page(Client(), link.removeprefix(settings.SITE_URL))
        assert member.full_name in shown
        assert "Giấy thật, đang có hiệu lực" in shown
        assert '<meta name="robots" content="noindex">' in shown


def test_a_round_that_is_opened_again_while_the_job_waits_stops_it(union, played):
    request(played, union.olga)
    played.rounds.update(extended_until=timezone.now() + timedelta(hours=1))

    work()

    batch = CertificateBatch.objects.get()
    assert (batch.state, batch.error, Certificate.objects.count()) == ("failed", "Tuần 1 chưa đóng.", 0)


def test_stopping_before_it_issues_leaves_nothing(union, played):
    batch = request(played, union.olga)
    actions.cancel_batch(batch=batch)

    work()

    batch.refresh_from_db()
    assert (batch.state, Certificate.objects.count()) == ("cancelled", 0)


def test_stopping_in_the_middle_of_the_rows_takes_them_all_back(union, played, monkeypatch):
    batch = request(played, union.olga)
    monkeypatch.setattr(actions, "CHUNK", 1)
    heed, heard = actions.BatchProgress.heed, []

    def stop_at_the_second(progress):
        heard.append(1)
        if len(heard) == 2:
            with progress.connection.cursor() as cursor:
                cursor.execute("UPDATE reports_certificatebatch SET state = 'cancelled'")
        heed(progress)

    monkeypatch.setattr(actions.BatchProgress, "heed", stop_at_the_second)
    work()

    batch.refresh_from_db()
    assert (batch.state, Certificate.objects.count(), ContestEvent.objects.count()) == ("cancelled", 0, 0)


def test_stopping_the_file_keeps_what_was_issued_and_it_is_made_later(olga, union, played, files, monkeypatch):
    batch = request(played, union.olga)
    here, step = f"{HOME}dot-cap/{batch.public_id}/", actions.BatchProgress.step

    def stop(progress):
        olga.post(here, {"act": "cancel"})
        progress.told_at = 0
        step(progress)

    with monkeypatch.context() as stopped:
        stopped.setattr(actions.BatchProgress, "step", stop)
        work()
    issued = list(Certificate.objects.values_list("code", flat=True))
    assert "Giấy đã cấp vẫn có hiệu lực" in page(olga, here)
    assert len(issued) == 2
    assert list((files / "certificates").iterdir()) == []

    olga.post(here, {"act": "redo"})
    work()

    batch.refresh_from_db()
    assert (batch.state, list(Certificate.objects.values_list("code", flat=True))) == ("ready", issued)


def test_a_run_that_breaks_is_tried_again_and_issues_once(union, played, files, monkeypatch):
    batch = request(played, union.olga)
    with monkeypatch.context() as broken:
        broken.setattr(actions.files, "write_pdf", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.make_batch(batch_id=batch.pk, last_try=False)
        with pytest.raises(ZeroDivisionError):
            actions.make_batch(batch_id=batch.pk, last_try=True)
    batch.refresh_from_db()
    issued = list(Certificate.objects.values_list("code", flat=True))
    assert (batch.state, batch.error, len(issued)) == ("failed", actions.BROKEN, 2)

    (files / "certificates" / f"{batch.public_id}-left").mkdir()  # of a run that was killed
    actions.redo_batch(batch=batch)
    work()

    batch.refresh_from_db()
    assert (batch.state, list(Certificate.objects.values_list("code", flat=True))) == ("ready", issued)
    assert [path.name for path in (files / "certificates").iterdir()] == [f"{batch.public_id}.pdf"]


def test_whoever_lost_the_role_issues_nothing(union, played):
    batch = request(played, union.olga)
    Role.objects.filter(member=union.olga).update(to_day=timezone.localdate() - timedelta(days=1))

    work()

    batch.refresh_from_db()
    assert (batch.state, batch.error, Certificate.objects.count()) == ("failed", actions.NOT_YOURS, 0)


def test_an_old_file_goes_and_comes_back_the_same(olga, union, played, files):
    batch = issue(played, by=union.olga)
    codes_before = list(Certificate.objects.values_list("code", flat=True))
    assert actions.forget_old_files(now=timezone.now() + actions.KEEP - timedelta(minutes=1)) == 0
    assert actions.forget_old_files(now=timezone.now() + actions.KEEP + timedelta(minutes=1)) == 1
    batch.refresh_from_db()
    assert (batch.state, list((files / "certificates").iterdir())) == ("gone", [])
    assert "làm lại được" in page(olga, f"{HOME}dot-cap/{batch.public_id}/")

    actions.redo_batch(batch=batch)
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.issued) == ("ready", 2)
    assert list(Certificate.objects.values_list("code", flat=True)) == codes_before


# --- kill -9


def waiting_for(table, *, mode):
    """How many stand before a lock of this mode on the table."""
    with beside() as other:
        asked = "SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass AND mode = %s"
        return other.execute(asked, [table, mode]).rowcount


def give_back_what_stalled():
    """What cron does every minute, as if half a minute had passed without a sign of the worker that held a job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id IN "
            "(SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing' AND task_name = %s)", [actions.JOB],
        )  # fmt: skip
    jobs.configure_task("reports.resume_certificates", queueing_lock="test").defer(timestamp=0)


def test_a_worker_killed_while_it_issues_or_writes_leaves_nothing_half_made(union, played, files):
    people = make.make_members([(f"Người Thứ {number}", union.school_a, {}) for number in range(40)])
    sat_many(played, [(one, union.school_a, [100]) for one in people], played.rounds.get().opens_at)
    batch = request(played, union.olga)

    # All certificates are written and nothing is committed: the line that comes after them is held back by a lock.
    with beside() as held, worker(var=files.parent) as process:
        held.execute("LOCK TABLE contests_contestevent IN EXCLUSIVE MODE")
        until(lambda: waiting_for("contests_contestevent", mode="RowExclusiveLock"), process)
        process.kill()
        process.wait(10)
    batch.refresh_from_db()
    assert (Certificate.objects.count(), ContestEvent.objects.count()) == (0, 0)
    assert (batch.state, batch.as_of, batch.issued, batch.holds) == ("running", None, 0, [])
    assert not (files / "certificates").exists()

    # Another worker, killed after the commit and before the first page: who asks for the table meanwhile is next to have it.
    with worker(var=files.parent) as process, beside() as before, beside() as after:
        before.execute("LOCK TABLE contests_contestevent IN EXCLUSIVE MODE")
        give_back_what_stalled()
        until(lambda: waiting_for("contests_contestevent", mode="RowExclusiveLock"), process)
        statement = "LOCK TABLE reports_certificate IN ACCESS EXCLUSIVE MODE"
        asking = threading.Thread(target=after.execute, args=(statement,))
        asking.start()
        until(lambda: waiting_for("reports_certificate", mode="AccessExclusiveLock"), process)
        before.rollback()
        asking.join(PATIENCE)
        until(lambda: waiting_for("reports_certificate", mode="AccessShareLock"), process)
        process.kill()
        process.wait(10)
    batch.refresh_from_db()
    issued = dict(Certificate.objects.values_list("number", "code"))
    assert sorted(issued) == list(range(1, 43))
    assert (batch.state, batch.issued, len(batch.holds), batch.file) == ("running", 42, 42, "")
    assert [path.is_dir() for path in (files / "certificates").iterdir()] == [True], "a workshop, no file"

    give_back_what_stalled()
    work()
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.issued, batch.done, batch.total) == ("ready", 42, 42, 42)
    assert dict(Certificate.objects.values_list("number", "code")) == issued, "the same as before, none twice"
    assert ContestEvent.objects.filter(what="certificates_issued").count() == 1
    assert [path.name for path in (files / "certificates").iterdir()] == [f"{batch.public_id}.pdf"]
    assert len(pdfium.PdfDocument(files / "certificates" / f"{batch.public_id}.pdf")) == 42
