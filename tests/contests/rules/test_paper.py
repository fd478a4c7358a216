import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.rules.paper import BankIndex, BankItem, BankTooSmall, Paper, PaperItem, Shortage, draw_paper, shortages
from contests.rules.settings import DrawPart, RoundRules


def rules_for(*draw: tuple[str, int], **changes: bool) -> RoundRules:
    return RoundRules(minutes=20, attempts=1, draw=tuple(DrawPart(*part) for part in draw), **changes)


def bank_of(topic: str, count: int, *, first: int = 1, options: int = 4) -> list[BankItem]:
    return [BankItem(version, topic, options) for version in range(first, first + count)]


banks = st.lists(
    st.builds(
        lambda version, topic, options, pins: BankItem(
            version, topic, options, frozenset(pin for pin in pins if pin < options)
        ),
        version=st.integers(1, 500),
        topic=st.sampled_from(["a", "b", "c"]),
        options=st.integers(2, 6),
        pins=st.sets(st.integers(0, 5), max_size=3),
    ),
    unique_by=lambda item: item.version,
    max_size=60,
)
seeds = st.integers(-(2**70), 2**70)


@st.composite
def drawable(draw) -> tuple[list[BankItem], RoundRules]:
    bank = draw(banks.filter(bool))
    has = Counter(item.topic for item in bank)
    topics = draw(st.permutations(sorted(has)))[: draw(st.integers(1, len(has)))]
    parts = tuple(DrawPart(topic, draw(st.integers(1, has[topic]))) for topic in topics)
    return bank, RoundRules(20, 1, parts, draw(st.booleans()), draw(st.booleans()))


@given(drawable(), seeds)
def test_every_paper_obeys_the_rules(bank_and_rules, seed):
    bank, rules = bank_and_rules
    by_version = {item.version: item for item in bank}

    paper = draw_paper(bank, rules, seed)

    versions = [item.version for item in paper.items]
    assert len(set(versions)) == len(versions) == rules.questions
    assert Counter(by_version[v].topic for v in versions) == {part.topic: part.count for part in rules.draw}
    for item in paper.items:
        source = by_version[item.version]
        assert sorted(item.order) == list(range(source.options))
        assert all(item.order[pin] == pin for pin in source.pinned)
        assert rules.shuffle_options or item.order == tuple(range(source.options))


@given(drawable(), seeds, st.randoms())
def test_the_same_seed_gives_the_same_paper_whatever_the_order_of_the_bank(bank_and_rules, seed, chance):
    bank, rules = bank_and_rules
    other = bank[:]
    chance.shuffle(other)

    assert draw_paper(bank, rules, seed) == draw_paper(other, rules, seed) == draw_paper(BankIndex(other), rules, seed)


@given(drawable(), seeds)
def test_without_shuffling_topics_follow_the_rules_and_versions_ascend(bank_and_rules, seed):
    bank, given_rules = bank_and_rules
    rules = RoundRules(20, 1, given_rules.draw, shuffle_questions=False)
    topic_of = {item.version: item.topic for item in bank}

    versions = [item.version for item in draw_paper(bank, rules, seed).items]

    places = [[part.topic for part in rules.draw].index(topic_of[v]) for v in versions]
    assert list(zip(places, versions, strict=True)) == sorted(zip(places, versions, strict=True))


def test_a_known_seed_gives_this_very_paper():
    """Frozen: a change here would make every published draw impossible to recompute."""
    bank = [*bank_of("a", 30), *bank_of("b", 10, first=100, options=3)]

    paper = draw_paper(bank, rules_for(("a", 3), ("b", 2)), seed=20261116)

    assert paper == FROZEN


def test_another_process_with_another_hash_seed_draws_the_same():
    code = (
        "from contests.rules.paper import *; from contests.rules.settings import *;"
        "bank=[BankItem(v,'a',4) for v in range(50)];"
        "print(draw_paper(bank, RoundRules(20,1,(DrawPart('a',9),)), 7))"
    )

    seen = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
        for env in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
    }

    assert seen == {f"{draw_paper(bank_of('a', 50, first=0), rules_for(('a', 9)), 7)}\n"}


def test_questions_added_to_one_topic_leave_the_draw_of_another_alone():
    rules = rules_for(("a", 5), ("b", 5))
    before = [*bank_of("a", 20), *bank_of("b", 20, first=100)]
    after = [*before, *bank_of("b", 20, first=200)]

    def of_a(bank: list[BankItem]) -> set[PaperItem]:
        return {item for item in draw_paper(bank, rules, 1).items if item.version < 100}

    assert of_a(before) == of_a(after)


def test_a_seed_and_its_negative_differ():
    bank, rules = bank_of("a", 100), rules_for(("a", 20))

    assert draw_paper(bank, rules, 5) != draw_paper(bank, rules, -5)


def test_each_question_is_drawn_about_equally_often():
    index, rules, draws = BankIndex(bank_of("a", 40)), rules_for(("a", 10)), 2_000

    times = Counter(item.version for seed in range(draws) for item in draw_paper(index, rules, seed).items)

    # Expected 500 each, standard deviation about 19; fixed seeds, so this never flickers.
    assert len(times) == 40
    assert all(410 < n < 590 for n in times.values())


def test_each_question_comes_about_equally_often_in_each_place():
    index, rules = BankIndex([*bank_of("a", 3), *bank_of("b", 3, first=10)]), rules_for(("a", 3), ("b", 3))

    first = Counter(draw_paper(index, rules, seed).items[0].version for seed in range(3_000))

    assert all(410 < first[version] < 590 for version in (1, 2, 3, 10, 11, 12))


def test_each_option_order_comes_about_equally_often():
    index, rules = BankIndex([BankItem(1, "a", 4, frozenset({3}))]), rules_for(("a", 1))

    orders = Counter(draw_paper(index, rules, seed).items[0].order for seed in range(3_000))

    assert len(orders) == 6
    assert all(410 < n < 590 for n in orders.values())


def test_a_pin_in_the_middle_keeps_its_place_while_the_others_move():
    index, rules = BankIndex([BankItem(1, "a", 3, frozenset({1}))]), rules_for(("a", 1))

    assert {draw_paper(index, rules, seed).items[0].order for seed in range(50)} == {(0, 1, 2), (2, 1, 0)}


@pytest.mark.parametrize("pinned", [{0, 1}, {0}, {1}])
def test_a_true_false_question_stays_as_it_is(pinned):
    index, rules = BankIndex([BankItem(1, "a", 2, frozenset(pinned))]), rules_for(("a", 1))

    assert {draw_paper(index, rules, seed).items[0].order for seed in range(50)} == {(0, 1)}


@pytest.mark.parametrize(
    ("draw", "shortage"),
    [
        ([("a", 6)], ("a", 6, 5)),
        ([("a", 5), ("b", 3)], ("b", 3, 2)),
        ([("z", 1)], ("z", 1, 0)),
    ],
)
def test_a_bank_that_is_too_small_says_where_and_by_how_much(draw, shortage):
    bank = [*bank_of("a", 5), *bank_of("b", 2, first=10)]

    with pytest.raises(BankTooSmall) as refused:
        draw_paper(bank, rules_for(*draw), 1)

    assert (refused.value.topic, refused.value.wanted, refused.value.has) == shortage
    assert str(shortage[2]) in str(refused.value)


def test_an_organizer_sees_every_shortage_at_once():
    index = BankIndex(bank_of("a", 5))

    assert shortages(index, rules_for(("a", 6), ("b", 1))) == (Shortage("a", 6, 5), Shortage("b", 1, 0))
    assert shortages(index, rules_for(("a", 5))) == ()


@pytest.mark.parametrize(
    "bank",
    [
        [BankItem(1, "a", 4), BankItem(1, "b", 4)],
        [BankItem(1, "a", 1)],
        [BankItem(1, "a", 27)],
        [BankItem(1, "a", 4, frozenset({4}))],
        [BankItem(1, "a", 4, frozenset({-1}))],
    ],
)
def test_a_bank_that_contradicts_itself_is_a_bug(bank):
    with pytest.raises(ValueError, match="version 1"):
        BankIndex(bank)


def test_a_topic_twice_in_the_rules_is_a_bug():
    with pytest.raises(ValueError, match="twice"):
        draw_paper(bank_of("a", 9), rules_for(("a", 1), ("a", 2)), 1)


@settings(deadline=None)
@given(st.integers(1, 12), seeds)
def test_drawing_a_whole_topic_takes_each_question_once(count, seed):
    paper = draw_paper(bank_of("a", count), rules_for(("a", count)), seed)

    assert sorted(item.version for item in paper.items) == list(range(1, count + 1))


def test_a_draw_reads_only_what_it_picks():
    """With a prepared index a draw must not walk through the bank: 2,000 questions cost what 20 cost."""

    class Counting(tuple):
        reads = 0

        def __getitem__(self, at):
            Counting.reads += 1
            return super().__getitem__(at)

        def __iter__(self):
            raise AssertionError("the whole topic was read")

    bank = bank_of("a", 2_000)
    random.Random(1).shuffle(bank)
    index = BankIndex(bank)
    index._piles["a", ""] = Counting(index._piles["a", ""])

    draw_paper(index, rules_for(("a", 20)), 1)

    assert Counting.reads == 20


FROZEN = Paper(
    items=(
        PaperItem(version=101, order=(2, 0, 1)),
        PaperItem(version=23, order=(0, 2, 1, 3)),
        PaperItem(version=103, order=(0, 2, 1)),
        PaperItem(version=18, order=(2, 0, 1, 3)),
        PaperItem(version=28, order=(2, 3, 1, 0)),
    )
)


# --- difficulties ------------------------------------------------------------------------------------------------------
LEVELS = ("easy", "medium", "hard")


@st.composite
def blueprints(draw) -> tuple[list[BankItem], RoundRules]:
    """A bank and any blueprint over it, whether it can be filled or not."""
    levels = draw(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(LEVELS)), min_size=1, max_size=14))
    bank = [BankItem(version, topic, 4, difficulty=level) for version, (topic, level) in enumerate(levels, start=1)]
    cells = draw(
        st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(("", *LEVELS))), min_size=1, max_size=8, unique=True)
    )
    parts = tuple(DrawPart(topic, draw(st.integers(1, 5)), level) for topic, level in cells)
    return bank, RoundRules(20, 1, parts, draw(st.booleans()))


def a_paper_exists(bank: list[BankItem], parts: tuple[DrawPart, ...]) -> bool:
    """By augmenting paths, which know nothing of piles: every wanted place gets a question of its own."""
    places = [part for part in parts for _ in range(part.count)]
    holder: dict[int, int] = {}

    def find(place: int, tried: set[int]) -> bool:
        part = places[place]
        for item in bank:
            if item.version in tried or item.topic != part.topic or part.difficulty not in ("", item.difficulty):
                continue
            tried.add(item.version)
            if item.version not in holder or find(holder[item.version], tried):
                holder[item.version] = place
                return True
        return False

    return all(find(place, set()) for place in range(len(places)))


@given(blueprints(), seeds)
def test_overlapping_parts_never_repeat_a_question_and_are_filled_whenever_they_can_be(bank_and_rules, seed):
    bank, rules = bank_and_rules
    by_version = {item.version: item for item in bank}

    if not a_paper_exists(bank, rules.draw):
        assert shortages(BankIndex(bank), rules)
        with pytest.raises(BankTooSmall):
            draw_paper(bank, rules, seed)
        return
    versions = [item.version for item in draw_paper(bank, rules, seed).items]

    assert shortages(BankIndex(bank), rules) == ()
    assert len(set(versions)) == len(versions) == rules.questions
    drawn = Counter((by_version[v].topic, by_version[v].difficulty) for v in versions)
    for topic in {part.topic for part in rules.draw}:
        wanted = {part.difficulty: part.count for part in rules.draw if part.topic == topic}
        assert sum(count for (of, _), count in drawn.items() if of == topic) == sum(wanted.values())
        for level in LEVELS:
            assert drawn[topic, level] >= wanted.get(level, 0)
            assert "" in wanted or drawn[topic, level] == wanted.get(level, 0)


@given(drawable(), seeds, st.randoms())
def test_difficulties_in_the_bank_leave_a_draw_of_any_as_it_was(bank_and_rules, seed, chance):
    bank, rules = bank_and_rules
    graded = [replace(item, difficulty=chance.choice(LEVELS)) for item in bank]

    assert draw_paper(graded, rules, seed) == draw_paper(bank, rules, seed)


def test_a_shortage_names_the_difficulty():
    bank = BankIndex([BankItem(1, "a", 4, difficulty="hard"), BankItem(2, "a", 4, difficulty="easy")])
    rules = RoundRules(20, 1, (DrawPart("a", 2, "hard"), DrawPart("a", 2)))

    assert shortages(bank, rules) == (Shortage("a", 2, 1, "hard"), Shortage("a", 3, 2))
    with pytest.raises(BankTooSmall, match="cần 2 câu khó nhưng ngân hàng chỉ có 1 câu khó"):
        draw_paper(bank, rules, 1)
