"""The rule set of one round as validated data: JSON in, `RoundRules` out, and back.

Belongs here: which settings exist, their limits, their defaults. Does not belong here: what they mean, which lives in
`timing`, `paper`, `grading`, `standing` and is said to members by `thele`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

MINUTES = range(1, 181)
ATTEMPTS = range(1, 101)
GRACE_SECONDS = range(0, 61)
POINTS = range(1, 10_001)  # hundredths a question: 0.01 to 100 points
QUESTIONS = range(1, 101)  # of a whole paper: a full map of answers must fit into one request (answers_body.MAX_BODY)
MAX_TOPIC = 100  # characters


class Counting(StrEnum):
    """Which attempt of a round counts."""

    BEST = "best"


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
    """`count` questions of one topic go into every paper."""

    topic: str
    count: int


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

    @property
    def questions(self) -> int:
        """How many questions a paper has."""
        return sum(part.count for part in self.draw)

    @property
    def full_points(self) -> int:
        """Points of a paper without a mistake, in hundredths."""
        return self.questions * self.points_per_question


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One thing wrong with a rule set: where (`draw[1].count`), a code for programs, a sentence for the organizer."""

    field: str
    code: str
    text: str


class RulesInvalid(ValueError):
    """A rule set was refused. `problems` holds every problem found: unknown keys first, then field by field."""

    def __init__(self, problems: tuple[RuleProblem, ...]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.text}" for p in problems))
        self.problems = problems


def parse_round_rules(data: Mapping[str, Any]) -> RoundRules:
    """Read a rule set from decoded JSON. Raises `RulesInvalid` with all problems at once; unknown keys are refused.

    `minutes`, `attempts` (null = unlimited) and `draw` must be given, because a silent default for them would decide a
    contest; everything else has a default.
    """
    reader = _Reader(data)
    reader.refuse_unknown(
        {
            "minutes", "attempts", "draw", "shuffle_questions", "shuffle_options",
            "counting", "grace_seconds", "show", "review", "points_per_question",
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
    )
    if reader.problems:
        raise RulesInvalid(tuple(reader.problems))
    return rules


def dump(rules: RoundRules) -> dict[str, Any]:
    """The rule set as plain JSON values; `parse_round_rules(dump(r)) == r`."""
    return {
        "minutes": rules.minutes,
        "attempts": rules.attempts,
        "draw": [{"topic": part.topic, "count": part.count} for part in rules.draw],
        "shuffle_questions": rules.shuffle_questions,
        "shuffle_options": rules.shuffle_options,
        "counting": rules.counting.value,
        "grace_seconds": rules.grace_seconds,
        "show": rules.show.value,
        "review": rules.review.value,
        "points_per_question": rules.points_per_question,
    }


_E = TypeVar("_E", bound=StrEnum)
_MISSING: Any = object()


class _Reader:
    """Reads one field at a time, notes what is wrong and goes on, so that an organizer mends everything in one go.

    After a problem a stand-in value is returned; it never leaves `parse_round_rules`, which raises.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.problems: list[RuleProblem] = []
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.note("", "not_an_object", "Thể lệ phải là một bộ thiết lập có tên từng mục.")

    def note(self, field: str, code: str, text: str) -> None:
        self.problems.append(RuleProblem(field, code, text))

    def refuse_unknown(self, known: set[str], within: Mapping[Any, Any] | None = None, prefix: str = "") -> None:
        for key in self.data if within is None else within:
            if key not in known:
                self.note(f"{prefix}{key}", "unknown", f"Không có thiết lập nào tên là “{key}”; hãy xoá mục này.")

    def whole(self, field: str, limits: range, unit: str, *, default: int = _MISSING) -> int:
        value = self.data.get(field, default)
        if value is _MISSING:
            self.note(field, "missing", "Chưa có giá trị; hãy nhập một số nguyên.")
            return limits[0]
        return self.checked_whole(field, value, limits, unit)

    def whole_or_none(self, field: str, limits: range, unit: str) -> int | None:
        if field in self.data and self.data[field] is None:
            return None
        return self.whole(field, limits, unit)

    def checked_whole(self, field: str, value: Any, limits: range, unit: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):  # True is an int to Python, never to an organizer
            self.note(field, "not_whole", "Phải là một số nguyên.")
        elif value not in limits:
            self.note(field, "out_of_range", f"Phải từ {limits[0]} đến {limits[-1]} {unit}.")
        else:
            return value
        return limits[0]

    def flag(self, field: str, *, default: bool) -> bool:
        value = self.data.get(field, default)
        if not isinstance(value, bool):
            self.note(field, "not_yes_no", "Chỉ nhận có hoặc không.")
            return default
        return value

    def choice(self, field: str, kind: type[_E], *, default: _E) -> _E:
        value = self.data.get(field, default)
        if not isinstance(value, str) or value not in {member.value for member in kind}:
            self.note(field, "not_a_choice", f"Phải là một trong: {', '.join(member.value for member in kind)}.")
            return default
        return kind(value)

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
        seen: set[str] = set()
        for i, part in enumerate(parts):
            if part.topic in seen:
                self.note(f"draw[{i}].topic", "repeated", f"Chủ đề “{part.topic}” đã có ở trên; hãy gộp số câu lại.")
            seen.add(part.topic)
        if (total := sum(part.count for part in parts)) not in QUESTIONS:
            self.note("draw", "too_many", f"Cả đề có {total} câu; nhiều nhất là {QUESTIONS[-1]} câu.")
        return parts

    def draw_part(self, field: str, value: Any) -> DrawPart:
        if not isinstance(value, Mapping):
            self.note(field, "not_an_object", "Mỗi phần của đề gồm chủ đề và số câu.")
            return DrawPart("", 1)
        self.refuse_unknown({"topic", "count"}, value, f"{field}.")
        topic = value.get("topic")
        if not isinstance(topic, str) or not topic.strip() or topic != topic.strip() or len(topic) > MAX_TOPIC:
            self.note(
                f"{field}.topic", "bad_topic", f"Cần tên chủ đề, không quá {MAX_TOPIC} ký tự, không thừa dấu cách."
            )
            topic = ""
        if "count" not in value:
            self.note(f"{field}.count", "missing", "Chưa có số câu.")
            return DrawPart(topic, 1)
        return DrawPart(topic, self.checked_whole(f"{field}.count", value["count"], QUESTIONS, "câu"))
