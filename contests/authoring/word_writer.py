"""Questions with their keys as a Word file, one thing a line, in the form that people type and our Word reader reads back."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordFile
from docx.oxml import OxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from contests.authoring.cells import said_number
from contests.authoring.draft import QuestionDraft
from contests.authoring.rows import DIFFICULTY_NAMES, KIND_NAMES, WITH_ACCENTS, cell_text
from contests.authoring.word.form import LABELS, LAW, LETTERS
from contests.authoring.word.sources import law_in
from contests.authoring.written import Written
from contests.rules.kinds import Kind

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_word(drafts: Sequence[QuestionDraft]) -> Written:
    """A .docx of all questions."""
    file = new_file()
    for number, draft in enumerate(drafts, start=1):
        for place, line in enumerate(lines_of(draft, number)):
            add_line(file, line, bold=not place, together=True)
    return Written(saved(file), len(drafts))


def lines_of(draft: QuestionDraft, number: int) -> list[str]:
    """The question line by line; a line break inside a text stays one inside its line."""
    lines = [f"Câu {number}: {draft.stem}"]
    if draft.kind is Kind.MATCHING:
        right = draft.spec.get("right", [])
        left = [*draft.options, *[""] * (len(right) - len(draft.options))]
        lines += [
            f"{LETTERS[place]}. {one} | {other}" for place, (one, other) in enumerate(zip(left, right, strict=True))
        ]
    elif draft.kind is not Kind.TRUE_FALSE:
        lines += [f"{LETTERS[place]}. {option}" for place, option in enumerate(draft.options)]
    said = {
        "Đáp án": said_key(draft),
        "Loại": KIND_NAMES[draft.kind] + (f" {WITH_ACCENTS}" if draft.spec.get("accents") else ""),
        "Giải thích": draft.explanation,
        **_source(draft),
        "Nguồn": draft.other_source,
        "Chủ đề": draft.topic,
        "Mức độ": DIFFICULTY_NAMES[draft.difficulty],
        "Mã": draft.code,
        "Cố định": "" if draft.kind is Kind.TRUE_FALSE else ", ".join(LETTERS[place] for place in sorted(draft.pinned)),
        "Hiệu lực từ": cell_text(draft.valid_from) if draft.valid_from else "",
        "Hiệu lực đến": cell_text(draft.valid_to) if draft.valid_to else "",
    }
    return lines + [f"{name}: {said[name]}" for name in LABELS if said.get(name)]


def said_key(draft: QuestionDraft) -> str:
    """The key in words, as our sheet writes it; the order of an ordering as its letters."""
    match draft.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return ", ".join(LETTERS[place] for place in sorted(draft.key))
        case Kind.TRUE_FALSE:
            return ", ".join(draft.options[place] for place in sorted(draft.key) if place < len(draft.options))
        case Kind.SHORT_TEXT:
            return " | ".join(draft.spec.get("accepted", []))
        case Kind.FILL_IN:
            return "; ".join(" | ".join(accepted) for accepted in draft.spec.get("blanks", []))
        case Kind.NUMBER:
            return said_number(draft.spec)
        case Kind.ORDERING:
            return ", ".join(LETTERS[: len(draft.options)])
        case _:
            return ""


def _source(draft: QuestionDraft) -> dict[str, str]:
    """Article before document, as people quote: "Điều 24 khoản 3, Bộ luật Lao động 2019"; apart where that would not read back."""
    together = f"{draft.article}, {draft.document}"
    if law_in(together) == (draft.document, draft.article):
        return {LAW: together}
    return {"Văn bản": draft.document, "Điều khoản": draft.article}


def new_file() -> WordFile:
    """An empty Word file in the type of official papers."""
    file = Document()
    file.styles["Normal"].font.name = "Times New Roman"
    file.styles["Normal"].font.size = Pt(12)
    file.styles["Normal"].paragraph_format.space_after = Pt(3)
    file.core_properties.author = ""
    return file


def add_line(file: WordFile, text: str, *, bold: bool = False, together: bool = False) -> Paragraph:
    """One paragraph, to be dressed further: asking the file for its last one reads them all. Only the "Câu 1:" of a bold one is bold."""
    paragraph = _last(file)
    paragraph.paragraph_format.keep_together = together
    head, colon, rest = text.partition(":") if bold else ("", "", text)
    if bold:
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(_NO_XML.sub("", head + colon)).bold = True
    paragraph.add_run(_NO_XML.sub("", rest))
    return paragraph


def _last(file: WordFile) -> Paragraph:
    """A new paragraph at the end. `add_paragraph` looks for the end from the beginning each time: 5,000 questions took minutes."""
    body = file.element.body
    element = OxmlElement("w:p")
    body[-1].addprevious(element)  # what comes last in a body are the settings of its last section
    return Paragraph(element, file._body)


def saved(file: WordFile) -> bytes:
    """The file's bytes."""
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()
