"""Forms of periods: a target, a figure told by a unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contests.pages.organizer_forms import ConsoleForm, number_field
from reports.models import OfflineFigure, Target
from reports.periods.actions import MOST_PEOPLE, Told
from reports.periods.period import MEASURES

KINDS_OF_TARGET = [
    ("reach-members", _("Người được tiếp cận trên số đoàn viên")), ("reach-workers", _("Người được tiếp cận trên số người lao động")),
    ("people-members", _("Người dự thi trên số đoàn viên")), ("people-workers", _("Người dự thi trên số người lao động")),
    ("units-units", _("Công đoàn cơ sở có người dự thi trên tổng số")),
]  # fmt: skip
assert {tuple(code.split("-")) for code, _name in KINDS_OF_TARGET} == set(MEASURES)


class TargetForm(ConsoleForm):
    """A target of the year on the page."""

    kind = forms.ChoiceField(label=_("Chỉ tiêu"), choices=KINDS_OF_TARGET, initial="reach-members")
    percent = forms.CharField(
        label=_("Phần trăm"), max_length=10, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("Từ 0,1 đến 100, ví dụ 85 hoặc 72,5."),
    )  # fmt: skip
    document = forms.CharField(
        label=_("Văn bản giao chỉ tiêu"), max_length=Target._meta.get_field("document").max_length,
        help_text=_("Số, ngày và nơi ban hành, ví dụ Kế hoạch 12/KH-LĐLĐ ngày 15/01/2026."),
    )  # fmt: skip

    def clean_percent(self) -> int:
        """Tenths of a percent; 72,5 and 72.5 mean the same."""
        text = self.cleaned_data["percent"].replace("%", "").replace(",", ".").strip()
        try:
            tenths = Decimal(text) * 10
            if tenths != tenths.to_integral_value() or not 1 <= tenths <= 1000:
                raise InvalidOperation
        except InvalidOperation:
            raise forms.ValidationError(
                gettext("Hãy ghi một số từ 0,1 đến 100, nhiều nhất một chữ số sau dấu phẩy.")
            ) from None
        return int(tenths)

    def asked(self) -> dict[str, Any]:
        """What `set_target` takes; after `is_valid`."""
        measure, of = self.cleaned_data["kind"].split("-")
        return {
            "measure": measure,
            "of": of,
            "tenths": self.cleaned_data["percent"],
            "document": self.cleaned_data["document"],
        }


class OfflineForm(ConsoleForm):
    """Something that happened away from this system."""

    kind = forms.ChoiceField(label=_("Loại hoạt động"), choices=OfflineFigure.Kind.choices)
    title = forms.CharField(label=_("Tên hoạt động"), max_length=OfflineFigure._meta.get_field("title").max_length)
    on_day = forms.DateField(
        label=_("Ngày diễn ra"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"], error_messages={"invalid": _("Hãy ghi ngày như 20/11/2026.")},
    )  # fmt: skip
    people = number_field(range(1, MOST_PEOPLE + 1), label=_("Số lượt người"))
    source = forms.CharField(
        label=_("Nguồn của con số"), max_length=OfflineFigure._meta.get_field("source").max_length,
        help_text=_("Báo cáo, danh sách ký tên hoặc người chịu trách nhiệm con số này."),
    )  # fmt: skip

    def told(self) -> Told:
        """What `tell_offline` takes; after `is_valid`."""
        facts: dict[str, Any] = {name: self.cleaned_data[name] for name in ("kind", "title", "people", "source")}
        on_day: date = self.cleaned_data["on_day"]
        return Told(on_day=on_day, **facts)
