"""The small forms of the import preview: what all questions share, and a key chosen on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import normalise_name
from contests.authoring.checks import LONGEST
from contests.authoring.columns import Column
from contests.authoring.draft import QuestionDraft
from contests.authoring.mending import Defaults
from contests.pages.organizer_forms import use_plain_words
from contests.rules.kinds import Kind


class DefaultsForm(forms.Form):
    """Topic and source for every question of a file that names none."""

    topic = forms.CharField(label=_("Chủ đề"), required=False, max_length=LONGEST[Column.TOPIC])
    document = forms.CharField(
        label=_("Văn bản"), required=False, max_length=LONGEST[Column.DOCUMENT], help_text=_("Ví dụ: Bộ luật Lao động 2019")
    )  # fmt: skip
    article = forms.CharField(
        label=_("Điều khoản"), required=False, max_length=LONGEST[Column.ARTICLE], help_text=_("Ví dụ: Điều 35")
    )  # fmt: skip
    other_source = forms.CharField(
        label=_("Hoặc nguồn khác"), required=False, max_length=LONGEST[Column.OTHER_SOURCE],
        help_text=_("Ví dụ: Lịch sử Công đoàn Việt Nam, NXB Lao động, 2024"),
    )  # fmt: skip

    def __init__(self, *args: Any, topics: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_plain_words(self)
        self.topics = topics
        self.fields["topic"].widget.attrs["list"] = "chu-de-co-san"
        for field in self.fields.values():
            field.error_messages["max_length"] = _("“%(value)s” dài quá; hãy rút còn %(limit_value)s ký tự.")

    def chosen(self) -> Defaults:
        """What was typed; after `is_valid`."""
        return Defaults(**{name: normalise_name(value) for name, value in self.cleaned_data.items()})


def keyed(draft: QuestionDraft, chosen: Sequence[str]) -> QuestionDraft:
    """The draft with these options right, by their places from 0. Two right ones make a question that takes several."""
    key = frozenset(place for text in chosen if (place := whole(text, -1)) in range(len(draft.options)))
    kind = draft.kind
    if kind in (Kind.SINGLE, Kind.MULTIPLE):
        kind = Kind.MULTIPLE if len(key) > 1 else Kind.SINGLE
    return replace(draft, key=key, kind=kind)


def whole(text: str | None, otherwise: int = 0) -> int:
    """A whole number from a request."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
