"""More time from the console: for one person, a unit, a whole round; looked at before it is saved, taken back after a question."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contests.models import Attempt, Contest, ContestEvent, Entry, Extension, Round
from contests.rules.settings import Review
from tests import make
from tests.contests.organizer.cases import round_of, running
from tests.contests.organizer.sent import local

pytestmark = pytest.mark.django_db

REASON = "Mất điện từ 19:30 đến 19:50."


@pytest.fixture
def address(contest):
    return reverse("organizer_extensions", args=[contest.slug, 1])


def text_of(reply) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", reply.content.decode()).split())


def form_of(member=None, unit=None, **changes) -> dict[str, object]:
    data = {
        "whom": "person" if member else "unit" if unit else "round", "member": member.pk if member else "",
        "unit": unit.code if unit else "", "member_search": "", "unit_search": "", "extra_minutes": "10",
        "extra_attempts": "", "closes_at": "", "reason": REASON,
    }  # fmt: skip
    return data | changes


def look(client, address, data):
    return client.post(address, data | {"act": "look"})


def save(client, address, data):
    return client.post(address, data | {"act": "save"}, follow=True)


# --- Giving --------------------------------------------------------------------------------------------------------
def test_a_look_says_whom_it_reaches_and_saves_nothing(union, olga, contest, address):
    in_time, soon = running(union.alice, contest), running(union.bob, contest)
    round_of_close = contest.rounds.get().closes_at
    Attempt.objects.filter(pk=soon.pk).update(deadline=round_of_close)  # nothing later to give

    reply = look(olga, address, form_of(unit=union.ward_a))

    text = text_of(reply)
    assert "Ngay lúc này 2 người trong diện này đang làm bài; 1 người được giờ nộp muộn hơn." in text
    assert "Sau khi gia hạn, họ có 30 phút mỗi lượt, 2 lượt" in text
    assert "Công đoàn phường Phan Đình Phùng" in text
    assert not Extension.objects.exists()
    before = in_time.deadline
    in_time.refresh_from_db()
    assert in_time.deadline == before


def test_saved_for_a_unit_its_people_get_the_new_end(union, olga, contest, address):
    alice, bob = running(union.alice, contest), running(union.bob, contest)
    before = alice.deadline

    text = text_of(save(olga, address, form_of(unit=union.factory_a)))

    extension = Extension.objects.get()
    assert (extension.unit, extension.member, extension.extra_minutes, extension.created_by) == (
        union.factory_a, None, 10, union.olga
    )  # fmt: skip
    alice.refresh_from_db()
    assert alice.deadline == before + timedelta(minutes=10)
    assert Attempt.objects.get(pk=bob.pk).deadline == bob.deadline
    assert "Đã gia hạn. Người đang làm bài thấy giờ nộp mới" in text
    assert f"thêm 10 phút Lý do: {REASON}" in text


def test_saved_for_one_person_found_by_name(union, olga, contest, address):
    running(union.alice, contest)
    data = form_of(extra_minutes="", extra_attempts="1", whom="person")

    found = olga.post(address, data | {"find": "member", "member_search": "tran anh"})
    assert [person.member for person in found.context["form"].shown_people()] == [union.alice]
    assert REASON in found.content.decode()  # a search loses nothing of what was typed
    save(olga, address, data | {"member": union.alice.pk})

    assert Extension.objects.values_list("member", "unit", "extra_attempts").get() == (union.alice.pk, None, 1)


def test_saved_for_the_whole_round_with_a_later_close(union, olga, contest, address):
    until = timezone.localtime(contest.rounds.get().closes_at + timedelta(days=1)).replace(second=0, microsecond=0)

    save(olga, address, form_of(extra_minutes="", closes_at=local(until)))

    assert Extension.objects.values_list("member", "unit", "closes_at").get() == (None, None, until)
    assert Round.objects.get().extended_until == until


def test_one_who_has_not_entered_may_be_given_more_too(union, olga, contest, address):
    reply = olga.post(address, form_of(find="member", whom="person", member_search=union.bob.login_name))
    assert "chưa vào thi" in text_of(reply)

    save(olga, address, form_of(member=union.bob))

    assert Extension.objects.get().member == union.bob
    assert running(union.bob, contest).deadline - timezone.now() > timedelta(minutes=25)


def test_a_link_from_an_attempt_has_the_person_chosen(union, olga, contest, address):
    running(union.alice, contest)
    entry = Entry.objects.get()

    page = olga.get(address, {"thi-sinh": entry.public_id}).content.decode()

    assert f'value="{union.alice.pk}" checked' in page
    for wrong in ("00000000-0000-0000-0000-000000000000", "x", "\0"):
        assert "Trần Thị Ánh" not in olga.get(address, {"thi-sinh": wrong}).content.decode()


def test_what_the_look_hides_is_what_is_saved(union, olga, contest, address):
    page = look(olga, address, form_of(member=union.alice, extra_attempts="2")).content.decode()

    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    hidden.pop("csrfmiddlewaretoken", None)
    save(olga, address, hidden)

    extension = Extension.objects.get()
    assert (extension.member, extension.extra_minutes, extension.extra_attempts, extension.reason) == (
        union.alice, 10, 2, REASON
    )  # fmt: skip


def test_back_from_the_look_nothing_typed_is_lost(union, olga, contest, address):
    page = olga.post(address, form_of(member=union.alice, act="edit")).content.decode()

    assert f"{REASON}</textarea>" in page
    assert f'value="{union.alice.pk}" checked' in page
    assert 'name="extra_minutes" value="10"' in page
    assert not Extension.objects.exists()


# --- Refusals ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["look", "save"])
@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"extra_minutes": ""}, "extra_minutes", "thêm phút, thêm lượt hoặc"),
        ({"extra_minutes": "181"}, "extra_minutes", "nhiều nhất 180 phút"),
        ({"extra_minutes": "-5"}, "extra_minutes", "nhiều nhất 180 phút"),
        ({"extra_minutes": "9" * 4000}, "extra_minutes", "nhiều nhất 180 phút"),
        ({"extra_minutes": "9" * 5000}, "extra_minutes", "số nguyên"),
        ({"extra_minutes": "mười"}, "extra_minutes", "số nguyên"),
        ({"extra_attempts": "11"}, "extra_minutes", "10 lượt"),
        ({"closes_at": "2020-01-01T00:00"}, "closes_at", "sau giờ đóng của đợt"),
        ({"closes_at": "mai"}, "closes_at", "đủ ngày và giờ"),
        ({"reason": ""}, "reason", "ghi lý do"),
        ({"reason": "ừ"}, "reason", "từ 5 đến 500"),
        ({"reason": "y" * 100_000}, "reason", "500"),
        ({"reason": "lạ\0"}, "reason", "ký tự không đọc được"),
        ({"whom": "person", "member": ""}, "member", "chọn một người"),
        ({"whom": "person", "member": "999999999"}, "member", "chọn một người"),
        ({"whom": "person", "member": "9" * 30}, "member", ""),
        ({"whom": "person", "member": "x"}, "member", ""),
        ({"whom": "unit", "unit": ""}, "unit", "chọn một đơn vị"),
        ({"whom": "unit", "unit": "KHONG-CO"}, "unit", "chọn một đơn vị"),
        ({"whom": "unit", "unit": "\0"}, "unit", ""),
        ({"whom": "ai cũng được"}, "whom", "danh sách"),
    ],
)  # fmt: skip
def test_each_refusal_stands_by_its_field_and_keeps_what_was_typed(
    union, olga, contest, address, act, changes, field, said
):
    reply = olga.post(address, form_of(act=act) | changes)

    form = reply.context["form"]
    assert reply.status_code == 200
    assert said in str(form.errors[field])
    assert {name: form[name].value() for name in changes} == changes
    assert form["reason"].value() == changes.get("reason", REASON)
    assert not Extension.objects.exists()


def test_people_and_units_outside_are_not_found(union, olga, contest, address):
    hospital, charlie = union.hospital_b, union.charlie
    for text in ("ho duc chung", charlie.login_name):
        reply = olga.post(address, form_of(find="member", whom="person", member_search=text))
        assert "Hồ Đức Chung" not in reply.content.decode()
    assert olga.get(reverse("organizer_contest_units", args=[contest.slug]), {"q": "benh vien"}).json()["units"] == []

    for data in (form_of(member=charlie), form_of(unit=hospital)):
        assert look(olga, address, data).context["form"].errors
        save(olga, address, data)
    assert not Extension.objects.exists()


def test_units_in_scope_but_not_in_the_audience_are_not_offered(union, olga, contest, address):
    Contest.objects.update(audience=union.factory_a)
    units = reverse("organizer_contest_units", args=[contest.slug])

    assert olga.get(units, {"q": "mam non"}).json()["units"] == []
    assert [one["code"] for one in olga.get(units, {"q": "song cau"}).json()["units"]] == [union.factory_a.code]
    assert "chọn một đơn vị" in str(look(olga, address, form_of(unit=union.school_a)).context["form"].errors["unit"])
    assert "chọn một người" in str(look(olga, address, form_of(member=union.bob)).context["form"].errors["member"])


def test_a_smaller_scope_than_the_audience_finds_its_own_and_who_entered(union, client, contest, address):
    """An organizer of the unit that organizes, whose contest is for more people than they look after."""
    Contest.objects.update(organizer=union.factory_a)
    own = make.make_member("Ban Tổ Chức Xưởng", union.factory_a, email="xuong@example.vn")
    Role.objects.create(member=own, unit=union.factory_a, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    client.force_login(own)

    def found(text):
        reply = client.post(address, form_of(find="member", whom="person", member_search=text))
        return [person.member.full_name for person in reply.context["form"].shown_people()]

    assert found("tran thi anh") == ["Trần Thị Ánh"]
    assert found("le van binh") == []
    running(union.bob, contest)
    assert found("le van binh") == ["Lê Văn Bình"]


def test_what_the_whole_contest_refuses_stands_above_the_form(union, olga, bank):
    contest = make.make_contest(union, bank, review=Review.EXPLANATION)
    address = reverse("organizer_extensions", args=[contest.slug, 1])
    Round.objects.update(closes_at=timezone.now() - timedelta(hours=1))

    over = look(olga, address, form_of()).context["form"]
    shown = look(olga, address, form_of(closes_at=local(timezone.now() + timedelta(days=1)))).context["form"]
    Contest.objects.update(state="closed")
    closed = save(olga, address, form_of())

    assert "Đợt thi đã đóng" in str(over.errors["closes_at"])
    assert "đã hiện cho thí sinh" in str(shown.non_field_errors())
    assert "Chỉ gia hạn được khi cuộc thi đang mở." in text_of(closed)
    assert not Extension.objects.exists()


def test_a_round_that_is_over_for_them_is_said_before_saving(union, olga, contest, address):
    now = timezone.now()
    Round.objects.update(closes_at=now - timedelta(minutes=1), extended_until=now + timedelta(hours=1))
    Extension.objects.create(
        round=contest.rounds.get(),
        unit=union.school_a,
        closes_at=now + timedelta(hours=1),
        reason="Mưa",
        created_at=now,
    )

    assert "Với diện này đợt thi đã đóng" in text_of(look(olga, address, form_of(member=union.alice)))
    assert "Với diện này đợt thi đã đóng" not in text_of(look(olga, address, form_of(member=union.bob)))


# --- Taking back, and the record -----------------------------------------------------------------------------------
@pytest.fixture
def given(union, contest):
    return Extension.objects.create(
        round=round_of(contest), unit=union.factory_a, extra_minutes=10, reason=REASON, created_by=union.olga, created_at=timezone.now()
    )  # fmt: skip


def revoke_address(extension) -> str:
    return reverse("organizer_revoke", args=[extension.round.contest.slug, 1, extension.public_id])


def test_taking_back_asks_first(union, olga, contest, given):
    attempt = running(union.alice, contest)

    asked = olga.get(revoke_address(given))
    assert "1 người đang làm bài giữ giờ nộp đã được cho." in text_of(asked)
    given.refresh_from_db()
    assert given.revoked_at is None
    done = olga.post(revoke_address(given), follow=True)

    given.refresh_from_db()
    assert given.revoked_by == union.olga
    assert "Đã thu hồi gia hạn." in text_of(done)
    assert Attempt.objects.get().deadline == attempt.deadline


def test_taking_back_twice_is_told(olga, given):
    olga.post(revoke_address(given))

    assert "Gia hạn này đã được thu hồi." in text_of(olga.post(revoke_address(given), follow=True))
    assert olga.get(revoke_address(given)).status_code == 302
    assert ContestEvent.objects.filter(what="extension_revoked").count() == 1


def test_the_diary_tells_both(union, olga, contest, address):
    save(olga, address, form_of(unit=union.factory_a, extra_attempts="1"))
    olga.post(revoke_address(Extension.objects.get()))

    text = text_of(olga.get(reverse("organizer_contest", args=[contest.slug])))

    assert "Gia hạn đợt 1 cho CĐCS Công ty Cổ phần May Sông Cầu: thêm 10 phút, thêm 1 lượt" in text
    assert "Thu hồi gia hạn đợt 1 của CĐCS Công ty Cổ phần May Sông Cầu: thêm 10 phút, thêm 1 lượt" in text
    assert text.count(f"Lý do: {REASON}") == 1


def test_the_contest_page_leads_here(olga, contest, address):
    page = olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()

    assert f'href="{address}"' in page
    assert f'href="{reverse("organizer_attempts", args=[contest.slug])}"' in page


# --- Doors and strange input ---------------------------------------------------------------------------------------
def test_looking_writes_nothing(union, olga, contest, address, given):
    with CaptureQueriesContext(connection) as queries:
        for one in (address, f"{address}?act=save&whom=round&extra_minutes=5&reason=Vì+thế", revoke_address(given)):
            assert olga.get(one).status_code == olga.head(one).status_code == 200
        look(olga, address, form_of())
    for query in queries.captured_queries:
        assert not re.match(r"(?i)insert|delete|update contests", query["sql"]), query["sql"]


def test_an_extension_of_another_round_is_not_found(union, olga, contest, given):
    first = contest.rounds.get()
    Round.objects.create(
        contest=contest, number=2, title="Tuần 2", opens_at=first.opens_at, closes_at=first.closes_at, rules=first.rules
    )

    assert olga.post(reverse("organizer_revoke", args=[contest.slug, 2, given.public_id])).status_code == 404
    given.refresh_from_db()
    assert given.revoked_at is None


def test_the_page_asks_as_often_for_many_as_for_one(union, olga, contest, address, given):
    olga.get(address)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            olga.get(address)
        counts.append(len(queries))
        for member in (union.alice, union.bob, None):
            Extension.objects.create(
                round=given.round, member=member, extra_attempts=1, reason=REASON, created_by=union.alice, created_at=timezone.now(),
                revoked_at=timezone.now(), revoked_by=union.olga,
            )  # fmt: skip

    assert counts[0] == counts[1] <= 10, [query["sql"][:90] for query in queries.captured_queries]


@pytest.mark.parametrize(
    "tail",
    ["dot-0/gia-han/", "dot-2/gia-han/", f"dot-{10**40}/gia-han/", "dot--1/gia-han/", "dot-1/gia-han/x/thu-hoi/"],
)
def test_rounds_that_are_not_there_are_not_found(olga, contest, tail):
    assert olga.get(reverse("organizer_contest", args=[contest.slug]) + tail).status_code == 404


@pytest.mark.parametrize("query", ["page=-1", "page=%00", "thi-sinh=%00", "thi-sinh=" + "a" * 4000, "page=" + "9" * 40])
def test_strange_questions_are_no_fault(olga, address, given, query):
    assert olga.get(f"{address}?{query}").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {}, {"act": "drop"}, {"find": "\0", "member_search": "\0", "unit_search": "\0", "member": "\0", "unit": "\0"},
        {"find": "x", "member_search": "a" * 100_000, "unit_search": "b" * 100_000, "member": "9" * 5000}, {"act": "edit", "member": "-1"},
        {"act": "save", "member": "NaN"}, {"act": "edit", "closes_at": "\0", "unit": "x" * 9000},
    ],
)  # fmt: skip
def test_strange_forms_are_no_fault(olga, address, data):
    assert olga.post(address, data).status_code == 200
    assert not Extension.objects.exists()


def test_the_unit_search_takes_anything(olga, contest):
    for text in ("\0", "a" * 5000, "%", "' or 1=1"):
        assert olga.get(reverse("organizer_contest_units", args=[contest.slug]), {"q": text}).status_code == 200
