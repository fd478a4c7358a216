"""Forms for what happens during and after a round: finding attempts, deciding about one, giving more time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.scope import Scope, within
from contests.actions.extend import EXTRA_ATTEMPTS, EXTRA_MINUTES, LONGEST_REASON
from contests.errors import ContestError
from contests.models import Contest, Extension, KeyRuling, QuestionVersion, Round
from contests.pages.organizer_forms import ConsoleForm, MomentField, number_field
from contests.queries.attempts import AttemptFilter
from contests.queries.organizer import FoundUnit, find_units, found_units, units_in
from contests.queries.people import Person, find_people, person_in
from contests.queries.review import LETTERS

BIGGEST_KEY = 2**63 - 1
STATES = [
    ("", _("Tất cả")), ("sitting", _("Đang làm")), ("waiting", _("Đã nộp, chờ chấm")), ("graded", _("Đã chấm")),
    ("regraded", _("Đã chấm lại")), ("voided", _("Đã huỷ kết quả")),
]  # fmt: skip


def reason_field(help_text: Any = "") -> forms.CharField:
    """Why, for those who will ask."""
    return forms.CharField(
        label=_("Lý do"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}), help_text=help_text,
        error_messages={"required": _("Hãy ghi lý do; thí sinh và cấp trên có thể hỏi.")},
    )  # fmt: skip


class AttemptFilterForm(forms.Form):
    """What the list of attempts is asked for; a value that makes no sense asks for all."""

    q = forms.CharField(label=_("Tìm lượt thi"), required=False)
    round = forms.TypedChoiceField(label=_("Đợt"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("Trạng thái"), required=False, choices=STATES)
    late = forms.BooleanField(label=_("Có câu đến trễ chưa xem xét"), required=False)

    def __init__(self, data: Mapping[str, Any], *, rounds: Sequence[Round]) -> None:
        super().__init__(data)
        self.fields["round"].choices = [("", _("Tất cả")), *((one.number, one.title) for one in rounds)]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs |= {
            "placeholder": _("tên, số điện thoại, e-mail, mã biên nhận"),
            "type": "search",
        }

    def asked(self) -> AttemptFilter:
        """The filter; unreadable parts left out."""
        self.is_valid()
        data = self.cleaned_data
        return AttemptFilter(data.get("q", ""), data.get("round"), data.get("state", ""), data.get("late", False))


class RefusedForm(ConsoleForm):
    """A form that can take an act's refusal to the field that it is about."""

    fields_of_codes: Mapping[str, str] = {}

    def add_refusal(self, error: ContestError) -> None:
        """Put it there; what is about no field of this form stands above the form."""
        name = self.fields_of_codes.get(error.code, "")
        self.add_error(name if name in self.fields else None, gettext(error.text))


class RulingForm(RefusedForm):
    """A decision about an attempt, with its reason."""

    reason = reason_field(_("Thí sinh đọc được lý do này ở trang kết quả của mình."))
    fields_of_codes = {"reason": "reason"}


class VoidForm(RulingForm):
    """Voiding, and whether the member may sit once more."""

    retake = forms.BooleanField(label=_("Cho người này thi lại một lượt"), required=False)
    closes_at = MomentField(
        label=_("Giờ đóng cho lượt thi lại"), required=False,
        help_text=_("Giờ Việt Nam. Chỉ cần khi đợt thi đã đóng với người này."),
    )  # fmt: skip
    fields_of_codes = {
        "reason": "reason", "over": "closes_at", "over_for_member": "closes_at", "not_later": "closes_at",
        "keys_shown": "retake", "not_open": "retake",
    }  # fmt: skip


class ExcludeForm(RulingForm):
    """Excluding somebody from the ranking, or letting them back in."""

    reason = reason_field(_("Được ghi vào nhật ký của cuộc thi."))
    prizes_only = forms.BooleanField(required=False, widget=forms.HiddenInput)


class KeyRulingForm(RefusedForm):
    """What is ruled about a question, and why."""

    what = forms.ChoiceField(label=_("Quyết định"), widget=forms.RadioSelect)
    key = forms.TypedMultipleChoiceField(
        label=_("Đáp án"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("Khi sửa: chọn đáp án đúng mới. Khi nhận thêm: chọn đáp án cũng được tính là đúng. Khi huỷ câu: để trống."),
        error_messages={"required": _("Hãy chọn đáp án."), "invalid_choice": _("Hãy chọn đáp án trong danh sách.")},
    )  # fmt: skip
    reason = reason_field(
        _("Thí sinh có câu này trong đề đọc được lý do khi không còn ai làm câu này; nếu huỷ câu thì đọc được ngay.")
    )
    fields_of_codes = {"reason": "reason", "key": "key", "what": "what", "void": "what"}

    def __init__(self, *args: Any, version: QuestionVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = dict(KeyRuling.What.choices)
        if version.kind == QuestionVersion.Kind.MULTIPLE:
            del choices[KeyRuling.What.ACCEPT_ALSO]
        if not version.options:
            choices = {KeyRuling.What.VOID: choices[KeyRuling.What.VOID]}
            del self.fields["key"]
        self.fields["what"].choices = list(choices.items())  # type: ignore[attr-defined]
        if "key" in self.fields:
            self.fields["key"].required = self.data.get("what") != KeyRuling.What.VOID
            self.fields["key"].choices = [  # type: ignore[attr-defined]
                (place, f"{LETTERS[place]}. {text}") for place, text in enumerate(version.options)
            ]

    def plan(self) -> dict[str, Any]:
        """What `propose_ruling` takes; after `is_valid`."""
        return {name: self.cleaned_data.get(name, []) for name in ("what", "key", "reason")}


class UndoForm(RefusedForm):
    """Why a ruling is taken back."""

    reason = reason_field(_("Thí sinh có điểm thay đổi đọc được lý do này ở trang kết quả của mình."))
    fields_of_codes = {"reason": "reason"}


class ExtensionForm(RefusedForm):
    """More minutes, more attempts or a later close: for whom, how much, why. People and units are found without a script."""

    whom = forms.ChoiceField(
        label=_("Gia hạn cho ai"), widget=forms.RadioSelect, initial="person",
        choices=[("person", _("Một người")), ("unit", _("Một đơn vị và các đơn vị trực thuộc")), ("round", _("Cả đợt thi"))],
    )  # fmt: skip
    member = forms.IntegerField(label=_("Người được gia hạn"), required=False, min_value=1, max_value=BIGGEST_KEY)
    member_search = forms.CharField(required=False, max_length=200)
    unit = forms.CharField(label=_("Đơn vị được gia hạn"), required=False, max_length=32)
    unit_search = forms.CharField(required=False, max_length=200)
    extra_minutes = number_field(EXTRA_MINUTES, label=_("Thêm số phút"), required=False)
    extra_attempts = number_field(EXTRA_ATTEMPTS, label=_("Thêm số lượt"), required=False)
    closes_at = MomentField(
        label=_("Giờ đóng mới"), required=False, help_text=_("Giờ Việt Nam. Để trống nếu giữ giờ đóng của đợt.")
    )
    reason = reason_field(_("Được ghi vào nhật ký, ví dụ: mất điện từ 19:30 đến 19:50."))
    fields_of_codes = {
        "reason": "reason", "not_in_audience": "unit", "too_much": "extra_minutes", "nothing": "extra_minutes",
        "not_later": "closes_at", "over": "closes_at",
    }  # fmt: skip

    def __init__(self, *args: Any, contest: Contest, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contest, self.scope = contest, scope
        self.person: Person | None = None
        self.chosen_unit: Unit | None = None

    @property
    def units(self) -> Scope:
        """Where a unit may be picked: in scope, and among those who may take part."""
        return within(self.scope, self.contest.audience.path)

    def clean(self) -> None:
        """Find whom it is for; what was chosen under another heading does not count."""
        data = self.cleaned_data
        if data.get("whom") == "person":
            self.person = person_in(self.contest, self.scope, data["member"]) if data.get("member") else None
            if self.person is None:
                self.add_error("member", ValidationError(_("Hãy tìm và chọn một người trong danh sách.")))
        if data.get("whom") == "unit":
            self.chosen_unit = units_in(self.units).filter(code=data.get("unit", "")).first()
            if self.chosen_unit is None:
                self.add_error("unit", ValidationError(_("Hãy tìm và chọn một đơn vị trong danh sách.")))

    def extension(self, round_: Round) -> Extension:
        """The extension asked for, unsaved; after `is_valid`."""
        data = self.cleaned_data
        return Extension(
            round=round_, member=self.person.member if self.person else None, unit=self.chosen_unit,
            extra_minutes=data["extra_minutes"] or 0, extra_attempts=data["extra_attempts"] or 0,
            closes_at=data["closes_at"], reason=data["reason"],
        )  # fmt: skip

    @property
    def path(self) -> str:
        """The unit path that its people share; empty for everybody. After `is_valid`."""
        if self.person is not None:
            return self.person.path
        return self.chosen_unit.path if self.chosen_unit else ""

    def shown_people(self) -> list[Person]:
        """What the picker lists: who is chosen now, then what the search found."""
        key = str(self["member"].value() or "")
        chosen = person_in(self.contest, self.scope, int(key)) if _is_key(key) else None
        found = find_people(self.contest, self.scope, str(self["member_search"].value() or ""))
        rest = [person for person in found if chosen is None or person.member.pk != chosen.member.pk]
        return [*([chosen] if chosen else []), *rest]

    def shown_units(self) -> list[FoundUnit]:
        """The same for units."""
        code, text = str(self["unit"].value() or ""), str(self["unit_search"].value() or "")
        chosen = [] if "\0" in code else found_units(units_in(self.units).filter(code=code)[:1])
        return [*chosen, *(unit for unit in find_units(self.units, text) if unit.code != code)]


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
