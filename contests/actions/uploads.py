"""A file of questions that was read (`upload_reading`), on its way into a bank: mended question by question, saved as a whole.

Nothing reaches the bank before `save_upload`. Every act locks the upload, so that two people who mend the same file come one
after the other; who mends a question from an older version of it is told and nothing of either text is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app as jobs

from accounts.models import Member
from contests.actions.bank import import_questions
from contests.actions.images import clean_alt, image_of_draft
from contests.actions.progress import Progress
from contests.actions.sitting import database_now
from contests.actions.upload_judging import UNWATCHED, judge_upload
from contests.authoring.draft import Problem, QuestionDraft
from contests.authoring.mending import PICTURE, Defaults, filled, without_fillings
from contests.authoring.stored import dump_draft, dump_findings, load_draft
from contests.errors import ContestError
from contests.models import Bank, QuestionImage, QuestionImport, QuestionUpload, UploadedQuestion

log = logging.getLogger(__name__)

SAVE_JOB = "contests.save_upload"
SAVE_AT_ONCE = 500  # questions
LIVES = timedelta(days=14)  # an upload that nobody saves
State, Step = QuestionUpload.State, QuestionUpload.Step
STALE = gettext_noop("Người khác vừa sửa câu này. Bản của họ ở dưới; hãy so lại rồi lưu lần nữa.")
SAVE_FAILED = gettext_noop(
    "Hệ thống gặp lỗi khi lưu nên chưa lưu gì cả; lỗi đã được ghi lại. Hãy thử lưu lần nữa; nếu vẫn lỗi, hãy báo người quản trị."
)
GONE = gettext_noop("Câu hoặc tệp này vừa bị bỏ. Hãy tải lại trang.")
NOT_READY = gettext_noop("Tệp này đang được đọc hoặc đã lưu xong. Hãy tải lại trang.")


@transaction.atomic
def set_defaults(*, upload: QuestionUpload, defaults: Defaults, by: Member) -> None:
    """What all questions of the file share that say nothing of their own."""
    locked = _ready(upload)
    locked.defaults = {name: value for name, value in asdict(defaults).items() if value}
    locked.save(update_fields=["defaults"])
    sourced = Q(draft__has_any_keys=["document", "article", "other_source"])
    # Who says all of it takes nothing from defaults.
    locked.questions.exclude(sourced, draft__has_key="topic").update(findings={})
    judge_upload(locked)
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
    judge_upload(locked, fresh={row} if asks_else else ())


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
    judge_upload(locked)
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
    judge_upload(locked)
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
            locked.state, locked.step, locked.done, locked.total, locked.error = State.SAVING, Step.CHECK, 0, count, ""
            locked.save(update_fields=["state", "step", "done", "total", "error"])
            jobs.configure_task(SAVE_JOB).defer(upload_id=locked.pk, by_id=by.pk)
            return False
        _save(locked, by, now)
        return True


def work_save(*, upload_id: int, by_id: int, last_try: bool = True, watched: bool = False) -> None:
    """The worker's side of `save_upload`. May be run again after any crash: what was not committed has not happened.

    After the `last_try` the upload waits for people again, and says that it failed. `watched`: a page is told how far it is, so
    the bank is locked and not the upload, which nobody else touches while it is being saved.
    """
    waits = QuestionUpload.objects.filter(pk=upload_id, state=State.SAVING)
    try:
        with Progress(QuestionUpload, upload_id if watched else None) as progress, transaction.atomic():
            Bank.objects.select_for_update(of=("self",)).filter(uploads=upload_id).first()
            upload = waits.first()  # after the lock: another worker may have saved it
            if upload is None:
                return
            _save(upload, Member.objects.get(pk=by_id), database_now(), progress)
    except ContestError as refused:
        waits.update(state=State.READY, error=refused.text[:500])
    except Exception:
        log.exception("upload %s could not be saved", upload_id)
        if last_try:
            waits.update(state=State.READY, error=SAVE_FAILED)
        raise


def _save(locked: QuestionUpload, by: Member, now: datetime, progress: Progress = UNWATCHED) -> QuestionImport:
    """Into the bank, with codes that nobody else has taken since: the bank is locked first."""
    bank = Bank.objects.select_for_update().get(pk=locked.bank_id)
    judged = judge_upload(locked, progress=progress)
    drafts = [one.draft for one in judged if not one.all.problems]
    progress.write(step=Step.KEEP.value, done=0, total=len(drafts))
    done = import_questions(
        bank=bank, drafts=drafts, sha256=locked.sha256, filename=locked.filename, by=by, now=now,
        images=_pictures(locked, drafts, by, now), told=progress.tell,
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
    """Forget what nobody saved within `LIVES`; how many files. One that is being saved gets a day more: no longer than any try."""
    old = QuestionUpload.objects.filter(saved=None, created_at__lt=now - LIVES)
    old = old.exclude(state=State.SAVING, created_at__gte=now - LIVES - timedelta(days=1))
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
