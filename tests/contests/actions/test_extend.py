"""Extensions: whom they reach, what they give, what they never take, and what still waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.extend import give_extension, revoke_extension
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Attempt, Contest, ContestEvent, Extension
from contests.queries.standings import score_is_shown
from contests.rules.settings import parse_round_rules

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WHY = "Mất điện cả khu công nghiệp"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def round_(contest):
    return contest.rounds.get()


@pytest.fixture
def give(round_, union, now):
    """`give(extra_minutes=10, …)`: an extension by Olga, now."""
    return lambda at=now, **what: give_extension(round_=round_, by=union.olga, reason=WHY, now=at, **what)


def ends(attempt: Attempt):
    attempt.refresh_from_db()
    return attempt.deadline


@pytest.mark.parametrize(
    ("scope", "reached"),
    [("member", {"alice"}), ("unit", {"alice"}), ("ward", {"alice", "bob"}), ("all", {"alice", "bob"})],
)
def test_those_in_scope_who_sit_get_the_new_end_at_once(scope, reached, give, union, round_, now):
    sitting = {name: start_attempt(member=getattr(union, name), round_=round_, now=now) for name in ("alice", "bob")}
    before = {name: attempt.deadline for name, attempt in sitting.items()}
    whom = {
        "member": {"member": union.alice}, "unit": {"unit": union.factory_a}, "ward": {"unit": union.ward_a}, "all": {},
    }[scope]  # fmt: skip

    give(extra_minutes=10, **whom)

    moved = {name for name, attempt in sitting.items() if ends(attempt) == before[name] + 10 * MINUTE}
    assert moved == reached
    assert {name for name, attempt in sitting.items() if ends(attempt) == before[name]} == set(sitting) - reached
    for attempt in sitting.values():
        assert attempt.accepts_until - attempt.deadline == timedelta(seconds=5)


def test_whoever_begins_later_gets_it_too(give, union, round_, now):
    give(extra_minutes=10, unit=union.factory_a)

    assert start_attempt(member=union.alice, round_=round_, now=now).deadline == now + 30 * MINUTE
    assert start_attempt(member=union.bob, round_=round_, now=now).deadline == now + 20 * MINUTE


def test_a_closed_round_opens_again_for_those_only(give, union, round_, now):
    after = round_.closes_at + MINUTE
    give(at=after, member=union.alice, closes_at=after + 60 * MINUTE)
    round_.refresh_from_db()

    assert start_attempt(member=union.alice, round_=round_, now=after + MINUTE).deadline == after + 21 * MINUTE
    with pytest.raises(ContestError, match="kết thúc"):
        start_attempt(member=union.bob, round_=round_, now=after + MINUTE)
    assert round_.last_close == after + 60 * MINUTE


def test_one_more_attempt_raises_the_allowance_of_the_row(give, union, round_, now):
    for _ in range(2):
        spent = start_attempt(member=union.alice, round_=round_, now=now)
        Attempt.objects.filter(pk=spent.pk).update(state="submitted", submitted_at=now)
    with pytest.raises(ContestError, match="hết số lượt"):
        start_attempt(member=union.alice, round_=round_, now=now)

    give(member=union.alice, extra_attempts=1)

    third = start_attempt(member=union.alice, round_=round_, now=now)
    assert (third.number, third.allowance) == (3, 3)


def test_what_is_kept_back_waits_for_the_later_close(give, union, round_):
    round_.rules |= {"show": "nothing"}
    round_.save()
    give(closes_at=round_.closes_at + 60 * MINUTE, member=union.alice)
    round_.refresh_from_db()
    rules = parse_round_rules(round_.rules)

    assert not score_is_shown(round_, rules, round_.closes_at + MINUTE)
    assert score_is_shown(round_, rules, round_.closes_at + 60 * MINUTE)


def test_taking_back_keeps_the_time_of_whoever_sits(give, union, round_, now):
    extension = give(extra_minutes=10, closes_at=round_.closes_at + 60 * MINUTE)
    attempt = start_attempt(member=union.alice, round_=round_, now=round_.closes_at + 55 * MINUTE)

    revoke_extension(extension=extension, by=union.olga, now=now)

    round_.refresh_from_db()
    assert ends(attempt) == attempt.deadline == round_.closes_at + 60 * MINUTE
    assert round_.last_close == attempt.deadline  # keys wait for her too
    assert start_attempt(member=union.bob, round_=round_, now=now).deadline == now + 20 * MINUTE
    with pytest.raises(ContestError, match="thu hồi"):
        revoke_extension(extension=extension, by=union.olga, now=now)
    assert list(ContestEvent.objects.order_by("pk").values_list("what", flat=True)) == [
        "extension_given",
        "extension_revoked",
    ]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({}, "nothing"),
        ({"extra_minutes": -1}, "too_much"),
        ({"extra_minutes": 181}, "too_much"),
        ({"extra_attempts": 11}, "too_much"),
        ({"closes_at": "round"}, "not_later"),
        ({"extra_minutes": 5, "reason": "  a "}, "reason"),
        ({"extra_minutes": 5, "reason": "a" * 501}, "reason"),
        ({"extra_minutes": 5, "scope": "both"}, "two_scopes"),
        ({"extra_minutes": 5, "scope": "elsewhere"}, "not_in_audience"),
        ({"extra_minutes": 5, "late": True}, "over"),
        ({"extra_minutes": 5, "state": "closed"}, "not_open"),
        ({"extra_minutes": 5, "state": "draft"}, "not_open"),
    ],
)
def test_what_is_refused_changes_nothing(what, code, union, contest, round_, now):
    given = {"reason": WHY, "now": now} | what
    if given.get("closes_at") == "round":
        given["closes_at"] = round_.closes_at
    if given.pop("late", False):
        given["now"] = round_.closes_at
    if state := given.pop("state", ""):
        Contest.objects.filter(pk=contest.pk).update(state=state)
    scope = given.pop("scope", "")
    given |= {"both": {"member": union.alice, "unit": union.ward_a}, "elsewhere": {"unit": union.province_b}}.get(
        scope, {}
    )

    with pytest.raises(ContestError) as refused:
        give_extension(round_=round_, by=union.olga, **given)

    assert refused.value.code == code
    assert not Extension.objects.exists()
    assert not ContestEvent.objects.exists()


def test_a_round_whose_keys_were_seen_stays_closed(union, round_):
    round_.rules |= {"review": "explanation"}
    round_.save()
    seen = round_.closes_at + timedelta(seconds=65)
    later = {"round_": round_, "by": union.olga, "reason": WHY, "closes_at": seen + 60 * MINUTE}

    with pytest.raises(ContestError) as refused:
        give_extension(now=seen, **later)
    assert refused.value.code == "keys_shown"

    assert give_extension(now=seen - timedelta(seconds=1), **later).closes_at == seen + 60 * MINUTE
