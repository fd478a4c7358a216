"""The form in which a member says what to look at again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contests.errors import ContestError
from contests.pages.organizer_forms import use_plain_words
from contests.rules.appeals import TEXT

FIELDS_OF_CODES = {"text": "text", "question": "question", "already": "question"}


class AppealForm(forms.Form):
    """About the whole attempt or one of its questions, and why."""

    question = forms.TypedChoiceField(
        label=_("Về mục nào"), required=False, coerce=int, empty_value=None,
        error_messages={"invalid_choice": _("Đề này không có câu ấy. Hãy chọn câu trong danh sách.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("Nội dung"), max_length=TEXT[-1] * 2, widget=forms.Textarea(attrs={"rows": 5, "maxlength": TEXT[-1]}),
        help_text=_("Nói rõ bạn thấy sai ở đâu và căn cứ vào đâu, ví dụ điều luật. Chỉ ban tổ chức đọc được."),
        error_messages={"required": _("Hãy nói rõ vì sao bạn khiếu nại.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, questions: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["question"].choices = [  # type: ignore[attr-defined]
            ("", _("Cả lượt thi")),
            *((number, gettext("Câu %(number)s: %(stem)s") % {"number": number, "stem": stem}) for number, stem in questions),
        ]  # fmt: skip
        use_plain_words(self)

    def add_refusal(self, error: ContestError) -> None:
        """Put what the act said beside the field that it is about, else above the form."""
        self.add_error(FIELDS_OF_CODES.get(error.code), gettext(error.text))
