"""What a certificate says: facts that were frozen when it was issued, and the organizer's words with places for them. PURE.

A certificate is a Vietnamese document, so its words are not translated; what pages say about certificates is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from accounts.names import search_text

TITLE = "GIẤY CHỨNG NHẬN"
BODY = "Đã {thành tích} cuộc thi\n“{cuộc thi}”\n{đợt}"
MAX_TITLE, MAX_BODY, MAX_SIGNER_TITLE, MAX_SIGNER_NAME, MAX_PLACE = 60, 600, 160, 80, 60
MAX_BODY_LINES, MAX_SIGNER_LINES = 8, 4


class Kind(StrEnum):
    """What a certificate certifies."""

    TOOK_PART = "took_part"
    PASSED = "passed"
    PRIZE = "prize"


@dataclass(frozen=True, slots=True)
class Facts:
    """What one certificate says of one person, as it was when it was issued. `round` is empty for the whole contest.

    `share` is the percentage of right answers that had to be reached, of a certificate for passing alone.
    """

    kind: Kind
    name: str
    unit: str
    contest: str
    round: str
    issuer: str
    day: date
    result: str = ""
    prize: str = ""
    place: int | None = None
    share: int | None = None

    def said(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"kind": self.kind.value, "day": self.day.isoformat()}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Facts:
        """The other way round."""
        return cls(**{**said, "kind": Kind(said["kind"]), "day": date.fromisoformat(said["day"])})

    @property
    def achievement(self) -> str:
        """What stands for {thành tích}; goes on with “cuộc thi …”."""
        if self.kind is Kind.PRIZE:
            return f"đạt {self.prize}{f', hạng {self.place},' if self.place else ''} tại"
        if self.kind is Kind.PASSED:
            return f"hoàn thành với kết quả {self.result} tại" if self.result else "hoàn thành"
        return "tham gia"

    @property
    def substance(self) -> tuple[str, str, int | None]:
        """What must still be true of the results for the certificate to be true. A corrected name changes nothing."""
        return self.result, self.prize, self.place


def spoken_day(day: date) -> str:
    """ngày 05 tháng 02 năm 2026: days and the first two months take a zero, as in official papers."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


# What may stand between braces, and how it is explained to who writes the words.
PLACES: dict[str, str] = {
    "họ tên": "họ và tên người được cấp",
    "đơn vị": "đơn vị của người ấy vào ngày dự thi",
    "thành tích": "“tham gia”, “hoàn thành với kết quả đúng 18/20 câu tại” hoặc “đạt Giải Nhất, hạng 1, tại”",
    "cuộc thi": "tên cuộc thi",
    "đợt": "tên đợt thi, bảng; để trống khi cấp cho cả cuộc thi",
    "kết quả": "đúng 18/20 câu; chỉ khi cấp theo kết quả",
    "giải": "tên giải; chỉ khi cấp theo giải",
    "hạng": "hạng; chỉ khi cấp theo giải",
    "ngày cấp": "ngày 22 tháng 11 năm 2026",
    "nơi cấp": "tên đơn vị cấp",
}
_PLACE = re.compile(r"\{([^{}]*)\}")
_KNOWN = {search_text(name).replace(" ", ""): name for name in PLACES}


def _known(name: str) -> str | None:
    """{Họ Tên}, {ho_ten} and {hoten} all mean {họ tên}: phones write letters in many ways."""
    return _KNOWN.get(re.sub(r"[\s_-]+", "", search_text(name)))


def clean_text(text: str) -> str:
    """Lines as they are kept: NFC, visible signs only, no spaces at the ends, no empty lines at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    seen = [
        " ".join("".join(" " if sign.isspace() else sign for sign in line if sign.isspace() or _visible(sign)).split())
        for line in lines
    ]
    return unicodedata.normalize("NFC", "\n".join(seen)).strip("\n")


def _visible(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}


def problem_of(text: str) -> str:
    """What stands against these words as the body of a certificate, as one sentence; empty when nothing does."""
    if not text:
        return "Hãy ghi lời chứng nhận, hoặc bấm “Dùng mẫu mặc định”."
    if len(text) > MAX_BODY:
        return f"Lời chứng nhận dài {len(text)} ký tự; nhiều nhất {MAX_BODY} mới vừa một trang."
    if text.count("\n") >= MAX_BODY_LINES:
        return f"Lời chứng nhận có quá {MAX_BODY_LINES} dòng; hãy gộp bớt dòng."
    for name in _PLACE.findall(text):
        if _known(name) is None:
            every = ", ".join(f"{{{one}}}" for one in PLACES)
            return f"Không có chỗ điền nào tên “{{{name}}}”. Dùng được: {every}."
    if any(brace in _PLACE.sub("", text) for brace in "{}"):
        return "Có một dấu { hoặc } lẻ. Chỗ điền được viết như {cuộc thi}."
    return ""


def filled(text: str, facts: Facts) -> str:
    """The words with the facts in their places. A line that only held places without a fact is left out."""
    values = {
        "họ tên": facts.name, "đơn vị": facts.unit, "thành tích": facts.achievement, "cuộc thi": facts.contest, "đợt": facts.round,
        "kết quả": facts.result, "giải": facts.prize, "hạng": str(facts.place or ""), "ngày cấp": spoken_day(facts.day),
        "nơi cấp": facts.issuer,
    }  # fmt: skip
    lines = []
    for line in text.split("\n"):
        said = " ".join(_PLACE.sub(lambda found: values[_known(found[1]) or "họ tên"], line).split())
        if said or not line:
            lines.append(said)
    return "\n".join(lines)
