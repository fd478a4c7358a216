"""Forms of the accounts pages. They check shape; actions check rules."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.core import context
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import consents
from accounts.actions import give_consent
from accounts.models import Member, SelfDeclared
from accounts.names import normalise_name
from accounts.own_paths import next_of, with_next
from accounts.phones import to_e164

PASSWORD_HELP = _("Ít nhất 8 ký tự.")
# Longer runs of combining marks are no name in any script; they climb over the lines above and below on a board.
MARKS_IN_A_ROW = 2


class NameField(forms.CharField):
    """A person's name in its one form (NFC, visible characters, single spaces), 2 to 120 characters with letters."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"label": _("Họ và tên"), "min_length": 2, "max_length": 120}
        super().__init__(**defaults | kwargs)
        self.widget.attrs |= {"autocomplete": "name", "autocapitalize": "words"}

    def to_python(self, value: Any) -> str:
        # Before the length is checked: the decomposed form of iOS is longer than the name that we keep.
        return normalise_name(super().to_python(value)[:2000])

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not any(char.isalpha() for char in value):
            raise ValidationError(_("Hãy nhập họ và tên bằng chữ."))
        run = 0
        for char in value:
            run = run + 1 if unicodedata.combining(char) else 0
            if run > MARKS_IN_A_ROW:
                raise ValidationError(_("Tên có quá nhiều dấu trên một chữ. Hãy gõ lại."))


class ContactField(forms.CharField):
    """One box for a phone number or an e-mail: gives E.164, or the e-mail in lower case."""

    default_error_messages = {
        "phone": _("Số điện thoại không đúng. Hãy nhập 10 số, ví dụ 0912 345 678, hoặc một địa chỉ e-mail."),
        "email": _("Địa chỉ e-mail không đúng, ví dụ đúng: ten@congty.vn."),
    }

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"label": _("Số điện thoại hoặc e-mail"), "max_length": 254}
        super().__init__(**defaults | kwargs)
        self.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", normalise_name(super().to_python(value)[:2000]))
        if not text or len(text) > self.max_length:
            return text
        if "@" in text:
            try:
                validate_email(text)
            except ValidationError as error:
                raise ValidationError(self.error_messages["email"], code="email") from error
            return text.lower()
        phone = to_e164(text)
        if phone is None:
            raise ValidationError(self.error_messages["phone"], code="phone")
        return phone


class CurrentPasswordField(PasswordField):
    """A password as it was set, whichever way the keyboard composed its Vietnamese letters."""

    default_error_messages = {"null_characters_not_allowed": _("Mật khẩu có ký tự không gõ được từ bàn phím.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Mật khẩu"), "autocomplete": "current-password"} | kwargs)
        self.widget.attrs.pop("placeholder", None)

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFC", super().to_python(value))


class NewPasswordField(SetPasswordField):
    """A password to be set: the validators of the settings decide."""

    default_error_messages = CurrentPasswordField.default_error_messages

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Mật khẩu mới"), "help_text": PASSWORD_HELP, "max_length": 200} | kwargs)
        self.widget.attrs.pop("placeholder", None)

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFC", super().to_python(value))


class LoginForm(allauth_forms.LoginForm):
    """Phone in any spelling, or e-mail, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": ContactField(), "password": CurrentPasswordField()}


class SignupForm(allauth_forms.SignupForm):
    """Name, one contact, one password, and a tick for each consent.

    An existing account is told plainly: nothing is verified by mail or SMS yet, so a sign-up either succeeds or does not
    and the difference cannot be hidden; a member who forgot that the account exists is helped at least.
    """

    full_name = NameField()
    contact = ContactField(help_text=_("Dùng để đăng nhập lần sau. Không hiện cho người khác xem."))
    take_part = forms.BooleanField(
        label=consents.TAKE_PART.label,
        help_text=consents.TAKE_PART.details,
        error_messages={"required": _("Cần đánh dấu ô này để tạo tài khoản dự thi.")},
    )
    show_name = forms.BooleanField(label=consents.SHOW_NAME.label, help_text=consents.SHOW_NAME.details, required=False)
    field_order = ("full_name", "contact", "password1", "take_part", "show_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = CurrentPasswordField(autocomplete="new-password", help_text=PASSWORD_HELP, max_length=200)
        # allauth made a box for each of phone and e-mail; clean_contact fills what they would have given.
        own = {name: self.fields[name] for name in self.field_order if name in self.fields}
        self.fields = {name: password if name == "password1" else own[name] for name in self.field_order}

    def clean_contact(self) -> str:
        contact = self.cleaned_data["contact"]
        kind = "email" if "@" in contact else "phone"
        if Member.objects.filter(**{kind: contact}).exists():
            raise ValidationError(self._taken(kind))
        self.cleaned_data[kind] = contact
        return contact

    def _clean_phone(self) -> None:
        """Nothing: clean_contact has looked."""

    def signup(self, request: HttpRequest, user: Member) -> None:
        """Called by allauth once the member is saved."""
        now = timezone.now()
        for purpose, consent in consents.AT_SIGN_UP.items():
            if self.cleaned_data[purpose]:
                give_consent(member=user, purpose=purpose, text=consent.text, text_version=consent.version, now=now)

    def try_save(self, request: HttpRequest) -> tuple[Member | None, HttpResponse | None]:
        """All or nothing; the same contact signed up at the same instant ends at the login page."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            messages.error(request, gettext("Số hoặc địa chỉ này vừa có tài khoản. Hãy đăng nhập."))
            return None, redirect(with_next(reverse("account_login"), next_of(request)))

    def _taken(self, kind: str) -> str:
        what = gettext("E-mail này") if kind == "email" else gettext("Số điện thoại này")
        return format_html(
            gettext(
                '{what} đã có tài khoản. <a href="{login}">Đăng nhập</a> hoặc <a href="{reset}">đặt lại mật khẩu</a>.'
            ),
            what=what,
            login=with_next(reverse("account_login"), next_of(context.request)),
            reset=reverse("account_reset_password"),
        )


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Only an e-mail can get the link; a phone number typed here is answered with whom to ask."""

    email = ContactField(
        label=_("E-mail của tài khoản"),
        error_messages={"phone": _("Địa chỉ e-mail không đúng, ví dụ đúng: ten@congty.vn.")},
    )

    def clean_email(self) -> str:
        if "@" not in self.cleaned_data["email"]:
            raise ValidationError(
                _("Chưa gửi được mã qua số điện thoại. Hãy nhờ cán bộ công đoàn của đơn vị bạn như hướng dẫn bên dưới.")
            )
        return super().clean_email()


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """The new password, once: the member can look at it while typing."""

    password1 = NewPasswordField()
    password2 = None


class SetPasswordForm(allauth_forms.SetPasswordForm):
    """A first password for an account that was made without one."""

    password1 = NewPasswordField()
    password2 = None


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The old password and the new one."""

    oldpassword = CurrentPasswordField(label=_("Mật khẩu hiện tại"))
    password1 = NewPasswordField()
    password2 = None


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password again, before a sensitive step."""

    password = CurrentPasswordField()


class NameForm(forms.Form):
    """A corrected name."""

    full_name = NameField()


class SelfDeclaredForm(forms.Form):
    """What a member wishes to say of themselves: each fact may stay unsaid, and that is what is chosen beforehand.

    `agreed`: a consent to this use stands already; without one a tick is asked for, unless nothing is said.
    """

    UNSAID = _("Không muốn khai")
    ASKED = (
        ("gender", _("Giới tính"), SelfDeclared.Gender), ("education", _("Trình độ cao nhất"), SelfDeclared.Education),
        ("sector", _("Lĩnh vực làm việc"), SelfDeclared.Sector), ("shift", _("Ca làm việc"), SelfDeclared.Shift),
        ("region", _("Nơi làm việc thuộc vùng"), SelfDeclared.Region),
    )  # fmt: skip
    OLDEST, YOUNGEST = 100, 14

    birth_year = forms.TypedChoiceField(label=_("Năm sinh"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, agreed: bool, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(this_year - self.YOUNGEST, this_year - self.OLDEST, -1)
        self.fields["birth_year"].choices = [("", self.UNSAID), *((year, str(year)) for year in years)]
        for name, label, choices in self.ASKED:
            self.fields[name] = forms.TypedChoiceField(
                label=label, required=False, choices=[("", self.UNSAID), *choices.choices], empty_value=None
            )
        if not agreed:
            text = consents.SEGMENTS
            self.fields["agree"] = forms.BooleanField(label=text.label, help_text=text.details, required=False)

    def clean(self) -> dict[str, Any]:
        if "agree" in self.fields and self.facts() and not self.cleaned_data.get("agree"):
            self.add_error("agree", _("Cần đánh dấu ô này để lưu điều bạn khai; hoặc để tất cả là “Không muốn khai”."))
        return self.cleaned_data

    def facts(self) -> dict[str, Any]:
        """What was said, by field; nothing for what was left unsaid."""
        return {name: self.cleaned_data[name] for name in SelfDeclared.FACTS if self.cleaned_data.get(name)}


class SearchForm(forms.Form):
    """A search box. Long or strange texts find little, and break nothing."""

    q = forms.CharField(required=False, max_length=200, label=_("Tìm"))
