"""Who has a right to which certificate, from the results as they are now: what is issued, and what issued ones are held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import (
    Case,
    Exists,
    F,
    FloatField,
    OuterRef,
    PositiveSmallIntegerField,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Collate

from contests.models import Attempt, Award, Contest, Entry, Exclusion, Round, WinnersList
from contests.queries.winners import Obstacle, ranking_title, unfinished
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.prizes import ranking_of
from contests.rules.settings import parse_round_rules
from reports.certificates.wording import Kind
from reports.models import Certificate

VALID = (Attempt.State.GRADED, Attempt.State.REGRADED)
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Ask:
    """What is certified: a kind, of one round or (None) of the whole contest; for passing, from which percentage on."""

    kind: Kind
    round: Round | None = None
    share: int | None = None

    @property
    def about(self) -> str:
        """The key of what is certified; that of a prize goes on with the prize."""
        return f"{self.kind.value}:{self.round.number}" if self.round else self.kind.value


@dataclass(frozen=True, slots=True)
class Claim:
    """One person's right to one certificate, with what it would say."""

    entry_id: int
    about: str
    name: str
    unit: str
    round: str = ""
    result: str = ""
    prize: str = ""
    place: int | None = None

    @property
    def substance(self) -> tuple[str, str, int | None]:
        """What `Facts.substance` is compared with."""
        return self.result, self.prize, self.place


def obstacles(contest: Contest, ask: Ask, now: datetime) -> list[Obstacle]:
    """What stands against issuing now: results that are not final, or a winners' list that is not in force."""
    found = unfinished(contest, list(contest.rounds.select_related("contest")), now)
    if not found and ask.kind is Kind.PRIZE:
        lists = WinnersList.objects.filter(contest=contest, state=WinnersList.State.PUBLISHED)
        if not lists.exists():
            found.append(
                Obstacle("unpublished", "Chưa công bố danh sách đạt giải nào. Hãy công bố ở trang Giải thưởng trước.")
            )
        elif outdated := lists.filter(outdated_at__isnull=False).first():
            found.append(
                Obstacle(
                    "outdated",
                    f"Kết quả đã đổi sau khi công bố danh sách số {outdated.number}. Hãy công bố danh sách mới trước.",
                )
            )
    return found


def claims(contest: Contest, ask: Ask, entries: Sequence[int] | None = None) -> Iterator[Claim]:
    """Everybody who has a right to it (or those of `entries`), by unit and given name. One statement: one view of the database."""
    if ask.kind is Kind.PRIZE:
        yield from _prizes(contest, ask, entries)
        return
    rounds = [ask.round] if ask.round else list(contest.rounds.all())
    attempts = Attempt.objects.filter(entry=OuterRef("pk"), round__in=rounds, state__in=VALID)
    rows = _in_order(_ranked(contest, entries)).annotate(best_right=_none(), best_of=_none())
    if ask.kind is Kind.PASSED:
        best = _best_first(attempts, rounds)
        enough = best.filter(ratio__gte=(ask.share or 0) / 100 - 1e-9)
        rows = rows.annotate(
            best_right=Subquery(enough.values("right")[:1]), best_of=Subquery(enough.values("questions")[:1])
        ).filter(best_right__isnull=False)
    else:
        rows = rows.filter(Exists(attempts))
    title, fields = (
        ask.round.title if ask.round else "",
        ("pk", "member__full_name", "unit_name", "best_right", "best_of"),
    )
    for pk, name, unit, right, questions in rows.values_list(*fields).iterator(chunk_size=CHUNK):
        result = f"đúng {right}/{questions} câu" if right is not None else ""
        yield Claim(pk, ask.about, name, unit, title, result)


def _none() -> Value:
    return Value(None, output_field=PositiveSmallIntegerField())


def _ranked(contest: Contest, entries: Sequence[int] | None) -> QuerySet[Entry]:
    """Entries of people whose result counts."""
    out = Exclusion.objects.from_ranking().filter(contest=contest, member=OuterRef("member"))
    rows = Entry.objects.filter(~Exists(out), contest=contest)
    return rows if entries is None else rows.filter(pk__in=entries)


def _in_order(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.order_by("unit_path", Collate("member__sort_key", "C"), "pk")


def _best_first(attempts: QuerySet[Attempt], rounds: Iterable[Round]) -> QuerySet[Attempt]:
    """Attempts by their share of right answers; a paper has as many questions as its round's rules say."""
    sizes = [When(round=each, then=Value(parse_round_rules(each.rules).questions)) for each in rounds]
    of = Case(*sizes, default=Value(0), output_field=PositiveSmallIntegerField())
    counted = attempts.annotate(questions=of).filter(questions__gt=0, right__isnull=False)
    ratio = Cast(F("right"), FloatField()) / Cast(F("questions"), FloatField())
    return counted.annotate(ratio=ratio).order_by("-ratio", "-right", "pk")


def _prizes(contest: Contest, ask: Ask, entries: Sequence[int] | None) -> Iterator[Claim]:
    """The published prizes of people, of lists that nothing has happened to since. Units get no certificates here."""
    titles = {each.number: each.title for each in contest.rounds.all()}
    out = Exclusion.objects.in_force().filter(contest=contest, member=OuterRef("entry__member"))
    awards = Award.objects.filter(
        ~Exists(out), given=True, entry__isnull=False, winners_list__contest=contest,
        winners_list__state=WinnersList.State.PUBLISHED, winners_list__outdated_at__isnull=True,
    )  # fmt: skip
    if entries is not None:
        awards = awards.filter(entry__in=entries)
    rows = awards.select_related("entry__member", "winners_list").order_by("winners_list__round__number", "position")
    for award in rows.iterator(chunk_size=CHUNK):
        if ask.round is not None and ranking_of(award.ranking).round != ask.round.number:
            continue
        entry = award.entry
        assert entry is not None
        of = ranking_title(award.ranking, titles, parse_contest_rules(award.winners_list.snapshot["contest_rules"]))
        yield Claim(
            entry.pk, f"{Kind.PRIZE.value}:{award.ranking}:{award.prize}", entry.member.full_name, entry.unit_name, of,
            prize=award.prize, place=award.place,
        )  # fmt: skip


# --- Are issued ones still true? -----------------------------------------------------------------------------------
class Truth(StrEnum):
    """What the results of today say of a certificate that was issued."""

    HOLDS = "holds"
    EXCLUDED = "excluded"  # an exclusion is in force
    CHANGED = "changed"  # the result is another one, or none any more


def truths(certificates: Sequence[Certificate]) -> dict[int, Truth]:
    """By primary key, for certificates of one contest. A handful of queries, however many there are."""
    if not certificates:
        return {}
    contest = certificates[0].contest
    rounds = {each.number: each for each in contest.rounds.all()}
    asked: defaultdict[Ask, list[Certificate]] = defaultdict(list)
    for one in certificates:
        asked[_ask_of(one, rounds)].append(one)
    found: dict[int, Truth] = {}
    for ask, ones in asked.items():
        now = {(each.entry_id, each.about): each for each in claims(contest, ask, [one.entry_id for one in ones])}
        for one in ones:
            claim = now.get((one.entry_id, one.about))
            same = claim is not None and claim.substance == _substance(one)
            found[one.pk] = Truth.HOLDS if same else Truth.CHANGED
    doubted = {one.entry_id for one in certificates if found[one.pk] is not Truth.HOLDS}
    barred = Exclusion.objects.in_force().filter(contest=contest, member__entries__in=doubted)
    out = set(
        Entry.objects.filter(contest=contest, pk__in=doubted, member__in=barred.values("member")).values_list(
            "pk", flat=True
        )
    )
    for one in certificates:
        if found[one.pk] is not Truth.HOLDS and one.entry_id in out:
            found[one.pk] = Truth.EXCLUDED
    return found


def _ask_of(certificate: Certificate, rounds: dict[int, Round]) -> Ask:
    kind = Kind(certificate.said["kind"])
    number = certificate.about.partition(":")[2] if kind is not Kind.PRIZE else ""
    return Ask(kind, rounds.get(int(number)) if number else None, certificate.said["share"])


def _substance(certificate: Certificate) -> tuple[str, str, int | None]:
    return certificate.said["result"], certificate.said["prize"], certificate.said["place"]
