"""Staff help members of their own subtree back into an account that has no e-mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import AccountError, make_password_link
from accounts.forms import SearchForm
from accounts.models import Role
from accounts.queries import members_matching, sitting_member
from accounts.scope import Scope, scope_of


@login_required
@require_safe
def support(request: HttpRequest) -> HttpResponse:
    """Find a member by phone, e-mail or name."""
    scope, form = _scope(request), SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    words = {"q": text, "found": members_matching(scope, text), "section": "account"}
    return render(request, "accounts/support.html", words)


@login_required
@require_POST
def support_link(request: HttpRequest) -> HttpResponse:
    """Make a one-time address and show it, this once; it is kept nowhere."""
    number = request.POST.get("member", "")
    membership = sitting_member(_scope(request), int(number)) if is_key(number) else None
    if membership is None:
        raise Http404
    link = ""
    try:
        link = make_password_link(member=membership.member, privileged=membership.privileged, by=request.user)
    except AccountError as error:
        messages.error(request, str(error))
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    words = {"membership": membership, "link": link, "valid_hours": hours, "section": "account"}
    return render(request, "accounts/support_link.html", words, status=200 if link else 403)


def is_key(text: str) -> bool:
    """Whether the text may be a row's key: digits, and no more of them than a bigint has."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _scope(request: HttpRequest) -> Scope:
    scope = scope_of(request.user, Role.Kind.STAFF)
    if not scope:
        raise Http404(_("Trang này dành cho cán bộ của công đoàn."))
    return scope
