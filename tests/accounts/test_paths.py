"""The path of a unit: where it is, and never where another unit once was."""

from __future__ import annotations

import pytest

from accounts.actions import move_unit
from accounts.models import Unit
from tests import make

pytestmark = pytest.mark.django_db


def test_a_path_is_never_used_again_after_a_move(union):
    """Entries keep the path of their day: a new unit on an old path would be handed the old unit's people."""
    old_path = union.school_a.path
    move_unit(unit=union.school_a, parent=union.province_b)

    new = make.make_unit(union.ward_a, "CĐCS Mới thành lập")

    assert new.path != old_path
    assert not old_path.startswith(new.path)
    assert not new.path.startswith(old_path)


def test_a_move_takes_the_whole_subtree_along(union):
    move_unit(unit=union.ward_a, parent=union.province_b)

    for unit in Unit.objects.filter(pk__in=[union.ward_a.pk, union.factory_a.pk, union.school_a.pk]):
        assert unit.path.startswith(union.province_b.path)
        assert unit.depth == unit.path.count(".")
    union.factory_a.refresh_from_db()
    assert union.factory_a.path.startswith(Unit.objects.get(pk=union.ward_a.pk).path)
