"""Forms for winners and appeals: an order among equals, a reason to withdraw, an answer to an appeal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contests.pages.organizer_attempt_forms import RefusedForm, reason_field
from contests.pages.organizer_forms import use_plain_words
from contests.queries.appeals import STATES
from contests.queries.winners import TiedEntry, TiedGroup

GROUP = "group"


class DecisionForm(RefusedForm):
    """An order among those of one group, with the reason. Its fields carry the group's key, so that several stand on a page."""

    reason = reason_field(_("Được ghi vào hồ sơ, ví dụ: bốc thăm công khai ngày 22/11 trước đại diện các đơn vị."))
    fields_of_codes = {"reason": "reason"}

    def __init__(self, data: Any = None, *, group: TiedGroup) -> None:
        super().__init__(data, prefix=group.key)
        self.group = group
        choices = [("", "–"), *((str(place), str(place)) for place in range(1, len(group.entries) + 1))]
        for one in group.entries:
            self.fields[self._name(one)] = forms.ChoiceField(
                choices=choices,
                widget=forms.Select(attrs={"class": "input"}),
                label=one.entry.member.full_name,
                error_messages={"required": _("Hãy chọn thứ tự.")},
            )
        use_plain_words(self)

    def rows(self) -> list[tuple[TiedEntry, forms.BoundField]]:
        """Each of the group with their field."""
        return [(one, self[self._name(one)]) for one in self.group.entries]

    def clean(self) -> None:
        """Everybody has a place of their own."""
        places = [self.cleaned_data.get(self._name(one)) for one in self.group.entries]
        if all(places) and len(set(places)) != len(places):
            self.add_error(
                None, gettext("Hai người đang mang cùng một thứ tự; hãy cho mỗi người một thứ tự khác nhau.")
            )

    def order(self) -> list[str]:
        """The entries as decided, best first; after `is_valid`."""
        ranked = sorted(self.group.entries, key=lambda one: int(self.cleaned_data[self._name(one)]))
        return [one.entry.public_id.hex for one in ranked]

    @staticmethod
    def _name(one: TiedEntry) -> str:
        return f"place-{one.entry.public_id.hex}"


class WithdrawForm(RefusedForm):
    """Why a list is taken back."""

    reason = reason_field(_("Nếu danh sách đã công bố, mọi người đọc được lý do này ở trang kết quả."))
    fields_of_codes = {"reason": "reason"}


class AnswerForm(RefusedForm):
    """The answer to an appeal."""

    upheld = forms.ChoiceField(
        label=_("Kết luận"), widget=forms.RadioSelect,
        choices=[("yes", _("Chấp nhận")), ("no", _("Không chấp nhận"))],
        error_messages={"required": _("Hãy chọn một kết luận.")},
    )  # fmt: skip
    reason = reason_field(_("Thí sinh đọc được lý do này ở trang kết quả của mình."))
    fields_of_codes = {"reason": "reason"}


class QueueForm(forms.Form):
    """Which appeals a list shows; what makes no sense shows those that wait."""

    state = forms.ChoiceField(
        label=_("Trạng thái"), required=False,
        choices=[("open", _("Chờ trả lời")), ("received", _("Mới nhận")), ("in_review", _("Đang xem xét")), ("upheld", _("Chấp nhận")), ("rejected", _("Không chấp nhận")), ("withdrawn", _("Đã rút"))],
    )  # fmt: skip

    def asked(self) -> str:
        """The state asked for."""
        self.is_valid()
        return self.cleaned_data.get("state") or STATES[0]
