"""The console's pages about winners: what a list would be now, one list with its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.scope import Scope
from contests.actions import awards as acts
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Award, Contest, Round, WinnersList
from contests.pages.organizer_award_forms import GROUP, DecisionForm, WithdrawForm
from contests.pages.organizer_guard import console_page, contest_in, organizers_only
from contests.queries import winners as reads
from contests.queries.appeals import open_count
from contests.rules.contest_settings import parse_contest_rules


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def awards(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """What a list of winners would be now, what stands against it, and the lists that there are."""
    contest, now = contest_in(scope, slug), database_now()
    round_ = _round(contest, request.GET.get("dot", ""))
    if request.POST.get("act") == "propose":
        try:
            made = acts.propose_winners(contest=contest, round_=round_, by=request.user, now=now)
        except ContestError as error:
            messages.error(request, gettext(error.text))
        else:
            messages.success(request, gettext("Đã đề xuất danh sách. Hãy kiểm tra; người khác sẽ công bố."))
            return redirect("organizer_winners", slug, made.public_id)
    look = reads.outlook(contest, round_, now)
    forms = {group.key: DecisionForm(group=group) for group in look.tied}
    if request.POST.get("act") == "decide":
        form = _decided(request, contest, round_, look)
        if form is None:
            return redirect(reverse("organizer_awards", args=[slug], query={"dot": round_.number} if round_ else None))
        forms[form.group.key] = form
    lists = list(reads.lists_of(contest))
    published = next((one for one in lists if one.state == WinnersList.State.PUBLISHED and one.round == round_), None)
    moves = reads.differences(reads.awards_of(published), look.awards) if published and look.awards else []
    return console_page(
        request, "awards", contest=contest, round=round_, rounds=list(contest.rounds.all()), look=look, forms=list(forms.values()),
        prizes=_by_prize(contest, look.awards), lists=lists, published=published, moves=moves, here="contest",
    )  # fmt: skip


def _decided(request: HttpRequest, contest: Contest, round_: Round | None, look: reads.Outlook) -> DecisionForm | None:
    """Take the decision; the form with its errors, None when it is done or its group is no more."""
    group = next((one for one in look.tied if one.key == request.POST.get(GROUP)), None)
    if group is None:
        messages.error(request, gettext("Nhóm này không còn bằng nhau, hoặc đã được quyết định. Hãy xem lại trang."))
        return None
    form = DecisionForm(request.POST, group=group)
    if form.is_valid():
        try:
            acts.decide_tie(
                contest=contest, round_=round_, group=group.key, order=form.order(), by=request.user,
                reason=form.cleaned_data["reason"], now=database_now(),
            )  # fmt: skip
        except ContestError as error:
            form.add_refusal(error)
        else:
            messages.success(request, gettext("Đã ghi quyết định. Thứ hạng và danh sách được tính lại."))
            return None
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def winners_list(request: HttpRequest, scope: Scope, slug: str, list_id: UUID) -> HttpResponse:
    """One list: who gets what and why, who was passed over, and the next step."""
    contest, now = contest_in(scope, slug), database_now()
    winners = get_object_or_404(reads.lists_of(contest), public_id=list_id)
    act = request.POST.get("act", "")
    form = WithdrawForm(request.POST if act == "withdraw" else None)
    try:
        if act in STEPS:
            step, done = STEPS[act]
            step(winners=winners, by=request.user, now=now)
            messages.success(request, done)
            return redirect("organizer_winners", slug, list_id)
        if act == "withdraw" and form.is_valid():
            acts.withdraw_winners(winners=winners, by=request.user, reason=form.cleaned_data["reason"], now=now)
            messages.success(request, gettext("Đã rút lại danh sách."))
            return redirect("organizer_winners", slug, list_id)
    except ContestError as error:
        if act == "withdraw":
            form.add_refusal(error)
        else:
            messages.error(request, gettext(error.text))
            return redirect("organizer_winners", slug, list_id)
    lines = reads.awards_of(winners)
    before = reads.published_like(winners) if winners.in_hand else None
    return console_page(
        request, "winners_list", contest=contest, winners=winners, prizes=_by_prize(contest, lines), form=form,
        before=before, moves=reads.differences(reads.awards_of(before), lines) if before else [],
        own=winners.proposed_by_id == request.user.pk, appeals=open_count(contest), here="contest",
    )  # fmt: skip


STEPS: dict[str, tuple[Callable[..., WinnersList], Any]] = {
    "verify": (acts.verify_winners, _("Đã ghi nhận kiểm tra. Người khác người đề xuất công bố được danh sách này.")),
    "publish": (acts.publish_winners, _("Đã công bố. Trang kết quả và bảng xếp hạng nay là chính thức.")),
}


def _round(contest: Contest, number: str) -> Round | None:
    """The round that the address asks for; None for the whole contest. 404 for one that is not there."""
    if not number:
        return None
    found = next((one for one in contest.rounds.all() if str(one.number) == number), None)
    if found is None:
        raise Http404
    return found


def _by_prize(contest: Contest, lines: list[Award]) -> list[dict[str, Any]]:
    """The lines in their order, by prize."""
    rounds = {one.number: one.title for one in contest.rounds.all()}
    rules = parse_contest_rules(contest.rules)
    groups: dict[tuple[str, str, int], dict[str, Any]] = {}
    for line in lines:
        of = reads.ranking_title(line.ranking, rounds, rules)
        group = groups.setdefault(
            (line.prize, of, line.amount), {"prize": line.prize, "of": of, "amount": line.amount, "given": [], "passed": []}
        )  # fmt: skip
        group["given" if line.given else "passed"].append(line)
    return list(groups.values())
