"""The A4 poster of a contest as PDF: title, unit, dates, three steps, a QR code. Vector throughout, fonts embedded."""

from __future__ import annotations

import io
import logging
import unicodedata
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from contests.sharing.codes import qr_matrix
from contests.sharing.facts import ShareFacts

logging.getLogger("fpdf").setLevel(
    logging.ERROR
)  # a sign that the font lacks is left out below; no need to say it again
logging.getLogger("fontTools").setLevel(logging.ERROR)

WIDTH, HEIGHT, MARGIN = 210, 297, 20
BLUE, INK, QUIET, GOLD, PAPER = (10, 75, 156), (22, 25, 31), (86, 94, 108), (217, 179, 71), (250, 248, 244)
TITLE_SIZES = (42, 36, 31, 27, 23, 20, 17)
TITLE_HEIGHT = 70  # mm at most
STEPS = (
    ("Quét mã bằng điện thoại", "Mở máy ảnh hoặc Zalo, đưa vào mã bên cạnh."),
    ("Tạo tài khoản, chọn đơn vị", "Chỉ cần số điện thoại. Có sẵn thì đăng nhập."),
    ("Bấm “Vào thi”", "Bài được lưu sau từng câu, mất mạng cũng không lo."),
)


def make_poster(facts: ShareFacts, fonts: Path) -> bytes:
    """One A4 page. `fonts` is the folder with our two faces; signs that they lack (emoji) are left out."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0  # lines and text begin at one edge
    pdf.add_font("Title", "", fonts / "be-vietnam-pro-600.ttf")
    pdf.add_font("Text", "", fonts / "be-vietnam-pro-400.ttf")
    pdf.set_title(facts.title)
    pdf.set_lang("vi")
    pdf.set_author(facts.unit)
    pdf.add_page()
    sheet = _Sheet(pdf)
    sheet.ground()
    y = sheet.head(facts)
    y = sheet.dates(facts, y)
    sheet.steps(facts, max(y + 14, 150))
    sheet.foot(facts)
    buffer = io.BytesIO()
    pdf.output(buffer)
    return buffer.getvalue()


class _Sheet:
    """The parts of the page, from top to bottom."""

    def __init__(self, pdf: FPDF) -> None:
        self.pdf, self.inside = pdf, WIDTH - 2 * MARGIN

    def ground(self) -> None:
        pdf = self.pdf
        pdf.set_fill_color(*PAPER)
        pdf.rect(0, 0, WIDTH, HEIGHT, "F")
        pdf.set_fill_color(*BLUE)
        pdf.rect(0, 0, WIDTH, 7, "F")
        pdf.set_fill_color(*GOLD)
        pdf.rect(0, 7, WIDTH, 1.2, "F")

    def head(self, facts: ShareFacts) -> float:
        """Unit, “mời dự thi”, title; where it ends."""
        y = self.text(facts.unit.upper(), "Title", 13, BLUE, 24, 6.5)
        y = self.text("Mời bạn dự thi", "Text", 20, QUIET, y + 12, 10)
        size = next((size for size in TITLE_SIZES if self.height(facts.title, size) <= TITLE_HEIGHT), TITLE_SIZES[-1])
        return self.text(facts.title, "Title", size, INK, y + 2, size * 0.45)

    def dates(self, facts: ShareFacts, y: float) -> float:
        """When, and what a paper is; between two fine lines."""
        pdf = self.pdf
        pdf.set_draw_color(*INK)
        y += 8
        for at, width in ((y, 0.7), (y + 1.2, 0.25)):
            pdf.set_line_width(width)
            pdf.line(MARGIN, at, WIDTH - MARGIN, at)
        when = facts.when if self.width(facts.when, 17) <= self.inside else facts.when.replace(" đến ", "\nđến ")
        y = self.text(when, "Title", 17, BLUE, y + 6, 8.5)
        lines = [facts.paper, f"Dành cho: {facts.audience}"]
        return self.text("\n".join(line for line in lines if line), "Text", 13, INK, y + 2, 7)

    def steps(self, facts: ShareFacts, y: float) -> None:
        """The steps on the left, the code on the right."""
        pdf, side = self.pdf, 66.0
        left = self.inside - side - 12
        self.qr(facts.link, WIDTH - MARGIN - side, y, side)
        for number, (what, how) in enumerate(STEPS, 1):
            pdf.set_fill_color(*BLUE)
            pdf.ellipse(MARGIN, y, 11, 11, "F")
            pdf.set_font("Title", size=15)
            pdf.set_text_color(255, 255, 255)
            pdf.set_xy(MARGIN, y)
            pdf.cell(11, 11, str(number), align="C")
            end = self.text(what, "Title", 14, INK, y, 6.5, x=MARGIN + 16, width=left - 16)
            y = max(self.text(how, "Text", 11.5, QUIET, end + 0.5, 5.5, x=MARGIN + 16, width=left - 16) + 5.5, y + 19)

    def qr(self, link: str, x: float, y: float, side: float) -> None:
        pdf, matrix = self.pdf, qr_matrix(link)
        pdf.set_fill_color(255, 255, 255)
        pdf.set_draw_color(*GOLD)
        pdf.set_line_width(0.6)
        pdf.rect(x, y, side, side, "DF", round_corners=True, corner_radius=3)
        module = side / (len(matrix) + 8)  # four modules of quiet on each side
        pdf.set_fill_color(0, 0, 0)
        for row, line in enumerate(matrix):
            start = None
            for column, dark in enumerate([*line, False]):  # one bar a run: no hairlines between modules
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    pdf.rect(
                        x + (4 + start) * module, y + (4 + row) * module, (column - start) * module, module + 0.02, "F"
                    )
                    start = None

    def foot(self, facts: ShareFacts) -> None:
        pdf = self.pdf
        pdf.set_fill_color(*BLUE)
        pdf.rect(0, HEIGHT - 34, WIDTH, 34, "F")
        self.text("Không quét được mã? Gõ vào trình duyệt:", "Text", 12, (255, 255, 255), HEIGHT - 28, 6)
        size = next((size for size in (24, 20, 17, 14, 11) if self.width(facts.short_link, size) <= self.inside), 9)
        self.text(facts.short_link, "Title", size, (255, 255, 255), HEIGHT - 20, 10)

    def text(
        self, text: str, font: str, size: float, colour: tuple[int, int, int], y: float, line: float, *, x: float = MARGIN, width: float = 0
    ) -> float:  # fmt: skip
        """Lines from (x, y) on; where they end."""
        pdf = self.pdf
        pdf.set_font(font, size=size)
        pdf.set_text_color(*colour)
        pdf.set_xy(x, y)
        pdf.multi_cell(width or self.inside, line, self.known(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return float(pdf.get_y())

    def height(self, title: str, size: float) -> float:
        self.pdf.set_font("Title", size=size)
        shown = self.pdf.multi_cell(
            self.inside, size * 0.45, self.known(title), align="L", dry_run=True, output="HEIGHT"
        )
        return float(shown)

    def width(self, text: str, size: float) -> float:
        self.pdf.set_font("Title", size=size)
        return float(self.pdf.get_string_width(self.known(text)))

    def known(self, text: str) -> str:
        """Composed letters, without signs that the faces lack."""
        cmap = self.pdf.fonts["title"].cmap
        return "".join(sign for sign in unicodedata.normalize("NFC", text) if sign == "\n" or ord(sign) in cmap)
