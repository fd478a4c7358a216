"""Text files: bytes to text whatever program saved them, and HTML or Markdown to the plain text that people would read."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from contests.authoring.guard import MAX_FILE, FileRefused
from contests.authoring.rows import clean_text

MAX_LINES = 200_000
MAX_LINE = 1_000_000  # characters

_BOMS = ((b"\xff\xfe\x00\x00", ""), (b"\x00\x00\xfe\xff", ""), (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_UNKNOWN = (
    "encoding",
    "Tệp không dùng bảng mã UTF-8 nên chữ tiếng Việt không đọc chắc được; hãy mở bằng Notepad hoặc Excel, lưu lại với mã "
    "UTF-8 rồi tải lên.",
)
_WINDOWS_1258 = (
    "windows_1258",
    "Tệp lưu bằng bảng mã cũ Windows-1258 (hoặc một bảng mã khác không phải UTF-8); hãy mở bằng Notepad, chọn Lưu thành "
    "(Save As) với mã UTF-8 rồi tải lên.",
)


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, line ends as "\\n". Raises `FileRefused` for any other encoding: those cannot be told
    apart for certain, and a wrong one gives wrong words."""
    if len(data) > MAX_FILE:
        raise FileRefused("too_big", f"Tệp lớn hơn {MAX_FILE // 2**20} MB; hãy chia thành nhiều tệp.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise FileRefused("not_text", "Tệp không phải là tệp chữ; hãy kiểm tra lại đuôi tệp, hoặc lưu lại đúng loại.")
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if encoding is None:
        encoding = _utf16_without_mark(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise FileRefused(*(_WINDOWS_1258 if encoding == "utf-8" else _UNKNOWN)) from error
    if "\0" in text:
        raise FileRefused("not_text", "Tệp có ký tự NUL, không phải là tệp chữ; hãy lưu lại dạng văn bản với mã UTF-8.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if len(lines) > MAX_LINES or max(map(len, lines)) > MAX_LINE:
        raise FileRefused("too_long", "Tệp có quá nhiều dòng, hoặc có dòng quá dài; hãy chia thành nhiều tệp.")
    return text


def _utf16_without_mark(data: bytes) -> str | None:
    """Half of the bytes of UTF-16 text are zero, on the same side."""
    head = data[:200]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 4 or max(even, odd) * 4 < len(head) or min(even, odd):
        return None
    return "utf-16-le" if odd else "utf-16-be"


@dataclass(slots=True)
class Plain:
    """Plain text that was made from a marked-up one: pictures that it names, in order, and what could not be kept."""

    text: str
    images: list[str] = field(default_factory=list)  # the src of each
    lost: list[str] = field(default_factory=list)  # for people


_BREAKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "table",
        "blockquote",
        "pre",
        "hr",
        "section",
        "article",
        "dd",
        "dt",
    ]
)
_SILENT = frozenset(("script", "style", "head", "title", "noscript", "template", "iframe", "object", "svg", "math", "form", "select", "textarea", "audio", "video"))  # fmt: skip
_SAID = {
    "iframe": "khung nhúng", "object": "tệp nhúng", "svg": "hình SVG", "math": "công thức", "form": "biểu mẫu", "audio": "âm thanh",
    "video": "phim", "embed": "tệp nhúng", "script": "mã script", "select": "ô chọn", "textarea": "ô nhập", "input": "ô nhập",
}  # fmt: skip
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "body",
        "center",
        "cite",
        "code",
        "del",
        "em",
        "embed",
        "font",
        "html",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "link",
        "mark",
        "meta",
        "o:p",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tt",
        "u",
        "var",
        "wbr",
        "col",
        "colgroup",
        "caption",
        "button",
    ]
)
_KNOWN = _BREAKS | _SILENT | _INLINE
_NAME = re.compile(r"/?\s*([a-zA-Z][a-zA-Z0-9:]{0,15})")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,20})\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_RAISED: Mapping[str, Mapping[int, str]] = {
    "sup": str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"),
    "sub": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
}


def from_html(text: str, *, known_only: bool = False) -> Plain:
    """The text a browser would show, as plain text: paragraphs become lines, scripts and styles vanish, tables keep their cells.

    With `known_only` what is no tag of HTML stays as it stands ("a < b"). One pass without backtracking, whatever the text.
    """
    plain, out = Plain(""), [""]
    at, size, silent, raised, end = 0, len(text), "", "", 0
    while at < size:
        start = text.find("<", at)
        if start < 0:
            start = size
        piece = text[at:start]
        if piece and not silent:
            out.append(_lift(html.unescape(piece if known_only else piece.replace("\n", " ")), raised))
        if start == size:
            break
        if text.startswith("<!--", start):
            closed = text.find("-->", start + 4)
            at = size if closed < 0 else closed + 3
            continue
        if end <= start:  # else it is the next one still: looked for once, however many "<" stand before it
            end = text.find(">", start + 1) % (size + 1)  # -1 is the end of the text
        found = _NAME.match(text, start + 1)
        name = found[1].lower() if found else ""
        if (
            end == size
            or (not name and text[start + 1 : start + 2] not in ("!", "?"))
            or (known_only and name not in _KNOWN)
        ):
            if not silent:
                out.append("<")
            at = start + 1
            continue
        tag, at = text[start + 1 : end], end + 1
        closing = tag.startswith("/")
        if silent:
            silent = "" if closing and name == silent else silent
        elif name in _SILENT and not closing:
            silent = "" if tag.endswith("/") else name
            _note(plain, name)
        elif name in _SAID:
            _note(plain, name)
        elif name in ("td", "th") and closing:
            out.append(" ")
        elif name in _BREAKS:
            out.append("\n")
        elif name in _RAISED:
            raised = "" if closing else name
        elif name == "img":
            _picture(tag, plain, out)
    plain.text = clean_text("".join(out))
    return plain


def _lift(text: str, raised: str) -> str:
    if not raised:
        return text
    lifted = text.translate(_RAISED[raised])
    return (
        lifted
        if all(char not in lifted for char in text if not char.isspace())
        else f"{'^' if raised == 'sup' else '_'}{text}"
    )


def _note(plain: Plain, name: str) -> None:
    if name in _SAID and _SAID[name] not in plain.lost:
        plain.lost.append(_SAID[name])


def _picture(tag: str, plain: Plain, out: list[str]) -> None:
    attributes = {
        name.lower(): html.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(tag[:2_000_000])
    }
    plain.images.append(attributes.get("src", ""))
    if alt := attributes.get("alt", "").strip():
        out.append(f" [{alt}] ")


_MARKDOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"\*\*([^*\n]{1,500})\*\*"), r"\1"),
    (re.compile(r"(?<!\w)\*([^*\n]{1,500})\*(?!\w)"), r"\1"),
    (re.compile(r"`([^`\n]{1,500})`"), r"\1"),
)
_LINK = re.compile(r"(!?)\[([^\[\]\n]{0,300})\]\(([^()\s]{0,500})\)")


def from_markdown(text: str) -> Plain:
    """Markdown without its marks. Tags of HTML inside go the way of `from_html`; links lose their address."""
    images: list[str] = []

    def shown(found: re.Match[str]) -> str:
        if found[1]:
            images.append(found[3])
            return f"[{found[2]}]" if found[2] else ""
        return found[2]

    text = _LINK.sub(shown, text)
    for pattern, kept in _MARKDOWN:
        text = pattern.sub(kept, text)
    plain = from_html(text, known_only=True)
    plain.images[:0] = images
    return plain
