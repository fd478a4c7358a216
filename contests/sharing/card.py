"""The picture that Zalo and Facebook show beside a link: 1200 × 630, title, unit and dates."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from contests.sharing.facts import ShareFacts

SIZE = (1200, 630)
LEFT, RIGHT = 72, 1128
BLUE, WHITE, PALE, GOLD = (10, 75, 156), (255, 255, 255), (214, 226, 243), (217, 179, 71)
TITLE_SIZES = (76, 66, 58, 50, 43, 37, 32)
TITLE_HEIGHT = 300


def make_card(facts: ShareFacts, fonts: Path) -> bytes:
    """A PNG. Signs that the faces lack (emoji) are left out."""
    picture = Image.new("RGB", SIZE, BLUE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, SIZE[0], 14), fill=GOLD)
    bold, plain = fonts / "be-vietnam-pro-600.ttf", fonts / "be-vietnam-pro-400.ttf"
    small = ImageFont.truetype(bold, 28)
    draw.text((LEFT, 64), _fit(facts.unit.upper(), small), font=small, fill=PALE)
    font, lines = _title(facts.title, bold)
    y = 132.0
    for line in lines:
        draw.text((LEFT, y), line, font=font, fill=WHITE)
        y += font.size * 1.28
    draw.line((LEFT, 498, RIGHT, 498), fill=GOLD, width=3)
    when = ImageFont.truetype(bold, 30)
    draw.text((LEFT, 518), _fit(facts.when, when), font=when, fill=WHITE)
    address = ImageFont.truetype(plain, 26)
    draw.text((LEFT, 566), _fit(facts.short_link, address), font=address, fill=PALE)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _title(text: str, face: Path) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest size at which the whole title fits; at the smallest, what does not fit is cut with an ellipsis."""
    for size in TITLE_SIZES:
        font = ImageFont.truetype(face, size)
        lines = _wrap(_known(text), font)
        if len(lines) * size * 1.28 <= TITLE_HEIGHT:
            return font, lines
    most = int(TITLE_HEIGHT // (TITLE_SIZES[-1] * 1.28))
    return font, [*lines[: most - 1], _fit(" ".join(lines[most - 1 :]), font)]


def _wrap(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= RIGHT - LEFT:
            lines[-1] = longer
        else:
            lines.append(_fit(word, font))
    return [line for line in lines if line]


def _fit(text: str, font: ImageFont.FreeTypeFont) -> str:
    """One line, cut with an ellipsis where it is too long."""
    text = _known(text)
    if font.getlength(text) <= RIGHT - LEFT:
        return text
    while text and font.getlength(f"{text}…") > RIGHT - LEFT:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _known(text: str) -> str:
    """Composed letters of the Latin and Vietnamese ranges and the marks we have; no emoji, no control signs."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if " " <= sign <= "ỹ" or sign in "–—‘’“”…•₫")
