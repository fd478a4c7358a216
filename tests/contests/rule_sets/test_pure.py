"""Each rule set judged twice, by the pure rules and by the checker that was written from the text: they must agree on all of it."""

import copy
import json
from datetime import timedelta
from fractions import Fraction
from functools import cache

import pytest

from contests.authoring.rule_sets import read_rule_set
from contests.rules import awards
from contests.rules.contest_settings import EACH, PrizeFor
from contests.rules.prediction import Counted, Population, truth
from contests.rules.scoring import Item
from contests.rules.standing import AttemptResult, counted, total
from contests.rules.ties import Result, rank
from tests.contests.rule_sets import checker
from tests.contests.rule_sets.contest import decide, people_of
from tests.contests.rule_sets.files import ALL, raw

EVERY = pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
SEEDS = ("một", "hai")


@cache
def worlds(path, seed=SEEDS[0]):
    """The people of a rule set, and what the checker makes of them."""
    rules = raw(path)
    world = people_of(rules, f"{path.stem} {seed}")
    decide(rules, world, seed)
    return world, checker.work_out(rules, world)


def attempt_result(attempt, rules):
    credit = {
        "r": Fraction(1),
        "h": Fraction(0) if rules.partial == "exact" else Fraction(1, 2),
        "w": Fraction(0),
        "-": None,
    }
    items = [Item(rules.points_per_question, credit[one]) for one in attempt["answers"]]
    right = sum(item.is_right for item in items)
    left = attempt["deadline"] - attempt["submitted_at"]
    return AttemptResult(
        points=rules.scoring.points(items, left_ms=left // timedelta(milliseconds=1)), right=right, perfect=right == len(items),
        elapsed_ms=(attempt["submitted_at"] - attempt["started_at"]) // timedelta(milliseconds=1), number=attempt["number"],
        submitted_at=attempt["submitted_at"], guess=attempt["guess"],
    )  # fmt: skip


def judge(rule_set, world):
    """What the platform's pure rules make of the people: the same shape as the checker's."""
    chain, rounds = rule_set.rules.chain, dict(enumerate(rule_set.rounds, 1))
    graded = {}
    for person in world["entrants"]:
        for one in person["attempts"]:
            graded[person["id"], one["round"], one["number"]] = attempt_result(one, rounds[one["round"]].rules)
    people = [person for person in world["entrants"] if person["excluded"] != "result"]

    def count(person, number, true):
        rules = rounds[number].rules
        mine = [
            graded[person["id"], number, one["number"]]
            for one in person["attempts"]
            if one["round"] == number and not one["voided"]
        ]
        return counted(mine, rules.counting, chain, asked=rules.prediction is not None, truth=true)

    truths = {}
    for number, one in rounds.items():
        asked = one.rules.prediction
        if asked is None:
            truths[number] = None
            continue
        valid = asked.counted is Counted.VALID
        sat = [
            (person["id"], graded[person["id"], number, each["number"]])
            for person in (people if valid else world["entrants"])
            for each in person["attempts"]
            if each["round"] == number
            and not (valid and each["voided"])
            and (asked.as_of is None or each["started_at"] < asked.as_of)
        ]
        guesses = [
            found.guess for person in people if (found := count(person, number, None)) and found.guess is not None
        ]
        truths[number] = truth(
            asked,
            Population(
                len({entry for entry, _ in sat}),
                len(sat),
                len({entry for entry, each in sat if each.perfect}),
                tuple(guesses),
            ),
        )
    results = {
        number: {person["id"]: found for person in people if (found := count(person, number, truths[number]))}
        for number in rounds
    }
    known = all(truths[number] is not None for number, one in rounds.items() if one.rules.prediction)
    results[0] = {
        person["id"]: found
        for person in people
        if (
            found := total(
                [results[number].get(person["id"]) for number in rounds],
                rule_set.rules.over_rounds,
                chain,
                all_known=known,
            )
        )
    }
    by_id = {person["id"]: person for person in world["entrants"]}
    divisions = ["", *(one.key for one in rule_set.rules.divisions)]
    rankings = {
        (number, division): rank(
            [
                Result(
                    entry, one.points, one.right, one.elapsed_ms, one.off, one.submitted_at, by_id[entry]["entered_at"], one.perfect,
                    world.get("decisions", {}).get((entry, number)),
                )
                for entry, one in found.items()
                if not division or by_id[entry]["division"] == division
            ],
            chain,
        )
        for number, found in results.items()
        for division in divisions
    }  # fmt: skip
    return truths, results, rankings


def give(rule_set, world, rankings):
    names = {line: f"{line[0]}/{line[1]}" for line in rankings}
    prizes = []
    for prize in rule_set.rules.prizes:
        if prize.to is not PrizeFor.PERSON:
            continue
        numbers = range(1, len(rule_set.rounds) + 1) if prize.round == EACH else [int(prize.round)]
        keys = [one.key for one in rule_set.rules.divisions] if prize.division == EACH else [prize.division]
        prizes += [
            awards.Prize(prize.name, prize.count, names[number, key], prize.amount, prize.tier, number or None)
            for number in numbers
            for key in keys
        ]
    barred = {person["id"]: "lý do" for person in world["entrants"] if person["excluded"]}
    return awards.give_awards(
        prizes,
        {names[line]: placed for line, placed in rankings.items()},
        one_prize=rule_set.rules.one_prize,
        not_eligible=barred,
    )


def line_of(name):
    number, _, division = name.partition("/")
    return int(number), division


def differences(raw_rules, world, expected):
    """Where the platform under `raw_rules` and what the checker `expected` disagree; empty when they agree on everything."""
    rule_set = read_rule_set({key: value for key, value in raw_rules.items() if key not in ("defaults", "chosen")})
    truths, results, rankings = judge(rule_set, world)
    found = []
    if truths != expected["truths"]:
        found.append(("truth", truths, expected["truths"]))
    for number, of_round in expected["results"].items():
        ours = {
            entry: {
                "points": one.points,
                "right": one.right,
                "time": one.elapsed_ms,
                "submitted": one.submitted_at,
                "perfect": one.perfect,
                "off": one.off,
            }
            for entry, one in results[number].items()
        }
        theirs = {
            entry: {key: one[key] for key in ("points", "right", "time", "submitted", "perfect", "off")}
            for entry, one in of_round.items()
        }
        if ours != theirs:
            found.append(
                (
                    "results",
                    number,
                    [
                        (entry, ours.get(entry), theirs.get(entry))
                        for entry in ours.keys() | theirs.keys()
                        if ours.get(entry) != theirs.get(entry)
                    ][:2],
                )
            )
    for line, ranked in expected["rankings"].items():
        ours = [(placed.place, placed.result.entry) for placed in rankings[line]]
        if ours != ranked:
            found.append(
                ("ranking", line, next((pair for pair in zip(ours, ranked, strict=False) if pair[0] != pair[1]), None))
            )
    given = give(rule_set, world, rankings)
    ours_given = sorted((one.prize.name, line_of(one.prize.ranking), one.entry, one.place) for one in given.given)
    if ours_given != expected["people"]["given"]:
        found.append(("given", sorted(set(ours_given) ^ set(expected["people"]["given"]))[:4]))
    ours_passed = sorted(
        (
            one.prize.name,
            line_of(one.prize.ranking),
            one.entry,
            "barred" if one.why is awards.Passed.NOT_ELIGIBLE else one.note,
        )
        for one in given.passed
    )
    if ours_passed != expected["people"]["passed"]:
        found.append(("passed", sorted(set(ours_passed) ^ set(expected["people"]["passed"]))[:4]))
    ours_undecided = sorted(
        (one.prize.name, line_of(one.prize.ranking), one.place, tuple(sorted(one.entries)), one.left)
        for one in given.undecided
    )
    if ours_undecided != expected["people"]["undecided"]:
        found.append(("undecided", ours_undecided[:2], expected["people"]["undecided"][:2]))
    ours_waiting = sorted((one.prize.name, line_of(one.prize.ranking)) for one in getattr(given, "waiting", []))
    if ours_waiting != expected["people"]["waiting"]:
        found.append(("waiting", ours_waiting, expected["people"]["waiting"]))
    return found


@EVERY
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rules_and_the_checker_agree(path, seed):
    world, expected = worlds(path, seed)

    assert len(world["entrants"]) >= 200
    assert differences(raw(path), world, expected) == []


@EVERY
def test_there_is_something_to_disagree_about(path):
    """Ties, several attempts, voided ones, excluded people and guesses left out are all there."""
    rules, (world, expected) = raw(path), worlds(path)
    places = [place for place, _ in expected["rankings"][1, ""]]

    if checker.chain_of(rules)[-1] != "decision":
        assert len(places) - len(set(places)) > 0 or len(checker.chain_of(rules)) > 2
    points = [one["points"] for one in expected["results"][1].values()]
    assert len(points) - len(set(points)) > 50  # the first criterion alone decides little
    if rules["rounds"][0]["rules"]["attempts"] != 1:
        assert (
            sum(
                len(person["attempts"]) > len({one["round"] for one in person["attempts"]})
                for person in world["entrants"]
            )
            > 50
        )
    assert any(one["voided"] for person in world["entrants"] for one in person["attempts"])
    assert {person["excluded"] for person in world["entrants"]} == {"", "result", "prizes"}
    if rules["rounds"][0]["rules"].get("prediction"):
        assert any(one["guess"] is None for one in expected["results"][1].values())
        assert any(one["off"] is not None for one in expected["results"][1].values())


def mutations(rules):
    """The rule set with one rule wrong, by name: each must be found out by people who sat under the true one."""

    def change(name, act):
        changed = copy.deepcopy(rules)
        act(changed)
        if json.dumps(changed) != json.dumps(rules):
            yield name, changed

    chain = rules.get("rules", {}).get("chain", ["points", "time", "shared"])
    # an earlier hand-in before the shorter time, where there are not two criteria to change
    swapped = [chain[0], chain[2], chain[1], *chain[3:]] if len(chain) > 3 else [chain[0], "submitted", *chain[1:]]
    yield from change("two criteria change places", lambda one: one.setdefault("rules", {}).update(chain=swapped))
    counting = rules["rounds"][0]["rules"].get("counting", "best")
    if rules["rounds"][0]["rules"]["attempts"] != 1:
        other = "last" if counting != "last" else "best"
        yield from change("another attempt counts", lambda one: one["rounds"][0]["rules"].update(counting=other))
    yield from change(
        "a question is worth one hundredth more",
        lambda one: one["rounds"][0]["rules"].update(
            points_per_question=one["rounds"][0]["rules"].get("points_per_question", 100) + 1
        ),
    )
    if len(rules["rounds"]) > 1:
        over = rules.get("rules", {}).get("over_rounds", "sum")
        yield from change(
            "rounds add up otherwise",
            lambda one: one.setdefault("rules", {}).update(over_rounds="best" if over != "best" else "sum"),
        )
    if rules["rounds"][0]["rules"].get("prediction"):
        asked = rules["rounds"][0]["rules"]["prediction"]
        if asked["meaning"] != "right_guessers":
            flipped = "all" if asked.get("counted", "valid") == "valid" else "valid"
            yield from change(
                "others are counted", lambda one: one["rounds"][0]["rules"]["prediction"].update(counted=flipped)
            )
    if rules.get("rules", {}).get("prizes"):
        yield from change(
            "another number of prizes",
            lambda one: one["rules"]["prizes"][0].update(count=one["rules"]["prizes"][0]["count"] // 2 + 2),
        )
        one_prize = rules["rules"].get("one_prize", "contest")
        if (
            len(
                {
                    (prize.get("round", 0), prize.get("division", ""))
                    for prize in rules["rules"]["prizes"]
                    if prize.get("for") != "unit"
                }
            )
            > 1
        ):
            yield from change(
                "another rule of one prize",
                lambda one: one["rules"].update(one_prize="free" if one_prize != "free" else "contest"),
            )


@EVERY
def test_a_rule_that_is_wrong_is_found_out(path):
    rules, (world, expected) = raw(path), worlds(path)
    tried = dict(mutations(rules))

    assert len(tried) >= 2
    assert [name for name, changed in tried.items() if not differences(changed, world, expected)] == []
