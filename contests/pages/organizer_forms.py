"""Forms of the organizer's console. They check shape; whether a plan makes sense is for the acts, whose findings come back here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.names import normalise_name
from accounts.scope import Scope
from contests.actions.contest import RoundPlan
from contests.authoring.formats import SUFFIXES
from contests.models import Bank, Contest, Round
from contests.pages.organizer_presets import Preset, spread
from contests.pages.organizer_round_rules import RuleFields, initial_of_rules
from contests.queries.organizer import FoundUnit, find_units, found_units, units_in
from contests.rules.scoring import SETTING_NAMES
from contests.rules.settings import DIFFICULTIES, GRACE_SECONDS, MINUTES, Review, RuleProblem, ShowAfter

WEEKS = range(1, 53)
USUAL_ATTEMPTS = (1, 2, 3, 5, 10)
UNLIMITED = "khong-gioi-han"
PLAIN_WORDS = {
    "required": _("Hãy điền mục này."),
    "invalid_choice": _("Hãy chọn một mục trong danh sách."),
    "null_characters_not_allowed": _("Mục này có ký tự không đọc được; hãy xoá rồi gõ lại."),
}
DJANGO_WORDS = {
    "required": [forms.Field.default_error_messages["required"]],
    "invalid_choice": [forms.ChoiceField.default_error_messages["invalid_choice"]],
    "null_characters_not_allowed": [],
}
COLUMNS = {"": _("Bất kỳ"), "easy": _("Dễ"), "medium": _("Vừa"), "hard": _("Khó")}
WHOLE = {"invalid": _("Hãy nhập một số nguyên, ví dụ 20.")}


def use_plain_words(form: forms.Form) -> None:
    """Say what to do where a field would say Django's own sentence."""
    for field in form.fields.values():
        for code, text in PLAIN_WORDS.items():
            if field.error_messages.get(code) in (None, *DJANGO_WORDS[code]):
                field.error_messages[code] = text


class ConsoleForm(forms.Form):
    """A form that can take an act's findings, each to its field."""

    names_in_act: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_plain_words(self)

    def add_problems(self, problems: Iterable[RuleProblem]) -> None:
        """Put each finding on the field it names; what names no field of this form stands above the form."""
        for problem in problems:
            name = self.names_in_act.get(problem.field, problem.field)
            self.add_error(name if name in self.fields else None, gettext(problem.text))


class MomentField(forms.DateTimeField):
    """A clock time in Vietnam, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": "60"})
        errors = {"invalid": _("Hãy ghi đủ ngày và giờ, ví dụ 22/11/2026 08:00.")}
        super().__init__(widget=widget, error_messages=errors, **kwargs)


def number_field(limits: range, **kwargs: Any) -> forms.IntegerField:
    """A whole number; the limits are a hint to the browser, the acts hold them."""
    widget = forms.NumberInput(attrs={"min": limits[0], "max": limits[-1], "inputmode": "numeric"})
    return forms.IntegerField(widget=widget, error_messages=WHOLE, **kwargs)


class BankForm(forms.Form):
    """A new bank."""

    name = forms.CharField(
        label=_("Tên ngân hàng câu hỏi"), max_length=200, help_text=_("Ví dụ: Pháp luật lao động 2026.")
    )
    owner = forms.ChoiceField(label=_("Đơn vị sở hữu"))

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.code: unit for unit in units}
        self.fields["owner"].choices = [(unit.code, unit.name) for unit in units]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["owner"].widget = forms.HiddenInput()
            self.initial.setdefault("owner", units[0].code)

    @property
    def chosen_owner(self) -> Unit:
        """The unit chosen; after `is_valid`."""
        return self.units[self.cleaned_data["owner"]]


class UploadForm(forms.Form):
    """A file of questions. What it holds is for `contests.authoring`."""

    file = forms.FileField(
        label=_("Tệp câu hỏi"), allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        help_text=_("Word, Excel hoặc tệp xuất từ Moodle, Kahoot, Quizizz; tối đa 5 MB. Tải lên chỉ để xem trước, chưa lưu gì."),
        error_messages={"required": _("Hãy chọn tệp câu hỏi trước khi bấm nút.")},
    )  # fmt: skip


class StartForm(forms.Form):
    """Which beginning and which bank a new contest gets."""

    mau = forms.ChoiceField(label=_("Kiểu cuộc thi"), widget=forms.RadioSelect)
    bank = forms.ChoiceField(label=_("Ngân hàng câu hỏi"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, presets: Mapping[str, Preset], banks: Sequence[Bank], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.presets, self.banks = presets, {str(bank.public_id): bank for bank in banks}
        self.fields["mau"].choices = [(code, preset.title) for code, preset in presets.items()]  # type: ignore[attr-defined]
        self.fields["bank"].choices = [(code, bank.name) for code, bank in self.banks.items()]  # type: ignore[attr-defined]
        if len(self.banks) == 1:
            self.fields["bank"].widget = forms.HiddenInput()
            self.initial.setdefault("bank", next(iter(self.banks)))

    @property
    def preset(self) -> Preset:
        """The beginning chosen; after `is_valid`."""
        return self.presets[self.cleaned_data["mau"]]

    @property
    def chosen_bank(self) -> Bank:
        """The bank chosen; after `is_valid`."""
        return self.banks[self.cleaned_data["bank"]]


class ContestForm(ConsoleForm):
    """Name, words and people of a contest. The audience is picked by a search that works without a script."""

    title = forms.CharField(
        label=_("Tên cuộc thi"), max_length=200, error_messages={"required": _("Hãy đặt tên cho cuộc thi.")}
    )
    summary = forms.CharField(
        label=_("Giới thiệu"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Một hai câu để đoàn viên biết cuộc thi nói về điều gì."),
    )  # fmt: skip
    organizer = forms.ChoiceField(label=_("Đơn vị tổ chức"))
    audience = forms.CharField(label=_("Ai được dự thi"), error_messages={"required": _("Hãy chọn một đơn vị.")})
    audience_search = forms.CharField(required=False, max_length=200)

    def __init__(
        self, *args: Any, scope: Scope, units: Sequence[Unit], words_only: bool = False, **kwargs: Any
    ) -> None:
        """`words_only`: of a contest that was published; who may take part stays, also where it could not be chosen any more."""
        super().__init__(*args, **kwargs)
        if words_only:
            del self.fields["audience"], self.fields["audience_search"]
        self.scope, self.units = scope, {unit.code: unit for unit in units}
        self.chosen: Unit | None = None
        self.fields["organizer"].choices = [(unit.code, unit.name) for unit in units]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["organizer"].widget = forms.HiddenInput()

    def clean_audience(self) -> str:
        code = self.cleaned_data["audience"]
        self.chosen = units_in(self.scope).filter(code=code).first()
        if self.chosen is None:
            raise ValidationError(
                _("Đơn vị này không có trong phạm vi bạn phụ trách. Hãy tìm và chọn một đơn vị trong danh sách.")
            )
        return code

    @property
    def chosen_organizer(self) -> Unit:
        """The unit that organizes; after `is_valid`."""
        return self.units[self.cleaned_data["organizer"]]

    @property
    def chosen_audience(self) -> Unit:
        """The unit whose people may take part; after `is_valid`."""
        assert self.chosen is not None
        return self.chosen

    def shown_units(self) -> list[FoundUnit]:
        """What the picker lists: the unit chosen now, the organizer's own, and what the search found."""
        code, text = (normalise_name(str(self[name].value() or "")) for name in ("audience", "audience_search"))
        shown = {
            found.code: found
            for found in found_units(units_in(self.scope).filter(code__in={code, *self.units}).order_by("depth"))
        }
        return [*shown.values(), *(found for found in find_units(self.scope, text) if found.code not in shown)]


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A topic in the table of a paper: each cell's field, what the bank offers there, and the cell's word."""

    topic: str
    cells: list[tuple[forms.BoundField, int, str]]

    def errors(self) -> list[str]:
        """What is wrong in the row."""
        return [f"{word}: {text}" for field, _, word in self.cells for text in field.errors]


class RoundForm(RuleFields, ConsoleForm):
    """A round: when, how long, how often, how many questions of each topic and difficulty. `sizes` is what the bank offers."""

    names_in_act = {
        "title": "round_title", "points_per_question": "point", "qualify.top": "final_of",
        **{f"scoring.{name}": name for name in SETTING_NAMES},
    }  # fmt: skip

    round_title = forms.CharField(label=_("Tên đợt"), max_length=120, help_text=_("Ví dụ: Tuần 1, Đợt 2, Buổi thi."))
    opens_at = MomentField(label=_("Mở lúc"), help_text=_("Giờ Việt Nam."))
    closes_at = MomentField(label=_("Đóng lúc"), help_text=_("Giờ Việt Nam."))
    weeks = number_field(
        WEEKS, label=_("Số đợt"), initial=1, required=False,
        help_text=_("Mỗi tuần một đợt, cùng giờ và cùng thể lệ. Đợt nào cũng sửa riêng được sau khi lưu."),
    )  # fmt: skip
    minutes = number_field(MINUTES, label=_("Số phút làm bài"))
    attempts = forms.TypedChoiceField(
        label=_("Số lượt mỗi người"), coerce=lambda value: None if value == UNLIMITED else int(value)
    )
    show = forms.ChoiceField(
        label=_("Khi nộp bài, thí sinh thấy"),
        choices=[(ShowAfter.SCORE.value, _("Điểm ngay")), (ShowAfter.NOTHING.value, _("Chưa thấy điểm, đợi hết đợt"))],
    )
    review = forms.ChoiceField(
        label=_("Khi không còn ai làm các câu ấy, thí sinh xem lại"),
        choices=[
            (Review.EXPLANATION.value, _("Bài của mình, đáp án và giải thích")),
            (Review.RIGHT_WRONG.value, _("Câu nào đúng, câu nào sai")),
            (Review.SCORE.value, _("Chỉ điểm")),
            (Review.NOTHING.value, _("Không gì thêm; ban tổ chức công bố")),
        ],
        help_text=_("Chỉ mở khi mọi đợt thi dùng chung ngân hàng câu hỏi đã đóng."),
    )
    grace_seconds = number_field(
        GRACE_SECONDS,
        label=_("Số giây chờ mạng sau khi hết giờ"),
        help_text=_("Bài gửi đúng giờ mà mạng chậm vẫn được nhận. Thường là 5."),
    )

    def __init__(
        self,
        *args: Any,
        sizes: Mapping[str, Mapping[str, int]],
        kept_rules: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kept_rules = dict(kept_rules or {})  # what no field asks for stays as it is
        kept = self.kept_rules.get("attempts")
        usual = sorted({*USUAL_ATTEMPTS, *([kept] if kept else [])})
        self.fields["attempts"].choices = [
            *((str(n), _("%d lượt") % n) for n in usual),
            (UNLIMITED, _("Không giới hạn")),
        ]  # type: ignore[attr-defined]
        self.sizes = sizes
        self.draw_problems: list[str] = []
        self.cells = {topic_field(topic, cell): (topic, cell) for topic in sizes for cell in ("", *DIFFICULTIES)}
        for name, (topic, cell) in self.cells.items():
            label = f"{topic}, {str(COLUMNS[cell]).lower()}" if cell else topic
            size = sizes[topic].get(cell, 0)
            self.fields[name] = number_field(range(0, max(size, 1) + 1), label=label, required=False, initial="")

    def draw_rows(self) -> list[DrawRow]:
        """A row a topic: a field for any difficulty and one for each, with what the bank offers."""
        rows = []
        for topic, sizes in self.sizes.items():
            cells = [(self[topic_field(topic, cell)], sizes.get(cell, 0), str(word)) for cell, word in COLUMNS.items()]
            rows.append(DrawRow(topic, cells))
        return rows

    def plan(self) -> RoundPlan:
        """The round as the act takes it; after `is_valid`."""
        data = self.cleaned_data
        rules = {
            "minutes": data["minutes"], "attempts": data["attempts"], "review": data["review"], "show": data["show"], "grace_seconds": data["grace_seconds"],
            "draw": [
                {"topic": topic, "count": data[name]} | ({"difficulty": cell} if cell else {})
                for name, (topic, cell) in self.cells.items() if name in self.drawn
            ],
        }  # fmt: skip
        return RoundPlan(
            data["round_title"],
            data["opens_at"],
            data["closes_at"],
            self.kept_rules | self.rare_settings(self.kept_rules) | rules,
        )

    def clean_weeks(self) -> int:
        """One round where nothing is asked."""
        weeks = self.cleaned_data["weeks"] or 1
        if weeks not in WEEKS:
            raise ValidationError(_("Nhiều nhất là %(n)s đợt."), params={"n": WEEKS[-1]})
        return int(weeks)

    @property
    def drawn(self) -> list[str]:
        """The fields of topics and difficulties that the paper draws from; after `is_valid`."""
        return [name for name in self.cells if self.cleaned_data.get(name)]

    def add_problems(self, problems: Iterable[RuleProblem]) -> None:
        """As above; what is wrong with one topic's number stands beside it, what is wrong with the whole paper above them."""
        places = {f"draw[{index}].count": name for index, name in enumerate(self.drawn)}
        rest = []
        for problem in problems:
            if problem.field in places:
                self.add_error(places[problem.field], gettext(problem.text))
            elif problem.field.startswith("windows"):
                self.add_error("windows", gettext(problem.text))
            elif problem.field == "draw":
                self.draw_problems.append(gettext(problem.text))
            else:
                rest.append(problem)
        super().add_problems(rest)

    @staticmethod
    def initial_of_preset(
        preset: Preset, sizes: Mapping[str, Mapping[str, int]], window: tuple[Any, Any]
    ) -> dict[str, Any]:
        """Starting values from a preset, its questions spread over what the bank offers."""
        counts = spread(preset.questions, {topic: cells.get("", 0) for topic, cells in sizes.items()})
        return {
            "round_title": preset.round_title, "weeks": preset.weeks, "opens_at": window[0], "closes_at": window[1], "minutes": preset.minutes,
            "attempts": preset.attempts, "review": Review.EXPLANATION.value, "show": ShowAfter.SCORE.value, "grace_seconds": 5,
            **initial_of_rules({}),
            **{topic_field(topic): count for topic, count in counts.items()},
        }  # fmt: skip

    @staticmethod
    def initial_of_round(round_: Round) -> dict[str, Any]:
        """The values of a round that exists."""
        rules = round_.rules
        return {
            "round_title": round_.title, "opens_at": round_.opens_at, "closes_at": round_.closes_at,
            "minutes": rules.get("minutes"), "attempts": rules.get("attempts") or UNLIMITED, "review": rules.get("review", Review.SCORE.value), "show": rules.get("show", ShowAfter.SCORE.value),
            "grace_seconds": rules.get("grace_seconds", 5), **initial_of_rules(rules),
            **{topic_field(part["topic"], part.get("difficulty", "")): part["count"] for part in rules.get("draw", [])},
        }  # fmt: skip


class ExtendForm(ConsoleForm):
    """A later closing, and why."""

    closes_at = MomentField(label=_("Giờ đóng mới"), help_text=_("Giờ Việt Nam. Chỉ kéo dài, không rút ngắn."))
    reason = forms.CharField(
        label=_("Lý do"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Được ghi vào nhật ký cuộc thi, ví dụ: bão số 5, nhiều đơn vị mất điện."),
        error_messages={"required": _("Hãy ghi lý do; thí sinh và cấp trên có thể hỏi.")},
    )  # fmt: skip


def words_initial(contest: Contest) -> dict[str, Any]:
    """The values of a contest that exists."""
    return {
        "title": contest.title, "summary": contest.summary, "organizer": contest.organizer.code, "audience": contest.audience.code
    }  # fmt: skip


def typed(data: Mapping[str, Any], form: forms.Form) -> dict[str, Any]:
    """What was typed so far, to show the form again without judging it: for the buttons that only search."""
    return {name: data.get(name, "") for name in form.fields}


def topic_field(topic: str, difficulty: str = "") -> str:
    """A field name that any topic can have, and each difficulty of it."""
    name = f"draw-{hashlib.sha256(topic.encode()).hexdigest()[:12]}"
    return f"{name}-{difficulty}" if difficulty else name
