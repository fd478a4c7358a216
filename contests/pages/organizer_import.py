"""The console's way in for question files: the template, the upload, the look and the mending before anything is saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import Scope
from contests.actions import bank as bank_acts
from contests.actions import uploads as acts
from contests.actions.exporting import note_bank_export
from contests.actions.sitting import database_now
from contests.actions.upload_reading import keep_upload
from contests.authoring.guard import MAX_FILE, FileRefused
from contests.authoring.pictures import clean_picture
from contests.authoring.stored import load_findings
from contests.authoring.template import question_template
from contests.errors import ContestError
from contests.models import Bank, QuestionUpload, UploadedImage
from contests.pages.organizer_forms import UploadForm
from contests.pages.organizer_guard import bank_in, console_page, organizers_only
from contests.pages.organizer_import_forms import DefaultsForm, keyed, whole
from contests.pages.question_form import QuestionForm
from contests.queries import uploads as reads

PER_PAGE = 20
PROBLEMS_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State, Step = QuestionUpload.State, QuestionUpload.Step


@require_safe
@organizers_only
def template(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The workbook that organizers fill in."""
    return HttpResponse(
        question_template(),
        content_type=XLSX,
        headers={"Content-Disposition": 'attachment; filename="mau-cau-hoi.xlsx"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def upload(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Send a file of questions, to be looked at first; or go on with one that waits."""
    bank, problems = bank_in(scope, public_id), ()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            data = file.read(MAX_FILE + 1)
            kept = keep_upload(bank=bank, filename=file.name, data=data, by=request.user, now=database_now())
            if kept.state != State.FAILED:
                return redirect("organizer_import", public_id, kept.public_id)
            problems = load_findings(kept.words.get("problems", ()))
            acts.drop_upload(upload=kept, by=request.user)
    return console_page(
        request, "upload", bank=bank, form=form, problems=problems[:PROBLEMS_SHOWN], waiting=reads.uploads_of(bank), here="bank"
    )  # fmt: skip


def _upload(bank: Bank, upload_id: UUID) -> QuestionUpload:
    return get_object_or_404(bank.uploads.select_related("bank__owner").defer("data"), public_id=upload_id)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def preview_import(request: HttpRequest, scope: Scope, public_id: UUID, upload_id: UUID) -> HttpResponse:
    """What was understood, what is wrong, and the place to mend it; nothing is saved before the button."""
    bank = bank_in(scope, public_id)
    held = bank.uploads.filter(public_id=upload_id).select_related("saved", "bank__owner").defer("data").first()
    if held is None or held.state == State.SAVED:
        return _over(request, bank, held)
    if request.method == "POST":
        try:
            return _act(request, bank, held)
        except ContestError as error:
            messages.error(request, gettext(error.text))
            return redirect(request.get_full_path())
    if held.state != State.READY:
        failed = load_findings(held.words.get("problems", ()))
        return console_page(
            request, "upload_work", bank=bank, upload=held, problems=failed, here="bank", **_course(held)
        )
    return console_page(request, "preview_import", bank=bank, upload=held, here="bank", **_preview(request, bank, held))


def _course(held: QuestionUpload) -> dict[str, Any]:
    """Each step of the work with whether it is over or under way, and how far all of it is: `at` of `steps`."""
    names = [step for step in Step if held.state == State.READING or step != Step.OPEN]
    here = names.index(Step(held.step)) if held.step in names else 0
    course = [
        (step.label, "done" if place < here else "now" if place == here else "") for place, step in enumerate(names)
    ]
    return {"course": course, "at": here + held.done / max(1, held.total), "steps": len(names)}


def _over(request: HttpRequest, bank: Bank, held: QuestionUpload | None) -> HttpResponse:
    """A file that is saved, or gone."""
    if held is None or held.saved is None:
        messages.info(request, gettext("Tệp này đã bị bỏ hoặc để quá 14 ngày. Nếu cần, hãy tải lên lại."))
    else:
        done = gettext("Đã lưu: %(created)s câu mới, %(changed)s câu có bản mới, %(unchanged)s câu không đổi.")
        counted = {name: getattr(held.saved, name) for name in ("created", "changed", "unchanged")}
        messages.success(request, done % counted)
    return redirect("organizer_bank", bank.public_id)


def _act(request: HttpRequest, bank: Bank, held: QuestionUpload) -> HttpResponse:
    """One button of the preview."""
    act, now = request.POST.get("act", ""), database_now()
    row = whole(request.POST.get("row"))
    here = redirect(request.get_full_path() + (f"#cau-{row}" if row else ""))
    if act == "discard":
        acts.drop_upload(upload=held, by=request.user)
        messages.info(request, gettext("Đã bỏ tệp vừa tải lên. Ngân hàng không thay đổi."))
        return redirect("organizer_upload", bank.public_id)
    if act in ("save", "save_readable"):
        acts.save_upload(upload=held, by=request.user, now=now, without_faulty=act == "save_readable")
        return redirect("organizer_import", bank.public_id, held.public_id)
    if act == "defaults":
        form = DefaultsForm(request.POST, topics=())
        if form.is_valid():
            acts.set_defaults(upload=held, defaults=form.chosen(), by=request.user)
            messages.success(request, gettext("Đã dùng cho mọi câu còn thiếu."))
        else:
            messages.error(request, next(iter(form.errors.values()))[0])
    elif act in ("out", "back") and row:
        acts.leave_out(upload=held, rows=[row], by=request.user, out=act == "out")
    elif act in ("alt", "no_picture") and row:
        get_object_or_404(held.questions, row=row)
        alt = request.POST.get("alt", "") if act == "alt" else None
        acts.set_picture(upload=held, row=row, alt=alt, version=whole(request.POST.get("version")), by=request.user)
    elif act == "out_twins":
        rows = reads.rows_of(held, reads.Show.TWINS).values_list("row", flat=True)
        acts.leave_out(upload=held, rows=rows, by=request.user)
    elif act == "key" and row:
        look = reads.look_at(held, get_object_or_404(held.questions, row=row))
        acts.mend_question(
            upload=held, row=row, draft=keyed(look.draft, request.POST.getlist("right")), by=request.user,
            version=whole(request.POST.get("version")), only_key=True,
        )  # fmt: skip
    else:
        raise Http404
    return here


@require_safe
@organizers_only
def import_image(request: HttpRequest, scope: Scope, public_id: UUID, upload_id: UUID, row: int) -> HttpResponse:
    """The picture of a question of the file, as it would be kept."""
    held = get_object_or_404(_upload(bank_in(scope, public_id), upload_id).questions, row=row)
    found = get_object_or_404(UploadedImage, upload=held.upload_id, name=held.draft.get("image", ""))
    try:
        picture = clean_picture(bytes(found.data))
    except FileRefused as refused:
        raise Http404 from refused
    reply = HttpResponse(picture.data, content_type=f"image/{picture.form}")
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return reply


def _preview(request: HttpRequest, bank: Bank, held: QuestionUpload) -> dict[str, Any]:
    counts = reads.counts(held)
    asked = request.GET.get("xem", "")
    first = reads.Show.FAULTY if counts["faulty"] else reads.Show.ALL
    show = reads.Show(asked) if asked in set(reads.Show) else first
    page = Paginator(reads.rows_of(held, show), PER_PAGE).get_page(request.GET.get("page"))
    missing, first_faulty = (reads.missing(held), reads.next_faulty(held, -1)) if counts["faulty"] else ({}, None)
    return {
        "counts": counts, "show": show, "page": page, "questions": reads.looks(held, page), "missing": missing, "first_faulty": first_faulty,
        "unused": reads.unused_of(held) if show is reads.Show.UNUSED else (),
        "earlier": bank_acts.find_same_file(bank, held.sha256), "file_warnings": load_findings(held.words.get("warnings", ())),
        "tabs": [(one, counts["unused" if one is reads.Show.UNUSED else one.name.lower()]) for one in reads.Show],
        "defaults": DefaultsForm(initial=held.defaults, topics=list(bank.topics.values_list("name", flat=True))),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def mend_import(request: HttpRequest, scope: Scope, public_id: UUID, upload_id: UUID, row: int) -> HttpResponse:
    """One question of a file, to be mended beside the file's own text; then the next that needs it."""
    bank = bank_in(scope, public_id)
    held = _upload(bank, upload_id)
    if held.state != State.READY:
        return redirect("organizer_import", public_id, upload_id)
    look = reads.look_at(held, get_object_or_404(held.questions.select_related("mended_by"), row=row))
    topics = list(bank.topics.values_list("name", flat=True))
    theirs, version = None, look.held.version
    form = QuestionForm(request.POST or None, draft=look.draft, topics=topics)
    if request.method == "POST":
        reading, version = form.read(row), whole(request.POST.get("version"))
        try:
            if form.says_all:
                acts.mend_question(
                    upload=held, row=row, draft=reading.draft, unread=form.unread, version=version, by=request.user
                )
        except ContestError as error:
            form.add_error(None, gettext(error.text))
            theirs, version = (look, look.held.version) if error.code == "stale" else (None, version)
        else:
            if not form.errors:
                return _onward(held, row)
            version += form.says_all
    else:
        form.show_problems([*look.problems, *form.unsaid(row)])
    return console_page(
        request, "mend_import", bank=bank, upload=held, look=look, form=form, theirs=theirs, version=version, here="bank",
        left=reads.counts(held)["faulty"],
    )  # fmt: skip


def _onward(held: QuestionUpload, row: int) -> HttpResponse:
    following = reads.next_faulty(held, row)
    if following is not None and following != row:
        return redirect("organizer_mend", held.bank.public_id, held.public_id, following)
    return redirect(reverse("organizer_import", args=[held.bank.public_id, held.public_id]) + f"#cau-{row}")


@require_safe
@organizers_only
def import_source(request: HttpRequest, scope: Scope, public_id: UUID, upload_id: UUID) -> HttpResponse:
    """The file as it was sent: keys may stand in it, so that it leaves no more quietly than the bank does."""
    bank = bank_in(scope, public_id)
    held = get_object_or_404(bank.uploads, public_id=upload_id)
    note_bank_export(bank=bank, by=request.user, form="source", topic="", count=held.total, now=database_now())
    reply = HttpResponse(bytes(held.data), content_type="application/octet-stream")
    reply.headers["Content-Disposition"] = "attachment"
    return reply
