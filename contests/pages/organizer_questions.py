"""The console's pages of one question: written, changed, reviewed, spoken about, looked at in figures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import Scope
from contests.actions import bank_edit, bank_review
from contests.actions.sitting import database_now
from contests.authoring.changes import changes_between
from contests.errors import ContestError
from contests.models import Bank, Contest, Question
from contests.pages.organizer_guard import bank_in, bank_to_read, console_page, organizers_only
from contests.pages.organizer_import_forms import whole
from contests.pages.question_form import QuestionForm
from contests.queries import bank_console as reads
from contests.queries.bank_review import comments_of, drawing_now, flags_of
from contests.queries.drafts import draft_of
from contests.queries.question_use import VersionFigures, figures_of, uses_of
from contests.queries.shown import LETTERS


def question_in(bank: Bank, code: str) -> Question:
    """A question of the bank with its versions, or 404."""
    if "\0" in code:
        raise Http404
    return get_object_or_404(reads.questions_of(bank), code=code)


def question_url(bank: Bank, code: str) -> str:
    """The address of a question's page."""
    return reverse("organizer_question", args=[bank.public_id], query={"ma": code})


@require_safe
@organizers_only
def question(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """One question with its key, source, explanation, review, comments, and what each version changed."""
    return _page(request, scope, question_in(bank_to_read(scope, public_id), request.GET.get("ma", "")))


def _page(request: HttpRequest, scope: Scope, question: Question, **more: object) -> HttpResponse:
    versions = _with_changes(question)
    current = next(one["version"] for one in versions if one["version"].is_current)
    return console_page(
        request, "question", bank=question.bank, question=question, versions=versions, current=current, flags=flags_of(current),
        comments=comments_of(question), tags=[tag.name for tag in question.tags.all()],
        may_change=scope.reaches(question.bank.owner.path), own=current.created_by_id == request.user.pk, here="bank", **more,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def new_question(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Write a question; what is wrong stands at its field and nothing typed is lost."""
    bank = bank_in(scope, public_id)
    form = QuestionForm(request.POST or None, draft=None, topics=_topics(bank))
    if request.method == "POST":
        reading = form.read(1)
        if not form.errors:
            try:
                saved = bank_edit.add_question(bank=bank, draft=reading.draft, by=request.user, now=database_now())
            except ContestError as error:
                form.add_error("code" if error.code == "code_taken" else None, gettext(error.text))
            else:
                messages.success(
                    request, gettext("Đã thêm câu %(code)s vào ngân hàng.") % {"code": saved.question.code}
                )
                return redirect(question_url(bank, saved.question.code))
    return console_page(request, "question_edit", bank=bank, form=form, open_contests=[], here="bank")


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def edit_question(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Change a question: a new version. Where somebody else saved meanwhile, both texts are shown and nothing is stored."""
    bank, now = bank_in(scope, public_id), database_now()
    question = question_in(bank, request.POST.get("ma") or request.GET.get("ma", ""))
    current = next(version for version in question.versions.all() if version.is_current)
    started = draft_of(current)
    form = QuestionForm(request.POST or None, draft=started, topics=_topics(bank), fixed_code=True)
    base, conflict = current.number, []
    open_contests = drawing_now(bank, now)
    if request.method == "POST":
        base = whole(request.POST.get("ban", ""))
        reading = form.read(1)
        if not form.errors:
            try:
                saved = bank_edit.save_question(
                    question=question, base=base, draft=reading.draft, by=request.user, now=now
                )
            except bank_edit.EditConflict as error:
                theirs = draft_of(error.current)
                conflict, current, base = changes_between(theirs, reading.draft), error.current, error.current.number
            except ContestError as error:
                form.add_error(None, gettext(error.text))
            else:
                messages.success(request, _said(saved, question, open_contests))
                return redirect(question_url(bank, question.code))
    elif unsaid := form.unsaid(1):
        form.show_problems(unsaid)
    return console_page(
        request, "question_edit", bank=bank, question=question, form=form, base=base, current=current, conflict=conflict,
        open_contests=open_contests, here="bank",
    )  # fmt: skip


@require_safe
@organizers_only
def figures(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Where a question was asked, and how it did."""
    bank = bank_to_read(scope, public_id)
    question = question_in(bank, request.GET.get("ma", ""))
    return console_page(
        request, "question_figures", bank=bank, question=question, uses=uses_of(question, scope),
        figures=[_in_words(one) for one in figures_of(question, database_now())], here="bank",
    )  # fmt: skip


def _in_words(one: VersionFigures) -> dict[str, Any]:
    found, version = one.figures, one.version
    options = [
        {"letter": LETTERS[place], "text": version.options[place], "count": count, "right": place in version.key,
         "share": _percent(Fraction(count, found.papers or 1))}
        for place, count in enumerate(found.chosen)
    ]  # fmt: skip
    d = found.discrimination
    return {
        "version": version, "figures": found, "voided": one.voided, "options": options, "facility": _percent(found.facility or Fraction(0)),
        "discrimination": "" if d is None else number_format(round(float(d), 2), 2), "verdict": "" if d is None else _verdict(d, few=found.few),
    }  # fmt: skip


def _verdict(discrimination: Fraction, *, few: bool) -> str:
    if few:
        return gettext("còn ít lượt nên chưa kết luận được")
    if discrimination < 0:
        return gettext("người giỏi lại sai nhiều hơn, nên xem lại đáp án")
    if discrimination < Fraction(1, 5):
        return gettext("ít phân biệt được ai nắm bài")
    return gettext("tốt") if discrimination >= Fraction(3, 10) else gettext("khá")


def _percent(share: Fraction) -> str:
    return f"{number_format(round(float(share * 100), 1), 1)} %"


@require_POST
@organizers_only
def act(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """One small act on a question, named by the button; then its page again."""
    bank = bank_in(scope, public_id)
    question = question_in(bank, request.POST.get("ma", ""))
    one = _ACTS.get(request.POST.get("act", ""))
    if one is None:
        raise Http404
    try:
        messages.success(request, one(request, question))
    except ContestError as error:
        messages.error(request, gettext(error.text))
        if error.code == "text":  # a comment that was too long is not lost
            return _page(request, scope, question, comment_text=request.POST.get("text", ""))
    return redirect(question_url(bank, question.code))


def _send(request: HttpRequest, question: Question) -> str:
    bank_review.send_to_review(question=question, by=request.user, now=database_now())
    return gettext("Đã gửi. Câu đang chờ một người khác duyệt.")


def _approve(request: HttpRequest, question: Question) -> str:
    seen = {question.code: whole(request.POST.get("ban", ""))}
    done = bank_review.approve(bank=question.bank, seen=seen, by=request.user, now=database_now())
    if done.own:
        raise ContestError("Bạn viết bản này nên cần một người khác duyệt.", "own")
    if done.moved:
        raise ContestError("Câu này đã có bản mới hoặc không còn chờ duyệt. Hãy xem lại.", "moved")
    return gettext("Đã duyệt câu %(code)s.") % {"code": question.code}


def _return(request: HttpRequest, question: Question) -> str:
    bank_review.return_question(
        question=question, number=whole(request.POST.get("ban", "")), reason=request.POST.get("reason", ""), by=request.user, now=database_now()
    )  # fmt: skip
    return gettext("Đã trả lại câu %(code)s kèm lý do.") % {"code": question.code}


def _comment(request: HttpRequest, question: Question) -> str:
    bank_review.add_comment(
        question=question, text=request.POST.get("text", ""), by=request.user, now=database_now()
    )  # fmt: skip
    return gettext("Đã ghi nhận xét.")


def _resolve(request: HttpRequest, question: Question) -> str:
    comment = get_object_or_404(comments_of(question), pk=whole(request.POST.get("comment", "")))
    resolved = request.POST.get("act") == "resolve"
    bank_review.resolve_comment(comment=comment, resolved=resolved, by=request.user, now=database_now())
    return gettext("Nhận xét đã xong.") if resolved else gettext("Nhận xét mở trở lại.")


def _tags(request: HttpRequest, question: Question) -> str:
    names = request.POST.get("tags", "").replace("\0", "").split(",")
    bank_edit.set_tags(question=question, names=names, by=request.user)
    return gettext("Đã lưu nhãn.")


def _still_right(request: HttpRequest, question: Question) -> str:
    number = whole(request.POST.get("ban", ""))
    bank_review.still_right(question=question, number=number, by=request.user, now=database_now())
    return gettext("Đã ghi: câu %(code)s vẫn đúng.") % {"code": question.code}


_ACTS: dict[str, Callable[[HttpRequest, Question], str]] = {
    "send": _send, "approve": _approve, "return": _return, "comment": _comment, "resolve": _resolve, "unresolve": _resolve,
    "tags": _tags, "still_right": _still_right,
}  # fmt: skip


def _said(saved: bank_edit.Saved, question: Question, open_contests: list[Contest]) -> str:
    if saved.new is None:
        return gettext("Không có gì thay đổi nên không có bản mới.")
    text = gettext("Đã lưu bản %(number)d của câu %(code)s.") % {"number": saved.new.number, "code": question.code}
    if open_contests:
        text += " " + ngettext(
            "%(n)d cuộc thi đang mở bốc bản mới từ bây giờ; đề đã phát giữ bản cũ.",
            "%(n)d cuộc thi đang mở bốc bản mới từ bây giờ; đề đã phát giữ bản cũ.",
            len(open_contests),
        ) % {"n": len(open_contests)}
    return text


def _with_changes(question: Question) -> list[dict[str, Any]]:
    """The versions, newest first, each with what it changed of the one before."""
    versions = list(question.versions.all())
    for version in versions:
        version.question = question
    drafts = [draft_of(version) for version in versions]
    return [
        {
            "version": version, "sample": reads.sample_of(version), "before": before,
            "changes": changes_between(older, draft) if older else [],
        }
        for version, draft, before, older in zip(versions, drafts, [*versions[1:], None], [*drafts[1:], None], strict=True)
    ]  # fmt: skip


def _topics(bank: Bank) -> list[str]:
    return [topic.name for topic in bank.topics.all()]
