"""What a share kit says of a contest, read from its rows."""

from __future__ import annotations

from contests.models import Contest
from contests.queries.preflight import read_rules
from contests.sharing.facts import RoundFacts, ShareFacts


def share_facts(contest: Contest, link: str) -> ShareFacts:
    """The contest as a poster says it. A round whose rules cannot be read is left out: the checklist tells."""
    rounds = []
    for one in contest.rounds.order_by("number"):
        rules = read_rules(one.rules)[0]
        if rules is not None:
            rounds.append(
                RoundFacts(one.title, one.opens_at, one.closes_at, rules.questions, rules.minutes, rules.attempts)
            )
    return ShareFacts(
        title=contest.title, unit=contest.organizer.name, audience=contest.audience.name, summary=contest.summary, link=link,
        rounds=tuple(rounds),
    )  # fmt: skip
