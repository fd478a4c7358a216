"""Winners: what a list would be if it were proposed now and what stands against that, what is published, who moves between two.

A list is of the whole contest, or of one round of several (`round_`).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Consent, Unit
from accounts.names import mask_name
from contests.models import Attempt, Award, Contest, Entry, Round, Standing, WinnersList
from contests.queries.marking import waiting_essays
from contests.queries.pages import neighbours
from contests.queries.rankings import barred, ranking
from contests.queries.standings import result_of
from contests.queries.unit_boards import unit_ranking
from contests.rules.awards import Awards, Passed, Prize, Undecided, give_awards
from contests.rules.contest_settings import ContestRules, UnitBoard, parse_contest_rules
from contests.rules.prizes import may_stand_alone, prizes_of, prizes_of_round, ranking_of
from contests.rules.reasons import explain, result_words
from contests.rules.said import Said
from contests.rules.settings import parse_round_rules
from contests.rules.ties import Placed, Result, rank, whole_decisions
from contests.rules.unit_board import RankedUnit, value_text

DIGESTED = (
    "entry__public_id", "round__number", "entry__division", "points", "right", "elapsed_ms", "submitted_at", "perfect", "off", "decided",
)  # fmt: skip
UNFINISHED = (Attempt.State.STARTED, Attempt.State.SUBMITTED, Attempt.State.EXPIRED)


# --- What a proposal would be --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why no list can be proposed now: a code for programs, a sentence for the organizer."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class TiedEntry:
    """One of those who share a place, with what they reached."""

    entry: Entry
    result: str


@dataclass(frozen=True, slots=True)
class TiedGroup:
    """People among whom the organizer chooses. `key` names the group in a form."""

    prize: Prize
    place: int
    left: int
    entries: list[TiedEntry]

    @property
    def key(self) -> str:
        """The same for the same people in the same ranking."""
        who = sorted(one.entry.public_id.hex for one in self.entries)
        return hashlib.sha256(f"{self.prize.ranking}:{who}".encode()).hexdigest()[:16]


@dataclass
class Outlook:
    """What a list would be at this moment. Nothing of it is saved."""

    contest: Contest
    round: Round | None
    rules: ContestRules
    obstacles: list[Obstacle] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    tied: list[TiedGroup] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # prizes that wait for those groups
    barred: dict[str, str] = field(default_factory=dict)

    @property
    def results_stand(self) -> bool:
        """Whether every round concerned is over and judged."""
        return not any(one.code in ("draft", "open", "unfinished", "essays", "unsettled") for one in self.obstacles)

    @cached_property
    def digest(self) -> str:
        """Of the standings that it is made from."""
        return digest_of(self.contest, self.round)


def outlook(contest: Contest, round_: Round | None, now: datetime) -> Outlook:
    """What a list would be now, and everything that stands against proposing it."""
    rules = parse_contest_rules(contest.rules)
    rounds = list(contest.rounds.all())
    look = Outlook(contest, round_, rules)
    look.obstacles += unfinished(contest, [round_] if round_ else rounds, now)
    look.obstacles += _other_lists(contest, round_)
    numbers = [one.number for one in rounds]
    if round_ is not None and not may_stand_alone(rules, round_.number, numbers):
        look.obstacles.append(
            Obstacle("not_alone", "Thể lệ cho mỗi người chỉ một giải cao nhất của cả cuộc thi, nên giải của một đợt chưa xét riêng được. Hãy đề xuất cho cả cuộc thi khi mọi đợt đã đóng.")
        )  # fmt: skip
        return look
    if not look.results_stand:
        return look
    if not Standing.objects.filter(contest=contest, round=round_).exists():
        look.obstacles.append(Obstacle("nobody", "Chưa có ai có kết quả để xếp giải."))
        return look
    prizes = _prizes(rules, round_, numbers)
    look.barred = barred(contest)
    by_number = {one.number: one for one in rounds}
    units = _unit_rankings(contest, by_number, rules, prizes)
    rankings = _rankings(contest, by_number, rules, prizes) | {name: board.line for name, board in units.items()}
    outcome = give_awards(prizes, rankings, one_prize=rules.one_prize, not_eligible=look.barred)
    people = _people(contest, outcome)
    look.awards = _lines(outcome, rankings, people, units, rules)
    look.tied = [_tied(group, rankings, people, rules) for group in outcome.undecided if not group.prize.units]
    look.obstacles += [_tied_units(group, units) for group in outcome.undecided if group.prize.units]
    look.waiting = [one.prize.name for one in outcome.waiting]
    if look.tied:
        look.obstacles.append(Obstacle("undecided", "Còn người bằng nhau mà giải không đủ cho tất cả; ban tổ chức cần quyết định thứ tự."))  # fmt: skip
    return look


def unfinished(contest: Contest, rounds: Sequence[Round], now: datetime) -> list[Obstacle]:
    if contest.state == Contest.State.DRAFT:
        return [Obstacle("draft", "Cuộc thi chưa mở.")]
    if not rounds:
        return [Obstacle("nobody", "Cuộc thi chưa có đợt thi nào.")]
    found = [
        Obstacle("open", f"{one.title} chưa đóng.")
        for one in rounds
        if contest.state != Contest.State.CLOSED and now < one.last_close
    ]
    left = Attempt.objects.filter(round__in=rounds, state__in=UNFINISHED).count()
    if left and not found:
        found.append(
            Obstacle("unfinished", f"Còn {left} lượt thi chưa nộp hoặc chưa chấm xong. Hãy thử lại sau ít phút.")
        )
    if not found and (essays := waiting_essays(rounds)):
        found.append(
            Obstacle(
                "essays", f"Còn {essays} bài tự luận chưa chấm xong. Hãy chấm hết ở trang Chấm tự luận rồi đề xuất."
            )
        )
    for one in rounds:
        if parse_round_rules(one.rules).prediction and (one.truth is None or one.truth_at is None) and not found:
            found.append(Obstacle("unsettled", f"{one.title}: số đúng của câu hỏi phụ chưa được chốt."))
    return found


def _other_lists(contest: Contest, round_: Round | None) -> list[Obstacle]:
    lists = WinnersList.objects.filter(contest=contest)
    if waiting := lists.filter(round=round_, state__in=["proposed", "verified"]).first():
        return [Obstacle("in_hand", f"Danh sách số {waiting.number} đang chờ. Hãy công bố hoặc rút lại nó trước.")]
    published = lists.filter(state=WinnersList.State.PUBLISHED)
    whole = published.filter(round=None).first()
    if round_ is not None and whole is not None:
        return [
            Obstacle("whole", f"Kết quả cả cuộc thi đã công bố (danh sách số {whole.number}), trong đó có đợt này.")
        ]
    own = published.filter(round=round_, outdated_at__isnull=True).first()
    if own is not None and own.snapshot["digest"] == digest_of(contest, round_):
        return [Obstacle("published", f"Danh sách số {own.number} đã công bố và kết quả không đổi từ đó.")]
    return []


@dataclass(frozen=True, slots=True)
class _UnitLine:
    """A ranking of units as prizes are given from it, with each unit and how its value came about."""

    line: list[Placed]
    units: dict[str, Unit]
    words: dict[str, str]


def _prizes(rules: ContestRules, round_: Round | None, numbers: Sequence[int]) -> list[Prize]:
    return prizes_of_round(rules, round_.number) if round_ else prizes_of(rules, numbers)


def _unit_rankings(
    contest: Contest, rounds: dict[int, Round], rules: ContestRules, prizes: Iterable[Prize]
) -> dict[str, _UnitLine]:
    """The rankings of units that the prizes name. Counted afresh; units that are not ranked are not in line."""
    boards = {board.key: board for board in rules.unit_boards}
    found = {}
    for name in sorted({prize.ranking for prize in prizes if prize.units}):
        of = ranking_of(name)
        board = boards[of.board]
        ranked = unit_ranking(contest, board, rounds[of.round] if of.round else None)
        placed = [one for one in ranked if one.place is not None and one.value is not None]
        found[name] = _UnitLine(
            [Placed(one.place or 0, Result(str(one.unit.unit))) for one in placed],
            {str(pk): unit for pk, unit in Unit.objects.in_bulk([one.unit.unit for one in placed]).items()},
            {str(one.unit.unit): _value_words(board, one) for one in placed},
        )
    return found


def _value_words(board: UnitBoard, one: RankedUnit) -> str:
    value = value_text(board, one.value) if one.value is not None else ""
    return f"{value} ({one.worked})" if one.worked else value


def _tied_units(group: Undecided, units: dict[str, _UnitLine]) -> Obstacle:
    names = ", ".join(units[group.prize.ranking].units[entry].name for entry in group.entries)
    text = f"{group.prize.name}: {names} cùng hạng {group.place} mà chỉ còn {group.left} giải. Chưa có cách ghi quyết định giữa các đơn vị."
    return Obstacle("tied_units", text)


def _rankings(
    contest: Contest, rounds: dict[int, Round], rules: ContestRules, prizes: Iterable[Prize]
) -> dict[str, list[Placed]]:
    """The rankings that the prizes name. A decision among equals counts only where it orders all of them."""
    found = {}
    for name in {prize.ranking for prize in prizes if not prize.units}:
        of = ranking_of(name)
        placed = ranking(contest, rounds[of.round] if of.round else None, of.division)
        found[name] = rank(whole_decisions([one.result for one in placed], rules.chain), rules.chain)
    return found


def _people(contest: Contest, outcome: Awards) -> dict[str, Entry]:
    named = {one.entry for one in (*outcome.given, *outcome.passed) if not one.prize.units}
    named |= {entry for group in outcome.undecided if not group.prize.units for entry in group.entries}
    rows = Entry.objects.filter(contest=contest, public_id__in=named).select_related("member")
    return {entry.public_id.hex: entry for entry in rows}


def _lines(
    outcome: Awards,
    rankings: dict[str, list[Placed]],
    people: dict[str, Entry],
    units: dict[str, _UnitLine],
    rules: ContestRules,
) -> list[Award]:
    """The rows of a list, unsaved: prize by prize, who gets it, then who was passed over."""
    results = {
        (name, placed.result.entry): placed.result
        for name, line in rankings.items()
        for placed in line
        if placed.result.entry in people
    }
    by_prize: defaultdict[Prize, tuple[list[Award], list[Award]]] = defaultdict(lambda: ([], []))
    for one in outcome.given:
        if one.prize.units:
            board = units[one.prize.ranking]
            award = _award(one.prize, board.units[one.entry], one.place, board.words[one.entry], given=True)
        else:
            words = result_words(results[one.prize.ranking, one.entry], rules.chain).vi
            award = _award(one.prize, people[one.entry], one.place, words, given=True)
        by_prize[one.prize][0].append(award)
    told = set()
    for passed in outcome.passed:
        if (passed.prize.ranking, passed.entry, passed.note) not in told:
            told.add((passed.prize.ranking, passed.entry, passed.note))
            why = f"Đã nhận {passed.note}." if passed.why is Passed.HOLDS_ANOTHER else passed.note
            who = units[passed.prize.ranking].units[passed.entry] if passed.prize.units else people[passed.entry]
            by_prize[passed.prize][1].append(_award(passed.prize, who, passed.place, why, given=False))
    lines = [line for given, passed_over in by_prize.values() for line in (*given, *passed_over)]
    for position, line in enumerate(lines, start=1):
        line.position = position
    return lines


def _award(prize: Prize, who: Entry | Unit, place: int, why: str, *, given: bool) -> Award:
    entry, unit = (who, None) if isinstance(who, Entry) else (None, who)
    return Award(
        given=given, prize=prize.name, tier=prize.tier, amount=prize.amount, ranking=prize.ranking, entry=entry, unit=unit, place=place,
        why=why,
    )  # fmt: skip


def _tied(
    group: Undecided, rankings: dict[str, list[Placed]], people: dict[str, Entry], rules: ContestRules
) -> TiedGroup:
    results = {placed.result.entry: placed.result for placed in rankings[group.prize.ranking]}
    entries = [TiedEntry(people[entry], result_words(results[entry], rules.chain).vi) for entry in group.entries]
    return TiedGroup(group.prize, group.place, group.left, entries)


def digest_of(contest: Contest, round_: Round | None) -> str:
    """SHA-256 of all that a list rests on: standings, who is passed over, the units' boards that prizes come from."""
    rows = Standing.objects.filter(contest=contest)
    if round_ is not None:
        rows = rows.filter(round=round_)
    digest = hashlib.sha256(json.dumps(sorted(barred(contest).items())).encode())
    rules, rounds = parse_contest_rules(contest.rules), {one.number: one for one in contest.rounds.all()}
    for name, board in _unit_rankings(contest, rounds, rules, _prizes(rules, round_, list(rounds))).items():
        placed = [(one.place, one.result.entry, board.words[one.result.entry]) for one in board.line]
        digest.update(json.dumps([name, placed]).encode())
    for row in rows.order_by("entry__public_id", "round__number").values_list(*DIGESTED).iterator(chunk_size=5000):
        digest.update(json.dumps(row, default=str).encode())
    return digest.hexdigest()


# --- Lists that exist ----------------------------------------------------------------------------------------------
def lists_of(contest: Contest) -> QuerySet[WinnersList]:
    """All lists of a contest, the newest first, with the people who acted on them."""
    people = ("proposed_by", "verified_by", "published_by", "withdrawn_by")
    return WinnersList.objects.filter(contest=contest).select_related("round", *people)


def with_names(awards: QuerySet[Award]) -> QuerySet[Award]:
    """The lines with their people; `name_shown` says whether the public may read the whole name."""
    consent = Consent.objects.filter(
        member=OuterRef("entry__member"), purpose=Consent.Purpose.SHOW_NAME, withdrawn_at__isnull=True
    )
    return awards.select_related("entry__member", "unit").annotate(name_shown=Exists(consent))


def awards_of(winners_list: WinnersList) -> list[Award]:
    """Every line of a list, for the console."""
    return list(with_names(winners_list.awards.all()))


def published_lists(contest: Contest) -> list[WinnersList]:
    """What is published now: the list of the whole contest, or those of single rounds; each with `awards.all()` ready."""
    lines = Prefetch("awards", queryset=with_names(Award.objects.filter(given=True)))
    found = (
        lists_of(contest).filter(state=WinnersList.State.PUBLISHED).order_by("round__number").prefetch_related(lines)
    )
    return list(found)


def last_withdrawn(contest: Contest) -> WinnersList | None:
    """The list that was published and withdrawn last, for a page that has nothing else to show."""
    return (
        lists_of(contest)
        .filter(state=WinnersList.State.WITHDRAWN, published_at__isnull=False)
        .order_by("-withdrawn_at")
        .first()
    )


def published_like(winners_list: WinnersList) -> WinnersList | None:
    """The published list that this one would take the place of."""
    lists = WinnersList.objects.filter(contest=winners_list.contest_id, round=winners_list.round_id)
    return lists.filter(state=WinnersList.State.PUBLISHED).first()


def is_published(contest: Contest) -> bool:
    """Whether the page of winners has a list to show."""
    return WinnersList.objects.filter(contest=contest, state=WinnersList.State.PUBLISHED).exists()


def published_for(round_: Round) -> WinnersList | None:
    """The list that holds the round's official result."""
    lists = WinnersList.objects.filter(contest=round_.contest_id, state=WinnersList.State.PUBLISHED)
    return lists.filter(Q(round=None) | Q(round=round_)).order_by("-published_at").first()


# --- How the public and a member read it ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PublicLine:
    """Somebody who gets a prize, as everybody reads it."""

    name: str
    unit: str
    place: int
    why: str


@dataclass(frozen=True, slots=True)
class PrizeLines:
    """A prize with all who get it. `of` says what it was won in; `total` is its money times its winners."""

    prize: str
    of: str
    amount: int
    lines: list[PublicLine]


def public_prizes(winners_list: WinnersList, contest: Contest) -> list[PrizeLines]:
    """The list by prizes, in its order, names masked unless their owner agreed. Takes lists of `published_lists`."""
    rounds = {one.number: one.title for one in contest.rounds.all()}
    rules = parse_contest_rules(winners_list.snapshot["contest_rules"])
    groups: dict[tuple[str, str, int], list[PublicLine]] = {}
    for award in winners_list.awards.all():
        key = (award.prize, ranking_title(award.ranking, rounds, rules), award.amount)
        groups.setdefault(key, []).append(_public_line(award))
    return [PrizeLines(prize, of, amount, lines) for (prize, of, amount), lines in groups.items()]


def ranking_title(name: str, rounds: dict[int, str], rules: ContestRules) -> str:
    """What a prize was won in, in words: Tuần 1, Bảng A; empty for the whole contest."""
    of = ranking_of(name)
    division = rules.division(of.division)
    board = next((one.name for one in rules.unit_boards if one.key == of.board), of.board)
    parts = [rounds.get(of.round, str(of.round)) if of.round else "", division.name if division else of.division, board]
    return ", ".join(part for part in parts if part)


def _public_line(award: Award) -> PublicLine:
    if award.entry is None:
        return PublicLine(award.unit.name if award.unit else "", "", award.place, award.why)
    name = award.entry.member.full_name
    shown = name if getattr(award, "name_shown", False) else mask_name(name)
    return PublicLine(shown, award.entry.unit_name, award.place, award.why)


def own_awards(entry: Entry) -> list[Award]:
    """The published prizes of one entry."""
    return list(Award.objects.filter(entry=entry, given=True, winners_list__state=WinnersList.State.PUBLISHED))


def why_here(contest: Contest, round_: Round | None, entry: Entry) -> list[Said]:
    """Why the entry stands where it stands: against the one above and the one below, unnamed. Empty without a result."""
    around = neighbours(contest, round_, entry, radius=1)
    named = [ranked.row.member for ranked in around]
    rows = Standing.objects.filter(contest=contest, round=round_, entry__public_id__in=named).select_related("entry")
    results = {row.entry.public_id.hex: result_of(row) for row in rows}
    placed = [Placed(ranked.place, results[ranked.row.member]) for ranked in around if ranked.row.member in results]
    own = next((one for one in placed if one.result.entry == entry.public_id.hex), None)
    if own is None:
        return []
    chain = parse_contest_rules(contest.rules).chain
    return list(dict.fromkeys(explain(own, other, chain) for other in placed if other is not own))


# --- Between two lists ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Move:
    """Somebody whose prizes are not the same on both lists; empty: none."""

    who: Entry | Unit
    before: str
    after: str

    @property
    def name(self) -> str:
        """Their name in full."""
        return self.who.member.full_name if isinstance(self.who, Entry) else self.who.name

    @property
    def kind(self) -> str:
        """`in`, `out`, or `moved`."""
        return "in" if not self.before else "moved" if self.after else "out"


def differences(before: Iterable[Award], after: Iterable[Award]) -> list[Move]:
    """Who comes in, who falls out, who moves, in the order of the lists."""
    held: dict[Entry | Unit, tuple[list[Award], list[Award]]] = {}
    for side, lines in enumerate((before, after)):
        for line in lines:
            who = line.entry or line.unit
            if line.given and who is not None:
                held.setdefault(who, ([], []))[side].append(line)
    return [
        Move(who, _names(old), _names(new))
        for who, (old, new) in held.items()
        if {(a.prize, a.ranking) for a in old} != {(a.prize, a.ranking) for a in new}
    ]


def _names(lines: Iterable[Award]) -> str:
    return ", ".join(line.prize for line in lines)
