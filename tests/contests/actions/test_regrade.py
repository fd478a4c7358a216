"""Rulings on questions against a recompute from nothing, and taking them back."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contests.actions import regrade
from contests.actions.exclude import exclude
from contests.actions.grade import grade_pending
from contests.actions.locks import being_ruled, hold_judging, hold_ruling, try_judging
from contests.actions.regrade import apply_ruling, attempts_holding, propose_ruling, try_ruling, undo_ruling
from contests.actions.rulings import accept_late, effects_of, restore_attempt, void_attempt
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import (
    Answer,
    Attempt,
    Contest,
    ContestEvent,
    GradeChange,
    KeyRuling,
    LateAnswer,
    QuestionVersion,
    Standing,
)
from contests.rules.settings import DrawPart, RoundRules, dump
from tests import make
from tests.contests.actions.rivals import at_once

pytestmark = pytest.mark.django_db

WHY = "Đáp án trong ngân hàng bị nhầm"
NOW = timezone.now()


def small_contest(union, people: int = 4, **rules) -> tuple[Contest, list]:
    """Three questions that everybody has: two of one answer, one of several. Options shuffled."""
    bank = make.Bank.objects.create(owner=union.province_a, name="Ngân hàng nhỏ")
    topic = make.Topic.objects.create(bank=bank, name="Luật")
    versions = [
        make.make_question(bank, topic, f"C{n}", **more)
        for n, more in enumerate(({}, {}, {"kind": "multiple", "key": (0, 1)}))
    ]
    contest = make.make_contest(union, bank)
    contest.rounds.update(
        rules=dump(RoundRules(**({"minutes": 20, "attempts": 2, "draw": (DrawPart("Luật", 3),)} | rules)))
    )
    members = [make.make_member(f"Người Thứ {n}", union.factory_a) for n in range(people)]
    return contest, [versions, members]


def sit(contest, member, chosen: dict[int, list[int]], at: datetime) -> Attempt:
    """`chosen`: the author's positions by question version; handed in and graded a minute later."""
    attempt = start_attempt(member=member, round_=contest.rounds.get(), now=at)
    choices = {
        number: sorted(order.index(option) for option in chosen[version])
        for number, (version, order) in enumerate(attempt.paper, 1)
        if chosen.get(version)
    }
    save_form(attempt=attempt, choices=choices, now=at + timedelta(seconds=50), submit=True)
    grade_pending(now=at + timedelta(seconds=60))
    attempt.refresh_from_db()
    return attempt


def ruled(contest, version, what: str, *key: int, by, now=None) -> KeyRuling:
    """Tried and applied."""
    now = now or timezone.now()
    ruling = propose_ruling(contest=contest, version=version, what=what, key=key, reason=WHY, by=by, now=now)
    try_ruling(ruling, undo=False, now=now)
    return apply_ruling(ruling=ruling, digest=ruling.trial["digest"], by=by, now=now)


def undone(ruling: KeyRuling, *, by, now=None) -> KeyRuling:
    now = now or timezone.now()
    ruling = KeyRuling.objects.get(pk=ruling.pk)
    try_ruling(ruling, undo=True, now=now)
    return undo_ruling(ruling=ruling, digest=ruling.trial["digest"], reason="Đã xem lại nguồn", by=by, now=now)


def table(name: str, without: tuple[str, ...] = ()) -> list[tuple]:
    """Every row of the table as PostgreSQL writes it, column by column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} ORDER BY 1")
        names = [column.name for column in cursor.description]
        cursor.execute(
            f"SELECT {', '.join(f'{chr(34)}{one}{chr(34)}::text' for one in names if one not in without)} FROM {name} ORDER BY id"
        )
        return cursor.fetchall()


def state() -> tuple[list, list]:
    return table("contests_attempt"), table("contests_standing", ("version", "updated_at"))


@pytest.fixture
def cast(union):
    contest, (versions, members) = small_contest(union)
    begun = timezone.now() - timedelta(minutes=30)
    first, second, third = (version.pk for version in versions)
    attempts = [
        sit(contest, members[0], {first: [0], second: [0], third: [0, 1]}, begun),  # all right
        sit(contest, members[1], {first: [2], second: [0]}, begun),
        sit(contest, members[2], {first: [2], second: [1], third: [0]}, begun),
        sit(contest, members[3], {}, begun),
    ]
    assert [attempt.points for attempt in attempts] == [300, 100, 0, 0]
    return contest, versions, attempts


def points(attempts) -> list[int]:
    return [Attempt.objects.get(pk=attempt.pk).points for attempt in attempts]


def test_a_void_question_gives_everybody_its_points(union, cast):
    contest, versions, attempts = cast

    ruled(contest, versions[0], "void", by=union.olga)

    assert points(attempts) == [300, 200, 100, 100]
    rows = Attempt.objects.order_by("pk").values_list("state", "right", "answered")
    assert list(rows) == [("graded", 3, 3), ("regraded", 2, 2), ("regraded", 1, 3), ("regraded", 1, 0)]
    assert sorted(Standing.objects.filter(round__isnull=True).values_list("points", flat=True)) == [100, 100, 200, 300]


def test_a_key_is_corrected_and_widened(union, cast):
    contest, versions, attempts = cast

    ruled(contest, versions[0], "accept_also", 2, by=union.olga)
    assert points(attempts) == [300, 200, 100, 0]
    ruled(contest, versions[0], "replace", 2, by=union.olga)
    assert points(attempts) == [200, 200, 100, 0]
    ruled(contest, versions[2], "replace", 0, by=union.olga)
    assert points(attempts) == [100, 200, 200, 0]
    assert list(QuestionVersion.objects.values_list("key", flat=True)) == [[0], [0], [0, 1]], (
        "questions stay as they are"
    )


def test_a_paper_that_is_judged_later_is_judged_alike(union, cast):
    contest, versions, _ = cast
    ruled(contest, versions[0], "replace", 2, by=union.olga)
    late_comer = make.make_member("Người Đến Sau", union.factory_a)

    attempt = sit(contest, late_comer, {versions[0].pk: [2]}, timezone.now() - timedelta(minutes=5))

    assert (attempt.state, attempt.points) == ("graded", 100)
    undone(KeyRuling.objects.get(), by=union.olga)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == ("graded", 0), "as if it had never been"
    change = GradeChange.objects.filter(attempt=attempt).get()
    assert (change.undo, change.points_before, change.points_after) == (True, 100, 0)


def test_applying_and_taking_back_restores_the_same_bytes(union, cast):
    contest, versions, _ = cast
    before, version = state(), max(Standing.objects.values_list("version", flat=True))

    for what, key in (("void", ()), ("replace", (2,)), ("accept_also", (1,))):
        undone(ruled(contest, versions[0], what, *key, by=union.olga), by=union.olga)
        assert state() == before

    assert max(Standing.objects.values_list("version", flat=True)) > version
    assert GradeChange.objects.filter(undo=True).count() == GradeChange.objects.filter(undo=False).count() > 0
    assert [event.what for event in ContestEvent.objects.order_by("pk")] == ["key_ruled", "key_ruling_undone"] * 3


def test_a_void_attempt_that_is_restored_is_the_same_to_the_byte(union, cast):
    contest, versions, attempts = cast
    before = state()

    void_attempt(attempt=attempts[0], by=union.olga, reason=WHY, now=timezone.now())
    ruling = ruled(contest, versions[0], "replace", 2, by=union.olga)
    restore_attempt(attempt=attempts[0], by=union.olga, reason=WHY, now=timezone.now())
    assert points(attempts) == [200, 200, 100, 0], "the ruling that came meanwhile holds for it too"
    undone(ruling, by=union.olga)

    assert state()[0] == before[0]


def test_the_trial_saves_nothing_and_tells_what_the_act_does(union, cast):
    contest, versions, attempts = cast
    contest.rules = {"prizes": [{"name": "Giải Nhất", "count": 1}], "chain": ["points", "time", "shared"]}
    contest.save()
    before = state()
    ruling = propose_ruling(
        contest=contest, version=versions[0], what="replace", key=[2], reason=WHY, by=union.olga, now=NOW
    )

    try_ruling(ruling, undo=False, now=timezone.now())

    assert state() == before
    trial = ruling.trial
    assert (trial["attempts"], trial["changed"], trial["up"], trial["down"]) == (4, 3, 2, 1)
    (board,) = trial["boards"]
    assert (board["entries"], board["moved"]) == (4, 2)  # 300, 100, 0, 0 becomes 200, 200, 100, 0
    names = [attempt.entry.public_id.hex for attempt in attempts]
    (prize,) = trial["prizes"]
    assert (prize["name"], *prize["lose"]) == ("Giải Nhất", names[0])
    assert sorted(prize["open_after"]) == sorted(names[:2]), "now two share the first place"
    apply_ruling(ruling=ruling, digest=trial["digest"], by=union.olga, now=timezone.now())
    places = {row.entry.public_id.hex: row.points for row in Standing.objects.filter(round__isnull=False)}
    assert {move["entry"]: move["points_after"] for move in board["top"]}.items() <= places.items()


def test_who_is_excluded_gets_no_prize_in_the_trial(union, cast):
    contest, versions, attempts = cast
    contest.rules = {"prizes": [{"name": "Giải Nhất", "count": 1}]}
    contest.save()
    exclude(contest=contest, member=attempts[0].entry.member, by=union.olga, reason="Thành viên tổ thư ký", now=NOW)
    ruling = propose_ruling(
        contest=contest, version=versions[2], what="void", key=[], reason=WHY, by=union.olga, now=NOW
    )

    try_ruling(ruling, undo=False, now=timezone.now())

    assert ruling.trial["boards"][0]["entries"] == 3
    assert attempts[0].entry.public_id.hex not in str(ruling.trial["boards"])


def test_a_world_that_moved_is_refused_and_nothing_is_written(union, cast):
    contest, versions, attempts = cast
    ruling = propose_ruling(
        contest=contest, version=versions[0], what="replace", key=[2], reason=WHY, by=union.olga, now=NOW
    )
    try_ruling(ruling, undo=False, now=timezone.now())
    void_attempt(attempt=attempts[1], by=union.olga, reason=WHY, now=timezone.now())
    before, changes = state(), GradeChange.objects.count()

    with pytest.raises(ContestError) as refused:
        apply_ruling(ruling=ruling, digest=ruling.trial["digest"], by=union.olga, now=timezone.now())

    assert refused.value.code == "moved"
    assert (state(), GradeChange.objects.count()) == (before, changes)
    ruling.refresh_from_db()
    assert ruling.applied_at is None
    with pytest.raises(ContestError):
        apply_ruling(ruling=ruling, digest="", by=union.olga, now=timezone.now())


def test_what_was_graded_after_the_trial_is_judged_anew_too(union, cast):
    contest, versions, _ = cast
    ruling = propose_ruling(
        contest=contest, version=versions[0], what="replace", key=[2], reason=WHY, by=union.olga, now=NOW
    )
    try_ruling(ruling, undo=False, now=timezone.now())
    late_comer = make.make_member("Người Đến Sau", union.factory_a)
    attempt = sit(contest, late_comer, {versions[0].pk: [2]}, timezone.now())

    apply_ruling(ruling=ruling, digest=ruling.trial["digest"], by=union.olga, now=timezone.now())

    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == ("regraded", 100)


def test_a_trial_of_applying_is_none_of_taking_back(union, cast):
    contest, versions, _ = cast
    ruling = ruled(contest, versions[0], "void", by=union.olga)

    with pytest.raises(ContestError):
        undo_ruling(ruling=ruling, digest=ruling.trial["digest"], reason=WHY, by=union.olga, now=timezone.now())
    with pytest.raises(ContestError):
        apply_ruling(ruling=ruling, digest=ruling.trial["digest"], by=union.olga, now=timezone.now())


@pytest.mark.parametrize(
    ("question", "what", "key", "code"),
    [
        (0, "replace", [], "key"), (0, "replace", [9], "key"), (0, "replace", [0], "key"), (0, "replace", [1, 2], "key"),
        (0, "accept_also", [0], "key"), (2, "accept_also", [3], "what"), (2, "replace", [0, 1], "key"),
    ],
)  # fmt: skip
def test_rulings_that_make_no_sense(union, cast, question, what, key, code):
    contest, versions, _ = cast

    with pytest.raises(ContestError) as refused:
        propose_ruling(
            contest=contest, version=versions[question], what=what, key=key, reason=WHY, by=union.olga, now=NOW
        )

    assert refused.value.code == code
    assert not KeyRuling.objects.exists()


def test_a_void_question_takes_no_other_ruling_and_a_reason_is_needed(union, cast):
    contest, versions, _ = cast
    ruled(contest, versions[0], "void", by=union.olga)

    for what, key in (("void", []), ("replace", [2])):
        with pytest.raises(ContestError, match="đã được huỷ"):
            propose_ruling(contest=contest, version=versions[0], what=what, key=key, reason=WHY, by=union.olga, now=NOW)
    with pytest.raises(ContestError, match="lý do"):
        propose_ruling(contest=contest, version=versions[1], what="void", key=[], reason=" ", by=union.olga, now=NOW)


def test_papers_without_the_question_are_left_alone(union, cast):
    contest, versions, attempts = cast
    other = make.make_question(versions[0].question.bank, versions[0].topic, "C9")

    assert attempts_holding(contest, versions[0].pk) == [attempt.pk for attempt in attempts]
    assert attempts_holding(contest, other.pk) == []
    for place in range(4):  # an option's position is a number too, and no question
        assert (
            place in [attempt.pk for attempt in attempts]
            or attempts_holding(contest, place) == []
            or place in {v.pk for v in versions}
        )


def first_of(told: dict) -> tuple:
    move = told["boards"][0]["top"][0]
    return (move["entry"], move["place_before"], move["place_after"])


def test_voiding_one_attempt_is_tried_first(union, cast):
    _, _, attempts = cast
    before = state()

    told = effects_of(attempts[0])

    assert state() == before
    gone = attempts[0].entry.public_id.hex
    assert first_of(told) == (gone, 1, None)
    void_attempt(attempt=attempts[0], by=union.olga, reason=WHY, now=timezone.now())
    attempts[0].refresh_from_db()
    back = effects_of(Attempt.objects.select_related("round__contest").get(pk=attempts[0].pk))
    assert first_of(back) == (gone, None, 1)


@pytest.mark.django_db(transaction=True)
def test_nobody_judges_while_a_ruling_is_applied(committed_union):
    union, contest = committed_union
    other = Contest.objects.create(
        slug="khac",
        title="Khác",
        organizer=contest.organizer,
        audience=contest.audience,
        bank=contest.bank,
        state="open",
    )
    mine = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
    save_form(attempt=mine, choices={}, now=timezone.now(), submit=True)
    elsewhere = lambda ask: at_once(lambda _: ask(), [None])[0]  # noqa: E731
    with transaction.atomic():
        hold_ruling(contest.pk)
        assert elsewhere(being_ruled) == [contest.pk]
        assert elsewhere(lambda: try_judging([contest.pk, other.pk])) == {other.pk}
        assert elsewhere(lambda: grade_pending(now=timezone.now())) == 0
    with transaction.atomic():
        hold_judging(contest.pk)
        assert elsewhere(lambda: try_judging([contest.pk])) == {contest.pk}, "who judges does not disturb who judges"
        assert elsewhere(being_ruled) == []
    assert grade_pending(now=timezone.now()) == 1


# --- Sequences -----------------------------------------------------------------------------------------------------
START = datetime(2026, 11, 22, 1, tzinfo=UTC)


class Office(RuleBasedStateMachine):
    """An organizer's long day. After each step the tables must be what a recompute from nothing gives."""

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.minute = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def now(self) -> datetime:
        self.minute += 2
        return START + timedelta(minutes=self.minute)

    @initialize()
    def begin(self) -> None:
        union = make.make_union()
        self.olga = union.olga
        self.contest, (self.versions, self.members) = small_contest(union, people=3, attempts=None)
        self.contest.rounds.update(opens_at=START, closes_at=START + timedelta(days=5))
        self.rulings: list[tuple[datetime, str, int, frozenset[int], KeyRuling]] = []
        self.chosen: dict[int, dict[int, list[int]]] = {}
        self.story: dict[int, list[tuple[datetime, str]]] = {}  # what happened to each attempt

    @rule(who=st.integers(0, 2), data=st.data())
    def sits(self, who: int, data: st.DataObject) -> None:
        options = st.lists(st.integers(0, 3), max_size=2, unique=True)
        chosen = {version.pk: data.draw(options) for version in self.versions}
        for version in self.versions[:2]:
            chosen[version.pk] = chosen[version.pk][:1]
        at = self.now()
        attempt = sit(self.contest, self.members[who], chosen, at)
        self.chosen[attempt.pk] = chosen
        self.story[attempt.pk] = [(at + timedelta(seconds=60), "graded")]
        self.compare()

    @rule(
        question=st.integers(0, 2),
        what=st.sampled_from(["void", "replace", "accept_also"]),
        key=st.sets(st.integers(0, 3), max_size=2),
    )
    def rules(self, question: int, what: str, key: set[int]) -> None:
        try:
            ruling = ruled(self.contest, self.versions[question], what, *sorted(key), by=self.olga, now=self.now())
        except ContestError:
            return
        self.rulings.append((ruling.applied_at, what, self.versions[question].pk, frozenset(key), ruling))
        self.compare()

    @precondition(lambda self: self.rulings)
    @rule(data=st.data())
    def takes_back(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.rulings))
        undone(row[-1], by=self.olga, now=self.now())
        self.rulings.remove(row)
        self.compare()

    @precondition(lambda self: self.chosen)
    @rule(data=st.data())
    def voids_or_restores(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(sorted(self.chosen)))
        attempt, now = Attempt.objects.get(pk=pk), self.now()
        if attempt.state == "voided":
            restore_attempt(attempt=attempt, by=self.olga, reason=WHY, now=now)
            self.story[pk] = [one for one in self.story[pk] if one[1] != "voided"]
        else:
            void_attempt(attempt=attempt, by=self.olga, reason=WHY, now=now)
            self.story[pk].append((now, "voided"))
        self.compare()

    @precondition(lambda self: self.chosen)
    @rule(data=st.data(), option=st.integers(0, 3))
    def accepts_late(self, data: st.DataObject, option: int) -> None:
        pk = data.draw(st.sampled_from(sorted(self.chosen)))
        attempt, now = Attempt.objects.get(pk=pk), self.now()
        if attempt.state == "voided":
            return
        version, order = attempt.paper[0]
        LateAnswer.objects.update_or_create(
            attempt=attempt, question=1,
            defaults={"choice": [order.index(option)], "seq": 9, "arrived_at": now, "cause": "closed", "accepted_at": None},
        )  # fmt: skip
        accept_late(attempt=attempt, by=self.olga, reason=WHY, now=now)
        self.chosen[pk] = {**self.chosen[pk], version: [option]}
        self.story[pk].append((now, "late"))
        self.compare()

    def compare(self) -> None:
        expected = {pk: self.from_nothing(pk) for pk in self.chosen}
        rows = Attempt.objects.filter(pk__in=expected)
        assert {row.pk: (row.state, row.points, row.right, row.graded_at) for row in rows} == expected
        best: defaultdict[str, int] = defaultdict(lambda: -1)
        for row in rows:
            if row.state != "voided":
                best[row.entry.public_id.hex] = max(best[row.entry.public_id.hex], row.points)
        standings = Standing.objects.filter(round__isnull=True)
        assert {row.entry.public_id.hex: row.points for row in standings} == best

    def from_nothing(self, pk: int) -> tuple[str, int, int, datetime]:
        """Everything that stands, in the order in which it happened; nothing of the code under test."""
        rulings = sorted(self.rulings, key=lambda row: row[0])
        story = sorted(
            [*self.story[pk], *((row[0], "ruling") for row in rulings)], key=lambda one: (one[0], one[1] != "ruling")
        )
        # Late answers can't be taken back: from then on they are part of the attempt, and what was before is not asked.
        last = max((n for n, one in enumerate(story) if one[1] in ("graded", "late")), default=0)
        name = "regraded" if story[last][1] == "late" else "graded"
        at, right = story[last][0], self.right(pk, [row for row in rulings if row[0] <= story[last][0]])
        for instant, what in story[last + 1 :]:
            if what == "ruling":
                now = self.right(pk, [row for row in rulings if row[0] <= instant])
                if now != right:
                    name, at, right = "regraded", instant, now
        if any(one[1] == "voided" for one in story):
            # Void, it is left as it stood then; rulings reach it when it is restored.
            row = Attempt.objects.get(pk=pk)
            return ("voided", row.points, row.right, row.graded_at)
        return (name, right * 100, right, at)

    def right(self, pk: int, rulings: list) -> int:
        count = 0
        for version in self.versions:
            keys, void = [frozenset(version.key)], False
            accepted = set(version.key)
            for _, what, of, key, _ in rulings:
                if of != version.pk:
                    continue
                void |= what == "void"
                if what == "replace":
                    accepted, keys = set(key), [key]
                if what == "accept_also":
                    accepted |= key
            chosen = frozenset(self.chosen[pk].get(version.pk, []))
            several = version.kind == "multiple"
            count += void or (
                bool(chosen) and (chosen == keys[0] if several else len(chosen) == 1 and chosen <= accepted)
            )
        return count


@pytest.mark.django_db
def test_any_day_ends_as_a_recompute_from_nothing():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=20, stateful_step_count=12, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each step costs a trial: shrinking would take minutes
        ),
    )  # fmt: skip


def test_chunks_do_not_show(union, cast, monkeypatch):
    contest, versions, attempts = cast
    monkeypatch.setattr(regrade, "AT_ONCE", 1)
    before = state()

    ruling = ruled(contest, versions[0], "void", by=union.olga)
    assert points(attempts) == [300, 200, 100, 100]
    undone(ruling, by=union.olga)

    assert state() == before
    assert Answer.objects.count() == 8
