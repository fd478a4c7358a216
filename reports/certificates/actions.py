"""Acts on certificates: a new design, issuing to many, the file of an issue, revoking one and taking that back."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from accounts.models import Member, Unit
from accounts.names import normalise_name
from contests.actions.extend import checked_reason
from contests.actions.progress import Progress
from contests.actions.sitting import database_now
from contests.authoring.guard import FileRefused
from contests.authoring.pictures import clean_picture
from contests.errors import ContestError
from contests.models import Contest, ContestEvent
from reports.certificates import files, queries, wording
from reports.certificates.claims import Ask, Claim, claims, obstacles
from reports.certificates.codes import new_code
from reports.certificates.drawing import lost
from reports.certificates.wording import Facts, Kind
from reports.models import Certificate, CertificateBatch, CertificateDesign

log = logging.getLogger("reports")

JOB = "reports.make_certificates"
KEEP = timedelta(days=7)  # a file holds names and can be made again at any time; the certificates stay
CHUNK = 1000
FOLDER = "certificates"
NOT_YOURS = "Tài khoản của bạn không còn phụ trách đơn vị tổ chức cuộc thi này, nên không cấp được."
BROKEN = "Máy chủ gặp lỗi khi làm tệp. Không giấy nào bị cấp hai lần; hãy bấm “Làm lại”."
NOBODY = "Không có ai để cấp theo lựa chọn này."
Step = CertificateBatch.State


# --- The design ----------------------------------------------------------------------------------------------------
@transaction.atomic
def save_design(
    *, unit: Unit, by: Member, title: str, body: str, signer_title: str, signer_name: str, place: str,
    logo: bytes | None = None, signature: bytes | None = None, drop: frozenset[str] = frozenset(), now: datetime,
) -> CertificateDesign:  # fmt: skip
    """A new design of the unit, for certificates issued from now on; a picture that is neither sent nor dropped stays.

    Raises ContestError, its code the field, with what to mend.
    """
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    design = planned_design(
        unit=unit, title=title, body=body, signer_title=signer_title, signer_name=signer_name, place=place, logo=logo,
        signature=signature, drop=drop,
    )  # fmt: skip
    design.made_by, design.made_at = by, now
    design.save(force_insert=True)
    log.info("certificate design %s of unit %s by member %s", design.pk, unit.pk, by.pk)
    return design


def planned_design(
    *, unit: Unit, title: str, body: str, signer_title: str, signer_name: str, place: str,
    logo: bytes | None = None, signature: bytes | None = None, drop: frozenset[str] = frozenset(),
) -> CertificateDesign:  # fmt: skip
    """The same, judged and unsaved: what a preview shows."""
    before = queries.design_of(unit)
    text, signs = wording.clean_text(body), wording.clean_text(signer_title)
    head, who, where = normalise_name(title), normalise_name(signer_name), normalise_name(place)
    if not head:
        raise ContestError("Hãy ghi tiêu đề của giấy, ví dụ GIẤY CHỨNG NHẬN.", "title")
    for field, said, most in (
        ("title", head, wording.MAX_TITLE), ("signer_title", signs, wording.MAX_SIGNER_TITLE),
        ("signer_name", who, wording.MAX_SIGNER_NAME), ("place", where, wording.MAX_PLACE),
    ):  # fmt: skip
        if len(said) > most:
            raise ContestError(f"Dài {len(said)} ký tự; nhiều nhất {most} mới vừa một trang.", field)
    if signs.count("\n") >= wording.MAX_SIGNER_LINES:
        raise ContestError(f"Nhiều nhất {wording.MAX_SIGNER_LINES} dòng.", "signer_title")
    if problem := wording.problem_of(text):
        raise ContestError(problem, "body")
    for field, said in (
        ("title", head), ("body", text), ("signer_title", signs), ("signer_name", who), ("place", where)
    ):  # fmt: skip
        if missing := lost(said):
            raise ContestError(f"Phông chữ của giấy không in được “{missing[0]}”. Hãy viết bằng chữ khác.", field)
    return CertificateDesign(
        unit=unit, title=head, body=text, signer_title=signs, signer_name=who, place=where,
        logo=_picture("logo", logo, before.logo, drop), signature=_picture("signature", signature, before.signature, drop),
    )  # fmt: skip


def _picture(field: str, sent: bytes | None, kept: bytes | memoryview | None, drop: frozenset[str]) -> bytes | None:
    if sent is not None:
        try:
            return clean_picture(sent).data
        except FileRefused as refused:
            raise ContestError(refused.text, field) from refused
    return None if field in drop or not kept else bytes(kept)


# --- Issuing -------------------------------------------------------------------------------------------------------
@transaction.atomic
def request_batch(
    *, contest: Contest, ask: Ask, again: bool, split: bool, by: Member, now: datetime
) -> CertificateBatch:
    """Put an issue in the worker's queue, or give the same one that is still in hand.

    Raises ContestError while results are not final, and where there is nobody to issue to.
    """
    contest = Contest.objects.select_for_update(no_key=True).select_related("organizer__kind").get(pk=contest.pk)
    pending = CertificateBatch.objects.filter(
        contest=contest, kind=ask.kind, round=ask.round, share=ask.share, again=again, split=split,
        state__in=[Step.WAITING, Step.RUNNING],
    ).first()  # fmt: skip
    if pending is not None:
        return pending
    if against := obstacles(contest, ask, now):
        raise ContestError(against[0].text, against[0].code)
    if next(claims(contest, ask), None) is None:
        raise ContestError(NOBODY, "nobody")
    design = queries.design_of(contest.organizer)
    if design.pk is None:  # the usual one, kept as it is today
        design.made_at = now
        design.save()
    batch = CertificateBatch.objects.create(
        contest=contest, kind=ask.kind.value, round=ask.round, share=ask.share, again=again, split=split, design=design, requested_by=by,
    )  # fmt: skip
    _enqueue(batch)
    return batch


@transaction.atomic
def cancel_batch(*, batch: CertificateBatch) -> None:
    """Stop it. What was not issued yet is not issued; what was, stands, and its file can be made later."""
    CertificateBatch.objects.filter(pk=batch.pk, state__in=[Step.WAITING, Step.RUNNING]).update(state=Step.CANCELLED)


@transaction.atomic
def redo_batch(*, batch: CertificateBatch) -> None:
    """Put a stopped, failed or forgotten one back in the queue; anything else is left as it is."""
    if CertificateBatch.objects.filter(pk=batch.pk, state__in=[Step.CANCELLED, Step.FAILED, Step.GONE]).update(
        state=Step.WAITING, done=0, total=0, error="", file="", requested_at=timezone.now()
    ):
        _enqueue(batch)


def _enqueue(batch: CertificateBatch) -> None:
    # One issue of a contest at a time: they share its numbers. In the caller's transaction: no row without its job.
    jobs.configure_task(JOB, lock=f"certificates-{batch.contest_id}", priority=-10).defer(batch_id=batch.pk)


class Cancelled(Exception):
    """Somebody has stopped the issue."""


def make_batch(*, batch_id: int, last_try: bool) -> None:
    """Issue, once and all of them or none, then write the file. May be run again after any crash.

    A failure is told on the row in plain words and raised again; before the last try the row stays waiting.
    """
    row = CertificateBatch.objects.filter(pk=batch_id)
    if not row.filter(state__in=[Step.WAITING, Step.RUNNING]).update(state=Step.RUNNING, done=0, total=0, error=""):
        return
    batch = row.select_related("contest__organizer", "round", "requested_by").get()
    running = row.filter(state=Step.RUNNING)
    try:
        if not queries.issuing_scope(batch.requested_by).reaches(batch.contest.organizer.path):
            running.update(state=Step.FAILED, error=NOT_YOURS)
            return
        with BatchProgress(batch_id) as progress:
            if batch.as_of is None:
                _issue(batch, progress)
                batch.refresh_from_db()
            _write(batch, progress)
    except Cancelled:
        return
    except ContestError as refused:
        running.update(state=Step.FAILED, error=refused.text[:300])
    except Exception:
        log.exception("certificates %s failed", batch.public_id)
        running.update(state=Step.FAILED if last_try else Step.WAITING, error=BROKEN)
        raise
    else:
        if not running.update(state=Step.READY, file=_file(batch), done=F("total")):
            (settings.MEDIA_ROOT / _file(batch)).unlink(missing_ok=True)  # stopped at the last moment


@transaction.atomic
def _issue(batch: CertificateBatch, progress: BatchProgress) -> None:
    """Rows for everybody who has a right to one and none in force. One statement reads them: one view of the database."""
    contest, ask, now = batch.contest, ask_of(batch), database_now()
    Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)  # who excludes or revokes waits, or comes before
    if against := obstacles(contest, ask, now):
        raise ContestError(against[0].text, against[0].code)
    number = Certificate.objects.filter(contest=contest).aggregate(last=Max("number"))["last"] or 0
    standing, holds, issued = queries.standing_of(contest, ask), [], 0
    for some in _chunks(claims(contest, ask)):
        fresh, places = [], []
        for claim in some:
            key = (claim.entry_id, claim.about)
            if (held := standing.get(key)) is not None:
                places.append(held)
            elif not lost(claim.name) and (batch.again or key not in standing):
                number += 1
                fresh.append(_certificate(batch, claim, number, now))
                places.append(fresh[-1])
        Certificate.objects.bulk_create(fresh)
        holds += [each if isinstance(each, int) else each.pk for each in places]
        issued += len(fresh)
        progress.heed()
    if not holds:
        raise ContestError(NOBODY, "nobody")
    CertificateBatch.objects.filter(pk=batch.pk).update(as_of=now, issued=issued, holds=holds)
    ContestEvent.objects.create(
        contest=contest, what="certificates_issued", actor=batch.requested_by,
        detail={"batch": str(batch.public_id), "kind": ask.kind.value, "issued": issued, "held": len(holds) - issued},
    )  # fmt: skip


def _certificate(batch: CertificateBatch, claim: Claim, number: int, now: datetime) -> Certificate:
    facts = Facts(
        Kind(batch.kind), claim.name, claim.unit, batch.contest.title, claim.round, batch.contest.organizer.name, timezone.localdate(now),
        claim.result, claim.prize, claim.place, batch.share,
    )  # fmt: skip
    return Certificate(
        code=new_code(), contest=batch.contest, number=number, entry_id=claim.entry_id, about=claim.about, said=facts.said(),
        batch=batch, issued_at=now,
    )  # fmt: skip


def _write(batch: CertificateBatch, progress: BatchProgress) -> None:
    """The finished file at its place, whole or not at all."""
    folder = settings.MEDIA_ROOT / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{batch.public_id}-*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    progress.start(len(batch.holds))
    with tempfile.TemporaryDirectory(prefix=f"{batch.public_id}-", dir=folder) as workshop:
        draft = Path(workshop) / "draft"
        write = files.write_zip if batch.split else files.write_pdf
        write(draft, queries.sheets_of(batch.holds), Path(workshop), progress.step)
        os.replace(draft, settings.MEDIA_ROOT / _file(batch))


def ask_of(batch: CertificateBatch) -> Ask:
    """What the issue was asked to certify."""
    return Ask(Kind(batch.kind), batch.round, batch.share)


def _file(batch: CertificateBatch) -> str:
    return f"{FOLDER}/{batch.public_id}{'.zip' if batch.split else '.pdf'}"


def _chunks(rows: Iterator[Claim]) -> Iterator[list[Claim]]:
    while some := list(islice(rows, CHUNK)):
        yield some


class BatchProgress(Progress):
    """Tells the row how far the issue is and hears whether it was stopped: what is being issued is not shown before it is."""

    def __init__(self, batch_id: int) -> None:
        super().__init__(CertificateBatch, batch_id)
        self.done, self.total = 0, 0

    def start(self, total: int) -> None:
        """Say how many pages there are to draw."""
        self.total = total
        self._say()

    def step(self) -> None:
        """One more is drawn. Raises Cancelled once somebody has stopped the issue."""
        self.done += 1
        if self.due:
            self._say()

    def heed(self) -> None:
        """Raises Cancelled once somebody has stopped the issue."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT state FROM reports_certificatebatch WHERE id = %s", [self.pk])
            if (cursor.fetchone() or ["running"])[0] == Step.CANCELLED:
                raise Cancelled

    def _say(self) -> None:
        self.heed()
        self.write(done=self.done, total=self.total)


def forget_old_files(*, now: datetime) -> int:
    """Delete files asked for longer than KEEP ago; returns how many. Each can be made again, the same."""
    old = list(CertificateBatch.objects.filter(requested_at__lt=now - KEEP, state=Step.READY).defer("holds"))
    for batch in old:
        (settings.MEDIA_ROOT / batch.file).unlink(missing_ok=True)
        CertificateBatch.objects.filter(pk=batch.pk, state=Step.READY).update(state=Step.GONE, file="")
    return len(old)


# --- Revoking ------------------------------------------------------------------------------------------------------
@transaction.atomic
def revoke(*, certificate: Certificate, by: Member, reason: str, now: datetime) -> Certificate:
    """It is no longer in force; everybody who has its code reads why. Raises ContestError when it was revoked before."""
    why = checked_reason(reason)
    certificate = _locked(certificate)
    if certificate.revoked_at is not None:
        raise ContestError("Giấy này đã được thu hồi.", "revoked")
    _revoke([certificate], by, why, now)
    return certificate


@transaction.atomic
def revoke_doubtful(*, contest: Contest, by: Member, reason: str, now: datetime) -> int:
    """Revoke all that the results of today do not bear out; how many. They can be issued again as the results are now."""
    why = checked_reason(reason)
    Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    ids = [one.pk for one, _ in queries.doubtful(contest)]
    ones = list(
        Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("contest").filter(
            pk__in=ids, revoked_at__isnull=True
        )
    )  # fmt: skip
    _revoke(ones, by, why, now)
    return len(ones)


def _revoke(ones: list[Certificate], by: Member, why: str, now: datetime) -> None:
    for one in ones:
        one.revoked_at, one.revoked_by, one.revoked_reason = now, by, why
    Certificate.objects.bulk_update(ones, ["revoked_at", "revoked_by", "revoked_reason"], batch_size=CHUNK)
    ContestEvent.objects.bulk_create(_event(one, "certificate_revoked", by, why) for one in ones)


@transaction.atomic
def restore(*, certificate: Certificate, by: Member, reason: str) -> Certificate:
    """Take a revocation back. Raises ContestError where it is in force, or where another one has taken its place."""
    why = checked_reason(reason)
    certificate = _locked(certificate)
    if certificate.revoked_at is None:
        raise ContestError("Giấy này đang có hiệu lực.", "in_force")
    twin = Certificate.objects.filter(
        entry=certificate.entry_id, about=certificate.about, revoked_at__isnull=True
    ).first()
    if twin is not None:
        raise ContestError(
            f"Người này đã được cấp giấy khác thay thế, số {twin.serial}. Hãy thu hồi giấy ấy trước.", "replaced"
        )
    certificate.revoked_at, certificate.revoked_by, certificate.revoked_reason = None, None, ""
    certificate.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    _event(certificate, "certificate_restored", by, why).save()
    return certificate


def _locked(certificate: Certificate) -> Certificate:
    # The contest first, as everybody who issues: nothing comes in between.
    Contest.objects.select_for_update(no_key=True).get(pk=certificate.contest_id)
    return (
        Certificate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("contest")
        .get(pk=certificate.pk)
    )


def _event(certificate: Certificate, what: str, by: Member, why: str) -> ContestEvent:
    detail = {"serial": certificate.serial, "name": certificate.said["name"], "reason": why}
    return ContestEvent(contest=certificate.contest, what=what, actor=by, detail=detail)
