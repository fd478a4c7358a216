"""What a foreign format has no field for (difficulty, source, dates, pins) as tags that ride along: "Mức độ=Khó".

GIFT writes them as comments that Moodle reads ("// [tag:…]"), Moodle XML as <tags>. The names are our column titles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from accounts.names import normalise_name, search_text
from contests.authoring.columns import Column
from contests.authoring.draft import Difficulty, QuestionDraft
from contests.authoring.notes import Notes
from contests.authoring.rows import DIFFICULTY_NAMES, TRUE_FALSE_OPTIONS, cell_text, day_in
from contests.rules.kinds import Kind

ACCENTS, WITH, WITHOUT = "Dấu", "có", "không"
KIND = str(Column.KIND)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIFFICULTIES = {search_text(name): level for level, name in DIFFICULTY_NAMES.items()} | {
    level.value: level for level in Difficulty
}


def tags_of(draft: QuestionDraft) -> list[str]:
    """The tags of a question, the same for every format."""
    said: list[tuple[str, str]] = [(Column.DIFFICULTY, DIFFICULTY_NAMES[draft.difficulty])]
    if draft.pinned and draft.kind is not Kind.TRUE_FALSE:
        said.append((Column.PINNED, ",".join(_LETTERS[place] for place in sorted(draft.pinned))))
    if draft.kind in (Kind.SHORT_TEXT, Kind.FILL_IN):
        said.append((ACCENTS, WITH if draft.spec.get("accents") else WITHOUT))
    said += [
        (Column.DOCUMENT, draft.document),
        (Column.ARTICLE, draft.article),
        (Column.OTHER_SOURCE, draft.other_source),
        (Column.VALID_FROM, cell_text(draft.valid_from) if draft.valid_from else ""),
        (Column.VALID_TO, cell_text(draft.valid_to) if draft.valid_to else ""),
    ]
    return [f"{name}={value}" for name, value in said if value]


def with_tags(draft: QuestionDraft, tags: Iterable[str], notes: Notes) -> QuestionDraft:
    """The draft with what its tags say; a tag that says nothing to us is named in a warning."""
    strange = []
    for tag in tags:
        name, is_ours, value = tag.partition("=")
        changed = _one(draft, normalise_name(name), normalise_name(value), notes) if is_ours else None
        if changed is None and (level := _DIFFICULTIES.get(search_text(tag))):
            changed = replace(draft, difficulty=level)
        if changed is None:
            strange.append(normalise_name(tag))
        draft = changed or draft
    if strange:
        notes.warn("", "tags_lost", f"Không giữ được các nhãn: {', '.join(strange)[:200]}.")
    return draft


def _one(draft: QuestionDraft, name: str, value: str, notes: Notes) -> QuestionDraft | None:
    match name:
        case Column.DIFFICULTY if level := _DIFFICULTIES.get(search_text(value)):
            return replace(draft, difficulty=level)
        case Column.PINNED:
            letters = [letter.strip().upper() for letter in value.split(",")]
            if any(len(letter) != 1 or letter not in _LETTERS[: max(1, len(draft.options))] for letter in letters):
                notes.problem(Column.PINNED, "bad_pin", f"Nhãn “{name}={value[:40]}” không đọc được.")
                return draft
            return replace(draft, pinned=frozenset(map(_LETTERS.index, letters)))
        case "Dấu" if "accents" in draft.spec:
            return replace(draft, spec={**draft.spec, "accents": value == WITH})
        case Column.DOCUMENT:
            return replace(draft, document=value)
        case Column.ARTICLE:
            return replace(draft, article=value)
        case Column.OTHER_SOURCE:
            return replace(draft, other_source=value)
        case Column.VALID_FROM:
            return replace(draft, valid_from=_day(Column.VALID_FROM, value, notes))
        case Column.VALID_TO:
            return replace(draft, valid_to=_day(Column.VALID_TO, value, notes))
        case "Loại":  # read where the kind is decided
            return draft
    return None


def _day(column: Column, value: str, notes: Notes) -> date | None:
    found = day_in(value)
    if found is None:
        notes.problem(column, "bad_date", "Không đọc được ngày; hãy ghi theo dạng ngày/tháng/năm, ví dụ 01/01/2021.")
    return found


def is_true_false(options: tuple[str, ...]) -> bool:
    """Whether the two options are our “Đúng” and “Sai”, or their English words, in that order."""
    return tuple(map(search_text, options)) in (tuple(map(search_text, TRUE_FALSE_OPTIONS)), ("true", "false"))
