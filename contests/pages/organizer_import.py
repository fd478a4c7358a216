"""The console's way in for question files: the template, the upload, the look before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import Scope
from contests.actions import bank as acts
from contests.actions.sitting import database_now
from contests.authoring.draft import ImportReading, Problem
from contests.authoring.guard import MAX_FILE
from contests.authoring.reading import read_questions
from contests.authoring.template import question_template
from contests.errors import ContestError
from contests.models import Bank
from contests.pages import organizer_uploads as uploads
from contests.pages.organizer_forms import UploadForm
from contests.pages.organizer_guard import bank_in, console_page, organizers_only
from contests.queries import bank_console as reads

PREVIEWS_PER_PAGE = 10
PROBLEMS_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    """Send a file of questions, to be looked at first."""
    bank = bank_in(scope, public_id)
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: Iterable[Problem] = ()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            data = file.read(MAX_FILE + 1)
            reading = read_questions(data, file.name)
            if reading.drafts:
                return redirect("organizer_import", public_id, uploads.hold(request.session, bank, file.name, data))
            problems = reading.problems
    return console_page(request, "upload", bank=bank, form=form, problems=list(problems)[:PROBLEMS_SHOWN], here="bank")


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def preview_import(request: HttpRequest, scope: Scope, public_id: UUID, token: str) -> HttpResponse:
    """What was understood, what is wrong, and how to mend it; nothing is saved before the button."""
    bank = bank_in(scope, public_id)
    held = uploads.find(request.session, bank, token)
    if held is None:
        messages.info(request, gettext("Tệp này đã được lưu, đã bị bỏ, hoặc quá 24 giờ. Nếu cần, hãy tải lên lại."))
        return redirect("organizer_bank", public_id)
    if request.POST.get("act") == "discard":
        uploads.drop(request.session, token)
        messages.info(request, gettext("Đã bỏ tệp vừa tải lên. Ngân hàng không thay đổi."))
        return redirect("organizer_upload", public_id)
    reading = read_questions(held.data, held.filename)
    if request.method == "POST" and _may_save(request, reading):
        try:
            done = acts.import_questions(
                bank=bank,
                drafts=reading.drafts,
                sha256=reading.sha256,
                filename=held.filename,
                by=request.user,
                now=database_now(),
            )
        except ContestError as error:
            messages.error(request, gettext(error.text))
        else:
            uploads.drop(request.session, token)
            messages.success(
                request,
                gettext("Đã lưu: %(created)s câu mới, %(changed)s câu có bản mới, %(unchanged)s câu không đổi.")
                % {"created": done.created, "changed": done.changed, "unchanged": done.unchanged},
            )
            return redirect("organizer_bank", public_id)
    return console_page(
        request,
        "preview_import",
        bank=bank,
        here="bank",
        token=token,
        filename=held.filename,
        **_preview(request, bank, reading),
    )


def _may_save(request: HttpRequest, reading: ImportReading) -> bool:
    """Rows with errors are left out only by the button that says so."""
    if not reading.problems or request.POST.get("act") == "save_readable":
        return True
    messages.error(request, gettext("Tệp còn lỗi. Chưa lưu gì cả."))
    return False


def _preview(request: HttpRequest, bank: Bank, reading: ImportReading) -> dict[str, Any]:
    changes = reads.compare(bank, reading.drafts)
    state = {draft.code: "new" for draft in changes.new} | {draft.code: "changed" for draft in changes.changed}
    page = Paginator(reading.drafts, PREVIEWS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "reading": reading, "changes": changes, "page": page, "earlier": acts.find_same_file(bank, reading.sha256),
        "questions": [(draft, state.get(draft.code, "same"), reads.sample_of(draft)) for draft in page],
        "problems": reading.problems[:PROBLEMS_SHOWN], "more_problems": max(0, len(reading.problems) - PROBLEMS_SHOWN),
        "wrong_rows": len({problem.row for problem in reading.problems}),
        "warnings": reading.warnings[:PROBLEMS_SHOWN],
    }  # fmt: skip
