"""A question as the cells of our sheet, the inverse of `rows`, and the workbook of many."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import QuestionDraft
from contests.authoring.rows import DIFFICULTY_NAMES, KIND_NAMES, WITH_ACCENTS, cell_text
from contests.authoring.written import LeftOut, Written
from contests.authoring.xlsx import SHEET_NAME
from contests.rules.kinds import Kind
from contests.rules.kinds.words import read_plain, say_number

_TOO_MANY = f"có nhiều hơn {len(OPTION_COLUMNS)} phương án, mà bảng chỉ có các cột A đến F"
_BAR = "có dấu “|” hoặc “;” trong đáp án, mà bảng dùng các dấu ấy để ngăn cách"


def cells_of(draft: QuestionDraft) -> Mapping[Column, str] | str:
    """The cells that read back as this question; or why there are none, for people."""
    found = _options_and_key(draft)
    if isinstance(found, str):
        return found
    options, key, kind = found
    if len(options) > len(OPTION_COLUMNS):
        return _TOO_MANY
    pinned = "" if draft.kind is Kind.TRUE_FALSE else ",".join(OPTION_COLUMNS[place] for place in sorted(draft.pinned))
    return {
        Column.CODE: draft.code,
        Column.TOPIC: draft.topic,
        Column.KIND: kind,
        Column.DIFFICULTY: DIFFICULTY_NAMES[draft.difficulty],
        Column.STEM: draft.stem,
        **dict(zip(OPTION_COLUMNS, options, strict=False)),
        Column.KEY: key,
        Column.PINNED: pinned,
        Column.DOCUMENT: draft.document,
        Column.ARTICLE: draft.article,
        Column.OTHER_SOURCE: draft.other_source,
        Column.VALID_FROM: cell_text(draft.valid_from) if draft.valid_from else "",
        Column.VALID_TO: cell_text(draft.valid_to) if draft.valid_to else "",
        Column.EXPLANATION: draft.explanation,
    }


def _options_and_key(draft: QuestionDraft) -> tuple[Sequence[str], str, str] | str:
    """Texts of the option columns, the key's cell, the kind's name."""
    kind, spec, name = draft.kind, draft.spec, KIND_NAMES[draft.kind]
    if spec.get("accents"):
        name = f"{name} {WITH_ACCENTS}"
    match kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            if max(draft.key, default=0) >= len(OPTION_COLUMNS) or len(draft.options) > len(OPTION_COLUMNS):
                return _TOO_MANY
            return draft.options, ",".join(OPTION_COLUMNS[place] for place in sorted(draft.key)), name
        case Kind.TRUE_FALSE:
            return (), "Đúng" if draft.key == {0} else "Sai" if draft.key == {1} else "", name
        case Kind.SHORT_TEXT:
            accepted = spec.get("accepted", [])
            return _BAR if any("|" in text for text in accepted) else ((), " | ".join(accepted), name)
        case Kind.FILL_IN:
            blanks = spec.get("blanks", [])
            if any("|" in text or ";" in text for accepted in blanks for text in accepted):
                return _BAR
            return (), "; ".join(" | ".join(accepted) for accepted in blanks), name
        case Kind.NUMBER:
            return (), said_number(spec), name
        case Kind.ORDERING:
            return draft.options, "", name
        case Kind.MATCHING if "right" not in spec:  # columns that could not be read as pairs
            return draft.options, "", name
        case Kind.MATCHING:
            if any("|" in left for left in draft.options):
                return _BAR
            right = spec.get("right", [])
            left = [*draft.options, *[""] * (len(right) - len(draft.options))]
            return [f"{one} | {other}".strip() for one, other in zip(left, right, strict=False)], "", name
        case _:
            return (), "", name


def said_number(spec: Mapping[str, object]) -> str:
    """The number of a key as people write it, with its tolerance: "1.234,5 ± 0,5"."""
    value, tolerance = read_plain(spec.get("value")), read_plain(spec.get("tolerance"))
    if value is None:
        return ""
    return say_number(value) + (f" ± {say_number(tolerance)}" if tolerance is not None else "")


def write_workbook(drafts: Sequence[QuestionDraft]) -> Written:
    """Our template, filled. Every cell is a text: no name can become a formula or a link."""
    target, left_out, row = io.BytesIO(), [], 0
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        sheet = book.add_worksheet(SHEET_NAME)
        bold = book.add_format({"bold": True, "bg_color": "#E3ECF7", "border": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for place, column in enumerate(Column):
            sheet.set_column(place, place, {Column.STEM: 60, Column.EXPLANATION: 50}.get(column, 18), text)
            sheet.write_string(0, place, column, bold)
        for draft in drafts:
            cells = cells_of(draft)
            if isinstance(cells, str):
                left_out.append(LeftOut(draft.code, draft.stem, cells))
                continue
            row += 1
            for place, column in enumerate(Column):
                if value := cells.get(column, ""):
                    sheet.write_string(row, place, value, text)
        sheet.freeze_panes(1, 1)
    return Written(target.getvalue(), row, tuple(left_out))
