"""The rules of a whole contest as validated data: how it ranks, its divisions, who may take part, units' boards, prizes.

JSON in, `ContestRules` out, and back. What one round's settings say is in `settings`; whether both agree, and with the rounds'
times, is checked here too (`contradictions`), because each dispute starts where two rules disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from contests.rules.awards import OnePrize
from contests.rules.formula import Formula, parse_formula
from contests.rules.reading import Reader, RuleProblem, RulesInvalid, repeated
from contests.rules.settings import Counting, RoundRules
from contests.rules.ties import DEFAULT_CHAIN, Criterion, dump_chain, parse_chain
from contests.rules.windows import openings

MOST_DIVISIONS, MOST_BOARDS, MOST_PRIZES, MOST_UNITS = 20, 10, 100, 200
AGES = range(1, 101)
TIERS = range(1, 21)
PRIZE_COUNTS = range(1, 100_001)
AMOUNTS = range(0, 10_000_000_001)  # đồng
UNIT_SIZES = range(1, 10_000_001)  # people
TOP_OF_UNIT = range(1, 100_001)
APPEAL_DAYS = range(0, 31)
EACH = "each"
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?")


class PeopleOf(StrEnum):
    """Who stands in the denominator of a rate."""

    MEMBERS = "members"
    WORKERS = "workers"


class UnitBy(StrEnum):
    """What units are ranked by."""

    ENTRANTS = "entrants"
    RATE = "rate"
    MEAN_TOP = "mean_top"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Division:
    """A board of its own inside a contest. The first division on the list that takes an entry is its division.

    It takes people of units of these kinds, of these units and all below them, those who say that they belong to it
    (`declared`), or, with none of the three, everybody.
    """

    key: str
    name: str
    unit_kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    declared: bool = False

    @property
    def takes_everybody(self) -> bool:
        """Whether nobody is refused."""
        return not (self.unit_kinds or self.units or self.declared)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who of the audience may take part. `units` narrows it to these and all below; empty leaves it."""

    units: tuple[str, ...] = ()
    roster: bool = False  # only who is on the contest's list
    code: str = ""  # asked for once, at the first start
    min_age: int | None = None  # years, on the day of the first start
    exclude_staff: bool = True  # who organizes this contest or runs the site does not compete in it
    register_from: datetime | None = None
    register_until: datetime | None = None  # whoever has not registered by then may not sit

    @property
    def registers(self) -> bool:
        """Whether one must register before one may sit."""
        return self.register_until is not None


@dataclass(frozen=True, slots=True)
class UnitBoard:
    """A ranking of units. Compared are units of these kinds; none named: those right below the contest's audience."""

    key: str
    name: str
    by: UnitBy
    unit_kinds: tuple[str, ...] = ()
    min_size: int = 1  # people; smaller units are not ranked
    people: PeopleOf = PeopleOf.MEMBERS
    top: int = 10  # of MEAN_TOP and of the formula's diem_top
    formula: Formula | None = None


class PrizeFor(StrEnum):
    """Who gets a prize."""

    PERSON = "person"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class PrizeRule:
    """So many equal prizes. `round`: 0 over the whole contest, a number, or each. `division`: empty everybody, a key, or each.

    A unit's prize comes from the board `board`.
    """

    name: str
    count: int
    to: PrizeFor = PrizeFor.PERSON
    tier: int = 1
    amount: int = 0
    round: int | str = 0
    division: str = ""
    board: str = ""


@dataclass(frozen=True, slots=True)
class ContestRules:
    """The settings of a contest. Build it with `parse_contest_rules`."""

    chain: tuple[Criterion, ...] = DEFAULT_CHAIN
    over_rounds: Counting = Counting.SUM
    divisions: tuple[Division, ...] = ()
    eligibility: Eligibility = Eligibility()
    unit_boards: tuple[UnitBoard, ...] = ()
    prizes: tuple[PrizeRule, ...] = ()
    one_prize: OnePrize = OnePrize.CONTEST
    appeal_days: int = 3  # after publication; 0: none

    def division(self, key: str) -> Division | None:
        """The division of that key."""
        return next((one for one in self.divisions if one.key == key), None)


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round as the contest's rules look at it."""

    number: int
    opens_at: datetime
    closes_at: datetime
    rules: RoundRules


def parse_contest_rules(data: Mapping[str, Any]) -> ContestRules:
    """Read the rules of a contest from decoded JSON; everything has a default. Raises RulesInvalid with all problems."""
    reader = Reader(data)
    reader.refuse_unknown(
        {"chain", "over_rounds", "divisions", "eligibility", "unit_boards", "prizes", "one_prize", "appeal_days"}
    )
    rules = ContestRules(
        chain=reader.by("chain", parse_chain, default=DEFAULT_CHAIN),
        over_rounds=reader.choice("over_rounds", Counting, default=Counting.SUM),
        divisions=tuple(_division(one) for one in reader.each("divisions", MOST_DIVISIONS)),
        eligibility=_eligibility(reader),
        unit_boards=tuple(_unit_board(one) for one in reader.each("unit_boards", MOST_BOARDS)),
        prizes=tuple(_prize(one) for one in reader.each("prizes", MOST_PRIZES)),
        one_prize=reader.choice("one_prize", OnePrize, default=OnePrize.CONTEST),
        appeal_days=reader.whole("appeal_days", APPEAL_DAYS, "ngày", default=3),
    )
    _check_keys(reader, rules)
    if reader.problems:
        raise RulesInvalid(tuple(reader.problems))
    return rules


def dump_contest_rules(rules: ContestRules) -> dict[str, Any]:
    """The rules as plain JSON values; `parse_contest_rules(dump_contest_rules(r)) == r`."""
    fit = rules.eligibility
    return {
        "chain": dump_chain(rules.chain),
        "over_rounds": rules.over_rounds.value,
        "divisions": [
            {
                "key": one.key, "name": one.name, "unit_kinds": list(one.unit_kinds), "units": list(one.units),
                "declared": one.declared,
            }
            for one in rules.divisions
        ],
        "eligibility": {
            "units": list(fit.units), "roster": fit.roster, "code": fit.code, "min_age": fit.min_age,
            "exclude_staff": fit.exclude_staff, "register_from": _iso(fit.register_from),
            "register_until": _iso(fit.register_until),
        },
        "unit_boards": [
            {
                "key": one.key, "name": one.name, "by": one.by.value, "unit_kinds": list(one.unit_kinds),
                "min_size": one.min_size, "people": one.people.value, "top": one.top,
                "formula": one.formula.text if one.formula else None,
            }
            for one in rules.unit_boards
        ],
        "prizes": [
            {
                "name": one.name, "count": one.count, "for": one.to.value, "tier": one.tier, "amount": one.amount,
                "round": one.round, "division": one.division, "board": one.board,
            }
            for one in rules.prizes
        ],
        "one_prize": rules.one_prize.value,
        "appeal_days": rules.appeal_days,
    }  # fmt: skip


def contradictions(contest: ContestRules, rounds: Sequence[RoundFacts]) -> list[RuleProblem]:
    """Where the contest's rules, its rounds' rules and their times disagree, each with what to change."""
    return [
        *_about_times(contest, rounds),
        *_about_predictions(contest, rounds),
        *_about_finals(rounds),
        *_about_prizes(contest, rounds),
    ]


def _about_times(contest: ContestRules, rounds: Sequence[RoundFacts]) -> list[RuleProblem]:
    problems = []
    for one in rounds:
        if one.closes_at <= one.opens_at:
            problems.append(
                RuleProblem(f"rounds[{one.number}]", "closes_first", f"Đợt {one.number}: giờ đóng phải sau giờ mở.")
            )
        elif not openings(one.rules.windows, one.opens_at, one.closes_at):
            text = f"Đợt {one.number}: không khung giờ nào rơi vào thời gian của đợt; hãy sửa khung giờ hoặc ngày mở, đóng."
            problems.append(RuleProblem(f"rounds[{one.number}].windows", "never_open", text))
    last = max((one.closes_at for one in rounds), default=None)
    until, begins = contest.eligibility.register_until, contest.eligibility.register_from
    if until and last and until > last:
        text = "Hạn đăng ký ở sau khi đợt thi cuối đóng; hãy chọn hạn sớm hơn."
        problems.append(RuleProblem("eligibility.register_until", "after_close", text))
    if begins and not until:
        text = "Đã có giờ mở đăng ký thì phải có hạn đăng ký."
        problems.append(RuleProblem("eligibility.register_until", "missing", text))
    if begins and until and begins >= until:
        text = "Hạn đăng ký phải sau giờ mở đăng ký."
        problems.append(RuleProblem("eligibility.register_until", "not_after", text))
    return problems


def _about_predictions(contest: ContestRules, rounds: Sequence[RoundFacts]) -> list[RuleProblem]:
    problems = []
    asking = [one for one in rounds if one.rules.prediction]
    if Criterion.PREDICTION in contest.chain and rounds and not asking:
        text = "Xếp hạng theo câu hỏi phụ nhưng chưa đợt nào có câu hỏi phụ; hãy thêm câu hỏi phụ hoặc bỏ tiêu chí này."
        problems.append(RuleProblem("chain", "no_prediction", text))
    if asking and Criterion.PREDICTION not in contest.chain:
        text = "Có câu hỏi phụ nhưng thứ tự xếp hạng không dùng tới; hãy thêm tiêu chí câu hỏi phụ hoặc bỏ câu hỏi phụ."
        problems.append(RuleProblem("chain", "prediction_unused", text))
    for one in asking:
        as_of = one.rules.prediction.as_of if one.rules.prediction else None
        if as_of and as_of < one.closes_at:
            text = (
                f"Đợt {one.number}: số đúng của câu hỏi phụ được chốt trước khi đợt đóng nên có người biết trước; "
                "hãy chốt từ giờ đóng trở đi."
            )
            problems.append(RuleProblem(f"rounds[{one.number}].prediction.as_of", "before_close", text))
    return problems


def _about_finals(rounds: Sequence[RoundFacts]) -> list[RuleProblem]:
    problems = []
    by_number = {one.number: one for one in rounds}
    for one in rounds:
        if (final := one.rules.qualify) is None:
            continue
        place = f"rounds[{one.number}].qualify"
        earlier = final.rounds or tuple(number for number in by_number if number < one.number)
        if not earlier:
            problems.append(
                RuleProblem(place, "nothing_before", f"Đợt {one.number} là chung kết nhưng trước nó chưa có đợt nào.")
            )
        for number in earlier:
            before = by_number.get(number)
            if before is None:
                problems.append(
                    RuleProblem(place, "no_such_round", f"Chung kết lấy người từ đợt {number}, nhưng không có đợt ấy.")
                )
            elif before.closes_at + timedelta(seconds=before.rules.grace_seconds) > one.opens_at:
                text = f"Chung kết mở trước khi đợt {number} có kết quả; hãy lùi giờ mở chung kết."
                problems.append(RuleProblem(place, "too_early", text))
    return problems


def _about_prizes(contest: ContestRules, rounds: Sequence[RoundFacts]) -> list[RuleProblem]:
    numbers = {one.number for one in rounds}
    return [
        RuleProblem(
            f"prizes[{index}].round",
            "no_such_round",
            f"Giải “{prize.name}” là của đợt {prize.round}, nhưng không có đợt ấy.",
        )
        for index, prize in enumerate(contest.prizes)
        if rounds and type(prize.round) is int and prize.round and prize.round not in numbers
    ]


def _check_keys(reader: Reader, rules: ContestRules) -> None:
    """What one part of the contest's rules says of another."""
    if twice := repeated([one.key for one in rules.divisions]):
        reader.note("divisions", "repeated", f"Hai bảng cùng mang mã “{twice}”.")
    if twice := repeated([one.key for one in rules.unit_boards]):
        reader.note("unit_boards", "repeated", f"Hai bảng xếp hạng đơn vị cùng mang mã “{twice}”.")
    for index, one in enumerate(rules.divisions[:-1]):
        if one.takes_everybody:
            text = f"Bảng “{one.name}” nhận tất cả mọi người nên các bảng sau nó không còn ai; hãy để nó cuối cùng."
            reader.note(f"divisions[{index}]", "takes_everybody", text)
    divisions, boards = {one.key for one in rules.divisions}, {one.key for one in rules.unit_boards}
    for index, prize in enumerate(rules.prizes):
        place = f"prizes[{index}]"
        if prize.to is PrizeFor.UNIT and prize.board not in boards:
            text = f"Giải “{prize.name}” dành cho đơn vị: hãy chọn bảng xếp hạng đơn vị mà giải dựa vào."
            reader.note(f"{place}.board", "no_such_board", text)
        if prize.to is PrizeFor.PERSON and prize.board:
            reader.note(
                f"{place}.board",
                "not_for_units",
                f"Giải “{prize.name}” dành cho cá nhân nên không dựa vào bảng đơn vị.",
            )
        if prize.to is PrizeFor.UNIT and prize.division:
            reader.note(
                f"{place}.division", "not_for_units", f"Giải “{prize.name}” dành cho đơn vị nên không thuộc bảng nào."
            )
        if prize.division and prize.division not in divisions and not (prize.division == EACH and divisions):
            reader.note(f"{place}.division", "no_such_division", f"Giải “{prize.name}” thuộc một bảng không có.")


def _division(reader: Reader) -> Division:
    reader.refuse_unknown({"key", "name", "unit_kinds", "units", "declared"})
    division = Division(
        key=_key(reader), name=reader.text("name", 120), unit_kinds=reader.texts("unit_kinds", MOST_UNITS, 50),
        units=reader.texts("units", MOST_UNITS, 32), declared=reader.flag("declared", default=False),
    )  # fmt: skip
    if sum(map(bool, (division.unit_kinds, division.units, division.declared))) > 1:
        reader.note("", "several_ways", "Một bảng nhận người theo một cách: loại đơn vị, đơn vị, hoặc tự khai.")
    return division


def _eligibility(parent: Reader) -> Eligibility:
    reader = parent.inside("eligibility")
    if reader is None:
        return Eligibility()
    reader.refuse_unknown({"units", "roster", "code", "min_age", "exclude_staff", "register_from", "register_until"})
    return Eligibility(
        units=reader.texts("units", MOST_UNITS, 32),
        roster=reader.flag("roster", default=False),
        code=reader.text("code", 20, default=""),
        min_age=reader.whole_or_none("min_age", AGES, "tuổi", default=None),
        exclude_staff=reader.flag("exclude_staff", default=True),
        register_from=reader.moment_or_none("register_from"),
        register_until=reader.moment_or_none("register_until"),
    )


def _unit_board(reader: Reader) -> UnitBoard:
    reader.refuse_unknown({"key", "name", "by", "unit_kinds", "min_size", "people", "top", "formula"})
    board = UnitBoard(
        key=_key(reader),
        name=reader.text("name", 120),
        by=reader.choice("by", UnitBy, default=UnitBy.ENTRANTS),
        unit_kinds=reader.texts("unit_kinds", MOST_UNITS, 50),
        min_size=reader.whole("min_size", UNIT_SIZES, "người", default=1),
        people=reader.choice("people", PeopleOf, default=PeopleOf.MEMBERS),
        top=reader.whole("top", TOP_OF_UNIT, "người", default=10),
        formula=reader.by("formula", _formula, default=None),
    )
    if board.by is UnitBy.FORMULA and not reader.data.get("formula"):
        reader.note("formula", "missing", "Hãy viết công thức, ví dụ: thi_sinh / doan_vien * 100.")
    if board.by is not UnitBy.FORMULA and board.formula:
        reader.note("formula", "unused", "Bảng này không xếp theo công thức; hãy xoá công thức.")
    return board


def _prize(reader: Reader) -> PrizeRule:
    reader.refuse_unknown({"name", "count", "for", "tier", "amount", "round", "division", "board"})
    round_ = reader.data.get("round", 0)
    if round_ != EACH and (type(round_) is not int or not 0 <= round_ <= 100):
        reader.note("round", "not_a_round", "Phải là số thứ tự của đợt, 0 cho cả cuộc thi, hoặc “each” cho từng đợt.")
        round_ = 0
    return PrizeRule(
        name=reader.text("name", 120),
        count=reader.whole("count", PRIZE_COUNTS, "giải"),
        to=reader.choice("for", PrizeFor, default=PrizeFor.PERSON),
        tier=reader.whole("tier", TIERS, "(1 là giải cao nhất)", default=1),
        amount=reader.whole("amount", AMOUNTS, "đồng", default=0),
        round=round_,
        division=reader.text("division", 20, default=""),
        board=reader.text("board", 20, default=""),
    )


def _key(reader: Reader) -> str:
    key = reader.data.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or key == EACH:
        reader.note(
            "key", "bad_key", "Mã chỉ gồm chữ thường không dấu, số và gạch nối, tối đa 20 ký tự, ví dụ “bang-1”."
        )
        return ""
    return key


def _formula(text: Any) -> Formula:
    return parse_formula(text if isinstance(text, str) else "")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
