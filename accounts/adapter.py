"""Our only hook into allauth: how phones are stored, found and written."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.phones import to_e164


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
    """Phones live on the member."""

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

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True
