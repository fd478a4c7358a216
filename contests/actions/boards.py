"""From standings to boards. The database is the truth; a board is a picture that can be made again at any time.

A board whose round keeps its points back until the close does not exist before it: what is not in Redis, no socket can
tell. The worker's next look after the close makes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Member
from contests.models import Contest, Round, Standing
from contests.queries.standings import board_is_open, board_name, board_rows, board_state, next_version, standings_of
from contests.rules.contest_settings import parse_contest_rules
from leaderboard import live
from leaderboard.ranking import Gone, Row
from leaderboard.snapshot import State


def announce_standings(standing_ids: Iterable[int]) -> None:
    """Put changed standings on their boards. Called after commit; a dead Redis costs a late board and nothing else."""
    by_board: defaultdict[tuple[int, int | None], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    named = Standing.objects.filter(pk__in=standing_ids).values_list("pk", "contest", "round", "entry__division")
    for pk, contest_id, round_id, division in named:
        by_board[contest_id, round_id][division].append(pk)
    contests = Contest.objects.in_bulk({contest_id for contest_id, _ in by_board})
    rounds = Round.objects.select_related("contest").in_bulk({round_id for _, round_id in by_board if round_id})
    now = timezone.now()
    for (contest_id, round_id), by_division in by_board.items():
        contest, round_ = contests[contest_id], rounds[round_id] if round_id else None
        if not board_is_open(contest, round_, now):
            for division in {
                "",
                *by_division,
            }:  # they would go on showing what they knew: after the close they are made anew
                live.hide(board_name(contest, round_, division))
            continue
        ids = [pk for pks in by_division.values() for pk in pks]
        rows = list(board_rows(standings_of(contest, round_).filter(pk__in=ids)))
        live.announce(board_name(contest, round_), rows)
        for division, pks in by_division.items():
            if division:
                of_division = board_rows(standings_of(contest, round_, division).filter(pk__in=pks))
                live.announce(board_name(contest, round_, division), list(of_division))


def announce_gone(gone: Iterable[tuple[str, str]], version: int) -> None:
    """Take entries (board, entry) off their boards, for good unless a newer standing brings them back."""
    for board, entry in gone:
        live.announce(board, [Gone(entry, version)])


def announce_member(member: Member) -> None:
    """Show a member's name anew on every board, after a consent was given or withdrawn or a name was corrected."""
    Standing.objects.filter(entry__member=member).update(version=next_version())
    announce_standings(Standing.objects.filter(entry__member=member).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Board:
    """One board of a contest: of a round or over all of them (None), of a division or of everybody ("")."""

    contest: Contest
    round: Round | None
    division: str

    @property
    def name(self) -> str:
        """Its name in Redis."""
        return board_name(self.contest, self.round, self.division)

    def state(self) -> State:
        """Whether its results are official."""
        return board_state(self.contest, self.round)

    def rows(self) -> Iterable[Row]:
        """Every row from SQL, read in chunks by a query of its own."""
        return board_rows(standings_of(self.contest, self.round, self.division).iterator(chunk_size=2000))


def announce_states(contest: Contest) -> None:
    """Tell every board of the contest whether it is provisional or final. Called after commit."""
    for board in boards_of(contest):
        live.set_state(board.name, board.state())


def boards_of(contest: Contest) -> list[Board]:
    """The boards of a contest that may exist now: the whole contest, then each round, each whole and by division."""
    now = timezone.now()
    return [board for board in _all_boards(contest) if board_is_open(contest, board.round, now)]


def _all_boards(contest: Contest) -> list[Board]:
    divisions = ["", *(one.key for one in parse_contest_rules(contest.rules).divisions)]
    return [Board(contest, round_, key) for round_ in [None, *contest.rounds.all()] for key in divisions]


def rebuild_boards(contest: Contest) -> dict[str, int]:
    """Make all boards of a contest anew from SQL; returns rows by board name. Raises redis errors: a person asked."""
    return {board.name: live.rebuild(board.name, board.rows, board.state()) for board in boards_of(contest)}


def ensure_boards() -> int:
    """Rebuild the boards of open contests that Redis does not have (flushed, restarted, new), hide those kept back.

    Returns how many were rebuilt.
    """
    rebuilt, now = 0, timezone.now()
    for contest in Contest.objects.filter(state=Contest.State.OPEN).prefetch_related("rounds"):
        for board in _all_boards(contest):
            if not board_is_open(contest, board.round, now):
                live.hide(board.name)
            elif live.is_missing(board.name):
                live.rebuild(board.name, board.rows, board.state())
                rebuilt += 1
    return rebuilt
