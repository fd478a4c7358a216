"""Builders of real rows for tests. Plain functions, small and honest: what a test does not say, it does not care about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.actions import NewUnit, create_units
from accounts.models import Consent, Headcount, Member, Membership, Role, Unit, UnitKind
from accounts.names import search_text
from contests.models import Bank, Contest, Question, QuestionVersion, Round, Topic
from contests.rules.practice import stem_key
from contests.rules.settings import DrawPart, RoundRules, dump

PASSWORD = "mat-khau-thu-nghiem"
FROM_DAY = date(2025, 7, 1)


@dataclass
class Union:
    """The small union that most tests live in."""

    national: Unit
    province_a: Unit
    province_b: Unit
    ward_a: Unit
    factory_a: Unit  # Alice's
    school_a: Unit  # Bob's
    hospital_b: Unit  # Charlie's
    olga: Member  # organizer and staff of province A
    alice: Member
    bob: Member
    charlie: Member
    staff_b: Member  # staff of province B


def make_unit(parent: Unit | None, name: str, kind: str = "cdcs", code: str = "", members: int = 0) -> Unit:
    return make_units([(parent, name, kind, code or f"U{Unit.objects.count() + 1:05d}", members)])[0]


def make_units(rows: Sequence[tuple[Unit | None, str, str, str, int]]) -> list[Unit]:
    """Units of one level at once: parent, name, kind, code, members (0: no headcount)."""
    kinds = {kind.slug: kind for kind in UnitKind.objects.all()}
    units = create_units(
        [NewUnit(code=code, name=name, kind=kinds[kind], parent=parent) for parent, name, kind, code, _ in rows],
        from_day=FROM_DAY,
    )
    Headcount.objects.bulk_create(
        Headcount(unit=unit, on_day=date(2026, 6, 30), members=members, workers=members + 10, source="thử nghiệm")
        for unit, (*_, members) in zip(units, rows, strict=True)
        if members
    )
    return units


def make_member(full_name: str, unit: Unit | None = None, **fields: Any) -> Member:
    return make_members([(full_name, unit, fields)])[0]


def make_members(rows: Sequence[tuple[str, Unit | None, dict[str, Any]]]) -> list[Member]:
    """People who have agreed to take part, each of the unit named, at once; without a phone or an e-mail they get a phone."""
    count, members = Member.objects.count(), []
    for number, (full_name, _unit, fields) in enumerate(rows):
        known = fields.get("phone") or fields.get("email")
        phone = {} if known else {"phone": f"+8491{count + number + 1000000:07d}"}
        member = Member(password=make_password(PASSWORD), **fields | phone)
        member.set_name(full_name)
        members.append(member)
    Member.objects.bulk_create(members)
    Consent.objects.bulk_create(
        Consent(member=member, purpose="take_part", text_version="1", text_hash="", given_at=timezone.now())
        for member in members
    )
    Membership.objects.bulk_create(
        Membership(member=member, unit=unit, from_day=FROM_DAY, set_by=member)
        for member, (_, unit, _) in zip(members, rows, strict=True)
        if unit is not None
    )
    return members


def make_union() -> Union:
    [national] = make_units([(None, "Tổng Liên đoàn Lao động Việt Nam", "tong-lien-doan", "U00001", 0)])
    province_a, province_b = make_units(
        [
            (national, "Liên đoàn Lao động tỉnh Thái Nguyên", "ldld-tinh", "U00002", 0),
            (national, "Liên đoàn Lao động tỉnh Nghệ An", "ldld-tinh", "U00003", 0),
        ]
    )
    ward_a, hospital_b = make_units(
        [
            (province_a, "Công đoàn phường Phan Đình Phùng", "cap-tren-co-so", "U00004", 0),
            (province_b, "CĐCS Bệnh viện Đa khoa Vinh", "cdcs", "U00007", 300),
        ]
    )
    factory_a, school_a = make_units(
        [
            (ward_a, "CĐCS Công ty Cổ phần May Sông Cầu", "cdcs", "U00005", 200),
            (ward_a, "CĐCS Trường Mầm non Hoa Sen", "cdcs", "U00006", 50),
        ]
    )
    olga, staff_b, alice, bob, charlie = make_members(
        [
            ("Nguyễn Thị Ơn", province_a, {"email": "olga@example.vn"}),
            ("Phan Văn Ba", province_b, {"email": "staff-b@example.vn"}),
            ("Trần Thị Ánh", factory_a, {}), ("Lê Văn Bình", school_a, {}), ("Hồ Đức Chung", hospital_b, {}),
        ]
    )  # fmt: skip
    Role.objects.bulk_create(
        Role(member=member, unit=unit, kind=kind, from_day=FROM_DAY)
        for member, unit, kind in (
            (olga, province_a, "organizer"), (olga, province_a, "staff"), (staff_b, province_b, "staff")
        )
    )  # fmt: skip
    return Union(
        national=national, province_a=province_a, province_b=province_b, ward_a=ward_a, factory_a=factory_a, school_a=school_a,
        hospital_b=hospital_b, olga=olga, staff_b=staff_b, alice=alice, bob=bob, charlie=charlie,
    )  # fmt: skip


def make_question(bank: Bank, topic: Topic, code: str, **fields: Any) -> QuestionVersion:
    return make_questions(bank, [(topic, code, fields)])[0]


def make_questions(bank: Bank, rows: Sequence[tuple[Topic, str, dict[str, Any]]]) -> list[QuestionVersion]:
    """First versions at once: topic, code, and what is not as usual."""
    questions = Question.objects.bulk_create(Question(bank=bank, code=code) for _, code, _ in rows)
    return QuestionVersion.objects.bulk_create(
        _first_version(question, topic, **fields) for question, (topic, _, fields) in zip(questions, rows, strict=True)
    )


def _first_version(
    question: Question, topic: Topic, *, kind: str = "single", key: tuple[int, ...] = (0,), **fields: Any
) -> QuestionVersion:
    code = question.code
    options = ["Đúng", "Sai"] if kind == "true_false" else [f"Phương án {letter} của {code}" for letter in "ABCD"]
    stem = fields.pop("stem", f"Nội dung câu hỏi {code}?")
    return QuestionVersion(
        question=question, number=1, topic=topic, kind=kind, difficulty="easy", stem=stem, key=list(key),
        options=fields.pop("options", options), document="Bộ luật Lao động 2019", article="Điều 1",
        explanation=f"Giải thích {code}.", search_text=search_text(stem), stem_key=stem_key(stem), **fields,
    )  # fmt: skip


def make_bank(owner: Unit, topics: tuple[str, ...] = ("Tiền lương", "Luật Công đoàn"), each: int = 12) -> Bank:
    """The right option is always the first of the author's order; every fourth question takes several."""
    bank = Bank.objects.create(owner=owner, name="Ngân hàng thử")
    made = Topic.objects.bulk_create(Topic(bank=bank, name=name) for name in topics)
    several = {"kind": "multiple", "key": (0, 1)}
    make_questions(
        bank,
        [
            (topic, f"Q{number}-{index:02d}", several if index % 4 == 3 else {})
            for number, topic in enumerate(made)
            for index in range(each)
        ],
    )
    return bank


# One question of each kind that is not answered by ticking options: stem, options, spec.
WRITTEN_KINDS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "short_text": ("Ai lãnh đạo Tổng Công hội Đỏ Bắc Kỳ?", [], {"accepted": ["Nguyễn Đức Cảnh"], "accents": False}),
    "number": ("Bộ luật Lao động có bao nhiêu điều?", [], {"value": "220", "tolerance": "0"}),
    "ordering": ("Xếp các tên gọi theo thời gian.", ["Công hội Đỏ", "Nghiệp đoàn Ái hữu", "Tổng Công đoàn Việt Nam"], {}),
    "matching": ("Ghép điều với nội dung.", ["Điều 9", "Điều 10"], {"right": ["Mặt trận", "Công đoàn", "Quốc hội"]}),
    "fill_in": ("Công đoàn Việt Nam ra đời ngày ___ tại ___.", [], {"blanks": [["28/7/1929"], ["Hà Nội"]], "accents": True}),
    "essay": ("Vì sao người lao động nên vào Công đoàn?", [], {}),
}  # fmt: skip


def make_kinds_bank(owner: Unit) -> Bank:
    """A question of each kind, each in a topic that bears its name: a paper without shuffling has them in this order."""
    bank = Bank.objects.create(owner=owner, name="Mọi loại câu")
    for kind, key in (("single", (0,)), ("multiple", (0, 1)), ("true_false", (0,))):
        make_question(bank, Topic.objects.create(bank=bank, name=kind), kind, kind=kind, key=key)
    for kind, (stem, options, spec) in WRITTEN_KINDS.items():
        topic = Topic.objects.create(bank=bank, name=kind)
        make_question(bank, topic, kind, kind=kind, key=(), stem=stem, options=options, spec=spec)
    return bank


def make_contest(
    union: Union, bank: Bank, *, state: str = "open", opens_at: datetime | None = None, hours: float = 24, **rules: Any
) -> Contest:
    """A contest of province A with one round that opened an hour ago, unless said otherwise."""
    opens_at = opens_at or timezone.now() - timedelta(hours=1)
    contest = Contest.objects.create(
        slug="tim-hieu-phap-luat", title="Tìm hiểu Bộ luật Lao động", organizer=union.province_a, audience=union.province_a,
        bank=bank, state=state, created_by=union.olga,
    )  # fmt: skip
    draw = tuple(DrawPart(topic.name, 2) for topic in bank.topics.all())
    settings = {"minutes": 20, "attempts": 2, "draw": draw} | rules
    Round.objects.create(
        contest=contest, number=1, title="Tuần 1", opens_at=opens_at, closes_at=opens_at + timedelta(hours=hours),
        rules=dump(RoundRules(**settings)),
    )  # fmt: skip
    return contest
