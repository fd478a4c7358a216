"""Writes of accounts, one act a function: lock, check, decide, write."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import hooks
from accounts.models import Consent, Member, Membership, SelfDeclared, Unit, UnitKind, UnitName
from accounts.names import normalise_name, search_text

log = logging.getLogger(__name__)
# Base-36 digits a level. A unit's label is its own key, never "one after the last sibling": a label that was used again
# after a move would hand the old unit's entries to the new one. 1,679,616 units may ever be made.
PATH_LABEL = 4
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_JOIN_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no look-alikes: people copy the code from paper


class AccountError(Exception):
    """An act that the rules refuse; the text is written for the member."""


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be made below `parent`, which is there already."""

    code: str
    name: str
    kind: UnitKind
    parent: Unit | None


def create_unit(*, code: str, name: str, kind: UnitKind, parent: Unit | None, from_day: date) -> Unit:
    """A new unit below `parent`, with its path, its first dated name and a join code."""
    return create_units([NewUnit(code=code, name=name, kind=kind, parent=parent)], from_day=from_day)[0]


@transaction.atomic
def create_units(new: Sequence[NewUnit], *, from_day: date) -> list[Unit]:
    """Many new units, in the order given and in three queries, however many."""
    parents = {unit.parent.pk for unit in new if unit.parent}
    # Locked and read anew, in one order: a parent that is being moved gives its children their new place, not the old.
    above = {unit.pk: unit for unit in Unit.objects.select_for_update().filter(pk__in=parents).order_by("pk")}
    keys = _new_keys(len(new))
    units = []
    for key, unit in zip(keys, new, strict=True):
        parent, name = above[unit.parent.pk] if unit.parent else None, normalise_name(unit.name)
        units.append(
            Unit(
                pk=key, code=unit.code, name=name, kind=unit.kind, parent=parent, search_text=search_text(name)[:300],
                join_code=_join_code(), path=f"{parent.path if parent else ''}{_base36(key)}.",
                depth=parent.depth + 1 if parent else 1,
            )
        )  # fmt: skip
    units = Unit.objects.bulk_create(units)
    UnitName.objects.bulk_create(
        UnitName(unit=unit, name=unit.name, search_text=unit.search_text, from_day=from_day) for unit in units
    )
    return units


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, from_day: date) -> None:
    """Give the unit a new name from a day on; the old name stays findable."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    clean = normalise_name(name)
    UnitName.objects.filter(unit=unit, to_day__isnull=True).update(to_day=from_day)
    UnitName.objects.create(unit=unit, name=clean, search_text=search_text(clean)[:300], from_day=from_day)
    unit.name, unit.search_text = clean, search_text(clean)[:300]
    unit.save(update_fields=["name", "search_text"])


@transaction.atomic
def join_unit(*, member: Member, unit: Unit, by: Member, today: date) -> Membership:
    """Make `unit` the member's unit from today; the former membership ends. Joining the same unit again changes nothing."""
    Member.objects.select_for_update().get(pk=member.pk)
    if unit.closed_on is not None:
        raise AccountError("Đơn vị này đã giải thể hoặc sáp nhập. Hãy tìm tên đơn vị mới của bạn.")
    now_in = Membership.objects.filter(member=member, to_day__isnull=True).first()
    if now_in is not None and now_in.unit_id == unit.pk:
        return now_in
    if now_in is not None:
        now_in.to_day = today
        now_in.save(update_fields=["to_day"])
    return Membership.objects.create(member=member, unit=unit, from_day=today, set_by=by)


@transaction.atomic
def give_consent(*, member: Member, purpose: str, text: str, text_version: str, now: datetime) -> Consent:
    """Record a yes to one purpose with the very text that was shown; a standing consent to the same text is kept."""
    Member.objects.select_for_update().get(pk=member.pk)
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    standing = Consent.objects.filter(member=member, purpose=purpose, withdrawn_at__isnull=True).first()
    if standing is not None:
        if standing.text_hash == text_hash:
            return standing
        Consent.objects.filter(pk=standing.pk).update(withdrawn_at=now)
    _tell_public_name(member, purpose)
    return Consent.objects.create(
        member=member, purpose=purpose, text_version=text_version, text_hash=text_hash, given_at=now
    )


@transaction.atomic
def withdraw_consent(*, member: Member, purpose: str, now: datetime) -> bool:
    """End the standing consent; True when there was one. Nothing done before it is undone, but what was declared for counts goes."""
    Member.objects.select_for_update().get(
        pk=member.pk
    )  # a form that is being saved comes before or after, not between
    if purpose == Consent.Purpose.SEGMENTS:
        SelfDeclared.objects.filter(member=member).delete()
    standing = Consent.objects.filter(member=member, purpose=purpose, withdrawn_at__isnull=True)
    ended = bool(standing.update(withdrawn_at=now))
    _tell_public_name(member, purpose)
    return ended


@transaction.atomic
def declare(*, member: Member, facts: Mapping[str, Any], text: str, text_version: str, now: datetime) -> None:
    """Keep what the member says of themselves in place of what was said before, with the consent that it rests on.

    Whoever says nothing leaves nothing behind: the row goes, and the consent ends.
    """
    if not facts:
        withdraw_consent(member=member, purpose=Consent.Purpose.SEGMENTS, now=now)
        return
    give_consent(member=member, purpose=Consent.Purpose.SEGMENTS, text=text, text_version=text_version, now=now)
    said = {name: facts.get(name) for name in SelfDeclared.FACTS}
    before = SelfDeclared.objects.filter(member=member).first()
    if before is not None and all(getattr(before, name) == value for name, value in said.items()):
        return  # saved again as it was: it need not wait for the next day to count
    SelfDeclared.objects.update_or_create(member=member, defaults=said | {"changed_at": now})


@transaction.atomic
def correct_name(*, member: Member, full_name: str) -> None:
    """Give the member the name as it should be written; boards follow."""
    member.full_name = full_name
    member.save(update_fields=["full_name"])
    _tell_public_name(member, Consent.Purpose.SHOW_NAME)


def make_password_link(*, member: Member, privileged: bool, by: Member) -> str:
    """An address that sets a new password for `member` once; the caller has checked that `member` lies in the scope of `by`.

    Refused for people with rights of their own: whoever sets their password would take over those rights. Written to
    the log and to the history in the admin.
    """
    if privileged:
        raise AccountError(_("Tài khoản này có quyền cán bộ. Chỉ người quản trị hệ thống đặt lại được mật khẩu."))
    LogEntry.objects.create(
        user=by, content_type=ContentType.objects.get_for_model(Member), object_id=str(member.pk),
        object_repr=str(member)[:200], action_flag=CHANGE, change_message="Tạo đường dẫn đặt mật khẩu một lần.",
    )  # fmt: skip
    log.info("member %s made a password link for member %s", by.pk, member.pk)
    token = default_token_generator.make_token(member)
    return settings.SITE_URL + reverse("account_reset_password_from_key", args=[user_pk_to_url_str(member), token])


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit) -> int:
    """Put a unit and its whole subtree below another parent; entries keep the path of their day. Returns rows changed."""
    Unit.objects.select_for_update().get(pk=parent.pk)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if parent.path.startswith(unit.path):
        raise AccountError("Không thể chuyển một đơn vị vào bên dưới chính nó.")
    new_path, shift = f"{parent.path}{_base36(unit.pk)}.", parent.depth + 1 - unit.depth
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    return Unit.objects.filter(path__startswith=unit.path).update(
        path=Concat(Value(new_path), Substr("path", len(unit.path) + 1)), depth=F("depth") + shift
    )


def _tell_public_name(member: Member, purpose: str) -> None:
    if purpose == Consent.Purpose.SHOW_NAME:
        # A named function, not a partial: on_commit(robust=True) must survive a listener that fails.
        def tell() -> None:
            hooks.public_name_changed(member)

        transaction.on_commit(tell, robust=True)


def _new_keys(count: int) -> list[int]:
    """Primary keys for new units, taken from the table's own sequence; a key is never given twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounts_unit', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits.rjust(PATH_LABEL, "0")


def _join_code() -> str:
    return "".join(secrets.choice(_JOIN_ALPHABET) for _ in range(8))
