"""Who gets a picture, when, and with which headers (B46, B59): an address alone opens nothing."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from contests.actions.exclude import exclude
from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, Bank, QuestionVersion, Round
from contests.rules.settings import Review
from tests import make

pytestmark = pytest.mark.django_db


def begin(member, contest):
    return start_attempt(member=member, round_=contest.rounds.get(), now=timezone.now())


def hand_in(attempt):
    save_form(attempt=attempt, choices={}, now=timezone.now(), submit=True, device=None)
    grade_pending(now=timezone.now())


def close(contest, **ago):
    Round.objects.filter(contest=contest).update(closes_at=timezone.now() - timedelta(**(ago or {"minutes": 10})))


def test_before_the_start_nobody_but_organizers_has_it(union, pictured, contest, ask):
    assert [ask(who).status_code for who in (None, union.alice, union.bob, union.charlie, union.staff_b)] == [404] * 5
    assert ask(union.olga).status_code == 200


def test_who_sits_a_paper_with_it_has_it_and_nobody_else(union, pictured, contest, ask, image):
    begin(union.alice, contest)

    assert [ask(who).status_code for who in (None, union.alice, union.bob, union.charlie)] == [404, 200, 404, 404]
    reply = ask(union.alice)
    with Image.open(io.BytesIO(b"".join(reply.streaming_content))) as shown:
        assert (shown.format, shown.size) == ("WEBP", (image.width, image.height))


def test_a_paper_without_it_opens_nothing(union, bank, contest, image, ask):
    begin(union.alice, contest)
    drawn = {version for version, _ in Attempt.objects.get().paper}
    other = QuestionVersion.objects.filter(question__bank=bank).exclude(pk__in=drawn).first()
    QuestionVersion.objects.filter(pk=other.pk).update(image=image, image_alt="Sơ đồ")

    assert ask(union.alice).status_code == 404


def test_a_position_in_a_paper_is_no_version(union, bank, contest, image, ask):
    """A paper is [[version, [positions]]]; a version whose id stands there as a position is not on it."""
    begin(union.alice, contest)
    other = QuestionVersion.objects.filter(question__bank=bank).first()
    QuestionVersion.objects.filter(pk=other.pk).update(image=image, image_alt="Sơ đồ")
    Attempt.objects.update(paper=[[other.pk + 1000, [other.pk, 1]], [other.pk + 1001, [[other.pk]]]])

    assert ask(union.alice).status_code == 404


def test_after_the_hand_in_it_waits_for_the_review(union, pictured, ask):
    contest = make.make_contest(union, pictured, review=Review.EXPLANATION)
    attempt = begin(union.alice, contest)
    hand_in(attempt)
    assert ask(union.alice).status_code == 404

    close(contest)
    assert ask(union.alice).status_code == 200
    assert ask(union.bob).status_code == 404


def test_where_the_rules_show_no_review_there_is_none(union, pictured, ask):
    contest = make.make_contest(union, pictured, review=Review.NOTHING)
    hand_in(begin(union.alice, contest))
    close(contest)

    assert ask(union.alice).status_code == 404


def test_time_that_ran_out_takes_it_away(union, pictured, contest, ask):
    attempt = begin(union.alice, contest)
    Attempt.objects.filter(pk=attempt.pk).update(accepts_until=timezone.now() - timedelta(seconds=1))

    assert ask(union.alice).status_code == 404


def test_organizers_see_what_lies_in_their_scope(union, pictured, contest, ask):
    for unit, code in ((union.province_b, 404), (union.factory_a, 404), (union.national, 200)):
        stranger = make.make_member("Vũ Thị Lạ", unit)
        stranger.roles.create(unit=unit, kind="organizer", from_day=make.FROM_DAY)
        assert ask(stranger).status_code == code


def test_who_organizes_a_contest_from_a_bank_above_sees_its_pictures(union, pictured, contest, ask):
    Bank.objects.filter(pk=pictured.pk).update(owner=union.national)

    assert ask(union.olga).status_code == 200


def test_practice_shows_it_to_everybody_until_a_contest_asks_the_same(union, pictured, ask):
    Bank.objects.filter(pk=pictured.pk).update(purpose=Bank.Purpose.PRACTICE)
    assert [ask(who).status_code for who in (None, union.charlie)] == [200, 200]

    twin = make.make_bank(union.province_b)
    stems = QuestionVersion.objects.filter(question__bank=pictured).values_list("stem", "stem_key")
    for version, (stem, key) in zip(QuestionVersion.objects.filter(question__bank=twin), stems, strict=True):
        QuestionVersion.objects.filter(pk=version.pk).update(stem=stem, stem_key=key)
    make.make_contest(union, twin)

    assert [ask(who).status_code for who in (None, union.charlie)] == [404, 404]


def test_a_retired_question_is_not_for_practice(union, pictured, ask):
    Bank.objects.filter(pk=pictured.pk).update(purpose=Bank.Purpose.PRACTICE)
    pictured.questions.update(retired_at=timezone.now())

    assert ask().status_code == 404


def test_the_headers_say_that_it_is_a_picture_and_nothing_else(union, pictured, contest, ask):
    begin(union.alice, contest)
    reply = ask(union.alice)

    assert {name: reply[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Content-Disposition")} == {
        "Content-Type": "image/webp", "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": 'inline; filename="hinh.webp"',
    }  # fmt: skip
    assert reply["Cache-Control"] == "private, max-age=604800, immutable"
    assert "Cookie" in reply["Vary"]
    assert reply["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_refusal_may_not_be_kept(union, pictured, contest, ask):
    assert "no-store" in ask(union.alice)["Cache-Control"]


def test_nginx_sends_the_bytes_where_it_stands_in_front(union, pictured, contest, ask, image, settings):
    settings.FILES_BY_NGINX = True
    begin(union.alice, contest)
    reply = ask(union.alice)

    assert (reply["X-Accel-Redirect"], reply.content) == (f"/_hinh/{image.sha256[:2]}/{image.sha256}.webp", b"")
    assert reply["Content-Type"] == "image/webp"
    assert "X-Accel-Redirect" not in ask(union.bob)


def test_a_lost_file_is_not_found(union, pictured, contest, ask, image, settings):
    (settings.MEDIA_ROOT / image.file).unlink()

    assert ask(union.olga).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_is_only_read(union, image, method):
    assert getattr(Client(), method)(reverse("image", args=[image.public_id])).status_code == 405


def test_who_sits_is_asked_in_one_query(union, pictured, contest, image):
    begin(union.alice, contest)
    client = Client()
    client.force_login(union.alice)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(reverse("image", args=[image.public_id])).status_code == 200

    of_ours = [query["sql"] for query in asked if "contests_" in query["sql"]]
    assert len(of_ours) == 1


def test_whoever_was_excluded_in_the_middle_keeps_what_the_sitting_page_shows(union, pictured, contest, ask):
    """The picture goes with the paper: as long as the sitting page opens, so does the picture."""
    attempt = begin(union.alice, contest)
    exclude(contest=contest, member=union.alice, reason="Thành viên ban tổ chức", by=union.olga, now=timezone.now())
    client = Client()
    client.force_login(union.alice)
    page = client.get(reverse("sitting", args=[attempt.public_id]))

    assert (page.status_code == 200) is (ask(union.alice).status_code == 200)
