"""Appeals: when they are taken, each step from each state, and that nothing is half saved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contests.actions.appeals import decide_appeal, file_appeal, take_up_appeal, withdraw_appeal
from contests.errors import ContestError
from contests.models import Appeal, Attempt, AttemptEvent, Contest, Round
from contests.queries.appeals import evidence, window_of
from contests.rules.appeals import MOST_PER_ATTEMPT, OPEN, STEPS, State, appeal_window
from tests.contests.organizer.cases import came_late, running
from tests.contests.winners.test_acts import attempt_of

pytestmark = pytest.mark.django_db

TEXT = "Câu này theo Điều 34 phải có hai phương án đúng."
REASON = "Đã đối chiếu Điều 34 Bộ luật Lao động"


def now():
    return timezone.now()


def own(member) -> Attempt:
    return Attempt.objects.select_related("entry__member", "round__contest").get(entry__member=member)


def file(stage, question: int | None = 4, text: str = TEXT, **fields) -> Appeal:
    return file_appeal(attempt=own(stage.union.bob), question=question, text=text, now=fields.get("now", now()))


# --- when ----------------------------------------------------------------------------------------------------------
NOON = timezone.now().replace(hour=5, minute=0, second=0, microsecond=0)
DAYS = timedelta(days=3)


@pytest.mark.parametrize(
    ("days", "over", "shown", "published", "at", "verdict", "until"),
    [
        (0, True, True, None, NOON, "none", None),
        (0, True, True, NOON, NOON, "none", None),
        (3, False, True, None, NOON, "not_yet", None),
        (3, True, False, None, NOON, "not_yet", None),
        (3, True, True, None, NOON + 99 * DAYS, "ok", None),
        (3, True, True, NOON, NOON, "ok", NOON + DAYS),
        (3, True, True, NOON, NOON + DAYS, "ok", NOON + DAYS),
        (3, True, True, NOON, NOON + DAYS + timedelta(microseconds=1), "over", NOON + DAYS),
    ],
)
def test_the_window_to_the_instant(days, over, shown, published, at, verdict, until):
    window = appeal_window(days=days, over=over, shown=shown, published_at=published, now=at)
    assert (window.verdict.value, window.until) == (verdict, until)
    assert bool(window.verdict.text) is (verdict != "ok")


def test_the_window_of_an_attempt_follows_its_round_and_the_publication(stage):
    attempt = own(stage.union.bob)
    assert (window_of(attempt, now()).verdict, window_of(attempt, now()).until) == ("ok", None)
    published = stage.published()
    assert window_of(attempt, now()).until == published.published_at + DAYS
    assert window_of(attempt, published.published_at + 2 * DAYS).verdict == "over"
    stage.rules(appeal_days=0)
    assert window_of(own(stage.union.bob), now()).verdict == "none"


def test_not_while_the_round_is_open_for_anybody(stage):
    Round.objects.update(closes_at=now() + timedelta(minutes=1))
    refused(stage, "not_yet")
    Round.objects.update(closes_at=now() - timedelta(minutes=1), extended_until=now() + timedelta(minutes=1))
    refused(stage, "not_yet")
    Contest.objects.update(state="closed")
    assert file(stage).state == "received"


def test_not_before_points_are_shown_unless_the_winners_are(stage):
    round_ = stage.round
    round_.rules |= {"show": "nothing", "review": "nothing"}
    round_.save(update_fields=["rules"])
    refused(stage, "not_yet")
    stage.published()
    assert file(stage).state == "received"


def refused(stage, code: str, **fields) -> None:
    before = Appeal.objects.count(), AttemptEvent.objects.count()
    with pytest.raises(ContestError) as error:
        file(stage, **fields)
    assert error.value.code == code
    assert (Appeal.objects.count(), AttemptEvent.objects.count()) == before


def test_an_attempt_that_still_runs_has_no_result_to_appeal(stage):
    Round.objects.update(closes_at=now() + timedelta(minutes=1))
    attempt = running(stage.union.bob, stage.contest)
    stage.close()
    with pytest.raises(ContestError):
        file_appeal(attempt=attempt, question=None, text=TEXT, now=now())


# --- filing --------------------------------------------------------------------------------------------------------
def test_what_was_filed_is_kept_with_an_event(stage):
    appeal = file(stage, text=f"  {TEXT}\r\nDòng hai.\u200b\0 ")

    assert (appeal.text, appeal.question, appeal.state) == (f"{TEXT}\nDòng hai.", 4, "received")
    event = AttemptEvent.objects.get(what="appeal_filed")
    assert (event.actor, event.detail) == (stage.union.bob, {"appeal": str(appeal.public_id), "question": 4})


@pytest.mark.parametrize("text", ["", "   ", "ngắn quá", "!" * 50, "1" * 2001, "\u200b" * 40, "x" * 2001])
def test_a_text_that_says_nothing_or_too_much_is_refused(stage, text):
    refused(stage, "text", text=text)


@pytest.mark.parametrize("question", [0, -1, 5, 32767])
def test_a_question_that_the_paper_does_not_have(stage, question):
    refused(stage, "question", question=question)


@pytest.mark.parametrize("question", [4, None])
def test_one_open_appeal_a_question_and_one_for_the_whole(stage, question):
    first = file(stage, question)
    refused(stage, "already", question=question)
    assert file(stage, 1).question == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(entry=first.entry, attempt=first.attempt, question=question, text="x", filed_at=now())
    withdraw_appeal(appeal=first, by=stage.union.bob, now=now())
    assert file(stage, question).question == question


def test_there_is_an_end(stage):
    for _ in range(MOST_PER_ATTEMPT):
        withdraw_appeal(appeal=file(stage), by=stage.union.bob, now=now())
    refused(stage, "too_many")


# --- steps ---------------------------------------------------------------------------------------------------------
MOVES = {
    State.IN_REVIEW: lambda appeal, by: take_up_appeal(appeal=appeal, by=by, now=now()),
    State.UPHELD: lambda appeal, by: decide_appeal(appeal=appeal, upheld=True, reason=REASON, by=by, now=now()),
    State.REJECTED: lambda appeal, by: decide_appeal(appeal=appeal, upheld=False, reason=REASON, by=by, now=now()),
    State.WITHDRAWN: lambda appeal, by: withdraw_appeal(appeal=appeal, by=by, now=now()),
}


@pytest.mark.parametrize("after", MOVES)
@pytest.mark.parametrize("before", State)
def test_each_step_from_each_state(stage, before, after):
    appeal = file(stage)
    decided = {"decided_at": now(), "decision": REASON} if before not in OPEN else {}
    Appeal.objects.update(state=before.value, **decided)
    row, events = Appeal.objects.values().get(), AttemptEvent.objects.count()

    if (before, after) in STEPS:
        MOVES[after](appeal, stage.union.olga)
        appeal.refresh_from_db()
        assert (appeal.state, AttemptEvent.objects.count()) == (after, events + 1)
        if after in (State.UPHELD, State.REJECTED):
            assert (appeal.decision, appeal.decided_by) == (REASON, stage.union.olga)
    else:
        with pytest.raises(ContestError):
            MOVES[after](appeal, stage.union.olga)
        assert Appeal.objects.values().get() == row
        assert AttemptEvent.objects.count() == events


@pytest.mark.parametrize("reason", ["", "abc", "x" * 501])
def test_an_answer_has_a_reason(stage, reason):
    appeal = take_up_appeal(appeal=file(stage), by=stage.union.olga, now=now())
    with pytest.raises(ContestError, match="lý do"):
        decide_appeal(appeal=appeal, upheld=True, reason=reason, by=stage.union.olga, now=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.update(state="upheld")


# --- evidence ------------------------------------------------------------------------------------------------------
def test_the_evidence_shows_the_paper_as_served_with_arrivals_and_what_came_late(stage):
    attempt = attempt_of(stage.union.bob)
    came_late(attempt, {4: [1]})
    view = evidence(file(stage), now())

    assert [one.shown.number for one in view.disputed] == ["4"]
    one = view.disputed[0]
    version, order = attempt.paper[3]
    from contests.models import QuestionVersion

    texts = QuestionVersion.objects.get(pk=version).options
    assert [option.text for option in one.shown.options] == [texts[place] for place in order]
    assert one.answered_at == attempt.answers.get(question=4).arrived_at
    assert one.late.came == "B"
    assert len(view.questions) == 4


def test_keys_stand_there_only_when_nobody_can_draw_the_questions_any_more(stage, union, bank):
    appeal = file(stage)
    later = now() + timedelta(minutes=10)
    assert evidence(appeal, later).keys_shown

    other = Contest.objects.create(
        slug="khac", title="Cuộc khác", organizer=union.province_a, audience=union.province_a, bank=bank, state="open"
    )
    Round.objects.create(
        contest=other, number=1, title="Tuần 1", opens_at=now() - timedelta(hours=1), closes_at=now() + timedelta(hours=1),
        rules=stage.round.rules,
    )  # fmt: skip
    view = evidence(appeal, later)
    assert not view.keys_shown
    assert all(not option.mark for one in view.questions for option in one.shown.options)
    assert not any(one.shown.explanation or one.shown.source or one.shown.right for one in view.questions)
