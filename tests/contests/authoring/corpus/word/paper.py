"""A small hand for typing Word files: marks in the text, lists, tables, and the XML that python-docx has no words for."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import RGBColor


def png(shade: int) -> bytes:
    """A picture of one grey point."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes([0, shade]))) + chunk(b"IEND", b"")


PNG = png(0)
_MARK = re.compile(r"(\*\*.+?\*\*|__.+?__|\{\w+\|.+?\})")


class Paper:
    """A Word file in the making. In texts **bold**, __underlined__, {red|…}, {blue|…}, {yellow|…}, {hidden|…}, {ins|…}, {del|…}."""

    def __init__(self) -> None:
        self.doc = Document()
        self.body = self.doc.element.body

    def p(self, text: str = "", *, style: str | None = None, where=None):
        """A paragraph; a newline in the text is a soft break."""
        paragraph = (where or self.doc).add_paragraph(style=style)
        return self.type(paragraph, text)

    def type(self, paragraph, text: str):
        for piece in _MARK.split(text):
            if piece.startswith("**") and len(piece) > 4:
                paragraph.add_run(piece[2:-2]).bold = True
            elif piece.startswith("__") and len(piece) > 4:
                paragraph.add_run(piece[2:-2]).underline = True
            elif piece.startswith("{") and "|" in piece:
                self.special(paragraph, *piece[1:-1].split("|", 1))
            elif piece:
                paragraph.add_run(piece)
        return paragraph

    def special(self, paragraph, kind: str, text: str) -> None:
        run = paragraph.add_run(text)
        if kind in ("red", "blue", "green"):
            run.font.color.rgb = {
                "red": RGBColor(255, 0, 0),
                "blue": RGBColor(0, 112, 192),
                "green": RGBColor(0, 176, 80),
            }[kind]
        elif kind == "dark":  # as pages on the web write black
            run.font.color.rgb = RGBColor(0x08, 0x1B, 0x3A)
        elif kind == "yellow":
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        elif kind == "both":
            run.bold = run.underline = True
        elif kind == "hidden":
            run.font.hidden = True
        elif kind == "up":
            run.font.superscript = True
        elif kind == "vn":
            run.font.name = ".VnTime"
        elif kind == "vni":
            run.font.name = "VNI-Times"
        elif kind == "tick":
            run.font.name = "Wingdings"
        elif kind in ("ins", "del"):
            mark = parse_xml(f'<w:{kind} {nsdecls("w")} w:id="9" w:author="a" w:date="2026-01-01T00:00:00Z"/>')
            run._r.addprevious(mark)
            mark.append(run._r)
            if kind == "del":
                for t in run._r.findall(qn("w:t")):
                    t.tag = qn("w:delText")

    def lines(self, text: str) -> None:
        """A paragraph for every line."""
        for line in text.strip("\n").split("\n"):
            self.p(line)

    def raw(self, inside: str) -> None:
        """A paragraph out of XML."""
        self.body.insert(
            len(self.body) - 1, parse_xml(f"<w:p {nsdecls('w', 'm', 'r', 'wp', 'a', 'pic')}>{inside}</w:p>")
        )

    def lists(self, *levels: tuple[str, str]) -> str:
        """A numbering of these levels (format, text like “Câu %1:”); returns its id."""
        numbering = self.doc.part.numbering_part.element
        name = str(9000 + len(numbering))
        xml = "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for place, (form, text) in enumerate(levels)
        )
        abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{name}">{xml}</w:abstractNum>')
        first = numbering.find(qn("w:num"))
        numbering.insert(numbering.index(first), abstract) if first is not None else numbering.append(abstract)
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{name}"><w:abstractNumId w:val="{name}"/></w:num>'))
        return name

    def restarted(self, name: str) -> str:
        """The same list, counting from 1 again."""
        numbering = self.doc.part.numbering_part.element
        new = str(20000 + len(numbering))
        numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{new}"><w:abstractNumId w:val="{name}"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
            )
        )
        return new

    def item(self, text: str, number: str, level: int = 0):
        """A paragraph that Word numbers."""
        paragraph = self.p(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        )
        return paragraph

    def table(self, rows: Sequence[Sequence[str]]):
        """A table; a newline in a cell is a new paragraph."""
        table = self.doc.add_table(len(rows), len(rows[0]))
        table.style = "Table Grid"
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                cell = table.cell(row, column)
                first, *others = text.split("\n")
                self.type(cell.paragraphs[0], first)
                for other in others:
                    self.p(other, where=cell)
        return table

    def picture(self, paragraph=None, image: bytes = PNG):
        paragraph = paragraph or self.doc.add_paragraph()
        paragraph.add_run().add_picture(io.BytesIO(image))
        return paragraph

    def bytes(self) -> bytes:
        target = io.BytesIO()
        self.doc.save(target)
        return target.getvalue()

    def save(self, path: Path) -> None:
        path.write_bytes(self.bytes())
