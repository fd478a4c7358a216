"""Questions from a file into a bank: all or none, versions instead of changes, and no open contest is starved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from contests.actions.bank import create_bank, find_same_file, import_questions, restore_question, retire_question
from contests.authoring.draft import Difficulty, QuestionDraft
from contests.authoring.reading import read_questions
from contests.authoring.template import question_template
from contests.errors import ContestError
from contests.models import Bank, Question, QuestionImport, QuestionVersion, Topic
from contests.queries.bank import bank_index, topic_sizes
from contests.rules.kinds import Kind
from tests import make

pytestmark = pytest.mark.django_db

REAL_BANK = Path(__file__).resolve().parents[3] / "contests" / "demo" / "ngan-hang-cau-hoi.xlsx"


def draft(code="LD-001", **fields):
    wanted = QuestionDraft(
        code=code, topic="Hợp đồng", kind=Kind.SINGLE, difficulty=Difficulty.EASY, stem=f"Câu {code}?", options=("Một", "Hai", "Ba"),
        key=frozenset({1}), pinned=frozenset(), document="Bộ luật Lao động 2019", article="Điều 13", other_source="",
        valid_from=None, valid_to=None, explanation="Vì thế.", row=2,
    )  # fmt: skip
    return replace(wanted, **fields)


def take(bank, *drafts, sha256="a" * 64, by=None):
    return import_questions(bank=bank, drafts=drafts, sha256=sha256, filename="cau-hoi.xlsx", by=by, now=timezone.now())


@pytest.fixture
def empty(union):
    return create_bank(owner=union.province_a, name="Ngân hàng mới", by=union.olga)


def test_new_codes_become_questions_with_a_first_version(union, empty):
    done = take(empty, draft(), draft("LD-002", topic="Tiền lương"), by=union.olga)

    assert (done.created, done.changed, done.unchanged) == (2, 0, 0)
    version = QuestionVersion.objects.get(question__code="LD-001")
    assert (version.number, version.is_current, version.key, version.options, version.created_by) == (
        1, True, [1], ["Một", "Hai", "Ba"], union.olga,
    )  # fmt: skip
    assert version.search_text == "ld-001 cau ld-001? mot hai ba"
    assert set(Topic.objects.values_list("name", flat=True)) == {"Hợp đồng", "Tiền lương"}
    assert Bank.objects.get(pk=empty.pk).version == 2


def test_a_changed_question_gets_a_new_version_and_the_old_one_stays(empty):
    take(empty, draft(), draft("LD-002"))

    done = take(empty, draft(stem="Đã sửa?"), draft("LD-002"), sha256="b" * 64)

    assert (done.created, done.changed, done.unchanged) == (0, 1, 1)
    versions = QuestionVersion.objects.filter(question__code="LD-001").order_by("number")
    assert list(versions.values_list("number", "is_current", "stem")) == [
        (1, False, "Câu LD-001?"),
        (2, True, "Đã sửa?"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "Khác"}, {"kind": Kind.TRUE_FALSE}, {"spec": {"weight": 200}}, {"difficulty": Difficulty.HARD}, {"options": ("Một", "Hai", "Bốn")}, {"key": frozenset({0})},
        {"pinned": frozenset({2})}, {"article": "Điều 14"}, {"other_source": "Sách"}, {"explanation": ""},
        {"valid_to": timezone.now().date()},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_any_part_that_differs_makes_a_version(empty, change):
    take(empty, draft())

    assert take(empty, draft(**change)).changed == 1


def test_the_same_content_changes_nothing_and_keeps_the_banks_version(empty):
    take(empty, draft())
    before = Bank.objects.get(pk=empty.pk).version

    done = take(empty, draft(row=99))

    assert (done.created, done.changed, done.unchanged) == (0, 0, 1)
    assert Bank.objects.get(pk=empty.pk).version == before


def test_processes_see_a_bank_that_grew(empty):
    today = timezone.localdate()
    take(empty, draft())
    assert len(bank_index(Bank.objects.get(pk=empty.pk), today).of("Hợp đồng")) == 1
    take(empty, draft("LD-002"))

    assert len(bank_index(Bank.objects.get(pk=empty.pk), today).of("Hợp đồng")) == 2


def test_the_same_file_is_found(union, empty):
    assert find_same_file(empty, "a" * 64) is None

    done = take(empty, draft(), by=union.olga)

    assert find_same_file(empty, "a" * 64) == done
    assert find_same_file(make.make_bank(union.province_b), "a" * 64) is None


@pytest.mark.parametrize(
    ("drafts", "code"),
    [
        ([], "empty"),
        ([draft(), draft()], "repeated_code"),
        ([draft(document="", article="")], "no_source"),
        ([draft(key=frozenset())], "bad_key"),
        ([draft(key=frozenset({0, 1}))], "bad_key"),
        ([draft(key=frozenset({3}))], "bad_key"),
        ([draft(pinned=frozenset({7}))], "bad_key"),
        ([draft(topic="x" * 101)], "long_topic"),
    ],
)
def test_what_must_not_be_stored_is_refused_whole(empty, drafts, code):
    with pytest.raises(ContestError) as refused:
        take(empty, draft("OK-1"), *drafts) if drafts else take(empty)

    assert refused.value.code == code
    assert not Question.objects.exists()
    assert not QuestionImport.objects.exists()


def test_a_crash_in_the_middle_stores_nothing(empty):
    with pytest.raises(Exception, match="too long"):
        take(empty, draft(), draft("LD-002", article="x" * 200))

    assert not Question.objects.exists()
    assert not Topic.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_code_at_one_instant_leave_one_question(committed_union):
    union, _ = committed_union
    empty = create_bank(owner=union.province_a, name="Ngân hàng mới", by=union.olga)

    def act(number):
        try:
            return take(empty, draft(stem=f"Lần {number}?"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(act, range(4)))

    assert sum(each.created for each in done) == 1
    assert sum(each.changed for each in done) == 3
    assert Question.objects.filter(bank=empty).count() == 1
    assert sorted(QuestionVersion.objects.filter(question__bank=empty).values_list("number", "is_current")) == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
    ]
    assert Bank.objects.get(pk=empty.pk).version == 5


# --- retire ---
def test_a_retired_question_is_drawn_no_more_until_it_is_restored(union, bank):
    question = Question.objects.get(code="Q0-00")
    today, now = timezone.localdate(), timezone.now()

    retire_question(question=question, by=union.olga, now=now)
    assert topic_sizes(bank, today)["Tiền lương"] == 11
    with pytest.raises(ContestError, match="đã ngừng dùng"):
        retire_question(question=question, by=union.olga, now=now)

    restore_question(question=question, by=union.olga, now=now)
    assert topic_sizes(bank, today)["Tiền lương"] == 12
    with pytest.raises(ContestError, match="vẫn đang dùng"):
        restore_question(question=question, by=union.olga, now=now)
    assert Bank.objects.get(pk=bank.pk).version == 3


def test_importing_a_retired_question_leaves_it_retired(union, empty):
    take(empty, draft())
    retire_question(question=Question.objects.get(), by=union.olga, now=timezone.now())

    take(empty, draft(stem="Sửa?"))

    assert Question.objects.get().retired_at is not None
    assert QuestionVersion.objects.get(is_current=True).stem == "Sửa?"


def test_an_open_contest_keeps_the_questions_that_it_draws(union, contest, bank):
    round_ = contest.rounds.get()
    round_.rules["draw"] = [{"topic": "Tiền lương", "count": 12}]
    round_.save(update_fields=["rules"])
    moved = QuestionVersion.objects.get(question__code="Q0-00")

    with pytest.raises(ContestError, match="12 câu của chủ đề “Tiền lương”"):
        retire_question(question=moved.question, by=union.olga, now=timezone.now())
    with pytest.raises(ContestError, match="chỉ còn 11 câu"):
        take(bank, draft("Q0-00", topic="Luật Công đoàn"))

    assert Question.objects.filter(retired_at__isnull=True).count() == 24
    assert QuestionVersion.objects.get(question__code="Q0-00").topic.name == "Tiền lương"


def test_a_bank_that_is_already_short_may_get_better(union, contest, bank):
    round_ = contest.rounds.get()
    round_.rules["draw"] = [{"topic": "Tiền lương", "count": 15}]
    round_.save(update_fields=["rules"])

    assert take(bank, draft("MOI-1", topic="Tiền lương")).created == 1


def test_a_unit_has_no_two_banks_of_one_name(union, empty):
    with pytest.raises(ContestError, match="đã có ngân hàng"):
        create_bank(owner=union.province_a, name=" Ngân  hàng mới ", by=union.olga)
    with pytest.raises(ContestError, match="đặt tên"):
        create_bank(owner=union.province_a, name="  ", by=union.olga)
    assert create_bank(owner=union.province_b, name="Ngân hàng mới", by=None)


# --- the command ---
def run(*arguments, **options):
    out, err = StringIO(), StringIO()
    call_command("import_questions", *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_the_command_takes_the_real_bank_in(union):
    unit = union.province_a.code

    out, err = run(REAL_BANK, bank="Ngân hàng chung", unit=unit, dry_run=True)
    assert "120 câu mới" in out
    assert not Bank.objects.exists()

    out, err = run(REAL_BANK, bank="Ngân hàng chung", unit=unit)
    assert "Đã lưu vào “Ngân hàng chung”: 120 câu mới, 0 câu có bản mới, 0 câu không đổi." in out
    assert err == ""
    assert Question.objects.count() == QuestionVersion.objects.count() == 120

    out, err = run(REAL_BANK, bank="Ngân hàng chung", unit=unit)
    assert "chính tệp này đã được nhập" in out
    assert "0 câu mới, 0 câu có bản mới, 120 câu không đổi" in out


def test_the_command_lists_every_error_with_its_row_and_saves_nothing(union, tmp_path):
    path = tmp_path / "loi.xlsx"
    path.write_bytes(question_template())
    book = load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(2, header.index("Đáp án") + 1).value = "Z"
    sheet.cell(4, header.index("Câu hỏi") + 1).value = None
    book.save(path)
    err = StringIO()

    with pytest.raises(CommandError, match="Chưa lưu gì cả") as refused:
        call_command("import_questions", path, bank="B", unit=union.province_a.code, stderr=err)

    assert refused.value.returncode == 1
    assert "LỖI dòng 2, cột Đáp án" in err.getvalue()
    assert "LỖI dòng 4, cột Câu hỏi" in err.getvalue()
    assert not Bank.objects.exists()


@pytest.mark.parametrize(
    ("file", "unit", "text"), [("khong-co.xlsx", None, "Không đọc được"), (str(REAL_BANK), "XX", "Không có đơn vị")]
)
def test_the_command_says_what_is_missing(union, file, unit, text):
    with pytest.raises(CommandError, match=text):
        run(file, bank="B", unit=unit or union.province_a.code)


def test_the_real_bank_reads_without_a_warning():
    reading = read_questions(REAL_BANK.read_bytes(), REAL_BANK.name)

    assert (len(reading.drafts), reading.problems, reading.warnings) == (120, (), ())
