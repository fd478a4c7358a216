"""Members' pages: home, contest, sitting, result. Each view gets, does one thing, responds."""

from __future__ import annotations

import re
import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contests.actions.device import take_over
from contests.actions.sitting import database_now, save_form
from contests.errors import ContestError
from contests.models import Attempt
from contests.pages.device import device_of, remember
from contests.pages.sitting_form import read_form
from contests.queries import announcements, pages
from contests.queries.appeals import appeals_of, window_of
from contests.queries.practice import may_practise
from contests.queries.rules_page import changes_of, published_rules
from contests.queries.standings import board_is_open, board_state
from contests.queries.winners import is_published, own_awards, why_here
from contests.tokens import make_token

BOARD_PREVIEW = 5
NUMBER = re.compile(r"[1-9][0-9]{0,3}")  # of a version of the rules


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Which contests are open, which come, which are over."""
    member = request.user if request.user.is_authenticated else None
    now = database_now()
    context = {"home": pages.home_page(member, now), "now": now, "section": "contests", "practice": may_practise()}
    return render(request, "contests/home.html", context)


@require_safe
def contest(request: HttpRequest, slug: str) -> HttpResponse:
    """May I enter, how much time, which rules, who leads."""
    contest = get_object_or_404(pages.public_contests(), slug=slug)
    member = request.user if request.user.is_authenticated else None
    now = database_now()
    page = pages.contest_page(contest, member, now)
    round_ = page.main.round if page.main else None
    board = pages.board_snapshot(contest, round_, now) if round_ and board_is_open(contest, round_, now) else None
    return render(
        request,
        "contests/contest.html",
        {
            "page": page, "contest": contest, "now": now, "section": "contests", "board": board,
            "top": pages.board_lines(board.top[:BOARD_PREVIEW]) if board else [], "rules": published_rules(contest, get_language() or "vi"),
            "practice": may_practise(contest.organizer), "official": is_published(contest), "news": announcements.public_news(contest),
            "site": settings.SITE_URL,
        },
    )  # fmt: skip


@require_safe
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules alone, whole, to print and to pin up: those in force, or the version `?ban=` names, in either language."""
    contest = get_object_or_404(pages.public_contests(), slug=slug)
    language = request.GET.get("ngon-ngu", get_language())
    language = "en" if language == "en" else "vi"
    number = request.GET.get("ban", "")
    page = published_rules(contest, language, int(number) if NUMBER.fullmatch(number) else None)
    if page is None or (number and not NUMBER.fullmatch(number)):
        raise Http404
    entry = pages.entry_of(contest, request.user) if request.user.is_authenticated else None
    with override(language):
        return render(
            request,
            "contests/rules.html",
            {
                "contest": contest, "page": page, "section": "contests", "language": language, "entry": entry,
                "changed": [(version, changes_of(version, language)) for version in page.later],
                "address": request.build_absolute_uri(request.path),
            },
        )  # fmt: skip


@login_required
@never_cache
@require_safe
def sitting(request: HttpRequest, public_id: str) -> HttpResponse:
    """The paper. A page of plain forms that `static/js/sitting.js` turns into one question a screen."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    now = database_now()
    if not pages.is_running(attempt, now):
        return redirect("result", attempt.public_id)
    if attempt.device is not None and attempt.device != device_of(request):
        context = {"attempt": attempt, "contest": attempt.round.contest, "round": attempt.round, "now": now}
        return render(request, "contests/elsewhere.html", context)
    token = make_token(
        attempt=attempt.public_id,
        shape=attempt.shape,
        epoch=attempt.epoch,
        accepts_until=attempt.accepts_until,
        keys=settings.ATTEMPT_TOKEN_KEYS,
    )
    paper, news = pages.shown_paper(attempt), announcements.sitting_news(attempt)
    return render(
        request,
        "contests/sitting.html",
        {
            "attempt": attempt, "contest": attempt.round.contest, "round": attempt.round, "questions": paper.questions, "now": now,
            "token": token, "answered": paper.answered, "places": paper.places, "prediction": paper.side,
            "news": news, "news_wire": [one.wire for one in news.items],
        },
    )  # fmt: skip


@login_required
@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go on with the sitting on this device; the other one is told as soon as it tries to save."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    device = device_of(request) or uuid.uuid4()
    take_over(attempt=attempt, device=device, now=database_now())
    return remember(redirect("sitting", attempt.public_id), device)


@login_required
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save the whole page, and hand in if asked: the way without JavaScript."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    hand_in = request.POST.get("action") == "submit"
    now = database_now()
    try:
        form = read_form(request.POST, attempt.shape)
        attempt = save_form(
            attempt=attempt, choices=form.answers, now=now, submit=hand_in and not form.unfinished, device=device_of(request)
        )  # fmt: skip
    except ContestError as error:
        messages.error(request, gettext(error.text))
        return redirect("result" if error.code == "closed" else "sitting", attempt.public_id)
    if attempt.state != Attempt.State.STARTED:
        return redirect("result", attempt.public_id)
    for question, items in form.unfinished.items():
        messages.error(request, gettext("Câu %(n)s chưa được lưu: hãy ghi mỗi số từ 1 đến %(items)s đúng một lần. Các câu khác đã lưu, bài chưa nộp.") % {"n": question, "items": items})  # fmt: skip
    messages.success(request, gettext("Đã lưu bài làm lúc %(time)s.") % {"time": f"{localtime(now):%H:%M:%S}"})
    return redirect("sitting", attempt.public_id)


@login_required
@never_cache
@require_safe
def result(request: HttpRequest, public_id: str) -> HttpResponse:
    """Was it received, what did I get, where do I stand, what next."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    now = database_now()
    if pages.is_running(attempt, now):
        return redirect("sitting", attempt.public_id)
    page = pages.result_page(attempt, now)
    board_shown = board_is_open(attempt.round.contest, attempt.round, now)
    context = {
        "page": page, "attempt": attempt, "round": attempt.round, "contest": attempt.round.contest, "now": now,
        "provisional": board_state(attempt.round.contest, attempt.round) != "final", "board_shown": board_shown,
        "prizes": own_awards(attempt.entry), "reasons": _why_here(attempt) if page.standing else [],
        "appeal_window": window_of(attempt, now), "appeals": appeals_of(attempt),
    }  # fmt: skip
    return render(request, "contests/result.html", context)


def _why_here(attempt: Attempt) -> list[str]:
    """Why the member stands there, in the language of the page."""
    english = get_language() == "en"
    said = why_here(attempt.round.contest, attempt.round, attempt.entry)
    return [one.en if english else one.vi for one in said]
