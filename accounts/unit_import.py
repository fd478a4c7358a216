"""Units from a workbook into the tree: all rows or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.actions import NewUnit, create_units, move_unit, rename_unit
from accounts.models import Headcount, Unit, UnitKind
from accounts.names import search_text
from accounts.unit_file import Fault, UnitRow, parents_first

SOURCE = "tệp đơn vị"


class UnitsRefused(Exception):
    """Nothing was saved; `faults` says why, row by row."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass
class Imported:
    """What an import did, or would do."""

    created: int = 0
    renamed: int = 0
    moved: int = 0
    rekinded: int = 0
    headcounts: int = 0
    unchanged: int = 0


def kinds_by_word() -> dict[str, str]:
    """Every accepted way to write a kind of unit → its slug."""
    words = {"cong doan co so thanh vien": "cdcs"}
    for kind in UnitKind.objects.all():
        words[search_text(kind.name)] = words[search_text(kind.slug)] = kind.slug
    return words


@transaction.atomic
def import_units(rows: list[UnitRow], *, from_day: date, move: bool = False, save: bool = True) -> Imported:
    """Make, rename and count the units of `rows` by their code; the same file again changes nothing.

    A parent other than today's is refused unless `move`: a mistyped code would carry a whole subtree, with all who may
    see it, to another place. With `save=False` everything is tried and nothing kept. Raises UnitsRefused.
    """
    units = {unit.code: unit for unit in Unit.objects.select_related("kind", "parent")}
    kinds = {kind.slug: kind for kind in UnitKind.objects.all()}
    ordered, faults = parents_first(rows, units)
    if faults:
        raise UnitsRefused(faults)
    done = Imported()
    for wave in _waves(ordered):
        fresh = [row for row in wave if row.code not in units]
        for row in wave:
            if fault := _refusal(row, units.get(row.code), units.get(row.parent), kinds[row.kind], move):
                faults.append(Fault(row.number, fault))
        for row in wave:
            if row.code in units:
                parent = units.get(row.parent)
                units[row.code] = _update(
                    row, units[row.code], parent, kinds[row.kind], from_day, done, move=move and not faults
                )
        # Made even where one is refused: the units below are looked at too, and the transaction ends in nothing.
        new = [NewUnit(row.code, row.name, kinds[row.kind], units.get(row.parent)) for row in fresh]
        made = create_units(new, from_day=from_day)
        units |= {unit.code: unit for unit in made}
        done.created += len(made)
    _count(rows, units, done)
    if faults:
        raise UnitsRefused(faults)
    if not save:
        transaction.set_rollback(True)
    return done


def _refusal(row: UnitRow, unit: Unit | None, parent: Unit | None, kind: UnitKind, move: bool) -> str:
    if parent is None and kind.level != 1:
        return "thiếu mã cấp trên; chỉ cấp cao nhất mới để trống."
    if parent is not None and kind.level < parent.kind.level:
        return f"“{kind.name}” không thể nằm dưới “{parent.kind.name}”."
    if unit is not None and unit.closed_on is not None:
        return f"đơn vị “{row.code}” đã đóng ngày {unit.closed_on:%d/%m/%Y}."
    if unit is not None and not move and unit.parent_id != (parent.pk if parent else None):
        now = unit.parent.code if unit.parent else ""
        return f"“{row.code}” đang thuộc “{now}”, tệp ghi “{row.parent}”. Nếu chuyển thật, chạy lại với --move."
    if unit is not None and move and parent is not None and parent.path.startswith(unit.path):
        return "không thể chuyển một đơn vị vào bên dưới chính nó."
    return ""


def _update(
    row: UnitRow, unit: Unit, parent: Unit | None, kind: UnitKind, from_day: date, done: Imported, *, move: bool
) -> Unit:
    before = (done.renamed, done.moved, done.rekinded)
    if unit.name != row.name:
        rename_unit(unit=unit, name=row.name, from_day=from_day)
        done.renamed += 1
    if unit.kind_id != kind.pk:
        unit.kind = kind
        unit.save(update_fields=["kind"])
        done.rekinded += 1
    if move and parent is not None and unit.parent_id != parent.pk:
        move_unit(unit=unit, parent=parent)
        done.moved += 1
    if before == (done.renamed, done.moved, done.rekinded):
        done.unchanged += 1
        return unit
    return Unit.objects.select_related("kind", "parent").get(pk=unit.pk)


def _count(rows: list[UnitRow], units: dict[str, Unit], done: Imported) -> None:
    counted = [row for row in rows if row.on_day is not None]
    standing = Headcount.objects.filter(unit__in=[units[row.code].pk for row in counted])
    known = set(standing.values_list("unit", "on_day", "members", "workers"))
    changed = [
        Headcount(unit=units[row.code], on_day=row.on_day, members=row.members, workers=row.workers, source=SOURCE)
        for row in counted
        if (units[row.code].pk, row.on_day, row.members, row.workers) not in known
    ]
    Headcount.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["unit", "on_day"],
        update_fields=["members", "workers", "source"],
    )
    done.headcounts += len(changed)


def _waves(ordered: list[UnitRow]) -> Iterator[list[UnitRow]]:
    """The rows in runs in which nobody is the parent of another, so that each run is made at once."""
    wave: dict[str, UnitRow] = {}
    for row in ordered:
        if row.parent in wave:
            yield list(wave.values())
            wave = {}
        wave[row.code] = row
    if wave:
        yield list(wave.values())
