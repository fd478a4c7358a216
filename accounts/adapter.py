"""Our only hook into allauth: how members are stored and found, what it says, and which address its mails carry."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.own_paths import own_path
from accounts.phones import to_e164

_MISMATCH = _("Số điện thoại, e-mail hoặc mật khẩu không đúng.")
_WEAK = {
    "password_too_short": _("Mật khẩu ngắn quá, cần ít nhất 8 ký tự."),
    "password_too_common": _("Mật khẩu này quá nhiều người dùng, dễ bị đoán. Hãy chọn mật khẩu khác."),
}


class LocalPhoneField(PhoneField):
    """Takes `0912 345 678` as people write it; allauth's own field knows E.164 only."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if not value:
            return value
        phone = to_e164(value)
        if phone is None:
            raise ValidationError(_("Số điện thoại không đúng. Hãy nhập 10 số, ví dụ 0912 345 678."))
        return phone


class Adapter(DefaultAccountAdapter):
    """Phones live on the member; redirects stay on our paths; mails carry SITE_URL, never the Host header."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Tài khoản này đang bị khóa."),
        "email_password_mismatch": _MISMATCH,
        "phone_password_mismatch": _MISMATCH,
        "username_password_mismatch": _MISMATCH,
        "invalid_login": _MISMATCH,
        "enter_current_password": _("Mật khẩu hiện tại không đúng."),
        "incorrect_password": _("Mật khẩu không đúng."),
        "invalid_password_reset": _("Đường dẫn đặt mật khẩu không còn dùng được."),
        "too_many_login_attempts": _("Sai mật khẩu nhiều lần quá. Chờ 5 phút rồi thử lại, hoặc đặt lại mật khẩu."),
        "rate_limited": _("Có quá nhiều yêu cầu. Chờ vài phút rồi thử lại."),
    }

    # --- members ----------------------------------------------------------------------------------------------------
    def save_user(self, request: HttpRequest, user: Member, form: BaseForm, commit: bool = True) -> Member:
        """Phone and e-mail in one INSERT: a member without either is refused by the database."""
        data = form.cleaned_data
        user.full_name, user.phone, user.email = data["full_name"], data.get("phone"), data.get("email")
        user.set_password(data["password1"])
        user.save()
        return user

    def clean_password(self, password: str, user: Member | None = None) -> str:
        """Django's validators, in words of ours: its Vietnamese lags behind its English."""
        try:
            return super().clean_password(password, user)
        except ValidationError as error:
            raise ValidationError([_WEAK.get(each.code, each) for each in error.error_list]) from error

    def phone_form_field(self, **kwargs: Any) -> LocalPhoneField:
        return LocalPhoneField(**kwargs)

    def set_phone(self, user: Member, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def get_phone(self, user: Member) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: Member, phone: str) -> None:
        user.phone_verified = True
        user.save(update_fields=["phone_verified"])

    def get_user_by_phone(self, phone: str) -> Member | None:
        return Member.objects.filter(phone=phone).first()

    def clean_email(self, email: str) -> str:
        """One form only: an e-mail in two spellings would be two accounts."""
        return str(super().clean_email(email)).lower()

    def reauthenticate(self, user: Member, password: str) -> bool:
        """By the member's own password. allauth would look for an address row, which members made by staff do not have."""
        return user.check_password(password)

    # --- limits -----------------------------------------------------------------------------------------------------
    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One counter an account. allauth's own key leaves the phone out, so that five wrong passwords anywhere would
        lock every phone login, and takes the Host header in, so that a forged one starts a fresh count.
        """
        return str(credentials.get("phone") or credentials.get("email") or "").lower()

    # --- addresses and mails ------------------------------------------------------------------------------------------
    def is_safe_url(self, url: str) -> bool:
        return bool(own_path(url))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", args=[uid, token])

    def format_email_subject(self, subject: str) -> str:
        """As written: allauth would put the request's host in front."""
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        super().send_mail(template_prefix, email, context | {"site_url": settings.SITE_URL, "valid_hours": hours})

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True
