"""The linter's page of a bank ("Soát lỗi ngân hàng"): findings by kind, each with its question, set aside one by one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.scope import Scope
from contests.actions import lint as acts
from contests.actions.sitting import database_now
from contests.authoring.lint import BY_CODE
from contests.models import Bank
from contests.pages.organizer_guard import PER_PAGE, bank_in, console_page, organizers_only
from contests.queries.lint import Report, lint_report

SHOWN = 5  # of each kind, where all kinds stand on one page


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def lint(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """What stands against the questions of the bank; one kind of it, all pages long, when asked for."""
    bank = bank_in(scope, public_id)
    report = lint_report(bank, timezone.localdate())
    only = request.GET.get("loai", "")
    if request.method == "POST":
        _decide(request, bank, report)
        return redirect(reverse("organizer_lint", args=[public_id], query={"loai": only} if only in BY_CODE else None))
    chosen = next((group for group in report.groups if group.check.code == only), None)
    return console_page(
        request, "lint", bank=bank, report=report, chosen=chosen, here="bank",
        groups=[(group, group.found[:SHOWN]) for group in report.groups],
        page=Paginator(chosen.found, PER_PAGE).get_page(request.GET.get("page")) if chosen else None,
    )  # fmt: skip


def _decide(request: HttpRequest, bank: Bank, report: Report) -> None:
    """Set a finding aside, or let it stand again. One that is gone meanwhile is nobody's fault."""
    act, found = request.POST.get("act"), report.finding(request.POST.get("mark", ""))
    if act not in ("keep", "again"):
        raise Http404
    if found is None:
        messages.info(request, gettext("Câu này đã được sửa, kết quả soát dưới đây là mới nhất."))
    elif act == "keep":
        acts.keep_finding(
            bank=bank, question=found.question, code=found.code, mark=found.mark, by=request.user, now=database_now()
        )
        messages.success(request, gettext("Đã giữ nguyên câu %(code)s.") % {"code": found.question})
    else:
        acts.look_again(bank=bank, question=found.question, mark=found.mark, by=request.user)
        messages.success(request, gettext("Câu %(code)s được nêu lại để soát.") % {"code": found.question})
