"""Pictures kept once, shown by a new version; what an import does with them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from contests.actions.bank import import_questions
from contests.actions.bank_review import amend, return_question
from contests.actions.images import image_of_draft, keep_image, show_image
from contests.authoring.draft import Problem
from contests.authoring.reading import read_questions
from contests.errors import ContestError
from contests.models import AmendmentFlag, AuditRecord, Question, QuestionImage, QuestionVersion
from contests.queries.audit import unlike_question
from contests.queries.bank_console import compare
from tests.contests.images.files import drawing, photo, saved
from tests.contests.organizer.sent import workbook

pytestmark = pytest.mark.django_db


def stored(settings):
    return sorted(path for path in (settings.MEDIA_ROOT / "hinh").rglob("*") if path.is_file())


def test_the_same_picture_is_kept_once(union, settings):
    now = timezone.now()
    one = keep_image(saved(drawing(), "PNG"), by=union.olga, now=now)
    other = keep_image(saved(drawing(), "PNG", compress_level=0), by=union.staff_b, now=now)

    assert (one.pk, one.created_by) == (other.pk, union.olga)
    assert stored(settings) == [settings.MEDIA_ROOT / one.file]
    assert default_storage.size(one.file) == one.size


@pytest.mark.parametrize("left", [b"", b"half"])
def test_a_file_that_a_crash_left_half_written_is_replaced(union, settings, left):
    data = saved(drawing())
    kept = keep_image(data, by=union.olga, now=timezone.now())
    path = settings.MEDIA_ROOT / kept.file
    whole = path.read_bytes()
    path.write_bytes(left)

    assert keep_image(data, by=union.olga, now=timezone.now()).pk == kept.pk
    assert path.read_bytes() == whole
    assert stored(settings) == [path]


def test_what_is_no_picture_leaves_nothing(union, settings):
    with pytest.raises(ContestError) as refused:
        keep_image(b"<svg onload='alert(1)'/>", by=union.olga, now=timezone.now())

    assert (refused.value.code, QuestionImage.objects.count()) == ("svg", 0)
    assert not (settings.MEDIA_ROOT / "hinh").exists()


def test_a_picture_is_a_new_version_and_the_old_one_stays(union, bank, image):
    question = bank.questions.first()
    old = question.versions.get()
    before = bank.version
    show_image(question=question, image=image, alt="  Sơ đồ\nbộ máy ", by=union.olga)

    old.refresh_from_db()
    bank.refresh_from_db()
    fresh = question.versions.get(is_current=True)
    assert (old.is_current, old.image, fresh.number, fresh.image, fresh.image_alt) == (
        False,
        None,
        2,
        image,
        "Sơ đồ bộ máy",
    )
    assert (fresh.stem, fresh.options, fresh.key, fresh.document) == (old.stem, old.options, old.key, old.document)
    assert fresh.salt != old.salt
    assert bank.version == before + 1


def test_a_picture_answers_neither_an_amended_article_nor_a_return(union, bank, image):
    question, now = bank.questions.first(), timezone.now()
    old = question.versions.get()
    amend(bank=bank, document=old.document, article=old.article, since=now.date(), note="", by=union.olga, now=now)
    question.versions.update(review="in_review")
    return_question(question=question, number=1, reason="Thiếu hình.", by=union.staff_b, now=now)

    fresh = show_image(question=question, image=image, alt="Sơ đồ", by=union.olga)

    fresh.refresh_from_db()
    assert (fresh.review_note, fresh.reviewed_by, fresh.review) == ("Thiếu hình.", union.staff_b, "draft")
    assert list(AmendmentFlag.objects.filter(version__question=question).values_list("version")) == [(fresh.pk,)]


def test_the_same_again_is_no_new_version_and_none_takes_it_out(union, bank, image):
    question = bank.questions.first()
    for _ in range(2):
        show_image(question=question, image=image, alt="Sơ đồ", by=union.olga)
    assert question.versions.count() == 2

    show_image(question=question, image=None, alt="chẳng còn gì", by=union.olga)
    current = question.versions.get(is_current=True)
    assert (current.number, current.image, current.image_alt) == (3, None, "")


@pytest.mark.parametrize("alt", ["", " \n ", "\u200b"])
def test_a_picture_needs_words(union, bank, image, alt):
    question = bank.questions.first()
    with pytest.raises(ContestError) as refused:
        show_image(question=question, image=image, alt=alt, by=union.olga)

    assert (refused.value.code, question.versions.count()) == ("alt", 1)


@pytest.mark.parametrize("change", [{"image_alt": "Lời mà không có hình"}, {"image": True}])
def test_the_database_holds_picture_and_words_together(bank, image, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.filter(question__bank=bank).update(
            **{k: image if v is True else v for k, v in change.items()}
        )


def test_a_picture_in_use_is_not_removed(pictured, image):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        image.delete()


def test_the_audit_log_hears_of_a_changed_picture(union, pictured, image):
    assert unlike_question() is None
    mark = AuditRecord.objects.latest("pk").pk
    version = QuestionVersion.objects.filter(question__bank=pictured).first()
    QuestionVersion.objects.filter(pk=version.pk).update(image_alt="Lời khác")
    assert AuditRecord.objects.filter(pk__gt=mark).values_list("what", flat=True).get() == "question.altered"
    assert unlike_question() is None

    QuestionImage.objects.filter(pk=image.pk).update(sha256="0" * 64)
    assert unlike_question() is not None


# --- imports --------------------------------------------------------------------------------------------------------------
def drafts_of(data=None):
    return read_questions(data or workbook(), "cau-hoi.xlsx").drafts


def take(bank, drafts, **more):
    return import_questions(
        bank=bank, drafts=drafts, sha256="0" * 64, filename="x.docx", by=None, now=timezone.now(), **more
    )


def test_the_picture_of_a_draft(union):
    draft = replace(drafts_of()[0], image="image1.png", image_alt="Sơ đồ")
    images = {"image1.png": saved(photo()), "bad.svg": b"<svg/>"}

    def of(draft, images=images):
        return image_of_draft(draft, images, by=union.olga, now=timezone.now())

    assert isinstance(of(draft), QuestionImage)
    assert of(replace(draft, image="")) is None
    for broken, code in (
        ({"image": "bad.svg"}, "svg"),
        ({"image": "gone.png"}, "image_missing"),
        ({"image_alt": " "}, "missing_alt"),
    ):
        problem = of(replace(draft, **broken))
        assert (type(problem), problem.code, problem.row) == (Problem, code, draft.row)


def test_an_import_brings_pictures_and_keeps_those_that_are_there(union, bank, image):
    first, second, third = drafts_of()
    first = replace(first, image_alt="Sơ đồ")
    take(bank, [first, second, third], images={first.code: image})
    current = {version.question.code: version for version in QuestionVersion.objects.filter(is_current=True)}
    assert (current[first.code].image, current[first.code].image_alt, current[second.code].image) == (
        image,
        "Sơ đồ",
        None,
    )

    # The same file from Excel, which knows no pictures: nothing changes; a changed stem keeps the picture.
    assert take(bank, [replace(first, image_alt=""), second]).unchanged == 2
    assert take(bank, [replace(first, stem=first.stem + " Hãy chọn.", image_alt="")]).changed == 1
    fresh = QuestionVersion.objects.get(question__code=first.code, is_current=True)
    assert (fresh.number, fresh.image, fresh.image_alt) == (2, image, "Sơ đồ")

    assert take(bank, [replace(first, code=first.code.lower(), stem="Lời khác?", image_alt="")]).changed == 1
    fresh = QuestionVersion.objects.get(question__code=first.code, is_current=True)
    assert (fresh.number, fresh.image, fresh.image_alt) == (3, image, "Sơ đồ")

    other = keep_image(saved(drawing()), by=union.olga, now=timezone.now())
    again = replace(first, stem=fresh.stem, image_alt="Hình mới")
    assert [draft.code for draft in compare(bank, [again], {first.code: other}).changed] == [first.code]
    take(bank, [again], images={first.code: other})
    assert QuestionVersion.objects.get(question__code=first.code, is_current=True).image == other


def test_an_import_refuses_a_picture_without_words(bank, image):
    draft = drafts_of()[0]
    with pytest.raises(ContestError) as refused:
        take(bank, [draft], images={draft.code: image})

    assert draft.code in refused.value.text
    assert not Question.objects.filter(code=draft.code).exists()


def test_two_questions_that_differ_in_their_picture_are_two(union):
    """ "Hình này vẽ gì?" twice, about two pictures."""
    from contests.authoring.checks import check_file

    draft = drafts_of()[0]
    one, other = replace(draft, image="a.png"), replace(draft, image="b.png", row=99, code="KHAC-1")

    assert check_file([one, other], "dòng") == []
    assert [found.code for found in check_file([one, replace(other, image="a.png")], "dòng")] == ["repeated_question"]
