"""Asking for the Excel file, making it in the worker, fetching it. Real transactions, the real queue."""

import io
import os
import re
import time
import zipfile
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import openpyxl
import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Member, Role
from contests.jobs import QUIET_BREATH
from contests.models import Attempt
from reports import actions, checking, queries
from reports.exports import FORMS
from reports.models import Export
from tests import make
from tests.reports.rows import sat, table

REPORT = "/bao-cao/tim-hieu-phap-luat/"
YESTERDAY = timezone.localdate() - timedelta(days=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def union(committed_union):
    union, contest = committed_union
    sat(contest, union.alice, union.factory_a, 200, 300)
    sat(contest, union.bob, union.school_a, running=True)
    return union


@pytest.fixture
def played(committed_union, union):
    return committed_union[1]


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


def work():
    """What `manage.py run_worker` does, until no job is left."""
    with jobs.replace_connector(jobs.connector.get_worker_connector()) as worker_app:
        worker_app.run_worker(
            wait=False, install_signal_handlers=False, listen_notify=False, stalled_worker_timeout=QUIET_BREATH
        )


def ask(client, **data):
    response = client.post(f"{REPORT}tep/", data)
    assert response.status_code == 302
    return Export.objects.get(public_id=response["Location"].strip("/").split("/")[-1])


def fetch(client, export):
    return client.get(f"/bao-cao/tep/{export.public_id}/tai-ve/")


def sheet_of(client, export):
    return openpyxl.load_workbook(io.BytesIO(fetch(client, export).getvalue()))["Danh sách thí sinh"]


def beside():
    """A second connection to the test database, as another process would have."""
    known = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{key: value for key, value in connection.get_connection_params().items() if key in known})


# --- the way of a file


def test_a_file_is_asked_for_made_by_the_worker_and_fetched(olga, union, played, files):
    export = ask(olga)
    assert (export.state, export.unit, ProcrastinateJob.objects.count()) == ("waiting", union.province_a, 1)
    assert "Đang chờ đến lượt" in olga.get(f"/bao-cao/tep/{export.public_id}/").content.decode()
    assert fetch(olga, export).status_code == 404

    work()

    export.refresh_from_db()
    assert (export.state, export.done, export.total) == ("ready", 4 + 3, 4 + 3)  # 4 units, 3 attempts
    assert timezone.now() - export.as_of < timedelta(minutes=1)
    assert [path.name for path in (files / "exports").iterdir()] == [f"{export.public_id}.xlsx"]
    assert "Tải về máy" in olga.get(f"/bao-cao/tep/{export.public_id}/").content.decode()
    response = fetch(olga, export)
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    kind, name = response["Content-Disposition"].split("; filename*=utf-8''")
    assert kind == "attachment"
    assert unquote(name).startswith("Báo cáo Liên đoàn Lao động tỉnh Thái Nguyên – Tìm hiểu Bộ luật Lao động 20")


def test_a_rolled_back_request_leaves_no_row_and_no_job(union, played):
    with transaction.atomic():
        actions.request_export(member=union.olga, contest=played, unit=union.province_a, form=FORMS["participation"])
        assert (Export.objects.count(), ProcrastinateJob.objects.count()) == (1, 1)
        transaction.set_rollback(True)

    assert (Export.objects.count(), ProcrastinateJob.objects.count()) == (0, 0)


def test_asking_twice_gives_the_file_that_is_being_made(olga, played):
    assert ask(olga) == ask(olga)
    assert ProcrastinateJob.objects.count() == 1


def test_two_forms_are_two_files_and_an_unknown_form_is_none(olga, played, monkeypatch):
    monkeypatch.setitem(FORMS, "other", replace(FORMS["participation"], code="other", suffix=".docx", title="Văn bản"))
    assert ask(olga) != ask(olga, mau="other")
    assert ask(olga, mau="other") == ask(olga, mau="other")
    assert olga.post(f"{REPORT}tep/", {"mau": "../x"}).status_code == 404

    work()

    other = Export.objects.get(form="other")
    assert (other.file, other.filename[:8], other.filename[-5:]) == (
        f"exports/{other.public_id}.docx",
        "Văn bản ",
        ".docx",
    )
    assert [export.state for export in Export.objects.all()] == ["ready", "ready"]


def test_every_form_is_offered_made_and_carries_its_code(olga, union, played):
    page = olga.get(REPORT).content.decode()
    open_to_all = {code: form for code, form in FORMS.items() if form.open_to is None}
    assert re.findall(r'name="mau" value="([a-z]+)"', page) == list(open_to_all)
    made = {code: ask(olga, mau=code) for code in open_to_all}
    work()

    for code, form in open_to_all.items():
        export = made[code]
        export.refresh_from_db()
        assert export.state == "ready", code
        response = fetch(olga, export)
        assert response["Content-Type"] == form.content_type
        text = words_in(form.suffix, response.getvalue())
        assert checking.spoken(export.code) in text, code
        said = words(olga.get("/bao-cao/doi-chieu/", {"ma": export.code}))
        assert "Mã đúng" in said
        assert f"Mẫu {form.name}" in said
        shown = words(olga.get(f"/bao-cao/tep/{export.public_id}/"))
        assert str(form.name) in shown
        assert ("họ tên và số điện thoại" in shown) == form.personal
        assert str(form.name) in words(olga.get("/bao-cao/"))
    assert "Số giải 0" in words(olga.get("/bao-cao/doi-chieu/", {"ma": made["winners"].code}))


def words_in(suffix, data):
    if suffix == ".csv":
        return data.decode("utf-8-sig")
    if suffix == ".png":
        return str(Image.open(io.BytesIO(data)).text["Description"])
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


def test_a_file_of_a_form_that_is_no_longer_made_is_told_by_its_code(olga, played):
    export = ask(olga)
    Export.objects.update(form="of-old", state="ready", file="exports/x.xlsx")

    assert "of-old" in olga.get("/bao-cao/").content.decode()
    assert olga.get(f"/bao-cao/tep/{export.public_id}/").status_code == 200
    assert fetch(olga, export).status_code == 404


def test_progress_is_told_while_the_writer_is_at_work(olga, played):
    export = ask(olga)
    Export.objects.filter(pk=export.pk).update(state="running")

    with queries.snapshot(), actions.FileProgress(export.pk) as progress:
        progress.start(1000)
        progress.done, progress.told_at = 511, 0.0
        progress.step()

        with beside() as other:
            assert other.execute("SELECT done, total FROM reports_export").fetchone() == (512, 1000)

    assert olga.get(f"/bao-cao/tep/{export.public_id}/trang-thai/").json() == {
        "state": "running",
        "done": 512,
        "total": 1000,
    }
    page = olga.get(f"/bao-cao/tep/{export.public_id}/").content.decode()
    assert '<progress max="1000" value="512"' in page
    assert "512 / 1.000" in page


def test_a_failure_is_told_in_plain_words_and_may_be_tried_again(olga, played, files):
    export = ask(olga)
    (files / "exports").write_text("a file where the folder should be")
    with pytest.raises(FileExistsError):
        actions.make_file(export_id=export.pk, last_try=False)
    export.refresh_from_db()
    assert export.state == "waiting", "the queue tries again by itself"
    with pytest.raises(FileExistsError):
        actions.make_file(export_id=export.pk, last_try=True)
    page = olga.get(f"/bao-cao/tep/{export.public_id}/").content.decode()
    assert "Máy chủ gặp lỗi khi viết tệp" in page
    assert "FileExistsError" not in page
    (files / "exports").unlink()

    assert olga.post(f"/bao-cao/tep/{export.public_id}/lam-lai/").status_code == 302
    work()

    export.refresh_from_db()
    assert (export.state, export.error) == ("ready", "")


def test_a_file_that_waits_is_stopped_and_may_be_asked_for_again(olga, played, files):
    export = ask(olga)
    page = olga.get(f"/bao-cao/tep/{export.public_id}/").content.decode()
    assert f"/bao-cao/tep/{export.public_id}/huy/" in page

    assert olga.post(f"/bao-cao/tep/{export.public_id}/huy/").status_code == 302
    work()

    export.refresh_from_db()
    assert (export.state, list(files.glob("exports/*"))) == ("stopped", [])
    page = olga.get(f"/bao-cao/tep/{export.public_id}/").content.decode()
    assert "Bạn đã huỷ tệp này" in page
    assert "đã huỷ" in words(olga.get("/bao-cao/"))
    assert ask(olga) != export, "a new one may be asked for"
    olga.post(f"/bao-cao/tep/{export.public_id}/lam-lai/")
    work()
    export.refresh_from_db()
    assert export.state == "ready"
    olga.post(f"/bao-cao/tep/{export.public_id}/huy/")
    export.refresh_from_db()
    assert export.state == "ready", "too late: the file is there"


@pytest.mark.parametrize("where", ["in a statement", "between rows", "at the very end"])
def test_a_file_that_is_being_written_is_stopped_and_leaves_nothing(olga, played, files, monkeypatch, where):
    export = ask(olga)
    form = FORMS["participation"]

    def stopped_meanwhile(path, brief):
        with beside() as other:  # as the page of another process does
            other.execute("UPDATE reports_export SET state = 'stopped'")
        if where == "in a statement":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(300)")
        elif where == "between rows":
            while True:
                brief.progress.step()
                time.sleep(0.0001)
        form.write(path, brief)

    monkeypatch.setitem(FORMS, "participation", replace(form, write=stopped_meanwhile))
    work()

    export.refresh_from_db()
    assert (export.state, export.file, list(files.glob("exports/*"))) == ("stopped", "", [])


def test_only_the_one_who_asked_stops_a_file(client, union, played):
    client.force_login(union.olga)
    export = ask(client)
    for other, status in ((union.staff_b, 404), (union.alice, 403)):
        client.force_login(other)
        assert client.post(f"/bao-cao/tep/{export.public_id}/huy/").status_code == status
    client.force_login(union.olga)
    assert client.get(f"/bao-cao/tep/{export.public_id}/huy/").status_code == 405
    export.refresh_from_db()
    assert export.state == "waiting"


def test_the_file_of_a_member_who_was_deleted_goes_at_night(olga, union, played, files):
    gone, stays = ask(olga, mau="units"), ask(olga)
    work()
    gone.delete()  # as when its member, contest or unit is deleted
    old = time.time() - 7200
    for path in (files / "exports").iterdir():
        os.utime(path, (old, old))
    left = files / "exports" / f"{gone.public_id}-killed"
    left.mkdir()
    fresh = files / "exports" / "00000000-0000-0000-0000-000000000000.xlsx"
    fresh.write_bytes(b"its row is in a transaction")

    actions.forget_old_exports(now=timezone.now())

    names = {path.name for path in (files / "exports").iterdir()}
    assert names == {f"{stays.public_id}.xlsx", left.name, fresh.name}
    actions.forget_old_exports(now=timezone.now() + timedelta(hours=2))
    assert {path.name for path in (files / "exports").iterdir()} == {f"{stays.public_id}.xlsx"}


def test_a_run_that_dies_half_way_shows_no_file_and_the_next_one_cleans_up(olga, played, files):
    export = ask(olga)
    left = files / "exports" / f"{export.public_id}-killed"
    left.mkdir(parents=True)
    (left / "draft.xlsx").write_bytes(b"half")
    Export.objects.filter(pk=export.pk).update(state="running", done=1)
    assert fetch(olga, export).status_code == 404

    work()

    assert not left.exists()
    assert len(table(sheet_of(olga, export))[1]) == 3


@pytest.mark.parametrize(("silent", "state"), [("1 hour", "ready"), ("2 minutes", "waiting")])
def test_the_job_of_a_worker_that_stopped_breathing_is_given_to_another(olga, played, silent, state):
    """Not too soon: on a full machine the worker of files has no time to breathe, and its file would be begun a second time."""
    export = ask(olga)
    with connection.cursor() as cursor:  # a worker took the job and was killed
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id", [silent]
        )
        [worker] = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])

    # As cron does every minute; a lock of the test's own, for cron may have been here already.
    jobs.configure_task("reports.resume_exports", queueing_lock="test").defer(timestamp=0)
    work()
    work()

    export.refresh_from_db()
    assert export.state == state


def test_files_older_than_a_week_go_and_what_they_said_stays_for_two_years(olga, played, files):
    export, failed = ask(olga), Export.objects.create(
        requested_by=Member.objects.get(email="olga@example.vn"), contest=played, unit=played.audience, state="failed"
    )  # fmt: skip
    work()
    now = timezone.now()
    assert actions.forget_old_exports(now=now) == 0

    assert actions.forget_old_exports(now=now + timedelta(days=8)) == 2

    assert not list((files / "exports").iterdir())
    assert not Export.objects.filter(pk=failed.pk).exists(), "it never said anything"
    export.refresh_from_db()
    assert (export.state, export.file) == ("gone", "")
    assert fetch(olga, export).status_code == 404
    assert "Tệp đã được xoá" in olga.get(f"/bao-cao/tep/{export.public_id}/").content.decode()
    assert str(export.public_id) not in olga.get("/bao-cao/").content.decode()
    actions.make_file(export_id=export.pk, last_try=True)  # a job that comes too late
    assert not list((files / "exports").iterdir())
    assert "Mã đúng" in olga.get("/bao-cao/doi-chieu/", {"ma": export.code}).content.decode()

    assert actions.forget_old_exports(now=now + timedelta(days=729)) == 0
    assert Export.objects.filter(pk=export.pk).exists()
    actions.forget_old_exports(now=now + timedelta(days=732))
    assert not Export.objects.filter(pk=export.pk).exists()


# --- what a file says can be checked


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_every_sheet_carries_the_code_and_the_address_where_it_is_checked(olga, union, played, settings):
    export = ask(olga)
    work()
    export.refresh_from_db()

    book = openpyxl.load_workbook(io.BytesIO(fetch(olga, export).getvalue()))
    [line] = {sheet["A5"].value for sheet in book}
    code, address = re.fullmatch(r"Mã đối chiếu ([0-9A-F-]{14}), kiểm tra tại (\S+)", line).groups()
    assert checking.typed(code) == export.code
    assert address == f"{settings.SITE_URL}/bao-cao/doi-chieu/?ma={export.code}"
    Attempt.objects.filter(state="started").update(state="submitted", submitted_at=timezone.now())
    for typed in (code, code.lower().replace("-", ""), f" {code.replace('0', 'O').replace('-', ' ')} "):
        said = words(olga.get("/bao-cao/doi-chieu/", {"ma": typed}))
        assert "Mã đúng" in said
        assert "Người dự thi 2 Lượt thi 3 Lượt đã nộp 2 Đoàn viên 250 Tỷ lệ 0,8 %" in said, "as they were"
        assert played.title in said
        assert union.province_a.name in said
        assert timezone.localtime(export.as_of).strftime("%H:%M:%S %d/%m/%Y") in said
    assert "Mã đối chiếu" in words(olga.get(f"/bao-cao/tep/{export.public_id}/"))


def test_the_code_is_checked_by_who_reaches_the_unit_and_by_nobody_else(client, olga, union, played):
    export = ask(olga)
    work()
    export.refresh_from_db()
    above = make.make_member("Cấp trên", email="tren@example.vn")
    Role.objects.create(member=above, unit=union.national, kind="staff")
    below = make.make_member("Cấp dưới", email="duoi@example.vn")
    Role.objects.create(member=below, unit=union.ward_a, kind="staff")
    address = f"/bao-cao/doi-chieu/?ma={export.code}"

    client.force_login(above)
    assert "Người dự thi 2" in words(client.get(address))
    for other in (below, union.staff_b):
        client.force_login(other)
        said = words(client.get(address))
        assert "Không có tệp nào mang mã này" in said
        assert union.province_a.name not in said
    client.force_login(union.alice)
    assert client.get(address).status_code == 403
    client.logout()
    assert client.get(address)["Location"].endswith(f"next=/bao-cao/doi-chieu/%3Fma%3D{export.code}")


def test_odd_codes_find_nothing(olga, played):
    ask(olga)  # it has no code yet

    for code in ("", "0" * 12, "%", "a\x00b", "x" * 500, "0000-0000-000", "３F9A01BC77D2", "' OR 1=1"):
        assert "Mã đúng" not in words(olga.get("/bao-cao/doi-chieu/", {"ma": code}))


def test_figures_that_were_changed_afterwards_are_told_from_those_of_the_file(olga, played):
    export = ask(olga)
    work()
    export.refresh_from_db()
    export.totals["participants"] = 9
    export.save()

    assert "không còn khớp với mã này" in words(olga.get("/bao-cao/doi-chieu/", {"ma": export.code}))


def test_two_files_of_the_same_figures_have_two_codes(olga, played):
    for _ in range(2):
        ask(olga)
        work()

    one, other = Export.objects.all()
    assert one.code != other.code
    assert {**one.totals, "as_of": ""} == {**other.totals, "as_of": ""}
    assert one.code == checking.code_of(one.public_id, dict(reversed(one.totals.items())))


# --- who may fetch it


@pytest.mark.parametrize("page", ["", "trang-thai/", "tai-ve/"])
def test_another_persons_file_is_not_found(client, olga, union, played, page):
    export = ask(olga)
    work()
    colleague = make.make_member("Đồng nghiệp", email="dn@example.vn")
    Role.objects.create(member=colleague, unit=union.province_a, kind="staff")
    for other in (union.staff_b, colleague):
        client.force_login(other)
        assert client.get(f"/bao-cao/tep/{export.public_id}/{page}").status_code == 404
        assert client.post(f"/bao-cao/tep/{export.public_id}/lam-lai/").status_code == 404
        assert str(export.public_id) not in client.get("/bao-cao/").content.decode()


def test_a_file_is_out_of_reach_once_the_role_has_ended_or_shrunk(olga, union, played):
    export = ask(olga)
    work()
    assert fetch(olga, export).status_code == 200
    role = Role.objects.filter(member=union.olga, kind="staff")

    role.update(unit=union.ward_a)
    assert fetch(olga, export).status_code == 404
    role.update(to_day=YESTERDAY)
    assert fetch(olga, export).status_code == 403
    Role.objects.create(member=union.olga, unit=union.province_b, kind="staff")
    assert fetch(olga, export).status_code == 404


def test_a_role_that_ended_before_the_worker_came_makes_no_file(olga, union, played, files):
    export = ask(olga)
    Role.objects.filter(member=union.olga).update(unit=union.province_b)

    work()

    export.refresh_from_db()
    assert (export.state, export.error) == ("failed", actions.NOT_YOURS)
    assert not list((files / "exports").iterdir())


# --- what one snapshot and one name mean


def test_all_rows_come_from_one_snapshot(olga, union, played, monkeypatch):
    export = ask(olga)
    form = FORMS["participation"]

    def someone_sits_meanwhile(path, brief):
        with beside() as other:
            other.execute("UPDATE accounts_member SET full_name = 'Đổi Tên'")
            other.execute("DELETE FROM contests_attempt WHERE state = 'started'")
        form.write(path, brief)

    monkeypatch.setitem(FORMS, "participation", replace(form, write=someone_sits_meanwhile))
    work()

    _, rows = table(sheet_of(olga, export))
    assert len(rows) == 3
    assert "Đổi Tên" not in {row[1] for row in rows}


def test_names_with_path_characters_make_a_plain_file_name(olga, union, played):
    played.title = '../../etc/passwd "x" \\ *?<>|:'
    played.save()
    export = ask(olga)
    work()

    export.refresh_from_db()
    assert not set('/\\:*?"<>|') & set(export.filename)
    assert export.file == f"exports/{export.public_id}.xlsx"
    assert (settings.MEDIA_ROOT / export.file).is_file()
