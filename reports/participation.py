"""Who took part, unit by unit: plain rows in, plain results out. PURE but for pandas; no database, no request.

A unit stands where its path says ("0001.002a."), one label of five characters a level, so every figure of every level is
a sum over path prefixes. Points are hundredths as in `contests`; `mean_score` is in points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from reports.parts import LevelPart

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LABEL = 5  # characters of a path a level: accounts.actions.PATH_LABEL and the dot
GONE = "Đơn vị nay đã chuyển nơi khác"


class UnitRow(NamedTuple):
    """A unit at the place where it counts. `code` is empty where the reader may not open it."""

    path: str
    code: str
    name: str
    kind: str
    grassroots: bool


class HeadcountRow(NamedTuple):
    """Members who belong directly to the unit at `path`, and the day of that number."""

    path: str
    members: int
    on_day: date


class CountRow(NamedTuple):
    """What the people of the unit at `path` did; `scored` of them have a counted result, `points` together, `passed` of these passed."""

    path: str
    participants: int
    attempts: int
    handed_in: int
    scored: int
    points: int
    passed: int = 0


DONE = CountRow._fields[1:]  # what is summed up the tree


class Figures(NamedTuple):
    """One unit with everything below it. None means "not known": a rate needs a denominator, a mean needs results.

    A tuple: a report of the nation makes 130,000 of them.
    """

    path: str
    code: str
    name: str
    kind: str
    depth: int
    grassroots: bool
    members: int | None
    first_day: date | None
    last_day: date | None
    participants: int
    rate: float | None
    attempts: int
    handed_in: int
    scored: int
    points: int
    passed: int  # 0 too where nobody counted them: reports.queries.passes
    mean_score: float | None
    units_taking_part: int
    units_all: int
    units_uncounted: int  # grassroots units that never told how many members they have

    @property
    def pass_rate(self) -> float | None:
        """Out of those who have a result."""
        return self.passed / self.scored if self.scored else None


@dataclass(frozen=True, slots=True)
class Report:
    """The chosen unit, its children by falling rate, what belongs to it directly, and where nobody took part."""

    whole: Figures
    children: tuple[Figures, ...]
    direct: Figures | None
    nobody: tuple[Absent, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """A grassroots unit without a single participant: a line of the staff's call list."""

    name: str
    code: str
    parent: str
    members: int | None


class UnitLine(NamedTuple):
    """A line of a printed list of units."""

    figures: Figures
    name: str
    subtotal: bool


def participation(
    root: str, units: Iterable[UnitRow], headcounts: Iterable[HeadcountRow], counts: Iterable[CountRow]
) -> pd.DataFrame:
    """A row for the unit at `root` and for each unit below it, parents before children, each with its whole subtree.

    Columns: path, code, unit, kind, grassroots, depth, members, first_day, last_day, participants, rate, attempts,
    handed_in, scored, points, passed, mean_score (over people, never a mean of means), units_taking_part, units_all, units_uncounted; then the own_…
    columns: what belongs to the unit directly. Sums of children and own always give the parent: where an ancestor is no
    longer in `units`, a row named GONE stands for it. `members`, `rate` and `mean_score` are NaN where nothing is known.
    Rows outside `root` are ignored.
    """
    import numpy as np  # here and not above: the web process pays for numpy and pandas when a report is opened, not before
    import pandas as pd

    tree: dict[str, UnitRow] = {}
    for unit in units:
        if unit.path.startswith(root):
            tree.setdefault(unit.path, unit)
    done = [row for row in counts if row.path.startswith(root)]
    heads = [row for row in headcounts if row.path.startswith(root)]
    paths = _with_ancestors(root, tree.keys() | {row.path for row in done} | {row.path for row in heads})
    at = {path: place for place, path in enumerate(paths)}
    size = len(paths)
    shown = [tree.get(path, _NO_UNIT) for path in paths]
    lengths = np.fromiter(map(len, paths), np.int64, size)
    grassroots = np.fromiter((unit.grassroots for unit in shown), bool, size)

    own: dict[str, Any] = {name: np.zeros(size, np.int64) for name in DONE}
    places = np.fromiter((at[row.path] for row in done), np.int64, len(done))
    for column, values in zip(DONE, list(zip(*done, strict=True))[1:], strict=False):
        np.add.at(own[column], places, np.array(values, np.int64))
    counted, members = np.zeros(size, bool), np.zeros(size, np.int64)
    first, last = np.full(size, _NO_DAY, np.int64), np.full(size, -_NO_DAY, np.int64)
    for row in heads:
        place, day = at[row.path], row.on_day.toordinal()
        counted[place] = True
        members[place] += row.members
        first[place], last[place] = min(first[place], day), max(last[place], day)
    own["members"], own["counted"], own["units_all"] = members, counted, grassroots
    own["units_taking_part"] = grassroots & (own["participants"] > 0)
    own["units_uncounted"] = grassroots & ~counted

    # Sorted by path, what lies below a unit is the stretch behind it: a sum over it is a difference of two running sums.
    ends = _ends(lengths)
    here = np.arange(size)
    total = {}
    for column, values in own.items():
        running = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
        total[column] = running[ends] - running[here]
    above = np.fromiter((at.get(path[:-LABEL], 0) for path in paths), np.int64, size)
    for length in np.unique(lengths)[:0:-1]:  # deepest first, up to the children of the root
        level = np.flatnonzero(lengths == length)
        np.minimum.at(first, above[level], first[level])
        np.maximum.at(last, above[level], last[level])

    table = pd.DataFrame(
        {
            "path": pd.Series(paths, dtype=object),
            "code": pd.Series([unit.code for unit in shown], dtype=object),
            "unit": pd.Series([unit.name for unit in shown], dtype=object),
            "kind": pd.Series([unit.kind for unit in shown], dtype=object),
            "grassroots": grassroots,
            "depth": lengths // LABEL,
            "first_day": pd.Series(_dates(first), dtype=object),
            "last_day": pd.Series(_dates(last), dtype=object),
        }
        | {column: total[column] for column in (*DONE, "units_taking_part", "units_all", "units_uncounted")}
        | {"members": np.where(total["counted"] > 0, total["members"], np.nan)}
        | {"own_members": np.where(counted, members, np.nan)}
        | {f"own_{column}": own[column] for column in DONE}
    )
    return with_ratios(table)


def with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `rate`, `mean_score` and `own_mean_score`, which follow from its other columns."""
    table["rate"] = _ratio(table["participants"], table["members"])
    table["mean_score"] = _ratio(table["points"], table["scored"] * 100)
    table["own_mean_score"] = _ratio(table["own_points"], table["own_scored"] * 100)
    return table


def levels_below(table: pd.DataFrame, at_least: int) -> dict[str, tuple[LevelPart, ...]]:
    """By path, for each unit with at least so many below it: how many of each kind, in how many of them anybody took part."""
    import numpy as np  # see participation
    import pandas as pd

    ends, here = _ends(table["depth"].to_numpy()), np.arange(len(table))
    codes, kinds = pd.factorize(table["kind"])  # in the order of their first row: higher levels before lower ones
    anybody = (table["participants"] > 0).to_numpy()
    found = {}
    for place in np.flatnonzero(ends - here - 1 >= at_least):
        below = slice(place + 1, ends[place])
        units = np.bincount(codes[below], minlength=len(kinds)).tolist()
        taking_part = np.bincount(codes[below][anybody[below]], minlength=len(kinds)).tolist()
        found[table["path"].iloc[place]] = tuple(
            LevelPart(kind, *numbers)
            for kind, *numbers in zip(kinds, units, taking_part, strict=True)
            if kind and numbers[0]
        )
    return found


def report_of(table: pd.DataFrame) -> Report:
    """The page of the first row of a `participation` table."""
    depth = int(table["depth"].iloc[0])
    [whole], children = figures_of(table.head(1)), figures_of(table[table["depth"] == depth + 1])
    absent = table[table["grassroots"] & (table["participants"] == 0)]
    above = absent["path"].str[:-LABEL]
    names = dict(table.loc[table["path"].isin(above), ["path", "unit"]].itertuples(index=False, name=None))
    nobody = [
        Absent(name, code, names.get(path[:-LABEL], ""), _whole(members))
        for name, code, path, members in zip(*(absent[name].tolist() for name in ("unit", "code", "path", "members")), strict=True)
    ]  # fmt: skip
    return Report(
        whole=whole,
        children=tuple(sorted(children, key=by_rate)),
        direct=direct_of(table, whole) if children else None,
        nobody=tuple(sorted(nobody, key=lambda each: -(each.members or 0))),
    )


def by_rate(each: Figures) -> tuple[bool, float, int, str]:
    """The order of children on a page: by falling rate, those without one last."""
    return (each.rate is None, -(each.rate or 0), -each.participants, each.path)


def figures_of(table: pd.DataFrame) -> list[Figures]:
    """Every row as a plain value, in the order of the table."""
    columns = {name: table[name if name != "name" else "unit"].tolist() for name in Figures._fields}
    for name in ("members", "rate", "mean_score", "first_day", "last_day"):
        known = _whole if name == "members" else _known if name in ("rate", "mean_score") else _day
        columns[name] = list(map(known, columns[name]))
    return list(map(Figures._make, zip(*columns.values(), strict=True)))


def unit_lines(table: pd.DataFrame, figures: list[Figures] | None = None) -> Iterator[list[UnitLine]]:
    """A list of units as it is printed: for each row of the table its lines, in its order. The total is not among them.

    A unit with others below it is a subtotal, followed by a line for those who belong to it directly, if there are any.
    `figures`: those of the table, where they are at hand already.
    """
    figures = figures or figures_of(table)
    parents = {each.path[:-LABEL] for each in figures}
    # All at once: taken from the table one by one they would cost more than all the rest.
    own = table[table["path"].isin(parents)].itertuples()
    for place, each in enumerate(figures):
        above = each.path in parents
        lines = [] if above and not place else [UnitLine(each, each.name, above)]
        if above and (direct := _direct(next(own), each)):
            lines.append(UnitLine(direct, f"{each.name} (trực tiếp)", False))
        yield lines


def direct_of(table: pd.DataFrame, figures: Figures) -> Figures | None:
    """The people of a unit who are in none of its children; None when there are none."""
    return _direct(table[table["path"] == figures.path].iloc[0], figures)


def _direct(row: Any, figures: Figures) -> Figures | None:
    """`direct_of`, with the unit's row in hand."""
    members = _whole(row.own_members)
    if not (members or row.own_participants):
        return None
    return Figures(
        path=figures.path, code="", name=figures.name, kind=figures.kind, depth=figures.depth + 1, grassroots=False,
        members=members, first_day=figures.first_day, last_day=figures.last_day, participants=int(row.own_participants),
        rate=int(row.own_participants) / members if members else None, attempts=int(row.own_attempts),
        handed_in=int(row.own_handed_in), scored=int(row.own_scored), points=int(row.own_points), passed=int(row.own_passed), mean_score=_known(row.own_mean_score), units_taking_part=0, units_all=0, units_uncounted=0,
    )  # fmt: skip


_NO_UNIT = UnitRow("", "", GONE, "", False)
_NO_DAY = 10**7  # later than any day


def _with_ancestors(root: str, paths: Iterable[str]) -> list[str]:
    """The paths and all between them and the root, parents before children."""
    every = {root}
    for path in paths:
        while path not in every:
            every.add(path)
            path = path[:-LABEL]
    return sorted(every)


def _ends(lengths: np.ndarray) -> np.ndarray:
    """For each row of a sorted tree, the place behind the last row below it: the next one that is not deeper."""
    import numpy as np  # see participation

    ends = np.full(len(lengths), len(lengths), np.int64)
    for length in np.unique(lengths):
        these = np.flatnonzero(lengths == length)
        stops = np.flatnonzero(lengths <= length)
        after = np.searchsorted(stops, these, side="right")
        ends[these] = np.append(stops, len(lengths))[after]
    return ends


def _dates(numbers: np.ndarray) -> list[date | None]:
    known: dict[int, date | None] = {_NO_DAY: None, -_NO_DAY: None}
    return [known[n] if n in known else known.setdefault(n, date.fromordinal(n)) for n in numbers.tolist()]


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    return above / below.where(below > 0)


def _known(value: float) -> float | None:
    return None if value != value else float(value)  # NaN is the one value that differs from itself


def _whole(value: float) -> int | None:
    return None if value != value else int(value)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
