"""The share kit of a contest in the console: short link, QR code, poster, card, texts to paste. A draft has one too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.scope import Scope
from contests.actions.sharing import note_share_seen
from contests.actions.sitting import database_now
from contests.pages.organizer_guard import console_page, contest_in, organizers_only
from contests.pages.shared import FONTS, card_of, facts_of
from contests.sharing.codes import qr_png, qr_svg
from contests.sharing.facts import texts
from contests.sharing.poster import STEPS, make_poster


@require_safe
@organizers_only
def share(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Everything on one page, ready to take."""
    contest = contest_in(scope, slug)
    note_share_seen(contest=contest, now=database_now())
    facts = facts_of(contest)
    return console_page(request, "share", contest=contest, facts=facts, texts=texts(facts), here="contest")


@require_safe
@organizers_only
def poster(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The poster as a page, for printers that know no PDF."""
    contest = contest_in(scope, slug)
    return console_page(request, "poster", contest=contest, facts=facts_of(contest), steps=STEPS, here="contest")


@require_safe
@organizers_only
def poster_file(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The poster as PDF."""
    contest = contest_in(scope, slug)
    return _file(make_poster(facts_of(contest), FONTS), "application/pdf", f"{slug}-ap-phich.pdf")


@require_safe
@organizers_only
def qr_in_png(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The QR code for slides and print shops."""
    return _file(qr_png(facts_of(contest_in(scope, slug)).link), "image/png", f"{slug}-ma-qr.png")


@require_safe
@organizers_only
def qr_in_svg(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The QR code, shown on the page."""
    return HttpResponse(qr_svg(facts_of(contest_in(scope, slug)).link), content_type="image/svg+xml")


@require_safe
@organizers_only
def card(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The picture beside the link, of a draft too."""
    return HttpResponse(card_of(contest_in(scope, slug)), content_type="image/png")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    """To be saved under a name that says what it is."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
