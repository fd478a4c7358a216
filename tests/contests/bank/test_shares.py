"""A bank lent to units below: they look and draw, they change nothing; taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.scope import Scope, scope_of
from contests.actions.bank_shares import share_bank, take_back
from contests.actions.clone import clone_contest
from contests.actions.contest import (
    PlanRefused,
    RoundPlan,
    add_round,
    create_contest,
    open_contest,
    update_round,
)
from contests.errors import ContestError
from contests.models import BankShare, Contest
from contests.queries.bank_shares import readable_banks
from contests.rules.settings import DrawPart, RoundRules, dump
from tests import make
from tests.contests.actions.rivals import at_once
from tests.contests.bank.conftest import browser, organizer

pytestmark = pytest.mark.django_db
NOW = timezone.now()
RULES = dump(RoundRules(minutes=20, attempts=2, draw=(DrawPart("Tiền lương", 2),)))


def contest_below(union, bank, by) -> Contest:
    plan = RoundPlan("Tuần 1", NOW - timedelta(hours=1), NOW + timedelta(days=5), RULES)
    return create_contest(
        title="Thi ở phường", organizer=union.ward_a, audience=union.ward_a, bank=bank, first_round=plan, by=by, now=NOW
    )  # fmt: skip


def reads(member, bank) -> bool:
    return readable_banks(scope_of(member, Role.Kind.ORGANIZER)).filter(pk=bank.pk).exists()


def test_it_reaches_the_unit_and_all_below_and_nobody_else(union, phuong, bank):
    factory = organizer(union.factory_a, "Công Ty", "may@example.vn")
    hospital = organizer(union.hospital_b, "Bệnh Viện", "bv@example.vn")
    assert not reads(phuong, bank)

    share = share_bank(bank=bank, unit=union.ward_a, by=union.olga, now=NOW)

    assert reads(phuong, bank)
    assert reads(factory, bank)
    assert reads(union.olga, bank)
    assert not reads(hospital, bank)
    assert not readable_banks(Scope()).exists()
    take_back(share=share, by=union.olga, now=NOW)
    assert not reads(phuong, bank)
    assert not reads(factory, bank)
    assert BankShare.objects.get().taken_back_by == union.olga, "the row stays"


def test_to_all_below_is_the_owner_itself_and_elsewhere_is_refused(union, phuong, bank):
    share_bank(bank=bank, unit=union.province_a, by=union.olga, now=NOW)

    assert reads(phuong, bank)
    for unit, word in (
        (union.province_b, "trực thuộc"),
        (union.national, "Cấp trên"),
        (union.province_a, "đã được chia sẻ"),
    ):
        with pytest.raises(ContestError, match=word):
            share_bank(bank=bank, unit=unit, by=union.olga, now=NOW)


def test_the_unit_above_sees_what_is_below_without_any_share(union):
    assert reads(union.olga, make.make_bank(union.factory_a))


def test_who_it_was_shared_with_looks_and_changes_nothing(union, below, bank):
    share_bank(bank=bank, unit=union.ward_a, by=union.olga, now=NOW)

    page = below.get(reverse("organizer_bank", args=[bank.public_id])).content.decode()
    assert "Nội dung câu hỏi Q0-00" in page
    assert "chia sẻ" in page
    assert "Nhập câu hỏi" not in page
    assert "Đổi các câu đã chọn" not in page
    question = below.get(reverse("organizer_question", args=[bank.public_id]) + "?ma=Q0-00").content.decode()
    assert "Đáp án đúng" in question
    assert "Sửa câu này" not in question
    assert "Hình của câu" not in question
    assert below.get(reverse("organizer_question_figures", args=[bank.public_id]) + "?ma=Q0-00").status_code == 200
    assert "Được chia sẻ" in below.get("/to-chuc/").content.decode()
    for name in (
        "organizer_new_question", "organizer_edit_question", "organizer_question_act", "organizer_review", "organizer_bulk",
        "organizer_amendments", "organizer_shares", "organizer_retire", "organizer_upload", "organizer_practice",
    ):  # fmt: skip
        address = reverse(name, args=[bank.public_id])
        assert below.get(address, {"ma": "Q0-00", "cau": "Q0-00"}).status_code in (404, 405), name
        assert below.post(address, {"ma": "Q0-00", "act": "send", "cau": "1:Q0-00"}).status_code in (404, 405), name


def test_who_it_was_shared_with_draws_from_it(union, phuong, bank):
    with pytest.raises(PlanRefused, match="không được chia sẻ"):
        contest_below(union, bank, phuong)
    share_bank(bank=bank, unit=union.ward_a, by=union.olga, now=NOW)

    contest = open_contest(contest=contest_below(union, bank, phuong), by=phuong, now=NOW)

    assert contest.state == "open"
    page = browser(phuong).get("/to-chuc/cuoc-thi/moi/").content.decode()
    assert bank.name in page


def test_it_is_not_taken_back_while_their_open_contest_draws(union, phuong, bank):
    share = share_bank(bank=bank, unit=union.ward_a, by=union.olga, now=NOW)
    contest = contest_below(union, bank, phuong)
    open_contest(contest=contest, by=phuong, now=NOW)

    with pytest.raises(ContestError, match="Thi ở phường"):
        take_back(share=share, by=union.olga, now=NOW)

    whole = share_bank(bank=bank, unit=union.province_a, by=union.olga, now=NOW)
    take_back(share=share, by=union.olga, now=NOW)  # the other one still lets them
    with pytest.raises(ContestError, match="Chưa thu lại được"):
        take_back(share=whole, by=union.olga, now=NOW)
    Contest.objects.update(state="closed")
    take_back(share=whole, by=union.olga, now=NOW)


def test_the_owners_own_contest_is_nobody_elses(union, contest):
    share = share_bank(bank=contest.bank, unit=union.province_a, by=union.olga, now=NOW)

    assert take_back(share=share, by=union.olga, now=NOW).taken_back_at == NOW


def test_a_draft_whose_bank_was_taken_back_does_not_open(union, phuong, bank):
    share = share_bank(bank=bank, unit=union.ward_a, by=union.olga, now=NOW)
    contest = contest_below(union, bank, phuong)
    take_back(share=share, by=union.olga, now=NOW)

    with pytest.raises(PlanRefused, match="không còn được chia sẻ"):
        open_contest(contest=contest, by=phuong, now=NOW)


def test_after_taking_back_its_questions_are_for_the_owner_alone(union, phuong, below, bank):
    share = share_bank(bank=bank, unit=union.ward_a, by=union.olga, now=NOW)
    contest = contest_below(union, bank, phuong)
    round_ = contest.rounds.get()
    plan = RoundPlan("Tuần 2", round_.opens_at, round_.closes_at, RULES)
    printing = reverse("organizer_print", args=[contest.slug, 1])
    looks = [reverse(name, args=[contest.slug, 1]) for name in ("organizer_preview", "organizer_paper_frame")]
    asked = {"versions": "2", "seed": "7", "act": "keys"}
    assert below.post(printing, asked)["Content-Type"].endswith("document")
    assert all("Nội dung câu hỏi" in below.get(look).content.decode() for look in looks)

    take_back(share=share, by=union.olga, now=NOW)

    for state in ("draft", "closed"):
        Contest.objects.update(state=state)
        page = below.post(printing, asked)
        assert "text/html" in page["Content-Type"]
        assert "không còn được chia sẻ" in page.content.decode()
        for look in looks:
            page = below.get(look).content.decode()
            assert "không còn được chia sẻ" in page
            assert "Nội dung câu hỏi" not in page
        with pytest.raises(ContestError, match="không còn được chia sẻ"):
            clone_contest(contest=contest, by=phuong, now=NOW)
    Contest.objects.update(state="draft")
    with pytest.raises(ContestError, match="không còn được chia sẻ"):
        add_round(contest=contest, plan=plan, by=phuong, now=NOW)
    with pytest.raises(ContestError, match="không còn được chia sẻ"):
        update_round(round_=round_, plan=plan, by=phuong, now=NOW)
    assert contest.events.filter(what="keys_printed").count() == 1


def test_who_prints_keys_is_named_in_every_contest_that_draws_from_the_bank(union, olga, phuong, below, bank, contest):
    share_bank(bank=bank, unit=union.ward_a, by=union.olga, now=NOW)
    other = contest_below(union, bank, phuong)

    below.post(reverse("organizer_print", args=[other.slug, 1]), {"versions": "2", "seed": "7", "act": "keys"})

    assert [event.actor for event in contest.events.filter(what="keys_printed")] == [phuong]
    page = olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()
    assert "số bốc đề 7, của cuộc thi “Thi ở phường” cùng ngân hàng" in page


def test_the_page_shares_and_takes_back(union, olga, bank):
    address = reverse("organizer_shares", args=[bank.public_id])
    found = olga.get(address, {"q": "phan dinh phung"}).content.decode()
    assert union.ward_a.name in found
    assert "Vinh" not in olga.get(address, {"q": "benh vien"}).content.decode().split("<main")[1].replace(
        'value="benh vien"', ""
    )

    olga.post(address, {"act": "share", "unit": union.ward_a.code})
    assert olga.post(address, {"act": "share", "unit": union.hospital_b.code}).status_code == 404
    share = BankShare.objects.get()
    olga.post(address, {"act": "take_back", "share": share.pk})

    assert not BankShare.objects.filter(taken_back_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_taking_back_and_beginning_to_draw_at_one_instant(committed_union):
    """Whichever comes second sees the first: never an open contest that draws from a bank it may not."""
    union, contest = committed_union
    phuong = organizer(union.ward_a, "Vũ Thị Phượng", "phuong@example.vn")
    share = share_bank(bank=contest.bank, unit=union.ward_a, by=union.olga, now=NOW)
    draft = contest_below(union, contest.bank, phuong)

    def act(which):
        try:
            if which == "open":
                open_contest(contest=draft, by=phuong, now=NOW)
            else:
                take_back(share=share, by=union.olga, now=NOW)
        except (PlanRefused, ContestError) as refused:
            return refused
        return None

    refused = [one for one in at_once(act, ["open", "back"]) if one]

    draft.refresh_from_db()
    share.refresh_from_db()
    assert len(refused) == 1
    assert (draft.state == "open") != (share.taken_back_at is not None)
