"""Make a draft contest from a rule set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Member, Unit, UnitKind
from contests.actions.contest import PlanRefused, RoundPlan, add_round, create_contest
from contests.authoring.rule_sets import RuleSet, RuleSetRound
from contests.models import Bank, Contest, ContestEvent
from contests.rules.contest_settings import ContestRules, dump_contest_rules
from contests.rules.settings import RuleProblem, dump


@transaction.atomic
def make_from_rule_set(
    rule_set: RuleSet, *, organizer: Unit, audience: Unit, bank: Bank, by: Member, now: datetime
) -> Contest:
    """A draft with all its rounds and rules, or nothing. Raises PlanRefused with every mistake, each at its place in the file."""
    problems = _unknown_units(rule_set.rules)
    if problems:
        raise PlanRefused(problems)
    contest = _with_places(
        1,
        lambda: create_contest(
            title=rule_set.title, summary=rule_set.summary, organizer=organizer, audience=audience, bank=bank,
            first_round=_plan(rule_set.rounds[0]), by=by, now=now,
        ),
    )  # fmt: skip
    for number, one in enumerate(rule_set.rounds[1:], 2):
        plan = _plan(one)
        _with_places(number, lambda plan=plan: add_round(contest=contest, plan=plan, by=by, now=now))  # type: ignore[misc]
    contest.rules = dump_contest_rules(rule_set.rules)
    contest.save(update_fields=["rules"])
    detail: Mapping[str, Any] = {
        "rules": contest.rules, "source": rule_set.source, "defaults": list(rule_set.defaults), "chosen": dict(rule_set.chosen or {}),
    }  # fmt: skip
    ContestEvent.objects.create(contest=contest, what="rule_set_loaded", detail=detail, actor=by)
    return contest


def _plan(one: RuleSetRound) -> RoundPlan:
    return RoundPlan(one.title, one.opens_at, one.closes_at, dump(one.rules))


def _with_places(number: int, act: Any) -> Any:
    """What the act of one round returns; what it refuses, said with the round's place in the file."""
    try:
        return act()
    except PlanRefused as refused:
        raise PlanRefused(
            RuleProblem(f"rounds[{number - 1}].{problem.field}", problem.code, problem.text)
            for problem in refused.problems
        ) from refused


def _unknown_units(rules: ContestRules) -> list[RuleProblem]:
    """Codes of units and kinds that the rules name and nobody knows."""
    units = {
        **{f"rules.divisions[{index}].units": one.units for index, one in enumerate(rules.divisions)},
        "rules.eligibility.units": rules.eligibility.units,
    }
    kinds = {
        **{f"rules.divisions[{index}].unit_kinds": one.unit_kinds for index, one in enumerate(rules.divisions)},
        **{f"rules.unit_boards[{index}].unit_kinds": one.unit_kinds for index, one in enumerate(rules.unit_boards)},
    }
    known_units = set(
        Unit.objects.filter(code__in={code for codes in units.values() for code in codes}).values_list(
            "code", flat=True
        )
    )
    known_kinds = set(UnitKind.objects.values_list("slug", flat=True))
    return [
        RuleProblem(place, "no_such_unit", f"Không có đơn vị nào mang mã “{code}”.")
        for place, codes in units.items()
        for code in codes
        if code not in known_units
    ] + [
        RuleProblem(place, "no_such_kind", f"Không có loại đơn vị “{slug}”. Có: {', '.join(sorted(known_kinds))}.")
        for place, slugs in kinds.items()
        for slug in slugs
        if slug not in known_kinds
    ]
