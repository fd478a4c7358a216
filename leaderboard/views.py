"""Board pages: the board, its data for phones without sockets, one's own surroundings, the big screen and its QR code."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from contests.actions.sitting import database_now
from contests.models import Round
from contests.queries import pages
from contests.queries.announcements import public_news
from contests.queries.standings import board_is_open
from contests.queries.unit_boards import rules_of_contest
from contests.rules.timing import Phase
from leaderboard.snapshot import Snapshot, encode

SCREEN_ROWS = 9


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Who leads, where am I, how fresh."""
    contest, now = get_object_or_404(pages.public_contests(), slug=slug), database_now()
    tabs = pages.board_tabs(contest, now)
    tab = _asked(request, tabs)
    entry = pages.entry_of(contest, request.user)
    own = pages.own_standing(contest, tab.round, entry, tab.division) if entry else None
    snapshot = _snapshot(tab, now)
    lines = pages.board_lines(snapshot.top, entry.public_id.hex if entry else "") if snapshot else []
    pinned = _own_line(own) if own and not any(line.own for line in lines) else None
    context = _picture(snapshot) | {
        "contest": contest, "contest_url": reverse("contest", args=[slug]), "tab": tab, "lines": lines,
        "tabs": [each for each in tabs if each.division == tab.division], "unit_tabs": rules_of_contest(contest).unit_boards,
        "division_tabs": [each for each in tabs if each.round == tab.round],
        "entry": entry.public_id.hex if entry else "", "own": own, "own_place": str(own.place) if own else "", "pinned": pinned,
        "turnout": pages.turnouts([contest], pages.COUNT_FOR)[contest.pk], "now": now, "section": "contests", "news": public_news(contest),
    }  # fmt: skip
    return render(request, "leaderboard/board.html", context)


@cache_control(no_cache=True)
@require_safe
def board_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The snapshot that sockets push, for phones that have none. 304 while its version stands."""
    contest, now = get_object_or_404(pages.public_contests(), slug=slug), database_now()
    snapshot = _snapshot(_asked(request, pages.board_tabs(contest, now)), now)
    if snapshot is None:
        return JsonResponse({"error": "not_shown_yet"}, status=403)
    etag = f'"{snapshot.version}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(encode(snapshot), content_type="application/json")
    response["ETag"] = etag
    return response


@never_cache
@require_safe
def board_around(request: HttpRequest, slug: str) -> HttpResponse:
    """The member's exact place and who stands just above and below. 404 for who is not on the board."""
    contest, now = get_object_or_404(pages.public_contests(), slug=slug), database_now()
    tab = _asked(request, pages.board_tabs(contest, now))
    entry = pages.entry_of(contest, request.user)
    own = pages.own_standing(contest, tab.round, entry, tab.division) if entry else None
    if entry is None or own is None or not board_is_open(contest, tab.round, now):
        return JsonResponse({"error": "not_on_the_board"}, status=404)
    lines = pages.board_lines(pages.neighbours(contest, tab.round, entry, division=tab.division), entry.public_id.hex)
    return JsonResponse(
        {
            "place": own.place, "total": own.total, "order": own.order, "points": own.points, "ms": own.elapsed_ms,
            "rows": [
                {"place": line.place, "name": line.name, "unit": line.unit, "points": line.points, "ms": line.elapsed_ms, "id": line.entry}
                for line in lines
            ],
        }
    )  # fmt: skip


@require_safe
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """The board for a hall: readable from ten metres, by itself."""
    contest, now = get_object_or_404(pages.public_contests(), slug=slug), database_now()
    tab = _asked(request, pages.board_tabs(contest, now))
    round_ = tab.round or pages.current_round(contest.rounds.all(), now)
    phase = pages.contest_phase(contest, round_, now)
    snapshot = _snapshot(tab, now)
    context = _picture(snapshot) | {
        "contest": contest, "tab": tab, "phase": phase, "now": now, "until": _until(round_, phase),
        "lines": pages.board_lines(snapshot.top[:SCREEN_ROWS]) if snapshot else [],
        "turnout": pages.turnouts([contest], pages.COUNT_FOR)[contest.pk],
    }  # fmt: skip
    return render(request, "leaderboard/screen.html", context)


@never_cache
@require_safe
def turnout(request: HttpRequest, slug: str) -> HttpResponse:
    """People and attempts, for the big screen; counted at most every ten seconds."""
    contest = get_object_or_404(pages.public_contests(), slug=slug)
    found = pages.turnouts([contest], pages.COUNT_FOR)[contest.pk]
    return JsonResponse({"people": found.people, "attempts": found.attempts})


@cache_control(max_age=3600)
@require_safe
def qr(request: HttpRequest, slug: str) -> HttpResponse:
    """The QR code of the contest's page."""
    get_object_or_404(pages.public_contests(), slug=slug)
    code = segno.make(settings.SITE_URL + reverse("contest", args=[slug]), error="m", micro=False)
    picture = io.BytesIO()
    code.save(picture, kind="svg", scale=10, border=2, xmldecl=False)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def _asked(request: HttpRequest, tabs: list[pages.BoardTab]) -> pages.BoardTab:
    """The board that `?bang=` names, else the first; 404 for a board that the contest does not have."""
    name = request.GET.get("bang")
    found = next((tab for tab in tabs if name in (None, tab.name)), None)
    if found is None:
        raise Http404
    return found


def _snapshot(tab: pages.BoardTab, now: datetime) -> Snapshot | None:
    """The board's picture; None while its points are kept back."""
    shown = board_is_open(tab.contest, tab.round, now)
    return pages.board_snapshot(tab.contest, tab.round, now, tab.division) if shown else None


def _picture(snapshot: Snapshot | None) -> dict[str, Any]:
    """What templates need of a snapshot besides its rows; numbers for scripts as text, so that nothing groups digits."""
    if snapshot is None:
        return {"snapshot": None, "version": "0", "at": datetime.now(UTC)}
    return {
        "snapshot": snapshot, "version": str(snapshot.version), "at": datetime.fromtimestamp(snapshot.at_ms / 1000, UTC),
    }  # fmt: skip


def _own_line(own: pages.OwnStanding) -> pages.BoardLine:
    return pages.BoardLine(own.place, own.name, own.unit, own.points, own.elapsed_ms, own.entry, own=True)


def _until(round_: Round | None, phase: Phase) -> datetime | None:
    if round_ is None or phase is Phase.CLOSED:
        return None
    return round_.closes_at if phase is Phase.OPEN else round_.opens_at
