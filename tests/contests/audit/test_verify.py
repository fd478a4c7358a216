"""`verify_audit` against a log that somebody with the rights of the owner, but without the key, has edited."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from contests.actions.audit import ForgedHead, seal_pending
from contests.models import Attempt, AuditHead, AuditRecord, QuestionVersion
from tests.contests.audit.edits import EDITS, HEAD, Log, sql
from tests.contests.audit.life import begin_chain

pytestmark = pytest.mark.django_db
TIMES = 1000


@pytest.fixture
def verify(capsys):
    """The command: its exit status and what it said."""

    def run(*options):
        status = 0
        try:
            call_command("verify_audit", *options)
        except SystemExit as ended:
            status = ended.code
        return status, capsys.readouterr().out

    return run


@pytest.fixture
def log(chain):
    """A log whose guards the owner has taken away."""
    sql("ALTER TABLE contests_auditrecord DISABLE TRIGGER USER")
    sql(
        "ALTER TABLE contests_auditrecord DROP CONSTRAINT sealed_record_has_its_link, DROP CONSTRAINT contests_auditrecord_position_key"
    )
    rows = list(AuditRecord.objects.order_by("position").values_list("position", "pk"))
    assert len(rows) > 80
    return Log(random.Random(20261122), rows, AuditHead.objects.get().link.hex())


class Undo(Exception):
    pass


def test_a_thousand_edits_are_all_found_and_the_first_bad_row_is_named(log, verify):
    done, missed = Counter(), []
    clean = verify()
    for number in range(TIMES):
        edit = EDITS[number % len(EDITS)]
        try:
            with transaction.atomic():
                place = edit(log)
                status, said = verify("--chain-only")
                raise Undo
        except Undo:
            done[edit.__name__] += 1
        named = re.search(r"LỖI    vị trí (-?\d+)(?:, id (\d+))?: (.*)", said)
        if status != 1 or not named:
            missed.append((number, edit.__name__, place, said))
        elif place is HEAD:
            if "dòng kết chuỗi" not in named[3]:
                missed.append((number, edit.__name__, place, said))
        elif (int(named[1]), int(named[2]) if named[2] else None) != place:
            missed.append((number, edit.__name__, place, said))
        if number % 100 == 0:
            assert verify() == clean, "the savepoint was not the whole edit"

    assert missed == []
    assert sum(done.values()) == TIMES
    assert min(done.values()) >= TIMES // len(EDITS)
    assert clean[0] == 0
    assert "Nhật ký nguyên vẹn." in clean[1]
    assert verify() == clean


@pytest.mark.parametrize(
    "same",
    [
        "(SELECT jsonb_object_agg(key, value ORDER BY key DESC) FROM jsonb_each(detail))",
        "(' ' || replace(detail::text, ': ', ' :   ') || E'\\n')::jsonb",
        "('{\"state\": 1, ' || substr(detail::text, 2))::jsonb",  # a repeated key: the last one counts
    ],
    ids=["order of keys", "spaces", "repeated key"],
)
def test_an_edit_of_the_json_that_is_not_kept_is_none(log, verify, same):
    assert sql(f"UPDATE contests_auditrecord SET detail = {same} WHERE what LIKE 'attempt.%%'") > 30

    assert verify()[0] == 0


def test_the_end_and_the_length_are_printed_to_be_noted_and_a_chain_made_anew_is_found_by_the_note(
    log, verify, settings
):
    """Even somebody who has the key cannot give the chain another past than the one that was noted elsewhere."""
    said = verify()[1]
    assert f"Đã kiểm tra {log.count} bản ghi" in said
    assert f"Kết chuỗi: {log.count}:{log.link}" in said
    noted = f"{log.count}:{log.link}"

    assert verify("--noted", noted)[0] == 0
    sql(
        "UPDATE contests_auditrecord SET position = NULL, link = NULL, actor = CASE position WHEN 40 THEN 1 ELSE actor END"
    )
    AuditHead.objects.all().delete()
    begin_chain()
    assert seal_pending() == log.count
    assert verify("--chain-only")[0] == 0
    status, said = verify("--noted", noted)
    assert status == 1
    assert f"vị trí {log.count}: mã ở vị trí này khác với mã đã ghi lại" in said


def test_since_looks_at_what_comes_after(log, verify):
    sql("UPDATE contests_auditrecord SET actor = 1 WHERE position = 20")

    assert verify()[0] == 1
    assert verify("--since", "19")[0] == 1
    assert verify("--since", "20")[0] == 0
    assert f"Đã kiểm tra {log.count - 30} bản ghi" in verify("--since", "30")[1]
    with pytest.raises(CommandError, match="Không có bản ghi nào ở vị trí 9999"):
        verify("--since", "9999")


def test_a_wrong_key_is_told(chain, verify, settings):
    settings.AUDIT_KEY = "another"

    status, said = verify()
    assert status == 1
    assert "vị trí 1, id" in said


def test_records_that_wait_too_long_are_a_warning(log, verify):
    sql(
        "INSERT INTO contests_auditrecord (at, what, detail) VALUES (now() - interval '4 minutes', 'role.granted', '{}')"
    )
    assert "LƯU Ý" not in verify()[1]

    sql(
        "INSERT INTO contests_auditrecord (at, what, detail) VALUES (now() - interval '6 minutes', 'role.granted', '{}')"
    )
    status, said = verify()
    assert status == 0
    assert "LƯU Ý  1 trong 2 bản ghi chờ niêm phong" in said


@pytest.mark.parametrize(
    ("edit", "how"),
    [
        ("UPDATE contests_attempt SET points = points + 100 WHERE id = %s", "trạng thái, điểm"),
        ("UPDATE contests_attempt SET \"right\" = 3 WHERE id = %s", "trạng thái, điểm"),
        ("UPDATE contests_attempt SET elapsed_ms = elapsed_ms + 1 WHERE id = %s", "trạng thái, điểm"),
        ("UPDATE contests_attempt SET state = 'voided' WHERE id = %s", "trạng thái, điểm"),
        ("UPDATE contests_attempt SET submitted_at = submitted_at - interval '1 second' WHERE id = %s", "trạng thái, điểm"),
        ("UPDATE contests_attempt SET seed = seed # 1 WHERE id = %s", "đề thi hoặc người thi"),
        ("UPDATE contests_attempt SET paper = paper - 0 WHERE id = %s", "đề thi hoặc người thi"),
        ("DELETE FROM contests_attempt WHERE id = %s", "đã bị xóa"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("past", [True, False], ids=["past the triggers", "seen by them"])
def test_an_attempt_that_is_changed_past_the_triggers_is_named(chain, verify, edit, how, past):
    attempt = chain[4]
    attempt.refresh_from_db()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    if past:
        sql("ALTER TABLE contests_attempt DISABLE TRIGGER USER")
    assert sql(edit, attempt.pk) == 1
    if past:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("ALTER TABLE contests_attempt ENABLE TRIGGER USER")

    status, said = verify()
    assert status == past
    if past:
        assert f"lượt thi {attempt.public_id}" in said
        assert how in said


def test_an_attempt_that_is_added_past_the_triggers_is_named(chain, verify):
    old = chain[-1]
    Attempt.objects.filter(pk=old.pk).update(state="submitted", submitted_at=timezone.now())
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE contests_attempt DISABLE TRIGGER USER")
    old.pk, old.public_id, old.number = None, "00000000-0000-4000-8000-000000000001", 2
    old.save(force_insert=True)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE contests_attempt ENABLE TRIGGER USER")

    status, said = verify()
    assert status == 1
    assert "lượt thi 00000000-0000-4000-8000-000000000001: được thêm" in said


def test_a_key_that_is_changed_past_the_triggers_is_named(chain, verify):
    version = QuestionVersion.objects.first()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    QuestionVersion.objects.filter(pk=version.pk).update(is_current=False)
    assert verify()[0] == 0
    QuestionVersion.objects.filter(pk=version.pk).update(key=[2])
    assert verify()[0] == 0  # it is in the log
    sql("ALTER TABLE contests_questionversion DISABLE TRIGGER USER")
    QuestionVersion.objects.filter(pk=version.pk).update(key=[1])
    sql("ALTER TABLE contests_questionversion ENABLE TRIGGER USER")

    status, said = verify()
    assert status == 1
    assert f"phiên bản câu hỏi {version.pk}" in said


def test_a_trigger_that_is_switched_off_is_named(chain, verify):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE contests_attempt DISABLE TRIGGER audit_update")
    sql("DROP TRIGGER audit_insert ON accounts_role")

    status, said = verify()
    assert status == 1
    assert "accounts_role.audit_insert, contests_attempt.audit_update" in said


@pytest.mark.parametrize("forge", ["count = count - 1", "mac = sha256(mac)", "id = 2"])
def test_nothing_is_sealed_on_a_forged_head(log, forge):
    """Sealing on would put a genuine code over the forgery."""
    sql(f"UPDATE contests_audithead SET {forge}")
    Attempt.objects.filter(state="started").update(epoch=9)

    with pytest.raises(ForgedHead):
        seal_pending()


def test_nothing_is_sealed_behind_a_cut_tail(log):
    sql("DELETE FROM contests_auditrecord WHERE position = %s", log.count)
    Attempt.objects.filter(state="started").update(epoch=9)

    with pytest.raises(ForgedHead):
        seal_pending()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contests_auditrecord SET actor = 1 WHERE position = 3",
        "UPDATE contests_auditrecord SET link = NULL, position = NULL WHERE position = 3",
        "DELETE FROM contests_auditrecord WHERE position = 3",
        "INSERT INTO contests_auditrecord (at, what, detail) VALUES (now(), 'role.granted', '{}')",
    ],
)
def test_the_database_refuses_in_normal_operation(chain, statement):
    with pytest.raises(Exception, match="only added to, by triggers"), transaction.atomic():
        sql(statement)


def test_the_database_refuses_to_empty_the_log(chain):
    assert connection.vendor == "postgresql"
    sql("ALTER TABLE contests_auditrecord ENABLE TRIGGER audit_never_emptied")  # tests/conftest.py takes it away
    with pytest.raises(Exception, match="only added to, by triggers"), transaction.atomic():
        sql("TRUNCATE contests_auditrecord")
