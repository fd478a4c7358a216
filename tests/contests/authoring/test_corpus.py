"""Every file of the corpus says what its author meant; nothing of it is lost in silence."""

from __future__ import annotations

from typing import Any

import pytest

from contests.authoring.formats import SUFFIXES
from contests.authoring.reading import read_questions
from tests.contests.authoring.intent import FOLDER, Case, Tally, cases, found

READABLE = [case for case in cases() if case.path.suffix in SUFFIXES]


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_a_file_means_what_its_author_meant(case: Case):
    reading = case.reading()

    if "refused" in case.expected:
        assert [(problem.row, problem.code) for problem in reading.problems] == [(0, case.expected["refused"])]
        return
    got = found(reading)
    wanted = case.expected["questions"]
    assert [_only(one, wish) for one, wish in zip(got, wanted, strict=False)] == wanted
    assert len(got) == len(wanted)
    assert [line.text for line in reading.unused] == case.expected.get("unused", [])
    assert sorted(reading.images) == case.expected.get("images", [])


def _only(one: dict[str, Any], wish: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in wish}


def test_recall_and_precision_over_the_whole_corpus():
    tally, files = Tally(), [case for case in READABLE if "refused" not in case.expected]
    for case in files:
        tally.add(case.expected["questions"], found(case.reading()))

    print(len(files), "files", tally, tally.figures())
    assert len(files) >= 18
    assert min(tally.figures().values()) == 1.0


def test_a_wrong_key_and_a_lost_question_would_be_counted():
    tally = Tally()
    one = {"kind": "single", "stem": "a", "options": ["x", "y"], "key": [0]}

    tally.add([one, one | {"stem": "b"}], [one | {"key": [1]}, one | {"stem": "c"}])

    assert tally.figures() == {"recall": 0.5, "precision": 0.5, "keys_recall": 0.0, "keys_precision": 0.0}


@pytest.mark.parametrize("path", sorted((FOLDER / "regressions").iterdir()), ids=lambda path: path.name)
def test_what_the_fuzzer_broke_once_is_read_or_refused_in_words(path):
    reading = read_questions(path.read_bytes(), path.name)

    rows = [draft.row for draft in (*reading.drafts, *reading.faulty)]
    assert len(set(rows)) == len(rows)
    assert rows or reading.problems
    assert all(finding.text for finding in (*reading.problems, *reading.warnings))
