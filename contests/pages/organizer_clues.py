"""The console's pages of clues: a queue for people, and one clue with what is known, what else explains it, and the verdict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.scope import Scope
from contests.actions.clues import ask_for_clues, mark_clue
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Clue, ClueMark
from contests.pages.organizer_attempt_forms import RefusedForm, reason_field
from contests.pages.organizer_guard import PER_PAGE, console_page, contest_in, organizers_only
from contests.queries import clues as reads

TABS = [("open", _("Chưa xem")), ("look", _("Cần xem")), ("acted", _("Đã xử lý")), ("normal", _("Bình thường"))]


class MarkForm(RefusedForm):
    """What a person makes of it. An act is chosen among those that exist."""

    verdict = forms.ChoiceField(
        label=_("Kết luận"), choices=ClueMark.Verdict.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn một kết luận."), "invalid_choice": _("Hãy chọn một kết luận.")},
    )  # fmt: skip
    act_done = forms.ChoiceField(
        label=_("Quyết định đã có"), required=False, help_text=_("Chỉ chọn khi kết luận là Đã xử lý.")
    )
    reason = reason_field(_("Chỉ ban tổ chức đọc; ghi trong nhật ký."))
    fields_of_codes = {"reason": "reason", "act": "act_done", "verdict": "verdict"}

    def __init__(self, data: Any = None, *, clue: Clue) -> None:
        super().__init__(data)
        exclusions, void = reads.acts_of(clue)
        self._acts: dict[str, dict[str, Any]] = {f"e{one.pk}": {"exclusion": one} for one in exclusions} | {
            f"v{one.pk}": {"voided": one} for one in void
        }
        names = [
            (f"e{one.pk}", gettext("Loại khỏi xếp hạng hoặc không trao giải: %(name)s") % {"name": one.member})
            for one in exclusions
        ]
        names += [(f"v{one.pk}", gettext("Huỷ kết quả: %(name)s") % {"name": one.entry.member}) for one in void]
        self.fields["act_done"].choices = [("", gettext("Chưa có") if not names else gettext("Chọn")), *names]  # type: ignore[attr-defined]

    def plan(self) -> dict[str, Any]:
        """The arguments of the act."""
        data = self.cleaned_data
        return {"verdict": data["verdict"], "reason": data["reason"]} | self._acts.get(data["act_done"], {})


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def clues(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Those that nobody has looked at first; others by their verdict. Looking again is asked of the worker."""
    contest = contest_in(scope, slug)
    if request.method == "POST":
        fresh = ask_for_clues(contest.pk)
        text = (
            gettext("Đang tìm lại. Vài phút nữa hãy tải lại trang.")
            if fresh
            else gettext("Máy chủ đang tìm. Vài phút nữa hãy tải lại trang.")
        )
        messages.info(request, text)
        return redirect("organizer_clues", slug)
    state = request.GET.get("state", "open")
    state = state if state in reads.STATES else "open"
    page = Paginator(reads.queue(contest, state), PER_PAGE).get_page(request.GET.get("page"))
    views = reads.views(list(page.object_list))
    return console_page(
        request, "clues", contest=contest, tabs=TABS, state=state, page=page, views=views, here="contest"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def clue(request: HttpRequest, scope: Scope, slug: str, clue_id: UUID) -> HttpResponse:
    """What is known, what else could explain it, what people made of it."""
    contest = contest_in(scope, slug)
    found = get_object_or_404(reads.clues_in(contest), public_id=clue_id)
    form = MarkForm(request.POST or None, clue=found)
    if request.method == "POST" and form.is_valid():
        try:
            mark_clue(clue=found, by=request.user, now=database_now(), **form.plan())
        except ContestError as error:
            form.add_refusal(error)
        else:
            messages.success(request, gettext("Đã ghi kết luận. Kết quả của thí sinh không thay đổi."))
            return redirect("organizer_clues", slug)
    [view] = reads.views([found])
    return console_page(
        request, "clue", contest=contest, view=view, clue=found, same=reads.same_wrong(found), form=form,
        marks=found.marks.select_related("by", "exclusion__member", "voided__entry__member"), here="contest",
    )  # fmt: skip
