"""The console's pages about rulings on questions, and what members are told of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions import ruling_work
from contests.jobs import ruling as ruling_job
from contests.models import Attempt, GradeChange, KeyRuling, QuestionVersion
from contests.queries.rulings import suspects
from tests import make
from tests.contests.actions.test_regrade import WHY, ruled, sit, small_contest, undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(union):
    contest, (versions, members) = small_contest(union)
    contest.rules = {"prizes": [{"name": "Giải Nhất", "count": 1}]}
    contest.save()
    begun = timezone.now() - timedelta(minutes=30)
    for member, option in zip(members, (0, 2, 2, 3), strict=True):
        sit(contest, member, {versions[0].pk: [option], versions[1].pk: [0] if option == 0 else []}, begun)
    return contest, versions, members


def new(contest, version):
    return reverse(
        "organizer_new_ruling", args=[contest.slug], query={"ma": version.question.code, "ban": version.number}
    )


def propose(olga, contest, version, **data):
    reply = olga.post(new(contest, version), {"what": "replace", "key": ["2"], "reason": WHY} | data)
    assert reply.status_code == 302, reply.content.decode()
    return reply.url


def test_the_whole_way(union, olga, cast):
    contest, versions, members = cast
    index = reverse("organizer_rulings", args=[contest.slug])
    found = olga.get(index, {"q": "noi dung c0"}).content.decode()
    assert "Nội dung câu hỏi C0?" in found
    assert "C1" not in found
    form = olga.get(new(contest, versions[0])).content.decode()
    assert "A. Phương án A của C0" in form

    page = propose(olga, contest, versions[0])
    text = olga.get(page).content.decode()

    assert "Xem trước, chưa lưu" in text
    assert "Giải Nhất" in text
    assert members[1].full_name in text
    assert set(Attempt.objects.values_list("state", flat=True)) == {"graded"}
    digest = KeyRuling.objects.get().trial["digest"]
    reply = olga.post(page, {"act": "apply", "digest": digest}, follow=True).content.decode()
    assert "Đã áp dụng" in reply
    assert sorted(Attempt.objects.values_list("points", flat=True)) == [0, 100, 100, 100]
    assert WHY in olga.get(index).content.decode()
    assert "Sửa đáp án câu C0" in olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()

    olga.post(page, {"act": "try_undo"})
    assert "Nếu thu hồi quyết định này" in olga.get(page).content.decode()
    digest = KeyRuling.objects.get().trial["digest"]
    refused = olga.post(page, {"act": "undo", "digest": digest, "reason": "x"}).content.decode()
    assert "Hãy ghi lý do" in refused
    reply = olga.post(
        page, {"act": "undo", "digest": digest, "reason": "Đã xem lại nguồn"}, follow=True
    ).content.decode()
    assert "Đã thu hồi" in reply
    assert sorted(Attempt.objects.values_list("points", flat=True)) == [0, 0, 0, 200]
    assert set(Attempt.objects.values_list("state", flat=True)) == {"graded"}
    assert GradeChange.objects.count() == 6


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"reason": ""}, "Hãy ghi lý do"), ({"what": ""}, "Hãy điền mục này"), ({"key": []}, "Hãy chọn đáp án"),
        ({"key": ["0"]}, "Đây đang là đáp án"), ({"key": ["99"]}, "trong danh sách"), ({"what": "burn"}, "Hãy chọn một mục"),
        ({"key": ["1", "2"]}, "chỉ có một đáp án"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_saves_nothing(olga, cast, data, sentence):
    contest, versions, _ = cast

    reply = olga.post(new(contest, versions[0]), {"what": "replace", "key": ["2"], "reason": WHY} | data)

    assert reply.status_code == 200
    assert sentence in reply.content.decode()
    assert not KeyRuling.objects.exists()


def test_figures_that_are_old_are_refused_with_new_ones(union, olga, cast):
    contest, versions, _ = cast
    page = propose(olga, contest, versions[0])
    old = KeyRuling.objects.get().trial["digest"]
    ruled(contest, versions[0], "accept_also", 3, by=union.olga)

    reply = olga.post(page, {"act": "apply", "digest": old}, follow=True).content.decode()

    assert "Kết quả đã thay đổi sau lần xem thử" in reply
    fresh = KeyRuling.objects.filter(applied_at__isnull=True).get()
    assert fresh.trial["digest"] != old
    assert fresh.trial["digest"] in reply
    olga.post(page, {"act": "apply", "digest": "bậy"})
    assert KeyRuling.objects.filter(applied_at__isnull=True).exists()


def test_unknown_questions_are_not_found(olga, cast):
    contest, versions, _ = cast

    for query in ({"ma": "C77"}, {}, {"ma": "C0", "ban": "x"}, {"ma": "C0\0"}, {"ma": "C0", "ban": "9"}):
        assert olga.get(reverse("organizer_new_ruling", args=[contest.slug], query=query)).status_code == 404
    other = make.make_bank(versions[0].question.bank.owner)
    stranger = QuestionVersion.objects.filter(question__bank=other).first()
    assert olga.get(new(contest, stranger)).status_code == 404


def test_many_attempts_are_for_the_worker(union, olga, cast, monkeypatch):
    contest, versions, _ = cast
    monkeypatch.setattr(ruling_work, "AT_ONCE", 2)
    page = propose(olga, contest, versions[0])
    ruling = KeyRuling.objects.get()
    assert (ruling.task, ruling.trial) == ("try", None)
    waiting = olga.get(page).content.decode()
    assert "Trang tự cập nhật" in waiting
    assert 'http-equiv="refresh"' in waiting
    again = olga.post(page, {"act": "try"}, follow=True).content.decode()
    assert "chưa xong" in again

    work(ruling, "try", union)
    ruling.refresh_from_db()
    assert (ruling.task, ruling.trial["attempts"]) == ("", 4)
    olga.post(page, {"act": "apply", "digest": ruling.trial["digest"]})
    ruling.refresh_from_db()
    assert (ruling.task, ruling.applied_at) == ("apply", None)
    work(ruling, "apply", union, digest=ruling.trial["digest"])
    ruling.refresh_from_db()
    assert ruling.stands
    assert sorted(Attempt.objects.values_list("points", flat=True)) == [0, 100, 100, 100]
    work(ruling, "apply", union, digest=ruling.trial["digest"])  # a second run of the same job
    assert GradeChange.objects.count() == 3


def work(ruling: KeyRuling, task: str, union, digest: str = "") -> None:
    assert ruling_job.name == ruling_work.JOB
    ruling_work.work(ruling_id=ruling.pk, task=task, by_id=union.olga.pk, digest=digest, reason="", last_try=True)


def test_what_the_worker_refuses_is_said_on_the_page(union, olga, cast, monkeypatch):
    contest, versions, _ = cast
    page = propose(olga, contest, versions[0])
    ruling = KeyRuling.objects.get()
    ruled(contest, versions[0], "accept_also", 3, by=union.olga)
    KeyRuling.objects.filter(pk=ruling.pk).update(task="apply")

    work(ruling, "apply", union, digest=ruling.trial["digest"])

    assert "Kết quả đã thay đổi sau lần xem thử" in olga.get(page).content.decode()


# --- Members -------------------------------------------------------------------------------------------------------
def result_of(client, member) -> str:
    client.force_login(member)
    attempt = Attempt.objects.get(entry__member=member)
    return client.get(reverse("result", args=[attempt.public_id])).content.decode()


def place_of(member, version) -> int:
    paper = Attempt.objects.get(entry__member=member).paper
    return [one for one, _ in paper].index(version.pk) + 1


def test_members_are_told_once_nobody_sits_with_these_questions(union, client, cast):
    contest, versions, members = cast
    ruling = ruled(contest, versions[0], "replace", 2, by=union.olga)
    during = result_of(client, members[1])
    assert "0 → 100".replace("100", "1") in during
    assert "đã được sửa đáp án" not in during
    assert WHY not in during, "a reason may name the answer"
    contest.rounds.update(opens_at=timezone.now() - timedelta(days=3), closes_at=timezone.now() - timedelta(days=1))

    after = result_of(client, members[1])
    assert f"Câu {place_of(members[1], versions[0])} đã được sửa đáp án" in after
    assert WHY in after
    assert "Chấm lại theo quyết định" not in result_of(client, members[3]), "whose grade is the same reads nothing"
    undone(ruling, by=union.olga)
    assert "đã được thu hồi" in result_of(client, members[1])


def test_a_void_question_is_told_at_once(union, client, cast):
    contest, versions, members = cast

    ruled(contest, versions[0], "void", by=union.olga)

    text = result_of(client, members[3])
    assert f"Câu {place_of(members[3], versions[0])} đã được huỷ" in text
    assert WHY in text


def test_the_paper_is_reviewed_by_the_ruled_key(union, client, cast):
    contest, versions, members = cast
    contest.rounds.update(opens_at=timezone.now() - timedelta(days=3), closes_at=timezone.now() - timedelta(days=1))
    round_ = contest.rounds.get()
    round_.rules["review"] = "explanation"
    round_.save()
    ruled(contest, versions[0], "replace", 2, by=union.olga)
    client.force_login(members[1])
    review = reverse("review", args=[Attempt.objects.get(entry__member=members[1]).public_id])

    assert f"Câu {place_of(members[1], versions[0])}: đúng" in client.get(review).content.decode()
    ruled(contest, versions[1], "void", by=union.olga)
    assert f"Câu {place_of(members[1], versions[1])}: ban tổ chức đã huỷ câu này" in client.get(review).content.decode()


# --- The alarm -----------------------------------------------------------------------------------------------------
def test_the_alarm_shows_on_the_console_and_nowhere_else(union, olga, client, django_user_model):
    contest, (versions, _) = small_contest(union, people=0)
    begun = timezone.now() - timedelta(minutes=30)
    for number in range(32):
        member = make.make_member(f"Người Giỏi {number}", union.factory_a)
        sit(
            contest,
            member,
            {versions[0].pk: [1 if number < 26 else 0], versions[1].pk: [0], versions[2].pk: [0, 1]},
            begun,
        )

    (found,) = suspects(contest)

    assert (found.version, found.found.for_other, found.found.for_key) == (versions[0], 26, 6)
    assert (found.key[:2], found.other[:2]) == ("A.", "B.")
    page = olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()
    assert "1 câu có thể sai đáp án" in page
    assert "Nhiều người chọn: B." in " ".join(
        olga.get(reverse("organizer_rulings", args=[contest.slug])).content.decode().split()
    )
    assert "sai đáp án" not in client.get(reverse("contest", args=[contest.slug])).content.decode()
    assert "sai đáp án" not in result_of(client, Attempt.objects.first().entry.member)


def test_an_accepted_answer_ends_the_alarm(union):
    contest, (versions, _) = small_contest(union, people=0)
    begun = timezone.now() - timedelta(minutes=30)
    for number in range(30):
        sit(contest, make.make_member(f"Người Giỏi {number}", union.factory_a), {versions[0].pk: [1]}, begun)
    ruled(contest, versions[0], "accept_also", 1, by=union.olga)

    assert suspects(contest) == []


def test_somebody_is_excluded_and_let_back_in(olga, cast):
    contest, _, members = cast
    attempt = Attempt.objects.get(entry__member=members[0])
    page = reverse("organizer_attempt", args=[contest.slug, attempt.public_id])

    tried = olga.get(page, {"thu": "loai"}).content.decode()
    assert "rời bảng" in tried
    assert "Giải Nhất" in tried
    assert "Loại khỏi xếp hạng</button>" in tried
    refused = olga.post(page, {"act": "exclude", "reason": ""}).content.decode()
    assert "Hãy ghi lý do" in refused
    done = olga.post(page, {"act": "exclude", "reason": WHY}, follow=True).content.decode()
    assert "Đã loại khỏi xếp hạng" in done
    assert "Xếp hạng người này trở lại" in done
    back = olga.post(page, {"act": "readmit", "reason": WHY}, follow=True).content.decode()
    assert "Đã xếp hạng trở lại" in back
    assert "Loại người này khỏi xếp hạng" in back
