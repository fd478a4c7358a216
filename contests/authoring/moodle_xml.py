"""Moodle XML: <quiz> of <question type="…">. Texts become plain, pictures that came along are kept, nothing is computed or fetched."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from accounts.names import normalise_name
from contests.authoring import moodle_rules as moodle
from contests.authoring.columns import Column
from contests.authoring.draft import DraftReading, FileReading, Line, Problem
from contests.authoring.file_pictures import Pictures
from contests.authoring.guard import FileRefused
from contests.authoring.notes import Notes, new_draft, within_limits
from contests.authoring.rows import TRUE_FALSE_OPTIONS, clean_text
from contests.authoring.tags import with_tags
from contests.authoring.texts import Plain, from_html, from_markdown
from contests.authoring.xml_tree import Node, parsed
from contests.rules.kinds import Kind

GAP = "___"
_OPENED = r"\{[0-9]*+:([A-Z_]{2,30}):"
# Possessive, and ended by the next gap: else "{1:SA:{1:SA:…" is read again from each of them to its end.
_CLOZE = re.compile(rf"(?<!\\){_OPENED}((?:[^\\{{}}]|\\.|\{{(?![0-9]*+:[A-Z_]{{2,30}}:))*+)\}}", re.DOTALL)
_CLOZE_SHORT = frozenset(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"))
_CLOZE_SHARE = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,10})?)%", re.ASCII)
_SHARE = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?", re.ASCII)
_USUAL = {
    "", "your answer is correct.", "your answer is partially correct.", "your answer is incorrect.", "câu trả lời của bạn đúng",
    "câu trả lời của bạn đúng một phần.", "câu trả lời của bạn sai.", "câu trả lời của bạn là đúng", "câu trả lời của bạn là sai",
}  # fmt: skip
_OWN_COMMENT = re.compile(r"\s*(?:question|resourceid)\s*:.{0,300}", re.DOTALL)

Said = tuple[Kind, Sequence[str], frozenset[int], Mapping[str, Any]]


def _parted(text: str, sign: str) -> list[str]:
    """The text cut at a sign; a backslash takes the sign behind it along, also another backslash."""
    parts = [""]
    for piece in re.findall(rf"\\.|{sign}|[^\\{sign}]+|\\", text, re.DOTALL):
        if piece == sign:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def read_moodle(data: bytes, filename: str) -> FileReading:
    """The questions of a Moodle XML file; a row is the number of a question in it. Raises `FileRefused`."""
    tree = parsed(data)
    if tree.root is None or tree.root.tag != "quiz":
        text = "Tệp XML này không phải là tệp câu hỏi của Moodle; hãy xuất từ Moodle với định dạng Moodle XML."
        raise FileRefused("not_moodle", text)
    pictures, above = Pictures(), list[str]()
    readings: list[DraftReading] = []
    unused = [Line(0, clean_text(text)) for text in tree.comments if not _OWN_COMMENT.fullmatch(text)]
    topic, number = "", 0
    for node in tree.root.children:
        type_ = node.attributes.get("type", "").strip().lower()
        if node.tag != "question":
            unused.append(Line(number + 1, f"<{node.tag}> {clean_text(node.text)}".strip()))
        elif type_ == "category":
            topic = moodle.topic_of(node.said("category"), above)
            if info := from_html(node.said("info")).text:
                unused.append(Line(number + 1, info))
        elif type_ == "description":
            number += 1
            unused.append(Line(number, from_html(node.said("questiontext")).text or node.said("name")))
        else:
            number += 1
            readings.append(_Reader(node, type_, number, topic, pictures).read())
    if stray := clean_text(tree.root.text):
        unused.append(Line(0, stray))
    said = [f"Danh mục “{path[:150]}” được đọc thành chủ đề theo tên cuối cùng." for path in dict.fromkeys(above)]
    return FileReading(
        tuple(readings),
        warnings=tuple(Problem(0, Column.TOPIC, "category_shortened", text) for text in said),
        unused=tuple(line for line in unused if line.text),
        images=pictures.images,
    )


class _Reader:
    """One question into one draft."""

    def __init__(self, node: Node, type_: str, number: int, topic: str, pictures: Pictures) -> None:
        self.node, self.type, self.number, self.topic, self.pictures = node, type_, number, topic, pictures
        self.notes = Notes(number)
        self.image = ""

    def read(self) -> DraftReading:
        stem_node, blanks = self.node.first("questiontext"), list[list[str]]()
        if self.type == "cloze" and stem_node is not None:
            blanks = self.cloze(stem_node)
        stem = self.plain(stem_node, Column.STEM)
        kind, options, key, spec = self.said(blanks)
        explanation = self.plain(self.node.first("generalfeedback"), Column.EXPLANATION)
        if grader := self.plain(self.node.first("graderinfo"), Column.EXPLANATION):
            explanation = f"{explanation}\n{grader}" if explanation else grader
        shuffled = self.node.said("shuffleanswers").lower() not in ("0", "false")
        pinned = frozenset(range(len(options))) if self.type == "multichoice" and not shuffled else frozenset[int]()
        draft = new_draft(
            self.number, kind, stem, options=options, key=key, spec=spec, explanation=explanation, label=clean_text(self.node.said("name")),
            source=_lines(self.node), code=normalise_name(self.node.said("idnumber")), topic=self.topic, image=self.image, pinned=pinned,
        )  # fmt: skip
        self.lost()
        tags = [
            tag.said("text") or clean_text(tag.text) for parent in self.node.all("tags") for tag in parent.all("tag")
        ]
        draft = moodle.bounded(within_limits(draft, self.notes))
        return self.notes.reading(with_tags(draft, filter(None, tags), self.notes))

    # --- Texts ---
    def plain(self, node: Node | None, column: str) -> str:
        """The text of an element in its format, its pictures looked after."""
        if node is None:
            return ""
        inner = node.first("text")
        text, form = (node if inner is None else inner).text, node.attributes.get("format", "moodle_auto_format")
        if form == "plain_text":
            plain = Plain(clean_text(text))
        elif form == "markdown":
            plain = from_markdown(text)
        else:
            plain = from_html(text, known_only=form != "html")
        files = {file.attributes.get("name", ""): file.text for file in node.all("file")}
        for source in plain.images:
            self.picture(source, files, column)
        for name in files.keys() - {source.rpartition("/")[2] for source in plain.images}:
            if not any(name in _unquoted(source) for source in plain.images):
                self.notes.warn(
                    column, "file_lost", f"Tệp đính kèm “{name[:80]}” không được chữ nào nhắc tới nên không được giữ."
                )
        return self.notes.plain(column, plain)

    def picture(self, source: str, files: Mapping[str, str], column: str) -> None:
        name = self.pictures.named(source, files)
        if name is None:
            text = f"Ảnh “{source[:100]}” không có trong tệp hoặc không đọc được; hãy thêm ảnh (PNG, JPEG, GIF, WebP) hoặc bỏ câu này."
            self.notes.problem(column, "image_missing", text)
        elif column == Column.STEM and not self.image:
            self.image = name
        else:
            self.notes.warn(
                column, "image_lost", "Câu chỉ giữ được một ảnh, ở lời câu hỏi; ảnh ở chỗ khác không được giữ."
            )

    # --- Answers ---
    def said(self, blanks: list[list[str]]) -> Said:
        """Kind, options, key and spec by the question's type."""
        none = frozenset[int]()
        answers = list(self.node.all("answer"))
        match self.type:
            case "multichoice" | "multichoiceset":
                single = self.type == "multichoice" and self.node.said("single").lower() not in ("false", "0")
                kind, key = moodle.choice_of(
                    [self.share(answer) for answer in answers], single=single, notes=self.notes
                )
                if self.type == "multichoiceset" and kind is Kind.MULTIPLE:
                    key = frozenset(place for place, answer in enumerate(answers) if self.share(answer) > 0)
                return kind, [self.plain(answer, Column.A) for answer in answers], key, {}
            case "truefalse":
                return Kind.TRUE_FALSE, TRUE_FALSE_OPTIONS, self.true_or_false(answers), {}
            case "shortanswer":
                if self.node.said("usecase").lower() in ("1", "true"):
                    self.notes.warn(
                        Column.KEY, "case_lost", "Câu này ở Moodle phân biệt chữ hoa, chữ thường; ở đây thì không."
                    )
                accepted = moodle.accepted_of([(self.typed(one), self.share(one)) for one in answers], self.notes)
                return Kind.SHORT_TEXT, (), none, {"accepted": accepted, "accents": True}
            case "numerical":
                return Kind.NUMBER, (), none, self.numeric(answers)
            case "matching":
                return self.matching()
            case "ordering":
                if self.node.said("selecttype").upper() not in ("", "0", "ALL"):
                    self.notes.warn(Column.A, "subset_lost", "Moodle chỉ hỏi một số mục của câu này; ở đây hỏi tất cả.")
                return Kind.ORDERING, [self.plain(answer, Column.A) for answer in answers], none, {}
            case "essay":
                return Kind.ESSAY, (), none, {}
            case "cloze":
                return Kind.FILL_IN, (), none, {"blanks": blanks, "accents": True}
        text = f"Loại câu “{self.type[:40]}” của Moodle không có ở đây; hãy viết lại thành loại khác hoặc bỏ câu này."
        self.notes.problem(Column.KIND, "unsupported_kind", text)
        return Kind.SINGLE, [self.plain(answer, Column.A) for answer in answers], none, {}

    def share(self, answer: Node) -> Fraction:
        text = answer.attributes.get("fraction", "").strip()
        if not _SHARE.fullmatch(text):
            if text:
                self.notes.warn(
                    Column.KEY, "shares_lost", f"Phần trăm điểm “{text[:30]}” không đọc được; hãy xem lại đáp án."
                )
            return Fraction(0)
        return Fraction(text)

    def typed(self, answer: Node) -> str:
        """What somebody must type: never HTML in Moodle, though some programs write entities."""
        return html.unescape(answer.said("text"))

    def true_or_false(self, answers: Sequence[Node]) -> frozenset[int]:
        places = {"true": 0, "đúng": 0, "false": 1, "sai": 1}
        right = [self.plain(answer, Column.KEY).lower() for answer in answers if self.share(answer) == moodle.WHOLE]
        if any(word not in places for word in right):
            self.notes.problem(Column.KEY, "bad_key", "Đáp án của câu Đúng/Sai phải là true hoặc false.")
        return frozenset(places[word] for word in right if word in places)

    def numeric(self, answers: Sequence[Node]) -> Mapping[str, Any]:
        whole = [answer for answer in answers if self.share(answer) == moodle.WHOLE]
        if any(0 < self.share(answer) < moodle.WHOLE for answer in answers):
            moodle.choice_of([moodle.WHOLE, Fraction(50)], single=True, notes=self.notes)
        if any(True for _ in self.node.all("units")):
            self.notes.warn(
                Column.KEY,
                "units_lost",
                "Đơn vị đo không được giữ; ở đây người thi ghi số, đơn vị phía sau không tính.",
            )
        if len(whole) != 1:
            self.notes.problem(Column.KEY, "bad_key", "Câu điền số cần đúng một đáp án trọn điểm.")
            return {}
        tolerance = whole[0].first("tolerance")
        return moodle.number_of(whole[0].said("text"), None if tolerance is None else tolerance.text, self.notes)

    def matching(self) -> Said:
        pairs = []
        for node in self.node.all("subquestion"):
            answer = node.first("answer")
            pairs.append((self.plain(node, Column.A), "" if answer is None else self.plain(answer, Column.A)))
        pairs = [pair for pair in pairs if any(pair)]
        if any(not right for _, right in pairs):
            self.notes.problem(Column.A, "bad_options", "Có cặp thiếu vế phải; hãy điền cho đủ.")
        in_order = [pair for pair in pairs if pair[0]] + [pair for pair in pairs if not pair[0]]
        return (
            Kind.MATCHING,
            [left for left, _ in in_order if left],
            frozenset(),
            {"right": [right for _, right in in_order]},
        )

    def cloze(self, node: Node) -> list[list[str]]:
        """The accepted texts of each gap, and the stem with gaps in their places."""
        inner = node.first("text") or node
        blanks: list[list[str]] = []
        in_html = node.attributes.get("format", "html") not in ("plain_text", "markdown")

        def gap(found: re.Match[str]) -> str:
            if found[1] not in _CLOZE_SHORT:
                text = f"Chỗ trống kiểu {found[1]} của Moodle không có ở đây; chỉ đọc được chỗ trống điền chữ (SHORTANSWER)."
                self.notes.problem(Column.STEM, "unsupported_gap", text)
                return found[0]
            answers = _parted(html.unescape(found[2]) if in_html else found[2], "~")
            blanks.append(moodle.accepted_of([self.cloze_answer(answer) for answer in answers], self.notes))
            return GAP

        # One text from here on: the parts of the node are replaced, not the file's own.
        inner.parts = [_CLOZE.sub(gap, inner.text)]
        return blanks

    def cloze_answer(self, text: str) -> tuple[str, Fraction]:
        text, share = text.strip(), Fraction(0)
        if text.startswith("="):
            text, share = text[1:], moodle.WHOLE
        elif found := _CLOZE_SHARE.match(text):
            text, share = text[found.end() :], Fraction(found[1])
        answer, *feedback = _parted(text, "#")
        if "".join(feedback).strip():
            self.notes.warn(Column.EXPLANATION, "feedback_lost", "Lời nhận xét riêng của từng đáp án không được giữ.")
        return re.sub(r"\\([~#{}\\\"/=])", r"\1", answer), share

    # --- What is not kept ---
    def lost(self) -> None:
        """Warn of what has no place here."""
        node, notes = self.node, self.notes
        feedback = [from_html(answer.said("feedback")).text for answer in node.all("answer")]
        combined = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
        feedback += [text for name in combined if (text := from_html(node.said(name)).text).lower() not in _USUAL]
        if any(feedback):
            notes.warn(Column.EXPLANATION, "feedback_lost", "Lời nhận xét riêng của từng phương án không được giữ.")
        if any(from_html(hint.said("text")).text for hint in node.all("hint")):
            notes.warn("", "hints_lost", "Gợi ý (hint) của Moodle không được giữ.")
        if from_html(node.said("responsetemplate")).text:
            notes.warn("", "template_lost", "Mẫu bài làm cho sẵn của câu tự luận không được giữ.")
        if not re.fullmatch(r"(1(\.0*)?)?", node.said("defaultgrade")):
            notes.warn(
                "",
                "grade_lost",
                f"Điểm riêng của câu ({node.said('defaultgrade')[:20]}) không được giữ; điểm đặt ở đợt thi.",
            )
        if node.said("hidden") == "1":
            notes.warn("", "was_hidden", "Câu này đã được ẩn trong Moodle; hãy xem có còn dùng không.")


def _unquoted(source: str) -> str:
    return html.unescape(source).replace("%20", " ")


def _lines(node: Node) -> list[str]:
    """The question's own texts as the file has them, without pictures."""

    def walk(one: Node) -> Iterable[str]:
        if text := clean_text(one.text) if one.tag not in ("file", "question") else "":
            share = f" ({one.attributes['fraction'][:10]}%)" if "fraction" in one.attributes else ""
            yield f"{one.tag}{share}: {text[:500]}"
        elif "fraction" in one.attributes:
            yield f"{one.tag} ({one.attributes['fraction'][:10]}%)"
        for child in one.children:
            yield from walk(child)

    return [line for child in node.children for line in walk(child)]
