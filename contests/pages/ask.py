"""A sitting's words with the organizers: what only this member may read, and asking them something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contests.actions.announce import MOST_ASKED, ask_organizers
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models.live import ASKED
from contests.pages.organizer_forms import use_plain_words
from contests.queries import announcements as reads
from contests.queries import pages

FIELDS_OF_CODES = {"text": "text", "question": "question"}


class AskForm(forms.Form):
    """About which question of the paper, and what."""

    question = forms.TypedChoiceField(
        label=_("Về câu nào"), required=False, coerce=int, empty_value=None,
        error_messages={"invalid_choice": _("Đề này không có câu ấy. Hãy chọn câu trong danh sách.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("Bạn muốn hỏi gì"), max_length=ASKED * 2, widget=forms.Textarea(attrs={"rows": 4, "maxlength": ASKED}),
        help_text=_("Nhiều nhất 300 ký tự. Chỉ ban tổ chức đọc; đừng viết đáp án của bạn vào đây."),
        error_messages={"required": _("Hãy viết điều bạn muốn hỏi.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, questions: int) -> None:
        super().__init__(data)
        numbers = [(number, gettext("Câu %(number)s") % {"number": number}) for number in range(1, questions + 1)]
        self.fields["question"].choices = [("", _("Không về câu nào")), *numbers]  # type: ignore[attr-defined]
        use_plain_words(self)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the organizers while sitting, and see what they answered."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    now = database_now()
    if request.method != "POST" and not pages.is_running(attempt, now):
        return redirect("result", attempt.public_id)
    form = AskForm(request.POST or None, questions=len(attempt.paper))
    if request.method == "POST" and form.is_valid():
        try:
            ask_organizers(attempt=attempt, now=now, **form.cleaned_data)
        except ContestError as error:
            if error.code == "closed":
                messages.error(request, gettext(error.text))
                return redirect("result", attempt.public_id)
            form.add_error(FIELDS_OF_CODES.get(error.code), gettext(error.text))
        else:
            messages.success(request, gettext("Đã gửi. Ban tổ chức trả lời thì tin hiện ngay trong bài làm."))
            return redirect("ask", attempt.public_id)
    asked = reads.asked_by(attempt)
    context = {
        "attempt": attempt, "contest": attempt.round.contest, "round": attempt.round, "form": form, "asked": asked,
        "left": max(0, MOST_ASKED - len(asked)),
    }  # fmt: skip
    return render(request, "contests/ask.html", context)


@login_required
@never_cache
@require_safe
def news(request: HttpRequest, public_id: str) -> HttpResponse:
    """What only some read, as the sitting's script asks for it: words about questions of this paper, answers to this member."""
    attempt = get_object_or_404(pages.attempts_of(request.user), public_id=public_id)
    if not pages.is_running(attempt, database_now()):
        return JsonResponse({"items": [], "asking": False})
    found = reads.sitting_news(attempt)
    return JsonResponse({"items": [one.wire for one in found.own], "asking": found.asking})
