"""What the linter asks of words: do two options say the same, how long is a sentence, in which unit does a stem ask."""

from __future__ import annotations

import re

from contests.authoring.wording import folded, plain

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPELT = {"mot": "1", "hai": "2", "ba": "3", "bon": "4", "sau": "6", "bay": "7", "tam": "8", "chin": "9", "muoi": "10"}
_NOT_A_WORD = re.compile(r"[^a-z0-9.%/]+")
_SENTENCE = re.compile(r"[.!?…]+(?:\s+|$)")
_UNIT = re.compile(r"\b(?:bao nhieu|may) (ngay|thang|nam|gio|tuan|phut|tuoi|dong|nguoi|lan|%|phan tram)\b")


def same_to_a_reader(option: str) -> str:
    """The same for options that say the same: without case, accents, punctuation, spaces before a sign, ways to write a number."""
    text = _NUMBER.sub(lambda found: _canonical(found[0]), folded(option)).replace("phan tram", "%")
    words = (word.strip(".") for word in _NOT_A_WORD.sub(" ", text).replace("%", " % ").split())
    return " ".join(_SPELT.get(word, word) for word in words if word)


def _canonical(number: str) -> str:
    """1.000 and 1,000 and 1000; 0,5 and 0.5; 01 and 1. Three digits after a separator are thousands, as Vietnamese people write."""
    head, *groups = re.split(r"[.,]", number)
    if groups and all(len(group) == 3 for group in groups) and head.lstrip("0"):
        return str(int(head + "".join(groups)))
    if len(groups) == 1:
        return f"{int(head)}.{groups[0].rstrip('0') or '0'}".removesuffix(".0")
    return ".".join(str(int(part)) for part in (head, *groups))


def syllables(text: str) -> int:
    """How many syllables (tiếng) a text has: what stands between spaces, in Vietnamese."""
    return len(text.split())


def longest_sentence(text: str) -> int:
    """Syllables of the longest sentence. A rough guide to how hard a text is to read, and no more."""
    return max((syllables(sentence) for sentence in _SENTENCE.split(text)), default=0)


def unit_asked(stem: str) -> str | None:
    """The unit that a stem asks for ("bao nhiêu ngày"), without accents."""
    found = _UNIT.search(plain(stem))
    return found[1] if found else None
