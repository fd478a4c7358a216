"""Each rule set held for real: entered, sat, graded, ruled on, settled, ranked through the database, and worked out again by the checker."""

from datetime import timedelta

import pytest

from contests.authoring.rule_sets import dump_rule_set, moved, read_rule_set_file
from contests.models import Standing
from contests.queries.unit_boards import unit_ranking
from tests.contests.rule_sets import checker
from tests.contests.rule_sets.contest import decide, people_of
from tests.contests.rule_sets.files import ALL
from tests.contests.rule_sets.stage import BEGINS, Stage


@pytest.fixture
def stage_of(db):
    def of(path):
        rule_set = moved(read_rule_set_file(path.read_bytes()), BEGINS)
        rules = dump_rule_set(rule_set)
        stage = Stage(rule_set, people_of(rules, path.stem, staged=True), rules)
        stage.hold()
        return stage

    return of


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_what_comes_of_a_contest_is_what_its_rules_say(path, stage_of):
    stage = stage_of(path)
    rules, world = stage.raw, stage.world
    decide(rules, world, path.stem)
    if world.get("decisions"):
        stage.decide(world["decisions"], stage.contest.rounds.last().closes_at + timedelta(days=1))
    expected = checker.work_out(rules, world)

    assert len(stage.entry_of) >= 200
    assert stage.truths() == expected["truths"]
    people = {entry: person for person, entry in stage.entry_of.items()}
    for number, results in expected["results"].items():
        rows = (
            Standing.objects.filter(contest=stage.contest, round__number=number or None)
            if number
            else Standing.objects.filter(contest=stage.contest, round=None)
        )
        ours = {
            people[row.entry.public_id.hex]: {
                "points": row.points,
                "right": row.right,
                "time": row.elapsed_ms,
                "submitted": row.submitted_at,
                "perfect": row.perfect,
                "off": row.off,
            }
            for row in rows.select_related("entry")
        }
        theirs = {
            entry: {key: one[key] for key in ("points", "right", "time", "submitted", "perfect", "off")}
            for entry, one in results.items()
        }
        wrong = [
            (number, entry, ours.get(entry), theirs.get(entry))
            for entry in ours.keys() | theirs.keys()
            if ours.get(entry) != theirs.get(entry)
        ]
        assert wrong[:2] == []
    assert stage.rankings() == expected["rankings"]
    for board in stage.rules.unit_boards:
        ranked = [(one.place, one.unit.name, one.value) for one in unit_ranking(stage.contest, board) if one.place]
        wanted = [
            (place, world["units"][code]["name"], value) for place, code, value in expected["boards"][0, board.key]
        ]
        assert sorted(ranked) == sorted(wanted)
