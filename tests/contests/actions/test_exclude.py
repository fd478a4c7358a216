"""Excluding somebody from the ranking: tried first, noted, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.exclude import effects_of_excluding, exclude, readmit
from contests.errors import ContestError
from contests.models import Attempt, ContestEvent, Exclusion
from contests.queries.rankings import barred
from contests.queries.ranks import field_of
from tests.contests.actions.test_regrade import WHY, sit, small_contest, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(union):
    contest, (versions, members) = small_contest(union, people=3)
    contest.rules = {"prizes": [{"name": "Giải Nhất", "count": 1}]}
    contest.save()
    begun = timezone.now() - timedelta(minutes=30)
    for member, right in zip(members, (3, 2, 1), strict=True):
        chosen = {version.pk: version.key for version in versions[:right]}
        sit(contest, member, chosen, begun)
    return contest, members


def state() -> tuple[list, set]:
    """All but the numbers of standings: a row that went and came back has another."""
    rows = table("contests_standing", ("id", "version", "updated_at"))
    return table("contests_attempt"), {str(row) for row in rows}


def hexes(contest):
    (round_,) = contest.rounds.all()
    return [placed.result.entry for placed in field_of(contest).ranking(round_.pk)]


def test_it_is_tried_then_done_then_taken_back(union, cast):
    contest, members = cast
    before, ranked = state(), hexes(contest)

    told = effects_of_excluding(contest, members[0])

    assert (hexes(contest), Exclusion.objects.count()) == (ranked, 0)
    assert [(one["entry"], one["place_before"], one["place_after"]) for one in told["boards"][0]["top"]] == [
        (ranked[0], 1, None), (ranked[1], 2, 1), (ranked[2], 3, 2),
    ]  # fmt: skip
    assert [(one["lose"], one["get"]) for one in told["prizes"]] == [((ranked[0],), (ranked[1],))]
    exclude(contest=contest, member=members[0], by=union.olga, reason=WHY, now=timezone.now())
    assert hexes(contest) == ranked[1:]
    back = effects_of_excluding(contest, members[0])
    assert back["prizes"][0]["get"] == (ranked[0],)
    readmit(contest=contest, member=members[0], by=union.olga, reason=WHY, now=timezone.now())
    assert (hexes(contest), state()) == (ranked, before)
    assert [event.what for event in ContestEvent.objects.order_by("pk")] == ["excluded", "readmitted"]


def test_twice_is_refused_and_a_reason_is_needed(union, cast):
    contest, members = cast
    given = {"contest": contest, "member": members[1], "by": union.olga, "now": timezone.now()}

    with pytest.raises(ContestError, match="đang được xếp hạng"):
        readmit(reason=WHY, **given)
    with pytest.raises(ContestError, match="lý do"):
        exclude(reason="", **given)
    exclude(reason=WHY, **given)
    with pytest.raises(ContestError, match="đã được loại"):
        exclude(reason=WHY, **given)
    assert Exclusion.objects.count() == 1


def test_without_prizes_somebody_keeps_the_place_and_the_next_gets_the_prize(union, cast):
    contest, members = cast
    ranked = hexes(contest)

    told = effects_of_excluding(contest, members[0], prizes_only=True)

    assert told["boards"][0]["top"] == []
    assert [(one["lose"], one["get"]) for one in told["prizes"]] == [((ranked[0],), (ranked[1],))]
    exclude(contest=contest, member=members[0], by=union.olga, reason=WHY, now=timezone.now(), prizes_only=True)
    assert hexes(contest) == ranked
    assert barred(contest) == {ranked[0]: WHY}
    with pytest.raises(ContestError, match="đã được loại"):
        exclude(contest=contest, member=members[0], by=union.olga, reason=WHY, now=timezone.now())
    assert effects_of_excluding(contest, members[0])["prizes"][0]["get"] == (ranked[0],)
    readmit(contest=contest, member=members[0], by=union.olga, reason=WHY, now=timezone.now())
    assert barred(contest) == {}


def test_the_page_tries_it_says_it_and_takes_it_back(client, union, cast):
    contest, members = cast
    attempt = Attempt.objects.get(entry__member=members[0])
    address = f"/to-chuc/cuoc-thi/{contest.slug}/luot-thi/{attempt.public_id}/"
    client.force_login(union.olga)

    tried = client.get(f"{address}?thu=giai").content.decode()
    assert "Không trao giải cho người này" in tried
    refused = client.post(address, {"act": "exclude", "prizes_only": "True", "reason": ""}).content.decode()
    assert "Không trao giải cho người này" in refused  # the mistake in the reason does not turn it into the harder act
    assert Exclusion.objects.count() == 0

    client.post(address, {"act": "exclude", "prizes_only": "True", "reason": WHY})
    assert Exclusion.objects.get().prizes_only
    assert "được xếp hạng nhưng không nhận giải" in client.get(address).content.decode()

    client.post(address, {"act": "readmit", "reason": WHY})
    assert not Exclusion.objects.in_force().exists()
