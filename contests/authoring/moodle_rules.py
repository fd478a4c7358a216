"""How Moodle's question types are worth their answers, and what that is here. For GIFT and Moodle XML alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from accounts.names import normalise_name
from contests.authoring.columns import Column
from contests.authoring.draft import QuestionDraft
from contests.authoring.notes import Notes
from contests.authoring.rows import clean_text
from contests.rules.kinds import Kind
from contests.rules.kinds.words import read_plain, write_plain

WHOLE = Fraction(100)
MOST_OPTIONS = 26  # of a draft that is refused anyhow

_NUMBER = re.compile(r"[-+]?([0-9]{1,15}(\.[0-9]{0,10})?|\.[0-9]{1,10})", re.ASCII)
_STEPS = re.compile(r"(?<!/)/(?!/)")
_ROOTS = re.compile(r"\$[a-z]{1,20}\$", re.ASCII)


def choice_of(shares: Sequence[Fraction], *, single: bool, notes: Notes) -> tuple[Kind, frozenset[int]]:
    """Kind and key of a question of options by the percents of each. No option that earns everything: no key."""
    right = frozenset(place for place, share in enumerate(shares) if share > 0)
    whole = frozenset(place for place, share in enumerate(shares) if share == WHOLE)
    if single:
        if right != whole or any(share < 0 for share in shares):
            _lost_shares(notes)
        return Kind.SINGLE, whole
    total = sum((shares[place] for place in right), Fraction(0))
    if len(right) == 1:
        notes.warn(Column.KIND, "one_key", "Câu chọn nhiều nhưng chỉ có một đáp án đúng; được đọc là Một đáp án.")
        return Kind.SINGLE, whole
    if right and (abs(total - WHOLE) > 1 or max(shares) - min(shares[place] for place in right) > 1):
        _lost_shares(notes)
    return Kind.MULTIPLE, right


def _lost_shares(notes: Notes) -> None:
    text = (
        "Phần trăm điểm riêng của từng phương án không được giữ; chỉ giữ phương án đúng trọn điểm. Hãy xem lại đáp án."
    )
    notes.warn(Column.KEY, "shares_lost", text)


def accepted_of(answers: Sequence[tuple[str, Fraction]], notes: Notes) -> list[str]:
    """The texts that earn everything; what earns a part is named in a warning, a wildcard in a problem."""
    accepted = []
    for text, share in answers:
        if share != WHOLE:
            if share > 0:
                _lost_shares(notes)
            continue
        if "*" in re.sub(r"\\\*", "", text):
            notes.problem(
                Column.KEY,
                "wildcard",
                f"Đáp án “{text[:60]}” dùng dấu * để nhận mọi chữ; hãy ghi rõ từng cách trả lời.",
            )
        accepted.append(clean_text(text.replace("\\*", "*")))
    return accepted


def pattern_of(text: str) -> str:
    """A text as Moodle's short answers write it: an asterisk that is no wildcard."""
    return text.replace("*", "\\*")


def number_of(value: str, tolerance: str | None, notes: Notes) -> Mapping[str, str]:
    """The spec of a number written with a decimal point; a problem for what is none."""
    texts = [value, *([] if tolerance is None else [tolerance])]
    numbers = [Fraction(text) if _NUMBER.fullmatch(text) else None for text in map(str.strip, texts)]
    if None in numbers:
        text = (
            f"“{' : '.join(texts)[:60]}” không đọc được thành số; ở định dạng này số viết với dấu chấm, ví dụ 1234.5."
        )
        notes.problem(Column.KEY, "bad_key", text)
        return {}
    names = ("value", "tolerance")
    return {name: write_plain(number) for name, number in zip(names, numbers, strict=False) if number is not None}


def range_of(low: str, high: str, notes: Notes) -> Mapping[str, str]:
    """The spec of all numbers from `low` to `high`."""
    ends = [read_plain(number_of(text, None, notes).get("value")) for text in (low, high)]
    if ends[0] is None or ends[1] is None:
        return {}
    middle, half = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
    if half < 0 or any(Fraction(write_plain(number)) != number for number in (middle, half)):
        notes.problem(
            Column.KEY, "bad_key", f"Khoảng số {low[:30]} đến {high[:30]} không dùng được; hãy ghi số nhỏ trước."
        )
        return {}
    return {"value": write_plain(middle), "tolerance": write_plain(half)}


def topic_of(path: str, notes_above: list[str]) -> str:
    """The topic that a category's path names: its last step. Steps above it are told to the list."""
    steps = [normalise_name(step.replace("//", "/")) for step in _STEPS.split(path.strip())]
    steps = [step for step in steps if step and not _ROOTS.fullmatch(step)]
    if steps[:1] == ["top"]:
        steps = steps[1:]
    if len(steps) > 1:
        notes_above.append(" / ".join(steps))
    return steps[-1] if steps else ""


def path_of(topic: str) -> str:
    """The path of a category that reads back as this topic."""
    return "$course$/top" + (f"/{topic.replace('/', '//')}" if topic else "")


def bounded(draft: QuestionDraft) -> QuestionDraft:
    """The draft with so many options that a page can show them; only one that has a problem already has more."""
    if len(draft.options) <= MOST_OPTIONS:
        return draft
    few = frozenset(range(MOST_OPTIONS))
    return replace(draft, options=draft.options[:MOST_OPTIONS], key=draft.key & few, pinned=draft.pinned & few)
