"""The course of a contest in the console: open at a moment, pause, go on, take back, begin another like it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.scope import Scope
from contests.actions.clone import clone_contest
from contests.actions.contest import PlanRefused
from contests.actions.opening import cancel_opening, schedule_opening, undo_extension, undo_opening
from contests.actions.pauses import LONGEST_REASON, pause_contest, resume_contest
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Contest
from contests.pages.organizer_forms import ConsoleForm, MomentField
from contests.pages.organizer_guard import console_page, contest_in, organizers_only, round_in
from contests.queries.live import live_picture
from contests.queries.openings import proposed_opening
from contests.queries.pauses import lost_to_pause


class PauseForm(ConsoleForm):
    """Why nobody new may begin for a while."""

    reason = forms.CharField(
        label=_("Lý do"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Người đang chờ đọc nguyên câu này, ví dụ: hệ thống đang xử lý sự cố mạng, mở lại trước 20:00."),
        error_messages={"required": _("Hãy ghi lý do; mọi người đang chờ vào thi sẽ đọc câu này.")},
    )  # fmt: skip


class ScheduleForm(ConsoleForm):
    """When a draft opens by itself."""

    at = MomentField(label=_("Tự mở lúc"), help_text=_("Giờ Việt Nam. Thường là trước giờ mở đợt đầu vài ngày."))


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def pause(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Hold a running contest, with a reason; or let it go on, with or without the lost time given back."""
    contest, now = contest_in(scope, slug), database_now()
    form = PauseForm(request.POST if request.POST.get("act") == "pause" else None)
    try:
        if request.POST.get("act") == "resume":
            resume_contest(contest=contest, give_back="give_back" in request.POST, by=request.user, now=now)
            messages.success(request, gettext("Cuộc thi đã chạy tiếp. Mọi người vào thi được ngay."))
            return redirect("organizer_contest", slug)
        if form.is_bound and form.is_valid():
            pause_contest(contest=contest, reason=form.cleaned_data["reason"], by=request.user, now=now)
            messages.success(request, gettext("Đã tạm dừng. Người đang làm bài vẫn làm tiếp; không ai vào thi mới."))
            return redirect("organizer_pause", slug)
    except PlanRefused as refused:
        form.add_problems(refused.problems) if form.is_bound else messages.error(request, gettext(refused.text))
    except ContestError as error:
        messages.error(request, gettext(error.text))
        return redirect("organizer_contest", slug)
    if contest.state != Contest.State.OPEN:
        messages.info(request, gettext("Chỉ tạm dừng được cuộc thi đang mở."))
        return redirect("organizer_contest", slug)
    return console_page(
        request, "pause", contest=contest, form=form, now=now, figures=live_picture(contest, now), lost=lost_to_pause(contest, now),
        here="contest",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def schedule(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Let a draft open by itself at a moment, move the moment, or take it back."""
    contest, now = contest_in(scope, slug), database_now()
    form = ScheduleForm(
        request.POST if request.POST.get("act") == "set" else None, initial={"at": proposed_opening(contest, now)}
    )
    try:
        if request.POST.get("act") == "cancel":
            cancel_opening(contest=contest, by=request.user)
            messages.success(request, gettext("Đã bỏ hẹn giờ mở. Cuộc thi vẫn là bản nháp."))
            return redirect("organizer_contest", slug)
        if form.is_bound and form.is_valid():
            schedule_opening(contest=contest, at=form.cleaned_data["at"], by=request.user, now=now)
            messages.success(request, gettext("Đã hẹn giờ mở. Đến lúc ấy, mọi mục được kiểm tra lại rồi mới mở."))
            return redirect("organizer_contest", slug)
    except PlanRefused as refused:
        form.add_problems(refused.problems)
    except ContestError as error:
        messages.error(request, gettext(error.text))
        return redirect("organizer_contest", slug)
    return console_page(request, "schedule", contest=contest, form=form, now=now, here="contest")


@require_POST
@organizers_only
def undo(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Take the opening back."""
    contest = contest_in(scope, slug)
    try:
        undo_opening(contest=contest, by=request.user, now=database_now())
    except ContestError as error:
        messages.error(request, gettext(error.text))
    else:
        messages.success(request, gettext("Cuộc thi đã trở về bản nháp. Đoàn viên không còn thấy."))
    return redirect("organizer_contest", slug)


@require_POST
@organizers_only
def undo_extend(request: HttpRequest, scope: Scope, slug: str, number: int) -> HttpResponse:
    """Take the last extension of a round back."""
    round_ = round_in(scope, slug, number)
    try:
        undo_extension(round_=round_, by=request.user, now=database_now())
    except ContestError as error:
        messages.error(request, gettext(error.text))
    else:
        messages.success(request, gettext("Đã rút lại lần kéo dài. Giờ đóng trở về như cũ."))
    return redirect("organizer_contest", slug)


@require_POST
@organizers_only
def clone(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """One more draft like this contest."""
    contest = contest_in(scope, slug)
    try:
        copy = clone_contest(contest=contest, by=request.user, now=database_now())
    except ContestError as error:
        messages.error(request, gettext(error.text))
        return redirect("organizer_contest", slug)
    messages.success(request, gettext("Đã nhân bản: cùng thể lệ, các đợt dời sang ngày mới, không kèm dữ liệu của ai."))
    return redirect("organizer_contest", copy.slug)
