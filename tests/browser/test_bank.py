"""Care for a bank in a real browser: a question written, changed by two people, reviewed, looked at; on a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from contests.actions.bank_edit import set_tags
from contests.actions.bank_review import add_comment, send_to_review
from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.models import Question, Round
from tests import make
from tests.browser.conftest import DESK, PHONE, Opener, Site, shoot
from tests.browser.test_organizer import fits
from tests.contests.organizer.cases import choices, round_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("name", "viewport"), [("may-tinh", DESK), ("dien-thoai", PHONE)])
def test_a_question_written_changed_by_two_reviewed(
    site: Site, open_page: Opener, name: str, viewport: dict[str, int]
) -> None:
    bank = make.make_bank(site.union.province_a)
    colleague = make.make_member(f"Đỗ Minh Quân {name}", email=f"quan-{name}@example.vn")
    Role.objects.create(member=colleague, unit=site.union.province_a, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    page, other = open_page(site.union.olga, viewport), open_page(colleague, viewport)

    # written: only what the kind needs is there; what is wrong stands at its field
    page.goto(reverse("organizer_new_question", args=[bank.public_id]))
    page.get_by_label("Mã", exact=True).fill("HD-001")
    page.get_by_label("Chủ đề").fill("Hợp đồng lao động")
    page.get_by_label("Loại câu hỏi").select_option("number")
    expect(page.get_by_label("Phương án A")).to_be_hidden()
    page.get_by_label("Loại câu hỏi").select_option("single")
    expect(page.get_by_label("Đáp án", exact=True)).to_be_hidden()
    page.get_by_role("textbox", name="Câu hỏi").fill(
        "Người lao động báo trước bao nhiêu ngày khi đơn phương chấm dứt hợp đồng không xác định thời hạn?"
    )
    page.get_by_label("Phương án A").fill("30 ngày")
    page.get_by_label("Phương án B").fill("45 ngày")
    page.get_by_label("Phương án C").fill("60 ngày")
    page.get_by_label("Văn bản").fill("Bộ luật Lao động 2019")
    page.get_by_role("button", name="Lưu câu hỏi").click()
    expect(page.get_by_text("Chưa có đáp án đúng.")).to_be_visible()
    expect(page.get_by_label("Phương án B")).to_have_value("45 ngày")
    fits(page)
    shoot(site, page, f"bank-form-{name}")
    page.get_by_label("Đúng B").check()
    page.get_by_label("Điều khoản").fill("điểm a khoản 1 Điều 35")
    page.get_by_role("button", name="Lưu câu hỏi").click()
    expect(page.get_by_text("Đã thêm câu HD-001")).to_be_visible()

    # two at once: the second sees both texts
    edit = reverse("organizer_edit_question", args=[bank.public_id], query={"ma": "HD-001"})
    page.goto(edit)
    other.goto(edit)
    page.get_by_role("textbox", name="Câu hỏi").fill(
        "Người lao động phải báo trước ít nhất bao nhiêu ngày khi đơn phương chấm dứt hợp đồng không xác định thời hạn?"
    )
    page.get_by_role("button", name="Lưu bản mới").click()
    expect(page.get_by_text("Đã lưu bản 2")).to_be_visible()
    other.get_by_label("Giải thích").fill("Điều 35: ít nhất 45 ngày với hợp đồng không xác định thời hạn.")
    other.get_by_role("button", name="Lưu bản mới").click()
    expect(other.get_by_text("đã lưu một bản khác")).to_be_visible()
    expect(other.get_by_label("Giải thích")).to_have_value(
        "Điều 35: ít nhất 45 ngày với hợp đồng không xác định thời hạn."
    )
    fits(other)
    shoot(site, other, f"bank-conflict-{name}")
    other.get_by_role("textbox", name="Câu hỏi").fill(
        "Người lao động phải báo trước ít nhất bao nhiêu ngày khi đơn phương chấm dứt hợp đồng không xác định thời hạn?"
    )
    other.get_by_role("button", name="Lưu bản của tôi").click()
    expect(other.get_by_text("Đã lưu bản 3")).to_be_visible()

    # leaving with something typed is asked about
    page.goto(edit)
    page.get_by_label("Giải thích").press_sequentially("x")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    other.wait_for_timeout(500)
    assert asked == ["beforeunload"]

    # reviewed by the other of the two
    page = open_page(site.union.olga, viewport)
    other.get_by_role("button", name="Gửi duyệt").click()
    expect(other.get_by_text("Bạn viết bản này nên cần một người khác duyệt.")).to_be_visible()
    send_to_review(question=Question.objects.get(bank=bank, code="Q0-00"), by=site.union.olga, now=timezone.now())
    page.goto(reverse("organizer_review", args=[bank.public_id]))
    fits(page)
    shoot(site, page, f"bank-review-{name}")
    page.get_by_label("Tôi đã đọc và duyệt câu HD-001").check()
    page.get_by_role("button", name="Duyệt các câu đã chọn").click()
    expect(page.get_by_text("Đã duyệt 1 câu.")).to_be_visible()

    # its page: what each version changed
    add_comment(
        question=Question.objects.get(bank=bank, code="HD-001"),
        text="Nên thêm ví dụ.",
        by=colleague,
        now=timezone.now(),
    )
    page.goto(reverse("organizer_question", args=[bank.public_id], query={"ma": "HD-001"}))
    expect(page.get_by_text("Bản 3 đổi gì so với bản 2")).to_be_visible()
    fits(page)
    shoot(site, page, f"bank-question-{name}")

    # many at once
    set_tags(question=Question.objects.get(bank=bank, code="Q0-01"), names=["tuần 1"], by=site.union.olga)
    page.goto(reverse("organizer_bank", args=[bank.public_id]))
    fits(page)
    shoot(site, page, f"bank-list-{name}")
    page.get_by_label("Chọn câu Q0-01").check()
    page.get_by_label("Chọn câu Q0-02").check()
    page.get_by_role("button", name="Đổi các câu đã chọn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đổi 2 câu")
    page.get_by_label("Việc cần làm").select_option("add_tag")
    expect(page.get_by_label("Chủ đề mới")).to_be_hidden()
    page.get_by_label("Nhãn").fill("tuần 1")
    fits(page)
    shoot(site, page, f"bank-bulk-{name}")
    page.get_by_role("button", name="Đổi 2 câu").click()
    expect(page.get_by_text("Đã đổi 1 câu; 1 câu vốn đã như vậy.")).to_be_visible()

    page.goto(reverse("organizer_amendments", args=[bank.public_id]))
    page.get_by_label("Văn bản", exact=True).fill("bo luat lao dong 2019")
    page.get_by_label("Điều đã sửa").fill("Điều 35")
    page.get_by_label("Sửa từ ngày").fill("2027-01-01")
    page.get_by_role("button", name="Tìm câu trích điều này").click()
    expect(page.get_by_text("1 câu trích điều này")).to_be_visible()
    fits(page)
    shoot(site, page, f"bank-amend-{name}")
    page.get_by_role("button", name="Đánh dấu 1 câu cần xem lại").click()
    expect(page.get_by_text("1 câu được đánh dấu cần xem lại.")).to_be_visible()
    page.goto(reverse("organizer_shares", args=[bank.public_id]) + "?q=phuong")
    fits(page)
    shoot(site, page, f"bank-shares-{name}")


def test_the_figures_of_a_question(site: Site, open_page: Opener) -> None:
    bank = make.make_bank(site.union.province_a, topics=("A",), each=4)
    contest = site.contest("so-lieu", bank=bank, opens_at=timezone.now() - timedelta(hours=3), hours=4)
    began = timezone.now() - timedelta(hours=2)
    for number in range(12):
        member = make.make_member(f"Người Thi {number}", site.union.factory_a)
        attempt = start_attempt(member=member, round_=round_of(contest), now=began)
        places = [place + 1 for place in range(len(attempt.paper))]
        right = places if number % 3 else []
        answers = choices(attempt, right, [place for place in places if place not in right])
        save_form(attempt=attempt, choices=answers, now=began + timedelta(minutes=3), submit=True)
    grade_pending(now=began + timedelta(minutes=4))
    Round.objects.filter(contest=contest).update(closes_at=timezone.now() - timedelta(minutes=1))
    page = open_page(site.union.olga, PHONE)

    page.goto(reverse("organizer_question_figures", args=[bank.public_id], query={"ma": "Q0-00"}))

    expect(page.get_by_text("tỉ lệ làm đúng", exact=True)).to_be_visible()
    fits(page)
    shoot(site, page, "bank-figures")
