"""Whether a question makes sense, alone and among the others of its file. What is found here forbids the import."""

from __future__ import annotations

from collections.abc import Sequence

from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import Problem, QuestionDraft
from contests.authoring.legacy_fonts import looks_like_a_legacy_font
from contests.authoring.wording import alike, names_letters
from contests.rules.kinds import KINDS, AnswerKey

# Characters; those of short fields are what the tables hold.
LONGEST = {
    Column.CODE: 40,
    Column.TOPIC: 100,  # what a rule set can name
    Column.STEM: 1000,
    Column.DOCUMENT: 200,
    Column.ARTICLE: 120,
    Column.OTHER_SOURCE: 300,
    Column.EXPLANATION: 2000,
}
LONGEST_OPTION = 500


def check_question(draft: QuestionDraft) -> list[Problem]:
    """Every error of one question, each with the column to mend and how."""
    return [
        Problem(draft.row, column, code, text)
        for check in (_missing, _lengths, _options, _key, _pins, _source, _dates, _legacy_font)
        for column, code, text in check(draft)
    ]


Finding = tuple[str, str, str]  # column, code, text


def _missing(draft: QuestionDraft) -> list[Finding]:
    wanted: list[tuple[bool, Column, str, str]] = [
        (bool(draft.code), Column.CODE, "missing_code", "Chưa có mã; hãy đặt mã riêng cho câu này, ví dụ HD-001."),
        (bool(draft.topic), Column.TOPIC, "missing_topic", "Chưa ghi chủ đề."),
        (bool(draft.stem), Column.STEM, "missing_stem", "Chưa có nội dung câu hỏi."),
    ]
    return [(column, code, text) for there, column, code, text in wanted if not there]


def _lengths(draft: QuestionDraft) -> list[Finding]:
    texts = (draft.code, draft.topic, draft.stem, draft.document, draft.article, draft.other_source, draft.explanation)
    limits: list[tuple[str, str, int]] = [
        (column, text, LONGEST[column]) for column, text in zip(LONGEST, texts, strict=True)
    ]
    limits += [(_letter(place), text, LONGEST_OPTION) for place, text in enumerate(draft.options)]
    return [
        (column, "too_long", f"Dài {len(text)} ký tự; hãy rút còn nhiều nhất {limit} ký tự.")
        for column, text, limit in limits
        if len(text) > limit
    ]


def _options(draft: QuestionDraft) -> list[Finding]:
    found: list[Finding] = []
    if not KINDS[draft.kind].has_options:
        return found
    if sum(map(bool, draft.options)) < 2:
        found.append((Column.A, "few_options", "Cần ít nhất hai phương án trả lời (cột A và B)."))
    elif "" in draft.options:
        gap = _letter(draft.options.index(""))
        found.append(
            (
                gap,
                "option_gap",
                f"Phương án {gap} bỏ trống mà phía sau vẫn có phương án; hãy dồn các phương án lại cho liền nhau.",
            )
        )
    first_at: dict[str, int] = {}
    for place, option in enumerate(draft.options):
        same = first_at.setdefault(alike(option), place)
        if option and same != place:
            here, there = _letter(place), _letter(same)
            found.append((here, "repeated_option", f"Phương án {here} giống phương án {there}; hãy sửa một trong hai."))
    return found


def _key(draft: QuestionDraft) -> list[Finding]:
    found: list[Finding] = []
    if beyond := _without_option(draft, draft.key):
        found.append(
            (
                Column.KEY,
                "key_without_option",
                f"Đáp án {beyond} không có nội dung phương án; hãy sửa đáp án hoặc điền phương án.",
            )
        )
    key = AnswerKey(draft.kind, draft.key, draft.options, draft.spec)
    faults = KINDS[draft.kind].faults(key, draft.stem)
    return found + [(_COLUMNS[fault.field], fault.code, fault.text) for fault in faults]


_COLUMNS = {"stem": Column.STEM, "options": Column.A, "key": Column.KEY}


def _pins(draft: QuestionDraft) -> list[Finding]:
    found: list[Finding] = []
    if beyond := _without_option(draft, draft.pinned):
        found.append(
            (Column.PINNED, "pin_without_option", f"Phương án {beyond} được giữ cố định nhưng không có nội dung.")
        )
    if KINDS[draft.kind].always_shuffled:
        return found
    everything = {place for place, option in enumerate(draft.options) if option}
    if (
        not everything <= draft.pinned
        and (namer := next((p for p in sorted(everything) if names_letters(draft.options[p])), None)) is not None
    ):
        letters = ",".join(map(_letter, sorted(everything)))
        found.append(
            (
                Column.PINNED,
                "letters_not_pinned",
                f"Phương án {_letter(namer)} nhắc tới chữ cái của phương án khác, mà thứ tự phương án có thể bị đảo; "
                f"hãy ghi {letters} vào cột “{Column.PINNED}”.",
            )
        )
    return found


def _source(draft: QuestionDraft) -> list[Finding]:
    if (draft.document and draft.article) or draft.other_source:
        return []
    if draft.document:
        return [
            (
                Column.ARTICLE,
                "missing_source",
                "Đã có văn bản nhưng chưa có điều khoản; hãy ghi điều, khoản, hoặc ghi “Nguồn khác”.",
            )
        ]
    if draft.article:
        return [(Column.DOCUMENT, "missing_source", "Đã có điều khoản nhưng chưa có tên văn bản.")]
    text = "Chưa có nguồn; câu về pháp luật cần “Văn bản” và “Điều khoản”, câu khác cần “Nguồn khác”."
    return [(Column.DOCUMENT, "missing_source", text)]


def _dates(draft: QuestionDraft) -> list[Finding]:
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        return [
            (Column.VALID_TO, "dates_reversed", "Ngày hết hiệu lực đứng trước ngày có hiệu lực; hãy kiểm tra hai ngày.")
        ]
    return []


def _legacy_font(draft: QuestionDraft) -> list[Finding]:
    """The whole row is judged together: an option of one word tells too little by itself."""
    texts = (
        draft.topic,
        draft.stem,
        *draft.options,
        draft.document,
        draft.article,
        draft.other_source,
        draft.explanation,
    )
    if not looks_like_a_legacy_font("\n".join(texts)):
        return []
    return [
        (
            Column.STEM,
            "legacy_font",
            "Chữ có vẻ gõ bằng phông cũ (TCVN3, VNI) hoặc sai bảng mã; hãy chuyển sang Unicode rồi tải lại.",
        )
    ]


def check_file(drafts: Sequence[QuestionDraft], place: str) -> list[Problem]:
    """Errors between questions of one file: the same code, or the same stem with the same options. `place` is what its rows are
    called."""
    found: list[Problem] = []
    codes: dict[str, int] = {}
    questions: dict[tuple[str, frozenset[str], str], int] = {}
    for draft in drafts:
        if draft.code and (first := codes.setdefault(draft.code.casefold(), draft.row)) != draft.row:
            found.append(
                Problem(draft.row, Column.CODE, "repeated_code", f"Mã này đã dùng ở {place} {first}; hãy đặt mã khác.")
            )
        same = (alike(draft.stem), frozenset(map(alike, draft.options)), draft.image)
        if draft.stem and (first := questions.setdefault(same, draft.row)) != draft.row:
            found.append(
                Problem(
                    draft.row,
                    Column.STEM,
                    "repeated_question",
                    f"Câu hỏi này giống hệt {place} {first}; hãy xoá một câu.",
                )
            )
    return found


def _without_option(draft: QuestionDraft, places: frozenset[int]) -> str:
    return ", ".join(_letter(p) for p in sorted(places) if p >= len(draft.options) or not draft.options[p])


def _letter(place: int) -> str:
    """The option's column, and its letter where other formats have more options than our sheet has columns."""
    return (
        OPTION_COLUMNS[place]
        if place < len(OPTION_COLUMNS)
        else chr(ord("A") + place)
        if place < 26
        else f"{place + 1}"
    )
