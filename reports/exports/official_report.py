"""The official report as a Word file that can be signed: the form of administrative documents (Nghị định 30/2020/NĐ-CP).

A4; margins 20 mm above and below, 30 left, 15 right; Times New Roman; page numbers centred in the top margin from page 2 on.
Number, day and signature stay blank, and there is never a seal: a person gives the paper its force, not this program.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph

from contests.models import Round
from reports import queries, segment_queries
from reports.exports.base import Brief, Form
from reports.item_queries import keys_rest, round_papers, together
from reports.mastery import known_by
from reports.numbers import percent
from reports.official import COLUMNS, Groups, Official, Weak, compose, group_table
from reports.pictures import bar_picture
from reports.segment_words import groups_of, segment_table
from reports.segments import SEGMENTS
from reports.workbook import clean, clean_lines

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
FONTS = settings.BASE_DIR / "static" / "fonts"
TEXT_MM, LEFT_MM = 165, 73  # between the margins; of that the issuer's half
ONE_LINE = 28  # capitals that fit into the issuer's half
WIDTHS_MM = (12, 45, 17, 17, 14, 16, 14, 16, 14)
GROUP_WIDTHS_MM = {5: (65, 25, 25, 25, 25), 3: (85, 40, 40)}  # by the number of columns
MOST_READ = 20_000  # attempts; of more, what people know would take minutes to read, and has a file of its own
BARS = 20
COUNTRY, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
MOTTO_MM = 56  # its length in 13 pt bold: the rule below it is as long
INDENT = Mm(12.7)
LEFT, CENTRE, JUSTIFY = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
RIGHT = WD_ALIGN_PARAGRAPH.RIGHT


@translation.override("vi")  # the words of groups follow the reader of a page
def write(path: Path, brief: Brief) -> None:
    """Write the whole report at `path`."""
    issuer, course = queries.issuer_of(brief.unit), queries.course_of(brief.contest)
    report = compose(
        issuer, course, brief.table, as_of=brief.as_of, check=brief.check, weak=_weak(brief), groups=_groups(brief)
    )
    brief.progress.start(len(report.rows) + 1)
    file = _new_file(report)
    _head(file, report)
    _line(file.add_paragraph(), "BÁO CÁO", bold=True, align=CENTRE, before=14)
    _line(file.add_paragraph(), report.subject, bold=True, align=CENTRE)
    _rule(file.add_paragraph(), TEXT_MM, 45)
    _body(file.add_paragraph(), report.opening)
    for section in report.sections:
        heading = _line(file.add_paragraph(), section.heading, bold=True, align=LEFT, before=6).paragraph_format
        heading.keep_with_next, heading.first_line_indent, heading.space_after = True, INDENT, Pt(4)
        for text in section.paragraphs:
            _body(file.add_paragraph(), text)
        if section.rows:
            _units(file, report, brief)
            if report.bars:
                _chart(file, report)
        if section.groups:
            _group_table(file, section.groups)
    _line(file.add_paragraph(), report.note, italic=True, size=11, align=JUSTIFY, before=6)
    _body(file.add_paragraph(), report.closing).paragraph_format.keep_with_next = True
    _signatures(file, report)
    brief.progress.step()
    file.save(str(path))


FORM = Form(
    "official", _("Báo cáo chính thức (Word)"), ".docx", DOCX, "Báo cáo kết quả", write,
    about=_("Văn bản để in và ký: số, ngày và chữ ký để trống."), personal=False,
)  # fmt: skip


def _weak(brief: Brief) -> Weak | None:
    """What people know, where it may be told and is read in seconds."""
    if not keys_rest(brief.contest, brief.as_of) or brief.table["attempts"].iloc[0] > MOST_READ:
        return None
    rounds = Round.objects.filter(contest=brief.contest).select_related("contest").order_by("number")
    read = [round_papers(one, brief.unit) for one in rounds]
    answers, _paths = together(read)
    asked = [version for one in read for version in one.asked]
    sources = [(version.document or version.other_source, version.article) for version in asked]
    return Weak(known_by(answers, [version.topic.name for version in asked]), known_by(answers, sources))


def _groups(brief: Brief) -> Groups | None:
    """What the page of groups publishes, in the same words; None of a unit too small for it."""
    until = segment_queries.midnight(brief.as_of)
    tables = segment_queries.segment_tables(brief.contest, brief.unit, until)
    if tables.too_small:
        return None
    return Groups(until, [segment_table(each, tables.one(each, groups_of(each))) for each in SEGMENTS])


def _new_file(report: Official) -> Any:
    file = Document()
    file.core_properties.author = ""
    file.core_properties.title = clean(report.subject)
    style = file.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    fonts = style.element.rPr.rFonts
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    style.element.rPr.append(language)
    style.paragraph_format.space_after = Pt(0)
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = CENTRE
    _page_number(number)
    return file


def _head(file: Any, report: Official) -> None:
    """Issuer and number on the left, country, motto, place and date on the right."""
    table = _plain_table(file, (LEFT_MM, TEXT_MM - LEFT_MM))
    left, right = table.rows[0].cells
    first = left.paragraphs[0]
    if report.above:
        _line(first, _balanced(report.above), size=12, align=CENTRE)
        first = left.add_paragraph()
    _line(first, _balanced(report.issuer), size=12, bold=True, align=CENTRE)
    _rule(left.add_paragraph(), LEFT_MM, 25)
    _line(left.add_paragraph(), report.number, size=13, align=CENTRE, before=4)
    _line(right.paragraphs[0], COUNTRY, size=12, bold=True, align=CENTRE)
    _line(right.add_paragraph(), MOTTO, size=13, bold=True, align=CENTRE)
    _rule(right.add_paragraph(), TEXT_MM - LEFT_MM, MOTTO_MM)
    _line(right.add_paragraph(), report.place_and_date, size=13, italic=True, align=CENTRE, before=4)


def _units(file: Any, report: Official, brief: Brief) -> None:
    """The table of units: its head again on each page, no row torn in two, subtotals in bold."""
    table = _ruled_table(file, COLUMNS, WIDTHS_MM)
    for row in report.rows:
        _fill(table.add_row(), row.cells(), WIDTHS_MM, bold=row.level == 0, indent=max(0, row.level - 1))
        brief.progress.step()


def _group_table(file: Any, tables: Any) -> None:
    """What is published of each group, the name of the segment in bold above them and on one page with the first."""
    columns, rows = group_table(tables)
    widths = GROUP_WIDTHS_MM[len(columns)]
    file.paragraphs[-1].paragraph_format.space_after = Pt(6)
    table = _ruled_table(file, columns, widths, name_at=0)
    for texts, is_segment in rows:
        row = table.add_row()
        _fill(row, texts, widths, bold=is_segment, indent=0 if is_segment else 1, name_at=0)
        if is_segment:
            whole = row.cells[0].merge(row.cells[-1])
            for empty in whole.paragraphs[1:]:
                empty._p.getparent().remove(empty._p)
            whole.paragraphs[0].paragraph_format.keep_with_next = True


def _ruled_table(file: Any, columns: tuple[str, ...], widths: tuple[int, ...], name_at: int = 1) -> Any:
    """A table with lines whose head stands on each page again."""
    table = file.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, widths)
    _cell_margins(table, Mm(1))
    _fill(table.rows[0], columns, widths, bold=True, head=True, name_at=name_at)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    return table


def _fill(
    row: Any, texts: Any, widths: Any, *, bold: bool = False, head: bool = False, indent: int = 0, name_at: int = 1
) -> None:
    """The texts of a row: numbers on the right, the name at `name_at` on the left, what stands before it in the middle."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Mm(widths[place])
        align = CENTRE if head or place < name_at else LEFT if place == name_at else RIGHT
        paragraph = _line(cell.paragraphs[0], text, size=11, bold=bold, align=align)
        if place == name_at and indent:
            paragraph.paragraph_format.left_indent = Mm(3 * indent)


def _chart(file: Any, report: Official) -> None:
    bars = [(each.name, each.rate or 0.0, percent(each.rate)) for each in report.bars[:BARS]]
    title = "Biểu đồ: Tỷ lệ tham gia theo đơn vị"
    if len(bars) < report.bars_of:
        title = f"Biểu đồ: {len(bars)} đơn vị có tỷ lệ tham gia cao nhất"
    caption = _line(file.add_paragraph(), title, italic=True, size=13, align=CENTRE, before=8)
    caption.paragraph_format.keep_with_next = True
    paragraph = file.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.add_run().add_picture(io.BytesIO(bar_picture(bars, FONTS)), width=Mm(TEXT_MM))
    words = "; ".join(f"{name}: {value}" for name, _share, value in bars)
    paragraph._p.xpath(".//wp:docPr")[0].set("descr", clean(f"{title}. {words}."))


def _signatures(file: Any, report: Official) -> None:
    """Who gets the paper on the left, room for the signature on the right; never torn over two pages."""
    table = _plain_table(file, (TEXT_MM // 2, TEXT_MM - TEXT_MM // 2))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    left, right = table.rows[0].cells
    _line(left.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT, before=10)
    for text in report.receivers:
        _line(left.add_paragraph(), text, size=11, align=LEFT)
    _line(right.paragraphs[0], report.signs[0], size=14, bold=True, align=CENTRE, before=10)
    _line(right.add_paragraph(), report.signs[1], size=14, bold=True, align=CENTRE)
    for _space in range(5):
        right.add_paragraph()


def _line(
    paragraph: Paragraph, text: str, *, size: int = 14, bold: bool = False, italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = CENTRE, before: int = 0,
) -> Paragraph:  # fmt: skip
    run = paragraph.add_run(clean_lines(text))
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = Pt(before)
    return paragraph


def _balanced(text: str) -> str:
    """A long name in two lines of about one length: one word alone on a line looks like an accident."""
    spaces = [place for place, sign in enumerate(text) if sign == " "]
    if len(text) <= ONE_LINE or not spaces:
        return text
    middle = min(spaces, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def _body(paragraph: Paragraph, text: str) -> Paragraph:
    _line(paragraph, text, align=JUSTIFY, before=6)
    form = paragraph.paragraph_format
    form.first_line_indent = INDENT
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.15
    return paragraph


def _rule(paragraph: Paragraph, width: int, length: int) -> None:
    """A thin line of `length` mm in the middle of `width` mm."""
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm((width - length) / 2)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _plain_table(file: Any, widths: tuple[int, ...]) -> Any:
    """One row without lines, its texts flush with the margins."""
    table = file.add_table(rows=1, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, widths)
    _cell_margins(table, Mm(0))
    return table


def _cell_margins(table: Any, width: Length) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(width.twips)))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _widths(table: Any, widths: tuple[int, ...]) -> None:
    """Fixed: Word would else guess them from the longest word."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Length(Mm(width))
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)


def _page_number(paragraph: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
