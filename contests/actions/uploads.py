"""A file of questions on its way into a bank: kept, read, mended question by question, saved as a whole.

Nothing reaches the bank before `save_upload`. Every act locks the upload, so that two people who mend the same file come one
after the other; who mends a question from an older version of it is told and nothing of either text is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app as jobs

from accounts.models import Member
from accounts.names import normalise_name
from contests.actions.bank import import_questions
from contests.actions.images import clean_alt, image_of_draft
from contests.actions.sitting import database_now
from contests.authoring.draft import DraftReading, FileReading, ImportReading, Problem, QuestionDraft
from contests.authoring.guard import MAX_FILE, FileRefused
from contests.authoring.mending import PICTURE, Defaults, Findings, Judged, filled, judge_held, without_fillings
from contests.authoring.near import near
from contests.authoring.pictures import clean_picture
from contests.authoring.reading import read_file
from contests.authoring.stored import dump_draft, dump_findings, dump_lines, load_draft, load_findings
from contests.errors import ContestError
from contests.models import (
    Bank,
    Question,
    QuestionImage,
    QuestionImport,
    QuestionUpload,
    UploadedImage,
    UploadedQuestion,
)
from contests.queries.bank_console import compare
from contests.queries.drafts import drafts_of

log = logging.getLogger(__name__)

READ_JOB, SAVE_JOB = "contests.read_upload", "contests.save_upload"
READ_AT_ONCE = 60_000  # bytes; a larger file is read by the worker while the page tells how far it is
SAVE_AT_ONCE = 500  # questions
BATCH = 500
LIVES = timedelta(days=14)  # an upload that nobody saves
State = QuestionUpload.State
STALE = gettext_noop("Người khác vừa sửa câu này. Bản của họ ở dưới; hãy so lại rồi lưu lần nữa.")
READER_FAILED = gettext_noop(
    "Hệ thống gặp lỗi khi đọc tệp này; lỗi đã được ghi lại. Hãy thử lưu tệp sang dạng khác (Excel, Word) rồi tải lên lại."
)
SAVE_FAILED = gettext_noop(
    "Hệ thống gặp lỗi khi lưu nên chưa lưu gì cả; lỗi đã được ghi lại. Hãy thử lưu lần nữa; nếu vẫn lỗi, hãy báo người quản trị."
)
GONE = gettext_noop("Câu hoặc tệp này vừa bị bỏ. Hãy tải lại trang.")
NOT_READY = gettext_noop("Tệp này đang được đọc hoặc đã lưu xong. Hãy tải lại trang.")


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


def read_upload(upload_id: int, *, last_try: bool = True) -> None:
    """Read a kept file into drafts; again from the beginning when a worker died on the way. Does nothing to one that is read.

    A fault of ours costs its author one file, not the page, and stays to be looked at; before the `last_try` it is raised.
    """
    upload = QuestionUpload.objects.filter(pk=upload_id, state=State.READING).first()
    if upload is None:
        return
    try:
        _read(upload)
    except Exception:
        log.exception("upload %s could not be read", upload.public_id)
        if not last_try:
            raise
        _fail(upload, FileReading(problems=(Problem(0, "", "reader_failed", READER_FAILED),)), "")


def _read(upload: QuestionUpload) -> None:
    place, file = read_file(bytes(upload.data), upload.filename)
    if file.problems:
        _fail(upload, file, place)
        return
    total = len(file.questions)
    QuestionUpload.objects.filter(pk=upload.pk, state=State.READING).update(total=total)  # the page tells
    upload.words, upload.place = _words(file), place
    rows = [
        UploadedQuestion(
            upload=upload, row=one.draft.row, draft=dump_draft(one.draft),
            reader={"problems": dump_findings(one.problems), "warnings": dump_findings(one.warnings)},
        )
        for one in file.questions
    ]  # fmt: skip
    _look_at_images(rows, file)
    _tell(upload, rows, fresh={row.row for row in rows})
    with transaction.atomic():  # all at once: a worker that was held for dead must not touch what another has read
        locked = QuestionUpload.objects.select_for_update().filter(pk=upload.pk, state=State.READING).first()
        if locked is None:
            return
        UploadedQuestion.objects.bulk_create(rows, batch_size=BATCH)
        UploadedImage.objects.bulk_create(
            UploadedImage(upload=upload, name=name, data=data) for name, data in file.images.items()
        )
        locked.state, locked.words, locked.place, locked.done = State.READY, upload.words, place, total
        locked.save(update_fields=["state", "words", "place", "done"])


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


@transaction.atomic
def set_defaults(*, upload: QuestionUpload, defaults: Defaults, by: Member) -> None:
    """What all questions of the file share that say nothing of their own."""
    locked = _ready(upload)
    locked.defaults = {name: value for name, value in asdict(defaults).items() if value}
    locked.save(update_fields=["defaults"])
    sourced = Q(draft__has_any_keys=["document", "article", "other_source"])
    locked.questions.exclude(sourced, draft__has_key="topic").update(
        findings={}
    )  # the others take nothing from defaults
    _judge(locked)
    log.info("upload %s: defaults set by member %s", locked.public_id, by.pk)


@transaction.atomic
def mend_question(
    *,
    upload: QuestionUpload,
    row: int,
    draft: QuestionDraft,
    version: int,
    by: Member,
    unread: Sequence[Problem] = (),
    only_key: bool = False,
) -> None:
    """Put a mended draft in the place of what was read. Raises ContestError "stale" when it was mended from an older version.

    What the file's reader could not make out is settled by that, or with `only_key` what it said about the key; `unread` is
    what could not be made out of the mended one, and forbids saving it as that did.
    """
    locked = _ready(upload)
    held = _held(locked, row, version)
    before = load_draft(held.draft)
    shown = replace(filled(before, Defaults(**locked.defaults)), code=before.code or held.findings.get("code", ""))
    mended = replace(
        without_fillings(draft, before, shown),
        row=row,
        label=before.label,
        source=before.source,
        image=before.image,
        image_alt=before.image_alt,
    )
    _put(held, mended, by)
    held.reader = {
        name: [
            one
            for one in held.reader.get(name, [])
            if one["column"] == PICTURE or (only_key and one["column"] != "Đáp án")
        ]
        for name in ("problems", "warnings")
    }
    held.reader["problems"] += dump_findings(unread)
    held.save()
    asks_else = (before.code, before.stem, before.options) != (mended.code, mended.stem, mended.options)
    _judge(locked, fresh={row} if asks_else else ())


@transaction.atomic
def set_picture(*, upload: QuestionUpload, row: int, alt: str | None, version: int, by: Member) -> None:
    """Say in words what a question's picture shows, or with None let the question go without it."""
    locked = _ready(upload)
    held = _held(locked, row, version)
    draft = load_draft(held.draft)
    _put(held, replace(draft, image="", image_alt="") if alt is None else replace(draft, image_alt=clean_alt(alt)), by)
    if alt is None:
        held.reader["problems"] = [one for one in held.reader.get("problems", []) if one["column"] != PICTURE]
    held.save()
    _judge(locked)
    log.info(
        "upload %s: picture of row %s %s by member %s",
        locked.public_id,
        row,
        "taken out" if alt is None else "described",
        by.pk,
    )


def _held(locked: QuestionUpload, row: int, version: int) -> UploadedQuestion:
    """The question of that row as somebody saw it. Raises ContestError "gone", or "stale" when it was mended since."""
    held = UploadedQuestion.objects.select_for_update().filter(upload=locked, row=row).first()
    if held is None:
        raise ContestError(GONE, "gone")
    if held.version != version:
        raise ContestError(STALE, "stale")
    return held


def _put(held: UploadedQuestion, draft: QuestionDraft, by: Member) -> None:
    held.draft, held.version, held.mended_by, held.left_out = dump_draft(draft), held.version + 1, by, False
    held.findings = {}


@transaction.atomic
def leave_out(*, upload: QuestionUpload, rows: Iterable[int], by: Member, out: bool = True) -> int:
    """Leave questions of the file out of what will be saved, or take them back in; how many."""
    locked = _ready(upload)
    count = UploadedQuestion.objects.filter(upload=locked, row__in=list(rows)).update(left_out=out)
    _judge(locked)
    log.info("upload %s: %s questions left %s by member %s", locked.public_id, count, "out" if out else "in", by.pk)
    return count


def save_upload(*, upload: QuestionUpload, by: Member, now: datetime, without_faulty: bool = False) -> bool:
    """Save the file's questions into the bank, all or none; whether it is done, or left to the worker because they are many.

    Raises ContestError while a question is faulty, unless those are to be left out, and for what `import_questions` refuses.
    """
    with transaction.atomic():
        locked = _ready(upload)
        rows = locked.questions.filter(left_out=False)
        if not without_faulty and rows.filter(faulty=True).exists():
            raise ContestError("Còn câu cần sửa. Chưa lưu gì cả.", "faulty")
        count = rows.filter(faulty=False).count()
        if count > SAVE_AT_ONCE:
            locked.state, locked.done, locked.total, locked.error = State.SAVING, 0, count, ""
            locked.save(update_fields=["state", "done", "total", "error"])
            jobs.configure_task(SAVE_JOB).defer(upload_id=locked.pk, by_id=by.pk)
            return False
        _save(locked, by, now)
        return True


def work_save(*, upload_id: int, by_id: int, last_try: bool = True) -> None:
    """The worker's side of `save_upload`. May be run again after any crash: what was not committed has not happened.

    After the `last_try` the upload waits for people again, and says that it failed.
    """
    waits = QuestionUpload.objects.filter(pk=upload_id, state=State.SAVING)
    try:
        with transaction.atomic():
            locked = waits.select_for_update().first()
            if locked is None:
                return
            _save(locked, Member.objects.get(pk=by_id), database_now())
    except ContestError as refused:
        waits.update(state=State.READY, error=refused.text[:500])
    except Exception:
        log.exception("upload %s could not be saved", upload_id)
        if last_try:
            waits.update(state=State.READY, error=SAVE_FAILED)
        raise


def _save(locked: QuestionUpload, by: Member, now: datetime) -> QuestionImport:
    """Into the bank, with codes that nobody else has taken since: the bank is locked first."""
    bank = Bank.objects.select_for_update().get(pk=locked.bank_id)
    judged = _judge(locked)
    drafts = [one.draft for one in judged if not one.all.problems]
    done = import_questions(
        bank=bank, drafts=drafts, sha256=locked.sha256, filename=locked.filename, by=by, now=now, images=_pictures(locked, drafts, by, now)
    )  # fmt: skip
    locked.state, locked.saved, locked.done, locked.error = State.SAVED, done, len(drafts), ""
    locked.save(update_fields=["state", "saved", "done", "error"])
    locked.questions.all().delete()
    locked.images.all().delete()
    return done


def _pictures(
    locked: QuestionUpload, drafts: list[QuestionDraft], by: Member, now: datetime
) -> dict[str, QuestionImage]:
    """The pictures of the drafts by code, kept. Raises ContestError for one that cannot be."""
    if not any(draft.image for draft in drafts):
        return {}
    images = {one.name: bytes(one.data) for one in locked.images.all()}
    kept: dict[str, QuestionImage] = {}
    for draft in drafts:
        image = image_of_draft(draft, images, by=by, now=now)
        if isinstance(image, Problem):
            raise ContestError(f"Câu {draft.code}: {image.text}", image.code)
        if image is not None:
            kept[draft.code] = image
    return kept


@transaction.atomic
def drop_upload(*, upload: QuestionUpload, by: Member) -> None:
    """Forget a file that was not saved."""
    locked = _locked(upload)
    if locked.state in (State.SAVED, State.SAVING):
        raise ContestError(NOT_READY, "not_ready")
    locked.delete()
    log.info("upload %s dropped by member %s", upload.public_id, by.pk)


def sweep_uploads(now: datetime) -> int:
    """Forget what nobody saved within `LIVES`; how many files."""
    old = QuestionUpload.objects.filter(saved=None, created_at__lt=now - LIVES).exclude(state=State.SAVING)
    count = old.count()
    old.delete()
    return count


def _ready(upload: QuestionUpload) -> QuestionUpload:
    """The upload, locked, while it may be changed."""
    locked = _locked(upload)
    if locked.state != State.READY:
        raise ContestError(NOT_READY, "not_ready")
    return locked


def _locked(upload: QuestionUpload) -> QuestionUpload:
    locked = QuestionUpload.objects.select_for_update(of=("self",)).select_related("bank").filter(pk=upload.pk).first()
    if locked is None:
        raise ContestError(GONE, "gone")
    return locked


def _judge(locked: QuestionUpload, fresh: Collection[int] = ()) -> list[Judged]:
    """Judge all that is not left out, because one question's fault may be another's; rows that change are written. `fresh` are
    the rows that ask something else than before: only for those the bank is looked through for the like of them.
    """
    rows = list(locked.questions.filter(left_out=False).order_by("row"))
    before = [(row.findings, row.faulty, row.doubtful, row.twin) for row in rows]
    judged = _tell(locked, rows, fresh)
    changed = [
        row for row, was in zip(rows, before, strict=True) if (row.findings, row.faulty, row.doubtful, row.twin) != was
    ]
    UploadedQuestion.objects.bulk_update(changed, ["findings", "faulty", "doubtful", "twin"], batch_size=BATCH)
    return judged


def _tell(upload: QuestionUpload, rows: list[UploadedQuestion], fresh: Collection[int]) -> list[Judged]:
    """Write into the rows what is to be said of each; a row that holds findings has not changed since they were made."""
    codeless = bool(upload.words.get("codeless"))
    held = [
        DraftReading(
            load_draft(row.draft), load_findings(row.reader.get("problems", ())), load_findings(row.reader.get("warnings", ()))
        )
        for row in rows
    ]  # fmt: skip
    known = {
        row.row: Findings(load_findings(row.findings["own_problems"]), load_findings(row.findings["own_warnings"]))
        for row in rows
        if row.findings
    }
    taken = Question.objects.filter(bank=upload.bank_id).values_list("code", flat=True) if codeless else ()
    judged = judge_held(held, Defaults(**upload.defaults), taken, known, codeless=codeless, place=upload.place)
    drafts = [one.draft for one in judged]
    twins = _twins(upload.bank, [draft for draft in drafts if draft.row in fresh])
    changes = compare(upload.bank, drafts)
    change = {one.code: "changed" for one in changes.changed} | {one.code: "same" for one in changes.unchanged}
    for row, one in zip(rows, judged, strict=True):
        row.twin = twins.get(row.row, "") if row.row in fresh else row.twin
        row.findings = {
            "code": one.draft.code, "change": change.get(one.draft.code, "new"),
            "problems": dump_findings(one.all.problems), "warnings": dump_findings(one.all.warnings),
            "own_problems": dump_findings(one.own.problems), "own_warnings": dump_findings(one.own.warnings),
        }  # fmt: skip
        row.faulty, row.doubtful = bool(one.all.problems), bool(one.all.warnings)
    return judged


def _twins(bank: Bank, drafts: list[QuestionDraft]) -> dict[int, str]:
    """By row, the code of a question of the bank that says nearly the same under another code."""
    codes = {draft.row: draft.code.casefold() for draft in drafts}
    pairs = near(drafts, drafts_of(bank)) if drafts else []
    mine = {id(draft) for draft in drafts}
    return {
        pair.draft.row: pair.other.code
        for pair in reversed(pairs)  # the nearest is written last
        if id(pair.other) not in mine and pair.other.code.casefold() != codes[pair.draft.row]
    }
