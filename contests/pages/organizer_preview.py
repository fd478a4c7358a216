"""A draft as members will see it: the contest's own page, and a paper for the frame beside a form. Both show, neither acts."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.scope import Scope
from contests.actions.sitting import database_now
from contests.models import Contest
from contests.pages.organizer_guard import console_page, contest_in, organizers_only, round_in
from contests.queries import pages
from contests.queries.bank_console import sample_paper
from contests.queries.bank_shares import withheld
from contests.queries.practice import may_practise
from contests.queries.preflight import read_rules
from contests.queries.rules_page import Published, published_rules, rules_of
from contests.rules.paper import BankTooSmall

OURS_ONLY = {"frame-ancestors": ["'self'"]}


@csp_replace(OURS_ONLY)
@xframe_options_sameorigin
@require_safe
@organizers_only
def member_page(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The real page of the contest with its rules, as a visitor sees it once it is open; nothing is published by looking."""
    contest, now = contest_in(scope, slug), database_now()
    rounds = list(contest.rounds.all())
    if not rounds or any(read_rules(one.rules)[0] is None for one in rounds):
        return console_page(request, "preview_frame", contest=contest, problem=True, here="contest")
    is_draft = contest.state == Contest.State.DRAFT  # then what was published before counts no more
    contest.state = Contest.State.OPEN  # in memory only: the page as it will be
    page = pages.contest_page(contest, None, now)
    context = {
        "page": page, "contest": contest, "now": now, "section": "contests", "board": None, "top": [],
        "rules": Published(rules_of(contest, get_language() or "vi"), None, []) if is_draft else published_rules(contest, get_language() or "vi"), "practice": may_practise(contest.organizer), "official": False,
        "site": settings.SITE_URL,
    }  # fmt: skip
    return render(request, "contests/contest.html", context)


@csp_replace(OURS_ONLY)
@xframe_options_sameorigin
@require_safe
@organizers_only
def paper_frame(request: HttpRequest, scope: Scope, slug: str, number: int) -> HttpResponse:
    """One paper of the round as it is saved, without the console around it."""
    round_ = round_in(scope, slug, number)
    questions, problem = [], gettext(withheld(round_.contest, scope))
    try:
        if not problem:
            questions = sample_paper(round_, 1, database_now())
    except BankTooSmall as short:
        problem = str(short)
    return console_page(
        request, "preview_frame", contest=round_.contest, round=round_, questions=questions, short=problem,
        minutes=round_.rules.get("minutes"), here="contest",
    )  # fmt: skip
