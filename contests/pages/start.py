"""The door of a sitting: begin an attempt, or wait for one's turn."""

from __future__ import annotations

import random
import time
import uuid
from math import ceil
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from contests.actions import gate
from contests.actions.sitting import database_now
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.pages.device import device_of, remember
from contests.queries import pages

TICKET = "luot"  # cookie, of this one address
PAUSED: dict[str, str] = {}  # by slug: what the last start in this process met; see `_waiting_page`
LOOKS_AGAIN = 60  # seconds: how old the place on a waiting page may grow where no script counts it down


@never_cache
def start(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Begin an attempt or go on with the running one; in a rush, after a wait.

    A GET begins nothing by itself: it only goes on with what a POST before it asked for, when the turn it was given has
    come. So the waiting page is a plain page that loads itself again, with or without JavaScript, and keeps its place.
    """
    ticket, now = request.COOKIES.get(TICKET, ""), timezone.now()
    if request.method == "POST":
        return _begin(request, slug, number, ticket)
    turn = gate.read_ticket(ticket, now=now)
    if turn is None:  # back from the login page, or much too late
        return redirect("contest", slug)
    if not turn.has_come(now):
        return _waiting_page(request, turn, slug)
    return _begin(request, slug, number, ticket)


@login_required
def _begin(request: HttpRequest, slug: str, number: int, ticket: str) -> HttpResponse:
    round_ = get_object_or_404(pages.public_rounds(), contest__slug=slug, number=number)
    member, now, device = request.user, database_now(), device_of(request) or uuid.uuid4()
    try:
        attempt = start_attempt(
            member=member, round_=round_, now=now, device=device,
            admit=lambda: gate.admit(
                member=member.pk, round_=round_.pk, ticket=ticket, now=now, door=waited_at_the_door(request)
            ),
        )  # fmt: skip
    except ContestError as error:
        if error.code == "paused":
            PAUSED[slug] = error.text
        messages.error(request, gettext(error.text))
        return _where_it_is_mended(error.code, slug)
    except gate.Wait as wait:
        # Not a redirect to itself: should this machine's clock be ahead of the database's, that would go round and round.
        page = redirect(request.path) if request.method == "POST" else _waiting_page(request, wait.turn, slug)
        PAUSED.pop(slug, None)
        return _hand_out(page, request.path, wait.turn)
    PAUSED.pop(slug, None)
    response = remember(redirect("sitting", attempt.public_id), device)
    if ticket:
        response.delete_cookie(TICKET, path=request.path)
    return response


def _waiting_page(request: HttpRequest, turn: gate.Turn, slug: str) -> HttpResponse:
    """How many are before, how long. Thousands load it while the site is at its limit: it asks the database nothing.

    That the contest stands still, it knows from the starts that this process refused: in a rush there is always one.
    """
    now = timezone.now()
    seconds = turn.seconds_left(now)
    response = render(
        request,
        "contests/waiting.html",
        {
            "before": turn.people_before(now), "milliseconds": ceil(seconds) * 1000, "a_second": round(turn.a_second, 2),
            "paused": PAUSED.get(slug, ""),
        },
    )  # fmt: skip
    # By a header and not in the page: it works without JavaScript too, and the page says in words what will happen. The
    # slots lie apart already; the jitter keeps those who were rounded to one second from coming in one instant.
    response.headers["Refresh"] = str(ceil(min(seconds, LOOKS_AGAIN) + random.uniform(0, 1)))  # noqa: S311  no secret
    return response


def _hand_out(response: HttpResponse, path: str, turn: gate.Turn) -> HttpResponse:
    """The ticket, for this address and for as long as it is worth something."""
    response.set_cookie(
        TICKET, gate.make_ticket(turn), expires=turn.slot + gate.TICKET_LIVES, path=path, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def waited_at_the_door(request: HttpRequest) -> float:
    """Seconds from the proxy's hand-over to the moment when a process took the request up; 0 where no proxy says.

    nginx writes the header itself, over whatever a client sends, and both clocks are this machine's.
    """
    if not settings.PRODUCTION:
        return 0.0
    try:
        handed_over = float(request.headers.get("X-Request-Start", "").removeprefix("t="))
    except ValueError:
        return 0.0
    return max(0.0, time.time() - handed_over)  # also of what is no number


def _where_it_is_mended(code: str, slug: str) -> HttpResponse:
    """The page on which a member can do something about a refused start; back to the contest from there."""
    contest_address = reverse("contest", args=[slug])
    if code == "must_register":
        return redirect("register", slug)
    name = {"no_unit": "choose_unit", "no_consent": "profile"}.get(code)
    return redirect(f"{reverse(name)}?{urlencode({'next': contest_address})}" if name else contest_address)
