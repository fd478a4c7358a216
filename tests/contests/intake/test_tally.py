"""The counts that the live page reads: every reply once, nothing lost while the database is away, nothing on the answer path."""

from __future__ import annotations

import json

import pytest
from django.conf import settings

from contests.intake_queue import conninfo
from contests.intake_tally import Tally
from tests.contests.intake.phone import call, tap


async def counts(tables):
    found = await tables.rows("SELECT act, status, sum(count) FROM contests_savecount GROUP BY 1, 2 ORDER BY 1, 2")
    return {(act, status): int(count) for act, status, count in found}


@pytest.fixture
async def empty(tables):
    await tables.rows("DELETE FROM contests_savecount")
    return tables


async def test_each_reply_is_counted_once(empty, intake, alice, room):
    for number in (1, 2, 3):
        assert (await alice.answers(tap(number, 0, 1))).status == 200
    assert (await alice.answers(tap(99, 0, 1))).status == 422
    assert (await call(intake, f"/api/attempts/{room.alice.public_id}/answers", b"{}", token="x")).status == 401
    assert await counts(empty) == {}, "nothing is written beside a save"

    await intake._tally.write()
    await alice.answers(tap(4, 0, 1))
    await intake._tally.write()

    assert await counts(empty) == {("answers", 200): 4, ("answers", 401): 1, ("answers", 422): 1}


async def test_counts_wait_while_the_database_is_away(empty):
    tally = Tally("host=127.0.0.1 port=9 connect_timeout=2")
    tally.add("answers", 503)
    await tally.write()
    tally.add("answers", 503)

    tally._conninfo = conninfo(settings.DATABASES["default"])
    await tally.close()

    assert await counts(empty) == {("answers", 503): 2}


async def test_a_day_later_they_are_forgotten(empty):
    await empty.rows("INSERT INTO contests_savecount VALUES (now() - interval '25 hours', 'answers', 503, 9)")
    tally = Tally(conninfo(settings.DATABASES["default"]))
    tally.add("submit", 200)

    await tally.close()

    assert await counts(empty) == {("submit", 200): 1}


async def test_they_are_written_by_themselves(empty):
    tally = Tally(conninfo(settings.DATABASES["default"]), every=0.01)

    tally.add("answers", 200)
    await tally._task

    assert await counts(empty) == {("answers", 200): 1}
    assert json.dumps(sorted(tally._counts)) == "[]"
