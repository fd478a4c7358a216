"""Who took part, unit by unit: plain rows in, plain results out. PURE but for pandas; no database, no request.

A unit stands where its path says ("0001.002a."), one label of five characters a level, so every figure of every level is
a sum over path prefixes. Points are hundredths as in `contests`; `mean_score` is in points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class Figures:
    """One unit with everything below it. None means "not known": a rate needs a denominator, a mean needs results."""

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
    import pandas as pd  # here and not above: the web process pays for pandas when a report is opened, not before

    tree = _frame(units, UnitRow._fields, root).drop_duplicates("path").set_index("path")
    heads = _frame(headcounts, HeadcountRow._fields, root)
    done = _frame(counts, CountRow._fields, root).groupby("path").sum(numeric_only=True)
    done = done.reindex(columns=DONE, fill_value=0)

    paths = pd.Index(tree.index.union(done.index).union(heads["path"]).union([root]), dtype=object)
    every = {path[:end] for path in paths for end in range(len(root), len(path) + 1, LABEL)}
    table = pd.DataFrame(index=pd.Index(sorted(every), name="path", dtype=object))
    table["code"] = tree["code"].astype(object).reindex(table.index).fillna("")
    table["unit"] = tree["name"].astype(object).reindex(table.index).fillna(GONE)
    table["kind"] = tree["kind"].astype(object).reindex(table.index).fillna("")
    table["grassroots"] = table.index.isin(tree.index[tree["grassroots"].astype(bool)])

    own = done.reindex(table.index).fillna(0).astype("int64")
    own["members"] = heads.groupby("path")["members"].sum().reindex(table.index)
    own["counted"] = own["members"].notna()
    own["members"] = own["members"].fillna(0).astype("int64")
    own["units_all"] = table["grassroots"]
    own["units_taking_part"] = table["grassroots"] & (own["participants"] > 0)
    own["units_uncounted"] = table["grassroots"] & ~own["counted"]
    # As day numbers: pandas compares dates one by one in Python.
    numbered = heads["on_day"].map(date.toordinal).groupby(heads["path"])
    days = pd.DataFrame({"first_day": numbered.min(), "last_day": numbered.max()}, dtype="float64")
    days.index = days.index.astype(object)  # text even when it is empty

    table["depth"] = table.index.str.len() // LABEL
    sums, firsts, lasts = [], [], []
    for depth in range(len(root) // LABEL, int(table["depth"].max()) + 1):
        at = table.index.str[: depth * LABEL]
        inside = table["depth"] >= depth
        sums.append(own[inside].groupby(at[inside]).sum())
        dated = days[days.index.str.len() >= depth * LABEL]
        over = dated.index.str[: depth * LABEL]
        firsts.append(dated["first_day"].groupby(over).min())
        lasts.append(dated["last_day"].groupby(over).max())
    total = pd.concat(sums).reindex(table.index)

    for column, found in (("first_day", firsts), ("last_day", lasts)):
        numbers = pd.concat(found).reindex(table.index)
        table[column] = pd.Series(
            [None if n != n else date.fromordinal(int(n)) for n in numbers], index=table.index, dtype=object
        )
    for column in (*DONE, "units_taking_part", "units_all", "units_uncounted"):
        table[column] = total[column].astype("int64")
    table["members"] = total["members"].where(total["counted"] > 0)
    table["rate"] = _ratio(table["participants"], total["members"])
    table["mean_score"] = _ratio(total["points"], total["scored"] * 100)
    table["own_members"] = own["members"].where(own["counted"])
    for column in DONE:
        table[f"own_{column}"] = own[column]
    table["own_mean_score"] = _ratio(own["points"], own["scored"] * 100)
    return table.reset_index()


def report_of(table: pd.DataFrame) -> Report:
    """The page of the first row of a `participation` table."""
    figures = figures_of(table)
    whole = figures[0]
    children = [each for each in figures if each.depth == whole.depth + 1]
    names = {each.path: each.name for each in figures}
    nobody = [
        Absent(each.name, each.code, names.get(each.path[:-LABEL], ""), each.members)
        for each in figures
        if each.grassroots and not each.participants
    ]
    return Report(
        whole=whole,
        children=tuple(
            sorted(children, key=lambda each: (each.rate is None, -(each.rate or 0), -each.participants, each.path))
        ),
        direct=direct_of(table, whole) if children else None,
        nobody=tuple(sorted(nobody, key=lambda each: -(each.members or 0))),
    )


def figures_of(table: pd.DataFrame) -> list[Figures]:
    """Every row as a plain value, in the order of the table."""
    return [
        Figures(
            path=row.path, code=row.code, name=row.unit, kind=row.kind, depth=int(row.depth), grassroots=bool(row.grassroots),
            members=_whole(row.members), first_day=_day(row.first_day), last_day=_day(row.last_day),
            participants=int(row.participants), rate=_known(row.rate), attempts=int(row.attempts), handed_in=int(row.handed_in),
            scored=int(row.scored), points=int(row.points), passed=int(row.passed), mean_score=_known(row.mean_score), units_taking_part=int(row.units_taking_part), units_all=int(row.units_all),
            units_uncounted=int(row.units_uncounted),
        )
        for row in table.itertuples(index=False)
    ]  # fmt: skip


def unit_lines(table: pd.DataFrame) -> Iterator[list[UnitLine]]:
    """A list of units as it is printed: for each row of the table its lines, in its order. The total is not among them.

    A unit with others below it is a subtotal, followed by a line for those who belong to it directly, if there are any.
    """
    figures = figures_of(table)
    parents = {each.path[:-LABEL] for each in figures}
    for each, row in zip(figures, table.itertuples(index=False), strict=True):
        above = each.path in parents
        lines = [] if above and each is figures[0] else [UnitLine(each, each.name, above)]
        if above and (direct := _direct(row, each)):
            lines.append(UnitLine(direct, f"{each.name} (trực tiếp)", False))
        yield lines


def direct_of(table: pd.DataFrame, figures: Figures) -> Figures | None:
    """The people of a unit who are in none of its children; None when there are none."""
    return _direct(next(table[table["path"] == figures.path].itertuples(index=False)), figures)


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


def _frame(rows: Iterable[NamedTuple], columns: tuple[str, ...], root: str) -> pd.DataFrame:
    """The rows inside `root`, as columns; an empty table still knows its columns."""
    import pandas as pd  # see participation

    inside = [row for row in rows if row[0].startswith(root)]
    return pd.DataFrame(
        dict(zip(columns, zip(*inside, strict=True), strict=True)) if inside else {name: [] for name in columns}
    )


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    return above / below.where(below > 0)


def _known(value: float) -> float | None:
    return None if value != value else float(value)  # NaN is the one value that differs from itself


def _whole(value: float) -> int | None:
    return None if value != value else int(value)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
