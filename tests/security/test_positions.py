"""Where an option stands, and every byte around it, says nothing of the key: neither by chance nor by its bytes."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.actions.grade import grade_pending
from contests.actions.sitting import database_now, save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, Bank, Question, QuestionVersion
from contests.pages.device import COOKIE
from contests.rules.paper import BankIndex, BankItem, draw_paper
from contests.rules.settings import DrawPart, Review, RoundRules, ShowAfter
from tests import make

SEEDS = range(1, 4001)
# The 99.99th percentile of chi-square by degrees of freedom. Seeds are fixed, so this is decided once, not by chance.
CHI_SQUARE = {1: 15.14, 2: 18.42, 3: 21.11, 8: 31.83, 9: 33.72}


def chi_square(counts: Counter[int], cells: int) -> float:
    expected = counts.total() / cells
    return sum((counts[cell] - expected) ** 2 / expected for cell in range(cells))


def shown_at(options: int, pinned: frozenset[int], author: int) -> Counter[int]:
    """How often the author's option `author` stood where, over the papers of many seeds."""
    bank = BankIndex(BankItem(version, "T", options, pinned) for version in range(1, 4))
    rules = RoundRules(minutes=20, attempts=1, draw=(DrawPart("T", 3),))
    papers = (draw_paper(bank, rules, seed) for seed in SEEDS)
    return Counter(item.order.index(author) for paper in papers for item in paper.items)


# --- by chance ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", [2, 3, 4, 10])
def test_each_of_the_authors_options_stands_everywhere_equally_often(options):
    for author in {0, options - 1}:
        assert chi_square(shown_at(options, frozenset(), author), options) < CHI_SQUARE[options - 1]


def test_beside_a_pinned_option_the_others_do():
    assert chi_square(shown_at(4, frozenset({3}), 0), 3) < CHI_SQUARE[2]
    assert set(shown_at(4, frozenset({3}), 3)) == {3}


def test_two_right_ones_stand_in_every_pair_of_places_equally_often():
    bank = BankIndex([BankItem(1, "T", 4)])
    rules = RoundRules(minutes=20, attempts=1, draw=(DrawPart("T", 1),))
    orders = [draw_paper(bank, rules, seed).items[0].order for seed in range(1, 12_001)]
    pairs = Counter(frozenset((order.index(0), order.index(1))) for order in orders)
    places = {pair: cell for cell, pair in enumerate(pairs)}

    assert len(pairs) == 6
    assert chi_square(Counter({places[pair]: count for pair, count in pairs.items()}), 6) < 25.74


def test_the_measure_sees_a_crooked_shuffle():
    """The control: the well-known wrong shuffle, which swaps each place with any place."""
    lots = random.Random(1)
    counts = [Counter[int]() for _ in range(4)]
    for _ in range(3 * len(SEEDS)):
        order = list(range(4))
        for place in range(4):
            other = lots.randrange(4)
            order[place], order[other] = order[other], order[place]
        for author in range(4):
            counts[author][order.index(author)] += 1

    assert max(chi_square(count, 4) for count in counts) > CHI_SQUARE[3]


def test_one_seed_says_nothing_of_the_next_question():
    """Two questions of one paper are turned independently: knowing where one right option stands does not help."""
    bank = BankIndex(BankItem(version, "T", 3) for version in (1, 2))
    rules = RoundRules(minutes=20, attempts=1, draw=(DrawPart("T", 2),), shuffle_questions=False)
    papers = [draw_paper(bank, rules, seed) for seed in range(1, 12_001)]
    cells = Counter(paper.items[0].order.index(0) * 3 + paper.items[1].order.index(0) for paper in papers)

    assert chi_square(cells, 9) < CHI_SQUARE[8]


# --- by bytes -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def device() -> str:
    return "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def attempt(contest, union, device) -> Attempt:
    return start_attempt(member=union.alice, round_=contest.rounds.get(), now=database_now(), device=device)


@pytest.fixture
def alice(union, device) -> Client:
    client = Client()
    client.force_login(union.alice)
    client.cookies[COOKIE] = device
    return client


def steady(reply) -> tuple[object, ...]:
    """All of a reply but what changes from load to load: the clock, the form's token, the signature's time."""
    page = reply.content.decode()
    for changing in (r'data-(now|at|version)="\d+"', r'data-token="[^"]+"', r'value="\w{64}"', r"\b\d\d:\d\d:\d\d\b"):
        page = re.sub(changing, "", page)
    headers = {name: value for name, value in reply.items() if name != "Expires"}
    cookies = {name: (len(morsel.value), morsel["path"], morsel["max-age"]) for name, morsel in reply.cookies.items()}
    return reply.status_code, headers, cookies, page


def seen(client: Client, attempt: Attempt) -> list[tuple[object, ...]]:
    """All that a sitter can ask for."""
    here = f"/thi/{attempt.public_id}/"
    slug = attempt.round.contest.slug
    other_device = Client()
    other_device.cookies["sessionid"] = client.cookies["sessionid"].value
    return [steady(client.get(address)) for address in (here, f"{here}ket-qua/", f"{here}xem-lai/", "/", f"/cuoc-thi/{slug}/", f"/bang-xep-hang/{slug}/")] + [
        steady(other_device.get(here))
    ]  # fmt: skip


def with_other_keys() -> None:
    for version in QuestionVersion.objects.all():
        several = version.kind == "multiple"
        version.key = [1, 2, 3] if several else [3]
        version.explanation, version.article, version.difficulty = (
            "Khác hẳn, và dài hơn nhiều. " * 40,
            "Điều 99",
            "hard",
        )
        version.save()


def test_another_key_under_the_same_texts_changes_no_byte(alice, attempt):
    before = seen(alice, attempt)

    with_other_keys()

    assert seen(alice, attempt) == before


def test_another_author_s_order_and_other_numbers_change_no_byte(alice, attempt):
    """A page is a function of what is shown: not of the ids, the codes or the order that the author typed."""
    before = seen(alice, attempt)
    twin_bank = Bank.objects.create(owner=attempt.round.contest.organizer, name="Ngân hàng khác")
    paper = []
    for place, (pk, order) in enumerate(attempt.paper):
        old = QuestionVersion.objects.get(pk=pk)
        turned = [*old.options[1:], old.options[0]]  # the author began with another option
        question = Question.objects.create(bank=twin_bank, code=f"KHAC-{place}-{'x' * place}")
        twin = QuestionVersion.objects.create(
            question=question, number=7, topic=old.topic, kind=old.kind, difficulty="hard", stem=old.stem, options=turned, key=[2],
            pinned=[], document=old.document, article=old.article, search_text="", stem_key=old.stem_key,
        )  # fmt: skip
        paper.append([twin.pk, [(canonical - 1) % len(order) for canonical in order]])
    assert paper != attempt.paper
    Attempt.objects.filter(pk=attempt.pk).update(paper=paper, seed=1)

    assert seen(alice, attempt) == before


def test_the_comparison_sees_a_single_byte(alice, attempt):
    before = seen(alice, attempt)
    version = QuestionVersion.objects.get(pk=attempt.paper[0][0])
    QuestionVersion.objects.filter(pk=version.pk).update(stem=version.stem.replace("?", "!"))

    assert seen(alice, attempt) != before


def right_or_wrong(attempt: Attempt, right: bool) -> dict[int, list[int]]:
    keys = dict(QuestionVersion.objects.values_list("pk", "key"))
    return {
        number: sorted(order.index(option) for option in (keys[pk] if right else [3]))
        for number, (pk, order) in enumerate(attempt.paper, start=1)
    }


def test_a_round_that_tells_nothing_shows_full_marks_and_none_alike(union, bank, settings, redis_client):
    """Handed in and graded, one all right, one all wrong: before the close their pages differ in names and times alone."""
    settings.BOARD_FALLBACK_SECONDS = 0
    contest = make.make_contest(union, bank, show=ShowAfter.NOTHING, review=Review.EXPLANATION)
    now = timezone.now() - timedelta(minutes=5)
    pages = []
    for member, right in ((union.alice, True), (union.bob, False)):
        attempt = start_attempt(member=member, round_=contest.rounds.get(), now=now)
        save_form(attempt=attempt, choices=right_or_wrong(attempt, right), now=now + timedelta(minutes=1), submit=True)
        grade_pending(now=timezone.now())
        attempt.refresh_from_db()
        client = Client()
        client.force_login(member)
        texts = []
        for path in ("ket-qua/", "xem-lai/"):
            reply = client.get(f"/thi/{attempt.public_id}/{path}")
            text = reply.content.decode() + reply.get("Location", "")
            for own in (str(attempt.public_id), attempt.receipt, member.full_name):
                text = text.replace(own, "…")
            texts.append(re.sub(r'value="\w{64}"|data-(now|order|at)="[^"]*"', "", text))
        pages.append((attempt.points, texts))

    (full, alices), (none, bobs) = pages
    assert full > none == 0
    assert alices == bobs


def test_no_member_page_reads_a_key_before_the_close(alice, attempt):
    """Not even to leave it out: the statements behind these pages do not name the columns."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        seen(alice, attempt)
        alice.post(f"/thi/{attempt.public_id}/nop/", {"q1": "0", "action": "save"})
        alice.post(f"/thi/{attempt.public_id}/nop/", {"q1": "1", "action": "submit"})
        alice.get(f"/thi/{attempt.public_id}/ket-qua/")

    statements = [query["sql"] for query in asked]
    columns = re.compile(r'"contests_questionversion"\."(key|explanation|document|article|other_source)"')
    assert any('"contests_questionversion"."stem"' in statement for statement in statements)
    assert [statement for statement in statements if columns.search(statement)] == []
