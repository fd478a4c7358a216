"""Clues as rows: found in what was graded, looked at by people, never shown to members, never in an export."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions.clues import ask_for_clues, contests_to_look_at, find_clues, mark_clue
from contests.actions.exclude import exclude
from contests.actions.rulings import void_attempt
from contests.errors import ContestError
from contests.models import Answer, Attempt, AuditRecord, Clue, ClueMark, ContestEvent
from contests.queries.clues import look_for_clues, same_wrong
from tests import make
from tests.contests.organizer.cases import graded

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def shared(union, contest) -> list[Attempt]:
    """Alice and Bob at one computer."""
    attempts = [graded(member, contest, wrong=[3]) for member in (union.alice, union.bob)]
    Attempt.objects.filter(pk__in=[one.pk for one in attempts]).update(device=uuid.uuid4())
    return attempts


def found(contest) -> Clue:
    find_clues(contest, timezone.now())
    return Clue.objects.get(contest=contest)


def test_two_members_at_one_browser(contest, shared):
    clue = found(contest)

    assert (clue.kind, clue.strength, clue.attempts, clue.facts) == (
        "device",
        1,
        sorted(one.pk for one in shared),
        {"people": 2},
    )


def test_looking_again_finds_the_same_row_and_one_that_grew_is_to_be_looked_at_again(union, contest, shared):
    clue = found(contest)
    mark_clue(clue=clue, verdict="normal", reason="Máy chung của tổ", by=union.olga, now=timezone.now())
    assert find_clues(contest, timezone.now()) == 0
    clue.refresh_from_db()
    assert clue.verdict == "normal"

    third = graded(make.make_member("Vũ Văn Dũng", union.factory_a), contest)
    Attempt.objects.filter(pk=third.pk).update(device=Attempt.objects.get(pk=shared[0].pk).device)
    assert find_clues(contest, timezone.now()) == 1

    clue.refresh_from_db()
    assert (clue.verdict, clue.strength, len(clue.attempts)) == ("", 2, 3)
    assert clue.marks.count() == 1


def test_what_is_found_no_more_goes_unless_somebody_marked_it(union, contest, shared):
    clue = found(contest)
    Attempt.objects.update(device=None)

    find_clues(contest, timezone.now())

    assert not Clue.objects.filter(pk=clue.pk).exists()


def test_what_was_written_about_a_clue_stays_although_it_grew_and_is_found_no_more(union, contest, shared):
    clue = found(contest)
    mark_clue(clue=clue, verdict="normal", reason="Máy chung của tổ", by=union.olga, now=timezone.now())
    third = graded(make.make_member("Vũ Văn Dũng", union.factory_a), contest)
    Attempt.objects.filter(pk=third.pk).update(device=Attempt.objects.get(pk=shared[0].pk).device)
    find_clues(contest, timezone.now())  # it grew: nobody has looked at it as it is now
    Attempt.objects.update(device=None)

    find_clues(contest, timezone.now())

    assert clue.marks.get().reason == "Máy chung của tổ"


def test_a_paper_answered_faster_than_it_can_be_read(union, contest):
    contest.rounds.update(
        rules=contest.rounds.get().rules
        | {"draw": [{"topic": topic.name, "count": 5} for topic in contest.bank.topics.all()]}
    )
    attempt = graded(union.bob, contest, right=list(range(1, 11)))
    assert list(look_for_clues(contest)) == [], "a form that is sent whole says nothing about the pace"

    for answer in Answer.objects.filter(attempt=attempt):
        Answer.objects.filter(pk=answer.pk).update(
            arrived_at=attempt.started_at + timedelta(seconds=1.2 * answer.question)
        )
    Attempt.objects.filter(pk=attempt.pk).update(elapsed_ms=14_000)

    [one] = look_for_clues(contest)
    assert (one.kind, one.strength, one.facts) == ("speed", 3, {"seconds": 1.2, "right": 10, "of": 10})


def test_a_jump_from_one_attempt_to_the_next(union, contest):
    graded(union.bob, contest, right=[], wrong=[1, 2, 3, 4])
    last = graded(union.bob, contest, right=[1, 2, 3, 4])
    Attempt.objects.filter(pk=last.pk).update(elapsed_ms=20_000)

    [one] = look_for_clues(contest)

    assert (one.kind, one.strength, one.key) == ("jump", 2, str(last.pk))
    assert one.facts == {"before": 0, "after": 4, "of": 4, "seconds_before": 90, "seconds_after": 20}


def test_what_both_got_wrong_stands_beside_a_clue(union, contest):
    """Two papers made equal by hand: the page names the questions and what both chose."""
    first, second = (graded(member, contest, right=[1], wrong=[2, 3]) for member in (union.alice, union.bob))
    Attempt.objects.filter(pk=second.pk).update(paper=first.paper)
    Answer.objects.filter(attempt=second).delete()
    for answer in Answer.objects.filter(attempt=first):
        Answer.objects.create(
            attempt=second, question=answer.question, choice=answer.choice, seq=1, arrived_at=answer.arrived_at
        )
    clue = Clue.objects.create(
        contest=contest, kind="alike", key="x", strength=2, attempts=[first.pk, second.pk], found_at=timezone.now(),
        facts={"both": 2, "alike": 2, "by_chance": 0.4, "expected": 0.00001, "pairs": 900},
    )  # fmt: skip

    assert len(same_wrong(clue)) == 2


# --- What people make of it ----------------------------------------------------------------------------------------
def test_a_mark_needs_a_reason_and_leaves_the_result_alone(union, contest, shared):
    clue = found(contest)
    before = list(Attempt.objects.order_by("pk").values())
    with pytest.raises(ContestError) as refused:
        mark_clue(clue=clue, verdict="normal", reason="", by=union.olga, now=timezone.now())
    assert refused.value.code == "reason"

    mark_clue(clue=clue, verdict="look", reason="Hỏi lại đơn vị", by=union.olga, now=timezone.now())

    assert list(Attempt.objects.order_by("pk").values()) == before
    assert ContestEvent.objects.get(what="clue_marked").detail["verdict"] == "look"
    assert AuditRecord.objects.filter(what="contest.clue_marked", actor=union.olga.pk).exists()


def test_acted_names_an_act_about_these_people(union, contest, shared):
    clue, now = found(contest), timezone.now()
    elsewhere = exclude(contest=contest, member=union.charlie, by=union.olga, reason="Trong ban tổ chức", now=now)
    for act in ({}, {"exclusion": elsewhere}, {"voided": shared[0]}):
        with pytest.raises(ContestError) as refused:
            mark_clue(clue=clue, verdict="acted", reason="Đã xác minh", by=union.olga, now=now, **act)
        assert refused.value.code == "act"

    void_attempt(attempt=shared[0], by=union.olga, reason="Làm hộ", now=now)
    voided = Attempt.objects.get(pk=shared[0].pk)
    mark_clue(clue=clue, verdict="acted", reason="Đã xác minh", by=union.olga, now=now, voided=voided)

    assert ClueMark.objects.get().voided == voided
    clue.refresh_from_db()
    assert clue.verdict == "acted"


def test_the_pages(union, contest, shared, olga):
    clue = found(contest)
    queue, one = (
        reverse("organizer_clues", args=[contest.slug]),
        reverse("organizer_clue", args=[contest.slug, clue.public_id]),
    )

    assert "2 người trong cuộc thi này làm bài trên cùng một trình duyệt." in olga.get(queue).content.decode()
    page = olga.get(one).content.decode()
    assert "máy chung của văn phòng" in page
    assert "Trần Thị Ánh" in page
    assert "Hãy chọn một kết luận." in olga.post(one, {"reason": "Máy chung"}).content.decode()
    refused = olga.post(one, {"verdict": "acted", "reason": "Đã xác minh rồi"})
    assert "Hãy chọn quyết định đã có" in refused.content.decode()
    assert "Đã xác minh rồi" in refused.content.decode()
    exclusion = exclude(contest=contest, member=union.bob, by=union.olga, reason="Thi hộ", now=timezone.now())
    assert (
        olga.post(one, {"verdict": "acted", "act_done": f"e{exclusion.pk}", "reason": "Đã xác minh rồi"}).status_code
        == 302
    )
    assert "Không có dấu hiệu nào chờ xem" in olga.get(queue).content.decode()
    assert "Trần Thị Ánh" in olga.get(queue, {"state": "acted"}).content.decode()
    assert "Đã ghi" in olga.get(one).content.decode()
    assert olga.get(queue, {"state": "khong-co"}).status_code == 200


@pytest.mark.parametrize("kind", ["device", "speed", "alike", "jump"])
def test_every_kind_says_what_it_is_and_what_else_explains_it(union, contest, olga, kind):
    attempt = graded(union.bob, contest)
    facts = {"people": 2, "seconds": 1.2, "right": 9, "of": 10, "both": 7, "alike": 7, "by_chance": 1.5, "expected": 1e-6, "pairs": 900,
             "before": 2, "after": 10, "seconds_before": 900, "seconds_after": 200}  # fmt: skip
    clue = Clue.objects.create(
        contest=contest, kind=kind, key="x", strength=3, attempts=[attempt.pk], facts=facts, found_at=timezone.now()
    )

    page = olga.get(reverse("organizer_clue", args=[contest.slug, clue.public_id])).content.decode()

    assert "Cách giải thích khác" in page
    assert "Mức mạnh" in page


def test_the_queue_asks_as_often_for_three_clues_as_for_one(union, contest, olga, django_assert_max_num_queries):
    attempts = [graded(member, contest) for member in (union.alice, union.bob)]
    address = reverse("organizer_clues", args=[contest.slug])

    def add(key):
        Clue.objects.create(
            contest=contest, kind="device", key=key, strength=1, attempts=[one.pk for one in attempts], facts={"people": 2}, found_at=timezone.now()
        )  # fmt: skip

    add("a")
    olga.get(address)
    with django_assert_max_num_queries(40) as first:
        olga.get(address)
    add("b")
    add("c")
    with django_assert_max_num_queries(40) as second:
        olga.get(address)

    assert len(second) == len(first)


def test_members_never_see_a_clue(union, contest, shared, client):
    found(contest)
    contest.state = "closed"
    contest.save(update_fields=["state"])
    client.force_login(union.bob)
    attempt = shared[1].public_id

    for address in (
        f"/thi/{attempt}/ket-qua/",
        f"/thi/{attempt}/xem-lai/",
        f"/cuoc-thi/{contest.slug}/",
        f"/bang-xep-hang/{contest.slug}/",
        "/tai-khoan/",
    ):
        page = client.get(address, follow=True).content.decode().lower()
        assert not any(
            word in page for word in ("dấu hiệu bất thường", "cùng một trình duyệt", "nhiều người làm trên một máy")
        ), address


def test_nothing_but_the_console_and_the_worker_knows_of_clues():
    """An export cannot tell what it cannot read."""
    readers = {
        str(path.relative_to(ROOT))
        for app in ("accounts", "contests", "leaderboard", "reports", "config")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and "clue" in path.read_text(encoding="utf-8").lower()
    }

    assert readers == {
        "contests/actions/clues.py", "contests/jobs.py", "contests/models/__init__.py", "contests/models/live.py", "contests/organizer_urls.py",
        "contests/pages/organizer_clues.py", "contests/pages/organizer_words.py", "contests/queries/clues.py", "contests/queries/live.py",
        "contests/rules/clues.py",
    }  # fmt: skip


# --- When it is looked for -----------------------------------------------------------------------------------------
def test_the_worker_looks_while_a_round_is_open_and_two_hours_after(contest):
    closes = contest.rounds.get().closes_at

    assert contests_to_look_at(closes - timedelta(minutes=1)) == [contest.pk]
    assert contests_to_look_at(closes + timedelta(minutes=119)) == [contest.pk]
    assert contests_to_look_at(closes + timedelta(minutes=121)) == []
    assert contests_to_look_at(contest.rounds.get().opens_at - timedelta(minutes=1)) == []


def test_asking_twice_makes_one_job(contest):
    assert [ask_for_clues(contest.pk), ask_for_clues(contest.pk)] == [True, False]
