"""May I enter, and if not, why not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Consent
from contests.actions.grade import grade_pending
from contests.actions.sitting import database_now, save_form
from contests.models import Attempt, Contest, Round
from tests import make

PAGE = "/cuoc-thi/tim-hieu-phap-luat/"
START = PAGE + "dot-1/vao-thi/"


@pytest.fixture
def round_(contest) -> Round:
    return contest.rounds.get()


def move(round_: Round, opens: float, closes: float) -> None:
    """Let the round open and close so many hours from now."""
    now = timezone.now()
    Round.objects.filter(pk=round_.pk).update(
        opens_at=now + timedelta(hours=opens), closes_at=now + timedelta(hours=closes)
    )


def step(client) -> str:
    return str(client.get(PAGE).context["page"].main.step)


def test_the_facts_in_a_row(client, contest):
    page = client.get(PAGE).content.decode()

    assert all(fact in page for fact in ("4 câu", "20 phút", "2 lượt", "(giờ Việt Nam)", "Tuần 1"))
    assert "Xếp hạng và khi bằng điểm" in page  # the rules, by section


def test_a_draft_is_not_found(client, contest, union):
    Contest.objects.update(state="draft")
    client.force_login(union.alice)

    assert [client.get(PAGE).status_code, client.get(PAGE + "the-le/").status_code] == [404, 404]
    assert client.post(START).status_code == 404


def test_a_visitor_is_led_to_the_login_and_back(client, contest):
    page = client.get(PAGE)

    assert str(page.context["page"].main.step) == "login"
    assert f"?next={PAGE}" in page.content.decode()


def test_a_member_without_a_unit_chooses_one_first(client, contest, union):
    client.force_login(make.make_member("Đỗ Văn Mới"))

    assert step(client) == "choose_unit"
    assert client.post(START).url == "/tai-khoan/don-vi/?next=%2Fcuoc-thi%2Ftim-hieu-phap-luat%2F"
    assert not Attempt.objects.exists()


def test_a_member_without_consent_gives_it_first(client, contest, union):
    Consent.objects.filter(member=union.alice).delete()
    client.force_login(union.alice)

    assert step(client) == "consent"
    assert client.post(START).url.startswith("/tai-khoan/?next=")


def test_another_audience_reads_and_is_refused_in_words(client, contest, union):
    client.force_login(union.charlie)

    page = client.get(PAGE)
    refused = client.post(START, follow=True)

    assert page.status_code == 200
    assert "Cuộc thi này không dành cho đơn vị của bạn." in page.content.decode()
    assert "Cuộc thi này không dành cho đơn vị của bạn." in refused.content.decode()
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("opens", "closes", "text"),
    [(2, 3, "Đợt thi chưa mở."), (-3, -2, "Đợt thi đã kết thúc.")],
)
def test_outside_the_window_the_page_says_why_not(client, contest, union, round_, opens, closes, text):
    move(round_, opens, closes)
    client.force_login(union.alice)

    assert text in client.get(PAGE).content.decode()
    assert text in client.post(START, follow=True).content.decode()


def test_start_leads_into_the_sitting_and_back_to_the_same(client, contest, union):
    client.force_login(union.alice)

    first, second = client.post(START), client.post(START)

    attempt = Attempt.objects.get()
    assert first.url == second.url == f"/thi/{attempt.public_id}/"
    assert step(client) == "continue"


def test_start_by_its_address_goes_to_the_contest(client, contest, union):
    client.force_login(union.alice)

    assert client.get(START).url == PAGE
    assert not Attempt.objects.exists()


def test_start_asks_for_a_login(client, contest):
    assert client.post(START).url.startswith("/tai-khoan/login/")


def test_used_up_attempts_leave_their_results(client, contest, union, begin):
    for _ in range(2):
        save_form(attempt=begin(union.alice, contest), choices={1: [0]}, now=database_now(), submit=True)
    grade_pending(now=database_now())
    client.force_login(union.alice)

    page = client.get(PAGE).content.decode()

    assert "Bạn đã dùng hết số lượt thi của đợt này." in page
    assert all(f'href="/thi/{attempt.public_id}/ket-qua/"' in page for attempt in Attempt.objects.all())


def test_the_five_best_are_shown(client, contest, union, begin):
    for number in range(6):
        member = make.make_member(f"Nguyễn Văn Số {number}", union.factory_a)
        save_form(attempt=begin(member, contest), choices={}, now=database_now(), submit=True)
    grade_pending(now=database_now())

    page = client.get(PAGE)

    assert len(page.context["top"]) == 5
    assert "6 người · 6 lượt" in page.content.decode()


def test_rules_to_print(client, contest):
    page = client.get(PAGE + "the-le/").content.decode()

    assert "Thể lệ cuộc thi" in page
    assert "20 phút" in page


def test_two_rounds_both_have_their_place(client, contest, round_):
    now = timezone.now()
    Round.objects.create(
        contest=contest, number=2, title="Tuần 2", opens_at=now + timedelta(days=7), closes_at=now + timedelta(days=14),
        rules=round_.rules,
    )  # fmt: skip

    page = client.get(PAGE).context["page"]

    assert (page.main.round.title, [view.round.title for view in page.others]) == ("Tuần 1", ["Tuần 2"])
