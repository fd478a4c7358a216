"""Issuing certificates, checking them, revoking them: real rows, real files, the job's body called as the worker calls it.

The job itself, with its worker, its queue, its other connections and its kill -9: test_certificate_job.
"""

import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Member, Role
from contests.actions.exclude import exclude, readmit
from contests.errors import ContestError
from contests.models import Attempt, AuditRecord, Award, Contest, ContestEvent, Round, WinnersList
from contests.rules.prizes import OVERALL
from reports.certificates import actions, codes, queries
from reports.certificates.claims import Ask, Truth, claims, truths
from reports.certificates.wording import Kind
from reports.models import Certificate, CertificateBatch, CertificateDesign
from tests import make
from tests.reports.pages import scanned, text_of
from tests.reports.rows import sat

HOME = "/to-chuc/cuoc-thi/tim-hieu-phap-luat/chung-nhan/"
pytestmark = pytest.mark.django_db
TOOK_PART, PASSED, PRIZE = Ask(Kind.TOOK_PART), Ask(Kind.PASSED, share=50), Ask(Kind.PRIZE)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def played(union, contest):
    """Alice had 3 of 4 right, Bob 1 of 4, Charlie of another province began and never handed in; all is over."""
    return over(union, contest)


def over(union, contest):
    """The contest as `played` says."""
    sat(contest, union.alice, union.factory_a, 200, 300)
    sat(contest, union.bob, union.school_a, 100)
    ended = timezone.now() - timedelta(minutes=30)
    contest.rounds.update(opens_at=ended - timedelta(days=1), closes_at=ended)
    return contest


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


def issue(contest, ask=TOOK_PART, *, by, **more):
    """What the form does, and what the worker does with it."""
    more = {"again": False, "split": False} | more
    batch = actions.request_batch(contest=contest, ask=ask, by=by, now=timezone.now(), **more)
    actions.make_batch(batch_id=batch.pk, last_try=True)
    batch.refresh_from_db()
    return batch


def publish(contest, union, *lines):
    """A published list over the contest: (entry, prize, place) each."""
    now = timezone.now()
    winners = WinnersList.objects.create(
        contest=contest, number=1, state="published", as_of=now, snapshot={"contest_rules": {}, "digest": ""}, proposed_by=union.alice,
        proposed_at=now, verified_by=union.olga, verified_at=now, published_by=union.olga, published_at=now,
    )  # fmt: skip
    for position, (entry, prize, place) in enumerate(lines, 1):
        Award.objects.create(
            winners_list=winners, position=position, given=True, prize=prize, tier=1, amount=0, ranking=OVERALL, entry=entry, place=place,
            why="",
        )  # fmt: skip
    return winners


def flat(text: str) -> str:
    return "".join(text.split())


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


# --- who gets what


def test_each_result_is_said_as_it_is(union, played):
    entry = played.entries.get(member=union.alice)
    publish(played, union, (entry, "Giải Nhất", 1))

    said = {
        ask.kind: [(claim.name, claim.result, claim.prize, claim.place) for claim in claims(played, ask)]
        for ask in (TOOK_PART, PASSED, PRIZE)
    }

    alice, bob = union.alice.full_name, union.bob.full_name
    assert said == {
        Kind.TOOK_PART: [(alice, "", "", None), (bob, "", "", None)],
        Kind.PASSED: [(alice, "đúng 3/4 câu", "", None)],
        Kind.PRIZE: [(alice, "", "Giải Nhất", 1)],
    }


@pytest.mark.parametrize(("share", "who"), [(1, 2), (25, 2), (26, 1), (75, 1), (76, 0), (100, 0)])
def test_a_share_is_reached_exactly_or_not(union, played, share, who):
    assert len(list(claims(played, Ask(Kind.PASSED, share=share)))) == who


def test_who_did_not_hand_in_or_does_not_count_gets_none(union, played):
    other = make.make_member("Vũ Bỏ Dở", union.school_a)
    sat(played, other, union.school_a, running=True)
    void = make.make_member("Đỗ Bị Huỷ", union.school_a)
    entry = sat(played, void, union.school_a, 400)
    Attempt.objects.filter(entry=entry).update(state="voided")
    exclude(contest=played, member=union.bob, by=union.olga, reason="nhờ người thi hộ", now=timezone.now())

    assert [claim.name for claim in claims(played, TOOK_PART)] == [union.alice.full_name]
    assert [claim.name for claim in claims(played, Ask(Kind.PASSED, share=1))] == [union.alice.full_name]


def test_issuing_twice_gives_the_same_certificates(union, played):
    first = issue(played, by=union.olga)
    before = list(Certificate.objects.values_list("code", "number", "said"))
    late = make.make_member("Phạm Đến Sau", union.school_a)
    sat(played, late, union.school_a, 400)

    second = issue(played, by=union.olga)

    assert list(Certificate.objects.values_list("code", "number", "said"))[:2] == before
    assert (first.issued, second.issued, len(second.holds)) == (2, 1, 3)
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_an_issue_that_is_in_hand_is_given_back(union, played):
    ask = {"contest": played, "ask": TOOK_PART, "again": False, "split": False, "by": union.olga, "now": timezone.now()}

    assert actions.request_batch(**ask) == actions.request_batch(**ask)
    assert ProcrastinateJob.objects.filter(task_name=actions.JOB).count() == 1


def test_a_certificate_keeps_what_it_said_and_how_it_looked(olga, union, played):
    issue(played, by=union.olga)
    one = Certificate.objects.get(entry__member=union.alice)
    union.alice.full_name = "Trần Thị Tên Mới"
    union.alice.save()
    Contest.objects.update(title="Tên khác hẳn")
    actions.save_design(
        unit=union.province_a, by=union.olga, title="GIẤY KHEN MỚI", body="Khen", signer_title="", signer_name="", place="", now=timezone.now()
    )  # fmt: skip

    words = flat(text_of(olga.get(f"/chung-nhan/{one.code}/tep.pdf").content))

    for kept in ("Trần Thị Ánh", "Tìm hiểu Bộ luật Lao động", "GIẤY CHỨNG NHẬN", codes.spoken(one.code), one.serial):
        assert flat(kept) in words


def test_two_designs_in_one_file(union, played):
    issue(played, by=union.olga)
    actions.save_design(
        unit=union.province_a, by=union.olga, title="BẰNG KHEN", body="Khen {họ tên}", signer_title="", signer_name="", place="", now=timezone.now()
    )  # fmt: skip
    late = make.make_member("Phạm Đến Sau", union.school_a)
    sat(played, late, union.school_a, 400)
    batch = issue(played, by=union.olga)

    pdf = (settings.MEDIA_ROOT / batch.file).read_bytes()

    titles = {at: "GIẤYCHỨNGNHẬN" in flat(text_of(pdf, at)) for at in range(3)}
    assert sorted(titles.values()) == [False, True, True]
    assert "BẰNGKHEN" in flat(text_of(pdf, next(at for at, usual in titles.items() if not usual)))


def test_a_zip_holds_a_file_for_each_person_by_unit(union, played):
    batch = issue(played, by=union.olga, split=True)

    with zipfile.ZipFile(settings.MEDIA_ROOT / batch.file) as bundle:
        names = bundle.namelist()
        assert names == [
            f"{union.factory_a.name}/000001 {union.alice.full_name}.pdf", f"{union.school_a.name}/000002 {union.bob.full_name}.pdf",
        ]  # fmt: skip
        links = [scanned(bundle.read(name)) for name in names]
    assert links == [queries.link_of(one.code) for one in Certificate.objects.order_by("number")]


# --- when it may not be issued


def test_nothing_is_issued_before_every_round_has_closed(olga, union, played):
    Round.objects.create(
        contest=played, number=2, title="Tuần 2", opens_at=timezone.now(), closes_at=timezone.now() + timedelta(hours=1), rules=played.rounds.get().rules,
    )  # fmt: skip

    assert "Tuần 2 chưa đóng." in olga.post(HOME, {"kind": "took_part", "act": "count"}).content.decode()
    assert "Tuần 2 chưa đóng." in olga.post(HOME, {"kind": "took_part", "act": "issue"}).content.decode()
    assert CertificateBatch.objects.count() == 0


@pytest.mark.parametrize("outdated", [False, True])
def test_prizes_need_a_published_list_that_nothing_has_happened_to(union, played, outdated):
    if outdated:
        winners = publish(played, union, (played.entries.get(member=union.alice), "Giải Nhất", 1))
        WinnersList.objects.filter(pk=winners.pk).update(outdated_at=timezone.now())

    with pytest.raises(ContestError) as refused:
        issue(played, PRIZE, by=union.olga)

    assert refused.value.code == ("outdated" if outdated else "unpublished")


def test_a_name_in_letters_that_no_face_has_is_told_and_left_out(olga, union, played):
    other = make.make_member("Nguyễn 王小明", union.school_a)
    sat(played, other, union.school_a, 400)

    counted = olga.post(HOME, {"kind": "took_part", "act": "count"}).content.decode()
    batch = issue(played, by=union.olga)

    assert "Nguyễn 王小明" in counted
    assert (batch.issued, Certificate.objects.filter(entry__member=other).count()) == (2, 0)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "passed", "share": "0"}, "từ 1 đến 100"), ({"kind": "passed", "share": "101"}, "từ 1 đến 100"), ({"kind": "passed", "share": ""}, "từ 1 đến 100"),
        ({"kind": "passed", "share": "abc"}, "số"), ({"kind": "all"}, "Hãy chọn cấp cho ai"), ({}, "Hãy chọn cấp cho ai"), ({"kind": "passed", "share": "100"}, "Không có ai"),
    ],
)  # fmt: skip
def test_bad_choices_are_told_in_plain_words(olga, played, form, said):
    for act in ("count", "issue"):
        assert said in olga.post(HOME, form | {"act": act}).content.decode()
    assert CertificateBatch.objects.count() == 0


# --- checking


def test_an_unknown_code_gets_a_calm_page(client, union, played):
    issue(played, by=union.olga)
    one = Certificate.objects.first()

    for code in (one.code[:-1], one.code[:-1] + ("A" if one.code[-1] != "A" else "B"), "x", "ABCDEFGHJKMNPQRSTU"):
        assert "Không có giấy chứng nhận nào mang mã này" in page(client, f"/chung-nhan/{code}/", 404)
    assert "Không có giấy chứng nhận nào" in page(client, "/chung-nhan/?ma=abc", 404)
    assert "Không có giấy chứng nhận nào" not in page(client, "/chung-nhan/")


def test_a_code_is_found_however_it_is_typed(client, union, played):
    issue(played, by=union.olga)
    code = Certificate.objects.first().code

    for text in (codes.spoken(code), code.lower(), f" {codes.spoken(code).lower()} ", " ".join(code)):
        response = client.get("/chung-nhan/", {"ma": text}, follow=True)
        assert (response.status_code, response.redirect_chain[-1][0]) == (200, f"/chung-nhan/{code}/")
    assert client.get(f"/chung-nhan/{codes.spoken(code).lower()}/")["Location"] == f"/chung-nhan/{code}/"


def test_guessing_is_slowed_down_and_knowing_is_not(client, union, played):
    issue(played, by=union.olga)
    code = Certificate.objects.first().code

    seen = [client.get(f"/chung-nhan/{codes.new_code()}/").status_code for _ in range(33)]

    assert seen == [404] * 30 + [429] * 3
    assert client.get(f"/chung-nhan/{code}/").status_code == 200


def test_the_page_does_not_lie_after_an_exclusion(client, union, played):
    issue(played, by=union.olga)
    one = Certificate.objects.get(entry__member=union.bob)
    exclude(contest=played, member=union.bob, by=union.olga, reason="nhờ người thi hộ", now=timezone.now())

    shown = page(client, f"/chung-nhan/{one.code}/")

    assert "Đừng dựa vào giấy này" in shown
    assert "Giấy thật" not in shown
    assert "thi hộ" not in shown  # why is between them and the organizers

    readmit(contest=played, member=union.bob, by=union.olga, reason="đã xác minh lại", now=timezone.now())
    assert "Giấy thật" in page(client, f"/chung-nhan/{one.code}/")


def test_the_page_does_not_lie_after_a_regrade(client, olga, union, played):
    issue(played, PASSED, by=union.olga)
    one = Certificate.objects.get()
    for right, truth in ((2, Truth.CHANGED), (1, Truth.CHANGED), (3, Truth.HOLDS), (4, Truth.CHANGED)):
        Attempt.objects.filter(entry=one.entry, number=2).update(right=right, state="regraded")

        assert truths([one]) == {one.pk: truth}
        shown = page(Client(), f"/chung-nhan/{one.code}/")
        assert ("Kết quả nay đã khác trên giấy" in shown) == (truth is Truth.CHANGED)
        listed = page(olga, f"{HOME}danh-sach/?xem=lech")
        assert (union.alice.full_name in listed) == (truth is Truth.CHANGED)


def test_a_prize_that_went_to_somebody_else_is_told(client, union, played):
    winners = publish(played, union, (played.entries.get(member=union.alice), "Giải Nhất", 1))
    issue(played, PRIZE, by=union.olga)
    one = Certificate.objects.get()
    assert "đạt Giải Nhất, hạng 1, tại cuộc thi" in page(client, f"/chung-nhan/{one.code}/")

    Award.objects.filter(winners_list=winners).update(entry=played.entries.get(member=union.bob))

    assert "Kết quả nay đã khác trên giấy" in page(client, f"/chung-nhan/{one.code}/")


def test_truths_asks_as_few_questions_for_many_as_for_one(union, played, django_assert_max_num_queries):
    issue(played, by=union.olga)
    for member in make.make_members([(f"Người Thứ {number}", union.school_a, {}) for number in range(12)]):
        sat(played, member, union.school_a, 100)
    issue(played, by=union.olga)
    ones = list(queries.of_contest(played))
    assert len(ones) == 14

    with django_assert_max_num_queries(5):
        assert set(truths(ones).values()) == {Truth.HOLDS}


# --- revoking


def test_revoking_with_a_reason_and_taking_it_back(client, olga, union, played):
    issue(played, by=union.olga)
    one = Certificate.objects.get(entry__member=union.bob)
    here = f"{HOME}danh-sach/{one.code}/"

    assert "Hãy ghi lý do" in olga.post(here, {"act": "revoke", "reason": ""}).content.decode()
    assert olga.post(here, {"act": "revoke", "reason": "Cấp nhầm người"}).status_code == 302
    shown = page(Client(), f"/chung-nhan/{one.code}/")
    assert "Giấy này đã bị thu hồi" in shown
    assert "Cấp nhầm người" in shown
    assert olga.get(f"/chung-nhan/{one.code}/tep.pdf").status_code == 404
    assert "đã được thu hồi" in olga.post(here, {"act": "revoke", "reason": "Lần nữa đây"}).content.decode()

    assert olga.post(here, {"act": "restore", "reason": "Thu hồi nhầm"}).status_code == 302
    assert "Giấy thật" in page(Client(), f"/chung-nhan/{one.code}/")
    assert "đang có hiệu lực" in olga.post(here, {"act": "restore", "reason": "Lần nữa đây"}).content.decode()

    told = list(ContestEvent.objects.order_by("pk").values_list("what", "actor", "detail__reason"))
    assert told == [
        ("certificates_issued", union.olga.pk, None),
        ("certificate_revoked", union.olga.pk, "Cấp nhầm người"),
        ("certificate_restored", union.olga.pk, "Thu hồi nhầm"),
    ]
    logged = AuditRecord.objects.filter(contest=played.pk, what__startswith="contest.certificate").order_by("pk")
    assert [record.what for record in logged] == [f"contest.{what}" for what, *_ in told]
    assert f"Thu hồi giấy chứng nhận số {one.serial}" in page(olga, "/to-chuc/cuoc-thi/tim-hieu-phap-luat/")


def test_a_revoked_one_is_issued_again_only_when_asked(union, played):
    issue(played, by=union.olga)
    one = Certificate.objects.get(entry__member=union.bob)
    actions.revoke(certificate=one, by=union.olga, reason="Cấp nhầm người", now=timezone.now())

    assert issue(played, by=union.olga).issued == 0
    assert issue(played, by=union.olga, again=True).issued == 1

    both = list(Certificate.objects.filter(entry=one.entry).order_by("number"))
    assert [bool(each.revoked_at) for each in both] == [True, False]
    with pytest.raises(ContestError) as refused:
        actions.restore(certificate=one, by=union.olga, reason="Thu hồi nhầm")
    assert both[1].serial in refused.value.text


def test_all_that_do_not_hold_are_revoked_and_come_back_as_results_are_now(olga, union, played):
    issue(played, PASSED, by=union.olga)
    Attempt.objects.filter(entry__member=union.alice, number=2).update(right=4, state="regraded")
    ContestEvent.objects.create(contest=played, what="key_ruled", detail={})
    assert "đã có thay đổi về kết quả" in page(olga, HOME)

    olga.post(f"{HOME}danh-sach/thu-hoi/", {"reason": "Chấm lại câu 3"})
    issue(played, PASSED, by=union.olga, again=True)

    said = list(Certificate.objects.order_by("number").values_list("said__result", "revoked_reason"))
    assert said == [("đúng 3/4 câu", "Chấm lại câu 3"), ("đúng 4/4 câu", "")]
    assert queries.doubtful(played) == []


def test_the_database_refuses_two_in_force_and_a_revocation_without_a_reason(union, played):
    issue(played, by=union.olga)
    one = Certificate.objects.first()
    one.pk, one.code, one.number = None, codes.new_code(), 99

    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.update(revoked_at=timezone.now())


# --- whose it is


def test_members_find_and_take_their_own_and_nobody_elses(client, union, played):
    issue(played, by=union.olga)
    own, other = (Certificate.objects.get(entry__member=member) for member in (union.alice, union.bob))
    client.force_login(union.alice)
    attempt = Attempt.objects.filter(entry=own.entry).first()

    for address in ("/cuoc-thi/tim-hieu-phap-luat/", f"/thi/{attempt.public_id}/ket-qua/", "/chung-nhan/"):
        shown = page(client, address)
        assert own.code in shown
        assert other.code not in shown
    response = client.get(f"/chung-nhan/{own.code}/tep.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert scanned(response.content) == queries.link_of(own.code)
    assert client.get(f"/chung-nhan/{other.code}/tep.pdf").status_code == 404
    assert "tep.pdf" not in page(client, f"/chung-nhan/{other.code}/")
    assert Client().get(f"/chung-nhan/{own.code}/tep.pdf").status_code == 302


@pytest.mark.parametrize("who", ["staff_b", "alice", "visitor", "organizer_b"])
def test_nobody_else_reaches_the_pages_of_those_who_issue(client, union, played, who):
    batch = issue(played, by=union.olga)
    one = Certificate.objects.first()
    if who == "organizer_b":
        Role.objects.create(member=union.charlie, unit=union.province_b, kind="organizer", from_day=make.FROM_DAY)
    if who != "visitor":
        client.force_login({"organizer_b": union.charlie}.get(who) or getattr(union, who))
    expected = {"visitor": 302, "alice": 403}.get(who, 404)
    gets = ("", "mau/", "mau/thu.pdf", "danh-sach/", "danh-sach/?xem=lech", f"danh-sach/{one.code}/")
    gets += tuple(f"dot-cap/{batch.public_id}/{part}" for part in ("", "trang-thai/", "tai-ve/"))
    posts = {
        "": {"kind": "took_part", "act": "issue"}, "mau/": {"title": "A", "body": "B", "act": "save"}, "mau/xem-truoc/": {"title": "A", "body": "B"},
        "danh-sach/thu-hoi/": {"reason": "không được đâu"}, f"danh-sach/{one.code}/": {"act": "revoke", "reason": "không được đâu"},
        f"dot-cap/{batch.public_id}/": {"act": "redo"},
    }  # fmt: skip
    before = [list(model.objects.values_list()) for model in (Certificate, CertificateBatch, CertificateDesign)]

    assert {address: client.get(HOME + address).status_code for address in gets} == dict.fromkeys(gets, expected)
    assert {address: client.post(HOME + address, data).status_code for address, data in posts.items()} == dict.fromkeys(posts, expected)  # fmt: skip

    assert [list(model.objects.values_list()) for model in (Certificate, CertificateBatch, CertificateDesign)] == before


def test_staff_of_the_organizing_unit_issue_too_and_staff_below_do_not(client, union, played):
    for unit, status in ((union.province_a, 200), (union.national, 200), (union.factory_a, 404)):
        member = Member.objects.create_user(email=f"{unit.code}@example.vn", full_name="Cán bộ")
        Role.objects.create(member=member, unit=unit, kind="staff", from_day=make.FROM_DAY)
        client.force_login(member)
        assert client.get(HOME).status_code == status


def test_a_certificate_of_another_contest_is_not_managed_here(olga, union, played):
    issue(played, by=union.olga)
    one = Certificate.objects.first()
    other = Contest.objects.create(
        slug="khac", title="Khác", organizer=union.province_a, audience=union.province_a, bank=played.bank, state="open"
    )

    assert olga.get(f"/to-chuc/cuoc-thi/{other.slug}/chung-nhan/danh-sach/{one.code}/").status_code == 404


def test_certificates_are_found_by_name_number_and_code(olga, union, played):
    issue(played, by=union.olga)
    alice = Certificate.objects.get(entry__member=union.alice)

    for q in ("tran thi anh", "Ánh", "1", "000001/2026", codes.spoken(alice.code), alice.code.lower()):
        shown = page(olga, f"{HOME}danh-sach/?q={q}")
        assert union.alice.full_name in shown, q
        assert union.bob.full_name not in shown, q
    assert "Không thấy giấy nào" in page(olga, f"{HOME}danh-sach/?q=%00x'")
