"""Reads settings from decoded JSON, one field at a time: every problem is noted, none stops the reading.

An organizer mends everything in one go. Belongs here: the reading of one value. What the values mean is for the files that
read with it: `settings` (a round), `contest_settings` (a contest).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")
MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One thing wrong with a rule set: where (`draw[1].count`), a code for programs, a sentence for the organizer."""

    field: str
    code: str
    text: str


class RulesInvalid(ValueError):
    """A rule set was refused. `problems` holds every problem found: unknown keys first, then field by field."""

    def __init__(self, problems: tuple[RuleProblem, ...]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.text}" for p in problems))
        self.problems = problems


class Reader:
    """One object of settings. After a problem a stand-in value is returned; whoever made the reader raises at the end.

    `within` names the object inside a larger one (`prizes[2].`); readers of one rule set share their list of problems.
    """

    def __init__(self, data: Any, *, within: str = "", problems: list[RuleProblem] | None = None) -> None:
        self.problems: list[RuleProblem] = [] if problems is None else problems
        self.within = within
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.note("", "not_an_object", "Thể lệ phải là một bộ thiết lập có tên từng mục.")

    def note(self, field: str, code: str, text: str) -> None:
        """Note a problem of this object's field."""
        self.problems.append(RuleProblem(f"{self.within}{field}" if field else self.within.rstrip("."), code, text))

    def refuse_unknown(self, known: set[str]) -> None:
        """Every key that nobody reads is a problem: a misspelt setting must not pass for its default."""
        for key in self.data:
            if key not in known:
                self.note(str(key), "unknown", f"Không có thiết lập nào tên là “{key}”; hãy xoá mục này.")

    def inside(self, field: str) -> Reader | None:
        """A reader of an object that may be absent or null."""
        value = self.data.get(field)
        return None if value is None else Reader(value, within=f"{self.within}{field}.", problems=self.problems)

    def each(self, field: str, most: int) -> list[Reader]:
        """Readers of a list of objects; absent is empty."""
        value = self.data.get(field, [])
        if not isinstance(value, list | tuple):
            self.note(field, "not_a_list", "Phải là một danh sách.")
            return []
        if len(value) > most:
            self.note(field, "too_many", f"Nhiều nhất {most} mục.")
            return []
        return [
            Reader(one, within=f"{self.within}{field}[{index}].", problems=self.problems)
            for index, one in enumerate(value)
        ]

    def whole(self, field: str, limits: range, unit: str, *, default: int = MISSING) -> int:
        """A whole number within the limits."""
        value = self.data.get(field, default)
        if value is MISSING:
            self.note(field, "missing", "Chưa có giá trị; hãy nhập một số nguyên.")
            return limits[0]
        return self.checked_whole(field, value, limits, unit)

    def whole_or_none(self, field: str, limits: range, unit: str, *, default: Any = MISSING) -> int | None:
        """As `whole`, or null."""
        value = self.data.get(field, default)
        return None if value is None else self.whole(field, limits, unit, default=default)

    def checked_whole(self, field: str, value: Any, limits: range, unit: str) -> int:
        """`value` if it is a whole number within the limits."""
        if isinstance(value, bool) or not isinstance(value, int):  # True is an int to Python, never to an organizer
            self.note(field, "not_whole", "Phải là một số nguyên.")
        elif value not in limits:
            self.note(field, "out_of_range", f"Phải từ {limits[0]} đến {limits[-1]} {unit}.")
        else:
            return value
        return limits[0]

    def flag(self, field: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self.data.get(field, default)
        if not isinstance(value, bool):
            self.note(field, "not_yes_no", "Chỉ nhận có hoặc không.")
            return default
        return value

    def choice(self, field: str, kind: type[_E], *, default: _E) -> _E:
        """One of an enumeration's values."""
        value = self.data.get(field, default)
        if not isinstance(value, str) or value not in {member.value for member in kind}:
            self.note(field, "not_a_choice", f"Phải là một trong: {', '.join(member.value for member in kind)}.")
            return default
        return kind(value)

    def text(self, field: str, most: int, *, default: str = MISSING) -> str:
        """A line of text without spaces around it; without a default it must be there."""
        value = self.data.get(field, default)
        if value is MISSING or (value == "" and default is MISSING):
            self.note(field, "missing", "Hãy điền mục này.")
        elif not isinstance(value, str) or value != value.strip() or len(value) > most or not value.isprintable():
            self.note(field, "not_text", f"Phải là một dòng chữ, không quá {most} ký tự, không thừa dấu cách.")
        else:
            return value
        return "" if default is MISSING else default

    def texts(self, field: str, most: int, longest: int) -> tuple[str, ...]:
        """A list of texts, none twice; absent is empty."""
        value = self.data.get(field, [])
        if (
            not isinstance(value, list | tuple)
            or len(value) > most
            or not all(isinstance(one, str) and one.strip() == one and 0 < len(one) <= longest for one in value)
            or len(set(value)) != len(value)
        ):
            self.note(
                field, "not_texts", f"Phải là danh sách tối đa {most} mục khác nhau, mỗi mục không quá {longest} ký tự."
            )
            return ()
        return tuple(value)

    def moment_or_none(self, field: str) -> datetime | None:
        """An instant with its time zone, as ISO 8601 writes it, or null."""
        value = self.data.get(field)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.utcoffset() is None:
            self.note(field, "not_a_moment", "Phải là ngày giờ có múi giờ, ví dụ 2026-11-22T08:00:00+07:00.")
            return None
        return moment

    def by(self, field: str, read: Callable[[Any], _T], *, default: _T) -> _T:
        """What another reader makes of the value (absent or null: `default`); its ValueError is the problem, about the part that
        its `field` names if it has one."""
        value = self.data.get(field)
        if value is None:
            return default
        try:
            return read(value)
        except ValueError as error:
            part = getattr(error, "field", "")
            self.note(f"{field}.{part}" if part else field, "refused", str(error))
            return default


def repeated(values: Sequence[str]) -> str | None:
    """The first value that stands there twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
