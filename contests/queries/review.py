"""Looking back on an attempt. The only member page that reads keys, and only once nobody can draw those questions any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import Min, Q

from contests.models import Attempt, AttemptEvent, Bank, Contest, QuestionVersion, Round
from contests.queries.answers import answers_of, marks_of
from contests.queries.judging import ruled_keys
from contests.queries.shown import LETTERS, ShownImage, image_of
from contests.rules.grading import grade_answer
from contests.rules.kinds import KINDS, AnswerKey, Kind, Part, Value
from contests.rules.kinds.choice import shown_positions
from contests.rules.regrade import Overlay
from contests.rules.settings import GRACE_SECONDS, Review, RoundRules, parse_round_rules
from contests.rules.timing import AFTER_CLOSE, review_opens

# The longest grace and the minute after it, rounded up: a round that closed so long ago has nobody sitting.
OVER_FOR_SURE = timedelta(seconds=GRACE_SECONDS[-1]) + AFTER_CLOSE


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """An option where the paper showed it. `mark` is right (chosen), missed or wrong; empty while only verdicts are told."""

    letter: str
    text: str
    chosen: bool
    mark: str


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question of the paper with what was answered and, as far as the rules say, what was right.

    Options carry their own marks; other kinds say answer and key part by part.
    """

    number: str
    stem: str
    options: list[ReviewedOption]
    parts: list[Part]
    answered: bool
    credit: Fraction | None  # None: nothing answered, or not marked yet
    explanation: str
    source: str
    told: bool  # whether what is right is shown
    withheld: bool = False  # another contest still asks it: nothing is told
    voided: bool = False  # by a ruling: worth all to everybody
    image: ShownImage | None = None

    @property
    def right(self) -> bool:
        """Whether it was worth all."""
        return self.credit == 1

    @property
    def partly(self) -> bool:
        """Whether it was worth a part."""
        return self.credit is not None and 0 < self.credit < 1

    @property
    def waits(self) -> bool:
        """Whether people still have to mark it."""
        return self.answered and self.credit is None and not self.withheld


def keys_open_from(round_: Round) -> datetime | None:
    """From when members may see what was right in a round; None if its rules never show it.

    A bank serves several rounds and contests: `bank_rests_from` waits for all of them.
    """
    return bank_rests_from(round_) if parse_round_rules(round_.rules).review.hints_at_keys else None


def bank_rests_from(round_: Round) -> datetime:
    """From when nobody can draw the questions of a round any more, whatever its rules show: after the last close of every
    published round that draws from the same bank.
    """
    rounds = Round.objects.filter(contest__bank=round_.contest.bank_id).exclude(contest__state=Contest.State.DRAFT)
    return max(review_opens(each.last_close, parse_round_rules(each.rules).grace_seconds) for each in {round_, *rounds})


def keys_shown_since(bank: Bank, now: datetime) -> datetime | None:
    """From when members who sat have been able to read keys of the bank; None while nobody has.

    A published contest keeps them from all of them, so they showed when the first one came to rest that no other one covered.
    """
    opened = Min("events__at", filter=Q(events__what="opened"))
    published = Contest.objects.filter(bank=bank).exclude(state=Contest.State.DRAFT).annotate(opened=opened)
    spans, shows = [], []
    for contest in published.prefetch_related("rounds"):
        rounds = [(one, parse_round_rules(one.rules)) for one in contest.rounds.all()]
        if not rounds:
            continue
        rests = max(review_opens(one.last_close, rules.grace_seconds) for one, rules in rounds)
        spans.append((contest.opened or contest.created_at, rests))
        hinting = [one.pk for one, rules in rounds if rules.review.hints_at_keys]
        if rests <= now and Attempt.objects.filter(round__in=hinting).exists():
            shows.append(rests)
    return min((at for at in shows if not any(begins <= at < ends for begins, ends in spans)), default=None)


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
    rules = parse_round_rules(attempt.round.rules)
    versions = QuestionVersion.objects.select_related("image").in_bulk([version for version, _ in attempt.paper])
    secret = _asked_elsewhere({version.stem_key for version in versions.values()}, now)
    return _judged(attempt, rules, versions, secret, whole=rules.review is Review.EXPLANATION)


def served_paper(attempt: Attempt, now: datetime) -> list[ReviewedQuestion]:
    """The paper as it was served, for those who judge an appeal: with the key once nobody can draw its questions any more,
    before that as if every question were withheld.
    """
    versions = QuestionVersion.objects.select_related("image").in_bulk([version for version, _ in attempt.paper])
    asked = {version.stem_key for version in versions.values()}
    secret = _asked_elsewhere(asked, now) if now >= bank_rests_from(attempt.round) else asked
    return _judged(attempt, parse_round_rules(attempt.round.rules), versions, secret, whole=True)


def _judged(
    attempt: Attempt, rules: RoundRules, versions: dict[int, QuestionVersion], secret: set[str], *, whole: bool
) -> list[ReviewedQuestion]:
    """The paper with what was answered and judged; nothing is told of the questions in `secret` (by what they ask)."""
    answers, marks = answers_of([attempt])[attempt.pk], marks_of([attempt])[attempt.pk]
    over = ruled_keys(attempt.round.contest_id, versions)
    questions = []
    for place, (version_id, order) in enumerate(attempt.paper):
        version, value = versions[version_id], answers.get(place, ())
        credit = grade_answer(over.keys[version.pk], value, order, rules.partial)
        if value and credit is None:
            credit = marks.get(place)
        questions.append(
            _reviewed(
                place + 1, version, over, order, value, credit, whole=whole, withheld=version.stem_key in secret,
            )
        )  # fmt: skip
    return questions


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


def _reviewed(
    number: int,
    version: QuestionVersion,
    over: Overlay,
    order: list[int],
    value: Value,
    credit: Fraction | None,
    *,
    whole: bool,
    withheld: bool,
) -> ReviewedQuestion:
    key, voided = over.keys[version.pk], version.pk in over.void
    told = whole and not withheld and not voided  # of a void question, the key is what was wrong with it
    credit = Fraction(1) if voided else credit
    kind = KINDS[key.kind]
    parts = kind.parts(key, value, order)
    return ReviewedQuestion(
        number=str(number), stem=kind.stem(version.stem), answered=bool(value), credit=None if withheld else credit,
        options=[] if parts else _options(version, key, order, value, told=told),
        # An essay has no key; what is left of a part without one is what was given.
        parts=[part if told else Part(part.asked, part.given, "", False) for part in parts],
        explanation=version.explanation if told else "", source=_source(version) if told else "",
        told=told and key.kind is not Kind.ESSAY, withheld=withheld, voided=voided, image=image_of(version),
    )  # fmt: skip


def _options(
    version: QuestionVersion, key: AnswerKey, order: list[int], value: Value, *, told: bool
) -> list[ReviewedOption]:
    places, chosen = shown_positions(key.right, order) if told else (), set(value)
    return [
        ReviewedOption(
            LETTERS[place], version.options[canonical], place in chosen,
            _mark(chosen=place in chosen, in_key=place in places) if told else "",
        )
        for place, canonical in enumerate(order)
    ]  # fmt: skip


def _mark(*, chosen: bool, in_key: bool) -> str:
    if in_key:
        return "right" if chosen else "missed"
    return "wrong" if chosen else ""


def _source(version: QuestionVersion) -> str:
    return f"{version.article}, {version.document}" if version.document else version.other_source
