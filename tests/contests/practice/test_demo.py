"""The demo's questions for practice: read without a finding, each with its reason, none that the demo's contests ask."""

from __future__ import annotations

from contests.authoring.reading import read_questions
from contests.demo.seed import BANK_FILE, PRACTICE_FILE
from contests.rules.practice import SET_SIZE, stem_key


def test_the_demo_has_true_sets_to_practise_on():
    practice, asked = (read_questions(file.read_bytes(), file.name) for file in (PRACTICE_FILE, BANK_FILE))

    assert (practice.problems, practice.warnings) == ((), ())
    assert len(practice.drafts) >= 2 * SET_SIZE
    assert all(draft.explanation for draft in practice.drafts)
    assert not {stem_key(draft.stem) for draft in practice.drafts} & {stem_key(draft.stem) for draft in asked.drafts}
    assert len({stem_key(draft.stem) for draft in practice.drafts}) == len(practice.drafts)
