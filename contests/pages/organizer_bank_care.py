"""The console's pages that care for a bank: the review queue, many questions at once, amended articles, sharing."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from accounts.names import normalise_name
from accounts.scope import Scope, within
from contests.actions import bank_edit, bank_review, bank_shares
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.models import QuestionVersion
from contests.pages.organizer_bank_forms import AmendForm, BankFilterForm, BulkForm
from contests.pages.organizer_guard import bank_in, console_page, organizers_only
from contests.pages.organizer_import_forms import whole
from contests.queries import bank_console as reads
from contests.queries.bank_review import amendments_of, citing, waiting
from contests.queries.bank_shares import shares_of
from contests.queries.organizer import find_units, units_in

REVIEWED_PER_PAGE = 10
NAMED = 30  # questions that a page lists before it only counts


# --- Review --------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def review_queue(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """The questions that wait for a second person, whole, to be approved together or returned one by one."""
    bank, now = bank_in(scope, public_id), database_now()
    if request.method == "POST" and request.POST.get("act") == "return":
        number, code = _pair(request.POST.get("cau", ""))
        question = get_object_or_404(reads.questions_of(bank), code=code)
        try:
            bank_review.return_question(
                question=question, number=number, reason=request.POST.get("reason", ""), by=request.user, now=now
            )
        except ContestError as error:
            messages.error(request, gettext(error.text))
        else:
            messages.success(request, gettext("Đã trả lại câu %(code)s kèm lý do.") % {"code": code})
        return redirect("organizer_review", public_id)
    if request.method == "POST":
        seen = {code: number for number, code in map(_pair, request.POST.getlist("cau"))}
        if not seen:
            messages.error(request, gettext("Chưa chọn câu nào. Hãy đánh dấu những câu bạn đã đọc và thấy đúng."))
        else:
            _say_approved(request, bank_review.approve(bank=bank, seen=seen, by=request.user, now=now))
        return redirect("organizer_review", public_id)
    page = Paginator(waiting(bank), REVIEWED_PER_PAGE).get_page(request.GET.get("page"))
    rows = [(version, reads.sample_of(version), version.created_by_id == request.user.pk) for version in page]
    return console_page(
        request, "review_queue", bank=bank, page=page, rows=rows, can_approve=any(not own for _, _, own in rows), here="bank"
    )  # fmt: skip


def _say_approved(request: HttpRequest, done: bank_review.Approved) -> None:
    if done.approved:
        text = ngettext("Đã duyệt %(n)d câu.", "Đã duyệt %(n)d câu.", done.approved)
        messages.success(request, text % {"n": done.approved})
    if done.own:
        text = ngettext(
            "%(n)d câu do bạn viết, cần người khác duyệt.", "%(n)d câu do bạn viết, cần người khác duyệt.", done.own
        )
        messages.warning(request, text % {"n": done.own})
    if done.moved:
        text = ngettext(
            "%(n)d câu vừa có bản mới hoặc không còn chờ duyệt, hãy xem lại.",
            "%(n)d câu vừa có bản mới hoặc không còn chờ duyệt, hãy xem lại.",
            done.moved,
        )
        messages.warning(request, text % {"n": done.moved})


# --- Many at once --------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def bulk(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """What is to be done to the questions that were ticked, or to all that match a filter; how many they are; then do it."""
    bank = bank_in(scope, public_id)
    sent = request.POST if request.method == "POST" else request.GET
    asked, all_that_match = BankFilterForm(sent, bank=bank), sent.get("all") == "1"
    chosen = reads.bank_questions(bank, asked.asked())
    if all_that_match and asked.errors:  # a tag or a topic that is gone must not come to mean every question
        messages.error(
            request, gettext("Bộ lọc này không còn dùng được (nhãn hoặc chủ đề vừa bị bỏ). Chưa đổi gì; hãy lọc lại.")
        )
        return redirect("organizer_bank", public_id)
    if not all_that_match:
        codes = [code for code in sent.getlist("cau") if "\0" not in code]
        chosen = reads.chosen_questions(bank, codes)
    codes = [version.question.code for version in chosen]
    if not codes:
        messages.info(request, gettext("Chưa chọn câu nào. Hãy đánh dấu ở đầu mỗi câu rồi bấm lại."))
        return redirect("organizer_bank", public_id)
    form = BulkForm(request.POST or None, bank=bank, prefix="doi")
    mark = sha256("\0".join(codes).encode()).hexdigest()[:16]
    if request.method == "POST" and form.is_valid():
        try:
            if (
                all_that_match and request.POST.get("mark") != mark
            ):  # tags and comments leave the bank's version as it is
                raise bank_edit.BankMoved
            done = bank_edit.bulk_change(
                bank=bank, seen=whole(request.POST.get("seen", "")), codes=codes, change=form.change(), by=request.user, now=database_now()
            )  # fmt: skip
        except ContestError as error:
            form.add_error(None, gettext(error.text))
        else:
            messages.success(
                request,
                gettext("Đã đổi %(changed)d câu; %(same)d câu vốn đã như vậy.")
                % {"changed": done.changed, "same": done.same},
            )
            return redirect("organizer_bank", public_id)
    kept = [
        (name, value)
        for name in ("q", "topic", "kind", "review", "look", "tag", "retired", "all", "cau")
        for value in sent.getlist(name)
    ]
    if request.method == "POST":
        kept = [(name, value) for name, value in kept if name in ("all", "cau") or sent.get("all") == "1"]
    return console_page(
        request, "bulk", bank=bank, form=form, codes=codes[:NAMED], count=len(codes), more=max(0, len(codes) - NAMED),
        kept=kept, mark=mark, here="bank",
    )  # fmt: skip


# --- Amended articles ----------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def amendments(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Say that an article was amended: first the questions that cite it are shown, then they are flagged."""
    bank = bank_in(scope, public_id)
    asked = request.POST if request.method == "POST" else request.GET if "document" in request.GET else None
    form = AmendForm(asked)
    found: list[QuestionVersion] | None = None
    if asked is not None and form.is_valid():
        data = form.cleaned_data
        found = citing(bank, data["document"], data["article"])
        if request.method == "POST":
            try:
                _amendment, count = bank_review.amend(
                    bank=bank, document=data["document"], article=data["article"], since=data["since"], note=data["note"],
                    by=request.user, now=database_now(),
                )  # fmt: skip
            except ContestError as error:
                form.add_error(None, gettext(error.text))
            else:
                text = ngettext(
                    "%(n)d câu được đánh dấu cần xem lại.", "%(n)d câu được đánh dấu cần xem lại.", count
                )  # fmt: skip
                messages.success(request, text % {"n": count})
                return redirect("organizer_amendments", public_id)
    return console_page(
        request, "amendments", bank=bank, form=form, found=found, amendments=amendments_of(bank),
        documents=reads.documents_of(bank), here="bank",
    )  # fmt: skip


# --- Sharing -------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def shares(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """With whom the bank is shared, more of them, and taking it back."""
    bank, now = bank_in(scope, public_id), database_now()
    if request.method == "POST":
        try:
            if request.POST.get("act") == "take_back":
                share = get_object_or_404(shares_of(bank), pk=whole(request.POST.get("share", "")))
                bank_shares.take_back(share=share, by=request.user, now=now)
                messages.success(request, gettext("Đã thu lại việc chia sẻ với %(unit)s.") % {"unit": share.unit.name})
            elif request.POST.get("act") == "share":
                code = request.POST.get("unit", "").replace("\0", "")
                unit = get_object_or_404(units_in(scope), code=code)
                bank_shares.share_bank(bank=bank, unit=unit, by=request.user, now=now)
                messages.success(request, gettext("Đã chia sẻ ngân hàng với %(unit)s.") % {"unit": unit.name})
            else:
                raise Http404
        except ContestError as error:
            messages.error(request, gettext(error.text))
        return redirect("organizer_shares", public_id)
    text = normalise_name(request.GET.get("q", ""))[:100]
    given = list(shares_of(bank))
    found = find_units(within(scope, bank.owner.path), text) if text else []
    return console_page(
        request, "bank_shares", bank=bank, shares=given, q=text, found=[unit for unit in found if unit.code != bank.owner.code],
        to_all=any(share.unit_id == bank.owner_id for share in given), here="bank",
    )  # fmt: skip


def _pair(text: str) -> tuple[int, str]:
    """ "3:HD-001" is version 3 of that question."""
    number, _colon, code = text.replace("\0", "").partition(":")
    return whole(number), code
