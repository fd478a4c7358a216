"""Nearly the same: which pairs, how alike, and that no file makes it slow by having everything alike."""

from __future__ import annotations

from dataclasses import replace

from contests.authoring.near import AT_MOST, near
from tests.contests.authoring.test_lint import by_code, demo


def pairs(found):
    return [(one.draft.code, one.other.code) for one in found]


def test_a_draft_is_compared_with_what_is_there_and_with_those_before_it():
    one, other = by_code("LD-019"), by_code("LD-100")
    copy = replace(one, code="MOI-1", row=500)
    again = replace(one, code="MOI-2", row=501)

    assert pairs(near([copy], demo())) == [("MOI-1", "LD-019")]
    assert pairs(near([one, other, copy])) == [("MOI-1", "LD-019")]
    assert pairs(near([copy, again], demo())) == [("MOI-1", "LD-019"), ("MOI-2", "LD-019")]
    assert near([], demo()) == near(demo()[:1], []) == []


def test_what_was_there_before_is_not_told_again():
    twins = [replace(draft, code=f"SAO-{draft.code}") for draft in demo()]

    assert near([by_code("LD-100")], [draft for draft in twins if draft.code != "SAO-LD-100"]) == []


def test_similarity_is_one_for_the_same_words_and_falls_with_each_other_word():
    one = by_code("LD-019")
    stems = [one.stem, one.stem + " Hãy chọn.", one.stem + " Hãy chọn một phương án dưới đây.", "Câu khác hẳn?"]
    found = [near([replace(one, stem=stem, code="X", row=900)], demo(), least=0.05) for stem in stems]
    best = [max((pair.similarity for pair in each if pair.other is one), default=0.0) for each in found]

    assert best[0] == 1
    assert best == sorted(best, reverse=True)
    assert len(set(best)) == 4


def test_case_accents_and_marks_make_no_other_question():
    one = by_code("LD-114")
    copy = replace(one, stem=one.stem.upper().replace("?", " ?!"), code="X", row=900)

    assert [pair.similarity for pair in near([copy], demo())] == [1]


def test_nobody_reads_thousands_of_pairs():
    """A file of one question five hundred times, and one in which only a number differs."""
    one = by_code("LD-019")
    same = [replace(one, row=row, code=f"S{row}") for row in range(500)]
    numbered = [replace(draft, stem=f"{one.stem} (câu {draft.row})") for draft in same]

    assert len(near(same)) == 499
    assert {pair.other.code for pair in near(same)} == {"S0"}
    assert len(near(numbered)) <= AT_MOST * 500


def test_a_question_without_words_is_like_no_other():
    empty = [replace(demo()[0], stem=stem, options=(), row=row) for row, stem in enumerate(("", "???", " "))]

    assert near(empty) == []


def test_every_pair_that_is_alike_enough_is_met():
    """The short cut against the long way: all pairs of the demo bank, each by itself."""
    from contests.authoring import near as module

    drafts, least = demo(), 0.4
    words = [module._words(draft) for draft in drafts]
    weight = module._weights(words)

    def alike(one, other):
        return sum(weight[w] for w in one & other) / sum(weight[w] for w in one | other)

    long_way = {
        (drafts[a].code, drafts[b].code)
        for a in range(len(drafts))
        for b in range(a)
        if alike(words[a], words[b]) >= least
    }
    short_cut = set(pairs(near(drafts, least=least)))
    assert short_cut == long_way
    assert len(long_way) > 10
