"""The rule sets that come with the platform: what they say, and that the rules page says every number of theirs."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from contests.authoring.rule_sets import dump_rule_set, read_rule_set, read_rule_set_file
from contests.rules.awards import OnePrize
from contests.rules.contest_settings import EACH, Eligibility, PrizeFor, UnitBy
from contests.rules.prediction import Meaning
from contests.rules.scoring import FORMATS
from contests.rules.settings import Counting, Partial
from contests.rules.thele import ContestFacts, RoundFacts, rules_page
from contests.rules.ties import Criterion
from tests.contests.rule_sets.files import ALL, OWN, REAL, raw

EVERY = pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
SETS = {path.stem: read_rule_set_file(path.read_bytes()) for path in ALL}

# What the published rules of eight real contests say: rounds, questions, minutes, attempts (None: the source is silent,
# 0: unlimited), prizes for people and for units (None: silent).
PUBLISHED = {
    "tld-blld-2020": (4, 20, 30, None, None, None),
    "tld-gui-niem-tin-2023": (3, 21, 20, 2, None, None),  # 20 and an essay
    "hcm-2023": (4, 20, 15, 2, None, None),
    "hcm-2025": (2, 20, 20, None, [(288, 0)], [(30, 0)]),
    "moj-bau-cu-2021": (1, 19, 20, 3, [(1, 6_000_000), (5, 3_000_000), (10, 2_000_000), (20, 1_000_000)], None),
    "gia-lai-2025": (1, 20, 15, 1, [(1, 0), (3, 0), (10, 0), (15, 0)], [(1, 0), (1, 0)]),
    "hai-duong-2024": (None, None, None, None, None, None),
    "quynh-luu-2020": (1, 10, 45, 0, None, None),
}


def test_there_are_eight_real_ones_and_six_of_ours():
    assert {path.stem for path in REAL} == set(PUBLISHED)
    assert len(OWN) == 6


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_real_one_says_what_was_published(name):
    rounds, questions, minutes, attempts, people, units = PUBLISHED[name]
    found = SETS[name]

    assert rounds is None or len(found.rounds) == rounds
    for one in found.rounds:
        assert questions is None or one.rules.questions == questions
        assert minutes is None or one.rules.minutes == minutes
        assert attempts is None or (one.rules.attempts or 0) == attempts
    prizes = {kind: [(one.count, one.amount) for one in found.rules.prizes if one.to is kind] for kind in PrizeFor}
    assert people is None or prizes[PrizeFor.PERSON] == people
    assert units is None or prizes[PrizeFor.UNIT] == units


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_real_one_says_what_its_source_does_not(name):
    found = SETS[name]
    silent = {*found.defaults, *(found.chosen or {})}

    if PUBLISHED[name][3] is None:
        assert "round.attempts" in silent
    if found.rules.chain == SETS["quynh-luu-2020"].rules.chain:  # the default: no source states how ties are broken
        assert "rules.chain" in silent
    assert "round.draw" in silent  # no source says what questions came from where


@EVERY
def test_what_was_read_can_be_written_and_read_again(path):
    found = read_rule_set_file(path.read_bytes())
    written = dump_rule_set(found) | {"defaults": []}

    again = read_rule_set(written)

    assert (again.rounds, again.rules, again.title) == (found.rounds, found.rules, found.title)


def test_ours_cover_every_choice_there_is():
    sets = [SETS[path.stem] for path in OWN]
    rounds = [one.rules for each in sets for one in each.rounds]
    rules = [each.rules for each in sets]

    assert {criterion for one in rules for criterion in one.chain} == set(Criterion)
    assert {one.prediction.meaning for one in rounds if one.prediction} == set(Meaning)
    assert {type(one.scoring) for one in rounds} == set(FORMATS.values())
    assert {one.counting for one in rounds} == set(Counting)
    assert {one.over_rounds for one in rules} == set(Counting)
    assert {one.partial for one in rounds} == set(Partial)
    assert {one.one_prize for one in rules} == set(OnePrize)
    assert {board.by for one in rules for board in one.unit_boards} == set(UnitBy)
    divisions = [division for one in rules for division in one.divisions]
    assert any(one.units for one in divisions)
    assert any(one.unit_kinds for one in divisions)
    assert any(one.declared for one in divisions)
    assert any(one.takes_everybody for one in divisions)
    assert any(one.windows for one in rounds)
    assert any(one.qualify for one in rounds)
    assert any(one.attempts is None for one in rounds)
    assert {prize.round == EACH for one in rules for prize in one.prizes} == {True, False}
    fit = SETS["own-4-final"].rules.eligibility
    assert all(getattr(fit, name) for name in Eligibility.__dataclass_fields__)


def page_of(name: str, language: str) -> str:
    found = SETS[name]
    facts = ContestFacts(
        title=found.title, organiser=found.organizer or "Ban tổ chức", audience=(), rules=found.rules,
        rounds=tuple(RoundFacts(one.title, one.opens_at, one.closes_at, one.rules) for one in found.rounds),
    )  # fmt: skip
    return "\n".join(line for part in rules_page(facts, language) for line in part.paragraphs)


def points(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def at(text: str) -> list[str]:
    moment = datetime.fromisoformat(text)
    return [] if moment.strftime("%H:%M") == "00:00" else [moment.strftime("%H:%M"), moment.strftime("%d/%m/%Y")]


def numbers_of(found: Any, within: str = "") -> Iterator[str]:
    """Every number in the JSON of a rule set as the page must write it. What is stated otherwise than by a number is left out."""
    said_otherwise = {
        "day",
        "tier",
        "round",
        "rounds",
        "code",
        "chosen",
        "defaults",
        "title",
        "summary",
        "source",
        "name",
    }
    if isinstance(found, dict):
        for key, value in found.items():
            if key not in said_otherwise or (
                key == "rounds" and isinstance(value, list) and value and isinstance(value[0], dict)
            ):
                yield from numbers_of(value, key)
    elif isinstance(found, list):
        for one in found:
            yield from numbers_of(one, within)
    elif isinstance(found, str):
        if within.endswith(("_at", "_from", "_until", "as_of")):
            yield from at(found)
        elif within in ("opens", "closes"):
            yield found
        elif within == "formula":
            yield from re.findall(r"\d+(?:\.\d+)?", found)
    elif isinstance(found, int) and not isinstance(found, bool):
        if within in ("points_per_question", "per_minute", "most", "bonus"):
            yield points(found)
        elif within == "after":
            yield str(found + 1)
        elif found:  # none: said in words
            yield f"{found:,}".replace(",", ".")


def in_english(number: str) -> str:
    return number.replace(".", ",") if re.fullmatch(r"\d{1,3}(\.\d{3})+", number) else number.replace(",", ".")


@EVERY
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_has_every_number_of_the_settings(path, language):
    page = page_of(path.stem, language)
    there = set(re.findall(r"\d+(?:[.,:/]\d+)*", page))
    expected = set(numbers_of({key: value for key, value in raw(path).items() if key in ("rounds", "rules")}))
    if language == "en":
        expected = {in_english(one) for one in expected}

    assert expected - there == set()
    assert len(expected) > 5


@EVERY
def test_the_page_has_no_number_that_is_not_of_the_settings(path):
    """What stands there besides are whole papers (sums of the draw), midnights, defaults, and names of rounds and divisions."""
    found = SETS[path.stem]
    there = set(re.findall(r"\d+(?:[.,:/]\d+)*", page_of(path.stem, "vi")))
    written = dump_rule_set(found)
    expected = set(numbers_of({key: written[key] for key in ("rounds", "rules")}))
    expected |= {str(one.rules.questions) for one in found.rounds}
    names = " ".join(
        [found.title, found.organizer]
        + [one.title for one in found.rounds]
        + [one.name for one in found.rules.divisions]
    )
    expected |= set(re.findall(r"\d+", names)) | {"24:00"}
    for one in found.rounds:
        days = {one.opens_at.strftime("%d/%m/%Y"), (one.closes_at).strftime("%d/%m/%Y")}
        before = one.closes_at.fromordinal(one.closes_at.toordinal() - 1).strftime("%d/%m/%Y")
        expected |= {*days, before, "00:00"}
    if any(type(one.rules.scoring).__name__ == "Negative" for one in found.rounds):
        expected.add("0")

    assert there - expected == set()
