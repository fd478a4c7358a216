"""The organizer's console, /to-chuc/. Each view gets its object through the scope, asks one form, does one act, responds.

Only members with an organizer's role come in; a contest or bank outside their units does not exist for them (404).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import Scope
from contests.actions import contest as contest_acts
from contests.actions.contest import PlanRefused
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Contest
from contests.pages.organizer_checks import check_lines
from contests.pages.organizer_forms import (
    ConsoleForm,
    ContestForm,
    ExtendForm,
    RoundForm,
    StartForm,
    typed,
    words_initial,
)
from contests.pages.organizer_guard import console_page, contest_in, organizers_only, round_in, units_of
from contests.pages.organizer_presets import PRESETS, proposed_title
from contests.pages.organizer_words import event_lines
from contests.queries import organizer as reads
from contests.queries.appeals import open_count
from contests.queries.bank import blueprint_sizes
from contests.queries.bank_console import contest_banks_in, sample_paper, with_sizes
from contests.queries.bank_shares import withheld
from contests.queries.checklist import checklist
from contests.queries.live import live_picture
from contests.queries.marking import may_hold_essays, waiting_essays
from contests.queries.openings import course_of
from contests.queries.review import keys_shown_since
from contests.queries.rules_page import rules_of
from contests.queries.rulings import suspects
from contests.rules.paper import BankTooSmall


# --- Home and search -----------------------------------------------------------------------------------------------
@require_safe
@organizers_only
def home(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What needs me today."""
    now = database_now()
    return console_page(request, "home", console=reads.console(scope, now), now=now, here="home")


@require_safe
@organizers_only
def units(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Units in scope that match what is being typed, for the audience picker."""
    found = reads.find_units(scope, request.GET.get("q", ""))
    return JsonResponse(
        {"units": [{"code": one.code, "name": one.name, "above": one.above, "kind": one.kind} for one in found]}
    )


# --- A new contest -------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def new_contest(request: HttpRequest, scope: Scope) -> HttpResponse:
    """First the beginning and the bank, then one page of decisions; a draft comes of it."""
    now = database_now()
    banks = list(with_sizes(contest_banks_in(scope), now))
    start = StartForm(request.GET or None, presets=PRESETS, banks=banks)
    if not start.is_valid():
        return console_page(request, "start_contest", start=start, presets=PRESETS.values(), banks=banks, here="new")
    preset, bank = start.preset, start.chosen_bank
    sizes, own = blueprint_sizes(bank, timezone.localdate(now)), units_of(request)
    words_start = {"title": proposed_title(bank.name)}
    words_start |= {"organizer": own[0].code, "audience": own[0].code} if own else {}
    words = ContestForm(scope=scope, units=own, initial=words_start)
    round_ = RoundForm(sizes=sizes, initial=RoundForm.initial_of_preset(preset, sizes, preset.window(now)))
    if "find" in request.POST:
        words = ContestForm(scope=scope, units=own, initial=typed(request.POST, words))
        round_ = RoundForm(sizes=sizes, initial=typed(request.POST, round_))
    elif request.method == "POST":
        words = ContestForm(request.POST, scope=scope, units=own)
        round_ = RoundForm(request.POST, sizes=sizes)
        if words.is_valid() & round_.is_valid():
            try:
                contest = contest_acts.create_contest(
                    title=words.cleaned_data["title"], summary=words.cleaned_data["summary"], organizer=words.chosen_organizer,
                    audience=words.chosen_audience, bank=bank, first_round=round_.plan(), weeks=round_.cleaned_data["weeks"], by=request.user, now=now,
                )  # fmt: skip
            except PlanRefused as refused:
                _share(refused, words, round_)
            else:
                messages.success(request, gettext("Đã lưu bản nháp. Hãy kiểm tra lần cuối rồi mở cuộc thi."))
                return redirect("organizer_contest", contest.slug)
    return console_page(request, "new_contest", words=words, round=round_, bank=bank, preset=preset, here="new")


def _share(refused: PlanRefused, *forms: ConsoleForm) -> None:
    """Give each finding to the form that has its field; the first form takes the rest."""
    own = {"title", "summary", "audience", "organizer", "bank"}
    forms[0].add_problems(problem for problem in refused.problems if problem.field in own)
    forms[-1].add_problems(problem for problem in refused.problems if problem.field not in own)


# --- A contest -----------------------------------------------------------------------------------------------------
@csp_update({"frame-src": ["'self'"]})
@require_safe
@organizers_only
def contest(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Where it stands, what is missing, what happens now."""
    contest, now = contest_in(scope, slug), database_now()
    checks = checklist(contest, scope, now) if contest.state == Contest.State.DRAFT else []
    events = reads.events_of(contest)
    return console_page(
        request, "contest", contest=contest, now=now, rounds=reads.round_views(contest, now), checks=check_lines(checks, contest, scope),
        appeals=open_count(contest), essays=_essays(contest), ready=all(check.ok for check in checks), open_points=sum(not check.ok for check in checks),
        suspects=len(suspects(contest)),
        figures=None if contest.state == Contest.State.DRAFT else live_picture(contest, now), events=event_lines(events),
        rules=rules_of(contest, get_language() or "vi") if all(check.ok for check in checks if check.code == "rules") else [],
        course=course_of(contest, now), reopen_until=contest_acts.reopen_until(contest) if contest.state == Contest.State.CLOSED else None, here="contest",
    )  # fmt: skip


def _essays(contest: Contest) -> int | None:
    """How many essays wait to be marked; None where there can be none."""
    if contest.state == Contest.State.DRAFT or not may_hold_essays(contest):
        return None
    return waiting_essays(contest.rounds.select_related("contest"))


@require_safe
@organizers_only
def figures(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The live figures as they are written on the page: those of the live page, counted once for all who look."""
    now = live_picture(contest_in(scope, slug), database_now())
    numbers = {
        name: number_format(getattr(now, name), force_grouping=True)
        for name in ("people", "starts", "sitting", "handed_in", "graded")
    }
    return JsonResponse(numbers | {"at": f"{timezone.localtime(now.at):%H:%M:%S}"})


@require_safe
@organizers_only
def preview(request: HttpRequest, scope: Scope, slug: str, number: int) -> HttpResponse:
    """A paper as a phone shows it, drawn like a real one, without keys."""
    round_ = round_in(scope, slug, number)
    digits = request.GET.get("de", "1")
    seed = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1
    questions, problem = [], gettext(withheld(round_.contest, scope))
    try:
        if not problem:
            questions = sample_paper(round_, seed, database_now())
    except BankTooSmall as short:
        problem = str(short)
    return console_page(
        request, "preview", contest=round_.contest, round=round_, questions=questions, problem=problem, seed=seed, next_seed=seed + 1,
        minutes=round_.rules.get("minutes"), here="contest",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def edit_contest(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """The words and people of a contest."""
    contest = contest_in(scope, slug)
    units = reads.with_unit(units_of(request), contest.organizer)
    words_only = contest.state != Contest.State.DRAFT
    form = ContestForm(scope=scope, units=units, words_only=words_only, initial=words_initial(contest))
    if "find" in request.POST:
        form = ContestForm(scope=scope, units=units, words_only=words_only, initial=typed(request.POST, form))
    elif request.method == "POST":
        data = {**request.POST.dict(), "organizer": contest.organizer.code}
        form = ContestForm(data, scope=scope, units=units, words_only=words_only)
        if form.is_valid():
            try:
                contest_acts.update_contest(
                    contest=contest, title=form.cleaned_data["title"], summary=form.cleaned_data["summary"], audience=contest.audience if words_only else form.chosen_audience,
                    by=request.user, now=database_now(),
                )  # fmt: skip
            except PlanRefused as refused:
                form.add_problems(refused.problems)
            except ContestError as error:
                form.add_error(None, gettext(error.text))
            else:
                messages.success(request, gettext("Đã lưu thay đổi."))
                return redirect("organizer_contest", slug)
    return console_page(request, "edit_contest", contest=contest, words=form, here="contest")


@csp_update({"frame-src": ["'self'"]})
@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def edit_round(request: HttpRequest, scope: Scope, slug: str, number: int | None = None) -> HttpResponse:
    """A round of a draft; without a number, one more round that begins as the last one does, a week later."""
    now = database_now()
    contest = contest_in(scope, slug)
    round_ = None if number is None else round_in(scope, slug, number)
    model = round_ or reads.next_round(contest)
    gone: dict[str, dict[str, int]] = {part["topic"]: {} for part in model.rules.get("draw", [])}
    sizes = {**gone, **blueprint_sizes(contest.bank, timezone.localdate(now))}
    options: dict[str, Any] = {"sizes": sizes, "kept_rules": model.rules}
    form = RoundForm(request.POST or None, initial=RoundForm.initial_of_round(model), **options)
    if request.method == "POST" and form.is_valid():
        try:
            if round_ is None:
                known = "keys_known" in request.POST
                contest_acts.add_round(contest=contest, plan=form.plan(), by=request.user, now=now, keys_known=known)
            else:
                contest_acts.update_round(round_=round_, plan=form.plan(), by=request.user, now=now)
        except PlanRefused as refused:
            form.add_problems(refused.problems)
        except ContestError as error:
            form.add_error(None, gettext(error.text))
        else:
            messages.success(request, gettext("Đã lưu đợt thi."))
            return redirect("organizer_contest", slug)
    adds = round_ is None and contest.state == Contest.State.OPEN
    return console_page(
        request, "edit_round", contest=contest, round=form, existing=round_, bank=contest.bank, here="contest",
        keys_shown=keys_shown_since(contest.bank, now) if adds else None,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def extend(request: HttpRequest, scope: Scope, slug: str, number: int) -> HttpResponse:
    """Move the closing of an open round later, with a reason."""
    round_ = round_in(scope, slug, number)
    form = ExtendForm(request.POST or None, initial={"closes_at": round_.closes_at})
    if request.method == "POST" and form.is_valid():
        try:
            contest_acts.extend_round(round_=round_, **form.cleaned_data, by=request.user, now=database_now())
        except PlanRefused as refused:
            form.add_problems(refused.problems)
        except ContestError as error:
            form.add_error(None, gettext(error.text))
        else:
            messages.success(request, gettext("Đã kéo dài đợt thi. Lý do được ghi trong nhật ký."))
            return redirect("organizer_contest", slug)
    return console_page(request, "extend", contest=round_.contest, round=round_, form=form, here="contest")


@require_POST
@organizers_only
def remove_round(request: HttpRequest, scope: Scope, slug: str, number: int) -> HttpResponse:
    """Take the last round out of a draft."""
    round_ = round_in(scope, slug, number)
    return _act(
        request,
        slug,
        gettext("Đã bỏ đợt thi."),
        lambda: contest_acts.remove_round(round_=round_, by=request.user, now=database_now()),
    )


@require_POST
@organizers_only
def open_contest(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Publish."""
    contest = contest_in(scope, slug)
    done = gettext("Cuộc thi đã được công bố. Đoàn viên vào thi được trong khung giờ của từng đợt.")
    return _act(
        request, slug, done, lambda: contest_acts.open_contest(contest=contest, by=request.user, now=database_now())
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def close_contest(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Ask once more, saying who is sitting; then end."""
    contest, now = contest_in(scope, slug), database_now()
    if request.method != "POST":
        return console_page(
            request,
            "close",
            contest=contest,
            now=now,
            figures=live_picture(contest, now),
            rounds=reads.round_views(contest, now),
            here="contest",
        )
    done = gettext("Cuộc thi đã kết thúc. Trong 24 giờ bạn còn mở lại được.")
    return _act(request, slug, done, lambda: contest_acts.close_contest(contest=contest, by=request.user, now=now))


@require_POST
@organizers_only
def reopen_contest(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Take a closing back."""
    contest = contest_in(scope, slug)
    return _act(
        request, slug, gettext("Cuộc thi đã được mở lại."),
        lambda: contest_acts.reopen_contest(contest=contest, by=request.user, now=database_now()),
    )  # fmt: skip


def _act(request: HttpRequest, slug: str, done: str, act: Callable[[], Any]) -> HttpResponse:
    """Do one act, say how it went, and show the contest."""
    try:
        act()
    except ContestError as error:
        (messages.info if error.code == "already_open" else messages.error)(request, gettext(error.text))
    else:
        messages.success(request, done)
    return redirect("organizer_contest", slug)
