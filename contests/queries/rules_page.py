"""The rules page (thể lệ) of a contest: put together from its settings, or as it was published, with what changed since."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from accounts.models import Unit, UnitKind
from contests.models import Contest, RulesVersion
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.settings import parse_round_rules
from contests.rules.thele import ContestFacts, Language, RoundFacts, Section, rules_page

Text = list[list[Any]]  # [title, [paragraph, …]], as it is stored


@dataclass(frozen=True, slots=True)
class Change:
    """A section that says something else than in the version before."""

    section: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The page as members read it. `version` None: the contest is a draft, or was opened before versions were kept."""

    sections: list[Section]
    version: RulesVersion | None
    history: list[RulesVersion]  # newest first

    @property
    def is_newest(self) -> bool:
        """Whether nothing newer is in force."""
        return self.version is None or self.version == self.history[0]

    @property
    def later(self) -> list[RulesVersion]:
        """The versions that changed something after the opening, newest first."""
        return [one for one in self.history if one.number > 1]


def published_rules(contest: Contest, language: str, number: int | None = None) -> Published | None:
    """The newest version, or that of a number; None when there is no such version."""
    history = list(contest.rules_versions.order_by("-number"))
    if not history:
        return Published(rules_of(contest, language), None, []) if number is None else None
    wanted = history[0].number if number is None else number
    version = next((one for one in history if one.number == wanted), None)
    return Published(_sections(version.en if language == "en" else version.vi), version, history) if version else None


def changes_of(version: RulesVersion, language: str) -> list[Change]:
    """What the version says otherwise than the one before, in one language."""
    known = "en" if language == "en" else "vi"
    return [
        Change(one["section"], tuple(one["before"]), tuple(one["after"]))
        for one in version.changes
        if one["language"] == known
    ]


def newest_rules(contest: Contest) -> RulesVersion | None:
    """The version in force."""
    return RulesVersion.objects.filter(contest=contest).order_by("-number").first()


def rules_of(contest: Contest, language: str) -> list[Section]:
    """The page as the settings make it now, in one of its languages."""
    known: Language = "en" if language == "en" else "vi"
    return rules_page(facts_of(contest), known)


def texts_of(contest: Contest) -> tuple[Text, Text]:
    """Both texts as they are stored."""
    facts = facts_of(contest)
    vi, en = rules_page(facts, "vi"), rules_page(facts, "en")
    return [[one.title, list(one.paragraphs)] for one in vi], [[one.title, list(one.paragraphs)] for one in en]


def hash_of(vi: Text, en: Text) -> str:
    """What names both texts: of the JSON of [vi, en] without spaces, in UTF-8. Anybody can recompute it."""
    return hashlib.sha256(json.dumps([vi, en], ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


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


def _sections(text: Text) -> list[Section]:
    return [Section(title, tuple(paragraphs)) for title, paragraphs in text]


def _unit_names(rules: ContestRules) -> dict[str, str]:
    codes = {code for one in rules.divisions for code in one.units} | set(rules.eligibility.units)
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _kind_names(rules: ContestRules) -> dict[str, str]:
    slugs = {slug for one in rules.divisions for slug in one.unit_kinds}
    slugs |= {slug for board in rules.unit_boards for slug in board.unit_kinds}
    return dict(UnitKind.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
