"""The console's way out for questions: a bank as a file, a round's papers for printing. Everything that leaves is logged."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.names import search_text
from accounts.scope import Scope
from contests.actions import exporting as acts
from contests.actions.sitting import database_now
from contests.authoring.formats import DOCX, EXPORTS, EXPORTS_BY_NAME
from contests.authoring.paper_writer import write_keys, write_papers
from contests.pages.organizer_forms import ConsoleForm
from contests.pages.organizer_guard import bank_in, console_page, organizers_only, round_in
from contests.queries import exporting as reads
from contests.queries.bank_shares import withheld
from contests.rules.paper import BankTooSmall
from contests.rules.printed import MOST_SEED, MOST_VERSIONS


class ExportForm(ConsoleForm):
    """Which file, and of which topic."""

    form = forms.ChoiceField(label=_("Dạng tệp"), widget=forms.RadioSelect)
    topic = forms.ChoiceField(label=_("Chủ đề"), required=False)

    def __init__(self, *args: Any, topics: list[tuple[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [
            (one.name, f"{one.label} ({one.suffix}). {gettext(one.holds)}") for one in EXPORTS
        ]  # type: ignore[attr-defined]
        total = gettext("Mọi chủ đề (%(count)s câu)") % {"count": sum(count for _name, count in topics)}
        self.fields["topic"].choices = [("", total), *((name, f"{name} ({count})") for name, count in topics)]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def export_bank(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """A bank's questions with their keys as a file; what the form cannot hold is listed before anything leaves.

    No form takes pictures along: questions that come back by their code keep the picture they have.
    """
    bank = bank_in(scope, public_id)
    topics = reads.topics_to_export(bank)
    form = ExportForm(request.POST or None, topics=topics, initial={"form": "xlsx"})
    left_out: Any = ()
    if request.method == "POST" and form.is_valid():
        export, topic = EXPORTS_BY_NAME[form.cleaned_data["form"]], form.cleaned_data["topic"]
        drafts = reads.drafts_to_export(bank, topic)
        written = export.write(drafts)
        left_out = written.left_out
        pictured = [draft for draft in drafts if draft.image_alt]
        if written.count and (not (left_out or pictured) or request.POST.get("act") == "rest"):
            acts.note_bank_export(
                bank=bank, by=request.user, form=export.name, topic=topic, count=written.count, now=database_now()
            )
            return _file(written.data, export.content_type, f"{_plain(bank.name)}{export.suffix}")
        return console_page(
            request, "export_bank", bank=bank, form=form, topics=topics, left_out=left_out, pictured=pictured, rest=written.count,
            asked=form.cleaned_data, label=export.label, here="bank",
        )  # fmt: skip
    return console_page(request, "export_bank", bank=bank, form=form, topics=topics, here="bank")


class PrintForm(ConsoleForm):
    """How many versions, and from which seed."""

    versions = forms.IntegerField(
        label=_("Số mã đề"), min_value=1, max_value=MOST_VERSIONS, initial=4,
        help_text=_("Từ 1 đến 24. Các mã đề cùng một bộ câu hỏi, khác thứ tự câu và thứ tự phương án."),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Hãy nhập một số từ 1 đến 24.")),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Số bốc đề"), min_value=1, max_value=MOST_SEED,
        help_text=_("Ghi lại số này: cùng số, cùng ngân hàng câu hỏi thì ra đúng các đề ấy. Đề và bảng đáp án phải cùng một số."),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Hãy nhập một số từ 1 đến 999999.")),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def print_papers(request: HttpRequest, scope: Scope, slug: str, number: int) -> HttpResponse:
    """The papers of a round for printing, without keys, and the keys in a file of their own."""
    round_ = round_in(scope, slug, number)
    form = PrintForm(request.POST or None, initial={"seed": secrets.randbelow(MOST_SEED) + 1, "versions": 4})
    problem, papers, now = gettext(withheld(round_.contest, scope)), None, database_now()
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {"seed": 1, "versions": 1}
    try:
        if not problem:
            papers = reads.papers_of(round_, seed=asked["seed"], count=asked["versions"], now=now)
    except BankTooSmall as short:
        problem = str(short)
    if papers is None:
        problem = problem or gettext("Thể lệ của đợt này chưa đủ để ra đề. Hãy sửa đợt thi trước.")
    elif request.method == "POST" and form.is_valid():
        what = "keys" if request.POST.get("act") == "keys" else "papers"
        if what == "keys":
            data = write_keys(*papers, asked["seed"])
        else:
            data = write_papers(*papers, reads.pictures_on(papers[1]))
        acts.note_papers_printed(
            round_=round_, by=request.user, what=what, seed=asked["seed"], count=asked["versions"], now=now
        )
        name = f"{'dap-an' if what == 'keys' else 'de-thi'}-{slug}-dot-{number}-{asked['seed']}.docx"
        return _file(data, DOCX, name)
    questions = len(papers[1][0].questions) if papers else 0
    return console_page(
        request, "print_papers", contest=round_.contest, round=round_, form=form, problem=problem, questions=questions, here="contest"
    )  # fmt: skip


def _plain(name: str) -> str:
    return slugify(search_text(name))[:60] or "cau-hoi"


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition})
