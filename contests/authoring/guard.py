"""Whether an uploaded Office file is safe to open, decided before a reader sees a byte of it.

The spreadsheet reader (calamine) allocates what the file claims: one cell at XFD1048576, or a string table that announces 10^12
strings, aborts the whole process beyond any `except` (tried). So every XML part is parsed here first, with limits, and the
reader gets exactly the bytes that were checked: macros and tricks of the archive stay outside.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from xml.parsers import expat

MAX_FILE = 5 * 2**20  # bytes, as uploaded
MAX_UNPACKED = 40 * 2**20  # bytes, all entries together
MAX_RATIO = 100  # unpacked to packed; 5,000 real questions stay under 20
RATIO_FREE = 2**20  # bytes unpacked below which the ratio says nothing
MAX_ENTRIES = 200
MAX_QUESTIONS = 5_000
LAST_ROW = MAX_QUESTIONS + 10  # a few rows for a title and the header
LAST_COLUMN = 40
MAX_ELEMENTS = 2_000_000  # of one XML part
MAX_DEPTH = 300  # of elements in each other
MAX_IN_PARAGRAPH = 50_000  # elements of one paragraph of a text
MAX_COUNT = 1_000_000  # what a count="…" may announce

# Parts of a Word file that nobody reads: they are left out as they are.
_NEVER_READ = re.compile(
    r"(?i)(?:^|/)(?:docProps|customXml|glossary|theme|embeddings)/|/(?:stylesWithEffects|settings|webSettings|fontTable)\.xml$"
)
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class FileRefused(Exception):
    """The file cannot be read at all; `code` for programs, `text` for the author."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class _Office:
    """A kind of Office file: its name, and what its author is told: (code, sentence)."""

    suffix: str
    old_suffixes: tuple[str, ...]
    macro_suffix: str
    foreign: tuple[str, str]
    old_or_locked: tuple[str, str]
    macros: tuple[str, str]
    broken: tuple[str, str]
    bomb: tuple[str, str]


_TOO_BIG = ("too_big", f"Tệp lớn hơn {MAX_FILE // 2**20} MB; hãy xoá hình ảnh hoặc chia thành nhiều tệp.")
_EXCEL = _Office(
    suffix=".xlsx",
    old_suffixes=(".xls",),
    macro_suffix=".xlsm",
    foreign=(
        "not_xlsx",
        "Tệp không phải là Excel .xlsx; hãy mở bằng Excel và lưu lại thành “Excel Workbook (*.xlsx)”.",
    ),
    old_or_locked=(
        "old_or_locked",
        "Tệp là Excel đời cũ (.xls) hoặc đang đặt mật khẩu; hãy bỏ mật khẩu và lưu lại thành .xlsx.",
    ),
    macros=("macros", "Tệp có macro (.xlsm); hãy lưu lại thành .xlsx không có macro."),
    broken=("broken", "Tệp .xlsx bị hỏng hoặc bị sửa; hãy mở bằng Excel, lưu lại rồi thử lần nữa."),
    bomb=("bomb", "Tệp phình quá lớn khi mở ra; hãy chép các câu hỏi sang tệp mẫu mới rồi tải lên."),
)
_WORD = _Office(
    suffix=".docx",
    old_suffixes=(".doc", ".dot"),
    macro_suffix=".docm",
    foreign=(
        "not_docx",
        "Tệp không phải là Word .docx; hãy mở bằng Word và lưu lại thành “Word Document (*.docx)”.",
    ),
    old_or_locked=(
        "old_or_locked",
        "Tệp là Word đời cũ (.doc) hoặc đang đặt mật khẩu; hãy mở bằng Word, bỏ mật khẩu và lưu lại thành .docx.",
    ),
    macros=("macros", "Tệp có macro (.docm); hãy mở bằng Word và lưu lại thành .docx không có macro."),
    broken=("broken", "Tệp .docx bị hỏng hoặc bị sửa; hãy mở bằng Word, lưu lại rồi thử lần nữa."),
    bomb=(
        "bomb",
        "Tệp phình quá lớn hoặc có quá nhiều phần khi mở ra; hãy chép các câu hỏi sang tệp Word mới rồi tải lên.",
    ),
)


def checked_workbook(data: bytes, filename: str) -> bytes:
    """A fresh archive with the workbook's XML parts, each within the limits. Raises `FileRefused` otherwise."""
    checked = io.BytesIO()
    with zipfile.ZipFile(checked, "w") as archive:
        for name, xml in _parts(data, filename, _EXCEL, (".xml", ".rels")).items():
            if _is_within_limits(xml, _SheetScan(_EXCEL)):
                archive.writestr(name, xml)
    return checked.getvalue()


def checked_document(data: bytes, filename: str) -> dict[str, bytes]:
    """The parts of a Word file by name: XML within the limits, and its pictures as they came. Raises `FileRefused` otherwise."""
    return {
        name: part
        for name, part in _parts(data, filename, _WORD, (".xml", ".rels"), "/media/").items()
        if not _NEVER_READ.search(name)
        and (not name.lower().endswith((".xml", ".rels")) or _is_within_limits(part, _TextScan(_WORD)))
    }


def _parts(data: bytes, filename: str, kind: _Office, endings: tuple[str, ...], folder: str = "/") -> dict[str, bytes]:
    suffix = PurePath(filename).suffix.lower()
    if data.startswith(b"\xd0\xcf\x11\xe0") or suffix in kind.old_suffixes:  # OLE: old Office, and new with a password
        raise FileRefused(*kind.old_or_locked)
    if suffix == kind.macro_suffix:
        raise FileRefused(*kind.macros)
    if suffix != kind.suffix or not data.startswith(b"PK\x03\x04"):
        raise FileRefused(*kind.foreign)
    if len(data) > MAX_FILE:
        raise FileRefused(*_TOO_BIG)
    try:
        return _unpack(data, kind, endings, folder)
    except FileRefused:
        raise
    except Exception as error:  # zipfile raises a dozen kinds for bytes that lie; all mean the same to the author
        raise FileRefused(*kind.broken) from error


def _unpack(data: bytes, kind: _Office, endings: tuple[str, ...], folder: str) -> dict[str, bytes]:
    """The wanted parts by name, after the archive as a whole was found small enough."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        names = {entry.filename.lower() for entry in entries}
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
            raise FileRefused(*kind.bomb)
        if unpacked > RATIO_FREE and unpacked > MAX_RATIO * len(data):
            raise FileRefused(*kind.bomb)
        if any(name.endswith("vbaproject.bin") for name in names):
            raise FileRefused(*kind.macros)
        if "[content_types].xml" not in names:
            raise FileRefused(*kind.foreign)  # a zip of something else
        if len(names) != len(entries) or any(entry.flag_bits & 1 for entry in entries):
            raise FileRefused(*kind.broken)
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise FileRefused(*kind.broken)
        # A read never gives more than the size that was added up above; a lie about it fails the checksum.
        return {
            entry.filename: archive.read(entry)
            for entry in entries
            if entry.filename.lower().endswith(endings) or (folder != "/" and folder in entry.filename.lower())
        }


def _is_within_limits(xml: bytes, scan: _Scan) -> bool:
    """False for a part that is not well-formed UTF-8 XML: it is left out. Raises `FileRefused` for one that is dangerous."""
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = scan.element
    parser.EndElementHandler = scan.end
    parser.StartDoctypeDeclHandler = scan.doctype
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        return False
    return True


class _Scan:
    """Counts the elements of one part."""

    def __init__(self, kind: _Office) -> None:
        self.kind = kind
        self.elements = self.depth = 0

    def doctype(self, *_: object) -> None:
        raise FileRefused(*self.kind.broken)  # no Office file has one; entity bombs do

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS or self.depth > MAX_DEPTH:
            raise FileRefused(*self.kind.bomb)

    def end(self, name: str) -> None:
        self.depth -= 1


class _TextScan(_Scan):
    """Follows the paragraphs of one part: each is held in memory as a whole, so none may be huge."""

    def __init__(self, kind: _Office) -> None:
        super().__init__(kind)
        self.paragraph_depth = self.paragraph_start = 0

    def element(self, name: str, attributes: dict[str, str]) -> None:
        super().element(name, attributes)
        if not self.paragraph_depth:
            if name == "p" or name.endswith(":p"):
                self.paragraph_depth, self.paragraph_start = self.depth, self.elements
        elif self.elements - self.paragraph_start > MAX_IN_PARAGRAPH:
            raise FileRefused(*self.kind.bomb)

    def end(self, name: str) -> None:
        if self.depth == self.paragraph_depth:
            self.paragraph_depth = 0
        super().end(name)


class _SheetScan(_Scan):
    """Follows the cells of one part; a cell or row without a reference comes after the one before it."""

    def __init__(self, kind: _Office) -> None:
        super().__init__(kind)
        self.row = self.column = 0
        self.in_cell = False

    def element(self, name: str, attributes: dict[str, str]) -> None:
        super().element(name, attributes)
        for attribute in ("count", "uniqueCount"):
            announced = attributes.get(attribute, "0")
            if not (
                announced.isascii() and announced.isdigit() and len(announced) < 10 and int(announced) <= MAX_COUNT
            ):
                raise FileRefused(*_EXCEL.broken)
        match name.rpartition(":")[2]:
            case "row":
                self.row, self.column = self.number(attributes["r"]) if "r" in attributes else self.row + 1, 0
            case "c":
                self.row, self.column = (
                    self.place(attributes["r"]) if "r" in attributes else (self.row, self.column + 1)
                )
                self.in_cell = True
            case _ if self.in_cell:
                self.check()

    def end(self, name: str) -> None:
        super().end(name)
        if name.rpartition(":")[2] == "c":
            self.in_cell = False

    def check(self) -> None:
        """A cell with something in it must stand within the limits; painted but empty ones cost the reader nothing."""
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            raise FileRefused(
                "too_many_cells",
                f"Tệp có ô ở dòng {self.row}, cột thứ {self.column}, ngoài {MAX_QUESTIONS} dòng và {LAST_COLUMN} cột cho phép; "
                "hãy xoá các dòng, cột thừa hoặc chia thành nhiều tệp.",
            )

    @staticmethod
    def number(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) == 0:
            raise FileRefused(*_EXCEL.broken)
        return int(text)

    @classmethod
    def place(cls, reference: str) -> tuple[int, int]:
        """ "B3" -> row 3, column 2."""
        if not (found := _REFERENCE.fullmatch(reference)):
            raise FileRefused(*_EXCEL.broken)
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return cls.number(found[2]), column
