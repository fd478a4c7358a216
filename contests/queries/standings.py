"""Standings as the board shows them, straight from SQL: what a board is rebuilt from and compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Consent
from accounts.names import mask_name
from contests.models import Attempt, Contest, Round, Standing, WinnersList
from contests.rules.settings import Review, RoundRules, ShowAfter, parse_round_rules
from contests.rules.ties import Result
from leaderboard.ranking import Row
from leaderboard.snapshot import State


def board_name(contest: Contest, round_: Round | None, division: str = "") -> str:
    """The name of a board in addresses, in sockets and in Redis: of a round or over all of them, of a division or of all."""
    whole = (round_ or contest).board_name
    return f"{whole}--bang-{division}" if division else whole


def standings_of(contest: Contest, round_: Round | None, division: str = "") -> QuerySet[Standing]:
    """The standings behind one board, each with its entry, member and whether the name may be shown whole."""
    consent = Consent.objects.filter(
        member=OuterRef("entry__member"), purpose=Consent.Purpose.SHOW_NAME, withdrawn_at__isnull=True
    )
    standings = Standing.objects.filter(contest=contest, round=round_)
    if division:
        standings = standings.filter(entry__division=division)
    return (
        standings.select_related("entry__member")
        .annotate(name_shown=Exists(consent))
        .order_by("order", "entry__public_id")
    )


def board_rows(standings: Iterable[Standing]) -> Iterator[Row]:
    """Rows for the board: names masked unless consented. Takes rows of `standings_of`."""
    for standing in standings:
        name = standing.entry.member.full_name
        yield Row(
            member=standing.entry.public_id.hex,
            order=standing.order,
            version=standing.version,
            shown={
                "name": name if standing.name_shown else mask_name(name),
                "unit": standing.entry.unit_name,
                "points": standing.points,
                "elapsed_ms": standing.elapsed_ms,
            },
        )


def result_of(standing: Standing) -> Result:
    """A standing as the tie chain compares it. Takes rows that have their entry."""
    return result_named(standing, standing.entry.public_id.hex, standing.entry.entered_at)


def result_named(standing: Standing, entry: str, entered_at: datetime) -> Result:
    """The same for a row without its entry: what is asked of it is given."""
    return Result(
        entry, standing.points, standing.right, standing.elapsed_ms, standing.off, standing.submitted_at, entered_at,
        standing.perfect, standing.decided,
    )  # fmt: skip


def next_version() -> int:
    """A number that grows from transaction to transaction; taken under the entry's lock, so per standing it never falls."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('contests_standing_version')")
        return int(cursor.fetchone()[0])


def score_is_shown(round_: Round, rules: RoundRules, now: datetime) -> bool:
    """Whether points of the round may be seen: at once, or, where the rules keep them back, after its close.

    A contest that was ended early has not closed for those who still sit: until the last of them is done, points wait.
    """
    if rules.show is ShowAfter.SCORE:
        return True
    if rules.review is Review.NOTHING:  # the organizer announces them
        return False
    if now >= round_.last_close:
        return True
    if round_.contest.state != Contest.State.CLOSED:
        return False
    return not Attempt.objects.filter(round=round_, state=Attempt.State.STARTED).exists()


def board_is_open(contest: Contest, round_: Round | None, now: datetime) -> bool:
    """Whether the board may be shown: not while a round of it keeps its points back."""
    rounds = [round_] if round_ else list(contest.rounds.all())
    return all(score_is_shown(each, parse_round_rules(each.rules), now) for each in rounds)


def board_state(contest: Contest, round_: Round | None) -> State:
    """`final` once a winners' list over it is published and nothing has changed since; `provisional` before and after."""
    covers = Q(round=None) | Q(round=round_) if round_ else Q(round=None)
    lists = WinnersList.objects.filter(
        covers, contest=contest, state=WinnersList.State.PUBLISHED, outdated_at__isnull=True
    )
    return "final" if lists.exists() else "provisional"
