"""The official report of one unit in words and rows: what is said, in which order. Figures in, texts out; no file, no database.

Every number in a sentence stands in a table, on the page or in another file of the same unit; a sentence whose figure is not known
says so instead.
Nothing is judged here: what the unit thinks of its figures is for people to write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from reports.mastery import Known, weakest_first
from reports.numbers import UNKNOWN, percent, tenths, whole
from reports.participation import LABEL, Figures, Report, direct_of, figures_of, report_of
from reports.segment_words import HIDDEN, HOW, RESULTS, NamedTable

if TYPE_CHECKING:
    import pandas as pd

NAMED = 3  # of the best and of the weakest units
ROWS_IN_TWO_LEVELS, ROWS = 120, 200  # a report that is signed is read on paper; all units are in the workbook
BLANK_PLACE = "…………"
NUMBERS = ("I", "II", "III", "IV", "V")
GROUP_COLUMNS = ("Nhóm", "Người dự thi", "Lượt thi", "Điểm trung bình", "Tỷ lệ đạt")
COLUMNS = (
    "STT", "Đơn vị", "Đoàn viên", "Người dự thi", "Tỷ lệ (%)", "Lượt thi", "Điểm trung bình", "CĐCS có người dự thi", "Tổng số CĐCS",
)  # fmt: skip
# By the slug of the unit's kind: what stands behind "BC-", and in whose name is signed.
_SIGNS = {
    "tong-lien-doan": ("TLĐ", "TM. ĐOÀN CHỦ TỊCH"),
    "ldld-tinh": ("LĐLĐ", "TM. BAN THƯỜNG VỤ"),
    "cd-nganh": ("CĐN", "TM. BAN THƯỜNG VỤ"),
    "cap-tren-co-so": ("CĐ", "TM. BAN THƯỜNG VỤ"),
    "cdcs": ("CĐCS", "TM. BAN CHẤP HÀNH"),
    "nghiep-doan": ("NĐCS", "TM. BAN CHẤP HÀNH"),
}
_OTHER_SIGNS = ("CĐ", "TM. BAN THƯỜNG VỤ")
_PROVINCE = re.compile(r"(?:Liên đoàn Lao động|LĐLĐ)\s+(?:tỉnh|thành phố|TP\.?)\s*(.+)", re.IGNORECASE)
_WARD = re.compile(r"Công đoàn\s+(?:phường|xã|đặc khu|thị trấn)\s+(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Issuer:
    """The unit that reports, and the names of the units above it, the nearest first."""

    name: str
    kind: str
    above: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The contest: by whom, for whom, in how many rounds, from when to when (extensions counted)."""

    title: str
    organizer: str
    audience: str
    rounds: int
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `level` 0 is a subtotal or the total."""

    number: str
    level: int
    figures: Figures
    name: str

    def cells(self) -> list[str]:
        """As it is printed, under COLUMNS."""
        each = self.figures
        counts = [whole(each.units_taking_part), whole(each.units_all)] if each.units_all else ["", ""]
        rate = UNKNOWN if each.rate is None else tenths(each.rate * 100)
        return [
            self.number, self.name, whole(each.members), whole(each.participants), rate, whole(each.attempts), tenths(each.mean_score), *counts,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weak:
    """What people know by topic and by source (document, article), of a contest whose questions rest."""

    topics: Mapping[str, Known]
    sources: Mapping[tuple[str, str], Known]


@dataclass(frozen=True, slots=True)
class Groups:
    """The published tables of what people declared, counted up to a midnight. Nothing else of it is known here."""

    until: datetime
    tables: Sequence[NamedTable]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: list[str]
    rows: list[Row] = field(default_factory=list)
    groups: list[NamedTable] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Official:
    """The whole report, block by block in the order of the paper."""

    above: str
    issuer: str
    number: str
    place_and_date: str
    subject: str
    opening: str
    sections: list[Section]
    bars: list[Figures]
    bars_of: int
    note: str
    closing: str
    receivers: list[str]
    signs: tuple[str, str]

    @property
    def rows(self) -> list[Row]:
        """The table of units; empty for a unit without children."""
        return [row for section in self.sections for row in section.rows]


def compose(
    issuer: Issuer, course: Course, table: pd.DataFrame, *, as_of: datetime, check: str, weak: Weak | None = None, groups: Groups | None = None
) -> Official:  # fmt: skip
    """The report of the first row of a `participation` table; `weak` and `groups` where they may be told."""
    report = report_of(table)
    local = timezone.localtime(as_of)
    abbreviation, signs = _SIGNS.get(issuer.kind, _OTHER_SIGNS)
    rows = rows_of(table, report)
    sections = [
        Section("KHÁI QUÁT CUỘC THI", _contest_said(course, as_of)),
        Section("KẾT QUẢ THAM GIA", _participation_said(report, local)),
        Section(
            "KẾT QUẢ THI", [_results_said(report.whole), *(_weak_said(weak) if weak and report.whole.scored else [])]
        ),
    ]
    if rows:
        sections.append(Section("SỐ LIỆU THEO ĐƠN VỊ", [], rows))
    if groups and (told := [each for each in groups.tables if _tells(each)]):
        sections.append(Section("THEO NHÓM TỰ KHAI", [_groups_said(groups.until, told)], groups=told))
    sections = [
        replace(one, heading=f"{number}. {one.heading}") for number, one in zip(NUMBERS, sections, strict=False)
    ]
    return Official(
        above=issuer.above[0].upper() if issuer.above else "",
        issuer=issuer.name.upper(),
        number=f"Số:          /BC-{abbreviation}",
        place_and_date=f"{place_of(issuer)}, ngày      tháng {local:%m} năm {local:%Y}",
        subject=f"Kết quả tham gia cuộc thi “{course.title}”",
        opening=f"{issuer.name} báo cáo kết quả tham gia cuộc thi “{course.title}” do {course.organizer} tổ chức như sau:",
        sections=sections,
        bars=[each for each in report.children if each.rate is not None],
        bars_of=len(report.children),
        note=f"(Số liệu của {issuer.name} trong cuộc thi “{course.title}”, lúc {local:%H:%M:%S} ngày {local:%d/%m/%Y}, giờ Việt Nam. {check})",
        closing=f"Trên đây là báo cáo kết quả tham gia cuộc thi “{course.title}” của {issuer.name}./.",
        receivers=_receivers(issuer, course, report),
        signs=(signs, "CHỦ TỊCH"),
    )  # fmt: skip


def rows_of(table: pd.DataFrame, report: Report) -> list[Row]:
    """Children by falling rate, each with its own children where they fit; what is in no child; the total. All lines of
    one level add up to the total. Empty for a unit without children."""
    if not report.children:
        return []
    figures = figures_of(table)
    below: dict[str, list[Figures]] = {}
    for each in figures:
        if each.depth == report.whole.depth + 2:
            below.setdefault(each.path[:-LABEL], []).append(each)
    deep = len(report.children) + sum(map(len, below.values())) <= ROWS_IN_TWO_LEVELS
    shown = report.children[:ROWS] if len(report.children) > ROWS + 1 else report.children
    rows: list[Row] = []
    for number, child in enumerate(shown, 1):
        inside = below.get(child.path, []) if deep else []
        rows.append(Row(str(number), 0 if inside else 1, child, child.name))
        direct = direct_of(table, child) if inside else None
        lines = [(one, one.name) for one in sorted(inside, key=_falling)]
        lines += [(direct, f"{child.name} (trực tiếp)")] if direct else []
        rows += [Row(f"{number}.{place}", 2, one, name) for place, (one, name) in enumerate(lines, 1)]
    if left := report.children[len(shown) :]:
        rows.append(Row("", 1, _together(left), f"{whole(len(left))} đơn vị còn lại"))
    if report.direct:
        rows.append(Row(str(len(shown) + 1), 1, report.direct, f"{report.direct.name} (trực tiếp)"))
    return [*rows, Row("", 0, report.whole, "Tổng cộng")]


def _contest_said(course: Course, as_of: datetime) -> list[str]:
    when = ""
    if course.opens_at and course.closes_at:
        when = f", từ ngày {timezone.localtime(course.opens_at):%d/%m/%Y} đến ngày {timezone.localtime(course.closes_at):%d/%m/%Y}"
    said = [
        f"Cuộc thi do {course.organizer} tổ chức theo hình thức trực tuyến, gồm {whole(course.rounds)} đợt thi{when}.",
        f"Đối tượng dự thi: đoàn viên, người lao động thuộc {course.audience}.",
    ]
    if course.closes_at and as_of < course.closes_at:
        said.append("Tại thời điểm lập báo cáo, cuộc thi chưa kết thúc; các số liệu dưới đây là số liệu tạm tính.")
    return said


def _participation_said(report: Report, local: datetime) -> list[str]:
    total = report.whole
    said = [
        f"Tính đến {local:%H} giờ {local:%M} phút ngày {local:%d/%m/%Y}, có {whole(total.participants)} người dự thi với "
        f"{whole(total.attempts)} lượt thi, trong đó {whole(total.handed_in)} lượt đã nộp bài. "
        "Mỗi người được tính một lần, theo đơn vị vào ngày vào thi.",
        _rate_said(total),
    ]
    if total.units_all and not total.grassroots:
        said.append(_units_said(total))
    if compared := _compared(report.children):
        said.append(compared)
    return [f"{number}. {text}" for number, text in enumerate(said, 1)]


def _rate_said(total: Figures) -> str:
    if not total.members or total.rate is None:
        return "Chưa có số liệu đoàn viên, nên chưa tính được tỷ lệ tham gia."
    text = f"Tỷ lệ tham gia đạt {percent(total.rate)} trên tổng số {whole(total.members)} đoàn viên ({_days(total.first_day, total.last_day)})."
    if total.units_uncounted:
        text += f" Có {whole(total.units_uncounted)} công đoàn cơ sở chưa báo số đoàn viên, nên tỷ lệ có thể cao hơn thực tế."
    if total.rate > 1:
        text += " Số người dự thi nhiều hơn số đoàn viên đã báo; số đoàn viên cần được rà soát lại."
    return text


def _days(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return "chưa rõ ngày"
    if first == last:
        return f"số liệu ngày {last:%d/%m/%Y}"
    return f"số liệu báo từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"


def _units_said(total: Figures) -> str:
    left = total.units_all - total.units_taking_part
    if not left:
        return f"Toàn bộ {whole(total.units_all)} công đoàn cơ sở đều có người dự thi."
    share = percent(total.units_taking_part / total.units_all)
    return (
        f"Có {whole(total.units_taking_part)} trên {whole(total.units_all)} công đoàn cơ sở có người dự thi ({share}); "
        f"còn {whole(left)} công đoàn cơ sở chưa có người dự thi."
    )


def _compared(children: Sequence[Figures]) -> str:
    """The best and the weakest by rate, nobody in both; empty where there is nothing to compare."""
    known = [(each.rate, each) for each in children if each.rate is not None]
    count = min(NAMED, len(known) // 2)
    if not count or known[0][0] == known[-1][0]:
        return ""
    best, weakest = known[:count], known[: -count - 1 : -1]
    # Between what is printed, so that who subtracts by hand gets the same.
    apart = (int(best[0][0] * 1000 + 0.5 + 1e-7) - int(weakest[0][0] * 1000 + 0.5 + 1e-7)) / 10
    named = ["; ".join(f"{one.name} ({percent(rate)})" for rate, one in group) for group in (best, weakest)]
    return (
        f"Tỷ lệ tham gia cao nhất: {named[0]}. Tỷ lệ tham gia thấp nhất: {named[1]}. "
        f"Đơn vị cao nhất hơn đơn vị thấp nhất {tenths(apart)} điểm phần trăm."
    )


def _results_said(total: Figures) -> str:
    if not total.scored:
        return "Tại thời điểm lập báo cáo chưa có kết quả thi được chấm."
    return (
        f"Điểm trung bình của {whole(total.scored)} người có kết quả là {tenths(total.mean_score)} điểm. "
        f"Có {whole(total.passed)} người, bằng {percent(total.pass_rate)} số người có kết quả, làm đúng từ một nửa số câu trở lên trong ít nhất một lượt thi."
    )


def _weak_said(weak: Weak) -> list[str]:
    """At most NAMED topics and articles with the lowest share, and never all of them."""
    topics = _weakest([(name, known) for name, known in weakest_first(weak.topics)])
    named = [
        (" ".join(filter(None, (article, document))), known)
        for (document, article), known in weakest_first(weak.sources)
    ]
    sources = _weakest([(name, known) for name, known in named if name])
    said = [
        f"{what}: {'; '.join(f'{name} ({percent(known.share)})' for name, known in which)}."
        for what, which in (("Chủ đề có tỷ lệ điểm thấp nhất", topics), ("Điều luật có tỷ lệ điểm thấp nhất", sources))
        if which
    ]
    if not said:
        return []
    return [
        " ".join([*said, "Tỷ lệ điểm là số điểm đạt được trên số điểm tối đa; mỗi người chỉ tính bài đầu của mỗi đợt."])
    ]


def _weakest(falling: Sequence[tuple[str, Known]]) -> list[tuple[str, Known]]:
    known = [(name, it) for name, it in falling if it.share is not None]
    return known[: min(NAMED, len(known) // 2)]


def _tells(table: NamedTable) -> bool:
    """Whether a table says anything of those who declared something."""
    return any(line.shown for line in table.lines[:-1])


def _groups_said(until: datetime, told: Sequence[NamedTable]) -> str:
    """Of which day, by whose word, and why the lines do not add up."""
    day = timezone.localtime(until) - timedelta(days=1)
    text = (
        f"Số liệu tính đến hết ngày {day:%d/%m/%Y}, theo điều đoàn viên, người lao động tự khai; việc khai là tự nguyện. {HOW} "
        f"Nhóm ít người hoặc không có ai được giữ kín: không nêu trong bảng, hoặc ghi “{HIDDEN}”."
    )
    return f"{text} {RESULTS}" if _tell_results(told) else text


def group_table(tables: Sequence[NamedTable]) -> tuple[tuple[str, ...], list[tuple[tuple[str, ...], bool]]]:
    """Titles and printed rows, a row with a segment's name (True) before its groups; no columns of results where none is told."""
    wide = len(GROUP_COLUMNS) if _tell_results(tables) else len(GROUP_COLUMNS) - 2
    rows: list[tuple[tuple[str, ...], bool]] = []
    for table in tables:
        rows.append(((table.name, *[""] * (wide - 1)), True))
        for line in table.lines:
            results = (tenths(line.mean), line.pass_rate) if line.shown else (HIDDEN, HIDDEN)
            rows.append(((line.name, line.people, line.attempts, *results)[:wide], False))
    return GROUP_COLUMNS[:wide], rows


def _tell_results(tables: Sequence[NamedTable]) -> bool:
    return any(line.mean is not None for table in tables for line in table.lines)


def _receivers(issuer: Issuer, course: Course, report: Report) -> list[str]:
    above = list(issuer.above[:1])
    if course.organizer in issuer.above[1:]:
        above.append(course.organizer)
    lines = [f"{name} (để báo cáo)" for name in above]
    if report.children:
        lines.append("Các đơn vị trực thuộc")
    return [*(f"- {line};" for line in lines), "- Lưu: VT."]


def place_of(issuer: Issuer) -> str:
    """Where the unit sits: by its own name, else by its province's; dots to be filled in where neither says."""
    if issuer.kind == "tong-lien-doan":
        return "Hà Nội"
    own = _PROVINCE.match(issuer.name) or _WARD.match(issuer.name)
    found = own or next(filter(None, map(_PROVINCE.match, issuer.above)), None)
    return found[1].strip() if found else BLANK_PLACE


def _falling(each: Figures) -> tuple[bool, float, int, str]:
    return each.rate is None, -(each.rate or 0), -each.participants, each.path


def _together(units: Sequence[Figures]) -> Figures:
    """Several units as one line."""
    add = {name: sum(getattr(each, name) for each in units) for name in ("participants", "attempts", "handed_in", "scored", "points", "passed", "units_taking_part", "units_all", "units_uncounted")}  # fmt: skip
    known = [each.members for each in units if each.members is not None]
    members = sum(known) if known else None
    return units[0]._replace(
        path="", code="", name="", grassroots=False, members=members,
        rate=add["participants"] / members if members else None,
        mean_score=add["points"] / (add["scored"] * 100) if add["scored"] else None, **add,
    )  # fmt: skip
