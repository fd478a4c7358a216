"""What the public opens of a share kit: the short link, and the picture beside it."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contests.models import Contest
from contests.queries.pages import public_contests
from contests.queries.sharing import share_facts
from contests.sharing.card import make_card
from contests.sharing.facts import ShareFacts

FONTS = settings.BASE_DIR / "static" / "fonts"
CARD_KEPT = 60 * 60 * 24 * 90


def facts_of(contest: Contest) -> ShareFacts:
    """The contest with its short link on this site."""
    return share_facts(contest, settings.SITE_URL + reverse("short_link", args=[contest.share_code]))


@require_safe
def short_link(request: HttpRequest, share_code: str) -> HttpResponse:
    """Lead on to the contest; large letters are the same letters. A draft is not there yet."""
    return redirect("contest", get_object_or_404(public_contests(), share_code=share_code.lower()).slug)


@cache_control(public=True, max_age=86400)
@require_safe
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture for links, made once for each change of what it says."""
    return HttpResponse(card_of(get_object_or_404(public_contests(), slug=slug)), content_type="image/png")


def card_of(contest: Contest) -> bytes:
    """The same picture, from memory where it has been made before."""
    facts = facts_of(contest)
    made = cache.get_or_set(f"share-card:1:{contest.pk}:{facts.digest}", lambda: make_card(facts, FONTS), CARD_KEPT)
    assert made is not None
    return bytes(made)
