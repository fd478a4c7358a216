"""Nothing that hints at a key leaves before the round closes (law 6; B59 of the bad-input list).

Every field of a bank that a key could be read from holds a canary, the questions themselves another one. A real server is
walked by everybody who might look, before, during and after a sitting; every byte that it sends and logs is scanned in
every coat (`scan`). Two controls: leaks planted in each channel are found, and after the close the canary is seen.
"""

from __future__ import annotations

import functools
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Role, UnitKind
from contests.actions.boards import rebuild_boards
from contests.models import Attempt, Bank, Contest, QuestionVersion, Round, Topic
from contests.rules.practice import stem_key
from contests.rules.settings import DrawPart, Review, ShowAfter
from tests import make
from tests.security.addresses import all_addresses
from tests.security.recorder import Browser, Reply, Said, Site, Tape, Watch, attribute, running
from tests.security.scan import ways_of_each

WRITTEN = "Tự viết"
KEY, TEXT = b"Zq7WxKeyCanary", b"Vb3RtTextCanary"
CHANNELS = ("page", "json", "file", "header", "cookie", "socket", "log")
PROBES = (
    "?fields=all",
    "?preview=1",
    "?review=1&key=1",
    "?role=host",
    "?format=json",
    "?debug=1&explain=1",
    "?lang=en",
    "?bang=all",
    "?_method=PUT",
)


# --- the stage ------------------------------------------------------------------------------------------------------------
def _unit_kinds() -> None:
    if not UnitKind.objects.exists():  # a flush takes the rows of the migration away
        import_module("accounts.migrations.0002_unit_kinds").add(apps, None)


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker) -> Iterator[tuple[make.Union, Contest, Bank]]:
    """Committed rows that servers in other processes see: a contest with canaries, a practice bank with a twin of its question."""
    with django_db_blocker.unblock():
        _unit_kinds()
        cache.clear()
        union = make.make_union()
        bank = make.make_bank(union.province_a)
        key, text = KEY.decode(), TEXT.decode()
        _write_questions(bank, key, text)
        for version in QuestionVersion.objects.select_related("question"):
            version.stem, version.options = f"{version.stem} {text}", [f"{option} {text}" for option in version.options]
            version.explanation = version.document = version.article = version.other_source = f"{key} {version.pk}"
            version.search_text, version.stem_key = f"{text.lower()} {key.lower()}", stem_key(version.stem)
            version.save()
            version.question.code = f"{key}-{version.pk}"
            version.question.save()
        practice = make.make_bank(union.province_a, ("Ôn tập",), each=3)
        Bank.objects.filter(pk=practice.pk).update(purpose=Bank.Purpose.PRACTICE, name="Câu hỏi luyện tập")
        twin = QuestionVersion.objects.filter(question__bank=practice).first()
        asked = QuestionVersion.objects.filter(question__bank=bank).first()
        QuestionVersion.objects.filter(pk=twin.pk).update(
            stem=asked.stem, stem_key=asked.stem_key, options=asked.options, explanation=key, document=key, article=key
        )
        draw = (DrawPart("Tiền lương", 2), DrawPart("Luật Công đoàn", 2), DrawPart(WRITTEN, 6))
        contest = make.make_contest(
            union, bank, review=Review.EXPLANATION, show=ShowAfter.SCORE, draw=draw, shuffle_questions=False
        )
        Role.objects.create(member=union.bob, unit=union.province_a, kind="staff", from_day=make.FROM_DAY)
        rebuild_boards(contest)
        yield union, contest, practice
        connection.close()
        call_command("flush", interactive=False, verbosity=0)
        _unit_kinds()


def _write_questions(bank: Bank, key: str, text: str) -> None:
    """Kinds whose key is written out, the canary in every field of what they keep."""
    topic = Topic.objects.create(bank=bank, name=WRITTEN)
    kept = {
        "short_text": {"accepted": [key], "accents": False}, "fill_in": {"blanks": [[key], [key]], "accents": True},
        "number": {"value": "1"}, "matching": {"right": [f"{text} {place}" for place in range(3)]}, "ordering": {}, "essay": {},
    }  # fmt: skip
    for kind, spec in kept.items():
        stem, options, _ = make.WRITTEN_KINDS[kind]
        make.make_question(
            bank, topic, kind, kind=kind, key=(), stem=stem, options=options, spec=spec | {"weight": 100, "note": key}
        )


@pytest.fixture
def _django_db_helper(stage) -> None:
    """In place of pytest-django's: `stage` holds the rows of the whole module and tidies up."""


# --- the walk -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Walked:
    """All that a real server said while everybody looked everywhere, and what one member was told after the close."""

    before: Tape
    after: Tape


def walk(stage: tuple[make.Union, Contest, Bank], logs: Path) -> Walked:
    """Walk a real server while the round is open, close the round, and look once more."""
    union, contest, _ = stage
    with running(logs, worker=True) as site:
        _walk(site, *stage)
        site.read_logs()
        before, site.tape = site.tape, Tape()
        Round.objects.filter(contest=contest).update(closes_at=timezone.now() - timedelta(minutes=10))
        site.browser("alice", union.alice).get(f"/thi/{Attempt.objects.get(number=1).public_id}/xem-lai/")
    return Walked(before, site.tape)


def _walk(site: Site, union: make.Union, contest: Contest, practice: Bank) -> None:
    Contest.objects.filter(pk=contest.pk).update(
        rules={"unit_boards": [{"key": "diem", "name": "Điểm", "by": "formula", "formula": "dung_het + diem_tb"}]}
    )
    values = {
        "slug": [contest.slug], "share_code": [contest.share_code], "public_id": [str(uuid.uuid4()), str(contest.bank.public_id), str(practice.public_id)], "number": ["1"],
        "upload_id": [str(uuid.uuid4())], "row": ["2"], "seed": ["7"], "purpose": ["take_part"], "join_code": [union.factory_a.join_code],
        "key": ["diem"], "attempt_id": [str(uuid.uuid4())], "extension_id": [str(uuid.uuid4())],
        "announcement_id": [str(uuid.uuid4())], "asked_id": [str(uuid.uuid4())], "clue_id": [str(uuid.uuid4())],
        "ruling_id": [str(uuid.uuid4())], "list_id": [str(uuid.uuid4())], "appeal_id": [str(uuid.uuid4())], "essay": ["123456789012"], "code": ["ABCDEFGHJKMNPQRSTU"], "batch_id": [str(uuid.uuid4())],
    }  # fmt: skip
    visitor = site.browser("visitor")
    alice = site.browser("alice", union.alice)
    onlookers = [
        visitor, site.browser("bob, staff of the province", union.bob), site.browser("charlie", union.charlie),
        site.browser("staff of another province", union.staff_b),
    ]  # fmt: skip
    _look_everywhere(alice, values)

    boards = [f"/ws/boards/{name}/" for name in (contest.board_name, contest.rounds.get().board_name)]

    def watched() -> list[Watch]:
        return [
            one.watch(board + more)
            for one in (visitor, alice)
            for board in boards
            for more in ("", "?role=host&fields=all")
        ]

    watches = watched()
    alice.post(f"/cuoc-thi/{contest.slug}/dot-1/vao-thi/")
    attempt = Attempt.objects.get(entry__member=union.alice)
    here = f"/thi/{attempt.public_id}/"
    page = alice.get(here)
    assert page.status == 200
    _answer_in_every_way(alice, attempt, attribute(page.text, "data-token"))
    _change_hands(site, union, alice, here)
    alice.post(f"{here}nop/", {"q1": "1", "q2": "99", "action": "save"})
    alice.post(f"{here}nop/", {"q1": "1", "action": "save"})
    for watch in watches:  # these sockets answer no ping, so Daphne would end them before the walk is over
        watch.read_until(b"a key", seconds=0.2)
        watch.close()
    during = values | {
        "public_id": [*values["public_id"], str(attempt.public_id)],
        "attempt_id": [str(attempt.public_id)],
    }
    for one in [alice, *onlookers]:
        _look_everywhere(one, during)
    _probe(alice, visitor, contest, here)
    _practise(visitor, practice)

    watches = watched()
    alice.post(f"{here}nop/", {"q1": "0", "q2": "0", "action": "submit"})
    alice.get(f"{here}ket-qua/")
    _until(lambda: Attempt.objects.get(pk=attempt.pk).state == "graded")
    for watch in watches:
        assert b'"points"' in watch.read_until(b'"points"'), "the board was pushed"
        watch.close()
    talker = visitor.watch(boards[0], say=b'{"type":"keys","role":"host"}')
    talker.read_until(b"\x88")
    talker.close()
    attempt.refresh_from_db()
    alice.get(f"/bien-nhan/?ma={attempt.receipt}")
    for one in (alice, visitor):
        _look_everywhere(one, during)

    alice.post(f"/cuoc-thi/{contest.slug}/dot-1/vao-thi/")  # the second attempt runs out, and its paper cannot be shown
    second = Attempt.objects.get(entry__member=union.alice, number=2)
    there = f"/thi/{second.public_id}/"
    token = attribute(alice.get(there).text, "data-token")
    alice.post_json(f"/api/attempts/{second.public_id}/answers", {"answers": [_tap(1, 0, 1)]}, token)
    Attempt.objects.filter(pk=second.pk).update(paper=[[2**31, [0, 1]], *second.paper[1:]])
    assert alice.get(there).status == 500
    past = timezone.now() - timedelta(seconds=30)
    Attempt.objects.filter(pk=second.pk).update(paper=second.paper, deadline=past, accepts_until=past)
    late = alice.post_json(f"/api/attempts/{second.public_id}/answers", {"answers": [_tap(1, 1, 9)]}, token)
    assert late.status == 409
    alice.get(f"{there}ket-qua/")
    _until(lambda: Attempt.objects.get(pk=second.pk).state == "graded")
    _look_everywhere(alice, during | {"public_id": [str(second.public_id)]})


def _look_everywhere(browser: Browser, values: dict[str, list[str]]) -> None:
    for address in all_addresses(values):
        browser.get(address)


def _tap(question: int, choice: int, seq: int) -> dict[str, object]:
    return {"question": question, "choice": [choice], "seq": seq}


def _answer_in_every_way(browser: Browser, attempt: Attempt, token: str) -> None:
    """Right and wrong, stale, bad, foreign: the replies of the answer path."""
    at = f"/api/attempts/{attempt.public_id}/answers"
    seen = Counter(
        browser.post_json(address, content, token).status
        for address, content, token in (
            *((at, {"answers": [_tap(question, choice, 10 + choice)]}, token) for question in (1, 2, 3, 4) for choice in range(4)),
            *((at, {"answers": [{"question": question, "text": "220", "seq": 5}]}, token) for question in range(1, 12)),
            *((at, {"answers": [{"question": question, "choice": [1, 0, 2], "seq": 6}]}, token) for question in range(5, 11)),
            (at, {"answers": [_tap(1, 3, 1)]}, token),
            (at, {"answers": [_tap(1, 9, 99)]}, token),
            (at, {"answers": [_tap(1, 0, 99) | {"fields": "all"}]}, token),
            (at, {"answers": [], "ends": 1}, token),
            (at + "?fields=all&preview=1", {"answers": [_tap(1, 0, 14)]}, token),
            (at, {"answers": [_tap(1, 0, 99)]}, token[:-1] + "_"),
            (at + "/key", {}, token),
            (f"/api/attempts/{uuid.uuid4()}/answers", {"answers": [_tap(1, 0, 99)]}, token),
            (at, {"answers": [_tap(1, 0, 99)] * 900}, token),
            (at.replace("answers", "submit"), {"answers": [], "ends": 1}, token),
        )
    )  # fmt: skip
    browser.ask("GET", at)
    browser.ask("POST", at, b"<xml/>", {"Content-Type": "text/xml"})
    assert set(seen) == {200, 401, 404, 409, 413, 422}


def _change_hands(site: Site, union: make.Union, alice: Browser, here: str) -> None:
    """A second phone sees the page that offers to take over, does, and the first takes it back."""
    other = site.browser("alice, second phone", union.alice)
    assert TEXT not in other.get(here).body
    other.post(f"{here}may-nay/")
    assert TEXT in other.get(here).body
    alice.get(here)
    alice.post(f"{here}nop/", {"q1": "1", "action": "save"})
    alice.post(f"{here}may-nay/")
    assert TEXT in alice.get(here).body


def _probe(alice: Browser, visitor: Browser, contest: Contest, here: str) -> None:
    """B59: what somebody tries who wants the key."""
    addresses = [
        here, f"{here}ket-qua/", f"{here}xem-lai/", f"/cuoc-thi/{contest.slug}/", f"/bang-xep-hang/{contest.slug}/", f"/man-hinh/{contest.slug}/",
        f"/bang-xep-hang/{contest.slug}/du-lieu/", f"/to-chuc/cuoc-thi/{contest.slug}/dot-1/xem-thu/", f"/to-chuc/ngan-hang/{contest.bank.public_id}/",
    ]  # fmt: skip
    for browser in (alice, visitor):
        for address in addresses:
            for probe in PROBES:
                browser.get(address + probe)
            browser.get(address, **{"Sec-Purpose": "prefetch", "Purpose": "prefetch"})
            browser.get(address, **{"X-HTTP-Method-Override": "PATCH", "Accept": "application/json"})
            browser.ask("HEAD", address)
            browser.ask("OPTIONS", address)
        for suffix in ("pdf", "json", "key", "dap-an/", "in/", "../key", "?page=-1", "%00"):
            browser.get(here + suffix)
        for address in ("/quan-tri/", "/quan-tri/contests/questionversion/", "/quan-tri/contests/questionversion/1/change/", "/static/../.env",
                        "/static/js/sitting.js", "/static/js/sitting.js.map", "/static/js/journal.js", "/static/css/app.css", "/sw.js", "/files/", "/.git/config",
                        "/khong-co/", "/api/attempts/", "/api/questions/", "/ws/boards/x/"):  # fmt: skip
            browser.get(address)
    visitor.ask(
        "POST", f"{here}nop/", b"q1=0", {"Content-Type": "application/x-www-form-urlencoded"}
    )  # no CSRF token: 403
    for path in (
        f"/ws/boards/{contest.slug}--2/?role=host",
        "/ws/rooms/1/?role=host",
        f"/ws/boards/{contest.bank.public_id}/",
    ):
        refused = visitor.watch(path)
        refused.read_until(b"\r\n\r\n")
        refused.close()


def _practise(visitor: Browser, practice: Bank) -> None:
    """A whole set of practice: its keys may be shown, the twin of a contest's question may not."""
    begin = f"/luyen-tap/{practice.public_id}/bo/"
    for _ in range(4):
        address = visitor.get(begin).location
        for _ in range(12):
            checked = visitor.get(f"{address}&chon=A")
            onward = _onward(checked)
            if onward is None:
                break
            visitor.get(onward)
            address = onward


def _onward(reply: Reply) -> str | None:
    """The address of the next question on a page of practice."""
    marked = [part.split('"', 1)[0] for part in reply.text.split('href="')[1:]]
    return next((link.replace("&amp;", "&") for link in marked if "/bo/" in link and "da=" in link), None)


def _until(condition) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("never came true")


# --- what was said --------------------------------------------------------------------------------------------------------
def found(tape: Tape, secret: bytes, channel: str) -> list[tuple[str, list[str]]]:
    """Where the secret was said, and how."""
    hits = [(said.where, _looked_at(said.content)[secret]) for said in tape.said if said.channel == channel]
    return [(where, how) for where, how in hits if how]


@functools.cache
def _looked_at(content: bytes) -> dict[bytes, list[str]]:
    return ways_of_each(content, (KEY, TEXT))


def of_the_sitter(said: Said | str) -> bool:
    """The own paper, which is what a sitting is for."""
    where = said if isinstance(said, str) else said.where
    return (
        where.startswith("alice")
        and ": GET /thi/" in where
        and where.split("?")[0].removesuffix(" → 200").endswith("/")
    )


@pytest.mark.django_db
def test_nothing_of_a_key_leaves_before_the_close(stage, tmp_path):
    """One walk, much to say of it: as several tests, each worker would walk for itself."""
    walked = walk(stage, tmp_path)

    for channel in CHANNELS:
        assert [said for said in walked.before.said if said.channel == channel], "something went through every channel"
        assert found(walked.before, KEY, channel) == []
    # The control that the walk went where keys would be: the same member, the same address, once the round is over.
    ((where, how),) = found(walked.after, KEY, "page")
    assert (where.startswith("alice: GET /thi/"), how) == (True, ["plain"])
    _only_the_sitter_saw_the_questions(walked.before)
    _no_page_of_a_session_may_be_kept(walked.before)


def _only_the_sitter_saw_the_questions(tape: Tape) -> None:
    """Nobody else reads them while the round is open: not even staff of the same province."""
    for channel in CHANNELS:
        hits = found(tape, TEXT, channel)
        assert [hit for hit in hits if not of_the_sitter(hit[0])] == []
        assert bool(hits) is (channel == "page")


def _no_page_of_a_session_may_be_kept(tape: Tape) -> None:
    """B60, as far as a server decides it: what a member saw is in no cache, of a proxy or of a shared phone, and what a
    visitor saw is handed to nobody with a cookie.
    """
    headers: dict[str, dict[str, str]] = {}
    for said in tape.said:
        if said.channel == "header":
            name, _, value = said.content.decode("latin-1").partition(": ")
            headers.setdefault(said.where, {})[name.lower()] = value
    kept = {where: "no-store" not in found_.get("cache-control", "") for where, found_ in headers.items()}
    for_everybody = (
        "/bang-xep-hang/tim-hieu-phap-luat/du-lieu/",
        "/readyz",
        "/static/",
    )  # the same bytes for whoever asks
    pages = {said.where for said in tape.said if said.channel in ("page", "json")}
    personal = {where for where in pages if not any(part in where for part in for_everybody)}
    members = {where for where in personal if not where.startswith("visitor")}
    open_to_caches = {where for where in personal - members if "→ 200" in where and kept[where]}

    assert [where for where in members if kept[where]] == []
    assert [where for where in open_to_caches if "cookie" not in headers[where].get("vary", "").lower()] == []
    assert {where for where in members if of_the_sitter(where)}
    assert open_to_caches


@pytest.mark.django_db
def test_a_leak_planted_in_any_channel_is_found(stage, tmp_path, monkeypatch):
    union, contest, _ = stage
    monkeypatch.setenv("PLANTED", KEY.decode())
    with running(tmp_path, application="tests.security.leaky:application") as site:
        alice = site.browser("alice", union.alice)
        for address in ("/", f"/bang-xep-hang/{contest.slug}/du-lieu/", f"/man-hinh/{contest.slug}/qr.svg"):
            alice.get(address)
        watch = alice.watch(f"/ws/boards/{contest.board_name}/")
        watch.read_until(b"top")
        watch.close()

    assert [channel for channel in CHANNELS if not found(site.tape, KEY, channel)] == []
