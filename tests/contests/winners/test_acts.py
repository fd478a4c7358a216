"""Winners from proposal to publication: who may do what in which state, what stands in the way, what follows a change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contests.actions.awards import decide_tie, propose_winners, publish_winners, verify_winners, withdraw_winners
from contests.actions.published import mark_changed
from contests.actions.rulings import restore_attempt, void_attempt
from contests.errors import ContestError
from contests.models import (
    Attempt,
    Award,
    Contest,
    ContestEvent,
    Exclusion,
    Round,
    Standing,
    TieDecision,
    WinnersList,
)
from contests.queries.standings import board_state
from contests.queries.winners import differences, outlook
from tests.contests.organizer.cases import graded, running
from tests.contests.winners.conftest import PRIZES, REASON

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def held(winners: WinnersList) -> list[tuple[str, str]]:
    return [(award.prize, award.entry.member.full_name) for award in winners.awards.filter(given=True)]


# --- state × act × who ---------------------------------------------------------------------------------------------
def in_state(stage, state: str) -> WinnersList:
    """A list that Olga proposed, in this state."""
    if state == "proposed":
        return stage.propose()
    if state == "verified":
        return stage.verified()
    winners = stage.published()
    if state == "replaced":
        void_attempt(attempt=attempt_of(stage.union.alice), by=stage.second, reason=REASON, now=now())
        stage.published()
    if state == "withdrawn":
        withdraw_winners(winners=winners, by=stage.second, reason=REASON, now=now())
    winners.refresh_from_db()
    return winners


def attempt_of(member) -> Attempt:
    return Attempt.objects.select_related("entry", "round").get(entry__member=member)


ACTS = {
    "verify": verify_winners,
    "publish": publish_winners,
    "withdraw": lambda **what: withdraw_winners(reason=REASON, **what),
}
STATES = ("proposed", "verified", "published", "replaced", "withdrawn")
ALLOWED = {
    ("proposed", "verify", "olga"): "verified", ("proposed", "verify", "second"): "verified",
    ("verified", "publish", "second"): "published",
    **{(state, "withdraw", who): "withdrawn" for state in ("proposed", "verified", "published") for who in ("olga", "second")},
}  # fmt: skip


@pytest.mark.parametrize("who", ["olga", "second"])
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_each_act_in_each_state_by_who_proposed_and_by_another(stage, state, act, who):
    winners = in_state(stage, state)
    by = stage.second if who == "second" else stage.union.olga
    before, events = WinnersList.objects.filter(pk=winners.pk).values().get(), ContestEvent.objects.count()

    if after := ALLOWED.get((state, act, who)):
        ACTS[act](winners=winners, by=by, now=now())
        winners.refresh_from_db()
        assert winners.state == after
        assert getattr(winners, f"{after}_by") == by
        assert ContestEvent.objects.order_by("-pk").first().actor == by
    else:
        with pytest.raises(ContestError) as refused:
            ACTS[act](winners=winners, by=by, now=now())
        assert refused.value.text.endswith(".")
        assert WinnersList.objects.filter(pk=winners.pk).values().get() == before
        assert ContestEvent.objects.count() == events


def test_the_same_person_is_told_to_ask_another(stage):
    with pytest.raises(ContestError, match="phải khác người đề xuất") as refused:
        publish_winners(winners=stage.verified(), by=stage.union.olga, now=now())
    assert refused.value.code == "same_person"


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "published", "verified_at": timezone.now(), "published_at": timezone.now(), "verified_by": "olga", "published_by": "olga"},
        {"published_by": "olga"},
        {"state": "published", "published_by": "second", "published_at": timezone.now()},
        {"state": "published"},
        {"state": "verified"},
        {"state": "withdrawn"},
        {"state": "withdrawn", "withdrawn_by": "olga", "withdrawn_at": timezone.now(), "withdrawn_reason": ""},
    ],
)  # fmt: skip
def test_the_database_itself_refuses(stage, fields):
    winners = stage.propose()
    people = {"olga": stage.union.olga, "second": stage.second}

    with pytest.raises(IntegrityError), transaction.atomic():
        WinnersList.objects.filter(pk=winners.pk).update(
            **{name: people.get(value, value) if isinstance(value, str) and name.endswith("_by") else value for name, value in fields.items()}
        )  # fmt: skip


def test_the_database_holds_one_list_in_hand_and_one_published(stage):
    winners = stage.propose()
    fields = {"contest": stage.contest, "number": 9, "as_of": now(), "snapshot": {}, "proposed_by": stage.union.olga, "proposed_at": now()}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        WinnersList.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            winners_list=winners, position=99, given=True, prize="x", tier=1, amount=0, ranking="all", place=1
        )


# --- proposing -----------------------------------------------------------------------------------------------------
def test_a_list_holds_who_won_why_and_what_it_was_made_from(stage):
    winners = stage.propose()

    assert held(winners) == [("Giải Nhất", "Trần Thị Ánh"), ("Giải Nhì", "Lê Văn Bình")]
    assert [award.why for award in winners.awards.all()] == ["4 điểm, 1 phút 30 giây", "3 điểm, 1 phút 30 giây"]
    assert winners.snapshot["contest_rules"] == stage.contest.rules
    assert [one["rules"] for one in winners.snapshot["rounds"]] == [stage.round.rules]
    assert len(winners.snapshot["digest"]) == 64
    event = ContestEvent.objects.get(what="winners_proposed")
    assert (event.actor, event.detail) == (stage.union.olga, {"list": 1, "round": None, "given": 2})


def test_somebody_barred_is_passed_over_with_the_reason_and_the_next_moves_up(stage):
    Exclusion.objects.create(
        contest=stage.contest, member=stage.union.alice, reason="Thuộc tổ thư ký", created_at=now()
    )

    winners = stage.propose()

    assert held(winners) == [("Giải Nhất", "Lê Văn Bình"), ("Giải Nhì", "Đỗ Thị Cúc")]
    assert [(a.prize, a.entry.member, a.place, a.why) for a in winners.awards.filter(given=False)] == [
        ("Giải Nhất", stage.union.alice, 1, "Thuộc tổ thư ký")
    ]


def obstacle_codes(stage, round_=None) -> list[str]:
    return [one.code for one in outlook(stage.contest, round_, now()).obstacles]


def refuses(stage, code: str, **fields) -> None:
    stage.contest.refresh_from_db()
    with pytest.raises(ContestError) as refused:
        stage.propose(**fields)
    assert refused.value.code == code
    assert not WinnersList.objects.filter(proposed_at__gte=now() - timedelta(seconds=1), number__gt=1).exists()


def test_not_before_every_round_is_closed(stage):
    Round.objects.update(closes_at=now() + timedelta(minutes=1))
    refuses(stage, "open")
    Contest.objects.update(state="closed")  # ended early: nobody begins any more
    stage.contest.refresh_from_db()
    assert stage.propose().number == 1


@pytest.mark.parametrize("state", ["started", "submitted", "expired"])
def test_not_before_everything_is_graded(stage, state):
    Round.objects.update(closes_at=now() + timedelta(minutes=1))
    attempt = running(stage.union.alice, stage.contest)
    if state != "started":
        Attempt.objects.filter(pk=attempt.pk).update(state=state, submitted_at=now())
    stage.close()

    refuses(stage, "unfinished")


def test_not_while_a_later_close_still_lets_somebody_in(stage):
    Round.objects.update(extended_until=now() + timedelta(hours=1))
    refuses(stage, "open")


def test_not_before_the_side_question_is_settled(stage):
    round_ = stage.round
    round_.rules |= {"prediction": {"meaning": "people"}}
    round_.save(update_fields=["rules"])
    refuses(stage, "unsettled")
    Round.objects.update(truth=3 * 100_000, truth_at=now())
    assert stage.propose().snapshot["rounds"][0]["truth"] == 300_000


def test_not_from_a_draft_nor_without_results(stage, union):
    Contest.objects.update(state="draft")
    refuses(stage, "draft")
    Contest.objects.update(state="open")
    for attempt in Attempt.objects.all():
        void_attempt(attempt=attempt, by=union.olga, reason=REASON, now=now())
    refuses(stage, "nobody")


def test_not_twice_at_once_and_not_again_while_nothing_changed(stage):
    winners = stage.propose()
    refuses(stage, "in_hand")
    verify_winners(winners=winners, by=stage.union.olga, now=now())
    refuses(stage, "in_hand")
    publish_winners(winners=winners, by=stage.second, now=now())
    refuses(stage, "published")
    withdraw_winners(winners=winners, by=stage.second, reason=REASON, now=now())
    assert stage.propose().number == 2


def test_a_contest_without_prizes_may_still_be_confirmed(stage):
    stage.rules(prizes=[])
    winners = stage.published()

    assert winners.awards.count() == 0
    assert board_state(stage.contest, stage.round) == "final"


BOARD = {"key": "don-vi", "name": "Đông người thi", "by": "entrants", "unit_kinds": ["cdcs"]}
UNIT_PRIZE = {"name": "Tập thể", "count": 1, "for": "unit", "board": "don-vi", "amount": 9}


def test_units_get_theirs_from_their_board_and_people_theirs_beside_it(stage):
    """Two of the school took part, one of the factory."""
    stage.rules(unit_boards=[BOARD], prizes=[UNIT_PRIZE, *PRIZES])
    winners = stage.published()

    lines = [(award.prize, award.unit, award.place) for award in winners.awards.filter(unit__isnull=False)]
    assert lines == [("Tập thể", stage.union.school_a, 1)]
    assert winners.awards.get(unit__isnull=False).why.startswith("2 người")
    assert [who for _, who in held_by_people(winners)] == ["Trần Thị Ánh", "Lê Văn Bình"]


def held_by_people(winners):
    return [
        (award.prize, award.entry.member.full_name) for award in winners.awards.filter(given=True, entry__isnull=False)
    ]


def test_units_that_share_the_last_place_are_named(stage):
    stage.rules(unit_boards=[BOARD | {"by": "mean_top", "top": 1}], prizes=[UNIT_PRIZE])
    Attempt.objects.filter(entry__member=stage.union.bob).update(points=400, right=4)
    from contests.actions.standings import restand

    restand(stage.contest.entries.values_list("pk", flat=True))
    (one,) = outlook(stage.contest, None, now()).obstacles
    assert one.code == "tied_units"
    assert "May Sông Cầu" in one.text
    assert "Hoa Sen" in one.text


# --- one round of several ------------------------------------------------------------------------------------------
@pytest.fixture
def weeks(stage):
    """A second week that is still open; prizes for each week and overall."""
    stage.rules(
        prizes=[{"name": "Giải tuần", "count": 1, "round": "each"}, {"name": "Giải chung", "count": 1, "amount": 5}],
        one_prize="round",
    )
    Round.objects.create(
        contest=stage.contest, number=2, title="Tuần 2", opens_at=now() - timedelta(minutes=1), closes_at=now() + timedelta(days=1),
        rules=stage.round.rules,
    )  # fmt: skip
    return stage


def test_a_week_is_published_while_the_next_runs_and_the_whole_takes_its_place(weeks):
    refuses(weeks, "open")
    week = weeks.published(round_=weeks.round)
    assert held(week) == [("Giải tuần", "Trần Thị Ánh")]
    second = weeks.contest.rounds.get(number=2)
    assert [board_state(weeks.contest, one) for one in (weeks.round, second, None)] == ["final", "provisional", "provisional"]  # fmt: skip

    graded_in(weeks.carol, weeks, second)
    week.refresh_from_db()
    assert week.outdated_at is None, "results of week two change nothing of week one"
    weeks.close()
    whole = weeks.published()
    week.refresh_from_db()
    assert (week.state, whole.state) == ("replaced", "published")
    assert sorted(held(whole)) == [("Giải chung", "Trần Thị Ánh"), ("Giải tuần", "Trần Thị Ánh"), ("Giải tuần", "Đỗ Thị Cúc")]  # fmt: skip
    assert [board_state(weeks.contest, one) for one in (weeks.round, second, None)] == ["final"] * 3
    assert obstacle_codes(weeks, weeks.round) == ["whole"]


def graded_in(member, stage, round_):
    """One graded attempt of a round."""
    from contests.actions.grade import grade_pending
    from contests.actions.sitting import save_form
    from contests.actions.start import start_attempt
    from tests.contests.organizer.cases import choices

    attempt = start_attempt(member=member, round_=round_, now=now())
    save_form(attempt=attempt, choices=choices(attempt, [1]), now=now() + timedelta(seconds=9), submit=True)
    grade_pending(now=now() + timedelta(seconds=10))


def test_a_week_is_not_told_alone_where_a_higher_prize_could_take_it_away(weeks):
    weeks.rules(one_prize="contest")
    assert obstacle_codes(weeks, weeks.round) == ["not_alone"]


def test_a_week_proposed_before_the_whole_was_published_is_refused_after(weeks):
    weeks.close()
    week = weeks.verified(round_=weeks.round)
    weeks.published()
    with pytest.raises(ContestError, match="cả cuộc thi đã công bố"):
        publish_winners(winners=week, by=weeks.second, now=now())


# --- ties ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def tied(stage):
    """Alice and Bob have the same in everything, and there is one first prize."""
    Standing.objects.filter(entry__member=stage.union.bob).update(points=400)
    return stage


def test_equals_before_the_last_prize_wait_for_a_decision(tied):
    tied.rules(prizes=PRIZES[:1])
    look = outlook(tied.contest, None, now())

    assert [one.code for one in look.obstacles] == ["undecided"]
    (group,) = look.tied
    assert (group.place, group.left, {one.entry.member for one in group.entries}) == (1, 1, {tied.union.alice, tied.union.bob})  # fmt: skip
    assert {one.result for one in group.entries} == {"4 điểm, 1 phút 30 giây"}


def decide(stage, members, **fields):
    (group,) = outlook(stage.contest, None, now()).tied
    order = [stage.contest.entries.get(member=member).public_id.hex for member in members]
    what = {"contest": stage.contest, "round_": None, "group": group.key, "order": order, "by": stage.union.olga, "reason": REASON, "now": now()}  # fmt: skip
    return decide_tie(**(what | fields))


def regraded_equal(stage):
    """Equal for good: also what the attempts say."""
    Attempt.objects.filter(entry__member=stage.union.bob).update(points=400, right=4)


def test_a_decision_is_on_record_and_gives_the_prizes(tied):
    regraded_equal(tied)
    decisions = decide(tied, [tied.union.bob, tied.union.alice])

    assert [(one.entry.member, one.place, one.reason, one.round) for one in decisions] == [
        (member, place, REASON, round_)
        for round_ in (None, tied.round)  # one round alone is the whole contest
        for place, member in enumerate([tied.union.bob, tied.union.alice], start=1)
    ]
    assert held(tied.propose()) == [("Giải Nhất", "Lê Văn Bình"), ("Giải Nhì", "Trần Thị Ánh")]
    event = ContestEvent.objects.get(what="tie_decided")
    assert (event.detail["reason"], event.detail["people"]) == (REASON, 2)


@pytest.mark.parametrize("wrong", [[], ["alice"], ["alice", "alice"], ["alice", "bob", "carol"], ["alice", "carol"]])
def test_half_a_decision_is_refused_and_nothing_is_kept(tied, wrong):
    people = {"alice": tied.union.alice, "bob": tied.union.bob, "carol": tied.carol}
    with pytest.raises(ContestError, match="thứ tự khác nhau"):
        decide(tied, [people[name] for name in wrong])
    assert not TieDecision.objects.exists()
    assert not Standing.objects.filter(decided__isnull=False).exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"reason": ""}, "reason"), ({"reason": "x" * 501}, "reason"), ({"group": "0" * 16}, "not_tied"), ({"group": ""}, "not_tied")],
)  # fmt: skip
def test_a_decision_needs_a_reason_and_a_group(tied, fields, code):
    with pytest.raises(ContestError) as refused:
        decide(tied, [tied.union.bob, tied.union.alice], **fields)
    assert refused.value.code == code
    assert not TieDecision.objects.exists()


def test_nothing_is_decided_while_somebody_may_still_sit(tied):
    (group,) = outlook(tied.contest, None, now()).tied
    Round.objects.update(closes_at=now() + timedelta(minutes=5))
    with pytest.raises(ContestError, match="chưa đóng"):
        decide_tie(
            contest=tied.contest, round_=None, group=group.key, order=[], by=tied.union.olga, reason=REASON, now=now()
        )


def test_a_decision_about_two_says_nothing_of_a_third(tied):
    tied.rules(chain=["points", "time", "decision"])
    regraded_equal(tied)
    decide(tied, [tied.union.bob, tied.union.alice])
    assert not outlook(tied.contest, None, now()).tied
    Standing.objects.filter(entry__member=tied.carol).update(points=400)

    (group,) = outlook(tied.contest, None, now()).tied
    assert len(group.entries) == 3


# --- after the publication -----------------------------------------------------------------------------------------
def test_boards_are_final_while_a_list_is_published(stage):
    winners = stage.verified()
    assert board_state(stage.contest, stage.round) == board_state(stage.contest, None) == "provisional"
    publish_winners(winners=winners, by=stage.second, now=now())
    assert board_state(stage.contest, stage.round) == board_state(stage.contest, None) == "final"
    withdraw_winners(winners=winners, by=stage.union.olga, reason=REASON, now=now())
    assert board_state(stage.contest, stage.round) == board_state(stage.contest, None) == "provisional"


def test_a_disqualification_marks_the_list_and_a_new_one_shows_who_moves(stage):
    old = stage.published()
    void_attempt(attempt=attempt_of(stage.union.alice), by=stage.union.olga, reason=REASON, now=now())

    old.refresh_from_db()
    assert old.outdated_at is not None
    assert board_state(stage.contest, stage.round) == "provisional"
    assert ContestEvent.objects.filter(what="winners_outdated").count() == 1
    new = stage.propose(by=stage.second)
    moves = differences(old.awards.select_related("entry__member"), new.awards.select_related("entry__member"))
    assert [(move.who.member, move.kind, move.before, move.after) for move in moves] == [
        (stage.union.alice, "out", "Giải Nhất", ""), (stage.union.bob, "moved", "Giải Nhì", "Giải Nhất"),
        (stage.carol, "in", "", "Giải Nhì"),
    ]  # fmt: skip
    verify_winners(winners=new, by=stage.second, now=now())
    publish_winners(winners=new, by=stage.union.olga, now=now())
    old.refresh_from_db()
    assert (old.state, board_state(stage.contest, stage.round)) == ("replaced", "final")


def test_writing_standings_that_do_not_change_marks_nothing(stage):
    winners = stage.published()
    attempt = attempt_of(stage.carol)
    void_attempt(attempt=attempt, by=stage.union.olga, reason=REASON, now=now())
    WinnersList.objects.update(outdated_at=None)
    restored = stage.contest.winners_lists.get()
    restore_attempt(attempt=attempt, by=stage.union.olga, reason=REASON, now=now())
    restored.refresh_from_db()
    assert restored.outdated_at is not None, "coming back is a change too"

    from contests.actions.standings import restand

    WinnersList.objects.update(outdated_at=None)
    restand(stage.contest.entries.values_list("pk", flat=True))
    winners.refresh_from_db()
    assert winners.outdated_at is None


def test_an_exclusion_after_the_publication_marks_the_list(stage):
    winners = stage.published()
    mark_changed([stage.contest.pk], now=now())
    winners.refresh_from_db()
    assert winners.outdated_at is None
    Exclusion.objects.create(
        contest=stage.contest, member=stage.union.alice, reason="Thuộc tổ thư ký", created_at=now()
    )
    mark_changed([stage.contest.pk], now=now())
    winners.refresh_from_db()
    assert winners.outdated_at is not None


@pytest.mark.parametrize("act", [verify_winners, publish_winners])
def test_a_list_is_not_carried_on_over_other_results_or_rules(stage, act):
    winners = stage.propose() if act is verify_winners else stage.verified()
    void_attempt(attempt=attempt_of(stage.carol), by=stage.union.olga, reason=REASON, now=now())
    with pytest.raises(ContestError, match="đã thay đổi sau khi danh sách"):
        act(winners=winners, by=stage.second, now=now())
    restore_attempt(attempt=attempt_of(stage.carol), by=stage.union.olga, reason=REASON, now=now())
    stage.rules(prizes=PRIZES[:1])
    with pytest.raises(ContestError, match="đã thay đổi sau khi danh sách"):
        act(winners=winners, by=stage.second, now=now())


@pytest.mark.parametrize("reason", ["", "   ", "abc", "x" * 501, "\0\0\0\0\0\0"])
def test_a_list_is_withdrawn_with_a_reason_only(stage, reason):
    winners = stage.published()
    with pytest.raises(ContestError, match="lý do"):
        withdraw_winners(winners=winners, by=stage.second, reason=reason, now=now())
    winners.refresh_from_db()
    assert winners.state == "published"


def test_it_is_proposed_once_by_two_at_once(stage):
    """The contest's row is locked before anything is looked at."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        propose_winners(contest=stage.contest, round_=None, by=stage.union.olga, now=now())
    first = next(query["sql"] for query in queries if "SAVEPOINT" not in query["sql"])
    assert "contests_contest" in first
    assert "FOR UPDATE" in first


def test_graded_helper_makes_what_it_says(stage):
    assert graded  # the stage stands on it
    assert sorted(Standing.objects.filter(round=None).values_list("points", flat=True)) == [200, 300, 400]
