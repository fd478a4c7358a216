"""Signs that Word keeps as letters of a font of signs: a tick is “ü” in Wingdings."""

from __future__ import annotations

import re

_PRIVATE = re.compile("[\uf000-\uf0ff]")
TICKS = "✓✔✅☑🗸"
CROSSED_BOX = "☒"
CROSSES = "✗✘❌❎"
EMPTY_BOXES = "☐□❏❑▢○◯"

_WINGDINGS = {
    0xFC: "✓", 0xFE: "☑", 0xFD: "☒", 0xFB: "✗", 0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0x72: "☐", 0x6C: "●", 0x6E: "■", 0xA7: "▪",
    0x76: "❖", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xA1: "○", 0x9F: "•", 0x46: "☞", 0x4A: "☺",
}  # fmt: skip
_WINGDINGS_2 = {0x50: "✓", 0x52: "☑", 0x51: "☒", 0x53: "☒", 0x54: "☒", 0x4F: "✗", 0xA3: "☐", 0x30: "☐", 0x2A: "☐"}
_SYMBOL = {
    0xB3: "≥", 0xA3: "≤", 0xB9: "≠", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xD7: "⋅", 0xAE: "→", 0xB7: "•", 0xB0: "°", 0xA5: "∞", 0xD0: "∠",
    0x61: "α", 0x62: "β", 0x67: "γ", 0x44: "Δ", 0x70: "π", 0x6D: "μ", 0x57: "Ω", 0xDE: "⇒", 0xDB: "⇔", 0xCE: "∈", 0xC7: "∩", 0xC8: "∪",
}  # fmt: skip
_FONTS = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "symbol": _SYMBOL,
    "wingdings 3": {},
    "webdings": {0x61: "✓"},
}


def sign_of(text: str, font: str, notes: list[str], unknown: str) -> str:
    """The text with the signs of such a font as signs of their own; one that we do not know is “□”, with a note."""
    signs = _FONTS.get(font.lower())
    if signs is None and not _PRIVATE.search(text):
        return text
    said = ""
    for char in text:
        code = ord(char) - 0xF000 if "\uf000" <= char <= "\uf0ff" else ord(char)
        if signs is not None and code in signs:
            said += signs[code]
        elif char.isspace():
            said += char
        elif signs is _SYMBOL and 0x20 <= code < 0x40:
            said += chr(code)
        elif (signs is not None and code < 0x100) or "\uf000" <= char <= "\uf0ff":
            notes.append(unknown)
            said += "□"
    return said
