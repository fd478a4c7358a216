"""The parts of a Word file: the text itself, styles, numbering, pictures. Nothing outside the file is ever opened."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, fromstring

from contests.authoring.guard import FileRefused, checked_document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

# “Strict Open XML Document” says the same under other names.
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    b"http://purl.oclc.org/ooxml/drawingml/": b"http://schemas.openxmlformats.org/drawingml/2006/",
}
UNPARSED = (ParseError, LookupError, ValueError)  # the last two: an encoding that expat does not know
BROKEN = ("broken", "Không đọc được tệp .docx; hãy mở bằng Word, lưu lại rồi thử lần nữa.")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a relation of the text leads. What lies outside the file is known by that only."""

    kind: str
    part: str
    external: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a file is read. A missing part is None. `images` are by the name of their part."""

    document: bytes
    styles: Element | None
    numbering: Element | None
    targets: Mapping[str, Target] = field(default_factory=dict)
    images: Mapping[str, bytes] = field(default_factory=dict)
    unread: tuple[str, ...] = ()  # texts beside the text: headers, notes, comments


def open_parts(data: bytes, filename: str) -> Parts:
    """Raises `FileRefused` for what is unsafe or has no text."""
    parts = {name.replace("\\", "/").lstrip("/"): part for name, part in checked_document(data, filename).items()}
    by_lower = {name.lower(): name for name in parts}
    main = next((t.part for t in _targets(parts, "").values() if t.kind == "officeDocument"), "word/document.xml")
    if (name := by_lower.get(main.lower())) is None:
        raise FileRefused(*BROKEN)
    targets = _targets(parts, name)
    xml = {kind: _first(parts, by_lower, targets, kind) for kind in ("styles", "numbering")}
    return Parts(
        document=_plain(parts[name]),
        styles=xml["styles"],
        numbering=xml["numbering"],
        targets=targets,
        images={part: content for part, content in parts.items() if "/media/" in part.lower()},
        unread=tuple(_beside(parts, by_lower, targets)),
    )


def _parsed(xml: bytes) -> Element:
    try:
        return fromstring(xml)  # noqa: S314 -- the guard lets no doctype in
    except UNPARSED as error:
        raise FileRefused(*BROKEN) from error


def _plain(xml: bytes) -> bytes:
    if b"purl.oclc.org/ooxml" in xml:
        for strict, usual in _STRICT.items():
            xml = xml.replace(strict, usual)
    return xml


def _targets(parts: Mapping[str, bytes], source: str) -> dict[str, Target]:
    """The relations of a part, or of the whole file for ""."""
    folder, name = posixpath.split(source)
    xml = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, Target] = {}
    for relation in _parsed(xml) if xml else ():
        target = relation.get("Target", "")
        external = relation.get("TargetMode") == "External"
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = Target(kind, target if external else part, external)
    return found


def _first(
    parts: Mapping[str, bytes], by_lower: Mapping[str, str], targets: Mapping[str, Target], kind: str
) -> Element | None:
    for target in targets.values():
        if target.kind == kind and not target.external and target.part.lower() in by_lower:
            return _parsed(_plain(parts[by_lower[target.part.lower()]]))
    return None


_BESIDE = {
    "header": "đầu trang",
    "footer": "chân trang",
    "footnotes": "chú thích cuối trang",
    "endnotes": "chú thích cuối bài",
    "comments": "lời bình (comment)",
}


def _beside(parts: Mapping[str, bytes], by_lower: Mapping[str, str], targets: Mapping[str, Target]) -> list[str]:
    """The names of the texts that stand beside the text and say something."""
    found: list[str] = []
    for target in targets.values():
        name = by_lower.get(target.part.lower())
        if target.kind in _BESIDE and not target.external and name is not None and _BESIDE[target.kind] not in found:
            root = _parsed(_plain(parts[name]))
            if any((text.text or "").strip() for text in root.iter(f"{W}t")):
                found.append(_BESIDE[target.kind])
    return found
