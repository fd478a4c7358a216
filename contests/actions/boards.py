"""From standings to boards. The database is the truth; a board is a picture that can be made again at any time.

A board whose round keeps its points back until the close does not exist before it: what is not in Redis, no socket can
tell. The worker's next look after the close makes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Member
from contests.models import Contest, Round, Standing
from contests.queries.standings import board_is_open, board_rows, board_state, next_version, standings_of
from leaderboard import live
from leaderboard.ranking import Gone, Row


def announce_standings(standing_ids: Iterable[int]) -> None:
    """Put changed standings on their boards. Called after commit; a dead Redis costs a late board and nothing else."""
    by_board: defaultdict[tuple[int, int | None], list[int]] = defaultdict(list)
    named = Standing.objects.filter(pk__in=standing_ids).values_list("pk", "contest", "round")
    for pk, contest_id, round_id in named:
        by_board[contest_id, round_id].append(pk)
    contests = Contest.objects.in_bulk({contest_id for contest_id, _ in by_board})
    rounds = Round.objects.select_related("contest").in_bulk({round_id for _, round_id in by_board if round_id})
    now = timezone.now()
    for (contest_id, round_id), ids in by_board.items():
        contest, round_ = contests[contest_id], rounds[round_id] if round_id else None
        name = round_.board_name if round_ else contest.board_name
        if not board_is_open(contest, round_, now):
            live.hide(name)  # it would go on showing what it knew: after the close it is made anew
            continue
        live.announce(name, list(board_rows(standings_of(contest, round_).filter(pk__in=ids))))


def announce_gone(gone: Iterable[tuple[str, str]], version: int) -> None:
    """Take entries (board, entry) off their boards, for good unless a newer standing brings them back."""
    for board, entry in gone:
        live.announce(board, [Gone(entry, version)])


def announce_member(member: Member) -> None:
    """Show a member's name anew on every board, after a consent was given or withdrawn or a name was corrected."""
    Standing.objects.filter(entry__member=member).update(version=next_version())
    announce_standings(Standing.objects.filter(entry__member=member).values_list("pk", flat=True))


def announce_states(contest: Contest) -> None:
    """Tell every board of the contest whether it is provisional or final. Called after commit."""
    for name, round_ in boards_of(contest):
        live.set_state(name, board_state(contest, round_))


def boards_of(contest: Contest) -> list[tuple[str, Round | None]]:
    """The boards of a contest that may exist now, by name: the whole contest, then each round."""
    now = timezone.now()
    return [(name, round_) for name, round_ in _named(contest) if board_is_open(contest, round_, now)]


def _named(contest: Contest) -> list[tuple[str, Round | None]]:
    return [(contest.board_name, None), *((round_.board_name, round_) for round_ in contest.rounds.all())]


def read_rows(contest: Contest, round_: Round | None) -> Iterable[Row]:
    """Every row of one board from SQL, read in chunks."""
    return board_rows(standings_of(contest, round_).iterator(chunk_size=2000))


def rebuild_boards(contest: Contest) -> dict[str, int]:
    """Make all boards of a contest anew from SQL; returns rows by board name. Raises redis errors: a person asked."""
    return {
        name: live.rebuild(name, lambda round_=round_: read_rows(contest, round_), board_state(contest, round_))
        for name, round_ in boards_of(contest)
    }


def ensure_boards() -> int:
    """Rebuild the boards of open contests that Redis does not have (flushed, restarted, new), hide those kept back.

    Returns how many were rebuilt.
    """
    rebuilt, now = 0, timezone.now()
    for contest in Contest.objects.filter(state=Contest.State.OPEN).prefetch_related("rounds"):
        for name, round_ in _named(contest):
            if not board_is_open(contest, round_, now):
                live.hide(name)
            elif live.is_missing(name):
                live.rebuild(
                    name,
                    lambda contest=contest, round_=round_: read_rows(contest, round_),
                    board_state(contest, round_),
                )
                rebuilt += 1
    return rebuilt
