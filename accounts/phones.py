"""Vietnamese phone numbers, in the one form we keep: E.164."""

import re
import unicodedata

import phonenumbers

# Digits of any script and the signs that people put between them. Without this the library also reads letters as keys
# ("1800-TAXI") and drops what follows "ext", so that two texts would be one account.
_WRITTEN = re.compile(r"\+?[\d\s().\-/]{7,30}")


def to_e164(text: str) -> str | None:
    """`0912 345 678`, `+84912345678` or `912345678` → `+84912345678`; None when it is no valid number."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not _WRITTEN.fullmatch(text):
        return None
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
