"""The code of a certificate: what its QR leads to, and what people type from paper. PURE."""

from __future__ import annotations

import secrets

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0 and 1: people copy the code from paper
LENGTH = 18  # 89 bits: a million guesses a second against a million certificates find one in ten million years
_GROUP = 6


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spoken(code: str) -> str:
    """As it is printed: three groups of six."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def typed(text: str) -> str:
    """The code that somebody typed, pasted or scanned, however they spaced it; empty when it can be none."""
    code = "".join(sign for sign in text.upper() if not sign.isspace() and sign not in "-–.")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
