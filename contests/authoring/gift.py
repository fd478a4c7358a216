"""GIFT, Moodle's text format: blocks between blank lines, answers in braces. Comments may hold "[id:…]" and "[tag:…]"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from accounts.names import normalise_name, search_text
from contests.authoring import moodle_rules as moodle
from contests.authoring.columns import Column
from contests.authoring.draft import DraftReading, FileReading, Line, Problem
from contests.authoring.notes import Notes, new_draft, within_limits
from contests.authoring.rows import KIND_NAMES, TRUE_FALSE_OPTIONS, clean_text
from contests.authoring.tags import KIND, with_tags
from contests.authoring.texts import decoded, from_html, from_markdown
from contests.rules.kinds import Kind

GAP = "___"
ESCAPED = "~=#{}:n\\>"  # after a backslash
# While a block is cut up, an escaped sign is a noncharacter of Unicode, which no text holds.
_HIDDEN = {sign: chr(0xFDD0 + place) for place, sign in enumerate(ESCAPED)}
_SHOWN = {ord(hidden): "\n" if sign == "n" else sign for sign, hidden in _HIDDEN.items()}
_NONCHARACTERS = {ord(hidden): "\ufffd" for hidden in _HIDDEN.values()}
_ESCAPE = re.compile(r"\\([~=#{}:n\\>])")
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")
_SHARE = re.compile(r"\s*%(-?[0-9]{1,3}(?:\.[0-9]{0,10})?)%", re.ASCII)
# Possessive, and ended by the next mark: else a line of "[id:[id:…" is read again from each of them to its end.
_MARK = re.compile(r"(?<!\\)\[(id|tag):((?:[^\\\[\]]|\\.|\[(?!id:|tag:))*+)\]")
_ANSWER = re.compile(r"([~=])([^~=]*)")
_ORDER_WORD = re.compile(
    r"[0-9]+|ALL|EXACT|REL|RANDOM|CONTIG(?:UOUS)?|VERTICAL|HORIZONTAL|ABSOLUTE|RELATIVE|[A-Z]+(?:_[A-Z]+)+"
)
_TRUE, _FALSE = ("t", "true"), ("f", "false")


@dataclass(slots=True)
class _Block:
    row: int
    lines: list[str]
    topic: str
    code: str = ""
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Answer:
    sign: str
    share: Fraction
    text: str
    feedback: str


def read_gift(data: bytes, filename: str) -> FileReading:
    """The questions of a .gift. Raises `FileRefused` for what is no text in a known encoding."""
    unused: list[Line] = []
    above: list[str] = []
    readings = []
    for block in _blocks(decoded(data), unused, above):
        text = "\n".join(block.lines)
        if "{" not in _hide(text) and "}" not in _hide(text):
            unused.extend(Line(block.row + place, line.strip()) for place, line in enumerate(block.lines))
        else:
            readings.append(_Reader(block).read())
    said = [f"Danh mục “{path[:150]}” được đọc thành chủ đề theo tên cuối cùng." for path in dict.fromkeys(above)]
    return FileReading(
        tuple(readings),
        warnings=tuple(Problem(0, Column.TOPIC, "category_shortened", text) for text in said),
        unused=tuple(unused),
    )


def _blocks(text: str, unused: list[Line], above: list[str]) -> Iterator[_Block]:
    """The blocks with the category, the code and the tags that stand above them."""
    topic, code, tags = "", "", list[str]()
    block: _Block | None = None
    for number, line in enumerate([*text.translate(_NONCHARACTERS).split("\n"), ""], start=1):
        plain = line.strip()
        if plain.startswith("//"):
            marks = _MARK.findall(plain)
            code = next((_unmarked(value) for name, value in marks if name == "id"), code)
            tags += [_unmarked(value) for name, value in marks if name == "tag"]
            if rest := _MARK.sub("", plain).strip("/ \t"):
                unused.append(Line(number, rest))
        elif plain.startswith("$CATEGORY:") and block is None:
            topic = moodle.topic_of(plain.removeprefix("$CATEGORY:"), above)
        elif plain:
            block = block or _Block(number, [], topic)
            block.lines.append(line)
        elif block is not None and not _is_open(block):
            yield from _whole(block, code, tags)
            block, code, tags = None, "", []
        elif block is not None:
            block.lines.append(line)  # a blank line inside braces
    if block is not None:
        yield from _whole(block, code, tags)


def _whole(block: _Block, code: str, tags: list[str]) -> Iterator[_Block]:
    """The block; but a brace that nothing closes must not swallow what follows: then its parts, blank line by blank line."""
    text = _hide("\n".join(block.lines))
    if text.count("{") == text.count("}") == 1:
        block.code, block.tags = normalise_name(code), tags
        yield block
        return
    row, lines = block.row, list[str]()
    for place, line in enumerate([*block.lines, ""]):
        if line.strip():
            row = row if lines else block.row + place
            lines.append(line)
        elif lines:
            yield _Block(row, lines, block.topic, normalise_name(code), tags)
            lines, code, tags = [], "", []


def _is_open(block: _Block) -> bool:
    """Whether a brace waits for its end in what follows; another opening one, or 40 lines, and it was forgotten."""
    text = _hide("\n".join(block.lines[-200:]))
    return text.count("{") == 1 and "}" not in text and len(block.lines) <= 40


def _unmarked(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def _hide(text: str) -> str:
    return _ESCAPE.sub(lambda found: _HIDDEN[found[1]], text)


def _show(text: str) -> str:
    return text.translate(_SHOWN)


class _Reader:
    """One block into one draft."""

    def __init__(self, block: _Block) -> None:
        self.block, self.notes = block, Notes(block.row)
        self.format, self.feedback_lost = "moodle", False
        self.tagged_kind = next((tag.partition("=")[2] for tag in block.tags if tag.startswith(f"{KIND}=")), "")

    def read(self) -> DraftReading:
        text = _hide("\n".join(self.block.lines)).strip()
        name = ""
        if text.startswith("::") and (end := text.find("::", 2)) >= 0:
            name, text = clean_text(_show(text[2:end])), text[end + 2 :]
        if found := _FORMAT.match(text):
            self.format, text = found[1], text[found.end() :]
        before, opened, rest = text.partition("{")
        inside, closed, after = rest.partition("}")
        if not opened or not closed or "{" in inside or "}" in before:
            text = "Dấu ngoặc { } không khớp; hãy thêm dấu còn thiếu, hoặc ghi \\{ và \\} nếu đó là chữ."
            self.notes.problem(Column.KEY, "braces", text)
            inside, after = "", ""
        elif "{" in after or "}" in after:
            text = "Câu có nhiều nhóm đáp án { }; mỗi câu GIFT chỉ có một."
            self.notes.problem(Column.KEY, "braces", text)
            after = after if after.strip("{} \n") else ""
        inside, marked, general = inside.rpartition("####")
        inside, general = (inside, general) if marked else (general, "")
        has_gap = bool(after.strip()) or self.tagged_kind == KIND_NAMES[Kind.FILL_IN]
        stem = self.plain(f"{before}{GAP}{after}" if has_gap else before, Column.STEM, says_format=False)
        kind, options, key, spec = self.answers(inside.strip(), has_gap=has_gap, broken=not closed)
        draft = new_draft(
            self.block.row, kind, stem, options=options, key=key, spec=spec, explanation=self.plain(general, Column.EXPLANATION),
            label=name, source=self.block.lines, code=self.block.code, topic=self.block.topic,
        )  # fmt: skip
        if self.feedback_lost:
            self.notes.warn(
                Column.EXPLANATION, "feedback_lost", "Lời nhận xét riêng của từng phương án không được giữ."
            )
        draft = moodle.bounded(within_limits(draft, self.notes))
        return self.notes.reading(with_tags(draft, self.block.tags, self.notes))

    def plain(self, text: str, column: str, *, says_format: bool = True) -> str:
        """A piece of the block as plain text, in its own format where it says one, or the question's."""
        form = self.format
        if says_format and (found := _FORMAT.match(text)):
            form, text = found[1], text[found.end() :]
        text = _show(text)
        if form == "plain":
            return clean_text(text)
        plain = from_markdown(text) if form == "markdown" else from_html(text, known_only=form == "moodle")
        for source in plain.images:
            text = f"Ảnh “{source[:100]}” không có trong tệp GIFT; hãy thêm ảnh sau, hoặc bỏ câu này."
            self.notes.problem(column, "image_missing", text)
        return self.notes.plain(column, plain)

    def answers(
        self, inside: str, *, has_gap: bool, broken: bool
    ) -> tuple[Kind, Sequence[str], frozenset[int], Mapping[str, Any]]:
        """Kind, options, key and spec by what stands in the braces."""
        none = frozenset[int]()
        if broken:
            return Kind.SINGLE, (), none, {}
        if not inside:
            return Kind.ESSAY, (), none, {}
        if inside.startswith("#"):
            return Kind.NUMBER, (), none, self.number(inside[1:])
        if inside.startswith(">"):
            return Kind.ORDERING, self.ordering(inside[1:]), none, {}
        if "~" not in inside and "=" in inside and "->" in inside:
            left, right = self.matching(inside)
            return Kind.MATCHING, left, none, {"right": right}
        word = search_text(inside.partition("#")[0])
        if word in (*_TRUE, *_FALSE):
            self.feedback_lost |= "#" in inside and bool(inside.partition("#")[2].strip("# \n"))
            return Kind.TRUE_FALSE, TRUE_FALSE_OPTIONS, frozenset({0 if word in _TRUE else 1}), {}
        answers = self.split(inside)
        if not answers:
            text = (
                f"Không đọc được phần đáp án “{_show(inside)[:60]}”; hãy ghi = trước đáp án đúng và ~ trước đáp án sai."
            )
            self.notes.problem(Column.KEY, "bad_key", text)
            return Kind.SINGLE, (), none, {}
        if all(answer.sign == "=" for answer in answers):
            accepted = moodle.accepted_of(
                [(self.plain(one.text, Column.KEY), one.share) for one in answers], self.notes
            )
            if has_gap:
                return Kind.FILL_IN, (), none, {"blanks": [accepted], "accents": True}
            return Kind.SHORT_TEXT, (), none, {"accepted": accepted, "accents": True}
        shares = [answer.share for answer in answers]
        single = any(answer.sign == "=" for answer in answers) or not any(share > 0 for share in shares)
        kind, key = moodle.choice_of(shares, single=single, notes=self.notes)
        return kind, [self.plain(answer.text, Column.A) for answer in answers], key, {}

    def split(self, inside: str) -> list[_Answer]:
        """The answers at their signs, with share and feedback taken off."""
        first = min((at for at in (inside.find("~"), inside.find("=")) if at >= 0), default=len(inside))
        if inside[:first].strip() and first < len(inside):
            lost = clean_text(_show(inside[:first]))[:80]
            self.notes.warn(Column.KEY, "text_lost", f"Phần chữ “{lost}” trước phương án đầu tiên không được đọc.")
        found = _ANSWER.findall(inside)
        # "~=right" is an old way to write "=right".
        kept = [
            (sign, text) for (sign, text), after in zip(found, [*found[1:], ("", "")], strict=False)
            if not (sign == "~" and not text.strip() and after[0] == "=")
        ]  # fmt: skip
        return [self.answer(sign, text) for sign, text in kept]

    def answer(self, sign: str, text: str) -> _Answer:
        share = moodle.WHOLE if sign == "=" else Fraction(0)
        if found := _SHARE.match(text):
            share, text = Fraction(found[1]), text[found.end() :]
        text, _, feedback = text.partition("#")
        self.feedback_lost |= bool(feedback.strip())
        return _Answer(sign, share, text, feedback)

    def number(self, inside: str) -> Mapping[str, Any]:
        answers = self.split(inside) if "=" in inside or "~" in inside else [self.answer("=", inside)]
        whole = [answer for answer in answers if answer.sign == "=" and answer.share == moodle.WHOLE]
        if len(whole) != 1:
            self.notes.problem(Column.KEY, "bad_key", "Câu điền số cần đúng một đáp án trọn điểm, ví dụ {#1822:5}.")
            return {}
        if any(answer.share > 0 for answer in answers if answer is not whole[0]):
            moodle.choice_of([moodle.WHOLE, Fraction(50)], single=True, notes=self.notes)
        text = _show(whole[0].text).strip()
        if ".." in text:
            low, _, high = text.partition("..")
            return moodle.range_of(low, high, self.notes)
        value, colon, tolerance = text.partition(":")
        return moodle.number_of(value, tolerance if colon else None, self.notes)

    def ordering(self, inside: str) -> list[str]:
        head, _, rest = inside.partition("\n")
        if not all(map(_ORDER_WORD.fullmatch, head.split())):
            head, rest = "", inside
        if any(word in head for word in ("RANDOM", "CONTIGUOUS")):
            self.notes.warn(Column.A, "subset_lost", "Moodle chỉ hỏi một số mục của câu này; ở đây hỏi tất cả.")
        return [text for line in rest.split("\n") if (text := self.plain(line, Column.A))]

    def matching(self, inside: str) -> tuple[list[str], list[str]]:
        pairs = []
        for _, text in _ANSWER.findall(inside):
            left, arrow, right = text.partition("->")
            pairs.append((self.plain(left, Column.A), self.plain(right, Column.A)))
            if not arrow or not pairs[-1][1]:
                text = f"Cặp “{_show(text).strip()[:60]}” thiếu một vế; hãy ghi = vế trái -> vế phải."
                self.notes.problem(Column.A, "bad_options", text)
        in_order = [pair for pair in pairs if pair[0]] + [pair for pair in pairs if not pair[0]]
        return [left for left, _ in in_order if left], [right for _, right in in_order]
