"""Where each unit counts in one contest, and how many people belong there: the same for staff reports and boards of units.

A unit stands at its path of today, a grassroots unit whose people sat elsewhere in the tree stands where they sat. People
are counted as of the contest's first day: the newest headcount up to it, else the newest at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, F, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import Headcount, Unit
from accounts.scope import Scope, in_scope
from contests.models import Contest, Entry

LABEL = 5  # characters of a path a level: accounts.actions.PATH_LABEL and the dot


class StandingUnit(NamedTuple):
    """A unit where it counts; `known` where it still stands inside the tree that was asked for."""

    pk: int
    path: str
    code: str
    name: str
    kind: str
    kind_slug: str
    grassroots: bool
    known: bool = True


class Heads(NamedTuple):
    """People who belong directly to the unit that counts at `path`."""

    path: str
    members: int
    workers: int
    on_day: date


@dataclass(frozen=True, slots=True)
class Places:
    """The units of a subtree, each where it counts in the contest, and their headcounts."""

    units: list[StandingUnit]
    heads: list[Heads]


def opening_day(contest: Contest) -> date | None:
    """The first day of the first round, the day by which members are counted."""
    first = contest.rounds.aggregate(first=Min("opens_at"))["first"]
    return timezone.localdate(first) if first else None


def places(contest: Contest, root: Unit, sat: Iterable[tuple[int, str, int]]) -> Places:
    """The subtree of `root`. `sat`: unit, path of the day, people who began there. At most five queries for any tree."""
    inside, day = Scope((root.path,)), opening_day(contest)
    rows = list(sat)
    people: defaultdict[int, dict[str, int]] = defaultdict(dict)  # unit → path of the day → people
    for pk, path, count in rows:
        people[pk][path] = count
    standing_here = list(_units(in_scope(Unit.objects.all(), inside), day, always=root.pk))
    sat_elsewhere = set(
        Entry.objects.filter(contest=contest, unit__in=in_scope(Unit.objects.all(), inside))
        .exclude(unit_path=F("unit__path")).values_list("unit", flat=True).distinct()
    )  # fmt: skip
    moved_away = people.keys() - {unit.pk for unit in standing_here}

    units: list[StandingUnit] = []
    for unit in standing_here:
        then = people.get(unit.pk, {})
        if not unit.grassroots or unit.path in then or unit.pk not in sat_elsewhere:
            units.append(unit)
        elif then:
            units.append(unit._replace(path=_most(then)))
        # else its people sat under another parent and are counted there
    units += [
        unit._replace(path=_most(people[unit.pk]), known=False)
        for unit in _units(Unit.objects.filter(pk__in=moved_away), None)
    ]
    at = {unit.pk: unit for unit in units}
    heads = in_scope(Headcount.objects.all(), inside, "unit__path") | Headcount.objects.filter(unit__in=moved_away)
    headcounts = [Heads(at[pk].path, *numbers) for pk, *numbers in newest(heads, day) if pk in at]

    taken = {unit.path for unit in units}
    for pk, path, _count in rows:  # a unit that moved in the middle of the contest has a second place
        if path not in taken and pk in at:
            taken.add(path)
            units.append(at[pk]._replace(path=path, kind="", grassroots=False, known=False))
    return Places(units, headcounts)


def _units(units: QuerySet[Unit], day: date | None, always: int | None = None) -> Iterator[StandingUnit]:
    """The units, without those that had closed by the day; `always` stays."""
    if day is not None:
        units = units.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day) | Q(pk=always))
    fields = ("pk", "path", "code", "name", "kind__name", "kind__slug", "kind__is_grassroots")
    return (StandingUnit(*row) for row in units.order_by("path").values_list(*fields))


def newest(heads: QuerySet[Headcount], day: date | None) -> QuerySet[Headcount, tuple[int, int, int, date]]:
    """Unit, members, workers, day: for each unit the last headcount up to the day, else its last one at all."""
    in_time = ExpressionWrapper(Q(on_day__lte=day or date.max), output_field=BooleanField())
    return (
        heads.order_by("unit", in_time.desc(), "-on_day")
        .distinct("unit")
        .values_list("unit", "members", "workers", "on_day")
    )


def _most(at: dict[str, int]) -> str:
    return max(sorted(at), key=lambda path: at[path])
