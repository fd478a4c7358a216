"""Forms of a contest's rules. Each turns into the part of the rule set that `parse_contest_rules` reads, and back.

They check shape only; what a value may be is for the reader of the rules, whose findings come back to their fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import UnitKind
from contests.models import Round
from contests.pages.organizer_forms import ConsoleForm, MomentField, number_field
from contests.rules.awards import OnePrize
from contests.rules.contest_settings import (
    AGES,
    AMOUNTS,
    APPEAL_DAYS,
    EACH,
    MOST_DIVISIONS,
    MOST_PRIZES,
    PRIZE_COUNTS,
    TIERS,
    TOP_OF_UNIT,
    UNIT_SIZES,
    PeopleOf,
    PrizeFor,
    UnitBy,
)
from contests.rules.formula import MAX_LENGTH
from contests.rules.settings import Counting, RuleProblem
from contests.rules.ties import SHARED, Criterion

CRITERIA = {
    Criterion.POINTS: _("Điểm cao hơn"), Criterion.RIGHT: _("Nhiều câu đúng hơn"), Criterion.TIME: _("Làm bài nhanh hơn"),
    Criterion.PREDICTION: _("Câu hỏi phụ sát hơn"), Criterion.SUBMITTED: _("Nộp bài sớm hơn"),
    Criterion.ENTERED: _("Vào thi lần đầu sớm hơn"), Criterion.PERFECT: _("Nhiều lượt đúng hết hơn"),
}  # fmt: skip
PLACES = len(CRITERIA)
ALL, BY_KIND, BY_UNIT, DECLARED = "all", "kinds", "units", "declared"
MOST_CODES = 200 * 34


class CodesField(forms.CharField):
    """Unit codes in one box, between commas, spaces or lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MOST_CODES, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """The codes, each once."""
        return list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", super().clean(value)))))

    def prepare_value(self, value: Any) -> Any:
        """As people write a list."""
        return ", ".join(value) if isinstance(value, list | tuple) else value


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of units, from the top."""
    return list(UnitKind.objects.order_by("level", "name").values_list("slug", "name"))


class RulesForm(ConsoleForm):
    """What holds for the contest as a whole: ranking, who may take part, how many prizes, appeals."""

    end = forms.ChoiceField(
        label=_("Khi mọi tiêu chí đều bằng nhau"), widget=forms.RadioSelect,
        choices=[(SHARED, _("Đồng hạng")), (Criterion.DECISION.value, _("Ban tổ chức quyết định, có ghi lý do"))],
    )  # fmt: skip
    over_rounds = forms.ChoiceField(
        label=_("Kết quả cả cuộc thi"),
        choices=[
            (Counting.SUM.value, _("Cộng các đợt")), (Counting.BEST.value, _("Đợt cao nhất")),
            (Counting.FIRST.value, _("Đợt đầu tiên đã thi")), (Counting.LAST.value, _("Đợt cuối cùng đã thi")),
        ],
    )  # fmt: skip
    units = CodesField(
        label=_("Chỉ những đơn vị này"),
        help_text=_("Mã đơn vị, cách nhau bằng dấu phẩy. Để trống: mọi đơn vị của cuộc thi."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    roster = forms.BooleanField(label=_("Chỉ người có trong danh sách dự thi"), required=False)
    code = forms.CharField(
        label=_("Mã vào thi"), max_length=20, required=False, help_text=_("Hỏi một lần, ở lượt thi đầu tiên.")
    )
    min_age = number_field(AGES, label=_("Tuổi thấp nhất"), required=False)
    exclude_staff = forms.BooleanField(label=_("Ban tổ chức và người quản trị không được xếp hạng"), required=False)
    register_from = MomentField(label=_("Mở đăng ký"), required=False, help_text=_("Giờ Việt Nam."))
    register_until = MomentField(
        label=_("Hạn đăng ký"), required=False, help_text=_("Giờ Việt Nam. Để trống: không cần đăng ký.")
    )
    one_prize = forms.ChoiceField(
        label=_("Mỗi người nhận"),
        choices=[
            (OnePrize.CONTEST.value, _("Một giải cao nhất trong cả cuộc thi")),
            (OnePrize.ROUND.value, _("Một giải cao nhất mỗi đợt, và giải cả cuộc thi")),
            (OnePrize.FREE.value, _("Mọi giải giành được")),
        ],
    )
    appeal_days = number_field(
        APPEAL_DAYS, label=_("Số ngày nhận khiếu nại sau khi công bố"), help_text=_("0: không nhận khiếu nại.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, PLACES + 1):
            self.fields[f"chain-{place}"] = forms.ChoiceField(
                label=gettext("Tiêu chí %(n)s") % {"n": place}, required=place == 1,
                choices=[("", "—"), *((one.value, text) for one, text in CRITERIA.items())],
            )  # fmt: skip
        self.names_in_act = {"chain": "chain-1"} | {
            f"eligibility.{name}": name
            for name in ("units", "roster", "code", "min_age", "exclude_staff", "register_from", "register_until")
        }

    def chain_fields(self) -> list[forms.BoundField]:
        """The criteria in their order."""
        return [self[f"chain-{place}"] for place in range(1, PLACES + 1)]

    def data_of(self) -> dict[str, Any]:
        """The parts of the rule set; after `is_valid`."""
        data = self.cleaned_data
        fit = {
            name: data[name] for name in ("units", "roster", "code", "min_age", "exclude_staff")
        } | {
            name: data[name].isoformat() if data[name] else None for name in ("register_from", "register_until")
        }  # fmt: skip
        chain = [data[f"chain-{place}"] for place in range(1, PLACES + 1)]
        return {
            "chain": [*filter(None, chain), data["end"]], "over_rounds": data["over_rounds"], "eligibility": fit,
            "one_prize": data["one_prize"], "appeal_days": data["appeal_days"],
        }  # fmt: skip

    @staticmethod
    def initial_of(rules: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a dumped rule set."""
        *chain, end = rules["chain"]
        fit = rules["eligibility"]
        moments = {
            name: forms.DateTimeField().to_python(fit[name]) if fit[name] else None
            for name in ("register_from", "register_until")
        }
        return {
            **{f"chain-{place}": key for place, key in enumerate(chain, 1)}, "end": end, "over_rounds": rules["over_rounds"],
            "one_prize": rules["one_prize"], "appeal_days": rules["appeal_days"], **fit, **moments,
        }  # fmt: skip


class DivisionForm(ConsoleForm):
    """One division: a row."""

    name = forms.CharField(label=_("Tên bảng"), max_length=120)
    key = forms.CharField(label=_("Mã"), max_length=20, help_text=_("Chữ thường không dấu, ví dụ bang-1."))
    way = forms.ChoiceField(
        label=_("Nhận"),
        choices=[
            (BY_KIND, _("Người thuộc loại đơn vị")), (BY_UNIT, _("Người thuộc các đơn vị")),
            (DECLARED, _("Người tự khai thuộc bảng")), (ALL, _("Mọi người còn lại")),
        ],
    )  # fmt: skip
    unit_kinds = forms.MultipleChoiceField(label=_("Loại đơn vị"), required=False, widget=forms.CheckboxSelectMultiple)
    units = CodesField(label=_("Mã các đơn vị"), help_text=_("Cách nhau bằng dấu phẩy."))

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_kinds"].choices = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A way that names something needs it named."""
        data = super().clean() or {}
        for way, name, text in (
            (BY_KIND, "unit_kinds", _("Hãy chọn ít nhất một loại đơn vị.")),
            (BY_UNIT, "units", _("Hãy ghi ít nhất một mã đơn vị.")),
        ):
            if data.get("way") == way and not data.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(text))
        return data

    def data_of(self) -> dict[str, Any]:
        """The row as the rule set writes it."""
        data = self.cleaned_data
        return {
            "key": data["key"], "name": data["name"], "declared": data["way"] == DECLARED,
            "unit_kinds": data["unit_kinds"] if data["way"] == BY_KIND else [], "units": data["units"] if data["way"] == BY_UNIT else [],
        }  # fmt: skip

    @staticmethod
    def initial_of(row: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a dumped division."""
        way = BY_KIND if row["unit_kinds"] else BY_UNIT if row["units"] else DECLARED if row["declared"] else ALL
        return {**row, "way": way}


class PrizeForm(ConsoleForm):
    """One prize: a row."""

    names_in_act = {"for": "to"}

    name = forms.CharField(label=_("Tên giải"), max_length=120)
    count = number_field(PRIZE_COUNTS, label=_("Số giải"))
    tier = number_field(TIERS, label=_("Bậc"), help_text=_("1 là cao nhất."))
    amount = number_field(AMOUNTS, label=_("Tiền thưởng (đồng)"))
    to = forms.ChoiceField(
        label=_("Trao cho"), choices=[(PrizeFor.PERSON.value, _("Cá nhân")), (PrizeFor.UNIT.value, _("Đơn vị"))]
    )
    round = forms.ChoiceField(label=_("Tính trên"))
    division = forms.ChoiceField(label=_("Bảng"), required=False)
    board = forms.ChoiceField(label=_("Bảng đơn vị"), required=False)

    def __init__(
        self,
        *args: Any,
        rounds: Sequence[Round],
        divisions: Sequence[tuple[str, str]],
        boards: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        numbered = [(str(one.number), one.title) for one in rounds]
        each = [(EACH, _("Từng đợt"))] if numbered else []
        for name, choices in (
            ("round", [("0", _("Cả cuộc thi")), *each, *numbered]),
            ("division", [("", _("Không chia bảng")), *([(EACH, _("Từng bảng"))] if divisions else []), *divisions]),
            ("board", [("", _("Không (giải cá nhân)")), *boards]),
        ):
            kept = str(
                self.initial.get(name, "")
            )  # what the rules say stays on the list, so that it can be seen and mended
            shown = choices if kept in {"", *(value for value, _text in choices)} else [*choices, (kept, kept)]
            self.fields[name].choices = shown  # type: ignore[attr-defined]

    def data_of(self) -> dict[str, Any]:
        """The row as the rule set writes it."""
        data = self.cleaned_data
        number = data["round"] if data["round"] == EACH else int(data["round"])
        return {name: data[name] for name in ("name", "count", "tier", "amount", "division", "board")} | {
            "for": data["to"],
            "round": number,
        }

    @staticmethod
    def initial_of(row: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a dumped prize."""
        return {**row, "to": row["for"], "round": str(row["round"])}


DivisionRows = forms.formset_factory(
    DivisionForm, extra=0, can_delete=True, max_num=MOST_DIVISIONS, absolute_max=MOST_DIVISIONS
)
PrizeRows = forms.formset_factory(PrizeForm, extra=0, can_delete=True, max_num=MOST_PRIZES, absolute_max=MOST_PRIZES)


def kept_rows(rows: Any) -> list[Any]:
    """The forms of a formset that were not struck out, in their order; after `is_valid`."""
    return [form for form in rows.forms if not form.cleaned_data.get("DELETE")]


def typed_rows(data: QueryDict, rows: Any, more: bool) -> list[dict[str, Any]]:
    """What was typed into the rows so far, and one more that is empty: for the button that adds a row."""
    text = data.get(f"{rows.prefix}-TOTAL_FORMS", "0")
    count = min(int(text), rows.max_num) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    found: list[dict[str, Any]] = []
    for index in range(count):
        row: dict[str, Any] = {}
        for name, field in rows.form.base_fields.items():
            key = f"{rows.prefix}-{index}-{name}"
            row[name] = data.getlist(key) if isinstance(field, forms.MultipleChoiceField) else data.get(key, "")
        row["DELETE"] = bool(data.get(f"{rows.prefix}-{index}-DELETE"))
        found.append(row)
    return [*found, {}] if more and count < rows.max_num else found


class UnitBoardForm(ConsoleForm):
    """One board of units."""

    name = forms.CharField(label=_("Tên bảng"), max_length=120, help_text=_("Ví dụ: Đơn vị có tỷ lệ dự thi cao nhất."))
    key = forms.CharField(
        label=_("Mã"), max_length=20, help_text=_("Phần cuối của địa chỉ trang: chữ thường không dấu, ví dụ ty-le.")
    )
    by = forms.ChoiceField(
        label=_("Xếp theo"), widget=forms.RadioSelect,
        choices=[
            (UnitBy.ENTRANTS.value, _("Số người dự thi")), (UnitBy.RATE.value, _("Tỷ lệ người dự thi")),
            (UnitBy.MEAN_TOP.value, _("Điểm trung bình của những người cao điểm nhất")), (UnitBy.FORMULA.value, _("Công thức của ban tổ chức")),
        ],
    )  # fmt: skip
    unit_kinds = forms.MultipleChoiceField(
        label=_("So sánh những loại đơn vị"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Không chọn loại nào: các đơn vị trực thuộc của đơn vị dự thi."),
    )  # fmt: skip
    people = forms.ChoiceField(
        label=_("Quy mô và tỷ lệ tính trên"),
        choices=[(PeopleOf.MEMBERS.value, _("Số đoàn viên")), (PeopleOf.WORKERS.value, _("Số lao động"))],
    )
    min_size = number_field(
        UNIT_SIZES, label=_("Quy mô nhỏ nhất được xếp hạng"), help_text=_("Số người. 1: mọi đơn vị.")
    )
    top = number_field(
        TOP_OF_UNIT, label=_("Bao nhiêu người cao điểm nhất"), help_text=_("Cho điểm trung bình và cho diem_top.")
    )
    formula = forms.CharField(
        label=_("Công thức"), required=False, max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_("Ví dụ: thi_sinh / doan_vien * 100. Số thập phân viết bằng dấu chấm."),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_kinds"].choices = kinds  # type: ignore[attr-defined]

    def data_of(self) -> dict[str, Any]:
        """The board as the rule set writes it; after `is_valid`."""
        data = {name: self.cleaned_data[name] for name in self.fields}
        return data | {"formula": data["formula"] if data["by"] == UnitBy.FORMULA else None}


def share(problems: Iterable[RuleProblem], form: ConsoleForm, rows: Mapping[str, Sequence[ConsoleForm]]) -> None:
    """Give each finding to the row that it names (`prizes[2].board`); the form takes the rest."""
    for problem in problems:
        found = re.fullmatch(r"(\w+)\[(\d+)\]\.?(.*)", problem.field)
        if found and found[1] in rows and int(found[2]) < len(rows[found[1]]):
            rows[found[1]][int(found[2])].add_problems([RuleProblem(found[3], problem.code, problem.text)])
        else:
            form.add_problems([problem])
