"""The clues as rules: honest crowds raise next to none, planted copying is found, and the odds are right."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.rules import clues
from contests.rules.clues import Alike, Popular, Sat, Strength

QUESTIONS, OPTIONS = 20, 4


# --- One at a time -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("people", "strength"),
    [(1, None), (2, Strength.WEAK), (3, Strength.MEDIUM), (5, Strength.STRONG), (40, Strength.STRONG)],
)
def test_a_shared_device(people, strength):
    assert clues.of_device(people) is strength


def test_the_pace_is_the_median_from_one_answer_to_the_next():
    assert clues.pace([12.0, 2.0, 4.0, 5.0], started=0.0) == 2.0  # 2, 2, 1, 7
    assert clues.pace([], started=0.0) == 0.0


@pytest.mark.parametrize(
    ("seconds", "right", "questions", "strength"),
    [
        (1.0, 20, 20, Strength.STRONG), (1.0, 17, 20, Strength.MEDIUM), (2.0, 20, 20, Strength.MEDIUM), (2.0, 16, 20, Strength.WEAK),
        (2.5, 20, 20, None), (1.0, 15, 20, None), (1.0, 4, 4, None),
    ],
)  # fmt: skip
def test_a_pace_that_nobody_reads_in(seconds, right, questions, strength):
    assert clues.of_pace(seconds, right, questions) is strength


@pytest.mark.parametrize(
    ("before", "after", "ms_before", "ms_after", "strength"),
    [
        (0.2, 1.0, 900_000, 200_000, Strength.MEDIUM), (0.4, 0.9, 900_000, 400_000, Strength.WEAK), (0.5, 1.0, 900_000, 100_000, None),
        (0.4, 0.85, 900_000, 100_000, None), (0.2, 1.0, 900_000, 500_000, None),
    ],
)  # fmt: skip
def test_a_sudden_jump(before, after, ms_before, ms_after, strength):
    assert clues.of_jump(before, after, ms_before, ms_after) is strength


# --- Odds ----------------------------------------------------------------------------------------------------------
@given(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), max_size=8), st.integers(0, 9))
def test_the_tail_is_that_of_all_outcomes_counted(chances, least):
    exact = sum(
        (
            Fraction(1)
            * _product(
                Fraction(chance) if hit else 1 - Fraction(chance) for hit, chance in zip(hits, chances, strict=True)
            )
            for hits in itertools.product((0, 1), repeat=len(chances))
            if sum(hits) >= least
        ),
        Fraction(0),
    )

    assert clues.tail(chances, least) == pytest.approx(float(exact), abs=1e-12)


def _product(parts):
    result = Fraction(1)
    for part in parts:
        result *= part
    return result


def test_the_two_of_a_pair_do_not_make_their_own_answer_popular():
    """Of ten who were wrong here, only this pair chose 3: of those wrong one in eleven, not two in ten; and half of their like are wrong."""
    popular = Popular({7: {frozenset({1}): 8, frozenset({3}): 2}}, {7: 3}, {(7, 5): (10, 20)})

    assert popular.chance(7, frozenset({3}), frozenset({3}), 5) == pytest.approx(1 / 11 * 10 / 20)
    assert popular.chance(7, frozenset({1}), frozenset({3}), 5) == pytest.approx(8 / 11 * 10 / 20)
    assert popular.chance(7, frozenset({3}), None, 5) == pytest.approx(2 / 12 * 11 / 20)
    assert Popular({}, {}, {}).chance(7, frozenset({1}), frozenset({1}), 5) == 1.0, "an unknown question proves nothing"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12))
def test_overlapping_pairs_are_counted_as_one_by_one(times):
    sat = [Sat(number, number, min(pair), max(pair), {}, ()) for number, pair in enumerate(times)]
    one_by_one = sum(one.start <= other.end and other.start <= one.end for one, other in itertools.combinations(sat, 2))

    assert clues.overlapping_pairs(sat) == one_by_one


# --- Crowds --------------------------------------------------------------------------------------------------------
def crowd(
    seed: int, units: int, people: int, copiers: int = 0, copied: float = 1.0
) -> tuple[list[list[Sat]], set[tuple[int, int]]]:
    """People of mixed ability on a bank of questions of mixed difficulty, whose wrong options differ in how they tempt; and copiers."""
    chance = random.Random(seed)
    bank = 60
    hard = [chance.uniform(-1.2, 1.6) for _ in range(bank)]
    tempting = [sorted(chance.choices(range(1, 10), k=OPTIONS - 1)) for _ in range(bank)]
    made, planted, number = [], set(), 0
    for _ in range(units):
        unit = []
        for _ in range(people):
            able, start = chance.gauss(0, 1), chance.uniform(0, 600)
            paper = chance.sample(range(bank), QUESTIONS)
            wrong = {
                question: frozenset({chance.choices(range(1, OPTIONS), weights=tempting[question])[0]})
                for question in paper
                if chance.random() > 1 / (1 + 2.718281828 ** -(able + 0.9 - hard[question]))
            }
            number += 1
            unit.append(Sat(number, number, start, start + chance.uniform(300, 1200), wrong, set(paper) - set(wrong)))
        made.append(unit)
    for _ in range(copiers):
        unit = chance.choice(made)
        victim = chance.choice([one for one in unit if len(one.wrong) >= 7] or unit)
        number += 1
        taken = {question: answer for question, answer in victim.wrong.items() if chance.random() < copied}
        known = set(victim.right) | (set(victim.wrong) - set(taken))
        unit.append(Sat(number, number, victim.start + 20, victim.end + 5, taken, known))
        planted.add((victim.attempt, number))
    return made, planted


def found(units: list[list[Sat]]) -> list[Alike]:
    counts: dict[int, dict[clues.Chosen, int]] = {}
    for one in itertools.chain(*units):
        for question, answer in one.wrong.items():
            counts.setdefault(question, {}).setdefault(answer, 0)
            counts[question][answer] += 1
    failed: Counter[tuple[int, int]] = Counter(
        (question, one.tenth) for one in itertools.chain(*units) for question in one.wrong
    )
    passed: Counter[tuple[int, int]] = Counter(
        (question, one.tenth) for one in itertools.chain(*units) for question in one.right
    )
    by_tenth = {place: (failed[place], failed[place] + passed[place]) for place in failed | passed}
    pairs = sum(clues.overlapping_pairs(unit) for unit in units)
    return list(clues.alike(units, Popular(counts, dict.fromkeys(counts, OPTIONS - 1), by_tenth), pairs))


def shuffled(units: list[list[Sat]], seed: int) -> list[list[Sat]]:
    """The same papers at the same times, by other people of other units."""
    everybody = list(itertools.chain(*units))
    random.Random(seed).shuffle(everybody)
    sizes = iter(everybody)
    return [[next(sizes) for _ in unit] for unit in units]


def test_honest_members_raise_few_alarms_whoever_is_who(capsys):
    """Forty contests of 600 honest members, each also with people and units shuffled: at most MOST_EXPECTED false alarms a contest."""
    alarms = pairs = 0
    for seed in range(40):
        units, _ = crowd(seed, units=20, people=30)
        for crowd_of in (units, shuffled(units, seed)):
            alarms += len(found(crowd_of))
            pairs += sum(map(clues.overlapping_pairs, crowd_of))

    with capsys.disabled():
        print(
            f"\n  honest: {alarms} alarms in 80 contests, {pairs:,} pairs compared; at most {80 * clues.MOST_EXPECTED:.0f} were to be expected"
        )
    assert alarms <= 80 * clues.MOST_EXPECTED


def test_planted_copying_is_found(capsys):
    """Who copied a paper with at least seven mistakes whole is found in nine of ten cases, with no alarm about anybody else."""
    seen = planted_in_all = others = half_seen = half_planted = 0
    for seed in range(12):
        units, planted = crowd(seed, units=20, people=30, copiers=10)
        pairs = {(one.first, one.second) for one in found(units)}
        seen += len(pairs & planted)
        planted_in_all += len(planted)
        others += len(pairs - planted)
        units, planted = crowd(seed, units=20, people=30, copiers=10, copied=0.7)
        half_seen += len({(one.first, one.second) for one in found(units)} & planted)
        half_planted += len(planted)

    with capsys.disabled():
        print(
            f"\n  planted: {seen} of {planted_in_all} whole copies found, {half_seen} of {half_planted} of which seven tenths were copied;"
            f" {others} other pairs named"
        )
    assert seen >= 0.9 * planted_in_all
    assert others <= 12 * clues.MOST_EXPECTED + 4  # two who copied from one person are alike too


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_who_is_who_and_in_which_order_does_not_matter(seed, chance):
    units, _ = crowd(seed, units=3, people=15, copiers=2)
    names = list(range(1, 60))
    chance.shuffle(names)
    renamed = [
        [Sat(one.attempt, names[one.member], one.start, one.end, one.wrong, one.right) for one in unit]
        for unit in units
    ]
    for unit in renamed:
        chance.shuffle(unit)
    chance.shuffle(renamed)

    def figures(all_units: list[list[Sat]]) -> list[tuple[frozenset[int], int, int, float]]:
        return sorted(
            (sorted([one.first, one.second]), one.both, one.alike, round(one.expected, 12)) for one in found(all_units)
        )

    assert figures(renamed) == figures(units)


def test_two_attempts_of_one_member_are_no_pair():
    wrong = {question: frozenset({3}) for question in range(8)}
    units = [[Sat(1, 1, 0, 10, wrong, ()), Sat(2, 1, 5, 15, wrong, ())]]

    assert found(units) == []


def test_who_did_not_sit_at_the_same_time_is_no_pair():
    wrong, known = {question: frozenset({1 + question % 3}) for question in range(8)}, set(range(8, 20))
    crowd_of, _ = crowd(1, units=5, people=20)
    together = [*crowd_of, [Sat(9001, 9001, 0, 10, wrong, known), Sat(9002, 9002, 5, 15, wrong, known)]]
    apart = [*crowd_of, [Sat(9001, 9001, 0, 10, wrong, known), Sat(9002, 9002, 11, 15, wrong, known)]]

    assert [(one.first, one.second) for one in found(together)] == [(9001, 9002)]
    assert found(apart) == []
