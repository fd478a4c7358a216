"""What must come of a contest, worked out from the text of its rules: slow, plain, and with nothing of the platform's own.

It reads the JSON of a rule set as `docs/rule-sets.md` describes it and people as `simulate` makes them. It imports nothing of
`contests`: whatever both get wrong, they get wrong for two different reasons.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

MISSING = (1, 0)  # stands behind every (0, value)
WHOLE = 0  # the number that stands for the whole contest


# --- reading -------------------------------------------------------------------------------------------------------
def chain_of(raw: dict[str, Any]) -> list[str]:
    chain = raw.get("rules", {}).get("chain", ["points", "time", "shared"])
    return [one for one in chain if one != "shared"]


def setting(raw: dict[str, Any], name: str, default: Any) -> Any:
    return raw.get("rules", {}).get(name, default)


# --- one attempt ---------------------------------------------------------------------------------------------------
def half_up(value: Fraction) -> int:
    """To a whole number, halves away from zero."""
    size = abs(value)
    whole = int(size)
    if size - whole >= Fraction(1, 2):
        whole += 1
    return whole if value >= 0 else -whole


def credits(attempt: dict[str, Any], rules: dict[str, Any]) -> list[Fraction | None]:
    """What each answer is worth. `answers` are outcomes: r, w, -, or h: one of the two that are right and no other."""
    worth: list[Fraction | None] = []
    for outcome in attempt["answers"]:
        if outcome == "-":
            worth.append(None)
        elif outcome == "r":
            worth.append(Fraction(1))
        elif outcome == "h" and rules.get("partial", "exact") != "exact":
            worth.append(Fraction(1, 2))
        else:
            worth.append(Fraction(0))
    return worth


def points(attempt: dict[str, Any], rules: dict[str, Any]) -> int:
    """In hundredths."""
    weight, worth = rules.get("points_per_question", 100), credits(attempt, rules)
    earned = sum((weight * one for one in worth if one), Fraction(0))
    scoring = rules.get("scoring", {"name": "plain"})
    if scoring["name"] == "negative":
        wrong = len([one for one in worth if one is not None and one == 0])
        result = half_up(earned - Fraction(wrong * weight * scoring["penalty"], 100))
        return result if scoring.get("below_zero") else max(0, result)
    result = half_up(earned)
    if scoring["name"] == "speed" and worth.count(Fraction(1)) >= scoring["least_right"]:
        left = int((attempt["deadline"] - attempt["submitted_at"]).total_seconds()) // 60
        result += min(scoring["most"], max(0, left) * scoring["per_minute"])
    if scoring["name"] == "streak":
        row = 0
        for one in worth:
            row = row + 1 if one == 1 else 0
            if row > scoring["after"]:
                result += scoring["bonus"]
    return result


def judged(attempt: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    right = credits(attempt, rules).count(Fraction(1))
    return {
        "points": points(attempt, rules), "right": right, "perfect": right == len(attempt["answers"]),
        "time": (attempt["submitted_at"] - attempt["started_at"]) // timedelta(milliseconds=1),
        "submitted": attempt["submitted_at"], "number": attempt["number"], "guess": attempt["guess"],
    }  # fmt: skip


# --- what counts ---------------------------------------------------------------------------------------------------
def better_first(chain: list[str]) -> Any:
    """How two attempts of one person, or two of their rounds, are compared."""

    def compared(one: dict[str, Any]) -> list[Any]:
        key: list[Any] = []
        for criterion in [*chain, "points", "time", "submitted"]:
            if criterion in ("points", "right"):
                key.append(-one[criterion])
            elif criterion in ("time", "submitted"):
                key.append(one[criterion])
        return key

    return compared


def choose(rows: list[dict[str, Any]], how: str, chain: list[str]) -> list[dict[str, Any]]:
    """Those of the rows, which stand in their order, that count."""
    if how == "sum":
        return rows
    if how == "first":
        return rows[:1]
    if how == "last":
        return rows[-1:]
    return sorted(rows, key=better_first(chain))[:1]


def added(rows: list[dict[str, Any]], all_rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "points": sum(one["points"] for one in rows), "right": sum(one["right"] for one in rows),
        "time": sum(one["time"] for one in rows), "submitted": max(one["submitted"] for one in rows),
        "perfect": sum(int(one["perfect"]) for one in all_rows),
    }  # fmt: skip


def round_results(raw: dict[str, Any], world: dict[str, Any], number: int) -> dict[str, dict[str, Any]]:
    """By entry, before anybody knows the true number."""
    rules = raw["rounds"][number - 1]["rules"]
    found = {}
    for person in world["entrants"]:
        if person["excluded"] == "result":
            continue
        mine = sorted(
            (one for one in person["attempts"] if one["round"] == number and not one["voided"]), key=lambda one: one["number"]
        )  # fmt: skip
        if not mine:
            continue
        rows = [judged(one, rules) for one in mine]
        counts = choose(rows, rules.get("counting", "best"), chain_of(raw))
        result = added(counts, rows)
        result["asked"] = bool(rules.get("prediction"))
        result["guess"] = counts[-1]["guess"] if result["asked"] else None
        found[person["id"]] = result
    return found


# --- the side question ---------------------------------------------------------------------------------------------
def true_number(
    raw: dict[str, Any], world: dict[str, Any], number: int, results: dict[str, dict[str, Any]]
) -> int | None:
    """In units of 10⁻⁵."""
    rules = raw["rounds"][number - 1]["rules"]
    asked = rules.get("prediction")
    if not asked:
        return None
    if asked["meaning"] == "right_guessers":
        guesses = [one["guess"] for one in results.values() if one["guess"] is not None]
        best = 0
        for candidate in range(1, len(guesses) + 1):
            if guesses.count(candidate * 100_000) == candidate:
                best = candidate
        return best * 100_000
    people, attempts, all_right = set(), 0, set()
    for person in world["entrants"]:
        for one in person["attempts"]:
            counts = one["round"] == number
            if asked.get("as_of") and one["started_at"] >= datetime.fromisoformat(asked["as_of"]):
                counts = False
            if asked.get("counted", "valid") == "valid" and (one["voided"] or person["excluded"] == "result"):
                counts = False
            if counts:
                people.add(person["id"])
                attempts += 1
                if judged(one, rules)["perfect"]:
                    all_right.add(person["id"])
    if asked["meaning"] == "people":
        return len(people) * 100_000
    if asked["meaning"] == "attempts":
        return attempts * 100_000
    if asked["meaning"] == "all_right":
        return len(all_right) * 100_000
    if not people:
        return 0
    places = 10 ** asked.get("decimals", 0)
    return half_up(Fraction(100 * len(all_right), len(people)) * places) * (100_000 // places)


# --- ranking -------------------------------------------------------------------------------------------------------
def sort_key(result: dict[str, Any], entered: datetime, decided: int | None, chain: list[str]) -> tuple[Any, ...]:
    key: list[Any] = []
    for criterion in chain:
        if criterion in ("points", "right", "perfect"):
            key.append(-result[criterion])
        elif criterion in ("time", "submitted"):
            key.append(result[criterion])
        elif criterion == "entered":
            key.append(entered)
        elif criterion == "prediction":
            key.append(MISSING if result["off"] is None else (0, result["off"]))
        elif criterion == "decision":
            key.append(MISSING if decided is None else (0, decided))
        else:
            raise AssertionError(criterion)
    return tuple(key)


def ranking(
    raw: dict[str, Any], world: dict[str, Any], results: dict[str, dict[str, Any]], number: int, division: str
) -> list[tuple[int, str]]:
    """(place, entry), best first; who shares a place stands by entry."""
    chain, rows = chain_of(raw), []
    for person in world["entrants"]:
        if person["id"] in results and (not division or person["division"] == division):
            decided = world.get("decisions", {}).get((person["id"], number))
            rows.append((sort_key(results[person["id"]], person["entered_at"], decided, chain), person["id"]))
    rows.sort()
    keys = [key for key, _ in rows]
    return [(1 + keys.index(key), entry) for key, entry in rows]


# --- who is where --------------------------------------------------------------------------------------------------
def upwards(world: dict[str, Any], unit: str) -> list[str]:
    """The unit, then everything above it."""
    path = [unit]
    while world["units"][path[-1]]["parent"]:
        path.append(world["units"][path[-1]]["parent"])
    return path


def division_of(raw: dict[str, Any], world: dict[str, Any], person: dict[str, Any]) -> str | None:
    """The key of their division; empty in a contest without, None for who may not take part."""
    divisions = setting(raw, "divisions", [])
    if not divisions:
        return ""
    path = upwards(world, person["unit"])
    named = {kind for one in divisions for kind in one.get("unit_kinds", [])}
    kinds = [world["units"][code]["kind"] for code in path if world["units"][code]["kind"] in named]
    for one in divisions:
        if one.get("unit_kinds"):
            if kinds and kinds[0] in one["unit_kinds"]:
                return str(one["key"])
        elif one.get("units"):
            if any(code in path for code in one["units"]):
                return str(one["key"])
        elif one.get("declared"):
            if person["declared"] == one["key"]:
                return str(one["key"])
        else:
            return str(one["key"])
    return None


def may_enter(raw: dict[str, Any], world: dict[str, Any], person: dict[str, Any]) -> bool:
    units = setting(raw, "eligibility", {}).get("units")
    if units and not any(code in upwards(world, person["unit"]) for code in units):
        return False
    return division_of(raw, world, person) is not None


def openings(one: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    """When a round is open: minute by minute would do, day by day is faster."""
    opens, closes = datetime.fromisoformat(one["opens_at"]), datetime.fromisoformat(one["closes_at"])
    windows = one["rules"].get("windows")
    if not windows:
        return [(opens, closes)]
    found = []
    day = opens.replace(hour=0, minute=0, second=0)
    while day < closes:
        for window in windows:
            if day.isoweekday() == window["day"]:
                begin, end = (
                    day + timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))
                    for clock in (window["opens"], window["closes"])
                )
                if max(begin, opens) < min(end, closes):
                    found.append((max(begin, opens), min(end, closes)))
        day += timedelta(days=1)
    return sorted(found)


def finalists(raw: dict[str, Any], world: dict[str, Any], number: int) -> set[str]:
    """Who may sit a final: the first of the rounds that it names, taken together, and who shares the last place."""
    final = raw["rounds"][number - 1]["rules"]["qualify"]
    rounds = final.get("rounds") or list(range(1, number))
    overall = over_contest(raw, {one: with_distance(raw, world, one) for one in rounds})
    return {entry for place, entry in ranking(raw, world, overall, WHOLE, "") if place <= final["top"]}


# --- over the contest ----------------------------------------------------------------------------------------------
def with_distance(raw: dict[str, Any], world: dict[str, Any], number: int) -> dict[str, dict[str, Any]]:
    results = round_results(raw, world, number)
    true = true_number(raw, world, number, results)
    for one in results.values():
        one["off"] = None if true is None or one["guess"] is None else abs(one["guess"] - true)
    return results


def over_contest(raw: dict[str, Any], by_round: dict[int, dict[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    found = {}
    for entry in {entry for results in by_round.values() for entry in results}:
        rows = [by_round[number][entry] for number in sorted(by_round) if entry in by_round[number]]
        counts = choose(rows, setting(raw, "over_rounds", "sum"), chain_of(raw))
        result = added(counts, rows)
        asked = [one for one in counts if one["asked"]]
        result["off"] = None
        if asked and all(one["off"] is not None for one in asked):
            result["off"] = sum(one["off"] for one in asked)
        found[entry] = result
    return found


# --- units ---------------------------------------------------------------------------------------------------------
def compared_units(board: dict[str, Any], world: dict[str, Any]) -> list[str]:
    below = [code for code in world["units"] if code != world["audience"]]
    if board.get("unit_kinds"):
        return [code for code in world["units"] if world["units"][code]["kind"] in board["unit_kinds"]]
    return [code for code in below if world["units"][code]["parent"] == world["audience"]]


def unit_figures(
    raw: dict[str, Any],
    world: dict[str, Any],
    board: dict[str, Any],
    overall: dict[str, dict[str, Any]],
    winners: set[str],
) -> dict[str, dict[str, Any]]:
    compared = compared_units(board, world)
    figures = {
        code: {"thi_sinh": 0, "luot": 0, "doan_vien": 0, "lao_dong": 0, "points": [], "dung_het": 0, "giai": 0}
        for code in compared
    }
    for code, unit in world["units"].items():
        for above in upwards(world, code):
            if above in figures:
                figures[above]["doan_vien"] += unit["members"]
                figures[above]["lao_dong"] += unit["workers"]
                break
    for person in world["entrants"]:
        home = next((code for code in upwards(world, person["unit"]) if code in figures), None)
        valid = [one for one in person["attempts"] if not one["voided"]]
        if home is None or not valid:
            continue
        figures[home]["thi_sinh"] += 1
        figures[home]["luot"] += len(valid)
        if person["excluded"]:
            continue
        figures[home]["points"].append(overall[person["id"]]["points"])
        figures[home]["dung_het"] += overall[person["id"]]["perfect"] > 0
        figures[home]["giai"] += person["id"] in winners
    return figures


def unit_value(board: dict[str, Any], figures: dict[str, Any]) -> Fraction | None:
    """What a unit is ranked by; None: it is not ranked."""
    people = figures["doan_vien" if board.get("people", "members") == "members" else "lao_dong"]
    if people < board.get("min_size", 1) and board.get("min_size", 1) > 1:
        return None
    best = sorted(figures["points"], reverse=True)[: board.get("top", 10)]
    top = Fraction(sum(best), 100 * len(best)) if best else None
    if board["by"] == "entrants":
        return Fraction(figures["thi_sinh"])
    if board["by"] == "rate":
        return Fraction(100 * figures["thi_sinh"], people) if people else None
    if board["by"] == "mean_top":
        return top
    every = figures["points"]
    values: dict[str, Any] = {key: Fraction(value) for key, value in figures.items() if key != "points"}
    values["diem_top"] = top
    values["diem_tb"] = Fraction(sum(every), 100 * len(every)) if every else None
    exact = re.sub(r"\d+(\.\d+)?", lambda found: f"Fraction('{found[0]}')", board["formula"])
    names = {"Fraction": Fraction, "min": min, "max": max, "round": round_to}
    try:
        return Fraction(eval(exact, {"__builtins__": {}} | names, values))
    except (ZeroDivisionError, TypeError):  # divided by zero, or nobody has a result
        return None


def round_to(value: Fraction, places: Fraction = Fraction(0)) -> Fraction:
    return Fraction(half_up(value * 10 ** int(places)), 10 ** int(places))


def unit_ranking(
    raw: dict[str, Any],
    world: dict[str, Any],
    board: dict[str, Any],
    overall: dict[str, dict[str, Any]],
    winners: set[str],
) -> list[tuple[int, str, Fraction]]:
    figures = unit_figures(raw, world, board, overall, winners)
    values = {code: unit_value(board, one) for code, one in figures.items()}
    ranked = [(value, code) for code, value in values.items() if value is not None]
    return sorted((1 + sum(1 for other, _ in ranked if other > value), code, value) for value, code in ranked)


# --- prizes --------------------------------------------------------------------------------------------------------
def lines_of(raw: dict[str, Any], prize: dict[str, Any]) -> list[tuple[int, str]]:
    """The rankings from which a prize is given: (round, division)."""
    rounds, divisions = prize.get("round", 0), prize.get("division", "")
    numbers = list(range(1, len(raw["rounds"]) + 1)) if rounds == "each" else [rounds]
    keys = [one["key"] for one in setting(raw, "divisions", [])] if divisions == "each" else [divisions]
    return [(number, key) for number in numbers for key in keys]


def give(
    prizes: list[dict[str, Any]],
    lines: dict[Any, list[tuple[int, str]]],
    rule: str,
    barred: set[str],
    decided: dict[Any, int],
) -> dict[str, Any]:
    """Prizes of one pool, people or units, from the highest down. Each is {name, count, amount, tier, line: (round, …)}."""
    held: dict[str, list[dict[str, Any]]] = {}
    given, passed, undecided, waiting = [], [], [], []
    prizes = sorted(
        prizes, key=lambda one: (-one["amount"], one["tier"], one["line"][0] != WHOLE, one["line"][0], one["name"])
    )

    def in_the_way(other: dict[str, Any], prize: dict[str, Any]) -> bool:
        if other["line"] == prize["line"] or rule == "contest":
            return True
        return rule == "round" and other["line"][0] == prize["line"][0]

    for prize in prizes:
        if any(in_the_way(open_, prize) for open_, *_ in undecided):
            waiting.append((prize["name"], prize["line"]))
            continue
        left = prize["count"]
        places = lines[prize["line"]]
        for place in sorted({place for place, _ in places}):
            if not left:
                break
            free = []
            for entry in [entry for at, entry in places if at == place]:
                hindrance = next((one for one in held.get(entry, []) if in_the_way(one, prize)), None)
                if entry in barred:
                    passed.append((prize["name"], prize["line"], entry, "barred"))
                elif hindrance is None:
                    free.append(entry)
                elif hindrance["line"] != prize["line"]:
                    passed.append((prize["name"], prize["line"], entry, hindrance["name"]))
            if len(free) > left:
                undecided.append((prize, place, sorted(free), left))
                break
            for entry in free:
                given.append((prize["name"], prize["line"], entry, place))
                held.setdefault(entry, []).append(prize)
            left -= len(free)
    return {
        "given": sorted(given), "passed": sorted(passed), "waiting": sorted(waiting),
        "undecided": sorted((prize["name"], prize["line"], place, tuple(entries), left) for prize, place, entries, left in undecided),
    }  # fmt: skip


# --- all of it -----------------------------------------------------------------------------------------------------
def work_out(raw: dict[str, Any], world: dict[str, Any]) -> dict[str, Any]:
    """Everything that must come of the contest."""
    numbers = list(range(1, len(raw["rounds"]) + 1))
    results = {number: with_distance(raw, world, number) for number in numbers}
    results[WHOLE] = over_contest(raw, {number: results[number] for number in numbers})
    keys = ["", *(one["key"] for one in setting(raw, "divisions", []))]
    rankings = {(number, key): ranking(raw, world, results[number], number, key) for number in results for key in keys}
    barred = {person["id"] for person in world["entrants"] if person["excluded"]}
    rule = setting(raw, "one_prize", "contest")

    def written_out(whom: str, lines: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": one["name"],
                "count": one["count"],
                "amount": one.get("amount", 0),
                "tier": one.get("tier", 1),
                "line": line,
            }
            for one in setting(raw, "prizes", [])
            if one.get("for", "person") == whom
            for line in lines(one)
        ]

    people = give(
        written_out("person", lambda one: lines_of(raw, one)), rankings, rule, barred, world.get("decisions", {})
    )
    winners = {entry for _, _, entry, _ in people["given"]}
    boards = {
        (WHOLE, one["key"]): unit_ranking(raw, world, one, results[WHOLE], winners)
        for one in setting(raw, "unit_boards", [])
    }
    unit_lines = {line: [(place, code) for place, code, _ in ranked] for line, ranked in boards.items()}
    units = give(written_out("unit", lambda one: [(WHOLE, one["board"])]), unit_lines, rule, set(), {})
    truths = {number: true_number(raw, world, number, results[number]) for number in numbers}
    return {
        "results": results,
        "truths": truths,
        "rankings": rankings,
        "boards": boards,
        "people": people,
        "units": units,
    }
