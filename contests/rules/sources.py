"""Which questions cite an article: documents and articles as people write them, compared without accents, case and spacing."""

from __future__ import annotations

import re

from accounts.names import search_text

_ARTICLES = re.compile(
    r"\b(?:dieu|d\.)\s*(\d+[a-z]?\b(?:\s*(?:,|;|va|&|-|–|den|dieu|\s)\s*(?:(?:dieu|d\.)\s*)?\d+[a-z]?\b)*)"
)
_LIST = re.compile(r"(\d+[a-z]?)|(-|–|den)")
LONGEST_RANGE = 400  # articles; more than any law has


def same_document(one: str, other: str) -> bool:
    """Whether two names are of one document: the words of one stand in a row in the other ("… (45/2019/QH14)" may be left out)."""
    short, long = sorted((_words(one), _words(other)), key=len)
    return bool(short) and f" {' '.join(short)} " in f" {' '.join(long)} "


def cites(article: str, wanted: str) -> bool:
    """Whether a source names an article that `wanted` names: "Điều 35" is in "khoản 2 Điều 35" and "Điều 34, 35", not in "Điều 351".

    Clauses and points are not told apart: whoever amends one has the whole article looked at. Where `wanted` names no article
    ("Mục 3"), its words have to stand in a row in the source.
    """
    asked = _articles(wanted)
    if asked:
        return bool(asked & _articles(article))
    words = _words(wanted)
    return bool(words) and f" {' '.join(words)} " in f" {' '.join(_words(article))} "


def _articles(text: str) -> frozenset[str]:
    """The numbers of the articles: "khoản 1 Điều 34, 36 đến 38" names 34, 36, 37 and 38."""
    found: set[str] = set()
    for run in _ARTICLES.findall(search_text(text)):
        last, ranging = "", False
        for number, sign in _LIST.findall(run):
            if sign:
                ranging = True
                continue
            if ranging and last.isdigit() and number.isdigit() and 0 < int(number) - int(last) <= LONGEST_RANGE:
                found.update(map(str, range(int(last), int(number))))
            found.add(number)
            last, ranging = number, False
    return frozenset(found)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", search_text(text))
