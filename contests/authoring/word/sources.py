"""Where an author says that a question comes from: a law with its article, or another text."""

from __future__ import annotations

import re

from contests.authoring.word.lines import fold

_PART = r"(?:(?:diem|muc)\s+[a-z0-9đ]{1,3}|khoan\s+\d{1,2}|dieu\s+\d{1,3}[a-z]?)(?:\s*(?:,|;|va)\s*(?:(?:diem|khoan|dieu)\s+)?(?!bo luat)[a-z0-9]{1,3}(?![\w]))*"
_ARTICLE = rf"{_PART}(?:\s*,?\s*{_PART}){{0,4}}"
_LAW = r"(?:bo luat|luat|nghi dinh|thong tu(?: lien tich)?|nghi quyet|dieu le|hien phap|quyet dinh|quy dinh|huong dan|chi thi|phap lenh|ket luan)\b[^;()\n]{0,180}?(?:\([^;()\n]{1,60}\)[^;()\n]{0,60}?)?"
_ARTICLE_FIRST = re.compile(
    rf"\s*(?:theo\s+)?(?:quy dinh\s+)?(?:tai\s+)?(?P<article>{_ARTICLE})\s*,?\s*(?:cua\s+)?(?P<law>{_LAW})\s*[.)]*\s*$"
)
_LAW_FIRST = re.compile(rf"\s*(?:theo\s+)?(?P<law>{_LAW})\s*[,:\-(]\s*(?:tai\s+)?(?P<article>{_ARTICLE})\s*[.)]*\s*$")
_IN_BRACKETS = re.compile(r"\s*[\[(]([^()\[\]]{6,250})[)\]]\s*[.?:]?\s*$")


def law_in(text: str) -> tuple[str, str] | None:
    """Document and article of a text that says these and nothing else: “khoản 1 Điều 35 Bộ luật Lao động 2019”."""
    folded = fold(text)
    for pattern in (_ARTICLE_FIRST, _LAW_FIRST):
        if (found := pattern.match(folded)) and "dieu" in found["article"]:
            law = text[found.start("law") : found.end("law")].strip(" ,.;-–")
            article = text[found.start("article") : found.end("article")].strip(" ,.;")
            if len(law) <= 200 and len(article) <= 120:
                return law, article[0].upper() + article[1:]
    return None


def law_at_end(text: str) -> tuple[str, tuple[str, str]] | None:
    """A stem with a law in brackets behind it: the stem without, and the law."""
    folded = fold(text)
    if (found := _IN_BRACKETS.search(folded)) and (law := law_in(text[found.start(1) : found.end(1)])):
        rest = text[: found.start()].rstrip()
        return (rest, law) if rest else None
    return None


def unwrapped(text: str) -> str:
    """A source without full stops and brackets around it; those that belong to it, as in “Luật Công đoàn (50/2024/QH15)”, stay."""
    text = text.strip(" .;")
    if text.startswith("(") and text.find(")") == len(text) - 1:
        text = text[1:-1]
    elif text.count(")") > text.count("("):
        text = text.removesuffix(")")
    elif text.count("(") > text.count(")"):
        text = text.removeprefix("(")
    return text.strip(" .;")
