"""The console's pages about appeals: the queue, and one with its evidence and its answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import Scope
from contests.actions.appeals import decide_appeal, take_up_appeal
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.pages.organizer_award_forms import AnswerForm, QueueForm
from contests.pages.organizer_guard import PER_PAGE, console_page, contest_in, organizers_only
from contests.pages.organizer_words import attempt_lines
from contests.queries import appeals as reads


@require_safe
@organizers_only
def appeals(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Those that wait for an answer first; others by their state."""
    contest = contest_in(scope, slug)
    form = QueueForm(request.GET)
    state = form.asked()
    page = Paginator(reads.queue(contest, state), PER_PAGE).get_page(request.GET.get("page"))
    return console_page(
        request,
        "appeals",
        contest=contest,
        form=QueueForm(initial={"state": state}),
        state=state,
        page=page,
        here="contest",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def appeal(request: HttpRequest, scope: Scope, slug: str, appeal_id: UUID) -> HttpResponse:
    """What is asked, everything that it can be judged by, and the answer."""
    contest, now = contest_in(scope, slug), database_now()
    found = get_object_or_404(reads.appeals_in(contest), public_id=appeal_id)
    act = request.POST.get("act", "")
    form = AnswerForm(request.POST if act == "answer" else None)
    try:
        if act == "take_up":
            take_up_appeal(appeal=found, by=request.user, now=now)
            messages.success(request, gettext("Đã nhận xem xét. Thí sinh thấy trạng thái này."))
            return redirect("organizer_appeal", slug, appeal_id)
        if act == "answer" and form.is_valid():
            upheld = form.cleaned_data["upheld"] == "yes"
            decide_appeal(appeal=found, upheld=upheld, reason=form.cleaned_data["reason"], by=request.user, now=now)
            messages.success(request, gettext("Đã trả lời. Thí sinh đọc được ở trang kết quả của mình."))
            return redirect("organizer_appeal", slug, appeal_id)
    except ContestError as error:
        if act == "answer" and error.code != "step":
            form.add_refusal(error)
        else:
            messages.error(request, gettext(error.text))
            return redirect("organizer_appeal", slug, appeal_id)
    found.attempt.round.contest = contest
    view = reads.evidence(found, now)
    return console_page(
        request, "appeal", contest=contest, appeal=found, attempt=found.attempt, view=view, form=form, now=now,
        lines=attempt_lines(view.page.events), here="contest",
    )  # fmt: skip
