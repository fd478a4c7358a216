"""A Word file as questions: what `formats` calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from contests.authoring.draft import FileReading, Line, Problem
from contests.authoring.guard import FileRefused
from contests.authoring.legacy_fonts import looks_like_a_legacy_font
from contests.authoring.word.body import Body, read_body
from contests.authoring.word.layout import items_of
from contests.authoring.word.lines import Line as TextLine
from contests.authoring.word.parts import Parts, open_parts
from contests.authoring.word.question import read_question
from contests.authoring.word.split import split

_LEGACY = (
    "legacy_font",
    "Tệp gõ bằng phông chữ đời cũ (.VnTime, VNI-Times…); hãy chuyển sang Unicode (Unikey: Ctrl+Shift+F6), đổi phông thành Times New Roman, lưu lại rồi tải lên.",
)


def read_word(data: bytes, filename: str) -> FileReading:
    """The questions of a .docx. Each line of it stands in the `source` of a question or in `unused`. Raises `FileRefused`."""
    parts = open_parts(data, filename)
    body = read_body(parts)
    if _is_legacy(body.lines):
        raise FileRefused(*_LEGACY)
    found = split(list(items_of(body.lines)))
    questions, unused = [], list(found.unused)
    for segment in found.segments:
        read = read_question(segment, doubled=id(segment) in found.doubled)
        questions.append(read.reading)
        unused += read.unused
    lines = [Line(one.number, one.text or _picture(one)) for one in unused]
    lines += [Line(number, f"({what}) {text}") for number, what, text in body.aside]
    used = {reading.draft.image for reading in questions} - {""}
    return FileReading(
        tuple(questions),
        warnings=tuple(_warnings(parts, body, found.unknown_keys)),
        unused=tuple(sorted(lines, key=lambda line: line.row)),
        images={name: content for name, content in parts.images.items() if name in used},
    )


def _picture(line: TextLine) -> str:
    return f"[ảnh {', '.join(name.rpartition('/')[2] for name in line.images)}]"


def _warnings(parts: Parts, body: Body, unknown_keys: Sequence[str]) -> list[Problem]:
    """What concerns the whole file."""
    found: list[tuple[str, str]] = []
    if parts.unread:
        found.append(
            (
                "unread_parts",
                f"Không đọc {', '.join(parts.unread)}; nếu có câu hỏi hay đáp án ở đó, hãy chép vào phần chính.",
            )
        )
    asides = Counter(what for _, what, _ in body.aside)
    if asides["khung chữ"]:
        found.append(
            ("text_box", "Chữ trong khung (text box) không được đọc thành câu hỏi; nếu cần, hãy chép ra ngoài khung.")
        )
    if asides["chữ ẩn"]:
        found.append(("hidden_text", "Tệp có chữ ẩn; chữ ẩn không được đọc và được liệt kê ở phần chưa dùng."))
    if body.embedded:
        found.append(
            (
                "embedded_document",
                "Tệp có nhúng cả một tài liệu khác; phần đó không được đọc, hãy chép nội dung vào thẳng tệp.",
            )
        )
    if unknown_keys:
        said = ", ".join(unknown_keys[:10]) + ("…" if len(unknown_keys) > 10 else "")
        found.append(("unknown_keys", f"Bảng đáp án có mục không gắn được với câu nào: {said}; hãy xem lại số câu."))
    return [Problem(0, "", code, text) for code, text in found]


_UNICODE = set("ăđơưĂĐƠƯ")


def _is_legacy(lines: Sequence[TextLine]) -> bool:
    """By the fonts of the letters, and by the letters themselves where the font has been changed and they have not."""
    old = [text for line in lines for text, look in line.looks(0, len(line.text)) if is_legacy_font(look.font)]
    beyond = [text for text in old if any("\x80" <= char <= "\xff" for char in text)]
    if beyond:
        unicode = sum(any(char in _UNICODE or "\u1ea0" <= char <= "\u1ef9" for char in text) for text in old)
        if unicode * 2 < len(beyond) or any(looks_like_a_legacy_font(text) for text in beyond):
            return True
    return looks_like_a_legacy_font("\n".join(line.text for line in lines))


def is_legacy_font(name: str) -> bool:
    """Fonts of before Unicode: “.VnTime”, “VNI-Times”."""
    return name.lower().startswith((".vn", "vni-", "vni "))
