"""Who may have the file that names the keys, and from when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from contests.models import Round
from reports.actions import make_file
from reports.models import Export
from tests import make
from tests.contests.organizer.cases import round_of
from tests.reports.test_item_queries import BEGAN, sit

pytestmark = pytest.mark.django_db(transaction=True)  # the file is written inside one snapshot


@pytest.fixture
def round_(committed_union):
    """Over for everybody; Alice sat."""
    union, contest = committed_union
    Round.objects.update(opens_at=BEGAN, closes_at=BEGAN + timedelta(hours=1))
    sit(union.alice, round_of(contest), [1, 2], [3])
    return round_of(contest)


@pytest.fixture
def staff(client, committed_union, settings, tmp_path):
    """Staff of province A, which holds the contest."""
    settings.MEDIA_ROOT, (union, _) = tmp_path, committed_union
    Role.objects.create(member=union.alice, unit=union.province_a, kind=Role.Kind.STAFF, from_day=make.FROM_DAY)
    client.force_login(union.alice)
    return client


def asks_for_items(client, contest):
    return client.post(f"/bao-cao/{contest.slug}/tep/", {"mau": "items"})


def test_keys_leave_for_staff_above_the_contest_and_after_every_close(staff, committed_union, round_):
    union, contest = committed_union
    address = f"/bao-cao/{contest.slug}/"
    assert 'value="items"' in staff.get(address).content.decode()
    made = asks_for_items(staff, contest)
    assert made.status_code == 302
    export = Export.objects.get(form="items")

    Round.objects.filter(pk=round_.pk).update(extended_until=timezone.now() + timedelta(hours=1))
    assert 'value="items"' not in staff.get(address).content.decode()
    assert asks_for_items(staff, contest).status_code == 404
    make_file(export_id=export.pk, last_try=True)
    assert Export.objects.get(pk=export.pk).state == Export.State.FAILED, "opened again while the file waited"

    Round.objects.filter(pk=round_.pk).update(extended_until=None)
    Export.objects.filter(pk=export.pk).update(state=Export.State.WAITING)
    make_file(export_id=export.pk, last_try=True)
    download = f"/bao-cao/tep/{export.public_id}/tai-ve/"
    assert staff.get(download).status_code == 200

    union.alice.roles.update(unit=union.factory_a)
    assert staff.get(download).status_code == 404
    assert 'value="items"' not in staff.get(address).content.decode()
    assert asks_for_items(staff, contest).status_code == 404
