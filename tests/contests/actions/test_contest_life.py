"""The life of a contest: drafted, opened once, extended with a reason, closed, opened again within a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.scope import Scope
from contests.actions.contest import (
    PlanRefused,
    RoundPlan,
    add_round,
    close_contest,
    create_contest,
    extend_round,
    open_contest,
    remove_round,
    reopen_contest,
    update_contest,
    update_round,
)
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Contest, QuestionVersion, Round
from contests.queries.checklist import checklist
from contests.queries.review import keys_shown_since
from contests.rules.settings import Review
from leaderboard import live
from tests import make

pytestmark = pytest.mark.django_db

RULES = {
    "minutes": 20,
    "attempts": 2,
    "draw": [{"topic": "Tiền lương", "count": 3}, {"topic": "Luật Công đoàn", "count": 2}],
}


def plan(now, *, title="Tuần 1", opens=timedelta(hours=1), lasts=timedelta(days=7), **rules):
    return RoundPlan(title, now + opens, now + opens + lasts, RULES | rules)


def draft(union, bank, now, **fields):
    wanted = {
        "title": "Tìm hiểu Bộ luật Lao động", "organizer": union.province_a, "audience": union.ward_a, "bank": bank,
        "first_round": plan(now), "by": union.olga, "now": now,
    }  # fmt: skip
    return create_contest(**(wanted | fields))


def kinds(contest):
    return list(contest.events.order_by("pk").values_list("what", flat=True))


# --- create ---
def test_a_draft_gets_its_address_from_the_title(union, bank):
    contest = draft(union, bank, timezone.now(), title="  Đố vui  “Quyền & nghĩa vụ” 2026 ")

    assert (contest.slug, contest.state) == ("do-vui-quyen-nghia-vu-2026", Contest.State.DRAFT)
    assert contest.rounds.get().rules["draw"][0] == {"topic": "Tiền lương", "count": 3}
    assert contest.rounds.get().rules["grace_seconds"] == 5
    assert kinds(contest) == ["created"]


def test_the_same_title_again_gets_the_next_address(union, bank):
    now = timezone.now()

    assert [draft(union, bank, now).slug for _ in range(3)] == [
        "tim-hieu-bo-luat-lao-dong", "tim-hieu-bo-luat-lao-dong-2", "tim-hieu-bo-luat-lao-dong-3"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "slug"), [("Mới", "moi-2"), ("Hội thi 中文", "hoi-thi"), ("中文", "cuoc-thi"), ("a" * 200, "a" * 50)]
)
def test_titles_that_make_odd_addresses(union, bank, title, slug):
    assert draft(union, bank, timezone.now(), title=title).slug == slug


def test_every_mistake_of_a_plan_is_told_at_once(union, bank):
    now = timezone.now()
    bad = RoundPlan(
        "", now + timedelta(hours=2), now + timedelta(hours=1), RULES | {"minutes": 0, "attempts": -1, "draw": []}
    )

    with pytest.raises(PlanRefused) as refused:
        draft(union, bank, now, title=" !? ", audience=union.hospital_b, first_round=bad)

    assert {problem.field for problem in refused.value.problems} == {
        "title", "audience", "round_title", "minutes", "attempts", "draw", "closes_at"
    }  # fmt: skip
    assert not Contest.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"opens": timedelta(hours=2), "lasts": timedelta(0)}, "closes_at", "closes_before_opens"),
        ({"opens": timedelta(days=-3), "lasts": timedelta(days=1)}, "closes_at", "over"),
        ({"lasts": timedelta(days=401)}, "closes_at", "too_long"),
        ({"opens": timedelta(days=-3650), "lasts": timedelta(days=3653)}, "opens_at", "bad_year"),
        ({"lasts": timedelta(minutes=10)}, "minutes", "longer_than_window"),
        ({"draw": [{"topic": "Tiền lương", "count": 13}]}, "draw[0].count", "bank_too_small"),
        ({"draw": [{"topic": "Không có", "count": 1}]}, "draw[0].count", "bank_too_small"),
        ({"draw": [{"topic": "Tiền lương", "count": -1}]}, "draw[0].count", "out_of_range"),
        ({"draw": [{"topic": "Tiền lương", "count": 1}] * 2}, "draw[1].topic", "repeated"),
        ({"points_per_question": -5}, "points_per_question", "out_of_range"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_mistake_names_its_field(union, bank, change, field, code):
    now = timezone.now()

    with pytest.raises(PlanRefused) as refused:
        draft(union, bank, now, first_round=plan(now, **change))

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


def test_units_and_banks_outside_the_scope_are_refused(union, bank):
    theirs = make.make_bank(union.province_b)

    with pytest.raises(PlanRefused) as refused:
        draft(union, theirs, timezone.now(), organizer=union.province_b, audience=union.national)

    assert [problem.field for problem in refused.value.problems] == ["organizer", "audience", "bank"]


def test_a_bank_that_will_be_too_small_before_the_close_is_refused(union, bank):
    now = timezone.now()
    soon = timezone.localdate(now) + timedelta(days=3)
    ending = QuestionVersion.objects.filter(topic__name="Tiền lương").values_list("pk", flat=True)[:10]
    QuestionVersion.objects.filter(pk__in=list(ending)).update(valid_to=soon)

    with pytest.raises(PlanRefused) as refused:
        draft(union, bank, now)

    assert (soon + timedelta(days=1)).strftime("%d/%m/%Y") in refused.value.text
    assert "chỉ có 2 câu" in refused.value.text


# --- change a draft ---
def test_a_draft_changes_and_tells_what_changed(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)

    update_contest(
        contest=contest, title="Tên mới", summary="Giới thiệu", audience=union.province_a, by=union.olga, now=now
    )
    update_round(round_=contest.rounds.get(), plan=plan(now, title="Đợt 1", minutes=15), by=union.olga, now=now)

    contest.refresh_from_db()
    round_ = contest.rounds.get()
    assert (contest.title, contest.slug, contest.audience) == ("Tên mới", "tim-hieu-bo-luat-lao-dong", union.province_a)
    assert (round_.title, round_.rules["minutes"]) == ("Đợt 1", 15)
    assert kinds(contest) == ["created", "changed", "changed"]
    assert set(contest.events.first().detail["changes"]) == {"title", "rules"}


def test_saving_a_draft_without_a_change_leaves_no_event(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)

    update_contest(contest=contest, title=contest.title, summary="", audience=union.ward_a, by=union.olga, now=now)

    assert kinds(contest) == ["created"]


def test_rounds_are_added_and_only_the_last_of_a_draft_is_removed(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    second = add_round(contest=contest, plan=plan(now, title="Tuần 2", opens=timedelta(days=8)), by=union.olga, now=now)

    with pytest.raises(ContestError, match="đợt cuối"):
        remove_round(round_=contest.rounds.first(), by=union.olga, now=now)
    remove_round(round_=second, by=union.olga, now=now)
    with pytest.raises(ContestError, match="ít nhất một đợt"):
        remove_round(round_=contest.rounds.get(), by=union.olga, now=now)

    assert kinds(contest) == ["created", "round_added", "round_removed"]


# --- open ---
def test_opening_publishes_and_builds_the_boards(union, bank, redis_client, django_capture_on_commit_callbacks):
    now = timezone.now()
    contest = draft(union, bank, now)

    with django_capture_on_commit_callbacks(execute=True):
        open_contest(contest=contest, by=union.olga, now=now)

    contest.refresh_from_db()
    assert contest.state == Contest.State.OPEN
    assert kinds(contest) == ["created", "opened", "rules_published"]
    assert not live.is_missing(contest.board_name)
    assert not live.is_missing(contest.rounds.get().board_name)


def test_opening_without_redis_still_opens(union, bank, settings, django_capture_on_commit_callbacks, caplog):
    now = timezone.now()
    contest = draft(union, bank, now)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    with django_capture_on_commit_callbacks(execute=True):
        open_contest(contest=contest, by=union.olga, now=now)

    contest.refresh_from_db()
    assert contest.state == Contest.State.OPEN
    assert "Error calling" in caplog.text


def test_opening_twice_is_refused_and_leaves_one_event(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)

    with pytest.raises(ContestError) as refused:
        open_contest(contest=contest, by=union.olga, now=now)

    assert refused.value.code == "already_open"
    assert kinds(contest) == ["created", "opened", "rules_published"]


@pytest.mark.django_db(transaction=True)
def test_two_organizers_who_open_at_one_instant_open_once(committed_union):
    union, other = committed_union
    now = timezone.now()
    contest = draft(union, other.bank, now)

    def act(_):
        try:
            open_contest(contest=contest, by=union.olga, now=now)
        except ContestError as error:
            return error.code
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(act, range(4)))

    assert outcomes == ["already_open"] * 3 + ["opened"]
    assert kinds(contest) == ["created", "opened", "rules_published"]


def test_preflight_finds_each_thing_that_stands_against(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    Round.objects.filter(contest=contest).update(rules=RULES | {"minutes": 0})
    add_round(contest=contest, plan=plan(now, title="Tuần 2"), by=union.olga, now=now)
    Contest.objects.filter(pk=contest.pk).update(audience=union.hospital_b)
    QuestionVersion.objects.filter(topic__name="Luật Công đoàn").update(valid_to=date(2020, 1, 1))

    with pytest.raises(PlanRefused) as refused:
        open_contest(contest=contest, by=union.olga, now=now + timedelta(days=8))

    assert [problem.field for problem in refused.value.problems] == ["rules", "windows", "audience"]
    with pytest.raises(PlanRefused) as refused:
        open_contest(contest=contest, by=union.olga, now=now)
    assert [problem.field for problem in refused.value.problems] == ["rules", "bank", "audience"]
    contest.refresh_from_db()
    assert contest.state == Contest.State.DRAFT


def test_an_audience_that_was_dissolved_is_refused(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    union.ward_a.closed_on = date(2026, 1, 1)
    union.ward_a.save(update_fields=["closed_on"])

    with pytest.raises(ContestError, match="giải thể"):
        open_contest(contest=contest, by=union.olga, now=now)


def test_a_role_that_has_ended_opens_nothing(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    union.olga.roles.update(to_day=timezone.localdate(now) - timedelta(days=1))

    with pytest.raises(PlanRefused) as refused:
        open_contest(contest=contest, by=union.olga, now=now)

    assert [problem.field for problem in refused.value.problems] == ["audience"]


# --- while it is open ---
def test_an_open_contest_keeps_its_paper_minutes_window_and_audience(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)
    before = Round.objects.values().get(contest=contest)

    with pytest.raises(ContestError, match="không đổi được"):
        update_round(round_=contest.rounds.get(), plan=plan(now, minutes=5), by=union.olga, now=now)
    with pytest.raises(ContestError, match="đơn vị dự thi"):
        update_contest(contest=contest, title="Khác", summary="", audience=union.province_a, by=union.olga, now=now)
    with pytest.raises(ContestError, match="không bỏ đợt"):
        remove_round(round_=contest.rounds.get(), by=union.olga, now=now)
    update_contest(contest=contest, title="Chỉ sửa lời", summary="", audience=union.ward_a, by=union.olga, now=now)

    assert Round.objects.values().get(contest=contest) == before
    assert kinds(contest) == [
        "created",
        "opened",
        "rules_published",
        "changed",
        "rules_published",
    ]  # its name is on the page


def test_the_close_moves_later_with_a_reason(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)
    round_ = contest.rounds.get()
    later = round_.closes_at + timedelta(days=1)

    extend_round(round_=round_, closes_at=later, reason="Bão số 5, nhiều nơi mất điện", by=union.olga, now=now)

    assert contest.rounds.get().closes_at == later
    event = contest.events.get(what="extended")
    assert (event.what, event.detail["reason"], event.actor) == ("extended", "Bão số 5, nhiều nơi mất điện", union.olga)


@pytest.mark.parametrize(
    ("shift", "reason", "field"),
    [
        (timedelta(days=1), "  ", "reason"),
        (timedelta(0), "Lý do rõ ràng", "closes_at"),
        (timedelta(days=-1), "Lý do rõ ràng", "closes_at"),
        (timedelta(days=500), "Lý do rõ ràng", "closes_at"),
    ],
)
def test_an_extension_that_is_none_is_refused(union, bank, shift, reason, field):
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)
    round_ = contest.rounds.get()

    with pytest.raises(PlanRefused) as refused:
        extend_round(round_=round_, closes_at=round_.closes_at + shift, reason=reason, by=union.olga, now=now)

    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_round_that_has_closed_is_not_extended(union, bank):
    """What it has shown of its answers since can't be unseen."""
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)
    round_ = contest.rounds.get()

    with pytest.raises(ContestError) as refused:
        extend_round(
            round_=round_,
            closes_at=round_.closes_at + timedelta(days=2),
            reason="Nhiều nơi mất điện",
            by=union.olga,
            now=round_.closes_at,
        )

    assert refused.value.code == "over"


def test_a_mistake_elsewhere_does_not_hide_a_bank_that_is_too_small(union, bank):
    now = timezone.now()
    bad = plan(now, lasts=timedelta(0), minutes=0, draw=[{"topic": "Tiền lương", "count": 13}])

    with pytest.raises(PlanRefused) as refused:
        draft(union, bank, now, first_round=bad)

    assert {problem.field for problem in refused.value.problems} == {"minutes", "draw[0].count", "closes_at"}


def test_a_draft_is_not_extended(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)

    with pytest.raises(ContestError, match="đang mở"):
        extend_round(
            round_=contest.rounds.get(), closes_at=now + timedelta(days=30), reason="Lý do rõ", by=union.olga, now=now
        )


# --- close, and take it back ---
def test_a_closed_contest_lets_nobody_begin_and_opens_again_within_a_day(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now, first_round=plan(now, opens=timedelta(minutes=-5)))
    open_contest(contest=contest, by=union.olga, now=now)
    close_contest(contest=contest, by=union.olga, now=now)

    with pytest.raises(ContestError):
        start_attempt(member=union.alice, round_=Round.objects.select_related("contest").get(), now=now)
    reopen_contest(contest=contest, by=union.olga, now=now + timedelta(hours=23))

    assert start_attempt(member=union.alice, round_=Round.objects.select_related("contest").get(), now=now)
    assert kinds(contest) == ["created", "opened", "rules_published", "closed", "reopened"]


def test_after_a_day_a_closing_stands(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)
    close_contest(contest=contest, by=union.olga, now=now)

    with pytest.raises(ContestError) as refused:
        reopen_contest(contest=contest, by=union.olga, now=timezone.now() + timedelta(hours=25))

    assert refused.value.code == "too_late"


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_only_an_open_contest_is_closed(union, bank, state):
    now = timezone.now()
    contest = draft(union, bank, now)
    Contest.objects.update(state=state)

    with pytest.raises(ContestError, match="đang mở"):
        close_contest(contest=contest, by=union.olga, now=now)


def test_a_closed_contest_takes_no_change(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)
    close_contest(contest=contest, by=union.olga, now=now)

    with pytest.raises(ContestError):
        update_contest(contest=contest, title="Khác", summary="", audience=union.ward_a, by=union.olga, now=now)
    with pytest.raises(ContestError):
        add_round(contest=contest, plan=plan(now), by=union.olga, now=now)
    with pytest.raises(ContestError, match="Mở lại"):
        open_contest(contest=contest, by=union.olga, now=now)
    assert kinds(contest) == ["created", "opened", "rules_published", "closed"]


def test_an_open_contest_is_not_opened_again_by_the_undo(union, bank):
    now = timezone.now()
    contest = draft(union, bank, now)
    open_contest(contest=contest, by=union.olga, now=now)

    with pytest.raises(ContestError) as refused:
        reopen_contest(contest=contest, by=union.olga, now=now)

    assert refused.value.code == "not_closed"


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"chain": ["points", "prediction", "shared"]}, "chưa đợt nào có câu hỏi phụ"),
        ({"prizes": [{"name": "Giải Nhất", "count": 0}]}, "Phải từ 1"),
        ({"divisions": [{"key": "a", "name": "A", "units": ["KHONG-CO"]}]}, "KHONG-CO"),
        ({"divisions": [{"key": "a", "name": "A", "unit_kinds": ["khong-co"]}]}, "khong-co"),
        ({"chain": ["points", "time"]}, "chưa có kết thúc"),
    ],
)
def test_a_contest_whose_rules_contradict_each_other_does_not_open(union, bank, rules, says):
    contest = make.make_contest(union, bank, state="draft", opens_at=timezone.now() + timedelta(hours=1))
    contest.rules = rules
    contest.save(update_fields=["rules"])

    with pytest.raises(PlanRefused, match=says):
        open_contest(contest=contest, by=union.olga, now=timezone.now())

    contest.refresh_from_db()
    assert contest.state == "draft"


# --- keys that were seen ---
def sat_and_over(union, bank, now):
    """A contest on the bank whose round closed yesterday, and somebody sat; its review shows the keys."""
    contest = make.make_contest(union, bank, opens_at=now - timedelta(days=2), hours=24, review=Review.EXPLANATION)
    start_attempt(member=union.alice, round_=contest.rounds.get(), now=now - timedelta(hours=40))
    return contest


def test_an_open_contest_takes_a_round_whose_keys_were_seen_only_knowingly(union, bank):
    now = timezone.now()
    contest = sat_and_over(union, bank, now)
    last = contest.rounds.get()

    with pytest.raises(PlanRefused) as refused:
        add_round(contest=contest, plan=plan(now, title="Tuần 2"), by=union.olga, now=now)
    assert [one.code for one in refused.value.problems] == ["keys_shown"]
    assert "đã mở cho đoàn viên từ" in refused.value.text

    add_round(contest=contest, plan=plan(now, title="Tuần 2"), by=union.olga, now=now, keys_known=True)
    assert contest.events.get(what="round_added").detail["keys_known"] is True
    assert last.number == 1


def test_a_draft_on_that_bank_is_warned_and_one_that_covered_it_is_not(union, bank):
    now = timezone.now()
    seen = sat_and_over(union, bank, now)
    fresh = draft(union, bank, now)
    scope = Scope((union.province_a.path,))

    def check():
        return next(one for one in checklist(fresh, scope, now) if one.code == "keys")

    assert (check().ok, check().warns) == (True, True)
    other = make.make_bank(union.province_a, topics=(), each=0)
    assert keys_shown_since(other, now) is None
    # A contest that was published meanwhile and still runs held the keys back.
    cover = draft(union, bank, now, first_round=plan(now, opens=timedelta(hours=1)))
    Contest.objects.filter(pk=cover.pk).update(state="open", created_at=now - timedelta(days=3))
    assert not check().warns
    Contest.objects.filter(pk=cover.pk).update(created_at=now)
    assert check().warns
    seen.rounds.update(rules=seen.rounds.get().rules | {"review": "score"})
    assert not check().warns


def test_while_other_rounds_of_the_contest_are_ahead_nothing_was_seen(union, bank):
    now = timezone.now()
    contest = sat_and_over(union, bank, now)
    add_round(contest=contest, plan=plan(now, title="Tuần 2"), by=union.olga, now=now, keys_known=True)

    assert add_round(contest=contest, plan=plan(now, title="Tuần 3"), by=union.olga, now=now).number == 3
