"""What an author wrote behind “Đáp án:”: letters, the text of an option, true or false, or a text of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contests.authoring.word.lines import fold
from contests.authoring.word.patterns import WORDS_OF_TRUTH
from contests.authoring.wording import alike

_LETTERS = re.compile(r"\(?([a-h])\)?((?:\s*(?:[,;&+/]|va|hoac|)\s*\(?[a-h]\)?)*)\s*(?P<end>[.):;,\-]+\s*|$|(?=\())")
_WORDS = re.compile(r"(?:la|phuong an|dap an|cau|y|chon)\s+(?=[a-h]\b)")
_EACH = re.compile(r"([a-h])\s*[.):\-=]?\s*\(?(dung|sai|đ|s)\)?(?!\w)[\s,;.\-/]*")
_ROW = re.compile(r"(?:(?:dung|sai|đ|s)[\s,;\-–/]*)+$")
_BLANK = re.compile(r"[\s.…_\-–]*$")


@dataclass(frozen=True, slots=True)
class Answer:
    """`places` are options; `text` is an answer in words; `truth` says true or false; `more` is what stood behind the key."""

    places: frozenset[int] = frozenset()
    text: str = ""
    truth: bool | None = None
    more: str = ""
    unknown: str = ""  # letters without an option, or what could not be understood


def read_answer(value: str, letters: Sequence[str], texts: Sequence[str], *, truth: bool) -> Answer:
    """`letters` are those of the options, `texts` what they say; `truth`: only true or false is asked."""
    value = value.strip().strip("\"“”'*").strip()
    value = value[:-1].rstrip() if value.endswith((")", "]")) and value.count("(") + value.count("[") == 0 else value
    if _BLANK.match(value):
        return Answer()
    folded = _fold(value)
    if not texts:
        return _in_words(value, folded, truth=truth)
    if each := _each(folded, letters):
        return each
    alone = [place for place, text in enumerate(texts) if _same(text, value)]
    if letters and letters[0].isdigit() and value.rstrip(".)") in letters:
        numbered = [letters.index(value.rstrip(".)"))]
        return Answer(frozenset(numbered)) if alone in ([], numbered) else Answer(unknown=value)
    if len(alone) == 1 and not (len(value) == 1 and value.isalpha()):
        return Answer(frozenset(alone))
    found = _LETTERS.match(folded, skip.end() if (skip := _WORDS.match(folded)) else 0)
    if found is None:
        starts = [place for place, text in enumerate(texts) if len(text) > 3 and value.startswith(text)]
        return (
            Answer(frozenset(starts), more=value[len(texts[starts[0]]) :])
            if len(starts) == 1
            else Answer(unknown=value)
        )
    named = list(re.findall(r"[a-h]", re.sub(r"va|hoac", " ", found[0])))
    missing = [letter.upper() for letter in named if letter not in [one.lower() for one in letters]]
    if missing:
        return Answer(unknown=", ".join(missing))
    places = frozenset([one.lower() for one in letters].index(letter) for letter in named)
    more = value[found.end() :].lstrip(" .:;-–").rstrip()
    others = [place for place, text in enumerate(texts) if more and _same(text, more.strip("()[] "))]
    if others and not (len(places) == 1 and places <= set(others)):
        return Answer(unknown=value)  # the letter names one option, the words another
    return Answer(places, more="" if others else more)


def _in_words(value: str, folded: str, *, truth: bool) -> Answer:
    found = re.match(r"(dung|sai|đ|s|true|false)(?!\w)[\s.:,;\-–]*", folded)
    if found and (truth or (len(found[1]) > 2 and found.end() == len(folded))):
        word = "d" if found[1] == "đ" else found[1]
        return Answer(truth=WORDS_OF_TRUTH[word], more=value[found.end() :])
    return Answer(text=value)


def _each(folded: str, letters: Sequence[str]) -> Answer | None:
    """“a) Đúng, b) Sai, c) Đ” or “Đ-S-Đ-S”: which are true."""
    found, end = {}, 0
    while at := _EACH.match(folded, end):
        found[at[1]] = at[2] in ("dung", "đ")
        end = at.end()
    lower = [letter.lower() for letter in letters]
    if found and end == len(folded) and set(found) == set(lower):
        return Answer(frozenset(place for place, letter in enumerate(lower) if found[letter]))
    words = re.findall(r"dung|sai|đ|s", folded) if _ROW.match(folded) else []
    if len(words) == len(letters) and len(words) > 2:
        return Answer(frozenset(place for place, word in enumerate(words) if word in ("dung", "đ")))
    return None


def _same(text: str, value: str) -> bool:
    return alike(text) == alike(value)


def _fold(text: str) -> str:
    """Folded, but a lone “Đ” stays apart from the letter D."""
    return re.sub(
        r"đ(?=\w)", "d", "".join("đ" if char in "đĐ" else other for char, other in zip(text, fold(text), strict=True))
    )
