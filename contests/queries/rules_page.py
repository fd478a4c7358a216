"""The rules page (thể lệ) of a contest, put together from its settings and from the names of the units that they speak of."""

from __future__ import annotations

from accounts.models import Unit, UnitKind
from contests.models import Contest
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.settings import parse_round_rules
from contests.rules.thele import ContestFacts, Language, RoundFacts, Section, rules_page


def rules_of(contest: Contest, language: str) -> list[Section]:
    """The page as it is now, in one of its languages."""
    known: Language = "en" if language == "en" else "vi"
    return rules_page(facts_of(contest), known)


def facts_of(contest: Contest) -> ContestFacts:
    """All that the page states of the contest."""
    rules = parse_contest_rules(contest.rules)
    return ContestFacts(
        title=contest.title,
        organiser=contest.organizer.name,
        audience=(contest.audience.name,),
        rounds=tuple(
            RoundFacts(round_.title, round_.opens_at, round_.closes_at, parse_round_rules(round_.rules))
            for round_ in contest.rounds.all()
        ),
        rules=rules,
        unit_names=_unit_names(rules),
        kind_names=_kind_names(rules),
    )


def _unit_names(rules: ContestRules) -> dict[str, str]:
    codes = {code for one in rules.divisions for code in one.units} | set(rules.eligibility.units)
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _kind_names(rules: ContestRules) -> dict[str, str]:
    slugs = {slug for one in rules.divisions for slug in one.unit_kinds}
    slugs |= {slug for board in rules.unit_boards for slug in board.unit_kinds}
    return dict(UnitKind.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
