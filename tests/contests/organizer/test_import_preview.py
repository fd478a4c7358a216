"""Files of every kind: a clear word, nothing stored before the button, and no page that breaks."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from contests.actions.bank import create_bank
from contests.actions.uploads import LIVES, sweep_uploads
from contests.models import ContestEvent, Question, QuestionImport, QuestionUpload, QuestionVersion
from tests import make
from tests.contests.organizer.sent import REAL_BANK, named, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(union):
    return create_bank(owner=union.province_a, name="Ngân hàng mới", by=union.olga)


def send(client, bank, data, name="cau-hoi.xlsx", follow=True):
    return client.post(reverse("organizer_upload", args=[bank.public_id]), {"file": named(data, name)}, follow=follow)


def zipped(**entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


BAD_FILES = {
    "random bytes": (os.urandom(4096), "a.xlsx", "không phải là Excel"),
    "empty": (b"", "a.xlsx", "không phải là Excel"),
    "a zip of something else": (zipped(**{"readme.txt": b"x"}), "a.xlsx", "không phải là Excel"),
    "zip bomb": (zipped(**{"[Content_Types].xml": b"<a/>", "xl/worksheets/sheet1.xml": b"0" * 30_000_000}), "a.xlsx", "phình quá lớn"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls", "Excel đời cũ"),
    "six megabytes": (b"PK\x03\x04" + b"\0" * (6 * 2**20), "a.xlsx", "lớn hơn 5 MB"),
    "macros": (zipped(**{"[Content_Types].xml": b"<a/>"}), "a.xlsm", "macro"),
    "wrong header": (workbook(L1="Gì đó"), "a.xlsx", "Thiếu cột “Đáp án”"),
    "no rows": (workbook(**{f"{column}{row}": None for column in "ABCDEFGHIJKLMNOPQRS" for row in (2, 3, 4)}), "a.xlsx", "chưa có câu hỏi nào"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_gets_a_clear_word_and_leaves_nothing(olga, empty, kind):
    data, name, word = BAD_FILES[kind]

    reply = send(olga, empty, data, name)

    assert reply.status_code == 200
    text = reply.content.decode()
    assert word in text
    assert "Chưa lưu gì cả" in text
    assert not QuestionUpload.objects.exists()
    assert not Question.objects.exists()


def test_no_file_at_all(olga, empty):
    reply = olga.post(reverse("organizer_upload", args=[empty.public_id]), {})

    assert "Hãy chọn tệp câu hỏi" in reply.content.decode()


def test_a_file_with_faults_is_listed_question_by_question_and_saved_only_by_the_button_that_says_so(olga, empty):
    reply = send(olga, empty, workbook(L2="Z", E4=None))
    url, text = reply.redirect_chain[-1][0], reply.content.decode()

    assert "2 câu cần sửa, 1 câu sẵn sàng" in text
    assert "“Z” không đọc được" in text
    assert "Chưa có nội dung câu hỏi" in text

    text = olga.post(url, {"act": "save"}, follow=True).content.decode()
    assert "Còn câu cần sửa. Chưa lưu gì cả." in text
    assert not Question.objects.exists()

    olga.post(url, {"act": "save_readable"})
    assert list(Question.objects.values_list("code", flat=True)) == ["MAU-002"]
    assert QuestionUpload.objects.get().state == "saved"


def test_the_same_file_again_warns_and_changes_nothing(union, olga, empty):
    first = send(olga, empty, REAL_BANK.read_bytes()).redirect_chain[-1][0]
    olga.post(first, {"act": "save"})

    reply = send(olga, empty, REAL_BANK.read_bytes())
    text = reply.content.decode()
    assert f"Chính tệp này đã được {union.olga.full_name} nhập lúc" in text
    assert "0 câu mới, 0 câu có bản mới, 120 câu không đổi" in text
    olga.post(reply.redirect_chain[-1][0], {"act": "save"})

    assert (QuestionVersion.objects.count(), QuestionImport.objects.count()) == (120, 2)


def test_a_reworded_question_is_announced_as_a_new_version(olga, empty):
    olga.post(send(olga, empty, workbook()).redirect_chain[-1][0], {"act": "save"})

    reply = send(olga, empty, workbook(E2="Câu đã sửa lời?"))

    assert "0 câu mới, 1 câu có bản mới, 2 câu không đổi" in reply.content.decode()
    assert QuestionVersion.objects.count() == 3


def test_a_file_is_thrown_away_when_asked(olga, empty):
    url = send(olga, empty, workbook()).redirect_chain[-1][0]

    reply = olga.post(url, {"act": "discard"}, follow=True)

    assert "Ngân hàng không thay đổi" in reply.content.decode()
    assert not QuestionUpload.objects.exists()
    assert not Question.objects.exists()


def test_what_an_author_writes_is_text_and_nothing_else(olga, empty):
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}"

    page = send(olga, empty, workbook(E2=attack, F2=attack, S2=attack), name="<b>x</b>.xlsx").content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7|add:7 }}" in page
    assert "<b>x</b>" not in page


@pytest.mark.parametrize("name", ["../../etc/passwd.xlsx", "con.xlsx", "a" * 300 + ".xlsx", "câu hỏi.xlsx"])
def test_a_files_name_is_only_shown(olga, empty, name):
    assert send(olga, empty, workbook(), name).status_code == 200

    source = olga.get(reverse("organizer_source", args=[empty.public_id, QuestionUpload.objects.get().public_id]))
    assert (source["Content-Disposition"], source["Content-Type"]) == ("attachment", "application/octet-stream")


def test_a_header_cell_with_a_sign_that_no_table_holds_is_told_like_any_other(olga, empty):
    page = send(olga, empty, workbook(T1="X_x0000_Y")).content.decode()

    assert "3 câu sẵn sàng để lưu" in page
    assert "Cột “XY” không có trong mẫu" in page


def test_a_code_in_other_case_is_the_same_question(union, olga, empty):
    olga.post(send(olga, empty, workbook()).redirect_chain[-1][0], {"act": "save"})

    reply = send(olga, empty, workbook(A2="mau-001", A3="Mau-002", E3="Câu đã sửa lời?"))
    assert "0 câu mới, 1 câu có bản mới, 2 câu không đổi" in reply.content.decode()
    olga.post(reply.redirect_chain[-1][0], {"act": "save"})

    assert sorted(Question.objects.values_list("code", flat=True)) == ["MAU-001", "MAU-002", "MAU-003"]
    assert QuestionVersion.objects.get(question__code="MAU-002", is_current=True).stem == "Câu đã sửa lời?"


def test_the_file_itself_leaves_with_a_note(union, olga, empty):
    contest = make.make_contest(union, empty, state="draft")
    data = workbook()
    page = send(olga, empty, data).content.decode()
    address = reverse("organizer_source", args=[empty.public_id, QuestionUpload.objects.get().public_id])
    assert f'href="{address}"' in page

    assert olga.get(address).content == data

    [event] = ContestEvent.objects.filter(contest=contest, what="bank_exported")
    assert (event.actor, event.detail["form"], event.detail["questions"]) == (union.olga, "source", 3)


def test_a_repeat_is_told_as_the_file_counts(olga, empty):
    text = "\n".join(
        ["Câu 1: Vì sao?", "A. Một", "B. Hai", "Đáp án: A", "Câu 2: Vì sao?", "A. Một", "B. Hai", "Đáp án: A"]
    )
    document = Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)

    page = send(olga, empty, target.getvalue(), "a.docx").content.decode()

    assert "giống hệt đoạn 1" in page


def test_a_sign_that_cannot_be_read_is_said_in_our_words(olga, empty):
    url = send(olga, empty, workbook(B2=None)).redirect_chain[-1][0]

    page = olga.post(url, {"act": "defaults", "topic": "a\0b"}, follow=True).content.decode()

    assert "Mục này có ký tự không đọc được" in page


def test_files_that_nobody_saves_are_swept_out(olga, empty):
    url = send(olga, empty, workbook()).redirect_chain[-1][0]

    assert sweep_uploads(timezone.now() + LIVES - timedelta(minutes=1)) == 0
    assert sweep_uploads(timezone.now() + LIVES + timedelta(minutes=1)) == 1

    assert "hãy tải lên lại" in olga.get(url, follow=True).content.decode()


def test_a_save_that_never_ended_is_swept_out_a_day_later(olga, empty):
    send(olga, empty, workbook())
    QuestionUpload.objects.update(state="saving")

    assert sweep_uploads(timezone.now() + LIVES + timedelta(minutes=1)) == 0
    assert sweep_uploads(timezone.now() + LIVES + timedelta(days=1, minutes=1)) == 1


def test_a_file_for_one_bank_is_not_saved_into_another(olga, empty, bank):
    upload = send(olga, empty, workbook()).redirect_chain[-1][0].rstrip("/").rsplit("/", 1)[-1]

    olga.post(reverse("organizer_import", args=[bank.public_id, upload]), {"act": "save"})

    assert not Question.objects.filter(code__startswith="MAU").exists()


def test_the_template_comes_down_and_goes_up_without_a_fault(olga, empty):
    reply = olga.get(reverse("organizer_template"))

    assert reply["Content-Disposition"] == 'attachment; filename="mau-cau-hoi.xlsx"'
    assert "5 câu sẵn sàng để lưu" in send(olga, empty, reply.content).content.decode()
