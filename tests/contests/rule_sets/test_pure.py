"""Each rule set judged twice, by the pure rules and by the checker that was written from the text: they must agree on all of it."""

import copy
import json
from functools import cache

import pytest

from tests.contests.rule_sets import checker
from tests.contests.rule_sets.contest import decide, people_of
from tests.contests.rule_sets.files import ALL, raw
from tests.contests.rule_sets.judge import differences

EVERY = pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
SEEDS = ("một", "hai")


@cache
def worlds(path, seed=SEEDS[0]):
    """The people of a rule set, and what the checker makes of them."""
    rules = raw(path)
    world = people_of(rules, f"{path.stem} {seed}")
    decide(rules, world, seed)
    return world, checker.work_out(rules, world)


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


def test_every_turn_that_prizes_can_take_is_taken_somewhere():
    """Given, passed over for either reason, left to the organizer, waiting for that."""
    people = [worlds(path)[1]["people"] for path in ALL]

    assert all(any(one[turn] for one in people) for turn in ("given", "passed", "undecided", "waiting"))
    reasons = {why == "barred" for one in people for *_, why in one["passed"]}
    assert reasons == {True, False}
