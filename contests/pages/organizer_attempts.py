"""The console's pages about attempts: look one up, see what came in time and what late, decide with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Member
from accounts.scope import Scope
from contests.actions import rulings
from contests.actions.exclude import effects_of_excluding, exclude, readmit
from contests.actions.rulings import effects_of
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Attempt, Contest
from contests.pages.organizer_attempt_forms import AttemptFilterForm, ExcludeForm, RulingForm, VoidForm
from contests.pages.organizer_guard import PER_PAGE, console_page, contest_in, organizers_only
from contests.pages.organizer_words import attempt_lines
from contests.queries.attempts import attempt_page, attempts_of, late_trial, listed
from contests.queries.rulings import trial_view

RULINGS: dict[str, type[RulingForm]] = {
    "void": VoidForm, "restore": RulingForm, "late": RulingForm, "exclude": ExcludeForm, "readmit": ExcludeForm,
}  # fmt: skip


@require_safe
@organizers_only
def attempts(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The attempts of a contest: search, filter, pages."""
    contest, now = contest_in(scope, slug), database_now()
    form = AttemptFilterForm(request.GET, rounds=list(contest.rounds.all()))
    page = Paginator(listed(contest, form.asked(), now), PER_PAGE).get_page(request.GET.get("page"))
    return console_page(
        request, "attempts", contest=contest, form=form, page=page, now=now, here="contest",
        filtered=any(value for name, value in request.GET.items() if name != "page"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def attempt(request: HttpRequest, scope: Scope, slug: str, attempt_id: UUID) -> HttpResponse:
    """One attempt, and what may be decided about it."""
    contest, now = contest_in(scope, slug), database_now()
    attempt = get_object_or_404(attempts_of(contest), public_id=attempt_id)
    act = request.POST.get("act", "")
    ruling_forms = {
        name: form_class(request.POST if name == act else None, auto_id=f"{name}-%s")
        for name, form_class in RULINGS.items()
    }
    form = ruling_forms.get(act)
    if form is not None and form.is_valid():
        try:
            done = _decide(act, attempt, request.user, form)
        except ContestError as error:
            form.add_refusal(error)
            attempt = get_object_or_404(attempts_of(contest), public_id=attempt_id)  # as it stands, not as it was tried
        else:
            messages.success(request, done)
            return redirect("organizer_attempt", slug, attempt_id)
    return _show(request, contest, attempt, ruling_forms, now=now)


def _show(
    request: HttpRequest, contest: Contest, attempt: Attempt, ruling_forms: dict[str, RulingForm], **context: Any
) -> HttpResponse:
    attempt.round.contest = contest
    view = attempt_page(attempt, context["now"])
    asked = request.GET.get("thu", "")
    trial = late_trial(attempt) if view.may_accept and asked == "1" else None
    tried = asked == "hang" or any(ruling_forms[name].errors for name in ("void", "restore"))
    told = effects_of(attempt) if tried and (view.may_void or view.may_restore) else None
    member = attempt.entry.member
    if asked in ("loai", "giai") or ruling_forms["exclude"].errors or ruling_forms["readmit"].errors:
        prizes_only = asked == "giai" or request.POST.get("prizes_only") == "True"
        context["prizes_only"] = prizes_only
        context["without"] = trial_view(contest, effects_of_excluding(contest, member, prizes_only=prizes_only))
    return console_page(
        request, "attempt", contest=contest, attempt=attempt, view=view, forms=ruling_forms, trial=trial,
        effects=trial_view(contest, told) if told else None,
        lines=attempt_lines(view.events), may_sit_again=contest.state == Contest.State.OPEN and not view.keys_open,
        here="contest", **context,
    )  # fmt: skip


def _decide(act: str, attempt: Attempt, by: Member, form: RulingForm) -> str:
    """Do the act; what to tell. Raises ContestError."""
    data, now = form.cleaned_data, database_now()
    what: dict[str, Any] = {"attempt": attempt, "by": by, "reason": data["reason"], "now": now}
    if act == "late":
        count = rulings.accept_late(**what)
        text = ngettext(
            "Đã tính %(count)s câu đến trễ và chấm lại.", "Đã tính %(count)s câu đến trễ và chấm lại.", count
        )
        return text % {"count": count}
    if act == "restore":
        rulings.restore_attempt(**what)
        return gettext("Đã khôi phục kết quả. Lượt thi được tính trở lại.")
    if act in ("exclude", "readmit"):
        given = {
            "contest": attempt.round.contest,
            "member": attempt.entry.member,
            "by": by,
            "reason": data["reason"],
            "now": now,
        }
        if act == "exclude" and data["prizes_only"]:
            exclude(**given, prizes_only=True)
            return gettext("Người này vẫn được xếp hạng nhưng không nhận giải.")
        if act == "exclude":
            exclude(**given)
            return gettext("Đã loại khỏi xếp hạng. Bài và điểm vẫn giữ nguyên.")
        readmit(**given)
        return gettext("Đã xếp hạng trở lại.")
    if data["retake"]:
        rulings.void_for_retake(**what, closes_at=data["closes_at"])
        return gettext("Đã huỷ kết quả và cho thi lại một lượt.")
    rulings.void_attempt(**what)
    return gettext("Đã huỷ kết quả. Lượt thi không được tính nữa.")
