"""Entering a contest that asks something, and starting where windows, finals and exclusions decide."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from contests.actions.enter import enter_contest
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Entry, Exclusion, Finalist, RosterLine
from contests.queries.live import count_picture
from contests.queries.pages import Turnout, turnouts
from contests.rules.windows import VIETNAM, Window
from tests.make import make_contest

pytestmark = pytest.mark.django_db


def with_rules(contest, **rules):
    contest.rules = rules
    contest.save(update_fields=["rules"])
    return contest


def start(contest, member, now=None):
    return start_attempt(member=member, round_=contest.rounds.get(), now=now or timezone.now())


def refused(call) -> str:
    with pytest.raises(ContestError) as error:
        call()
    return error.value.code


def test_a_contest_that_asks_something_is_entered_first_and_started_then(union, contest):
    with_rules(contest, eligibility={"code": "280729", "min_age": 18})

    assert refused(lambda: start(contest, union.alice)) == "must_register"
    assert refused(lambda: enter_contest(member=union.alice, contest=contest, now=timezone.now())) == "wrong_code"
    assert not Entry.objects.exists()

    given = {"code": "280729", "born_on": date(1990, 5, 1)}
    entry = enter_contest(member=union.alice, contest=contest, now=timezone.now(), **given)

    assert (entry.born_on, entry.unit) == (date(1990, 5, 1), union.factory_a)
    assert enter_contest(member=union.alice, contest=contest, now=timezone.now()).pk == entry.pk
    assert start(contest, union.alice).entry_id == entry.pk


def test_the_division_is_that_of_the_day_of_entry(union, contest):
    with_rules(
        contest,
        divisions=[
            {"key": "truong", "name": "Trường học", "units": [union.school_a.code]},
            {"key": "con-lai", "name": "Còn lại"},
        ],
    )

    assert start(contest, union.bob).entry.division == "truong"
    assert start(contest, union.alice).entry.division == "con-lai"


def test_the_date_of_birth_is_kept_only_where_it_is_asked(union, contest):
    with_rules(contest, eligibility={"code": "1"})

    entry = enter_contest(member=union.alice, contest=contest, now=timezone.now(), code="1", born_on=date(1990, 5, 1))

    assert entry.born_on is None


def test_who_organizes_does_not_compete_unless_the_rules_say_so(union, contest):
    assert refused(lambda: start(contest, union.olga)) == "organizes"

    with_rules(contest, eligibility={"exclude_staff": False})

    assert start(contest, union.olga).number == 1


def test_only_who_is_on_the_list(union, contest):
    with_rules(contest, eligibility={"roster": True})
    RosterLine.objects.create(contest=contest, login=union.bob.phone)

    assert refused(lambda: start(contest, union.alice)) == "not_on_roster"
    assert start(contest, union.bob).number == 1


def test_who_was_excluded_begins_no_more_and_who_is_only_passed_over_does(union, contest):
    for member, prizes_only in ((union.alice, False), (union.bob, True)):
        Exclusion.objects.create(
            contest=contest,
            member=member,
            reason="Thành viên tổ thư ký",
            prizes_only=prizes_only,
            created_at=timezone.now(),
        )

    assert refused(lambda: start(contest, union.alice)) == "excluded"
    assert refused(lambda: enter_contest(member=union.alice, contest=contest, now=timezone.now())) == "excluded"
    assert start(contest, union.bob).number == 1


def test_an_attempt_begins_and_ends_within_a_window(union, bank):
    monday = timezone.now().astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    contest = make_contest(union, bank, opens_at=monday, hours=7 * 24, windows=(Window(2, 19 * 60, 21 * 60),))
    tuesday = monday + timedelta(days=1)

    early = refused(lambda: start(contest, union.alice, tuesday.replace(hour=18, minute=59)))
    attempt = start(contest, union.alice, tuesday.replace(hour=20, minute=50))

    assert early == "between_windows"
    assert attempt.deadline == tuesday.replace(hour=21)
    assert refused(lambda: start(contest, union.bob, tuesday.replace(hour=21))) == "between_windows"


def test_a_final_is_for_its_finalists(union, bank):
    from contests.rules.settings import Qualify

    contest = make_contest(union, bank, qualify=Qualify(2))

    assert refused(lambda: start(contest, union.alice)) == "not_qualified"

    entry = enter_contest(member=union.alice, contest=contest, now=timezone.now())
    Finalist.objects.create(round=contest.rounds.get(), entry=entry, place=1)

    assert start(contest, union.alice).number == 1


def test_the_page_asks_exactly_what_the_rules_ask(client, union, contest):
    with_rules(
        contest,
        eligibility={"code": "280729"},
        divisions=[{"key": "nu", "name": "Nữ công", "declared": True}, {"key": "chung", "name": "Chung"}],
    )
    client.force_login(union.alice)
    address = f"/cuoc-thi/{contest.slug}/dang-ky/"

    assert "Đăng ký dự thi" in client.get(f"/cuoc-thi/{contest.slug}/").content.decode()
    page = client.get(address).content.decode()
    assert 'name="code"' in page
    assert 'name="division"' in page
    assert 'name="born_on"' not in page

    wrong = client.post(address, {"code": "1", "division": "nu"}).content.decode()
    assert "Mã dự thi chưa đúng" in wrong
    assert not Entry.objects.exists()

    reply = client.post(address, {"code": "280729", "division": "--"})
    assert reply.url == f"/cuoc-thi/{contest.slug}/"
    assert Entry.objects.get().division == "chung"
    assert client.get(address).url == f"/cuoc-thi/{contest.slug}/"  # once is enough


@pytest.mark.parametrize(
    "data", [{}, {"code": "x" * 500}, {"code": "1\x00", "division": "zzz"}, {"division": ["nu", "nu"]}]
)
def test_bad_input_is_answered_with_the_form(client, union, contest, data):
    with_rules(contest, eligibility={"code": "280729", "min_age": 15})
    client.force_login(union.alice)

    for born_on in ("", "0001-01-01", "9999-99-99", "hôm qua", "2999-01-01"):
        reply = client.post(f"/cuoc-thi/{contest.slug}/dang-ky/", data | {"born_on": born_on})
        assert reply.status_code == 200
        assert "alert" in reply.content.decode() or "has-error" in reply.content.decode()
    assert not Entry.objects.exists()


def test_who_has_only_registered_is_not_counted_as_taking_part(client, union, contest):
    with_rules(contest, eligibility={"code": "1"})
    for member in (union.alice, union.bob):
        enter_contest(member=member, contest=contest, now=timezone.now(), code="1")

    assert count_picture(contest, timezone.now()).people == 0
    assert turnouts([contest], 1)[contest.pk] == Turnout(0, 0)

    start(contest, union.alice)
    cache.clear()

    assert count_picture(contest, timezone.now()).people == 1
    assert turnouts([contest], 1)[contest.pk] == Turnout(1, 1)
