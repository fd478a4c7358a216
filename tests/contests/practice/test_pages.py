"""What a visitor meets: a set without an account, its verdicts, its end; strange addresses; what it costs and what it leaves."""

from __future__ import annotations

import html
import re
from itertools import count

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.models import Answer, Attempt, Bank, Entry, QuestionVersion, Standing, Topic
from contests.queries.practice import practice_set
from contests.rules.practice import write_answers
from tests import make
from tests.contests.practice.conftest import make_practice_bank
from tests.contests.practice.test_guard import onward

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(client, practice):
    """The address of the first question of a set."""
    return client.get(f"/luyen-tap/{practice.public_id}/bo/").url


def letters(page):
    """The options of a question that is asked, by their text: the letters that the form sends."""
    return {text: letter for letter, text in re.findall(r'name="chon" value="(\w)".*?<span class="option-text">([^<]+)', page)}  # fmt: skip


def right_letter(page):
    """The key is the author's first option in these banks, "Phương án A của …"."""
    return next(letter for text, letter in letters(page).items() if text.startswith("Phương án A"))


def wrong_letter(page):
    return next(letter for text, letter in letters(page).items() if text.startswith("Phương án B"))


def text_of(client, address):
    reply = client.get(address)
    assert reply.status_code == 200, address
    return reply.content.decode()


# --- a set from beginning to end ---
def test_the_list_says_what_there_is(client, union, practice):
    make_practice_bank(union.province_b, name="Bộ thứ hai", each=3, topic="Tiền lương")

    page = text_of(client, "/luyen-tap/")

    assert "Ôn tập" in page
    assert "12 câu · 1 chủ đề" in page
    assert "Đối thoại" in page
    assert "Bộ thứ hai" in page
    assert "3 câu · 1 chủ đề" in page
    assert union.province_b.name in page


def test_without_any_bank_the_list_says_so(client, db):
    assert "Chưa có bộ câu hỏi thi thử nào" in text_of(client, "/luyen-tap/")


def test_a_whole_set_by_a_visitor(client, practice, begun):
    """Seven right, two wrong, one left out; told at once each time; summed up with what to review. Nothing is stored."""
    address, tally = begun, 0
    for number in range(1, 11):
        asked = text_of(client, address)
        assert f"Câu {number} / 10" in asked
        assert f"{tally} đúng" in asked
        assert "Đáp án đúng" not in asked
        assert "Giải thích" not in asked
        sent = {8: f"chon={wrong_letter(asked)}", 9: f"chon={wrong_letter(asked)}", 10: "chua-biet=1"}
        checked = client.get(f"{address}&kiem-tra=1&{sent.get(number, f'chon={right_letter(asked)}')}")
        page = checked.content.decode()
        tally += number < 8
        words = "Chưa đúng" if number in (8, 9) else "Đáp án" if number == 10 else "Đúng"
        assert re.search(rf"<h2>{words}</h2>", page)
        assert f"{tally} đúng" in page
        assert re.search(r"Đáp án đúng: <b>\w\. Phương án A của P\d+</b>", page)
        assert re.search(r"Giải thích P\d+\.", page)
        assert "Điều 1, Bộ luật Lao động 2019" in page
        address = onward(checked)
    end = text_of(client, address)

    assert "Bạn đúng 7 trên 10 câu" in end
    assert "Còn 3 câu nên xem lại" in end
    assert end.count("Bạn chọn: ") == 2
    assert end.count("Bạn chưa trả lời") == 1
    assert [int(number) for number in re.findall(r"<h3>Câu (\d+)\.", end)] == [8, 9, 10]
    assert [model.objects.count() for model in (Attempt, Answer, Entry, Standing)] == [0, 0, 0, 0]
    assert "sessionid" not in client.cookies
    assert client.get(f"/luyen-tap/{practice.public_id}/bo/").url != begun


def test_all_right_has_nothing_to_review(client, union):
    make_practice_bank(union.province_a, name="Ngắn", each=1)
    bank = Bank.objects.get(name="Ngắn")
    address = client.get(f"/luyen-tap/{bank.public_id}/bo/").url

    checked = client.get(f"{address}&chon={right_letter(text_of(client, address))}")
    assert "Xem tổng kết" in checked.content.decode()
    end = text_of(client, onward(checked))

    assert "Bạn đúng 1 trên 1 câu" in end
    assert "Không còn câu nào phải xem lại." in end
    assert "Nên xem lại" not in end


def test_the_same_address_is_the_same_page_and_back_is_the_question_before(client, practice, begun):
    first = text_of(client, begun)
    second = text_of(client, onward(client.get(f"{begun}&chon=A")))

    assert text_of(client, begun) == first != second
    assert client.head(begun).status_code == 200
    assert client.post(begun).status_code == 405


def test_several_answers_are_all_or_nothing_and_marks_are_words(client, union):
    bank = Bank.objects.create(owner=union.province_a, name="Nhiều", purpose="practice")
    make.make_question(bank, Topic.objects.create(bank=bank, name="Một"), "N1", kind="multiple", key=(0, 1))
    address = client.get(f"/luyen-tap/{bank.public_id}/bo/").url
    shown = letters(text_of(client, address))
    by_author = {text[len("Phương án ")]: letter for text, letter in shown.items()}

    half = text_of(client, f"{address}&chon={by_author['A']}&chon={by_author['C']}")
    whole = text_of(client, f"{address}&chon={by_author['B']}&chon={by_author['A']}")

    assert "<h2>Chưa đúng</h2>" in half
    assert "<h2>Đúng</h2>" in whole
    assert [half.count(words) for words in ("Bạn chọn đúng", "Bạn chọn, chưa đúng", '<span class="option-note"')] == [
        1,
        1,
        3,
    ]
    assert (half.count('data-mark="missed"'), whole.count('data-mark="right"')) == (1, 2)


def test_checking_without_a_choice_asks_for_one_and_shows_no_key(client, begun):
    page = text_of(client, f"{begun}&kiem-tra=1")

    assert "Hãy trả lời đủ rồi bấm Kiểm tra" in page
    assert "Đáp án đúng" not in page


def test_a_set_of_one_topic(client, union, practice):
    other = Topic.objects.create(bank=practice, name="Tiền lương & thưởng")
    for number in range(3):
        make.make_question(practice, other, f"L{number}", stem=f"Câu về lương {number}?")
    Bank.objects.filter(pk=practice.pk).update(version=2)

    start = text_of(client, f"/luyen-tap/{practice.public_id}/")
    address = client.get(f"/luyen-tap/{practice.public_id}/bo/", {"chu-de": other.name}).url
    page = text_of(client, address)

    assert "Tiền lương &amp; thưởng" in start
    assert "15 câu" in start
    assert "Câu 1 / 3" in page
    assert "Câu về lương" in page
    end = text_of(client, f"{address}&da=-.-.-")
    again = html.unescape(re.search(r'href="([^"]+/bo/\?[^"]+)"', end)[1])
    assert "Câu về lương" in text_of(client, client.get(again).url)


def test_retired_questions_and_those_out_of_force_are_not_asked(client, practice):
    today = timezone.localdate()
    QuestionVersion.objects.filter(question__code__in=["P0", "P1"]).update(valid_to=today.replace(year=today.year - 1))
    practice.questions.filter(code="P2").update(retired_at=timezone.now())

    drawn = [practice_set(practice, "", seed, timezone.now()) for seed in range(1, 9)]

    asked = {one.ask(place).stem for one in drawn for place in range(len(one))}
    assert {len(one) for one in drawn} == {9}
    assert asked == {f"Câu ôn tập Ôn tập số {number}?" for number in range(3, 12)}


# --- strange addresses ---
@pytest.mark.parametrize(
    "extra",
    ["da=Z", "da=AB", "da=A..A", "da=-.-.-.-.-.-.-.-.-.-.-", "da=%00", "da=" + "A." * 3000, "chon=Z", "chon=A&chon=B", "chon=", "chon=%F0%9F%99%82", "chon=a", "chon=%00"],
)  # fmt: skip
def test_an_address_that_no_page_wrote_is_not_found(client, begun, extra):
    assert client.get(f"{begun}&{extra}").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["", "?dau=", "?dau=00000000", "?dau=%00", "?chu-de=Kh%C3%B4ng+c%C3%B3", "?chu-de=%00", "?chu-de=" + "x" * 3000, "?dau=1&dau=2", "?da=A"],
)  # fmt: skip
def test_an_address_of_another_set_is_told_so(client, begun, query):
    reply = client.get(begun.partition("?")[0] + query)

    assert reply.status_code == 200
    assert "không còn như cũ" in reply.content.decode()


@pytest.mark.parametrize("seed", ["0", "2147483648", "9" * 400, "9" * 5000, "-1", "x", "1.5"])
def test_seeds_are_small_numbers(client, practice, seed):
    assert client.get(f"/luyen-tap/{practice.public_id}/bo/{seed}/").status_code in ((200,) if seed == "0" else (404,))


@pytest.mark.parametrize("tail", ["", "bo/", "bo/7/", "bo/7/?dau=x&da=A"])
def test_a_bank_for_contests_does_not_exist_here(client, bank, contest, tail):
    for address in (f"/luyen-tap/{bank.public_id}/{tail}", f"/luyen-tap/00000000-0000-4000-8000-000000000000/{tail}"):
        assert client.get(address).status_code == 404


def test_a_topic_that_the_bank_lacks_leads_back_to_the_choice(client, practice):
    reply = client.get(f"/luyen-tap/{practice.public_id}/bo/", {"chu-de": "Không có"})

    assert reply.url == f"/luyen-tap/{practice.public_id}/"


@pytest.mark.parametrize("page", ["-1", "x", "99999999999999999999"])
def test_pages_of_the_list(client, practice, page):
    assert client.get("/luyen-tap/", {"page": page}).status_code == 200


def test_what_a_question_says_is_text(client, union):
    bank = Bank.objects.create(owner=union.province_a, name="<b>Tên</b>", purpose="practice")
    nasty = "<script>alert(1)</script>"
    topic = Topic.objects.create(bank=bank, name=nasty)
    version = make.make_question(bank, topic, "X", stem=f"Câu {nasty}?", options=[f"A{nasty}", f"B{nasty}"])
    QuestionVersion.objects.filter(pk=version.pk).update(explanation=nasty, article=nasty, other_source=nasty)
    address = client.get(f"/luyen-tap/{bank.public_id}/bo/", {"chu-de": nasty}).url

    pages = [text_of(client, each) for each in ("/luyen-tap/", f"/luyen-tap/{bank.public_id}/", address, f"{address}&chon=A", f"{address}&da=-", f"{address}&da=A")]  # fmt: skip

    assert not any("<script>alert" in page or "<b>Tên" in page for page in pages)


# --- where it is offered ---
def test_home_offers_practice_only_when_there_is_some(client, union, contest):
    assert "/luyen-tap/" not in text_of(client, "/")

    make_practice_bank(union.province_b, each=1)

    assert 'href="/luyen-tap/"' in text_of(client, "/")


@pytest.mark.parametrize(
    ("owner", "offered"), [("national", True), ("province_a", True), ("factory_a", True), ("province_b", False), ("hospital_b", False)]
)  # fmt: skip
def test_a_contest_offers_practice_of_its_own_line_of_units(client, union, contest, owner, offered):
    make_practice_bank(getattr(union, owner), each=1)

    assert ('href="/luyen-tap/"' in text_of(client, f"/cuoc-thi/{contest.slug}/")) is offered


# --- what it costs, what it leaves ---
def cost(client, address):
    cache.clear()
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert all(each["sql"].lstrip("/*( ").upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")) for each in queries)
    return len(queries)


def test_pages_cost_few_queries_whatever_the_banks_hold(client, union, bank, contest):
    numbers, lists, sets = count(), [], []
    for each in (3, 40):
        practice = make_practice_bank(union.province_a, name=f"Bộ {next(numbers)}", each=each, stems=["Câu thêm?"])
        address = client.get(f"/luyen-tap/{practice.public_id}/bo/").url
        lists.append((cost(client, "/luyen-tap/"), cost(client, f"/luyen-tap/{practice.public_id}/")))
        sets.append([cost(client, each) for each in (address, f"{address}&chon=A", f"{address}&da=-.-.-")])

    assert lists == [(5, 4)] * 2
    assert sets == [[6, 6, 6]] * 2


def test_practice_moves_no_board_and_no_figure(client, union, contest, practice, begun):
    client.force_login(union.alice)
    total = write_answers([()] * 10)

    for address in (begun, f"{begun}&chon=A", f"{begun}&da={total}"):
        assert client.get(address).status_code == 200

    assert [model.objects.count() for model in (Attempt, Answer, Entry, Standing)] == [0, 0, 0, 0]
