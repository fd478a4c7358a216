"""Choosing one's unit, the link of a unit, and its poster."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import AccountError, join_unit
from accounts.forms import SearchForm
from accounts.models import Role, Unit
from accounts.own_paths import next_of, with_next
from accounts.queries import UNIT_SEARCH_LIMIT, UnitFound, joinable_units, path_names, search_units, unit_of
from accounts.scope import Scope, either, in_scope, scope_of

LINK = "unit_link"  # session: the join code of the link that brought the visitor here


@login_required
@require_safe
def choose_unit(request: HttpRequest) -> HttpResponse:
    """Search for one's unit; a visitor who came by a unit's link is offered that unit at once."""
    code = request.session.pop(LINK, None)
    if code and "q" not in request.GET:
        return redirect(with_next(reverse("confirm_unit", args=[code]), next_of(request)))
    text, found = _found(request, joinable_units())
    words = {
        "q": text,
        "found": found,
        "limit": UNIT_SEARCH_LIMIT,
        "next": next_of(request),
        "unit": unit_of(request.user),
        "section": "account",
    }
    return render(request, "accounts/choose_unit.html", words)


@require_safe
def find_units(request: HttpRequest) -> HttpResponse:
    """The same search for units.js, as JSON; 401 where the login has run out."""
    if not request.user.is_authenticated:
        return JsonResponse({"units": []}, status=401)
    _text, found = _found(request, joinable_units())
    after = next_of(request)
    return JsonResponse({"units": [_as_json(row, after) for row in found]})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_unit(request: HttpRequest, join_code: str) -> HttpResponse:
    """The choice in words; POST makes it."""
    unit, after = _joinable(join_code), next_of(request)
    now_in = unit_of(request.user)
    if request.method == "POST":
        try:
            join_unit(member=request.user, unit=unit, by=request.user, today=timezone.localdate())
        except AccountError as error:
            messages.error(request, str(error))
            return redirect(with_next(reverse("choose_unit"), after))
        messages.success(request, _("Đã ghi đơn vị của bạn: %(unit)s.") % {"unit": unit.name})
        return redirect(after or "home")
    words = {"unit": unit, "path": path_names([unit])[unit.pk], "now_in": now_in, "next": after, "section": "account"}
    return render(request, "accounts/confirm_unit.html", words)


@require_safe
def unit_link(request: HttpRequest, join_code: str) -> HttpResponse:
    """`/v/<code>/`, printed by the unit: remembered through sign-up or login, then offered."""
    unit, after = _joinable(join_code), next_of(request)
    if request.user.is_authenticated:
        return redirect(with_next(reverse("confirm_unit", args=[unit.join_code]), after))
    request.session[LINK] = unit.join_code
    choose = with_next(reverse("choose_unit"), after)
    words = {
        "unit": unit,
        "path": path_names([unit])[unit.pk],
        "sign_up": with_next(reverse("account_signup"), after),
        "log_in": with_next(reverse("account_login"), choose),
    }
    return render(request, "accounts/unit_link.html", words)


@login_required
@require_safe
def unit_links(request: HttpRequest) -> HttpResponse:
    """For staff and organizers: the link and poster of any unit that they look after."""
    reach = _reach(request)
    if not reach:
        raise Http404
    text, found = _found(request, in_scope(joinable_units(), reach))
    return render(request, "accounts/unit_links.html", {"q": text, "found": found, "section": "account"})


@login_required
@require_safe
def unit_qr(request: HttpRequest, join_code: str) -> HttpResponse:
    """The poster of a unit, to print and hang up."""
    unit = _looked_after(request, join_code)
    words = {"unit": unit, "path": path_names([unit])[unit.pk], "link": _link(unit), "section": "account"}
    return render(request, "accounts/unit_qr.html", words)


@login_required
@require_safe
def unit_qr_svg(request: HttpRequest, join_code: str) -> HttpResponse:
    """The QR code of the poster."""
    picture = io.BytesIO()
    # Quartile correction: the poster hangs in a workshop, a torn corner must not make it useless.
    segno.make(_link(_looked_after(request, join_code)), error="q", micro=False).save(
        picture, kind="svg", scale=8, border=4, light="#fff", dark="#000", xmldecl=False, svgclass=None, lineclass=None
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def _found(request: HttpRequest, among: QuerySet[Unit]) -> tuple[str, list[UnitFound]]:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    return text, search_units(among, text)


def _as_json(row: UnitFound, after: str) -> dict[str, str]:
    return {
        "name": row.unit.name,
        "note": row.note,
        "url": with_next(reverse("confirm_unit", args=[row.unit.join_code]), after),
    }


def _joinable(join_code: str) -> Unit:
    return get_object_or_404(joinable_units(), join_code=join_code)


def _reach(request: HttpRequest) -> Scope:
    return either(scope_of(request.user, Role.Kind.STAFF), scope_of(request.user, Role.Kind.ORGANIZER))


def _looked_after(request: HttpRequest, join_code: str) -> Unit:
    return get_object_or_404(in_scope(joinable_units(), _reach(request)), join_code=join_code)


def _link(unit: Unit) -> str:
    return settings.SITE_URL + reverse("unit_link", args=[unit.join_code])
