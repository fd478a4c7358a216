"""Item analysis of real attempts: whose papers, which, what became of rulings, and the file."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import KeyRuling, Round
from reports.item_queries import round_items
from reports.items import FLAGS
from tests import make
from tests.contests.organizer.cases import choices, round_of
from tests.reports.rows import table, written

pytestmark = pytest.mark.django_db
BEGAN = timezone.now() - timedelta(hours=3)


def sit(member, round_, right, wrong=(), *, at=1):
    """Every right answer arrives 10 seconds after the one before, at `at` minutes."""
    begun = BEGAN + timedelta(minutes=at)
    attempt = start_attempt(member=member, round_=round_, now=begun)
    save_form(attempt=attempt, choices=choices(attempt, right, wrong), now=begun + timedelta(minutes=5), submit=True)
    grade_pending(now=begun + timedelta(minutes=6))
    for answer in attempt.answers.all():
        attempt.answers.filter(question=answer.question).update(
            arrived_at=begun + timedelta(seconds=10 * answer.question)
        )
    return attempt


@pytest.fixture
def round_(union):
    """Four questions on every paper. Alice: three right, then all; Bob, of another unit: the last one wrong."""
    bank = make.make_bank(union.province_a, topics=("A",), each=4)
    contest = make.make_contest(union, bank, opens_at=BEGAN, hours=1)
    one = round_of(contest)
    Round.objects.filter(pk=one.pk).update(rules=one.rules | {"draw": [{"topic": "A", "count": 4}]})
    one = round_of(contest)
    sit(union.alice, one, [1, 2, 3])
    sit(union.alice, one, [1, 2, 3, 4], at=10)
    sit(union.bob, one, [1, 2, 3], [4], at=1)
    return one


def test_first_papers_of_everybody_below_the_unit(union, round_):
    found = round_items(round_, union.province_a)

    assert (found.sat, found.taken, found.reliability.papers) == (2, 2, 2)
    assert [version.question.code for version, _ in found.items] == ["Q0-00", "Q0-01", "Q0-02", "Q0-03"]
    assert sum(item.facility * item.papers for _, item in found.items) == pytest.approx(6), "3 and 3 of 4"
    assert sum(item.empty for _, item in found.items) == 1
    assert {item.seconds for _, item in found.items} == {10.0}
    assert found.reliability.mean == 3


def test_options_are_those_of_the_author(union, round_):
    found = round_items(round_, union.province_a)

    for version, item in found.items:
        assert [option.right for option in item.options] == [place in version.key for place in range(4)]
        rights = [option.chosen for option in item.options if option.right]
        assert rights == [item.facility * item.papers] * len(version.key)
        assert (sum(option.chosen for option in item.options) - sum(rights) > 0) == (item.facility * item.papers < item.papers - item.empty)  # fmt: skip


def test_another_unit_has_its_own_people_only(union, round_):
    assert round_items(round_, union.province_b).taken == 0
    assert round_items(round_, union.bob.memberships.get().unit).taken == 1


def test_a_void_question_is_named_and_left_out(union, round_):
    version = round_items(round_, union.province_a).items[0][0]
    KeyRuling.objects.create(
        contest=round_.contest, version=version, what="void", reason="Sai đề", at=BEGAN, applied_at=timezone.now()
    )

    found = round_items(round_, union.province_a)

    assert found.void == [version]
    assert len(found.items) == 3
    assert found.reliability.length == 3


def test_the_number_of_queries_does_not_grow_with_people(union, round_, django_assert_max_num_queries):
    people = make.make_members([(f"Người {at}", union.factory_a, {"email": f"n{at}@example.vn"}) for at in range(4)])
    for at, member in enumerate(people):
        sit(member, round_, [1, 2], [3, 4], at=20 + at)

    with django_assert_max_num_queries(6):
        assert round_items(round_, union.province_a).taken == 6


# --- The file ----------------------------------------------------------------------------------------------------------


def test_the_workbook_says_what_the_analysis_says(union, round_, tmp_path):
    data = written("items", round_.contest, union.province_a, tmp_path, as_of=timezone.now())
    book, found = openpyxl.load_workbook(io.BytesIO(data)), round_items(round_, union.province_a)

    _, rounds = table(book["Độ tin cậy"])
    assert rounds[0][1:6] == ["Tuần 1", 2, 2, 4, 3]
    _, questions = table(book["Câu hỏi"])
    assert [(row[2], row[5], row[7]) for row in questions] == [
        (version.question.code, item.papers, item.facility) for version, item in found.items
    ]
    assert {row[11] for row in questions} == {FLAGS["few"]}
    assert {row[8] for row in questions} == {"—"}, "two papers make no groups"
    _, options = table(book["Phương án"])
    assert [(row[3], row[5] == "đúng", row[6]) for row in options] == [
        (letter, option.right, option.chosen)
        for _, item in found.items
        for letter, option in zip("ABCD", item.options, strict=False)
    ]
