"""The list of those who may take part, where a contest is open to a list only: pasted as people keep it, one person a line."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Member
from accounts.names import normalise_name
from accounts.phones import to_e164
from contests.errors import ContestError
from contests.models import Contest, ContestEvent, RosterLine

MOST_LINES = 50_000


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line of a list: whom it names, or (`login` empty) that it names nobody."""

    number: int
    text: str
    login: str
    name: str


def read_roster(text: str) -> list[ReadLine]:
    """Lines with a phone number or an e-mail, alone or beside a name, in any order: as copied from two columns of a sheet.

    Empty lines are left out. Raises ContestError for a list that is too long.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise ContestError(f"Danh sách có {len(lines)} dòng; nhiều nhất {MOST_LINES} dòng mỗi lần.", "too_long")
    return [_read_line(number, line) for number, line in lines]


@transaction.atomic
def add_to_roster(*, contest: Contest, text: str, by: Member) -> int:
    """Add a list to the contest's; how many are new. Raises ContestError naming the lines that name nobody: all or none."""
    contest = Contest.objects.select_for_update(of=("self",)).get(pk=contest.pk)
    if contest.state == Contest.State.CLOSED:
        raise ContestError("Cuộc thi đã kết thúc nên không thêm người dự thi được nữa.", "closed")
    lines = read_roster(text)
    if not lines:
        raise ContestError("Hãy dán danh sách, mỗi người một dòng.", "empty")
    if bad := [line for line in lines if not line.login]:
        shown = "; ".join(f"dòng {line.number} “{line.text[:40]}”" for line in bad[:5])
        more = f" và {len(bad) - 5} dòng nữa" if len(bad) > 5 else ""
        raise ContestError(f"Không thấy số điện thoại hay e-mail ở {shown}{more}. Chưa lưu gì.", "bad_lines")
    before = contest.roster.count()
    rows = {line.login: RosterLine(contest=contest, login=line.login, name=line.name) for line in lines}
    RosterLine.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=5000)
    added = contest.roster.count() - before
    ContestEvent.objects.create(
        contest=contest, what="roster_added", actor=by, detail={"added": added, "lines": len(lines)}
    )
    return added


@transaction.atomic
def remove_from_roster(*, line: RosterLine, by: Member) -> None:
    """Take somebody off the list; who has entered already stays in the contest."""
    ContestEvent.objects.create(contest=line.contest, what="roster_removed", actor=by, detail={"removed": 1})
    line.delete()


def _read_line(number: int, line: str) -> ReadLine:
    parts = [part.strip() for part in line.replace(";", "\t").replace(",", "\t").split("\t") if part.strip()]
    login = next((found for part in parts if (found := _login(part))), "")
    name = next((part for part in parts if not _login(part) and any(sign.isalpha() for sign in part)), "")
    return ReadLine(number, line, login, normalise_name(name[:400])[:120])


def _login(text: str) -> str:
    if "@" in text and " " not in text and len(text) <= 254:
        return text.lower()
    digits = text if not text.isdigit() or text.startswith("0") else f"0{text}"  # Excel drops the zero in front
    return to_e164(text) or to_e164(digits) or ""
