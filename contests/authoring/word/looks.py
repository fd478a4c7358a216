"""How a piece of text looks: the letter's own settings, over its style, over the paragraph's style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.etree.ElementTree import Element

from contests.authoring.word.parts import W

_OFF = ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader of the page sees of a piece of text. `colour` and `fill` are "" for the usual ones."""

    bold: bool = False
    underline: bool = False
    colour: str = ""
    fill: str = ""
    border: bool = False
    strike: bool = False
    hidden: bool = False
    raised: bool = False
    lowered: bool = False
    font: str = ""


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph's or letters' style with everything that it inherits."""

    look: Mapping[str, object]
    numbering: tuple[str, int] | None = None
    heading: int = 0  # 1 to 9; -1 for the title of the whole text
    fill: str = ""


_NOTHING = Style({})


class Styles:
    """The styles of a file by their id; one that nobody defined changes nothing."""

    def __init__(self, root: Element | None) -> None:
        self._found: dict[str, Style] = {}
        self._defined = (
            {} if root is None else {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
        )
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._defaults = own_look(defaults)
        self.usual = next((name for name, style in self._defined.items() if _is_usual(style)), "")
        self._looks: dict[tuple[str, str, tuple[tuple[str, object], ...], str], Look] = {}

    def of(self, name: str) -> Style:
        """The style of this id."""
        if name not in self._found:
            self._found[name] = self._read(name, frozenset())
        return self._found[name]

    def _read(self, name: str, seen: frozenset[str]) -> Style:
        element = self._defined.get(name)
        if element is None or name in seen or len(seen) > 50:
            return _NOTHING
        below = self._read(_value(element.find(f"{W}basedOn")), seen | {name})
        paragraph = element.find(f"{W}pPr")
        title = _value(element.find(f"{W}name")).lower()
        numbering, heading, fill = below.numbering, below.heading, below.fill
        if paragraph is not None:
            numbering = numbering_of(paragraph) or numbering
            heading = outline_of(paragraph) or heading
            fill = shade_of(paragraph) or fill
        if title.startswith("heading ") and title[8:].isdigit():
            heading = int(title[8:])
        elif title in ("title", "subtitle"):
            heading = -1
        return Style({**below.look, **own_look(element.find(f"{W}rPr"))}, numbering, heading, fill)

    def look(self, paragraph: str, letters: str, own: Mapping[str, object], fill: str) -> Look:
        """How letters look that stand in a paragraph of that style."""
        key = (paragraph, letters, tuple(own.items()), fill)
        if key not in self._looks:
            below, above = self.of(paragraph).look, self.of(letters).look
            both = {**self._defaults, **below, **above}
            for toggle in ("bold", "strike", "hidden"):  # said by both styles, it is off again
                both[toggle] = bool(below.get(toggle)) != bool(above.get(toggle)) or bool(self._defaults.get(toggle))
            look = replace(PLAIN, **{**both, **own})  # type: ignore[arg-type]
            self._looks[key] = look if look.fill or not fill else replace(look, fill=fill)
        return self._looks[key]


def own_look(settings: Element | None) -> dict[str, object]:
    """What one set of letter settings (w:rPr) says itself; in a fixed order."""
    found: dict[str, object] = {}
    for setting in () if settings is None else settings:
        match setting.tag[len(W) :] if setting.tag.startswith(W) else "":
            case "b":
                found["bold"] = is_on(setting)
            case "u":
                found["underline"] = setting.get(f"{W}val", "single") not in _OFF
            case "color":
                found["colour"] = _colour(setting)
            case "highlight":
                found["fill"] = "" if _value(setting) in ("none", "white", "") else _value(setting)
            case "shd":
                found["fill"] = _shade(setting) or found.get("fill", "")
            case "bdr":
                found["border"] = _value(setting) not in ("nil", "none", "")
            case "strike" | "dstrike":
                found["strike"] = is_on(setting) or bool(found.get("strike"))
            case "vanish":
                found["hidden"] = is_on(setting)
            case "vertAlign":
                found["raised"], found["lowered"] = _value(setting) == "superscript", _value(setting) == "subscript"
            case "rFonts":
                font = setting.get(f"{W}ascii") or setting.get(f"{W}hAnsi") or ""
                if font:
                    found["font"] = font
    return dict(sorted(found.items()))


def is_on(setting: Element | None) -> bool:
    """Whether a yes-or-no setting is there and does not say no."""
    return setting is not None and setting.get(f"{W}val", "1").lower() not in _OFF


def numbering_of(paragraph: Element) -> tuple[str, int] | None:
    """The list and level of paragraph settings (w:pPr); list "0" takes a style's numbers away. Level -1: not said."""
    numbering = paragraph.find(f"{W}numPr")
    if numbering is None:
        return None
    number, level = _value(numbering.find(f"{W}numId")), _value(numbering.find(f"{W}ilvl"))
    return number, min(int(level), 8) if level.isascii() and level.isdigit() and len(level) < 3 else -1


def outline_of(paragraph: Element) -> int:
    """1 to 9 for a heading by its place in the outline, else 0."""
    level = _value(paragraph.find(f"{W}outlineLvl"))
    return int(level) + 1 if level in "012345678" and len(level) == 1 else 0


def shade_of(settings: Element) -> str:
    """The fill of a paragraph or cell."""
    shading = settings.find(f"{W}shd")
    return "" if shading is None else _shade(shading)


def _value(setting: Element | None) -> str:
    return "" if setting is None else setting.get(f"{W}val", "")


def _is_usual(style: Element) -> bool:
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default", "0").lower() in ("1", "true", "on")


def _shade(shading: Element) -> str:
    fill = shading.get(f"{W}fill", "auto").upper()
    red, green, blue = _parts(fill) or (255, 255, 255)
    return "" if min(red, green, blue) >= 0xEB else fill  # nearly white comes with text pasted from pages


def _colour(setting: Element) -> str:
    """ "" for black, the automatic colour and the near-blacks that come with text pasted from pages."""
    found = _parts(_value(setting))
    if found is None or max(found) <= 0x50 or (max(found) <= 0x80 and max(found) - min(found) <= 0x10):
        return ""
    return _value(setting).upper()


def is_red(colour: str) -> bool:
    """Red as people choose it to mark something: far more red than anything else."""
    red, green, blue = _parts(colour) or (0, 0, 0)
    return red >= 0x90 and red >= 2 * max(green, blue)


@lru_cache(maxsize=1000)
def _parts(colour: str) -> tuple[int, int, int] | None:
    try:
        number = int(colour, 16) if len(colour) == 6 else -1
    except ValueError:
        return None
    return (number >> 16, number >> 8 & 255, number & 255) if 0 <= number < 1 << 24 else None
