"""No key of a question that a paper may hold leaves by practice: state × bank matrix, the database's guard, races."""

from __future__ import annotations

import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contests.actions.bank import create_bank, end_practice, import_questions, open_for_practice, retire_question
from contests.actions.contest import PlanRefused, RoundPlan, close_contest, create_contest, open_contest, reopen_contest
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Attempt, Bank, Contest, ContestEvent, Question, QuestionVersion
from contests.queries.practice import secret_versions
from contests.queries.preflight import preflight
from contests.rules.practice import stem_key
from tests import make
from tests.contests.practice.conftest import SECRET, STEM, make_practice_bank

pytestmark = pytest.mark.django_db

# state of the contest, when it opens, what happened to it: may its questions be shown?
CASES = {
    "draft": ("draft", timedelta(days=1), False),
    "coming": ("open", timedelta(days=1), False),
    "open": ("open", timedelta(hours=-1), False),
    "its only round is over, not closed": ("open", timedelta(days=-9), False),
    "closed an hour ago": ("closed", timedelta(hours=-3), False),
    "closed, somebody still sits": ("closed", timedelta(hours=-30), False),
    "closed two days ago": ("closed", timedelta(days=-9), True),
    "no contest": ("", timedelta(0), True),
}


def contest_in(case, union, bank, now):
    state, opens, _ = CASES[case]
    if not state:
        return
    contest = make.make_contest(union, bank, state=state, opens_at=now + opens)
    if state == "closed":
        event = ContestEvent.objects.create(contest=contest, what="closed", actor=union.olga)
        ago = timedelta(hours=1) if "hour" in case else timedelta(days=2)
        ContestEvent.objects.filter(pk=event.pk).update(at=now - ago)
    if "sits" in case:
        Contest.objects.filter(pk=contest.pk).update(state="open")
        contest.refresh_from_db()
        start_attempt(member=union.alice, round_=contest.rounds.get(), now=now - timedelta(hours=29))
        Contest.objects.filter(pk=contest.pk).update(state="closed")


def onward(page):
    """Where the one filled button leads."""
    return html.unescape(re.search(r'<a class="btn primary" href="([^"]+)"', page.content.decode())[1])


def everything_said(client, bank):
    """Every byte that practice sends of the bank: list, beginning, each question before and after its answer, the end."""
    start = f"/luyen-tap/{bank.public_id}/"
    pages = [client.get("/luyen-tap/"), client.get(start)]
    address = client.get(f"{start}bo/").url
    while "Kiểm tra" in (page := client.get(address)).content.decode():
        checked = client.get(f"{address}&chua-biet=1")
        pages += [page, checked]
        address = onward(checked)
    pages.append(page)
    return "".join(page.content.decode() + repr(sorted(page.headers.items())) for page in pages)


@pytest.mark.parametrize("case", CASES)
def test_a_bank_is_opened_only_when_no_contest_needs_it(union, bank, case):
    now = timezone.now()
    contest_in(case, union, bank, now)

    if CASES[case][2]:
        open_for_practice(bank=bank, by=union.olga, now=now)
    else:
        with pytest.raises(ContestError) as refused:
            open_for_practice(bank=bank, by=union.olga, now=now)
        assert refused.value.code == "in_use"

    bank.refresh_from_db()
    assert bank.purpose == ("practice" if CASES[case][2] else "contest")


@pytest.mark.parametrize("typed", [STEM, STEM.upper().replace(" ", "  "), STEM.replace("ỏ", "o\u0309")], ids=["same", "case and spaces", "NFD"])  # fmt: skip
@pytest.mark.parametrize("case", CASES)
def test_the_same_question_in_another_bank_is_hidden_as_long(client, union, bank, case, typed):
    now = timezone.now()
    make.make_question(bank, bank.topics.first(), "GIONG", stem=STEM)
    contest_in(case, union, bank, now)
    practice = make_practice_bank(union.province_b, stems=[typed], each=2)

    said = everything_said(client, practice)

    assert (SECRET in said) is CASES[case][2]
    assert ("3 câu" in said) is CASES[case][2]
    assert "Câu ôn tập Ôn tập số 1?" in said  # the scanner reads the pages of the set


def test_a_bank_without_a_question_to_show_says_so(client, union, bank):
    make.make_question(bank, bank.topics.first(), "GIONG", stem=STEM)
    make.make_contest(union, bank)
    practice = make_practice_bank(union.province_b, stems=[STEM])

    page = client.get(f"/luyen-tap/{practice.public_id}/").content.decode()
    begun = client.get(f"/luyen-tap/{practice.public_id}/bo/")

    assert "Hiện chưa có câu nào để thi thử" in page
    assert begun.url == f"/luyen-tap/{practice.public_id}/"
    assert SECRET not in page + client.get("/luyen-tap/").content.decode()


def test_a_question_of_the_contest_counts_also_when_retired_or_of_an_older_version(union, bank):
    now = timezone.now()
    practice = make_practice_bank(union.province_b, stems=[STEM, "Câu cũ?"])
    old = make.make_question(bank, bank.topics.first(), "CU", stem="Câu cũ?")
    QuestionVersion.objects.filter(pk=old.pk).update(is_current=False)
    retired = make.make_question(bank, bank.topics.first(), "NGUNG", stem=STEM)
    make.make_contest(union, bank)
    retire_question(question=retired.question, by=union.olga, now=now)

    assert len(secret_versions([practice], now)) == 2


def test_a_set_that_was_begun_before_the_contest_ends_with_it(client, union, bank):
    """The contest is drafted while somebody practises: the next page has no key of it, and says that the set changed."""
    practice = make_practice_bank(union.province_b, stems=[STEM], each=3)
    address = client.get(f"/luyen-tap/{practice.public_id}/bo/").url
    make.make_question(bank, bank.topics.first(), "GIONG", stem=STEM)
    make.make_contest(union, bank, state="draft")

    page = client.get(f"{address}&chua-biet=1").content.decode()

    assert "không còn như cũ" in page
    assert SECRET not in page


def test_stem_keys_are_written_by_the_import(union, practice):
    from tests.contests.actions.test_import_questions import draft

    bank = create_bank(owner=union.province_a, name="Mới", by=union.olga)
    import_questions(bank=bank, drafts=[draft(stem=STEM)], sha256="a" * 64, filename="a.xlsx", by=None, now=timezone.now())  # fmt: skip

    assert QuestionVersion.objects.get(question__bank=bank).stem_key == stem_key(STEM)
    with pytest.raises(IntegrityError, match="version_says_what_it_asks"), transaction.atomic():
        QuestionVersion.objects.update(stem_key="")


# --- a practice bank and contests ---
def plan(now):
    rules = {"minutes": 20, "attempts": 1, "draw": [{"topic": "Đối thoại", "count": 2}]}
    return RoundPlan("Tuần 1", now, now + timedelta(days=1), rules)


def draft_on(bank, union, now):
    return create_contest(
        title="Cuộc thi mới", organizer=union.province_a, audience=union.province_a, bank=bank, first_round=plan(now), by=union.olga, now=now,
    )  # fmt: skip


def test_no_contest_is_made_on_a_practice_bank(union, practice):
    with pytest.raises(PlanRefused) as refused:
        draft_on(practice, union, timezone.now())

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("bank", "practice")]
    assert not Contest.objects.exists()


def test_a_bank_is_opened_once_and_taken_back_once(union, practice):
    now = timezone.now()
    with pytest.raises(ContestError, match="đã mở"):
        open_for_practice(bank=practice, by=union.olga, now=now)

    end_practice(bank=practice, by=union.olga)

    with pytest.raises(ContestError, match="không mở cho thi thử"):
        end_practice(bank=practice, by=union.olga)
    assert draft_on(practice, union, now).bank == practice
    with pytest.raises(ContestError):
        open_for_practice(bank=practice, by=union.olga, now=now)


def test_reopening_and_practice_never_overlap(union, bank, contest):
    """Closed, a contest may come back for 24 hours, and its bank stays closed exactly as long."""
    close_contest(contest=contest, by=union.olga, now=timezone.now())
    closed = contest.events.get(what="closed").at
    with pytest.raises(ContestError):
        open_for_practice(bank=bank, by=union.olga, now=closed + timedelta(hours=24))

    open_for_practice(bank=bank, by=union.olga, now=closed + timedelta(hours=24, microseconds=1))

    with pytest.raises(ContestError, match="24 giờ"):
        reopen_contest(contest=contest, by=union.olga, now=closed + timedelta(hours=24, microseconds=1))


@pytest.mark.parametrize("state", ["draft", "open"])
def test_the_database_itself_refuses_both_ways(union, bank, practice, state):
    with pytest.raises(IntegrityError, match="open for practice"), transaction.atomic():
        Contest.objects.create(
            slug="x", title="X", organizer=union.province_a, audience=union.province_a, bank=practice, state=state
        )
    contest = make.make_contest(union, bank, state=state)
    with pytest.raises(IntegrityError, match="not closed"), transaction.atomic():
        Bank.objects.filter(pk=bank.pk).update(purpose="practice")
    with pytest.raises(IntegrityError, match="open for practice"), transaction.atomic():
        Contest.objects.filter(pk=contest.pk).update(bank=practice)
    Contest.objects.filter(pk=contest.pk).update(state="closed")
    Bank.objects.filter(pk=bank.pk).update(purpose="practice")
    with pytest.raises(IntegrityError, match="open for practice"), transaction.atomic():
        Contest.objects.filter(pk=contest.pk).update(state="open")


def unguarded(table, trigger):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def test_without_the_guard_preflight_opening_and_start_still_refuse(union, bank, contest, db):
    now = timezone.now()
    draft = Contest.objects.get(pk=contest.pk)
    unguarded("contests_bank", "no_practice_on_contest_bank")
    Bank.objects.filter(pk=bank.pk).update(purpose="practice")
    contest.refresh_from_db()

    check = next(check for check in preflight(contest, make_scope(union), now) if check.code == "bank")
    with pytest.raises(ContestError) as refused:
        start_attempt(member=union.alice, round_=contest.rounds.select_related("contest__bank").get(), now=now)

    assert (check.ok, "thi thử" in check.text, refused.value.code) == (False, True, "bank")
    assert not Attempt.objects.exists()
    unguarded("contests_contest", "no_contest_on_practice_bank")
    Contest.objects.filter(pk=draft.pk).update(state="draft")
    with pytest.raises(PlanRefused, match="thi thử"):
        open_contest(contest=draft, by=union.olga, now=now)


def make_scope(union):
    from accounts.scope import Scope

    return Scope((union.province_a.path,))


# --- races ---
def in_thread(act, *arguments, **named):
    try:
        return act(*arguments, **named)
    except (ContestError, IntegrityError) as error:
        return error
    finally:
        connection.close()


def test_of_drafting_and_opening_for_practice_at_one_instant_one_wins(committed_union):
    union, _ = committed_union
    now = timezone.now()
    wins = set()
    for number in range(12):
        bank = make_practice_bank(union.province_a, name=f"Ngân hàng {number}", each=4)
        Bank.objects.filter(pk=bank.pk).update(purpose="contest")
        bank.refresh_from_db()
        both = threading.Barrier(2)

        def draft(bank=bank, both=both):
            both.wait(10)
            return in_thread(draft_on, bank, union, now)

        def practise(bank=bank, both=both):
            both.wait(10)
            return in_thread(open_for_practice, bank=bank, by=union.olga, now=now)

        with ThreadPoolExecutor(2) as pool:
            done = [each.result() for each in (pool.submit(draft), pool.submit(practise))]

        bank.refresh_from_db()
        used = Contest.objects.filter(bank=bank).exists()
        assert [isinstance(each, ContestError) for each in done].count(True) == 1
        assert used is (bank.purpose == "contest")
        wins.add(used)
    assert wins  # who wins is chance; that one does is not


@pytest.mark.parametrize("first", ["contest", "practice"])
def test_the_database_lets_the_second_wait_and_then_refuses_it(committed_union, first):
    """Raw writes, without the locks of the acts: what the first has written and not yet committed is seen all the same."""
    union, _ = committed_union
    bank = make_practice_bank(union.province_a, name="Tranh nhau", each=2)
    Bank.objects.filter(pk=bank.pk).update(purpose="contest")

    def contest():
        return Contest.objects.create(
            slug="tranh", title="Tranh", organizer=union.province_a, audience=union.province_a, bank_id=bank.pk
        )

    def practise():
        return Bank.objects.filter(pk=bank.pk).update(purpose="practice")

    before, after = (contest, practise) if first == "contest" else (practise, contest)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            before()
            second = pool.submit(in_thread, after)
            wait_until_blocked()
        assert isinstance(second.result(20), IntegrityError)
    assert Contest.objects.filter(slug="tranh").exists() is (first == "contest")
    assert Bank.objects.get(pk=bank.pk).purpose == ("practice" if first == "practice" else "contest")


def wait_until_blocked():
    """Until a statement of another connection waits for a lock of this one."""
    pause = threading.Event()
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
        pause.wait(0.05)
    pytest.fail("nobody waits")


def test_questions_are_never_touched_by_opening(union, practice):
    before = list(Question.objects.order_by("pk").values()) + list(QuestionVersion.objects.order_by("pk").values())

    end_practice(bank=practice, by=union.olga)
    open_for_practice(bank=practice, by=union.olga, now=timezone.now())

    assert list(Question.objects.order_by("pk").values()) + list(QuestionVersion.objects.order_by("pk").values()) == before  # fmt: skip
