"""Make the faces that certificates print names in: Be Vietnam Pro with every Latin letter it has, and those it lacks of our peoples.

Ê Đê, Gia Rai, Ba Na and M'nông names are written with ĕ ĭ ŏ ŭ and ƀ, which the original has no glyphs for. It has the breve and
the base letters; we put them together. The Open Font License allows it.

    npm pack @expo-google-fonts/be-vietnam-pro && tar xzf expo-google-fonts-be-vietnam-pro-*.tgz
    pip install fonttools
    python make_name_faces.py package/400Regular/BeVietnamPro_400Regular.ttf be-vietnam-pro-names-400.ttf
    python make_name_faces.py package/600SemiBold/BeVietnamPro_600SemiBold.ttf be-vietnam-pro-names-600.ttf
"""

import sys

from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

UNICODES = "20-7E,A0-24F,1E00-1EFF,2009-2014,2018-201E,2022,2026,2032,20AB,2212"
BREVES = {"ĕ": "e", "Ĕ": "E", "ĭ": "ı", "Ĭ": "I", "ŏ": "o", "Ŏ": "O", "ŭ": "u", "Ŭ": "U"}
STROKES = {"ƀ": "b", "Ƀ": "B"}


def bounds(glyphs: object, name: str) -> tuple[float, float, float, float]:
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds


def copied(glyphs: object, name: str, pen: TTGlyphPen, dx: float = 0, dy: float = 0, keep: object = None) -> None:
    """The outline of a glyph; with `keep`, only the contours for which it holds."""
    recording = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(recording)
    contour: list = []
    for step in recording.value:
        contour.append(step)
        if step[0] in ("closePath", "endPath"):
            if keep is None or keep(contour):
                moved = TransformPen(pen, (1, 0, 0, 1, dx, dy))
                for operator, operands in contour:
                    getattr(moved, operator)(*operands)
            contour = []


def add_letters(font: TTFont) -> None:
    cmap, glyphs = font.getBestCmap(), font.getGlyphSet()
    made = {}
    # How ă carries its breve: the mark's middle over the middle of a, so far above it.
    for letter, base in BREVES.items():
        model = "ă" if letter.islower() else "Ă"
        plain = bounds(glyphs, cmap[ord("a" if letter.islower() else "A")])
        own = bounds(glyphs, cmap[ord(base)])
        pen = TTGlyphPen(None)
        copied(glyphs, cmap[ord(base)], pen)
        shift = (own[0] + own[2]) / 2 - (plain[0] + plain[2]) / 2
        top = plain[3]
        copied(
            glyphs, cmap[ord(model)], pen, shift, max(0, own[3] - top),
            keep=lambda contour, top=top: min(point[1] for _, points in contour for point in points) >= top - 5,
        )  # fmt: skip
        made[letter] = (pen.glyph(), font["hmtx"][cmap[ord(base)]][0])
    for letter, base in STROKES.items():
        pen, (left, low, right, high) = TTGlyphPen(None), bounds(glyphs, cmap[ord(base)])
        copied(glyphs, cmap[ord(base)], pen)
        # Through the stem: high at ƀ, in the middle at Ƀ.
        at, thick, reach = (0.83, 0.075, 0.38) if letter == "ƀ" else (0.5, 0.075, 0.3)
        middle, half, wide = low + (high - low) * at, (high - low) * thick / 2, (right - left) * reach
        corners = [(-0.45, -half), (-0.45, half), (1, half), (1, -half)]
        points = [(round(left + x * wide), round(middle + y)) for x, y in corners]
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
        made[letter] = (pen.glyph(), font["hmtx"][cmap[ord(base)]][0])
    names = {letter: f"uni{ord(letter):04X}" for letter in made if ord(letter) not in cmap}
    font.setGlyphOrder([*font.getGlyphOrder(), *names.values()])
    for letter, name in names.items():
        glyph, width = made[letter]
        font["glyf"].glyphs[name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, glyph.xMin)
    font["glyf"].glyphOrder = font.getGlyphOrder()
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= {ord(letter): name for letter, name in names.items()}


def main(source: str, target: str) -> None:
    font = TTFont(source)
    add_letters(font)
    options = subset.Options(layout_features=["kern"], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(UNICODES))
    subsetter.subset(font)
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:3])
