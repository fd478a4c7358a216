"""A bank's cast: Olga of province A, a colleague beside her, an organizer of the ward below, and their browsers."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Member, Role, Unit
from tests import make


def organizer(unit: Unit, name: str, email: str) -> Member:
    member = make.make_member(name, email=email)
    Role.objects.create(member=member, unit=unit, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    return member


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def quan(union) -> Member:
    """Organizes in province A, as Olga does."""
    return organizer(union.province_a, "Đỗ Minh Quân", "quan@example.vn")


@pytest.fixture
def phuong(union) -> Member:
    """Organizes in the ward below."""
    return organizer(union.ward_a, "Vũ Thị Phượng", "phuong@example.vn")


@pytest.fixture
def olga(union) -> Client:
    return browser(union.olga)


@pytest.fixture
def second(quan) -> Client:
    return browser(quan)


@pytest.fixture
def below(phuong) -> Client:
    return browser(phuong)
