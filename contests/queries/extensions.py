"""Which extensions reach whom, and the terms that they come to."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Member
from contests.models import Contest, Extension, Round
from contests.rules.settings import RoundRules
from contests.rules.timing import Extra, Terms, terms


def extensions_of(round_: Round) -> list[Extension]:
    """The extensions of a round that hold, with their units. Few: a person gave each of them a reason."""
    return list(Extension.objects.filter(round=round_, revoked_at__isnull=True).select_related("unit"))


def extensions_in(contest: Contest) -> list[Extension]:
    """The same for all rounds of a contest."""
    return list(Extension.objects.filter(round__contest=contest, revoked_at__isnull=True).select_related("unit"))


def reaches(extension: Extension, *, member_id: int, path: str) -> bool:
    """Whether it is for this member, who entered (or would enter) from the unit at `path`."""
    if extension.member_id is not None:
        return extension.member_id == member_id
    return extension.unit is None or path.startswith(extension.unit.path)


def terms_under(
    round_: Round, rules: RoundRules, extensions: Iterable[Extension], *, member_id: int, path: str
) -> Terms:
    """The terms of one member, given the extensions of the round."""
    extras = (
        Extra(extension.extra_minutes, extension.closes_at, extension.extra_attempts)
        for extension in extensions
        if reaches(extension, member_id=member_id, path=path)
    )
    return terms(minutes=rules.minutes, closes_at=round_.closes_at, attempts=rules.attempts, extras=extras)


def terms_for(round_: Round, rules: RoundRules, *, member: Member, path: str) -> Terms:
    """The terms of one member in one round, extensions counted."""
    return terms_under(round_, rules, extensions_of(round_), member_id=member.pk, path=path)
