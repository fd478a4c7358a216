"""An attacker who holds every file of a unit, of its parent and of the day before, against what is published.

The attacker is written from the promise alone (`docs/decisions/0012-suppression.md`): every world is kept that fits all totals,
all bounds of what is shown and of what is hidden, the rules of suppression being known. Linear programs over all such worlds
give the least and the most that a hidden cell can be. Two controls show that the attacker breaks what one does first.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reports import suppression
from reports.segments import UNSAID, Row, Tables
from reports.suppression import BASE, FARTHEST, FEWEST, LEAST_SHOWN, LEAST_UNIT, Cell, Shown, disturbance

GENDERS, AGES = ("female", "male", "other", UNSAID), ("u25", "25", "35", UNSAID)
KEY = b"secret of a test"
Person = tuple[str, str, str]  # unit, age, gender
Label = tuple[str, str]  # an age or "*", a gender or "*"
LABELS = [*itertools.product(AGES, GENDERS), *((age, "*") for age in AGES), *(("*", gender) for gender in GENDERS)]


@dataclass
class System:
    """What the attacker knows: sums of unknowns, each between two numbers. An unknown is a count of a unit, an age and a gender."""

    unknowns: list[tuple]
    rows: list[np.ndarray] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = {unknown: place for place, unknown in enumerate(self.unknowns)}

    def sum_of(self, chosen) -> np.ndarray:
        row = np.zeros(len(self.unknowns))
        for unknown in chosen:
            row[self.at[unknown]] = 1
        return row

    def know(self, row: np.ndarray, low: float, high: float) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def range_of(self, row: np.ndarray) -> tuple[int, int]:
        """The least and the most whole number that the sum can be in any world that fits."""
        matrix, ends = np.array(self.rows), []
        limits = np.vstack([matrix, -matrix]), np.concatenate([self.high, [-low for low in self.low]])
        for sign in (1, -1):
            found = linprog(sign * row, A_ub=limits[0], b_ub=limits[1], bounds=(0, None), method="highs")
            assert found.status in (0, 3), "the truth itself always fits"
            ends.append(math.inf if found.status == 3 else sign * found.fun)
        return math.ceil(ends[0] - 1e-6), math.floor(ends[1] + 1e-6) if ends[1] != math.inf else 10**9


def inside(label: Label, age: str, gender: str) -> bool:
    return label[0] in ("*", age) and label[1] in ("*", gender)


def tables_of(people: list[Person]) -> Tables:
    """As the database counts them."""
    cells: defaultdict[tuple, Cell] = defaultdict(Cell)
    for number, (_unit, age, gender) in people:
        points, sittings = 100 * (number % 21), 1 + number % 3 // 2
        who = int.from_bytes(hashlib.blake2b(f"{number}{age}{gender}".encode(), digest_size=7).digest())
        cells[(age, gender, *[UNSAID] * 4)] += Cell(1, sittings, 1, points, number % 2, who)
    return Tables([Row(groups, cell) for groups, cell in cells.items()], most_points=2000, key=KEY, context="1")


def ours(people) -> dict[Label, Shown] | None:
    """All that a page or a file says of a unit, whole cells: the table of two segments and both of one."""
    tables = tables_of(people)
    if tables.too_small:
        return None
    crossed = tables.crossed("age", "gender")
    said = {label: crossed.get(label, suppression.HIDDEN) for label in itertools.product(AGES, GENDERS)}
    return (
        said
        | {(line.group, "*"): line.shown for line in tables.one("age", AGES[:-1])}
        | {("*", line.group): line.shown for line in tables.one("gender", GENDERS[:-1])}
    )


def exact(people, label) -> int:
    return sum(inside(label, age, gender) for _, (_unit, age, gender) in people)


def small_only(people) -> dict[Label, Shown]:
    """Control: what one does first. Counts of 1 to 4 are hidden, everything else is said as it is."""
    counts = {label: exact(people, label) for label in LABELS}
    return {label: Shown(None if 0 < count < FEWEST else count) for label, count in counts.items()}


def rounded(people) -> dict[Label, Shown]:
    """Control: everything rounded to the nearest multiple of 5, nothing disturbed; what becomes 0 is hidden."""
    counts = {label: exact(people, label) for label in LABELS}
    return {label: Shown(BASE * ((count + 2) // BASE) or None) for label, count in counts.items()}


def bounds_of(shown: Shown, way) -> tuple[float, float]:
    """What a figure says for certain of the true count."""
    if way is ours:
        if shown.people is None:
            return 0, LEAST_SHOWN - BASE / 2 + FARTHEST
        return max(FEWEST, shown.people - BASE / 2 - FARTHEST), shown.people + BASE / 2 + FARTHEST
    if way is rounded:
        return (0, 2) if shown.people is None else (shown.people - 2, shown.people + 2)
    return (1, FEWEST - 1) if shown.people is None else (shown.people, shown.people)


def attack(people: list[Person], way, *, look_at: int | None = None) -> list[tuple]:
    """Every hidden cell of a unit, or of all together, that is pinned to one number or known to be 1 to 4."""
    numbered = list(enumerate(people))
    units = sorted({unit for unit, *_ in people})
    places = [(unit, [one for one in numbered if one[1][0] == unit], (unit,)) for unit in units]
    if len(units) > 1:
        places.append(("parent", numbered, tuple(units)))
    system = System(list(itertools.product(units, AGES, GENDERS)))
    hidden = []
    for name, inhabitants, made_of in places:
        everybody = system.sum_of(one for one in system.unknowns if one[0] in made_of)
        system.know(everybody, len(inhabitants), len(inhabitants))  # every workbook says it exactly
        said = way(inhabitants)
        for label in LABELS if inhabitants else []:
            shown = said[label] if said else suppression.HIDDEN
            row = system.sum_of(one for one in system.unknowns if one[0] in made_of and inside(label, *one[1:]))
            if said:
                system.know(row, *bounds_of(shown, way))
            if shown.people is None:
                hidden.append((name, label, row))
    chosen = hidden if look_at is None else random.Random(len(people)).sample(hidden, min(look_at, len(hidden)))
    broken = []
    for name, label, row in chosen:
        low, high = system.range_of(row)
        if low == high or (low > 0 and high < FEWEST):
            broken.append((name, label, low, high))
    return broken


def some_people(seed: int, *, units: int, size: int) -> list[Person]:
    """People of a few units. Groups are as uneven as in life, and some units are nearly of one kind."""
    drawn = random.Random(seed)
    people: list[Person] = []
    for unit in range(units):
        ages = [drawn.random() ** drawn.choice([1, 3, 6]) for _ in AGES]
        genders = [drawn.random() ** drawn.choice([1, 3, 6]) for _ in GENDERS]
        many = drawn.choice([0, 1, 4, 5, 9, 20, 29, 30, 31, 45, 60, size])
        chosen = zip(drawn.choices(AGES, ages, k=many), drawn.choices(GENDERS, genders, k=many), strict=True)
        people += [(f"unit {unit}", age, gender) for age, gender in chosen]
    return people


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), size=st.integers(30, 400))
def test_no_hidden_cell_of_a_file_can_be_worked_out(seed, size):
    assert attack(some_people(seed, units=1, size=size), ours, look_at=6) == []


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), size=st.integers(30, 400), units=st.integers(2, 4))
def test_nor_from_the_files_of_a_parent_and_all_its_children(seed, size, units):
    assert attack(some_people(seed, units=units, size=size), ours, look_at=6) == []


@pytest.mark.parametrize("way", [small_only, rounded])
def test_the_attacker_breaks_what_one_does_first(way):
    broken = [seed for seed in range(15) if attack(some_people(seed, units=2, size=60), way, look_at=12)]

    assert len(broken) > 5


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), joins=st.tuples(st.sampled_from(AGES), st.sampled_from(GENDERS)))
def test_nor_what_one_more_person_declared_who_sat_between_two_files(seed, joins):
    before = some_people(seed, units=1, size=120) or [("unit 0", UNSAID, UNSAID)] * 60
    after = [*before, ("unit 0", *joins)]
    then, new = list(itertools.product(["then"], AGES, GENDERS)), list(itertools.product(["new"], AGES, GENDERS))
    system = System([*then, *new])
    system.know(system.sum_of(then), len(before), len(before))
    system.know(system.sum_of(new), 1, 1)
    for people, counted in ((before, then), (after, [*then, *new])):
        for label, shown in (ours(list(enumerate(people))) or {}).items():
            row = system.sum_of(one for one in counted if inside(label, *one[1:]))
            system.know(row, *bounds_of(shown, ours))

    for unknown in random.Random(seed).sample(new, 5):
        assert system.range_of(system.sum_of([unknown])) == (0, 1), f"whether it was {unknown} is known"


def test_which_figures_moved_does_not_tell_whom_a_newcomer_joined():
    """Were only the newcomer's cells disturbed anew, every figure that moved would hold the newcomer."""
    moved: Counter[bool] = Counter()
    for seed in range(60):
        people = [("u", age, gender) for age in AGES for gender in GENDERS for _ in range(20 + seed % 7)]
        before, after = ours(list(enumerate(people))), ours(list(enumerate([*people, ("u", "25", "female")])))
        for label in LABELS:
            if not inside(label, "25", "female"):
                moved[before[label] != after[label]] += 1

    assert moved[True] > moved[False]


# --- what is published of a cell


@given(people=st.integers(0, 4), key=st.binary(min_size=1, max_size=8), more=st.integers(LEAST_UNIT, 5000))
def test_a_cell_of_four_is_hidden_with_all_that_depends_on_it(people, key, more):
    unit = suppression.Unit(people + more, 2 * (people + more), 2000, key)
    cell = Cell(people, 40 * people, people, 2000 * people, people, 7)

    assert suppression.published({"a": cell}, unit) == {"a": suppression.HIDDEN}


@given(people=st.integers(5, 3000), label=st.text(max_size=5), key=st.binary(min_size=1, max_size=8))
def test_what_is_shown_is_coarse_near_and_a_rate_is_one(people, label, key):
    unit = suppression.Unit(5000, 8000, 2000, key)
    cell = Cell(people, people + people // 2, people, 1300 * people, people * 3 // 4)

    shown = suppression.published({label: cell}, unit)[label]

    if shown.people is None:
        assert shown == suppression.HIDDEN
        return
    assert shown.people % BASE == shown.attempts % BASE == 0
    assert shown.people >= LEAST_SHOWN
    assert shown.attempts >= shown.people
    assert abs(shown.people - people) <= abs(disturbance(unit.secret, repr(label), "people")) + BASE / 2
    if shown.mean is not None:
        assert 0 <= shown.mean <= 2000
        assert shown.mean % 10 == 0
        assert 0 <= shown.pass_rate <= 1


@given(seed=st.integers(0, 2**32))
def test_a_question_has_one_answer_on_whichever_way_it_is_asked(seed):
    people = list(enumerate(some_people(seed, units=1, size=300)))
    tables = tables_of(people)
    shuffled = tables_of(random.Random(seed).sample(people, len(people)))

    turned = {(age, gender): shown for (gender, age), shown in tables.crossed("gender", "age").items()}
    assert turned == tables.crossed("age", "gender") == shuffled.crossed("age", "gender")


def test_cells_of_the_same_people_are_not_alike_for_then_two_that_differ_would_tell_of_somebody_between():
    everybody_is_female = [("u", AGES[number % 4], "female") for number in range(800)]
    tables = tables_of(list(enumerate(everybody_is_female)))

    alone = [line.shown.people for line in tables.one("age", AGES[:-1])]
    crossed = [tables.crossed("age", "gender")[(age, "female")].people for age in AGES]
    assert alone != crossed


def test_a_unit_of_few_people_says_nothing():
    people = list(enumerate([("u", "25", "female")] * (LEAST_UNIT - 1)))

    assert tables_of(people).too_small
    assert {line.shown for line in tables_of(people).one("age", AGES[:-1])} == {suppression.HIDDEN}
    assert not tables_of([*people, (99, ("u", "25", "female"))]).too_small


def test_the_disturbance_has_the_distribution_that_the_proof_needs():
    """No value is more than twice as likely as one a person away; it is never too far, and it leans to no side."""
    drawn = np.array([disturbance(b"key", str(label), "people") for label in range(40_000)])

    for size in range(6):
        assert np.mean(np.abs(drawn) > size) == pytest.approx(2.0**-size, abs=0.01)
    assert abs(np.mean(drawn)) < 0.05
    assert np.max(np.abs(drawn)) <= FARTHEST


def test_large_groups_come_out_right():
    """Over many groups of a thousand the figures are off by a few people, and on the whole by nobody."""
    unit = suppression.Unit(90_000, 120_000, 2000, b"key")
    cells = {label: Cell(1003, 1500, 1003, 1003 * 1400, 800) for label in range(400)}
    shown = suppression.published(cells, unit).values()

    off = np.array([each.people - 1003 for each in shown])
    assert abs(off.mean()) < 0.5
    assert np.mean(np.abs(off) <= 5) > 0.85
    assert {each.mean for each in shown} <= {1390, 1400, 1410}
    assert {round(each.pass_rate, 2) for each in shown} == {0.8}
