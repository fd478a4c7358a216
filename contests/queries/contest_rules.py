"""What stands against the rules of a contest: its rounds, and units that do not exist."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from accounts.models import Unit, UnitKind
from accounts.scope import Scope, in_scope
from contests.models import Contest
from contests.rules.contest_settings import ContestRules, RoundFacts, contradictions, parse_contest_rules
from contests.rules.reading import RuleProblem, RulesInvalid
from contests.rules.settings import parse_round_rules


def round_facts(contest: Contest) -> list[RoundFacts]:
    """The rounds as the contest's rules look at them; those whose own rules cannot be read are left out."""
    facts = []
    for one in contest.rounds.all():
        with contextlib.suppress(RulesInvalid):
            facts.append(RoundFacts(one.number, one.opens_at, one.closes_at, parse_round_rules(one.rules)))
    return facts


def rules_problems(contest: Contest, rules: ContestRules) -> list[RuleProblem]:
    """Where the rules disagree with the rounds, or name units and kinds that are not there. Three queries."""
    kinds = set(UnitKind.objects.values_list("slug", flat=True))
    named = {code for one in (*rules.divisions, rules.eligibility) for code in one.units if code.isprintable()}
    inside = set(
        in_scope(Unit.objects.filter(code__in=named), Scope((contest.audience.path,))).values_list("code", flat=True)
    )
    return [
        *contradictions(rules, round_facts(contest)),
        *(
            RuleProblem(
                f"{place}.unit_kinds", "no_such_kind", f"Không có loại đơn vị “{slug}”; hãy chọn trong danh sách."
            )
            for place, slugs in _kinds_named(rules)
            for slug in slugs
            if slug not in kinds
        ),
        *(
            RuleProblem(
                f"{place}.units", "no_such_unit",
                f"Không có đơn vị mang mã “{code}” trong {contest.audience.name}; hãy xem lại mã đơn vị.",
            )
            for place, codes in _units_named(rules)
            for code in codes
            if code not in inside
        ),
    ]  # fmt: skip


def _kinds_named(rules: ContestRules) -> Iterator[tuple[str, Iterable[str]]]:
    for index, division in enumerate(rules.divisions):
        yield f"divisions[{index}]", division.unit_kinds
    for index, board in enumerate(rules.unit_boards):
        yield f"unit_boards[{index}]", board.unit_kinds


def _units_named(rules: ContestRules) -> Iterator[tuple[str, Iterable[str]]]:
    for index, division in enumerate(rules.divisions):
        yield f"divisions[{index}]", division.units
    yield "eligibility", rules.eligibility.units


def saved_rules_problems(contest: Contest) -> list[RuleProblem]:
    """What stands against the rules that a contest has."""
    try:
        return rules_problems(contest, parse_contest_rules(contest.rules))
    except RulesInvalid as error:
        return list(error.problems)
