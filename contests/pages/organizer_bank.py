"""The console's banks: made, looked through, questions retired, opened for practice."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import Scope
from contests.actions import bank as acts
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.pages.organizer_bank_forms import BankFilterForm
from contests.pages.organizer_forms import BankForm
from contests.pages.organizer_guard import PER_PAGE, bank_in, bank_to_read, console_page, organizers_only, units_of
from contests.pages.organizer_questions import question_in, question_url
from contests.queries import bank_console as reads
from contests.queries.bank import topic_sizes
from contests.queries.bank_review import care_counts
from contests.queries.lint import waiting


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def new_bank(request: HttpRequest, scope: Scope) -> HttpResponse:
    """A new, empty bank."""
    form = BankForm(request.POST or None, units=units_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            bank = acts.create_bank(owner=form.chosen_owner, name=form.cleaned_data["name"], by=request.user)
        except ContestError as error:
            form.add_error("name", gettext(error.text))
        else:
            return redirect("organizer_upload", bank.public_id)
    return console_page(request, "new_bank", form=form, here="bank")


@require_safe
@organizers_only
def bank(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """What the bank holds: search, filter, pages."""
    bank = bank_to_read(scope, public_id)
    form = BankFilterForm(request.GET, bank=bank)
    page = Paginator(reads.bank_questions(bank, form.asked()), PER_PAGE).get_page(request.GET.get("page"))
    sizes = topic_sizes(bank, timezone.localdate())
    return console_page(
        request,
        "bank",
        bank=bank,
        form=form,
        page=page,
        sizes=sizes,
        usable=sum(sizes.values()),
        filtered=any(request.GET.values()),
        care=care_counts(bank),
        kept=[(name, value) for name, value in request.GET.items() if name in form.fields],
        may_change=scope.reaches(bank.owner.path),
        more_filters=any(request.GET.get(name) for name in ("review", "look", "tag")),
        findings=waiting(bank, timezone.localdate()),
        here="bank",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def bank_practice(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Say what opening a bank for practice means, or taking it back, and what stands in the way; then do it."""
    bank, now = bank_in(scope, public_id), database_now()
    if request.method != "POST":
        return console_page(request, "practice", practice=reads.practice_of(bank, scope, now), bank=bank, here="bank")
    try:
        if request.POST.get("act") == "open":
            acts.open_for_practice(bank=bank, by=request.user, now=now)
            done = gettext("Đã mở cho mọi người thi thử.")
        elif request.POST.get("act") == "end":
            acts.end_practice(bank=bank, by=request.user)
            done = gettext("Đã thôi cho thi thử. Trang thi thử không còn ngân hàng này.")
        else:
            raise Http404
    except ContestError as error:
        messages.error(request, gettext(error.text))
        return redirect("organizer_practice", public_id)
    messages.success(request, done)
    return redirect("organizer_bank", public_id)


@require_POST
@organizers_only
def retire(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Stop drawing a question, or draw it again."""
    question = question_in(bank_in(scope, public_id), request.POST.get("ma", ""))
    act = acts.restore_question if request.POST.get("act") == "restore" else acts.retire_question
    try:
        act(question=question, by=request.user, now=database_now())
    except ContestError as error:
        messages.error(request, gettext(error.text))
    else:
        done = gettext("Câu %(code)s được bốc vào đề trở lại.") if act is acts.restore_question else gettext(
            "Câu %(code)s không được bốc vào đề mới nữa. Bài đã thi giữ nguyên."
        )  # fmt: skip
        messages.success(request, done % {"code": question.code})
    return redirect(question_url(question.bank, question.code))
