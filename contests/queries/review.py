"""Looking back on an attempt. The only member page that reads keys, and only once nobody can draw those questions any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from contests.models import Answer, Attempt, AttemptEvent, Contest, QuestionVersion, Round
from contests.queries.judging import ruled_keys
from contests.rules.grading import Kind, grade_answer, shown_positions
from contests.rules.regrade import Overlay
from contests.rules.settings import GRACE_SECONDS, Review, parse_round_rules
from contests.rules.timing import AFTER_CLOSE, review_opens

# The longest grace and the minute after it, rounded up: a round that closed so long ago has nobody sitting.
OVER_FOR_SURE = timedelta(seconds=GRACE_SECONDS[-1]) + AFTER_CLOSE
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """An option where the paper showed it. `mark` is right (chosen), missed or wrong; empty while only verdicts are told."""

    letter: str
    text: str
    chosen: bool
    mark: str


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question of the paper with what was chosen and, as far as the rules say, what was right."""

    number: str
    stem: str
    options: list[ReviewedOption]
    answered: bool
    right: bool
    explanation: str
    source: str
    withheld: bool = False  # another contest still asks it: nothing is told
    voided: bool = False  # by a ruling: worth all to everybody


def keys_open_from(round_: Round) -> datetime | None:
    """From when members may see what was right in a round; None if its rules never show it."""
    return no_secret_from(round_) if parse_round_rules(round_.rules).review.hints_at_keys else None


def no_secret_from(round_: Round) -> datetime:
    """From when nobody can draw the round's questions any more.

    A bank serves several rounds and contests: it waits for the last close of every published round that draws from it.
    """
    rounds = Round.objects.filter(contest__bank=round_.contest.bank_id).exclude(contest__state=Contest.State.DRAFT)
    return max(review_opens(each.last_close, parse_round_rules(each.rules).grace_seconds) for each in {round_, *rounds})


def may_review(attempt: Attempt, now: datetime) -> bool:
    """Whether the member may look back on this attempt now."""
    if attempt.state not in (Attempt.State.GRADED, Attempt.State.REGRADED, Attempt.State.VOIDED):
        return False
    opens = keys_open_from(attempt.round)
    return opens is not None and now >= opens


def reviewed_paper(attempt: Attempt, now: datetime) -> list[ReviewedQuestion]:
    """The paper with its judgement. Call only where `may_review` holds.

    A question that a published round still draws in the same words from another bank is withheld.
    """
    whole = parse_round_rules(attempt.round.rules).review is Review.EXPLANATION
    versions = QuestionVersion.objects.in_bulk([version for version, _ in attempt.paper])
    chosen = {answer.question: list(answer.choice) for answer in Answer.objects.filter(attempt=attempt)}
    secret = _asked_elsewhere({version.stem_key for version in versions.values()}, now)
    over = ruled_keys(attempt.round.contest_id, versions)
    return [
        _withheld(number, versions[version], order, chosen.get(number, []))
        if versions[version].stem_key in secret
        else _reviewed(number, versions[version], over, order, chosen.get(number, []), whole=whole)
        for number, (version, order) in enumerate(attempt.paper, start=1)
    ]


def ruling_of(attempt: Attempt) -> AttemptEvent | None:
    """The latest decision of an organizer about the attempt, with its reason; None when there is none."""
    decided = AttemptEvent.objects.filter(attempt=attempt, what__in=["voided", "restored", "late_accepted"])
    return decided.order_by("-at", "-pk").first()


def _asked_elsewhere(stem_keys: set[str], now: datetime) -> set[str]:
    """Those of the questions that a paper of a published round which is not over may still hold."""
    rounds = Round.objects.exclude(contest__state=Contest.State.DRAFT).filter(
        Q(closes_at__gt=now - OVER_FOR_SURE) | Q(extended_until__gt=now - OVER_FOR_SURE)
    )
    banks = rounds.order_by().values("contest__bank")
    asked = QuestionVersion.objects.filter(question__bank__in=banks, stem_key__in=stem_keys)
    return set(asked.order_by().values_list("stem_key", flat=True))


def _withheld(number: int, version: QuestionVersion, order: list[int], choice: list[int]) -> ReviewedQuestion:
    options = [
        ReviewedOption(LETTERS[place], version.options[canonical], place in choice, "")
        for place, canonical in enumerate(order)
    ]
    return ReviewedQuestion(str(number), version.stem, options, bool(choice), False, "", "", withheld=True)


def _reviewed(
    number: int, version: QuestionVersion, over: Overlay, order: list[int], choice: list[int], *, whole: bool
) -> ReviewedQuestion:
    voided, key = version.pk in over.void, over.keys[version.pk].right
    whole = whole and not voided  # its key is what was wrong with it
    places = shown_positions(key, order) if whole else ()
    return ReviewedQuestion(
        number=str(number), stem=version.stem, answered=bool(choice),
        right=voided or (bool(choice) and grade_answer(Kind(version.kind), key, choice, order)), voided=voided,
        options=[
            ReviewedOption(
                LETTERS[place], version.options[canonical], place in choice,
                _mark(chosen=place in choice, in_key=place in places) if whole else "",
            )
            for place, canonical in enumerate(order)
        ],
        explanation=version.explanation if whole else "",
        source=_source(version) if whole else "",
    )  # fmt: skip


def _mark(*, chosen: bool, in_key: bool) -> str:
    if in_key:
        return "right" if chosen else "missed"
    return "wrong" if chosen else ""


def _source(version: QuestionVersion) -> str:
    return f"{version.article}, {version.document}" if version.document else version.other_source
