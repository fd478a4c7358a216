"""The console's page of a contest that is open to a list only: who is on it, adding, taking off."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.scope import Scope
from contests.actions.roster import add_to_roster, remove_from_roster
from contests.errors import ContestError
from contests.pages.organizer_forms import ConsoleForm
from contests.pages.organizer_guard import PER_PAGE, console_page, contest_in, organizers_only
from contests.pages.organizer_import_forms import whole
from contests.queries.eligibility import roster_of
from contests.rules.contest_settings import parse_contest_rules


class RosterForm(ConsoleForm):
    """A pasted list."""

    people = forms.CharField(
        label=_("Danh sách dự thi"), max_length=4_000_000, strip=False, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Mỗi người một dòng: số điện thoại hoặc e-mail đăng nhập, có thể kèm họ tên. Dán thẳng hai cột từ Excel cũng được."),
        error_messages={"required": _("Hãy dán danh sách, mỗi người một dòng.")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def roster(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Who may take part, and a form for more of them."""
    contest = contest_in(scope, slug)
    rows = roster_of(contest, request.GET.get("q", ""))
    if "remove" in request.POST:
        line = get_object_or_404(roster_of(contest), pk=whole(request.POST["remove"]))
        remove_from_roster(line=line, by=request.user)
        messages.success(request, gettext("Đã bỏ %(login)s khỏi danh sách.") % {"login": line.login})
        return redirect("organizer_roster", slug)
    form = RosterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_to_roster(contest=contest, text=form.cleaned_data["people"], by=request.user)
        except ContestError as error:
            form.add_error("people", gettext(error.text))
        else:
            messages.success(request, ngettext("Đã thêm %(n)d người.", "Đã thêm %(n)d người.", added) % {"n": added})
            return redirect("organizer_roster", slug)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    in_force = _by_roster(contest.rules)
    return console_page(
        request, "roster", contest=contest, form=form, page=page, q=request.GET.get("q", ""), in_force=in_force,
        here="contest",
    )  # fmt: skip


def _by_roster(rules: dict[str, object]) -> bool:
    try:
        return parse_contest_rules(rules).eligibility.roster
    except ValueError:
        return False
