"""The door of a sitting in a rush: who must wait is told when, keeps the place, and comes in by the page itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from contests.actions import gate
from contests.models import Attempt, StartGate
from contests.pages.start import TICKET, waited_at_the_door

pytestmark = pytest.mark.django_db

DOOR = "/cuoc-thi/tim-hieu-phap-luat/dot-1/vao-thi/"


@pytest.fixture(autouse=True)
def _two_a_second(settings):
    settings.STARTS_PER_SECOND = 2


@pytest.fixture
def alice(client, union, contest):
    client.force_login(union.alice)
    return client


def full_for(**ahead: float) -> None:
    """So many have come that the next slot is that far away."""
    StartGate.objects.update_or_create(name=gate.NAME, defaults={"next_slot": timezone.now() + timedelta(**ahead)})


def comes_now(client, attempt_of) -> None:
    """The turn in the client's cookie has come."""
    member, round_, *_ = signing.loads(client.cookies[TICKET].value, salt=gate.SALT)
    assert member == attempt_of.pk
    turn = gate.Turn(member, round_, timezone.now() - timedelta(seconds=1))
    client.cookies[TICKET] = gate.make_ticket(turn)


def slots_taken() -> int:
    """How many slots a gate that was idle has given out: its row moves by one step each."""
    row = StartGate.objects.filter(name=gate.NAME).first()
    return 0 if row is None else round((row.next_slot - timezone.now()).total_seconds() * 2)


def test_without_a_rush_the_door_is_open(alice):
    assert alice.post(DOOR).url.startswith("/thi/")
    assert TICKET not in alice.cookies


def test_in_a_rush_the_page_says_how_many_and_how_long_and_that_no_time_is_lost(alice):
    full_for(seconds=30)

    page = alice.post(DOOR, follow=True)

    text = re.sub(r"<[^>]+>|\s+", " ", page.content.decode())
    assert page.redirect_chain == [(DOOR, 302)]
    assert re.search(r"Người trước bạn +(60|61) ", text), "two a second, thirty seconds"
    assert re.search(r"00:3[01]", text)
    assert "Giờ làm bài của bạn chỉ bắt đầu tính khi bạn đã vào thi." in text
    assert 30 <= int(page.headers["Refresh"]) <= 32
    assert not Attempt.objects.exists()


def test_the_page_of_a_waiting_member_asks_the_database_nothing(alice, django_assert_num_queries):
    full_for(seconds=30)
    alice.post(DOOR)

    with django_assert_num_queries(0):
        page = alice.get(DOOR)

    assert "no-store" in page.headers["Cache-Control"]


def test_loading_again_and_pressing_again_keep_the_place(alice):
    full_for(seconds=30)
    alice.post(DOOR)
    slot, ticket = StartGate.objects.get().next_slot, alice.cookies[TICKET].value

    alice.get(DOOR)
    alice.post(DOOR)

    assert StartGate.objects.get().next_slot == slot
    assert signing.loads(alice.cookies[TICKET].value, salt=gate.SALT) == signing.loads(ticket, salt=gate.SALT)


def test_when_the_turn_has_come_the_page_brings_the_member_in_without_a_second_slot(alice, union):
    full_for(seconds=30)
    alice.post(DOOR)
    slot = StartGate.objects.get().next_slot
    comes_now(alice, union.alice)

    entered = alice.get(DOOR)

    attempt = Attempt.objects.get()
    assert entered.url == f"/thi/{attempt.public_id}/"
    assert attempt.device is not None
    assert alice.cookies[TICKET].value == ""
    assert StartGate.objects.get().next_slot == slot


def test_a_get_without_a_ticket_begins_nothing(alice):
    assert alice.get(DOOR).url == "/cuoc-thi/tim-hieu-phap-luat/"
    assert not Attempt.objects.exists()


def test_who_sits_already_goes_straight_in(alice):
    attempt_page = alice.post(DOOR).url
    full_for(minutes=10)

    assert alice.post(DOOR).url == attempt_page


def test_who_may_not_start_hears_so_at_once_and_takes_no_slot(alice, union, contest):
    contest.state = "closed"
    contest.save()
    full_for(minutes=10)
    slot = StartGate.objects.get().next_slot

    assert alice.post(DOOR).url == "/cuoc-thi/tim-hieu-phap-luat/"
    assert StartGate.objects.get().next_slot == slot


@pytest.mark.parametrize("change", ["member", "round", "signature", "age"])
def test_no_ticket_but_ones_own_lets_in(alice, union, contest, change):
    full_for(minutes=2)
    now, round_ = timezone.now(), contest.rounds.get()
    turn = gate.Turn(union.alice.pk, round_.pk, now - timedelta(seconds=5))
    turn = {
        "member": gate.Turn(union.bob.pk, turn.round, turn.slot),
        "round": gate.Turn(turn.member, turn.round + 1, turn.slot),
        "signature": turn,
        "age": gate.Turn(turn.member, turn.round, now - gate.TICKET_LIVES - timedelta(seconds=1)),
    }[change]
    ticket = gate.make_ticket(turn)
    alice.cookies[TICKET] = ticket[:-1] + ("A" if ticket[-1] != "A" else "B") if change == "signature" else ticket

    assert alice.post(DOOR).url == DOOR
    alice.get(DOOR)
    assert not Attempt.objects.exists()


def test_a_ticket_of_somebody_elses_waits_like_everybody(alice, union, contest):
    """On the very page that goes on by itself, too: a due ticket of Bob's leads Alice to a turn of her own."""
    full_for(minutes=2)
    alice.cookies[TICKET] = gate.make_ticket(gate.Turn(union.bob.pk, contest.rounds.get().pk, timezone.now()))

    page = alice.get(DOOR)

    assert page.status_code == 200
    assert "Sắp đến lượt bạn" in page.content.decode()
    assert signing.loads(alice.cookies[TICKET].value, salt=gate.SALT)[0] == union.alice.pk


def test_a_visitor_with_a_ticket_is_sent_to_the_login(client, union, contest):
    client.cookies[TICKET] = gate.make_ticket(gate.Turn(union.alice.pk, contest.rounds.get().pk, timezone.now()))

    assert client.get(DOOR).url == f"/tai-khoan/login/?next={DOOR}"
    assert not Attempt.objects.exists()


def test_zero_is_no_gate(alice, settings):
    settings.STARTS_PER_SECOND = 0
    full_for(minutes=10)

    assert alice.post(DOOR).url.startswith("/thi/")


def test_everybody_gets_a_slot_of_their_own(union, contest):
    for index in range(6):
        gate.make_ticket(gate.Turn(index, 1, timezone.now()))
    now, waits = timezone.now(), []
    for index in range(12):
        try:
            gate.admit(member=index, round_=1, ticket="", now=now)
            waits.append(0.0)
        except gate.Wait as wait:
            waits.append(wait.turn.seconds_left(now))

    assert 2 <= waits.count(0.0) <= 4, "about a second's worth at once"
    waiting = [wait for wait in waits if wait]
    assert waiting == sorted(set(waiting))
    assert slots_taken() in (10, 11)


@pytest.mark.parametrize(
    ("header", "seconds"), [("t={ago}", 3), ("{ago}", 3), ("", 0), ("t=soon", 0), ("t=nan", 0), ("t=inf", 0)]
)
def test_the_proxy_says_how_long_a_request_waited(rf, settings, header, seconds):
    settings.PRODUCTION = True
    written = header.format(ago=timezone.now().timestamp() - 3)

    assert waited_at_the_door(rf.post(DOOR, headers={"X-Request-Start": written})) == pytest.approx(seconds, abs=1)


def test_without_a_proxy_nobody_can_say_so(rf):
    assert waited_at_the_door(rf.post(DOOR, headers={"X-Request-Start": "t=1"})) == 0
