"""What segments and their groups are called, and what a file or a page must say beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.models import SelfDeclared
from reports.numbers import UNKNOWN, whole
from reports.segments import AGES, UNSAID, Line, Tables
from reports.suppression import HIDDEN as NOTHING
from reports.suppression import LEAST_UNIT

NAMES = {
    "age": _("Tuổi"),
    "gender": _("Giới tính"),
    "education": _("Trình độ"),
    "sector": _("Lĩnh vực"),
    "shift": _("Ca làm việc"),
    "region": _("Vùng"),
}
UNSAID_NAME = _("Không khai")
_AGE_NAMES = dict(
    zip(AGES, (_("Dưới 25"), _("25 đến 34"), _("35 đến 44"), _("45 đến 54"), _("Từ 55 trở lên")), strict=True)
)
_GROUPS = {
    "age": _AGE_NAMES,
    "gender": dict(SelfDeclared.Gender.choices),
    "education": dict(SelfDeclared.Education.choices),
    "sector": dict(SelfDeclared.Sector.choices),
    "shift": dict(SelfDeclared.Shift.choices),
    "region": dict(SelfDeclared.Region.choices),
}
HIDDEN = "–"
# Said wherever such figures stand: a reader who adds them up must know why they do not add up.
HOW = _("Số của từng nhóm làm tròn có chủ ý đến bội số của 5, nên cộng lại có thể không đúng bằng số chung.")
DASH = _("Dấu “–”: nhóm ít người hoặc không có ai, được giữ kín.")
WHY = _(
    "Mỗi số lệch một chút so với số thật, thường không quá 5. Nhờ vậy, dù đem số của nhiều đơn vị và nhiều ngày ra trừ cho nhau, "
    "không ai tính ra chắc chắn được điều một người đã khai. Mỗi ngày số được lập lại một lần."
)
RESULTS = _(
    "Điểm và tỷ lệ đạt cũng làm tròn, tính trên các đợt đã đóng và chỉ cho nhóm khoảng 30 người trở lên. Đạt: kết quả được tính "
    "đúng từ một nửa số câu."
)
TOO_SMALL = _(
    "Đơn vị có dưới %(least)d người dự thi nên không lập bảng theo nhóm, để không lộ điều từng người đã khai."
)


def groups_of(segment: str) -> list[str]:
    """The codes of a segment's groups in their order, without those who did not say."""
    return list(_GROUPS[segment])


def group_name(segment: str, group: str) -> str:
    """What a group is called."""
    return str(UNSAID_NAME if group == UNSAID else _GROUPS[segment][group])


def too_small() -> str:
    """Why a unit has no tables."""
    return str(TOO_SMALL) % {"least": LEAST_UNIT}


def about(value: int | None) -> str:
    """A published count as people read it: 120, or the dash of what is hidden."""
    return HIDDEN if value is None else whole(value)


def rate(value: float | None) -> str:
    """0.85 → `85 %`: a rate that is known to five parts in a hundred only."""
    return UNKNOWN if value is None else f"{round(value * 100)} %"


class NamedLine(NamedTuple):
    """A group in words. `share` is its part of the largest group of the table, for a bar; 0 where it is hidden."""

    name: str
    people: str
    attempts: str
    mean: float | None
    pass_rate: str
    share: float
    shown: bool


class NamedTable(NamedTuple):
    """A table of one segment: its lines that are shown, with who did not say in any case, and the names of those kept back."""

    segment: str
    name: str
    lines: list[NamedLine]
    kept_back: list[str]


def segment_table(segment: str, lines: Sequence[Line]) -> NamedTable:
    """A table of one segment in words."""
    named = segment_lines(segment, lines)
    unsaid = [group == UNSAID for group, _shown in lines]
    return NamedTable(
        segment,
        str(NAMES[segment]),
        [line for line, always in zip(named, unsaid, strict=True) if line.shown or always],
        [line.name for line, always in zip(named, unsaid, strict=True) if not line.shown and not always],
    )


def segment_lines(segment: str, lines: Sequence[Line]) -> list[NamedLine]:
    """All lines of a table of one segment."""
    largest = max((line.shown.people or 0 for line in lines), default=0) or 1
    return [
        NamedLine(
            group_name(segment, group), about(shown.people), about(shown.attempts),
            None if shown.mean is None else shown.mean / 100, rate(shown.pass_rate), 100 * (shown.people or 0) / largest,
            shown.people is not None,
        )
        for group, shown in lines
    ]  # fmt: skip


class Crossed(NamedTuple):
    """People of two segments: column names, and rows of a name, cells, and what is said of the whole row."""

    columns: list[str]
    rows: list[tuple[str, list[tuple[str, str]], str]]  # cells: the column's name, for phones, and the count
    foot: list[tuple[str, str]]


def crossed_lines(tables: Tables, down: str, across: str, lines: Mapping[str, Sequence[Line]]) -> Crossed:
    """The table of two segments. Its margins are the figures of the tables of one, for they are the same people."""
    cells = tables.crossed(down, across)
    columns = [(column.group, group_name(across, column.group)) for column in lines[across]]
    return Crossed(
        [name for _group, name in columns],
        [
            (
                group_name(down, row.group),
                [(name, about(cells.get((row.group, group), NOTHING).people)) for group, name in columns],
                about(row.shown.people),
            )
            for row in lines[down]
        ],
        [(name, about(column.shown.people)) for (_group, name), column in zip(columns, lines[across], strict=True)],
    )
