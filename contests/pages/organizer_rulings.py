"""The console's pages about rulings on questions: what stands, ruling on one, what it would do, doing it, taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import Scope
from contests.actions.regrade import propose_ruling
from contests.actions.ruling_work import ask
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Contest, KeyRuling, QuestionVersion
from contests.pages.organizer_attempt_forms import KeyRulingForm, UndoForm
from contests.pages.organizer_guard import console_page, contest_in, organizers_only
from contests.queries import rulings as reads
from contests.queries.shown import image_of

Task = KeyRuling.Task


@require_safe
@organizers_only
def rulings(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """What stands, what was taken back, keys to look at, and a search for a question."""
    contest = contest_in(scope, slug)
    text = request.GET.get("q", "")[:80]
    return console_page(
        request, "rulings", contest=contest, text=text, found=reads.find_versions(contest, text),
        suspects=reads.suspects(contest), rulings=[(one, _key(one)) for one in reads.decided(contest)], here="contest",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def new_ruling(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Rule on one question: what, and why. The next page says what it would do."""
    contest, now = contest_in(scope, slug), database_now()
    version = _version(contest, request.GET.get("ma", ""), request.GET.get("ban", "1"))
    form = KeyRulingForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            ruling = propose_ruling(contest=contest, version=version, by=request.user, now=now, **form.plan())
            ask(ruling, Task.TRY, by=request.user)
        except ContestError as error:
            form.add_refusal(error)
        else:
            return redirect("organizer_ruling", slug, ruling.public_id)
    key = reads.key_now(contest, version)
    return console_page(
        request, "ruling_new", contest=contest, version=version, form=form, voided=key is None, draft=contest.state == Contest.State.DRAFT,
        key=reads.answer_words(version, key or ()), image=image_of(version), here="contest",
    )  # fmt: skip


def _version(contest: Contest, code: str, number: str) -> QuestionVersion:
    if "\0" in code or not (number.isascii() and number.isdigit() and len(number) < 5):
        raise Http404
    return get_object_or_404(reads.versions_of(contest), question__code=code, number=int(number))


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def ruling(request: HttpRequest, scope: Scope, slug: str, ruling_id: UUID) -> HttpResponse:
    """One ruling: what it would do, or what it did and what taking it back would do."""
    contest = contest_in(scope, slug)
    ruling = get_object_or_404(reads.rulings_of(contest), public_id=ruling_id)
    act = request.POST.get("act", "")
    undo = UndoForm(request.POST if act == Task.UNDO else None)
    if act in (Task.TRY, Task.APPLY, Task.TRY_UNDO) or (act == Task.UNDO and undo.is_valid()):
        try:
            done = ask(
                ruling, act, by=request.user, digest=request.POST.get("digest", ""),
                reason=undo.cleaned_data["reason"] if act == Task.UNDO else "",
            )  # fmt: skip
        except ContestError as error:
            if error.code == "reason":
                undo.add_refusal(error)
            else:
                messages.error(request, gettext(error.text))
                _try_again(request, ruling, act, error)
                return redirect("organizer_ruling", slug, ruling_id)
        else:
            if done and act in (Task.APPLY, Task.UNDO):
                messages.success(request, _said(act))
            return redirect("organizer_ruling", slug, ruling_id)
    return _show(request, contest, ruling, undo)


def _try_again(request: HttpRequest, ruling: KeyRuling, act: str, error: ContestError) -> None:
    """The figures were not true any more: show those that are."""
    if error.code == "moved":
        try:
            ask(ruling, Task.TRY if act == Task.APPLY else Task.TRY_UNDO, by=request.user)
        except ContestError as refused:
            messages.error(request, gettext(refused.text))


def _said(act: str) -> str:
    if act == Task.APPLY:
        return gettext("Đã áp dụng. Thứ hạng và bảng xếp hạng đã đổi theo; thí sinh liên quan thấy ở trang kết quả.")
    return gettext("Đã thu hồi. Điểm và thứ hạng trở lại như chưa có quyết định này.")


def _show(request: HttpRequest, contest: Contest, ruling: KeyRuling, undo: UndoForm) -> HttpResponse:
    trial = ruling.trial if _is_of_now(ruling) and not ruling.task else None
    return console_page(
        request, "ruling", contest=contest, ruling=ruling, key=_key(ruling), trial=trial, undo=undo, image=image_of(ruling.version), here="contest",
        view=reads.trial_view(contest, trial) if trial else None, error=gettext(ruling.error) if ruling.error else "",
        progress=f"{ruling.done} / {ruling.total}" if ruling.total else "",
    )  # fmt: skip


def _is_of_now(ruling: KeyRuling) -> bool:
    """Whether the trial on the row is of what could be done next (after an act it is the one of that act)."""
    trial: dict[str, Any] = ruling.trial or {}
    return bool(trial) and ruling.undone_at is None and trial.get("undo") is ruling.stands


def _key(ruling: KeyRuling) -> str:
    return reads.answer_words(ruling.version, ruling.key)
