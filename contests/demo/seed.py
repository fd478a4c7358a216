"""The demo: two provinces, their people, and contests that are running, so that every page has something true to show.

Made once; later calls only see to it that a round is open. Everything goes through the project's own acts, so the demo
cannot hold a state that the platform would refuse.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.actions import create_unit, give_consent
from accounts.consents import TEXTS
from accounts.models import Consent, Headcount, Member, Membership, Role, SelfDeclared, Unit, UnitKind
from contests.actions.bank import import_questions, open_for_practice
from contests.actions.boards import rebuild_boards
from contests.actions.grade import grade_pending
from contests.actions.rules_versions import keep_rules
from contests.actions.start import start_attempt
from contests.authoring.reading import read_questions
from contests.authoring.rule_sets import read_rule_set_file
from contests.demo import people
from contests.intake_batch import new_receipt
from contests.models import Answer, Attempt, Bank, Contest, Round
from contests.queries.bank import answer_keys
from contests.rules.kinds.shapes import Options, decode_shape
from contests.rules.settings import RoundRules, dump

PASSWORD = "congdoan-demo"  # noqa: S105  public on purpose; production settings refuse the demo
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FOLDER = Path(__file__).resolve().parent
BANK_FILE = FOLDER / "ngan-hang-cau-hoi.xlsx"
PRACTICE_FILE = FOLDER / "cau-hoi-thi-thu.xlsx"
DAY_OF_LAW = date(2025, 7, 1)  # the day from which today's tree of units is in force
HEADCOUNT_DAY = date(2026, 6, 30)
Say = Callable[[str], None]


def seed(*, now: datetime, say: Say) -> bool:
    """Make the demo if it is not there; True when something was made."""
    if Member.objects.filter(email="doanvien@demo.vn").exists():
        return keep_open(now=now, say=say)
    with transaction.atomic():
        say("  cây đơn vị và đoàn viên…")
        thai_nguyen, nghe_an = _units()
        _accounts(thai_nguyen, now)
        members = _members(thai_nguyen, 330, now) + _members(nghe_an, 60, now)
        say("  ngân hàng câu hỏi…")
        name = "Pháp luật lao động và lịch sử công đoàn"
        banks = {unit: _bank(unit, name, BANK_FILE, now) for unit in (thai_nguyen, nghe_an)}
        practice = _bank(thai_nguyen, "Ôn tập pháp luật lao động và công đoàn", PRACTICE_FILE, now)
        open_for_practice(bank=practice, by=Member.objects.get(email="btc@demo.vn"), now=now)
    for unit, slug, title in (
        (thai_nguyen, "tim-hieu-bo-luat-lao-dong", "Tìm hiểu Bộ luật Lao động năm 2019"),
        (nghe_an, "cong-doan-nghe-an", "Công đoàn Nghệ An – những chặng đường vẻ vang"),
    ):
        say(f"  cuộc thi của {unit.name}…")
        contest = _contest(unit, banks[unit], slug, title, now)
        _sittings(contest, [member for member in members if member.unit.path.startswith(unit.path)], now)
        rebuild_boards(contest)
    return True


def keep_open(*, now: datetime, say: Say) -> bool:
    """Add the next weekly round to demo contests whose rounds are all over, so that the demo is never a closed door."""
    added = False
    for contest in Contest.objects.filter(
        slug__in=["tim-hieu-bo-luat-lao-dong", "cong-doan-nghe-an"], state=Contest.State.OPEN
    ):
        last = contest.rounds.last()
        if last is not None and last.closes_at <= now:
            say(f"  mở tuần mới cho “{contest.title}”…")
            opens_at, closes_at = week_of(now)
            number = last.number + 1
            Round.objects.create(
                contest=contest, number=number, title=f"Tuần {number}", opens_at=max(opens_at, last.closes_at), closes_at=closes_at,
                rules=last.rules,
            )  # fmt: skip
            keep_rules(contest, by=None, now=now)
            rebuild_boards(contest)
            added = True
    return added


def week_of(now: datetime) -> tuple[datetime, datetime]:
    """The weekly window of the 2020 national rules, Monday 07:00 to Sunday 21:00, that holds `now`.

    Between Sunday 21:00 and Monday 07:00 no such window is open; the demo then opens the coming one early.
    """
    local = now.astimezone(VIETNAM)
    monday = local.date() - timedelta(days=local.weekday())
    opens_at = datetime.combine(monday, time(7), VIETNAM)
    closes_at = datetime.combine(monday + timedelta(days=6), time(21), VIETNAM)
    if now >= closes_at:
        return closes_at, closes_at + timedelta(days=7)
    return min(opens_at, now - timedelta(hours=1)), closes_at


def national_rules() -> RoundRules:
    """The rules of a week in the national contest of 2020; where its published rules are silent, what the file chose.

    The whole week is open here, not only the three sittings of the published rules: a demo is no closed door.
    """
    published = read_rule_set_file((FOLDER / "rule_sets" / "tld-blld-2020.json").read_bytes())
    return replace(published.rounds[0].rules, windows=())


def _units() -> tuple[Unit, Unit]:
    kinds = {kind.slug: kind for kind in UnitKind.objects.all()}
    random_ = random.Random(1929)  # noqa: S311  the demo is the same everywhere
    nation = create_unit(
        code="TLD",
        name="Tổng Liên đoàn Lao động Việt Nam",
        kind=kinds["tong-lien-doan"],
        parent=None,
        from_day=DAY_OF_LAW,
    )
    provinces = []
    for code, name, tree in (
        ("TN", "Liên đoàn Lao động tỉnh Thái Nguyên", people.THAI_NGUYEN), ("NA", "Liên đoàn Lao động tỉnh Nghệ An", people.NGHE_AN),
    ):  # fmt: skip
        province = create_unit(code=code, name=name, kind=kinds["ldld-tinh"], parent=nation, from_day=DAY_OF_LAW)
        provinces.append(province)
        for number, (upper_name, grassroots) in enumerate(tree.items(), 1):
            upper = create_unit(
                code=f"{code}{number:02d}",
                name=upper_name,
                kind=kinds["cap-tren-co-so"],
                parent=province,
                from_day=DAY_OF_LAW,
            )
            for index, unit_name in enumerate(grassroots, 1):
                unit = create_unit(
                    code=f"{upper.code}-{index:02d}",
                    name=unit_name,
                    kind=kinds["cdcs"],
                    parent=upper,
                    from_day=DAY_OF_LAW,
                )
                size = random_.choice([18, 27, 35, 46, 58, 74, 96, 130, 210])
                Headcount.objects.create(
                    unit=unit,
                    on_day=HEADCOUNT_DAY,
                    members=size,
                    workers=size + random_.randrange(0, 20),
                    source="Dữ liệu mẫu",
                )
    return provinces[0], provinces[1]


def _accounts(province: Unit, now: datetime) -> None:
    office = Unit.objects.filter(path__startswith=province.path, kind__is_grassroots=True).order_by("path").first()
    for email, name, role in (
        ("doanvien@demo.vn", "Nguyễn Thị Đoàn Viên", ""), ("btc@demo.vn", "Trần Văn Tổ Chức", "organizer"), ("canbo@demo.vn", "Lê Thị Cán Bộ", "staff"),
    ):  # fmt: skip
        member = Member.objects.create_user(email=email, password=PASSWORD, full_name=name)
        Membership.objects.create(member=member, unit=office, from_day=DAY_OF_LAW, set_by=member)
        text = TEXTS[Consent.Purpose.TAKE_PART]
        give_consent(
            member=member, purpose=Consent.Purpose.TAKE_PART, text=text.text, text_version=text.version, now=now
        )
        if role:
            Role.objects.create(member=member, unit=province, kind=role, from_day=DAY_OF_LAW)


def _members(province: Unit, count: int, now: datetime) -> list[Member]:
    random_ = random.Random(province.code)  # noqa: S311
    units = list(Unit.objects.filter(path__startswith=province.path, kind__is_grassroots=True).order_by("path"))
    quiet = set(units[::9])  # some units have nobody yet: the staff's call list must not be empty
    active = [unit for unit in units if unit not in quiet]
    weights = [unit.headcounts.all()[0].members for unit in active]
    members = []
    for number in range(count):
        member = Member(phone=f"+8490{(int(province.pk) * 100_000 + number):07d}", password="!")  # noqa: S106  cannot log in
        member.set_name(people.name(random_))
        members.append(member)
    Member.objects.bulk_create(members)
    text = TEXTS[Consent.Purpose.TAKE_PART]
    Consent.objects.bulk_create(
        Consent(
            member=member, purpose=text.purpose, text_version=text.version, given_at=now,
            text_hash=hashlib.sha256(text.text.encode()).hexdigest(),
        )
        for member in members
    )  # fmt: skip
    _declare(members, random.Random(f"{province.code} tự khai"), now - timedelta(days=30))  # noqa: S311
    units_drawn = random_.choices(active, weights, k=count)
    Membership.objects.bulk_create(
        Membership(member=member, unit=unit, from_day=DAY_OF_LAW, set_by=member)
        for member, unit in zip(members, units_drawn, strict=True)
    )
    for member, unit in zip(members, units_drawn, strict=True):
        member.unit = unit  # type: ignore[attr-defined]  only for the sittings below
    return members


def _declare(members: list[Member], random_: random.Random, at: datetime) -> None:
    """Let some say something of themselves for the counts, with their consent."""
    said = [(member, facts) for member in members if (facts := people.declared(random_))]
    text = TEXTS[Consent.Purpose.SEGMENTS]
    Consent.objects.bulk_create(
        Consent(
            member=member, purpose=text.purpose, text_version=text.version, given_at=at,
            text_hash=hashlib.sha256(text.text.encode()).hexdigest(),
        )
        for member, _ in said
    )  # fmt: skip
    SelfDeclared.objects.bulk_create(SelfDeclared(member=member, changed_at=at, **facts) for member, facts in said)


def _bank(owner: Unit, name: str, file: Path, now: datetime) -> Bank:
    bank = Bank.objects.create(owner=owner, name=name)
    reading = read_questions(file.read_bytes(), file.name)
    assert not reading.problems, reading.problems
    import_questions(bank=bank, drafts=reading.drafts, sha256=reading.sha256, filename=file.name, by=None, now=now)
    bank.refresh_from_db()
    return bank


def _contest(owner: Unit, bank: Bank, slug: str, title: str, now: datetime) -> Contest:
    contest = Contest.objects.create(
        slug=slug, title=title, organizer=owner, audience=owner, bank=bank, state=Contest.State.OPEN,
        summary="Cuộc thi trực tuyến hằng tuần dành cho đoàn viên, người lao động: mỗi tuần 20 câu hỏi về pháp luật lao động và truyền thống công đoàn.",
        created_by=Member.objects.get(email="btc@demo.vn"),
    )  # fmt: skip
    opens_at, closes_at = week_of(now)
    rules = dump(national_rules())
    for number, shift in ((1, -7), (2, 0)):
        Round.objects.create(
            contest=contest, number=number, title=f"Tuần {number}", rules=rules,
            opens_at=opens_at + timedelta(days=shift), closes_at=min(closes_at + timedelta(days=shift), opens_at) if shift else closes_at,
        )  # fmt: skip
    keep_rules(contest, by=contest.created_by, now=opens_at - timedelta(days=7))
    return contest


def _sittings(contest: Contest, members: list[Member], now: datetime) -> None:
    """Let members sit: knowledge and speed vary, a few sit twice, everything is graded by the project's own rules."""
    random_ = random.Random(contest.slug)  # noqa: S311
    for round_ in contest.rounds.all():
        span = (min(now, round_.closes_at) - round_.opens_at).total_seconds() - 1900
        taking = [member for member in members if random_.random() < (0.55 if round_.number == 1 else 0.7)]
        with transaction.atomic():  # one commit instead of a thousand
            _sit_all(round_, taking, span, random_, now)
        while grade_pending(now=now):
            pass


def _sit_all(round_: Round, members: list[Member], span: float, random_: random.Random, now: datetime) -> None:
    answers: list[Answer] = []
    for member in members:
        skill = min(0.98, max(0.2, random_.gauss(0.72, 0.17)))
        for _ in range(2 if random_.random() < 0.22 else 1):
            begun = round_.opens_at + timedelta(seconds=random_.random() * max(60.0, span))
            answers += _sit(start_attempt(member=member, round_=round_, now=begun), skill, random_)
    Answer.objects.bulk_create(answers, batch_size=2000)


def _sit(attempt: Attempt, skill: float, random_: random.Random) -> list[Answer]:
    shape, keys = decode_shape(attempt.shape), answer_keys(version for version, _ in attempt.paper)
    spent = random_.uniform(240, 1700)
    answers = []
    for number, ((version, order), asked) in enumerate(zip(attempt.paper, shape, strict=True), 1):
        if not isinstance(asked, Options):  # the demo's banks ask nothing else
            continue
        right = sorted(order.index(option) for option in keys[version].right)
        wrong = random_.sample(range(asked.options), len(right) if asked.several else 1)
        choice = right if random_.random() < skill else sorted(wrong)
        at = attempt.started_at + timedelta(seconds=spent * number / len(shape))
        answers.append(Answer(attempt_id=attempt.pk, question=number, choice=choice, seq=number, arrived_at=at))
    attempt.state, attempt.closed_by, attempt.receipt = Attempt.State.SUBMITTED, "member", new_receipt()
    attempt.submitted_at = min(attempt.started_at + timedelta(seconds=spent), attempt.deadline)
    attempt.save(update_fields=["state", "closed_by", "receipt", "submitted_at"])
    return answers
