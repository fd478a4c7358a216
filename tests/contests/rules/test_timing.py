from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.timing import MayStart, Phase, Verdict, deadline, last_arrival, may_start, round_phase, verdict

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ZONES = [UTC, HANOI, timezone(timedelta(hours=-5)), ZoneInfo("Europe/Paris")]
TICK = timedelta(microseconds=1)


def at(clock: str) -> datetime:
    """`"16 07:00"` is 07:00 in Việt Nam on 16/11/2026; seconds may follow."""
    day, time = clock.split()
    return datetime.fromisoformat(f"2026-11-{day}T{time}").replace(tzinfo=HANOI)


OPENS, CLOSES = at("16 07:00"), at("22 21:00")


def around(*borders: datetime) -> list[datetime]:
    """Instants close to and far from every border: this is where a wrong < or <= shows."""
    steps = [
        timedelta(0),
        TICK,
        timedelta(milliseconds=1),
        timedelta(seconds=1),
        timedelta(minutes=1),
        timedelta(days=1),
    ]
    return sorted({border + sign * step for border in borders for step in steps for sign in (-1, 1)})


@pytest.mark.parametrize("now", around(OPENS, CLOSES))
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_phase_along_the_timeline(now, zone):
    wanted = Phase.UPCOMING if now < OPENS else Phase.OPEN if now < CLOSES else Phase.CLOSED

    assert round_phase(OPENS, CLOSES, now.astimezone(zone)) is wanted
    assert round_phase(OPENS.astimezone(zone), CLOSES, now) is wanted


def test_phases_come_in_order_and_each_once():
    seen = [round_phase(OPENS, CLOSES, OPENS + timedelta(minutes=17 * step)) for step in range(-200, 900)]

    changes = [phase for i, phase in enumerate(seen) if i == 0 or phase is not seen[i - 1]]
    assert changes == [Phase.UPCOMING, Phase.OPEN, Phase.CLOSED]


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (OPENS - TICK, Phase.UPCOMING),
        (OPENS, Phase.OPEN),
        (CLOSES - TICK, Phase.OPEN),
        (CLOSES, Phase.CLOSED),
    ],
)
def test_the_window_has_its_opening_instant_and_not_its_closing_one(now, phase):
    assert round_phase(OPENS, CLOSES, now) is phase


def test_a_round_that_closes_before_it_opens_is_a_bug():
    with pytest.raises(ValueError, match="close after"):
        round_phase(CLOSES, OPENS, OPENS)


# started, minutes, closes -> the end of the attempt
@pytest.mark.parametrize(
    ("started", "minutes", "closes", "ends"),
    [
        ("16 07:00", 30, "22 21:00", "16 07:30"),
        ("16 07:00:00.000001", 30, "22 21:00", "16 07:30:00.000001"),
        ("22 20:00", 30, "22 21:00", "22 20:30"),
        ("22 20:30", 30, "22 21:00", "22 21:00"),
        ("22 20:30:00.000001", 30, "22 21:00", "22 21:00"),
        ("22 20:29:59.999999", 30, "22 21:00", "22 20:59:59.999999"),
        ("22 20:45", 30, "22 21:00", "22 21:00"),
        ("22 20:59:59", 30, "22 21:00", "22 21:00"),
        ("22 20:59:59", 1, "22 21:00", "22 21:00"),
        ("16 07:00", 1, "16 07:01", "16 07:01"),
        ("16 07:00", 180, "22 21:00", "16 10:00"),
        ("16 23:50", 20, "22 21:00", "17 00:10"),
        ("16 07:00", 15, "16 07:10", "16 07:10"),
    ],
)
def test_an_attempt_ends_after_its_minutes_or_with_the_round(started, minutes, closes, ends):
    assert deadline(at(started), minutes, at(closes)) == at(ends)


def test_a_deadline_is_told_in_utc():
    assert deadline(OPENS, 30, CLOSES).tzinfo is UTC
    assert last_arrival(OPENS, 5).tzinfo is UTC


# arrived, deadline, grace -> verdict
@pytest.mark.parametrize(
    ("arrived", "ends", "grace", "wanted"),
    [
        ("16 07:29:59", "16 07:30", 5, Verdict.ON_TIME),
        ("16 07:30:00", "16 07:30", 5, Verdict.ON_TIME),
        ("16 07:30:04.999999", "16 07:30", 5, Verdict.ON_TIME),
        ("16 07:30:05", "16 07:30", 5, Verdict.ON_TIME),
        ("16 07:30:05.000001", "16 07:30", 5, Verdict.LATE),
        ("16 07:30:06", "16 07:30", 5, Verdict.LATE),
        ("16 07:30:00", "16 07:30", 0, Verdict.ON_TIME),
        ("16 07:30:00.000001", "16 07:30", 0, Verdict.LATE),
        ("16 07:31:00", "16 07:30", 60, Verdict.ON_TIME),
        ("16 07:31:00.000001", "16 07:30", 60, Verdict.LATE),
        ("16 00:00", "16 07:30", 0, Verdict.ON_TIME),
        ("22 21:00", "22 21:00", 5, Verdict.ON_TIME),
        ("22 21:00:05", "22 21:00", 5, Verdict.ON_TIME),
        ("22 21:00:05.000001", "22 21:00", 5, Verdict.LATE),
        ("23 00:00", "22 21:00", 5, Verdict.LATE),
    ],
)
def test_an_arrival_is_judged_by_the_servers_stamp(arrived, ends, grace, wanted):
    assert verdict(at(arrived), at(ends), grace) is wanted


@pytest.mark.parametrize("arrived", around(CLOSES, CLOSES + timedelta(seconds=5)))
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_verdict_does_not_depend_on_the_zone_it_is_told_in(arrived, zone):
    wanted = verdict(arrived, CLOSES, 5)

    assert verdict(arrived.astimezone(zone), CLOSES, 5) is wanted
    assert verdict(arrived, CLOSES.astimezone(zone), 5) is wanted


def test_an_hour_that_the_clock_repeats_is_not_lived_twice():
    # Paris put its clock back at 03:00 on 25/10/2026; wall-clock arithmetic would give an hour away.
    started = datetime(2026, 10, 25, 2, 50, tzinfo=ZoneInfo("Europe/Paris"), fold=0)

    assert deadline(started, 30, CLOSES) - started.astimezone(UTC) == timedelta(minutes=30)


# now, allowed, used, in audience -> may start
@pytest.mark.parametrize(
    ("now", "allowed", "used", "audience", "wanted"),
    [
        ("16 06:59:59.999999", 1, 0, True, MayStart.NOT_OPEN_YET),
        ("16 07:00", 1, 0, True, MayStart.OK),
        ("16 07:00", 1, 1, True, MayStart.NO_ATTEMPTS_LEFT),
        ("16 07:00", 2, 1, True, MayStart.OK),
        ("16 07:00", 2, 2, True, MayStart.NO_ATTEMPTS_LEFT),
        ("16 07:00", 2, 3, True, MayStart.NO_ATTEMPTS_LEFT),
        ("16 07:00", None, 0, True, MayStart.OK),
        ("16 07:00", None, 1_000, True, MayStart.OK),
        ("22 20:59:59.999999", 1, 0, True, MayStart.OK),
        ("22 21:00", 1, 0, True, MayStart.CLOSED),
        ("22 21:00", None, 0, True, MayStart.CLOSED),
        ("22 21:00", 1, 1, True, MayStart.CLOSED),
        ("16 06:00", 1, 1, True, MayStart.NOT_OPEN_YET),
        ("16 06:00", 1, 0, False, MayStart.NOT_IN_AUDIENCE),
        ("16 07:00", 1, 0, False, MayStart.NOT_IN_AUDIENCE),
        ("16 07:00", 1, 1, False, MayStart.NOT_IN_AUDIENCE),
        ("23 07:00", 1, 0, False, MayStart.NOT_IN_AUDIENCE),
    ],
)
def test_who_may_start_and_when(now, allowed, used, audience, wanted):
    answer = may_start(
        opens_at=OPENS,
        closes_at=CLOSES,
        now=at(now),
        attempts_allowed=allowed,
        attempts_used=used,
        in_audience=audience,
    )

    assert answer is wanted
    assert (answer.text == "") == (wanted is MayStart.OK)


NAIVE = datetime(2026, 11, 16, 7, 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: round_phase(NAIVE, CLOSES, OPENS),
        lambda: round_phase(OPENS, NAIVE, OPENS),
        lambda: round_phase(OPENS, CLOSES, NAIVE),
        lambda: deadline(NAIVE, 30, CLOSES),
        lambda: deadline(OPENS, 30, NAIVE),
        lambda: verdict(NAIVE, CLOSES, 5),
        lambda: verdict(OPENS, NAIVE, 5),
        lambda: last_arrival(NAIVE, 5),
        lambda: may_start(
            opens_at=OPENS, closes_at=CLOSES, now=NAIVE, attempts_allowed=1, attempts_used=0, in_audience=True
        ),
        lambda: deadline(OPENS, 0, CLOSES),
        lambda: verdict(OPENS, CLOSES, -1),
        lambda: may_start(
            opens_at=OPENS, closes_at=CLOSES, now=OPENS, attempts_allowed=1, attempts_used=-1, in_audience=True
        ),
    ],
)
def test_values_that_mean_nothing_are_bugs(call):
    with pytest.raises(ValueError, match=r".+"):
        call()


instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.sampled_from(ZONES))


@given(started=instants, minutes=st.integers(1, 180), closes=instants, grace=st.integers(0, 60), late=instants)
def test_deadline_and_verdict_hold_together(started, minutes, closes, grace, late):
    ends = deadline(started, minutes, closes)

    assert ends <= closes
    assert ends - started.astimezone(UTC) <= timedelta(minutes=minutes)
    assert verdict(last_arrival(ends, grace), ends, grace) is Verdict.ON_TIME
    assert verdict(last_arrival(ends, grace) + TICK, ends, grace) is Verdict.LATE
    assert (verdict(late, ends, grace) is Verdict.ON_TIME) == (late.astimezone(UTC) <= ends + timedelta(seconds=grace))
