"""The console's pages about more time in a round: what was given, giving it, taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import Scope, within
from contests.actions.extend import check_extension, give_extension, revoke_extension
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Extension, Round
from contests.pages.organizer_attempt_forms import ExtensionForm
from contests.pages.organizer_forms import typed
from contests.pages.organizer_guard import PER_PAGE, console_page, contest_in, organizers_only, round_in
from contests.pages.organizer_words import gift_words
from contests.queries import extensions as reads
from contests.queries.organizer import find_units
from contests.queries.people import entrant


@require_safe
@organizers_only
def units(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Units in scope, of those who may take part, that match what is being typed."""
    contest = contest_in(scope, slug)
    found = find_units(within(scope, contest.audience.path), request.GET.get("q", ""))
    return JsonResponse(
        {"units": [{"code": one.code, "name": one.name, "above": one.above, "kind": one.kind} for one in found]}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def extensions(request: HttpRequest, scope: Scope, slug: str, number: int) -> HttpResponse:
    """What was given in a round; and a form that first says what it would do, then does it."""
    round_, act = round_in(scope, slug, number), request.POST.get("act", "")
    options: dict[str, Any] = {"contest": round_.contest, "scope": scope}
    form = ExtensionForm(initial={"member": entrant(round_.contest, request.GET.get("thi-sinh", ""))}, **options)
    if "find" in request.POST or act == "edit":
        form = ExtensionForm(initial=typed(request.POST, form), **options)
    elif request.method == "POST":
        form = ExtensionForm(request.POST, **options)
        if form.is_valid():
            try:
                return _give(request, round_, form) if act == "save" else _preview(request, round_, form)
            except ContestError as error:
                form.add_refusal(error)
    page = Paginator(reads.given_in(round_), PER_PAGE).get_page(request.GET.get("page"))
    given = [(extension, _gift(extension)) for extension in page]
    return console_page(
        request, "extensions", contest=round_.contest, round=round_, form=form, page=page, given=given, here="contest"
    )


def _preview(request: HttpRequest, round_: Round, form: ExtensionForm) -> HttpResponse:
    """Ask once more, saying whom it reaches now. Raises ContestError."""
    extension, now = form.extension(round_), database_now()
    check_extension(extension, now=now)
    reach = reads.reach_of(extension, path=form.path, now=now)
    return console_page(
        request, "extension_confirm", contest=round_.contest, round=round_, form=form, extension=extension, reach=reach,
        gift=_gift(extension), now=now, here="contest",
    )  # fmt: skip


def _give(request: HttpRequest, round_: Round, form: ExtensionForm) -> HttpResponse:
    asked = form.extension(round_)
    give_extension(
        round_=round_, by=request.user, reason=asked.reason, now=database_now(), member=asked.member, unit=asked.unit,
        extra_minutes=asked.extra_minutes, closes_at=asked.closes_at, extra_attempts=asked.extra_attempts,
    )  # fmt: skip
    messages.success(request, gettext("Đã gia hạn. Người đang làm bài thấy giờ nộp mới ở lần lưu kế tiếp."))
    return redirect("organizer_extensions", round_.contest.slug, round_.number)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def revoke(request: HttpRequest, scope: Scope, slug: str, number: int, extension_id: UUID) -> HttpResponse:
    """Ask once more, saying whom it leaves as they are; then take the extension back."""
    round_ = round_in(scope, slug, number)
    extension, now = get_object_or_404(reads.given_in(round_), public_id=extension_id), database_now()
    if request.method != "POST" and extension.revoked_at is None:
        return console_page(
            request, "extension_revoke", contest=round_.contest, round=round_, extension=extension, gift=_gift(extension),
            sitting=reads.sitting_under(extension, now).count(), here="contest",
        )  # fmt: skip
    if request.method == "POST":
        try:
            revoke_extension(extension=extension, by=request.user, now=now)
        except ContestError as error:
            messages.error(request, gettext(error.text))
        else:
            messages.success(request, gettext("Đã thu hồi gia hạn. Ai đang làm bài giữ giờ nộp đã được cho."))
    return redirect("organizer_extensions", slug, number)


def _gift(extension: Extension) -> str:
    return gift_words(extension.extra_minutes, extension.extra_attempts, extension.closes_at)
