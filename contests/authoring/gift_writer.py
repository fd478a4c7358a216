"""Questions as GIFT that Moodle takes and `gift` reads back: the code as "[id:…]", what GIFT has no place for as "[tag:…]"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contests.authoring.draft import QuestionDraft
from contests.authoring.moodle_rules import path_of, pattern_of
from contests.authoring.rows import KIND_NAMES
from contests.authoring.tags import KIND, tags_of
from contests.authoring.written import LeftOut, Written
from contests.rules.kinds import Kind
from contests.rules.kinds.fill_in import GAP as ANY_GAP

_MUST_ESCAPE = re.compile(r"[~=#{}:\\]")
_LOOKS_LIKE_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")


def write_gift(drafts: Sequence[QuestionDraft]) -> Written:
    """A .gift in UTF-8. A sentence with two gaps or more is left out: GIFT has one answer in a question."""
    parts, left_out, topic = [], [], ""
    for draft in drafts:
        answers = _answers(draft)
        if answers is None:
            left_out.append(LeftOut(draft.code, draft.stem, "có nhiều chỗ trống, mà GIFT chỉ có một trong một câu"))
            continue
        if draft.topic != topic:
            topic = draft.topic
            parts.append(f"$CATEGORY: {path_of(topic)}\n")
        parts.append(_block(draft, answers))
    return Written("\n".join(parts).encode(), len(drafts) - len(left_out), tuple(left_out))


def _block(draft: QuestionDraft, answers: str) -> str:
    tags = tags_of(draft)
    if draft.kind is Kind.FILL_IN:
        tags.append(f"{KIND}={KIND_NAMES[draft.kind]}")
    marks = ([f"[id:{_mark(draft.code)}]"] if draft.code else []) + [f"[tag:{_mark(tag)}]" for tag in tags]
    explanation = f"####{_text(draft.explanation)}\n" if draft.explanation else ""
    braces = f"{{{answers}{explanation}}}"
    name = f"::{_escape(draft.code)}::" if draft.code else ""
    if draft.kind is Kind.FILL_IN:
        before, after = ANY_GAP.split(draft.stem, maxsplit=1)
        asked = f"{_escape(before)}{braces}{_escape(after)}"
    else:
        asked = f"{_escape(draft.stem)} {braces}"
    return f"// {' '.join(marks)}\n{name}[plain]{asked}\n"


def _answers(draft: QuestionDraft) -> str | None:
    """What stands in the braces; None where GIFT cannot say it."""
    spec = draft.spec
    match draft.kind:
        case Kind.SINGLE:
            return "\n" + "".join(
                f"{'=' if place in draft.key else '~'}{_option(text, '100' if place in draft.key else '0')}\n"
                for place, text in enumerate(draft.options)
            )
        case Kind.MULTIPLE:
            share = f"{100 / max(1, len(draft.key)):.5f}".rstrip("0").rstrip(".")
            return "\n" + "".join(
                f"~%{'' if place in draft.key else '-'}{share}%{_text(text)}\n"
                for place, text in enumerate(draft.options)
            )
        case Kind.TRUE_FALSE:
            return {0: "TRUE", 1: "FALSE"}[min(draft.key)] if len(draft.key) == 1 else None
        case Kind.SHORT_TEXT:
            return _accepted(spec.get("accepted", []))
        case Kind.FILL_IN:
            blanks = spec.get("blanks", [])
            return _accepted(blanks[0]) if len(blanks) == len(ANY_GAP.findall(draft.stem)) == 1 else None
        case Kind.NUMBER:
            return f"#{spec['value']}" + (f":{spec['tolerance']}" if "tolerance" in spec else "")
        case Kind.ORDERING:
            return ">ALL\n" + "".join(f"[plain]{_escape(text)}\n" for text in draft.options)
        case Kind.MATCHING:
            right = spec.get("right", [])
            left = [*draft.options, *[""] * (len(right) - len(draft.options))]
            return "\n" + "".join(
                f"={_arrowless(one)} -> {_arrowless(other)}\n" for one, other in zip(left, right, strict=True)
            )
        case _:
            return ""


def _accepted(texts: Sequence[str]) -> str:
    return "\n" + "".join(f"={_option(pattern_of(text), '100')}\n".replace("->", "-\\>") for text in texts)


def _option(text: str, share: str) -> str:
    """An option whose text begins like a percentage needs its own said first."""
    return f"%{share}%{_text(text)}" if text.lstrip().startswith("%") else _text(text)


def _arrowless(text: str) -> str:
    return _text(text).replace("->", "-\\>")


def _text(text: str) -> str:
    return f"[plain]{_escape(text)}" if _LOOKS_LIKE_FORMAT.match(text) else _escape(text)


def _escape(text: str) -> str:
    return _MUST_ESCAPE.sub(r"\\\g<0>", text).replace("\n", "\\n")


def _mark(text: str) -> str:
    return re.sub(r"[\\\]]|\[(?=id:|tag:)", r"\\\g<0>", text).replace("\n", "\\n")
