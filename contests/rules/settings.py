"""The rule set of one round as validated data: JSON in, `RoundRules` out, and back.

Belongs here: which settings exist, their limits, their defaults. Does not belong here: what they mean, which lives in
`timing`, `windows`, `paper`, `grading`, `scoring`, `standing`, `prediction` and is said to members by `thele`. What holds for a
whole contest (ranking, divisions, prizes) is in `contest_settings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from contests.rules.kinds import Partial
from contests.rules.prediction import Prediction, dump_prediction, parse_prediction
from contests.rules.reading import Reader, RuleProblem, RulesInvalid
from contests.rules.scoring import PLAIN, Format, dump_format, parse_format
from contests.rules.windows import Window, dump_windows, read_windows

__all__ = [
    "DIFFICULTIES", "Counting", "DrawPart", "Partial", "Qualify", "Review", "RoundRules", "RuleProblem", "RulesInvalid", "ShowAfter", "dump", "moved_later",
    "parse_round_rules",
]  # fmt: skip

MINUTES = range(1, 181)
ATTEMPTS = range(1, 101)
GRACE_SECONDS = range(0, 61)
POINTS = range(1, 10_001)  # hundredths a question: 0.01 to 100 points
QUESTIONS = range(1, 101)  # of a whole paper: a full map of answers must fit into one request (answers_body.MAX_BODY)
MAX_TOPIC = 100  # characters
DIFFICULTIES = {
    "easy": "dễ",
    "medium": "vừa",
    "hard": "khó",
}  # as they are stored, and said after a number of questions
ROUNDS = range(1, 101)
FINALISTS = range(1, 100_001)


class Counting(StrEnum):
    """Which attempts of a round count, and which rounds of a contest."""

    BEST = "best"
    FIRST = "first"
    LAST = "last"
    SUM = "sum"


class ShowAfter(StrEnum):
    """What a member sees at the moment of handing in; the key is never shown while the round is open."""

    NOTHING = "nothing"
    SCORE = "score"


class Review(StrEnum):
    """What a member sees of their attempt once the round has closed. Each holds what stands above it."""

    NOTHING = "nothing"
    SCORE = "score"
    RIGHT_WRONG = "right_wrong"
    EXPLANATION = "explanation"  # the right answer, the explanation and the law article

    @property
    def hints_at_keys(self) -> bool:
        """Whether it waits until nobody can draw the same questions any more (`queries.review`)."""
        return self in (Review.RIGHT_WRONG, Review.EXPLANATION)


@dataclass(frozen=True, slots=True)
class DrawPart:
    """`count` questions of one topic go into every paper; of one difficulty, or ("") of any."""

    topic: str
    count: int
    difficulty: str = ""

    @property
    def word(self) -> str:
        """The difficulty as people say it; empty for any."""
        return DIFFICULTIES.get(self.difficulty, "")

    @property
    def said(self) -> str:
        """The topic as a finding names it: “Tiền lương”, “Tiền lương” (khó)."""
        return f"“{self.topic}”" + (f" ({self.word})" if self.difficulty else "")


@dataclass(frozen=True, slots=True)
class Qualify:
    """Only the first `top` of these rounds (none named: all before) may sit: a final. Who shares the last place is in."""

    top: int
    rounds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundRules:
    """The settings of a round. Build it with `parse_round_rules`, which is what holds it to the limits above."""

    minutes: int
    attempts: int | None  # None: as often as one likes
    draw: tuple[DrawPart, ...]
    shuffle_questions: bool = True
    shuffle_options: bool = True
    counting: Counting = Counting.BEST
    grace_seconds: int = 5
    show: ShowAfter = ShowAfter.SCORE
    review: Review = Review.SCORE
    points_per_question: int = 100  # hundredths
    scoring: Format = PLAIN
    partial: Partial = Partial.EXACT
    prediction: Prediction | None = None
    windows: tuple[Window, ...] = ()
    qualify: Qualify | None = None

    @property
    def questions(self) -> int:
        """How many questions a paper has."""
        return sum(part.count for part in self.draw)

    @property
    def full_points(self) -> int:
        """The most that a paper can earn, in hundredths, where no question has a weight of its own."""
        return self.scoring.full([self.points_per_question] * self.questions, limit_ms=self.minutes * 60_000)


def parse_round_rules(data: Mapping[str, Any]) -> RoundRules:
    """Read a rule set from decoded JSON. Raises `RulesInvalid` with all problems at once; unknown keys are refused.

    `minutes`, `attempts` (null = unlimited) and `draw` must be given, because a silent default for them would decide a
    contest; everything else has a default.
    """
    reader = _Reader(data)
    reader.refuse_unknown(
        {
            "minutes", "attempts", "draw", "shuffle_questions", "shuffle_options",
            "counting", "grace_seconds", "show", "review", "points_per_question", "scoring", "partial", "prediction", "windows",
            "qualify",
        }
    )  # fmt: skip
    rules = RoundRules(
        minutes=reader.whole("minutes", MINUTES, "phút"),
        attempts=reader.whole_or_none("attempts", ATTEMPTS, "lượt"),
        draw=reader.draw(),
        shuffle_questions=reader.flag("shuffle_questions", default=True),
        shuffle_options=reader.flag("shuffle_options", default=True),
        counting=reader.choice("counting", Counting, default=Counting.BEST),
        grace_seconds=reader.whole("grace_seconds", GRACE_SECONDS, "giây", default=5),
        show=reader.show(),
        review=reader.choice("review", Review, default=Review.SCORE),
        points_per_question=reader.whole("points_per_question", POINTS, "phần trăm điểm", default=100),
        scoring=reader.by("scoring", parse_format, default=PLAIN),
        partial=reader.choice("partial", Partial, default=Partial.EXACT),
        prediction=reader.by("prediction", parse_prediction, default=None),
        windows=read_windows(reader),
        qualify=reader.qualify(),
    )
    if reader.problems:
        raise RulesInvalid(tuple(reader.problems))
    return rules


def dump(rules: RoundRules) -> dict[str, Any]:
    """The rule set as plain JSON values; `parse_round_rules(dump(r)) == r`."""
    return {
        "minutes": rules.minutes,
        "attempts": rules.attempts,
        "draw": [
            {"topic": part.topic, "count": part.count} | ({"difficulty": part.difficulty} if part.difficulty else {})
            for part in rules.draw
        ],
        "shuffle_questions": rules.shuffle_questions,
        "shuffle_options": rules.shuffle_options,
        "counting": rules.counting.value,
        "grace_seconds": rules.grace_seconds,
        "show": rules.show.value,
        "review": rules.review.value,
        "points_per_question": rules.points_per_question,
        "scoring": dump_format(rules.scoring),
        "partial": rules.partial.value,
        "prediction": dump_prediction(rules.prediction) if rules.prediction else None,
        "windows": dump_windows(rules.windows),
        "qualify": {"top": rules.qualify.top, "rounds": list(rules.qualify.rounds)} if rules.qualify else None,
    }


def moved_later(rules: Mapping[str, Any], later: timedelta) -> dict[str, Any]:
    """The JSON of a round or a contest with every moment in it so much later: when a side question is counted, registration."""
    moved = deepcopy(dict(rules))
    for part, names in (("eligibility", ("register_from", "register_until")), ("prediction", ("as_of",))):
        held = moved.get(part)
        if not isinstance(held, dict):
            continue
        for name in names:
            # What is no moment stays for the reader of the rules to find.
            with suppress(KeyError, TypeError, ValueError):
                held[name] = (datetime.fromisoformat(held[name]) + later).isoformat()
    return moved


class _Reader(Reader):
    """Reads what only a round has."""

    def qualify(self) -> Qualify | None:
        """The setting of a final."""
        reader = self.inside("qualify")
        if reader is None:
            return None
        reader.refuse_unknown({"top", "rounds"})
        rounds = reader.data.get("rounds", [])
        if not isinstance(rounds, list | tuple) or not all(type(one) is int and one in ROUNDS for one in rounds):
            reader.note("rounds", "not_rounds", "Phải là danh sách số thứ tự các đợt, ví dụ [1, 2, 3].")
            rounds = []
        return Qualify(reader.whole("top", FINALISTS, "người"), tuple(sorted(set(rounds))))

    def show(self) -> ShowAfter:
        if self.data.get("show") in (Review.RIGHT_WRONG.value, Review.EXPLANATION.value):
            self.note(
                "show", "hints_at_keys",
                "Đáp án không được hiện khi đợt thi còn mở: người khác còn làm các câu ấy. Hãy chọn cho xem sau khi đợt đóng.",
            )  # fmt: skip
            return ShowAfter.SCORE
        return self.choice("show", ShowAfter, default=ShowAfter.SCORE)

    def draw(self) -> tuple[DrawPart, ...]:
        value = self.data.get("draw")
        if not isinstance(value, list | tuple) or not value:
            self.note("draw", "missing", "Đề thi cần ít nhất một chủ đề và số câu của chủ đề đó.")
            return ()
        found = len(self.problems)
        parts = tuple(self.draw_part(f"draw[{i}]", part) for i, part in enumerate(value))
        if len(self.problems) > found:
            return parts
        seen: set[tuple[str, str]] = set()
        for i, part in enumerate(parts):
            if (part.topic, part.difficulty) in seen:
                self.note(f"draw[{i}].topic", "repeated", f"Chủ đề {part.said} đã có ở trên; hãy gộp số câu lại.")
            seen.add((part.topic, part.difficulty))
        if (total := sum(part.count for part in parts)) not in QUESTIONS:
            self.note("draw", "too_many", f"Cả đề có {total} câu; nhiều nhất là {QUESTIONS[-1]} câu.")
        return parts

    def draw_part(self, field: str, value: Any) -> DrawPart:
        if not isinstance(value, Mapping):
            self.note(field, "not_an_object", "Mỗi phần của đề gồm chủ đề và số câu.")
            return DrawPart("", 1)
        part = Reader(value, within=f"{field}.", problems=self.problems)
        part.refuse_unknown({"topic", "count", "difficulty"})
        topic = value.get("topic")
        if not isinstance(topic, str) or not topic.strip() or topic != topic.strip() or len(topic) > MAX_TOPIC:
            part.note("topic", "bad_topic", f"Cần tên chủ đề, không quá {MAX_TOPIC} ký tự, không thừa dấu cách.")
            topic = ""
        difficulty = value.get("difficulty", "")
        if not isinstance(difficulty, str) or difficulty not in ("", *DIFFICULTIES):
            part.note(
                "difficulty",
                "bad_difficulty",
                "Độ khó phải là easy, medium, hard, hoặc để trống khi độ khó nào cũng được.",
            )
            difficulty = ""
        if "count" not in value:
            part.note("count", "missing", "Chưa có số câu.")
            return DrawPart(topic, 1, difficulty)
        return DrawPart(topic, part.checked_whole("count", value["count"], QUESTIONS, "câu"), difficulty)
