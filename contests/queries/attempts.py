"""Attempts of a contest as its organizers look them up: a list to search, and one attempt with all that came and was decided.

A key shows nowhere here before members may see it: these pages stand on screens in rooms where others still sit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.queries import who_is
from contests.models import Answer, Attempt, AttemptEvent, Contest, Exclusion, LateAnswer
from contests.queries.answers import answers_of as stored_answers
from contests.queries.extensions import terms_for
from contests.queries.judging import Judge, on_paper, ruled_keys, standing_rulings
from contests.queries.receipts import clean_code
from contests.queries.review import LETTERS, keys_open_from
from contests.rules.grading import grade_answer
from contests.rules.kinds import Value
from contests.rules.kinds.shapes import BLANK_SEPARATOR
from contests.rules.lifecycle import COUNTED, State, may_go
from contests.rules.paper import PaperItem
from contests.rules.settings import parse_round_rules


# --- The list ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """What the list was asked for; empty values ask for all. `state` is a key of `STATES`."""

    text: str = ""
    round: int | None = None
    state: str = ""
    late: bool = False


STATES = ("sitting", "waiting", "graded", "regraded", "voided")


def attempts_of(contest: Contest) -> QuerySet[Attempt]:
    """The attempts of a contest, whoever sat them, with the member, the round, and what their member is excluded from in this
    contest: `barred` (anything), `no_prize` (prizes alone)."""
    exclusion = Exclusion.objects.in_force().filter(contest=contest, member=OuterRef("entry__member"))
    rows = Attempt.objects.filter(round__contest=contest).select_related("entry__member", "round")
    return rows.annotate(barred=Exists(exclusion), no_prize=Exists(exclusion.filter(prizes_only=True))).defer(
        "paper", "shape"
    )


def listed(contest: Contest, asked: AttemptFilter, now: datetime) -> QuerySet[Attempt]:
    """Those that match, the latest begun first, each with `late` and `late_open` (answers that came late; of those, undecided).

    The text is a receipt's code, a phone number, an e-mail address, or words of a name.
    """
    rows = attempts_of(contest).annotate(late=_late(Q()), late_open=_late(Q(accepted_at__isnull=True)))
    if asked.text:
        wanted, code = who_is(asked.text, at="entry__member__"), clean_code(asked.text)
        found = (wanted or Q(pk__in=[])) | Q(receipt=code) if code else wanted
        rows = rows.filter(found) if found is not None else rows.none()
    if asked.round is not None:
        rows = rows.filter(round__number=asked.round)
    if asked.state:
        rows = rows.filter(_in_state(asked.state, now))
    if asked.late:
        rows = rows.filter(Exists(LateAnswer.objects.filter(attempt=OuterRef("pk"), accepted_at__isnull=True)))
    return rows.order_by("-pk")  # keys are given in the order of starts, and have an index


def _late(which: Q) -> Coalesce:
    rows = LateAnswer.objects.filter(which, attempt=OuterRef("pk")).order_by().values("attempt")
    return Coalesce(Subquery(rows.annotate(n=Count("question")).values("n"), output_field=IntegerField()), 0)


def _in_state(state: str, now: datetime) -> Q:
    runs = Q(state=Attempt.State.STARTED, accepts_until__gte=now)
    if state == "sitting":
        return runs
    if state == "waiting":
        over = Q(state=Attempt.State.STARTED, accepts_until__lt=now)
        return over | Q(state__in=[Attempt.State.SUBMITTED, Attempt.State.EXPIRED])
    return Q(state=state)


# --- One attempt ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it stands: letters as the paper showed them, or what was typed. `right` is None while the key must not show."""

    question: int
    letters: str
    arrived_at: datetime
    right: bool | None


@dataclass(frozen=True, slots=True)
class Late:
    """A late answer beside what counts. `behind` is how long after the end it came (negative: before it, see `cause`)."""

    question: int
    counts: str
    came: str
    arrived_at: datetime
    behind: timedelta
    elsewhere: bool
    accepted: bool
    right: bool | None

    @property
    def in_time(self) -> bool:
        """Whether it came before the end, and is apart only because another device held the sitting."""
        return self.behind < timedelta(0)


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """One attempt with everything that an organizer decides by."""

    attempt: Attempt
    full_points: int
    unlimited: bool
    closes_at: datetime
    keys_open: bool
    given: list[Given]
    late: list[Late]
    events: list[AttemptEvent]
    others: list[Attempt]

    @property
    def ended_by_hand(self) -> bool:
        """Whether the member handed it in before the time was over: what came late came after that."""
        return _ended_by_hand(self.attempt)

    @property
    def moves(self) -> int:
        """How often the sitting went to another device."""
        return sum(event.what == "taken_over" for event in self.events)

    @property
    def undecided(self) -> int:
        """Late answers that nobody has accepted."""
        return sum(not late.accepted for late in self.late)

    @property
    def counted_others(self) -> int:
        """Further attempts of the same round that count."""
        return sum(other.round_id == self.attempt.round_id and other.state in COUNTED for other in self.others)

    @property
    def may_void(self) -> bool:
        """Whether it counts and may be voided."""
        return may_go(State(self.attempt.state), State.VOIDED)

    @property
    def may_restore(self) -> bool:
        """Whether it is voided."""
        return self.attempt.state == Attempt.State.VOIDED

    @property
    def may_accept(self) -> bool:
        """Whether it counts and has late answers that wait for a decision."""
        return self.may_void and self.undecided > 0


def attempt_page(attempt: Attempt, now: datetime) -> AttemptPage:
    """Everything about one attempt of `attempts_of`, in a fixed number of queries."""
    round_, entry = attempt.round, attempt.entry
    rules, opens = parse_round_rules(round_.rules), keys_open_from(round_)
    shows = opens is not None and now >= opens
    answers = list(Answer.objects.filter(attempt=attempt).order_by("question"))
    late = list(LateAnswer.objects.filter(attempt=attempt).order_by("question"))
    counts = {answer.question: _said(answer.value) for answer in answers}
    rights = _Rights(attempt) if shows else None
    end = _end(attempt)
    return AttemptPage(
        attempt=attempt, full_points=rules.full_points, unlimited=rules.attempts is None, keys_open=shows,
        closes_at=terms_for(round_, rules, member=entry.member, path=entry.unit_path).closes_at,
        given=[
            Given(each.question, _said(each.value), each.arrived_at, rights.of(each) if rights else None)
            for each in answers
        ],
        late=[
            Late(
                each.question, counts.get(each.question, ""), _said(each.value), each.arrived_at, each.arrived_at - end,
                each.cause == LateAnswer.Cause.ELSEWHERE, each.accepted_at is not None, rights.of(each) if rights else None,
            )
            for each in late
        ],
        events=list(AttemptEvent.objects.filter(attempt=attempt).select_related("actor")),
        others=list(
            Attempt.objects.filter(entry=entry).exclude(pk=attempt.pk).select_related("round")
            .defer("paper", "shape").order_by("round__number", "number")
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LateTrial:
    """What accepting the late answers would come to. Nothing is saved."""

    answers: int
    right_before: int
    right_after: int
    points_before: int
    points_after: int


def late_trial(attempt: Attempt) -> LateTrial:
    """Judge the attempt as if its undecided late answers counted, beside how it stands."""
    late = LateAnswer.objects.filter(attempt=attempt, accepted_at__isnull=True)
    counts = stored_answers([attempt])[attempt.pk]
    then = counts | {each.question - 1: each.value for each in late}
    contest = attempt.round.contest_id
    rulings, judge = on_paper(standing_rulings([contest])[contest], attempt.paper), Judge([attempt])
    before, after = (judge.grade(attempt, rulings, answers=answers) for answers in (None, then))
    return LateTrial(len(late), before.right, after.right, before.points, after.points)


class _Rights:
    """What was right on one paper: made only once members may see it."""

    def __init__(self, attempt: Attempt) -> None:
        self.items = _items(attempt)
        self.partial = parse_round_rules(attempt.round.rules).partial
        self.over = ruled_keys(attempt.round.contest_id, [item.version for item in self.items])

    def of(self, answer: Answer | LateAnswer) -> bool | None:
        if not 1 <= answer.question <= len(self.items):
            return None
        item = self.items[answer.question - 1]
        if item.version in self.over.void:
            return True
        credit = grade_answer(self.over.keys[item.version], answer.value, item.order, self.partial)
        return None if credit is None else credit == 1


def _items(attempt: Attempt) -> list[PaperItem]:
    return [PaperItem(version, tuple(order)) for version, order in attempt.paper]


def _said(value: Value) -> str:
    if isinstance(value, str):
        return " | ".join(value.split(BLANK_SEPARATOR))
    return ", ".join(LETTERS[place] if 0 <= place < len(LETTERS) else "–" for place in value)


def _ended_by_hand(attempt: Attempt) -> bool:
    return (
        attempt.closed_by == "member" and attempt.submitted_at is not None and attempt.submitted_at < attempt.deadline
    )


def _end(attempt: Attempt) -> datetime:
    """The instant after which nothing counts any more, but for the grace."""
    return attempt.submitted_at if _ended_by_hand(attempt) and attempt.submitted_at else attempt.deadline
