"""Reads of certificates. What staff see narrows through `accounts.scope.in_scope`; a code opens its certificate to everybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from accounts.models import Member, Role, Unit
from accounts.names import search_text
from accounts.scope import Scope, either, in_scope, scope_of
from contests.models import Contest, ContestEvent
from contests.queries.winners import Obstacle
from reports.certificates import wording
from reports.certificates.claims import CHUNK, Ask, Truth, claims, obstacles, truths
from reports.certificates.codes import typed
from reports.certificates.drawing import Design, Sheet, lost
from reports.certificates.wording import Facts, Kind
from reports.models import Certificate, CertificateBatch, CertificateDesign
from reports.official import BLANK_PLACE, place_of
from reports.queries import issuer_of

NAMES_SHOWN = 8
# Events after which what was issued may not be true any more.
UNSETTLING = ("excluded", "no_prizes", "readmitted", "key_ruled", "key_ruling_undone", "winners_outdated", "winners_withdrawn", "winners_published")  # fmt: skip


# --- Who may issue -------------------------------------------------------------------------------------------------
def issuing_scope(member: Member) -> Scope:
    """Where a member may issue: as an organizer or as staff, for contests that a unit of theirs organizes."""
    return either(scope_of(member, Role.Kind.ORGANIZER), scope_of(member, Role.Kind.STAFF))


def contests_to_certify(scope: Scope) -> QuerySet[Contest]:
    """The announced contests that units in scope organize."""
    rows = in_scope(Contest.objects.all(), scope, "organizer__path")
    return rows.exclude(state=Contest.State.DRAFT).select_related("organizer__kind")


# --- The design ----------------------------------------------------------------------------------------------------
def design_of(unit: Unit) -> CertificateDesign:
    """The unit's newest design; where it has none, the usual one, unsaved."""
    newest = CertificateDesign.objects.filter(unit=unit).order_by("-pk").first()
    return newest or usual_design(unit)


def usual_design(unit: Unit) -> CertificateDesign:
    """Words that need nothing to be set. Who signs is left to the pen."""
    found = place_of(issuer_of(unit))
    return CertificateDesign(
        unit=unit,
        title=wording.TITLE,
        body=wording.BODY,
        signer_title="TM. BAN TỔ CHỨC",
        place="" if found == BLANK_PLACE else found,
    )


def drawn(design: CertificateDesign) -> Design:
    """The design as `drawing` takes it."""
    logo, signature = (bytes(each) if each else None for each in (design.logo, design.signature))
    return Design(design.title, design.body, design.signer_title, design.signer_name, design.place, logo, signature)


def sheet_of(certificate: Certificate, design: Design) -> Sheet:
    """The certificate as `drawing` takes it."""
    return Sheet(design, Facts.read(certificate.said), certificate.serial, certificate.code, link_of(certificate.code))


def link_of(code: str) -> str:
    """What the QR holds."""
    return settings.SITE_URL + reverse("certificate", args=[code])


def sample_sheet(design: Design, contest: Contest, kind: Kind, today: date) -> Sheet:
    """An invented member's certificate, for looking at a design. Its code opens nothing."""
    facts = Facts(
        kind,
        "NGUYỄN VĂN MẪU",
        "Công đoàn cơ sở Công ty Cổ phần Ví Dụ",
        contest.title,
        "",
        contest.organizer.name,
        today,
    )
    if kind is Kind.PASSED:
        facts = replace(facts, result="đúng 18/20 câu")
    if kind is Kind.PRIZE:
        facts = replace(facts, prize="Giải Nhất", place=1)
    code = "MAUMAU" * 3
    return Sheet(design, facts, f"000000/{today.year}", code, link_of(code))


# --- Before issuing ------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Outlook:
    """What issuing would do now. `fresh` get a new one, `held` keep theirs, `revoked` lost theirs and get one only when asked."""

    obstacles: list[Obstacle]
    fresh: int = 0
    held: int = 0
    revoked: int = 0
    unprintable: int = 0
    unprintable_names: tuple[str, ...] = ()

    @property
    def papers(self) -> int:
        """How many certificates the file would hold."""
        return self.fresh + self.held


def outlook(contest: Contest, ask: Ask, *, again: bool, now: datetime) -> Outlook:
    """A dry count. Nothing is saved."""
    look = Outlook(obstacles(contest, ask, now))
    if look.obstacles:
        return look
    standing = standing_of(contest, ask)
    for claim in claims(contest, ask):
        in_force = standing.get((claim.entry_id, claim.about))
        if in_force is not None:
            look.held += 1
        elif lost(claim.name):
            look.unprintable += 1
            if len(look.unprintable_names) < NAMES_SHOWN:
                look.unprintable_names += (claim.name,)
        elif (claim.entry_id, claim.about) in standing and not again:
            look.revoked += 1
        else:
            look.fresh += 1
    return look


def standing_of(contest: Contest, ask: Ask) -> dict[tuple[int, str], int | None]:
    """What there is for this ask already, by entry and thing: the key of the one in force, None where all are revoked."""
    rows = Certificate.objects.filter(contest=contest)
    rows = (
        rows.filter(about__startswith=f"{ask.kind.value}:") if ask.kind is Kind.PRIZE else rows.filter(about=ask.about)
    )
    found: dict[tuple[int, str], int | None] = {}
    for pk, entry, about, revoked_at in rows.values_list("pk", "entry", "about", "revoked_at").iterator(CHUNK):
        if revoked_at is None:
            found[entry, about] = pk
        else:
            found.setdefault((entry, about), None)
    return found


# --- After issuing -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Totals:
    """How many certificates a contest has."""

    in_force: int
    revoked: int


def totals(contest: Contest) -> Totals:
    """One query."""
    row = Certificate.objects.filter(contest=contest).aggregate(
        all=Count("pk"), revoked=Count("pk", filter=Q(revoked_at__isnull=False))
    )
    return Totals(row["all"] - row["revoked"], row["revoked"])


def batches_of(contest: Contest) -> QuerySet[CertificateBatch]:
    """The acts of issuing of a contest, newest first."""
    rows = CertificateBatch.objects.filter(contest=contest).select_related("round", "requested_by", "contest")
    return rows.defer("holds")


def of_contest(contest: Contest, q: str = "") -> QuerySet[Certificate]:
    """The certificates of a contest; with `q` those of a name, a number or a code."""
    rows = Certificate.objects.filter(contest=contest).select_related("contest", "entry__member").order_by("number")
    text = q.replace("\x00", "").strip()[:100]
    if not text:
        return rows
    if code := typed(text):
        return rows.filter(code=code)
    number = text.partition("/")[0].strip()
    if number.isascii() and number.isdigit() and len(number) < 10:
        return rows.filter(number=int(number))
    for word in search_text(text).split()[:10]:
        rows = rows.filter(entry__member__search_text__contains=word)
    return rows


def doubtful(contest: Contest) -> list[tuple[Certificate, Truth]]:
    """The certificates in force that results of today do not bear out, by number."""
    found: list[tuple[Certificate, Truth]] = []
    for ones in _in_chunks(of_contest(contest).filter(revoked_at__isnull=True)):
        said = truths(ones)
        found += [(one, said[one.pk]) for one in ones if said[one.pk] is not Truth.HOLDS]
    return found


def unsettled(contest: Contest) -> bool:
    """Whether something has happened since the first certificate that may have made one untrue. Cheap: asked on every visit."""
    first = Certificate.objects.filter(contest=contest).order_by("number").values_list("issued_at", flat=True).first()
    return (
        first is not None and ContestEvent.objects.filter(contest=contest, what__in=UNSETTLING, at__gt=first).exists()
    )


def _in_chunks(rows: QuerySet[Certificate]) -> Iterator[list[Certificate]]:
    last = 0
    while ones := list(rows.filter(number__gt=last)[:CHUNK]):
        last = ones[-1].number
        yield ones


def sheets_of(ids: Sequence[int]) -> Iterator[Sheet]:
    """The sheets of certificates that are in force, in the order given, each in the design it was issued with."""
    designs: dict[int, Design] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        rows = (
            Certificate.objects.filter(revoked_at__isnull=True)
            .select_related("batch")
            .defer("batch__holds")
            .in_bulk(part)
        )
        for one in (rows[pk] for pk in part if pk in rows):
            pk = one.batch.design_id
            if pk not in designs:
                designs[pk] = drawn(CertificateDesign.objects.get(pk=pk))
            yield sheet_of(one, designs[pk])


# --- For everybody, and for the member ------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Checked:
    """What the public page says: the certificate, what it says, and whether it is still true."""

    certificate: Certificate
    facts: Facts
    truth: Truth

    @property
    def words(self) -> list[str]:
        """The body as it is printed, line by line."""
        return wording.filled(self.certificate.batch.design.body, self.facts).split("\n")


def check(code: str) -> Checked | None:
    """The certificate of a code, however it was typed."""
    cleaned = typed(code)
    rows = Certificate.objects.select_related("contest", "batch__design", "entry__member")
    rows = rows.defer("batch__holds", "batch__design__logo", "batch__design__signature")  # a scan needs words alone
    found = rows.filter(code=cleaned).first() if cleaned else None
    if found is None:
        return None
    truth = Truth.HOLDS if found.revoked_at else truths([found])[found.pk]
    return Checked(found, Facts.read(found.said), truth)


def own_certificates(member: Member, contest: Contest | None = None) -> list[Certificate]:
    """A member's certificates that are in force, newest first."""
    rows = Certificate.objects.filter(entry__member=member, revoked_at__isnull=True).select_related("contest")
    if contest is not None:
        rows = rows.filter(contest=contest)
    return list(rows.order_by("-issued_at", "number"))


def may_take(member: Member, certificate: Certificate) -> bool:
    """Whether the PDF is for them: their own, or issued by a unit that they act for."""
    own = certificate.entry.member_id == member.pk
    return own or issuing_scope(member).reaches(certificate.contest.organizer.path)
