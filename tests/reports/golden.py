"""A contest of 20,000 attempts whose truth is known: plain lists here, the same rows in the tables, nothing of `reports`.

Two rounds; people who sat once, twice, not at all; attempts that run, wait, were voided, were judged again; units of several
levels, with an older headcount, with none, without anybody, and one that moved to another parent after its people sat. Most people
declared something of themselves, some of them lately; some stand on a roster, with an account or without.
"""

from __future__ import annotations

import io
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

from django.db import connection

from accounts.actions import move_unit
from accounts.models import Headcount, Membership, SelfDeclared, Unit
from contests.models import Attempt, Award, Contest, Entry, QuestionVersion, RosterLine, Standing, WinnersList
from contests.rules.prizes import OVERALL
from contests.rules.settings import DrawPart, RoundRules, dump
from contests.rules.ties import DEFAULT_CHAIN, Result, sort_key
from tests import make

ATTEMPTS = 20_000
PEOPLE = 8_300
QUESTIONS, ASKED = 12, 8
TOPICS = ("Tiền lương", "Thời giờ làm việc", "Luật Công đoàn")
OPENS = datetime(2026, 11, 2, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
JUDGED = ("graded", "regraded")
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Bùi", "Ma", "Lý")
MIDDLE = ("Văn", "Thị", "Đức", "Ngọc", "Hữu", "Thị Mỹ")
# What people declare, and how likely: some groups are large, some of a handful in the whole province.
FACTS: dict[str, dict[Any, float]] = {
    "birth_year": {None: 1, **{year: 0.2 + (year % 7) / 3 for year in range(1962, 2008)}},
    "gender": {None: 1, "female": 5, "male": 4, "other": 0.03},
    "education": {None: 2, "below_upper": 1, "upper": 4, "vocational": 2, "college": 2, "university": 3, "postgraduate": 0.1},
    "sector": {None: 2, "manufacturing": 8, "building": 1, "services": 2, "education": 2, "health": 1, "offices": 1, "farming": 0.05, "other": 0.5},
    "shift": {None: 3, "office": 4, "day": 3, "night": 3, "free": 0.2},
    "region": {None: 1, "city": 3, "industry": 5, "plain": 2, "highland": 1, "border": 0.02},
}  # fmt: skip
MIDWEEK = OPENS + WEEK + timedelta(days=3)  # the second round is open
GIVEN = ("An", "Ánh", "Bình", "Chi", "Dũng", "Đạt", "Đức", "Giang", "Hà", "Khánh", "Ơn", "Ý", "Yến")


@dataclass
class Sitting:
    """One attempt; `picks` are the author's options chosen, by place on the paper; None was left empty."""

    round: int
    number: int
    state: str
    paper: list[tuple[int, list[int]]]
    picks: list[int | None]
    began: datetime
    arrivals: list[datetime]
    handed: datetime | None
    right: int | None = None
    points: int | None = None
    elapsed: int | None = None


@dataclass
class Person:
    name: str
    phone: str
    unit: str  # its name
    path: str  # of the day
    sittings: list[Sitting] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    said_at: datetime = OPENS

    @property
    def judged(self) -> list[Sitting]:
        return [one for one in self.sittings if one.state in JUDGED]

    @property
    def result(self) -> int | None:
        """Hundredths: the best of each round, together."""
        best: defaultdict[int, int] = defaultdict(int)
        for one in self.judged:
            best[one.round] = max(best[one.round], one.points or 0)
        return sum(best.values()) if best else None

    def best_of(self, round_: int) -> Sitting | None:
        """The judged attempt that counts for a round."""
        return max((one for one in self.judged if one.round == round_), key=lambda one: one.points or 0, default=None)

    @property
    def passed(self) -> bool:
        return any((one.right or 0) * 2 >= ASKED for one in self.judged)


@dataclass
class Missing:
    """Somebody of the roster who has not begun; `path` is where they stand today, empty for who stands nowhere."""

    name: str
    login: str  # as people write it
    unit: str
    path: str
    how_far: str


@dataclass
class World:
    """The truth, and where it stands in the tables."""

    contest: Contest
    province: Unit
    ward: Unit
    people: list[Person]
    members: dict[str, tuple[int, date]]  # by path where the unit counts
    units: dict[str, tuple[str, bool]]  # by path where the unit counts: name, whether grassroots
    keys: dict[int, tuple[int, ...]]
    codes: dict[int, str]
    topics: dict[int, str]
    prizes: list[tuple[Person, str, int, int]]  # winner, prize, place, đồng
    missing: list[Missing]
    known: dict[tuple[str, bool], Truth] = field(default_factory=dict)  # counted before

    def below(self, path: str) -> list[Person]:
        """Those who took part: an entry alone is nobody."""
        return [one for one in self.people if one.path.startswith(path) and one.sittings]


def build() -> World:
    """The world in the tables of the test database. Deterministic."""
    luck = random.Random(20_000)
    union = make.make_union()
    bank = make.make_bank(union.province_a, topics=TOPICS, each=QUESTIONS // len(TOPICS))
    contest = make.make_contest(union, bank, opens_at=OPENS, hours=7 * 24, draw=())
    rules = dump(
        RoundRules(
            minutes=20,
            attempts=2,
            draw=tuple(DrawPart(topic, asked) for topic, asked in zip(TOPICS, (3, 3, 2), strict=True)),
        )
    )
    contest.rounds.update(rules=rules)
    contest.rounds.create(number=2, title="Tuần 2", opens_at=OPENS + WEEK, closes_at=OPENS + 2 * WEEK, rules=rules)
    wards = make.make_units(
        [(union.province_a, f"Công đoàn xã {at:02d}", "cap-tren-co-so", f"W{at:02d}", 0) for at in range(8)]
    )
    shops = make.make_units(
        [
            (ward, f"CĐCS {at:02d}-{shop}", "cdcs", f"S{at:02d}{shop}", 0 if (at, shop) == (2, 1) else 60 + 37 * shop + at)
            for at, ward in enumerate(wards)
            for shop in range(9)
        ]
    )  # fmt: skip
    older = [Headcount(unit=unit, on_day=date(2025, 12, 31), members=5000, workers=5000) for unit in shops[:4]]
    Headcount.objects.bulk_create(older)
    later = [Headcount(unit=unit, on_day=date(2026, 12, 31), members=7000, workers=7000) for unit in shops[3:6]]
    Headcount.objects.bulk_create(later)

    silent = {shops[5].pk, shops[40].pk}
    homes = [unit for unit in shops if unit.pk not in silent] + [union.factory_a, union.school_a, wards[6]]
    versions = list(QuestionVersion.objects.filter(question__bank=bank).order_by("question__code"))
    people = _people(luck, homes)
    _sit(luck, people, versions)
    _declare(random.Random(12), people)
    _write(contest, people, {unit.name: unit for unit in homes})

    members = {
        row.unit.path: (row.members, row.on_day)
        for row in Headcount.objects.filter(on_day=date(2026, 6, 30), unit__path__startswith=union.province_a.path).select_related("unit")
    }  # fmt: skip
    units = {
        unit.path: (unit.name, unit.kind.is_grassroots)
        for unit in Unit.objects.filter(path__startswith=union.province_a.path).select_related("kind")
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum leaves tables: plans for empty ones take minutes with these rows
    prizes = _prizes(luck, contest, union, people)
    missing = _roster(random.Random(13), contest, people, [shops[30], shops[37], shops[41], wards[4], union.school_a])
    move_unit(unit=Unit.objects.get(pk=shops[30].pk), parent=Unit.objects.get(pk=wards[7].pk))
    for one in missing:
        if one.how_far != REGISTERED and one.path:
            one.path = Unit.objects.get(
                name=one.unit
            ).path  # where they belong today; who registered stays where that was
    return World(
        contest=contest, province=Unit.objects.get(pk=union.province_a.pk), ward=Unit.objects.get(pk=wards[4].pk), people=people,
        members=members, units=units, keys={version.pk: tuple(version.key) for version in versions},
        codes={version.pk: version.question.code for version in versions}, topics={version.pk: version.topic.name for version in versions}, prizes=prizes, missing=missing,
    )  # fmt: skip


def _people(luck: random.Random, homes: list[Unit]) -> list[Person]:
    weights = [1 + at % 7 for at in range(len(homes))]
    return [
        Person(
            f"{luck.choice(FAMILY)} {luck.choice(MIDDLE)} {luck.choice(GIVEN)}", f"+8498{at:07d}", home.name, home.path
        )
        for at, home in enumerate(luck.choices(homes, weights, k=PEOPLE))
    ]


def _sit(luck: random.Random, people: list[Person], versions: list[QuestionVersion]) -> None:
    """Attempts until there are ATTEMPTS; whoever comes last in the list has none."""
    left = ATTEMPTS
    for person in people[:-150]:
        skill = luck.random()
        for round_ in (1, 2):
            tries = min(left, luck.choice((1, 1, 2)) if round_ == 1 else luck.choice((0, 1, 1, 2)))
            for number in range(1, tries + 1):
                person.sittings.append(_sitting(luck, skill, round_, number, versions, last=number == tries))
            left -= tries
    for person in people[:-150]:
        if left and [one.round for one in person.sittings].count(1) == 1 and person.sittings[0].state != "started":
            person.sittings.insert(1, _sitting(luck, luck.random(), 1, 2, versions, last=False))
            left -= 1
    assert not left


def _sitting(
    luck: random.Random, skill: float, round_: int, number: int, versions: list[QuestionVersion], *, last: bool
) -> Sitting:
    chosen = luck.sample(versions, ASKED)
    paper = [(version.pk, luck.sample(range(4), 4)) for version in chosen]
    began = OPENS + (round_ - 1) * WEEK + timedelta(seconds=luck.randrange(6 * 24 * 3600))
    picks, arrivals, at = [], [], began
    for place in range(ASKED):
        at += timedelta(seconds=luck.randrange(3, 90), milliseconds=luck.randrange(1000))
        arrivals.append(at)
        picks.append(luck.choices([0, 1, 2, 3, None], [4 * skill + 0.5, 1, 0.7, 0.4, 0.3 + (place == 7)])[0])
    draw = luck.random()
    state = "graded" if draw > 0.06 else "regraded" if draw > 0.04 else "voided" if draw > 0.025 else "submitted"
    if last and luck.random() < 0.02:
        state = "started"
    one = Sitting(round_, number, state, paper, picks, began, arrivals, None if state == "started" else at)
    if state in (*JUDGED, "voided"):
        keys = {version.pk: set(version.key) for version in chosen}
        one.right = sum(pick is not None and keys[pk] == {pick} for (pk, _), pick in zip(paper, picks, strict=True))
        one.points, one.elapsed = 100 * one.right, int((at - began).total_seconds() * 1000)
    return one


def _declare(luck: random.Random, people: list[Person]) -> None:
    """Four of five say something; of these some on the day of the second round's middle, and some after all was over."""
    for person in people:
        if luck.random() < 0.8:
            said = {name: luck.choices(list(odds), list(odds.values()))[0] for name, odds in FACTS.items()}
            person.said = {name: value for name, value in said.items() if value is not None}
            person.said_at = luck.choices([OPENS, MIDWEEK, OPENS + 4 * WEEK], [20, 1, 1])[0]


def _write(contest: Contest, people: list[Person], homes: dict[str, Unit]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no audit record for each of 20,000 rows
    members = make.make_members([(one.name, homes[one.unit], {"phone": one.phone}) for one in people])
    SelfDeclared.objects.bulk_create(
        SelfDeclared(member=member, **one.said, changed_at=one.said_at) for member, one in zip(members, people, strict=True) if one.said
    )  # fmt: skip
    entries = Entry.objects.bulk_create(
        Entry(contest=contest, member=member, unit=homes[one.unit], unit_path=one.path, unit_name=one.unit, entered_at=OPENS)
        for member, one in zip(members, people, strict=True)
    )  # fmt: skip
    rounds = {one.number: one for one in contest.rounds.all()}
    rows = [
        Attempt(
            entry=entry, round=rounds[one.round], number=one.number, state=one.state, seed=1, paper=[[pk, order] for pk, order in one.paper],
            shape="", started_at=one.began, deadline=one.began + timedelta(minutes=20), accepts_until=one.began + timedelta(minutes=20),
            submitted_at=one.handed, graded_at=one.handed if one.points is not None else None, points=one.points, right=one.right,
            answered=sum(pick is not None for pick in one.picks), elapsed_ms=one.elapsed,
        )
        for entry, person in zip(entries, people, strict=True)
        for one in person.sittings
    ]  # fmt: skip
    Attempt.objects.bulk_create(rows, batch_size=2000)
    sittings = (one for person in people for one in person.sittings)
    lines = io.StringIO()
    for attempt, one in zip(rows, sittings, strict=True):
        for place, ((_, order), pick, at) in enumerate(zip(one.paper, one.picks, one.arrivals, strict=True), 1):
            if pick is not None:
                lines.write(f"{attempt.pk}\t{place}\t{{{order.index(pick)}}}\t{place}\t{at.isoformat()}\n")
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY contests_answer (attempt_id, question, choice, seq, arrived_at) FROM STDIN") as copy,
    ):
        copy.write(lines.getvalue())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    Standing.objects.bulk_create(
        Standing(entry=entry, contest=contest, round=None, points=person.result, elapsed_ms=1000, order=sort_key(Result("", person.result, elapsed_ms=1000), DEFAULT_CHAIN), version=1)
        for entry, person in zip(entries, people, strict=True) if person.result is not None
    )  # fmt: skip
    Standing.objects.bulk_create(
        Standing(entry=entry, contest=contest, round=rounds[number], points=best.points, right=best.right, elapsed_ms=1000, order=sort_key(Result("", best.points, elapsed_ms=1000), DEFAULT_CHAIN), version=1)
        for entry, person in zip(entries, people, strict=True)
        for number in (1, 2) if (best := person.best_of(number)) is not None
    )  # fmt: skip


def _prizes(
    luck: random.Random, contest: Contest, union: make.Union, people: list[Person]
) -> list[tuple[Person, str, int, int]]:
    """A published list of ten, an older one that was withdrawn, and one who was passed over."""
    by_phone = {entry.member.phone: entry for entry in contest.entries.select_related("member")}
    winners = luck.sample([one for one in people if one.result], 11)
    prizes = [
        (one, "Giải Nhất" if place == 1 else "Giải Khuyến khích", place, 5_000_000 if place == 1 else 300_000)
        for place, one in enumerate(winners[:10], 1)
    ]
    at = OPENS + 3 * WEEK
    common = {
        "contest": contest,
        "snapshot": {"contest_rules": {}},
        "as_of": at,
        "proposed_by": union.olga,
        "proposed_at": at,
    }
    signed = {"verified_by": union.staff_b, "verified_at": at, "published_by": union.staff_b, "published_at": at}
    gone = {"withdrawn_by": union.olga, "withdrawn_at": at, "withdrawn_reason": "Sai một điểm"}
    old = WinnersList.objects.create(number=1, state="withdrawn", **common, **signed, **gone)
    published = WinnersList.objects.create(number=2, state="published", **common, **signed)
    for of, given in ((old, prizes[:3]), (published, prizes)):
        Award.objects.bulk_create(
            Award(winners_list=of, position=place, given=True, prize=prize, tier=1, amount=amount, ranking=OVERALL, entry=by_phone[one.phone], place=place, why=f"{one.result} điểm")
            for one, prize, place, amount in given
        )  # fmt: skip
    Award.objects.create(
        winners_list=published, position=11, given=False, prize="Giải Khuyến khích", tier=1, amount=300_000, ranking=OVERALL,
        entry=by_phone[winners[10].phone], place=11, why="Thuộc ban tổ chức",
    )  # fmt: skip
    return prizes


REGISTERED, HAS_ACCOUNT, NO_ACCOUNT = "đã đăng ký, chưa vào thi", "có tài khoản, chưa vào thi", "chưa có tài khoản"


def _roster(luck: random.Random, contest: Contest, people: list[Person], homes: list[Unit]) -> list[Missing]:
    """A list of those who sat, registered, have an account in some unit or in none, or no account; who of them is missing."""

    def name() -> str:
        return f"{luck.choice(FAMILY)} {luck.choice(MIDDLE)} {luck.choice(GIVEN)}"

    rows = [(name(), luck.choice(homes), {"phone": f"+8497{at:07d}"}) for at in range(60)]
    rows += [(name(), luck.choice(homes), {"email": f"nguoi{at}@example.vn"}) for at in range(20)]
    nowhere = [(name(), homes[0], {"phone": f"+8496{at:07d}"}) for at in range(10)]
    members = make.make_members([*rows, *nowhere])
    Membership.objects.filter(member__in=members[len(rows) :]).delete()  # they have not chosen a unit yet
    strangers = [(name(), f"+8495{at:07d}" if at % 2 else f"la{at}@example.vn") for at in range(25)]
    began, registered = [one for one in people if one.sittings][:200], people[-150:-50]
    assert not any(one.sittings for one in registered)
    RosterLine.objects.bulk_create(
        [RosterLine(contest=contest, login=one.phone, name="Tên trên danh sách") for one in (*began, *registered)]
        + [RosterLine(contest=contest, login=member.phone or member.email) for member in members]
        + [RosterLine(contest=contest, login=login, name=stranger) for stranger, login in strangers]
    )

    def written(login: str) -> str:
        return "0" + login[3:] if login.startswith("+84") else login

    return [
        *(Missing(one.name, written(one.phone), one.unit, one.path, REGISTERED) for one in registered),
        *(
            Missing(who, written(next(iter(login.values()))), home.name, home.path, HAS_ACCOUNT)
            for who, home, login in rows
        ),
        *(Missing(who, written(login["phone"]), "", "", HAS_ACCOUNT) for who, _, login in nowhere),
        *(Missing(who, written(login), "", "", NO_ACCOUNT) for who, login in strangers),
    ]


# --- Figures, from the lists alone -------------------------------------------------------------------------------------


@dataclass
class Truth:
    """What the people below a path did, counted one by one."""

    people: int
    attempts: int
    handed_in: int
    members: int | None
    scored: int
    points: int
    passed: int
    units: int
    taking: int

    @property
    def rate(self) -> float | None:
        return self.people / self.members if self.members else None

    @property
    def mean(self) -> float | None:
        return self.points / self.scored / 100 if self.scored else None


def truth(world: World, path: str, *, own: bool = False) -> Truth:
    """Of the unit at `path` with everything below it; `own`: without what is below."""
    if (path, own) not in world.known:
        world.known[path, own] = _counted(world, path, own)
    return world.known[path, own]


def _counted(world: World, path: str, own: bool) -> Truth:
    fits: Callable[[str], bool] = (lambda other: other == path) if own else (lambda other: other.startswith(path))
    here = [one for one in world.people if fits(one.path) and one.sittings]
    counted = [members for at, (members, _day) in world.members.items() if fits(at)]
    grassroots = [at for at, (_name, is_grassroots) in world.units.items() if is_grassroots and fits(at)]
    alive = {one.path for one in here}
    results = [one.result for one in here if one.result is not None]
    return Truth(
        people=len(here), attempts=sum(len(one.sittings) for one in here),
        handed_in=sum(one.state != "started" for person in here for one in person.sittings), members=sum(counted) if counted else None,
        scored=len(results), points=sum(results), passed=sum(one.passed and one.result is not None for one in here),
        units=len(grassroots), taking=sum(at in alive for at in grassroots),
    )  # fmt: skip


def first_papers(world: World, round_: int, path: str) -> list[tuple[str, Sitting]]:
    """The first judged attempt of everybody below the path in the round, and where they stood."""
    found = []
    for person in world.below(path):
        judged = sorted((one for one in person.judged if one.round == round_), key=lambda one: one.number)
        found += [(person.path, one) for one in judged[:1]]
    return found


def item_truth(world: World, papers: Iterable[Sitting]) -> dict[str, dict[str, Any]]:
    """By the question's code: papers, empty, share right, chosen by option, the times between arrivals of at least a second."""
    found: defaultdict[str, dict[str, Any]] = defaultdict(
        lambda: {"papers": 0, "empty": 0, "right": 0, "chosen": [0] * 4, "seconds": []}
    )
    for one in papers:
        given = [at for at, pick in zip(one.arrivals, one.picks, strict=True) if pick is not None]
        took = {after: (after - before).total_seconds() for before, after in pairwise([one.began, *given])}
        for (pk, _), pick, at in zip(one.paper, one.picks, one.arrivals, strict=True):
            row = found[world.codes[pk]]
            row["papers"] += 1
            row["empty"] += pick is None
            row["right"] += pick is not None and world.keys[pk] == (pick,)
            if pick is not None:
                row["chosen"][pick] += 1
                row["seconds"].append(took[at])
    return dict(found)


SIX = ("age", "gender", "education", "sector", "shift", "region")


@dataclass
class Group:
    """People who declared the same in one segment or in two, counted one by one."""

    people: int = 0
    attempts: int = 0
    scored: int = 0
    points: int = 0
    passed: int = 0


@dataclass
class Groups:
    """What the people below a path declared and did until a midnight: totals, the most points of one person, cells by groups."""

    people: int
    attempts: int
    most: int
    by: dict[tuple[str, ...], dict[tuple[str, ...], Group]]


def group_truth(world: World, path: str, midnight: datetime) -> Groups:
    """Of one segment and of two: attempts that began before the midnight, results of rounds that had closed, facts declared before."""
    over = [number for number, closes in ((1, OPENS + WEEK), (2, OPENS + 2 * WEEK)) if closes < midnight]
    by: dict[tuple[str, ...], dict[tuple[str, ...], Group]] = {
        wanted: defaultdict(Group) for wanted in (*((one,) for one in SIX), *combinations(SIX, 2))
    }
    people = attempts = most = 0
    for person in world.below(path):
        began = sum(one.began < midnight for one in person.sittings)
        if not began:
            continue
        best = [one for number in over if (one := person.best_of(number)) is not None]
        points = math.floor(sum(one.points or 0 for one in best) / len(best) + 0.5) if best else 0
        passed = any((one.right or 0) * 2 >= ASKED for one in best)
        said = groups_of(person if person.said_at < midnight else None)
        people, attempts, most = people + 1, attempts + began, max(most, points)
        for wanted, cells in by.items():
            cell = cells[tuple(said[one] for one in wanted)]
            cell.people += 1
            cell.attempts += began
            cell.scored += bool(best)
            cell.points += points
            cell.passed += passed
    return Groups(people, attempts, most, by)


def groups_of(person: Person | None) -> dict[str, str]:
    """The group of somebody in each of the six; empty where they did not say. Ages are those of the year of the contest."""
    said = person.said if person else {}
    found = {name: said.get(name, "") for name in SIX if name != "age"}
    age = OPENS.year - said["birth_year"] if "birth_year" in said else None
    bands = (("u25", 0, 24), ("25", 25, 34), ("35", 35, 44), ("45", 45, 54), ("55", 55, 200))
    found["age"] = "" if age is None else next(name for name, least, most in bands if least <= age <= most)
    return found
