"""Builders of real rows for tests. Plain functions, small and honest: what a test does not say, it does not care about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.actions import create_unit, join_unit
from accounts.models import Consent, Headcount, Member, Role, Unit, UnitKind
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
    unit = create_unit(
        code=code or f"U{Unit.objects.count() + 1:05d}", name=name, parent=parent, from_day=FROM_DAY,
        kind=UnitKind.objects.get(slug=kind),
    )  # fmt: skip
    if members:
        Headcount.objects.create(
            unit=unit, on_day=date(2026, 6, 30), members=members, workers=members + 10, source="thử nghiệm"
        )
    return unit


def make_member(full_name: str, unit: Unit | None = None, **fields: Any) -> Member:
    if not fields.get("phone") and not fields.get("email"):
        fields["phone"] = f"+8491{Member.objects.count() + 1000000:07d}"
    member = Member.objects.create_user(full_name=full_name, password=PASSWORD, **fields)
    Consent.objects.create(member=member, purpose="take_part", text_version="1", text_hash="", given_at=timezone.now())
    if unit is not None:
        join_unit(member=member, unit=unit, by=member, today=FROM_DAY)
    return member


def make_union() -> Union:
    national = make_unit(None, "Tổng Liên đoàn Lao động Việt Nam", "tong-lien-doan")
    province_a = make_unit(national, "Liên đoàn Lao động tỉnh Thái Nguyên", "ldld-tinh")
    province_b = make_unit(national, "Liên đoàn Lao động tỉnh Nghệ An", "ldld-tinh")
    ward_a = make_unit(province_a, "Công đoàn phường Phan Đình Phùng", "cap-tren-co-so")
    factory_a = make_unit(ward_a, "CĐCS Công ty Cổ phần May Sông Cầu", members=200)
    school_a = make_unit(ward_a, "CĐCS Trường Mầm non Hoa Sen", members=50)
    hospital_b = make_unit(province_b, "CĐCS Bệnh viện Đa khoa Vinh", members=300)
    olga = make_member("Nguyễn Thị Ơn", province_a, email="olga@example.vn")
    staff_b = make_member("Phan Văn Ba", province_b, email="staff-b@example.vn")
    for member, unit, kinds in ((olga, province_a, ("organizer", "staff")), (staff_b, province_b, ("staff",))):
        for kind in kinds:
            Role.objects.create(member=member, unit=unit, kind=kind, from_day=FROM_DAY)
    return Union(
        national=national, province_a=province_a, province_b=province_b, ward_a=ward_a, factory_a=factory_a,
        school_a=school_a, hospital_b=hospital_b, olga=olga, staff_b=staff_b,
        alice=make_member("Trần Thị Ánh", factory_a), bob=make_member("Lê Văn Bình", school_a),
        charlie=make_member("Hồ Đức Chung", hospital_b),
    )  # fmt: skip


def make_question(
    bank: Bank, topic: Topic, code: str, *, kind: str = "single", key: tuple[int, ...] = (0,), **fields: Any
) -> QuestionVersion:
    options = ["Đúng", "Sai"] if kind == "true_false" else [f"Phương án {letter} của {code}" for letter in "ABCD"]
    stem = fields.pop("stem", f"Nội dung câu hỏi {code}?")
    return QuestionVersion.objects.create(
        question=Question.objects.create(bank=bank, code=code), number=1, topic=topic, kind=kind, difficulty="easy",
        stem=stem, options=fields.pop("options", options), key=list(key), document="Bộ luật Lao động 2019", article="Điều 1",
        explanation=f"Giải thích {code}.", search_text=search_text(stem), stem_key=stem_key(stem), **fields,
    )  # fmt: skip


def make_bank(owner: Unit, topics: tuple[str, ...] = ("Tiền lương", "Luật Công đoàn"), each: int = 12) -> Bank:
    """The right option is always the first of the author's order; every fourth question takes several."""
    bank = Bank.objects.create(owner=owner, name="Ngân hàng thử")
    for number, name in enumerate(topics):
        topic = Topic.objects.create(bank=bank, name=name)
        for index in range(each):
            several = index % 4 == 3
            make_question(
                bank,
                topic,
                f"Q{number}-{index:02d}",
                kind="multiple" if several else "single",
                key=(0, 1) if several else (0,),
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
