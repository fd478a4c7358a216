"""Lists ask the database as often for three rows as for one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contests.actions.contest import close_contest, open_contest
from contests.models import Contest, ContestEvent, Round
from tests import make

pytestmark = pytest.mark.django_db


def count(client, address):
    client.get(address)  # warm: content types, caches
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def another(union, bank, slug, state):
    contest = make.make_contest(union, bank, state=state)
    Contest.objects.filter(pk=contest.pk).update(slug=slug)
    return contest


def test_the_first_page(union, olga, bank):
    for state in ("draft", "open", "closed"):
        another(union, bank, f"mot-{state}", state)
    once = count(olga, "/to-chuc/")

    for state in ("draft", "open", "closed"):
        for number in (2, 3):
            another(union, make.make_bank(union.factory_a, each=4), f"{state}-{number}", state)

    assert count(olga, "/to-chuc/") == once


def test_a_bank(union, olga):
    small, large = (
        make.make_bank(union.province_a, topics=topics, each=each)
        for topics, each in ((("A",), 1), (("A", "B", "C"), 3))
    )

    assert count(olga, reverse("organizer_bank", args=[small.public_id])) == count(
        olga, reverse("organizer_bank", args=[large.public_id])
    )


@pytest.mark.parametrize("state", ["draft", "open", "closed"])
def test_a_contest(union, olga, bank, state):
    contest = make.make_contest(union, bank, state=state)
    ContestEvent.objects.create(contest=contest, what="closed", actor=union.olga)
    address = reverse("organizer_contest", args=[contest.slug])
    once = count(olga, address)

    first = contest.rounds.get()
    for number in (2, 3):
        Round.objects.create(
            contest=contest,
            number=number,
            title=f"Tuần {number}",
            opens_at=first.opens_at,
            closes_at=first.closes_at,
            rules=first.rules,
        )
        ContestEvent.objects.create(contest=contest, what="changed", actor=union.alice)

    assert count(olga, address) == once


def test_the_unit_search_and_the_wizard(union, olga, bank):
    one = count(olga, reverse("organizer_units") + "?q=may")
    three = count(olga, reverse("organizer_units") + "?q=cong")
    assert one == three

    address = "/to-chuc/cuoc-thi/moi/"
    once = count(olga, address)
    make.make_bank(union.ward_a)
    make.make_bank(union.factory_a)
    assert count(olga, address) == once


def test_opening_and_closing_do_not_grow_with_rounds(union, bank):
    contest = make.make_contest(union, bank, state="draft")

    with CaptureQueriesContext(connection) as queries:
        open_contest(contest=contest, by=union.olga, now=contest.created_at)
        close_contest(contest=contest, by=union.olga, now=contest.created_at)

    assert len(queries) < 30
