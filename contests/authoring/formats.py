"""The formats that question files come in and go out in. A new one is one file with one reader or writer, and its line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from contests.authoring.aiken import read_aiken, write_aiken
from contests.authoring.cells import write_workbook
from contests.authoring.csv_file import read_csv, write_csv
from contests.authoring.draft import FileReading, QuestionDraft
from contests.authoring.gift import read_gift
from contests.authoring.gift_writer import write_gift
from contests.authoring.moodle_writer import write_moodle
from contests.authoring.moodle_xml import read_moodle
from contests.authoring.plain_text import read_plain_text
from contests.authoring.sheet import read_workbook
from contests.authoring.word.reader import read_word
from contests.authoring.word_writer import write_word
from contests.authoring.written import Written


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one kind are read. `place` is what their rows are called; `read` raises `FileRefused` for a file that cannot
    be read at all, and nothing else. `kin` are endings that it refuses with advice."""

    label: str
    suffixes: tuple[str, ...]
    place: str
    read: Callable[[bytes, str], FileReading]
    kin: tuple[str, ...] = ()


FORMATS: tuple[Format, ...] = (
    Format("Excel", (".xlsx",), "dòng", read_workbook),
    Format("Word", (".docx",), "đoạn", read_word, (".doc", ".docm", ".dot", ".dotx", ".dotm", ".rtf", ".odt", ".pdf")),
    Format("CSV", (".csv",), "dòng", read_csv),
    Format("GIFT", (".gift",), "dòng", read_gift),
    Format("Moodle XML", (".xml",), "câu", read_moodle),
    Format("Aiken", (".aiken",), "dòng", read_aiken),
    Format("Aiken, GIFT", (".txt",), "dòng", read_plain_text),
)
SUFFIXES = tuple(suffix for one in FORMATS for suffix in one.suffixes)


def format_of(filename: str) -> Format:
    """The format by the file's name; what nobody claims is left to the workbook reader, which says what is wrong with it."""
    suffix = PurePath(filename).suffix.lower()
    return next((one for one in FORMATS if suffix in one.suffixes + one.kin), FORMATS[0])


@dataclass(frozen=True, slots=True)
class Export:
    """How questions are written in one format. `write` lists what the format cannot hold; it never changes a question in silence."""

    name: str  # in addresses
    label: str
    holds: str  # for people: what comes back
    suffix: str
    content_type: str
    write: Callable[[Sequence[QuestionDraft]], Written]


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXPORTS: tuple[Export, ...] = (
    Export("xlsx", "Excel", "Mọi loại câu, đủ các cột như tệp mẫu; sửa rồi nhập lại được.", ".xlsx", XLSX, write_workbook),
    Export("docx", "Word", "Câu hỏi kèm đáp án, giải thích, căn cứ; để đọc, in và sửa.", ".docx", DOCX, write_word),
    Export("csv", "CSV", "Như Excel, dạng chữ ngăn cách bằng dấu phẩy.", ".csv", "text/csv; charset=utf-8", write_csv),
    Export("gift", "GIFT", "Cho Moodle; trừ câu có từ hai chỗ trống.", ".gift", "text/plain; charset=utf-8", write_gift),
    Export("moodle", "Moodle XML", "Cho Moodle, mọi loại câu.", ".xml", "application/xml", write_moodle),
    Export("aiken", "Aiken", "Chỉ câu một đáp án; không có chủ đề, nguồn, giải thích.", ".txt", "text/plain; charset=utf-8", write_aiken),
)  # fmt: skip
EXPORTS_BY_NAME = {one.name: one for one in EXPORTS}
