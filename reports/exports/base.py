"""What a form of export is, and what it is given to write from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from accounts.models import Unit
from accounts.scope import Scope
from contests.models import Contest
from reports.workbook import Head

if TYPE_CHECKING:
    import pandas as pd

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Counter(Protocol):
    """Who is told how far the file is."""

    def start(self, total: int) -> None: ...

    def step(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Brief:
    """What a file is written from: a contest below a unit at one instant. `table` comes from `participation`.

    `check` is the line with the code that the file must carry beside its instant (`reports.checking.said`).

    A form may ask `reports.queries` for more: it runs inside the snapshot that the table came from.
    """

    contest: Contest
    unit: Unit
    as_of: datetime
    table: pd.DataFrame
    check: str
    scratch: Path
    progress: Counter

    @property
    def head(self) -> Head:
        """What the title rows of a sheet say."""
        return Head(self.unit.name, self.contest.title, self.as_of, self.check)


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file. `name` and `about` are for the page, in its language; `title` begins the file's name on the reader's disk.

    `write` puts the whole file at a path, and says how far it is. `personal`: it holds names or phone numbers, and the page says
    so. `figures`: totals that the file says beside those of participation, by the words under which they are looked up; asked
    inside the snapshot. `open_to`: whether a reader with this scope may have it now; without one, whoever sees the report may.
    """

    code: str
    name: str
    suffix: str
    content_type: str
    title: str
    write: Callable[[Path, Brief], None]
    about: str
    personal: bool
    figures: Callable[[Contest, Unit], dict[str, int]] | None = None
    open_to: Callable[[Contest, Scope, datetime], bool] | None = None

    def offered(self, contest: Contest, scope: Scope, now: datetime) -> bool:
        """Whether staff of this scope may have it now."""
        return self.open_to is None or self.open_to(contest, scope, now)
