"""What practice leaves behind."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser

from accounts.models import Member
from accounts.queries import unit_of
from contests.models import Bank, PracticeDone


def note_practice(who: Member | AnonymousUser, bank: Bank, day: date) -> None:
    """Note that a member came to the end of a set, once a bank and day; of a visitor nothing. Safe to repeat.

    Two queries the first time, one after that: the address of the last page may be opened again and again.
    """
    if not who.is_authenticated or PracticeDone.objects.filter(member=who, bank=bank, on_day=day).exists():
        return
    unit = unit_of(who)
    row = PracticeDone(member=who, bank=bank, on_day=day, unit_path=unit.path if unit else "")
    PracticeDone.objects.bulk_create([row], ignore_conflicts=True)
