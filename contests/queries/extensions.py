"""Which extensions reach whom, and the terms that they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Member
from contests.models import Attempt, Contest, Extension, Round
from contests.rules.settings import RoundRules, parse_round_rules
from contests.rules.timing import Extra, Terms, deadline, terms


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


def sitting_under(extension: Extension, now: datetime) -> QuerySet[Attempt]:
    """The attempts that run now and that the extension, saved or not, reaches. What ran out is the sweep's."""
    running = Attempt.objects.filter(
        round=extension.round, state=Attempt.State.STARTED, accepts_until__gte=now
    ).select_related("entry").defer("paper")  # fmt: skip
    if extension.member is not None:
        return running.filter(entry__member=extension.member)
    if extension.unit is not None:
        return running.filter(entry__unit_path__startswith=extension.unit.path)
    return running


def later_ends(
    round_: Round, running: Iterable[Attempt], extensions: Iterable[Extension]
) -> list[tuple[int, datetime]]:
    """The attempts, by key, whose terms come to a later end than they have, with that end. Nobody's end comes earlier."""
    rules, extensions = parse_round_rules(round_.rules), list(extensions)
    moved = []
    for attempt in running:
        own = terms_under(round_, rules, extensions, member_id=attempt.entry.member_id, path=attempt.entry.unit_path)
        ends = deadline(attempt.started_at, own.minutes, own.closes_at)
        if ends > attempt.deadline:
            moved.append((attempt.pk, ends))
    return moved


@dataclass(frozen=True, slots=True)
class Reach:
    """What an extension would do if it were given now: who sits, how many of them get a later end, the terms afterwards."""

    sitting: int
    moved: int
    terms: Terms


def reach_of(extension: Extension, *, path: str, now: datetime) -> Reach:
    """The reach of an unsaved extension for people who entered from `path`. The terms are those that hold for all of them."""
    round_, rules = extension.round, parse_round_rules(extension.round.rules)
    extensions = [*extensions_of(round_), extension]
    running = list(sitting_under(extension, now))
    return Reach(
        len(running), len(later_ends(round_, running, extensions)),
        terms_under(round_, rules, extensions, member_id=extension.member_id or 0, path=path),
    )  # fmt: skip


def given_in(round_: Round) -> QuerySet[Extension]:
    """Every extension of a round, those taken back too, the latest first."""
    return (
        Extension.objects.filter(round=round_)
        .select_related("member", "unit", "created_by", "revoked_by").order_by("-created_at", "-pk")
    )  # fmt: skip
