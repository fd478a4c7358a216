"""Pictures as PNG: bars for files that cannot hold an SVG, and the one that is shared. Printed in black and white they say the same."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from reports.certificates.drawing import TEXT, TITLE, printable
from reports.infographic import HEIGHT, RISE, Picture, Tone
from reports.infographic import WIDTH as SHARED_WIDTH

WIDTH, ROW, PAD = 1650, 64, 20  # 250 dots an inch across the text of an A4 page
NAMES, VALUES = 700, 190  # left and right of the bars
BLUE, FAINT, INK = (10, 75, 156), (230, 234, 240), (20, 20, 20)
TONES: dict[Tone, tuple[int, int, int]] = {
    "paper": (250, 248, 244), "blue": BLUE, "white": (255, 255, 255), "pale": (214, 226, 243), "gold": (217, 179, 71),
    "ink": (22, 25, 31), "quiet": (86, 94, 108), "line": (208, 202, 190), "track": (230, 225, 214),
}  # fmt: skip


def bar_picture(bars: Sequence[tuple[str, float, str]], fonts: Path) -> bytes:
    """A PNG with a line for each name, share of the full width (0 to 1) and value in words. Long names are cut."""
    picture = Image.new("RGB", (WIDTH, len(bars) * ROW + 2 * PAD), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(fonts / "be-vietnam-pro-400.ttf", 32)
    left, right = NAMES + 20, WIDTH - VALUES
    for place, (name, share, value) in enumerate(bars):
        top = PAD + place * ROW
        draw.text((NAMES, top + ROW / 2), _fit(name, font), font=font, fill=INK, anchor="rm")
        draw.rectangle((left, top + 14, right, top + ROW - 14), fill=FAINT)
        if share > 0:
            end = left + max(3.0, min(1.0, share) * (right - left))
            draw.rectangle((left, top + 14, end, top + ROW - 14), fill=BLUE)
        draw.text((right + 16, top + ROW / 2), value, font=font, fill=INK, anchor="lm")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True, dpi=(250, 250))
    return out.getvalue()


class OurFaces:
    """Be Vietnam Pro, with the letters of all peoples of Vietnam, as `infographic.compose` measures and `draw_shared` draws it."""

    def known(self, text: str) -> str:
        """The text in letters that the faces have."""
        return printable(text)

    def width(self, text: str, size: int, *, bold: bool) -> float:
        """How wide a line is."""
        return _width(text, size, bold=bold)


@lru_cache(maxsize=10_000)  # a picture is composed at several scales, and each line is broken word by word
def _width(text: str, size: int, *, bold: bool) -> float:
    return face(size, bold=bold).getlength(text)


@cache
def face(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """One of the two faces. Sizes are few: those of `infographic` at its scales."""
    return ImageFont.truetype(TITLE if bold else TEXT, size)


def draw_shared(picture: Picture) -> bytes:
    """A PNG of the composed picture; its words ride along for those who do not see it."""
    image = Image.new("RGB", (SHARED_WIDTH, HEIGHT), TONES["paper"])
    draw = ImageDraw.Draw(image)
    for patch in picture.patches:
        box = (patch.x, patch.y, patch.x + patch.width - 1, patch.y + patch.height - 1)
        draw.rectangle(tuple(map(round, box)), fill=TONES[patch.tone])
    for text in picture.texts:
        at = (text.x + text.width if text.right else text.x, text.y + text.size * RISE)
        draw.text(
            at,
            text.text,
            font=face(text.size, bold=text.bold),
            fill=TONES[text.tone],
            anchor="rs" if text.right else "ls",
        )
    words = PngImagePlugin.PngInfo()
    words.add_itxt("Description", picture.words, lang="vi")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, pnginfo=words)
    return out.getvalue()


def _fit(text: str, font: ImageFont.FreeTypeFont) -> str:
    if font.getlength(text) <= NAMES - PAD:
        return text
    while text and font.getlength(f"{text}…") > NAMES - PAD:
        text = text[:-1]
    return f"{text.rstrip()}…"
