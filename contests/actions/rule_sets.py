"""Make a draft contest from a rule set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from accounts.models import Member, Unit
from contests.actions.contest import PlanRefused, RoundPlan, add_round, create_contest
from contests.actions.contest_rules import update_contest_rules
from contests.authoring.rule_sets import RuleSet, RuleSetRound
from contests.models import Bank, Contest, ContestEvent
from contests.rules.contest_settings import dump_contest_rules
from contests.rules.settings import RuleProblem, dump


@transaction.atomic
def make_from_rule_set(
    rule_set: RuleSet, *, organizer: Unit, audience: Unit, bank: Bank, by: Member, now: datetime
) -> Contest:
    """A draft with all its rounds and rules, or nothing. Raises PlanRefused with every mistake, each at its place in the file."""
    first, *others = rule_set.rounds
    with _places("rounds[0]"):
        contest = create_contest(
            title=rule_set.title, summary=rule_set.summary, organizer=organizer, audience=audience, bank=bank,
            first_round=_plan(first), by=by, now=now,
        )  # fmt: skip
    for index, one in enumerate(others, 1):
        with _places(f"rounds[{index}]"):
            add_round(contest=contest, plan=_plan(one), by=by, now=now)
    with _places("rules"):
        update_contest_rules(contest=contest, data=dump_contest_rules(rule_set.rules), by=by, now=now)
    detail = {"source": rule_set.source, "defaults": list(rule_set.defaults), "chosen": dict(rule_set.chosen or {})}
    ContestEvent.objects.create(contest=contest, what="rule_set_loaded", detail=detail, actor=by)
    contest.refresh_from_db()
    return contest


def _plan(one: RuleSetRound) -> RoundPlan:
    return RoundPlan(one.title, one.opens_at, one.closes_at, dump(one.rules))


@contextmanager
def _places(where: str) -> Iterator[None]:
    """What an act refuses is said with its place in the file."""
    try:
        yield
    except PlanRefused as refused:
        raise PlanRefused(
            RuleProblem(f"{where}.{problem.field}", problem.code, problem.text) for problem in refused.problems
        ) from refused
