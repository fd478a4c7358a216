"""Pictures in questions: kept once, shown by a new version of the question. Bytes are judged by `contests.authoring.pictures`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import Member
from accounts.names import normalise_name
from contests.actions.bank import grow, last_numbers, next_version, replace_versions
from contests.authoring.draft import Problem, QuestionDraft
from contests.authoring.guard import FileRefused
from contests.authoring.pictures import Picture, clean_picture
from contests.errors import ContestError
from contests.models import Bank, Question, QuestionImage, QuestionVersion

MAX_ALT = 300
NO_ALT = "Hãy mô tả hình bằng lời: người không thấy hình, hoặc máy chưa tải được hình, đọc câu này để trả lời."

log = logging.getLogger(__name__)


def keep_image(data: bytes, *, by: Member | None, now: datetime) -> QuestionImage:
    """The picture that these bytes show, written anew, with its file; the same picture is kept once.

    Raises ContestError with advice for what is no picture of ours. The file comes before the row: a row never lacks its file.
    """
    try:
        picture = clean_picture(data)
    except FileRefused as refused:
        raise ContestError(refused.text, refused.code) from refused
    fresh = QuestionImage(
        sha256=picture.sha256, form=picture.form, width=picture.width, height=picture.height, size=len(picture.data)
    )
    _write(fresh.file, picture)
    image, made = QuestionImage.objects.get_or_create(
        sha256=fresh.sha256,
        defaults={
            "form": fresh.form, "width": fresh.width, "height": fresh.height, "size": fresh.size, "created_by": by, "created_at": now,
        },
    )  # fmt: skip
    if made:
        log.info("picture %s kept, %s bytes, by member %s", image.public_id, image.size, by.pk if by else None)
    return image


def _write(name: str, picture: Picture) -> None:
    """The file under its name, whole: one that a crash has left half written is replaced."""
    if default_storage.exists(name):
        if default_storage.size(name) == len(picture.data):
            return
        default_storage.delete(name)
    written = default_storage.save(name, ContentFile(picture.data))
    if written != name:  # somebody else was faster with the same bytes
        default_storage.delete(written)


def image_of_draft(
    draft: QuestionDraft, images: Mapping[str, bytes], *, by: Member | None, now: datetime
) -> QuestionImage | Problem | None:
    """The stored picture of a draft whose file brought `images`; what is wrong with it; None for a draft without one."""
    if not draft.image:
        return None
    if draft.image not in images:
        return Problem(
            draft.row, "", "image_missing", "Tệp không kèm hình của câu này. Hãy tải hình lên ở trang câu hỏi."
        )
    if not clean_alt(draft.image_alt):
        return Problem(draft.row, "", "missing_alt", NO_ALT)
    try:
        return keep_image(images[draft.image], by=by, now=now)
    except ContestError as error:
        return Problem(draft.row, "", error.code, error.text)


def clean_alt(text: str) -> str:
    """The words for a picture as they are kept."""
    return normalise_name(text)[:MAX_ALT].strip()


@transaction.atomic
def show_image(*, question: Question, image: QuestionImage | None, alt: str, by: Member) -> QuestionVersion:
    """Let the question show the picture, or none: a new version, for somebody's paper may hold the old one.

    Raises ContestError for a picture without words. What is there already stays as it is.
    """
    words = clean_alt(alt) if image else ""
    if image and not words:
        raise ContestError(NO_ALT, "alt")
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    current = QuestionVersion.objects.get(question=question, is_current=True)
    if (current.image_id, current.image_alt) == (image.pk if image else None, words):
        return current
    fresh = next_version(
        current, last_numbers([question])[question.pk] + 1, by, image_id=image and image.pk, image_alt=words
    )
    replace_versions([(current, fresh)])
    grow(bank)
    log.info("question %s of bank %s: picture %s by member %s", question.code, bank.public_id, image, by.pk)
    return fresh
