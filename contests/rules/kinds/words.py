"""When two texts are the same answer to a Vietnamese reader, and what number somebody typed."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from accounts.names import search_text

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_AROUND = " .,;:!?…\"'“”‘’"
_NUMBER = re.compile(r"([-+]?)([0-9][0-9. ]*)(?:,([0-9]+))?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?", re.ASCII)


def same_form(text: str, *, accents: bool) -> str:
    """The form in which two texts are compared: no case, single spaces, no punctuation around; without `accents` no marks.

    With them, a tone counts wherever it was put: "hoà" is "hòa", "thuỷ" is "thủy".
    """
    if not accents:
        return search_text(text).strip(_AROUND)
    words = unicodedata.normalize("NFKC", text).casefold().strip(_AROUND).split()
    return " ".join(map(_tone_last, words))


def _tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(char for char in letters if char in _TONES)
    return unicodedata.normalize("NFC", "".join(char for char in letters if char not in _TONES)) + tones


def read_number(text: str) -> Fraction | None:
    """A number as Vietnamese people type it, exactly; None for anything else.

    A comma begins the decimals and points part the thousands: "1.234,5", "1 234,5", "1234,5". A single point that parts no
    three digits is a decimal point: "0.5", "1234.5". A unit behind it does not matter: "60 tuổi", "5 %".
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").strip()
    found = _NUMBER.match(plain)
    if (
        found is None
        or any(map(str.isdigit, plain[found.end() :]))
        or plain[found.end() :].lstrip()[:1] in tuple("-+*/.,")
    ):
        return None
    sign, whole, decimals = found.groups()
    groups = whole.replace(" ", ".").strip(".").split(".")
    if len(groups) == 2 and len(groups[1]) != 3 and "." in whole and decimals is None:
        groups, decimals = groups[:1], groups[1]
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    number = Fraction(f"{''.join(groups)}.{decimals or 0}")
    return -number if sign == "-" else number


def read_plain(text: object) -> Fraction | None:
    """A number as a spec keeps it ("1234.5"); None for anything else."""
    return Fraction(text) if isinstance(text, str) and _PLAIN_NUMBER.fullmatch(text) else None


def write_plain(number: Fraction) -> str:
    """The inverse of `read_plain`, for numbers of at most ten decimals."""
    sign, scaled = "-" if number < 0 else "", round(abs(number) * 10**10)
    whole, rest = divmod(scaled, 10**10)
    return f"{sign}{whole}.{rest:010d}".rstrip("0").rstrip(".")


def say_number(number: Fraction) -> str:
    """The number as Vietnamese people write it: "1.234,5"."""
    whole, _, decimals = write_plain(abs(number)).partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{'-' if number < 0 else ''}{grouped}{',' if decimals else ''}{decimals}"
