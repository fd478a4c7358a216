"""A rule set: the rules of a whole contest in one JSON file, so that a contest is made without code. The form: docs/rule-sets.md.

Never raises anything but `RulesInvalid`, which names everything that is wrong at its place. A file also says what its source
is silent about: `defaults` names settings that it leaves to the platform, `chosen` those for which it had to choose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from contests.rules.contest_settings import (
    ContestRules,
    Division,
    Eligibility,
    PrizeRule,
    RoundFacts,
    UnitBoard,
    contradictions,
    dump_contest_rules,
    parse_contest_rules,
)
from contests.rules.reading import Reader, RuleProblem, RulesInvalid
from contests.rules.said import VIETNAM
from contests.rules.settings import RoundRules, dump, parse_round_rules

MAX_BYTES = 500_000
MOST_ROUNDS = 100
MAX_SUMMARY = MAX_SOURCE = 2_000
FORM = {"title", "summary", "organizer", "audience", "source", "rounds", "rules", "defaults", "chosen"}
# the names of prizes' settings in JSON; the others are called as in Python
_PRIZE = tuple("for" if field.name == "to" else field.name for field in fields(PrizeRule))
_ROUND = tuple(field.name for field in fields(RoundRules))
_PARTS = {
    "eligibility": tuple(field.name for field in fields(Eligibility)),
    "divisions": tuple(field.name for field in fields(Division)),
    "unit_boards": tuple(field.name for field in fields(UnitBoard)),
    "prizes": _PRIZE,
}
SETTINGS = frozenset(
    {"title", "organizer", "audience", "rounds", "round.title", "round.opens_at", "round.closes_at"}
    | {f"round.{name}" for name in _ROUND}
    | {f"rules.{field.name}" for field in fields(ContestRules)}
    | {f"rules.{part}.{name}" for part, names in _PARTS.items() for name in names}
)
# these have no default: a source that is silent about them makes the author of the file choose
MUST_BE_CHOSEN = frozenset(
    {"title", "rounds", "round.title", "round.opens_at", "round.closes_at", "round.minutes", "round.attempts", "round.draw",
     "rules.prizes.name", "rules.prizes.count"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleSetRound:
    """One round of a rule set."""

    title: str
    opens_at: datetime
    closes_at: datetime
    rules: RoundRules


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of a whole contest. `organizer` and `audience` are the source's words; units are named when it is loaded."""

    title: str
    rounds: tuple[RuleSetRound, ...]
    rules: ContestRules
    summary: str = ""
    organizer: str = ""
    audience: str = ""
    source: str = ""
    defaults: tuple[str, ...] = ()
    chosen: Mapping[str, str] | None = None


def read_rule_set_file(data: bytes) -> RuleSet:
    """Read the bytes of a file."""
    if len(data) > MAX_BYTES:
        _refuse("", "too_large", f"Tệp lớn quá {MAX_BYTES // 1000} KB; một bộ thể lệ không cần lớn như vậy.")
    try:
        decoded = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except UnicodeDecodeError:
        _refuse("", "not_utf8", "Tệp phải được lưu dạng UTF-8.")
    except json.JSONDecodeError as error:
        _refuse(
            "",
            "not_json",
            f"Dòng {error.lineno}, cột {error.colno}: không đọc được JSON. Hãy xem dấu phẩy và dấu ngoặc ở chỗ này.",
        )
    except RecursionError:
        _refuse("", "too_deep", "Tệp lồng quá nhiều dấu ngoặc.")
    return read_rule_set(decoded)


def read_rule_set(data: Any) -> RuleSet:
    """Read decoded JSON."""
    reader = Reader(data)
    if reader.problems:
        raise RulesInvalid(tuple(reader.problems))
    reader.refuse_unknown(FORM)
    rule_set = RuleSet(
        title=reader.text("title", 200),
        rounds=_rounds(reader),
        rules=_contest_rules(reader),
        summary=_words(reader, "summary", MAX_SUMMARY),
        organizer=_words(reader, "organizer", 250),
        audience=_words(reader, "audience", 500),
        source=_words(reader, "source", MAX_SOURCE),
        defaults=_defaults(reader),
        chosen=_chosen(reader),
    )
    if not reader.problems:
        facts = [
            RoundFacts(number, one.opens_at, one.closes_at, one.rules) for number, one in enumerate(rule_set.rounds, 1)
        ]
        reader.problems.extend(contradictions(rule_set.rules, facts))
    if reader.problems:
        raise RulesInvalid(tuple(reader.problems))
    return rule_set


def dump_rule_set(rule_set: RuleSet) -> dict[str, Any]:
    """The rule set as plain JSON values, every setting written out."""
    return {
        "title": rule_set.title, "summary": rule_set.summary, "organizer": rule_set.organizer, "audience": rule_set.audience,
        "source": rule_set.source,
        "rounds": [
            {
                "title": one.title, "opens_at": one.opens_at.isoformat(), "closes_at": one.closes_at.isoformat(),
                "rules": dump(one.rules),
            }
            for one in rule_set.rounds
        ],
        "rules": dump_contest_rules(rule_set.rules),
        "defaults": list(rule_set.defaults), "chosen": dict(rule_set.chosen or {}),
    }  # fmt: skip


def moved(rule_set: RuleSet, begins: date) -> RuleSet:
    """The same in later or earlier weeks: the first round opens in the week that follows `begins`, days of the week stay."""
    first = min(one.opens_at for one in rule_set.rounds).astimezone(VIETNAM).date()
    weeks = timedelta(weeks=-((first - begins).days // 7))
    fit = rule_set.rules.eligibility
    return replace(
        rule_set,
        rounds=tuple(
            replace(
                one,
                opens_at=one.opens_at + weeks,
                closes_at=one.closes_at + weeks,
                rules=_moved_rules(one.rules, weeks),
            )
            for one in rule_set.rounds
        ),
        rules=replace(
            rule_set.rules,
            eligibility=replace(
                fit,
                register_from=fit.register_from + weeks if fit.register_from else None,
                register_until=fit.register_until + weeks if fit.register_until else None,
            ),
        ),
    )


def _moved_rules(rules: RoundRules, weeks: timedelta) -> RoundRules:
    asked = rules.prediction
    if asked is None or asked.as_of is None:
        return rules
    return replace(rules, prediction=replace(asked, as_of=asked.as_of + weeks))


def _rounds(parent: Reader) -> tuple[RuleSetRound, ...]:
    readers = parent.each("rounds", MOST_ROUNDS)
    if not readers and not any(problem.field == "rounds" for problem in parent.problems):
        parent.note("rounds", "missing", "Cuộc thi cần ít nhất một đợt.")
    rounds = []
    for reader in readers:
        reader.refuse_unknown({"title", "opens_at", "closes_at", "rules"})
        title, opens_at, closes_at = (
            reader.text("title", 120),
            _moment(reader, "opens_at"),
            _moment(reader, "closes_at"),
        )
        try:
            rules = parse_round_rules(_object(reader, "rules"))
        except RulesInvalid as error:
            _take_over(reader, "rules", error)
            continue
        if opens_at and closes_at:
            rounds.append(RuleSetRound(title, opens_at, closes_at, rules))
    return tuple(rounds)


def _contest_rules(reader: Reader) -> ContestRules:
    try:
        return parse_contest_rules(_object(reader, "rules"))
    except RulesInvalid as error:
        _take_over(reader, "rules", error)
        return ContestRules()


def _object(reader: Reader, field: str) -> Mapping[str, Any]:
    value = reader.data.get(field, {})
    if isinstance(value, Mapping):
        return value
    reader.note(field, "not_an_object", "Phải là một bộ thiết lập trong dấu { }.")
    return {}


def _take_over(reader: Reader, field: str, error: RulesInvalid) -> None:
    for problem in error.problems:
        reader.note(f"{field}.{problem.field}" if problem.field else field, problem.code, problem.text)


def _moment(reader: Reader, field: str) -> datetime | None:
    found = len(reader.problems)
    moment = reader.moment_or_none(field)
    if moment is None and len(reader.problems) == found:
        reader.note(field, "missing", "Chưa có ngày giờ, ví dụ 2026-11-22T08:00:00+07:00.")
    return moment


def _words(reader: Reader, field: str, most: int) -> str:
    """Text that may have several lines."""
    value = reader.data.get(field, "")
    if not isinstance(value, str) or len(value) > most or not value.replace("\n", "").isprintable():
        reader.note(field, "not_text", f"Phải là chữ, không quá {most} ký tự.")
        return ""
    return value.strip()


def _defaults(reader: Reader) -> tuple[str, ...]:
    """The settings that the file leaves to the platform; one that it sets all the same is a contradiction."""
    names = reader.texts("defaults", len(SETTINGS), 60)
    for index, name in enumerate(names):
        place = f"defaults[{index}]"
        if name not in SETTINGS:
            reader.note(place, "unknown", f"Không có thiết lập nào tên là “{name}”.")
        elif name in MUST_BE_CHOSEN:
            reader.note(
                place,
                "no_default",
                f"“{name}” không có giá trị mặc định; hãy chọn một giá trị và ghi lý do ở “chosen”.",
            )
        elif _is_set(reader.data, name):
            reader.note(
                place, "set", f"“{name}” được ghi là để mặc định nhưng tệp lại đặt giá trị; hãy bỏ một trong hai."
            )
    return names


def _chosen(reader: Reader) -> dict[str, str]:
    """The settings that had to be chosen, each with what was chosen and why."""
    given = _object(reader, "chosen")
    for name, why in given.items():
        place = f"chosen.{name}"
        if name not in SETTINGS:
            reader.note(place, "unknown", f"Không có thiết lập nào tên là “{name}”.")
        elif not isinstance(why, str) or not why.strip() or len(why) > MAX_SOURCE:
            reader.note(place, "not_text", "Hãy ghi vì sao chọn giá trị này.")
        elif not _is_set(reader.data, str(name)):
            reader.note(place, "not_set", f"“{name}” được ghi là đã chọn nhưng tệp không đặt giá trị.")
    return {str(name): why for name, why in given.items() if isinstance(why, str)}


def _is_set(data: Mapping[str, Any], name: str) -> bool:
    """Whether the file gives the setting a value anywhere."""
    head, _, rest = name.partition(".")
    if head == "round":
        rounds = data.get("rounds")
        places = [one for one in rounds if isinstance(one, Mapping)] if isinstance(rounds, list) else []
        if rest not in ("title", "opens_at", "closes_at"):
            places = [one["rules"] for one in places if isinstance(one.get("rules"), Mapping)]
        return any(rest in one for one in places)
    if not rest:
        return head in data
    rules = data.get("rules")
    part, _, field = rest.partition(".")
    value = rules.get(part) if isinstance(rules, Mapping) else None
    if not field:
        return isinstance(rules, Mapping) and part in rules
    each = value if isinstance(value, list) else [value]
    return any(isinstance(one, Mapping) and field in one for one in each)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            _refuse(key, "repeated", f"Mục “{key}” đứng hai lần trong cùng một dấu ngoặc; hãy bỏ một.")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    _refuse("", "not_a_number", f"“{name}” không phải là số dùng được.")


def _refuse(field: str, code: str, text: str) -> NoReturn:
    raise RulesInvalid((RuleProblem(field, code, text),))
