"""Certificates as pages of a PDF: A4 on its long side, vector throughout, fonts embedded. No database, no Django.

Nothing is ever cut: what is long becomes smaller until all of it stands on the page. Letters that the faces lack become their
base letters, and `lost` says so before anything is printed.
"""

from __future__ import annotations

import io
import logging
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fpdf import FPDF

from contests.sharing.codes import qr_matrix
from reports.certificates.codes import spoken
from reports.certificates.wording import Facts, filled, spoken_day

logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
TEXT, TITLE = FONTS / "be-vietnam-pro-names-400.ttf", FONTS / "be-vietnam-pro-names-600.ttf"
WIDTH, HEIGHT = 297, 210
BLUE, RED, GOLD, INK, QUIET = (10, 75, 156), (168, 30, 36), (201, 160, 54), (22, 25, 31), (86, 94, 108)
Colour = tuple[int, int, int]

MIDDLE, INSIDE = WIDTH / 2, 236  # of the words
TOP, BOTTOM = 18.0, 148.0  # the words stand between
FOOT, FLOOR = 148.5, 194.0  # the code and the signature
LINE = 0.47  # mm of line for a point of letter: room for Ễ below Ợ
POINT = 25.4 / 72  # mm
LOGO = (70.0, 22.0)
SIGNATURE = (56.0, 17.0)
SIGNER_AT, SIGNER_WIDTH = 176.0, 96.0
QR_AT, QR_SIDE = 24.0, 33.0
_BASES = {"ƀ": "b", "Ƀ": "B", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O"}


@dataclass(frozen=True, slots=True)
class Design:
    """The organizer's part. Pictures are bytes of ours (`contests.authoring.pictures`)."""

    title: str
    body: str
    signer_title: str
    signer_name: str
    place: str
    logo: bytes | None = None
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's certificate. `link` is the page that says whether the paper is genuine."""

    design: Design
    facts: Facts
    serial: str
    code: str
    link: str


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    return frozenset(TTFont(TEXT).getBestCmap()) & frozenset(TTFont(TITLE).getBestCmap())


@lru_cache(maxsize=2_000)
def printable(text: str) -> str:
    """The text in letters that the faces have: composed; a letter that they lack as its base letter; other signs left out."""
    known, out = _letters(), []
    for sign in unicodedata.normalize("NFC", text):
        if sign == "\n" or ord(sign) in known:
            out.append(sign)
            continue
        plain = "".join(each for each in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(each))
        out.extend(each for each in (plain if plain != sign else _BASES.get(sign, "")) if ord(each) in known)
    return "".join(out)


def lost(text: str) -> str:
    """The letters of a text that no base letter can stand for: with them on a paper somebody's name would be another."""
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if sign.isalpha() and not printable(sign))


class Book:
    """A PDF of certificates: `add` them, then `write`. Keeps all its pages in memory, so make it short."""

    def __init__(self) -> None:
        self.pdf = pdf = FPDF(orientation="landscape", format="A4")
        pdf.set_auto_page_break(False)
        pdf.c_margin = 0
        pdf.add_font("Title", "", TITLE)
        pdf.add_font("Text", "", TEXT)
        pdf.set_lang("vi")
        pdf.set_title("Giấy chứng nhận")

    def add(self, sheet: Sheet) -> None:
        """One more page."""
        self.pdf.add_page()
        self._frame()
        self._words(sheet)
        self._check(sheet)
        self._sign(sheet)

    def write(self) -> bytes:
        """The whole file."""
        out = io.BytesIO()
        self.pdf.output(out)
        return out.getvalue()

    # --- The parts -------------------------------------------------------------------------------------------------
    def _frame(self) -> None:
        pdf = self.pdf
        for colour, line, edge in ((BLUE, 1.4, 8.0), (GOLD, 0.5, 10.6), (GOLD, 0.2, 11.6)):
            pdf.set_draw_color(*colour)
            pdf.set_line_width(line)
            pdf.rect(edge, edge, WIDTH - 2 * edge, HEIGHT - 2 * edge)
        pdf.set_fill_color(255, 255, 255)
        pdf.set_line_width(0.5)
        for x in (11.1, WIDTH - 11.1):
            for y in (11.1, HEIGHT - 11.1):
                with pdf.rotation(45, x, y):
                    pdf.rect(x - 2.6, y - 2.6, 5.2, 5.2, "DF")
                    pdf.set_fill_color(*GOLD)
                    pdf.rect(x - 1.1, y - 1.1, 2.2, 2.2, "F")
                    pdf.set_fill_color(255, 255, 255)

    def _words(self, sheet: Sheet) -> None:
        """Logo, issuer, title, name, unit, body, one below the other in the middle; smaller until they fit."""
        facts, name, design = sheet.facts, " ".join(sheet.facts.name.split()), sheet.design
        logo = LOGO[1] + 3 if design.logo else 0.0
        for scale in (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.53, 0.46, 0.4, 0.35):
            parts = [
                _Part(facts.issuer.upper(), "Title", 12.5 * scale, BLUE, 0, 200),
                _Part(design.title, "Title", 38 * scale, RED, 4.5, INSIDE),
                _Part("Chứng nhận", "Text", 13 * scale, QUIET, 3, INSIDE),
                _Part(name, "Title", self._one_line(name, scale), INK, 1.5, INSIDE),
                _Part(facts.unit, "Text", 13 * scale, QUIET, 1, 220),
                _Part(filled(design.body, facts), "Text", 15.5 * scale, INK, 5, 220),
            ]
            shown = [part for part in parts if part.lines]
            whole = logo + sum(part.above * scale + part.height for part in shown)
            if whole <= BOTTOM - TOP:
                break
        y = TOP + max(0.0, (BOTTOM - TOP - whole) / 2)
        if design.logo:
            self._picture(design.logo, MIDDLE - LOGO[0] / 2, y, *LOGO)
            y += logo
        for part in shown:
            y += part.above * scale
            y += self._text(part, MIDDLE - part.width / 2, y)

    def _check(self, sheet: Sheet) -> None:
        """The code, what it is for, and the serial."""
        y = FLOOR - QR_SIDE
        _qr(self.pdf, sheet.link, QR_AT, y, QR_SIDE)
        x, width = QR_AT + QR_SIDE + 4, SIGNER_AT - (QR_AT + QR_SIDE + 4) - 8
        y += 4
        for text, font, size, colour in (
            (f"Số: {sheet.serial}", "Title", 11, INK), ("Quét mã để kiểm tra giấy này, hoặc mở", "Text", 9, QUIET),
            (sheet.link.split("//")[-1].rsplit(sheet.code, 1)[0].rstrip("/"), "Text", 9, INK), ("và nhập mã", "Text", 9, QUIET), (spoken(sheet.code), "Title", 10, INK),
        ):  # fmt: skip
            part = _Part(text, font, size, colour, 0, width, "L")
            y += self._text(part, x, y) + (1.2 if font == "Title" else 0.2)

    def _sign(self, sheet: Sheet) -> None:
        """Place and day, in whose name, the signature or room for one, who."""
        design, day = sheet.design, spoken_day(sheet.facts.day)
        where = f"{design.place}, {day}" if design.place else day[0].upper() + day[1:]
        for scale in (1.0, 0.9, 0.8, 0.7, 0.6):
            head = [
                _Part(where, "Text", 11 * scale, INK, 0, SIGNER_WIDTH),
                _Part(design.signer_title, "Title", 11.5 * scale, INK, 1, SIGNER_WIDTH),
            ]
            name = _Part(design.signer_name, "Title", 12.5 * scale, INK, 0, SIGNER_WIDTH)
            taken = sum(part.height + part.above for part in head)
            if FLOOR - FOOT - taken - name.height >= 8:
                break
        y = FOOT
        for part in head:
            y += part.above
            y += self._text(part, SIGNER_AT, y)
        room = FLOOR - name.height - y
        if design.signature:
            tall = min(SIGNATURE[1], room - 1)
            x = SIGNER_AT + (SIGNER_WIDTH - SIGNATURE[0]) / 2
            self._picture(design.signature, x, y + (room - tall) / 2, SIGNATURE[0], tall)
        self._text(name, SIGNER_AT, FLOOR - name.height)

    # --- Helpers ---------------------------------------------------------------------------------------------------
    def _picture(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        self.pdf.image(io.BytesIO(data), x, y, width, height, keep_aspect_ratio=True)

    def _one_line(self, name: str, scale: float) -> float:
        """A size at which a name stands on one line; a name for which that would be too small takes two or three."""
        sizes, wide = [size * scale for size in (33, 30, 27, 24, 22)], _width("Title", printable(name))
        return next((size for size in sizes if wide * size <= INSIDE), sizes[-1])

    def _text(self, part: _Part, x: float, y: float) -> float:
        """Draw the lines from (x, y) on; how high they are."""
        pdf = self.pdf
        pdf.set_text_color(*part.colour)
        pdf.set_font(part.font, size=part.size)
        for at, (line, wide) in enumerate(part.lines):
            shift = (part.width - wide) / 2 if part.align == "C" else 0.0
            pdf.text(x + shift, y + (at + 0.5) * part.size * LINE + 0.3 * part.size * POINT, line)
        return part.height


class _Part:
    """A piece of text at a size, broken into lines of at most a width."""

    def __init__(
        self, text: str, font: str, size: float, colour: Colour, above: float, width: float, align: str = "C"
    ) -> None:
        self.font, self.size, self.colour, self.above, self.width, self.align = font, size, colour, above, width, align
        self.lines = [(line, wide * size) for line, wide in _broken(printable(text), font, width / size)]
        self.height = len(self.lines) * size * LINE


@lru_cache(maxsize=2_000)
def _width(font: str, text: str) -> float:
    """How wide a text is at one point, in millimetres."""
    advances, cmap, em = _advances(font)
    return sum(advances[cmap[ord(sign)]][0] for sign in text) / em * POINT


@lru_cache(maxsize=2)
def _advances(font: str) -> tuple[Any, dict[int, str], int]:
    face = TTFont({"Text": TEXT, "Title": TITLE}[font])
    return face["hmtx"].metrics, face.getBestCmap(), face["head"].unitsPerEm


@lru_cache(maxsize=2_000)
def _broken(text: str, font: str, most: float) -> tuple[tuple[str, float], ...]:
    """Lines with their widths: whole words as far as they go; a word that is wider than a line is broken where the line ends."""
    lines: list[str] = []
    for paragraph in text.split("\n") if text else []:
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if _width(font, longer) <= most:
                line = longer
                continue
            if line:
                lines.append(line)
            while _width(font, word) > most and len(word) > 1:
                cut = next((at for at in range(len(word) - 1, 1, -1) if _width(font, word[:at]) <= most), 1)
                lines.append(word[:cut])
                word = word[cut:]
            line = word
        lines.append(line)
    return tuple((line, _width(font, line)) for line in lines)


def _qr(pdf: FPDF, link: str, x: float, y: float, side: float) -> None:
    """Black bars on white with four modules of quiet around them."""
    matrix = qr_matrix(link, error="m")
    module = side / (len(matrix) + 8)
    pdf.set_fill_color(0, 0, 0)
    for row, line in enumerate(matrix):
        start = None
        for column, dark in enumerate([*line, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                pdf.rect(
                    x + (4 + start) * module, y + (4 + row) * module, (column - start) * module, module + 0.02, "F"
                )
                start = None


def one_page(sheet: Sheet) -> bytes:
    """The PDF of one certificate."""
    book = Book()
    book.add(sheet)
    return book.write()
