"""What the members' pages show, read in a fixed number of queries whatever their length. Decides nothing that is stored."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import Rank, RowNumber
from django.utils.translation import gettext as _

from accounts.models import Consent, Member
from accounts.queries import has_consent, unit_of
from contests.models import (
    Answer,
    Attempt,
    AttemptEvent,
    Contest,
    Entry,
    Extension,
    Finalist,
    LateAnswer,
    QuestionVersion,
    Round,
    Standing,
)
from contests.queries.answers import received_count
from contests.queries.eligibility import EXCLUDED, is_excluded
from contests.queries.entries import who_sat
from contests.queries.extensions import extensions_in, terms_for, terms_under
from contests.queries.marking import Step, essays_on
from contests.queries.pauses import pause_words
from contests.queries.review import keys_open_from, ruling_of
from contests.queries.rulings import Notice, notices
from contests.queries.shown import ShownQuestion, SideQuestion, shown_image, shown_question
from contests.queries.standings import board_name, board_rows, board_state, score_is_shown, standings_of
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.eligibility import asks
from contests.rules.kinds import Kind
from contests.rules.kinds.shapes import GUESS, Shape, decode_shape
from contests.rules.lifecycle import COUNTED
from contests.rules.prediction import Meaning, Prediction, written
from contests.rules.settings import RoundRules, parse_round_rules
from contests.rules.timing import MayStart, Phase, Terms, may_start, round_phase, terms
from contests.rules.windows import Opening, next_opening, opening_for
from leaderboard import live
from leaderboard.ranking import Ranked, place_marks, ranked_from, with_ranks
from leaderboard.snapshot import Snapshot, version_at

FINISHED_SHOWN = 8  # finished contests on the home page
COUNT_FOR = 10  # seconds for which people and attempts of open contests are not counted again
COUNT_FINISHED_FOR = 600


# --- home ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Turnout:
    """People and attempts, which are different numbers and always stand side by side."""

    people: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ContestCard:
    """A contest in a list, with the round that matters now and the attempt that the visitor left open."""

    contest: Contest
    round: Round | None
    phase: Phase
    turnout: Turnout
    running: Attempt | None


@dataclass(frozen=True, slots=True)
class Home:
    """The home page: what is open (ending soonest first), what comes, what is over."""

    open: list[ContestCard]
    upcoming: list[ContestCard]
    finished: list[ContestCard]


def public_contests() -> QuerySet[Contest]:
    """Contests that anybody may read about: every one that has been published."""
    return Contest.objects.exclude(state=Contest.State.DRAFT).select_related("organizer", "audience")


def public_rounds() -> QuerySet[Round]:
    """The rounds of published contests, with what starting an attempt asks for."""
    return Round.objects.exclude(contest__state=Contest.State.DRAFT).select_related(
        "contest__audience", "contest__bank", "contest__organizer"
    )


def home_page(member: Member | None, now: datetime) -> Home:
    """The published contests, sorted into three lists."""
    by_phase: dict[Phase, list[tuple[Contest, Round | None]]] = {phase: [] for phase in Phase}
    for contest in public_contests().prefetch_related("rounds"):
        round_ = current_round(contest.rounds.all(), now)
        by_phase[contest_phase(contest, round_, now)].append((contest, round_))
    by_phase[Phase.CLOSED] = sorted(
        by_phase[Phase.CLOSED], key=lambda pair: pair[1].closes_at if pair[1] else pair[0].created_at, reverse=True
    )[:FINISHED_SHOWN]
    running = running_attempts(member, now)
    turnout = turnouts([contest for contest, _ in by_phase[Phase.OPEN]], COUNT_FOR)
    turnout |= turnouts([contest for contest, _ in by_phase[Phase.CLOSED]], COUNT_FINISHED_FOR)
    cards = {
        phase: [
            ContestCard(
                contest, round_, phase, turnout.get(contest.pk, Turnout()), running.get(round_.pk) if round_ else None
            )
            for contest, round_ in pairs
        ]
        for phase, pairs in by_phase.items()
    }
    return Home(
        open=sorted(
            cards[Phase.OPEN], key=lambda card: (card.running is None, card.round.closes_at if card.round else now)
        ),
        upcoming=sorted(
            cards[Phase.UPCOMING], key=lambda card: (card.round is None, card.round.opens_at if card.round else now)
        ),
        finished=cards[Phase.CLOSED],
    )


def current_round(rounds: Iterable[Round], now: datetime) -> Round | None:
    """The round that matters now: the open one that ends first, else the next to open, else the last that closed."""
    by_phase: defaultdict[Phase, list[Round]] = defaultdict(list)
    for round_ in rounds:
        by_phase[round_phase(round_.opens_at, round_.closes_at, now)].append(round_)
    if by_phase[Phase.OPEN]:
        return min(by_phase[Phase.OPEN], key=lambda round_: round_.closes_at)
    if by_phase[Phase.UPCOMING]:
        return min(by_phase[Phase.UPCOMING], key=lambda round_: round_.opens_at)
    return max(by_phase[Phase.CLOSED], key=lambda round_: round_.closes_at, default=None)


def contest_phase(contest: Contest, round_: Round | None, now: datetime) -> Phase:
    """Where the contest stands, given its current round. Between two rounds it is upcoming again."""
    if contest.state == Contest.State.CLOSED:
        return Phase.CLOSED
    return round_phase(round_.opens_at, round_.closes_at, now) if round_ else Phase.UPCOMING


def running_attempts(member: Member | None, now: datetime) -> dict[int, Attempt]:
    """The attempts that the member may go on with, by round."""
    if member is None:
        return {}
    attempts = Attempt.objects.filter(entry__member=member, state=Attempt.State.STARTED, accepts_until__gte=now)
    return {attempt.round_id: attempt for attempt in attempts.defer("paper")}


def turnouts(contests: Sequence[Contest], seconds: int) -> dict[int, Turnout]:
    """People and attempts by contest, counted anew after so many seconds: a count over a national contest is not free."""
    ids = sorted(contest.pk for contest in contests)
    if not ids:
        return {}
    key = "turnout:" + hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
    return cache.get_or_set(key, lambda: _count_turnouts(ids), seconds) or {}


def _count_turnouts(ids: list[int]) -> dict[int, Turnout]:
    people = dict(who_sat(Entry.objects.filter(contest__in=ids)).values_list("contest").annotate(Count("pk")))
    attempts = dict(Attempt.objects.filter(round__contest__in=ids).values_list("round__contest").annotate(Count("pk")))
    return {pk: Turnout(people.get(pk, 0), attempts.get(pk, 0)) for pk in ids}


# --- a contest -----------------------------------------------------------------------------------------------------
class NextStep(StrEnum):
    """The one thing a visitor can do about a round now."""

    START = "start"
    CONTINUE = "continue"
    LOGIN = "login"
    CHOOSE_UNIT = "choose_unit"
    REGISTER = "register"
    CONSENT = "consent"
    WAIT = "wait"
    PAUSED = "paused"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round as one visitor sees it. `left` None: as many attempts as they like."""

    round: Round
    rules: RoundRules
    phase: Phase
    step: NextStep
    reason: str
    running: Attempt | None
    used: int
    left: int | None
    terms: Terms  # extensions counted
    past: list[Attempt]
    score_shown: bool  # whether members see their points now
    next_window: Opening | None  # where the round is open at certain hours only, the next such stretch

    @property
    def is_extended(self) -> bool:
        """Whether this visitor has more time, a later close or more attempts than the round gives."""
        base = (self.rules.minutes, self.round.closes_at, self.rules.attempts)
        return (self.terms.minutes, self.terms.closes_at, self.terms.attempts) != base


@dataclass(frozen=True, slots=True)
class ContestPage:
    """The contest page: the round that matters now first in words and facts, then all rounds."""

    contest: Contest
    phase: Phase
    main: RoundView | None
    rounds: list[RoundView]
    turnout: Turnout
    entered: bool  # whether the visitor is in the contest already

    @property
    def others(self) -> list[RoundView]:
        """The rounds beside the main one."""
        return [view for view in self.rounds if view is not self.main]


def contest_page(contest: Contest, member: Member | None, now: datetime) -> ContestPage:
    """The contest for this visitor."""
    rounds = list(contest.rounds.all())
    main = current_round(rounds, now)
    entry = Entry.objects.filter(contest=contest, member=member).first() if member else None
    unit = unit_of(member) if member and entry is None else None
    agreed = member is None or has_consent(member, Consent.Purpose.TAKE_PART)
    path = entry.unit_path if entry else (unit.path if unit else None)
    attempts: defaultdict[int, list[Attempt]] = defaultdict(list)
    if entry is not None:
        for attempt in Attempt.objects.filter(entry=entry).defer("paper").order_by("number"):
            attempts[attempt.round_id].append(attempt)
    extensions = extensions_in(contest) if path is not None else []
    rules = parse_contest_rules(contest.rules)
    visitor = _Visitor(
        member, path, agreed, must_register=member is not None and entry is None and asks(rules),
        excluded=member is not None and is_excluded(contest, member),
        finals=frozenset(Finalist.objects.filter(entry=entry).values_list("round", flat=True)) if entry else frozenset(),
    )  # fmt: skip
    views = [
        _round_view(
            contest,
            round_,
            visitor,
            attempts[round_.pk],
            [extension for extension in extensions if extension.round_id == round_.pk],
            now,
        )
        for round_ in rounds
    ]
    phase = contest_phase(contest, main, now)
    seconds = COUNT_FINISHED_FOR if phase is Phase.CLOSED else COUNT_FOR
    return ContestPage(
        contest=contest, phase=phase, rounds=views,
        main=next((view for view in views if main is not None and view.round.pk == main.pk), None),
        turnout=turnouts([contest], seconds).get(contest.pk, Turnout()), entered=entry is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Who asks: `path` of the unit they entered with or belong to, None without any."""

    member: Member | None
    path: str | None
    agreed: bool
    must_register: bool  # whether the contest asks something before one is in it
    excluded: bool
    finals: frozenset[int]  # rounds that they have reached


def _round_view(
    contest: Contest,
    round_: Round,
    visitor: _Visitor,
    attempts: list[Attempt],
    extensions: list[Extension],
    now: datetime,
) -> RoundView:
    rules = parse_round_rules(round_.rules)
    terms = _terms_of(visitor, round_, rules, extensions)
    phase = round_phase(round_.opens_at, terms.closes_at, now)
    if contest.state == Contest.State.CLOSED:
        phase = Phase.CLOSED
    running = next((a for a in attempts if a.state == Attempt.State.STARTED and a.accepts_until >= now), None)
    opening = opening_for(rules.windows, round_.opens_at, round_.closes_at, terms.closes_at, now)
    verdict = may_start(
        opens_at=round_.opens_at, closes_at=terms.closes_at, now=now, attempts_allowed=terms.attempts,
        attempts_used=len(attempts), in_audience=visitor.path is None or visitor.path.startswith(contest.audience.path),
        in_window=opening is not None, qualified=not rules.qualify or visitor.member is None or round_.pk in visitor.finals,
    )  # fmt: skip
    if phase is Phase.CLOSED and verdict is not MayStart.NOT_IN_AUDIENCE:
        verdict = MayStart.CLOSED
    step, reason = _next_step(verdict, visitor, running), _reason(verdict, round_, visitor)
    if contest.paused_at is not None and running is None and not visitor.excluded and verdict in _BEFORE_THE_DOOR:
        step, reason = NextStep.PAUSED, pause_words(contest)
    return RoundView(
        round=round_, rules=rules, phase=phase, step=step, reason=reason,
        running=running, used=len(attempts), left=None if terms.attempts is None else max(0, terms.attempts - len(attempts)), terms=terms,
        past=[attempt for attempt in attempts if attempt is not running], score_shown=score_is_shown(round_, rules, now),
        next_window=next_opening(rules.windows, round_.opens_at, round_.closes_at, now) if rules.windows else None,
    )  # fmt: skip


_BEFORE_THE_DOOR = (MayStart.OK, MayStart.NOT_OPEN_YET, MayStart.BETWEEN_WINDOWS)


def _reason(verdict: MayStart, round_: Round, visitor: _Visitor) -> str:
    if visitor.excluded:
        return EXCLUDED
    if verdict is MayStart.NOT_QUALIFIED and round_.qualified_at is None:
        return "Danh sách vào vòng này có sau khi các đợt trước đóng và chấm xong."
    return verdict.text


def _terms_of(visitor: _Visitor, round_: Round, rules: RoundRules, extensions: list[Extension]) -> Terms:
    if visitor.member is None or visitor.path is None:
        return terms(minutes=rules.minutes, closes_at=round_.closes_at, attempts=rules.attempts)
    return terms_under(round_, rules, extensions, member_id=visitor.member.pk, path=visitor.path)


def _next_step(verdict: MayStart, visitor: _Visitor, running: Attempt | None) -> NextStep:
    if running is not None:
        return NextStep.CONTINUE
    if visitor.excluded:
        return NextStep.REFUSED
    if visitor.must_register and visitor.path is not None and verdict in _BEFORE_THE_DOOR:
        return NextStep.REGISTER
    if verdict in (MayStart.NOT_OPEN_YET, MayStart.BETWEEN_WINDOWS):
        return NextStep.WAIT
    if verdict is not MayStart.OK:
        return NextStep.REFUSED
    if visitor.member is None:
        return NextStep.LOGIN
    if visitor.path is None:
        return NextStep.CHOOSE_UNIT
    return NextStep.START if visitor.agreed else NextStep.CONSENT


# --- sitting -------------------------------------------------------------------------------------------------------
def attempts_of(member: Member) -> QuerySet[Attempt]:
    """The member's own attempts: the only ones whose pages exist for them."""
    return Attempt.objects.filter(entry__member=member).select_related("entry", "round__contest__audience")


def is_running(attempt: Attempt, now: datetime) -> bool:
    """Whether answers are still taken, whether or not the sweep has already closed what ran out."""
    return attempt.state == Attempt.State.STARTED and now <= attempt.accepts_until


@dataclass(frozen=True, slots=True)
class SittingPaper:
    """The questions in the paper's order and, where the rules ask one, the side question after them."""

    questions: list[ShownQuestion]
    side: SideQuestion | None = None

    @property
    def answered(self) -> int:
        """How many of its places have an answer that the server holds."""
        return sum(question.answered for question in self.questions) + bool(self.side and self.side.text)

    @property
    def places(self) -> int:
        """How many places there are to answer."""
        return len(self.questions) + (self.side is not None)


def shown_paper(attempt: Attempt) -> SittingPaper:
    """The paper in its order. Reads neither keys nor explanations, so that no page can let one slip.

    Of what a kind keeps besides, only the right side of a matching is read: it is shown.
    """
    texts = {
        pk: (Kind(kind), stem, options, right_side or [], shown_image(*image))
        for pk, kind, stem, options, right_side, *image in QuestionVersion.objects.filter(pk__in=[version for version, _ in attempt.paper])
        .values_list("pk", "kind", "stem", "options", "spec__right", "image__public_id", "image__width", "image__height", "image_alt")
    }  # fmt: skip
    stored = {answer.question: answer for answer in Answer.objects.filter(attempt=attempt)}
    shape = decode_shape(attempt.shape)
    questions = []
    for number, (version, order) in enumerate(attempt.paper, start=1):
        kind, stem, options, right_side, image = texts[version]
        answer = stored.get(number)
        questions.append(
            shown_question(
                number, kind, shape[number - 1], stem=stem, options=options, right_side=right_side, order=order,
                value=answer.value if answer else (), seq=answer.seq if answer else 0, image=image,
            )
        )  # fmt: skip
    return SittingPaper(questions, _side_question(attempt, shape, stored))


def _side_question(attempt: Attempt, shape: Sequence[Shape], stored: Mapping[int, Answer]) -> SideQuestion | None:
    asked = parse_round_rules(attempt.round.rules).prediction
    if shape[-1:] != (GUESS,) or asked is None:
        return None
    answer = stored.get(len(shape))
    text, seq = (answer.text, answer.seq) if answer else ("", 0)
    return SideQuestion(str(len(shape)), _guess_label(asked), _guess_hint(asked), text, str(seq))


def _guess_label(asked: Prediction) -> str:
    return {
        Meaning.PEOPLE: _("Theo bạn, có bao nhiêu người dự thi đợt này?"),
        Meaning.ATTEMPTS: _("Theo bạn, đợt này có bao nhiêu lượt thi?"),
        Meaning.ALL_RIGHT: _("Theo bạn, có bao nhiêu người trả lời đúng tất cả các câu?"),
        Meaning.RIGHT_GUESSERS: _("Theo bạn, có bao nhiêu người dự đoán đúng chính con số này?"),
        Meaning.ALL_RIGHT_PERCENT: _("Theo bạn, bao nhiêu phần trăm người dự thi trả lời đúng tất cả các câu?"),
    }[asked.meaning]


def _guess_hint(asked: Prediction) -> str:
    if asked.decimals:
        return _("Ghi một số, nhiều nhất %(n)s chữ số sau dấu phẩy, ví dụ 12,5.") % {"n": asked.decimals}
    return _("Ghi một số nguyên, ví dụ 1.234.")


# --- result --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OwnStanding:
    """Where the member stands on one board."""

    place: int
    total: int
    points: int
    elapsed_ms: int
    order: str
    entry: str
    name: str  # as everybody reads it on the board
    unit: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One attempt after its end. `standing` is None while nothing may be said of points."""

    attempt: Attempt
    rules: RoundRules
    phase: Phase
    questions: int
    received: int
    score_shown: bool
    standing: OwnStanding | None
    left: int | None
    may_try_again: bool
    late: int = 0  # answers kept apart: they came too late
    review_opens: datetime | None = None  # when the paper may be looked at with its judgement; None: never
    ruling: AttemptEvent | None = None
    notices: Sequence[Notice] = ()
    essays_waiting: int = 0  # essays of a judged attempt that people still mark: its points are not whole

    @property
    def guess(self) -> str:
        """The answer to the side question, as people write it; empty without one that can be read."""
        return "" if self.attempt.guess is None else written(self.attempt.guess)

    @property
    def truth(self) -> str:
        """The true number of the side question; empty until it has been counted, and while it is counted anew."""
        round_ = self.attempt.round
        return "" if round_.truth is None or round_.truth_at is None else written(round_.truth)

    @property
    def graded(self) -> bool:
        """Whether the points are known."""
        return self.attempt.points is not None

    @property
    def voided(self) -> bool:
        """Whether an organizer decided that the attempt does not count."""
        return self.attempt.state == Attempt.State.VOIDED

    @property
    def full_points(self) -> int:
        """Points of a paper without a mistake, in hundredths."""
        return self.rules.full_points

    @property
    def is_counted(self) -> bool:
        """Whether this attempt is the one on the board."""
        return self.standing is not None and (self.standing.points, self.standing.elapsed_ms) == (
            self.attempt.points, self.attempt.elapsed_ms,
        )  # fmt: skip


def result_page(attempt: Attempt, now: datetime) -> ResultPage:
    """The result of an attempt that has ended or whose time is over."""
    round_, contest = attempt.round, attempt.round.contest
    rules = parse_round_rules(round_.rules)
    phase = round_phase(round_.opens_at, round_.closes_at, now)
    if contest.state == Contest.State.CLOSED:
        phase = Phase.CLOSED
    used = Attempt.objects.filter(entry=attempt.entry, round=round_).count()
    terms = terms_for(round_, rules, member=attempt.entry.member, path=attempt.entry.unit_path)
    left = None if terms.attempts is None else max(0, terms.attempts - used)
    if contest.state != Contest.State.CLOSED:
        phase = round_phase(round_.opens_at, terms.closes_at, now)
    shown = score_is_shown(round_, rules, now)
    received = received_count(attempt)
    return ResultPage(
        attempt=attempt, rules=rules, phase=phase, questions=len(attempt.paper), received=received, score_shown=shown,
        standing=own_standing(contest, round_, attempt.entry) if shown else None,
        left=left, may_try_again=phase is Phase.OPEN and left != 0,
        late=LateAnswer.objects.filter(attempt=attempt, accepted_at__isnull=True).count(),
        review_opens=keys_open_from(round_), ruling=ruling_of(attempt), notices=notices(attempt, now),
        essays_waiting=sum(essay.step is not Step.DONE for essay in essays_on(attempt)) if attempt.state in COUNTED else 0,
    )  # fmt: skip


# --- boards --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class BoardTab:
    """One board of a contest: a round's, or the one over all rounds (`round` is None); of a division, or of everybody."""

    contest: Contest
    round: Round | None
    division: str = ""
    division_name: str = ""

    @property
    def name(self) -> str:
        """The board's name in addresses, in sockets and in Redis."""
        return board_name(self.contest, self.round, self.division)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A row as people read it; `shared` when the row beside it has the same place."""

    place: int
    name: str
    unit: str
    points: int
    elapsed_ms: int
    entry: str
    shared: bool = False
    own: bool = False


def board_tabs(contest: Contest, now: datetime) -> list[BoardTab]:
    """The boards that people choose from, the one that matters now first; one alone where there is one round."""
    rounds = list(contest.rounds.all())
    main = current_round(rounds, now)
    begun = [round_ for round_ in rounds if round_ is main or now >= round_.opens_at]
    chosen: list[Round | None] = [*sorted(begun, key=lambda each: (each is not main, -each.number))]
    if len(rounds) != 1:
        chosen.append(None)
    divisions = [("", ""), *((one.key, one.name) for one in parse_contest_rules(contest.rules).divisions)]
    return [BoardTab(contest, round_, key, name) for round_ in chosen for key, name in divisions]


def board_snapshot(contest: Contest, round_: Round | None, now: datetime, division: str = "") -> Snapshot:
    """The public picture of a board: from Redis, or from SQL while Redis does not have it."""
    name = board_name(contest, round_, division)
    return live.board_snapshot(name, lambda: sql_snapshot(contest, round_, now, division=division))


def sql_snapshot(
    contest: Contest, round_: Round | None, now: datetime, top: int = 10, *, division: str = ""
) -> Snapshot:
    """The same picture straight from the standings, without reading the whole board into this process."""
    at_ms = int(now.timestamp() * 1000)
    standings = _plain(contest, round_, division)
    total = standings.count()
    marks = (
        standings.annotate(rank=Window(RowNumber(), order_by="order"), place=Window(Rank(), order_by="order"))
        .filter(rank__in=place_marks(total))
        .order_by("rank")
        .values_list("order", "place")
    )
    return Snapshot(
        version=version_at(at_ms), total=total, top=tuple(with_ranks(board_rows(standings_of(contest, round_, division)[:top]))),
        marks=tuple(dict.fromkeys((order, place) for order, place in marks)), at_ms=at_ms,
        state=board_state(contest, round_),
    )  # fmt: skip


def board_lines(rows: Sequence[Ranked], own: str = "") -> list[BoardLine]:
    """Rows of a board for a template."""
    places = [ranked.place for ranked in rows]
    return [
        BoardLine(
            place=ranked.place, name=str(ranked.row.shown["name"]), unit=str(ranked.row.shown["unit"]),
            points=int(ranked.row.shown["points"]), elapsed_ms=int(ranked.row.shown["elapsed_ms"]), entry=ranked.row.member,
            shared=places.count(ranked.place) > 1, own=ranked.row.member == own,
        )
        for ranked in rows
    ]  # fmt: skip


def entry_of(contest: Contest, member: Member | AnonymousUser) -> Entry | None:
    """The member's entry in the contest; None for a visitor."""
    return Entry.objects.filter(contest=contest, member=member).first() if member.is_authenticated else None


def _plain(contest: Contest, round_: Round | None, division: str) -> QuerySet[Standing]:
    """The rows of a board without what only showing them asks for."""
    standings = Standing.objects.filter(contest=contest, round=round_)
    return standings.filter(entry__division=division) if division else standings


def own_standing(contest: Contest, round_: Round | None, entry: Entry, division: str = "") -> OwnStanding | None:
    """The entry's exact place; None before its first graded attempt, and on the board of another division. The result is the database's, the place is the
    board's where the board already has that result, else counted in the database.
    """
    row = next(board_rows(standings_of(contest, round_, division).filter(entry=entry)), None)
    if row is None:
        return None
    found = live.board_place(board_name(contest, round_, division), entry.public_id.hex)
    if found is not None and found.row.order == row.order:
        place, total = found.place, found.total
    else:
        board = _plain(contest, round_, division)
        place, total = board.filter(order__lt=row.order).count() + 1, board.count()
    return OwnStanding(
        place=place, total=total, points=int(row.shown["points"]), elapsed_ms=int(row.shown["elapsed_ms"]),
        order=row.order, entry=row.member, name=str(row.shown["name"]), unit=str(row.shown["unit"]),
    )  # fmt: skip


def neighbours(
    contest: Contest, round_: Round | None, entry: Entry, radius: int = 3, *, division: str = ""
) -> list[Ranked]:
    """The entry and those just above and below it; empty before its first graded attempt."""
    found = live.board_around(board_name(contest, round_, division), entry.public_id.hex, radius)
    if found is not None:
        return list(found.rows)
    own = _plain(contest, round_, division).filter(entry=entry).first()
    if own is None:
        return []
    board = standings_of(contest, round_, division)
    better = Q(order__lt=own.order) | Q(order=own.order, entry__public_id__lt=entry.public_id)
    above = list(board.filter(better).order_by("-order", "-entry__public_id")[:radius])[::-1]
    rows = [*above, *board.exclude(better)[: radius + 1]]
    first = rows[0]
    ahead = Q(order__lt=first.order) | Q(order=first.order, entry__public_id__lt=first.entry.public_id)
    return ranked_from(
        board.filter(ahead).count(), board.filter(order__lt=first.order).count() + 1, list(board_rows(rows))
    )
