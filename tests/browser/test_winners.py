"""From the last close to published winners and an answered appeal, in a real browser: two organizers, a member, a visitor."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actions import give_consent
from accounts.models import Member, Role
from contests.actions.sitting import save_form
from contests.models import Appeal, Attempt, Contest, Round, Standing, WinnersList
from tests import make
from tests.browser.conftest import DESK, Opener, Site, shoot
from tests.contests.organizer.cases import choices, running
from tests.contests.winners.conftest import PRIZES

pytestmark = pytest.mark.browser


def sit(member: Member, contest: Contest, right: list[int]) -> None:
    """Handed in after 90 seconds, and graded by the site's own worker."""
    began = timezone.now() - timedelta(minutes=5)
    attempt = running(member, contest, began)
    answers = choices(attempt, right, [number for number in (1, 2, 3, 4) if number not in right])
    save_form(attempt=attempt, choices=answers, now=began + timedelta(seconds=90), submit=True)
    for _ in range(200):
        attempt.refresh_from_db()
        if attempt.state == Attempt.State.GRADED:
            return
        time.sleep(0.1)
    raise AssertionError("the worker did not grade it")


def test_winners_and_an_appeal(site: Site, open_page: Opener) -> None:
    union, contest = site.union, site.contest("giai-thuong")
    contest.rules = {
        "prizes": [*PRIZES, {"name": "Giải Ba", "count": 2, "tier": 3, "amount": 500_000}],
        "chain": ["points", "time", "decision"],
    }
    contest.save()
    second = make.make_member("Mai Văn Hai", union.province_a, email="hai@example.vn")
    Role.objects.create(member=second, unit=union.province_a, kind="organizer", from_day=make.FROM_DAY)
    people = [
        union.alice,
        union.bob,
        make.make_member("Đỗ Thị Cúc", union.school_a),
        make.make_member("Vũ Đình Dũng", union.factory_a),
    ]
    for member, right in zip(people, ([1, 2, 3, 4], [1, 2, 3], [1, 2, 3], [1]), strict=True):
        sit(member, contest, right)
    give_consent(member=union.alice, purpose="show_name", text="…", text_version="1", now=timezone.now())
    Round.objects.filter(contest=contest).update(
        opens_at=timezone.now() - timedelta(days=2), closes_at=timezone.now() - timedelta(minutes=10)
    )
    here = f"/to-chuc/cuoc-thi/{contest.slug}/"

    # Bob and Cúc are equal, and there is one second prize: Olga decides, then proposes.
    olga = open_page(union.olga, DESK)
    olga.goto(f"{here}giai-thuong/")
    expect(olga.get_by_role("heading", name="Quyết định thứ tự: Giải Nhì")).to_be_visible()
    shoot(site, olga, "winners-tie")
    olga.on("dialog", lambda dialog: dialog.accept())
    olga.get_by_label("Lê Văn Bình").select_option("2")
    olga.get_by_label("Đỗ Thị Cúc").select_option("2")
    olga.get_by_label("Lý do").fill("Bốc thăm công khai ngày 22/11 trước đại diện các đơn vị")
    olga.get_by_role("button", name="Ghi quyết định").click()
    expect(olga.get_by_text("Hai người đang mang cùng một thứ tự")).to_be_visible()
    shoot(site, olga, "winners-tie-error")
    olga.get_by_label("Đỗ Thị Cúc").select_option("1")
    olga.get_by_role("button", name="Ghi quyết định").click()
    expect(olga.get_by_text("Đã ghi quyết định.")).to_be_visible()
    shoot(site, olga, "winners-outlook")
    olga.get_by_role("button", name="Đề xuất danh sách này").click()
    expect(olga.get_by_role("heading", name="Danh sách đạt giải số 1")).to_be_visible()
    olga.get_by_role("button", name="Tôi đã kiểm tra").click()
    expect(olga.get_by_text("người khác trong ban tổ chức phải công bố")).to_be_visible()
    assert olga.get_by_role("button", name="Công bố").count() == 0

    member = open_page(union.bob)
    attempt = Attempt.objects.get(entry__member=union.bob, round__contest=contest)
    member.goto(f"/thi/{attempt.public_id}/ket-qua/")
    expect(member.get_by_text("tạm tính lúc")).to_be_visible()
    expect(
        member.get_by_text("Bạn đứng dưới người hạng 2: cùng 3 điểm, cùng làm trong 1 phút 30 giây, theo quyết định")
    ).to_be_visible()
    expect(member.get_by_text("Bạn đứng trên người hạng 4: hơn 2 điểm.")).to_be_visible()
    shoot(site, member, "result-why")
    visitor = open_page(None)
    visitor.goto(f"/cuoc-thi/{contest.slug}/ket-qua/")
    shoot(site, visitor, "winners-none")

    other = open_page(second, DESK)
    other.on("dialog", lambda dialog: dialog.accept())
    winners = WinnersList.objects.get(contest=contest)
    other.goto(f"{here}giai-thuong/{winners.public_id}/")
    shoot(site, other, "winners-verified")
    other.get_by_role("button", name="Công bố").click()
    expect(other.get_by_text("Đã công bố. Trang kết quả")).to_be_visible()

    visitor.goto(f"/cuoc-thi/{contest.slug}/ket-qua/")
    expect(visitor.get_by_text("Trần Thị Ánh")).to_be_visible()
    expect(visitor.get_by_text("Đỗ T. C.")).to_be_visible()
    assert visitor.get_by_text("Lê Văn Bình").count() == 0
    shoot(site, visitor, "winners")
    visitor.goto(f"/bang-xep-hang/{contest.slug}/")
    expect(visitor.get_by_text("Chính thức")).to_be_visible()
    shoot(site, visitor, "board-final")
    member.reload()
    expect(member.get_by_text("Bạn đạt Giải Ba")).to_be_visible()
    shoot(site, member, "result-prize")

    # Bob appeals; the second organizer answers.
    member.on("dialog", lambda dialog: dialog.accept())
    member.get_by_role("link", name="Khiếu nại kết quả này").click()
    member.get_by_label("Về mục nào").select_option("4")
    member.get_by_label("Nội dung").fill("Theo Điều 34 câu này còn một phương án đúng nữa, đề nghị xem lại.")
    shoot(site, member, "appeal-form")
    member.get_by_role("button", name="Gửi khiếu nại").click()
    expect(member.get_by_text("Đã nhận", exact=True)).to_be_visible()
    other.goto(f"{here}khieu-nai/")
    shoot(site, other, "appeals")
    other.get_by_role("link", name="Lê Văn Bình: câu 4").click()
    other.get_by_role("button", name="Nhận xem xét").click()
    expect(other.get_by_role("button", name="Trả lời")).to_be_visible()
    shoot(site, other, "appeal")
    other.get_by_label("Không chấp nhận").check()
    other.get_by_label("Lý do").fill("Điều 34 chỉ có một trường hợp áp dụng cho câu này.")
    other.get_by_role("button", name="Trả lời").click()
    expect(other.get_by_text("Đã trả lời.")).to_be_visible()
    member.reload()
    expect(member.get_by_text("Ban tổ chức trả lời: Điều 34")).to_be_visible()
    shoot(site, member, "appeal-answered")
    assert Appeal.objects.get(entry__contest=contest).state == "rejected"

    # The winner is disqualified: the list says so, the next one shows who moves.
    first = Attempt.objects.get(entry__member=union.alice, round__contest=contest)
    other.goto(f"{here}luot-thi/{first.public_id}/")
    other.get_by_text("Huỷ kết quả", exact=True).first.click()
    other.get_by_role("link", name="Xem trước ai đổi hạng").first.click()
    other.locator("#huy textarea").fill("Nhờ người khác thi hộ")
    other.locator("#huy button[value=void]").click()
    expect(other.get_by_text("Đã huỷ kết quả").first).to_be_visible()
    other.goto(f"{here}giai-thuong/")
    expect(other.get_by_text("Không còn giải, trước là Giải Nhất")).to_be_visible()
    shoot(site, other, "winners-changed")
    visitor.goto(f"/cuoc-thi/{contest.slug}/ket-qua/")
    expect(visitor.get_by_text("Đã có thay đổi sau công bố")).to_be_visible()
    shoot(site, visitor, "winners-outdated")
    visitor.goto(f"/bang-xep-hang/{contest.slug}/")
    expect(visitor.get_by_text("Tạm tính")).to_be_visible()
    assert Standing.objects.filter(contest=contest, entry__member=union.alice).count() == 0
