"""Questions as Moodle XML that Moodle takes and `moodle_xml` reads back; texts are written as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from contests.authoring.draft import QuestionDraft
from contests.authoring.moodle_rules import path_of, pattern_of
from contests.authoring.tags import tags_of
from contests.authoring.written import LeftOut, Written
from contests.rules.kinds import Kind
from contests.rules.kinds.fill_in import GAP

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_LIKE_CLOZE = re.compile(r"\{[0-9]*:[A-Z_]")
_TYPES = {
    Kind.SINGLE: "multichoice", Kind.MULTIPLE: "multichoice", Kind.TRUE_FALSE: "truefalse", Kind.SHORT_TEXT: "shortanswer",
    Kind.NUMBER: "numerical", Kind.ORDERING: "ordering", Kind.MATCHING: "matching", Kind.FILL_IN: "cloze", Kind.ESSAY: "essay",
}  # fmt: skip


def write_moodle(drafts: Sequence[QuestionDraft]) -> Written:
    """An .xml in UTF-8 with every kind."""
    parts, left_out, topic = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>'], [], ""
    for draft in drafts:
        if draft.kind is Kind.FILL_IN and _LOOKS_LIKE_CLOZE.search(draft.stem):
            left_out.append(LeftOut(draft.code, draft.stem, "lời câu có chữ mà Moodle hiểu thành một chỗ trống"))
            continue
        if draft.topic != topic:
            topic = draft.topic
            parts.append(f'<question type="category"><category>{_text(path_of(topic))}</category></question>')
        parts.append(_question(draft))
    parts.append("</quiz>\n")
    return Written("\n".join(parts).encode(), len(drafts) - len(left_out), tuple(left_out))


def _question(draft: QuestionDraft) -> str:
    tags = "".join(f"<tag>{_text(tag)}</tag>" for tag in tags_of(draft))
    explanation = (
        f"<generalfeedback {_PLAIN}>{_text(draft.explanation)}</generalfeedback>\n" if draft.explanation else ""
    )
    code = f"<idnumber>{_safe(draft.code)}</idnumber>\n" if draft.code else ""
    return (
        f'<question type="{_TYPES[draft.kind]}">\n<name>{_text(draft.code or draft.stem[:60])}</name>\n'
        f"<questiontext {_PLAIN}>{_text(_stem(draft))}</questiontext>\n{explanation}<defaultgrade>1</defaultgrade>\n{code}"
        f"{_answers(draft)}<tags>{tags}</tags>\n</question>"
    )


_PLAIN = 'format="plain_text"'


def _safe(text: str) -> str:
    return escape(_NO_XML.sub("", text))


def _text(text: str) -> str:
    return f"<text>{_safe(text)}</text>"


def _stem(draft: QuestionDraft) -> str:
    if draft.kind is not Kind.FILL_IN:
        return draft.stem
    blanks = iter(draft.spec.get("blanks", []))
    return GAP.sub(
        lambda _: "{1:SHORTANSWER:" + "~".join(f"={_cloze(text)}" for text in next(blanks, [])) + "}", draft.stem
    )


def _cloze(text: str) -> str:
    # An opening brace is escaped only where it would begin a gap: Moodle itself shows the sign before any other.
    return re.sub(r"[\\}~#\"/]|\{(?=[0-9]*:[A-Z_]{2,30}:)", r"\\\g<0>", pattern_of(text))


def _answer(text: str, share: str) -> str:
    return f'<answer fraction="{share}" {_PLAIN}>{_text(text)}</answer>\n'


def _answers(draft: QuestionDraft) -> str:
    spec, key = draft.spec, draft.key
    match draft.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            single = draft.kind is Kind.SINGLE
            right = "100" if single else f"{100 / max(1, len(key)):.5f}".rstrip("0").rstrip(".")
            wrong = "0" if single else f"-{right}"
            shuffled = "false" if draft.options and draft.pinned == set(range(len(draft.options))) else "true"
            options = "".join(
                _answer(text, right if place in key else wrong) for place, text in enumerate(draft.options)
            )
            return f"<single>{str(single).lower()}</single>\n<shuffleanswers>{shuffled}</shuffleanswers>\n{options}"
        case Kind.TRUE_FALSE:
            return "".join(
                _answer(word, "100" if place in key else "0") for place, word in enumerate(("true", "false"))
            )
        case Kind.SHORT_TEXT:
            return "<usecase>0</usecase>\n" + "".join(
                _answer(pattern_of(text), "100") for text in spec.get("accepted", [])
            )
        case Kind.NUMBER:
            tolerance = f"<tolerance>{spec['tolerance']}</tolerance>" if "tolerance" in spec else ""
            return f'<answer fraction="100" {_PLAIN}>{_text(spec.get("value", ""))}{tolerance}</answer>\n'
        case Kind.ORDERING:
            return "".join(_answer(text, f"{place}") for place, text in enumerate(draft.options, start=1))
        case Kind.MATCHING:
            right = spec.get("right", [])
            left = [*draft.options, *[""] * (len(right) - len(draft.options))]
            return "".join(
                f"<subquestion {_PLAIN}>{_text(one)}<answer {_PLAIN}>{_text(other)}</answer></subquestion>\n"
                for one, other in zip(left, right, strict=True)
            )
        case _:
            return ""
