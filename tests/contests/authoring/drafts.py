"""Valid questions of every kind for hypothesis, with the signs that the formats use for themselves in every text."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from contests.authoring.draft import Difficulty, QuestionDraft
from contests.authoring.rows import TRUE_FALSE_OPTIONS, clean_text
from contests.rules.kinds import Kind
from contests.rules.kinds.words import write_plain

SIGNS = "=~#{}:\\%<>&\"'@+-*[]$/()|;,.!?^_`\t\n€½²→“”‘’—…đĐơƯậẩ"
LETTERS = (
    string.ascii_letters
    + string.digits
    + "àáạảãâầấậẩẫăằắặẳẵèéẹẻẽêềếệểễìíịỉĩòóọỏõôồốộổỗơờớợởỡùúụủũưừứựửữỳýỵỷỹđÀÁĐÊÔƠƯ😀Б中"
)
BAITS = (
    "->", "=a", "~b", "%50%c", "[html]x", "[plain]", "//x", "$CATEGORY: x", "ANSWER: A", "A. x", "::x::", "\\n", "&lt;b&gt;", "<b>x</b>",
    "{=a}", "{1:SA:=a}", "]]>", "TRUE", "[id:x", "[tag:y", "####", "=HYPERLINK(1)", "'=1", "\"", "\\*", "*", "@@PLUGINFILE@@/x.png", "+1", "|", ";", "-1", "＝1",
)  # fmt: skip


def texts(*, lines: bool = True, without: str = "") -> st.SearchStrategy[str]:
    """Texts as they are kept: not empty, cleaned, with the formats' own signs and whole baits inside."""
    signs = [sign for sign in SIGNS if sign not in without and (lines or sign != "\n")]
    baits = [bait for bait in BAITS if not set(bait) & set(without)]
    piece = st.one_of(
        st.text(st.sampled_from(LETTERS), min_size=1, max_size=6),
        st.sampled_from(signs),
        st.sampled_from(baits),
        st.just(" "),
    )
    return st.lists(piece, min_size=1, max_size=8).map("".join).map(clean_text).filter(bool)


def _unique(each: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(each, min_size=least, max_size=most, unique=True)


@st.composite
def drafts(draw: st.DrawFn, kinds: Sequence[Kind] = tuple(Kind), most_parts: int = 9) -> QuestionDraft:
    """A question of one of the kinds, complete."""
    kind = draw(st.sampled_from(kinds))
    stem = draw(texts()).replace("___", "")
    draft = QuestionDraft(
        code=draw(texts(lines=False)), topic=draw(texts(lines=False, without="/$").filter(lambda text: text != "top")), kind=kind,
        difficulty=draw(st.sampled_from(Difficulty)), stem=clean_text(stem) or "x", options=(), key=frozenset(), pinned=frozenset(),
        document=draw(texts(lines=False)), article=draw(texts(lines=False)),
        other_source=draw(st.one_of(st.just(""), texts(lines=False))),
        valid_from=draw(st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31))),
        valid_to=draw(st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31))), explanation=draw(st.one_of(st.just(""), texts())), row=1,
    )  # fmt: skip
    return _PARTS[kind](draw, draft, most_parts)


def _options(draw: st.DrawFn, draft: QuestionDraft, most: int) -> QuestionDraft:
    options = tuple(draw(_unique(texts(), 2 if draft.kind is Kind.SINGLE else 3, 6)))
    places = st.integers(0, len(options) - 1)
    least, top = (1, 1) if draft.kind is Kind.SINGLE else (2, len(options))
    key = draw(st.frozensets(places, min_size=least, max_size=top))
    return replace(draft, options=options, key=key, pinned=draw(st.frozensets(places)))


def _true_false(draw: st.DrawFn, draft: QuestionDraft, most: int) -> QuestionDraft:
    key = frozenset({draw(st.integers(0, 1))})
    return replace(draft, options=TRUE_FALSE_OPTIONS, key=key, pinned=frozenset({0, 1}))


def _accepted(draw: st.DrawFn) -> list[str]:
    return draw(_unique(texts(without="|;"), 1, 4))


def _short(draw: st.DrawFn, draft: QuestionDraft, most: int) -> QuestionDraft:
    return replace(draft, spec={"accepted": _accepted(draw), "accents": draw(st.booleans())})


def _fill_in(draw: st.DrawFn, draft: QuestionDraft, most: int) -> QuestionDraft:
    count = draw(st.integers(1, min(5, most)))
    pieces = [draw(texts(without="_").filter(lambda text: "{1:" not in text)) for _ in range(count + 1)]
    blanks = [_accepted(draw) for _ in range(count)]
    return replace(
        draft, stem=clean_text(" ___ ".join(pieces)), spec={"blanks": blanks, "accents": draw(st.booleans())}
    )


def _number(draw: st.DrawFn, draft: QuestionDraft, most: int) -> QuestionDraft:
    numbers = st.fractions(-(10**12), 10**12, max_denominator=1).map(
        lambda whole: whole / draw(st.sampled_from((1, 10, 1000)))
    )
    spec = {"value": write_plain(draw(numbers))}
    if draw(st.booleans()):
        spec["tolerance"] = write_plain(abs(draw(numbers)))
    return replace(draft, spec=spec)


def _ordering(draw: st.DrawFn, draft: QuestionDraft, most: int) -> QuestionDraft:
    return replace(draft, options=tuple(draw(_unique(texts(), 3, most))))


def _matching(draw: st.DrawFn, draft: QuestionDraft, most: int) -> QuestionDraft:
    right = draw(_unique(texts(), 2, most))
    left = draw(_unique(texts(without="|"), 2, len(right)))
    return replace(draft, options=tuple(left), spec={"right": right})


_PARTS = {
    Kind.SINGLE: _options, Kind.MULTIPLE: _options, Kind.TRUE_FALSE: _true_false, Kind.SHORT_TEXT: _short, Kind.FILL_IN: _fill_in,
    Kind.NUMBER: _number, Kind.ORDERING: _ordering, Kind.MATCHING: _matching, Kind.ESSAY: lambda draw, draft, most: draft,
}  # fmt: skip
