"""What members agreed to: every version of the rules is kept word for word, dated, and shown with what changed."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.contest import (
    RoundPlan,
    add_round,
    close_contest,
    extend_round,
    open_contest,
    reopen_contest,
    update_contest,
    update_round,
)
from contests.actions.enter import enter_contest
from contests.actions.rules_versions import keep_rules
from contests.actions.start import start_attempt
from contests.models import ContestEvent, Entry, RulesVersion
from contests.rules.contest_settings import ContestRules, Eligibility, dump_contest_rules
from tests import make

REASON = "Mất điện diện rộng ở hai xã"


@pytest.fixture
def contest(union):
    """A draft of Olga's that may be opened."""
    return make.make_contest(union, make.make_bank(union.province_a), state="draft")


@pytest.fixture
def opened(union, contest):
    return open_contest(contest=contest, by=union.olga, now=timezone.now())


def extend(contest, union, hours=5):
    round_ = contest.rounds.get()
    return extend_round(
        round_=round_,
        closes_at=round_.closes_at + timedelta(hours=hours),
        reason=REASON,
        by=union.olga,
        now=timezone.now(),
    )


def test_a_draft_has_none_and_the_opening_makes_the_first(union, contest):
    update_contest(
        contest=contest, title="Tên khác", summary="", audience=contest.audience, by=union.olga, now=timezone.now()
    )
    assert not RulesVersion.objects.exists()

    now = timezone.now()
    open_contest(contest=contest, by=union.olga, now=now)

    version = contest.rules_versions.get()
    assert (version.number, version.made_at, version.made_by, version.changes) == (1, now, union.olga, [])
    assert "“Tên khác” do Liên đoàn" in json.dumps(version.vi, ensure_ascii=False)
    assert (
        version.text_hash
        == hashlib.sha256(
            json.dumps([version.vi, version.en], ensure_ascii=False, separators=(",", ":")).encode()
        ).hexdigest()
    )
    event = ContestEvent.objects.get(what="rules_published")
    assert event.detail == {"number": 1, "sha256": version.text_hash, "reason": ""}


def test_what_changes_the_page_makes_a_version_and_what_does_not_makes_none(union, opened):
    now = timezone.now()
    update_contest(
        contest=opened,
        title=opened.title,
        summary="Lời giới thiệu mới",
        audience=opened.audience,
        by=union.olga,
        now=now,
    )
    close_contest(contest=opened, by=union.olga, now=now)
    reopen_contest(contest=opened, by=union.olga, now=now)
    assert opened.rules_versions.count() == 1

    extend(opened, union)
    update_contest(contest=opened, title="Tên sửa lỗi gõ", summary="", audience=opened.audience, by=union.olga, now=now)
    round_ = opened.rounds.get()
    plan = RoundPlan("Tuần 2", round_.closes_at, round_.closes_at + timedelta(days=3), round_.rules)
    add_round(contest=opened, plan=plan, by=union.olga, now=now)

    newest, renamed, extended, _ = opened.rules_versions.all()
    assert [one.number for one in (newest, renamed, extended)] == [4, 3, 2]
    assert extended.reason == REASON
    in_words = {one["section"]: one for one in extended.changes if one["language"] == "vi"}
    assert set(in_words) == {"Thời gian"}
    assert len(in_words["Thời gian"]["before"]) == len(in_words["Thời gian"]["after"]) == 1
    assert {one["section"] for one in renamed.changes if one["language"] == "en"} == {"Who may take part"}
    assert any("Tuần 2" in line for one in newest.changes for line in one["after"])


def test_a_change_of_the_draft_makes_no_version(union, contest):
    round_ = contest.rounds.get()
    plan = RoundPlan("Tuần đầu", round_.opens_at, round_.closes_at, round_.rules)
    update_round(round_=round_, plan=plan, by=union.olga, now=timezone.now())

    assert keep_rules(contest, by=union.olga, now=timezone.now()) is None
    assert not RulesVersion.objects.exists()


def test_an_entry_keeps_the_version_that_was_in_force(union, opened):
    round_ = opened.rounds.get()
    start_attempt(member=union.alice, round_=round_, now=timezone.now())
    extend(opened, union)
    start_attempt(member=union.bob, round_=round_, now=timezone.now())
    start_attempt(member=union.alice, round_=round_, now=timezone.now())

    agreed = {one.member: one.rules_version.number for one in Entry.objects.select_related("rules_version", "member")}
    assert agreed == {union.alice: 1, union.bob: 2}


def test_registering_keeps_it_too(union, contest):
    contest.rules = dump_contest_rules(ContestRules(eligibility=Eligibility(code="280729")))
    contest.save(update_fields=["rules"])
    opened = open_contest(contest=contest, by=union.olga, now=timezone.now())

    entry = enter_contest(member=union.alice, contest=opened, now=timezone.now(), code="280729")

    assert entry.rules_version == opened.rules_versions.get()


def test_an_entry_into_a_contest_without_versions_is_made_all_the_same(union):
    contest = make.make_contest(union, make.make_bank(union.province_a))

    attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())

    assert attempt.entry.rules_version is None


# --- the page ------------------------------------------------------------------------------------------------------
def page(client, contest, **query):
    return client.get(f"/cuoc-thi/{contest.slug}/the-le/", query)


def test_the_page_shows_the_newest_whole_and_the_versions_before(client, union, opened):
    first = opened.rules_versions.get()
    extend(opened, union)
    newest = opened.rules_versions.first()

    html = page(client, opened).content.decode()

    for _, paragraphs in newest.vi:
        assert all(paragraph in html for paragraph in paragraphs)
    assert "Bản số 2, có hiệu lực từ" in html
    assert REASON in html
    gone = first.changes or next(one["before"][0] for one in newest.changes if one["language"] == "vi")
    assert f"<del>{gone}</del>" in html
    assert newest.text_hash in html
    assert "Đây là bản cũ" not in html


def test_an_old_version_is_shown_word_for_word_and_said_to_be_old(client, union, opened):
    first = opened.rules_versions.get()
    extend(opened, union)

    html = page(client, opened, ban=1).content.decode()

    assert "Đây là bản cũ. Bản đang có hiệu lực là" in html
    assert first.text_hash in html
    assert all(paragraph in html for _, paragraphs in first.vi for paragraph in paragraphs)


def test_either_language_is_a_click_away(client, opened):
    vietnamese, english = (
        page(client, opened).content.decode(),
        page(client, opened, **{"ngon-ngu": "en"}).content.decode(),
    )

    assert "?ngon-ngu=en" in vietnamese
    assert '<html lang="en">' in english
    assert "Who may take part" in english
    assert "?ngon-ngu=vi" in english


@pytest.mark.parametrize("number", ["0", "2", "99999", "-1", "một", "1.0", "٣", " "])
def test_a_version_that_is_not_there_is_not_found(client, opened, number):
    assert page(client, opened, ban=number).status_code == 404


def test_a_draft_has_no_page(client, contest):
    assert page(client, contest).status_code == 404


def test_a_contest_without_versions_shows_what_its_settings_say(client, union):
    contest = make.make_contest(union, make.make_bank(union.province_a))

    html = page(client, contest).content.decode()

    assert "Mỗi đề có 4 câu hỏi" in html
    assert "Các bản thể lệ" not in html


def test_the_contest_page_names_the_version_one_agrees_to_and_lists_changes(client, union, opened):
    client.force_login(union.alice)
    address = f"/cuoc-thi/{opened.slug}/"
    before = client.get(address).content.decode()
    assert "Khi vào thi, bạn đồng ý với" in before
    assert "Thể lệ đã thay đổi sau khi công bố" not in before

    extend(opened, union)
    after = client.get(address).content.decode()
    assert "bản số 2" in after
    assert "Thể lệ đã thay đổi sau khi công bố" in after
    assert REASON in after

    start_attempt(member=union.alice, round_=opened.rounds.get(), now=timezone.now())
    assert "Khi vào thi, bạn đồng ý với" not in client.get(address).content.decode()
    assert "Bạn vào cuộc thi khi bản số 2 có hiệu lực" in page(client, opened).content.decode()


def test_markup_in_names_and_reasons_stays_text(client, union, contest):
    update_contest(
        contest=contest, title="<b>Đậm</b>", summary="", audience=contest.audience, by=union.olga, now=timezone.now()
    )
    opened = open_contest(contest=contest, by=union.olga, now=timezone.now())
    round_ = opened.rounds.get()
    extend_round(
        round_=round_, closes_at=round_.closes_at + timedelta(hours=1), reason="<script>alert(1)</script>", by=union.olga,
        now=timezone.now(),
    )  # fmt: skip

    html = page(client, opened).content.decode()

    assert "<b>Đậm" not in html
    assert "<script>alert" not in html
