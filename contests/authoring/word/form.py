"""A question in the form that our own writer writes: a paragraph a thing, in one order. It comes back word for word.

Whoever adds a line, changes the order, marks an option or puts a picture in leaves the form; then `question` reads it like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import DraftReading, Problem
from contests.authoring.keys import read_key
from contests.authoring.rows import clean_text, kind_in, level_in, read_row
from contests.authoring.word.lines import Line
from contests.authoring.word.sources import law_in
from contests.rules.kinds import KINDS

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LAW = "Căn cứ"  # article and document in one, where they can be told apart again
LABELS: Mapping[str, Column | None] = {
    "Đáp án": Column.KEY, "Loại": Column.KIND, "Giải thích": Column.EXPLANATION, LAW: None, "Văn bản": Column.DOCUMENT,
    "Điều khoản": Column.ARTICLE, "Nguồn": Column.OTHER_SOURCE, "Chủ đề": Column.TOPIC, "Mức độ": Column.DIFFICULTY, "Mã": Column.CODE,
    "Cố định": Column.PINNED, "Hiệu lực từ": Column.VALID_FROM, "Hiệu lực đến": Column.VALID_TO,
}  # fmt: skip
_HEAD = re.compile(r"(Câu \d{1,6})\s*:\s*(?=\S)")
_LABEL = re.compile(rf"({'|'.join(LABELS)})\s*:\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form: its lines, what it calls itself, and its cells as in a row of our sheet, the options apart, for there may be more."""

    lines: tuple[Line, ...]
    label: str
    cells: Mapping[Column, str]
    options: tuple[str, ...]

    def read(self, row: int) -> DraftReading:
        """The question, read as a row of our sheet is."""
        kind, accents = kind_in(self.cells[Column.KIND])
        if kind is None or not KINDS[kind].always_shuffled:
            return read_row(row, {**self.cells, **dict(zip(OPTION_COLUMNS, self.options, strict=False))})
        base = read_row(row, {column: text for column, text in self.cells.items() if column is not Column.KEY})
        read = read_key(kind, self.options, self.cells.get(Column.KEY, ""), accents=accents)
        said = ((Column.KEY, "bad_key", read.bad_key), (Column.A, "bad_options", read.bad_options))
        problems = tuple(Problem(row, column, code, text) for column, code, text in said if text)
        return replace(
            base, draft=replace(base.draft, options=read.options, spec=read.spec), problems=(*base.problems, *problems)
        )


def form_at(items: Sequence[object], place: int, may_follow: Callable[[Line], bool]) -> Form | None:
    """The form that begins at this place. `may_follow` says whether a line under it can belong to something else."""
    first = items[place]
    if not isinstance(first, Line) or not (head := _HEAD.match(first.text)):
        return None
    paragraphs: list[list[Line]] = []
    for one in items[place:]:
        if not isinstance(one, Line) or one.cell or one.automatic or one.images or one.notes or one.heading:
            break
        if paragraphs and one.paragraph == paragraphs[-1][0].paragraph:
            paragraphs[-1].append(one)
        elif paragraphs and not _is_part(one):
            break
        else:
            paragraphs.append([one])
    if not paragraphs or first.paragraph != first.number:
        return None
    count = _option_count(paragraphs)
    cells = _cells(paragraphs[count + 1 :])
    taken = tuple(one for paragraph in paragraphs[: count + 1 + len(cells)] for one in paragraph)
    after = items[place + len(taken)] if place + len(taken) < len(items) else None
    if isinstance(after, Line) and not may_follow(after):
        return None
    texts = [_text(paragraph) for paragraph in paragraphs[: count + 1]]
    options = tuple(clean_text(text[2:]) for text in texts[1:])
    found = {**_named(cells), Column.STEM: clean_text(texts[0][head.end() :])}
    if LAW in cells and (Column.ARTICLE not in found or "Văn bản" in cells or "Điều khoản" in cells):
        return None
    kind, _ = kind_in(found.get(Column.KIND, ""))
    if kind is None or level_in(found.get(Column.DIFFICULTY, "")) is None:
        return None
    if (count > len(OPTION_COLUMNS) and not KINDS[kind].always_shuffled) or _marked(paragraphs[1 : count + 1]):
        return None
    return Form(taken, head[1], found, options)


def _is_part(one: Line) -> bool:
    return _LABEL.match(one.text) is not None or re.match(r"[A-Z]\. ", one.text) is not None


def _text(paragraph: Sequence[Line]) -> str:
    return "\n".join(one.text for one in paragraph)


def _option_count(paragraphs: Sequence[Sequence[Line]]) -> int:
    """How many options stand under the stem, from A on."""
    count = 0
    for letter, paragraph in zip(LETTERS, paragraphs[1:], strict=False):
        if not paragraph[0].text.startswith(f"{letter}. "):
            break
        count += 1
    return count


def _cells(paragraphs: Sequence[Sequence[Line]]) -> dict[str, str]:
    """What the labels say, as long as they stand in our order."""
    found: dict[str, str] = {}
    names = list(LABELS)
    for paragraph in paragraphs:
        at = _LABEL.match(paragraph[0].text)
        if at is None or at[1] not in names:
            break
        found[at[1]] = clean_text(_text(paragraph)[at.end() :])
        names = names[names.index(at[1]) + 1 :]
    return found


def _named(cells: Mapping[str, str]) -> dict[Column, str]:
    found = {column: cells[name] for name, column in LABELS.items() if column and name in cells}
    if law := law_in(cells.get(LAW, "")):
        found[Column.DOCUMENT], found[Column.ARTICLE] = law
    return found


def _marked(options: Sequence[Sequence[Line]]) -> bool:
    """Whether some of the options look unlike others: somebody marked a key."""
    looks = (look for lines in options for one in lines for _, look in one.looks(0, len(one.text)))
    return len({(look.bold, look.underline, look.colour, look.fill, look.border) for look in looks}) > 1
