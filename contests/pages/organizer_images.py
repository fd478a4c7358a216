"""The picture of a question: put in, replaced, described, taken out. Each is a new version; papers keep what they have."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.scope import Scope
from contests.actions.images import MAX_ALT, NO_ALT, keep_image, show_image
from contests.actions.sitting import database_now
from contests.authoring.pictures import MAX_BYTES
from contests.errors import ContestError
from contests.models import Question, QuestionVersion
from contests.pages.organizer_forms import use_plain_words
from contests.pages.organizer_guard import bank_in, console_page, organizers_only
from contests.pages.organizer_questions import question_in
from contests.queries.shown import image_of


class ImageForm(forms.Form):
    """A picture and what it shows in words. A question that has a picture keeps it where no file is sent."""

    use_required_attribute = False  # our sentences say what to do, a browser's do not

    file = forms.FileField(
        label=_("Hình"), allow_empty_file=True, error_messages={"required": _("Hãy chọn hình trước khi bấm nút.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_("JPG, PNG, WebP hoặc GIF, tối đa 5 MB. Hình được thu còn rộng nhất 1280 điểm ảnh và bỏ hết thông tin kèm theo (nơi chụp, máy chụp)."),
    )  # fmt: skip
    alt = forms.CharField(
        label=_("Lời mô tả hình"), max_length=MAX_ALT, error_messages={"required": NO_ALT},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Hình vẽ gì, đủ để trả lời được câu hỏi mà không thấy hình. Đừng để lộ đáp án."),
    )  # fmt: skip

    def __init__(self, *args: Any, version: QuestionVersion, **kwargs: Any) -> None:
        super().__init__(*args, initial={"alt": version.image_alt}, **kwargs)
        use_plain_words(self)
        self.fields["file"].required = version.image is None


@require_http_methods(["GET", "HEAD", "POST"])
@organizers_only
def question_image(request: HttpRequest, scope: Scope, public_id: UUID) -> HttpResponse:
    """Look at the picture of a question, change it or its words, take it out."""
    question = question_in(bank_in(scope, public_id), request.GET.get("ma", ""))
    version = QuestionVersion.objects.select_related("image").get(question=question, is_current=True)
    form = ImageForm(version=version)
    back = redirect(reverse("organizer_question", args=[public_id], query={"ma": question.code}))
    if request.method == "POST" and request.POST.get("act") == "remove":
        show_image(question=question, image=None, alt="", by=request.user)
        messages.success(
            request, gettext("Đã bỏ hình khỏi câu %(code)s. Bài đã thi giữ nguyên.") % {"code": question.code}
        )
        return back
    if request.method == "POST":
        form = ImageForm(request.POST, request.FILES, version=version)
        if form.is_valid() and _saved(request, form, question, version):
            return back
    return console_page(
        request, "question_image", bank=question.bank, question=question, version=version, image=image_of(version), form=form, here="bank"
    )  # fmt: skip


def _saved(request: HttpRequest, form: ImageForm, question: Question, version: QuestionVersion) -> bool:
    """Keep what was sent; False with a sentence at its field where that cannot be done."""
    file = form.cleaned_data["file"]
    try:
        image = keep_image(file.read(MAX_BYTES + 1), by=request.user, now=database_now()) if file else version.image
        show_image(question=question, image=image, alt=form.cleaned_data["alt"], by=request.user)
    except ContestError as error:
        form.add_error("alt" if error.code == "alt" else "file", gettext(error.text))
        return False
    messages.success(request, gettext("Đã lưu hình của câu %(code)s.") % {"code": question.code})
    return True
