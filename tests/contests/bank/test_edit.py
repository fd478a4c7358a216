"""Questions written and changed one by one: versions, conflicts, what open contests draw."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions.bank_edit import EditConflict, add_question, save_question, set_tags
from contests.errors import ContestError
from contests.models import Bank, Question, QuestionVersion, Topic
from contests.pages.question_form import QuestionForm
from contests.queries.drafts import draft_of
from contests.rules.kinds import Kind
from tests import make
from tests.contests.actions.rivals import at_once
from tests.contests.authoring.cases import draft
from tests.contests.organizer.test_question_form import sent

pytestmark = pytest.mark.django_db


def question_of(bank, code="Q0-00") -> Question:
    return Question.objects.get(bank=bank, code=code)


def text_of(question: Question):
    return draft_of(question.versions.select_related("topic", "question").get(is_current=True))


def as_sent(question: Question, **changes):
    """The form of a question as a browser sends it."""
    version = question.versions.select_related("topic", "question").get(is_current=True)
    data = sent(QuestionForm(draft=draft_of(version), topics=[], fixed_code=True), **changes)
    return data.urlencode() + f"&ma={question.code}&ban={version.number}"


def post(client, bank, name, data):
    return client.post(
        reverse(name, args=[bank.public_id]), data, content_type="application/x-www-form-urlencoded"
    )  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_a_question_of_each_kind_is_written(union, olga, bank, kind):
    whole = draft(kind, code=f"MOI-{kind}", topic="Chủ đề mới")

    reply = post(olga, bank, "organizer_new_question", sent(QuestionForm(draft=whole, topics=[])).urlencode())

    assert reply.status_code == 302
    question = question_of(bank, whole.code)
    assert text_of(question) == whole
    version = question.versions.get()
    assert (version.number, version.review, version.created_by) == (1, "draft", union.olga)
    assert Bank.objects.get(pk=bank.pk).version == bank.version + 1


def test_an_error_loses_nothing_that_was_typed(olga, bank):
    reply = post(
        olga,
        bank,
        "organizer_new_question",
        "kind=single&difficulty=hard&stem=Bao+nhiêu%3F&option_a=M%E1%BB%99t&right=A",
    )

    page = reply.content.decode()
    assert reply.status_code == 200
    assert "Bao nhiêu?" in page
    assert ">\nMột</textarea>" in page
    assert 'value="A" checked' in page
    assert "Chưa có mã" in page
    assert "Cần ít nhất hai phương án" in page
    assert "data-changed" in page


def test_a_code_that_the_bank_has_is_refused_whatever_its_case(union, bank):
    with pytest.raises(ContestError, match="đã có câu mang mã"):
        add_question(bank=bank, draft=draft(code="q0-00"), by=union.olga, now=timezone.now())


def test_a_change_is_a_new_version_that_must_be_reviewed_again(union, olga, bank):
    question = question_of(bank)
    QuestionVersion.objects.filter(question=question).update(review="approved", reviewed_by=union.alice)

    reply = post(olga, bank, "organizer_edit_question", as_sent(question, stem="Câu hỏi đã sửa?"))

    assert reply.status_code == 302
    old, new = question.versions.order_by("number")
    assert (old.stem, old.is_current, old.review) == ("Nội dung câu hỏi Q0-00?", False, "approved")
    assert (new.stem, new.is_current, new.review, new.number) == ("Câu hỏi đã sửa?", True, "draft", 2)
    assert new.created_by == union.olga


def test_the_same_text_makes_no_version(olga, bank):
    question = question_of(bank)
    question.versions.update(valid_from=timezone.localdate())

    reply = post(olga, bank, "organizer_edit_question", as_sent(question))

    assert reply.status_code == 302
    assert question.versions.count() == 1
    assert Bank.objects.get(pk=bank.pk).version == bank.version


def test_the_second_of_two_editors_sees_both_texts_and_decides(union, olga, second, bank):
    question = question_of(bank)
    first_form = as_sent(question, stem="Olga đã sửa lời này?")
    second_form = as_sent(question, explanation="Quân viết lời giải thích.")
    post(olga, bank, "organizer_edit_question", first_form)

    conflict = post(second, bank, "organizer_edit_question", second_form)

    page = conflict.content.decode()
    assert conflict.status_code == 200
    assert question.versions.count() == 2
    assert "Nguyễn Thị Ơn đã lưu một bản khác" in page
    assert "<del>Olga" in page, "what the other saved"
    assert "Quân viết lời giải thích." in page, "what was typed here"
    assert 'name="ban" value="2"' in page

    again = post(second, bank, "organizer_edit_question", second_form.replace("&ban=1", "&ban=2"))
    assert again.status_code == 302
    newest = question.versions.get(is_current=True)
    assert (newest.number, newest.explanation) == (3, "Quân viết lời giải thích.")
    assert question.versions.get(number=2).stem == "Olga đã sửa lời này?", "the other text is still there"


def test_an_open_contest_is_named_and_its_papers_keep_the_old_text(olga, bank, contest):
    page = olga.get(reverse("organizer_edit_question", args=[bank.public_id]) + "?ma=Q0-00").content.decode()

    assert contest.title in page
    assert "đề đã phát giữ bản cũ" in page


def test_a_change_never_starves_an_open_contest(union, bank):
    make.make_contest(union, bank)
    topic = Topic.objects.filter(bank=bank).first()
    codes = list(QuestionVersion.objects.filter(topic=topic, is_current=True).values_list("question__code", flat=True))
    for code in codes[2:]:
        question_of(bank, code).versions.update(is_current=True, valid_to=timezone.localdate().replace(year=2020))
    question = question_of(bank, codes[0])

    with pytest.raises(ContestError, match="Chưa lưu gì cả"):
        save_question(
            question=question, base=1, draft=replace(text_of(question), topic="Khác"), by=union.olga, now=timezone.now()
        )

    assert question.versions.get().topic == topic
    assert not Topic.objects.filter(bank=bank, name="Khác").exists()


def test_tags_are_one_whatever_their_case_and_go_when_unused(union, bank):
    one, other = question_of(bank), question_of(bank, "Q0-01")

    set_tags(question=one, names=["Tuần 1", " tuần  1 ", "", "khó"], by=union.olga)
    set_tags(question=other, names=["TUẦN 1"], by=union.olga)
    set_tags(question=one, names=["Tuần 1"], by=union.olga)

    assert [tag.name for tag in bank.tags.all()] == ["Tuần 1"]
    assert bank.tags.get().questions.count() == 2
    with pytest.raises(ContestError, match="quá 40"):
        set_tags(question=one, names=["x" * 41], by=union.olga)


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_one_instant_one_is_told_of_the_other(committed_union):
    union, contest = committed_union
    question = question_of(contest.bank)
    whole = text_of(question)

    def save(stem):
        try:
            return save_question(
                question=question, base=1, draft=replace(whole, stem=stem), by=union.olga, now=timezone.now()
            )
        except EditConflict as conflict:
            return conflict

    done = at_once(save, ["Câu của người này?", "Câu của người kia?"])

    saved = [one for one in done if not isinstance(one, EditConflict)]
    told = [one for one in done if isinstance(one, EditConflict)]
    assert len(saved) == len(told) == 1
    assert told[0].current.stem == saved[0].new.stem
    assert question.versions.count() == 2
