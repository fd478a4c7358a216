"""Reads of accounts, named by the page that needs them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Consent, Member, Membership, Role, SelfDeclared, Unit, UnitName
from accounts.names import normalise_name, search_text
from accounts.phones import to_e164
from accounts.scope import Scope, in_scope

UNIT_SEARCH_LIMIT = 20
MEMBER_SEARCH_LIMIT = 20
_SEARCHED_CHARACTERS, _SEARCHED_WORDS = 100, 10
# People write these words or their abbreviation, or leave them out; names in the tree do the same.
_SAME_WORDS = (("cong doan co so", "cdcs"), ("lien doan lao dong", "ldld"), ("cong ty", "cty"), ("cp", "co phan"))


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A row of a unit search."""

    unit: Unit
    path: str  # the ancestors' names, from the top
    former_name: str  # the name that was found, when it is no longer the unit's name

    @property
    def note(self) -> str:
        """Kind, place in the tree and, where it was found by it, the former name: what tells two like names apart."""
        former = _("tên cũ: %(name)s") % {"name": self.former_name} if self.former_name else ""
        return " · ".join(filter(None, (self.unit.kind.name, self.path, former)))


def role_kinds(member: Member, today: date | None = None) -> frozenset[str]:
    """The kinds of role that `member` holds today, on any unit."""
    return frozenset(_roles_in_force(today).filter(member=member).values_list("kind", flat=True))


def unit_of(member: Member, today: date | None = None) -> Unit | None:
    """The unit that `member` belongs to today."""
    membership = Membership.objects.filter(member=member, to_day__isnull=True).select_related("unit__kind").first()
    return membership.unit if membership else None


def former_memberships(member: Member) -> QuerySet[Membership]:
    """Where the member was before, the latest first."""
    return (
        Membership.objects.filter(member=member, to_day__isnull=False).select_related("unit").order_by("-to_day", "-pk")
    )


def open_units() -> QuerySet[Unit]:
    """Units that exist today."""
    return Unit.objects.filter(closed_on__isnull=True).select_related("kind")


def joinable_units() -> QuerySet[Unit]:
    """Units in which a member sits: grassroots, and not closed."""
    return open_units().filter(kind__is_grassroots=True)


def units_matching(text: str, limit: int = UNIT_SEARCH_LIMIT) -> list[Unit]:
    """Open units of any kind whose present or former name holds every word of `text`; see `search_units`."""
    return _matching(open_units(), text, limit)


def search_units(among: QuerySet[Unit], text: str, limit: int = UNIT_SEARCH_LIMIT) -> list[UnitFound]:
    """The units of `among` whose code is `text`, or whose present or former name holds every word of it, accents ignored.

    Units whose name holds the text as one phrase come first, then shorter names. An empty text finds nothing; at most 10
    words and 100 characters are looked at. Three queries, however many are found.
    """
    units = _matching(among, text, limit)
    words, paths = _words(text), path_names(units)
    renamed = [unit.pk for unit in units if not all(word in unit.search_text for word in words)]
    former: defaultdict[int, str] = defaultdict(str)
    for name in _named(words).filter(unit__in=renamed, to_day__isnull=False).order_by("from_day"):
        former[name.unit_id] = name.name
    return [UnitFound(unit=unit, path=paths[unit.pk], former_name=former[unit.pk]) for unit in units]


def members_matching(scope: Scope, text: str, limit: int = MEMBER_SEARCH_LIMIT) -> list[Membership]:
    """Members who sit inside `scope` today: by phone, by e-mail, or by every word of a name, accents ignored.

    Rows are today's memberships with `.privileged`, true for whom only the site's operators may help. One query.
    """
    wanted = who_is(text, at="member__")
    if wanted is None:
        return []
    return list(_sitting(scope).filter(wanted).order_by("member__sort_key", "pk")[:limit])


def who_is(text: str, *, at: str = "") -> Q | None:
    """Which members a text names, seen from rows that reach them by `at`: by phone, by e-mail, or by every word of a name.

    Accents are ignored; at most 10 words and 100 characters are looked at. None for a text without a word.
    """
    phone, words = to_e164(text), search_text(text[:_SEARCHED_CHARACTERS]).split()[:_SEARCHED_WORDS]
    if not words:
        return None
    if phone:
        return Q(**{f"{at}phone": phone})
    if "@" in text:
        return Q(**{f"{at}email": normalise_name(text).lower()})
    wanted = Q()
    for word in words:
        wanted &= Q(**{f"{at}search_text__contains": word})
    return wanted


def sitting_member(scope: Scope, member_id: int) -> Membership | None:
    """Today's membership of one member, when it lies inside `scope`."""
    return _sitting(scope).filter(member=member_id).first()


def path_names(units: list[Unit]) -> dict[int, str]:
    """For each unit its ancestors' names from the top, joined by ` › `, without its own; one query for all."""
    prefixes = {unit.path[:cut] for unit in units for cut in _label_ends(unit.path)[:-1]}
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


def standing_consents(member: Member) -> dict[str, Consent]:
    """The member's standing consents by purpose."""
    return {row.purpose: row for row in Consent.objects.filter(member=member, withdrawn_at__isnull=True)}


def declared_by(member: Member) -> SelfDeclared | None:
    """What the member said of themselves: for the member's own pages alone."""
    return SelfDeclared.objects.filter(member=member).first()


def _matching(among: QuerySet[Unit], text: str, limit: int) -> list[Unit]:
    words = _words(text)
    if not words:
        return []
    is_phrase = Case(When(search_text__contains=" ".join(words), then=Value(0)), default=Value(1))
    found = among.filter(Q(pk__in=_named(words).values("unit")) | Q(code__iexact=normalise_name(text)[:32]))
    return list(found.order_by("-kind__is_grassroots", is_phrase, Length("name"), "name", "pk")[:limit])


def _named(words: list[str]) -> QuerySet[UnitName]:
    names = UnitName.objects.all()
    for word in words:
        names = names.filter(search_text__contains=word)
    return names


def _words(text: str) -> list[str]:
    """The words to look for. What a unit's name may also leave out or abbreviate is left out, if anything remains."""
    plain = search_text(text[:_SEARCHED_CHARACTERS])
    telling = f" {plain} "
    for long, short in _SAME_WORDS:
        telling = telling.replace(f" {long} ", " ").replace(f" {short} ", " ")
    return (telling.split() or plain.split())[:_SEARCHED_WORDS]


def _sitting(scope: Scope) -> QuerySet[Membership]:
    # From memberships and not from members: across the relation, "sits somewhere today" and "sat inside the scope" would
    # be two joins, and a member who moved away would stay visible.
    sitting = Membership.objects.filter(to_day__isnull=True, member__is_active=True).select_related("member", "unit")
    privileged = Q(member__is_staff=True) | Q(member__is_superuser=True)
    privileged |= Q(Exists(_roles_in_force().filter(member=OuterRef("member"))))
    return in_scope(sitting, scope, "unit__path").annotate(privileged=privileged)


def _roles_in_force(today: date | None = None) -> QuerySet[Role]:
    day = today or timezone.localdate()
    return Role.objects.filter(from_day__lte=day).filter(Q(to_day__isnull=True) | Q(to_day__gte=day))


def _label_ends(path: str) -> list[int]:
    return [index + 1 for index, character in enumerate(path) if character == "."]
