"""Appeals: may one be filed, what a member filed, the organizers' queue, and the evidence beside one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from contests.models import Appeal, Attempt, Contest, QuestionVersion
from contests.queries.attempts import AttemptPage, Given, Late, attempt_page
from contests.queries.review import ReviewedQuestion, served_paper
from contests.queries.standings import score_is_shown
from contests.queries.winners import published_for
from contests.rules.appeals import MayAppeal, Window, appeal_window
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.settings import parse_round_rules

JUDGED = (Attempt.State.GRADED, Attempt.State.REGRADED, Attempt.State.VOIDED)
STATES = ("open", *Appeal.State.values)
STEM_SHOWN = 90  # characters of a question in a list


def window_of(attempt: Attempt, now: datetime) -> Window:
    """Whether the attempt's member may file an appeal now, and until when."""
    round_, contest = attempt.round, attempt.round.contest
    published = published_for(round_)
    shown = published is not None or score_is_shown(round_, parse_round_rules(round_.rules), now)
    over = contest.state == Contest.State.CLOSED or now >= round_.last_close
    return appeal_window(
        days=parse_contest_rules(contest.rules).appeal_days, over=over and attempt.state in JUDGED, shown=shown,
        published_at=published.published_at if published else None, now=now,
    )  # fmt: skip


def may_appeal(attempt: Attempt, now: datetime) -> bool:
    """The same in one word."""
    return window_of(attempt, now).verdict is MayAppeal.OK


def appeals_of(attempt: Attempt) -> list[Appeal]:
    """What was filed about an attempt, the oldest first."""
    return list(Appeal.objects.filter(attempt=attempt))


def own_appeal(attempt_id: int, public_id: str) -> Appeal | None:
    """One of them by its public id, as a form sends it."""
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    return Appeal.objects.filter(attempt=attempt_id, public_id=wanted).first()


def questions_of(attempt: Attempt) -> list[tuple[int, str]]:
    """Place and beginning of each question of the paper, for the choice in a form."""
    stems = dict(
        QuestionVersion.objects.filter(pk__in=[version for version, _ in attempt.paper]).values_list("pk", "stem")
    )
    return [(number, _short(stems.get(version, ""))) for number, (version, _) in enumerate(attempt.paper, start=1)]


def _short(stem: str) -> str:
    text = " ".join(stem.split())
    return text if len(text) <= STEM_SHOWN else f"{text[:STEM_SHOWN].rstrip()}…"


# --- The organizers' side ------------------------------------------------------------------------------------------
def appeals_in(contest: Contest) -> QuerySet[Appeal]:
    """All appeals of a contest, with what a list shows of them."""
    return (
        Appeal.objects.filter(entry__contest=contest)
        .select_related("entry__member", "attempt__round", "reviewed_by", "decided_by")
        .defer("attempt__shape")
    )


def queue(contest: Contest, state: str) -> QuerySet[Appeal]:
    """Those in one of STATES; the longest waiting first where an answer is owed, else the latest first."""
    rows = appeals_in(contest)
    if state == "open":
        return rows.filter(state__in=[Appeal.State.RECEIVED, Appeal.State.IN_REVIEW]).order_by("filed_at", "pk")
    return rows.filter(state=state).order_by("-filed_at", "-pk")


def open_count(contest: Contest) -> int:
    """How many wait for an answer."""
    return queue(contest, "open").count()


@dataclass(frozen=True, slots=True)
class EvidenceQuestion:
    """One question as it was served, with what came for it."""

    shown: ReviewedQuestion
    given: Given | None
    late: Late | None
    about: bool  # the appeal is about this one

    @property
    def answered_at(self) -> datetime | None:
        """When the answer that counts reached the server."""
        return self.given.arrived_at if self.given else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that an appeal is judged by."""

    page: AttemptPage
    questions: list[EvidenceQuestion]
    others: list[Appeal]  # of the same attempt

    @property
    def keys_shown(self) -> bool:
        """Whether the right answers stand here: not while anybody can still draw the question."""
        return any(not one.shown.withheld for one in self.questions)

    @property
    def disputed(self) -> Sequence[EvidenceQuestion]:
        """The question that the appeal is about; all of them for one about the whole paper."""
        return [one for one in self.questions if one.about] or self.questions


def evidence(appeal: Appeal, now: datetime) -> Evidence:
    """The paper as served, the answers with their arrival, what came late, what happened; of an appeal of `appeals_in`."""
    page = attempt_page(appeal.attempt, now)
    given, late = {one.question: one for one in page.given}, {one.question: one for one in page.late}
    return Evidence(
        page=page,
        questions=[
            EvidenceQuestion(shown, given.get(number), late.get(number), number == appeal.question)
            for number, shown in enumerate(served_paper(appeal.attempt, now), start=1)
        ],
        others=[one for one in appeals_of(appeal.attempt) if one.pk != appeal.pk],
    )
