"""Whether an uploaded workbook is safe to open, decided before the spreadsheet reader sees a byte of it.

The reader (calamine) allocates what the file claims: one cell at XFD1048576, or a string table that announces 10^12
strings, aborts the whole process beyond any `except` (tried). So every XML part is parsed here first, with limits, and the
reader gets a new archive of exactly the bytes that were checked: pictures, macros and tricks of the archive stay outside.
"""

from __future__ import annotations

import io
import re
import zipfile
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
MAX_COUNT = 1_000_000  # what a count="…" may announce

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class FileRefused(Exception):
    """The file cannot be read at all; `code` for programs, `text` for the author."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


_NOT_XLSX = ("not_xlsx", "Tệp không phải là Excel .xlsx; hãy mở bằng Excel và lưu lại thành “Excel Workbook (*.xlsx)”.")
_OLD_OR_LOCKED = (
    "old_or_locked",
    "Tệp là Excel đời cũ (.xls) hoặc đang đặt mật khẩu; hãy bỏ mật khẩu và lưu lại thành .xlsx.",
)
_MACROS = ("macros", "Tệp có macro (.xlsm); hãy lưu lại thành .xlsx không có macro.")
_BROKEN = ("broken", "Tệp .xlsx bị hỏng hoặc bị sửa; hãy mở bằng Excel, lưu lại rồi thử lần nữa.")
_TOO_BIG = ("too_big", f"Tệp lớn hơn {MAX_FILE // 2**20} MB; hãy xoá hình ảnh hoặc chia thành nhiều tệp.")
_BOMB = ("bomb", "Tệp phình quá lớn khi mở ra; hãy chép các câu hỏi sang tệp mẫu mới rồi tải lên.")


def checked_workbook(data: bytes, filename: str) -> bytes:
    """A fresh archive with the workbook's XML parts, each within the limits. Raises `FileRefused` otherwise."""
    suffix = PurePath(filename).suffix.lower()
    if data.startswith(b"\xd0\xcf\x11\xe0") or suffix == ".xls":  # OLE: old Excel, and new Excel with a password
        raise FileRefused(*_OLD_OR_LOCKED)
    if suffix == ".xlsm":
        raise FileRefused(*_MACROS)
    if suffix != ".xlsx" or not data.startswith(b"PK\x03\x04"):
        raise FileRefused(*_NOT_XLSX)
    if len(data) > MAX_FILE:
        raise FileRefused(*_TOO_BIG)
    try:
        parts = _unpack(data)
    except FileRefused:
        raise
    except Exception as error:  # zipfile raises a dozen kinds for bytes that lie; all mean the same to the author
        raise FileRefused(*_BROKEN) from error
    checked = io.BytesIO()
    with zipfile.ZipFile(checked, "w") as archive:
        for name, xml in parts.items():
            if _is_within_limits(xml):
                archive.writestr(name, xml)
    return checked.getvalue()


def _unpack(data: bytes) -> dict[str, bytes]:
    """The XML parts by name, after the archive as a whole was found small enough."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        names = {entry.filename.lower() for entry in entries}
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
            raise FileRefused(*_BOMB)
        if unpacked > RATIO_FREE and unpacked > MAX_RATIO * len(data):
            raise FileRefused(*_BOMB)
        if any(name.endswith("vbaproject.bin") for name in names):
            raise FileRefused(*_MACROS)
        if "[content_types].xml" not in names:
            raise FileRefused(*_NOT_XLSX)  # a zip of something else
        if len(names) != len(entries) or any(entry.flag_bits & 1 for entry in entries):
            raise FileRefused(*_BROKEN)
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise FileRefused(*_BROKEN)
        # A read never gives more than the size that was added up above; a lie about it fails the checksum.
        return {
            entry.filename: archive.read(entry)
            for entry in entries
            if entry.filename.lower().endswith((".xml", ".rels"))
        }


def _is_within_limits(xml: bytes) -> bool:
    """False for a part that is not well-formed UTF-8 XML: it is left out. Raises `FileRefused` for one that is dangerous."""
    scan = _Scan()
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
    """Follows the cells of one part; a cell or row without a reference comes after the one before it."""

    def __init__(self) -> None:
        self.elements = self.row = self.column = 0
        self.in_cell = False

    def doctype(self, *_: object) -> None:
        raise FileRefused(*_BROKEN)  # no Office file has one; entity bombs do

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise FileRefused(*_BOMB)
        for attribute in ("count", "uniqueCount"):
            announced = attributes.get(attribute, "0")
            if not (
                announced.isascii() and announced.isdigit() and len(announced) < 10 and int(announced) <= MAX_COUNT
            ):
                raise FileRefused(*_BROKEN)
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
            raise FileRefused(*_BROKEN)
        return int(text)

    @classmethod
    def place(cls, reference: str) -> tuple[int, int]:
        """ "B3" -> row 3, column 2."""
        if not (found := _REFERENCE.fullmatch(reference)):
            raise FileRefused(*_BROKEN)
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return cls.number(found[2]), column
