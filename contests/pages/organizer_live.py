"""The console's page of a contest that runs: figures that refresh by themselves, and what needs somebody."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.scope import Scope
from contests.actions.sitting import database_now
from contests.models import Contest
from contests.pages.organizer_guard import console_page, contest_in, organizers_only
from contests.queries import live as reads


@require_safe
@organizers_only
def live(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The whole page; its script asks for `parts` every few seconds."""
    contest = contest_in(scope, slug)
    if contest.state == Contest.State.DRAFT:
        return redirect("organizer_contest", slug)
    return console_page(request, "live", **_now(request, scope, contest))


@require_safe
@organizers_only
def parts(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """What changes on it, as it is written there."""
    return console_page(request, "_live", **_now(request, scope, contest_in(scope, slug)))


def _now(request: HttpRequest, scope: Scope, contest: Contest) -> dict[str, Any]:
    now = database_now()
    unit = reads.unit_in(contest, scope, request.GET.get("don-vi", ""))
    if unit is None:
        raise Http404
    picture, level = reads.live_picture(contest, now), reads.unit_level(contest, unit)
    return {
        "contest": contest, "now": now, "picture": picture, "unit": unit, "level": level, "top": unit == contest.audience,
        "above": reads.above(unit, contest, scope), "inside": reads.below_in_scope(level, unit, scope), "attention": reads.attention(picture, level, now), "here": "contest",
    }  # fmt: skip
