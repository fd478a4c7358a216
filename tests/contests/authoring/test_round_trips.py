"""What a writer writes, its reader reads back: the same question, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.authoring.draft import Difficulty, FileReading, QuestionDraft
from contests.authoring.formats import EXPORTS_BY_NAME, FORMATS, format_of
from contests.rules.kinds import Kind
from contests.rules.kinds.fill_in import GAP
from tests.contests.authoring.drafts import drafts

ALL = tuple(Kind)
REAL_BANK = Path(__file__).resolve().parents[3] / "contests" / "demo" / "ngan-hang-cau-hoi.xlsx"
WITH_OPTIONS = (Kind.ORDERING, Kind.MATCHING)


def written_and_read(name: str, questions: Sequence[QuestionDraft]) -> FileReading:
    export = EXPORTS_BY_NAME[name]
    written = export.write(questions)
    assert written.left_out == ()
    assert written.count == len(questions)
    return format_of(f"a{export.suffix}").read(written.data, f"a{export.suffix}")


def fields(draft: QuestionDraft) -> QuestionDraft:
    """Without what belongs to the file and not to the question."""
    return replace(draft, row=0, label="", source=())


def assert_the_same(reading: FileReading, questions: Sequence[QuestionDraft]) -> None:
    assert [problem for one in reading.questions for problem in (*one.problems, *one.warnings)] == []
    assert (reading.problems, reading.warnings, reading.unused) == ((), (), ())
    assert [fields(one.draft) for one in reading.questions] == [fields(draft) for draft in questions]


@pytest.mark.parametrize("name", ["xlsx", "csv"])
@settings(max_examples=60, deadline=None)
@given(questions=st.lists(drafts(most_parts=6), min_size=1, max_size=4))
def test_sheets_hold_every_kind_and_field(name, questions):
    assert_the_same(written_and_read(name, questions), questions)


@settings(max_examples=60, deadline=None)
@given(questions=st.lists(drafts(), min_size=1, max_size=4))
def test_moodle_xml_holds_every_kind_and_field(questions):
    assert_the_same(written_and_read("moodle", questions), questions)


@settings(max_examples=60, deadline=None)
@given(questions=st.lists(drafts().filter(lambda draft: draft.kind is not Kind.FILL_IN or len(GAP.findall(draft.stem)) == 1), min_size=1, max_size=4))  # fmt: skip
def test_gift_holds_every_kind_and_field_with_one_gap(questions):
    assert_the_same(written_and_read("gift", questions), questions)


@settings(max_examples=60, deadline=None)
@given(questions=st.lists(drafts(), min_size=1, max_size=4))
def test_word_holds_every_kind_and_field(questions):
    assert_the_same(written_and_read("docx", questions), questions)


@pytest.mark.parametrize("name", ["xlsx", "csv", "moodle", "gift", "docx"])
def test_the_demo_bank_comes_back_whole(name):
    questions = [one.draft for one in format_of(REAL_BANK.name).read(REAL_BANK.read_bytes(), REAL_BANK.name).questions]

    assert len(questions) == 120
    assert_the_same(written_and_read(name, questions), questions)


@settings(max_examples=50, deadline=None)
@given(questions=st.lists(drafts([Kind.SINGLE]), min_size=1, max_size=6))
def test_aiken_holds_stem_options_and_key_of_single_choices(questions):
    written = EXPORTS_BY_NAME["aiken"].write(questions)
    left = {one.stem for one in written.left_out}
    kept = [draft for draft in questions if draft.stem not in left]
    bare = [
        replace(
            fields(draft), code="", topic="", difficulty=Difficulty.MEDIUM, pinned=frozenset(), document="", article="", other_source="",
            valid_from=None, valid_to=None, explanation="",
        )
        for draft in kept
    ]  # fmt: skip

    assert_the_same(format_of("a.aiken").read(written.data, "a.aiken"), bare)
    assert all("\n" in draft.stem + "".join(draft.options) or "nswer" in (draft.stem + "".join(draft.options)).lower() for draft in questions if draft.stem in left)  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SINGLE])
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_aiken_names_every_question_that_it_leaves_out(kind, data):
    draft = data.draw(drafts([kind]))

    written = EXPORTS_BY_NAME["aiken"].write([draft])

    assert (written.count, written.data, [(one.code, one.stem) for one in written.left_out]) == (
        0,
        b"",
        [(draft.code, draft.stem)],
    )


def test_what_a_format_cannot_hold_is_named_and_the_rest_is_written():
    draft = QuestionDraft(
        "HD-001", "Luật", Kind.MATCHING, Difficulty.EASY, "Ghép", tuple(f"t{n}" for n in range(7)), frozenset(), frozenset(), "", "", "Sách",
        None, None, "", 1, {"right": [f"p{n}" for n in range(7)]},
    )  # fmt: skip
    short = replace(
        draft, code="HD-002", kind=Kind.SHORT_TEXT, options=(), spec={"accepted": ["a|b"], "accents": False}
    )
    gaps = replace(
        draft,
        code="HD-003",
        kind=Kind.FILL_IN,
        stem="a ___ b ___",
        options=(),
        spec={"blanks": [["x"], ["y"]], "accents": False},
    )
    fine = replace(draft, code="HD-004", kind=Kind.ESSAY, options=(), spec={})
    questions = [draft, short, gaps, fine]

    left = {name: [one.code for one in EXPORTS_BY_NAME[name].write(questions).left_out] for name in EXPORTS_BY_NAME}

    assert left == {
        "xlsx": ["HD-001", "HD-002"], "csv": ["HD-001", "HD-002"], "gift": ["HD-003"], "moodle": [], "docx": [],
        "aiken": ["HD-001", "HD-002", "HD-003", "HD-004"],
    }  # fmt: skip
    assert written_and_read("xlsx", [gaps, fine]).questions[1].draft.code == "HD-004"


def test_every_suffix_has_one_reader():
    suffixes = [suffix for one in FORMATS for suffix in one.suffixes]

    assert len(set(suffixes)) == len(suffixes)
    assert {one.suffix for one in EXPORTS_BY_NAME.values()} <= set(suffixes)
