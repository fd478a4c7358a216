"""Reads of accounts, named by the page that needs them."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Consent, Member, Membership, Role, Unit, UnitName
from accounts.names import search_text

UNIT_SEARCH_LIMIT = 20


def role_kinds(member: Member, today: date | None = None) -> frozenset[str]:
    """The kinds of role that `member` holds today, on any unit."""
    day = today or date.today()
    rows = Role.objects.filter(member=member, from_day__lte=day).filter(Q(to_day__isnull=True) | Q(to_day__gte=day))
    return frozenset(rows.values_list("kind", flat=True))


def unit_of(member: Member, today: date | None = None) -> Unit | None:
    """The unit that `member` belongs to today."""
    membership = Membership.objects.filter(member=member, to_day__isnull=True).select_related("unit__kind").first()
    return membership.unit if membership else None


def units_matching(text: str, limit: int = UNIT_SEARCH_LIMIT) -> list[Unit]:
    """Open units in which a member may sit, whose present or former name holds every word of `text`, accents ignored.

    Units whose name begins with the text come first, then shorter names. An empty text finds nothing. At most 10 words
    and 100 characters are looked at.
    """
    words = search_text(text[:100]).split()[:10]
    if not words:
        return []
    present, former = Q(), Q()
    for word in words:
        present &= Q(search_text__contains=word)
        former &= Q(search_text__contains=word)
    found = (
        Unit.objects.filter(closed_on__isnull=True)
        .filter(
            present | Q(Exists(UnitName.objects.filter(former, unit=OuterRef("pk")))) | Q(code__iexact=text.strip())
        )
        .select_related("kind")
    )
    start = " ".join(words)
    return sorted(
        found[:400],
        key=lambda unit: (not unit.kind.is_grassroots, not unit.search_text.startswith(start), len(unit.name)),
    )[:limit]


def path_names(units: list[Unit]) -> dict[int, str]:
    """For each unit its ancestors' names from the top, joined by ` › `, without its own; one query for all."""
    prefixes = {unit.path[:cut] for unit in units for cut in _label_ends(unit.path)}
    names = dict(Unit.objects.filter(path__in=prefixes).values_list("path", "name"))
    return {
        unit.pk: " › ".join(names[unit.path[:cut]] for cut in _label_ends(unit.path)[:-1] if unit.path[:cut] in names)
        for unit in units
    }


def ancestors(unit: Unit) -> QuerySet[Unit]:
    """The unit's chain from the top, itself last."""
    return Unit.objects.filter(path__in=[unit.path[:cut] for cut in _label_ends(unit.path)]).order_by("depth")


def has_consent(member: Member, purpose: str) -> bool:
    """Whether a consent to `purpose` stands now."""
    return Consent.objects.filter(member=member, purpose=purpose, withdrawn_at__isnull=True).exists()


def _label_ends(path: str) -> list[int]:
    return [index + 1 for index, character in enumerate(path) if character == "."]
