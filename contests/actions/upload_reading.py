"""A file of questions is kept and read into drafts: at once, or by the worker. What is wrong with it stands in the upload."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app as jobs

from accounts.models import Member
from accounts.names import normalise_name
from contests.actions.progress import Progress
from contests.actions.upload_judging import BATCH, tell
from contests.authoring.draft import FileReading, ImportReading, Problem
from contests.authoring.guard import MAX_FILE, FileRefused
from contests.authoring.mending import PICTURE
from contests.authoring.pictures import clean_picture
from contests.authoring.reading import read_file
from contests.authoring.stored import dump_draft, dump_findings, dump_lines
from contests.models import Bank, QuestionUpload, UploadedImage, UploadedQuestion

log = logging.getLogger(__name__)

READ_JOB = "contests.read_upload"
READ_AT_ONCE = 60_000  # bytes; a larger file is read by the worker while the page waits
State, Step = QuestionUpload.State, QuestionUpload.Step
READER_FAILED = gettext_noop(
    "Hệ thống gặp lỗi khi đọc tệp này; lỗi đã được ghi lại. Hãy thử lưu tệp sang dạng khác (Excel, Word) rồi tải lên lại."
)


def keep_upload(*, bank: Bank, filename: str, data: bytes, by: Member | None, now: datetime) -> QuestionUpload:
    """Keep a file and read it: at once, or by the worker when it is large. What is wrong with it stands in the upload."""
    with transaction.atomic():
        upload = QuestionUpload.objects.create(
            bank=bank, filename=normalise_name(filename)[-200:] or "tep", data=data, sha256=ImportReading.hash_of(data), created_by=by,
            created_at=now,
        )  # fmt: skip
        large = READ_AT_ONCE < len(data) <= MAX_FILE  # beyond that it is refused at a glance
        if large:
            jobs.configure_task(READ_JOB).defer(upload_id=upload.pk)
    if not large:
        read_upload(upload.pk)
        upload.refresh_from_db()
    return upload


def read_upload(upload_id: int, *, last_try: bool = True, watched: bool = False) -> None:
    """Read a kept file into drafts; again from the beginning when a worker died on the way. Does nothing to one that is read.
    `watched`: a page waits and is told how far it is.

    A fault of ours costs its author one file, not the page, and stays to be looked at; before the `last_try` it is raised.
    """
    upload = QuestionUpload.objects.filter(pk=upload_id, state=State.READING).first()
    if upload is None:
        return
    try:
        with Progress(QuestionUpload, upload.pk if watched else None) as progress:
            _read(upload, progress)
    except Exception:
        log.exception("upload %s could not be read", upload.public_id)
        if not last_try:
            raise
        _fail(upload, FileReading(problems=(Problem(0, "", "reader_failed", READER_FAILED),)), "")


def _read(upload: QuestionUpload, progress: Progress) -> None:
    progress.write(step=Step.OPEN.value, done=0, total=0)
    place, file = read_file(bytes(upload.data), upload.filename)
    if file.problems:
        _fail(upload, file, place)
        return
    upload.words, upload.place = _words(file), place
    rows = [
        UploadedQuestion(
            upload=upload, row=one.draft.row, draft=dump_draft(one.draft),
            reader={"problems": dump_findings(one.problems), "warnings": dump_findings(one.warnings)},
        )
        for one in file.questions
    ]  # fmt: skip
    _look_at_images(rows, file)
    tell(upload, rows, fresh={row.row for row in rows}, progress=progress)
    progress.write(step=Step.KEEP.value, done=0, total=0)
    with transaction.atomic():  # all at once: a worker that was held for dead must not touch what another has read
        locked = QuestionUpload.objects.select_for_update().filter(pk=upload.pk, state=State.READING).first()
        if locked is None:
            return
        UploadedQuestion.objects.bulk_create(rows, batch_size=BATCH)
        UploadedImage.objects.bulk_create(
            UploadedImage(upload=upload, name=name, data=data) for name, data in file.images.items()
        )
        locked.state, locked.words, locked.place = State.READY, upload.words, place
        locked.done = locked.total = len(rows)
        locked.save(update_fields=["state", "words", "place", "done", "total"])


def _fail(upload: QuestionUpload, file: FileReading, place: str) -> None:
    QuestionUpload.objects.filter(pk=upload.pk, state=State.READING).update(
        state=State.FAILED, words=_words(file), place=place
    )


def _words(file: FileReading) -> dict[str, Any]:
    """What the file as a whole has to say."""
    return {
        "problems": dump_findings(file.problems), "warnings": dump_findings(file.warnings), "unused": dump_lines(file.unused),
        "codeless": not any(one.draft.code for one in file.questions),
    }  # fmt: skip


def _look_at_images(rows: list[UploadedQuestion], file: FileReading) -> None:
    """Say now of pictures what saving them would say, so that nobody mends a file in vain."""
    refused: dict[str, str] = {}
    for name, data in file.images.items():
        try:
            clean_picture(data)
        except FileRefused as error:
            refused[name] = error.text
    for row in rows:
        name = row.draft.get("image")
        if name and (name in refused or name not in file.images):
            text = refused.get(name, "Tệp không kèm hình của câu này.")
            row.reader["problems"].append(asdict(Problem(row.row, PICTURE, "bad_image", text)))
