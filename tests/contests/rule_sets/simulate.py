"""People who sit a contest, made from a seed: many alike, so that ties are the rule, and everything that happens does happen.

Several attempts, voided ones, excluded people, guesses left out, unions of units of every kind. Plain dictionaries, and nothing
of the platform: the checker and the platform are both given the same people.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

ENTRANTS = 280  # of whom some never sit
EXCLUDED, PRIZES_ONLY = "result", "prizes"
World = dict[str, Any]


def make_world(seed: str) -> World:
    """A province with two areas of six units each; some people belong to an area or to the province itself."""
    luck = random.Random(seed)
    units: dict[str, dict[str, Any]] = {"P": _unit("Tỉnh", "ldld-tinh", None)}
    for area in ("A1", "A2"):
        units[area] = _unit(f"Khu {area}", "cap-tren-co-so", "P")
        for number in range(1, 7):
            kind = "nghiep-doan" if number == 6 else "cdcs"
            members = luck.choice([8, 12, 20, 25, 30, 30, 45])
            units[f"{area}-{number}"] = _unit(f"Đơn vị {area} {number}", kind, area, members, members + 10)
    return {"audience": "P", "units": units, "entrants": []}


def _unit(name: str, kind: str, parent: str | None, members: int = 0, workers: int = 0) -> dict[str, Any]:
    return {"name": name, "kind": kind, "parent": parent, "members": members, "workers": workers}


def add_people(world: World, raw: dict[str, Any], seed: str) -> None:
    """Who enters, when, with which intent; no attempts yet."""
    luck = random.Random(f"{seed} people")
    codes = [code for code in world["units"] if code.count("-")]
    until = raw.get("rules", {}).get("eligibility", {}).get("register_until")
    deadline = datetime.fromisoformat(until) if until else None
    declared = [one["key"] for one in raw.get("rules", {}).get("divisions", []) if one.get("declared")]
    for number in range(ENTRANTS):
        unit = luck.choices([luck.choice(codes), "A1", "A2", "P"], [92, 3, 3, 2])[0]
        world["entrants"].append(
            {
                "id": f"{luck.randrange(16**32):032x}", "name": f"Người {number}", "unit": unit,
                "declared": luck.choice(declared) if declared and luck.random() < 0.4 else "",
                "excluded": luck.choices(["", EXCLUDED, PRIZES_ONLY], [94, 3, 3])[0],
                "skill": luck.choice([0.35, 0.6, 0.8, 0.8, 0.97, 1.0]), "attempts": [],
                "entered_at": deadline - timedelta(hours=luck.choice([2, 5, 9, 24])) if deadline else None,
            }
        )  # fmt: skip


def sit(
    world: World,
    number: int,
    one: dict[str, Any],
    openings: list[tuple[datetime, datetime]],
    who: set[str],
    seed: str,
    share: float = 0.85,
) -> None:
    """Let a share of `who` sit round `number`; `openings` are the stretches in which it is open."""
    luck = random.Random(f"{seed} round {number}")
    rules = one["rules"]
    minutes, allowed = rules["minutes"], rules["attempts"] or 4
    questions = sum(part["count"] for part in rules["draw"])
    for person in world["entrants"]:
        if person["id"] not in who or luck.random() > share:
            continue
        at = None
        for attempt in range(1, min(allowed, luck.choice([1, 1, 2, 2, 3, 4])) + 1):
            start = _start(luck, openings, minutes, at)
            if start is None:
                break
            spent = luck.choice([1, 1, 2, 3, 4, 5]) * minutes * 60 // 6
            own = luck.choice([0, luck.randrange(60_000)])  # half of all take a time of their own
            at = start + timedelta(seconds=spent, milliseconds=-own)
            person["attempts"].append(
                {
                    "round": number, "number": attempt, "voided": luck.random() < 0.05,
                    "started_at": start, "submitted_at": at, "deadline": start + timedelta(minutes=minutes),
                    "plan": [_outcome(luck, person["skill"]) for _ in range(questions)],
                    "guess": _guess(luck, rules.get("prediction")),
                }
            )  # fmt: skip
            if person["entered_at"] is None or start < person["entered_at"]:
                person["entered_at"] = start


def _start(
    luck: random.Random, openings: list[tuple[datetime, datetime]], minutes: int, after: datetime | None
) -> datetime | None:
    """One of a few instants, so that many start together; later than the attempt before."""
    instants = [
        opens + timedelta(minutes=minutes * slot)
        for opens, closes in openings
        for slot in (0, 1, 2, 3, 4)
        if opens + timedelta(minutes=minutes * (slot + 1)) <= closes
    ]
    later = [instant for instant in instants if after is None or instant > after]
    return luck.choice(later[:6] if after is None else later[:4]) if later else None


def _outcome(luck: random.Random, skill: float) -> str:
    """r right, h half of what is right (of a question that has several), w wrong, - left out."""
    if luck.random() < skill:
        return "r"
    return luck.choices("hw-", [3, 5, 2])[0]


def _guess(luck: random.Random, prediction: dict[str, Any] | None) -> int | None:
    """In units of 10⁻⁵: often the same few numbers, sometimes none."""
    if prediction is None or luck.random() < 0.12:
        return None
    if prediction["meaning"] == "all_right_percent":
        step = 10 ** (5 - prediction.get("decimals", 0))
        return luck.choice([0, 10 * 100_000, 25 * 100_000, luck.randrange(0, 5000) * step])
    if prediction["meaning"] == "right_guessers":
        return luck.choices([3, 5, 8, 12, 17, 25, 40], [3, 5, 8, 12, 17, 25, 40])[0] * 100_000
    return luck.choice([50, 100, 150, 180, 200, 230, 300, 400]) * 100_000
