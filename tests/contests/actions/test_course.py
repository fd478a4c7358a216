"""A contest that is held and goes on, opens by itself, is taken back, and is begun again as another."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from contests.actions.announce import announce
from contests.actions.clone import clone_contest
from contests.actions.contest import PlanRefused, extend_round, open_contest, remove_round
from contests.actions.enter import enter_contest
from contests.actions.exclude import exclude
from contests.actions.extend import give_extension
from contests.actions.opening import cancel_opening, open_due, schedule_opening, undo_extension, undo_opening
from contests.actions.pauses import pause_contest, resume_contest
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Contest, RosterLine, Round
from contests.queries.openings import course_of, failed_opening
from tests import make
from tests.contests.actions.rivals import during

pytestmark = pytest.mark.django_db
WHY = "Mất điện ở trung tâm dữ liệu"


@pytest.fixture
def now():
    return timezone.now()


def round_of(contest: Contest) -> Round:
    return Round.objects.select_related("contest__audience", "contest__bank").get(contest=contest, number=1)


@pytest.fixture
def draft(union, bank, now):
    return make.make_contest(union, bank, state="draft", opens_at=now + timedelta(days=3))


# --- pause -----------------------------------------------------------------------------------------------------------
def test_while_it_is_paused_nobody_begins_and_who_sits_goes_on(union, contest, now):
    sitting = start_attempt(member=union.alice, round_=round_of(contest), now=now)

    pause_contest(contest=contest, reason=WHY, by=union.olga, now=now)

    with pytest.raises(ContestError, match=f"Tạm dừng: {WHY}"):
        start_attempt(member=union.bob, round_=round_of(contest), now=now)
    assert start_attempt(member=union.alice, round_=round_of(contest), now=now) == sitting
    handed_in = save_form(attempt=sitting, choices={1: [0]}, now=now + timedelta(minutes=5), submit=True)
    assert handed_in.state == "submitted"
    resume_contest(contest=contest, give_back=False, by=union.olga, now=now + timedelta(minutes=6))
    assert start_attempt(member=union.bob, round_=round_of(contest), now=now + timedelta(minutes=6)).number == 1


def test_the_lost_time_is_given_back_to_rounds_that_are_open(union, contest, now):
    first = contest.rounds.get()
    ahead = Round.objects.create(
        contest=contest, number=2, title="Tuần 2", opens_at=now + timedelta(days=7), closes_at=now + timedelta(days=8), rules=first.rules
    )  # fmt: skip
    pause_contest(contest=contest, reason=WHY, by=union.olga, now=now)

    resume_contest(contest=contest, give_back=True, by=union.olga, now=now + timedelta(minutes=40, seconds=1))

    assert contest.rounds.get(number=1).closes_at - first.closes_at == timedelta(minutes=41)
    assert contest.rounds.get(number=2).closes_at == ahead.closes_at
    contest.refresh_from_db()
    assert (contest.paused_at, contest.pause_reason) == (None, "")
    kinds = set(contest.events.values_list("what", flat=True))
    assert {"paused", "extended", "resumed"} <= kinds


@pytest.mark.parametrize(("reason", "code"), [("", "missing"), ("  vì ", "missing"), ("x" * 301, "too_long")])
def test_a_pause_needs_a_reason_that_people_can_read(union, contest, now, reason, code):
    with pytest.raises(PlanRefused) as refused:
        pause_contest(contest=contest, reason=reason, by=union.olga, now=now)

    assert [problem.code for problem in refused.value.problems] == [code]
    contest.refresh_from_db()
    assert contest.paused_at is None


def test_only_an_open_contest_is_paused_and_only_a_paused_one_resumed(union, contest, draft_of_other, now):
    with pytest.raises(ContestError, match="đang mở"):
        pause_contest(contest=draft_of_other, reason=WHY, by=union.olga, now=now)
    with pytest.raises(ContestError, match="không tạm dừng"):
        resume_contest(contest=contest, give_back=True, by=union.olga, now=now)
    pause_contest(contest=contest, reason=WHY, by=union.olga, now=now)
    with pytest.raises(ContestError, match="đang tạm dừng rồi"):
        pause_contest(contest=contest, reason=WHY, by=union.olga, now=now)


@pytest.fixture
def draft_of_other(union, contest, now):
    return clone_contest(contest=contest, by=union.olga, now=now)


# --- opens by itself ---------------------------------------------------------------------------------------------------
def test_a_draft_opens_at_its_moment_and_not_before(union, draft, now):
    at = now + timedelta(days=1)
    schedule_opening(contest=draft, at=at, by=union.olga, now=now)

    assert open_due(now=at - timedelta(seconds=1)) == 0
    assert open_due(now=at) == 1
    assert open_due(now=at) == 0

    draft.refresh_from_db()
    assert (draft.state, draft.opens_itself_at) == ("open", None)
    assert draft.events.filter(what="opened", actor=union.olga).count() == 1


def test_what_does_not_pass_at_its_moment_stays_a_draft_and_says_why(union, draft, now):
    at = now + timedelta(days=1)
    schedule_opening(contest=draft, at=at, by=union.olga, now=now)
    round_ = draft.rounds.get()
    round_.rules = round_.rules | {"draw": [{"topic": "Tiền lương", "count": 99}]}
    round_.save()

    assert open_due(now=at) == 0

    draft.refresh_from_db()
    assert (draft.state, draft.opens_itself_at) == ("draft", None)
    event = failed_opening(draft)
    assert event is not None
    assert "cần 99 câu" in event.detail["reason"]
    schedule_opening(contest=draft, at=at + timedelta(days=1), by=union.olga, now=at)
    assert failed_opening(draft) is None


def test_who_has_lost_the_role_opens_nothing(union, draft, now):
    at = now + timedelta(days=1)
    schedule_opening(contest=draft, at=at, by=union.olga, now=now)
    Role.objects.filter(member=union.olga).delete()

    assert open_due(now=at) == 0
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "phạm vi" in failed_opening(draft).detail["reason"]


def test_one_that_fails_does_not_hold_up_the_next(union, draft, now):
    other = clone_contest(contest=draft, by=union.olga, now=now)
    for contest in (draft, other):
        schedule_opening(contest=contest, at=now + timedelta(hours=1), by=union.olga, now=now)
    draft.rounds.update(rules={})

    assert open_due(now=now + timedelta(hours=1)) == 1
    assert Contest.objects.get(pk=other.pk).state == "open"


def test_a_moment_makes_sense_and_can_be_taken_back(union, draft, contest_open, now):
    for at, code in ((now, "too_soon"), (now + timedelta(days=30), "too_late")):
        with pytest.raises(PlanRefused) as refused:
            schedule_opening(contest=draft, at=at, by=union.olga, now=now)
        assert refused.value.problems[0].code == code
    with pytest.raises(ContestError, match="đã được mở"):
        schedule_opening(contest=contest_open, at=now + timedelta(hours=1), by=union.olga, now=now)
    with pytest.raises(ContestError, match="không hẹn giờ"):
        cancel_opening(contest=draft, by=union.olga)
    schedule_opening(contest=draft, at=now + timedelta(hours=1), by=union.olga, now=now)
    cancel_opening(contest=draft, by=union.olga)
    assert open_due(now=now + timedelta(hours=1)) == 0


@pytest.fixture
def contest_open(union, draft, now):
    copy = clone_contest(contest=draft, by=union.olga, now=now)
    return open_contest(contest=copy, by=union.olga, now=now)


# --- undo --------------------------------------------------------------------------------------------------------------
def test_an_opening_is_taken_back_while_nobody_has_entered(union, draft, now):
    open_contest(contest=draft, by=union.olga, now=now)
    assert course_of(Contest.objects.get(pk=draft.pk), now).undo_opening_until

    undo_opening(contest=draft, by=union.olga, now=now)

    draft.refresh_from_db()
    assert draft.state == "draft"
    open_contest(contest=draft, by=union.olga, now=now)
    with pytest.raises(ContestError, match="10 phút"):
        undo_opening(contest=draft, by=union.olga, now=timezone.now() + timedelta(minutes=11))


def test_what_was_said_and_given_ends_with_the_opening_and_its_round_stays(union, draft, now):
    first = draft.rounds.get()
    second = Round.objects.create(
        contest=draft, number=2, title="Tuần 2", opens_at=first.opens_at, closes_at=first.closes_at, rules=first.rules
    )  # fmt: skip
    open_contest(contest=draft, by=union.olga, now=now)
    announce(contest=draft, text="Mang theo thẻ đoàn viên.", by=union.olga, now=now, round_=second)
    give_extension(round_=second, by=union.olga, reason=WHY, now=now, closes_at=first.closes_at + timedelta(days=1))

    undo_opening(contest=draft, by=union.olga, now=now)

    second.refresh_from_db()
    assert second.extended_until is None
    assert not draft.announcements.filter(ended_at__isnull=True).exists()
    assert not second.extensions.filter(revoked_at__isnull=True).exists()
    kinds = list(draft.events.values_list("what", flat=True))
    assert {"announcement_withdrawn", "extension_revoked", "opening_undone"} <= set(kinds)
    with pytest.raises(ContestError, match="không bỏ được"):
        remove_round(round_=second, by=union.olga, now=now)
    assert Round.objects.filter(pk=second.pk).exists()


def test_an_opening_somebody_leans_on_stays(union, draft, now):
    draft.rounds.update(opens_at=now - timedelta(minutes=1))
    open_contest(contest=draft, by=union.olga, now=now)
    start_attempt(member=union.alice, round_=round_of(draft), now=now)

    with pytest.raises(ContestError, match="Đã có người vào thi"):
        undo_opening(contest=draft, by=union.olga, now=now)
    assert course_of(Contest.objects.get(pk=draft.pk), now).undo_opening_until is None


def test_an_extension_is_taken_back_while_nobody_has_its_time(union, contest, now):
    before = contest.rounds.get().closes_at
    later = before + timedelta(days=1)
    extend_round(round_=round_of(contest), closes_at=later, reason=WHY, by=union.olga, now=now)
    assert course_of(contest, now).undo_extensions == {1}

    undo_extension(round_=round_of(contest), by=union.olga, now=now)

    assert contest.rounds.get().closes_at == before
    assert course_of(contest, now).undo_extensions == set()
    with pytest.raises(ContestError):
        undo_extension(round_=round_of(contest), by=union.olga, now=now)


def test_an_extension_that_an_attempt_has_used_stays(union, contest, now):
    Round.objects.update(closes_at=now + timedelta(minutes=10))
    extend_round(round_=round_of(contest), closes_at=now + timedelta(hours=3), reason=WHY, by=union.olga, now=now)
    start_attempt(member=union.alice, round_=round_of(contest), now=now)  # 20 minutes: beyond the old closing

    with pytest.raises(ContestError, match="giờ đóng mới"):
        undo_extension(round_=round_of(contest), by=union.olga, now=now)
    with pytest.raises(ContestError, match="10 phút"):
        undo_extension(round_=round_of(contest), by=union.olga, now=timezone.now() + timedelta(minutes=11))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["start", "enter"])
def test_who_comes_in_while_an_opening_is_taken_back_does_not(committed_union, now, how):
    union, contest = committed_union
    contest.events.create(what="opened", detail={})
    round_ = round_of(contest)
    enter = {
        "start": lambda: start_attempt(member=union.alice, round_=round_, now=now),
        "enter": lambda: enter_contest(member=union.alice, contest=contest, now=now),
    }[how]

    with pytest.raises(ContestError) as refused:
        during(lambda: undo_opening(contest=contest, by=union.olga, now=now), enter)

    assert refused.value.code in ("changed", "not_open")
    contest.refresh_from_db()
    assert (contest.state, contest.entries.count()) == ("draft", 0)


@pytest.mark.django_db(transaction=True)
def test_who_begins_while_an_extension_is_taken_back_does_not_get_its_time(committed_union, now):
    union, contest = committed_union
    enter_contest(
        member=union.alice, contest=contest, now=now
    )  # who has an entry writes nothing that names the contest
    Round.objects.update(closes_at=now + timedelta(minutes=10))
    extend_round(round_=round_of(contest), closes_at=now + timedelta(hours=3), reason=WHY, by=union.olga, now=now)
    round_ = round_of(contest)

    with pytest.raises(ContestError) as refused:
        during(
            lambda: undo_extension(round_=round_, by=union.olga, now=now),
            lambda: start_attempt(member=union.alice, round_=round_, now=now),
        )

    assert refused.value.code == "changed"
    assert not round_.attempts.exists()
    again = start_attempt(member=union.alice, round_=round_of(contest), now=now)
    assert again.deadline == now + timedelta(minutes=10)


# --- clone -------------------------------------------------------------------------------------------------------------
def test_a_clone_keeps_rules_weekday_and_hour_and_takes_nobody_along(union, contest, now):
    first = contest.rounds.get()
    contest.rules = {
        "eligibility": {"roster": True, "register_until": first.opens_at.isoformat()}, "prizes": [{"name": "Giải nhất", "count": 1}],
    }  # fmt: skip
    contest.save()
    Round.objects.create(
        contest=contest, number=2, title="Tuần 2", opens_at=first.opens_at + timedelta(days=7),
        closes_at=first.closes_at + timedelta(days=7), rules=first.rules, truth=7,
    )  # fmt: skip
    RosterLine.objects.create(contest=contest, login="+84912345678", name="Ai đó")
    exclude(contest=contest, member=union.bob, reason="Thành viên ban tổ chức", by=union.olga, now=now)

    copy = clone_contest(contest=contest, by=union.olga, now=now)

    assert (copy.state, copy.title, copy.bank, copy.audience) == (
        "draft",
        contest.title,
        contest.bank,
        contest.audience,
    )
    assert copy.slug != contest.slug
    assert copy.share_code != contest.share_code
    old, new = list(contest.rounds.all()), list(copy.rounds.all())
    for before, after in zip(old, new, strict=True):
        assert after.opens_at - before.opens_at == after.closes_at - before.closes_at == timedelta(days=7)
        assert (after.title, after.rules, after.truth) == (before.title, before.rules, None)
    assert new[0].opens_at > now
    assert copy.rules["eligibility"]["register_until"] == (first.opens_at + timedelta(days=7)).isoformat()
    assert not copy.roster.exists()
    assert not copy.exclusions.exists()
    assert not copy.entries.exists()


def test_a_contest_that_is_still_ahead_is_cloned_on_its_own_dates(union, draft, now):
    copy = clone_contest(contest=draft, by=union.olga, now=now)

    assert copy.rounds.get().opens_at == draft.rounds.get().opens_at


def test_a_stranger_clones_nothing(union, contest, now):
    with pytest.raises(ContestError, match="không phụ trách"):
        clone_contest(contest=contest, by=union.staff_b, now=now)
    assert Contest.objects.count() == 1
