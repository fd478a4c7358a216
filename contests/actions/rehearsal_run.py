"""The play of a rehearsal: everybody of the cast starts, saves, hands in or runs out of time, is graded and ranked.

Every step goes through the act that real members and the worker use, at moments of the rounds' own windows. Call inside the
transaction that is rolled back: what is announced after a commit is then never announced.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Member
from contests.actions.enter import enter_contest
from contests.actions.expire import expire
from contests.actions.finals import choose_finalists
from contests.actions.grade import grade_pending
from contests.actions.rehearsal_cast import BORN
from contests.actions.settle import settle_round
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Attempt, Contest, Finalist, Round
from contests.queries.bank import answer_keys
from contests.rules.contest_settings import ContestRules
from contests.rules.eligibility import asks
from contests.rules.kinds import Value
from contests.rules.kinds.shapes import GUESS, decode_shape
from contests.rules.recount import Sat
from contests.rules.settings import RoundRules, parse_round_rules
from contests.rules.staged_answers import right_answer, wrong_answer
from contests.rules.windows import Opening, next_opening, opening_for

SECOND_ATTEMPT, RUNS_OUT, LEFT_OUT = 0.3, 0.04, 0.03  # how often
MOST_ATTEMPTS = 2  # of one member in one round
AFTER = timedelta(minutes=10)  # the close: everything that ran out has been swept by then


@dataclass
class Played:
    """What was seen on the way."""

    started: int = 0
    handed_in: int = 0
    ran_out: int = 0
    graded: int = 0
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)  # (where, what was said) → how often
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)
    misjudged: list[str] = field(default_factory=list)
    sat: list[Sat] = field(default_factory=list)
    entries: dict[int, str] = field(default_factory=dict)
    uncounted: bool = False  # an essay, or points that are not counted plainly: no recount
    drawn: Counter[int] = field(default_factory=Counter)  # version → papers
    papers: int = 0
    start_ms: list[float] = field(default_factory=list)
    save_ms: list[float] = field(default_factory=list)


class Play:
    """One run of a copied contest by a cast."""

    def __init__(
        self, copy: Contest, rules: ContestRules, cast: list[Member], chance: random.Random, tell: Callable[[int, int], None]
    ) -> None:  # fmt: skip
        self.copy, self.rules, self.cast, self.chance, self.tell = copy, rules, cast, chance, tell
        self.skill = {one.pk: chance.triangular(0.35, 1.0, 0.8) for one in cast}
        self.seen = Played()
        self.step = 0

    def run(self) -> tuple[Played, datetime]:
        """All rounds in order; what was seen, and the moment after the last."""
        rounds = list(
            self.copy.rounds.select_related("contest__audience", "contest__bank").order_by("opens_at", "number")
        )
        if asks(self.rules):
            self._enter(rounds[0].opens_at)
        for round_ in rounds:
            rules = parse_round_rules(round_.rules)
            cast = self._who_may(round_, rules)
            for place, member in enumerate(cast, 1):
                self._sit(round_, rules, member)
                self.tell(self.step + place * len(self.cast) // len(cast), len(rounds) * len(self.cast))
            self.step += len(self.cast)
            self._judge(round_)
        return self.seen, max(one.closes_at for one in rounds) + AFTER

    def _enter(self, first: datetime) -> None:
        fit, divisions = self.rules.eligibility, [one.key for one in self.rules.divisions if one.declared]
        at = min(filter(None, [fit.register_until, first])) - timedelta(minutes=1)
        at = max(filter(None, [fit.register_from, at]))
        for member in self.cast:
            self._try("đăng ký", lambda member=member: enter_contest(  # type: ignore[misc]
                member=member, contest=self.copy, now=at, code=fit.code, born_on=BORN,
                declared=self.chance.choice(divisions) if divisions else "",
            ))  # fmt: skip

    def _who_may(self, round_: Round, rules: RoundRules) -> list[Member]:
        """Everybody; in a final those who reached it. They come in no order."""
        cast = list(self.cast)
        if rules.qualify is not None:
            choose_finalists(round_, round_.opens_at)
            reached = set(Finalist.objects.filter(round=round_).values_list("entry__member", flat=True))
            cast = [one for one in cast if one.pk in reached]
            if not cast:
                self.seen.refused["chung kết", f"Không ai vào được {round_.title}."] += 1
        self.chance.shuffle(cast)
        return cast

    def _sit(self, round_: Round, rules: RoundRules, member: Member) -> None:
        opening = opening_for(rules.windows, round_.opens_at, round_.closes_at, round_.closes_at, round_.opens_at)
        opening = opening or next_opening(rules.windows, round_.opens_at, round_.closes_at, round_.opens_at)
        if opening is None:
            self.seen.refused["khung giờ", f"{round_.title} không có lúc nào vào thi được."] += 1
            return
        at = self._moment(opening, rules.minutes)
        allowed = min(MOST_ATTEMPTS, rules.attempts or MOST_ATTEMPTS)
        for number in range(1, allowed + 1):
            if number > 1 and self.chance.random() > SECOND_ATTEMPT:
                return
            ended = self._one(round_, rules, member, at, number)
            if ended is None:
                return
            at = ended + timedelta(minutes=1)
            if at >= opening.closes_at:
                return

    def _moment(self, opening: Opening, minutes: int) -> datetime:
        """Half of them in the first ten minutes, as people do; the others at any time that leaves them a while."""
        length = opening.closes_at - opening.opens_at
        latest = max(timedelta(0), length - timedelta(minutes=minutes + 1))
        rush = min(latest, timedelta(minutes=10))
        return opening.opens_at + (rush if self.chance.random() < 0.5 else latest) * self.chance.random()

    def _one(self, round_: Round, rules: RoundRules, member: Member, at: datetime, number: int) -> datetime | None:
        """One attempt; when it ended, or None where none began."""
        begun = time.perf_counter()
        attempt = self._try("vào thi", lambda: start_attempt(member=member, round_=round_, now=at))
        if attempt is None:
            return None
        seen = self.seen
        seen.start_ms.append((time.perf_counter() - begun) * 1000)
        seen.started += 1
        seen.papers += 1
        seen.drawn.update(version for version, _ in attempt.paper)
        choices, right = self._answers(attempt, member)
        used = (attempt.deadline - at) * self.chance.triangular(0.2, 0.98, 0.6)
        half = dict(list(choices.items())[: len(choices) // 2])
        self._save(attempt, half, at + used / 2, submit=False)
        runs_out = self.chance.random() < RUNS_OUT
        ended = attempt.deadline if runs_out else at + used
        if self._save(
            attempt, choices, min(ended, attempt.deadline) - timedelta(seconds=int(runs_out)), submit=not runs_out
        ):
            seen.ran_out += runs_out
            seen.handed_in += not runs_out
            entry = seen.entries.setdefault(attempt.entry_id, attempt.entry.public_id.hex)
            elapsed = (ended - attempt.started_at) // timedelta(milliseconds=1)
            seen.sat.append(Sat(entry, round_.number, number, right, right * rules.points_per_question, elapsed))
        return ended

    def _answers(self, attempt: Attempt, member: Member) -> tuple[dict[int, Value], int]:
        """What the member sends, and how many of it are right."""
        shape, choices, right = decode_shape(attempt.shape), {}, 0
        keys = answer_keys(version for version, _ in attempt.paper)
        for place, (version, order) in enumerate(attempt.paper, 1):
            if self.chance.random() < LEFT_OUT:
                continue
            known = right_answer(keys[version], order)
            self.seen.uncounted |= known is None or keys[version].weight is not None
            if known is not None and self.chance.random() < self.skill[member.pk]:
                choices[place], right = known, right + 1
            else:
                choices[place] = wrong_answer(keys[version], order)
        if shape[-1:] == (GUESS,):
            choices[len(shape)] = str(self.chance.randint(1, 2 * len(self.cast)))
        return choices, right

    def _save(self, attempt: Attempt, choices: dict[int, Value], now: datetime, *, submit: bool) -> bool:
        begun = time.perf_counter()
        saved = self._try("lưu bài", lambda: save_form(attempt=attempt, choices=choices, now=now, submit=submit))
        self.seen.save_ms.append((time.perf_counter() - begun) * 1000)
        return saved is not None

    def _judge(self, round_: Round) -> None:
        """What the worker does at the end of a round: sweep, grade one by one (nobody else's), settle the side question."""
        mine, now = Attempt.objects.filter(round=round_), round_.closes_at + AFTER
        self._try("hết giờ", lambda: expire(mine, now=now))
        for pk in mine.filter(state__in=(Attempt.State.SUBMITTED, Attempt.State.EXPIRED)).values_list("pk", flat=True):
            self.seen.graded += self._try("chấm", lambda pk=pk: grade_pending(now=now, only=pk)) or 0  # type: ignore[misc]
        self._try("chốt câu hỏi phụ", lambda: settle_round(Round.objects.get(pk=round_.pk), now))
        self._compare(round_)

    def _compare(self, round_: Round) -> None:
        """Each grade against what was right by construction."""
        graded = {
            (entry.hex, number): right
            for entry, number, right in Attempt.objects.filter(round=round_).values_list(
                "entry__public_id", "number", "right"
            )
        }
        for one in self.seen.sat:
            if one.round == round_.number and graded.get((one.entry, one.number)) != one.right:
                said = f"{round_.title}: một bài có {one.right} câu đúng nhưng được chấm {graded.get((one.entry, one.number))}."
                self.seen.misjudged.append(said)

    def _try(self, where: str, act: Callable[[], object]):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """What the act returns; None where it was refused or failed, and both are counted with what was said."""
        try:
            with transaction.atomic():
                return act()
        except ContestError as refused:
            self.seen.refused[where, refused.text] += 1
        except Exception as error:
            self.seen.failed[where, f"{type(error).__name__}: {error}"[:300]] += 1
        return None
