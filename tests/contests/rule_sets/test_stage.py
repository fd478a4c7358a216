"""Each rule set held for real: entered, sat, graded, ruled on, settled, ranked through the database, and worked out again by the checker."""

from datetime import timedelta

import pytest

from contests.actions.awards import propose_winners
from contests.authoring.rule_sets import dump_rule_set, moved, read_rule_set_file
from contests.models import Standing
from contests.queries.unit_boards import unit_ranking
from contests.queries.winners import awards_of, outlook
from contests.rules.prizes import ranking_of
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
            Standing.objects.filter(contest=stage.contest, round__number=number)
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
    if stage.rules.prizes:
        check_prizes(stage, expected, people)


def check_prizes(stage, expected, people):
    """The list of winners that could be proposed now: who gets what, who is passed over, what is still to be decided."""
    now = stage.contest.rounds.last().closes_at + timedelta(days=2)
    look = outlook(stage.contest, None, now)
    codes = {unit.pk: code for code, unit in stage.units.items()}

    def lines(awards, *, given):
        return sorted(
            (
                one.prize,
                line_of(one.ranking),
                people[one.entry.public_id.hex] if one.entry else codes[one.unit_id],
                one.place,
            )
            for one in awards
            if one.given is given
        )

    assert lines(look.awards, given=True) == sorted(expected["people"]["given"] + expected["units"]["given"])
    # somebody passed over for one reason in one ranking is told once, at whichever of its prizes came first
    passed = {
        (line_of(one.ranking), people[one.entry.public_id.hex] if one.entry else codes[one.unit_id], reason(one.why))
        for one in look.awards
        if not one.given
    }
    assert passed == {
        (line, who, why) for _, line, who, why in expected["people"]["passed"] + expected["units"]["passed"]
    }
    tied = sorted(
        (
            one.prize.name,
            line_of(one.prize.ranking),
            one.place,
            tuple(sorted(people[each.entry.public_id.hex] for each in one.entries)),
            one.left,
        )
        for one in look.tied
    )
    assert tied == expected["people"]["undecided"]
    waiting = expected["people"]["waiting"] + expected["units"]["waiting"]
    assert sorted(look.waiting) == sorted(name for name, _ in waiting)
    if not (expected["people"]["undecided"] or expected["units"]["undecided"]):
        proposed = propose_winners(contest=stage.contest, round_=None, by=stage.olga, now=now)
        assert lines(awards_of(proposed), given=True) == lines(look.awards, given=True)


def reason(why):
    """Why somebody was passed over, as the checker names it."""
    return why.removeprefix("Đã nhận ").removesuffix(".") if why.startswith("Đã nhận ") else "barred"


def line_of(name):
    """A ranking as the checker names it."""
    of = ranking_of(name)
    return of.round or checker.WHOLE, of.board or of.division
