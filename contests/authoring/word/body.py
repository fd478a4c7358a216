"""From the XML of a text to its lines, in the order of the page: paragraphs, cells of tables, soft breaks.

What is decided here: deleted text is no text and inserted text is; a hidden piece and a text box are told and not read; of a field the
result is read; content controls and links are read like any text; an equation becomes a line of signs; a picture keeps its name.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, iterparse

from contests.authoring.guard import FileRefused
from contests.authoring.word.formulas import M, formula, lowered, raised
from contests.authoring.word.lines import Cell, Line, line, tidy
from contests.authoring.word.looks import Look, Styles, numbering_of, outline_of, own_look, shade_of
from contests.authoring.word.numbers import Numbers
from contests.authoring.word.parts import BROKEN, UNPARSED, Parts, R, W
from contests.authoring.word.signs import sign_of

MAX_LINES = 120_000
_SHOWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VML = "{urn:schemas-microsoft-com:vml}"
_SKIPPED = {
    "del",
    "moveFrom",
    "pPr",
    "rPr",
    "instrText",
    "delText",
    "delInstrText",
    "sdtPr",
    "sdtEndPr",
    "tblPr",
    "tblGrid",
}
_SKIPPED |= {"trPr", "tcPr", "sectPr", "rt", "annotationRef", "fldData", "lastRenderedPageBreak", "proofErr"}

# Notes that a line carries; `warnings` says them to the author.
FORMULA, OBJECT, LINKED, DRAWN, NOTE, STRUCK, UNKNOWN_SIGN = (
    "formula", "object", "linked", "drawn", "note", "struck", "unknown_sign",
)  # fmt: skip


@dataclass(slots=True)
class Body:
    """The lines of a text; `aside` are lines that are told and not read, as (number, what it is, text)."""

    lines: list[Line] = field(default_factory=list)
    aside: list[tuple[int, str, str]] = field(default_factory=list)
    embedded: bool = False  # a whole other document inside


def read_body(parts: Parts) -> Body:
    """Everything the text says. Raises `FileRefused` for one that cannot be read or is endless."""
    try:
        return _Reader(parts).read()
    except RecursionError as error:
        raise FileRefused(*BROKEN) from error


def _events(document: bytes) -> Iterator[tuple[str, Element]]:
    try:
        yield from iterparse(io.BytesIO(document), ("start", "end"))  # noqa: S314 -- no doctype: guard
    except UNPARSED as error:
        raise FileRefused(*BROKEN) from error


@dataclass(slots=True)
class _Table:
    number: int
    row: int = -1
    column: int = -1
    fill: str = ""
    fresh: bool = False


class _Reader:
    def __init__(self, parts: Parts) -> None:
        self.parts, self.body = parts, Body()
        self.styles = Styles(parts.styles)
        self.numbers = Numbers(parts.numbering, self.styles)
        self.count = self.tables_seen = 0
        self.tables: list[_Table] = []
        self.carried: list[tuple[str, Look]] = []  # of paragraphs whose end was deleted
        self.field_codes: list[bool] = []  # for each open field: are we still in its code?
        self.images: list[str] = []
        self.notes: list[str] = []
        self.hidden: list[str] = []
        self.boxes: list[Element] = []

    def read(self) -> Body:
        depth = 0  # of paragraphs in each other, as in text boxes
        for event, element in _events(self.parts.document):
            name = element.tag.removeprefix(W)
            if event == "start":
                if name == "p":
                    depth += 1
                elif not depth:
                    self.enter(name)
            elif name == "p":
                depth -= 1
                if not depth:
                    self.paragraph(element)
                    element.clear()
            elif not depth:
                self.leave(name, element)
        return self.body

    def enter(self, name: str) -> None:
        table = self.tables[-1] if self.tables else None
        if name == "tbl":
            self.tables_seen += 1
            self.tables.append(_Table(self.tables_seen))
        elif name == "tr" and table:
            table.row, table.column = table.row + 1, -1
        elif name == "tc" and table:
            table.column, table.fill, table.fresh = table.column + 1, "", True

    def leave(self, name: str, element: Element) -> None:
        if name == "tcPr" and self.tables:
            self.tables[-1].fill = shade_of(element)
        elif name == "tbl" and self.tables:
            self.tables.pop()
            element.clear()
        elif name == "tr":
            element.clear()
        elif name in ("altChunk", "subDoc"):
            self.body.embedded = True

    def paragraph(self, element: Element) -> None:
        settings = element.find(f"{W}pPr")
        own = settings if settings is not None else Element("none")
        named = own.find(f"{W}pStyle")
        style = named.get(f"{W}val", "") if named is not None else self.styles.usual
        mark = own.find(f"{W}rPr")
        read = self.styles.of(style)
        fill = shade_of(own) or read.fill or (self.tables[-1].fill if self.tables else "")
        pieces = [*self.carried, *self.pieces(element, style, fill)]
        self.carried = []
        if mark is not None and mark.find(f"{W}del") is not None:  # joined with the next by a tracked deletion
            self.carried = pieces
            return
        label, label_look = self.label(own, style, read.numbering, mark, fill)
        pieces = tidy(pieces)
        if label and not "".join(text for text, _ in pieces).strip() and not self.images:
            label = ""  # an empty item of a list says nothing
        heading = outline_of(own) or read.heading
        self.emit(pieces, (label, label_look), heading)

    def label(
        self, own: Element, style: str, of_style: tuple[str, int] | None, mark: Element | None, fill: str
    ) -> tuple[str, Look]:
        numbering = numbering_of(own)
        if numbering and numbering[1] < 0 and of_style and numbering[0] == of_style[0]:
            numbering = of_style
        numbering = numbering or of_style
        if numbering is None or numbering[0] in ("", "0"):
            return "", Look()
        found = self.numbers.next(*numbering, style)
        if found is None:
            return "", Look()
        look = {**own_look(mark), **dict(found.look)}
        return found.text, self.styles.look(
            style, "", {k: v for k, v in look.items() if k not in ("hidden", "font")}, fill
        )

    def emit(self, pieces: list[tuple[str, Look]], label: tuple[str, Look], heading: int) -> None:
        """The lines of a paragraph, one for each soft break; empty ones are no lines."""
        split: list[list[tuple[str, Look]]] = [[]]
        for text, look in pieces:
            first, *others = text.split("\n")
            split[-1].append((first, look))
            split += [[(other, look)] for other in others]
        images, notes, start = tuple(self.images), tuple(dict.fromkeys(self.notes)), self.count + 1
        hidden, boxes = "".join(self.hidden).strip(), self.boxes
        self.images, self.notes, self.hidden, self.boxes = [], [], [], []
        text_lines = [one for one in split if "".join(text for text, _ in one).strip()]
        if not text_lines and images:
            text_lines = [[]]
        for place, one in enumerate(text_lines):
            self.count += 1
            if self.count > MAX_LINES:
                raise FileRefused("too_many_paragraphs", f"Tệp có hơn {MAX_LINES} đoạn; hãy chia thành nhiều tệp.")
            if place == 0 and label[0]:
                one = [(label[0], label[1]), (" ", label[1]), *one]
            automatic = len(label[0]) if place == 0 else 0
            made = line(
                (self.count,), one, paragraph=start, automatic=automatic, heading=heading, cell=self.cell(),
                images=images if place == 0 else (), notes=notes if place == 0 else (),
            )  # fmt: skip
            self.body.lines.append(made)
        if hidden:
            self.tell("chữ ẩn", hidden)
        for box in boxes:
            texts = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in box.iter(f"{W}p")]
            for text in filter(str.strip, texts):
                self.tell("khung chữ", text)

    def tell(self, what: str, text: str) -> None:
        self.count += 1
        self.body.aside.append((self.count, what, "".join(t for t, _ in tidy([(text, Look())])).strip()))

    def cell(self) -> Cell | None:
        if not self.tables:
            return None
        table = self.tables[-1]
        start, table.fresh = table.fresh, False
        return Cell(table.number, table.row, table.column, start)

    # -- what stands in a paragraph --

    def pieces(self, element: Element, style: str, fill: str, *, linked: bool = False) -> Iterator[tuple[str, Look]]:
        for child in element:
            name = child.tag.removeprefix(W)
            if name in _SKIPPED:
                continue
            if name == "r":
                yield from self.run(child, style, fill, linked)
            elif child.tag in (f"{M}oMath", f"{M}oMathPara"):
                self.notes.append(FORMULA)
                yield formula(child), self.styles.look(style, "", {}, fill)
            elif name == "sdt":
                if (content := child.find(f"{W}sdtContent")) is not None:
                    yield from self.pieces(content, style, fill, linked=linked)
            elif child.tag == f"{_CHOICE}AlternateContent":
                yield from self.pieces(_chosen(child), style, fill, linked=linked)
            elif name == "ruby":
                if (base := child.find(f"{W}rubyBase")) is not None:
                    yield from self.pieces(base, style, fill, linked=linked)
            else:  # links, fields, insertions, smart tags and what else only wraps
                yield from self.pieces(child, style, fill, linked=linked or name == "hyperlink")

    def run(self, run: Element, style: str, fill: str, linked: bool) -> Iterator[tuple[str, Look]]:
        settings = run.find(f"{W}rPr")
        letters = settings.find(f"{W}rStyle") if settings is not None else None
        own = own_look(settings)
        if linked:  # blue and underlined because it is a link, not because somebody marked it
            own |= {"colour": "", "underline": False}
        look = self.styles.look(style, "" if letters is None else letters.get(f"{W}val", ""), own, fill)
        for child in run:
            text = self.text_of(child, look, style, fill)
            if look.hidden:
                self.hidden.append(text.replace("\n", " "))
            elif text:
                if look.strike and text.strip():
                    self.notes.append(STRUCK)
                yield (raised(text) if look.raised else lowered(text) if look.lowered else text), look

    def text_of(self, child: Element, look: Look, style: str, fill: str) -> str:
        name = child.tag.removeprefix(W)
        if name == "fldChar":
            match child.get(f"{W}fldCharType"):
                case "begin":
                    self.field_codes.append(True)
                case "separate" if self.field_codes:
                    self.field_codes[-1] = False
                case "end" if self.field_codes:
                    self.field_codes.pop()
            return ""
        if name == "instrText" and (child.text or "").strip().upper().startswith("EQ "):
            self.notes.append(OBJECT)  # an equation of old, which has no result to read
        if any(self.field_codes):
            return ""
        match name:
            case "t":
                return sign_of(child.text or "", look.font, self.notes, UNKNOWN_SIGN)
            case "tab" | "ptab":
                return "\t"
            case "br" | "cr":
                return "\n"
            case "noBreakHyphen":
                return "-"
            case "sym":
                code = child.get(f"{W}char", "")
                char = (
                    chr(int(code, 16))
                    if 0 < len(code) <= 4 and all(c in "0123456789abcdefABCDEF" for c in code)
                    else ""
                )
                return sign_of(char, child.get(f"{W}font", ""), self.notes, UNKNOWN_SIGN)
            case "footnoteReference" | "endnoteReference":
                self.notes.append(NOTE)
            case "drawing" | "pict":
                self.picture(child)
            case "object":
                self.notes.append(OBJECT)
            case "ruby":
                return "".join(t.text or "" for base in child.iter(f"{W}rubyBase") for t in base.iter(f"{W}t"))
        if child.tag == f"{_CHOICE}AlternateContent":
            return "".join(self.text_of(one, look, style, fill) for one in _chosen(child))
        return ""

    def picture(self, drawing: Element) -> None:
        """Remember its name; a drawing that is no picture leaves a note, a text box its text."""
        self.boxes += drawing.iter(f"{W}txbxContent")
        blips = [(blip.get(f"{R}embed"), blip.get(f"{R}link")) for blip in drawing.iter(f"{_SHOWN}blip")]
        blips += [(data.get(f"{R}id"), data.get(f"{R}href")) for data in drawing.iter(f"{_VML}imagedata")]
        for embedded, linked in blips:
            target = self.parts.targets.get(embedded or linked or "")
            if target is None or target.external or target.part not in self.parts.images:
                self.notes.append(LINKED)
            elif target.part not in self.images:
                self.images.append(target.part)
        if not blips and not any(True for _ in drawing.iter(f"{W}txbxContent")):
            self.notes.append(DRAWN)


def _chosen(alternate: Element) -> Element:
    """One of two ways to say the same: the first, which newer programs read."""
    choice = alternate.find(f"{_CHOICE}Choice")
    fallback = alternate.find(f"{_CHOICE}Fallback")
    return choice if choice is not None else fallback if fallback is not None else Element("none")
