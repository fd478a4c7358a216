"""The door of the organizer's console: who comes in, and what of theirs an address names. Everything else is not found."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.models import Role, Unit
from accounts.scope import Scope, scope_of
from contests.models import Bank, Contest, Round
from contests.queries import organizer as reads
from contests.queries.bank_console import banks_in
from contests.queries.bank_shares import readable_banks

PER_PAGE = 25

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Scope, P], HttpResponse]


def organizers_only(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Hand the view the scope of an organizer; send visitors to the login, tell members without the role in plain words."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            safe = request.method in ("GET", "HEAD")
            return redirect_to_login(request.get_full_path() if safe else reverse("organizer_home"))
        scope = scope_of(request.user, Role.Kind.ORGANIZER, timezone.localdate())
        if not scope:
            return render(request, "organizer/no_role.html", status=403)
        return view(request, scope, *args, **kwargs)

    return never_cache(guarded)


def console_page(request: HttpRequest, name: str, /, **context: Any) -> HttpResponse:
    """A page of templates/organizer/."""
    return render(request, f"organizer/{name}.html", {"section": "organize"} | context)


def contest_in(scope: Scope, slug: str) -> Contest:
    """The contest, or 404 where the scope does not reach it."""
    return get_object_or_404(reads.contests_in(scope), slug=slug)


def round_in(scope: Scope, slug: str, number: int) -> Round:
    """A round of that contest, or 404."""
    return get_object_or_404(reads.rounds_of(contest_in(scope, slug)), number=number)


def bank_in(scope: Scope, public_id: UUID) -> Bank:
    """The bank, or 404 where the scope does not reach it."""
    return get_object_or_404(banks_in(scope), public_id=public_id)


def bank_to_read(scope: Scope, public_id: UUID) -> Bank:
    """The bank, also one that was only shared; or 404. What changes a bank asks `bank_in`."""
    return get_object_or_404(readable_banks(scope), public_id=public_id)


def units_of(request: HttpRequest) -> list[Unit]:
    """The units that the organizer who asks may act for, the highest first."""
    return reads.own_units(request.user, timezone.localdate())
