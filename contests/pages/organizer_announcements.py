"""The console's pages of what is said while a contest runs: announcements, and what members ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import Scope
from contests.actions.announce import announce, answer_member, withdraw
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Contest, Round
from contests.models.live import ANNOUNCED
from contests.pages.organizer_attempt_forms import RefusedForm
from contests.pages.organizer_forms import use_plain_words
from contests.pages.organizer_guard import PER_PAGE, console_page, contest_in, organizers_only
from contests.queries import announcements as reads

EVERYBODY, QUESTION = "all", "question"


class WordsForm(RefusedForm):
    """A plain text for members."""

    text = forms.CharField(
        label=_("Nội dung"), max_length=ANNOUNCED * 2, widget=forms.Textarea(attrs={"rows": 4, "maxlength": ANNOUNCED}),
        help_text=_("Nhiều nhất 500 ký tự, không nói điều gì gợi ra đáp án."), error_messages={"required": _("Hãy viết nội dung.")},
    )  # fmt: skip
    fields_of_codes = {"text": "text", "version": "code"}


class AnnounceForm(WordsForm):
    """And who reads it."""

    whom = forms.ChoiceField(label=_("Gửi tới"))
    code = forms.CharField(
        label=_("Mã câu"),
        required=False,
        max_length=60,
        help_text=_("Chỉ ghi khi gửi về một câu; chỉ ai có câu ấy trong đề mới thấy."),
    )
    field_order = ["whom", "code", "text"]

    def __init__(self, data: Any = None, *, contest: Contest, rounds: Sequence[Round]) -> None:
        super().__init__(data)
        self._contest, self._rounds = contest, {str(one.number): one for one in rounds}
        self.fields["whom"].choices = [  # type: ignore[attr-defined]
            (EVERYBODY, _("Mọi người xem cuộc thi")), *((number, one.title) for number, one in self._rounds.items()), (QUESTION, _("Người có một câu trong đề")),
        ]  # fmt: skip
        self.fields["whom"].initial = EVERYBODY
        use_plain_words(self)

    def clean(self) -> dict[str, Any]:
        """The round or the question that it is about."""
        data: dict[str, Any] = super().clean() or {}
        whom = data.get("whom", "")
        data["version"] = reads.version_by_code(self._contest, data.get("code", "")) if whom == QUESTION else None
        if whom == QUESTION and data["version"] is None:
            self.add_error("code", gettext("Không có câu mang mã này trong ngân hàng của cuộc thi. Hãy xem lại mã."))
        data["round_"] = self._rounds.get(whom)
        return data


class AnswerForm(WordsForm):
    """An answer, to one or to all."""

    to_all = forms.BooleanField(
        label=_("Gửi cả cho mọi người cùng đợt (nếu hỏi về một câu: mọi người có câu ấy trong đề)"), required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def announcements(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """Say something, and everything that was said."""
    contest, now = contest_in(scope, slug), database_now()
    form = AnnounceForm(request.POST or None, contest=contest, rounds=list(contest.rounds.all()))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            announce(
                contest=contest,
                text=data["text"],
                by=request.user,
                now=now,
                round_=data["round_"],
                version=data["version"],
            )
        except ContestError as error:
            form.add_refusal(error)
        else:
            messages.success(request, gettext("Đã gửi. Người đang làm bài thấy trong khoảng 20 giây."))
            return redirect("organizer_announcements", slug)
    page = Paginator(reads.said_in(contest), PER_PAGE).get_page(request.GET.get("page"))
    return console_page(request, "announcements", contest=contest, form=form, page=page, here="contest")


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def announcement(request: HttpRequest, scope: Scope, slug: str, announcement_id: UUID) -> HttpResponse:
    """Correct it by a new one, or take it back."""
    contest, now = contest_in(scope, slug), database_now()
    row = get_object_or_404(reads.said_in(contest), public_id=announcement_id)
    act = request.POST.get("act", "")
    form = WordsForm(request.POST if act == "correct" else None, initial={"text": row.text})
    try:
        if act == "withdraw":
            withdraw(announcement=row, by=request.user, now=now)
            messages.success(request, gettext("Đã rút. Không ai thấy thông báo này nữa; nhật ký vẫn giữ."))
            return redirect("organizer_announcements", slug)
        if act == "correct" and form.is_valid():
            announce(contest=contest, text=form.cleaned_data["text"], by=request.user, now=now, replaces=row)
            messages.success(request, gettext("Đã sửa. Người đang làm bài được báo lại."))
            return redirect("organizer_announcements", slug)
    except ContestError as error:
        if act == "correct" and error.code != "ended":
            form.add_refusal(error)
        else:
            messages.error(request, gettext(error.text))
            return redirect("organizer_announcements", slug)
    return console_page(request, "announcement", contest=contest, row=row, form=form, here="contest")


@require_safe
@organizers_only
def questions(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """What members asked, those who wait first."""
    contest = contest_in(scope, slug)
    page = Paginator(reads.asked_in(contest), PER_PAGE).get_page(request.GET.get("page"))
    return console_page(request, "questions", contest=contest, page=page, here="contest")


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def question(request: HttpRequest, scope: Scope, slug: str, asked_id: UUID) -> HttpResponse:
    """Answer one, privately or to all."""
    contest, now = contest_in(scope, slug), database_now()
    asked = get_object_or_404(reads.asked_in(contest), public_id=asked_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_member(question=asked, by=request.user, now=now, **form.cleaned_data)
        except ContestError as error:
            form.add_refusal(error)
        else:
            messages.success(request, gettext("Đã trả lời. Thí sinh thấy ngay trong bài làm."))
            return redirect("organizer_questions", slug)
    stem = reads.stem_of(asked)
    return console_page(request, "question_asked", contest=contest, asked=asked, stem=stem, form=form, here="contest")
