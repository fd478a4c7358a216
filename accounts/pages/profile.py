"""The member's own page: name, contact, unit, consents."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import consents
from accounts.actions import correct_name, declare, give_consent, withdraw_consent
from accounts.forms import NameForm, SelfDeclaredForm
from accounts.models import SelfDeclared
from accounts.own_paths import next_of
from accounts.queries import declared_by, former_memberships, has_consent, path_names, standing_consents, unit_of


@login_required
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """What we keep about the member, and the ways to change it."""
    unit = unit_of(request.user)
    standing = standing_consents(request.user)
    words = {
        "unit": unit,
        "path": path_names([unit])[unit.pk] if unit else "",
        "former": former_memberships(request.user),
        "may_take_part": consents.TAKE_PART.purpose in standing,
        "next": next_of(request),
        "consents": [(text, standing.get(purpose)) for purpose, text in consents.AT_SIGN_UP.items()],
        "declared": declared_by(request.user),
        "segments": consents.SEGMENTS,
        "section": "account",
    }
    return render(request, "accounts/profile.html", words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_name(request: HttpRequest) -> HttpResponse:
    """Correct one's name."""
    form = NameForm(request.POST or None, initial={"full_name": request.user.full_name})
    if form.is_valid():
        correct_name(member=request.user, full_name=form.cleaned_data["full_name"])
        messages.success(request, _("Đã lưu họ tên mới."))
        return redirect("profile")
    return render(request, "accounts/edit_name.html", {"form": form, "section": "account"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declare_facts(request: HttpRequest) -> HttpResponse:
    """Say something of oneself for the counts, or take it back. Nothing leads here but the member's own page."""
    before, now = declared_by(request.user), timezone.now()
    form = SelfDeclaredForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(before, name) for name in SelfDeclared.FACTS} if before else {},
        agreed=has_consent(request.user, consents.SEGMENTS.purpose),
        this_year=timezone.localdate(now).year,
    )
    if form.is_valid():
        text = consents.SEGMENTS
        declare(member=request.user, facts=form.facts(), text=text.text, text_version=text.version, now=now)
        messages.success(request, _("Đã lưu."))
        return redirect("profile")
    return render(request, "accounts/declare_facts.html", {"form": form, "declared": before, "section": "account"})


@login_required
@require_POST
def set_consent(request: HttpRequest, purpose: str, answer: str) -> HttpResponse:
    """Give (`dong-y`) or withdraw (`rut-lai`) one consent, and go back to the contest that asked for it."""
    text = consents.TEXTS.get(purpose)
    if text is None:
        raise Http404
    if answer == "dong-y":
        give_consent(
            member=request.user, purpose=purpose, text=text.text, text_version=text.version, now=timezone.now()
        )
        messages.success(request, _("Đã ghi nhận đồng ý của bạn."))
    else:
        withdraw_consent(member=request.user, purpose=purpose, now=timezone.now())
        messages.success(request, _("Đã rút lại. Có hiệu lực ngay."))
    return redirect(next_of(request) or "profile")
