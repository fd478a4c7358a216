"""One row of cells into one draft: what each cell means. Whether the question makes sense is for `checks`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.names import normalise_name, search_text
from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import Difficulty, DraftReading, Problem, QuestionDraft
from contests.authoring.keys import read_key, write_key
from contests.authoring.xlsx import Cell
from contests.rules.kinds import KINDS, Kind

WITH_ACCENTS = "đúng dấu"  # behind the name of a kind: "duc" is not "đức"
KIND_NAMES = {name: kind.label for name, kind in KINDS.items()}
ALL_KIND_NAMES = (
    *KIND_NAMES.values(), *(f"{KIND_NAMES[kind]} {WITH_ACCENTS}" for kind in (Kind.SHORT_TEXT, Kind.FILL_IN)),
)  # fmt: skip
DIFFICULTY_NAMES = {Difficulty.EASY: "Dễ", Difficulty.MEDIUM: "Vừa", Difficulty.HARD: "Khó"}
TRUE_FALSE_OPTIONS = ("Đúng", "Sai")

_KINDS = {search_text(name).replace(" ", ""): kind for kind, name in KIND_NAMES.items()} | {"dungsai": Kind.TRUE_FALSE}
_ACCENTS = search_text(WITH_ACCENTS).replace(" ", "")
_DIFFICULTIES = {search_text(name): level for level, name in DIFFICULTY_NAMES.items()} | {
    "trung binh": Difficulty.MEDIUM
}
_TRUE_FALSE_KEYS = {"dung": 0, "d": 0, "true": 0, "a": 0, "sai": 1, "s": 1, "false": 1, "b": 1}
_YEARS = range(1900, 2200)


def clean_text(text: str) -> str:
    """Text as it is kept: NFC, no invisible characters, single spaces, no blank lines; line breaks stay."""
    lines = (normalise_name(line) for line in text.replace("_x000D_", "\n").splitlines())
    return "\n".join(line for line in lines if line)


def cell_text(cell: Cell) -> str:
    """A cell as people see it: 60.0 is "60", a date is dd/mm/yyyy, a formula-looking text is just text."""
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.10g}".replace(".", ",")
    if isinstance(cell, date):  # a datetime is a date too
        return f"{cell.day:02d}/{cell.month:02d}/{cell.year:04d}"
    return str(cell)


def read_row(number: int, cells: Mapping[Column, Cell]) -> DraftReading:
    """Read a row. After a problem the draft holds a stand-in and must not be imported, but other checks may go on."""
    row = _Row(number, cells)
    kind = row.kind()
    spec: Mapping[str, Any] = {}
    if kind is Kind.TRUE_FALSE:
        options, key = row.true_false_options(), row.true_false_key()
        pinned = frozenset({0, 1})  # "Sai" above "Đúng" would only mislead
    elif kind not in (None, Kind.SINGLE, Kind.MULTIPLE):
        (options, spec), key, pinned = row.written_key(kind), frozenset(), frozenset()
    else:
        options, key, pinned = row.options(), row.letters(Column.KEY), row.letters(Column.PINNED)
    draft = QuestionDraft(
        code=row.line(Column.CODE),
        topic=row.line(Column.TOPIC),
        kind=kind or (Kind.MULTIPLE if len(key) > 1 else Kind.SINGLE),
        difficulty=row.difficulty(),
        stem=row.text(Column.STEM),
        options=options,
        key=key,
        pinned=pinned,
        document=row.line(Column.DOCUMENT),
        article=row.line(Column.ARTICLE),
        other_source=row.line(Column.OTHER_SOURCE),
        valid_from=row.day(Column.VALID_FROM),
        valid_to=row.day(Column.VALID_TO),
        explanation=row.text(Column.EXPLANATION),
        row=number,
        spec=spec,
    )
    row.warn_of_converted_cells()
    return DraftReading(draft, tuple(row.problems), tuple(row.warnings))


def write_row(draft: QuestionDraft) -> dict[Column, str]:
    """The cells that say this draft, the way back from `read_row`; columns that stay empty are left out."""
    options, key = write_key(draft.kind, draft.options, draft.key, draft.spec)
    pinned = draft.pinned if draft.kind in (Kind.SINGLE, Kind.MULTIPLE) else frozenset()
    kind = KIND_NAMES[draft.kind]
    cells = {
        Column.CODE: draft.code,
        Column.TOPIC: draft.topic,
        Column.KIND: f"{kind} {WITH_ACCENTS}" if draft.spec.get("accents") else kind,
        Column.DIFFICULTY: DIFFICULTY_NAMES[draft.difficulty],
        Column.STEM: draft.stem,
        **dict(zip(OPTION_COLUMNS, options, strict=False)),
        Column.KEY: key,
        Column.PINNED: ",".join(chr(ord("A") + place) for place in sorted(pinned)),
        Column.DOCUMENT: draft.document,
        Column.ARTICLE: draft.article,
        Column.OTHER_SOURCE: draft.other_source,
        Column.VALID_FROM: cell_text(draft.valid_from) if draft.valid_from else "",
        Column.VALID_TO: cell_text(draft.valid_to) if draft.valid_to else "",
        Column.EXPLANATION: draft.explanation,
    }
    return {column: text for column, text in cells.items() if text}


class _Row:
    def __init__(self, number: int, cells: Mapping[Column, Cell]) -> None:
        self.number, self.cells = number, cells
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.accents = False

    def note(self, column: Column, code: str, text: str) -> None:
        self.problems.append(Problem(self.number, column, code, text))

    def text(self, column: Column) -> str:
        return cell_text(self.cells.get(column, ""))

    def line(self, column: Column) -> str:
        """Of a field that is one line wherever it is shown, searched or typed."""
        return normalise_name(self.text(column))

    def kind(self) -> Kind | None:
        text = self.text(Column.KIND)
        kind, self.accents = kind_in(text)
        if kind is None:
            what = f"“{text[:40]}” không phải là loại câu hỏi" if text else "Chưa ghi loại câu hỏi"
            self.note(Column.KIND, "bad_kind", f"{what}; hãy ghi một trong: {', '.join(ALL_KIND_NAMES)}.")
        return kind

    def difficulty(self) -> Difficulty:
        text = self.text(Column.DIFFICULTY)
        level = level_in(text) if text else Difficulty.MEDIUM
        if level is None:
            names = ", ".join(DIFFICULTY_NAMES.values())
            self.note(
                Column.DIFFICULTY, "bad_difficulty", f"“{text[:40]}” không phải là mức độ; hãy ghi một trong: {names}."
            )
        return level or Difficulty.MEDIUM

    def options(self) -> tuple[str, ...]:
        """Up to the last filled column; an empty one between two filled ones stays as ""."""
        texts = [self.text(column) for column in OPTION_COLUMNS]
        while texts and not texts[-1]:
            texts.pop()
        return tuple(texts)

    def written_key(self, kind: Kind) -> tuple[tuple[str, ...], Mapping[str, Any]]:
        """Options and spec of a kind whose key is written out."""
        read = read_key(kind, self.options(), self.text(Column.KEY), accents=self.accents)
        if read.bad_key:
            self.note(Column.KEY, "bad_key", read.bad_key)
        if read.bad_options:
            self.note(Column.A, "bad_options", read.bad_options)
        return read.options, read.spec

    def true_false_options(self) -> tuple[str, ...]:
        for column, allowed in zip(OPTION_COLUMNS, ("dung", "sai", "", "", "", ""), strict=True):
            if (text := search_text(self.text(column))) and text not in (
                allowed,
                {"dung": "true", "sai": "false"}.get(allowed),
            ):
                self.note(
                    column,
                    "true_false_options",
                    "Câu Đúng/Sai có sẵn hai phương án Đúng (A) và Sai (B); hãy để trống ô này.",
                )
        return TRUE_FALSE_OPTIONS

    def true_false_key(self) -> frozenset[int]:
        words = [word for word in re.split(r"[,;/\s]+", search_text(self.text(Column.KEY))) if word]
        if any(word not in _TRUE_FALSE_KEYS for word in words):
            self.note(Column.KEY, "bad_key", "Đáp án của câu Đúng/Sai phải là Đúng hoặc Sai.")
        return frozenset(_TRUE_FALSE_KEYS[word] for word in words if word in _TRUE_FALSE_KEYS)

    def letters(self, column: Column) -> frozenset[int]:
        """The options named by "A, C", "a;c", "A C" or "AC"."""
        text = self.text(column).upper()
        words = [word for word in re.split(r"[,;./&+()\s]+|\bVÀ\b", text) if word]
        if any(re.fullmatch(r"[A-F]{1,6}", word) is None for word in words):
            code = "bad_key" if column is Column.KEY else "bad_pin"
            self.note(
                column, code, f"“{text[:40]}” không đọc được; hãy ghi các chữ cái A đến F, cách nhau bằng dấu phẩy."
            )
            return frozenset()
        return frozenset("ABCDEF".index(letter) for word in words for letter in word)

    def day(self, column: Column) -> date | None:
        cell = self.cells.get(column, "")
        if isinstance(cell, date):
            found: date | None = cell.date() if isinstance(cell, datetime) else cell
        else:
            text = cell_text(cell)
            if not text:
                return None
            found = day_in(text)
        if found is None or found.year not in _YEARS:
            self.note(column, "bad_date", "Không đọc được ngày; hãy ghi theo dạng ngày/tháng/năm, ví dụ 01/01/2021.")
            return None
        return found

    def warn_of_converted_cells(self) -> None:
        """Excel turns "2%" into 0.02 and "28/7/1929" into a date behind the author's back."""
        for column in (Column.STEM, *OPTION_COLUMNS, Column.ARTICLE):
            cell = self.cells.get(column, "")
            if (isinstance(cell, float) and not cell.is_integer()) or isinstance(cell, date):
                text = f"Excel đã đổi ô này thành “{cell_text(cell)}”; nếu không đúng ý, hãy định dạng ô là Văn bản (Text) rồi gõ lại."
                self.warnings.append(Problem(self.number, column, "converted_cell", text))


def kind_in(text: str) -> tuple[Kind | None, bool]:
    """The kind that a cell names, and whether it says that accents count."""
    plain = re.sub(r"[\s/,()-]", "", search_text(text))
    if (kind := _KINDS.get(plain)) is not None:
        return kind, False
    kind = _KINDS.get(plain.removesuffix(_ACCENTS))
    return (kind, True) if kind in (Kind.SHORT_TEXT, Kind.FILL_IN) else (None, False)


def level_in(text: str) -> Difficulty | None:
    """The difficulty that a cell names."""
    return _DIFFICULTIES.get(search_text(text))


def day_in(text: str) -> date | None:
    """dd/mm/yyyy, with / - or . between, or yyyy-mm-dd."""
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text, re.ASCII):
        day, month, year = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
