"""Questions leave as files, and a round's papers for printing: with what, for whom, and that it is written down."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from docx import Document
from docx.shared import Cm

from contests.actions.images import keep_image
from contests.authoring.draft import ImportReading
from contests.authoring.formats import EXPORTS
from contests.authoring.reading import read_questions
from contests.models import Bank, Contest, ContestEvent, QuestionImage, QuestionVersion
from contests.queries.bank_console import compare
from contests.queries.exporting import drafts_to_export
from tests.contests.images.files import drawing, photo, saved
from tests.contests.organizer.sent import REAL_BANK

pytestmark = pytest.mark.django_db


def text_of(data: bytes) -> list[str]:
    file = Document(io.BytesIO(data))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in file.paragraphs] + cells


@pytest.fixture
def export(bank):
    return reverse("organizer_export", args=[bank.public_id])


@pytest.fixture
def printing(contest):
    return reverse("organizer_print", args=[contest.slug, 1])


@pytest.mark.parametrize("form", [one.name for one in EXPORTS])
def test_a_bank_leaves_as_a_file_that_never_meets_a_cache(olga, bank, contest, export, form):
    reply = olga.post(export, {"form": form, "topic": "", "act": "rest"})

    assert reply.status_code == 200
    assert reply["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in reply["Cache-Control"]
    [event] = ContestEvent.objects.filter(what="bank_exported")
    assert (event.contest, event.detail["form"], event.detail["questions"]) == (
        contest,
        form,
        18 if form == "aiken" else 24,
    )


def test_what_leaves_as_xlsx_comes_back_as_nothing_new(olga, bank, export):
    data = olga.post(export, {"form": "xlsx", "topic": ""}).content

    reading: ImportReading = read_questions(data, "a.xlsx")
    changes = compare(bank, reading.drafts)

    assert reading.problems == ()
    assert (len(changes.new), len(changes.changed), len(changes.unchanged)) == (0, 0, 24)


def test_one_topic_alone(olga, bank, export):
    topic = bank.topics.first().name

    data = olga.post(export, {"form": "gift", "topic": topic}).content

    assert {draft.topic for draft in read_questions(data, "a.gift").drafts} == {topic}


def test_retired_questions_stay(olga, bank, export):
    bank.questions.filter(code=bank.questions.first().code).update(retired_at="2026-01-01T00:00Z")

    assert len(drafts_to_export(bank)) == 23


def test_what_a_form_cannot_hold_is_listed_before_anything_leaves(olga, bank, export):
    QuestionVersion.objects.filter(question__bank=bank, question__code="Q0-00").update(kind="essay", options=[], key=[])

    reply = olga.post(export, {"form": "aiken", "topic": ""})

    page = reply.content.decode()
    assert "Q0-00" in page
    assert "Aiken chỉ có câu một đáp án" in page
    assert "Tải 17 câu còn lại" in page
    assert not ContestEvent.objects.filter(what="bank_exported").exists()
    assert olga.post(export, {"form": "aiken", "topic": "", "act": "rest"}).content.count(b"ANSWER:") == 17


def test_a_form_or_topic_that_nobody_knows_saves_and_sends_nothing(olga, export):
    reply = olga.post(export, {"form": "exe", "topic": "../../x"})

    assert "Hãy chọn một mục trong danh sách" in reply.content.decode()
    assert not ContestEvent.objects.filter(what="bank_exported").exists()


def test_an_empty_bank_says_what_to_do(olga, union):
    empty = Bank.objects.create(owner=union.province_a, name="Trống")

    page = olga.get(reverse("organizer_export", args=[empty.public_id])).content.decode()

    assert "Nhập câu hỏi trước" in page


def test_papers_hold_no_key_and_the_same_seed_gives_the_same_papers(olga, contest, printing):
    asked = {"versions": "3", "seed": "4711", "act": "papers"}

    first, again = (text_of(olga.post(printing, asked).content) for _ in range(2))
    other = text_of(olga.post(printing, asked | {"seed": "4712"}).content)

    assert first == again
    assert first != other
    assert [line for line in first if line.startswith("Mã đề")] == ["Mã đề 101", "Mã đề 102", "Mã đề 103"]
    assert not any("Đáp án:" in line or "Giải thích" in line for line in first)
    assert next(event.detail for event in ContestEvent.objects.filter(what="papers_printed").order_by("pk")) == {
        "round": 1, "seed": 4711, "versions": 3,
    }  # fmt: skip


def test_the_key_sheet_says_where_the_right_option_stands_in_each_version(olga, contest, printing):
    asked = {"versions": "2", "seed": "4711"}
    lines = text_of(olga.post(printing, asked | {"act": "papers"}).content)
    table = Document(io.BytesIO(olga.post(printing, asked | {"act": "keys"}).content)).tables[0]
    keys = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
    right = {
        version.stem: {version.options[place] for place in version.key}
        for version in QuestionVersion.objects.filter(question__bank=contest.bank)
    }

    assert keys["Câu"] == ["101", "102"]
    checked = 0
    for code, paper in enumerate(_papers(lines)):
        for number, (stem, options) in paper.items():
            said = keys[number][code]
            assert {options[letter] for letter in said.split(", ")} == right[stem]
            checked += 1
    assert checked == 2 * (len(keys) - 1) > 0


def _papers(lines: list[str]) -> list[dict[str, tuple[str, dict[str, str]]]]:
    papers: list[dict[str, tuple[str, dict[str, str]]]] = []
    for line in lines:
        if line.startswith("Mã đề"):
            papers.append({})
        elif found := re.fullmatch(r"Câu (\d+): (.*)", line):
            number = found[1]
            papers[-1][number] = (found[2], {})
        elif found := re.fullmatch(r"([A-F])\. (.*)", line):
            papers[-1][number][1][found[1]] = found[2]
    return papers


@pytest.mark.parametrize(("field", "value"), [("versions", "0"), ("versions", "25"), ("versions", "x"), ("seed", "0"), ("seed", "10" * 40), ("seed", "")])  # fmt: skip
def test_a_number_out_of_bounds_is_told_so(olga, contest, printing, field, value):
    reply = olga.post(printing, {"versions": "4", "seed": "1"} | {field: value})

    assert reply.status_code == 200
    assert "text/html" in reply["Content-Type"]
    assert 'aria-invalid="true"' in reply.content.decode()


def test_a_round_that_cannot_be_drawn_says_why(olga, contest, printing):
    round_ = contest.rounds.get()
    round_.rules["draw"][0]["count"] = 20
    round_.save()

    page = olga.get(printing).content.decode()

    assert "cần 20 câu nhưng ngân hàng chỉ có" in page


def test_the_log_says_in_words_what_left(olga, contest, export, printing):
    olga.post(export, {"form": "docx", "topic": ""})
    olga.post(printing, {"versions": "2", "seed": "7", "act": "keys"})

    page = olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()

    assert "Tải xuống 24 câu hỏi kèm đáp án, dạng docx" in page
    assert "Tải bảng đáp án đề giấy đợt 1, số bốc đề 7" in page


def test_a_finished_contest_hears_nothing_of_its_bank(olga, contest, export):
    Contest.objects.update(state=Contest.State.CLOSED)

    olga.post(export, {"form": "csv", "topic": ""})

    assert not ContestEvent.objects.filter(what="bank_exported").exists()


def test_the_demo_bank_survives_every_form_that_holds_it():
    drafts = read_questions(REAL_BANK.read_bytes(), "a.xlsx").drafts

    assert {one.name: one.write(drafts).count for one in EXPORTS} == {
        "xlsx": 120, "docx": 120, "csv": 120, "gift": 120, "moodle": 120, "aiken": 96,
    }  # fmt: skip


# --- Pictures and the form of the papers ---------------------------------------------------------------------------
@pytest.fixture
def pictured(union, bank):
    """One question of the bank shows a photo, another a drawing; both are on every paper of `whole`."""
    images = [keep_image(saved(one), by=union.olga, now=timezone.now()) for one in (photo(), drawing())]
    assert {image.form for image in images} == {"webp", "png"}
    for code, image in zip(("Q0-00", "Q0-01"), images, strict=True):
        shown = QuestionVersion.objects.filter(question__bank=bank, question__code=code)
        shown.update(image=image, image_alt=f"Sơ đồ của {code}")
    return bank


@pytest.fixture
def whole(contest):
    """A round whose paper is all questions of the first topic."""
    round_ = contest.rounds.get()
    topic = contest.bank.topics.get(versions__question__code="Q0-00")
    round_.rules["draw"] = [{"topic": topic.name, "count": topic.versions.count()}]
    round_.save()
    return contest


def test_printed_papers_show_the_pictures_with_their_words(olga, pictured, whole, printing):
    data = olga.post(printing, {"versions": "2", "seed": "4711", "act": "papers"}).content

    shapes = Document(io.BytesIO(data)).inline_shapes
    said = [shape._inline.docPr.get("descr") for shape in shapes]
    assert sorted(said) == sorted(["Sơ đồ của Q0-00", "Sơ đồ của Q0-01"] * 2)
    assert all(0 < shape.width <= Cm(16) and 0 < shape.height <= Cm(12) for shape in shapes)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [name for name in parts.namelist() if name.startswith("word/media/")]
    assert len(names) == 2
    assert all(name.endswith(".png") for name in names)


def test_of_a_picture_that_is_lost_the_words_are_printed(olga, pictured, whole, printing):
    for image in QuestionImage.objects.all():
        default_storage.delete(image.file)

    lines = text_of(olga.post(printing, {"versions": "1", "seed": "4711", "act": "papers"}).content)

    assert "(Hình: Sơ đồ của Q0-00)" in lines


@pytest.mark.parametrize("form", [one.name for one in EXPORTS])
def test_that_pictures_stay_behind_is_said_before_anything_leaves(olga, pictured, export, form):
    page = olga.post(export, {"form": form, "topic": ""}).content.decode()

    assert "2 câu có hình; hình không đi theo tệp" in page
    assert "Q0-01" in page
    assert not ContestEvent.objects.filter(what="bank_exported").exists()
    assert "attachment" in olga.post(export, {"form": form, "topic": "", "act": "rest"})["Content-Disposition"]


def test_each_version_has_its_page_numbers_once_and_no_line_is_looked_for(olga, contest, printing, monkeypatch):
    def all_of_them(_file):
        raise AssertionError("the whole file is read for one line")

    with monkeypatch.context() as patch:
        patch.setattr("docx.document.Document.paragraphs", property(all_of_them))
        data = olga.post(printing, {"versions": "3", "seed": "7", "act": "papers"}).content
        assert olga.post(printing, {"versions": "3", "seed": "7", "act": "keys"}).status_code == 200

    sections = Document(io.BytesIO(data)).sections
    assert len(sections) == 3
    for section in sections:
        names = [child.tag.rpartition("}")[2] for child in section._sectPr]
        assert names.count("pgNumType") == 1
        assert names.index("pgNumType") + 1 == names.index("cols")


def test_a_file_that_could_not_be_made_is_not_in_the_log(olga, contest, printing, monkeypatch):
    def fails(*_):
        raise RuntimeError

    monkeypatch.setattr("contests.pages.organizer_export.write_keys", fails)
    with pytest.raises(RuntimeError):
        olga.post(printing, {"versions": "2", "seed": "7", "act": "keys"})

    assert not ContestEvent.objects.filter(what="keys_printed").exists()
