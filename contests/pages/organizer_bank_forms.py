"""Forms of the bank's pages: what is looked for, what is done to many questions, which article was amended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import normalise_name
from contests.actions.bank_edit import BulkChange
from contests.models import Bank, QuestionVersion
from contests.pages.organizer_forms import ConsoleForm
from contests.pages.question_form import WantedField
from contests.queries.bank_console import NOT_APPROVED, BankFilter, Look


class BankFilterForm(forms.Form):
    """What the bank page is asked for; a value that makes no sense asks for all."""

    q = forms.CharField(label=_("Tìm câu hỏi"), required=False)
    topic = forms.ChoiceField(label=_("Chủ đề"), required=False)
    kind = forms.ChoiceField(
        label=_("Loại"), required=False, choices=[("", _("Mọi loại")), *QuestionVersion.Kind.choices]
    )
    review = forms.ChoiceField(
        label=_("Duyệt"),
        required=False,
        choices=[("", _("Đã và chưa duyệt")), (NOT_APPROVED, _("Chưa duyệt xong")), *QuestionVersion.Review.choices],
    )
    look = forms.ChoiceField(
        label=_("Cần để ý"), required=False,
        choices=[
            ("", _("Mọi câu")), (Look.ENDS_SOON.value, _("Sắp hết hiệu lực (60 ngày)")), (Look.ENDED.value, _("Đã hết hiệu lực")),
            (Look.FLAGGED.value, _("Điều luật đã sửa, cần xem lại")), (Look.COMMENTED.value, _("Có nhận xét chưa xong")),
        ],
    )  # fmt: skip
    tag = forms.ChoiceField(label=_("Nhãn"), required=False)
    retired = forms.BooleanField(label=_("Chỉ câu đã ngừng dùng"), required=False)

    def __init__(self, data: Mapping[str, Any], *, bank: Bank) -> None:
        super().__init__(data)
        tags = [(tag.name, tag.name) for tag in bank.tags.all()]
        self.fields["tag"].choices = [("", _("Mọi nhãn")), *tags]  # type: ignore[attr-defined]
        topics = [(topic.name, topic.name) for topic in bank.topics.all()]
        self.fields["topic"].choices = [("", _("Mọi chủ đề")), *topics]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs |= {"placeholder": _("gõ không dấu cũng được"), "type": "search"}

    def asked(self) -> BankFilter:
        """The filter; unreadable parts left out."""
        self.is_valid()
        data = self.cleaned_data
        return BankFilter(
            data.get("q", ""), data.get("topic", ""), data.get("kind", ""), data.get("retired", False),
            data.get("review", ""), data.get("tag", ""), data.get("look", ""),
        )  # fmt: skip


class BulkForm(ConsoleForm):
    """What to do to the questions that were chosen; only the fields of the chosen act count."""

    use_required_attribute = False

    what = forms.ChoiceField(
        label=_("Việc cần làm"), widget=forms.Select(attrs={"data-decides": ""}),
        choices=[
            ("topic", _("Đổi chủ đề")), ("difficulty", _("Đổi mức độ")), ("add_tag", _("Gắn nhãn")), ("remove_tag", _("Bỏ nhãn")),
            ("valid_from", _("Đặt ngày có hiệu lực")), ("valid_to", _("Đặt ngày hết hiệu lực")), ("review", _("Gửi duyệt")),
            ("retire", _("Ngừng dùng")), ("restore", _("Dùng lại")),
        ],
    )  # fmt: skip
    topic = WantedField(label=_("Chủ đề mới"), max_length=100)
    difficulty = forms.ChoiceField(label=_("Mức độ mới"), required=False, choices=QuestionVersion.Difficulty.choices)
    tag = WantedField(label=_("Nhãn"), max_length=40)
    day = forms.DateField(
        label=_("Ngày"), required=False, input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1900-01-01", "max": "2199-12-31"}),
        help_text=_("Để trống là bỏ ngày đang ghi."), error_messages={"invalid": _("Hãy ghi ngày, ví dụ 01/01/2027.")},
    )  # fmt: skip

    def __init__(self, *args: Any, bank: Bank, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics, self.tags = [topic.name for topic in bank.topics.all()], [tag.name for tag in bank.tags.all()]
        self.fields["topic"].widget.attrs["list"] = "bulk-topics"
        self.fields["tag"].widget.attrs["list"] = "bulk-tags"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needs = {"topic": "topic", "add_tag": "tag", "remove_tag": "tag"}.get(data.get("what", ""))
        if needs and not normalise_name(data.get(needs, "")):
            self.add_error(needs, _("Hãy điền mục này."))
        return data

    def change(self) -> BulkChange:
        """The change; after `is_valid`."""
        data = self.cleaned_data
        match data["what"]:
            case "topic":
                return BulkChange(topic=data["topic"])
            case "difficulty":
                return BulkChange(difficulty=data["difficulty"])
            case "add_tag":
                return BulkChange(add_tag=data["tag"])
            case "remove_tag":
                return BulkChange(remove_tag=data["tag"])
            case "valid_from" | "valid_to" as name:
                return BulkChange(dates={name: data["day"]})
            case "review":
                return BulkChange(send_to_review=True)
            case what:
                return BulkChange(retire=what == "retire", restore=what == "restore")


class AmendForm(ConsoleForm):
    """Which article of which document was amended, and from when."""

    document = forms.CharField(
        label=_("Văn bản"), max_length=200, help_text=_("Như trong câu hỏi, ví dụ Bộ luật Lao động 2019.")
    )
    article = forms.CharField(label=_("Điều đã sửa"), max_length=120, help_text=_("Ví dụ: Điều 35."))
    since = forms.DateField(
        label=_("Sửa từ ngày"), input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1900-01-01", "max": "2199-12-31"}),
        error_messages={"invalid": _("Hãy ghi ngày, ví dụ 01/01/2027.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Ghi chú"), required=False, max_length=300, help_text=_("Ví dụ: sửa bởi Luật số 12/2027/QH16.")
    )
