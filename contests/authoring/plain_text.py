"""A .txt may be Aiken or GIFT; its own signs say which."""

from __future__ import annotations

import re

from contests.authoring.aiken import answer_in, read_aiken
from contests.authoring.draft import FileReading
from contests.authoring.gift import read_gift
from contests.authoring.guard import FileRefused
from contests.authoring.texts import decoded

_GIFT = re.compile(r"(?<!\\)\{[^{}]{0,5000}\}|^[^\S\n]*(?:::|\$CATEGORY:)", re.MULTILINE)
_NEITHER = (
    "unknown_text",
    "Không nhận ra tệp chữ này: Aiken cần dòng “ANSWER: B” sau các phương án, GIFT cần đáp án trong ngoặc { }. Có thể chép câu "
    "hỏi sang tệp mẫu Excel.",
)


def read_plain_text(data: bytes, filename: str) -> FileReading:
    """The questions of a .txt. Raises `FileRefused` when it shows the signs of neither format."""
    text = decoded(data)
    if any(answer_in(line) is not None for line in text.split("\n")) and not text.lstrip().startswith(
        ("::", "$CATEGORY")
    ):
        return read_aiken(data, filename)
    if _GIFT.search(text):
        return read_gift(data, filename)
    raise FileRefused(*_NEITHER)
