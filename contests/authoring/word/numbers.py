"""Word's automatic numbers: the “Câu 1:”, “A.” or “1)” that stand on the page and in no paragraph's text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from contests.authoring.word.looks import Styles, own_look
from contests.authoring.word.parts import W

BULLET = "•"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str = ""
    look: tuple[tuple[str, object], ...] = ()


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """What Word writes before a paragraph, how it looks beyond the paragraph's own letters, and in which list it counts."""

    text: str
    look: tuple[tuple[str, object], ...]
    of: tuple[str, int]


class Numbers:
    """Counts through the text: ask for every numbered paragraph once, in order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._lists: dict[str, _List] = {}
        self._abstract: dict[str, str] = {}
        self._own: dict[str, dict[int, _Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        if root is None:
            return
        linked: dict[str, str] = {}
        for abstract in root.findall(f"{W}abstractNum"):
            name = abstract.get(f"{W}abstractNumId", "")
            self._lists[name] = _List({_place(level): _level(level) for level in abstract.findall(f"{W}lvl")})
            if (link := abstract.find(f"{W}numStyleLink")) is not None:
                linked[name] = link.get(f"{W}val", "")
        for number in root.findall(f"{W}num"):
            name = number.get(f"{W}numId", "")
            target = number.find(f"{W}abstractNumId")
            self._abstract[name] = "" if target is None else target.get(f"{W}val", "")
            self._overrides(name, number)
        for name, style in linked.items():  # a list that is kept in a style of its own
            chosen = styles.of(style).numbering
            if chosen and (real := self._lists.get(self._abstract.get(chosen[0], ""))) is not None:
                self._lists[name] = real

    def _overrides(self, name: str, number: Element) -> None:
        for override in number.findall(f"{W}lvlOverride"):
            place = _place(override)
            if (level := override.find(f"{W}lvl")) is not None:
                self._own.setdefault(name, {})[place] = _level(level)
            if (start := override.find(f"{W}startOverride")) is not None:
                self._starts.setdefault(name, {})[place] = _int(start.get(f"{W}val"), 1)

    def next(self, number: str, level: int, style: str) -> Label | None:
        """The label of the next paragraph of that list, or None for a list without labels. Level -1: the style's own."""
        found = self._lists.get(self._abstract.get(number, ""))
        if found is None:
            return None
        levels = {**found.levels, **self._own.get(number, {})}
        if level < 0:
            level = next((place for place, one in levels.items() if style and one.style == style), 0)
        if level not in levels:
            return None
        for place, start in list(self._starts.get(number, {}).items()):  # starts anew where the list is first used
            if place == level:
                found.counts[place] = start - 1
                del self._starts[number][place]
        found.counts[level] = found.counts.get(level, levels[level].start - 1) + 1
        for deeper in [place for place in found.counts if place > level]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or level < restart:  # 0: never
                del found.counts[deeper]
        text = _text(levels, found.counts, level)
        return Label(text, levels[level].look, (self._abstract[number], level)) if text else None


def _text(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    here = levels[level]
    if here.form == "bullet":
        return BULLET
    if here.form == "none" and "%" not in here.text:
        return here.text.strip()

    def number(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        other = levels.get(place, _Level())
        return _say(counts.get(place, other.start), "decimal" if here.legal else other.form)

    return re.sub(r"%([1-9])", number, here.text).strip()


def _say(number: int, form: str) -> str:
    match form:
        case "lowerLetter" | "upperLetter":
            letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9) if number > 0 else str(number)
            return letters.upper() if form == "upperLetter" else letters
        case "lowerRoman" | "upperRoman" if 0 < number < 4000:
            roman = ""
            for value, sign in _ROMAN:
                roman += sign * (number // value)
                number %= value
            return roman.upper() if form == "upperRoman" else roman
        case "decimalZero":
            return f"{number:02d}"
        case "none":
            return ""
    return str(number)


def _level(level: Element) -> _Level:
    def value(name: str) -> str:
        found = level.find(f"{W}{name}")
        return "" if found is None else found.get(f"{W}val", "")

    return _Level(
        start=_int(value("start"), 1),
        form=value("numFmt") or "decimal",
        text=value("lvlText")[:60],
        restart=_int(value("lvlRestart"), 0) if value("lvlRestart") else None,
        legal=level.find(f"{W}isLgl") is not None,
        style=value("pStyle"),
        look=tuple(own_look(level.find(f"{W}rPr")).items()),
    )


def _place(element: Element) -> int:
    return min(_int(element.get(f"{W}ilvl"), 0), 8)


def _int(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else otherwise
