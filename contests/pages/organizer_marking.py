"""The console's pages for marking essays: the queue, and one essay. Nothing on them tells who wrote it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import Scope
from contests.actions.marking import CREDITS, LONGEST_NOTE, mark_essay
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import Attempt
from contests.pages.organizer_attempt_forms import RefusedForm
from contests.pages.organizer_forms import number_field
from contests.pages.organizer_guard import console_page, contest_in, organizers_only
from contests.queries import marking as reads

STEPS = range(0, 101, 10)  # percent that one tap gives
CHANGEABLE_SHOWN = 25


class MarkForm(RefusedForm):
    """What an essay is worth, with a note for the organizers."""

    credit = number_field(CREDITS, label=_("Điểm, phần trăm"), help_text=_("Số nguyên từ 0 đến 100 của điểm câu này."))
    note = forms.CharField(
        label=_("Ghi chú"), required=False, widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_NOTE}),
        help_text=_("Thí sinh không đọc được; người chấm khác đọc khi bài đã chấm xong."),
    )  # fmt: skip
    fields_of_codes = {"credit": "credit", "note": "note"}


@require_safe
@organizers_only
def queue(request: HttpRequest, scope: Scope, slug: str) -> HttpResponse:
    """How many essays wait, and the next one for this marker."""
    contest = contest_in(scope, slug)
    found = reads.queue_of(contest, request.user.pk)
    mine = found.for_me
    return console_page(
        request, "marking", contest=contest, queue=found, steps=found.steps, mine=len(mine), next=mine[0] if mine else None,
        changeable=[(one, one.mark_by(request.user.pk)) for one in found.changeable[:CHANGEABLE_SHOWN]], here="contest",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def essay(request: HttpRequest, scope: Scope, slug: str, essay: str) -> HttpResponse:
    """One essay: read it, mark it, go on to the next."""
    contest, marker = contest_in(scope, slug), request.user.pk
    found = reads.queue_of(contest, marker)
    one = found.find(essay)
    if one is None or one.author == marker:
        raise Http404
    page = reads.essay_page(found, one)
    own = one.mark_by(marker)
    form = MarkForm(request.POST if request.method == "POST" else None, initial={"credit": own, "note": page.note})
    if request.method == "POST" and form.is_valid():
        try:
            mark_essay(
                attempt=Attempt.objects.get(pk=one.attempt), question=one.question, credit=form.cleaned_data["credit"],
                note=form.cleaned_data["note"], by=request.user, now=database_now(),
            )  # fmt: skip
        except ContestError as error:
            if error.code in MarkForm.fields_of_codes:
                form.add_refusal(error)
            else:  # somebody was faster: nothing is left to do here
                messages.error(request, gettext(error.text))
                return redirect("organizer_marking", slug)
        else:
            messages.success(request, gettext("Đã lưu điểm bài số %(number)s.") % {"number": one.spaced})
            return _onward(slug, found, one)
    return console_page(
        request, "essay", contest=contest, page=page, essay=one, number=one.spaced, form=form, steps=STEPS,
        twins=[(reads.spaced(twin.number), twin) for twin in page.twins], left=len(found.for_me), own=own,
        may_mark=one.waits_for(marker) or one.is_open_to_change(marker),
        credit=one.credit, marks=page.given if own is not None and one.credit is not None else [], here="contest",
    )  # fmt: skip


def _onward(slug: str, found: reads.Queue, done: reads.Essay) -> HttpResponse:
    """To the next one in this marker's order; to the queue where that was the last."""
    rest = [one for one in found.for_me if one.number != done.number]
    return redirect("organizer_essay", slug, rest[0].number) if rest else redirect("organizer_marking", slug)
