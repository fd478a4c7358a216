"""Vietnamese phone numbers, in the one form we keep: E.164."""

import phonenumbers


def to_e164(text: str) -> str | None:
    """`0912 345 678` or `+84912345678` → `+84912345678`; None when it is no valid number."""
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def to_local(phone: str) -> str:
    """`+84912345678` → `0912345678`, as people write it; other countries keep their prefix."""
    return "0" + phone[3:] if phone.startswith("+84") else phone
