"""Boards of units for everybody: the page, and the piece of it that looks for news while the contest runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contests.actions.sitting import database_now
from contests.models import Contest, Round
from contests.queries import pages, unit_boards
from contests.queries.standings import board_is_open
from contests.rules.contest_settings import UnitBoard
from contests.rules.timing import Phase
from contests.rules.unit_board import RankedUnit, hints_at_results, value_text

SHOWN = 50  # units; one's own is shown wherever it stands
LEFT_OUT_SHOWN = 200


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as the page shows it."""

    place: int | None
    name: str
    value: str
    worked: str
    why_not: str
    own: bool
    shared: bool


@require_safe
def unit_board(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Which unit leads, by which numbers, where is mine."""
    contest, now = get_object_or_404(pages.public_contests(), slug=slug), database_now()
    board, round_ = _asked(contest, key, request.GET.get("dot"))
    entry = pages.entry_of(contest, request.user)
    own = unit_boards.own_path(request.user, entry) if request.user.is_authenticated else ""
    rounds = [one for one in contest.rounds.all() if now >= one.opens_at]
    phase = pages.contest_phase(contest, pages.current_round(contest.rounds.all(), now), now)
    context = _picture(contest, board, round_, now, path=own) | {
        "contest": contest, "contest_url": reverse("contest", args=[slug]), "tabs": [tab for tab in pages.board_tabs(contest, now) if not tab.division],
        "unit_tabs": unit_boards.rules_of_contest(contest).unit_boards, "unit_tab": board, "round": round_,
        "rounds": rounds if contest.rounds.count() > 1 else [], "running": phase is Phase.OPEN, "section": "contests",
    }  # fmt: skip
    return render(request, "leaderboard/units.html", context)


@never_cache  # it may name the reader's unit; the page itself remembers the version
@require_safe
def unit_rows(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The rows alone, for pages that are open. 304 while nothing of them has changed."""
    contest, now = get_object_or_404(pages.public_contests(), slug=slug), database_now()
    board, round_ = _asked(contest, key, request.GET.get("dot"))
    picture = _picture(contest, board, round_, now, code=request.GET.get("cua", ""))
    etag = f'"{picture["version"]}-{get_language()}"'
    if picture["shown"] and etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = render(request, "leaderboard/_unit_rows.html", picture)
    response["ETag"] = etag
    return response


def _asked(contest: Contest, key: str, number: str | None) -> tuple[UnitBoard, Round | None]:
    """The board of that key, and the round that was asked for; 404 for what the contest does not have."""
    board = next((one for one in unit_boards.rules_of_contest(contest).unit_boards if one.key == key), None)
    if board is None:
        raise Http404
    if number is None:
        return board, None
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        raise Http404
    return board, get_object_or_404(contest.rounds, number=int(number))


def _picture(
    contest: Contest, board: UnitBoard, round_: Round | None, now: datetime, *, path: str = "", code: str = ""
) -> dict[str, object]:
    """What the rows need; the reader's unit by a path inside it or by its code.

    Points, and what tells of them, wait as long as the people's board does.
    """
    if hints_at_results(board) and not board_is_open(contest, round_, now):
        return {"shown": False, "version": "0"}
    picture = unit_boards.unit_picture(contest, board, round_)
    own = picture.unit_at(path) or picture.by_code.get(code)
    ranked = [one for one in picture.ranking if one.place is not None]
    left_out = picture.ranking[len(ranked) :]
    shared = {one.place for one, other in pairwise(ranked) if one.place == other.place}

    def line(one: RankedUnit) -> UnitLine:
        value = value_text(board, one.value) if one.value is not None else ""
        return UnitLine(
            one.place, one.unit.name, value, one.worked, one.why_not, one.unit.unit == own, one.place in shared
        )

    return {
        "shown": True, "own_code": next((code for code, unit in picture.by_code.items() if unit == own), ""), "version": picture.version, "total": len(ranked), "at": now,
        "lines": [line(one) for one in ranked[:SHOWN]],
        "pinned": next((line(one) for one in ranked[SHOWN:] if one.unit.unit == own), None),
        "left_out": [line(one) for one in left_out[:LEFT_OUT_SHOWN]], "left_out_more": max(0, len(left_out) - LEFT_OUT_SHOWN),
        "own_left_out": next((line(one) for one in left_out if one.unit.unit == own), None),
    }  # fmt: skip
