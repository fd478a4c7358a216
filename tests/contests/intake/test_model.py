"""Two devices, taps, hand-ins and repeats in any order, against a model that fits on a page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contests.intake import Intake
from contests.intake_queue import conninfo
from tests.contests.intake.conftest import Tables
from tests.contests.intake.phone import SHAPE, Phone, tap, token_of

pytestmark = pytest.mark.django_db(transaction=True)

OPTIONS = {"b": 2, "d": 4}


@dataclass
class Model:
    """The highest number wins, a number once taken keeps its choice, and after the hand-in nothing changes."""

    answers: dict[int, tuple[list[int], int]] = field(default_factory=dict)
    ended: bool = False

    def save(self, taps: list[dict]) -> tuple[list[list[int]], bool]:
        """Saved (question, number) pairs; whether something was refused because it was stale."""
        saved, stale = [], False
        for one in taps:
            question, choice, seq = one["question"], one["choice"], one["seq"]
            kept = self.answers.get(question, ([], 0))
            if not self.ended and kept[1] < seq:
                self.answers[question] = (choice, seq)
            if self.answers.get(question) == (choice, seq):
                saved.append([question, seq])
            else:
                stale = True
        return saved, stale

    def answer(self, taps: list[dict]) -> tuple[int, str | None, list[list[int]]]:
        saved, stale = self.save(taps)
        if not stale:
            return 200, None, saved
        return 409, "closed" if self.ended else "stale", saved

    def submit(self, taps: list[dict]) -> tuple[int, str | None, list[list[int]]]:
        saved, _ = self.save(taps)
        self.ended = True
        return 200, None, saved


@st.composite
def one_tap(draw) -> dict:
    question = draw(st.integers(1, len(SHAPE)))
    sign = SHAPE[question - 1]
    option = st.integers(0, OPTIONS[sign.lower()] - 1)
    choice = sorted(draw(st.sets(option, max_size=4 if sign.isupper() else 1)))
    return tap(question, choice, draw(st.integers(1, 6)))


bodies = st.lists(one_tap(), min_size=1, max_size=4, unique_by=lambda one: one["question"])
steps = st.one_of(
    st.tuples(st.just("answers"), bodies), st.tuples(st.just("answers"), bodies), st.tuples(st.just("answers"), bodies),
    st.tuples(st.just("submit"), bodies | st.just([])), st.tuples(st.just("repeat"), st.integers(0, 9)),
)  # fmt: skip


class Stage:
    """An intake and the tables on a loop of their own, so that hypothesis can play many histories."""

    def __init__(self, room) -> None:
        self.runner = asyncio.Runner()
        self.room = room
        self.intake = Intake()
        self.phone = Phone(self.intake, room.alice.public_id, token_of(room.alice))
        self.tables: Tables | None = None

    def play(self, history, scene):
        async def whole():
            if self.tables is None:
                self.tables = Tables(
                    await psycopg.AsyncConnection.connect(
                        conninfo(django_settings.DATABASES["default"]), autocommit=True
                    )
                )
            await self.tables.rows("DELETE FROM contests_answer")
            await self.tables.restart(self.phone.attempt)
            await scene(history, self.phone, self.tables)

        self.runner.run(whole())

    def close(self) -> None:
        async def end():
            await self.intake.close()
            if self.tables is not None:
                await self.tables.connection.close()

        self.runner.run(end())
        self.runner.close()


@pytest.fixture
def stage(room) -> Iterator[Stage]:
    stage = Stage(room)
    yield stage
    stage.close()


async def in_turn(history, phone: Phone, tables: Tables) -> None:
    """One request after the other: every reply and the tables are those of the model."""
    model, done, receipts = Model(), [], set()
    for act, content in history:
        if act == "repeat":
            if not done:
                continue
            act, content = done[content % len(done)]
        done.append((act, content))
        expected = model.submit(content) if act == "submit" else model.answer(content)
        reply = await (phone.submit(*content) if act == "submit" else phone.answers(*content))
        assert (reply.status, reply.body.get("error"), reply.body["saved"]) == expected
        if reply.status == 409 or "current" in reply.body:
            assert reply.body["current"] == [[question, *model.answers[question]] for question in sorted(model.answers)]
        receipts |= {reply.body["receipt"]} if "receipt" in reply.body else set()
        assert await tables.answers(phone.attempt) == model.answers
    assert len(receipts) == int(model.ended)


async def at_once(history, phone: Phone, tables: Tables) -> None:
    """All requests at the same time: what was acknowledged is there, or something newer that was sent too."""
    history = [step for step in history if step[0] != "repeat"]
    replies = await asyncio.gather(
        *(phone.submit(*taps) if act == "submit" else phone.answers(*taps) for act, taps in history)
    )

    stored = await tables.answers(phone.attempt)
    sent = {(one["question"], one["seq"], tuple(one["choice"])) for _, taps in history for one in taps}
    assert {(question, seq, tuple(choice)) for question, (choice, seq) in stored.items()} <= sent
    for (act, taps), reply in zip(history, replies, strict=True):
        assert reply.status in (200, 409)
        choices = {(one["question"], one["seq"]): one["choice"] for one in taps}
        for question, seq in reply.body["saved"]:
            choice, kept = stored[question]
            assert kept > seq or (kept == seq and choice == choices[question, seq])
        if act == "submit":
            assert reply.status == 200
    if not any(act == "submit" for act, _ in history):
        highest: dict[int, int] = {}
        for question, seq, _ in sent:
            highest[question] = max(seq, highest.get(question, 0))
        assert {question: seq for question, (_, seq) in stored.items()} == highest


given_history = given(history=st.lists(steps, min_size=1, max_size=10))
play_many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@play_many
@given_history
def test_one_after_the_other_as_the_model_says(stage, history):
    stage.play(history, in_turn)


@play_many
@given_history
def test_all_at_once_nothing_acknowledged_is_missing(stage, history):
    stage.play(history, at_once)
