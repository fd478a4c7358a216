"""A question in a form: written, mended after a file was read, changed in the bank. It says a question as the Excel sheet does,
and is read by the same reader and checks, so that what one accepts the other accepts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contests.authoring.cells import cells_of
from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import DraftReading, FileReading, Problem, QuestionDraft
from contests.authoring.reading import judge
from contests.authoring.rows import DIFFICULTY_NAMES, KIND_NAMES, WITH_ACCENTS, read_row, write_row
from contests.models import QuestionVersion
from contests.pages.organizer_forms import use_plain_words
from contests.rules.kinds import Kind

LETTERS = tuple(column.value for column in OPTION_COLUMNS)  # as many options as the form and the sheet hold
OF_LETTERS = (Kind.SINGLE, Kind.MULTIPLE)  # the key is ticked
OF_TEXTS = (Kind.SHORT_TEXT, Kind.FILL_IN)  # accents may count
WITH_OPTIONS = (*OF_LETTERS, Kind.ORDERING, Kind.MATCHING)
WITH_KEY = (Kind.SHORT_TEXT, Kind.NUMBER, Kind.FILL_IN, Kind.ORDERING)
READ_FROM_FORM = {"accepted", "accents", "blanks", "value", "tolerance", "right"}  # of a spec; the rest stays as it was

_FIELDS: Mapping[Column, str] = {
    Column.CODE: "code",
    Column.TOPIC: "topic",
    Column.KIND: "kind",
    Column.DIFFICULTY: "difficulty",
    Column.STEM: "stem",
    **{column: f"option_{column.lower()}" for column in OPTION_COLUMNS},
    Column.PINNED: "pinned",
    Column.DOCUMENT: "document",
    Column.ARTICLE: "article",
    Column.OTHER_SOURCE: "other_source",
    Column.VALID_FROM: "valid_from",
    Column.VALID_TO: "valid_to",
    Column.EXPLANATION: "explanation",
}  # the key stands in `right`, `truth` or `key`, as the kind has it
# Said of a form, where the sheet would name a column.
_IN_A_FORM = {
    "letters_not_pinned": _("Một phương án nhắc tới chữ cái của phương án khác, mà thứ tự có thể bị đảo; hãy đánh dấu “Giữ chỗ” ở mọi phương án."),
    "all_not_pinned": _("Một phương án nói về tất cả các phương án; nên đánh dấu “Giữ chỗ” cho nó để nó luôn đứng đúng chỗ."),
    "few_options": _("Cần ít nhất hai phương án trả lời."),
    "missing_kind": _("Hãy chọn loại câu hỏi."),
}  # fmt: skip
_LETTER_CHOICES = [(letter, letter) for letter in LETTERS]


class WantedField(forms.CharField):
    """Said to be needed; that it is missing is for the checks to say, in their words."""

    def validate(self, value: Any) -> None:
        """Nothing."""


def _line(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, **kwargs)


def _text(label: Any, rows: int, **kwargs: Any) -> forms.CharField:
    return _line(label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def _day(label: Any) -> forms.CharField:
    return _line(label, widget=forms.DateInput(attrs={"type": "date", "min": "1900-01-01", "max": "2199-12-31"}))


class QuestionForm(forms.Form):
    """One question of any kind. Every field may be left empty: what is wrong is said by the checks of a question file.

    `draft` is what the fields begin with, `topics` those that the bank has; a new one may be written. With `fixed_code` the code
    stands and cannot be changed.
    """

    use_required_attribute = False

    code = WantedField(label=_("Mã"), help_text=_("Mã riêng, ví dụ HD-001."))
    topic = WantedField(label=_("Chủ đề"), help_text=_("Có sẵn, hoặc gõ tên mới."))
    kind = forms.ChoiceField(
        label=_("Loại câu hỏi"), choices=QuestionVersion.Kind.choices, widget=forms.Select(attrs={"data-decides": ""})
    )
    difficulty = forms.ChoiceField(label=_("Mức độ"), choices=QuestionVersion.Difficulty.choices)
    stem = WantedField(label=_("Câu hỏi"), widget=forms.Textarea(attrs={"rows": 4}))
    option_a = _text(_("Phương án A"), 2)
    option_b = _text(_("Phương án B"), 2)
    option_c = _text(_("Phương án C"), 2)
    option_d = _text(_("Phương án D"), 2)
    option_e = _text(_("Phương án E"), 2)
    option_f = _text(_("Phương án F"), 2)
    right = forms.MultipleChoiceField(label=_("Đáp án đúng"), required=False, choices=_LETTER_CHOICES)
    pinned = forms.MultipleChoiceField(label=_("Giữ chỗ"), required=False, choices=_LETTER_CHOICES)
    truth = forms.ChoiceField(
        label=_("Đáp án của câu Đúng/Sai"), required=False, choices=[("Đúng", _("Đúng")), ("Sai", _("Sai"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    key = _text(_("Đáp án"), 2)
    accents = forms.BooleanField(label=_("Phải gõ đúng dấu tiếng Việt mới được tính là đúng"), required=False)
    document = WantedField(label=_("Văn bản"), help_text=_("Ví dụ: Bộ luật Lao động 2019."))
    article = WantedField(label=_("Điều khoản"), help_text=_("Ví dụ: khoản 2 Điều 35."))
    other_source = WantedField(
        label=_("Nguồn khác"), help_text=_("Cho câu không thuộc văn bản pháp luật: tên sách, trang báo.")
    )
    valid_from = _day(_("Hiệu lực từ"))
    valid_to = _day(_("Hiệu lực đến"))
    explanation = _text(_("Giải thích"), 3, help_text=_("Hiện cho thí sinh sau khi đợt thi đóng."))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, draft: QuestionDraft | None, topics: Sequence[str],
        fixed_code: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            data, initial=initial_of(draft) if draft else {"kind": "single", "difficulty": "medium"}, **kwargs
        )
        self.draft, self.topics = draft, list(topics)
        self.hints: list[Problem] = []
        self.unread: tuple[Problem, ...] = ()
        self.says_all = True
        use_plain_words(self)
        self.fields["topic"].widget.attrs["list"] = f"{self.auto_id_of('topic')}_list"
        self.fields["code"].disabled = fixed_code
        self.fixed_code = fixed_code

    def auto_id_of(self, name: str) -> str:
        """The id of a field's widget."""
        return self[name].auto_id

    def read(self, row: int) -> DraftReading:
        """What stands in the fields, as a draft at this row, with what is wrong and what is doubtful.

        Each problem is put on its field as well, each hint into `hints`. Fields that the kind does not need say nothing.
        `unread` is what was typed and could not be made out; where not `says_all`, the draft must not take the place of the one
        before: a field could not be read, or the one before holds what no field can say.
        """
        unsaid = self.unsaid(row)
        self.says_all = self.is_valid() and not unsaid
        reading = read_row(row, self._cells())
        self.unread = reading.problems
        before = self.draft
        kept = {name: value for name, value in before.spec.items() if name not in READ_FROM_FORM} if before else {}
        draft = replace(reading.draft, spec={**reading.draft.spec, **kept})
        if before:
            draft = replace(draft, label=before.label, source=before.source, image=before.image)
        problems = [*reading.problems, *unsaid]
        judged = judge(FileReading((replace(reading, draft=draft, problems=tuple(problems)),)), "", "")
        for problem in judged.problems:
            self._put(problem)
        self.hints = [replace(hint, text=self._said(hint)) for hint in judged.warnings]
        return DraftReading(draft, judged.problems, judged.warnings)

    def unsaid(self, row: int) -> list[Problem]:
        """Why the fields cannot say the draft that the form began with, if so: saving them would change it in silence."""
        why = cells_of(self.draft) if self.draft else None
        if not isinstance(why, str):
            return []
        column = Column.KEY if self.draft and self.draft.kind in OF_TEXTS else Column.A
        text = f"Câu này {why}, nên không sửa được bằng biểu mẫu. Hãy sửa trong tệp rồi tải lên lại."
        return [Problem(row, column, "not_in_a_form", text)]

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Say of fields that nobody has sent yet what is wrong with them."""
        self.cleaned_data = {"kind": self["kind"].value()}
        self._errors = ErrorDict()
        for problem in problems:
            self._put(problem)

    def option_rows(self) -> list[dict[str, Any]]:
        """The options as the page shows them: letter, field, and whether it is ticked and pinned."""
        right, pinned = (set(self[name].value() or ()) for name in ("right", "pinned"))
        return [
            {"letter": letter, "field": self[f"option_{letter.lower()}"], "right": letter in right, "pinned": letter in pinned}
            for letter in LETTERS
        ]  # fmt: skip

    def _cells(self) -> dict[Column, str]:
        """The row of a sheet that says the same."""
        said = self.cleaned_data
        kind = Kind(said["kind"]) if said.get("kind") else None
        cells = {column: said.get(name) or "" for column, name in _FIELDS.items() if isinstance(said.get(name), str)}
        name = KIND_NAMES[kind] if kind else ""
        cells[Column.KIND] = f"{name} {WITH_ACCENTS}" if kind in OF_TEXTS and said.get("accents") else name
        cells[Column.DIFFICULTY] = DIFFICULTY_NAMES.get(said.get("difficulty") or "", "")  # type: ignore[call-overload]
        if kind not in WITH_OPTIONS:
            cells |= dict.fromkeys(OPTION_COLUMNS, "")
        if kind in OF_LETTERS:
            cells |= {Column.KEY: ",".join(said.get("right", ())), Column.PINNED: ",".join(said.get("pinned", ()))}
        elif kind is Kind.TRUE_FALSE:
            cells[Column.KEY] = said.get("truth", "")
        elif kind in WITH_KEY:
            cells[Column.KEY] = said.get("key", "")
        return cells

    def _put(self, problem: Problem) -> None:
        name = _FIELDS.get(problem.column)  # type: ignore[call-overload]
        if problem.column == Column.KEY:
            kind = self.cleaned_data.get("kind")
            name = "right" if kind in OF_LETTERS else "truth" if kind == Kind.TRUE_FALSE else "key"
        self.add_error(name, self._said(problem))

    def _said(self, problem: Problem) -> str:
        in_a_form = _IN_A_FORM.get(problem.code)
        if problem.code == "few_options" and self.cleaned_data.get("kind") not in OF_LETTERS:
            in_a_form = None
        return str(in_a_form) if in_a_form else gettext(problem.text)


def initial_of(draft: QuestionDraft) -> dict[str, Any]:
    """The fields' values that say this draft."""
    cells = write_row(draft)
    values: dict[str, Any] = {name: cells.get(column, "") for column, name in _FIELDS.items()}
    return values | {
        "kind": draft.kind.value,
        "difficulty": draft.difficulty.value,
        "right": [chr(ord("A") + place) for place in sorted(draft.key) if draft.kind in OF_LETTERS],
        "pinned": [chr(ord("A") + place) for place in sorted(draft.pinned) if draft.kind in OF_LETTERS],
        "truth": cells.get(Column.KEY, "") if draft.kind is Kind.TRUE_FALSE else "",
        "key": cells.get(Column.KEY, "") if draft.kind in WITH_KEY else "",
        "accents": bool(draft.spec.get("accents")),
        "valid_from": _iso(draft.valid_from),
        "valid_to": _iso(draft.valid_to),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
