"""Registering for a contest that asks something first: a code, a date of birth, a division, or simply by a day."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.queries import unit_of
from contests.actions.enter import enter_contest
from contests.actions.sitting import database_now
from contests.errors import ContestError
from contests.queries import pages
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.eligibility import Refusal, asks

FIELD_OF = {
    Refusal.WRONG_CODE: "code",
    Refusal.NO_BIRTH_DATE: "born_on",
    Refusal.TOO_YOUNG: "born_on",
    Refusal.CHOOSE_DIVISION: "division",
}
NONE_OF_THESE = "--"  # no key of a division looks like it


class EntryForm(forms.Form):
    """What the contest's rules ask, and nothing else."""

    code = forms.CharField(
        label=_("Mã dự thi"), max_length=40, help_text=_("Ghi trong thông báo của ban tổ chức, ví dụ 280729."),
        error_messages={"required": _("Hãy nhập mã dự thi ghi trong thông báo của ban tổ chức.")},
    )  # fmt: skip
    born_on = forms.DateField(
        label=_("Ngày sinh"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
        help_text=_("Chỉ dùng để xét tuổi dự thi theo thể lệ."),
        error_messages={"required": _("Hãy nhập ngày sinh của bạn."), "invalid": _("Hãy nhập đủ ngày, tháng, năm sinh.")},
    )  # fmt: skip
    division = forms.ChoiceField(
        label=_("Bạn thi ở bảng nào?"), widget=forms.RadioSelect, error_messages={"required": _("Hãy chọn bảng thi của bạn.")}, help_text=_("Không đổi được sau khi đăng ký."),
    )  # fmt: skip

    def __init__(self, *args: object, rules: ContestRules, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        declared = [one for one in rules.divisions if one.declared]
        others = len(declared) < len(rules.divisions)
        asked = {
            "code": bool(rules.eligibility.code), "born_on": bool(rules.eligibility.min_age), "division": bool(declared)
        }  # fmt: skip
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]
        if declared:
            choices = [(one.key, one.name) for one in declared]
            choices += [(NONE_OF_THESE, gettext("Không thuộc bảng nào ở trên"))] if others else []
            self.fields["division"].choices = choices  # type: ignore[attr-defined]

    def clean_born_on(self) -> date:
        born_on: date = self.cleaned_data["born_on"]
        if not 1900 <= born_on.year <= timezone.localdate().year:
            raise forms.ValidationError(_("Hãy nhập đủ ngày, tháng, năm sinh."))
        return born_on


@login_required
@never_cache
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask what the rules ask; then the member is in the contest, and back on its page."""
    contest = get_object_or_404(pages.public_contests(), slug=slug)
    member, rules = request.user, parse_contest_rules(contest.rules)
    if pages.entry_of(contest, member) is not None or not asks(rules):
        return redirect("contest", slug)
    if unit_of(member) is None:
        return redirect("contest", slug)
    form = EntryForm(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            enter_contest(
                member=member, contest=contest, now=database_now(), code=given.get("code", ""),
                born_on=given.get("born_on"), declared=given.get("division", "").removeprefix(NONE_OF_THESE),
            )  # fmt: skip
        except ContestError as error:
            field = FIELD_OF.get(Refusal(error.code)) if error.code in set(Refusal) else None
            form.add_error(field if field in form.fields else None, gettext(error.text))
        else:
            messages.success(request, gettext("Bạn đã đăng ký dự thi."))
            return redirect("contest", slug)
    context = {"form": form, "contest": contest, "eligibility": rules.eligibility, "section": "contests"}
    return render(request, "contests/register.html", context)
