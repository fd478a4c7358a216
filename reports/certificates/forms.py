"""Forms about certificates: to whom, how they look, why one is revoked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contests.errors import ContestError
from contests.models import Round
from contests.pages.organizer_attempt_forms import RefusedForm, reason_field
from contests.pages.organizer_forms import ConsoleForm, number_field
from reports.certificates import wording
from reports.certificates.claims import Ask
from reports.certificates.wording import Kind
from reports.models import CertificateBatch, CertificateDesign

USUAL_SHARE = 50
SHARES = range(1, 101)
PICTURES = "image/jpeg,image/png,image/webp,image/gif"


class IssueForm(ConsoleForm):
    """To whom certificates go."""

    kind = forms.ChoiceField(
        label=_("Cấp cho"), widget=forms.RadioSelect,
        choices=[
            (Kind.TOOK_PART.value, _("Mọi người đã nộp bài")), (Kind.PASSED.value, _("Người đạt tỷ lệ câu đúng")), (Kind.PRIZE.value, _("Người đạt giải đã công bố")),
        ],
        error_messages={"required": _("Hãy chọn cấp cho ai."), "invalid_choice": _("Hãy chọn cấp cho ai.")},
    )  # fmt: skip
    share = number_field(
        SHARES, label=_("Tỷ lệ câu đúng từ (%)"), required=False,
        help_text=_("Chỉ dùng khi cấp theo tỷ lệ: lượt thi tốt nhất có ít nhất ngần này phần trăm câu đúng."),
    )  # fmt: skip
    round = forms.TypedChoiceField(label=_("Phần thi"), required=False, coerce=int, empty_value=None)
    again = forms.BooleanField(label=_("Cấp lại cho người đã bị thu hồi giấy"), required=False)
    split = forms.ChoiceField(
        label=_("Tệp để in"), required=False, widget=forms.RadioSelect,
        choices=[("", _("Một tệp PDF, mỗi người một trang")), ("zip", _("Tệp nén, mỗi người một tệp PDF, xếp theo đơn vị"))],
    )  # fmt: skip

    def __init__(self, *args: Any, rounds: Sequence[Round], **kwargs: Any) -> None:
        initial = {"kind": Kind.TOOK_PART.value, "share": USUAL_SHARE, "split": ""}
        super().__init__(*args, initial=initial, **kwargs)
        self.rounds = {each.number: each for each in rounds}
        self.fields["round"].choices = [("", _("Cả cuộc thi")), *((each.number, each.title) for each in rounds)]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """A percentage where one is needed."""
        share = self.cleaned_data.get("share")
        if self.cleaned_data.get("kind") == Kind.PASSED and "share" not in self.errors and share not in SHARES:
            self.add_error("share", gettext("Hãy ghi một số từ 1 đến 100."))

    def ask(self) -> Ask:
        """What is asked for; after `is_valid`."""
        kind = Kind(self.cleaned_data["kind"])
        number = self.cleaned_data["round"]
        return Ask(
            kind, self.rounds[number] if number else None, self.cleaned_data["share"] if kind is Kind.PASSED else None
        )


class DesignForm(ConsoleForm):
    """How the certificates of a unit look. The act judges; here are the fields."""

    title = forms.CharField(label=_("Tiêu đề"), required=False)
    body = forms.CharField(
        label=_("Lời chứng nhận"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Họ tên và đơn vị đã được in riêng ở trên. Chữ trong ngoặc nhọn được thay bằng thông tin của từng người."),
    )  # fmt: skip
    place = forms.CharField(label=_("Nơi ký"), required=False, help_text=_("Đứng trước ngày, ví dụ Thái Nguyên."))
    signer_title = forms.CharField(
        label=_("Chức danh người ký"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Mỗi dòng một ý, ví dụ TM. BAN THƯỜNG VỤ, rồi CHỦ TỊCH."),
    )  # fmt: skip
    signer_name = forms.CharField(label=_("Họ tên người ký"), required=False)
    logo = forms.FileField(
        label=_("Biểu trưng"), required=False, allow_empty_file=True, widget=forms.FileInput(attrs={"accept": PICTURES}),
        help_text=_("JPG, PNG hoặc WebP, tối đa 5 MB. Nền trong suốt đẹp nhất."),
    )  # fmt: skip
    drop_logo = forms.BooleanField(label=_("Bỏ biểu trưng"), required=False)
    signature = forms.FileField(
        label=_("Ảnh chữ ký"), required=False, allow_empty_file=True, widget=forms.FileInput(attrs={"accept": PICTURES}),
        help_text=_("Chỉ dùng khi người ký đồng ý. Để trống thì ký tay sau khi in."),
    )  # fmt: skip
    drop_signature = forms.BooleanField(label=_("Bỏ ảnh chữ ký"), required=False)

    @classmethod
    def initial_of(cls, design: CertificateDesign) -> dict[str, str]:
        """The fields of a design."""
        names = ("title", "body", "place", "signer_title", "signer_name")
        return {name: getattr(design, name) for name in names}

    def values(self, most: int) -> dict[str, Any]:
        """What the act takes; of a picture no more than `most` bytes and one are read. After `is_valid`."""
        data = self.cleaned_data
        texts = {name: data[name] for name in ("title", "body", "place", "signer_title", "signer_name")}
        files = {name: data[name].read(most + 1) if data[name] else None for name in ("logo", "signature")}
        drop = frozenset(name for name in ("logo", "signature") if data[f"drop_{name}"])
        return {**texts, **files, "drop": drop}

    def add_refusal(self, error: ContestError) -> None:
        """To the field that the refusal is about."""
        self.add_error(error.code if error.code in self.fields else None, gettext(error.text))


class RevokeForm(RefusedForm):
    """Why a certificate is revoked, or its revocation taken back."""

    reason = reason_field(_("Ai quét mã trên giấy đều đọc được lý do thu hồi."))
    fields_of_codes = {"reason": "reason"}


PLACES = wording.PLACES
KINDS = dict(CertificateBatch.Kind.choices)
