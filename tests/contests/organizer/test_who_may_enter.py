"""Every address of the console × everybody else: nobody sees anything, nobody changes anything."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts.models import Role
from contests import organizer_urls
from contests.models import (
    Announcement,
    Appeal,
    Attempt,
    AttemptEvent,
    Bank,
    BankShare,
    Clue,
    ClueMark,
    Contest,
    ContestEvent,
    Extension,
    KeyRuling,
    MemberQuestion,
    Question,
    QuestionComment,
    QuestionVersion,
    Tag,
    WinnersList,
)
from tests import make
from tests.contests.organizer.cases import graded
from tests.contests.organizer.sent import REAL_BANK, contest_data, named

pytestmark = pytest.mark.django_db

OPEN_TO_EVERY_ORGANIZER = {
    "organizer_home",
    "organizer_units",
    "organizer_template",
    "organizer_new_bank",
    "organizer_new_contest",
}


@pytest.fixture
def addresses(union, bank, contest, olga):
    """Every address of the console by name, filled with things of province A that exist."""
    held = olga.post(reverse("organizer_upload", args=[bank.public_id]), {"file": named(REAL_BANK.read_bytes())}).url
    extension = Extension.objects.create(
        round=contest.rounds.get(), member=union.bob, extra_minutes=5, reason="Mất điện", created_at=timezone.now()
    )
    attempt = graded(union.bob, contest)
    now = timezone.now()
    appeal = Appeal.objects.create(entry=attempt.entry, attempt=attempt, text="Đề nghị xem lại", filed_at=now)
    winners = WinnersList.objects.create(
        contest=contest, number=1, as_of=now, snapshot={}, proposed_by=union.olga, proposed_at=now
    )
    arguments = {
        "public_id": bank.public_id,
        "slug": contest.slug,
        "number": 1,
        "upload_id": held.rstrip("/").rsplit("/", 1)[-1],
        "row": 2,
        "attempt_id": attempt.public_id,
        "extension_id": extension.public_id,
        "list_id": winners.public_id,
        "appeal_id": appeal.public_id,
        "ruling_id": KeyRuling.objects.create(
            contest=contest, version=QuestionVersion.objects.first(), what="void", reason="Mất điện", at=timezone.now()
        ).public_id,
        "essay": "123456789012",
        "announcement_id": Announcement.objects.create(contest=contest, text="Mất điện ở hội trường", at=now).public_id,
        "asked_id": MemberQuestion.objects.create(
            contest=contest, attempt=attempt, text="Mất điện thì sao?", asked_at=now
        ).public_id,
        "clue_id": Clue.objects.create(
            contest=contest,
            kind="device",
            key="m",
            strength=1,
            attempts=[attempt.pk],
            facts={"people": 2},
            found_at=now,
        ).public_id,
    }
    return {
        pattern.name: reverse(pattern.name, kwargs={name: arguments[name] for name in pattern.pattern.converters})
        for pattern in organizer_urls.urlpatterns
        if isinstance(pattern, URLPattern)
    }


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Contest, Bank, Question, ContestEvent, Attempt, AttemptEvent, Extension, WinnersList, Appeal, KeyRuling, Announcement, MemberQuestion, Clue, ClueMark, BankShare, QuestionComment, QuestionVersion, Tag)
    ]  # fmt: skip


ACTS = (
    "void", "late", "restore", "propose", "verify", "publish", "withdraw", "take_up", "answer", "try", "apply", "try_undo", "correct",
    "undo", "send", "comment", "share",
)  # fmt: skip


def requests(client, address, *, every_act):
    """A look, a post, and a post for each act that a page of the console knows: of two who lack the same, one tries them all."""
    yield client.get(address, {"ma": "Q0-00", "q": "a"})
    yield client.post(
        address, {"ma": "Q0-00", "act": "save", "name": "X", "reason": "Vì thế", "title": "X", "file": named(b"x"), "whom": "round", "extra_minutes": "5"}
    )  # fmt: skip
    for act in ACTS if every_act else ():
        data = {
            "act": act,
            "reason": "Vì thế thôi",
            "verdict": "normal",
            "upheld": "yes",
            "ma": "Q0-00",
            "text": "Xem lại.",
            "unit": "U00004",
        }
        yield client.post(address, data)


SECRETS = (
    "Tìm hiểu Bộ luật",
    "Ngân hàng thử",
    "Nội dung câu hỏi",
    "Phương án",
    "Giải thích Q",
    "Đáp án đúng",
    "Lê Văn Bình",
    "Mất điện",
    "Đề nghị xem lại",
)


def test_visitors_are_sent_to_the_login(addresses):
    before = everything()

    for name, address in addresses.items():
        for reply in requests(Client(), address, every_act=False):
            assert reply.status_code in (302, 405), name
            if reply.status_code == 302:
                assert reply.url.startswith(reverse("account_login")), name
    assert Client().get(addresses["organizer_home"], follow=True).status_code == 200
    assert everything() == before


@pytest.mark.parametrize("who", ["alice", "charlie", "staff_b"])
def test_members_without_the_role_are_told_so(union, addresses, who):
    """A member, one of another province, and staff of one, who may do the most of the three."""
    before = everything()
    client = Client()
    client.force_login(getattr(union, who))

    for name, address in addresses.items():
        for reply in requests(client, address, every_act=who == "staff_b"):
            assert reply.status_code in (403, 405), name
            text = reply.content.decode()
            assert reply.status_code == 405 or "Trang này dành cho ban tổ chức" in text, name
            assert not any(secret in text for secret in SECRETS), name
    assert everything() == before


@pytest.mark.parametrize("where", ["province_b", "factory_a"])
def test_organizers_of_other_units_find_nothing(union, addresses, where):
    """Of another province, and of a unit below the one that owns."""
    stranger = make.make_member("Vũ Thị Lạ", email="la@example.vn")
    Role.objects.create(member=stranger, unit=getattr(union, where), kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    client = Client()
    client.force_login(stranger)
    before = everything()

    for name, address in addresses.items():
        if name in OPEN_TO_EVERY_ORGANIZER:
            text = client.get(address, {"q": "lien doan"}).content.decode(errors="replace")
            assert not any(secret in text for secret in SECRETS), name
            continue
        for reply in requests(client, address, every_act=where == "province_b"):
            assert reply.status_code in (404, 405), name
            assert not any(secret in reply.content.decode() for secret in SECRETS), name
    assert everything() == before


@pytest.mark.parametrize(
    "dates",
    [
        {"to_day": timezone.localdate().replace(year=2026, month=1, day=1)},
        {"from_day": timezone.localdate().replace(year=2099, month=1, day=1)},
    ],
    ids=["ended", "not begun"],
)
def test_a_role_out_of_its_dates_is_none(union, olga, dates):
    union.olga.roles.update(**dates)

    assert olga.get("/to-chuc/").status_code == 403


def test_the_unit_search_ends_at_the_scope(union, olga):
    found = olga.get(reverse("organizer_units"), {"q": "benh vien"}).json()["units"]
    own = olga.get(reverse("organizer_units"), {"q": "may song cau"}).json()["units"]

    assert found == []
    assert [unit["name"] for unit in own] == ["CĐCS Công ty Cổ phần May Sông Cầu"]


def test_an_audience_outside_the_scope_is_refused_by_the_form(union, olga, bank):
    data = contest_data(bank, {"Tiền lương": 2}, audience=union.hospital_b.code)

    reply = olga.post(f"/to-chuc/cuoc-thi/moi/?mau=mot-toi&bank={bank.public_id}", data)

    assert reply.status_code == 200
    assert "không có trong phạm vi" in reply.content.decode()
    assert "Bệnh viện" not in reply.content.decode()
    assert not Contest.objects.exists()


def test_a_colleague_goes_on_with_a_file_that_waits(union, bank, addresses):
    other = make.make_member("Người Cùng Ban", email="cung@example.vn")
    Role.objects.create(member=other, unit=union.province_a, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    client = Client()
    client.force_login(other)

    client.post(addresses["organizer_import"], {"act": "save"})

    assert Question.objects.filter(bank=bank).count() == 24 + 120


def test_pages_are_not_kept_by_any_cache(olga, addresses):
    assert "no-store" in olga.get(addresses["organizer_contest"])["Cache-Control"]
