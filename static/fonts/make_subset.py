"""Make our heading face: Be Vietnam Pro SemiBold, Latin and Vietnamese only, with tabular figures added.

The original has proportional figures only (its 1 is much narrower than its 8), so clocks and scores would
jump. We add ten alternates of one width behind the feature `tnum`. The Open Font License allows it.

    npm pack @expo-google-fonts/be-vietnam-pro && tar xzf expo-google-fonts-be-vietnam-pro-*.tgz
    pip install 'fonttools[woff]'
    python make_subset.py package/600SemiBold/BeVietnamPro_600SemiBold.ttf be-vietnam-pro-600.woff2
"""

import sys

from fontTools import subset
from fontTools.otlLib.builder import buildLookup, buildSingleSubstSubtable
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

UNICODES = (
    "20-7E,A0-FF,102-103,110-111,128-129,168-169,1A0-1A1,1AF-1B0,1EA0-1EF9,2009,2011-2014,2018-201E,2022,2026,20AB,2212"
)
FIGURES = "0123456789"


def add_tabular_figures(font: TTFont) -> None:
    cmap, glyphs = font.getBestCmap(), font.getGlyphSet()
    names = [cmap[ord(figure)] for figure in FIGURES]
    width = max(font["hmtx"][name][0] for name in names)
    mapping, outlines = {}, {}
    for name in names:
        shift = (width - font["hmtx"][name][0]) // 2
        recording, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
        glyphs[name].draw(recording)
        recording.replay(TransformPen(pen, (1, 0, 0, 1, shift, 0)))
        mapping[name], outlines[f"{name}.tnum"] = f"{name}.tnum", pen.glyph()
    font.setGlyphOrder([*font.getGlyphOrder(), *outlines])
    for name, glyph in outlines.items():
        font["glyf"].glyphs[name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, glyph.xMin)
    font["glyf"].glyphOrder = font.getGlyphOrder()

    gsub = font["GSUB"].table
    gsub.LookupList.Lookup.append(buildLookup([buildSingleSubstSubtable(mapping)]))
    gsub.LookupList.LookupCount = len(gsub.LookupList.Lookup)
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = "tnum", otTables.Feature()
    record.Feature.FeatureParams = None
    record.Feature.LookupListIndex = [gsub.LookupList.LookupCount - 1]
    record.Feature.LookupCount = 1
    gsub.FeatureList.FeatureRecord.append(record)
    gsub.FeatureList.FeatureCount = len(gsub.FeatureList.FeatureRecord)
    for script in gsub.ScriptList.ScriptRecord:
        systems = [script.Script.DefaultLangSys, *(each.LangSys for each in script.Script.LangSysRecord)]
        for system in filter(None, systems):
            system.FeatureIndex.append(gsub.FeatureList.FeatureCount - 1)
            system.FeatureCount = len(system.FeatureIndex)


def main(source: str, target: str) -> None:
    options = subset.Options(layout_features=["kern", "locl"], flavor="woff2", hinting=False)
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(UNICODES))
    subsetter.subset(font)
    add_tabular_figures(font)
    subset.save_font(font, target, options)


if __name__ == "__main__":
    main(*sys.argv[1:3])
