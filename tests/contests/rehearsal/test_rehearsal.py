"""A rehearsal runs the whole contest, finds what is wrong, and leaves nothing but its report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contests.actions.rehearsal import ask_rehearsal, rehearse
from contests.errors import ContestError
from contests.models import Contest, QuestionVersion, Rehearsal, Round
from contests.queries.bank import key_of
from contests.rules.kinds import KINDS, Kind, Partial
from contests.rules.staged_answers import right_answer, wrong_answer
from reports.rehearsals import exported_totals
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(union, bank):
    contest = make.make_contest(union, bank, state="draft", opens_at=timezone.now() + timedelta(days=2))
    contest.rules = {"prizes": [{"name": "Giải nhất", "count": 1}, {"name": "Giải nhì", "count": 2}]}
    contest.save()
    return contest


def run(contest: Contest, by, members: int = 12, exported=exported_totals) -> Rehearsal:
    row = ask_rehearsal(contest=contest, members=members, by=by, now=timezone.now())
    rehearse(rehearsal_id=row.pk, exported=exported)
    row.refresh_from_db()
    return row


def rows_of_everything() -> dict[str, int]:
    ours = [model for model in apps.get_models() if model._meta.app_label in ("accounts", "contests", "reports")]
    return {model.__name__: model._default_manager.count() for model in ours if model is not Rehearsal}


def test_it_runs_the_whole_contest_agrees_with_the_recount_and_leaves_nothing(union, draft):
    before = rows_of_everything()

    row = run(draft, union.olga)

    assert rows_of_everything() == before
    assert (row.state, row.error) == ("done", "")
    report = row.report
    assert report["started"] >= 12
    assert report["handed_in"] + report["ran_out"] == report["started"] == report["graded"]
    assert (report["failed"], report["refused"], report["misjudged"]) == ([], [], [])
    assert report["ranking"] == {"people": 12, "ties": report["ranking"]["ties"], "checked": True, "wrong": []}
    assert (
        report["export"]["shown"] == report["export"]["counted"] == {"participants": 12, "attempts": report["started"]}
    )
    assert sum(report["prizes"]["given"].values()) == 3
    assert report["questions"]["papers"] == report["started"]
    assert report["problems"] == []
    assert draft.events.count() == 0


def test_several_rounds_a_side_question_and_a_final(union, draft):
    first = draft.rounds.get()
    week = timedelta(days=7)
    first.rules |= {"prediction": {"meaning": "people"}}
    first.save()
    draft.rules |= {"chain": ["points", "prediction", "time", "shared"]}
    draft.save()
    Round.objects.create(
        contest=draft, number=2, title="Chung kết", opens_at=first.opens_at + week, closes_at=first.closes_at + week,
        rules=first.rules | {"prediction": None, "qualify": {"top": 4, "rounds": []}, "attempts": 1},
    )  # fmt: skip

    row = run(draft, union.olga)
    assert row.error == ""
    report = row.report

    assert (report["failed"], report["refused"]) == ([], [])
    assert report["ranking"]["wrong"] == []
    assert report["graded"] == report["started"]


def test_what_asks_first_is_answered_by_the_cast(union, draft):
    draft.rules |= {"eligibility": {"code": "TN2026", "min_age": 18, "roster": True}}
    draft.save()

    report = run(draft, union.olga).report

    assert report["refused"] == []
    assert report["started"] >= 12
    assert not draft.roster.exists()


def test_a_wrong_export_is_found(union, draft):
    report = run(draft, union.olga, exported=lambda contest: {"participants": 11, "attempts": 12}).report

    assert report["export"]["equal"] is False
    assert any("tệp xuất" in problem for problem in report["problems"])


def test_too_few_questions_and_a_chain_that_ties_are_said(union, draft):
    draft.rules |= {"chain": ["points", "shared"], "prizes": [{"name": "Giải nhất", "count": 1}]}
    draft.save()
    Round.objects.update(
        rules=draft.rounds.get().rules | {"draw": [{"topic": "Tiền lương", "count": 12}], "attempts": 1}
    )

    report = run(draft, union.olga, members=40).report

    assert report["ranking"]["ties"] > 0
    assert any("100% số đề" in problem for problem in report["problems"])


def test_a_draft_that_may_not_open_says_why(union, draft):
    draft.rounds.update(rules=draft.rounds.get().rules | {"draw": [{"topic": "Tiền lương", "count": 99}]})

    row = run(draft, union.olga)

    assert row.state == "failed"
    assert "cần 99 câu" in row.error
    assert Contest.objects.count() == 1


def test_an_act_that_breaks_is_in_the_report_with_its_place(union, draft, monkeypatch):
    from contests.actions import rehearsal_run

    def broken(**_: object) -> None:
        raise RuntimeError("đĩa đầy")

    monkeypatch.setattr(rehearsal_run, "save_form", broken)

    report = run(draft, union.olga).report

    assert report["failed"][0]["where"] == "lưu bài"
    assert "đĩa đầy" in report["failed"][0]["text"]
    assert any("lưu bài" in problem for problem in report["problems"])


def test_one_at_a_time_only_of_drafts_and_within_the_limits(union, draft, contest_open):
    ask_rehearsal(contest=draft, members=10, by=union.olga, now=timezone.now())

    with pytest.raises(ContestError, match="đang chạy"):
        ask_rehearsal(contest=draft, members=10, by=union.olga, now=timezone.now())
    with pytest.raises(ContestError, match="bản nháp"):
        ask_rehearsal(contest=contest_open, members=10, by=union.olga, now=timezone.now())
    for members in (9, 1001):
        with pytest.raises(ContestError, match="từ 10 đến 1000"):
            ask_rehearsal(contest=draft, members=members, by=union.olga, now=timezone.now())


@pytest.fixture
def contest_open(union, bank, draft):
    draft.pk, draft.slug, draft.state, draft.share_code = None, "khac", "open", "abcdef"
    draft._state.adding = True
    draft.save()
    other = Contest.objects.get(slug="khac")
    draft.pk = Contest.objects.exclude(slug="khac").get().pk
    draft.refresh_from_db()
    return other


def test_the_page_asks_shows_the_progress_and_keeps_the_report(union, draft):
    olga = Client()
    olga.force_login(union.olga)
    address = reverse("organizer_rehearsal", args=[draft.slug])

    assert "từ 10 đến 1.000" in olga.post(address, {"members": "5000"}).content.decode()
    page = olga.post(address, {"members": "12"}, follow=True).content.decode()
    assert "Đang diễn tập" in page
    rehearse(rehearsal_id=Rehearsal.objects.get().pk, exported=exported_totals)

    page = olga.get(address).content.decode()
    assert "Mọi bước chạy đúng" in page
    assert "Khớp với cách đếm lại độc lập" in page
    assert "Khớp: 12 người" in page
    assert "Đã diễn tập lúc" in olga.get(reverse("organizer_contest", args=[draft.slug])).content.decode()


@pytest.mark.parametrize("partial", list(Partial))
def test_staged_answers_are_right_or_wrong_whatever_the_kind(union, partial):
    make.make_kinds_bank(union.province_a)
    for version in QuestionVersion.objects.exclude(kind="essay"):
        key = key_of(version)
        kind = KINDS[Kind(version.kind)]
        order = tuple(reversed(range(kind.slots(key))))
        shape = kind.shape(key)

        for value, credit in ((right_answer(key, order), 1), (wrong_answer(key, order), 0)):
            choice, text = shape.read(value)
            given = text if shape.takes == "text" else choice
            assert kind.credit(key, given, order, partial) == credit, version.kind
