"""Published winners for everybody, and a member's appeals."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contests.actions.appeals import file_appeal, withdraw_appeal
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Appeal
from contests.pages.appeal_form import AppealForm
from contests.queries import appeals as reads
from contests.queries import pages
from contests.queries.winners import last_withdrawn, public_prizes, published_lists


@require_safe
def winners(request: HttpRequest, slug: str) -> HttpResponse:
    """Who won, officially; before that, that nothing is published yet, or why it was withdrawn. To read and to print."""
    contest = get_object_or_404(pages.public_contests(), slug=slug)
    lists = published_lists(contest)
    context = {
        "contest": contest, "lists": [(each, public_prizes(each, contest)) for each in lists],
        "withdrawn": None if lists else last_withdrawn(contest), "section": "contests",
    }  # fmt: skip
    return render(request, "contests/winners.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeals(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the member asked about an attempt, what came of it, and a form for more."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    now = database_now()
    if pages.is_running(attempt, now):
        return redirect("sitting", attempt.public_id)
    questions = reads.questions_of(attempt)
    act = request.POST.get("act", "")
    form = AppealForm(request.POST if act == "file" else None, questions=questions)
    try:
        if act == "file" and form.is_valid():
            file_appeal(
                attempt=attempt, question=form.cleaned_data["question"], text=form.cleaned_data["text"], now=now
            )
            messages.success(request, gettext("Đã gửi khiếu nại. Ban tổ chức trả lời tại trang này."))
            return redirect("appeals", attempt.public_id)
        if act == "withdraw":
            withdraw_appeal(appeal=_own(attempt.pk, request.POST.get("appeal", "")), by=request.user, now=now)
            messages.success(request, gettext("Đã rút khiếu nại."))
            return redirect("appeals", attempt.public_id)
    except ContestError as error:
        if act == "withdraw":
            messages.error(request, gettext(error.text))
            return redirect("appeals", attempt.public_id)
        form.add_refusal(error)
    context = {
        "attempt": attempt, "contest": attempt.round.contest, "round": attempt.round, "form": form, "now": now,
        "appeals": reads.appeals_of(attempt), "window": reads.window_of(attempt, now),
    }  # fmt: skip
    return render(request, "contests/appeals.html", context)


def _own(attempt_id: int, public_id: str) -> Appeal:
    found = reads.own_appeal(attempt_id, public_id)
    if found is None:
        raise Http404
    return found
