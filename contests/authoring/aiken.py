"""Aiken: a question on a line, options "A." or "A)" below it, "ANSWER: B". Single choice and nothing else; read and written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.names import search_text
from contests.authoring.columns import Column
from contests.authoring.draft import DraftReading, FileReading, Line, QuestionDraft
from contests.authoring.moodle_rules import bounded
from contests.authoring.notes import Notes, new_draft, within_limits
from contests.authoring.rows import clean_text
from contests.authoring.texts import decoded
from contests.authoring.written import LeftOut, Written
from contests.rules.kinds import Kind

_OPTION = re.compile(r"\s*([A-Za-z])[.)](?:\s+|$)(.*)")
_ANSWER = re.compile(r"(?:answer|dap an(?: dung)?)\s*:\s*(.*)")
_KEY = re.compile(r"[a-z](?:\s*[,;]\s*[a-z])*")


@dataclass(slots=True)
class _Question:
    row: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)  # letter, text
    key: str | None = None
    lines: list[str] = field(default_factory=list)


def read_aiken(data: bytes, filename: str) -> FileReading:
    """The questions of an Aiken file. A text without options and answer stands among the unused."""
    questions: list[_Question] = []
    now: _Question | None = None
    for number, line in enumerate(decoded(data).split("\n"), start=1):
        if not line.strip():
            # A blank line ends a question that has its options; above them it only parts the stem.
            if (now and now.key is not None) or (now and not now.options):
                now = None
            continue
        option, answer = _OPTION.fullmatch(line), answer_in(line)
        is_new = now is None or now.key is not None or (now.options and not option and answer is None)
        if is_new or now is None:
            now = _Question(number)
            questions.append(now)
        now.lines.append(line)
        if answer is not None:
            now.key = answer
        elif option and (now.stem or now.options):
            now.options.append((option[1].upper(), clean_text(option[2])))
        else:
            now.stem.append(line)
    unused = [
        Line(one.row + place, clean_text(line))
        for one in questions if not one.options and one.key is None for place, line in enumerate(one.lines)
    ]  # fmt: skip
    found = [_read(one) for one in questions if one.options or one.key is not None]
    return FileReading(tuple(found), unused=tuple(unused))


def answer_in(line: str) -> str | None:
    """What stands behind "ANSWER:", None for another line."""
    found = _ANSWER.fullmatch(search_text(line[:300]))
    return found[1] if found else None


def _read(one: _Question) -> DraftReading:
    notes = Notes(one.row)
    letters = [letter for letter, _ in one.options]
    if letters != [chr(ord("A") + place) for place in range(len(letters))]:
        text = f"Các phương án mang chữ {', '.join(letters)[:60]}; hãy đánh lại theo thứ tự A, B, C…"
        notes.problem(Column.A, "bad_letters", text)
    key, said = frozenset[int](), (one.key or "").strip()
    if _KEY.fullmatch(said):
        key = frozenset(ord(letter) - ord("a") for letter in re.findall("[a-z]", said))
    elif said:
        notes.problem(Column.KEY, "bad_key", f"“{said[:40]}” không phải là chữ cái của một phương án, ví dụ ANSWER: B.")
    kind = Kind.MULTIPLE if len(key) > 1 else Kind.SINGLE
    draft = new_draft(
        one.row, kind, clean_text("\n".join(one.stem)), options=[text for _, text in one.options], key=key, source=one.lines
    )  # fmt: skip
    return notes.reading(bounded(within_limits(draft, notes)))


def write_aiken(drafts: Sequence[QuestionDraft]) -> Written:
    """Stem, options and key of single choices; everything else is listed as left out, and so is what Aiken would misread."""
    parts, left_out = [], []
    for draft in drafts:
        if why := _why_not(draft):
            left_out.append(LeftOut(draft.code, draft.stem, why))
            continue
        letters = [chr(ord("A") + place) for place in range(len(draft.options))]
        options = "\n".join(f"{letter}. {text}" for letter, text in zip(letters, draft.options, strict=True))
        parts.append(f"{draft.stem}\n{options}\nANSWER: {letters[min(draft.key)]}\n")
    return Written("\n".join(parts).encode(), len(parts), tuple(left_out))


def _why_not(draft: QuestionDraft) -> str:
    if draft.kind is not Kind.SINGLE or len(draft.key) != 1:
        return "Aiken chỉ có câu một đáp án"
    if not draft.stem or not all(draft.options) or min(draft.key) >= len(draft.options) or len(draft.options) > 26:
        return "câu còn thiếu nội dung, phương án hoặc đáp án"
    if "\n" in draft.stem or any("\n" in option for option in draft.options):
        return "Aiken chỉ có một dòng cho câu hỏi và mỗi phương án"
    if answer_in(draft.stem) is not None or any(answer_in(f"A. {option}") is not None for option in draft.options):
        return "lời câu trông giống dòng ANSWER"
    return ""
