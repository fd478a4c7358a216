"""Printed papers: every version without its key in one Word file, the keys of all versions in another."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Inches, Length, Pt
from docx.text.paragraph import Paragraph
from PIL import Image

from contests.authoring.draft import QuestionDraft
from contests.authoring.word.form import LETTERS
from contests.authoring.word_writer import WordFile, add_line, new_file, said_key, saved
from contests.rules.kinds import KINDS, Kind

_DOTS = "." * 60
PIXEL = Inches(1) / 96
WIDEST, HIGHEST = Cm(16), Cm(12)


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """A question at its place in a version: `order[shown place] = the author's place`."""

    question: QuestionDraft
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PaperVersion:
    """A version with its code and its questions in order."""

    code: int
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True, slots=True)
class PaperHead:
    """What stands on top: who organizes, the contest, the round, the minutes."""

    organizer: str
    contest: str
    round: str
    minutes: int


def write_papers(
    head: PaperHead, versions: Sequence[PaperVersion], pictures: Mapping[str, bytes] = MappingProxyType({})
) -> bytes:
    """A .docx of all versions, each from a page of its own on with its code at the foot. It holds nothing of a key.

    `pictures` are the files that the questions name by `image`; of one that is not there stand its words.
    """
    file, prints = new_file(), {name: _for_word(data) for name, data in pictures.items()}
    for place, version in enumerate(versions):
        section = file.sections[0] if not place else file.add_section(WD_SECTION.NEW_PAGE)
        _page(section, f"Mã đề {version.code}", restart=True)
        _head(file, head, f"Mã đề {version.code}")
        _centred(file, f"Thời gian làm bài: {head.minutes} phút, {len(version.questions)} câu", italic=True)
        add_line(file, f"Họ và tên: {_DOTS}{_DOTS}")
        add_line(file, f"Đơn vị: {_DOTS}{_DOTS}")
        for number, item in enumerate(version.questions, start=1):
            _question(file, number, item, prints)
        _centred(file, "--- Hết ---", italic=True)
    return saved(file)


def _question(file: WordFile, number: int, item: PaperQuestion, prints: Mapping[str, bytes]) -> None:
    question, order = item.question, item.order
    add_line(file, f"Câu {number}: {KINDS[question.kind].stem(question.stem)}", bold=True, together=True)
    if question.image in prints:
        _picture(file, prints[question.image], question.image_alt)
    elif question.image:
        _hint(file, f"(Hình: {question.image_alt})")
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE | Kind.TRUE_FALSE:
            if question.kind is Kind.MULTIPLE:
                _hint(file, "(Chọn mọi đáp án đúng.)")
            _lettered(file, [question.options[place] for place in order])
        case Kind.ORDERING:
            _lettered(file, [question.options[place] for place in order])
            add_line(file, "Thứ tự đúng: " + "  ".join("....." for _ in order))
        case Kind.MATCHING:
            right = question.spec.get("right", [])
            for place, left in enumerate(question.options, start=1):
                add_line(file, f"{place}. {left}", together=True)
            _hint(file, "Vế phải:")
            _lettered(file, [right[place] for place in order])
            add_line(file, "Ghép: " + "   ".join(f"{place} - ....." for place in range(1, len(question.options) + 1)))
        case Kind.FILL_IN:
            for place in range(1, len(question.spec.get("blanks", [])) + 1):
                add_line(file, f"({place}) {_DOTS}")
        case Kind.ESSAY:
            for _ in range(8):
                add_line(file, _DOTS * 2)
        case _:
            add_line(file, f"Trả lời: {_DOTS}")


def _for_word(data: bytes) -> bytes:
    """The picture in a form that every Word opens: WebP it does not."""
    if data[8:12] != b"WEBP":
        return data
    target = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.save(target, "PNG")
    return target.getvalue()


def _picture(file: WordFile, data: bytes, alt: str) -> None:
    """In a line of its own, as large as on a screen but within the page, with its words for who does not see it."""
    paragraph = add_line(file, "", together=True)
    paragraph.paragraph_format.keep_with_next = True
    with Image.open(io.BytesIO(data)) as image:
        wide, high = (PIXEL * pixels for pixels in image.size)
    scale = min(1, WIDEST / wide, HIGHEST / high)
    shape = paragraph.add_run().add_picture(io.BytesIO(data), Length(int(wide * scale)), Length(int(high * scale)))
    shape._inline.docPr.set("descr", alt)


def write_keys(head: PaperHead, versions: Sequence[PaperVersion], seed: int) -> bytes:
    """A .docx with the keys of all versions: a table of letters, and below it what is written out."""
    file = new_file()
    section = file.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    _page(section, "Bảng đáp án – chỉ dành cho ban tổ chức")
    _head(file, head, "BẢNG ĐÁP ÁN – CHỈ DÀNH CHO BAN TỔ CHỨC")
    _centred(file, f"Số bốc đề: {seed}", italic=True)
    size = max((len(version.questions) for version in versions), default=0)
    table = file.add_table(rows=size + 1, cols=len(versions) + 1, style="Table Grid")
    rows = [["Câu", *(str(version.code) for version in versions)]]
    rows += [[str(place + 1), *(short_key(version.questions[place]) for version in versions)] for place in range(size)]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(9 if len(versions) <= 12 else 7)
            run.bold = texts is rows[0]
    _repeat(table.rows[0]._tr)
    written = [
        f"Mã đề {version.code}, câu {number}: {said_key(item.question)}"
        for version in versions
        for number, item in enumerate(version.questions, start=1)
        if item.question.kind in (Kind.SHORT_TEXT, Kind.NUMBER, Kind.FILL_IN)
    ]
    if written:
        add_line(file, "Đáp án viết (ghi * trong bảng):", bold=True)
    for line in written:
        add_line(file, line)
    return saved(file)


def short_key(item: PaperQuestion) -> str:
    """The key in the letters of this version: "B", "A, C", "1-B 2-A"; * where it is written out, – where people mark."""
    question, order = item.question, item.order
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE | Kind.TRUE_FALSE:
            return ", ".join(LETTERS[shown] for shown, place in enumerate(order) if place in question.key)
        case Kind.ORDERING:
            return " ".join(LETTERS[order.index(place)] for place in range(len(order)))
        case Kind.MATCHING:
            return " ".join(f"{place + 1}-{LETTERS[order.index(place)]}" for place in range(len(question.options)))
        case Kind.ESSAY:
            return "–"
        case _:
            return "*"


def _lettered(file: WordFile, texts: Sequence[str]) -> None:
    for place, text in enumerate(texts):
        add_line(file, f"{LETTERS[place]}. {text}", together=True)


def _head(file: WordFile, head: PaperHead, title: str) -> None:
    _centred(file, head.organizer)
    _centred(file, head.contest.upper(), bold=True, size=14)
    _centred(file, head.round, bold=True)
    _centred(file, title, bold=True)


def _centred(file: WordFile, text: str, *, bold: bool = False, italic: bool = False, size: int = 12) -> None:
    paragraph = add_line(file, text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for run in paragraph.runs:
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _hint(file: WordFile, text: str) -> None:
    add_line(file, text, together=True).runs[-1].italic = True


def _page(section: Section, foot: str, *, restart: bool = False) -> None:
    """Margins of office papers; at the foot the text and the page number, from 1 on in each version."""
    section.left_margin, section.right_margin = Cm(2.5), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(1.8)
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(f"{foot} – trang ")
    _page_number(paragraph)
    if restart:
        _restart(section._sectPr)


def _restart(properties: OxmlElement) -> None:
    """Pages from 1 on. A new section is a copy of the one before, and Word wants one such element, at its place in the order."""
    for copied in properties.findall(qn("w:pgNumType")):
        properties.remove(copied)
    number = OxmlElement("w:pgNumType")
    number.set(qn("w:start"), "1")
    columns = properties.find(qn("w:cols"))
    properties.append(number) if columns is None else columns.addprevious(number)


def _page_number(paragraph: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _repeat(row: OxmlElement) -> None:
    """The head of a table again on every page."""
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
