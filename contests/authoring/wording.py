"""What options say about other options, and when two texts are the same to a reader."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from accounts.names import search_text

# "Cả A, B, C đều đúng", "A và B", "Chỉ A đúng"; matched against accent-free lower case.
_LETTERS = (
    r"(?:(?:ca|tat ca|chi|chi co|gom|bao gom|dap an|phuong an|cau|y|hai|ba|[2-5])\s+){0,4}"
    r"[a-f](?:\s*(?:,|;|/|&|\+|va|hoac|lan)(?:\s*(?:va|hoac))?\s*[a-f]){%s,5}"
)
_NAMES_LETTERS = re.compile(
    rf"{_LETTERS % 1}(?:\s+(?:deu|la|cung|dap an)){{0,3}}(?:\s+(?:dung|sai|khong dung))?|{_LETTERS % 0}(?:\s+(?:deu|la|cung)){{0,2}}\s+(?:dung|sai|khong dung)"
)
_SPEAKS_OF_ALL = re.compile(
    r"(?:tat ca|ca (?:hai|ba|bon|nam|[2-6])|cac (?:dap an|phuong an|y|cau|noi dung|truong hop)|khong (?:co )?(?:dap an|phuong an|y|cau|truong hop)) ?"
    r"(?:[a-z0-9 ]{0,60} )?(?:dung|sai|tren|nao|o tren|neu tren)(?: [a-z ]{0,20})?"
)

_NOT_A_SIGN = re.compile(r"[^a-z0-9/%]+")


def names_letters(option: str) -> bool:
    """Whether the option speaks of others by their letter, like "Cả A, B, C đều đúng", "A và B", "Chỉ A đúng"."""
    return _NAMES_LETTERS.fullmatch(_sentence(option)) is not None


def speaks_of_all(option: str) -> bool:
    """Whether the option speaks of the others together, like "Tất cả các phương án trên đều đúng"."""
    return _SPEAKS_OF_ALL.fullmatch(_sentence(option)) is not None


def alike(text: str) -> str:
    """What two texts share that a reader would call the same; accents stay, for they change the word."""
    return " ".join(text.casefold().split()).rstrip(" .?!:;")


def folded(text: str) -> str:
    """Small letters without accents, in one go: for what looks at thousands of texts (`search_text` is for what is kept)."""
    plain_d = text.casefold().replace("đ", "d")
    return unicodedata.normalize("NFKD", plain_d).encode("ascii", "ignore").decode()


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Small letters without accents, words parted by one space; of the signs only those of dates and percentages."""
    return " ".join(_NOT_A_SIGN.sub(" ", folded(text)).split())


def _sentence(option: str) -> str:
    """Accent-free, without quotes and the final stop. Cut, so that no pattern ever works on a long text."""
    return " ".join(re.sub(r"[\"“”'().!]", " ", search_text(option[:150])).split())
