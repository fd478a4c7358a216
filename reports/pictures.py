"""Bar charts as pictures, for files that cannot hold an SVG. Printed in black and white they say the same."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, ROW, PAD = 1650, 64, 20  # 250 dots an inch across the text of an A4 page
NAMES, VALUES = 700, 190  # left and right of the bars
BLUE, FAINT, INK = (10, 75, 156), (230, 234, 240), (20, 20, 20)


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


def _fit(text: str, font: ImageFont.FreeTypeFont) -> str:
    if font.getlength(text) <= NAMES - PAD:
        return text
    while text and font.getlength(f"{text}…") > NAMES - PAD:
        text = text[:-1]
    return f"{text.rstrip()}…"
