"""What an author should look at again though it may be right. Nothing here forbids the import."""

from __future__ import annotations

from collections.abc import Sequence

from contests.authoring.checks import Finding
from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import Problem, QuestionDraft
from contests.authoring.wording import alike, speaks_of_all
from contests.rules.kinds import KINDS, Kind

EXAMPLE_CODES = ("MAU-001", "MAU-002", "MAU-003", "MAU-004", "MAU-005")


def warn_of_question(draft: QuestionDraft) -> list[Problem]:
    """Every doubt about one question, each with the column to look at."""
    return [
        Problem(draft.row, column, code, text)
        for check in (long_right_option, unpinned_all, left_example)
        for column, code, text in check(draft)
    ]


def warn_of_file(drafts: Sequence[QuestionDraft], place: str) -> list[Problem]:
    """The same stem with other options: often a forgotten copy, sometimes honest ("Khẳng định nào sau đây đúng?"). `place` is
    what the file's rows are called."""
    found: list[Problem] = []
    stems: dict[str, QuestionDraft] = {}
    for draft in drafts:
        first = stems.setdefault(alike(draft.stem), draft)
        if draft.stem and first is not draft and set(map(alike, first.options)) != set(map(alike, draft.options)):
            found.append(
                Problem(
                    draft.row,
                    Column.STEM,
                    "repeated_stem",
                    f"Lời câu hỏi giống {place} {first.row}, chỉ khác phương án; hãy xem lại.",
                )
            )
    return found


def long_right_option(draft: QuestionDraft) -> list[Finding]:
    """The right one stands out by its length."""
    if draft.kind is not Kind.SINGLE:
        return []
    right = max((len(option) for place, option in enumerate(draft.options) if place in draft.key), default=0)
    wrong = max((len(option) for place, option in enumerate(draft.options) if place not in draft.key), default=0)
    if wrong == 0 or right < 2 * wrong or right - wrong < 20:
        return []
    return [
        (
            Column.KEY,
            "long_right_option",
            "Đáp án đúng dài hơn hẳn các phương án khác nên dễ đoán; nên viết các phương án dài gần bằng nhau.",
        )
    ]


def unpinned_all(draft: QuestionDraft) -> list[Finding]:
    """ "All of the above" that a shuffled paper would put in the middle."""
    return [
        (
            Column.PINNED,
            "all_not_pinned",
            f"Phương án {column} nói về tất cả phương án; nên ghi {column} vào cột “{Column.PINNED}” để nó luôn đứng đúng chỗ.",
        )
        for place, (column, option) in enumerate(zip(OPTION_COLUMNS, draft.options, strict=False))
        if place not in draft.pinned and not KINDS[draft.kind].always_shuffled and speaks_of_all(option)
    ]


def left_example(draft: QuestionDraft) -> list[Finding]:
    """An example of the template."""
    if draft.code not in EXAMPLE_CODES:
        return []
    return [(Column.CODE, "example_left", "Đây là dòng ví dụ của tệp mẫu; hãy xoá nếu không định dùng.")]
