"""A file that is not perfect is mended on the page: nothing is lost, nothing is guessed, two people never overwrite each other."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from contests.actions import upload_judging, upload_reading
from contests.actions import uploads as acts
from contests.actions.bank import create_bank, import_questions
from contests.authoring.mending import Defaults
from contests.authoring.reading import read_file
from contests.authoring.rows import KIND_NAMES
from contests.authoring.stored import load_draft
from contests.errors import ContestError
from contests.models import Question, QuestionUpload, QuestionVersion, UploadedQuestion
from contests.pages.question_form import initial_of
from contests.queries import uploads as reads
from contests.rules.kinds import Kind
from tests.contests.organizer.sent import REAL_BANK, named, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(union):
    return create_bank(owner=union.province_a, name="Ngân hàng mới", by=union.olga)


def kept(bank, by, data=None, name="cau-hoi.xlsx") -> QuestionUpload:
    return upload_reading.keep_upload(bank=bank, filename=name, data=data or workbook(), by=by, now=timezone.now())


def page_of(upload) -> str:
    return reverse("organizer_import", args=[upload.bank.public_id, upload.public_id])


def mend_page(upload, row) -> str:
    return reverse("organizer_mend", args=[upload.bank.public_id, upload.public_id, row])


def row_of(upload, row) -> UploadedQuestion:
    return upload.questions.get(row=row)


def sent(draft, **changes):
    """What the form sends for this draft."""
    return {name: value for name, value in initial_of(draft).items() if value not in ("", False)} | changes


def test_a_missing_key_is_chosen_on_the_spot(union, olga, empty):
    upload = kept(empty, union.olga, workbook(L2=None))
    page = olga.get(page_of(upload)).content.decode()
    assert "1 câu cần sửa, 2 câu sẵn sàng" in page
    assert "Chưa có đáp án đúng." in page

    page = olga.post(
        page_of(upload), {"act": "key", "row": "2", "version": "1", "right": ["1"]}, follow=True
    ).content.decode()

    assert "3 câu sẵn sàng để lưu" in page
    olga.post(page_of(upload), {"act": "save"})
    assert QuestionVersion.objects.get(question__code="MAU-001").key == [1]


def test_no_key_chosen_stays_a_question_to_mend(union, olga, empty):
    upload = kept(empty, union.olga, workbook(L2=None))

    page = olga.post(page_of(upload), {"act": "key", "row": "2", "version": "1"}, follow=True).content.decode()

    assert "1 câu cần sửa" in page


def test_topic_and_source_are_said_once_for_the_whole_file(union, olga, empty):
    upload = kept(empty, union.olga, workbook(B2=None, B3=None, N2=None, O2=None))
    assert "Ghi một lần ở đây" in olga.get(page_of(upload)).content.decode()

    page = olga.post(page_of(upload), {"act": "defaults", "topic": "Chung", "other_source": "Sổ tay"}, follow=True)

    assert "3 câu sẵn sàng để lưu" in page.content.decode()
    olga.post(page_of(upload), {"act": "save"})
    found = {one.question.code: one for one in QuestionVersion.objects.select_related("question", "topic")}
    assert [found[code].topic.name for code in ("MAU-001", "MAU-002")] == ["Chung", "Chung"]
    assert (found["MAU-001"].other_source, found["MAU-002"].other_source) == ("Sổ tay", "")
    assert found["MAU-003"].topic.name != "Chung"


def test_a_file_without_any_code_gets_codes_that_nobody_has(union, empty):
    drafts = [replace(load_draft(one.draft), code="CH-0007") for one in kept(empty, union.olga).questions.all()[:1]]
    import_questions(bank=empty, drafts=drafts, sha256="", filename="", by=None, now=timezone.now())
    upload = kept(empty, union.olga, workbook(A2=None, A3=None, A4=None, E2="Câu khác hẳn?"))
    assert [one.findings["code"] for one in upload.questions.all()] == ["CH-0008", "CH-0009", "CH-0010"]
    taken = [replace(drafts[0], code="CH-0008", stem="Ai đó vừa thêm?")]
    import_questions(bank=empty, drafts=taken, sha256="", filename="", by=None, now=timezone.now())

    acts.save_upload(upload=upload, by=union.olga, now=timezone.now())

    codes = list(Question.objects.filter(bank=empty).order_by("code").values_list("code", flat=True))
    assert codes == ["CH-0007", "CH-0008", "CH-0009", "CH-0010", "CH-0011"]
    assert QuestionVersion.objects.get(question__code="CH-0008").stem == "Ai đó vừa thêm?"


def test_a_file_without_codes_stays_one_when_a_question_is_mended(union, olga, empty):
    upload = kept(empty, union.olga, workbook(A2=None, A3=None, A4=None, B3=None, L2=None, L4=None))
    olga.post(page_of(upload), {"act": "defaults", "topic": "Chung"})

    for row in (2, 4):
        olga.post(page_of(upload), {"act": "key", "row": str(row), "version": "1", "right": ["0"]})
    look = reads.look_at(upload, row_of(upload, 3))
    acts.mend_question(upload=upload, row=3, draft=replace(look.draft, explanation="Thêm"), version=1, by=union.olga)

    upload.refresh_from_db()
    assert reads.counts(upload)["faulty"] == 0
    assert [load_draft(one.draft).code for one in upload.questions.all()] == ["", "", ""]
    assert load_draft(row_of(upload, 3).draft).topic == ""
    acts.mend_question(upload=upload, row=3, draft=replace(look.draft, code="CH-0005"), version=2, by=union.olga)
    assert [one.findings["code"] for one in upload.questions.all()] == ["CH-0006", "CH-0005", "CH-0007"]


def test_half_a_file_without_codes_is_a_mistake(union, empty):
    upload = kept(empty, union.olga, workbook(A2=None))

    assert row_of(upload, 2).faulty
    assert not row_of(upload, 3).faulty


def test_a_question_is_mended_in_the_form_and_the_next_one_comes(union, olga, empty):
    upload = kept(empty, union.olga, workbook(L2="Z", E4=None))
    page = olga.get(mend_page(upload, 2)).content.decode()
    assert "Còn 2 câu cần sửa." in page
    assert "“Z” không đọc được" in page

    data = sent(load_draft(row_of(upload, 2).draft), right=["B"], version="1")
    reply = olga.post(mend_page(upload, 2), data)
    assert reply.url == mend_page(upload, 4)
    data = sent(load_draft(row_of(upload, 4).draft), stem="Đã có lời?", version="1")
    reply = olga.post(mend_page(upload, 4), data)

    assert reply.url.startswith(page_of(upload))
    acts.save_upload(upload=upload, by=union.olga, now=timezone.now())
    assert Question.objects.filter(bank=empty).count() == 3


def test_what_is_still_wrong_is_kept_and_said(union, olga, empty):
    upload = kept(empty, union.olga, workbook(E2=None))
    data = sent(load_draft(row_of(upload, 2).draft), option_a="Sửa được một nửa", version="1")

    page = olga.post(mend_page(upload, 2), data).content.decode()

    assert "Chưa có nội dung câu hỏi" in page
    assert load_draft(row_of(upload, 2).draft).options[0] == "Sửa được một nửa"
    assert 'name="version" value="2"' in page


def test_of_two_who_mend_one_question_the_second_is_told_and_loses_nothing(union, olga, empty):
    upload = kept(empty, union.olga, workbook(E2=None))
    draft = load_draft(row_of(upload, 2).draft)
    acts.mend_question(
        upload=upload, row=2, draft=replace(draft, stem="Bản của người kia?"), version=1, by=union.staff_b
    )

    page = olga.post(mend_page(upload, 2), sent(draft, stem="Bản của tôi?", version="1")).content.decode()

    assert "Người khác vừa sửa câu này" in page
    assert "Bản của người kia?" in page
    assert "Bản của tôi?" in page
    assert load_draft(row_of(upload, 2).draft).stem == "Bản của người kia?"
    olga.post(mend_page(upload, 2), sent(draft, stem="Bản của tôi?", version="2"))
    assert load_draft(row_of(upload, 2).draft).stem == "Bản của tôi?"


def test_a_question_is_left_out_and_taken_back(union, olga, empty):
    upload = kept(empty, union.olga, workbook(E2=None))

    olga.post(page_of(upload), {"act": "out", "row": "2"})
    assert "2 câu sẵn sàng để lưu" in olga.get(page_of(upload)).content.decode()
    assert "Lấy lại câu này" in olga.get(page_of(upload), {"xem": "bo-ra"}).content.decode()
    olga.post(page_of(upload), {"act": "back", "row": "2"})

    assert "1 câu cần sửa" in olga.get(page_of(upload)).content.decode()


def test_a_fault_between_two_questions_goes_with_the_one_that_is_left_out(union, empty):
    upload = kept(empty, union.olga, workbook(A3="MAU-001"))
    assert row_of(upload, 3).faulty

    acts.leave_out(upload=upload, rows=[2], by=union.olga)

    assert not row_of(upload, 3).faulty


def test_a_question_that_the_bank_has_under_another_code_stands_beside_it(union, olga, empty):
    acts.save_upload(upload=kept(empty, union.olga), by=union.olga, now=timezone.now())
    upload = kept(empty, union.olga, workbook(A2="KHAC-1"))

    page = olga.get(page_of(upload), {"xem": "giong"}).content.decode()
    assert "Gần giống câu MAU-001 đã có trong ngân hàng" in page
    olga.post(page_of(upload) + "?xem=giong", {"act": "out_twins"})

    acts.save_upload(upload=upload, by=union.olga, now=timezone.now())
    assert not Question.objects.filter(code="KHAC-1").exists()


def test_nothing_changes_once_it_is_saved(union, empty):
    upload = kept(empty, union.olga)
    acts.save_upload(upload=upload, by=union.olga, now=timezone.now())

    for act in (
        lambda: acts.save_upload(upload=upload, by=union.olga, now=timezone.now()),
        lambda: acts.set_defaults(upload=upload, defaults=Defaults(), by=union.olga),
        lambda: acts.leave_out(upload=upload, rows=[2], by=union.olga),
        lambda: acts.drop_upload(upload=upload, by=union.olga),
    ):
        with pytest.raises(ContestError), transaction.atomic():
            act()
    assert QuestionVersion.objects.count() == 3


def test_a_large_file_is_read_and_saved_by_the_worker(union, olga, empty, monkeypatch):
    monkeypatch.setattr(upload_reading, "READ_AT_ONCE", 1000)
    monkeypatch.setattr(acts, "SAVE_AT_ONCE", 100)
    upload = kept(empty, union.olga, REAL_BANK.read_bytes())
    assert upload.state == "reading"
    assert "Đang đọc tệp" in olga.get(page_of(upload)).content.decode()

    upload_reading.read_upload(upload.pk)
    upload_reading.read_upload(upload.pk)  # a second worker finds nothing to do
    upload.refresh_from_db()
    assert (upload.state, upload.done, upload.total) == ("ready", 120, 120)
    assert not acts.save_upload(upload=upload, by=union.olga, now=timezone.now())
    assert "Đang lưu vào ngân hàng" in olga.get(page_of(upload)).content.decode()
    acts.work_save(upload_id=upload.pk, by_id=union.olga.pk)
    acts.work_save(upload_id=upload.pk, by_id=union.olga.pk)

    assert Question.objects.filter(bank=empty).count() == 120
    assert "Đã lưu: 120 câu mới" in olga.get(page_of(upload), follow=True).content.decode()


def test_a_fault_of_the_reader_costs_one_file_and_not_the_page(union, olga, empty, monkeypatch):
    def broken(data, filename):
        raise RecursionError

    monkeypatch.setattr(upload_reading, "read_file", broken)

    page = olga.post(reverse("organizer_upload", args=[empty.public_id]), {"file": named(workbook())}).content.decode()

    assert "Hệ thống gặp lỗi khi đọc tệp này" in page


@pytest.mark.parametrize(
    "data",
    [
        {"act": "key", "row": "99", "version": "1"},
        {"act": "alt", "row": "99", "version": "1", "alt": "Hình"},
        {"act": "no_picture", "row": "99", "version": "1"},
        {"act": "gi do"},
        {"act": "key", "row": "-1"},
        {},
        {"act": "out", "row": "9" * 40},
    ],
)
def test_acts_that_name_nothing_are_not_found(union, olga, empty, data):
    upload = kept(empty, union.olga)

    assert olga.post(page_of(upload), data).status_code == 404
    assert upload.questions.count() == 3


# --- keys that cannot be used --------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", [None, "?", "|", ";", "C,A,Z", "60 ± nhiều"])
@pytest.mark.parametrize("kind", Kind)
def test_a_key_that_nobody_can_read_breaks_no_page(union, olga, empty, kind, key):
    upload = kept(empty, union.olga, workbook(C2=KIND_NAMES[kind], L2=key, F2="Một", G2="Hai", H2=None, I2=None))

    page = olga.get(page_of(upload), {"xem": "tat-ca"}).content.decode()
    form = olga.get(mend_page(upload, 2))
    sent_back = olga.post(mend_page(upload, 2), sent(load_draft(row_of(upload, 2).draft), version="1"))

    assert load_draft(row_of(upload, 2).draft).stem in page
    assert form.status_code == 200
    assert sent_back.status_code in (200, 302)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.gift", "Bao nhiêu ngày? {#abc}\n\nGhép? {=Điều 5 -> =Điều 6 -> Quyền}\n\n___ là gì? {= =}\n"),
        ("a.xml", '<quiz><question type="numerical"><questiontext><text>Mấy?</text></questiontext></question>'
                  '<question type="matching"><questiontext><text>Ghép?</text></questiontext><subquestion><text>a</text></subquestion></question>'
                  '<question type="shortanswer"><questiontext><text>Gì?</text></questiontext></question></quiz>'),
    ],
)  # fmt: skip
def test_a_foreign_file_without_keys_breaks_no_page_either(union, olga, empty, name, data):
    upload = kept(empty, union.olga, data.encode(), name)
    assert upload.state == "ready"

    assert olga.get(page_of(upload)).status_code == 200
    for held in upload.questions.all():
        assert olga.get(mend_page(upload, held.row)).status_code == 200


# --- nothing is forgotten by mending -------------------------------------------------------------------------------
def orders(count: int) -> bytes:
    answers = "".join(f"<answer><text>Bước {place}</text></answer>" for place in range(1, count + 1))
    text = f'<question type="ordering"><questiontext><text>Thứ tự?</text></questiontext>{answers}</question>'
    return f"<quiz>{text}</quiz>".encode()


def test_items_that_the_form_has_no_field_for_are_kept_however_often_it_is_sent(union, olga, empty):
    upload = kept(empty, union.olga, orders(8), "a.xml")
    draft = load_draft(row_of(upload, 1).draft)
    assert len(draft.options) == 8
    assert "nên không sửa được bằng biểu mẫu" in olga.get(mend_page(upload, 1)).content.decode()

    for _ in range(2):
        page = olga.post(mend_page(upload, 1), sent(draft, topic="Chung", other_source="Sổ tay", version="1"))
        assert "nên không sửa được bằng biểu mẫu" in page.content.decode()

    assert load_draft(row_of(upload, 1).draft) == draft


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "ordering", "option_c": "Ba", "key": "C,A"}, "bad_key"),
        ({"valid_to": "31/02/2030"}, "bad_date"),
    ],
)
def test_what_the_form_could_not_make_out_still_forbids_saving(union, olga, empty, changes, code):
    upload = kept(empty, union.olga)
    data = sent(load_draft(row_of(upload, 2).draft), version="1") | {"option_a": "Một", "option_b": "Hai"} | changes

    assert olga.post(mend_page(upload, 2), data).status_code == 200

    assert row_of(upload, 2).faulty
    assert code in [one["code"] for one in row_of(upload, 2).findings["problems"]]
    data = data | {"key": "", "valid_to": "2030-02-28", "version": "2"}
    assert olga.post(mend_page(upload, 2), data).status_code == 302
    assert not row_of(upload, 2).faulty


def test_a_field_that_cannot_be_read_changes_nothing(union, olga, empty):
    upload = kept(empty, union.olga, workbook(S2="Xem điều luật."))
    draft = load_draft(row_of(upload, 2).draft)

    page = olga.post(mend_page(upload, 2), sent(draft, explanation="a\0b", version="1"))

    assert "Mục này có ký tự không đọc được" in page.content.decode()
    assert load_draft(row_of(upload, 2).draft) == draft
    assert 'name="version" value="1"' in page.content.decode()


# --- faults of ours, and what is gone ------------------------------------------------------------------------------
def test_a_fault_after_the_reading_costs_one_file_too(union, olga, empty, monkeypatch):
    monkeypatch.setattr(upload_reading, "READ_AT_ONCE", 1000)
    upload = kept(empty, union.olga, REAL_BANK.read_bytes())
    monkeypatch.setattr(upload_reading, "tell", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        upload_reading.read_upload(upload.pk, last_try=False)
    upload.refresh_from_db()
    assert upload.state == "reading"
    upload_reading.read_upload(upload.pk)

    page = olga.get(page_of(upload)).content.decode()
    assert "Hệ thống gặp lỗi khi đọc tệp này" in page
    assert 'value="discard"' in page
    olga.post(page_of(upload), {"act": "discard"})
    assert not QuestionUpload.objects.exists()


def test_a_fault_while_saving_gives_the_file_back_and_says_so(union, olga, empty, monkeypatch):
    monkeypatch.setattr(acts, "SAVE_AT_ONCE", 1)
    upload = kept(empty, union.olga)
    acts.save_upload(upload=upload, by=union.olga, now=timezone.now())
    monkeypatch.setattr(acts, "import_questions", lambda **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        acts.work_save(upload_id=upload.pk, by_id=union.olga.pk, last_try=False)
    upload.refresh_from_db()
    assert upload.state == "saving"
    with pytest.raises(ZeroDivisionError):
        acts.work_save(upload_id=upload.pk, by_id=union.olga.pk)

    assert "Hệ thống gặp lỗi khi lưu" in olga.get(page_of(upload)).content.decode()
    assert upload.questions.count() == 3


def test_a_worker_that_was_held_for_dead_touches_nothing_that_another_has_read(union, empty, monkeypatch):
    monkeypatch.setattr(upload_reading, "READ_AT_ONCE", 1000)
    upload = kept(empty, union.olga, REAL_BANK.read_bytes())
    look = upload_reading._look_at_images

    def slowly(rows, file):
        monkeypatch.setattr(upload_reading, "_look_at_images", look)
        upload_reading.read_upload(upload.pk)
        acts.leave_out(upload=upload, rows=[2], by=union.olga)

    monkeypatch.setattr(upload_reading, "_look_at_images", slowly)

    upload_reading.read_upload(upload.pk)

    assert upload.questions.count() == 120
    assert row_of(upload, 2).left_out


def test_a_file_that_somebody_throws_away_meanwhile_is_gone_in_words(union, olga, empty):
    upload = kept(empty, union.olga)
    draft = load_draft(row_of(upload, 2).draft)
    acts.drop_upload(upload=upload, by=union.olga)

    for act in (
        lambda: acts.mend_question(upload=upload, row=2, draft=draft, version=1, by=union.olga),
        lambda: acts.set_picture(upload=upload, row=2, alt="", version=1, by=union.olga),
        lambda: acts.drop_upload(upload=upload, by=union.olga),
    ):
        with pytest.raises(ContestError) as refused, transaction.atomic():
            act()
        assert refused.value.code == "gone"


def test_a_row_that_is_not_there_is_gone_in_words(union, empty):
    upload = kept(empty, union.olga)

    with pytest.raises(ContestError) as refused:
        acts.set_picture(upload=upload, row=99, alt="Hình", version=1, by=union.olga)

    assert refused.value.code == "gone"


def test_the_bank_is_looked_through_only_for_what_asks_something_else(union, olga, empty, monkeypatch):
    acts.save_upload(upload=kept(empty, union.olga), by=union.olga, now=timezone.now())
    upload = kept(empty, union.olga, workbook(A2="KHAC-1", B3=None))
    looked = []
    near = upload_judging.near

    def look(drafts, there, **more):
        looked.append(len(drafts))
        return near(drafts, there, **more)

    monkeypatch.setattr(upload_judging, "near", look)

    olga.post(page_of(upload), {"act": "defaults", "topic": "Chung", "other_source": "Sổ tay"})
    olga.post(page_of(upload), {"act": "out", "row": "4"})
    draft = load_draft(row_of(upload, 2).draft)
    acts.mend_question(upload=upload, row=2, draft=replace(draft, explanation="Khác"), version=1, by=union.olga)

    assert looked == []
    assert (row_of(upload, 2).twin, row_of(upload, 3).faulty) == ("MAU-001", False)
    acts.mend_question(upload=upload, row=2, draft=replace(draft, stem="Một câu khác hẳn?"), version=2, by=union.olga)
    assert (looked, row_of(upload, 2).twin) == ([1], "")


# --- pictures ------------------------------------------------------------------------------------------------------
def picture(size=(320, 200)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "navy").save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def pictured(union, empty, monkeypatch):
    """A file whose first question brings a picture, the second a broken one."""
    place, file = read_file(workbook(), "a.xlsx")
    first, second, third = file.questions
    questions = (
        replace(first, draft=replace(first.draft, image="a.png")),
        replace(second, draft=replace(second.draft, image="b.png")),
        third,
    )
    file = replace(file, questions=questions, images={"a.png": picture(), "b.png": b"\x89PNG no picture"})
    monkeypatch.setattr(upload_reading, "read_file", lambda data, name: (place, file))
    return kept(empty, union.olga)


def test_a_picture_is_described_before_it_is_saved(union, olga, pictured, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = olga.get(page_of(pictured)).content.decode()
    assert "Hãy mô tả hình bằng lời" in page
    shown = olga.get(reverse("organizer_import_image", args=[pictured.bank.public_id, pictured.public_id, 2]))
    assert shown["Content-Type"].startswith("image/")
    broken = olga.get(reverse("organizer_import_image", args=[pictured.bank.public_id, pictured.public_id, 3]))
    assert broken.status_code == 404

    olga.post(page_of(pictured), {"act": "alt", "row": "2", "version": "1", "alt": "Sơ đồ tổ chức công đoàn"})
    olga.post(page_of(pictured), {"act": "no_picture", "row": "3", "version": "1"})
    olga.post(page_of(pictured), {"act": "save"})

    found = {one.question.code: one for one in QuestionVersion.objects.select_related("question", "image")}
    assert found["MAU-001"].image_alt == "Sơ đồ tổ chức công đoàn"
    assert found["MAU-001"].image.width == 320
    assert found["MAU-002"].image is None


def test_a_picture_that_cannot_be_kept_is_said_at_once(pictured):
    problems = row_of(pictured, 3).findings["problems"]

    assert {one["code"] for one in problems} >= {"bad_image"}
