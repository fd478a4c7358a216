"""Rehearse a draft, and read what came of it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.scope import Scope
from contests.actions.rehearsal import MEMBERS, USUAL, ask_rehearsal
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Rehearsal
from contests.pages.organizer_forms import ConsoleForm, number_field
from contests.pages.organizer_guard import console_page, contest_in, organizers_only
from contests.queries.rehearsals import rehearsals_of

UNDER_WAY = (Rehearsal.State.WAITING, Rehearsal.State.RUNNING)


class RehearsalForm(ConsoleForm):
    """With how many people who are not there."""

    members = number_field(
        MEMBERS,
        label=_("Số người giả"),
        initial=USUAL,
        help_text=_("Từ 10 đến 1.000. 200 người thường xong trong vài phút."),
    )

    def clean_members(self) -> int:
        """Within the limits."""
        members = self.cleaned_data["members"]
        if members not in MEMBERS:
            raise forms.ValidationError(_("Hãy chọn từ 10 đến 1.000 người."))
        return int(members)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def rehearsal(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Ask for a rehearsal; its progress while it runs, its report when it has."""
    contest, now = contest_in(scope, slug), database_now()
    form = RehearsalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_rehearsal(contest=contest, members=form.cleaned_data["members"], by=request.user, now=now)
        except ContestError as error:
            messages.error(request, gettext(error.text))
        else:
            messages.success(request, gettext("Đang diễn tập. Trang này tự cập nhật; bạn cứ làm việc khác."))
        return redirect("organizer_rehearsal", slug)
    runs = rehearsals_of(contest)
    under_way = next((one for one in runs if one.state in UNDER_WAY), None)
    past = [one for one in runs if one is not under_way]
    return console_page(
        request, "rehearsal", contest=contest, form=form, under_way=under_way, last=past[0] if past else None, older=past[1:],
        here="contest",
    )  # fmt: skip
