"""A whole contest of simulated people under a rule set, sat by the text of its rules."""

from __future__ import annotations

import random
from typing import Any

from tests.contests.rule_sets import checker, simulate


def people_of(raw: dict[str, Any], seed: str, *, staged: bool = False) -> dict[str, Any]:
    """Who entered and what they did in each round; a final is sat by those alone whom the rules let in.

    `staged` is for the database: finals are left for later, because who reaches them hangs on papers that are drawn only
    then, and fewer sit the later rounds, because each of them costs a hundredth of a second.
    """
    world = simulate.make_world(seed)
    simulate.add_people(world, raw, seed)
    for person in world["entrants"]:
        person["division"] = checker.division_of(raw, world, person)
    world["entrants"] = [person for person in world["entrants"] if checker.may_enter(raw, world, person)]
    everybody = {person["id"] for person in world["entrants"]}
    for number, one in enumerate(raw["rounds"], 1):
        if one["rules"].get("qualify") and staged:
            continue
        who = checker.finalists(raw, world, number) if one["rules"].get("qualify") else everybody
        share = 0.3 if staged and number > 1 else 0.85
        simulate.sit(world, number, one, checker.openings(one), who, seed, share)
        answer_as_planned(world, number)
    world["entrants"] = [person for person in world["entrants"] if person["attempts"]]
    return world


def answer_as_planned(world: dict[str, Any], number: int) -> None:
    """Answers are what was planned where every question has several right options; the database's papers have fewer."""
    for person in world["entrants"]:
        for attempt in person["attempts"]:
            if attempt["round"] == number:
                attempt["answers"] = list(attempt["plan"])


def decide(raw: dict[str, Any], world: dict[str, Any], seed: str) -> None:
    """The organizer's order in most groups that the chain leaves equal, where the chain ends in one."""
    if "decision" not in checker.chain_of(raw):
        return
    luck = random.Random(f"{seed} decisions")
    decisions: dict[Any, int] = {}
    for (number, division), ranked in checker.work_out(raw, world)["rankings"].items():
        if division:
            continue
        groups: dict[int, list[str]] = {}
        for place, entry in ranked:
            groups.setdefault(place, []).append(entry)
        for group in groups.values():
            if len(group) > 1 and luck.random() < 0.7:
                luck.shuffle(group)
                decisions |= {(entry, number): place for place, entry in enumerate(group, 1)}
    world["decisions"] = decisions
