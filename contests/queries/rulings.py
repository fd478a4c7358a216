"""What the console shows of rulings on questions: those of a contest, questions to rule on, trials with people's names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet

from accounts.names import search_text
from contests.models import Attempt, Contest, Entry, GradeChange, KeyRuling, QuestionVersion
from contests.queries.judging import ruled_keys
from contests.queries.review import bank_rests_from
from contests.queries.shown import LETTERS, OF_OPTIONS
from contests.rules.kinds import AnswerKey, Kind
from contests.rules.lifecycle import COUNTED
from contests.rules.prizes import ranking_of
from contests.rules.suspect import Given, Suspicion, suspicion

FOUND = 20
SAMPLE = 5000  # attempts that the alarm looks at, the newest
ALARM_EVERY = 60  # seconds


# --- Rulings and questions -----------------------------------------------------------------------------------------
def rulings_of(contest: Contest) -> QuerySet[KeyRuling]:
    """The rulings of a contest, newest first."""
    rows = KeyRuling.objects.filter(contest=contest)
    return rows.select_related("contest", "version__question__bank", "version__image", "by", "applied_by", "undone_by")


def decided(contest: Contest) -> list[KeyRuling]:
    """Those that were applied, taken back or not."""
    return list(rulings_of(contest).filter(applied_at__isnull=False).order_by("-applied_at"))


def versions_of(contest: Contest) -> QuerySet[QuestionVersion]:
    """Every version of every question that the contest's papers may hold."""
    return QuestionVersion.objects.filter(question__bank=contest.bank_id).select_related("question", "topic", "image")


def find_versions(contest: Contest, text: str) -> list[QuestionVersion]:
    """Questions by code or words, accents ignored."""
    words = search_text(text[:80]).split()[:8]
    if not words or "\0" in text:
        return []
    found = versions_of(contest)
    for word in words:
        found = found.filter(Q(search_text__contains=word) | Q(question__code__icontains=word))
    return list(found.order_by("question__code", "-number")[:FOUND])


def answer_words(version: QuestionVersion, places: Iterable[int]) -> str:
    """Options as the bank letters them: B. Người sử dụng lao động."""
    options = version.options
    return "; ".join(f"{LETTERS[place]}. {options[place]}" for place in sorted(places) if place < len(options))


def key_now(contest: Contest, version: QuestionVersion) -> frozenset[int] | None:
    """The right options as the contest judges by them now; None: the question is void."""
    over = ruled_keys(contest.pk, [version.pk])
    return None if version.pk in over.void else over.keys[version.pk].right


# --- A trial, for people -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MoveLine:
    """Somebody who stands elsewhere."""

    name: str
    unit: str
    points_before: int | None
    points_after: int | None
    place_before: int | None
    place_after: int | None

    @property
    def up(self) -> bool:
        """Whether the new place is the better one."""
        return self.place_before is None or (self.place_after is not None and self.place_after < self.place_before)


@dataclass(frozen=True, slots=True)
class BoardMoves:
    """A ranking with those of it who move, the highest places first. `title` is empty for the whole contest."""

    title: str
    entries: int
    moved: int
    lines: list[MoveLine]

    @property
    def more(self) -> int:
        """Those who move and are not listed."""
        return self.moved - len(self.lines)


@dataclass(frozen=True, slots=True)
class PrizeLine:
    """A prize that changes hands."""

    name: str
    where: str
    lose: list[str]
    get: list[str]
    choose: list[str]


@dataclass(frozen=True, slots=True)
class TrialView:
    """What a decision would do."""

    boards: list[BoardMoves]
    prizes: list[PrizeLine]


def trial_view(contest: Contest, trial: Mapping[str, Any]) -> TrialView:
    """The trial with names and units, in two queries."""
    wanted = {move["entry"] for board in trial["boards"] for move in board["top"]}
    wanted |= {entry for prize in trial["prizes"] for name in ("lose", "get", "open_after") for entry in prize[name]}
    people = {
        public_id.hex: (name, unit)
        for public_id, name, unit in Entry.objects.filter(contest=contest, public_id__in=wanted)
        .values_list("public_id", "member__full_name", "unit_name")
    }  # fmt: skip
    titles = dict(contest.rounds.values_list("number", "title"))
    values = ("points_before", "points_after", "place_before", "place_after")
    boards = [
        BoardMoves(
            titles.get(board["round"], ""), board["entries"], board["moved"],
            [MoveLine(*people[move["entry"]], *(move[name] for name in values)) for move in board["top"] if move["entry"] in people],
        )
        for board in trial["boards"]
    ]  # fmt: skip
    return TrialView(boards, [_prize_line(prize, people, titles) for prize in trial["prizes"]])


def _prize_line(
    prize: Mapping[str, Any], people: Mapping[str, tuple[str, str]], titles: Mapping[int, str]
) -> PrizeLine:
    ranking = ranking_of(prize["ranking"])
    lose, get, choose = (
        [people[entry][0] for entry in prize[name] if entry in people] for name in ("lose", "get", "open_after")
    )
    return PrizeLine(
        prize["name"],
        " · ".join(filter(None, [titles.get(ranking.round or 0, ""), ranking.division])),
        lose,
        get,
        choose,
    )


# --- What a member is told -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Notice:
    """A ruling that changed this attempt's grade. `question` and `reason` are empty while they could hint at a key."""

    at: datetime
    what: str
    undo: bool
    question: str
    reason: str
    before: int
    after: int


def notices(attempt: Attempt, now: datetime) -> list[Notice]:
    """What rulings on questions changed about the attempt, the latest first."""
    rows = list(
        GradeChange.objects.filter(attempt=attempt, ruling__isnull=False).select_related("ruling").order_by("-pk")
    )
    rows = [row for row in rows if (row.points_before, row.right_before) != (row.points_after, row.right_after)]
    if not rows:
        return []
    places = {version: str(number) for number, (version, _) in enumerate(attempt.paper, 1)}
    over = now >= bank_rests_from(attempt.round)
    return [
        Notice(
            row.at, row.ruling.what, row.undo, places.get(row.ruling.version_id, "") if told else "",
            (row.ruling.undo_reason if row.undo else row.ruling.reason) if told else "", row.points_before, row.points_after,
        )
        for row in rows
        if row.ruling
        for told in [over or row.ruling.what == KeyRuling.What.VOID]
    ]  # fmt: skip


# --- The alarm -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Suspect:
    """A question whose key an organizer should look at."""

    version: QuestionVersion
    key: str
    other: str
    found: Suspicion


GIVEN = """
WITH counted AS (
    SELECT a.id, a.paper, a."right" FROM contests_attempt a JOIN contests_round r ON r.id = a.round_id
    WHERE r.contest_id = %s AND a.state = ANY(%s) ORDER BY a.id DESC LIMIT %s
), given AS (
    SELECT (q.item->>0)::bigint AS version, c."right",
           (SELECT array_agg(DISTINCT (q.item->1->>p.place::int)::int) FROM unnest(n.choice) AS p (place)) AS chosen
    FROM counted c
    CROSS JOIN LATERAL jsonb_array_elements(c.paper) WITH ORDINALITY AS q (item, place)
    JOIN contests_answer n ON n.attempt_id = c.id AND n.question = q.place
    WHERE cardinality(n.choice) > 0
)
SELECT version, chosen, "right", count(*) FROM given GROUP BY 1, 2, 3 ORDER BY 1
"""


def suspects(contest: Contest) -> list[Suspect]:
    """The questions of the contest on which the alarm sounds; for organizers only. Looked at anew once a minute."""
    if contest.state == Contest.State.DRAFT:
        return []
    ids = cache.get_or_set(f"suspects:{contest.pk}", lambda: list(_alarms(contest)), ALARM_EVERY) or []
    versions = versions_of(contest).in_bulk([pk for pk, _, _ in ids])
    return [
        Suspect(versions[pk], answer_words(versions[pk], key), answer_words(versions[pk], found.other), found)
        for pk, key, found in ids
        if pk in versions
    ]


def _alarms(contest: Contest) -> Iterator[tuple[int, list[int], Suspicion]]:
    by_version: dict[int, list[Given]] = {}
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, [contest.pk, [str(state) for state in COUNTED], SAMPLE])
        for version, chosen, right, people in cursor.fetchall():
            if chosen and None not in chosen:
                by_version.setdefault(version, []).append(Given(frozenset(chosen), right or 0, people))
    over = ruled_keys(contest.pk, by_version)
    for version, given in by_version.items():
        key = over.keys[version]
        if version in over.void or key.kind not in OF_OPTIONS or not key.right:
            continue
        if (found := suspicion(_accepted(key), given)) is not None:
            yield version, sorted(key.right), found


def _accepted(key: AnswerKey) -> list[frozenset[int]]:
    """The answers that earn its points."""
    return [key.right] if key.kind is Kind.MULTIPLE else [frozenset({place}) for place in key.right]
