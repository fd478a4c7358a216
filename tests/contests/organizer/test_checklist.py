"""The checklist before opening: each planted trouble is said, with a link to the field that mends it; and previews of a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Headcount, Role
from contests.actions.bank_shares import share_bank, take_back
from contests.actions.contest import open_contest
from contests.actions.exclude import exclude
from contests.actions.opening import undo_opening
from contests.actions.sharing import note_share_seen
from contests.models import Contest, QuestionVersion, Rehearsal, Round
from contests.queries.checklist import STARTS, checklist
from contests.rules.contest_settings import dump_contest_rules, parse_contest_rules
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(union, bank):
    noon = timezone.localtime(timezone.now() + timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    contest = make.make_contest(union, bank, state="draft", opens_at=noon, hours=72)
    contest.rules = {"prizes": [{"name": "Giải nhất", "count": 1}]}
    contest.save()
    return contest


def checks(contest: Contest, union) -> dict[str, tuple[bool, str]]:
    """By code: whether it warns, and what it says."""
    from contests.actions.contest_rows import scope_now

    contest = Contest.objects.select_related("bank__owner", "audience", "organizer").get(pk=contest.pk)
    found = checklist(contest, scope_now(union.olga, timezone.now()), timezone.now())
    assert all(check.ok for check in found if check.warns)
    return {check.code: (check.warns, check.text) for check in found}


def fix_links(olga, contest) -> dict[str, str]:
    page = olga.get(reverse("organizer_contest", args=[contest.slug]))
    return {line.check.code: line.url for line in page.context["checks"] if line.url}


def test_a_good_draft_has_nothing_but_a_second_look_a_rehearsal_and_the_kit_to_think_of(union, draft, olga):
    found = checks(draft, union)

    assert {code for code, (warns, _) in found.items() if warns} == {"rehearsal", "review", "share"}
    assert found["headcounts"][1].startswith("250 đoàn viên")
    assert "3.000 người vào thi trong 60 giây" in found["capacity"][1]
    assert "Nguyễn Thị Ơn" in found["excluded"][1]
    assert fix_links(olga, draft) == {
        "rehearsal": reverse("organizer_rehearsal", args=[draft.slug]), "share": reverse("organizer_share", args=[draft.slug]),
        "review": reverse("organizer_bank", args=[draft.bank.public_id]) + "?review=open",
    }  # fmt: skip
    QuestionVersion.objects.filter(question__bank=draft.bank).update(review=QuestionVersion.Review.APPROVED)
    note_share_seen(contest=draft, now=timezone.now())
    Rehearsal.objects.create(contest=draft, members=200, state="done", report={"problems": []}, asked_at=timezone.now())
    assert not any(warns for warns, _ in checks(draft, union).values())


def test_rounds_in_the_past_at_night_or_at_once(union, draft, olga):
    one = draft.rounds.get()
    Round.objects.create(
        contest=draft, number=2, title="Tuần 2", opens_at=one.opens_at + timedelta(hours=1), closes_at=one.closes_at.replace(hour=16, minute=30),
        rules=one.rules,
    )  # fmt: skip  # 16:30 UTC is 23:30 in Vietnam
    Round.objects.filter(number=1).update(opens_at=timezone.now() - timedelta(hours=2))

    found, links = checks(draft, union), fix_links(olga, draft)

    assert "Tuần 1 có giờ mở đã qua" in found["past"][1]
    assert "đóng lúc 23:30, giữa đêm" in found["night"][1]
    assert "Tuần 1 và Tuần 2 cùng mở một lúc" in found["overlap"][1]
    assert links["past"] == reverse("organizer_edit_round", args=[draft.slug, 1]) + "#id_opens_at"
    assert links["overlap"].endswith("dot-2/#id_opens_at")
    for link in (links["past"], links["night"], links["overlap"]):
        assert f'id="{link.partition("#")[2]}"' in olga.get(link.partition("#")[0]).content.decode()


@pytest.mark.parametrize(("hour", "warns"), [(22, False), (23, True), (0, True), (4, True), (5, False)])
def test_night_begins_at_eleven_and_ends_at_five(union, draft, hour, warns):
    one = draft.rounds.get()
    opens = timezone.localtime(one.opens_at).replace(hour=hour)
    Round.objects.update(opens_at=opens, closes_at=opens + timedelta(hours=12 if warns or hour == 5 else 13))
    opens_at_night = "mở lúc" in checks(draft, union)["night"][1]

    assert opens_at_night is warns


def test_prizes_need_something_that_parts_equals(union, draft, olga):
    draft.rules |= {"chain": ["points", "right", "shared"]}
    draft.save()

    assert "nhiều người sẽ bằng nhau" in checks(draft, union)["ties"][1]
    assert fix_links(olga, draft)["ties"].endswith("/luat/#xep-hang")
    assert 'id="xep-hang"' in olga.get(reverse("organizer_rules", args=[draft.slug])).content.decode()
    draft.rules = {}
    draft.save()
    assert "Chưa đặt giải thưởng" in checks(draft, union)["ties"][1]


def test_who_does_not_compete_is_named(union, draft):
    exclude(contest=draft, member=union.bob, reason="Người ra đề", by=union.olga, now=timezone.now())
    assert "Lê Văn Bình" in checks(draft, union)["excluded"][1]

    rules = dump_contest_rules(parse_contest_rules(draft.rules))
    draft.rules = rules | {"eligibility": rules["eligibility"] | {"exclude_staff": False}}
    draft.save()
    assert checks(draft, union)["excluded"][0]


def test_headcounts_and_a_rush(union, draft):
    Headcount.objects.filter(unit=union.factory_a).update(members=STARTS * 2)
    Round.objects.update(closes_at=draft.rounds.get().opens_at + timedelta(hours=1))
    assert checks(draft, union)["capacity"][0]

    Headcount.objects.all().delete()
    found = checks(draft, union)
    assert found["headcounts"][0]
    assert not found["capacity"][0]


def test_a_draft_is_seen_as_members_will_see_it_and_by_nobody_else(union, draft, olga):
    address = reverse("organizer_member_page", args=[draft.slug])

    reply = olga.get(address)
    page = reply.content.decode()

    assert draft.title in page
    assert "Mỗi đề có 4 câu hỏi" in page
    assert reply["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in reply["Content-Security-Policy"]
    assert Contest.objects.get().state == "draft"
    assert Client().get(address).status_code == 302
    home = olga.get(reverse("organizer_contest", args=[draft.slug]))
    assert f'src="{address}"' in home.content.decode()
    assert "frame-src 'self'" in home["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in home["Content-Security-Policy"]

    frame = olga.get(reverse("organizer_paper_frame", args=[draft.slug, 1])).content.decode()
    assert frame.count('class="org-question"') == 4
    assert "Đáp án đúng" not in frame
    draft.rounds.update(rules={})
    assert "Chưa xem thử được" in olga.get(address).content.decode()


def test_a_draft_that_was_open_once_shows_the_rules_of_now(union, draft, olga):
    now = timezone.now()
    open_contest(contest=draft, by=union.olga, now=now)
    undo_opening(contest=draft, by=union.olga, now=now)
    round_ = draft.rounds.get()
    round_.rules["minutes"] = 37
    round_.save()

    page = olga.get(reverse("organizer_member_page", args=[draft.slug])).content.decode()

    assert "37 phút" in page


def test_a_shared_bank_that_is_too_small_is_not_linked_where_it_cannot_be_mended(union, draft):
    below = make.make_member("Vũ Thị Phượng", email="phuong@example.vn")
    Role.objects.create(member=below, unit=union.ward_a, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    share = share_bank(bank=draft.bank, unit=union.ward_a, by=union.olga, now=timezone.now())
    Contest.objects.update(organizer=union.ward_a, audience=union.ward_a)
    round_ = draft.rounds.get()
    round_.rules["draw"][0]["count"] = 20
    round_.save()
    client = Client()
    client.force_login(below)
    upload = reverse("organizer_upload", args=[draft.bank.public_id])

    links = fix_links(client, draft)
    assert links["bank"] == reverse("organizer_edit_round", args=[draft.slug, 1]) + "#de-thi"
    assert client.get(links["bank"]).status_code == client.get(links["review"]).status_code == 200
    assert upload not in client.get("/to-chuc/").content.decode()

    take_back(share=share, by=union.olga, now=timezone.now())
    assert not {"bank", "review"} & set(fix_links(client, draft))


def test_there_is_no_round_nought(draft, olga):
    assert olga.get(f"/to-chuc/cuoc-thi/{draft.slug}/dot-0/").status_code == 404
