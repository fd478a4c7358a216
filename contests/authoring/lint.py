"""The linter: what experience says against a question that is valid. Forbids nothing; each check says what to do.

One registry. A check looks at one question (`of_question`), or at all of a bank (`lint_bank`, which stands apart). Whoever adds
one writes a generator here and a line in `CHECKS`; pages, counts and tests follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contests.authoring.columns import OPTION_COLUMNS
from contests.authoring.do_not_ask import forbidden_in
from contests.authoring.draft import QuestionDraft
from contests.authoring.hints import left_example, long_right_option, unpinned_all
from contests.authoring.lint_words import longest_sentence, same_to_a_reader, syllables, unit_asked
from contests.authoring.wording import names_letters, plain, speaks_of_all
from contests.rules.kinds import Kind

SOON = timedelta(days=60)
LONG_STEM, LONG_SENTENCE = 70, 45  # syllables; a phone shows about eight a line
REPEATED_WORDS, REPEATED_CHARACTERS = 4, 20  # that all options begin with
OF_CHOICE = (Kind.SINGLE, Kind.MULTIPLE)


class Severity(StrEnum):
    """How much it matters."""

    WRONG = "wrong"  # somebody would be right to complain
    DOUBT = "doubt"  # somebody should look
    STYLE = "style"  # could be written better


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `row` is the draft's, 0 for the bank as a whole; `about` what else it speaks of (another code, a
    topic's id); `text` says what to do."""

    row: int
    code: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of the registry. `title` heads its findings. `find` gives (about, text) for each; None: it looks at all questions together."""

    code: str
    severity: Severity
    title: str
    find: Callable[[QuestionDraft, date], Iterator[tuple[str, str]]] | None = None


def of_question(draft: QuestionDraft, today: date) -> list[Finding]:
    """Every finding of one question by itself."""
    return [
        Finding(draft.row, check.code, text, about)
        for check in CHECKS
        if check.find is not None
        for about, text in check.find(draft, today)
    ]


# --- source and dates ------------------------------------------------------------------------------------------------------
def _source(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if not ((draft.document and draft.article) or draft.other_source):
        yield "", "Ghi văn bản và điều khoản, hoặc nguồn khác, để ai cũng kiểm tra lại được."


def _expired(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if draft.valid_to and draft.valid_to < today:
        yield (
            "",
            f"Hết hiệu lực từ {draft.valid_to:%d/%m/%Y}, đề không bốc câu này nữa. Sửa theo quy định mới, hoặc ngừng dùng.",
        )


def _expiring(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if draft.valid_to and today <= draft.valid_to <= today + SOON:
        yield "", f"Hết hiệu lực sau ngày {draft.valid_to:%d/%m/%Y}. Chuẩn bị câu thay thế trước ngày ấy."


_MONEY = re.compile(r"[0-9]+ [0-9]{3} (?:[0-9]{3} )?dong|[0-9]+ (?:nghin|trieu) dong")
_DECREE = re.compile(r"\b(?:nghi dinh|thong tu|quyet dinh|nghi quyet)\b")


def _undated_amount(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    money = _MONEY.search(plain(" ".join((draft.stem, *draft.options))))
    if money and _DECREE.search(plain(f"{draft.document} {draft.stem}")) and not draft.valid_to:
        yield "", "Số tiền do nghị định, thông tư quy định hay thay đổi. Ghi ngày hết hiệu lực để câu tự thôi được bốc."


# --- the key ---------------------------------------------------------------------------------------------------------------
def _two_right(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if draft.kind not in OF_CHOICE:
        return
    first: dict[str, int] = {}
    for place, option in enumerate(draft.options):
        said = same_to_a_reader(option)
        same = first.setdefault(said, place) if said else place
        if same != place:
            here, there = OPTION_COLUMNS[place], OPTION_COLUMNS[same]
            yield f"{there}{here}", f"Phương án {there} và {here} nói cùng một điều. Sửa một trong hai."


def _key_inside(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if draft.kind is not Kind.SINGLE or len(draft.key) != 1:
        return
    (right,) = draft.key
    if right >= len(draft.options) or not (key := plain(draft.options[right])):
        return
    more = re.compile(rf"(?:.+ )?(?:va|cung voi|lan) {re.escape(key)}|{re.escape(key)} (?:va|cung voi|lan) .+")
    for place, option in enumerate(draft.options):
        if place != right and (more.fullmatch(plain(option)) or _adds_to(draft.options[right], option)):
            here, there = OPTION_COLUMNS[place], OPTION_COLUMNS[right]
            yield (
                f"{there}{here}",
                f"Phương án {here} chứa cả đáp án {there}, nên có thể coi là đúng. Viết lại cho tách hẳn.",
            )


def _adds_to(key: str, option: str) -> bool:
    """A list that holds the whole key and more: "A, B" and "A, B, C" cannot both be wrong but for one."""
    return False if "," not in option else set(_items(key)) < set(_items(option)) and len(_items(key)) > 1


def _items(text: str) -> list[str]:
    return [item for part in re.split(r"[,;]| và ", text) if (item := plain(part))]


def _all_in_multiple(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if draft.kind is not Kind.MULTIPLE:
        return
    for place, option in enumerate(draft.options):
        if names_letters(option) or speaks_of_all(option):
            yield (
                "",
                f"Câu chọn nhiều đáp án không cần phương án {OPTION_COLUMNS[place]} (“{option[:40]}”): ai chọn đủ từng phương án cũng đúng. Bỏ nó đi.",
            )


def _unit(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    """The stem asks "bao nhiêu ngày" and only the key is in days."""
    if draft.kind is not Kind.SINGLE or len(draft.key) != 1 or len(draft.options) < 3:
        return
    if (unit := unit_asked(draft.stem)) is None:
        return
    having = [place for place, option in enumerate(draft.options) if f" {unit} " in f" {plain(option)} "]
    if having == list(draft.key):
        yield (
            "",
            "Câu hỏi nêu đơn vị mà chỉ đáp án đúng có đơn vị ấy, nên dễ đoán. Ghi đơn vị ở mọi phương án, hoặc bỏ ở tất cả.",
        )


def _pinned(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    yield from (("", text) for _, _, text in unpinned_all(draft))


def _long_key(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    yield from (("", text) for _, _, text in long_right_option(draft))


# --- the words -------------------------------------------------------------------------------------------------------------
_ASKS_FOR_WRONG = re.compile(
    r"\b(?:nào|gì|đâu|ai)(?: (?:sau đây|dưới đây|trên đây|kể trên))?(?: (?:là|được coi là|thì))?,? (không|sai|chưa|ngoại trừ|trừ)\b(?!.*\b(?:nào|gì|đâu|ai|mấy|bao)\b)"
    r"|(ngoại trừ|trừ)(?: (?:trường hợp|phương án|nội dung))?(?: nào)?(?: sau đây| dưới đây)?\s*[:.?…]*$"
    r"|\b(không|chưa) (?:phải|thuộc|đúng|bao gồm|nằm trong)\b[^.,()?]{0,60}\b(?:nào|gì|ai|đâu)\s*\??$",
    re.IGNORECASE,
)


def _negative(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if draft.kind not in OF_CHOICE:
        return
    last = re.split(r"(?<=[.!;])\s+", draft.stem.strip())[-1]
    if (found := _ASKS_FOR_WRONG.search(last)) and (word := next(filter(None, found.groups()))) != word.upper():
        yield (
            "",
            f"Câu hỏi điều không đúng: viết hoa “{word.upper()}” để người thi không đọc sót, hoặc hỏi lại theo chiều thuận.",
        )


def _repeated_beginning(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    if draft.kind not in OF_CHOICE or len(draft.options) < 3:
        return
    split = [option.split() for option in draft.options]
    shared = 0
    for words in zip(*split, strict=False):
        if len(set(map(str.casefold, words))) > 1:
            break
        shared += 1
    if shared >= REPEATED_WORDS and len(" ".join(split[0][:shared])) >= REPEATED_CHARACTERS:
        yield (
            "",
            f"Mọi phương án đều bắt đầu bằng “{' '.join(split[0][:shared])}”. Đưa phần ấy lên câu hỏi cho dễ đọc trên điện thoại.",
        )


def _hard_to_read(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    whole, longest = syllables(draft.stem), longest_sentence(draft.stem)
    if whole > LONG_STEM or longest > LONG_SENTENCE:
        yield (
            "",
            f"Lời câu hỏi dài {whole} tiếng, câu dài nhất {longest} tiếng. Tách thành câu ngắn (chỉ là ước lượng theo độ dài).",
        )


def _forbidden(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    yield from ((topic.id, f"{topic.why} {topic.instead}") for topic in forbidden_in(draft, narrow=False))


def _narrow(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    yield from ((topic.id, f"{topic.why} {topic.instead}") for topic in forbidden_in(draft, narrow=True))


def _example(draft: QuestionDraft, today: date) -> Iterator[tuple[str, str]]:
    yield from (("", text) for _, _, text in left_example(draft))


CHECKS: tuple[Check, ...] = (
    Check("two_right", Severity.WRONG, "Hai phương án cùng đúng", _two_right),
    Check("forbidden_topic", Severity.WRONG, "Đề tài không nên hỏi", _forbidden),
    Check("expired", Severity.WRONG, "Đã hết hiệu lực", _expired),
    Check("missing_source", Severity.WRONG, "Thiếu nguồn", _source),
    Check("near_duplicate", Severity.DOUBT, "Gần giống câu khác"),
    Check("narrow_topic", Severity.DOUBT, "Đề tài chỉ hỏi được trong giới hạn hẹp", _narrow),
    Check("expiring", Severity.DOUBT, "Sắp hết hiệu lực", _expiring),
    Check("undated_amount", Severity.DOUBT, "Số tiền chưa có ngày hết hiệu lực", _undated_amount),
    Check("all_not_pinned", Severity.DOUBT, "“Tất cả đều đúng” chưa giữ chỗ", _pinned),
    Check("all_in_multiple", Severity.DOUBT, "“Cả A và B” trong câu nhiều đáp án", _all_in_multiple),
    Check("key_inside", Severity.DOUBT, "Phương án khác chứa cả đáp án", _key_inside),
    Check("long_right_option", Severity.DOUBT, "Đáp án dài hơn hẳn", _long_key),
    Check("unit_gives_away", Severity.DOUBT, "Đơn vị làm lộ đáp án", _unit),
    Check("key_position", Severity.DOUBT, "Đáp án hay đứng cùng một chỗ"),
    Check("long_keys", Severity.DOUBT, "Đáp án thường là phương án dài nhất"),
    Check("negative_stem", Severity.STYLE, "Câu hỏi điều không đúng mà không viết hoa", _negative),
    Check("repeated_beginning", Severity.STYLE, "Các phương án lặp cùng phần đầu", _repeated_beginning),
    Check("hard_to_read", Severity.STYLE, "Lời câu hỏi dài, khó đọc", _hard_to_read),
    Check("example_left", Severity.STYLE, "Còn dòng ví dụ của tệp mẫu", _example),
)
BY_CODE = {check.code: check for check in CHECKS}


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """As the registry lists their checks, then by row."""
    place = {check.code: number for number, check in enumerate(CHECKS)}
    return sorted(findings, key=lambda one: (place[one.code], one.row, one.about))
